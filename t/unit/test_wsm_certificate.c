/* test_wsm_certificate.c - names and issuers of certificates. */
#include "certificates.h"

static apr_pool_t *pool;

static int setup(void **state)
{
    (void)state;
    return apr_pool_create(&pool, NULL);
}

static int teardown(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    return 0;
}

static wsm_certificate_t *read_with(const t_owner_t *owner,
                                    const wsm_certificate_data_t *candidates,
                                    int n, X509_STORE *store)
{
    wsm_certificate_t *made = NULL;

    assert_null(wsm_certificate_read(&made, t_der(owner, pool), candidates, n,
                                     store, pool));
    return made;
}

static const char *joined(const char *const *words)
{
    const char *text = "";

    for (; *words != NULL; words++)
        text = apr_pstrcat(pool, text, *text ? "|" : "", *words, NULL);
    return text;
}

static void names_are_those_that_count(void **state)
{
#define UPN "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:"
    static const struct {
        const char *name, *names, *found;
    } rows[] = {
        {"alice", NULL, "alice"},
        {NULL, NULL, ""},
        {NULL, "email:alice@example.org", "alice@example.org"},
        {"alice", "DNS:a.example,email:alice@example.org",
         "a.example|alice@example.org|alice"},
        {"alice", "email:mail@example.org," UPN "upn@example.org,DNS:d.example",
         "upn@example.org|alice"},
        {"alice", UPN "one@x," UPN "two@x", "one@x|two@x|alice"},
        /* of another kind, and of another type */
        {"alice", "otherName:1.2.3.4;UTF8:upn@x,IP:127.0.0.1,URI:http://x",
         "alice"},
        {"alice", "otherName:1.3.6.1.4.1.311.20.2.3;IA5:upn@x", "alice"},
        {"\xc3\xa4lice", NULL, "\xc3\xa4lice"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        t_owner_t owner = t_certify(rows[i].name, rows[i].names, NULL);

        assert_string_equal(joined(read_with(&owner, NULL, 0, NULL)->names),
                            rows[i].found);
        t_forget(&owner);
    }
}

/* "CN=Users,CN=alice" is not Users. */
static void the_last_common_name_counts(void **state)
{
    t_owner_t owner = t_certify("Users", NULL, NULL);

    (void)state;
    X509_NAME_add_entry_by_txt(X509_get_subject_name(owner.x509), "CN",
                               MBSTRING_UTF8, (const unsigned char *)"alice",
                               -1, -1, 0);
    t_sign(&owner, NULL);
    assert_string_equal(joined(read_with(&owner, NULL, 0, NULL)->names),
                        "alice");
    t_forget(&owner);
}

static void add_dns(GENERAL_NAMES *all, const char *text, int length)
{
    GENERAL_NAME *one = GENERAL_NAME_new();
    ASN1_IA5STRING *value = ASN1_IA5STRING_new();

    ASN1_STRING_set(value, text, length);
    GENERAL_NAME_set0_value(one, GEN_DNS, value);
    sk_GENERAL_NAME_push(all, one);
}

/* What reads as one name to some and as another to others is none. */
static void names_with_nuls_do_not_count(void **state)
{
    t_owner_t owner = t_certify("a", NULL, NULL);
    GENERAL_NAMES *all = GENERAL_NAMES_new();

    (void)state;
    add_dns(all, "admin\0.example.org", 18);
    add_dns(all, "admin\n", 6);
    add_dns(all, "", 0);
    add_dns(all, "good.example", 12);
    X509_add1_ext_i2d(owner.x509, NID_subject_alt_name, all, 0, 0);
    GENERAL_NAMES_free(all);
    t_sign(&owner, NULL);
    assert_string_equal(joined(read_with(&owner, NULL, 0, NULL)->names),
                        "good.example|a");
    t_forget(&owner);
}

static void many_names_are_bounded(void **state)
{
    t_owner_t owner = t_certify("a", NULL, NULL);
    GENERAL_NAMES *all = GENERAL_NAMES_new();
    const char *const *names;
    int i;

    (void)state;
    for (i = 0; i < 200; i++)
        add_dns(all, "good.example", 12);
    X509_add1_ext_i2d(owner.x509, NID_subject_alt_name, all, 0, 0);
    GENERAL_NAMES_free(all);
    t_sign(&owner, NULL);
    names = read_with(&owner, NULL, 0, NULL)->names;
    for (i = 0; names[i] != NULL; i++)
        ;
    assert_int_equal(i, WSM_CERTIFICATE_NAMES);
    t_forget(&owner);
}

/* Two such extensions: which of them would count? */
static void doubled_names_are_refused(void **state)
{
    t_owner_t owner = t_certify("a", "DNS:one.example", NULL);
    wsm_certificate_t *made = NULL;

    (void)state;
    t_add_extension(owner.x509, NID_subject_alt_name, "DNS:two.example");
    t_sign(&owner, NULL);
    assert_non_null(
        wsm_certificate_read(&made, t_der(&owner, pool), NULL, 0, NULL, pool));
    assert_null(made);
    t_forget(&owner);
}

static const char *print_of(const t_owner_t *owner)
{
    return wsm_certificate_thumbprint(t_der(owner, pool), pool);
}

static void thumbprints(void **state)
{
    t_owner_t owner = t_certify("a", NULL, NULL);
    wsm_certificate_data_t junk = {"junk", 4};
    wsm_certificate_t *made = NULL;

    (void)state;
    assert_int_equal(strlen(print_of(&owner)), 40);
    assert_int_equal(strspn(print_of(&owner), "0123456789ABCDEF"), 40);
    assert_string_equal(wsm_certificate_thumbprint(t_pem(&owner, pool), pool),
                        print_of(&owner));
    assert_null(wsm_certificate_thumbprint(junk, pool));
    assert_null(
        wsm_certificate_read(&made, t_pem(&owner, pool), NULL, 0, NULL, pool));
    assert_string_equal(made->thumbprint, print_of(&owner));
    assert_true(made->from < apr_time_now() && apr_time_now() < made->until);
    assert_true(made->until < apr_time_now() + apr_time_from_sec(3700));
    t_forget(&owner);
}

static void who_signs_itself_is_its_issuer(void **state)
{
    t_owner_t owner = t_certify("a", NULL, NULL);

    (void)state;
    assert_string_equal(joined(read_with(&owner, NULL, 0, NULL)->issuers),
                        print_of(&owner));
    t_forget(&owner);
}

/* Only who has signed it: not who has signed that one, not who has the same
 * name, not who is merely sent along. */
static void issuers_have_signed(void **state)
{
    t_owner_t root = t_certify("root", NULL, NULL);
    t_owner_t middle = t_certify("middle", NULL, &root);
    t_owner_t namesake = t_certify("middle", NULL, NULL);
    t_owner_t stranger = t_certify("stranger", NULL, NULL);
    t_owner_t owner = t_certify("a", NULL, &middle);
    const wsm_certificate_data_t all[] = {
        t_der(&root, pool),     t_der(&namesake, pool), {"junk", 4},
        t_der(&stranger, pool), t_pem(&middle, pool),   {NULL, 0},
        t_der(&owner, pool)};
    X509_STORE *store = X509_STORE_new();

    (void)state;
    assert_string_equal(joined(read_with(&owner, NULL, 0, NULL)->issuers), "");
    assert_string_equal(joined(read_with(&owner, all, 4, NULL)->issuers), "");
    assert_string_equal(joined(read_with(&owner, all, 7, NULL)->issuers),
                        print_of(&middle));
    assert_string_equal(joined(read_with(&owner, NULL, 0, store)->issuers), "");
    X509_STORE_add_cert(store, root.x509);
    X509_STORE_add_cert(store, namesake.x509);
    assert_string_equal(joined(read_with(&owner, NULL, 0, store)->issuers), "");
    X509_STORE_add_cert(store, middle.x509);
    assert_string_equal(joined(read_with(&owner, NULL, 0, store)->issuers),
                        print_of(&middle));
    X509_STORE_free(store);
    t_forget(&root);
    t_forget(&middle);
    t_forget(&namesake);
    t_forget(&stranger);
    t_forget(&owner);
}

static void what_is_no_certificate(void **state)
{
    t_owner_t owner = t_certify("a", NULL, NULL);
    wsm_certificate_data_t der = t_der(&owner, pool);
    wsm_certificate_data_t longer = {apr_pcalloc(pool, der.length + 1),
                                     der.length + 1};
    wsm_certificate_t *made = NULL;
    apr_size_t i;

    (void)state;
    for (i = 0; i < der.length; i++) {
        wsm_certificate_data_t cut = {der.data, i};

        assert_non_null(wsm_certificate_read(&made, cut, NULL, 0, NULL, pool));
    }
    memcpy((void *)(uintptr_t)longer.data, der.data, der.length);
    assert_non_null(wsm_certificate_read(&made, longer, NULL, 0, NULL, pool));
    longer.data = apr_pcalloc(pool, 2 * WSM_CERTIFICATE_MAX);
    longer.length = 2 * WSM_CERTIFICATE_MAX;
    assert_non_null(wsm_certificate_read(&made, longer, NULL, 0, NULL, pool));
    assert_null(made);
    t_forget(&owner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_those_that_count),
        cmocka_unit_test(the_last_common_name_counts),
        cmocka_unit_test(names_with_nuls_do_not_count),
        cmocka_unit_test(many_names_are_bounded),
        cmocka_unit_test(doubled_names_are_refused),
        cmocka_unit_test(thumbprints),
        cmocka_unit_test(who_signs_itself_is_its_issuer),
        cmocka_unit_test(issuers_have_signed),
        cmocka_unit_test(what_is_no_certificate),
    };

    apr_initialize();
    return cmocka_run_group_tests(tests, setup, teardown);
}
