/* test_provider_linux_live.c - the linux provider on this machine, against
 * what the system's own interfaces and tools say.
 */
#include <ifaddrs.h>
#include <net/if.h>
#include <pwd.h>
#include <signal.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>

#include <arpa/inet.h>

#include "provider_fixture.h"

static p_world_t *world;

static int setup(void **state)
{
    static const wsman_param_t none[] = {{NULL, NULL}};
    (void)state;
    world = p_make();
    p_start(world, "linux", none);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    p_end(world);
    return 0;
}

/* The first line that a command prints; "" if it is not there. */
static const char *said(const char *command)
{
    char line[1024] = "";
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    if (!fgets(line, sizeof(line), pipe))
        *line = '\0';
    pclose(pipe);
    line[strcspn(line, "\n")] = '\0';
    return apr_pstrdup(world->pool, line);
}

static double number(const cim_instance_t *instance, const char *name)
{
    return strtod(p_text(world, instance, name), NULL);
}

static void assert_near(double a, double b, double part)
{
    double apart = a > b ? a - b : b - a;
    if (apart > part * (a > b ? a : b))
        fail_msg("%.0f is not near %.0f", a, b);
}

static void operating_system(void **state)
{
    const cim_instance_t *os;
    struct utsname names;
    struct sysinfo info;
    time_t now = time(NULL);
    const cim_value_t *boot;
    (void)state;
    uname(&names);
    sysinfo(&info);
    assert_null(p_get(world, "Win32_OperatingSystem=@", &os));
    assert_string_equal(p_text(world, os, "CSName"), names.nodename);
    assert_string_equal(p_text(world, os, "BuildNumber"), names.release);
    assert_string_equal(p_text(world, os, "Caption"),
                        said(". /etc/os-release; echo \"$PRETTY_NAME\""));
    assert_near(number(os, "TotalVisibleMemorySize"),
                (double)info.totalram * info.mem_unit / 1024, 0.001);
    assert_near(number(os, "TotalSwapSpaceSize"),
                (double)info.totalswap * info.mem_unit / 1024, 0.001);
    assert_near(number(os, "FreePhysicalMemory"),
                strtod(said("free -k | awk '/^Mem/{print $7}'"), NULL), 0.2);
    boot = cim_instance_get(os, "LastBootUpTime");
    assert_non_null(boot);
    assert_near((double)boot->v.dt->usec / 1e6, (double)(now - info.uptime),
                1e-8);
    assert_string_equal(p_text(world, os, "OSArchitecture"),
                        sizeof(void *) == 8 ? "64-bit" : "32-bit");
}

/* The clock of the zone of the system, without TZ in the environment */
static void local_time(void **state)
{
    const cim_instance_t *os;
    struct tm parts;
    time_t now;
    char *zone = getenv("TZ");
    (void)state;
    if (zone)
        zone = apr_pstrdup(world->pool, zone);
    unsetenv("TZ");
    tzset();
    now = time(NULL);
    localtime_r(&now, &parts);
    if (zone)
        setenv("TZ", zone, 1);
    assert_null(p_get(world, "Win32_OperatingSystem=@", &os));
    assert_int_equal((long)number(os, "CurrentTimeZone"), parts.tm_gmtoff / 60);
}

static void processor_counts(void **state)
{
    p_list_t list = p_list(world, "Win32_Processor");
    long logical = 0;
    (void)state;
    assert_true(list.instances->nelts > 0);
    for (int i = 0; i < list.instances->nelts; i++) {
        const cim_instance_t *cpu = p_item(&list, i);
        double load = number(cpu, "LoadPercentage");
        logical += (long)number(cpu, "NumberOfLogicalProcessors");
        assert_true(number(cpu, "NumberOfCores") >= 1);
        assert_true(number(cpu, "NumberOfCores") <=
                    number(cpu, "NumberOfLogicalProcessors"));
        assert_true(load >= 0 && load <= 100);
    }
    assert_int_equal(logical, sysconf(_SC_NPROCESSORS_ONLN));
}

static const cim_instance_t *get_process(long pid)
{
    const cim_instance_t *process;
    const char *path =
        apr_psprintf(world->pool, "Win32_Process.Handle=\"%ld\"", pid);
    wsm_error_t *err = p_get(world, path, &process);
    if (err)
        fail_msg("%s", wsm_error_text(err, world->pool));
    return process;
}

static void own_process(void **state)
{
    const cim_instance_t *process = get_process(getpid());
    char exe[4096];
    ssize_t length = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
    const char *ps =
        apr_psprintf(world->pool, "ps -o vsz= -p %ld", (long)getpid());
    const cim_value_t *born;
    (void)state;
    assert_true(length > 0);
    exe[length] = '\0';
    assert_string_equal(p_text(world, process, "ExecutablePath"), exe);
    assert_string_equal(p_text(world, process, "CommandLine"), p_program);
    assert_int_equal((long)number(process, "ParentProcessId"), getppid());
    assert_string_equal(p_text(world, process, "ThreadCount"), "1");
    assert_true(number(process, "WorkingSetSize") > 100000);
    assert_true(number(process, "HandleCount") >= 3);
    /* ps counts in units of 1024 bytes; under a sanitizer it is terabytes */
    assert_near(number(process, "VirtualSize"), strtod(said(ps), NULL) * 1024,
                0.05);
    born = cim_instance_get(process, "CreationDate");
    assert_non_null(born);
    assert_true(born->v.dt->usec <=
                (apr_int64_t)(apr_time_now() + 2 * APR_USEC_PER_SEC));
    assert_true(born->v.dt->usec >
                (apr_int64_t)(apr_time_now() - 3600 * APR_USEC_PER_SEC));
}

/* All that ps sees before and after is in the list, in ascending order. */
static void all_processes(void **state)
{
    p_list_t list = p_list(world, "Win32_Process");
    long last = 0;
    (void)state;
    for (int i = 0; i < list.instances->nelts; i++) {
        long pid = strtol(p_text(world, p_item(&list, i), "Handle"), NULL, 10);
        assert_true(pid > last);
        last = pid;
    }
    assert_non_null(p_find(&list, "ProcessId",
                           apr_psprintf(world->pool, "%ld", (long)getpid())));
    assert_non_null(p_find(&list, "ProcessId",
                           apr_psprintf(world->pool, "%ld", (long)getppid())));
}

static void owner(void **state)
{
    const struct passwd *me = getpwuid(geteuid());
    const char *path = apr_psprintf(world->pool, "Win32_Process.Handle=\"%ld\"",
                                    (long)getpid());
    cim_instance_t *out;
    struct utsname names;
    (void)state;
    uname(&names);
    assert_null(p_invoke(world, path, "GetOwner", &out));
    assert_string_equal(p_text(world, out, "ReturnValue"), "0");
    assert_string_equal(p_text(world, out, "Domain"), names.nodename);
    assert_string_equal(
        p_text(world, out, "User"),
        me ? me->pw_name
           : apr_psprintf(world->pool, "%u", (unsigned)geteuid()));
    assert_null(p_invoke(world, path, "GetOwnerSid", &out));
    assert_string_equal(
        p_text(world, out, "Sid"),
        apr_psprintf(world->pool, "S-1-22-1-%u", (unsigned)geteuid()));
}

static void terminate(void **state)
{
    pid_t child = fork();
    const char *path;
    cim_instance_t *out;
    wsm_error_t *err;
    int status;
    (void)state;
    if (child == 0) {
        for (;;)
            pause();
    }
    assert_true(child > 0);
    path =
        apr_psprintf(world->pool, "Win32_Process.Handle=\"%ld\"", (long)child);
    assert_null(p_invoke(world, path, "Terminate", &out));
    assert_string_equal(p_text(world, out, "ReturnValue"), "0");
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
    /* Now it is gone. */
    err = p_invoke(world, path, "Terminate", &out);
    assert_non_null(err);
    assert_int_equal(err->code, WSMAN_E_DESTINATION_UNREACHABLE);
}

/* init is never ended, whoever asks; of another user's process the kernel
 * decides. */
static void terminate_denied(void **state)
{
    cim_instance_t *out;
    (void)state;
    assert_null(
        p_invoke(world, "Win32_Process.Handle=\"1\"", "Terminate", &out));
    assert_string_equal(p_text(world, out, "ReturnValue"), "2");
}

static void root_disk(void **state)
{
    const cim_instance_t *disk;
    struct statvfs real;
    (void)state;
    assert_int_equal(statvfs("/", &real), 0);
    assert_null(p_get(world, "Win32_LogicalDisk.DeviceID=\"/\"", &disk));
    assert_string_equal(p_text(world, disk, "Size"),
                        said("df -B1 --output=size / | tail -n1 | tr -d ' '"));
    assert_near(number(disk, "FreeSpace"),
                (double)real.f_bavail * (double)real.f_frsize, 0.02);
    assert_string_equal(p_text(world, disk, "FileSystem"),
                        said("df --output=fstype / | tail -n1"));
}

static int has_word(const char *list, const char *word)
{
    apr_size_t length = strlen(word);
    for (const char *at = list; at; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, word, length) == 0 &&
            (at[length] == ',' || !at[length]))
            return 1;
    }
    return 0;
}

/* getifaddrs() tells the same from the side of the addresses. */
static void network(void **state)
{
    p_list_t configs = p_list(world, "Win32_NetworkAdapterConfiguration");
    p_list_t adapters = p_list(world, "Win32_NetworkAdapter");
    struct ifaddrs *all, *at;
    (void)state;
    assert_int_equal(configs.instances->nelts, adapters.instances->nelts);
    assert_int_equal(getifaddrs(&all), 0);
    for (at = all; at; at = at->ifa_next) {
        const char *index =
            apr_psprintf(world->pool, "%u", if_nametoindex(at->ifa_name));
        const cim_instance_t *adapter = p_find(&adapters, "Index", index);
        const cim_instance_t *config = p_find(&configs, "Index", index);
        char text[INET_ADDRSTRLEN];
        assert_string_equal(p_text(world, adapter, "NetConnectionID"),
                            at->ifa_name);
        assert_string_equal(p_text(world, adapter, "NetEnabled"),
                            at->ifa_flags & IFF_UP ? "true" : "false");
        if (!at->ifa_addr || at->ifa_addr->sa_family != AF_INET)
            continue;
        inet_ntop(AF_INET,
                  &((struct sockaddr_in *)(void *)at->ifa_addr)->sin_addr, text,
                  sizeof(text));
        assert_true(has_word(p_text(world, config, "IPAddress"), text));
        inet_ntop(AF_INET,
                  &((struct sockaddr_in *)(void *)at->ifa_netmask)->sin_addr,
                  text, sizeof(text));
        assert_true(has_word(p_text(world, config, "IPSubnet"), text));
    }
    freeifaddrs(all);
}

static void accounts(void **state)
{
    p_list_t users = p_list(world, "Win32_UserAccount");
    p_list_t groups = p_list(world, "Win32_Group");
    (void)state;
    assert_true(users.instances->nelts > 0);
    for (int i = 0; i < users.instances->nelts; i++) {
        const char *name = p_text(world, p_item(&users, i), "Name");
        const struct passwd *entry = getpwnam(name);
        assert_non_null(entry);
        assert_string_equal(
            p_text(world, p_item(&users, i), "SID"),
            apr_psprintf(world->pool, "S-1-22-1-%u", (unsigned)entry->pw_uid));
    }
    assert_non_null(p_find(&groups, "SID", "S-1-22-2-0"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        CASE(operating_system), CASE(local_time),       CASE(processor_counts),
        CASE(own_process),      CASE(all_processes),    CASE(owner),
        CASE(terminate),        CASE(terminate_denied), CASE(root_disk),
        CASE(network),          CASE(accounts),
    };
    int failed;
    (void)argc;
    p_program = argv[0];
    apr_initialize();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
