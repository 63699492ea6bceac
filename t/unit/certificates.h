/* certificates.h - makes certificates for tests. */
#ifndef CERTIFICATES_H
#define CERTIFICATES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_strings.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "../../mod_wsman/auth/wsm_certificate.h"

typedef struct t_owner_t {
    X509 *x509;
    EVP_PKEY *key;
} t_owner_t;

static inline void t_add_extension(X509 *x509, int nid, const char *value)
{
    X509_EXTENSION *extension;
    X509V3_CTX context;

    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, x509, x509, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    assert_non_null(extension);
    assert_true(X509_add_ext(x509, extension, -1));
    X509_EXTENSION_free(extension);
}

static inline void t_sign(const t_owner_t *owner, const t_owner_t *issuer)
{
    if (issuer == NULL)
        issuer = owner;
    X509_set_issuer_name(owner->x509, X509_get_subject_name(issuer->x509));
    assert_true(X509_sign(owner->x509, issuer->key, EVP_sha256()) > 0);
}

/** @param name    its common name, or NULL
 *  @param names   subjectAltName in OpenSSL's own words, or NULL
 *  @param issuer  NULL: itself */
static inline t_owner_t t_certify(const char *name, const char *names,
                                  const t_owner_t *issuer)
{
    t_owner_t owner = {X509_new(), EVP_EC_gen("P-256")};
    X509_NAME *subject = X509_get_subject_name(owner.x509);

    X509_set_version(owner.x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(owner.x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(owner.x509), -60);
    X509_gmtime_adj(X509_getm_notAfter(owner.x509), 3600);
    X509_set_pubkey(owner.x509, owner.key);
    X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8,
                               (const unsigned char *)"tests", -1, -1, 0);
    if (name != NULL)
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                   (const unsigned char *)name, -1, -1, 0);
    if (names != NULL)
        t_add_extension(owner.x509, NID_subject_alt_name, names);
    t_sign(&owner, issuer);
    return owner;
}

static inline void t_forget(t_owner_t *owner)
{
    X509_free(owner->x509);
    EVP_PKEY_free(owner->key);
    owner->x509 = NULL;
    owner->key = NULL;
}

static inline wsm_certificate_data_t t_der(const t_owner_t *owner,
                                           apr_pool_t *pool)
{
    unsigned char *bytes = NULL;
    int length = i2d_X509(owner->x509, &bytes);
    wsm_certificate_data_t data = {apr_pmemdup(pool, bytes, (apr_size_t)length),
                                   (apr_size_t)length};

    OPENSSL_free(bytes);
    return data;
}

static inline wsm_certificate_data_t t_pem(const t_owner_t *owner,
                                           apr_pool_t *pool)
{
    BIO *bio = BIO_new(BIO_s_mem());
    wsm_certificate_data_t data;
    char *text;

    PEM_write_bio_X509(bio, owner->x509);
    data.length = (apr_size_t)BIO_get_mem_data(bio, &text);
    data.data = apr_pmemdup(pool, text, data.length);
    BIO_free(bio);
    return data;
}

#endif
