/* wsm_sealed.h - the framing of sealed messages: multipart/encrypted of
 * MS-WSMV 2.2.9.1.1 and 2.2.9.1.2.
 *
 * Nothing is unsealed here: a body comes apart into what its parts say and
 * where its sealed message is, and the other way round.
 */
#ifndef WSM_SEALED_H
#define WSM_SEALED_H

#include "../base/wsm_error.h"

/** What framing and signature add to a message, at most. */
#define WSM_SEALED_OVERHEAD 1024

typedef struct wsm_sealed_t {
    const char *protocol; /* a constant: "application/HTTP-..." */
    const char *type;     /* the message's own media type and parameters */
    apr_size_t length;    /* of the plain text, as it says */
    /* Header and sealed text, in one piece; within the body */
    unsigned char *message;
    apr_size_t message_length;
    apr_size_t header_length; /* less than message_length, more than 0 */
} wsm_sealed_t;

/** Is this the media type of sealed messages?  NULL is not. */
int wsm_sealed_is_type(const char *content_type);

/** Takes a body apart.
 *  @param content_type  of the body */
wsm_error_t *wsm_sealed_parse(wsm_sealed_t *sealed, const char *content_type,
                              unsigned char *body, apr_size_t length,
                              apr_pool_t *pool);

/** The media type of a sealed body. */
const char *wsm_sealed_type(const char *protocol, apr_pool_t *pool);
/** What stands before the message: the parts' headers and the length of the
 *  message's header.
 *  @param plain_length  of the plain text
 *  @param length        out: of the result, which has NULs in it */
char *wsm_sealed_head(const wsm_sealed_t *sealed, apr_size_t *length,
                      apr_pool_t *pool);
/** What stands behind it */
extern const char wsm_sealed_tail[];

#endif
