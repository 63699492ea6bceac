/* query_bench.c - how fast WQL filters instances, beside the same condition
 * written in C.
 *
 *     query_bench N ROWS
 *
 * prints a line a query: its name, rows a second, and the ratio to the C loop;
 * medians of N rounds, in which the two take turns.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/cim/cim_mof.h"
#include "../../mod_wsman/cim/cim_value.h"
#include "../../mod_wsman/query/wsm_query.h"
#include "../../mod_wsman/soap/wsm_names.h"

#define MAX_ROUNDS 1000

static const char mof[] =
    "class B_Service { [Key] string Name; uint32 Id; uint64 Size;\n"
    "    uint16 State; boolean Started; string Caption; datetime When; };\n";

enum { NAME, ID, SIZE, STATE, STARTED, CAPTION };

typedef int matches_fn(const cim_value_t *values);

static int is_there(const cim_value_t *value)
{
    return value->type != CIM_NONE && !value->is_null;
}

static int c_number(const cim_value_t *values)
{
    return is_there(&values[ID]) && values[ID].v.u == 77777;
}

static int c_like(const cim_value_t *values)
{
    return is_there(&values[NAME]) &&
           strcasestr(values[NAME].v.s, "worker-7") != NULL;
}

static int c_mixed(const cim_value_t *values)
{
    if (is_there(&values[STATE]) && is_there(&values[SIZE]) &&
        (values[STATE].v.u == 2 || values[STATE].v.u == 5) &&
        values[SIZE].v.u > 500000 && is_there(&values[NAME]) &&
        strncasecmp(values[NAME].v.s, "system", 6) != 0)
        return 1;
    return is_there(&values[STARTED]) && values[STARTED].v.u == 1 &&
           !is_there(&values[CAPTION]);
}

static const struct {
    const char *name;
    const char *text;
    matches_fn *by_hand;
} cases[] = {
    {"number", "SELECT * FROM B_Service WHERE Id = 77777", c_number},
    {"like", "SELECT * FROM B_Service WHERE Name LIKE '%worker-7%'", c_like},
    {"mixed",
     "SELECT * FROM B_Service WHERE (State = 2 OR State = 5) AND Size > 500000 "
     "AND NOT Name LIKE 'system%' OR Started = TRUE AND Caption IS NULL",
     c_mixed},
};

#define NCASES (sizeof(cases) / sizeof(cases[0]))

static cim_instance_t **make_rows(const cim_class_t *cls, int count,
                                  apr_pool_t *pool)
{
    static const char *const kinds[] = {"worker", "system", "Daemon",
                                        "session-manager"};
    cim_instance_t **rows = apr_palloc(pool, (apr_size_t)count * sizeof(*rows));
    int i;

    for (i = 0; i < count; i++) {
        cim_value_t *values;

        rows[i] = cim_instance_make(cls, pool);
        values = rows[i]->values;
        values[NAME] = cim_string(
            apr_psprintf(pool, "%s-%d@host.example", kinds[i * 7 % 4], i));
        values[ID] = cim_uint32((apr_uint32_t)i);
        values[SIZE] = cim_uint64((apr_uint64_t)i * 7919 % 1000000);
        values[STATE] = cim_uint16((apr_uint16_t)(i % 7));
        values[STARTED] = cim_boolean(i % 3 == 0);
        if (i % 5 != 0)
            values[CAPTION] = cim_string("A service of this machine");
    }
    return rows;
}

static int count_query(const wsm_query_t *query, cim_instance_t **rows,
                       int count)
{
    int i, found = 0;

    for (i = 0; i < count; i++)
        found += wsm_query_matches(query, rows[i]);
    return found;
}

static int count_by_hand(matches_fn *matches, cim_instance_t **rows, int count)
{
    int i, found = 0;

    for (i = 0; i < count; i++)
        found += matches(rows[i]->values);
    return found;
}

static int by_size(const void *a, const void *b)
{
    const apr_time_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

static double median(apr_time_t *times, int rounds)
{
    qsort(times, (size_t)rounds, sizeof(*times), by_size);
    return times[rounds / 2] > 0 ? (double)times[rounds / 2] : 1;
}

/* @return 0 if the two do not find the same number */
static int measure(const wsm_query_t *query, unsigned which,
                   cim_instance_t **rows, int count, int rounds)
{
    apr_time_t ours[MAX_ROUNDS], theirs[MAX_ROUNDS], begin;
    double our, their;
    int i, a = 0, b = 0;

    for (i = 0; i < rounds; i++) {
        begin = apr_time_now();
        a = count_query(query, rows, count);
        ours[i] = apr_time_now() - begin;
        begin = apr_time_now();
        b = count_by_hand(cases[which].by_hand, rows, count);
        theirs[i] = apr_time_now() - begin;
    }
    our = median(ours, rounds);
    their = median(theirs, rounds);
    printf("%s\t%.0f rows/s\t%.2f\t%d of %d\n", cases[which].name,
           count / our * 1e6, their / our, a, count);
    return a == b;
}

int main(int argc, char **argv)
{
    const cim_mof_options_t options = {.ns = "root/bench"};
    int rounds = argc > 2 ? atoi(argv[1]) : 0;
    int count = argc > 2 ? atoi(argv[2]) : 0;
    wsm_query_scope_t scope = {.ns = "root/bench"};
    cim_instance_t **rows;
    cim_schema_t *schema;
    apr_pool_t *pool;
    unsigned i;

    if (rounds < 1 || rounds > MAX_ROUNDS || count < 1) {
        fprintf(stderr, "usage: %s N ROWS\n", argv[0]);
        return 2;
    }
    apr_initialize();
    apr_pool_create(&pool, NULL);
    schema = cim_schema_make(pool);
    if (cim_mof_read_text(schema, "bench.mof", mof, strlen(mof), &options,
                          pool) != NULL)
        return 1;
    scope.schema = schema;
    rows =
        make_rows(cim_schema_class(schema, scope.ns, "B_Service"), count, pool);
    for (i = 0; i < NCASES; i++) {
        const wsm_query_t *query;
        wsm_error_t *err = wsm_query_parse(&query, WSM_DIALECT_WQL,
                                           cases[i].text, &scope, pool);

        if (err != NULL || !measure(query, i, rows, count, rounds)) {
            fprintf(stderr, "%s: %s\n", cases[i].name,
                    err ? err->message : "other rows than the C loop");
            return 1;
        }
    }
    return 0;
}
