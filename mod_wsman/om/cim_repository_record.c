/* cim_repository_record.c - instances as records.
 *
 * A record is an element around the instance's.  Its attributes name the
 * properties that have no element: "null", and "empty" for arrays without
 * items.  So a property that the class has got since is known by being in none
 * of them.
 */
#include <string.h>

#include <apr_sha1.h>
#include <apr_strings.h>

#include "../cim/cim_name.h"
#include "../cim/cim_xml.h"
#include "../soap/wsm_names.h"
#include "cim_repository_private.h"

/* An instance that was accepted once must be readable always. */
#define MAX_RECORD (16 * 1024 * 1024)
/* A longer target is known by its beginning and a digest: an index of
 * PostgreSQL has rows of 2700 bytes at most. */
#define MAX_TARGET 400

static char *folded(const char *text, apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, text);
    char *p;

    for (p = copy; *p != '\0'; p++)
        *p = (char)cim_fold(*p);
    return copy;
}

const char *cim_record_folded(const char *key, apr_pool_t *pool)
{
    return folded(key, pool);
}

/* The key is the path's canonical text behind the class name. */
void cim_record_id(wsm_record_id_t *id, const char *repository,
                   const cim_class_t *cls, const cim_path_t *path,
                   apr_pool_t *pool)
{
    cim_path_t own;

    id->repository = repository;
    id->ns = folded(cls->ns, pool);
    id->class_name = folded(cls->name, pool);
    id->key = NULL;
    if (path != NULL) {
        own = *path;
        own.class_name = cls->name;
        id->key = cim_path_text(&own, pool);
    }
}

static const char *digest_of(const char *text, apr_pool_t *pool)
{
    unsigned char digest[APR_SHA1_DIGESTSIZE];
    char hex[2 * APR_SHA1_DIGESTSIZE + 1];
    apr_sha1_ctx_t sha1;
    int i;

    apr_sha1_init(&sha1);
    apr_sha1_update(&sha1, text, (unsigned)strlen(text));
    apr_sha1_final(digest, &sha1);
    for (i = 0; i < APR_SHA1_DIGESTSIZE; i++)
        apr_snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    return apr_pstrdup(pool, hex);
}

const char *cim_repository_target(const cim_path_t *path, const char *ns,
                                  apr_pool_t *pool)
{
    cim_path_t own = *path;
    char *text;

    /* A reference may name a class above that of the object. */
    own.class_name = "";
    text = folded(apr_pstrcat(pool, path->ns ? path->ns : ns, ":",
                              cim_path_text(&own, pool), NULL),
                  pool);
    if (strlen(text) <= MAX_TARGET)
        return text;
    return apr_psprintf(pool, "%.*s#%s", MAX_TARGET, text,
                        digest_of(text, pool));
}

static void find_links(wsm_content_t *content, const cim_instance_t *instance,
                       apr_pool_t *pool)
{
    const cim_class_t *cls = instance->cls;
    wsm_link_t *links = NULL;
    apr_uint32_t i;

    for (i = 0; i < cls->nproperties; i++) {
        const cim_property_t *property = &cls->properties[i];
        const cim_value_t *value = &instance->values[i];

        if (property->type != CIM_REFERENCE || property->is_array)
            continue;
        if (links == NULL)
            links = apr_palloc(pool, cls->nproperties * sizeof(*links));
        if (value->type == CIM_NONE || value->is_null)
            continue;
        links[content->nlinks].role = folded(property->name, pool);
        links[content->nlinks].target =
            cim_repository_target(value->v.ref, cls->ns, pool);
        content->nlinks++;
    }
    content->links = links;
}

static int is_empty(const cim_value_t *value)
{
    return value->is_array && value->count == 0;
}

/* The attributes, and one byte a property: whether it has an element. */
static unsigned char *write_absent(wsm_writer_t *out,
                                   const cim_instance_t *instance,
                                   apr_pool_t *pool)
{
    const cim_class_t *cls = instance->cls;
    unsigned char *wanted = apr_palloc(pool, cls->nproperties + 1);
    apr_uint32_t i;

    wsm_write_lit(out, " null=\"");
    for (i = 0; i < cls->nproperties; i++) {
        const cim_value_t *value = &instance->values[i];

        wanted[i] = value->type != CIM_NONE && !value->is_null;
        if (!wanted[i])
            wsm_write_strs(out, cls->properties[i].name, " ", NULL);
    }
    wsm_write_lit(out, "\" empty=\"");
    for (i = 0; i < cls->nproperties; i++) {
        if (wanted[i] && is_empty(&instance->values[i]))
            wsm_write_strs(out, cls->properties[i].name, " ", NULL);
    }
    wsm_write_lit(out, "\"");
    return wanted;
}

static const cim_xml_style_t *storage_style(cim_xml_style_t *style,
                                            const cim_class_t *cls)
{
    memset(style, 0, sizeof(*style));
    style->uri.base = WSM_URI_CIM;
    style->default_ns = cls->ns;
    return style;
}

/* References, and those in instances in it, need the prefixes of EPRs. */
static int needs_prefixes(const cim_class_t *cls)
{
    apr_uint32_t i;

    for (i = 0; i < cls->nproperties; i++) {
        if (cls->properties[i].type == CIM_REFERENCE ||
            cls->properties[i].type == CIM_INSTANCE)
            return 1;
    }
    return 0;
}

int cim_record_encode(wsm_content_t *content, const cim_instance_t *instance,
                      apr_pool_t *pool)
{
    wsm_writer_t *out = wsm_writer_make(MAX_RECORD, pool);
    unsigned char *wanted;
    cim_xml_style_t style;

    wsm_write_lit(out, "<record");
    if (needs_prefixes(instance->cls))
        wsm_write_lit(out, " xmlns:a=\"" WSM_NS_WSA "\" xmlns:w=\"" WSM_NS_WSMAN
                           "\"");
    wanted = write_absent(out, instance, pool);
    wsm_write_lit(out, ">");
    cim_xml_write_instance(out, instance, NULL, wanted,
                           storage_style(&style, instance->cls), pool);
    wsm_write_lit(out, "</record>");
    if (wsm_writer_full(out))
        return 0;
    content->data = wsm_writer_string(out, pool);
    find_links(content, instance, pool);
    return 1;
}

/* ---- reading */

/* Calls for the properties that an attribute names. */
static void set_absent(cim_instance_t *instance, const xmlNode *record,
                       const char *attribute, int is_null, apr_pool_t *pool)
{
    const char *text = wsm_xml_attr(record, NULL, attribute, pool);
    char *names, *name, *last;

    if (text == NULL || *text == '\0')
        return;
    names = apr_pstrdup(pool, text);
    for (name = apr_strtok(names, " ", &last); name != NULL;
         name = apr_strtok(NULL, " ", &last)) {
        int i = cim_class_property_index(instance->cls, name);
        const cim_property_t *property;

        if (i < 0)
            continue;
        property = &instance->cls->properties[i];
        if (is_null)
            instance->values[i] = cim_null(property->type);
        else if (property->is_array)
            instance->values[i] = cim_array(property->type, NULL, 0);
    }
}

/* Takes out what the class has no more, and NULLs that it no longer takes. */
static void drop_misfits(xmlNodePtr element, const cim_class_t *cls,
                         apr_pool_t *pool)
{
    xmlNodePtr at, next;

    for (at = element->children; at != NULL; at = next) {
        next = at->next;
        if (at->type == XML_ELEMENT_NODE &&
            (cim_class_property_index(cls, (const char *)at->name) < 0 ||
             wsm_xml_nil(at, pool))) {
            xmlUnlinkNode(at);
            xmlFreeNode(at);
        }
    }
}

static wsm_error_t *read_record(cim_instance_t **instance, xmlNodePtr record,
                                const cim_schema_t *schema,
                                const cim_class_t *cls, apr_pool_t *pool)
{
    cim_xml_reader_t reader = {
        .schema = schema, .default_ns = cls->ns, .pool = pool};
    const char *ns = apr_pstrcat(pool, WSM_URI_CIM, cls->name, NULL);
    xmlNodePtr element = xmlFirstElementChild(record);
    wsm_error_t *err;

    if (element == NULL)
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "There is no instance in the record.");
    err = cim_xml_read_instance(&reader, instance, element, cls, ns);
    if (err != NULL && (reader.problem == CIM_XML_UNKNOWN ||
                        reader.problem == CIM_XML_MISSING)) {
        drop_misfits(element, cls, pool);
        err = cim_xml_read_instance(&reader, instance, element, cls, ns);
    }
    return err;
}

wsm_error_t *cim_record_decode(cim_instance_t **instance, const char *data,
                               const cim_schema_t *schema,
                               const cim_class_t *cls, apr_pool_t *pool)
{
    xmlDocPtr doc;
    xmlNodePtr record;
    wsm_error_t *err =
        wsm_xml_parse(&doc, data, strlen(data), MAX_RECORD, pool);

    if (err == NULL) {
        record = xmlDocGetRootElement(doc);
        err = read_record(instance, record, schema, cls, pool);
    }
    if (err != NULL)
        return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, APR_SUCCESS, err,
                              "A stored instance of %s does not fit its class.",
                              cls->name);
    set_absent(*instance, record, "null", 1, pool);
    set_absent(*instance, record, "empty", 0, pool);
    cim_instance_defaults(*instance);
    return NULL;
}

wsm_error_t *cim_record_too_large(const cim_class_t *cls, apr_pool_t *pool)
{
    return wsm_fail(pool, WSMAN_E_REPRESENTATION_INVALID_VALUES,
                    "The instance of %s is too large to be stored.", cls->name);
}
