/* wsm_log.h - where log lines go: a function handed down from above.
 *
 * Levels are WSMAN_LOG_* (httpd's numbers).  A line says what happened, to
 * which resource, for whom, and what to do.
 */
#ifndef WSM_LOG_H
#define WSM_LOG_H

typedef struct wsm_log_t {
    void (*write)(void *baton, int level, const char *line);
    void *baton;
    /** Lines of a higher number are not even formatted. */
    int level;
} wsm_log_t;

/** Formats and writes one line; `log` NULL: nowhere.  The line is cut at
 *  1 kB. */
void wsm_log(const wsm_log_t *log, int level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
