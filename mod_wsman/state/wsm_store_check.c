/* wsm_store_check.c - questions that only a check asks. */
#include "wsm_store_check.h"

#include <string.h>

#include <apr_dbd.h>
#include <apr_strings.h>

#define MAX_COLUMNS 4

typedef struct database_t {
    const wsm_store_check_t *told;
    const apr_dbd_driver_t *driver;
    apr_dbd_t *handle;
    apr_pool_t *pool;
} database_t;

static void take_damage(const database_t *self, const char *const *columns)
{
    if (strcmp(columns[0], "ok") != 0)
        self->told->damage(self->told->baton, columns[0]);
}

static void take_records(const database_t *self, const char *const *columns)
{
    self->told->records(self->told->baton, columns[0], columns[1], columns[2],
                        columns[3]);
}

static void take_lost(const database_t *self, const char *const *columns)
{
    if (strcmp(columns[0], "0") != 0)
        self->told->lost(self->told->baton, columns[0]);
}

static const struct {
    int sqlite_only;
    const char *sql;
    int ncolumns;
    void (*take)(const database_t *self, const char *const *columns);
} questions[] = {
    {1, "PRAGMA integrity_check", 1, take_damage},
    {0,
     "SELECT repository, ns, class, count(*) FROM wsman_record "
     "GROUP BY repository, ns, class ORDER BY repository, ns, class",
     4, take_records},
    {0,
     "SELECT count(*) FROM wsman_link l WHERE NOT EXISTS (SELECT 1 FROM "
     "wsman_record r WHERE r.repository = l.repository AND r.ns = l.ns AND "
     "r.class = l.class AND r.key = l.key)",
     1, take_lost},
};

static wsm_error_t *ask(const database_t *self, apr_size_t which)
{
    apr_dbd_results_t *results = NULL;
    apr_dbd_row_t *row = NULL;
    const char *columns[MAX_COLUMNS];
    int code = apr_dbd_select(self->driver, self->pool, self->handle, &results,
                              questions[which].sql, 0);
    int i;

    if (code != 0)
        return wsm_fail(self->pool, WSMAN_E_INTERNAL_ERROR,
                        "The store does not answer: %s",
                        apr_dbd_error(self->driver, self->handle, code));
    while (apr_dbd_get_row(self->driver, self->pool, results, &row, -1) == 0) {
        for (i = 0; i < questions[which].ncolumns; i++) {
            columns[i] = apr_dbd_get_entry(self->driver, row, i);
            if (columns[i] == NULL)
                columns[i] = "";
        }
        questions[which].take(self, columns);
    }
    return NULL;
}

static wsm_error_t *open_database(database_t *self, const char *spec)
{
    const char *colon = strchr(spec, ':');
    apr_status_t status = APR_EINVAL;

    apr_dbd_init(self->pool);
    if (colon != NULL)
        status = apr_dbd_get_driver(
            self->pool,
            apr_pstrmemdup(self->pool, spec, (apr_size_t)(colon - spec)),
            &self->driver);
    if (status == APR_SUCCESS)
        status = apr_dbd_open_ex(self->driver, self->pool, colon + 1,
                                 &self->handle, NULL);
    return status == APR_SUCCESS
               ? NULL
               : wsm_error_make(self->pool, WSMAN_E_INTERNAL_ERROR, status,
                                NULL, "The store cannot be opened.");
}

wsm_error_t *wsm_store_dbd_check(const wsm_store_check_t *told,
                                 const char *spec, apr_pool_t *pool)
{
    database_t self = {.told = told, .pool = pool};
    int is_sqlite = strncmp(spec, "sqlite3:", 8) == 0;
    wsm_error_t *err = open_database(&self, spec);
    apr_size_t i;

    if (err != NULL)
        return err;
    for (i = 0; i < sizeof(questions) / sizeof(questions[0]) && err == NULL;
         i++) {
        if (is_sqlite || !questions[i].sqlite_only)
            err = ask(&self, i);
    }
    apr_dbd_close(self.driver, self.handle);
    return err;
}
