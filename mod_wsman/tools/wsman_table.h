/* wsman_table.h - options as rows of tables: what is read, and what --help
 * prints.
 *
 * A program is a list of commands and a list of tables; some of the tables are
 * every client's (wsman_common.c).
 */
#ifndef WSMAN_TABLE_H
#define WSMAN_TABLE_H

#include <stddef.h>

#include <apr_tables.h>

#include "wsman_options.h"

/** A command line on its way. */
typedef struct wsman_reading_t {
    wsman_options_t *options;
    wsman_asked_e asked;
    const char *host;               /* the endpoint, as it was given; or NULL */
    apr_array_header_t *option_set; /* of wsm_option_t */
    apr_array_header_t *selectors;  /* of wsm_selector_t */
    apr_array_header_t *columns;    /* of const char * */
    apr_array_header_t *environment; /* of wsm_client_variable_t */
    apr_array_header_t *words;       /* the command and its arguments */
    apr_pool_t *pool;
} wsman_reading_t;

typedef struct wsman_row_t {
    const char *group; /* a heading before it, or NULL */
    int letter;        /* 0: none */
    const char *name;
    const char *argument; /* NULL: takes none */
    const char *help;
    /** @return what is wrong with the value, or NULL */
    const char *(*set)(wsman_reading_t *self, const char *value,
                       const struct wsman_row_t *row);
    size_t offset; /* in the program's options */
    int number;
} wsman_row_t;

#define WSMAN_ROWS_END                                                         \
    {                                                                          \
        NULL, 0, NULL, NULL, NULL, NULL, 0, 0                                  \
    }

struct wsman_program_t {
    const char *name;
    const wsman_command_t *commands;  /* end with a name of NULL */
    const wsman_row_t *const *tables; /* end with NULL; each with
                                         WSMAN_ROWS_END */
    const char *footer;               /* of --help */
    /** Looks at what was read, and completes it. */
    wsm_failure_t *(*complete)(wsman_reading_t *self);
    /** Commands that run something elsewhere: the first argument is the
     *  endpoint unless --host said it, what follows is not ours even where it
     *  looks like an option, and all failures exit with WSMAN_EXIT_REMOTE.
     *  Ends with NULL; or NULL. */
    const char *const *remote;
};

/** Setters: a text, or the row's number, at its offset. */
const char *wsman_set_text(wsman_reading_t *self, const char *value,
                           const wsman_row_t *row);
const char *wsman_set_flag(wsman_reading_t *self, const char *value,
                           const wsman_row_t *row);
/** A time: seconds, or a duration of XML Schema.
 *  @return what is wrong with the value, or NULL */
const char *wsman_read_interval(apr_interval_time_t *interval,
                                const char *value);
/** The endpoint. */
const char *wsman_set_host(wsman_reading_t *self, const char *value,
                           const wsman_row_t *row);
/** How many objects at most. */
const char *wsman_set_limit(wsman_reading_t *self, const char *value,
                            const wsman_row_t *row);

extern const wsman_row_t wsman_rows_who[];
extern const wsman_row_t wsman_rows_how[];
extern const wsman_row_t wsman_rows_print[];

/** For a program's complete(): all that does not depend on an endpoint. */
void wsman_complete(wsman_reading_t *self);
/** The endpoint, and who speaks to it; self->host is not NULL. */
wsm_failure_t *wsman_complete_endpoint(wsman_reading_t *self);

#endif
