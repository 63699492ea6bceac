/* wsm_echo.h - an element of a request as text for the reply.  Inside the room
 * soap/ only.
 */
#ifndef WSM_ECHO_H
#define WSM_ECHO_H

#include "wsm_epr.h"

/** Writes an element with all below it (comments are not in the tree), so that
 *  it means the same anywhere: the namespaces in scope are declared on it.
 *  @param extra  more attributes for the element, " a=\"b\"", or NULL
 *  @param draft  namespaces get the names back that they had (wsm_draft.h) */
void wsm_echo(wsm_writer_t *out, const xmlNode *element, const char *extra,
              int draft);

/** Writes the reference parameters (and properties) of an EPR as header blocks;
 *  2005/08 marks them (WS-Addressing 1.0 SOAP binding 3.4).
 *  @param limit  bytes of the writer
 *  @return NULL if it has none */
wsm_writer_t *wsm_echo_parameters(const xmlNode *epr, apr_size_t limit,
                                  wsm_addressing_e addressing, int draft,
                                  apr_pool_t *pool);

#endif
