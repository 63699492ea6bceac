/* wsm_certificate.c - reads certificates with OpenSSL.
 */
#include "wsm_certificate.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>
#include <apr_tables.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define PEM_BEGIN "-----BEGIN"

/* Of a name */
#define MAX_NAME 1024

/* For a key that has a password, which a certificate has not: without it
 * OpenSSL would ask the terminal. */
static int no_password(char *buffer, int size, int writing, void *baton)
{
    (void)buffer;
    (void)size;
    (void)writing;
    (void)baton;
    return -1;
}

static X509 *read_pem(wsm_certificate_data_t data)
{
    BIO *bio = BIO_new_mem_buf(data.data, (int)data.length);
    X509 *x509 = bio ? PEM_read_bio_X509(bio, NULL, no_password, NULL) : NULL;

    BIO_free(bio);
    return x509;
}

static X509 *read_der(wsm_certificate_data_t data)
{
    const unsigned char *at = data.data;
    X509 *x509 = d2i_X509(NULL, &at, (long)data.length);

    if (x509 != NULL && at != (const unsigned char *)data.data + data.length) {
        X509_free(x509);
        return NULL;
    }
    return x509;
}

/* What OpenSSL has to say of it is not left in the thread's queue. */
static X509 *read_x509(wsm_certificate_data_t data)
{
    const apr_size_t prefix = sizeof(PEM_BEGIN) - 1;
    X509 *x509 = NULL;

    if (data.length > 0 && data.length <= WSM_CERTIFICATE_MAX)
        x509 = data.length > prefix && memcmp(data.data, PEM_BEGIN, prefix) == 0
                   ? read_pem(data)
                   : read_der(data);
    ERR_clear_error();
    return x509;
}

static const char *thumbprint_of(const X509 *x509, apr_pool_t *pool)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    char *hex;
    unsigned i;

    if (!X509_digest(x509, EVP_sha1(), hash, &length))
        return NULL;
    hex = apr_palloc(pool, 2 * length + 1);
    for (i = 0; i < length; i++)
        apr_snprintf(hex + 2 * i, 3, "%02X", hash[i]);
    return hex;
}

const char *wsm_certificate_thumbprint(wsm_certificate_data_t data,
                                       apr_pool_t *pool)
{
    X509 *x509 = read_x509(data);
    const char *text = x509 ? thumbprint_of(x509, pool) : NULL;

    X509_free(x509);
    return text;
}

/* ---- names */

static apr_array_header_t *make_list(apr_pool_t *pool)
{
    return apr_array_make(pool, 4, sizeof(const char *));
}

/* With a NUL in it, a name would be taken for another one. */
static int is_name(const unsigned char *text, int length)
{
    int i;

    if (length <= 0 || length > MAX_NAME)
        return 0;
    for (i = 0; i < length; i++) {
        if (text[i] < 0x20 || text[i] == 0x7f)
            return 0;
    }
    return 1;
}

static void add_name(apr_array_header_t *names, const ASN1_STRING *name)
{
    unsigned char *text = NULL;
    int length = name ? ASN1_STRING_to_UTF8(&text, name) : 0;

    if (names->nelts < WSM_CERTIFICATE_NAMES && is_name(text, length))
        APR_ARRAY_PUSH(names, const char *) =
            apr_pstrmemdup(names->pool, (char *)text, (apr_size_t)length);
    OPENSSL_free(text);
}

static void add_principal(apr_array_header_t *names, const OTHERNAME *other)
{
    if (OBJ_obj2nid(other->type_id) == NID_ms_upn &&
        other->value->type == V_ASN1_UTF8STRING)
        add_name(names, other->value->value.utf8string);
}

static void add_alternatives(apr_array_header_t *names, GENERAL_NAMES *all)
{
    int i;

    for (i = 0; i < sk_GENERAL_NAME_num(all); i++) {
        const GENERAL_NAME *one = sk_GENERAL_NAME_value(all, i);

        if (one->type == GEN_OTHERNAME)
            add_principal(names, one->d.otherName);
    }
    if (names->nelts > 0)
        return;
    for (i = 0; i < sk_GENERAL_NAME_num(all); i++) {
        const GENERAL_NAME *one = sk_GENERAL_NAME_value(all, i);

        if (one->type == GEN_EMAIL || one->type == GEN_DNS)
            add_name(names, one->d.ia5);
    }
}

/* The last one: what stands before it is where in a directory it is. */
static void add_common_name(apr_array_header_t *names, const X509 *x509)
{
    const X509_NAME *subject = X509_get_subject_name(x509);
    int last = -1;
    int i;

    while ((i = X509_NAME_get_index_by_NID(subject, NID_commonName, last)) >= 0)
        last = i;
    if (last >= 0)
        add_name(names,
                 X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, last)));
}

static int read_names(apr_array_header_t *names, const X509 *x509)
{
    int state;
    GENERAL_NAMES *all =
        X509_get_ext_d2i(x509, NID_subject_alt_name, &state, NULL);

    /* Two of the kind, or one that cannot be read */
    if (all == NULL && state != -1)
        return 0;
    add_alternatives(names, all);
    GENERAL_NAMES_free(all);
    add_common_name(names, x509);
    return 1;
}

/* ---- issuers */

static void add_issuer(apr_array_header_t *issuers, X509 *x509, X509 *issuer)
{
    const char *thumbprint;

    if (issuers->nelts >= WSM_CERTIFICATE_ISSUERS ||
        X509_NAME_cmp(X509_get_subject_name(issuer),
                      X509_get_issuer_name(x509)) != 0 ||
        X509_get0_pubkey(issuer) == NULL ||
        X509_verify(x509, X509_get0_pubkey(issuer)) != 1)
        return;
    thumbprint = thumbprint_of(issuer, issuers->pool);
    if (thumbprint != NULL)
        APR_ARRAY_PUSH(issuers, const char *) = thumbprint;
}

static void search_store(apr_array_header_t *issuers, X509 *x509,
                         struct x509_store_st *store)
{
    X509_STORE_CTX *search = X509_STORE_CTX_new();
    STACK_OF(X509) *found = NULL;
    int i;

    if (search != NULL && X509_STORE_CTX_init(search, store, x509, NULL))
        found = X509_STORE_CTX_get1_certs(search, X509_get_issuer_name(x509));
    for (i = 0; i < sk_X509_num(found); i++)
        add_issuer(issuers, x509, sk_X509_value(found, i));
    sk_X509_pop_free(found, X509_free);
    X509_STORE_CTX_free(search);
}

static void find_issuers(apr_array_header_t *issuers, X509 *x509,
                         const wsm_certificate_data_t *candidates,
                         int ncandidates, struct x509_store_st *store)
{
    int i;

    add_issuer(issuers, x509, x509);
    if (store != NULL)
        search_store(issuers, x509, store);
    for (i = 0; i < ncandidates && i < WSM_CERTIFICATE_ISSUERS; i++) {
        X509 *candidate = read_x509(candidates[i]);

        if (candidate != NULL)
            add_issuer(issuers, x509, candidate);
        X509_free(candidate);
    }
    ERR_clear_error();
}

/* ---- all of it */

static apr_time_t time_of(const ASN1_TIME *when, apr_time_t otherwise)
{
    apr_time_exp_t parts = {0};
    apr_time_t time;
    struct tm tm;

    if (!ASN1_TIME_to_tm(when, &tm))
        return otherwise;
    parts.tm_sec = tm.tm_sec;
    parts.tm_min = tm.tm_min;
    parts.tm_hour = tm.tm_hour;
    parts.tm_mday = tm.tm_mday;
    parts.tm_mon = tm.tm_mon;
    parts.tm_year = tm.tm_year;
    return apr_time_exp_gmt_get(&time, &parts) == APR_SUCCESS ? time
                                                              : otherwise;
}

static const char *const *list_of(apr_array_header_t *list)
{
    APR_ARRAY_PUSH(list, const char *) = NULL;
    return (const char *const *)list->elts;
}

static wsm_error_t *wrong(apr_pool_t *pool, const char *what)
{
    return wsm_fail(pool, WSMAN_E_INVALID_PARAMETER, "%s", what);
}

wsm_error_t *wsm_certificate_read(wsm_certificate_t **certificate,
                                  wsm_certificate_data_t data,
                                  const wsm_certificate_data_t *candidates,
                                  int ncandidates, struct x509_store_st *store,
                                  apr_pool_t *pool)
{
    wsm_certificate_t *made = apr_pcalloc(pool, sizeof(*made));
    apr_array_header_t *names = make_list(pool);
    apr_array_header_t *issuers = make_list(pool);
    X509 *x509 = read_x509(data);
    wsm_error_t *err = NULL;

    if (x509 == NULL)
        return wrong(pool, "This is no certificate.");
    made->thumbprint = thumbprint_of(x509, pool);
    /* What cannot be read is never. */
    made->from = time_of(X509_get0_notBefore(x509), APR_INT64_MAX);
    made->until = time_of(X509_get0_notAfter(x509), 0);
    if (made->thumbprint == NULL || !read_names(names, x509))
        err = wrong(pool, "The names of the certificate cannot be read.");
    else
        find_issuers(issuers, x509, candidates, ncandidates, store);
    X509_free(x509);
    ERR_clear_error();
    made->names = list_of(names);
    made->issuers = list_of(issuers);
    if (err == NULL)
        *certificate = made;
    return err;
}
