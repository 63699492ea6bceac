/* wsm_object.h - what came, as names and values, for who prints or compares it
 * without knowing the class.
 *
 * The wire does not say everything: an array with one item looks like a plain
 * value and is read as one; types are known only where xsi:type names them.
 */
#ifndef WSM_OBJECT_H
#define WSM_OBJECT_H

#include "../xml/wsm_xml.h"

typedef struct wsm_object_t wsm_object_t;

typedef enum wsm_value_e {
    WSM_VALUE_NULL,      /* xsi:nil */
    WSM_VALUE_TEXT,      /* also datetimes: the text of cim:Datetime,
                            cim:Interval and the like */
    WSM_VALUE_NUMBER,    /* text, of a numeric xsi:type */
    WSM_VALUE_BOOLEAN,   /* text, of a boolean xsi:type */
    WSM_VALUE_REFERENCE, /* text: wsm_resource_text() */
    WSM_VALUE_OBJECT
} wsm_value_e;

typedef struct wsm_value_t {
    wsm_value_e kind;
    const char *text; /* NULL for NULL and objects */
    const wsm_object_t *object;
} wsm_value_t;

typedef struct wsm_property_t {
    const char *name; /* an attribute: "@Name"; text beside
                         attributes: "#text" */
    const wsm_value_t *values;
    int nvalues; /* more than one: an array; 0: not there */
} wsm_property_t;

struct wsm_object_t {
    const char *class_name;           /* the element's, or what xsi:type says */
    const wsm_property_t *properties; /* in the order of the first of a
                                         name */
    int nproperties;
};

/** Reads an element as an object, which does not point into the tree. */
const wsm_object_t *wsm_object_read(const xmlNode *element, apr_pool_t *pool);

/** The property of that name, in any letter case, or NULL. */
const wsm_property_t *wsm_object_property(const wsm_object_t *object,
                                          const char *name);

/** An object with `name` in front of its properties. */
const wsm_object_t *wsm_object_with(const wsm_object_t *object,
                                    const char *name, const char *text,
                                    apr_pool_t *pool);

/** An object with just these properties, in this order and spelling; those
 *  that it does not have are there without a value. */
const wsm_object_t *wsm_object_select(const wsm_object_t *object,
                                      const char *const *names, int nnames,
                                      apr_pool_t *pool);

/** The text of a reference, as wsm_resource_text() has it.
 *  @return NULL if the element is none of the default addressing model */
const char *wsm_object_reference(const xmlNode *element, apr_pool_t *pool);

#endif
