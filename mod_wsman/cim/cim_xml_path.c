/* cim_xml_path.c - the path that an EPR means (DSP0227 6; DSP0226 R5.1.2.2-3).
 */
#include "cim_xml_private.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#define NAMESPACE "__cimnamespace"

/** How a path is looked for. */
typedef struct search_t {
    const cim_schema_t *schema;
    const char *default_ns;
    apr_pool_t *pool;
} search_t;

static wsm_error_t *find_path(cim_path_t *path, const cim_class_t **cls,
                              const wsm_epr_t *epr, cim_xml_keys_e keys,
                              const search_t *search);

/** "\root\cimv2" and "root/cimv2/" are "root/cimv2". */
static const char *tidy(const char *ns, apr_pool_t *pool)
{
    char *text = apr_pstrdup(pool, ns + strspn(ns, "/\\"));
    for (char *p = text; *p; p++)
        if (*p == '\\')
            *p = '/';
    for (apr_size_t n = strlen(text); n > 0 && text[n - 1] == '/'; n--)
        text[n - 1] = '\0';
    return text;
}

/** The namespace that the EPR names, by its URI, by __cimnamespace, or by
 *  both if they agree (MS-WSMV 3.1.4.1.1). */
static wsm_error_t *find_namespace(const char **ns, const cim_uri_t *uri,
                                   const wsm_epr_t *epr, const search_t *search)
{
    const wsm_selector_t *selector =
        wsm_selector_find(epr->selectors, epr->nselectors, NAMESPACE);
    *ns = uri->ns ? uri->ns : search->default_ns;
    if (selector && (!selector->value || !*selector->value))
        return wsm_fail(search->pool, WSMAN_E_SELECTOR_TYPE_MISMATCH,
                        "The selector " NAMESPACE " holds no namespace.");
    if (selector) {
        *ns = tidy(selector->value, search->pool);
        if (uri->ns && strcasecmp(*ns, uri->ns) != 0)
            return wsm_fail(search->pool, WSMAN_E_SELECTOR_INVALID_VALUE,
                            "The resource URI names the namespace %s, the "
                            "selector " NAMESPACE " %s.",
                            uri->ns, *ns);
    }
    if (*ns && cim_schema_has_namespace(search->schema, *ns))
        return NULL;
    return wsm_fail(search->pool,
                    selector || !uri->ns ? WSMAN_E_DESTINATION_UNREACHABLE
                                         : WSMAN_E_INVALID_RESOURCE_URI,
                    "There is no namespace %s.", *ns ? *ns : "");
}

static wsm_error_t *find_class(const cim_class_t **cls, const char **ns,
                               const wsm_epr_t *epr, const search_t *search)
{
    cim_uri_t uri;
    apr_pool_t *pool = search->pool;
    if (!epr->resource_uri)
        return wsm_fail(pool, WSMAN_E_INVALID_RESOURCE_URI,
                        "There is no ResourceURI.");
    if (!cim_uri_read(&uri, epr->resource_uri, pool) ||
        !strcmp(uri.class_name, "*"))
        return wsm_fail(pool, WSMAN_E_INVALID_RESOURCE_URI,
                        "The resource URI %s names no class.",
                        epr->resource_uri);
    wsm_error_t *err = find_namespace(ns, &uri, epr, search);
    if (err)
        return err;
    *cls = cim_schema_class(search->schema, *ns, uri.class_name);
    if (*cls)
        return NULL;
    return wsm_fail(pool, WSMAN_E_INVALID_RESOURCE_URI,
                    "There is no class %s in %s.", uri.class_name, *ns);
}

/* ---- keys */

/** A key that is a reference is a nested EPR. */
static wsm_error_t *read_reference(cim_value_t *value,
                                   const cim_property_t *key,
                                   const wsm_selector_t *selector,
                                   const search_t *search)
{
    const cim_class_t *cls;
    cim_path_t *path = apr_pcalloc(search->pool, sizeof(*path));
    if (!selector->epr)
        return wsm_fail(search->pool, WSMAN_E_SELECTOR_TYPE_MISMATCH,
                        "The selector %s must hold an EndpointReference.",
                        key->name);
    wsm_error_t *err =
        find_path(path, &cls, selector->epr, CIM_XML_KEYS_ALL, search);
    if (err)
        return wsm_error_make(search->pool, WSMAN_E_SELECTOR_INVALID_VALUE,
                              APR_SUCCESS, err, "The selector %s: %s",
                              key->name, err->message);
    if (key->type_name && !cim_class_is_a(cls, key->type_name))
        return wsm_fail(search->pool, WSMAN_E_SELECTOR_TYPE_MISMATCH,
                        "The selector %s refers to a %s, not to a %s.",
                        key->name, cls->name, key->type_name);
    *value = cim_reference(path);
    return NULL;
}

/** Of the right type but out of range, or of another type? */
static wsman_code_e code_of(cim_type_e type, const char *text)
{
    int integer = type >= CIM_UINT8 && type <= CIM_SINT64;
    const char *digits = text + (*text == '-' || *text == '+');
    int number = *digits && !digits[strspn(digits, "0123456789")];
    return integer && number ? WSMAN_E_SELECTOR_INVALID_VALUE
                             : WSMAN_E_SELECTOR_TYPE_MISMATCH;
}

static wsm_error_t *read_key(cim_value_t *value, const cim_property_t *key,
                             const wsm_selector_t *selector,
                             const search_t *search)
{
    if (key->type == CIM_REFERENCE)
        return read_reference(value, key, selector, search);
    if (!selector->value)
        return wsm_fail(search->pool, WSMAN_E_SELECTOR_TYPE_MISMATCH,
                        "The selector %s must hold a %s, not an "
                        "EndpointReference.",
                        key->name, cim_type_name(key->type));
    if (cim_value_parse(key->type, selector->value, value, search->pool))
        return NULL;
    return wsm_fail(search->pool, code_of(key->type, selector->value),
                    "The selector %s: \"%.64s\" is no %s.", key->name,
                    selector->value, cim_type_name(key->type));
}

static wsm_error_t *refuse_unexpected(const cim_class_t *cls,
                                      const wsm_epr_t *epr, cim_xml_keys_e keys,
                                      const search_t *search)
{
    for (int i = 0; i < epr->nselectors; i++) {
        const char *name = epr->selectors[i].name;
        const cim_property_t *property = cim_class_property(cls, name);
        if (!strcasecmp(name, NAMESPACE))
            continue;
        if (keys == CIM_XML_KEYS_NONE || !property || !property->key)
            return wsm_fail(search->pool, WSMAN_E_UNEXPECTED_SELECTORS,
                            keys == CIM_XML_KEYS_NONE
                                ? "The selector %s is one too many: the class "
                                  "%s is meant."
                                : "The selector %s is no key of %s.",
                            name, cls->name);
    }
    return NULL;
}

static wsm_error_t *read_keys(cim_path_t *path, const cim_class_t *cls,
                              const wsm_epr_t *epr, const search_t *search)
{
    cim_key_t *keys =
        apr_pcalloc(search->pool, (cls->nkeys + 1) * sizeof(*keys));
    for (apr_uint32_t i = 0; i < cls->nkeys; i++) {
        const cim_property_t *key = &cls->properties[cls->keys[i]];
        const wsm_selector_t *selector =
            wsm_selector_find(epr->selectors, epr->nselectors, key->name);
        if (!selector)
            return wsm_fail(search->pool, WSMAN_E_INSUFFICIENT_SELECTORS,
                            "The selector %s is missing.", key->name);
        keys[i].name = key->name;
        wsm_error_t *err = read_key(&keys[i].value, key, selector, search);
        if (err)
            return err;
    }
    path->keys = keys;
    path->nkeys = cls->nkeys;
    return NULL;
}

static wsm_error_t *find_path(cim_path_t *path, const cim_class_t **result,
                              const wsm_epr_t *epr, cim_xml_keys_e keys,
                              const search_t *search)
{
    const cim_class_t *cls = NULL;
    const char *ns = NULL;
    wsm_error_t *err = find_class(&cls, &ns, epr, search);
    if (!err)
        err = refuse_unexpected(cls, epr, keys, search);
    if (err)
        return err;
    memset(path, 0, sizeof(*path));
    path->ns = cls->ns ? cls->ns : ns;
    path->class_name = cls->name;
    if (result)
        *result = cls;
    return keys == CIM_XML_KEYS_ALL ? read_keys(path, cls, epr, search) : NULL;
}

wsm_error_t *cim_xml_path_of_epr(cim_path_t *path, const cim_class_t **cls,
                                 const wsm_epr_t *epr, cim_xml_keys_e keys,
                                 const cim_schema_t *schema,
                                 const char *default_ns, apr_pool_t *pool)
{
    search_t search = {schema, default_ns, pool};
    return find_path(path, cls, epr, keys, &search);
}
