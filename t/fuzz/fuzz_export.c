/* fuzz_export.c - any cursor of an export: it is refused, or the export goes on
 * from there and comes to an end. */
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/base/wsm_text.h"
#include "../../mod_wsman/om/cim_compile.h"
#include "../../mod_wsman/om/cim_export.h"
#include "../../mod_wsman/provide/wsm_registry.h"
#include "../../mod_wsman/xml/wsm_xml.h"
#include "../../mod_wsman/cim/cim_mof.h"

#define ROOM      400
#define MAX_PAGES 50

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static const char mof[] =
    "Qualifier Q : string = null, Scope(any);\n"
    "class A { [Key] string Id; }; class B : A { uint8 n; };\n"
    "class C { [Key] string Id; };\n"
    "instance of A { Id = \"1\"; }; instance of A { Id = \"2\"; };\n"
    "instance of B { Id = \"x\"; n = 3; }; instance of C { Id = \"<&>\"; };\n";

typedef struct world_t {
    wsm_server_t server;
    wsm_endpoint_t endpoint;
    cim_catalog_t *catalog;
} world_t;

static void must(const wsm_error_t *err)
{
    if (err)
        abort();
}

static world_t *make_world(void)
{
    const cim_mof_options_t options = {.ns = "root/a"};
    world_t *world;
    cim_schema_t *files;
    apr_pool_t *pool;
    apr_initialize();
    wsm_xml_init();
    apr_pool_create(&pool, NULL);
    world = apr_pcalloc(pool, sizeof(*world));
    files = cim_schema_make(pool);
    must(cim_mof_read_text(files, "none", "", 0, &options, pool));
    must(cim_catalog_complete(files, "root/a", pool));
    world->catalog = cim_catalog_make(files, "default", pool);
    must(wsm_store_mem_open(&world->server.store, pool));
    const cim_compile_t to = {.catalog = world->catalog,
                              .store = world->server.store,
                              .ns = "root/a"};
    must(cim_compile_text(NULL, &to, "t.mof", mof, strlen(mof), pool));
    must(cim_catalog_load(world->catalog, world->server.store, NULL));
    world->endpoint.server = &world->server;
    world->endpoint.repository = "default";
    must(cim_catalog_enter(&world->endpoint.schema, world->catalog,
                           world->server.store, NULL, pool));
    world->endpoint.registry =
        wsm_registry_make(world->endpoint.schema, "root/a", pool);
    return world;
}

static void export_from(const world_t *world, const char *cursor,
                        apr_pool_t *pool)
{
    wsm_call_t call = {.pub = {.pool = pool}, .endpoint = &world->endpoint};
    const cim_export_t what = {
        .call = &call, .ns = "root/a", .classes = 1, .instances = 1};
    apr_pool_create(&call.pub.scratch, pool);
    for (int pages = 0; cursor; pages++) {
        wsm_writer_t *out = wsm_writer_make(ROOM, pool);
        if (pages > MAX_PAGES)
            abort();
        if (cim_export_page(out, &cursor, &what, ROOM, pool))
            return;
        if (wsm_writer_full(out))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static world_t *world;
    apr_pool_t *pool;
    if (!world)
        world = make_world();
    apr_pool_create(&pool, NULL);
    export_from(world, wsm_text_b64url_encode(data, size, pool), pool);
    export_from(world, apr_pstrmemdup(pool, (const char *)data, size), pool);
    apr_pool_destroy(pool);
    return 0;
}
