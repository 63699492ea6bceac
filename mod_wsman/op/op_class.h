/* op_class.h - classes as resources (DSP0227 15, MS-WSMV 3.1.4.1.38): read,
 * enumerated and defined as CIM-XML.
 *
 *     http://schemas.dmtf.org/wbem/cim-xml/2/cim-schema/2/CIM_Foo
 *     http://schemas.dmtf.org/wbem/cim-xml/2/cim-schema/2/<asterisk>
 * In the second form the selector ClassName says which class, as Windows'
 * clients have it; __cimnamespace says in which namespace.
 */
#ifndef OP_CLASS_H
#define OP_CLASS_H

#include "../cim/cim_xml_class.h"
#include "wsm_op.h"

/** What options ask for. */
typedef struct op_class_view_t {
    cim_xml_class_options_t shown;
    int deep;       /* IncludeSubClasses */
    int names_only; /* ExcludeClassSpecification */
    int paths;      /* IncludePath */
} op_class_view_t;

/** @return true if it is the URI of a class, or of all */
int op_class_is(const char *resource_uri);

/** Finds out which class in which namespace is meant, before anybody is asked
 *  whether he may: ex->cls, ex->style, ex->source and the outcome's target.
 *  Of a Get and of enumerations the target names no class: who may see which
 *  class is asked for each that is shown. */
wsm_error_t *op_class_resource(wsm_exchange_t *ex);

/** Runs an operation on what was found. */
wsm_error_t *op_class_run(wsm_exchange_t *ex, const wsm_op_t *op);

/** Reads the options.
 *  WSMAN_E_OPTION_INVALID_VALUE, _OPTION_NOT_SUPPORTED. */
wsm_error_t *op_class_options(op_class_view_t *view, const wsm_exchange_t *ex);
/** The name of the class that selectors or the URI give; NULL: none. */
const char *op_class_name(const wsm_exchange_t *ex);

/** The error of a class that is not there. */
wsm_error_t *op_class_not_found(const wsm_exchange_t *ex);

/* op_class_define.c */
wsm_error_t *op_class_create(wsm_exchange_t *ex);
wsm_error_t *op_class_put(wsm_exchange_t *ex);
wsm_error_t *op_class_delete(wsm_exchange_t *ex);

#endif
