/* wsm_gss_seal.c - seals and opens messages with an established context. */
#include "wsm_gss_private.h"

#include <string.h>

#include <apr_strings.h>

/* MS-NLMP 2.2.2.9: what stands before the sealed text */
#define SIGNATURE 16

/* RFC 4121 4.2.6.2: token id, flags, filler, EC, RRC, SND_SEQ */
#define CFX_HEADER   16
#define CFX_SEQUENCE 8

int wsm_gss_can_seal(const wsm_gss_t *gss)
{
    return gss->state == WSM_GSS_ESTABLISHED &&
           (gss->flags & GSS_C_CONF_FLAG) != 0 &&
           (gss->flags & GSS_C_INTEG_FLAG) != 0;
}

/* ---- NTLM: the library knows no buffers of several parts, and puts the
 * signature first. */

static wsm_error_t *seal_ntlm(wsm_gss_t *gss, wsm_gss_data_t plain,
                              wsm_gss_data_t *header, wsm_gss_data_t *sealed,
                              apr_pool_t *pool)
{
    gss_buffer_desc input = {plain.length, plain.data};
    gss_buffer_desc output = GSS_C_EMPTY_BUFFER;
    OM_uint32 major, minor, ignored;
    unsigned char *copy;

    major = gss_wrap(&minor, gss->context, 1, GSS_C_QOP_DEFAULT, &input, NULL,
                     &output);
    if (major != GSS_S_COMPLETE || output.length != plain.length + SIGNATURE) {
        gss_release_buffer(&ignored, &output);
        return wsm_gss_fail(gss, "the reply cannot be sealed", major, minor,
                            pool);
    }
    copy = apr_pmemdup(pool, output.value, output.length);
    gss_release_buffer(&ignored, &output);
    header->data = copy;
    header->length = SIGNATURE;
    sealed->data = copy + SIGNATURE;
    sealed->length = plain.length;
    return NULL;
}

static OM_uint32 unseal_ntlm(const wsm_gss_t *gss, OM_uint32 *minor,
                             wsm_gss_data_t message, wsm_gss_data_t *plain)
{
    gss_buffer_desc input = {message.length, message.data};
    gss_buffer_desc output = GSS_C_EMPTY_BUFFER;
    OM_uint32 ignored;
    OM_uint32 major =
        gss_unwrap(minor, gss->context, &input, &output, NULL, NULL);

    if (major == GSS_S_COMPLETE && output.length != message.length - SIGNATURE)
        major = GSS_S_DEFECTIVE_TOKEN;
    if (major == GSS_S_COMPLETE) {
        memcpy(message.data, output.value, output.length);
        plain->data = message.data;
        plain->length = output.length;
    }
    gss_release_buffer(&ignored, &output);
    return major;
}

/* ---- Kerberos: header and text in buffers of their own; without one for the
 * trailer it is rotated into the header. */

static OM_uint32 size_header(const wsm_gss_t *gss, OM_uint32 *minor,
                             gss_iov_buffer_desc *iov, int n)
{
    return gss_wrap_iov_length(minor, gss->context, 1, GSS_C_QOP_DEFAULT, NULL,
                               iov, n);
}

static wsm_error_t *seal_kerberos(wsm_gss_t *gss, wsm_gss_data_t plain,
                                  wsm_gss_data_t *header,
                                  wsm_gss_data_t *sealed, apr_pool_t *pool)
{
    gss_iov_buffer_desc iov[3];
    OM_uint32 major, minor;
    int sealing = 0;

    memset(iov, 0, sizeof(iov));
    iov[0].type = GSS_IOV_BUFFER_TYPE_HEADER;
    iov[1].type = GSS_IOV_BUFFER_TYPE_DATA;
    iov[1].buffer.value = plain.data;
    iov[1].buffer.length = plain.length;
    iov[2].type = GSS_IOV_BUFFER_TYPE_PADDING;
    major = size_header(gss, &minor, iov, 3);
    if (major != GSS_S_COMPLETE)
        return wsm_gss_fail(gss, "the reply cannot be sealed", major, minor,
                            pool);
    sealed->length = plain.length + iov[2].buffer.length;
    sealed->data = apr_palloc(pool, sealed->length);
    memcpy(sealed->data, plain.data, plain.length);
    header->length = iov[0].buffer.length;
    header->data = apr_palloc(pool, header->length);
    iov[0].buffer.value = header->data;
    iov[1].buffer.value = sealed->data;
    iov[2].buffer.value = sealed->data + plain.length;
    major = gss_wrap_iov(&minor, gss->context, 1, GSS_C_QOP_DEFAULT, &sealing,
                         iov, 3);
    if (major != GSS_S_COMPLETE || !sealing)
        return wsm_gss_fail(gss, "the reply cannot be sealed", major, minor,
                            pool);
    sealed->length = plain.length + iov[2].buffer.length;
    return NULL;
}

/* Contexts whose client has asked neither for detection of replays nor for
 * order would take a message twice; on one connection there is one order. */
static int is_in_order(wsm_gss_t *gss, const wsm_gss_data_t message)
{
    apr_uint64_t sequence = 0;
    int i;

    if (message.length < CFX_HEADER || message.data[0] != 5 ||
        message.data[1] != 4)
        return (gss->flags & (GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG)) != 0;
    for (i = 0; i < 8; i++)
        sequence = (sequence << 8) | message.data[CFX_SEQUENCE + i];
    if (gss->has_sequence && sequence != gss->sequence + 1)
        return 0;
    gss->has_sequence = 1;
    gss->sequence = sequence;
    return 1;
}

static OM_uint32 unseal_kerberos(wsm_gss_t *gss, OM_uint32 *minor,
                                 wsm_gss_data_t message,
                                 apr_size_t header_length,
                                 wsm_gss_data_t *plain)
{
    gss_iov_buffer_desc iov[3];
    int was_sealed = 0;
    OM_uint32 major;

    *minor = 0;
    if (!is_in_order(gss, message))
        return GSS_S_UNSEQ_TOKEN;
    memset(iov, 0, sizeof(iov));
    iov[0].type = GSS_IOV_BUFFER_TYPE_HEADER;
    iov[0].buffer.value = message.data;
    iov[0].buffer.length = header_length;
    iov[1].type = GSS_IOV_BUFFER_TYPE_DATA;
    iov[1].buffer.value = message.data + header_length;
    iov[1].buffer.length = message.length - header_length;
    iov[2].type = GSS_IOV_BUFFER_TYPE_PADDING;
    major = gss_unwrap_iov(minor, gss->context, &was_sealed, NULL, iov, 3);
    if (major == GSS_S_COMPLETE && !was_sealed)
        return GSS_S_DEFECTIVE_TOKEN;
    plain->data = iov[1].buffer.value;
    plain->length = iov[1].buffer.length;
    return major;
}

wsm_error_t *wsm_gss_seal(wsm_gss_t *gss, wsm_gss_data_t plain,
                          wsm_gss_data_t *header, wsm_gss_data_t *sealed,
                          apr_pool_t *pool)
{
    if (!wsm_gss_can_seal(gss))
        return wsm_gss_fail(gss, "there is no key to seal with", 0, 0, pool);
    if (gss->mechanism == WSM_GSS_NTLM)
        return seal_ntlm(gss, plain, header, sealed, pool);
    return seal_kerberos(gss, plain, header, sealed, pool);
}

wsm_error_t *wsm_gss_unseal(wsm_gss_t *gss, wsm_gss_data_t message,
                            apr_size_t header_length, wsm_gss_data_t *plain,
                            apr_pool_t *pool)
{
    OM_uint32 major, minor = 0;

    if (!wsm_gss_can_seal(gss))
        return wsm_gss_fail(gss, "there is no key to unseal with", 0, 0, pool);
    if (header_length == 0 || header_length >= message.length ||
        (gss->mechanism == WSM_GSS_NTLM && header_length != SIGNATURE))
        return wsm_gss_fail(gss, "the sealed message has no such header", 0, 0,
                            pool);
    if (gss->mechanism == WSM_GSS_NTLM)
        major = unseal_ntlm(gss, &minor, message, plain);
    else
        major = unseal_kerberos(gss, &minor, message, header_length, plain);
    /* Whatever is not plain success: also "duplicate", "old", "gap" */
    if (major != GSS_S_COMPLETE)
        return wsm_gss_fail(gss, "the message cannot be unsealed", major, minor,
                            pool);
    return NULL;
}
