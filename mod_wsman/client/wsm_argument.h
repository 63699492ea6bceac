/* wsm_argument.h - properties and parameters as people write them, made into
 * the XML of an object.
 *
 *     Name=text            a value; repeated: an array
 *     Name={RESOURCE?K=v}  a reference
 *     Name@file            the text of a file, '-' is standard input
 *     Name:=null           NULL
 *     Name:=text:...       text, whatever it looks like
 *     Name:=datetime:...   2026-11-21T08:00:00Z, or the 25 characters of
 *                          DSP0004 5.2.4
 *     Name:=interval:...   PT1H30M
 */
#ifndef WSM_ARGUMENT_H
#define WSM_ARGUMENT_H

#include "../soap/wsm_epr.h"
#include "wsm_failure.h"

/** Makes the element `name` in the namespace of the target's resource URI, with
 *  a child for each argument; values of one name stand together, in their
 *  order.  Prefixes a and w must be bound around it.
 *  @param limit  bytes that a file may have
 *  Errors: WSM_FAILURE_USE. */
wsm_failure_t *wsm_arguments_xml(char **xml, const wsm_epr_t *target,
                                 const char *name, const char *const *arguments,
                                 int narguments, apr_size_t limit,
                                 apr_pool_t *pool);

/** Reads a whole file; '-' is standard input.
 *  Errors: WSM_FAILURE_USE (not readable, longer than `limit`). */
wsm_failure_t *wsm_argument_file(char **text, apr_size_t *length,
                                 const char *path, apr_size_t limit,
                                 apr_pool_t *pool);

/** Reads a file that is one XML element (a prolog is allowed) and gives the
 *  element as text. */
wsm_failure_t *wsm_argument_body(char **xml, const char *path, apr_size_t limit,
                                 apr_pool_t *pool);

#endif
