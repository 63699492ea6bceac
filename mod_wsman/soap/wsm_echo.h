/* wsm_echo.h - an element of a request as text for the reply.  Inside the room
 * soap/ only.
 */
#ifndef WSM_ECHO_H
#define WSM_ECHO_H

#include "../xml/wsm_writer.h"
#include "../xml/wsm_xml.h"

/** Writes an element with all below it (comments are not in the tree), so that
 *  it means the same anywhere: the namespaces in scope are declared on it.
 *  @param extra  more attributes for the element, " a=\"b\"", or NULL
 *  @param draft  namespaces get the names back that they had (wsm_draft.h) */
void wsm_echo(wsm_writer_t *out, const xmlNode *element, const char *extra,
              int draft);

#endif
