/* wsm_certmap.h - whom a client's certificate makes (MS-WSMV 2.2.4.3,
 * 3.1.4.1.35).
 *
 * An entry says: who has a certificate that this issuer has signed, for such a
 * name, is that user, when resources of such URIs are asked for.
 *
 * The URI is known when the envelope has been read, which is long after it must
 * be known who asks.  So there are two questions: wsm_certmap_user(), before,
 * and wsm_certmap_allows(), after; and a certificate is one user at a place,
 * whatever is asked for.
 */
#ifndef WSM_CERTMAP_H
#define WSM_CERTMAP_H

#include <apr_tables.h>

#include "wsm_certificate.h"

typedef struct wsm_certmap_t {
    const char *issuer;  /* thumbprint: 40 digits, A to F in capitals */
    const char *subject; /* a name; "*" at one of its ends, or alone, is
                            anything */
    const char *uri;     /* "*" at its end, or alone, is anything */
    const char *user;
    int enabled;
} wsm_certmap_t;

/** Brings the issuer into its form (spaces and colons between the digits, and
 *  small letters, are taken), and checks the rest.
 *  @return NULL, or what is wrong */
const char *wsm_certmap_check(wsm_certmap_t *map, apr_pool_t *pool);

/** Are issuer, subject and URI, which name an entry, the same? */
int wsm_certmap_is_same(const wsm_certmap_t *a, const wsm_certmap_t *b);

/** In what follows, maps are wsm_certmap_t; of those with one name the first
 *  counts, and no other, be it enabled or not. */

/** Does the entry with this index count? */
int wsm_certmap_counts(const apr_array_header_t *maps, int i);

/** Is there anybody to become?  maps may be NULL. */
int wsm_certmap_has_users(const apr_array_header_t *maps);

/** Who the certificate's owner is: the user of the entries with the longest
 *  subject among those that fit.
 *  @return NULL: no entry fits, or they name several users */
const char *wsm_certmap_user(const apr_array_header_t *maps,
                             const wsm_certificate_t *certificate);

/** May this user, who has that certificate, ask for this URI?  Only if one
 *  entry is chosen as 3.1.4.1.35 says (issuer, URI and subject fit; the longest
 *  subject, then the longest URI), and it names the same user. */
int wsm_certmap_allows(const apr_array_header_t *maps,
                       const wsm_certificate_t *certificate, const char *user,
                       const char *uri);

#endif
