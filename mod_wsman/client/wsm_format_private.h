/* wsm_format_private.h - between the formats. */
#ifndef WSM_FORMAT_PRIVATE_H
#define WSM_FORMAT_PRIVATE_H

#include "wsm_format.h"

/** Objects from which the header of CSV is made. */
#define WSM_CSV_SAMPLE 100

typedef struct wsm_csv_t {
    const wsm_object_t *sample[WSM_CSV_SAMPLE];
    int nsample;
    const char **columns; /* NULL: the header is not yet written */
    int ncolumns;
    int warned;
    apr_pool_t *pool; /* of the sample */
} wsm_csv_t;

struct wsm_format_t {
    wsm_format_config_t config;
    wsm_writer_t *out; /* what is not yet handed to write() */
    apr_uint64_t count;
    int failed;
    wsm_csv_t csv;
    apr_pool_t *pool;
};

void wsm_text_object(wsm_format_t *self, const wsm_object_t *object,
                     apr_pool_t *scratch);
/** A line of its own, safe for a terminal. */
void wsm_text_line(wsm_format_t *self, const char *text);

/** @param depth  of indentation; -1: all in one line */
void wsm_json_object(wsm_format_t *self, const wsm_object_t *object, int depth);
void wsm_json_string(wsm_writer_t *out, const char *text);
/** An array as such, a single value as itself. */
void wsm_json_values(wsm_format_t *self, const wsm_property_t *property,
                     int depth);

void wsm_csv_object(wsm_format_t *self, const wsm_object_t *object);
/** @return true while objects are kept for the header; they must then be in
 *  self->csv.pool */
int wsm_csv_sampling(const wsm_format_t *self);
void wsm_csv_end(wsm_format_t *self);

#endif
