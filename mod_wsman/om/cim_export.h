/* cim_export.h - what a namespace of a repository holds, as MOF that compiles
 * back to the same: qualifier declarations, classes, stored instances.
 *
 * Page by page, so that each fits a reply and memory does not grow with the
 * number of instances.  The order is fixed: qualifiers by name, then classes as
 * enumerations walk them (each before its subclasses, siblings by name), then
 * their instances by key.  So the same repository gives the same text.
 *
 * System classes (names that begin with "__") are not exported, and of the
 * classes that a provider serves no instances.
 */
#ifndef CIM_EXPORT_H
#define CIM_EXPORT_H

#include "../provide/wsm_call.h"
#include "../xml/wsm_writer.h"

typedef struct cim_export_t {
    const wsm_call_t *call; /* whose repository; its scratch pool is used */
    const char *ns;
    int classes;            /* qualifiers and classes */
    int instances;          /* stored ones */
    int own;                /* not what the server's MOF files declare */
    const char *class_name; /* only the declaration of this one; NULL: all */
} cim_export_t;

/** Writes a page: as many declarations as fit.
 *  @param cursor  what the page before it set it to; NULL: the first page. Set
 *                 to NULL by the last one.
 *  @param room    bytes, counted as they are as text in XML
 *  Errors: WSMAN_E_INVALID_RESOURCE_URI for a namespace that is not there,
 *  WSMAN_E_DESTINATION_UNREACHABLE for a class, WSMAN_E_INVALID_PARAMETER for a
 *  cursor that is none, or whose class has gone meanwhile,
 *  WSMAN_E_ENCODING_MAX_ENVELOPE for a declaration larger than a page,
 *  WSMAN_E_ACCESS_DENIED (call->authorize_class) for instances of a class that
 *  the caller may not read. */
wsm_error_t *cim_export_page(wsm_writer_t *out, const char **cursor,
                             const cim_export_t *what, apr_size_t room,
                             apr_pool_t *pool);

#endif
