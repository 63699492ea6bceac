/* fuzz_sealed.c - the framing of sealed messages: a first line with the media
 * type, then the body.  What is taken lies within the body, and is the same
 * when it is written and read again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/auth/wsm_sealed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    apr_initialize();
    return 0;
}

static void write_again(const wsm_sealed_t *sealed, apr_pool_t *pool)
{
    apr_size_t length, tail = strlen(wsm_sealed_tail);
    char *head = wsm_sealed_head(sealed, &length, pool);
    size_t size = length + sealed->message_length + tail;
    unsigned char *body = apr_palloc(pool, size);
    wsm_sealed_t back;
    wsm_error_t *err;

    memcpy(body, head, length);
    memcpy(body + length, sealed->message, sealed->message_length);
    memcpy(body + length + sealed->message_length, wsm_sealed_tail, tail);
    err = wsm_sealed_parse(&back, wsm_sealed_type(sealed->protocol, pool), body,
                           size, pool);
    if (err != NULL || back.message_length != sealed->message_length ||
        back.header_length != sealed->header_length ||
        back.length != sealed->length || strcmp(back.type, sealed->type) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *eol = size ? memchr(data, '\n', size) : NULL;
    size_t first = eol ? (size_t)(eol - data) : 0;
    size_t rest = eol ? size - first - 1 : size;
    unsigned char *body = malloc(rest + 1);
    wsm_sealed_t sealed;
    apr_pool_t *pool;

    apr_pool_create(&pool, NULL);
    if (rest > 0)
        memcpy(body, data + size - rest, rest);
    if (wsm_sealed_parse(&sealed,
                         apr_pstrmemdup(pool, (const char *)data, first), body,
                         rest, pool) == NULL) {
        if (sealed.message < body || sealed.header_length == 0 ||
            sealed.header_length >= sealed.message_length ||
            sealed.message + sealed.message_length > body + rest)
            abort();
        /* A line of a part's header is bounded; what it says may not be
         * lengthened by our own words. */
        if (strlen(sealed.type) < 150)
            write_again(&sealed, pool);
    }
    apr_pool_destroy(pool);
    free(body);
    return 0;
}
