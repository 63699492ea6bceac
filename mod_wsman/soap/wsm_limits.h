/* wsm_limits.h - how long the texts of a request may be, in characters
 * (DSP0226 5.1.2.2, 13.4; MS-WSMV 3.1.4.1.12).
 */
#ifndef WSM_LIMITS_H
#define WSM_LIMITS_H

#include <apr.h>

#define WSM_MAX_URI   2048
#define WSM_MAX_NAME  2048 /* of a selector or an option */
#define WSM_MAX_VALUE 4096
#define WSM_MAX_ID    2048 /* MS-WSMV's headers with identifiers */

/** @return true if a UTF-8 text has more characters than that */
int wsm_longer_than(const char *text, apr_size_t limit);

#endif
