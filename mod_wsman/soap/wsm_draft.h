/* wsm_draft.h - the draft of WS-Management of June 2005, as Windows Server 2003
 * R2 speaks it (MS-WSMAN): a table of names.
 *
 * A request in the draft's names is given ours where it is read, once, in its
 * tree; so nothing behind that knows the draft, but for the few rules that are
 * not names.  Its reply is written with the draft's names.
 *
 * Resource URIs stay as they are: a client may use the draft's or ours
 * (cim_uri.h), and is answered in the same.
 */
#ifndef WSM_DRAFT_H
#define WSM_DRAFT_H

#include "../xml/wsm_xml.h"

/** Finds out whether an envelope is one of the draft: whether its headers are
 *  in the draft's namespace, or, where no header tells, that namespace is
 *  declared and DSP0226's is not.  If so, the tree is renamed.
 *  @return true if it is */
int wsm_draft_accept(xmlNode *envelope);

/** What the draft calls a namespace, an action, the beginning of a fault detail
 *  or a local name of ours; itself if it has no other name, or if `draft` is 0.
 *  It goes both ways: in a renamed tree the names are exchanged, so that what
 * is DSP0226's in it is nothing known, and what is given back to the client has
 *  the names that it had. */
const char *wsm_draft_name(int draft, const char *name);

/** The code whose fault the draft has for what DSP0226 has added one for. */
wsman_code_e wsm_draft_code(int draft, wsman_code_e code);

/** The number of f:WSManFault: the draft counts ERROR_WSMAN_* from 0x8000
 *  (MS-WSMAN 4.3). */
apr_uint32_t wsm_draft_number(int draft, apr_uint32_t number);

#endif
