/* wsm_certificate.h - what a client's certificate says of its owner, and who
 * signed it.
 *
 * Whether it is to be trusted is TLS's matter and has been decided before.
 */
#ifndef WSM_CERTIFICATE_H
#define WSM_CERTIFICATE_H

#include <apr_time.h>

#include "../base/wsm_error.h"

/** More than these are left out. */
#define WSM_CERTIFICATE_NAMES   64
#define WSM_CERTIFICATE_ISSUERS 16
/** Longer ones are refused. */
#define WSM_CERTIFICATE_MAX 65536

struct x509_store_st;

/** Bytes of a certificate: PEM or DER */
typedef struct wsm_certificate_data_t {
    const void *data;
    apr_size_t length;
} wsm_certificate_data_t;

typedef struct wsm_certificate_t {
    /** NULL-terminated, as UTF-8: user principal names; if there is none, mail
     *  addresses and DNS names; in any case the common name.  One that is
     *  empty or has control characters in it does not count. */
    const char *const *names;
    /** NULL-terminated: thumbprints of the certificates whose keys signed it,
     *  as far as they were found; its own, if it signed itself. */
    const char *const *issuers;
    const char *thumbprint; /* SHA-1: 40 digits, A to F in capitals */
    apr_time_t from;        /* it is good from then */
    apr_time_t until;       /* to then */
} wsm_certificate_t;

/** Reads one.
 *  @param candidates  certificates that may be those of issuers: whose name or
 *                     key does not fit, or that are none, do not count
 *  @param store       more of those; or NULL
 *  Errors: WSMAN_E_INVALID_PARAMETER, with the reason. */
wsm_error_t *wsm_certificate_read(wsm_certificate_t **certificate,
                                  wsm_certificate_data_t data,
                                  const wsm_certificate_data_t *candidates,
                                  int ncandidates, struct x509_store_st *store,
                                  apr_pool_t *pool);

/** The SHA-1 of a certificate, as above; NULL: it is none. */
const char *wsm_certificate_thumbprint(wsm_certificate_data_t data,
                                       apr_pool_t *pool);

#endif
