/* wsm_text.h - small text forms: UUIDs, base64, numbers, XSD durations and
 * dates.  Parsers take a whole, NUL-terminated text with no white space around
 * it and return 0 unless all of it is of the form.
 */
#ifndef WSM_TEXT_H
#define WSM_TEXT_H

#include <apr_pools.h>
#include <apr_time.h>

#define WSM_UUID_LENGTH 36

/** Writes a random UUID, upper case, and a NUL; from the system's generator. */
void wsm_text_uuid(char out[WSM_UUID_LENGTH + 1]);

/** base64url without padding (RFC 4648 5). */
char *wsm_text_b64url_encode(const unsigned char *data, apr_size_t length,
                             apr_pool_t *pool);
/** @return 0 if `text` is not canonical base64url */
int wsm_text_b64url_decode(const char *text, unsigned char **data,
                           apr_size_t *length, apr_pool_t *pool);

/** base64Binary of XML Schema (RFC 4648 4; white space may stand anywhere),
 *  decoded where it stands: the bytes are fewer than the letters.
 *  @param length  in: of the text; out: of the bytes
 *  @return 0 if it is none, or not canonical; the text is then undefined */
int wsm_text_base64_decode(char *text, apr_size_t *length);

/** Decimal integers within bounds; a leading '+' is allowed as in XSD. */
int wsm_text_u64(const char *text, apr_uint64_t max, apr_uint64_t *number);
int wsm_text_i64(const char *text, apr_int64_t min, apr_int64_t max,
                 apr_int64_t *number);
/** XSD double: also INF, -INF, NaN; locale does not matter. */
int wsm_text_double(const char *text, double *number);
/** The shortest text that reads back as the same number (as a float if
 *  `single`), INF, -INF, NaN.  `out` holds at least 32 bytes.
 *  @return the length */
int wsm_text_double_put(double number, int single, char *out);
/** XSD boolean, in any letter case (client-interop R6). */
int wsm_text_boolean(const char *text, int *truth);

/** xs:duration (PnYnMnDTnHnMnS), as microseconds; a year counts 365 days, a
 *  month 30.  Negative ones are of the form; overflow is not. */
int wsm_text_duration(const char *text, apr_int64_t *usec);
/** "PT60.000S"-like: P[nD]T[nH][nM]n.nnnS, the shortest, zero is PT0S.
 *  @return in `pool` */
char *wsm_text_duration_put(apr_int64_t usec, apr_pool_t *pool);
/** xs:dateTime; without a zone it is UTC.  `offset` (minutes) may be NULL. */
int wsm_text_datetime(const char *text, apr_time_t *when, int *offset);
/** "2026-11-21T08:00:00Z", with as many digits of a fraction as are needed,
 *  and "+01:00" instead of Z when offset is not 0. */
char *wsm_text_datetime_put(apr_time_t when, int offset, apr_pool_t *pool);

/** Days from 1970-01-01 to a day of the Gregorian calendar (year 0 is 1 BC).
 *  @return 0 if there is no such day */
int wsm_text_days(apr_int64_t year, int month, int day, apr_int64_t *days);
/** The inverse. */
void wsm_text_civil(apr_int64_t days, apr_int64_t *year, int *month, int *day);

#endif
