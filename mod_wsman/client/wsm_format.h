/* wsm_format.h - objects as text, XML, JSON or CSV, one after the other.
 *
 * Nothing is kept but the objects from which the header of CSV is made, so
 * memory does not grow with their number.
 *
 *   text  the class, then a line "Name = value" a property, the equals signs
 *         under each other; arrays {a, b}; NULL is nothing; a blank line
 *         between objects
 *   xml   the element as it came, indented; several in one
 *         <wsman:Results>, as winrm.cmd prints them
 *   json  an object a property; NULL is null, arrays are arrays, embedded
 *         objects are objects; values are strings unless the service said by
 *         xsi:type that they are numbers or booleans, or `typed` is set
 *   csv   RFC 4180: the header has all properties of the first 100 objects;
 *         NULL is an empty field, an empty text is "", arrays and objects are
 *         JSON
 *
 * References are resources as wsm_resource.h reads them.
 */
#ifndef WSM_FORMAT_H
#define WSM_FORMAT_H

#include "wsm_client.h"
#include "wsm_object.h"

typedef enum wsm_format_e {
    WSM_FORMAT_TEXT,
    WSM_FORMAT_XML,
    WSM_FORMAT_JSON,
    WSM_FORMAT_CSV
} wsm_format_e;

typedef struct wsm_format_config_t {
    wsm_format_e format;
    int list;                   /* any number of objects, not just one */
    int typed;                  /* JSON: what looks like a number or a boolean
                                   is one */
    int with_class;             /* JSON, CSV: __CLASS is the first property */
    const char *const *columns; /* only these properties; not for XML */
    int ncolumns;
    /** Takes the bytes.  @return 0: nobody wants them any more */
    int (*write)(void *baton, const char *data, apr_size_t length);
    /** Is told what the output leaves out.  May be NULL. */
    void (*warn)(void *baton, const char *text);
    void *baton;
} wsm_format_config_t;

typedef struct wsm_format_t wsm_format_t;

/** @return NULL if there is no such format: text, xml, json, csv */
int wsm_format_by_name(wsm_format_e *format, const char *name);

wsm_format_t *wsm_format_make(const wsm_format_config_t *config,
                              apr_pool_t *pool);

/** Writes an object, a reference, or (item->object and item->epr) both: the
 *  reference is then the property __PATH.
 *  @return 0 as write() did */
int wsm_format_item(wsm_format_t *format, const wsm_item_t *item,
                    apr_pool_t *scratch);
/** Writes a reference that is no element of an answer. */
int wsm_format_reference(wsm_format_t *format, const wsm_epr_t *epr,
                         apr_pool_t *scratch);
/** How many there were so far. */
apr_uint64_t wsm_format_count(const wsm_format_t *format);
/** Ends the output.  Of none at all there is output, too ("[]"): when things
 *  fail before the first, it is better not called. */
int wsm_format_end(wsm_format_t *format, apr_pool_t *scratch);

#endif
