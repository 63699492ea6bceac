/* cim_security.c - the descriptors of namespaces, and the question to them. */
#include "cim_security.h"

#include <string.h>

#include <apr_strings.h>

#include "../cim/cim_name.h"
#include "../soap/wsm_cim_error.h"

#define ROOT  "root"
#define ENTER (CIM_RIGHT_ENABLE | CIM_RIGHT_REMOTE_ENABLE)
#define WRITE                                                                  \
    (CIM_RIGHT_FULL_WRITE | CIM_RIGHT_PARTIAL_WRITE | CIM_RIGHT_WRITE_PROVIDER)

/* MS-WMI says nothing of generic rights: they are what their names say. */
static const sec_mapping_t mapping = {.read = ENTER | CIM_RIGHT_READ_SECURITY,
                                      .write = WRITE,
                                      .execute = CIM_RIGHT_METHOD_EXECUTE,
                                      .all = ENTER | CIM_RIGHT_METHOD_EXECUTE |
                                             WRITE | CIM_RIGHT_READ_SECURITY |
                                             CIM_RIGHT_SET_SECURITY};

/* ---- inheritance */

/* The namespace above, in `pool`; NULL for root. */
static const char *above_of(const char *ns, apr_pool_t *pool)
{
    const char *slash = strrchr(ns, '/');

    if (slash != NULL)
        return apr_pstrmemdup(pool, ns, (apr_size_t)(slash - ns));
    return cim_name_equal(ns, ROOT) ? NULL : ROOT;
}

const sec_descriptor_t *cim_security_closed(apr_pool_t *pool)
{
    const sec_descriptor_t *closed = NULL;

    sec_sddl_parse(&closed, "O:BAG:BAD:P(A;CI;CCDCWPRCWD;;;BA)", pool);
    return closed;
}

const sec_descriptor_t *cim_security_of(const cim_schema_t *schema,
                                        const char *ns, apr_pool_t *pool)
{
    static const sec_descriptor_t nothing = {NULL, NULL, NULL, NULL};
    const sec_descriptor_t *found = cim_schema_security(schema, ns);
    const sec_descriptor_t *own = cim_schema_own_security(schema, ns);
    const char *above;

    if (found != NULL)
        return found;
    above = above_of(ns, pool);
    if (above == NULL)
        return own ? own : cim_security_closed(pool);
    return sec_inherit(own ? own : &nothing,
                       cim_security_of(schema, above, pool), pool);
}

/* The one above sorts before those below it; root before all, because all
 * inherit from it. */
void cim_security_seal(cim_schema_t *schema, apr_pool_t *scratch)
{
    apr_pool_t *pool = cim_schema_pool(schema);
    const char **ns = cim_schema_namespaces(schema, scratch);
    const sec_descriptor_t *root = cim_schema_own_security(schema, ROOT);

    cim_schema_seal(schema, ROOT, root ? root : cim_security_closed(pool));
    for (; *ns != NULL; ns++)
        cim_schema_seal(schema, *ns, cim_security_of(schema, *ns, pool));
}

/* ---- the question */

static const struct {
    apr_uint32_t right;
    const char *text;
} phrases[] = {
    {CIM_RIGHT_SET_SECURITY, "change the security descriptor of"},
    {CIM_RIGHT_READ_SECURITY, "read the security descriptor of"},
    {CIM_RIGHT_FULL_WRITE, "define anything in"},
    {CIM_RIGHT_PARTIAL_WRITE, "write instances in"},
    {CIM_RIGHT_WRITE_PROVIDER, "write instances of providers in"},
    {CIM_RIGHT_METHOD_EXECUTE, "run methods in"},
};

static const char *phrase_of(apr_uint32_t rights)
{
    apr_size_t i;

    for (i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
        if (rights & phrases[i].right)
            return phrases[i].text;
    }
    return "read";
}

wsm_error_t *cim_security_no_namespace(const char *ns, apr_pool_t *pool)
{
    return wsm_cim_error_make(pool, WSMAN_CIM_INVALID_NAMESPACE,
                              "There is no namespace %s.", ns);
}

static void audit(const wsm_call_t *call, const char *ns, apr_uint32_t rights,
                  int granted)
{
    wsm_log(call->log, WSMAN_LOG_INFO,
            "audit: %s was %s to %s the namespace %s (rights 0x%x)",
            call->pub.user ? call->pub.user : "nobody",
            granted ? "allowed" : "denied", phrase_of(rights), ns,
            (unsigned)rights);
}

static int may_enter(const wsm_call_t *call, const sec_descriptor_t *descriptor)
{
    return sec_access_check(descriptor, call->token, ENTER, &mapping) == 0;
}

/* ---- what is seen */

static cim_sight_e see(void *baton, const char *ns)
{
    const wsm_call_t *call = baton;
    const cim_schema_t *schema = call->endpoint->schema;
    const sec_descriptor_t *descriptor = cim_schema_security(schema, ns);
    const char *above;

    if (descriptor == NULL)
        return CIM_SIGHT_NOTHING;
    if (may_enter(call, descriptor))
        return CIM_SIGHT_ALL;
    above = above_of(ns, call->pub.pool);
    return above == NULL || may_enter(call, cim_security_of(schema, above,
                                                            call->pub.pool))
               ? CIM_SIGHT_NAME
               : CIM_SIGHT_NOTHING;
}

const cim_schema_t *cim_security_view(const wsm_call_t *call,
                                      const cim_schema_t *schema,
                                      apr_pool_t *pool)
{
    if (call->token == NULL)
        return schema;
    return cim_schema_make_view(schema, see, (void *)(apr_uintptr_t)call, pool);
}

/* ---- refusals */

/* Who may not know that there is such a namespace is told that there is none.
 * That there is root is no secret. */
static wsm_error_t *refuse(const wsm_call_t *call, const cim_schema_t *now,
                           const sec_descriptor_t *descriptor, const char *ns,
                           apr_uint32_t left, apr_pool_t *pool)
{
    const char *above = above_of(ns, pool);

    if (above != NULL && !may_enter(call, descriptor) &&
        !may_enter(call, cim_security_of(now, above, pool)))
        return cim_security_no_namespace(ns, pool);
    return wsm_cim_error_make(pool, WSMAN_CIM_ACCESS_DENIED,
                              "This user may not %s the namespace %s.",
                              phrase_of(left), ns);
}

static wsm_error_t *ask(const wsm_call_t *call, const cim_schema_t *now,
                        const sec_descriptor_t *descriptor, const char *ns,
                        apr_uint32_t rights, apr_pool_t *pool)
{
    apr_uint32_t wanted = rights | ENTER;
    apr_uint32_t left =
        sec_access_check(descriptor, call->token, wanted, &mapping);

    if (descriptor->sacl != NULL &&
        sec_audit_check(descriptor, call->token, wanted, left == 0, &mapping))
        audit(call, ns, rights, left == 0);
    return left ? refuse(call, now, descriptor, ns, left, pool) : NULL;
}

wsm_error_t *cim_security_check(const wsm_call_t *call, const char *ns,
                                apr_uint32_t rights)
{
    const cim_schema_t *schema = call->endpoint->schema;
    const sec_descriptor_t *descriptor;

    if (call->token == NULL)
        return NULL;
    descriptor = cim_schema_security(schema, ns);
    if (descriptor == NULL)
        return cim_security_no_namespace(ns, call->pub.pool);
    return ask(call, schema, descriptor, ns, rights, call->pub.pool);
}

wsm_error_t *cim_security_allow(void *baton, const cim_schema_t *now,
                                const char *ns, apr_uint32_t rights,
                                apr_pool_t *pool)
{
    const wsm_call_t *call = baton;

    if (call->token == NULL)
        return NULL;
    return ask(call, now, cim_security_of(now, ns, pool), ns, rights, pool);
}
