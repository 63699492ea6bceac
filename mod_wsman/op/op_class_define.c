/* op_class_define.c - classes that come, change and go at run time.
 *
 * A class in CIM-XML is compiled as the MOF that declares the same.
 */
#include <strings.h>

#include "../cim/cim_mof_write.h"
#include "../om/cim_compile.h"
#include "../om/cim_security.h"
#include "../soap/wsm_names.h"
#include "op_class.h"
#include "op_target.h"

/* Bytes of the MOF of a class; what a repository takes is less. */
#define MAX_TEXT ((apr_size_t)8 << 20)

static wsm_error_t *target_of(cim_compile_t *to, const wsm_exchange_t *ex)
{
    const wsm_call_t *call = ex->call;
    const cim_compile_t target = {.catalog = call->endpoint->catalog,
                                  .store = call->endpoint->server->store,
                                  .log = call->log,
                                  .ns = ex->outcome->target.ns,
                                  .allow = cim_security_allow,
                                  .baton = (void *)(apr_uintptr_t)call};
    wsm_error_t *err;

    *to = target;
    if (to->catalog != NULL)
        return NULL;
    err = wsm_fail(ex->pool, WSMAN_E_ACTION_MISMATCH,
                   "Classes cannot be changed here.");
    return wsm_error_detail(err, ex->request->action, ex->pool);
}

static wsm_error_t *check_declaration(const cim_class_t *declared,
                                      const wsm_exchange_t *ex)
{
    const wsm_call_t *call = ex->call;
    const char *name = op_class_name(ex);
    const cim_class_t *super;
    wsm_error_t *err;

    if (name != NULL && strcasecmp(name, declared->name) != 0)
        return wsm_fail(ex->pool, WSMAN_E_REPRESENTATION_INVALID_VALUES,
                        "The class %s is not the class %s.", declared->name,
                        name);
    if (declared->super_name == NULL)
        return NULL;
    super = cim_schema_class(call->endpoint->schema, declared->ns,
                             declared->super_name);
    if (super != NULL)
        return call->authorize_class
                   ? call->authorize_class(call->baton, super, 0)
                   : NULL;
    err = wsm_fail(ex->pool, WSMAN_E_INVALID_REPRESENTATION,
                   "The superclass %s is not in %s.", declared->super_name,
                   declared->ns);
    err->cim_status = WSMAN_CIM_INVALID_SUPERCLASS;
    return err;
}

static wsm_error_t *read_declaration(cim_class_t **declared,
                                     const wsm_exchange_t *ex)
{
    const xmlNode *body = ex->request->body;
    wsm_error_t *err;

    if (body == NULL)
        return wsm_fail(ex->pool, WSMAN_E_REPRESENTATION_MISSING_VALUES,
                        "The body has no class.");
    err = cim_xml_class_read(declared, body, ex->call->endpoint->schema,
                             ex->outcome->target.ns, ex->pool);
    return err ? err : check_declaration(*declared, ex);
}

static wsm_error_t *compile(const cim_compile_t *to,
                            const cim_class_t *declared,
                            const wsm_exchange_t *ex)
{
    wsm_writer_t *mof = wsm_writer_make(MAX_TEXT, ex->pool);

    cim_mof_write_class(mof, declared);
    if (wsm_writer_full(mof))
        return wsm_fail(ex->pool, WSMAN_E_QUOTA_LIMIT,
                        "The declaration of %s is too long.", declared->name);
    return cim_compile_text(NULL, to, declared->name,
                            wsm_writer_string(mof, ex->pool),
                            wsm_writer_length(mof), ex->pool);
}

static void begin(wsm_exchange_t *ex, const cim_path_t *path)
{
    const wsm_reply_t reply = {.request = ex->request,
                               .prefixes = WSM_PREFIX_X,
                               .headers = op_requested_epr(ex, path)};

    wsm_reply_begin(ex->out, &reply);
}

wsm_error_t *op_class_create(wsm_exchange_t *ex)
{
    cim_class_t *declared;
    cim_compile_t to;
    cim_path_t path = {.ns = ex->outcome->target.ns};
    wsm_epr_t epr;
    wsm_error_t *err = target_of(&to, ex);

    if (err == NULL)
        err = read_declaration(&declared, ex);
    if (err != NULL)
        return err;
    to.new_class = path.class_name = declared->name;
    err = compile(&to, declared, ex);
    if (err != NULL)
        return err;
    cim_xml_epr_of_path(&epr, &path, &ex->style, ex->pool);
    begin(ex, &path);
    wsm_write_lit(ex->out, "<x:ResourceCreated>");
    wsm_epr_write(ex->out, &epr, ex->request->addressing);
    wsm_write_lit(ex->out, "</x:ResourceCreated>");
    wsm_reply_end(ex->out);
    return NULL;
}

/* Which class it is has been said by URI or selector; the body says how it
 * will be. */
static wsm_error_t *check_known(const wsm_exchange_t *ex)
{
    wsm_error_t *err;

    if (ex->cls == NULL || op_class_name(ex) == NULL)
        return op_class_not_found(ex);
    if (!cim_schema_class_is_fixed(ex->call->endpoint->schema, ex->cls))
        return NULL;
    err = wsm_fail(ex->pool, WSMAN_E_INVALID_REPRESENTATION,
                   "%s is the server's own and cannot be changed.",
                   ex->cls->name);
    err->cim_status = WSMAN_CIM_NOT_SUPPORTED;
    return err;
}

wsm_error_t *op_class_put(wsm_exchange_t *ex)
{
    cim_class_t *declared;
    cim_compile_t to;
    wsm_error_t *err = target_of(&to, ex);

    if (err == NULL)
        err = check_known(ex);
    if (err == NULL)
        err = read_declaration(&declared, ex);
    if (err != NULL)
        return err;
    to.known_class = declared->name;
    err = compile(&to, declared, ex);
    if (err == NULL) {
        const cim_path_t path = {.ns = ex->cls->ns,
                                 .class_name = ex->cls->name};

        begin(ex, &path);
        wsm_reply_end(ex->out);
    }
    return err;
}

wsm_error_t *op_class_delete(wsm_exchange_t *ex)
{
    cim_compile_t to;
    wsm_error_t *err = target_of(&to, ex);

    if (err == NULL)
        err = check_known(ex);
    if (err == NULL)
        err =
            cim_compile_delete_class(&to, ex->cls->ns, ex->cls->name, ex->pool);
    if (err == NULL) {
        begin(ex, NULL);
        wsm_reply_end(ex->out);
    }
    return err;
}
