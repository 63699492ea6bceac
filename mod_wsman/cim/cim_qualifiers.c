/* cim_qualifiers.c - meta, standard and optional qualifiers (DSP0004 5.6.2 to
 * 5.6.4): so a class can be declared without declaring these first. */
#include "cim_qualifiers.h"

#define ANY CIM_SCOPE_ANY
#define CLA CIM_SCOPE_CLASS
#define ASC CIM_SCOPE_ASSOCIATION
#define IND CIM_SCOPE_INDICATION
#define PRO CIM_SCOPE_PROPERTY
#define REF CIM_SCOPE_REFERENCE
#define MET CIM_SCOPE_METHOD
#define PAR CIM_SCOPE_PARAMETER

/* EnableOverride ToSubclass, EnableOverride Restricted, ... */
#define ET (CIM_FLAVOR_OVERRIDE | CIM_FLAVOR_TOSUBCLASS)
#define ER CIM_FLAVOR_OVERRIDE
#define DT CIM_FLAVOR_TOSUBCLASS
#define TR CIM_FLAVOR_TRANSLATABLE

#define NO_DEFAULT(t)                                                          \
    {                                                                          \
        .type = (t), .is_null = 1                                              \
    }
#define NO_DEFAULTS(t)                                                         \
    {                                                                          \
        .type = (t), .is_null = 1, .is_array = 1                               \
    }
#define TRUTH(b)                                                               \
    {                                                                          \
        .type = CIM_BOOLEAN, .v.u = (b)                                        \
    }
#define NUMBER(t, n)                                                           \
    {                                                                          \
        .type = (t), .v.u = (n)                                                \
    }
#define TEXT(s_)                                                               \
    {                                                                          \
        .type = CIM_STRING, .v.s = (s_)                                        \
    }

/* clang-format off */
static const cim_qualifier_type_t standard[] = {
    {"Abstract", TRUTH(0), CLA | ASC | IND, ER},
    {"Aggregate", TRUTH(0), REF, DT},
    {"Aggregation", TRUTH(0), ASC, DT},
    {"Alias", NO_DEFAULT(CIM_STRING), PRO | REF | MET, ET | TR},
    {"ArrayType", TEXT("Bag"), PRO | PAR, DT},
    {"Association", TRUTH(0), ASC, DT},
    {"BitMap", NO_DEFAULTS(CIM_STRING), PRO | MET | PAR, ET},
    {"BitValues", NO_DEFAULTS(CIM_STRING), PRO | MET | PAR, ET | TR},
    {"ClassConstraint", NO_DEFAULTS(CIM_STRING), CLA | ASC | IND, ET},
    {"Composition", TRUTH(0), ASC, DT},
    {"Correlatable", NO_DEFAULTS(CIM_STRING), PRO, ET},
    {"Counter", TRUTH(0), PRO | MET | PAR, ET},
    {"Delete", TRUTH(0), ASC | REF, ET},
    {"Deprecated", NO_DEFAULTS(CIM_STRING), ANY, ER},
    {"Description", NO_DEFAULT(CIM_STRING), ANY, ET | TR},
    {"DisplayDescription", NO_DEFAULT(CIM_STRING), ANY, ET | TR},
    {"DisplayName", NO_DEFAULT(CIM_STRING), ANY, ET | TR},
    {"DN", TRUTH(0), PRO | MET | PAR, DT},
    {"EmbeddedInstance", NO_DEFAULT(CIM_STRING), PRO | MET | PAR, ET},
    {"EmbeddedObject", TRUTH(0), PRO | MET | PAR, DT},
    {"Exception", TRUTH(0), CLA | IND, DT},
    {"Expensive", TRUTH(0), ANY, ET},
    {"Experimental", TRUTH(0), ANY, ER},
    {"Gauge", TRUTH(0), PRO | MET | PAR, ET},
    {"Ifdeleted", TRUTH(0), ASC | REF, ET},
    {"In", TRUTH(1), PAR, DT},
    {"Indication", TRUTH(0), CLA | IND, DT},
    {"Invisible", TRUTH(0), CLA | ASC | PRO | REF | MET, ET},
    {"IsPUnit", TRUTH(0), PRO | MET | PAR, ET},
    {"Key", TRUTH(0), PRO | REF, DT},
    {"Large", TRUTH(0), CLA | PRO, ET},
    {"MappingStrings", NO_DEFAULTS(CIM_STRING), ANY, ET},
    {"Max", NO_DEFAULT(CIM_UINT32), REF, ET},
    {"MaxLen", NO_DEFAULT(CIM_UINT32), PRO | MET | PAR, ET},
    {"MaxValue", NO_DEFAULT(CIM_SINT64), PRO | MET | PAR, ET},
    {"MethodConstraint", NO_DEFAULTS(CIM_STRING), MET, ET},
    {"Min", NUMBER(CIM_UINT32, 0), REF, ET},
    {"MinLen", NUMBER(CIM_UINT32, 0), PRO | MET | PAR, ET},
    {"MinValue", NO_DEFAULT(CIM_SINT64), PRO | MET | PAR, ET},
    {"ModelCorrespondence", NO_DEFAULTS(CIM_STRING), ANY, ET},
    {"NullValue", NO_DEFAULT(CIM_STRING), PRO, DT},
    {"Octetstring", TRUTH(0), PRO | MET | PAR, DT},
    {"Out", TRUTH(0), PAR, DT},
    {"Override", NO_DEFAULT(CIM_STRING), PRO | REF | MET, ER},
    {"Propagated", NO_DEFAULT(CIM_STRING), PRO, DT},
    {"PropertyConstraint", NO_DEFAULTS(CIM_STRING), PRO | REF, ET},
    {"PropertyUsage", TEXT("CurrentContext"), PRO, ET},
    {"Provider", NO_DEFAULT(CIM_STRING), ANY, ET},
    {"PUnit", NO_DEFAULT(CIM_STRING), PRO | MET | PAR, ET},
    {"Read", TRUTH(1), PRO, ET},
    {"Reference", NO_DEFAULT(CIM_STRING), PRO, ET},
    {"Required", TRUTH(0), PRO | REF | MET | PAR, DT},
    {"Revision", NO_DEFAULT(CIM_STRING), CLA | ASC | IND, ET | TR},
    {"Schema", NO_DEFAULT(CIM_STRING), PRO | MET, DT | TR},
    {"Static", TRUTH(0), PRO | MET, DT},
    {"Structure", TRUTH(0), CLA | IND, DT},
    {"Syntax", NO_DEFAULT(CIM_STRING), PRO | REF | MET | PAR, ET},
    {"SyntaxType", NO_DEFAULT(CIM_STRING), PRO | REF | MET | PAR, ET},
    {"Terminal", TRUTH(0), CLA | ASC | IND, ET},
    {"TriggerType", NO_DEFAULT(CIM_STRING),
        CLA | ASC | IND | PRO | REF | MET, ET},
    {"UMLPackagePath", NO_DEFAULT(CIM_STRING), CLA | ASC | IND, ET},
    {"Units", NO_DEFAULT(CIM_STRING), PRO | MET | PAR, ET | TR},
    {"UnknownValues", NO_DEFAULTS(CIM_STRING), PRO, DT},
    {"UnsupportedValues", NO_DEFAULTS(CIM_STRING), PRO, DT},
    {"ValueMap", NO_DEFAULTS(CIM_STRING), PRO | MET | PAR, ET},
    {"Values", NO_DEFAULTS(CIM_STRING), PRO | MET | PAR, ET | TR},
    {"Version", NO_DEFAULT(CIM_STRING), CLA | ASC | IND, ER | TR},
    {"Weak", TRUTH(0), REF, DT},
    {"Write", TRUTH(0), PRO, ET},
    {"XMLNamespaceName", NO_DEFAULT(CIM_STRING), PRO | MET | PAR, ET},
};
/* clang-format on */

cim_table_t *cim_qualifiers_standard(apr_pool_t *pool)
{
    cim_table_t *table = cim_table_make(pool);
    for (unsigned i = 0; i < sizeof(standard) / sizeof(standard[0]); i++)
        cim_table_add(table, standard[i].name,
                      (void *)(apr_uintptr_t)&standard[i]);
    return table;
}
