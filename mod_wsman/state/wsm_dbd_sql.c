/* wsm_dbd_sql.c - the SQL of the store.
 *
 * sqlite3 (3.24) and PostgreSQL (9.5) both understand it; where they differ
 * there is a column in the table.  Times are texts of 20 digits, so that they
 * compare as numbers.  Keys are compared as bytes.
 */
#include "wsm_dbd_sql.h"

#include <stddef.h>

#include "wsm_store.h"

#define CLASS  "repository = %s AND ns = %s AND class = %s"
#define RECORD CLASS " AND key = %s"
#define NUMBER "CAST(%s AS BIGINT)"
#define PAGE   " ORDER BY key LIMIT 64"
#define DEFINITIONS                                                            \
    "SELECT kind, ns, name, version, "                                         \
    "CASE WHEN data IS NULL THEN 1 ELSE 0 END, data "                          \
    "FROM wsman_definition WHERE repository = %s AND "                         \
    "(kind, ns, name) > (%s, %s, %s) AND "
#define DEFINITION_PAGE " ORDER BY kind, ns, name LIMIT 16"

const wsm_dbd_sql_t wsm_dbd_statements[WSM_DBD_STATEMENTS] = {
    [WSM_DBD_GET] = {"SELECT data FROM wsman_record WHERE " RECORD, NULL},
    [WSM_DBD_GET_LOCKED] = {"SELECT data FROM wsman_record WHERE " RECORD,
                            "SELECT data FROM wsman_record WHERE " RECORD
                            " FOR UPDATE"},
    [WSM_DBD_INSERT] = {"INSERT INTO wsman_record "
                        "(repository, ns, class, key, folded_key, data) "
                        "VALUES (%s, %s, %s, %s, %s, %s) "
                        "ON CONFLICT DO NOTHING",
                        NULL},
    [WSM_DBD_UPDATE] = {"UPDATE wsman_record SET data = %s WHERE " RECORD,
                        NULL},
    /* Apart: its index would be written with each change. */
    [WSM_DBD_UPDATE_FOLDED] = {"UPDATE wsman_record SET folded_key = %s "
                               "WHERE " RECORD,
                               NULL},
    [WSM_DBD_REMOVE] = {"DELETE FROM wsman_record WHERE " RECORD, NULL},
    [WSM_DBD_REMOVE_CLASS] = {"DELETE FROM wsman_record WHERE " CLASS, NULL},
    [WSM_DBD_REMOVE_NAMESPACE] = {"DELETE FROM wsman_record WHERE "
                                  "repository = %s AND ns = %s",
                                  NULL},
    [WSM_DBD_ANY] = {"SELECT 1 FROM wsman_record WHERE " CLASS " LIMIT 1",
                     NULL},
    [WSM_DBD_LIST] = {"SELECT key, data FROM wsman_record WHERE " CLASS PAGE,
                      NULL},
    [WSM_DBD_LIST_AFTER] = {"SELECT key, data FROM wsman_record WHERE " CLASS
                            " AND key > %s" PAGE,
                            NULL},
    /* As expressions, so that no index of keys looks fit for the order: it
     * would be read from end to end. */
    [WSM_DBD_LIST_FOLDED] = {"SELECT key, data FROM wsman_record WHERE " CLASS
                             " AND folded_key = %s "
                             "ORDER BY key || '' LIMIT 64",
                             NULL},
    [WSM_DBD_LIST_FOLDED_AFTER] = {"SELECT key, data FROM wsman_record "
                                   "WHERE " CLASS " AND folded_key = %s "
                                   "AND key || '' > %s "
                                   "ORDER BY key || '' LIMIT 64",
                                   NULL},
    [WSM_DBD_LINK] = {"INSERT INTO wsman_link "
                      "(repository, ns, class, key, role, target) "
                      "VALUES (%s, %s, %s, %s, %s, %s)",
                      NULL},
    [WSM_DBD_UNLINK] = {"DELETE FROM wsman_link WHERE " RECORD, NULL},
    [WSM_DBD_UNLINK_CLASS] = {"DELETE FROM wsman_link WHERE " CLASS, NULL},
    [WSM_DBD_UNLINK_NAMESPACE] = {"DELETE FROM wsman_link WHERE "
                                  "repository = %s AND ns = %s",
                                  NULL},
    [WSM_DBD_REFERRING] = {"SELECT l.key, l.role, r.data "
                           "FROM wsman_link l JOIN wsman_record r ON "
                           "r.repository = l.repository AND r.ns = l.ns AND "
                           "r.class = l.class AND r.key = l.key "
                           "WHERE l.repository = %s AND l.target = %s AND "
                           "l.ns = %s AND l.class = %s AND "
                           "(l.key, l.role) > (%s, %s) "
                           "ORDER BY l.key, l.role LIMIT 64",
                           NULL},
    [WSM_DBD_VERSION] = {"SELECT version, floor FROM wsman_version "
                         "WHERE repository = %s",
                         NULL},
    [WSM_DBD_VERSION_MAKE] = {"INSERT INTO wsman_version "
                              "(repository, version, floor) "
                              "VALUES (%s, 0, 0) ON CONFLICT DO NOTHING",
                              NULL},
    [WSM_DBD_VERSION_LOCK] = {"SELECT version, floor FROM wsman_version "
                              "WHERE repository = %s",
                              "SELECT version, floor FROM wsman_version "
                              "WHERE repository = %s FOR UPDATE"},
    [WSM_DBD_VERSION_SET] = {"UPDATE wsman_version SET version = " NUMBER
                             " WHERE repository = %s",
                             NULL},
    [WSM_DBD_FLOOR_SET] = {"UPDATE wsman_version SET floor = " NUMBER
                           " WHERE repository = %s",
                           NULL},
    [WSM_DBD_DEFINE] = {"INSERT INTO wsman_definition "
                        "(repository, kind, ns, name, data, version) "
                        "VALUES (%s, %s, %s, %s, %s, " NUMBER ") "
                        "ON CONFLICT (repository, kind, ns, name) DO UPDATE "
                        "SET data = excluded.data, version = excluded.version",
                        NULL},
    [WSM_DBD_DEFINITIONS] =
        {DEFINITIONS "data IS NOT NULL AND version > " NUMBER DEFINITION_PAGE,
         NULL},
    [WSM_DBD_DEFINITIONS_SINCE] = {DEFINITIONS
                                   "version > " NUMBER DEFINITION_PAGE,
                                   NULL},
    [WSM_DBD_DELETED_MANY] = {"SELECT repository FROM wsman_definition "
                              "WHERE data IS NULL GROUP BY repository "
                              "HAVING count(*) > " NUMBER,
                              NULL},
    [WSM_DBD_DELETED_VERSION] = {"SELECT version FROM wsman_definition "
                                 "WHERE repository = %s AND data IS NULL "
                                 "ORDER BY version DESC "
                                 "LIMIT 1 OFFSET " NUMBER,
                                 NULL},
    [WSM_DBD_FORGET] = {"DELETE FROM wsman_definition WHERE repository = %s "
                        "AND data IS NULL AND version <= " NUMBER,
                        NULL},
    [WSM_DBD_ITEM_PUT] = {"INSERT INTO wsman_item (kind, name, data, expires) "
                          "VALUES (%s, %s, %s, %s) "
                          "ON CONFLICT (kind, name) DO UPDATE SET "
                          "data = excluded.data, expires = excluded.expires",
                          NULL},
    [WSM_DBD_ITEM_GET] = {"SELECT data FROM wsman_item WHERE kind = %s AND "
                          "name = %s AND expires > %s",
                          NULL},
    [WSM_DBD_ITEM_COUNT] = {"SELECT count(*) FROM wsman_item", NULL},
    [WSM_DBD_PURGE] = {"DELETE FROM wsman_item WHERE (kind, name) IN "
                       "(SELECT kind, name FROM wsman_item "
                       "WHERE expires <= %s LIMIT 500)",
                       NULL},
};

static const wsm_dbd_sql_t to_version_1[] = {
    {"CREATE TABLE wsman_meta "
     "(name VARCHAR(64) PRIMARY KEY, value TEXT NOT NULL)",
     NULL},
    {"CREATE TABLE wsman_record "
     "(repository TEXT NOT NULL, ns TEXT NOT NULL, class TEXT NOT NULL, "
     "key TEXT NOT NULL, data TEXT NOT NULL, "
     "PRIMARY KEY (repository, ns, class, key))",
     NULL},
    {"CREATE TABLE wsman_item "
     "(kind TEXT NOT NULL, name TEXT NOT NULL, data TEXT NOT NULL, "
     "expires CHAR(20) NOT NULL, PRIMARY KEY (kind, name))",
     NULL},
    {"CREATE INDEX wsman_item_expires ON wsman_item (expires)", NULL},
    {"INSERT INTO wsman_meta (name, value) VALUES ('version', '1')", NULL},
    {NULL, NULL}};

static const wsm_dbd_sql_t to_version_2[] = {
    {"ALTER TABLE wsman_record ADD COLUMN folded_key TEXT NOT NULL DEFAULT ''",
     NULL},
    {"", "ALTER TABLE wsman_record "
         "ALTER COLUMN repository TYPE TEXT COLLATE \"C\", "
         "ALTER COLUMN ns TYPE TEXT COLLATE \"C\", "
         "ALTER COLUMN class TYPE TEXT COLLATE \"C\", "
         "ALTER COLUMN key TYPE TEXT COLLATE \"C\", "
         "ALTER COLUMN folded_key TYPE TEXT COLLATE \"C\""},
    /* Only ASCII letters are folded: by sqlite3 always, else by "C". */
    {"UPDATE wsman_record SET folded_key = lower(key)", NULL},
    {"CREATE INDEX wsman_record_folded ON wsman_record "
     "(repository, ns, class, folded_key)",
     NULL},
    {"CREATE TABLE wsman_link (repository TEXT NOT NULL, ns TEXT NOT NULL, "
     "class TEXT NOT NULL, key TEXT NOT NULL, role TEXT NOT NULL, "
     "target TEXT NOT NULL, PRIMARY KEY (repository, ns, class, key, role))",
     "CREATE TABLE wsman_link (repository TEXT COLLATE \"C\" NOT NULL, "
     "ns TEXT COLLATE \"C\" NOT NULL, class TEXT COLLATE \"C\" NOT NULL, "
     "key TEXT COLLATE \"C\" NOT NULL, role TEXT COLLATE \"C\" NOT NULL, "
     "target TEXT COLLATE \"C\" NOT NULL, "
     "PRIMARY KEY (repository, ns, class, key, role))"},
    {"CREATE INDEX wsman_link_target ON wsman_link "
     "(repository, target, ns, class, key, role)",
     NULL},
    {"CREATE TABLE wsman_definition (repository TEXT NOT NULL, "
     "kind CHAR(1) NOT NULL, ns TEXT NOT NULL, name TEXT NOT NULL, "
     "version BIGINT NOT NULL, data TEXT, "
     "PRIMARY KEY (repository, kind, ns, name))",
     "CREATE TABLE wsman_definition (repository TEXT COLLATE \"C\" NOT NULL, "
     "kind TEXT COLLATE \"C\" NOT NULL, ns TEXT COLLATE \"C\" NOT NULL, "
     "name TEXT COLLATE \"C\" NOT NULL, version BIGINT NOT NULL, data TEXT, "
     "PRIMARY KEY (repository, kind, ns, name))"},
    {"CREATE INDEX wsman_definition_deleted ON wsman_definition "
     "(repository, version) WHERE data IS NULL",
     NULL},
    {"CREATE TABLE wsman_version (repository TEXT NOT NULL PRIMARY KEY, "
     "version BIGINT NOT NULL, floor BIGINT NOT NULL)",
     NULL},
    /* What is in the records is not for SQL to read. */
    {"INSERT INTO wsman_item (kind, name, data, expires) SELECT DISTINCT "
     "'" WSM_STORE_UNLINKED "', repository, '', '99999999999999999999' "
     "FROM wsman_record",
     NULL},
    {"UPDATE wsman_meta SET value = '2' WHERE name = 'version'", NULL},
    {NULL, NULL}};

const wsm_dbd_sql_t *const wsm_dbd_steps[] = {to_version_1, to_version_2, NULL};
