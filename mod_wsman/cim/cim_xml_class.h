/* cim_xml_class.h - classes as XML: as CIM-XML describes them (the element
 * CLASS of DSP0201), both ways, and as WMI shows them as instances of
 * meta_class.
 *
 * CLASS and what is in it are in no XML namespace, as Windows and OMI write
 * them within WS-Management.  A CLASS that is written can be read back to the
 * same class, with what it inherits marked as PROPAGATED.
 */
#ifndef CIM_XML_CLASS_H
#define CIM_XML_CLASS_H

#include "cim_xml.h"

/** What of a class is written. */
typedef struct cim_xml_class_options_t {
    int local_only; /* nothing inherited: neither features nor qualifiers */
    int qualifiers;
    int class_origin; /* CLASSORIGIN */
    int derivation;   /* DERIVATION: the superclasses, nearest first (a
                         attribute that Windows adds to DSP0201) */
    /** Where qualifier types are known, so that flavors which are not theirs
     * are said; NULL: those that are not the DTD's default are. */
    const cim_schema_t *schema;
    /** Names of the properties that are wanted, NULL-terminated; NULL: all. */
    const char *const *properties;
} cim_xml_class_options_t;

/** Writes the element CLASS. */
void cim_xml_class_write(wsm_writer_t *out, const cim_class_t *cls,
                         const cim_xml_class_options_t *options,
                         apr_pool_t *scratch);

/** Writes CLASSPATH: the name of a class with host and namespace. */
void cim_xml_class_write_path(wsm_writer_t *out, const cim_class_t *cls,
                              const char *host, apr_pool_t *scratch);
/** Writes CLASSNAME. */
void cim_xml_class_write_name(wsm_writer_t *out, const cim_class_t *cls);

/** Reads the element CLASS as a declaration: what is PROPAGATED is left out,
 *  nothing is resolved.  Flavors that are not given are those of the qualifier
 *  type, as MOF has it.
 *  It is bounded: properties, methods and parameters, qualifiers, items of an
 *  array, and names.
 *  @param ns    the namespace that it is for, where qualifier types are sought
 *  @return NULL, or an error of code WSMAN_E_INVALID_REPRESENTATION or one
 *          below it whose message says where and why */
wsm_error_t *cim_xml_class_read(cim_class_t **cls, const xmlNode *element,
                                const cim_schema_t *schema, const char *ns,
                                apr_pool_t *pool);

/** Writes a class as the instance of meta_class that WMI makes of it: its
 *  element, its properties' defaults, xsi:nil where there is none. */
void cim_xml_write_meta_class(wsm_writer_t *out, const cim_class_t *cls,
                              const cim_xml_style_t *style,
                              apr_pool_t *scratch);

#endif
