/* cim_qualifiers.h - the qualifiers that DSP0004 5.6 itself defines. */
#ifndef CIM_QUALIFIERS_H
#define CIM_QUALIFIERS_H

#include "cim_class.h"
#include "cim_table.h"

/** @return a table of const cim_qualifier_type_t, in pool */
cim_table_t *cim_qualifiers_standard(apr_pool_t *pool);

#endif
