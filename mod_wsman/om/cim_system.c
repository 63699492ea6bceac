/* cim_system.c - the system classes and their provider.
 *
 * The hooks are called by our own host only: the call is a wsm_call_t.
 */
#include "cim_system.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "../cim/cim_name.h"
#include "../cim/cim_value.h"
#include "../provide/wsm_call.h"
#include "cim_export.h"
#include "cim_system_private.h"

static const char declarations[] =
    "[Abstract, Description(\"What the server itself knows of a "
    "namespace.\")]\n"
    "class __SystemClass { };\n"
    "[Description(\"A namespace below the one that this instance is in. "
    "Creating an instance makes it; deleting one deletes the namespace with "
    "all that is in it.\")]\n"
    "class __NAMESPACE : __SystemClass {\n"
    "    [Key, Description(\"The last step of the namespace's name.\")]\n"
    "    string Name;\n"
    "};\n"
    "[Description(\"Takes and gives what this namespace holds as MOF.\")]\n"
    "class __Repository : __SystemClass {\n"
    "    [Static, Description(\"Compiles MOF into this namespace: all of it "
    "or nothing.\")]\n"
    "    uint32 CompileMOF(\n"
    "        [In, Required] string Text,\n"
    "        [In, Description(\"What errors call the text.\")]\n"
    "        string Name,\n"
    "        [In, Description(\"All is checked, nothing is changed.\")]\n"
    "        boolean DryRun,\n"
    "        [In, Description(\"Namespaces that the text names and that are "
    "not there are made.\")]\n"
    "        boolean MakeNamespaces,\n"
    "        [Out] uint32 NamespacesMade,\n"
    "        [Out] uint32 QualifiersMade,\n"
    "        [Out] uint32 ClassesMade,\n"
    "        [Out] uint32 ClassesChanged,\n"
    "        [Out] uint32 ClassesSame,\n"
    "        [Out] uint32 InstancesMade,\n"
    "        [Out] uint32 InstancesChanged,\n"
    "        [Out] uint32 InstancesSame);\n"
    "    [Static, Description(\"Gives the next page of what this namespace "
    "holds, as MOF that compiles back to the same.\")]\n"
    "    uint32 ExportMOF(\n"
    "        [In, Out, Description(\"What the page before gave; NULL asks for "
    "the first page, and comes with the last.\")]\n"
    "        string Cursor,\n"
    "        [In, Description(\"Qualifiers and classes, no instances.\")]\n"
    "        boolean ClassesOnly,\n"
    "        [In, Description(\"Instances, no qualifiers and classes.\")]\n"
    "        boolean InstancesOnly,\n"
    "        [In, Description(\"What the server's MOF files declare is not "
    "wanted.\")]\n"
    "        boolean Own,\n"
    "        [In, Description(\"Only the declaration of this class.\")]\n"
    "        string ClassName,\n"
    "        [In(false), Out] string Text);\n"
    "};\n"
    "[Description(\"Who may do what in this namespace.\")]\n"
    "class __SystemSecurity : __SystemClass {\n"
    "    [Static, Description(\"Gives the security descriptor, with what is "
    "inherited, as self-relative octets.\")]\n"
    "    uint32 GetSD([In(false), Out] uint8 SD[]);\n"
    "    [Static, Description(\"Sets it. Inherited entries in it do not "
    "count.\")]\n"
    "    uint32 SetSD([In, Required] uint8 SD[]);\n"
    "    [Static, Description(\"The same as text (SDDL).\")]\n"
    "    uint32 GetSDDL([In(false), Out] string SDDL);\n"
    "    [Static] uint32 SetSDDL([In, Required] string SDDL);\n"
    "};\n";

wsm_error_t *cim_system_declare(cim_mof_reader_t *reader, const char *ns)
{
    return cim_mof_feed(reader, ns, "system classes", declarations,
                        sizeof(declarations) - 1);
}

int cim_system_is(const char *class_name)
{
    return class_name[0] == '_' && class_name[1] == '_';
}

wsm_error_t *cim_system_target(cim_compile_t *to, const wsman_call_t *call,
                               const char *ns)
{
    const wsm_call_t *inner = inner_of(call);

    memset(to, 0, sizeof(*to));
    to->catalog = inner->endpoint->catalog;
    to->store = inner->endpoint->server->store;
    to->log = inner->log;
    to->ns = ns;
    to->allow = cim_security_allow;
    to->baton = (void *)(apr_uintptr_t)inner;
    if (to->catalog != NULL)
        return NULL;
    return wsm_fail(call->pool, WSMAN_E_ACTION_MISMATCH,
                    "Classes and namespaces cannot be changed here.");
}

/* ---- __NAMESPACE */

/** The last step of a namespace directly below another, or NULL. */
static const char *step_below(const char *ns, const char *above)
{
    apr_size_t length = strlen(above);

    if (strncasecmp(ns, above, length) != 0 || ns[length] != '/' ||
        strchr(ns + length + 1, '/') != NULL)
        return NULL;
    return ns + length + 1;
}

static int is_namespace(const char *class_name)
{
    return strcasecmp(class_name, "__NAMESPACE") == 0;
}

static wsm_error_t *not_there(const wsman_call_t *call, const char *class_name)
{
    return wsm_fail(call->pool, WSMAN_E_DESTINATION_UNREACHABLE,
                    "There is no instance of %s: its methods are static.",
                    class_name);
}

static wsman_error_t *list(wsman_call_t *call, const wsman_query_t *query,
                           wsman_sink_t *sink)
{
    const cim_schema_t *schema = inner_of(call)->endpoint->schema;
    const char **ns;

    if (!is_namespace(query->cls->name))
        return NULL;
    for (ns = cim_schema_namespaces(schema, call->pool); *ns != NULL; ns++) {
        const char *name = step_below(*ns, query->cls->ns);
        cim_instance_t *instance;

        if (name == NULL ||
            (query->after != NULL && cim_name_order(name, query->after) <= 0))
            continue;
        instance = cim_instance_make(query->cls, call->scratch);
        cim_instance_set(instance, "Name", cim_string(name));
        if (wsman_sink_put(call, sink, instance, name) == WSMAN_SINK_FULL)
            break;
    }
    return NULL;
}

/** The namespace that a path means, whether or not it is there. */
static const char *namespace_of(const wsman_call_t *call,
                                const cim_path_t *path)
{
    const char *ns = path->ns ? path->ns : call->ns;

    return apr_pstrcat(call->pool, ns, "/", cim_path_key(path, "Name")->v.s,
                       NULL);
}

static wsman_error_t *get(wsman_call_t *call, const cim_path_t *path,
                          const cim_instance_t **instance)
{
    const cim_schema_t *schema = inner_of(call)->endpoint->schema;
    const char *above = path->ns ? path->ns : call->ns;
    const char *wanted;
    const char **ns;

    if (!is_namespace(path->class_name))
        return not_there(call, path->class_name);
    wanted = namespace_of(call, path);
    for (ns = cim_schema_namespaces(schema, call->pool); *ns != NULL; ns++) {
        const cim_class_t *cls =
            cim_schema_class(schema, above, path->class_name);
        cim_instance_t *made;

        if (cls == NULL || !cim_name_equal(*ns, wanted))
            continue;
        made = cim_instance_make(cls, call->pool);
        /* As it was asked for: letter case means nothing in it. */
        cim_instance_set(made, "Name", *cim_path_key(path, "Name"));
        *instance = made;
        return NULL;
    }
    return wsm_fail(call->pool, WSMAN_E_DESTINATION_UNREACHABLE,
                    "There is no namespace %s.", wanted);
}

static wsman_error_t *create(wsman_call_t *call, const cim_instance_t *instance,
                             const cim_path_t **path)
{
    cim_compile_t to;
    const char *ns;
    cim_path_t *made = cim_instance_path(instance, call->pool);
    wsm_error_t *err = cim_system_target(&to, call, call->ns);

    if (err == NULL && made == NULL)
        err = wsm_fail(call->pool, WSMAN_E_REPRESENTATION_MISSING_VALUES,
                       "A namespace has a Name.");
    if (err != NULL)
        return err;
    if (!is_namespace(instance->cls->name))
        return wsm_fail(call->pool, WSMAN_E_ACTION_MISMATCH,
                        "Instances of %s cannot be created.",
                        instance->cls->name);
    if (strchr(cim_path_key(made, "Name")->v.s, '/') != NULL)
        return wsm_fail(call->pool, WSMAN_E_REPRESENTATION_INVALID_VALUES,
                        "The Name of a namespace has no slash: create the one "
                        "above first.");
    ns = namespace_of(call, made);
    err = cim_compile_make_namespace(&to, ns, call->pool);
    if (err == NULL)
        *path = made;
    return err;
}

static wsman_error_t *delete (wsman_call_t *call, const cim_path_t *path)
{
    cim_compile_t to;
    wsm_error_t *err = is_namespace(path->class_name)
                           ? cim_system_target(&to, call, call->ns)
                           : not_there(call, path->class_name);

    return err ? err
               : cim_compile_delete_namespace(&to, namespace_of(call, path),
                                              call->pool);
}

/* ---- __Repository */

static int flag(const cim_instance_t *in, const char *name)
{
    const cim_value_t *value = cim_instance_get(in, name);

    return value != NULL && !value->is_null && value->v.u != 0;
}

static const char *text(const cim_instance_t *in, const char *name,
                        const char *otherwise)
{
    const cim_value_t *value = cim_instance_get(in, name);

    return value != NULL && !value->is_null ? value->v.s : otherwise;
}

static void tell(cim_instance_t *out, const cim_compiled_t *done)
{
    const struct {
        const char *name;
        apr_uint32_t count;
    } rows[] = {{"NamespacesMade", done->namespaces_made},
                {"QualifiersMade", done->qualifiers_made},
                {"ClassesMade", done->classes_made},
                {"ClassesChanged", done->classes_changed},
                {"ClassesSame", done->classes_same},
                {"InstancesMade", done->instances_made},
                {"InstancesChanged", done->instances_changed},
                {"InstancesSame", done->instances_same},
                {"ReturnValue", 0}};
    apr_size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        cim_instance_set(out, rows[i].name, cim_uint32(rows[i].count));
}

static wsman_error_t *compile_mof(wsman_call_t *call, const char *ns,
                                  const cim_instance_t *in, cim_instance_t *out)
{
    const char *mof = text(in, "Text", "");
    cim_compiled_t done;
    cim_compile_t to;
    wsm_error_t *err = cim_system_target(&to, call, ns);

    if (err != NULL)
        return err;
    to.dry_run = flag(in, "DryRun");
    to.make_namespaces = flag(in, "MakeNamespaces");
    err = cim_compile_text(&done, &to, text(in, "Name", "Text"), mof,
                           strlen(mof), call->pool);
    if (err == NULL)
        tell(out, &done);
    return err;
}

/** What a reply has room for, beside its headers and the cursor. */
static apr_size_t page_room(const wsm_call_t *call)
{
    apr_size_t limit = call->endpoint->limits.max_envelope;
    apr_size_t asked = call->request ? call->request->max_envelope : 0;

    return (asked > 0 && asked < limit ? asked : limit) / 4 * 3;
}

static wsman_error_t *export_mof(wsman_call_t *call, const char *ns,
                                 const cim_instance_t *in, cim_instance_t *out)
{
    const cim_export_t what = {.call = inner_of(call),
                               .ns = ns,
                               .classes = !flag(in, "InstancesOnly"),
                               .instances = !flag(in, "ClassesOnly"),
                               .own = flag(in, "Own"),
                               .class_name = text(in, "ClassName", NULL)};
    const char *cursor = text(in, "Cursor", NULL);
    apr_size_t room = page_room(what.call);
    wsm_writer_t *mof = wsm_writer_make(room, call->pool);
    wsm_error_t *err = cim_export_page(mof, &cursor, &what, room, call->pool);

    if (err != NULL)
        return err;
    cim_instance_set(out, "Text",
                     cim_string(wsm_writer_string(mof, call->pool)));
    cim_instance_set(out, "Cursor", cim_string(cursor));
    cim_instance_set(out, "ReturnValue", cim_uint32(0));
    return NULL;
}

/* Of both classes: no name is in both. */
static const struct {
    const char *name;
    cim_system_method_fn *run;
} methods[] = {
    {"CompileMOF", compile_mof},      {"ExportMOF", export_mof},
    {"GetSD", cim_system_get_sd},     {"SetSD", cim_system_set_sd},
    {"GetSDDL", cim_system_get_sddl}, {"SetSDDL", cim_system_set_sddl},
};

static wsman_error_t *invoke(wsman_call_t *call, const cim_path_t *path,
                             const char *method, const cim_instance_t *in,
                             cim_instance_t *out)
{
    const char *ns = path->ns ? path->ns : call->ns;
    apr_size_t i;

    for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        if (strcasecmp(method, methods[i].name) == 0)
            return methods[i].run(call, ns, in, out);
    }
    return wsm_fail(call->pool, WSMAN_E_ACTION_MISMATCH,
                    "There is no method %s.", method);
}

static const char *const classes[] = {"*:__NAMESPACE", "*:__Repository",
                                      "*:__SystemSecurity", NULL};

const wsman_provider_t cim_system_provider = {WSMAN_PROVIDER_HEADER,
                                              .flags = WSMAN_PROVIDER_THREADED |
                                                       WSMAN_PROVIDER_RESUMABLE,
                                              .classes = classes,
                                              .list = list,
                                              .get = get,
                                              .create = create,
                                              .remove = delete,
                                              .invoke = invoke};
