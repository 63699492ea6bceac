/* test_wsm_client_transport.c - endpoints, and what a trace hides. */
#include "test_wsm_client_common.h"

static void test_endpoints(void **state)
{
    static const struct {
        const char *text;
        const char *url;
        const char *host;
        int tls, loopback;
    } cases[] = {
        {"server", "http://server:5985/wsman", "server", 0, 0},
        {"localhost:8080", "http://localhost:8080/wsman", "localhost", 0, 1},
        {"https://server", "https://server:5986/wsman", "server", 1, 0},
        {"https://server/", "https://server:5986/wsman", "server", 1, 0},
        {"http://server/a/b", "http://server:5985/a/b", "server", 0, 0},
        {"https://server:443/wsman?x=1", "https://server:443/wsman?x=1",
         "server", 1, 0},
        {"http://127.1.2.3/wsman", "http://127.1.2.3:5985/wsman", "127.1.2.3",
         0, 1},
        {"http://[::1]/wsman", "http://[::1]:5985/wsman", "::1", 0, 1},
        {"[2001:db8::1]:99", "http://[2001:db8::1]:99/wsman", "2001:db8::1", 0,
         0},
        {"http://127.0.0.1.example.org/",
         "http://127.0.0.1.example.org:5985/"
         "wsman",
         "127.0.0.1.example.org", 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        wsm_client_endpoint_t endpoint;
        assert_no_failure(
            wsm_client_endpoint_read(&endpoint, cases[i].text, pool));
        assert_string_equal(endpoint.url, cases[i].url);
        assert_string_equal(endpoint.host, cases[i].host);
        assert_int_equal(endpoint.tls, cases[i].tls);
        assert_int_equal(endpoint.loopback, cases[i].loopback);
    }
}

static void test_bad_endpoints(void **state)
{
    static const char *const cases[] = {
        "",
        "ftp://server/wsman",
        "file:///etc/passwd",
        "http://user@server/wsman",
        "http://user:secret@server/wsman",
        "http://:5985/wsman",
        "http://server:x/wsman",
        "http://",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        wsm_client_endpoint_t endpoint;
        const wsm_failure_t *failure =
            wsm_client_endpoint_read(&endpoint, cases[i], pool);
        assert_failure(failure, WSM_FAILURE_USE, "");
        assert_null(strstr(failure->message, "secret"));
    }
}

static void test_redact(void **state)
{
    static const struct {
        const char *line;
        const char *shown;
    } cases[] = {
        {"Host: server\r\n", "Host: server"},
        {"Authorization: Basic dTpw\r\n", "Authorization: Basic [hidden]"},
        {"AUTHORIZATION:\tNegotiate  YII=\r\n",
         "AUTHORIZATION:\tNegotiate [hidden]"},
        {"Authorization: secret", "Authorization: [hidden]"},
        {"Authorization: Digest username=\"u\", response=\"1\"",
         "Authorization: Digest [hidden]"},
        {"Proxy-Authorization: Basic x", "Proxy-Authorization: Basic [hidden]"},
        {"WWW-Authenticate: Basic realm=\"WSMAN\"\r\n",
         "WWW-Authenticate: Basic realm=\"WSMAN\""},
        {"WWW-Authenticate: Negotiate\r\n", "WWW-Authenticate: Negotiate"},
        {"WWW-Authenticate: Negotiate oYG==",
         "WWW-Authenticate: Negotiate [hidden]"},
        {"Set-Cookie: a=b; c=d", "Set-Cookie: [hidden]"},
        {"Cookie: x", "Cookie: [hidden]"},
        {"Authentication-Info: rspauth=\"1\"", "Authentication-Info: [hidden]"},
        {"Authorization:", "Authorization:"},
        {"AuthorizationX: a b", "AuthorizationX: a b"},
        {"\r\n", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_string_equal(
            wsm_transport_redact(cases[i].line, strlen(cases[i].line), pool),
            cases[i].shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_endpoints, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_endpoints, setup, teardown),
        cmocka_unit_test_setup_teardown(test_redact, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
