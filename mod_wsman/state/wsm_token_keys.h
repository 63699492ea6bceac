/* wsm_token_keys.h - the secrets behind tokens, for the files of this room.
 */
#ifndef WSM_TOKEN_KEYS_H
#define WSM_TOKEN_KEYS_H

#include "wsm_token.h"

#define WSM_TOKEN_SECRET 32 /* bytes */

enum {
    WSM_TOKEN_PREVIOUS,
    WSM_TOKEN_CURRENT,
    WSM_TOKEN_NEXT,
    WSM_TOKEN_GENERATIONS
};

typedef struct wsm_token_key_t {
    apr_uint32_t id;  /* random: which key signed a token */
    apr_time_t since; /* when it became the current one; 0: not yet */
    unsigned char secret[WSM_TOKEN_SECRET];
} wsm_token_key_t;

struct wsm_token_keys_t {
    wsm_token_key_t keys[WSM_TOKEN_GENERATIONS];
};

#endif
