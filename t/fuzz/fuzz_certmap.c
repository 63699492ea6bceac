/* fuzz_certmap.c - a line with a pattern for the subject, one with a pattern
 * for URIs, one with a URI, then the bytes of a certificate, PEM or DER.  What
 * is read is whole, and who is let in has an entry that fits.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/auth/wsm_certmap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    apr_initialize();
    return 0;
}

static const char *take_line(const uint8_t **data, size_t *size,
                             apr_pool_t *pool)
{
    const uint8_t *eol = *size ? memchr(*data, '\n', *size) : NULL;
    size_t length = eol ? (size_t)(eol - *data) : 0;
    const char *line = apr_pstrmemdup(pool, (const char *)*data, length);

    if (eol != NULL) {
        *data += length + 1;
        *size -= length + 1;
    }
    return line;
}

static void check_certificate(const wsm_certificate_t *certificate)
{
    const char *const *name;
    int n = 0;

    if (strlen(certificate->thumbprint) != 40)
        abort();
    for (name = certificate->names; *name != NULL; name++, n++) {
        if (**name == '\0' || strpbrk(*name, "\n\r\t") != NULL)
            abort();
    }
    if (n > WSM_CERTIFICATE_NAMES + 1)
        abort();
}

static void check_maps(wsm_certmap_t map, const char *uri,
                       const wsm_certificate_t *certificate, apr_pool_t *pool)
{
    apr_array_header_t *maps = apr_array_make(pool, 2, sizeof(map));
    const char *user;

    APR_ARRAY_PUSH(maps, wsm_certmap_t) = map;
    user = wsm_certmap_user(maps, certificate);
    if (wsm_certmap_allows(maps, certificate, "u", uri) && user == NULL)
        abort();
    if (*certificate->issuers == NULL && user != NULL)
        abort();
    map.subject = map.uri = "*";
    map.user = "other";
    APR_ARRAY_PUSH(maps, wsm_certmap_t) = map;
    if (*certificate->issuers != NULL &&
        wsm_certmap_user(maps, certificate) == NULL &&
        strlen(APR_ARRAY_IDX(maps, 0, wsm_certmap_t).subject) > 1)
        abort();
    (void)wsm_certmap_allows(maps, certificate, "other", uri);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char nobody[] = "0123456789012345678901234567890123456789";
    wsm_certmap_t map = {.user = "u", .enabled = 1};
    wsm_certificate_t *certificate;
    wsm_certificate_data_t bytes;
    const char *uri;
    apr_pool_t *pool;

    apr_pool_create(&pool, NULL);
    map.subject = take_line(&data, &size, pool);
    map.uri = take_line(&data, &size, pool);
    uri = take_line(&data, &size, pool);
    bytes.data = data;
    bytes.length = size;
    if (wsm_certificate_read(&certificate, bytes, &bytes, 1, NULL, pool) ==
        NULL) {
        check_certificate(certificate);
        map.issuer = *certificate->issuers ? *certificate->issuers : nobody;
        if (wsm_certmap_check(&map, pool) == NULL)
            check_maps(map, uri, certificate, pool);
    }
    apr_pool_destroy(pool);
    return 0;
}
