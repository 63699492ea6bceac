/* cim_xml.c - what the mapping prepares for a class, and EPRs of paths. */
#include "cim_xml_private.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

int cim_xml_is_octets(const cim_property_t *property)
{
    return property->octets && property->is_array &&
           (property->type == CIM_UINT8 || property->type == CIM_STRING);
}

static const cim_xml_tag_t *make_tag(const char *name, apr_pool_t *pool)
{
    static const char nil[] = " xsi:nil=\"true\"/>";
    cim_xml_tag_t *tag = apr_palloc(pool, sizeof(*tag));
    apr_uint32_t length = (apr_uint32_t)strlen(name);
    tag->text =
        apr_pstrcat(pool, "<p:", name, "></p:", name, "><p:", name, nil, NULL);
    tag->open = length + 4;
    tag->close = length + 5;
    tag->nil = length + 3 + (apr_uint32_t)sizeof(nil) - 1;
    return tag;
}

/** The tag that the superclass has for the same name, or NULL. */
static const cim_xml_tag_t *inherited(const cim_class_t *cls, apr_uint32_t i)
{
    const cim_class_t *super = cls->super;
    if (!super || !super->mapping || i >= super->nproperties ||
        strcmp(super->properties[i].name, cls->properties[i].name) != 0)
        return NULL;
    return ((const cim_xml_mapping_t *)super->mapping)->tags[i];
}

static const cim_xml_mapping_t *make_mapping(const cim_class_t *cls,
                                             apr_pool_t *pool)
{
    cim_xml_mapping_t *mapping = apr_pcalloc(pool, sizeof(*mapping));
    const cim_xml_tag_t **tags =
        apr_palloc(pool, (cls->nproperties + 1) * sizeof(*tags));
    for (apr_uint32_t i = 0; i < cls->nproperties; i++) {
        const cim_property_t *property = &cls->properties[i];
        const cim_xml_tag_t *tag = inherited(cls, i);
        tags[i] = tag ? tag : make_tag(property->name, pool);
        mapping->cim |= property->type == CIM_DATETIME ||
                        property->type == CIM_INSTANCE ||
                        cim_xml_is_octets(property);
    }
    mapping->tags = tags;
    return mapping;
}

const cim_xml_mapping_t *cim_xml_mapping(const cim_class_t *cls,
                                         apr_pool_t *scratch)
{
    return cls->mapping ? cls->mapping : make_mapping(cls, scratch);
}

/** The class is still ours alone. */
static void prepare_class(const cim_class_t *cls, apr_pool_t *pool)
{
    if (cls && !cls->mapping)
        ((cim_class_t *)(apr_uintptr_t)cls)->mapping = make_mapping(cls, pool);
}

static void visit(void *baton, const cim_class_t *cls)
{
    apr_pool_t *pool = baton;
    prepare_class(cls, pool);
    for (apr_uint32_t i = 0; i < cls->nmethods; i++) {
        prepare_class(cls->methods[i].input, pool);
        prepare_class(cls->methods[i].output, pool);
    }
}

void cim_xml_prepare(cim_schema_t *schema)
{
    cim_schema_each_own(schema, visit, cim_schema_pool(schema));
}

/* ---- references */

static void set_selector(wsm_selector_t *selector, const cim_key_t *key,
                         const cim_xml_style_t *style, apr_pool_t *pool)
{
    selector->name = key->name;
    selector->value = NULL;
    selector->epr = NULL;
    if (key->value.type == CIM_REFERENCE && !key->value.is_null) {
        wsm_epr_t *epr = apr_pcalloc(pool, sizeof(*epr));
        cim_xml_epr_of_path(epr, key->value.v.ref, style, pool);
        selector->epr = epr;
        return;
    }
    const char *text = cim_value_text(&key->value, pool);
    selector->value = text ? text : "";
}

void cim_xml_epr_of_path(wsm_epr_t *epr, const cim_path_t *path,
                         const cim_xml_style_t *style, apr_pool_t *pool)
{
    const char *ns = path->ns ? path->ns : style->default_ns;
    int has_ns = cim_uri_has_ns(&style->uri);
    wsm_selector_t *selectors =
        apr_pcalloc(pool, (path->nkeys + 1) * sizeof(*selectors));
    int count = 0;
    for (apr_uint32_t i = 0; i < path->nkeys; i++)
        set_selector(&selectors[count++], &path->keys[i], style, pool);
    if (!has_ns && ns &&
        (!style->default_ns || strcasecmp(ns, style->default_ns) != 0)) {
        selectors[count].name = "__cimnamespace";
        selectors[count++].value = ns;
    }
    epr->address = style->address;
    epr->resource_uri =
        cim_uri_of(&style->uri, ns ? ns : "", path->class_name, pool);
    epr->selectors = selectors;
    epr->nselectors = count;
}
