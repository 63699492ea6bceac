/* wsm_log.c - formatting of log lines. */
#include "wsm_log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LINE_SIZE 1024

/** Drops the beginning of a UTF-8 character that the cut went through. */
static void trim_partial(char *line, size_t length)
{
    size_t start = length;
    while (start > 0 && ((unsigned char)line[start - 1] & 0xc0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)line[start - 1];
    size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (length - (start - 1) < need)
        line[start - 1] = '\0';
}

void wsm_log(const wsm_log_t *log, int level, const char *format, ...)
{
    if (!log || !log->write || level > log->level)
        return;

    char line[LINE_SIZE];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (length < 0)
        return;
    if ((size_t)length >= sizeof(line))
        trim_partial(line, sizeof(line) - 1);
    /* One call is one line: what a client sent cannot begin another. */
    for (char *p = line; *p; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = ' ';
    }
    log->write(log->baton, level, line);
}
