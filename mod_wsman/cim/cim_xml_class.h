/* cim_xml_class.h - classes as XML.
 */
#ifndef CIM_XML_CLASS_H
#define CIM_XML_CLASS_H

#include "cim_xml.h"

/** Writes a class as the instance of meta_class that WMI makes of it: its
 *  element, its properties' defaults, xsi:nil where there is none. */
void cim_xml_write_meta_class(wsm_writer_t *out, const cim_class_t *cls,
                              const cim_xml_style_t *style,
                              apr_pool_t *scratch);

#endif
