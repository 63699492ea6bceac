/* wsm_error.c - making and reading errors. */
#include "wsm_error.h"

#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

/* A chain that is longer has lost its way. */
#define MAX_CAUSES 32

wsm_error_t *wsm_error_vmake(apr_pool_t *pool, wsman_code_e code,
                             apr_status_t status, const wsm_error_t *cause,
                             const char *format, va_list args)
{
    wsm_error_t *err = apr_pcalloc(pool, sizeof(*err));
    va_list again;
    va_copy(again, args);
    /* Not APR's printf: the compiler checks the arguments for libc's. */
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    apr_size_t size = length > 0 ? (apr_size_t)length + 1 : 1;
    char *message = apr_palloc(pool, size);
    message[0] = '\0';
    if (length > 0)
        vsnprintf(message, size, format, args);
    err->code = code;
    err->status = status;
    err->cause = cause;
    err->message = message;
    return err;
}

wsm_error_t *wsm_error_make(apr_pool_t *pool, wsman_code_e code,
                            apr_status_t status, const wsm_error_t *cause,
                            const char *format, ...)
{
    va_list args;
    va_start(args, format);
    wsm_error_t *err = wsm_error_vmake(pool, code, status, cause, format, args);
    va_end(args);
    return err;
}

wsm_error_t *wsm_error_detail(wsm_error_t *err, const char *text,
                              apr_pool_t *pool)
{
    apr_size_t count = 0;
    while (err->detail && err->detail[count])
        count++;
    const char **detail = apr_pcalloc(pool, (count + 2) * sizeof(*detail));
    if (count)
        memcpy(detail, err->detail, count * sizeof(*detail));
    detail[count] = apr_pstrdup(pool, text);
    err->detail = detail;
    return err;
}

/** Copies `text`, control characters as \xNN.
 *  @return the place after it; `out` holds four bytes for each of text */
static char *escape(char *out, const char *text)
{
    static const char digits[] = "0123456789abcdef";
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c >= 0x20 && c != 0x7f) {
            *out++ = *text;
            continue;
        }
        *out++ = '\\';
        *out++ = 'x';
        *out++ = digits[c >> 4];
        *out++ = digits[c & 15];
    }
    return out;
}

const char *wsm_error_text(const wsm_error_t *err, apr_pool_t *pool)
{
    char status[256];
    apr_size_t size = 1;
    int depth = 0;
    const wsm_error_t *e;

    for (e = err; e && depth < MAX_CAUSES; e = e->cause, depth++)
        size += 4 * strlen(e->message) + sizeof(status) * 4 + 8;

    char *text = apr_palloc(pool, size);
    char *out = text;
    for (e = err; e && depth > 0; e = e->cause, depth--) {
        if (out != text)
            out = escape(out, ": ");
        out = escape(out, e->message);
        if (e->status == APR_SUCCESS)
            continue;
        apr_strerror(e->status, status, sizeof(status));
        out = escape(out, " (");
        out = escape(out, status);
        *out++ = ')';
    }
    *out = '\0';
    return text;
}
