/* wsm_error.h - making and reading errors.
 *
 * The error itself is public (include/wsman_error.h): what a plug-in returns
 * and what the core returns is the same value, so that nothing is lost between
 * them.
 */
#ifndef WSM_ERROR_H
#define WSM_ERROR_H

#include <stdarg.h>

#include "../include/wsman_error.h"

typedef wsman_error_t wsm_error_t;

/** Makes an error in `pool`; `cause` (may be NULL) must live as long. */
wsm_error_t *wsm_error_make(apr_pool_t *pool, wsman_code_e code,
                            apr_status_t status, const wsm_error_t *cause,
                            const char *format, ...)
    __attribute__((format(printf, 5, 6)));

wsm_error_t *wsm_error_vmake(apr_pool_t *pool, wsman_code_e code,
                             apr_status_t status, const wsm_error_t *cause,
                             const char *format, va_list args)
    __attribute__((format(printf, 5, 0)));

/** The common case: no status, no cause. */
#define wsm_fail(pool, code, ...)                                              \
    wsm_error_make((pool), (code), APR_SUCCESS, NULL, __VA_ARGS__)

/** Adds one text to the error's detail list and returns the error. */
wsm_error_t *wsm_error_detail(wsm_error_t *err, const char *text,
                              apr_pool_t *pool);

/** The whole chain in one line, for the log: "message: cause: cause (status
 *  text)".  Control characters are escaped. */
const char *wsm_error_text(const wsm_error_t *err, apr_pool_t *pool);

#endif
