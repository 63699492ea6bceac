/* wsm_dbd_sql.h - the SQL of the store, as tables of text.
 */
#ifndef WSM_DBD_SQL_H
#define WSM_DBD_SQL_H

#include "wsm_dbd.h"

/** SQL in the tongues that differ; "": nothing. */
typedef struct wsm_dbd_sql_t {
    const char *sqlite;
    const char *other; /* NULL: the same */
} wsm_dbd_sql_t;

static inline const char *wsm_dbd_sql(const wsm_dbd_sql_t *sql, int is_sqlite)
{
    return is_sqlite || sql->other == NULL ? sql->sqlite : sql->other;
}

extern const wsm_dbd_sql_t wsm_dbd_statements[WSM_DBD_STATEMENTS];

/** What brings a store of each version to the next one, beginning with 0: that
 *  there is none.  NULL-terminated. */
extern const wsm_dbd_sql_t *const wsm_dbd_steps[];

/** The version that all steps lead to. */
#define WSM_DBD_VERSION_NOW 2

#endif
