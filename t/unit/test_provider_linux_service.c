/* test_provider_linux_service.c - Win32_Service against a bus that answers as
 * systemd does.
 */
#include "fake_systemd.h"
#include "provider_fixture.h"

static const fake_unit_t units[] = {
    {.name = "zulu.service",
     .object = "zulu_2eservice",
     .description = "The last",
     .load = "loaded",
     .active = "inactive",
     .file_state = "masked",
     .start_error = "org.freedesktop.systemd1.UnitMasked"},
    {.name = "ssh.service",
     .object = "ssh_2eservice",
     .description = "Secure <shell>",
     .load = "loaded",
     .active = "active",
     .file_state = "enabled",
     .pid = 4711},
    {.name = "bad.service",
     .object = "bad_2eservice",
     .description = "Failed",
     .load = "loaded",
     .active = "failed",
     .file_state = "disabled",
     .user = "daemon",
     .exit_status = 3,
     .exited = 1767225600000000},
    {.name = "ghost.service",
     .object = "ghost_2eservice",
     .description = "ghost",
     .load = "not-found",
     .active = "inactive"},
    {.name = "tty@1.service",
     .object = "tty_401_2eservice",
     .description = "A terminal",
     .load = "loaded",
     .active = "activating"},
    {.name = "tty@.service",
     .object = "tty_40_2eservice",
     .description = "A template",
     .file_state = "enabled"},
    {.name = "idle.service",
     .object = "idle_2eservice",
     .description = "Not loaded",
     .file_state = "static"},
    {.name = "other.service",
     .object = "other_2eservice",
     .description = "",
     .file_state = "alias"},
    {.name = "guarded.service",
     .object = "guarded_2eservice",
     .description = "",
     .load = "loaded",
     .active = "active",
     .file_state = "enabled",
     .start_error = "org.freedesktop.DBus.Error.AccessDenied"},
    {.name = "a.socket",
     .object = "a_2esocket",
     .description = "no service",
     .load = "loaded",
     .active = "active",
     .file_state = "enabled"},
    {.name = NULL}};

static p_world_t *world;
static fake_systemd_t systemd;
static int running;

static void start_systemd(void)
{
    assert_true(fake_start(&systemd, p_tree_path(world, "/bus"), units));
    running = 1;
}

static int setup(void **state)
{
    static wsman_param_t params[2];
    (void)state;
    world = p_make();
    p_tree_make(world);
    params[0] = (wsman_param_t){"bus", apr_pstrcat(world->pool, "unix:path=",
                                                   world->root, "/bus", NULL)};
    p_start(world, "linux", params);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    if (running)
        fake_stop(&systemd);
    running = 0;
    p_end(world);
    return 0;
}

/* A provider that was built without libsystemd has nothing to test here. */
static void need_systemd(void)
{
    p_list(world, "Win32_Service");
    for (int i = 0; i < world->lines->nelts; i++) {
        if (strstr(APR_ARRAY_IDX(world->lines, i, const char *),
                   "without libsystemd"))
            skip();
    }
}

static void services(void **state)
{
    static const char *const names[] = {"bad", "guarded", "idle",
                                        "ssh", "tty@1",   "zulu"};
    p_list_t list;
    (void)state;
    start_systemd();
    need_systemd();
    list = p_list(world, "Win32_Service");
    assert_int_equal(list.instances->nelts, 6);
    for (int i = 0; i < 6; i++)
        assert_string_equal(p_text(world, p_item(&list, i), "Name"), names[i]);
    p_expect(world, p_find(&list, "Name", "ssh"),
             (const p_expect_t[]){{"DisplayName", "Secure <shell>"},
                                  {"State", "Running"},
                                  {"Started", "true"},
                                  {"Status", "OK"},
                                  {"StartMode", "Auto"},
                                  {"ProcessId", "4711"},
                                  {"PathName", "/usr/sbin/thing -D a b"},
                                  {"StartName", "root"},
                                  {"AcceptStop", "true"},
                                  {"AcceptPause", "false"},
                                  {"ExitCode", "0"},
                                  {"ErrorControl", "NULL"},
                                  {0}});
    p_expect(world, p_find(&list, "Name", "bad"),
             (const p_expect_t[]){{"State", "Stopped"},
                                  {"Started", "false"},
                                  {"Status", "Error"},
                                  {"StartMode", "Manual"},
                                  {"StartName", "daemon"},
                                  {"ProcessId", "0"},
                                  {"ExitCode", "1066"},
                                  {"ServiceSpecificExitCode", "3"},
                                  {"AcceptStop", "false"},
                                  {0}});
    p_expect(world, p_find(&list, "Name", "zulu"),
             (const p_expect_t[]){
                 {"StartMode", "Disabled"}, {"ExitCode", "1077"}, {0}});
    p_expect(world, p_find(&list, "Name", "tty@1"),
             (const p_expect_t[]){
                 {"State", "Start Pending"}, {"StartMode", "NULL"}, {0}});
    p_expect(world, p_find(&list, "Name", "idle"),
             (const p_expect_t[]){{"State", "Stopped"},
                                  {"StartMode", "Manual"},
                                  {"DisplayName", "Not loaded"},
                                  {0}});
}

static void one_service(void **state)
{
    const cim_instance_t *service;
    wsm_error_t *err;
    (void)state;
    start_systemd();
    need_systemd();
    systemd.details = 0;
    assert_null(p_get(world, "Win32_Service.Name=\"ssh\"", &service));
    assert_string_equal(p_text(world, service, "ProcessId"), "4711");
    assert_int_equal(systemd.details, 2);
    err = p_get(world, "Win32_Service.Name=\"nope\"", &service);
    assert_non_null(err);
    assert_int_equal(err->code, WSMAN_E_DESTINATION_UNREACHABLE);
    err = p_get(world, "Win32_Service.Name=\"ghost\"", &service);
    assert_non_null(err);
}

/* What both lists tell needs no call for each loaded service. */
static void cheap_list(void **state)
{
    const cim_class_t *cls = p_class(world, "Win32_Service");
    unsigned char *wanted = apr_pcalloc(world->pool, cls->nproperties);
    wsman_query_t query = {.cls = cls, .wanted = wanted};
    (void)state;
    start_systemd();
    need_systemd();
    wanted[cim_class_property_index(cls, "State")] = 1;
    systemd.details = 0;
    assert_int_equal(p_query(world, &query, 0).instances->nelts, 6);
    assert_int_equal(systemd.details, 2); /* idle is not loaded */
}

static void resume(void **state)
{
    wsman_query_t query = {.cls = p_class(world, "Win32_Service")};
    p_list_t all, rest;
    (void)state;
    start_systemd();
    need_systemd();
    all = p_query(world, &query, 0);
    for (int i = 0; i < all.keys->nelts; i++) {
        query.after = APR_ARRAY_IDX(all.keys, i, const char *);
        rest = p_query(world, &query, 0);
        assert_int_equal(rest.instances->nelts, all.instances->nelts - i - 1);
    }
}

static void assert_result(const char *name, const char *method,
                          const char *result)
{
    cim_instance_t *out;
    const char *path =
        apr_psprintf(world->pool, "Win32_Service.Name=\"%s\"", name);
    wsm_error_t *err = p_invoke(world, path, method, &out);
    if (err)
        fail_msg("%s", wsm_error_text(err, world->pool));
    if (strcmp(p_text(world, out, "ReturnValue"), result) != 0)
        fail_msg("%s of %s gives %s, expected %s", method, name,
                 p_text(world, out, "ReturnValue"), result);
}

static void control(void **state)
{
    (void)state;
    start_systemd();
    need_systemd();
    assert_result("bad", "StartService", "0");
    assert_string_equal(systemd.verb, "StartUnit");
    assert_string_equal(systemd.unit, "bad.service");
    assert_result("ssh", "StopService", "0");
    assert_string_equal(systemd.verb, "StopUnit");
    assert_result("ssh", "StartService", "10");
    assert_result("bad", "StopService", "6");
    assert_result("zulu", "StartService", "14");
    assert_result("guarded", "StopService", "2");
    assert_result("nope", "StartService", "9");
}

/* No systemd: no services, and one line in the log, not one a request. */
static void without_systemd(void **state)
{
    const cim_instance_t *service;
    cim_instance_t *out;
    wsm_error_t *err;
    (void)state;
    assert_int_equal(p_list(world, "Win32_Service").instances->nelts, 0);
    assert_int_equal(p_list(world, "Win32_Service").instances->nelts, 0);
    assert_int_equal(world->lines->nelts, 1);
    assert_non_null(strstr(APR_ARRAY_IDX(world->lines, 0, const char *),
                           "Win32_Service has no instances"));
    err = p_get(world, "Win32_Service.Name=\"ssh\"", &service);
    assert_non_null(err);
    assert_int_equal(err->code, WSMAN_E_RESOURCE_OFFLINE);
    err = p_invoke(world, "Win32_Service.Name=\"ssh\"", "StartService", &out);
    assert_non_null(err);
    assert_int_equal(err->code, WSMAN_E_RESOURCE_OFFLINE);
    assert_int_equal(world->lines->nelts, 1);
    need_systemd();
    start_systemd();
    assert_int_equal(p_list(world, "Win32_Service").instances->nelts, 6);
    assert_int_equal(world->lines->nelts, 2);
    fake_stop(&systemd);
    running = 0;
    assert_int_equal(p_list(world, "Win32_Service").instances->nelts, 0);
    assert_int_equal(world->lines->nelts, 3);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        CASE(services), CASE(one_service), CASE(cheap_list),
        CASE(resume),   CASE(control),     CASE(without_systemd),
    };
    int failed;
    (void)argc;
    p_program = argv[0];
    apr_initialize();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
