/* query_like.h - the patterns of LIKE, compiled once.
 *
 * A pattern is a row of elements, each of which takes one character out of a
 * set, once or as often as it likes.  All ways through it are followed at the
 * same time, a bit each: the work is the length of the string times that of
 * the pattern in machine words, whatever the two are, and nothing is
 * allocated.
 */
#ifndef QUERY_LIKE_H
#define QUERY_LIKE_H

#include "query_dialect.h"

/** The longest pattern, in elements; also the most characters and ranges of
 *  all its sets together. */
#define QUERY_LIKE_MAX 1023

typedef struct query_like_t query_like_t;

/** The pattern of WQL: %, _, [a-f], [a=f], [^...] (MS-WMI 2.2.1.1).  A
 *  backslash is a character like any other; as many clients double it, two of
 *  them are two or one.
 *  @param fold  ASCII letters match in any case */
wsm_error_t *query_like_wql(const query_like_t **like, const char *pattern,
                            int fold, apr_pool_t *pool);
/** The basic regular expression of CQL (DSP0202): `.` is any character, `*`
 *  repeats what is before it, a backslash takes the meaning from what follows.
 *  All of the string must match. */
wsm_error_t *query_like_cql(const query_like_t **like, const char *pattern,
                            apr_pool_t *pool);

/** @return true if all of the text (UTF-8) matches */
int query_like_matches(const query_like_t *like, const char *text);

/** @return true if the text has a character that means something in WQL's
 *  patterns */
int query_like_is_pattern(const char *text);

#endif
