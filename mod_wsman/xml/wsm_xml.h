/* wsm_xml.h - a safe push parser, and walking its tree.
 *
 * The tree is libxml2's, of one envelope, freed with the pool.  Nothing of it
 * may be changed but by soap/wsm_draft.c; comments are not in it.  The parser
 * takes no DOCTYPE (it stops there: no entity is ever defined, no external one
 * ever loaded), no processing instruction, no more than `limit` bytes, 256
 * levels, 64 attributes of an element, 16 kB of a tag and 512 namespace
 * declarations in scope, and it never touches the network or the file system.
 */
#ifndef WSM_XML_H
#define WSM_XML_H

#include <libxml/tree.h>

#include "../base/wsm_error.h"

typedef struct wsm_xml_parser_t wsm_xml_parser_t;

/** Once a process, before threads (DSO unload never undoes it). */
void wsm_xml_init(void);

/** Starts a document.
 *  @param charset  what the transport says ("UTF-16"), or NULL; other names
 *         than UTF-8 and UTF-16 give WSMAN_E_ENCODING_CHARACTER_SET
 *  @param limit    bytes; one more gives WSMAN_E_ENCODING_SERVICE_ENVELOPE */
wsm_error_t *wsm_xml_parser_make(wsm_xml_parser_t **parser, const char *charset,
                                 apr_size_t limit, apr_pool_t *pool);
/** Takes the next bytes.  The first error stays the parser's. */
wsm_error_t *wsm_xml_parser_feed(wsm_xml_parser_t *parser, const char *data,
                                 apr_size_t length);
/** Ends the document.
 *  @param doc    the tree, for as long as the pool lives
 *  @param utf16  may be NULL; set to true if the text was UTF-16
 *  Errors: WSMAN_E_SCHEMA_VALIDATION (not well-formed, with line and column; a
 *  DOCTYPE; beyond the bounds above), WSMAN_E_ENCODING_SERVICE_ENVELOPE,
 *  WSMAN_E_ENCODING_CHARACTER_SET: an encoding that is not supported, with
 *  status APR_SUCCESS (R13.1-5: answer in UTF-8); charset, byte-order mark and
 *  XML declaration that contradict each other, with status APR_EINVAL (R13.1-8:
 *  the answer is HTTP 400).  UTF-16 without a mark is known by its first
 *  bytes. */
wsm_error_t *wsm_xml_parser_done(wsm_xml_parser_t *parser, xmlDocPtr *doc,
                                 int *utf16);

/** The three in one, for texts that are at hand. */
wsm_error_t *wsm_xml_parse(xmlDocPtr *doc, const char *data, apr_size_t length,
                           apr_size_t limit, apr_pool_t *pool);

/** @return true if `node` is the element {ns}name; ns NULL: any namespace */
int wsm_xml_is(const xmlNode *node, const char *ns, const char *name);
/** The namespace URI of an element, "" if it has none. */
const char *wsm_xml_ns(const xmlNode *node);
/** First child element; next sibling element; NULL if there is none. */
const xmlNode *wsm_xml_first(const xmlNode *parent);
const xmlNode *wsm_xml_next(const xmlNode *node);
/** First child element of that name, or NULL. */
const xmlNode *wsm_xml_child(const xmlNode *parent, const char *ns,
                             const char *name);
/** The next sibling element of the same name, or NULL. */
const xmlNode *wsm_xml_again(const xmlNode *node);

/** All text below, white space trimmed, in `pool`; never NULL.  Comments do
 *  not count (DSP0226 R13.1-10, -11). */
char *wsm_xml_text(const xmlNode *node, apr_pool_t *pool);
/** The same untrimmed. */
char *wsm_xml_raw_text(const xmlNode *node, apr_pool_t *pool);
/** An attribute's value, or NULL; ns NULL: an unqualified attribute. */
const char *wsm_xml_attr(const xmlNode *node, const char *ns, const char *name,
                         apr_pool_t *pool);
/** @return true for xsi:nil="true" */
int wsm_xml_nil(const xmlNode *node, apr_pool_t *pool);
/** Resolves a QName in the scope of `node`; *ns "" for none.
 *  @return 0 if the prefix is not declared or it is no QName */
int wsm_xml_qname(const xmlNode *node, const char *text, const char **ns,
                  const char **local, apr_pool_t *pool);

#endif
