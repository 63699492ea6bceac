/* cim_xml_class_private.h - what the files of CIM-XML classes share. */
#ifndef CIM_XML_CLASS_PRIVATE_H
#define CIM_XML_CLASS_PRIVATE_H

#include "cim_xml_class.h"

/** Writes VALUE, VALUE.ARRAY or VALUE.REFERENCE; nothing for NULL. */
void cim_xml_class_write_value(wsm_writer_t *out, const cim_value_t *value,
                               apr_pool_t *scratch);
/** Writes LOCALNAMESPACEPATH. */
void cim_xml_class_write_ns(wsm_writer_t *out, const char *ns,
                            apr_pool_t *scratch);

/** Where a reader is. */
typedef struct cim_xml_class_place_t {
    const cim_schema_t *schema;
    const char *ns;
    const char *cls;     /* its name, NULL until it is known */
    const char *feature; /* property or method; NULL: the class */
    apr_pool_t *pool;
} cim_xml_class_place_t;

/** "<class>.<feature>: " and why.  @param code  of the error */
wsm_error_t *cim_xml_class_fail(const cim_xml_class_place_t *place,
                                wsman_code_e code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/** The same for an element that cannot be there. */
wsm_error_t *cim_xml_class_unexpected(const cim_xml_class_place_t *place,
                                      const xmlNode *node);

/** @return true if it is the element of that name, in no namespace */
static inline int cim_xml_class_is(const xmlNode *node, const char *name)
{
    return wsm_xml_is(node, "", name);
}

/** An attribute that is the name of a class, a feature or a qualifier: nothing
 *  but an identifier (DSP0004 7.2.1).
 *  @param name  NULL if there is none and it is `optional` */
wsm_error_t *cim_xml_class_name(const char **name, const xmlNode *node,
                                const char *attribute, int optional,
                                const cim_xml_class_place_t *place);

/** Reads the value in an element, if there is one: VALUE, VALUE.ARRAY or
 *  VALUE.REFERENCE, as type and is_array have it.  Other children are not
 *  looked at.
 *  @param value  CIM_NONE if there is none */
wsm_error_t *cim_xml_class_read_value(cim_value_t *value, const xmlNode *node,
                                      cim_type_e type, int is_array,
                                      const cim_xml_class_place_t *place);

#endif
