/* codepage.c - text of a shell in another character set.
 */
#include "codepage.h"

#include <errno.h>
#include <string.h>

#include <apr_strings.h>

#define ROOM 8192

typedef struct named_t {
    unsigned number;
    const char *name;
} named_t;

/* Those whose names are not CPn to iconv. */
static const named_t names[] = {
    {1200, "UTF-16LE"},     {1201, "UTF-16BE"},     {12000, "UTF-32LE"},
    {12001, "UTF-32BE"},    {10000, "MACINTOSH"},   {20127, "ASCII"},
    {20866, "KOI8-R"},      {21866, "KOI8-U"},      {20932, "EUC-JP"},
    {51932, "EUC-JP"},      {51936, "EUC-CN"},      {51949, "EUC-KR"},
    {52936, "HZ"},          {54936, "GB18030"},     {950, "BIG5"},
    {28591, "ISO-8859-1"},  {28592, "ISO-8859-2"},  {28593, "ISO-8859-3"},
    {28594, "ISO-8859-4"},  {28595, "ISO-8859-5"},  {28596, "ISO-8859-6"},
    {28597, "ISO-8859-7"},  {28598, "ISO-8859-8"},  {28599, "ISO-8859-9"},
    {28603, "ISO-8859-13"}, {28605, "ISO-8859-15"}, {65000, "UTF-7"},
};

const char *codepage_name(unsigned number, apr_pool_t *pool)
{
    if (number == 0 || number == 65001)
        return NULL;
    for (apr_size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].number == number)
            return names[i].name;
    return apr_psprintf(pool, "CP%u", number);
}

int codepage_open(codepage_t *self, const char *to, const char *from)
{
    self->converter = iconv_open(to, from);
    self->length = 0;
    self->is_utf8 = strcmp(from, "UTF-8") == 0;
    return self->converter != (iconv_t)-1;
}

void codepage_close(codepage_t *self)
{
    (void)iconv_close(self->converter);
}

/** How many bytes are the character that cannot be converted: a whole one of
 *  UTF-8 is lacking in the other set; else it is one byte of no text.
 *  @return 0: it is no character */
static apr_size_t lacking(const codepage_t *self, const char *data,
                          apr_size_t length)
{
    const unsigned char first = (unsigned char)data[0];
    apr_size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;

    if (!self->is_utf8)
        return 0;
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4 || length < size)
        return 0;
    for (apr_size_t i = 1; i < size; i++)
        if ((data[i] & 0xc0) != 0x80)
            return 0;
    return size;
}

/** Converts as much as can be.
 *  @return what is left: the beginning of a character */
static apr_size_t convert(codepage_t *self, char *data, apr_size_t length,
                          codepage_put_fn *put, void *baton)
{
    while (length > 0) {
        char room[ROOM];
        char *to = room;
        size_t left = sizeof(room);
        size_t status = iconv(self->converter, &data, &length, &to, &left);
        int why = errno;
        apr_size_t skip;

        if (to != room)
            put(baton, room, (apr_size_t)(to - room));
        if (status != (size_t)-1 || why == E2BIG)
            continue;
        if (why == EINVAL && length < sizeof(self->rest))
            break;
        skip = lacking(self, data, length);
        if (skip > 0)
            put(baton, "?", 1);
        else
            put(baton, data, skip = 1);
        data += skip;
        length -= skip;
    }
    memmove(self->rest, data, length);
    return length;
}

void codepage_convert(codepage_t *self, const char *data, apr_size_t length,
                      codepage_put_fn *put, void *baton)
{
    char part[ROOM];

    while (length > 0) {
        apr_size_t most = sizeof(part) - self->length;
        apr_size_t size = length < most ? length : most;

        memcpy(part, self->rest, self->length);
        memcpy(part + self->length, data, size);
        data += size;
        length -= size;
        self->length = convert(self, part, self->length + size, put, baton);
    }
}

void codepage_finish(codepage_t *self, codepage_put_fn *put, void *baton)
{
    if (self->length > 0)
        put(baton, self->rest, self->length);
    self->length = 0;
}
