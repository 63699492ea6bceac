/* wsm_gss.c - accepts GSSAPI contexts. */
#include "wsm_gss_private.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "wsm_ntlm.h"

#define MOST_LEGS 8
#define MOST_NAME 1024

#define OID(octets)                                                            \
    {                                                                          \
        sizeof(octets) - 1, (void *)(octets)                                   \
    }

static const gss_OID_desc krb5 = OID("\x2a\x86\x48\x86\xf7\x12\x01\x02\x02");
/* What Windows calls it in SPNEGO */
static const gss_OID_desc krb5_wrong =
    OID("\x2a\x86\x48\x82\xf7\x12\x01\x02\x02");
static const gss_OID_desc ntlmssp =
    OID("\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a");
static const gss_OID_desc spnego = OID("\x2b\x06\x01\x05\x05\x02");

static const struct {
    const gss_OID_desc *oid;
    unsigned mechanism;
} mechanisms[] = {
    {&krb5, WSM_GSS_KERBEROS},
    {&krb5_wrong, WSM_GSS_KERBEROS},
    {&ntlmssp, WSM_GSS_NTLM},
};

/* Whose tickets are for us (client-interop: clients ask for any of them) */
static const char *const services[] = {"HTTP/", "host/", "WSMAN/"};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *status_text(const char *text, OM_uint32 status, int type,
                               apr_pool_t *pool)
{
    OM_uint32 minor, more = 0;
    gss_buffer_desc line;

    do {
        if (GSS_ERROR(gss_display_status(&minor, status, type, GSS_C_NO_OID,
                                         &more, &line)))
            break;
        text = apr_psprintf(pool, "%s%s%.*s", text, *text ? ", " : "",
                            (int)line.length, (const char *)line.value);
        gss_release_buffer(&minor, &line);
    } while (more != 0);
    return text;
}

static void drop(wsm_gss_t *gss)
{
    OM_uint32 minor;

    if (gss->context != GSS_C_NO_CONTEXT)
        gss_delete_sec_context(&minor, &gss->context, GSS_C_NO_BUFFER);
    gss->context = GSS_C_NO_CONTEXT;
    gss->user = NULL;
}

wsm_error_t *wsm_gss_fail(wsm_gss_t *gss, const char *what, OM_uint32 major,
                          OM_uint32 minor, apr_pool_t *pool)
{
    const char *text = "";

    gss->state = WSM_GSS_FAILED;
    drop(gss);
    if (major != GSS_S_COMPLETE)
        text = status_text(text, major, GSS_C_GSS_CODE, pool);
    if (minor != 0)
        text = status_text(text, minor, GSS_C_MECH_CODE, pool);
    return wsm_fail(pool, WSMAN_E_ACCESS_DENIED, "%s%s%s", what,
                    *text ? ": " : "", text);
}

static apr_status_t clean_up(void *data)
{
    drop(data);
    return APR_SUCCESS;
}

wsm_gss_t *wsm_gss_make(apr_pool_t *pool)
{
    wsm_gss_t *gss = apr_pcalloc(pool, sizeof(*gss));

    gss->pool = pool;
    gss->context = GSS_C_NO_CONTEXT;
    apr_pool_cleanup_register(pool, gss, clean_up, apr_pool_cleanup_null);
    return gss;
}

wsm_gss_state_e wsm_gss_state(const wsm_gss_t *gss)
{
    return gss->state;
}

/* RFC 2743 3.1, RFC 4120 5.5.1 (AP-REQ without framing), MS-NLMP 2.2.1.1 */
int wsm_gss_token_begins(const unsigned char *token, apr_size_t length)
{
    static const char negotiate[] = "NTLMSSP\0\1\0\0";

    if (length > 0 && (token[0] == 0x60 || token[0] == 0x6e))
        return 1;
    return length >= sizeof(negotiate) &&
           memcmp(token, negotiate, sizeof(negotiate)) == 0;
}

/* ---- the acceptor's credential */

static int is_among(const gss_OID_desc *oid, const gss_OID_set_desc *set)
{
    size_t i;

    for (i = 0; set != NULL && i < set->count; i++) {
        if (gss_oid_equal((gss_OID)oid, &set->elements[i]))
            return 1;
    }
    return 0;
}

/* What is allowed and installed */
static gss_OID_set_desc *choose(gss_OID_set_desc *set, gss_OID_desc *elements,
                                const wsm_gss_acceptor_t *acceptor)
{
    gss_OID_set installed = GSS_C_NO_OID_SET;
    OM_uint32 minor;

    set->count = 0;
    set->elements = elements;
    if (GSS_ERROR(gss_indicate_mechs(&minor, &installed)))
        return set;
    if ((acceptor->mechanisms & WSM_GSS_KERBEROS) && is_among(&krb5, installed))
        elements[set->count++] = krb5;
    if ((acceptor->mechanisms & WSM_GSS_NTLM) && is_among(&ntlmssp, installed))
        elements[set->count++] = ntlmssp;
    gss_release_oid_set(&minor, &installed);
    return set;
}

/* Made for each handshake: a keytab that changes counts at once, and threads
 * share nothing.
 *
 * gss-ntlmssp (1.2.0) crashes in gss_inquire_context() when its credential was
 * made without a name; nothing here calls that for a context of its. */
static OM_uint32 acquire(gss_cred_id_t *credential, OM_uint32 *minor,
                         const wsm_gss_acceptor_t *acceptor)
{
    gss_OID_desc elements[3];
    gss_OID_set_desc set;
    size_t inner = choose(&set, elements, acceptor)->count;
    OM_uint32 major;

    *minor = 0;
    if (inner == 0)
        return GSS_S_BAD_MECH;
    elements[set.count++] = spnego;
    major = gss_acquire_cred(minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &set,
                             GSS_C_ACCEPT, credential, NULL, NULL);
    if (GSS_ERROR(major))
        return major;
    set.count = inner;
    return gss_set_neg_mechs(minor, *credential, &set);
}

/* ---- who it is */

/* gss-ntlmssp counts the NUL behind a name, too. */
static const char *name_text(gss_name_t name, gss_OID *type, apr_pool_t *pool)
{
    gss_buffer_desc buffer = GSS_C_EMPTY_BUFFER;
    const char *text = NULL;
    OM_uint32 minor;
    size_t i;

    if (GSS_ERROR(gss_display_name(&minor, name, &buffer, type)))
        return NULL;
    while (buffer.length > 0 &&
           ((const char *)buffer.value)[buffer.length - 1] == '\0')
        buffer.length--;
    for (i = 0; i < buffer.length; i++) {
        unsigned char c = ((const unsigned char *)buffer.value)[i];

        if (c < 0x20 || c == 0x7f)
            break;
    }
    if (i == buffer.length && i > 0 && i <= MOST_NAME)
        text = apr_pstrmemdup(pool, buffer.value, buffer.length);
    gss_release_buffer(&minor, &buffer);
    return text;
}

static int is_our_service(wsm_gss_t *gss, apr_pool_t *pool)
{
    gss_name_t name = GSS_C_NO_NAME;
    const char *text = NULL;
    OM_uint32 minor;
    size_t i;

    if (gss->mechanism != WSM_GSS_KERBEROS)
        return 1;
    if (!GSS_ERROR(gss_inquire_context(&minor, gss->context, NULL, &name, NULL,
                                       NULL, NULL, NULL, NULL)) &&
        name != GSS_C_NO_NAME)
        text = name_text(name, NULL, pool);
    gss_release_name(&minor, &name);
    for (i = 0; text != NULL && i < COUNT(services); i++) {
        if (strncasecmp(text, services[i], strlen(services[i])) == 0)
            return 1;
    }
    return 0;
}

static unsigned mechanism_of(const gss_OID_desc *oid)
{
    size_t i;

    for (i = 0; oid != NULL && i < COUNT(mechanisms); i++) {
        if (gss_oid_equal((gss_OID)oid, (gss_OID)mechanisms[i].oid))
            return mechanisms[i].mechanism;
    }
    return 0;
}

static wsm_error_t *establish(wsm_gss_t *gss,
                              const wsm_gss_acceptor_t *acceptor,
                              gss_name_t client, const gss_OID_desc *mechanism,
                              OM_uint32 seconds, apr_pool_t *pool)
{
    gss_OID type = GSS_C_NO_OID;

    gss->mechanism = mechanism_of(mechanism) & acceptor->mechanisms;
    if (gss->mechanism == 0)
        return wsm_gss_fail(gss, "the mechanism is not accepted here", 0, 0,
                            pool);
    if (client != GSS_C_NO_NAME)
        gss->user = name_text(client, &type, gss->pool);
    if (gss->user == NULL || (gss->flags & GSS_C_ANON_FLAG) != 0 ||
        (type != GSS_C_NO_OID && gss_oid_equal(type, GSS_C_NT_ANONYMOUS)))
        return wsm_gss_fail(gss, "the client has no name that can be used", 0,
                            0, pool);
    if (!is_our_service(gss, pool))
        return wsm_gss_fail(gss, "the ticket is for another service", 0, 0,
                            pool);
    if (acceptor->requires_binding &&
        (gss->flags & GSS_C_CHANNEL_BOUND_FLAG) == 0)
        return wsm_gss_fail(gss, "the client binds to no channel", 0, 0, pool);
    if (seconds != GSS_C_INDEFINITE)
        gss->expires = apr_time_now() + apr_time_from_sec(seconds);
    gss->state = WSM_GSS_ESTABLISHED;
    return NULL;
}

/* ---- the handshake */

static void take_answer(wsm_gss_data_t *answer, gss_buffer_desc *output,
                        apr_pool_t *pool)
{
    OM_uint32 minor;

    if (output->length > 0) {
        answer->data = apr_pmemdup(pool, output->value, output->length);
        answer->length = output->length;
    }
    gss_release_buffer(&minor, output);
}

static wsm_error_t *take_token(wsm_gss_t *gss,
                               const wsm_gss_acceptor_t *acceptor,
                               gss_cred_id_t credential, wsm_gss_data_t token,
                               wsm_gss_data_t *answer, apr_pool_t *pool)
{
    struct gss_channel_bindings_struct binding = {0};
    gss_buffer_desc input = {token.length, token.data};
    gss_buffer_desc output = GSS_C_EMPTY_BUFFER;
    gss_name_t client = GSS_C_NO_NAME;
    gss_OID mechanism = GSS_C_NO_OID;
    OM_uint32 major, minor, ignored, seconds = 0;
    wsm_error_t *err = NULL;

    binding.application_data.value = (void *)acceptor->binding;
    binding.application_data.length = acceptor->binding_length;
    major = gss_accept_sec_context(
        &minor, &gss->context, credential, &input,
        acceptor->binding ? &binding : GSS_C_NO_CHANNEL_BINDINGS, &client,
        &mechanism, &output, &gss->flags, &seconds, NULL);
    take_answer(answer, &output, pool);
    if (GSS_ERROR(major))
        err =
            wsm_gss_fail(gss, "the token is not accepted", major, minor, pool);
    else if ((major & GSS_S_CONTINUE_NEEDED) != 0)
        gss->state = WSM_GSS_CONTINUE;
    else
        err = establish(gss, acceptor, client, mechanism, seconds, pool);
    gss_release_name(&ignored, &client);
    return err;
}

wsm_error_t *wsm_gss_accept(wsm_gss_t *gss, const wsm_gss_acceptor_t *acceptor,
                            wsm_gss_data_t token, wsm_gss_data_t *answer,
                            apr_pool_t *pool)
{
    gss_cred_id_t credential = GSS_C_NO_CREDENTIAL;
    OM_uint32 major, minor;
    wsm_error_t *err;

    memset(answer, 0, sizeof(*answer));
    if (gss->state == WSM_GSS_FAILED || gss->state == WSM_GSS_ESTABLISHED ||
        ++gss->legs > MOST_LEGS)
        return wsm_gss_fail(gss, "the handshake does not go on like this", 0, 0,
                            pool);
    major = acquire(&credential, &minor, acceptor);
    if (GSS_ERROR(major))
        err = wsm_gss_fail(gss, "there is no credential to accept with", major,
                           minor, pool);
    else
        err = take_token(gss, acceptor, credential,
                         wsm_ntlm_complete(token, pool), answer, pool);
    gss_release_cred(&minor, &credential);
    return err;
}

const char *wsm_gss_user(const wsm_gss_t *gss)
{
    return gss->user;
}

unsigned wsm_gss_mechanism(const wsm_gss_t *gss)
{
    return gss->mechanism;
}

int wsm_gss_is_expired(const wsm_gss_t *gss, apr_time_t now)
{
    return gss->expires != 0 && now >= gss->expires;
}
