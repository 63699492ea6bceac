/* cim_xml_class.c - a class as an instance of meta_class.
 */
#include "cim_xml_class.h"

void cim_xml_write_meta_class(wsm_writer_t *out, const cim_class_t *cls,
                              const cim_xml_style_t *style, apr_pool_t *scratch)
{
    cim_instance_t *defaults = cim_instance_make(cls, scratch);

    cim_instance_defaults(defaults);
    cim_xml_write_instance(out, defaults, NULL, NULL, style, scratch);
}
