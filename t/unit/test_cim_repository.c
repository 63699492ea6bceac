/* The repository: instances in the store, for each of its implementations. */
#include "store_fixture.h"

#include <stdio.h>
#include <sys/wait.h>

#include <apr_thread_proc.h>

#include "../../mod_wsman/cim/cim_mof.h"
#include "../../mod_wsman/cim/cim_xml.h"
#include "../../mod_wsman/om/cim_repository.h"

#define QUALIFIERS                                                             \
    "Qualifier Key : boolean = false, Scope(property, reference);\n"           \
    "Qualifier Association : boolean = false, Scope(association);\n"           \
    "Qualifier Abstract : boolean = false, Scope(class);\n"                    \
    "Qualifier Required : boolean = false, Scope(property);\n"                 \
    "Qualifier MaxLen : uint32, Scope(property);\n"                            \
    "Qualifier MinLen : uint32, Scope(property);\n"                            \
    "Qualifier MaxValue : sint64, Scope(property);\n"                          \
    "Qualifier MinValue : sint64, Scope(property);\n"

static const char mof[] = QUALIFIERS
    "class R_Base { [Key] string Id; };\n"
    "class R_Thing : R_Base {\n"
    "    uint32 A; uint32 B; uint32 C; uint32 D; string Text = \"default\";\n"
    "    string List[] = {\"x\"}; uint8 Bytes[]; datetime When;\n"
    "    [Required] boolean On = true;\n"
    "    [MinLen(2), MaxLen(4)] string Short; [MaxLen(2)] string Shorts[];\n"
    "    [MinValue(-5), MaxValue(5)] sint32 Small;\n"
    "    [MinValue(3)] uint64 Large;\n"
    "};\n"
    "class R_Two { [Key] string Name; [Key] uint32 Number; };\n"
    "[Association] class R_Link { [Key] R_Base ref Left;\n"
    "    [Key] R_Base ref Right; string Note; };\n"
    "[Abstract] class R_Abstract { [Key] string Id; };\n"
    "class R_Keyless { string Text; };\n"
    "[Association] class R_Embeds { [Key] string Id; R_Base ref One; };\n";

typedef struct world_t {
    wsm_server_t server;
    wsm_endpoint_t endpoint;
    wsm_call_t call;
    apr_pool_t *pool;
} world_t;

static cim_schema_t *read_schema(const char *text, apr_pool_t *pool)
{
    const cim_mof_options_t options = {.ns = "root/test"};
    cim_schema_t *schema = cim_schema_make(pool);

    wsm_xml_init();
    t_must(cim_mof_read_text(schema, "test.mof", text, strlen(text), &options,
                             pool));
    cim_xml_prepare(schema);
    return schema;
}

static world_t *make_world(wsm_store_t *store, const char *text,
                           apr_pool_t *pool)
{
    world_t *world = apr_pcalloc(pool, sizeof(*world));

    world->pool = pool;
    world->server.store = store;
    world->endpoint.server = &world->server;
    world->endpoint.repository = "default";
    world->endpoint.schema = read_schema(text, pool);
    world->call.endpoint = &world->endpoint;
    world->call.pub.pool = pool;
    world->call.pub.deadline = apr_time_now() + apr_time_from_sec(600);
    apr_pool_create(&world->call.pub.scratch, pool);
    return world;
}

static const cim_class_t *class_of(const world_t *world, const char *name)
{
    const cim_class_t *cls =
        cim_schema_class(world->endpoint.schema, "root/test", name);

    assert_non_null(cls);
    return cls;
}

static cim_instance_t *thing(const world_t *world, const char *id)
{
    cim_instance_t *made =
        cim_instance_make(class_of(world, "R_Thing"), world->pool);

    assert_int_equal(cim_instance_set(made, "Id", cim_string(id)), 0);
    return made;
}

static wsm_error_t *create(const world_t *world, const cim_instance_t *instance)
{
    const cim_path_t *path;

    return cim_repository_create(&world->call, instance->cls, instance, &path);
}

static wsm_error_t *put(const world_t *world, const cim_instance_t *changes,
                        const char *id)
{
    cim_instance_t *keyed = thing(world, id);

    return cim_repository_put(&world->call, changes->cls,
                              cim_instance_path(keyed, world->pool), changes);
}

static const cim_instance_t *get(const world_t *world, const char *id)
{
    cim_instance_t *keyed = thing(world, id);
    const cim_instance_t *found = NULL;

    t_must(cim_repository_get(&world->call, keyed->cls,
                              cim_instance_path(keyed, world->pool), &found));
    return found;
}

static cim_instance_t *changes_of(const world_t *world, const char *name,
                                  cim_value_t value)
{
    cim_instance_t *made =
        cim_instance_make(class_of(world, "R_Thing"), world->pool);

    assert_int_equal(cim_instance_set(made, name, value), 0);
    return made;
}

static apr_uint64_t number(const cim_instance_t *instance, const char *name)
{
    const cim_value_t *value = cim_instance_get(instance, name);

    assert_non_null(value);
    assert_false(value->is_null);
    return value->v.u;
}

static void round_trip(t_state_t *self, wsm_store_t *store)
{
    world_t *world = make_world(store, mof, self->pool);
    cim_instance_t *made = thing(world, "k<\"'&");
    const cim_instance_t *found;
    const cim_value_t *value;

    cim_instance_set(made, "Text", cim_null(CIM_STRING));
    cim_instance_set(made, "Bytes", cim_array(CIM_UINT8, NULL, 0));
    cim_instance_set(made, "A", cim_uint32(5));
    t_must(create(world, made));
    t_code(create(world, made), WSMAN_E_ALREADY_EXISTS);
    t_must(create(world, thing(world, "K<\"'&")));
    found = get(world, "k<\"'&");
    assert_int_equal(number(found, "A"), 5);
    assert_true(cim_instance_get(found, "Text")->is_null);
    value = cim_instance_get(found, "Bytes");
    assert_false(value->is_null);
    assert_true(value->is_array);
    assert_int_equal(value->count, 0);
    value = cim_instance_get(found, "List");
    assert_int_equal(value->count, 1);
    assert_true(number(found, "On"));
    value = cim_instance_get(found, "When");
    assert_true(value == NULL || value->is_null);
}

T_EACH_STORE(round_trip)

/* What may not be stored. */
static const struct {
    const char *name;
    const char *text; /* NULL: NULL */
    int is_list;
    wsman_code_e code; /* 0: it may */
} values[] = {{"On", NULL, 0, WSMAN_E_REPRESENTATION_MISSING_VALUES},
              {"On", "false", 0, 0},
              {"Short", "12", 0, 0},
              {"Short", "1234", 0, 0},
              {"Short", "1", 0, WSMAN_E_REPRESENTATION_INVALID_VALUES},
              {"Short", "12345", 0, WSMAN_E_REPRESENTATION_INVALID_VALUES},
              {"Short", "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4", 0, 0},
              {"Short", NULL, 0, 0},
              {"Shorts", "12", 1, 0},
              {"Shorts", "123", 1, WSMAN_E_REPRESENTATION_INVALID_VALUES},
              {"Small", "-5", 0, 0},
              {"Small", "5", 0, 0},
              {"Small", "-6", 0, WSMAN_E_REPRESENTATION_INVALID_VALUES},
              {"Small", "6", 0, WSMAN_E_REPRESENTATION_INVALID_VALUES},
              {"Large", "2", 0, WSMAN_E_REPRESENTATION_INVALID_VALUES},
              {"Large", "18446744073709551615", 0, 0}};

static void set_text(const world_t *world, cim_instance_t *instance,
                     const char *name, const char *text, int is_list)
{
    int index = cim_class_property_index(instance->cls, name);
    cim_type_e type = instance->cls->properties[index].type;
    cim_value_t *value = apr_pcalloc(world->pool, sizeof(*value));

    if (text == NULL)
        *value = cim_null(type);
    else
        assert_true(cim_value_parse(type, text, value, world->pool));
    instance->values[index] = is_list ? cim_array(type, value, 1) : *value;
}

static void check(const wsm_error_t *err, wsman_code_e code, const char *name)
{
    if (code == 0)
        t_must(err);
    else
        t_code(err, code);
    /* Who reads it knows which one. */
    if (err != NULL)
        assert_non_null(strstr(err->message, name));
}

static void rules(t_state_t *self, wsm_store_t *store)
{
    world_t *world = make_world(store, mof, self->pool);
    unsigned i;

    t_must(create(world, thing(world, "old")));
    for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        cim_instance_t *made =
            thing(world, apr_psprintf(self->pool, "new%u", i));
        cim_instance_t *changes = cim_instance_make(made->cls, self->pool);

        set_text(world, made, values[i].name, values[i].text,
                 values[i].is_list);
        set_text(world, changes, values[i].name, values[i].text,
                 values[i].is_list);
        check(create(world, made), values[i].code, values[i].name);
        check(put(world, changes, "old"), values[i].code, values[i].name);
    }
    t_code(create(world,
                  cim_instance_make(class_of(world, "R_Thing"), self->pool)),
           WSMAN_E_REPRESENTATION_MISSING_VALUES);
    t_code(create(world,
                  cim_instance_make(class_of(world, "R_Abstract"), self->pool)),
           WSMAN_E_ACTION_MISMATCH);
    t_code(create(world,
                  cim_instance_make(class_of(world, "R_Keyless"), self->pool)),
           WSMAN_E_ACTION_MISMATCH);
    t_code(put(world, changes_of(world, "A", cim_uint32(1)), "none"),
           WSMAN_E_DESTINATION_UNREACHABLE);
}

T_EACH_STORE(rules)

/* ---- lists */

typedef struct heard_t {
    const char *text;
    apr_pool_t *pool;
} heard_t;

static wsman_sink_e hear(void *baton, const cim_instance_t *instance,
                         const char *key, apr_pool_t *scratch)
{
    heard_t *self = baton;

    (void)scratch;
    assert_non_null(key);
    self->text = apr_pstrcat(
        self->pool, self->text,
        cim_path_text(cim_instance_path(instance, self->pool), self->pool), ";",
        NULL);
    return WSMAN_SINK_MORE;
}

/* The sink does not filter: what comes is what was looked up. */
static wsman_sink_t sink_of(const world_t *world, const cim_class_t *cls,
                            heard_t *heard)
{
    wsman_sink_t sink = {
        .call = &world->call, .cls = cls, .take = hear, .baton = heard};

    heard->text = "";
    heard->pool = world->pool;
    return sink;
}

static const char *list_two(const world_t *world, const wsm_query_t *query,
                            const char *after)
{
    const cim_class_t *cls = class_of(world, "R_Two");
    heard_t heard;
    wsman_sink_t sink = sink_of(world, cls, &heard);

    t_must(cim_repository_list(&world->call, cls, query, after, &sink));
    t_must(sink.err);
    return heard.text;
}

static void create_two(const world_t *world, const char *name, unsigned no)
{
    cim_instance_t *made =
        cim_instance_make(class_of(world, "R_Two"), world->pool);

    cim_instance_set(made, "Name", cim_string(name));
    cim_instance_set(made, "Number", cim_uint32(no));
    t_must(create(world, made));
}

static void key_lookups(t_state_t *self, wsm_store_t *store)
{
    world_t *world = make_world(store, mof, self->pool);
    const wsman_term_t name = {"name", cim_string("a")};
    const wsman_term_t number = {"NUMBER", cim_uint64(1)};
    const wsman_term_t far = {"Number", cim_uint64(1ull << 40)};
    const wsman_term_t both[] = {name, number};
    const wsman_term_t out[] = {name, far};
    wsm_query_t query = {.source = WSM_SOURCE_INSTANCES};

    create_two(world, "a", 1);
    create_two(world, "A", 1);
    create_two(world, "a", 2);
    create_two(world, "b", 1);
    query.terms = both;
    query.nterms = 2;
    assert_string_equal(list_two(world, &query, NULL),
                        "r_two.name=\"a\",number=1;");
    query.terms = &number;
    query.nterms = 1;
    query.folded_terms = &name;
    query.nfolded_terms = 1;
    assert_string_equal(list_two(world, &query, NULL),
                        "r_two.name=\"A\",number=1;r_two.name=\"a\",number=1;");
    assert_string_equal(list_two(world, &query, "r_two.name=\"A\",number=1"),
                        "r_two.name=\"a\",number=1;");
    /* One key is not enough, and a value that no key can have. */
    query.nfolded_terms = 0;
    assert_non_null(strstr(list_two(world, &query, NULL), "\"b\""));
    query.terms = out;
    query.nterms = 2;
    assert_non_null(strstr(list_two(world, &query, NULL), "\"b\""));
    assert_non_null(strstr(list_two(world, NULL, NULL), "\"b\""));
}

T_EACH_STORE(key_lookups)

/* ---- references */

static cim_path_t *path_to(const world_t *world, const char *cls,
                           const char *ns, const char *id)
{
    cim_path_t *path = apr_pcalloc(world->pool, sizeof(*path));
    cim_key_t *key = apr_pcalloc(world->pool, sizeof(*key));

    key->name = "Id";
    key->value = cim_string(id);
    path->ns = ns;
    path->class_name = cls;
    path->keys = key;
    path->nkeys = 1;
    return path;
}

static void create_link(const world_t *world, const cim_path_t *left,
                        const cim_path_t *right)
{
    cim_instance_t *made =
        cim_instance_make(class_of(world, "R_Link"), world->pool);

    cim_instance_set(made, "Left", cim_reference(left));
    cim_instance_set(made, "Right", cim_reference(right));
    t_must(create(world, made));
}

/* @return how many */
static int referring(const world_t *world, const cim_path_t *object,
                     const char *role, const char *after)
{
    const cim_class_t *cls = class_of(world, "R_Link");
    heard_t heard;
    wsman_sink_t sink = sink_of(world, cls, &heard);
    int n = 0;

    t_must(cim_repository_referring(&world->call, cls, object, role, after,
                                    &sink));
    t_must(sink.err);
    for (; *heard.text != '\0'; heard.text++)
        n += *heard.text == ';';
    return n;
}

static void references(t_state_t *self, wsm_store_t *store)
{
    world_t *world = make_world(store, mof, self->pool);
    char *text = apr_pcalloc(self->pool, 801);
    const cim_path_t *a, *above, *upper, *b, *far, *longer, *other;

    memset(text, 'x', 800);
    a = path_to(world, "R_Thing", NULL, "a");
    above = path_to(world, "R_Base", "root/test", "a");
    upper = path_to(world, "R_Thing", NULL, "A");
    b = path_to(world, "R_Thing", NULL, "b");
    far = path_to(world, "R_Thing", "root/far", "a");
    longer = path_to(world, "R_Thing", NULL, apr_pstrdup(self->pool, text));
    text[799] = 'y';
    other = path_to(world, "R_Thing", NULL, text);
    create_link(world, a, b);
    create_link(world, above, upper);
    create_link(world, a, a);
    create_link(world, b, longer);
    assert_int_equal(referring(world, a, NULL, NULL), 3);
    assert_int_equal(referring(world, above, NULL, NULL), 3);
    assert_int_equal(referring(world, a, "left", NULL), 3);
    assert_int_equal(referring(world, a, "Right", NULL), 1);
    assert_int_equal(referring(world, upper, NULL, NULL), 1);
    assert_int_equal(referring(world, b, NULL, NULL), 2);
    assert_int_equal(referring(world, far, NULL, NULL), 0);
    assert_int_equal(referring(world, longer, NULL, NULL), 1);
    assert_int_equal(referring(world, other, NULL, NULL), 0);
}

T_EACH_STORE(references)

/* A reference that is no key may be put elsewhere. */
static void put_reference(t_state_t *self, wsm_store_t *store)
{
    world_t *world = make_world(store, mof, self->pool);
    const cim_class_t *cls = class_of(world, "R_Embeds");
    const cim_path_t *a = path_to(world, "R_Thing", NULL, "a");
    const cim_path_t *b = path_to(world, "R_Thing", NULL, "b");
    cim_instance_t *made = cim_instance_make(cls, self->pool);
    cim_instance_t *changes = cim_instance_make(cls, self->pool);
    heard_t heard;
    wsman_sink_t sink = sink_of(world, cls, &heard);

    cim_instance_set(made, "Id", cim_string("e"));
    cim_instance_set(made, "One", cim_reference(a));
    t_must(create(world, made));
    cim_instance_set(changes, "One", cim_reference(b));
    t_must(cim_repository_put(&world->call, cls,
                              cim_instance_path(made, self->pool), changes));
    t_must(cim_repository_referring(&world->call, cls, a, NULL, NULL, &sink));
    assert_string_equal(heard.text, "");
    t_must(cim_repository_referring(&world->call, cls, b, NULL, NULL, &sink));
    assert_string_equal(heard.text, "r_embeds.id=\"e\";");
}

T_EACH_STORE(put_reference)

/* ---- classes that change under their instances */

static const char evolved[] = QUALIFIERS
    "class R_Base { [Key] string Id; };\n"
    "class R_Thing : R_Base {\n"
    "    uint32 A; string Text = \"later\"; string List[] = {\"y\"};\n"
    "    uint8 Bytes[] = {1}; [Required] uint32 B; [Required] boolean On;\n"
    "    uint32 New = 9; string Newer; [Required] string Newest;\n"
    "};\n";

static void older(t_state_t *self, wsm_store_t *store)
{
    world_t *world = make_world(store, mof, self->pool);
    cim_instance_t *made = thing(world, "k");
    const cim_instance_t *found;
    const cim_value_t *value;

    cim_instance_set(made, "Text", cim_null(CIM_STRING));
    cim_instance_set(made, "Bytes", cim_array(CIM_UINT8, NULL, 0));
    cim_instance_set(made, "A", cim_uint32(5));
    cim_instance_set(made, "C", cim_uint32(6));
    t_must(create(world, made));
    world = make_world(store, evolved, self->pool);
    found = get(world, "k");
    assert_int_equal(number(found, "A"), 5);
    assert_true(cim_instance_get(found, "Text")->is_null);
    assert_int_equal(cim_instance_get(found, "Bytes")->count, 0);
    assert_true(cim_instance_get(found, "B")->is_null);
    assert_int_equal(number(found, "New"), 9);
    value = cim_instance_get(found, "Newer");
    assert_true(value == NULL || value->is_null);
    /* Who changes it now has to say what it lacks. */
    t_code(put(world, changes_of(world, "A", cim_uint32(7)), "k"),
           WSMAN_E_REPRESENTATION_MISSING_VALUES);
}

T_EACH_STORE(older)

/* ---- those who change the same instance */

/* @param part  of a writer: its own property, and one that all share */
static int change_often(world_t *world, int part, int rounds)
{
    static const char *const own[] = {"A", "B", "C", "D"};
    char text[2001];
    int i;

    memset(text, 'a' + part, 2000);
    text[2000] = '\0';
    for (i = 1; i <= rounds; i++) {
        cim_instance_t *changes =
            changes_of(world, own[part], cim_uint32((apr_uint32_t)i));

        cim_instance_set(changes, "Text", cim_string(text));
        if (put(world, changes, "k") != NULL)
            return 1;
        if (number(get(world, "k"), own[part]) != (apr_uint64_t)i)
            return 2;
    }
    return 0;
}

/* Different properties: both win.  The same: one does, as a whole. */
static void check_winners(const world_t *world, int rounds)
{
    const cim_instance_t *found = get(world, "k");
    const char *text = cim_instance_get(found, "Text")->v.s;

    assert_int_equal(number(found, "A"), rounds);
    assert_int_equal(number(found, "B"), rounds);
    assert_int_equal(number(found, "C"), rounds);
    assert_int_equal(number(found, "D"), rounds);
    assert_int_equal(strlen(text), 2000);
    assert_int_equal(strspn(text, (char[]){text[0], '\0'}), 2000);
}

typedef struct writer_t {
    wsm_store_t *store;
    int part;
    int failed;
} writer_t;

static void *APR_THREAD_FUNC run_writer(apr_thread_t *thread, void *data)
{
    writer_t *self = data;
    apr_pool_t *pool;

    apr_pool_create_unmanaged(&pool);
    self->failed =
        change_often(make_world(self->store, mof, pool), self->part, 30);
    apr_pool_destroy(pool);
    (void)thread;
    return NULL;
}

static void threads(t_state_t *self, wsm_store_t *store)
{
    world_t *world = make_world(store, mof, self->pool);
    apr_thread_t *running[4];
    writer_t writers[4];
    apr_status_t status;
    int i;

    t_must(create(world, thing(world, "k")));
    for (i = 0; i < 4; i++) {
        writers[i] = (writer_t){store, i, 0};
        assert_int_equal(apr_thread_create(&running[i], NULL, run_writer,
                                           &writers[i], self->pool),
                         APR_SUCCESS);
    }
    for (i = 0; i < 4; i++) {
        apr_thread_join(&status, running[i]);
        assert_int_equal(writers[i].failed, 0);
    }
    check_winners(world, 30);
}

T_EACH_STORE(threads)

static int work(const char *spec, int part)
{
    wsm_store_t *store;
    apr_pool_t *pool;

    apr_pool_create(&pool, NULL);
    if (wsm_store_dbd_open(&store, spec, NULL, pool) != NULL)
        return 9;
    return change_often(make_world(store, mof, pool), part, 30);
}

static void test_processes(void **state)
{
    t_state_t *self = *state;
    wsm_store_t *store;
    apr_pool_t *first;
    world_t *world;
    pid_t pids[4];
    int i, status;

    /* Closed before the fork. */
    apr_pool_create(&first, self->pool);
    t_must(wsm_store_dbd_prepare(t_store_spec(self), (apr_uid_t)-1,
                                 (apr_gid_t)-1, first));
    t_must(wsm_store_dbd_open(&store, t_store_spec(self), NULL, first));
    world = make_world(store, mof, first);
    t_must(create(world, thing(world, "k")));
    apr_pool_destroy(first);
    for (i = 0; i < 4; i++) {
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0)
            _exit(work(t_store_spec(self), i));
    }
    for (i = 0; i < 4; i++) {
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
    check_winners(make_world(t_open_sqlite(self), mof, self->pool), 30);
}

/* ---- start */

static wsm_error_t *strip_links(void *baton, const char *old,
                                wsm_content_t *content, apr_pool_t *pool)
{
    static const wsm_link_t none = {NULL, NULL};

    (void)baton;
    (void)pool;
    content->data = old;
    content->links = &none;
    return NULL;
}

static int strip(void *baton, const char *key, const char *data)
{
    world_t *world = baton;
    wsm_record_id_t id = {"default", "root/test", "r_link", key};

    (void)data;
    t_must(wsm_store_change(world->server.store, &id, strip_links, NULL,
                            world->pool));
    return 1;
}

/* What a store of version 1 has is linked when the server starts. */
static void unlinked(t_state_t *self, wsm_store_t *store)
{
    world_t *world = make_world(store, mof, self->pool);
    const cim_path_t *a = path_to(world, "R_Thing", NULL, "a");
    const wsm_record_id_t id = {"default", "root/test", "r_link", NULL};
    const char *found;

    create_link(world, a, path_to(world, "R_Thing", NULL, "b"));
    create_link(world, a, path_to(world, "R_Thing", NULL, "c"));
    t_must(wsm_store_list(store, &id, NULL, strip, world, self->pool));
    assert_int_equal(referring(world, a, NULL, NULL), 0);
    t_must(cim_repository_seed(store, "default", world->endpoint.schema,
                               self->pool));
    assert_int_equal(referring(world, a, NULL, NULL), 0);
    t_must(wsm_store_item_put(store, WSM_STORE_UNLINKED, "default", "",
                              APR_INT64_MAX, self->pool));
    t_must(cim_repository_seed(store, "default", world->endpoint.schema,
                               self->pool));
    assert_int_equal(referring(world, a, NULL, NULL), 2);
    t_must(wsm_store_item_get(store, WSM_STORE_UNLINKED, "default", 1, &found,
                              self->pool));
    assert_null(found);
}

T_EACH_STORE(unlinked)

static const struct CMUnitTest tests[] = {
    T_CASE(test_round_trip),    T_CASE(test_rules),
    T_CASE(test_key_lookups),   T_CASE(test_references),
    T_CASE(test_put_reference), T_CASE(test_older),
    T_CASE(test_threads),       T_CASE(test_processes),
    T_CASE(test_unlinked)};

T_MAIN(tests)
