/* cim_xml_octets.c - octet strings (DSP0004 5.6.3.35) as binary texts.
 *
 * CIM puts the length before the octets, in four octets that count themselves;
 * XML has no need of it.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "cim_xml_private.h"

#define LENGTH 4

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static apr_uint32_t octet(const cim_value_t *items, apr_uint32_t i)
{
    return (apr_uint32_t)items[i].v.u & 0xff;
}

/** Where the octets begin: what is not of the form has no length. */
static apr_uint32_t begin_of(const cim_value_t *array)
{
    const cim_value_t *items = array->v.items;
    if (array->count < LENGTH)
        return 0;
    apr_uint32_t length = octet(items, 0) << 24 | octet(items, 1) << 16 |
                          octet(items, 2) << 8 | octet(items, 3);
    return length == array->count ? LENGTH : 0;
}

int cim_xml_write_octets(wsm_writer_t *out, const cim_value_t *array)
{
    const cim_value_t *items = array->v.items;
    for (apr_uint32_t i = 0; i < array->count; i++)
        if (items[i].is_null)
            return 0;
    for (apr_uint32_t i = begin_of(array); i < array->count; i += 3) {
        apr_uint32_t left = array->count - i;
        apr_uint32_t three = octet(items, i) << 16;
        if (left > 1)
            three |= octet(items, i + 1) << 8;
        if (left > 2)
            three |= octet(items, i + 2);
        char four[4] = {alphabet[three >> 18], alphabet[three >> 12 & 63],
                        left > 1 ? alphabet[three >> 6 & 63] : '=',
                        left > 2 ? alphabet[three & 63] : '='};
        wsm_write(out, four, 4);
    }
    return 1;
}

static int is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static apr_uint32_t push(cim_value_t *items, apr_uint32_t count,
                         apr_uint32_t number)
{
    items[count] = cim_uint8((apr_byte_t)number);
    return count + 1;
}

/** Base64 as XSD takes it: white space anywhere, padded, nothing left over.
 *  @return how many octets; -1 if it is not of the form */
static apr_int64_t decode(const char *text, cim_value_t *items)
{
    apr_uint32_t held = 0, digits = 0, pads = 0, count = 0;
    for (; *text; text++) {
        if (is_space(*text))
            continue;
        const char *place = strchr(alphabet, *text);
        if (*text == '=' && (digits & 3) >= 2)
            pads++;
        else if (!place || pads > 0)
            return -1;
        held = held << 6 | (place ? (apr_uint32_t)(place - alphabet) : 0);
        if ((++digits & 3) != 0)
            continue;
        if (held & (pads == 2 ? 0xffffu : pads == 1 ? 0xffu : 0u))
            return -1;
        count = push(items, count, held >> 16 & 0xff);
        if (pads < 2)
            count = push(items, count, held >> 8 & 0xff);
        if (pads < 1)
            count = push(items, count, held & 0xff);
        held = 0;
    }
    return digits & 3 ? -1 : (apr_int64_t)count;
}

int cim_xml_read_octets(const char *text, cim_value_t *array, apr_pool_t *pool)
{
    apr_size_t most = strlen(text) / 4 * 3 + 3 + LENGTH;
    cim_value_t *items = apr_palloc(pool, most * sizeof(*items));
    apr_int64_t count = decode(text, items + LENGTH);
    if (count < 0)
        return 0;
    apr_uint32_t total = (apr_uint32_t)count + LENGTH;
    for (apr_uint32_t i = 0; i < LENGTH; i++)
        push(items, i, total >> (24 - 8 * i) & 0xff);
    *array = cim_array(CIM_UINT8, items, total);
    return 1;
}

static int is_hex(const char *text)
{
    apr_size_t length = strlen(text);
    return length % 2 == 0 && strspn(text, "0123456789abcdefABCDEF") == length;
}

void cim_xml_write_hex(wsm_writer_t *out, const char *text)
{
    char length[2 * LENGTH + 1];
    if (!strncmp(text, "0x", 2) && is_hex(text + 2)) {
        snprintf(length, sizeof(length), "%08x",
                 (unsigned)(strlen(text + 2) / 2));
        if (!strncasecmp(text + 2, length, 2 * LENGTH)) {
            wsm_write_str(out, text + 2 + 2 * LENGTH);
            return;
        }
    }
    wsm_write_text(out, text);
}

const char *cim_xml_read_hex(const char *text, apr_pool_t *pool)
{
    char length[2 * LENGTH + 1];
    if (!is_hex(text))
        return NULL;
    snprintf(length, sizeof(length), "%08x",
             (unsigned)(strlen(text) / 2 + LENGTH));
    return apr_pstrcat(pool, "0x", length, text, NULL);
}
