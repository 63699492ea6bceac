/* wsm_token.c - signing and verifying (HMAC-SHA256 by OpenSSL).
 *
 * The signed bytes: version, generation, then each field as a 4-byte length
 * and its bytes; the MAC comes last.  The lengths make the encoding
 * unambiguous, so no two rows of fields have one signature.
 */
#include "wsm_token.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "../base/wsm_text.h"
#include "wsm_token_keys.h"

#define VERSION   1
#define HEAD_SIZE 5 /* version, key id */
#define MAC_SIZE  32
/* Longer texts are not even decoded. */
#define MAX_TOKEN (16 * 1024)

static void put_u32(unsigned char *out, apr_uint32_t number)
{
    out[0] = (unsigned char)(number >> 24);
    out[1] = (unsigned char)(number >> 16);
    out[2] = (unsigned char)(number >> 8);
    out[3] = (unsigned char)number;
}

static apr_uint32_t get_u32(const unsigned char *in)
{
    return (apr_uint32_t)in[0] << 24 | (apr_uint32_t)in[1] << 16 |
           (apr_uint32_t)in[2] << 8 | in[3];
}

static int mac_of(const wsm_token_key_t *key, const unsigned char *data,
                  apr_size_t length, unsigned char mac[MAC_SIZE])
{
    unsigned int size = MAC_SIZE;

    return HMAC(EVP_sha256(), key->secret, WSM_TOKEN_SECRET, data, length, mac,
                &size) != NULL &&
           size == MAC_SIZE;
}

const char *wsm_token_sign(const wsm_token_keys_t *keys,
                           const wsm_token_field_t *fields, int nfields,
                           apr_pool_t *pool)
{
    const wsm_token_key_t *key = &keys->keys[WSM_TOKEN_CURRENT];
    apr_size_t size = HEAD_SIZE + MAC_SIZE;
    unsigned char *data, *end;
    int i;

    for (i = 0; i < nfields; i++)
        size += 4 + fields[i].length;
    end = data = apr_palloc(pool, size);
    *end++ = VERSION;
    put_u32(end, key->id);
    end += 4;
    for (i = 0; i < nfields; i++) {
        put_u32(end, (apr_uint32_t)fields[i].length);
        if (fields[i].length > 0)
            memcpy(end + 4, fields[i].data, fields[i].length);
        end += 4 + fields[i].length;
    }
    /* HMAC of a constant algorithm over memory that is there cannot fail but
     * for want of memory, which APR too answers with abort(). */
    if (!mac_of(key, data, size - MAC_SIZE, end))
        abort();
    return wsm_text_b64url_encode(data, size, pool);
}

static const wsm_token_key_t *find_key(const wsm_token_keys_t *keys,
                                       apr_uint32_t id)
{
    int i;

    for (i = 0; i < WSM_TOKEN_GENERATIONS; i++) {
        if (keys->keys[i].id == id)
            return &keys->keys[i];
    }
    return NULL;
}

static int read_fields(const unsigned char *data, const unsigned char *end,
                       wsm_token_field_t fields[WSM_TOKEN_FIELDS], int *nfields,
                       apr_pool_t *pool)
{
    int n = 0;

    while (data < end) {
        apr_uint32_t length;

        if (end - data < 4 || n == WSM_TOKEN_FIELDS)
            return 0;
        length = get_u32(data);
        data += 4;
        if (length > (apr_size_t)(end - data))
            return 0;
        fields[n].data = apr_pstrmemdup(pool, (const char *)data, length);
        fields[n].length = length;
        data += length;
        n++;
    }
    *nfields = n;
    return 1;
}

int wsm_token_verify(const wsm_token_keys_t *keys, const char *token,
                     wsm_token_field_t fields[WSM_TOKEN_FIELDS], int *nfields,
                     apr_pool_t *pool)
{
    unsigned char mac[MAC_SIZE];
    const wsm_token_key_t *key;
    unsigned char *data;
    apr_size_t size;

    if (strnlen(token, MAX_TOKEN + 1) > MAX_TOKEN ||
        !wsm_text_b64url_decode(token, &data, &size, pool) ||
        size < HEAD_SIZE + MAC_SIZE || data[0] != VERSION)
        return 0;
    key = find_key(keys, get_u32(data + 1));
    size -= MAC_SIZE;
    if (key == NULL || !mac_of(key, data, size, mac) ||
        CRYPTO_memcmp(mac, data + size, MAC_SIZE) != 0)
        return 0;
    return read_fields(data + HEAD_SIZE, data + size, fields, nfields, pool);
}
