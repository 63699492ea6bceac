/* wsm_gss_private.h - shared by wsm_gss.c and wsm_gss_seal.c. */
#ifndef WSM_GSS_PRIVATE_H
#define WSM_GSS_PRIVATE_H

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>

#include "wsm_gss.h"

struct wsm_gss_t {
    wsm_gss_state_e state;
    apr_pool_t *pool;
    gss_ctx_id_t context;
    unsigned mechanism;
    OM_uint32 flags;
    apr_time_t expires; /* 0: never */
    const char *user;
    int legs;
    /* What has been unsealed last, of tokens that say it (RFC 4121) */
    int has_sequence;
    apr_uint64_t sequence;
};

/** The context is dropped, and what the library says is in the error. */
wsm_error_t *wsm_gss_fail(wsm_gss_t *gss, const char *what, OM_uint32 major,
                          OM_uint32 minor, apr_pool_t *pool);

#endif
