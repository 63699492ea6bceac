/* wsm_epr.h - endpoint references of the default addressing model: an address,
 * a ResourceURI and selectors (DSP0226 5.1.2).
 */
#ifndef WSM_EPR_H
#define WSM_EPR_H

#include "../xml/wsm_writer.h"
#include "../xml/wsm_xml.h"

typedef struct wsm_epr_t wsm_epr_t;

typedef struct wsm_selector_t {
    const char *name;
    const char *value;    /* trimmed text; NULL if `epr` is set */
    const wsm_epr_t *epr; /* a nested reference, or NULL */
} wsm_selector_t;

struct wsm_epr_t {
    const char *address;      /* NULL: the one this message goes to */
    const char *resource_uri; /* NULL: none given */
    const wsm_selector_t *selectors;
    int nselectors;
};

/** Which WS-Addressing a message speaks; its replies speak the same. */
typedef enum wsm_addressing_e {
    WSM_ADDRESSING_2004,
    WSM_ADDRESSING_2005
} wsm_addressing_e;

/** The namespace and the anonymous address of an addressing. */
const char *wsm_addressing_ns(wsm_addressing_e addressing);
const char *wsm_addressing_anonymous(wsm_addressing_e addressing);

/** Reads the children of a w:SelectorSet.
 *  Errors: WSMAN_E_DUPLICATE_SELECTORS (R5.1.2.2-4; names in any letter case),
 *  WSMAN_E_ENCODING_SELECTOR_LIMIT (name > 2048, value > 4096 characters, more
 *  than 64 selectors, EPRs nested deeper than 8), WSMAN_E_INVALID_SELECTORS
 *  (no Name, foreign content). */
wsm_error_t *wsm_selectors_read(const wsm_selector_t **selectors,
                                int *nselectors, const xmlNode *set,
                                apr_pool_t *pool);

/** Reads the content of an element of type a:EndpointReferenceType, in either
 *  addressing; 2004/08 ReferenceProperties count as ReferenceParameters.
 *  Errors: those of wsm_selectors_read; WSMAN_E_ENCODING_URI_LIMIT. */
wsm_error_t *wsm_epr_read(wsm_epr_t *epr, const xmlNode *node,
                          apr_pool_t *pool);

/** Writes <a:Address/><a:ReferenceParameters>...: the content, not the element
 *  around it.  Prefixes a and w must be bound; nested references too use `a`.
 *  Without an address the anonymous one of `addressing` is written. */
void wsm_epr_write(wsm_writer_t *out, const wsm_epr_t *epr,
                   wsm_addressing_e addressing);

const wsm_selector_t *wsm_selector_find(const wsm_selector_t *selectors,
                                        int nselectors, const char *name);

#endif
