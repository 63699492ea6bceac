/* cim_xml.h - the WS-CIM mapping (DSP0230; types of DSP8004), both ways.
 *
 * An instance is the element <p:Class> in the namespace of its resource URI,
 * each property a child in the same namespace (inherited ones too), arrays
 * repeated elements, NULL xsi:nil="true".  The tags of a class are made once
 * (cim_xml_prepare) and copied.  Elements are in the order of the class.
 *
 * What is not plain:
 * - An empty array is no element, a NULL array one nil element; an array whose
 *   only item is NULL is written as that too.
 * - datetime: <cim:Datetime>, <cim:Interval>; with asterisks <cim:Date> (no
 *   time of day), <cim:Time> (no date), else <cim:CIM_DateTime> and the 25
 *   characters.  When reading the forms may also stand there without element.
 * - Octet strings (qualifier OctetString): uint8[] is one element with
 *   xsi:type="cim:cimBase64Binary" that holds the octets without the length
 *   that CIM puts before them; string[] is hexBinary, without "0x" and length.
 *   That is what DSP0230 implementations do (its text is not at hand).
 * - References are the content of an EPR; prefixes a and w must be bound where
 *   the instance goes.
 * - Embedded instances have xsi:type="p1:Class_Type" on the property's element,
 *   whose content is their properties, in the namespace of their class.
 * - char16 outside of what XML can carry is '?', but NUL is empty.
 */
#ifndef CIM_XML_H
#define CIM_XML_H

#include "../soap/wsm_epr.h"
#include "cim_schema.h"
#include "cim_uri.h"
#include "cim_value.h"

/** How a client wants to see things; made once a request. */
typedef struct cim_xml_style_t {
    cim_uri_t uri;          /* the manner of resource URIs */
    const char *default_ns; /* EPRs into another namespace name it */
    const char *address;    /* for EPRs; NULL: anonymous */
    wsm_addressing_e addressing;
    /** As MS-WSMAN has it (2.2.5.1, 3.1.4.1.25 to .27): the draft's names, no
     *  NULL within an array, a cim:Location in each instance.  Prefixes a and
     *  w must be bound where it goes. */
    int draft;
} cim_xml_style_t;

/** Makes the tags of every class that a schema itself declares, in its pool;
 *  once, before the schema is shared. */
void cim_xml_prepare(cim_schema_t *schema);

/** Writes an instance.
 *  @param as      write it as this superclass: its element, its properties
 *                 (wsmb:ExcludeSubClassProperties); NULL: as what it is
 *  @param wanted  one byte a property of the class written, 0: leave out;
 *                 NULL: all
 *  Properties without a value are written as NULL. */
void cim_xml_write_instance(wsm_writer_t *out, const cim_instance_t *instance,
                            const cim_class_t *as, const unsigned char *wanted,
                            const cim_xml_style_t *style, apr_pool_t *scratch);

/** Writes a projection: w:XmlFragment with the elements of the properties that
 *  are named, in that order, as they are in the instance (DSP0226 8.6, DSP0227
 *  8.1).  Prefix w must be bound.  Names that the class has not are left out.
 *  @param as  the superclass in whose namespace they are; NULL: the instance's
 *             own */
void cim_xml_write_fragment(wsm_writer_t *out, const cim_instance_t *instance,
                            const cim_class_t *as, const char *const *names,
                            apr_uint32_t nnames, const cim_xml_style_t *style,
                            apr_pool_t *scratch);

/** Writes arguments: the same under the element `name` in the namespace of
 *  `cls` (the class that has the method); absent ones are left out. */
void cim_xml_write_arguments(wsm_writer_t *out, const char *name,
                             const cim_instance_t *arguments,
                             const cim_class_t *cls, const char *ns,
                             const cim_xml_style_t *style, apr_pool_t *scratch);

/** Writes a datetime: <cim:Datetime>... (DSP0230 by way of the digest's rule
 *  order).  Prefix cim must be bound. */
void cim_xml_write_datetime(wsm_writer_t *out, const cim_datetime_t *when,
                            int draft, apr_pool_t *scratch);

/** The EPR of a path; `path->ns` NULL counts as style->default_ns. */
void cim_xml_epr_of_path(wsm_epr_t *epr, const cim_path_t *path,
                         const cim_xml_style_t *style, apr_pool_t *pool);

/** What reading goes wrong with, for who knows which fault that is. */
typedef enum cim_xml_problem_e {
    CIM_XML_OK,
    CIM_XML_BAD_NAMESPACE, /* an element of another namespace */
    CIM_XML_UNKNOWN,       /* no such property or parameter */
    CIM_XML_BAD_TYPE,      /* text that is not of the type */
    CIM_XML_BAD_VALUE,     /* of the type but not allowed: out of range,
                              repeated but no array, over the bound */
    CIM_XML_MISSING        /* NULL for a key or a required one; whether
                              all that is required is named is for the
                              caller to see */
} cim_xml_problem_e;

typedef struct cim_xml_reader_t {
    const cim_schema_t *schema;
    const char *default_ns;
    /** Set on error. */
    cim_xml_problem_e problem;
    apr_pool_t *pool;
} cim_xml_reader_t;

/** Reads the element of an instance (or of arguments) whose class is known.
 *  Only what is there gets a value; the element's name is not looked at.
 *  xsi:type may name a subclass; then properties may be in the namespace of its
 *  URI too.  cim:Location is ignored.  Names are taken in any letter case.
 *  @param ns  the XML namespace that properties must have
 *  @return NULL, or an error of code WSMAN_E_INTERNAL_ERROR whose message says
 *          which property and why; the caller gives it the code that fits
 *          reader->problem */
wsm_error_t *cim_xml_read_instance(cim_xml_reader_t *reader,
                                   cim_instance_t **instance,
                                   const xmlNode *element,
                                   const cim_class_t *cls, const char *ns);

/** The path that an EPR means: class by resource URI, keys by selectors, typed
 *  by the class; the selector __cimnamespace gives the namespace, and must
 * agree with that of a WMI URI (else _SELECTOR_INVALID_VALUE). Errors have
 * their final code: WSMAN_E_INVALID_RESOURCE_URI (no class, "*", or a WMI URI's
 * namespace is unknown), WSMAN_E_DESTINATION_UNREACHABLE (another namespace is
 * unknown), WSMAN_E_INSUFFICIENT_SELECTORS, _UNEXPECTED_SELECTORS,
 * _SELECTOR_TYPE_MISMATCH, _SELECTOR_INVALID_VALUE (also whatever is wrong with
 * a nested EPR).
 *  @param cls   set to the class; may be NULL
 *  @param keys  what is asked for */
typedef enum cim_xml_keys_e {
    CIM_XML_KEYS_ALL, /* exactly the keys of the class */
    CIM_XML_KEYS_NONE /* none (a class EPR: Create, Enumerate) */
} cim_xml_keys_e;

wsm_error_t *cim_xml_path_of_epr(cim_path_t *path, const cim_class_t **cls,
                                 const wsm_epr_t *epr, cim_xml_keys_e keys,
                                 const cim_schema_t *schema,
                                 const char *default_ns, apr_pool_t *pool);

#endif
