/* cim_system_security.c - __SystemSecurity: what protects a namespace, as
 * octets and as text.
 */
#include "../cim/cim_value.h"
#include "../soap/wsm_cim_error.h"
#include "cim_system_private.h"

static wsman_error_t *wrong(const wsman_call_t *call, const char *why)
{
    return wsm_cim_error_make(call->pool, WSMAN_CIM_INVALID_PARAMETER, "%s",
                              why);
}

/* ---- reading */

static wsman_error_t *read_descriptor(const sec_descriptor_t **descriptor,
                                      const wsman_call_t *call, const char *ns)
{
    const wsm_call_t *inner = inner_of(call);

    *descriptor = cim_security_of(inner->endpoint->schema, ns, call->pool);
    return cim_security_check(inner, ns, CIM_RIGHT_READ_SECURITY);
}

wsman_error_t *cim_system_get_sd(wsman_call_t *call, const char *ns,
                                 const cim_instance_t *in, cim_instance_t *out)
{
    const sec_descriptor_t *descriptor;
    const unsigned char *octets;
    cim_value_t *items;
    apr_size_t length, i;
    wsm_error_t *err = read_descriptor(&descriptor, call, ns);

    (void)in;
    if (err != NULL)
        return err;
    octets = sec_binary_make(descriptor, &length, call->pool);
    items = apr_palloc(call->pool, length * sizeof(*items));
    for (i = 0; i < length; i++)
        items[i] = cim_unsigned(CIM_UINT8, octets[i]);
    cim_instance_set(out, "SD",
                     cim_array(CIM_UINT8, items, (apr_uint32_t)length));
    cim_instance_set(out, "ReturnValue", cim_uint32(0));
    return NULL;
}

wsman_error_t *cim_system_get_sddl(wsman_call_t *call, const char *ns,
                                   const cim_instance_t *in,
                                   cim_instance_t *out)
{
    const sec_descriptor_t *descriptor;
    wsm_error_t *err = read_descriptor(&descriptor, call, ns);

    (void)in;
    if (err != NULL)
        return err;
    cim_instance_set(out, "SDDL",
                     cim_string(sec_sddl_text(descriptor, call->pool)));
    cim_instance_set(out, "ReturnValue", cim_uint32(0));
    return NULL;
}

/* ---- setting */

static wsman_error_t *set_text(wsman_call_t *call, const char *ns,
                               const char *sddl, cim_instance_t *out)
{
    cim_compile_t to;
    wsm_error_t *err = cim_system_target(&to, call, ns);

    if (err == NULL)
        err = cim_compile_set_security(&to, ns, sddl, call->pool);
    if (err == NULL)
        cim_instance_set(out, "ReturnValue", cim_uint32(0));
    return err;
}

wsman_error_t *cim_system_set_sd(wsman_call_t *call, const char *ns,
                                 const cim_instance_t *in, cim_instance_t *out)
{
    const cim_value_t *value = cim_instance_get(in, "SD");
    const sec_descriptor_t *descriptor;
    unsigned char *octets;
    const char *why;
    apr_uint32_t n, i;

    if (value == NULL || value->is_null)
        return wrong(call, "SetSD needs SD.");
    n = value->count;
    octets = apr_palloc(call->pool, n + 1);
    for (i = 0; i < n; i++) {
        if (value->v.items[i].is_null)
            return wrong(call, "An octet of SD is NULL.");
        octets[i] = (unsigned char)value->v.items[i].v.u;
    }
    why = sec_binary_parse(&descriptor, octets, n, call->pool);
    return why ? wrong(call, why)
               : set_text(call, ns, sec_sddl_text(descriptor, call->pool), out);
}

wsman_error_t *cim_system_set_sddl(wsman_call_t *call, const char *ns,
                                   const cim_instance_t *in,
                                   cim_instance_t *out)
{
    const cim_value_t *value = cim_instance_get(in, "SDDL");

    if (value == NULL || value->is_null)
        return wrong(call, "SetSDDL needs SDDL.");
    return set_text(call, ns, value->v.s, out);
}
