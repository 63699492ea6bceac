/* log_line.c - a line of the daemon for httpd's error log.
 */
#include "log_line.h"

#include <stdio.h>

static void clean(char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = '?';
}

size_t log_line(char *line, int level, const char *shell, const char *format,
                va_list args)
{
    char text[900];
    int length;

    vsnprintf(text, sizeof(text), format, args);
    length = snprintf(line, LOG_LINE_MAX, "<%d>%s%.64s%s%s", level,
                      shell != NULL ? "shell " : "", shell != NULL ? shell : "",
                      shell != NULL ? ": " : "", text);
    clean(line);
    line[length++] = '\n';
    return (size_t)length;
}
