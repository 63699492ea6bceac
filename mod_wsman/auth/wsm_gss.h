/* wsm_gss.h - the accepting side of a GSSAPI handshake, and the sealing of
 * messages with what came of it.
 *
 * A context begins FRESH, takes the client's tokens leg by leg, and ends
 * ESTABLISHED or FAILED; a failed one is good for nothing more.  It lives as
 * long as its pool, and belongs to one connection: nothing here locks.
 *
 * Tokens are those of SPNEGO, bare Kerberos ones and bare NTLMSSP ones: the
 * library tells them apart.  The acceptor's credential has no name, so that the
 * ticket may be for any key of the keytab; which services' tickets count is
 * checked afterwards (HTTP, host, WSMAN).
 */
#ifndef WSM_GSS_H
#define WSM_GSS_H

#include <apr_time.h>

#include "../base/wsm_error.h"

#define WSM_GSS_KERBEROS 1
#define WSM_GSS_NTLM     2

/** What one place accepts. */
typedef struct wsm_gss_acceptor_t {
    unsigned mechanisms; /* WSM_GSS_KERBEROS, WSM_GSS_NTLM */
    /** Channel binding (RFC 5929 4): "tls-server-end-point:" and the hash;
     *  NULL: there is none to check. */
    const char *binding;
    apr_size_t binding_length;
    int requires_binding; /* clients that bind to no channel are refused */
} wsm_gss_acceptor_t;

typedef struct wsm_gss_data_t {
    unsigned char *data; /* NULL: none */
    apr_size_t length;
} wsm_gss_data_t;

typedef enum wsm_gss_state_e {
    WSM_GSS_FRESH,
    WSM_GSS_CONTINUE, /* the client must send another token */
    WSM_GSS_ESTABLISHED,
    WSM_GSS_FAILED
} wsm_gss_state_e;

typedef struct wsm_gss_t wsm_gss_t;

wsm_gss_t *wsm_gss_make(apr_pool_t *pool);
wsm_gss_state_e wsm_gss_state(const wsm_gss_t *gss);

/** Is it the first token of a handshake, rather than one that goes on? */
int wsm_gss_token_begins(const unsigned char *token, apr_size_t length);

/** Takes a token.  On success the state is CONTINUE or ESTABLISHED, on an error
 *  FAILED.
 *  @param answer  the token for the client; in `pool` */
wsm_error_t *wsm_gss_accept(wsm_gss_t *gss, const wsm_gss_acceptor_t *acceptor,
                            wsm_gss_data_t token, wsm_gss_data_t *answer,
                            apr_pool_t *pool);

/* Of an established context: */

/** As the mechanism writes it: "alice@REALM", "DOMAIN\alice". */
const char *wsm_gss_user(const wsm_gss_t *gss);
/** WSM_GSS_KERBEROS or WSM_GSS_NTLM */
unsigned wsm_gss_mechanism(const wsm_gss_t *gss);
/** @return true if the client's ticket is no longer good */
int wsm_gss_is_expired(const wsm_gss_t *gss, apr_time_t now);
/** @return true if messages can be sealed: the client has asked for it */
int wsm_gss_can_seal(const wsm_gss_t *gss);

/** Seals a message (MS-WSMV 2.2.9.1): its header is the token of RFC 4121 or
 *  the signature of MS-NLMP, and as much as there was of plain text is sealed.
 */
wsm_error_t *wsm_gss_seal(wsm_gss_t *gss, wsm_gss_data_t plain,
                          wsm_gss_data_t *header, wsm_gss_data_t *sealed,
                          apr_pool_t *pool);
/** Opens one.  `message` is header and sealed text in one piece, and is
 *  overwritten.  A replayed, missing or altered message is an error, after
 *  which the context has FAILED.
 *  @param plain  in `message` or in `pool` */
wsm_error_t *wsm_gss_unseal(wsm_gss_t *gss, wsm_gss_data_t message,
                            apr_size_t header_length, wsm_gss_data_t *plain,
                            apr_pool_t *pool);

#endif
