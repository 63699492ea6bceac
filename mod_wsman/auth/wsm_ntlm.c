/* wsm_ntlm.c - completes NTLM messages. */
#include "wsm_ntlm.h"

#include <string.h>

/* Bytes of the headers: short, and with Version, and with MIC */
#define NEGOTIATE_SHORT    32
#define NEGOTIATE_WHOLE    40
#define AUTHENTICATE_SHORT 64
#define AUTHENTICATE_WHOLE 88

#define AUTHENTICATE_FIELDS 12 /* six of eight bytes */
#define FIELDS              6
#define ADDED               (AUTHENTICATE_WHOLE - AUTHENTICATE_SHORT)

static unsigned read_u32(const unsigned char *p)
{
    return (unsigned)p[0] | (unsigned)p[1] << 8 | (unsigned)p[2] << 16 |
           (unsigned)p[3] << 24;
}

static void write_u32(unsigned char *p, unsigned number)
{
    p[0] = (unsigned char)(number & 0xff);
    p[1] = (unsigned char)((number >> 8) & 0xff);
    p[2] = (unsigned char)((number >> 16) & 0xff);
    p[3] = (unsigned char)((number >> 24) & 0xff);
}

static int is_message(wsm_gss_data_t token, char type)
{
    char start[] = "NTLMSSP\0?\0\0";

    start[8] = type;
    return token.length >= sizeof(start) &&
           memcmp(token.data, start, sizeof(start)) == 0;
}

static wsm_gss_data_t complete_negotiate(wsm_gss_data_t token, apr_pool_t *pool)
{
    wsm_gss_data_t whole;

    if (token.length < NEGOTIATE_SHORT || token.length >= NEGOTIATE_WHOLE)
        return token;
    whole.length = NEGOTIATE_WHOLE;
    whole.data = apr_pcalloc(pool, NEGOTIATE_WHOLE);
    memcpy(whole.data, token.data, token.length);
    return whole;
}

/* Does the payload begin where a short header ends? */
static int is_short(wsm_gss_data_t token)
{
    int i, begins = 0;

    for (i = 0; i < FIELDS; i++) {
        const unsigned char *field = token.data + AUTHENTICATE_FIELDS + 8 * i;
        unsigned length = (unsigned)field[0] | (unsigned)field[1] << 8;
        unsigned offset = read_u32(field + 4);

        if (length == 0)
            continue;
        if (offset < AUTHENTICATE_SHORT || offset > token.length)
            return 0;
        begins = begins || offset < AUTHENTICATE_WHOLE;
    }
    return begins;
}

static wsm_gss_data_t complete_authenticate(wsm_gss_data_t token,
                                            apr_pool_t *pool)
{
    wsm_gss_data_t whole;
    int i;

    if (token.length < AUTHENTICATE_SHORT || !is_short(token))
        return token;
    whole.length = token.length + ADDED;
    whole.data = apr_pcalloc(pool, whole.length);
    memcpy(whole.data, token.data, AUTHENTICATE_SHORT);
    memcpy(whole.data + AUTHENTICATE_WHOLE, token.data + AUTHENTICATE_SHORT,
           token.length - AUTHENTICATE_SHORT);
    for (i = 0; i < FIELDS; i++) {
        unsigned char *offset = whole.data + AUTHENTICATE_FIELDS + 8 * i + 4;

        write_u32(offset, read_u32(offset) + ADDED);
    }
    return whole;
}

wsm_gss_data_t wsm_ntlm_complete(wsm_gss_data_t token, apr_pool_t *pool)
{
    if (is_message(token, 1))
        return complete_negotiate(token, pool);
    if (is_message(token, 3))
        return complete_authenticate(token, pool);
    return token;
}
