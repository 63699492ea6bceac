/* store_bench.c - how long the repository takes among few and among many
 * instances, and its Put against an insert by nothing but sqlite3.
 *
 *     store_bench FOLDER ROUNDS MANY
 *
 * prints one line.  sqlite3 is loaded as apr_dbd's driver does, so no header of
 * it is needed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_dso.h>
#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/cim/cim_mof.h"
#include "../../mod_wsman/cim/cim_xml.h"
#include "../../mod_wsman/om/cim_repository.h"

#define FEW        1000
#define OPERATIONS 2000 /* of a turn */
#define MAX_ROUNDS 99
#define BATCH      10000
/* Turns before it counts: pages of the file come into memory by and by. */
#define WARM_UP 20

static const char mof[] =
    "Qualifier Key : boolean = false, Scope(property, reference);\n"
    "class Bench_Stored { [Key] string Name; uint32 Number; string Text;\n"
    "    string Other; boolean On; datetime When; };\n";

typedef struct world_t {
    wsm_server_t server;
    wsm_endpoint_t endpoint;
    wsm_call_t call;
    const cim_class_t *cls;
    unsigned count;
    unsigned seed;
} world_t;

static void must(const wsm_error_t *err, apr_pool_t *pool)
{
    if (err == NULL)
        return;
    fprintf(stderr, "%s\n", wsm_error_text(err, pool));
    exit(1);
}

static cim_schema_t *read_schema(apr_pool_t *pool)
{
    const cim_mof_options_t options = {.ns = "root/test"};
    cim_schema_t *schema = cim_schema_make(pool);

    wsm_xml_init();
    must(cim_mof_read_text(schema, "bench.mof", mof, strlen(mof), &options,
                           pool),
         pool);
    cim_xml_prepare(schema);
    return schema;
}

static const char *name_of(unsigned number, apr_pool_t *pool)
{
    return apr_psprintf(pool, "Instance:%08x", number * 2654435761u);
}

static cim_instance_t *instance_of(const world_t *world, unsigned number,
                                   apr_pool_t *pool)
{
    cim_instance_t *made = cim_instance_make(world->cls, pool);

    cim_instance_set(made, "Name", cim_string(name_of(number, pool)));
    cim_instance_set(made, "Number", cim_uint32(number));
    cim_instance_set(made, "Text", cim_string("some text of an instance"));
    cim_instance_set(made, "On", cim_boolean(1));
    return made;
}

typedef struct filler_t {
    world_t *world;
    unsigned from;
} filler_t;

static wsm_error_t *fill_some(void *baton, wsm_store_t *tx, apr_pool_t *pool)
{
    filler_t *self = baton;
    unsigned i;
    apr_pool_t *scratch;
    wsm_error_t *err = NULL;

    apr_pool_create(&scratch, pool);
    for (i = self->from;
         i < self->from + BATCH && i < self->world->count && err == NULL; i++) {
        const cim_path_t *path;

        apr_pool_clear(scratch);
        err = cim_repository_insert(tx, "default",
                                    instance_of(self->world, i, scratch), &path,
                                    scratch);
    }
    return err;
}

static world_t *make_world(const char *folder, unsigned count, apr_pool_t *pool)
{
    const char *spec =
        apr_psprintf(pool, "sqlite3:%s/store%u.db", folder, count);
    world_t *world = apr_pcalloc(pool, sizeof(*world));
    filler_t filler = {world, 0};
    apr_pool_t *scratch;

    must(wsm_store_dbd_prepare(spec, (apr_uid_t)-1, (apr_gid_t)-1, pool), pool);
    must(wsm_store_dbd_open(&world->server.store, spec, NULL, pool), pool);
    world->endpoint.server = &world->server;
    world->endpoint.repository = "default";
    world->endpoint.schema = read_schema(pool);
    world->call.endpoint = &world->endpoint;
    world->call.pub.deadline = apr_time_now() + apr_time_from_sec(86400);
    world->cls =
        cim_schema_class(world->endpoint.schema, "root/test", "Bench_Stored");
    world->count = count;
    apr_pool_create(&scratch, pool);
    for (; filler.from < count; filler.from += BATCH) {
        must(wsm_store_transact(world->server.store, fill_some, &filler,
                                scratch),
             pool);
        apr_pool_clear(scratch);
    }
    return world;
}

/* Anywhere among them, the same in every run. */
static unsigned next_number(world_t *world)
{
    world->seed = world->seed * 1664525u + 1013904223u;
    return (world->seed >> 4) % world->count;
}

/* ---- what is measured: one operation */

static void get_one(world_t *world, apr_pool_t *pool)
{
    cim_instance_t *keyed = instance_of(world, next_number(world), pool);
    const cim_instance_t *found;

    must(cim_repository_get(&world->call, world->cls,
                            cim_instance_path(keyed, pool), &found),
         pool);
}

static void put_one(world_t *world, apr_pool_t *pool)
{
    unsigned number = next_number(world);
    cim_instance_t *keyed = instance_of(world, number, pool);
    cim_instance_t *changes = cim_instance_make(world->cls, pool);

    cim_instance_set(changes, "Number", cim_uint32(world->seed));
    must(cim_repository_put(&world->call, world->cls,
                            cim_instance_path(keyed, pool), changes),
         pool);
}

static wsman_sink_e count_one(void *baton, const cim_instance_t *instance,
                              const char *key, apr_pool_t *scratch)
{
    (void)instance;
    (void)key;
    (void)scratch;
    ++*(int *)baton;
    return WSMAN_SINK_MORE;
}

static void list_one(world_t *world, int folded, apr_pool_t *pool)
{
    const wsman_term_t term = {"Name",
                               cim_string(name_of(next_number(world), pool))};
    wsm_query_t query = {.source = WSM_SOURCE_INSTANCES, .cls = world->cls};
    int count = 0;
    wsman_sink_t sink = {.call = &world->call,
                         .cls = world->cls,
                         .take = count_one,
                         .baton = &count};

    if (folded) {
        query.folded_terms = &term;
        query.nfolded_terms = 1;
    } else {
        query.terms = &term;
        query.nterms = 1;
    }
    apr_pool_create(&world->call.pub.scratch, pool);
    must(cim_repository_list(&world->call, world->cls, &query, NULL, &sink),
         pool);
    if (count != 1) {
        fprintf(stderr, "%d instances of a key\n", count);
        exit(1);
    }
}

static void list_exact(world_t *world, apr_pool_t *pool)
{
    list_one(world, 0, pool);
}

static void list_folded(world_t *world, apr_pool_t *pool)
{
    list_one(world, 1, pool);
}

/* ---- sqlite3 alone */

typedef struct bare_t {
    int (*open)(const char *name, void **db);
    int (*exec)(void *db, const char *sql, void *, void *, void *);
    int (*prepare)(void *db, const char *sql, int length, void **statement,
                   const char **tail);
    int (*bind)(void *statement, int at, const char *text, int length,
                void (*destroy)(void *));
    int (*step)(void *statement);
    int (*reset)(void *statement);
    void *db;
    void *statement;
    const char *data; /* of the size of a record */
    unsigned number;
} bare_t;

static void load_bare(bare_t *bare, apr_pool_t *pool)
{
    const struct {
        const char *name;
        void *place;
    } functions[] = {{"sqlite3_open", &bare->open},
                     {"sqlite3_exec", &bare->exec},
                     {"sqlite3_prepare_v2", &bare->prepare},
                     {"sqlite3_bind_text", &bare->bind},
                     {"sqlite3_step", &bare->step},
                     {"sqlite3_reset", &bare->reset}};
    apr_dso_handle_t *library;
    unsigned i;

    if (apr_dso_load(&library, "libsqlite3.so.0", pool) != APR_SUCCESS)
        exit(1);
    for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        apr_dso_handle_sym_t symbol;

        if (apr_dso_sym(&symbol, library, functions[i].name) != APR_SUCCESS)
            exit(1);
        memcpy(functions[i].place, &symbol, sizeof(symbol));
    }
}

static void open_bare(bare_t *bare, const char *folder, apr_pool_t *pool)
{
    char *data = apr_pcalloc(pool, 601);

    load_bare(bare, pool);
    memset(data, 'x', 600);
    bare->data = data;
    if (bare->open(apr_pstrcat(pool, folder, "/bare.db", NULL), &bare->db) ||
        bare->exec(bare->db,
                   "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                   "CREATE TABLE t (key TEXT PRIMARY KEY, data TEXT)",
                   NULL, NULL, NULL) ||
        bare->prepare(bare->db, "INSERT INTO t VALUES (?, ?)", -1,
                      &bare->statement, NULL))
        exit(1);
}

static void insert_bare(bare_t *bare)
{
    const int done = 101;
    char key[64];

    apr_snprintf(key, sizeof(key), "bench_stored.name=\"Instance:%08x\"",
                 bare->number++ * 2654435761u);
    bare->bind(bare->statement, 1, key, -1, NULL);
    bare->bind(bare->statement, 2, bare->data, -1, NULL);
    if (bare->step(bare->statement) != done)
        exit(1);
    bare->reset(bare->statement);
}

/* ---- turns */

typedef void operation_fn(world_t *world, apr_pool_t *pool);

/* @return microseconds of one */
static double turn(world_t *world, operation_fn *operation, apr_pool_t *parent)
{
    apr_time_t begin;
    apr_pool_t *pool;
    int i;

    apr_pool_create(&pool, parent);
    begin = apr_time_now();
    for (i = 0; i < OPERATIONS; i++) {
        world->call.pub.pool = pool;
        operation(world, pool);
        apr_pool_clear(pool);
    }
    begin = apr_time_now() - begin;
    apr_pool_destroy(pool);
    return (double)begin / OPERATIONS;
}

static double turn_bare(bare_t *bare)
{
    apr_time_t begin = apr_time_now();
    int i;

    for (i = 0; i < OPERATIONS; i++)
        insert_bare(bare);
    return (double)(apr_time_now() - begin) / OPERATIONS;
}

static int by_size(const void *a, const void *b)
{
    const double *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

static double median(double *values, int n)
{
    qsort(values, (size_t)n, sizeof(*values), by_size);
    return values[n / 2];
}

typedef struct measure_t {
    const char *name;
    operation_fn *operation;
} measure_t;

static const measure_t measures[] = {{"get", get_one},
                                     {"key", list_exact},
                                     {"key in any case", list_folded},
                                     {"put", put_one}};

static void compare(world_t *few, world_t *many, const measure_t *measure,
                    int rounds, apr_pool_t *pool)
{
    double left[MAX_ROUNDS], right[MAX_ROUNDS], ratio[MAX_ROUNDS];
    int i;

    for (i = 0; i < WARM_UP; i++)
        turn(many, measure->operation, pool);
    turn(few, measure->operation, pool);
    for (i = 0; i < rounds; i++) {
        left[i] = turn(few, measure->operation, pool);
        right[i] = turn(many, measure->operation, pool);
        ratio[i] = right[i] / left[i];
    }
    printf("%s %.1f us, among %u %.1f us (%.2f); ", measure->name,
           median(left, rounds), many->count, median(right, rounds),
           median(ratio, rounds));
}

static void against_bare(world_t *few, bare_t *bare, int rounds,
                         apr_pool_t *pool)
{
    double left[MAX_ROUNDS], right[MAX_ROUNDS], ratio[MAX_ROUNDS];
    int i;

    turn_bare(bare);
    for (i = 0; i < rounds; i++) {
        left[i] = turn(few, put_one, pool);
        right[i] = turn_bare(bare);
        ratio[i] = right[i] / left[i];
    }
    printf("put %.1f us, sqlite3 alone %.1f us, ratio %.2f\n",
           median(left, rounds), median(right, rounds), median(ratio, rounds));
}

int main(int argc, char **argv)
{
    int rounds = argc == 4 ? atoi(argv[2]) : 0;
    world_t *few, *many;
    apr_pool_t *pool;
    bare_t bare = {0};
    unsigned i;

    if (rounds < 1 || rounds > MAX_ROUNDS || atoi(argv[3]) <= FEW) {
        fprintf(stderr, "usage: %s FOLDER ROUNDS MANY\n", argv[0]);
        return 2;
    }
    apr_initialize();
    apr_pool_create(&pool, NULL);
    few = make_world(argv[1], FEW, pool);
    many = make_world(argv[1], (unsigned)atoi(argv[3]), pool);
    open_bare(&bare, argv[1], pool);
    for (i = 0; i < sizeof(measures) / sizeof(measures[0]); i++)
        compare(few, many, &measures[i], rounds, pool);
    against_bare(few, &bare, rounds, pool);
    apr_pool_destroy(pool);
    return 0;
}
