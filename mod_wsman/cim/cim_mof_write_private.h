/* cim_mof_write_private.h - what the files of the MOF writer share.
 */
#ifndef CIM_MOF_WRITE_PRIVATE_H
#define CIM_MOF_WRITE_PRIVATE_H

#include "cim_mof_write.h"

/** A string in double quotes, escaped so that it reads back the same. */
void cim_mof_write_string(wsm_writer_t *out, const char *text);
/** A constant, or a list of them in braces. */
void cim_mof_write_value(wsm_writer_t *out, const cim_value_t *value,
                         apr_pool_t *scratch);
/** "instance of Class { ... }" */
void cim_mof_write_body(wsm_writer_t *out, const cim_instance_t *instance,
                        apr_pool_t *scratch);

#endif
