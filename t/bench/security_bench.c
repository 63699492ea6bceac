/* security_bench.c - what the descriptor of a namespace costs a Get.
 *
 *     security_bench N
 *
 * prints a line a case: its name and nanoseconds, the median of N rounds.
 * "get" is all that a Get does for it: the view of the classes, the class
 * looked up in it, and two questions (the namespace is entered, the instance is
 * read).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/om/cim_catalog.h"
#include "../../mod_wsman/om/cim_security.h"

#define MAX_ROUNDS 1000
#define TIMES      20000
#define NS         "root/cimv2"

typedef struct bench_t {
    wsm_call_t call;
    wsm_endpoint_t endpoint;
    cim_schema_t *schema;
    apr_pool_t *pool;
} bench_t;

static void enter(bench_t *self, const char *first, int groups)
{
    sec_token_t *token = apr_pcalloc(self->pool, sizeof(*token));
    sec_sid_t *sids = apr_pcalloc(self->pool, sizeof(*sids) * 64);
    int i;

    sec_sid_parse(&sids[token->count++], "WD", 2);
    sec_sid_parse(&sids[token->count++], first, 2);
    for (i = 0; i < groups; i++)
        sec_sid_of_gid(&sids[token->count++], (apr_uint32_t)i);
    token->sids = sids;
    self->call.token = token;
}

/* Thirty entries of others before the one that counts */
static void protect(bench_t *self, int others)
{
    const sec_descriptor_t *own;
    const char *text = "O:BAG:BAD:P";
    int i;

    for (i = 0; i < others; i++)
        text = apr_psprintf(self->pool, "%s(A;;CCWP;;;S-1-22-2-%d)", text,
                            1000 + i);
    text = apr_pstrcat(self->pool, text, "(A;;CCDCSWRPWPRC;;;WD)", NULL);
    if (sec_sddl_parse(&own, text, self->pool) == NULL)
        cim_schema_seal(self->schema, NS, own);
}

static int check(bench_t *self)
{
    return cim_security_check(&self->call, NS, 0) == NULL;
}

static int get(bench_t *self)
{
    const cim_schema_t *view;
    apr_pool_t *pool;
    int done;

    apr_pool_create(&pool, self->pool);
    view = cim_security_view(&self->call, self->schema, pool);
    self->endpoint.schema = view;
    done = cim_schema_class(view, NS, "__NAMESPACE") != NULL && check(self) &&
           check(self);
    self->endpoint.schema = self->schema;
    apr_pool_destroy(pool);
    return done;
}

static int pool_alone(bench_t *self)
{
    apr_pool_t *pool;

    apr_pool_create(&pool, self->pool);
    apr_pool_destroy(pool);
    return 1;
}

static int by_size(const void *a, const void *b)
{
    const double *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

static double measure(bench_t *self, int (*work)(bench_t *self), int rounds)
{
    double spent[MAX_ROUNDS];
    apr_time_t begin;
    int i, k;

    for (i = 0; i < rounds; i++) {
        begin = apr_time_now();
        for (k = 0; k < TIMES; k++) {
            if (!work(self))
                return -1;
        }
        spent[i] = (double)(apr_time_now() - begin) * 1000 / TIMES;
    }
    qsort(spent, (size_t)rounds, sizeof(spent[0]), by_size);
    return spent[rounds / 2];
}

static const struct {
    const char *name;
    const char *sid;
    int groups;
    int others;
} cases[] = {
    {"a user, the default", "AU", 0, -1},
    {"an administrator, the default", "BA", 0, -1},
    {"20 groups, 30 entries", "AU", 20, 30},
};

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 0;
    bench_t self = {.endpoint = {.schema = NULL}};
    size_t i;

    if (rounds < 1 || rounds > MAX_ROUNDS) {
        fprintf(stderr, "usage: %s N\n", argv[0]);
        return 2;
    }
    apr_initialize();
    apr_pool_create(&self.pool, NULL);
    self.schema = cim_schema_make(self.pool);
    if (cim_catalog_complete(self.schema, NS, self.pool) != NULL)
        return 1;
    self.endpoint.schema = self.schema;
    self.call.endpoint = &self.endpoint;
    self.call.pub.pool = self.pool;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        enter(&self, cases[i].sid, cases[i].groups);
        if (cases[i].others >= 0)
            protect(&self, cases[i].others);
        printf("%s\t%.0f ns a question, %.0f ns a Get\n", cases[i].name,
               measure(&self, check, rounds),
               measure(&self, get, rounds) -
                   measure(&self, pool_alone, rounds));
    }
    return 0;
}
