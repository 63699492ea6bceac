/* log_line.h - a line of the daemon for httpd's error log (wsm_shell_policy.h).
 */
#ifndef SHELLD_LOG_LINE_H
#define SHELLD_LOG_LINE_H

#include <stdarg.h>
#include <stddef.h>

#define LOG_LINE_MAX 1024

/** Makes one: "<level>shell ID: text" and a line feed.  What somebody else
 *  chose (names, what programs say) may have anything in it: what would be the
 *  end of a line, or move a terminal's cursor, is written as '?'.
 *  @param line   of LOG_LINE_MAX bytes; a longer one is cut
 *  @param shell  its id, or NULL: it is about none
 *  @return its length */
size_t log_line(char *line, int level, const char *shell, const char *format,
                va_list args) __attribute__((format(printf, 4, 0)));

#endif
