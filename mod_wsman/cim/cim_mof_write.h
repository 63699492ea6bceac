/* cim_mof_write.h - writes MOF (DSP0004 Annex A) that cim_mof.h reads back to
 * the same.
 */
#ifndef CIM_MOF_WRITE_H
#define CIM_MOF_WRITE_H

#include "../xml/wsm_writer.h"
#include "cim_schema.h"

/** A class as it was declared: its own and overriding features and qualifiers;
 *  not what it inherits.  It may be resolved, or only declared (nothing in it
 *  is `propagated` then). */
void cim_mof_write_class(wsm_writer_t *out, const cim_class_t *cls);

/** A qualifier declaration. */
void cim_mof_write_qualifier_type(wsm_writer_t *out,
                                  const cim_qualifier_type_t *type);

/** An instance: the properties that have a value, NULL included. */
void cim_mof_write_instance(wsm_writer_t *out, const cim_instance_t *instance);

/** #pragma namespace */
void cim_mof_write_namespace(wsm_writer_t *out, const char *ns);

#endif
