/* codepage.h - text of a shell in another character set (WINRS_CODEPAGE).
 *
 * Programs speak UTF-8, the client a code page of Windows.  Bytes come as they
 * come: a character may lie across them.
 */
#ifndef SHELLD_CODEPAGE_H
#define SHELLD_CODEPAGE_H

#include <iconv.h>

#include "stream.h"

typedef struct codepage_t {
    iconv_t converter;
    char rest[16]; /* the beginning of a character */
    apr_size_t length;
    int is_utf8; /* what comes in */
} codepage_t;

/** @return the name of a code page for iconv, or NULL: it is UTF-8, nothing is
 *          to be converted */
const char *codepage_name(unsigned number, apr_pool_t *pool);
/** @return false if there is no such conversion */
int codepage_open(codepage_t *self, const char *to, const char *from);
void codepage_close(codepage_t *self);

typedef void codepage_put_fn(void *baton, const char *data, apr_size_t length);

/** Converts: a byte that is no text goes through as it is, a character that
 *  the other set lacks is '?'. */
void codepage_convert(codepage_t *self, const char *data, apr_size_t length,
                      codepage_put_fn *put, void *baton);
/** Nothing follows: what is left goes through as it is. */
void codepage_finish(codepage_t *self, codepage_put_fn *put, void *baton);

#endif
