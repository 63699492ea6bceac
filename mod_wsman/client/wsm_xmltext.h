/* wsm_xmltext.h - an element as text of its own: with all the namespace
 * declarations that it takes from its surroundings, also for QNames in
 * xsi:type.
 */
#ifndef WSM_XMLTEXT_H
#define WSM_XMLTEXT_H

#include "../xml/wsm_writer.h"
#include "../xml/wsm_xml.h"

/** @param indent  -1: as it came; else elements that have no text beside their
 *         children are set on lines of their own, beginning at this depth (two
 *         blanks each), and a line's end follows */
void wsm_xmltext_write(wsm_writer_t *out, const xmlNode *element, int indent,
                       apr_pool_t *scratch);

/** As it came, in one piece. */
char *wsm_xmltext(const xmlNode *element, apr_pool_t *pool);

/** The content of an element: text escaped, elements as above. */
char *wsm_xmltext_content(const xmlNode *element, apr_pool_t *pool);

#endif
