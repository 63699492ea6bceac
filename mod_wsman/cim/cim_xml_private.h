/* cim_xml_private.h - what the files of the WS-CIM mapping share. */
#ifndef CIM_XML_PRIVATE_H
#define CIM_XML_PRIVATE_H

#include "cim_xml.h"

/** "<p:Name></p:Name><p:Name xsi:nil="true"/>": the three tags of a property
 *  in one text, one after the other. */
typedef struct cim_xml_tag_t {
    const char *text;
    apr_uint32_t open; /* lengths */
    apr_uint32_t close;
    apr_uint32_t nil;
} cim_xml_tag_t;

/** What cim_class_t.mapping points to. */
typedef struct cim_xml_mapping_t {
    const cim_xml_tag_t *const *tags; /* one a property */
    int cim;                          /* its elements need xmlns:cim */
} cim_xml_mapping_t;

/** The mapping of a class, made in `scratch` if it has not been prepared. */
const cim_xml_mapping_t *cim_xml_mapping(const cim_class_t *cls,
                                         apr_pool_t *scratch);

/** @return true if it is an array that is written as one binary text
 *  (qualifier OctetString on uint8[] or string[]) */
int cim_xml_is_octets(const cim_property_t *property);

/** @param text  what is in the element `name` of the cim namespace; name NULL:
 *         the value was without such an element
 *  @return 0 if it is none of the forms */
int cim_xml_read_datetime(const char *name, const char *text,
                          cim_datetime_t *when, apr_pool_t *pool);

/** uint8[]: base64 of what follows the four octets of the length.
 *  @return 0 if an item is NULL */
int cim_xml_write_octets(wsm_writer_t *out, const cim_value_t *array);
/** The inverse; items in `pool`.  @return 0 if it is not base64 */
int cim_xml_read_octets(const char *text, cim_value_t *array, apr_pool_t *pool);
/** A string "0x" and hexadecimal digits, the first eight of them the length:
 *  the digits after these, or the text as it is if it is not of that form. */
void cim_xml_write_hex(wsm_writer_t *out, const char *text);
/** The inverse.  @return NULL if it is not hexadecimal */
const char *cim_xml_read_hex(const char *text, apr_pool_t *pool);

#endif
