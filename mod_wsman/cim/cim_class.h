/* cim_class.h - classes as the core sees them (DSP0004 5.1, 5.5, 5.6).
 *
 * A class is resolved once, when it enters a schema: its superclass is found,
 * inherited features are copied in, qualifiers are propagated by their flavors,
 * keys are known.  Afterwards it never changes and may be read by all threads;
 * it lives as long as its schema.
 */
#ifndef CIM_CLASS_H
#define CIM_CLASS_H

#include "../base/wsm_error.h"
#include "../include/wsman_cim.h"

/* Flavors (DSP0004 5.6.1.2) */
#define CIM_FLAVOR_OVERRIDE     0x1 /* EnableOverride, not DisableOverride */
#define CIM_FLAVOR_TOSUBCLASS   0x2 /* ToSubclass, not Restricted */
#define CIM_FLAVOR_TRANSLATABLE 0x4

typedef struct cim_qualifier_t {
    const char *name;
    cim_value_t value;
    unsigned flavor;
    int propagated; /* came from the superclass */
} cim_qualifier_t;

/* Scopes of a qualifier type */
#define CIM_SCOPE_CLASS       0x01
#define CIM_SCOPE_ASSOCIATION 0x02
#define CIM_SCOPE_INDICATION  0x04
#define CIM_SCOPE_PROPERTY    0x08
#define CIM_SCOPE_REFERENCE   0x10
#define CIM_SCOPE_METHOD      0x20
#define CIM_SCOPE_PARAMETER   0x40
#define CIM_SCOPE_SCHEMA      0x80
#define CIM_SCOPE_ANY         0xff

/** A qualifier declaration. */
typedef struct cim_qualifier_type_t {
    const char *name;
    cim_value_t value; /* default; its type and is_array are the
                          qualifier's */
    unsigned scope;
    unsigned flavor;
} cim_qualifier_type_t;

/** A property, a reference, or a parameter of a method. */
typedef struct cim_property_t {
    const char *name;
    /** CIM_REFERENCE: the class; CIM_INSTANCE: the class of an
     *  EmbeddedInstance, NULL for EmbeddedObject. */
    const char *type_name;
    const char *origin; /* the class that declared it first */
    const cim_qualifier_t *qualifiers;
    cim_value_t value; /* default; CIM_NONE: no default given */
    cim_type_e type;
    apr_uint32_t array_size; /* declared bound; 0: none */
    int nqualifiers;
    unsigned is_array : 1;
    unsigned key : 1;
    unsigned propagated : 1; /* not declared or overridden in this class */
    unsigned octets : 1;     /* qualifier OctetString */
    unsigned writable : 1;   /* qualifier Write */
    unsigned required : 1;   /* qualifier Required */
    unsigned in : 1;         /* parameters: qualifier In (the default) */
    unsigned out : 1;        /* parameters: qualifier Out */
} cim_property_t;

/** A propagated method shares what it has with the class that it comes from:
 *  its parameters, and the qualifiers of these, are not marked as propagated.
 */
typedef struct cim_method_t {
    const char *name;
    cim_type_e type; /* of the return value; CIM_NONE: void */
    const cim_property_t *parameters;
    int nparameters;
    const cim_qualifier_t *qualifiers;
    int nqualifiers;
    const char *origin;
    unsigned is_static : 1;
    unsigned propagated : 1;
    /** The arguments as classes of their own, "<Method>_INPUT" and
     *  "<Method>_OUTPUT": their properties are the parameters; the output has
     *  "ReturnValue" last.  So arguments are instances. */
    const cim_class_t *input;
    const cim_class_t *output;
} cim_method_t;

struct cim_class_t {
    const char *ns; /* "root/cimv2" */
    const char *name;
    const char *super_name; /* NULL: none */
    const cim_class_t *super;
    cim_property_t *properties; /* inherited first, then own, in the order of
                                   declaration */
    apr_uint32_t nproperties;
    cim_method_t *methods;
    apr_uint32_t nmethods;
    const cim_qualifier_t *qualifiers;
    int nqualifiers;
    apr_uint32_t *keys; /* indexes into properties */
    apr_uint32_t nkeys;
    unsigned association : 1;
    unsigned indication : 1;
    unsigned abstract : 1;
    /** Finds properties by name: ask cim_class_property_index(). */
    const apr_uint16_t *index;
    apr_uint32_t index_mask;
    const cim_class_t **subclasses; /* direct ones of the same schema, not of
                                       one over it: ask
                                       cim_schema_descendants() */
    apr_uint32_t nsubclasses;
    /** What the XML mapping has prepared for this class (cim_xml.c); NULL
     *  until cim_xml_prepare(). */
    const void *mapping;
};

/** @return the index of a property, in any letter case, or -1 */
int cim_class_property_index(const cim_class_t *cls, const char *name);
const cim_property_t *cim_class_property(const cim_class_t *cls,
                                         const char *name);
const cim_method_t *cim_class_method(const cim_class_t *cls, const char *name);
/** @return true if cls is `name` or below it */
int cim_class_is_a(const cim_class_t *cls, const char *name);
/** The qualifier of that name, or NULL. */
const cim_qualifier_t *cim_qualifier_find(const cim_qualifier_t *qualifiers,
                                          int nqualifiers, const char *name);
/** @return true if the boolean qualifier is there and true */
int cim_qualifier_true(const cim_qualifier_t *qualifiers, int nqualifiers,
                       const char *name);
/** "uint32", "string", ... */
const char *cim_type_name(cim_type_e type);
/** @return CIM_NONE if there is no such type */
cim_type_e cim_type_by_name(const char *name);

#endif
