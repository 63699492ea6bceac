/* test_provider_linux.c - the linux provider shown a tree of files whose
 * values are known.
 */
#include <sys/statvfs.h>
#include <sys/utsname.h>

#include "provider_fixture.h"

static const struct {
    const char *path;
    const char *text;
} tree[] = {
    {"/etc/os-release", "PRETTY_NAME=\"Testix 7 (unit)\"\nNAME='Testix'\n"
                        "VERSION_ID=\"7.1\"\nVENDOR_NAME=Tester\n"},
    {"/etc/machine-info", "PRETTY_HOSTNAME=\"Lena's server\"\n"},
    {"/etc/resolv.conf", "nameserver 192.0.2.53\n"},
    {"/proc/sys/kernel/hostname", "lena.example.org\n"},
    {"/proc/sys/kernel/osrelease", "6.1.0-test\n"},
    {"/proc/sys/kernel/pid_max", "32768\n"},
    {"/proc/sys/kernel/threads-max", "9000\n"},
    {"/proc/meminfo", "MemTotal:        1000000 kB\n"
                      "MemFree:          100000 kB\n"
                      "MemAvailable:     400000 kB\n"
                      "SwapTotal:        200000 kB\n"
                      "SwapFree:         150000 kB\n"},
    {"/proc/stat", "cpu  10 0 10 80 0 0 0 0 0 0\n"
                   "cpu0 10 0 10 80 0 0 0 0 0 0\nbtime 1767225600\n"},
    {"/run/systemd/sessions/1", "UID=0\n"},
    {"/run/systemd/sessions/2", "UID=0\n"},
    {"/sys/class/dmi/id/sys_vendor", "Testers Inc.\n"},
    {"/sys/class/dmi/id/product_name", "  Model T \n"},
    {"/sys/class/dmi/id/product_family", "\n"},
    {"/sys/firmware/acpi/pm_profile", "4\n"},
    /* Two packages; of the first, two cores of two threads each */
    {"/proc/cpuinfo",
     "processor\t: 0\nvendor_id\t: GenuineTest\ncpu family\t: 6\n"
     "model\t\t: 158\nmodel name\t: Test CPU\nstepping\t: 10\n"
     "cpu MHz\t\t: 2400.5\nphysical id\t: 0\ncore id\t\t: 0\n"
     "flags\t\t: fpu lm vmx ept\n\n"
     "processor\t: 1\nphysical id\t: 0\ncore id\t\t: 1\nflags\t\t: fpu\n\n"
     "processor\t: 2\nphysical id\t: 0\ncore id\t\t: 0\nflags\t\t: fpu\n\n"
     "processor\t: 3\nphysical id\t: 0\ncore id\t\t: 1\nflags\t\t: fpu\n\n"
     "processor\t: 4\nvendor_id\t: GenuineTest\nphysical id\t: 1\n"
     "core id\t\t: 0\nmodel name\t: Other CPU\nflags\t\t: fpu lm\n\n"},
    {"/sys/devices/system/cpu/cpu0/cache/index0/level", "1\n"},
    {"/sys/devices/system/cpu/cpu0/cache/index0/size", "32K\n"},
    {"/sys/devices/system/cpu/cpu0/cache/index0/shared_cpu_list", "0,2\n"},
    {"/sys/devices/system/cpu/cpu0/cache/index1/level", "2\n"},
    {"/sys/devices/system/cpu/cpu0/cache/index1/size", "1M\n"},
    {"/sys/devices/system/cpu/cpu0/cache/index1/shared_cpu_list", "0,2\n"},
    {"/sys/devices/system/cpu/cpu2/cache/index0/level", "2\n"},
    {"/sys/devices/system/cpu/cpu2/cache/index0/size", "1M\n"},
    {"/sys/devices/system/cpu/cpu2/cache/index0/shared_cpu_list", "0,2\n"},
    {"/sys/devices/system/cpu/cpu1/cache/index0/level", "2\n"},
    {"/sys/devices/system/cpu/cpu1/cache/index0/size", "512K\n"},
    {"/sys/devices/system/cpu/cpu1/cache/index0/shared_cpu_list", "1,3\n"},
    {"/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "4100000\n"},
    {"/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "800000\n"},
    /* 20: ordinary; 3: a kernel thread; 100: a name to trip over */
    {"/proc/20/stat", "20 (daemon) S 1 20 20 0 -1 4194560 700 0 44 0 250 "
                      "125 0 0 20 0 3 0 5000 104857600 256 184467440737\n"},
    {"/proc/20/cmdline", "/usr/sbin/daemon\0-f\0/etc/x y\0"},
    {"/proc/20/status", "Name:\tdaemon\nUid:\t1\t1001\t1001\t1001\n"
                        "VmPeak:\t  204800 kB\nVmHWM:\t    2048 kB\n"
                        "RssAnon:\t     512 kB\nVmSwap:\t     128 kB\n"},
    {"/proc/20/io", "rchar: 11\nwchar: 12\nsyscr: 13\nsyscw: 14\n"
                    "read_bytes: 15\n"},
    {"/proc/20/sessionid", "4294967295"},
    {"/proc/20/fd/0", ""},
    {"/proc/20/fd/1", ""},
    {"/proc/3/stat", "3 (kworker/0:0) I 2 0 0 0 -1 2129984 0 0 0 0 0 7 0 0 "
                     "20 0 1 0 10 0 0 184467440737\n"},
    {"/proc/3/cmdline", ""},
    {"/proc/100/stat", "100 (a) R (b)) Z 20 0 0 0 -1 0 0 0 0 0 0 0 0 0 "
                       "20 0 1 0 6000 0 0 0\n"},
    {"/proc/100/sessionid", "7"},
    {"/proc/21/cmdline", "gone between two reads"},
    {"/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"
                    "zoe:x:1001:1001:Zoe Test,Room 1:/home/zoe:/bin/sh\n"
                    "+nis::::::\n"
                    "adam:x:1000:1000::/home/adam:/bin/sh\n"
                    "zoe:x:5000:5000:Second:/:/bin/false\n"
                    "broken line\n"},
    {"/etc/shadow", "root:*:19000:0:99999:7:::\n"
                    "zoe:$y$hash:19000:0:90:7:::\n"
                    "adam::19000:0:99999:7::1:\n"},
    {"/etc/group", "wheel:x:10:root,zoe\nadm:x:4:\n+:::\n"},
    {"/home/x", ""},
    {"/mnt/cd/x", ""},
    {"/bind/x", ""},
    {"/run/udev/data/b259:1", "N:x\nE:ID_FS_LABEL=data\n"
                              "E:ID_FS_UUID=12ab-34cd\n"},
    {"/sys/dev/block/8:1/../removable", ""},
    {"/proc/self/mountinfo",
     "22 1 259:1 / / rw,relatime - ext4 /dev/nvme0n1p1 rw\n"
     "23 22 0:20 / /proc rw - proc proc rw\n"
     "24 22 259:1 /srv /bind rw - ext4 /dev/nvme0n1p1 rw\n"
     "25 22 259:2 / /home ro,relatime - xfs /dev/nvme0n1p2 rw\n"
     "26 22 11:0 / /mnt/cd ro - iso9660 /dev/sr0 ro\n"
     "27 22 0:50 / /mnt/nfs\\040share rw - nfs4 server:/export rw\n"
     "28 22 0:51 / /mnt/gone rw - tmpfs tmpfs rw\n"
     "29 27 259:3 / /mnt/nfs\\040share/disk rw - ext4 /dev/nvme0n1p3 rw\n"
     "30 22 0:52 / /mnt/user rw - fuse.sshfs someone@server: rw\n"},
};

/* The sizes of strings with NULs inside are known to the compiler only. */
static const char daemon_cmdline[] = "/usr/sbin/daemon\0-f\0/etc/x y";

static p_world_t *world;

/* A TZif file of version 2 with one transition and a rule. */
static void write_zone(const char *rule)
{
    unsigned char data[512] = "TZif2";
    unsigned char *at = data + 44;
    memcpy(at, "TZif2", 5);
    at[35] = 1; /* transitions */
    at[39] = 2; /* types */
    at[43] = 9; /* characters */
    at += 44;
    memset(at, 0xff, 8); /* 1969-12-31T23:59:59 */
    at += 8;
    *at++ = 1;
    memcpy(at, "\0\0\x0a\x8c\0\0\0\0\x0e\x10\0\4", 12); /* LMT 2700, CET */
    at += 12;
    memcpy(at, "LMT\0CET\0", 9);
    at += 9;
    at += sprintf((char *)at, "\n%s\n", rule);
    p_tree_write(world, "/usr/share/zoneinfo/Europe/Testin", data,
                 (apr_size_t)(at - data));
    unlink(p_tree_path(world, "/etc/localtime"));
    p_tree_link(world, "/etc/localtime", "../usr/share/zoneinfo/Europe/Testin");
}

static int setup(void **state)
{
    static wsman_param_t params[2];
    (void)state;
    world = p_make();
    p_tree_make(world);
    for (apr_size_t i = 0; i < sizeof(tree) / sizeof(*tree); i++)
        p_tree_text(world, tree[i].path, tree[i].text);
    p_tree_write(world, "/proc/20/cmdline", daemon_cmdline,
                 sizeof(daemon_cmdline));
    p_tree_link(world, "/proc/20/exe", "/usr/sbin/daemon");
    write_zone("CET-1CEST,M3.5.0,M10.5.0/3");
    params[0] = (wsman_param_t){"root", world->root};
    p_start(world, "linux", params);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    p_end(world);
    return 0;
}

static void operating_system(void **state)
{
    static const p_expect_t rows[] = {
        {"Caption", "Testix 7 (unit)"},
        {"Name", "Testix 7 (unit)"},
        {"Version", "7.1"},
        {"Manufacturer", "Tester"},
        {"Description", "Lena's server"},
        {"BuildNumber", "6.1.0-test"},
        {"CSName", "lena.example.org"},
        {"CreationClassName", "Win32_OperatingSystem"},
        {"OSType", "36"},
        {"TotalVisibleMemorySize", "1000000"},
        {"FreePhysicalMemory", "400000"},
        {"TotalVirtualMemorySize", "1200000"},
        {"FreeVirtualMemory", "550000"},
        {"SizeStoredInPagingFiles", "200000"},
        {"FreeSpaceInPagingFiles", "150000"},
        {"MaxNumberOfProcesses", "9000"},
        {"NumberOfProcesses", "4"},
        {"NumberOfUsers", "2"},
        {"LastBootUpTime", "20260101010000.000000+060"},
        {"SystemDevice", "/dev/nvme0n1p1"},
        {"BootDevice", "/dev/nvme0n1p1"},
        {"SystemDrive", "/"},
        /* What Linux has not, or does not tell */
        {"InstallDate", "NULL"},
        {"CSDVersion", "NULL"},
        {"SerialNumber", "NULL"},
        {"WindowsDirectory", "NULL"},
        {"OSLanguage", "NULL"},
        {NULL, NULL}};
    const cim_instance_t *os;
    (void)state;
    assert_null(p_get(world, "Win32_OperatingSystem=@", &os));
    p_expect(world, os, rows);
}

/* What is not there is NULL and nothing else changes. */
static void operating_system_without_files(void **state)
{
    static const p_expect_t rows[] = {{"Caption", "NULL"},
                                      {"Version", "NULL"},
                                      {"FreePhysicalMemory", "NULL"},
                                      {"TotalVirtualMemorySize", "NULL"},
                                      {"LastBootUpTime", "NULL"},
                                      {"NumberOfUsers", "NULL"},
                                      {"Description", "NULL"},
                                      {"OSType", "36"},
                                      {NULL, NULL}};
    static const char *const gone[] = {"/etc/os-release",
                                       "/proc/meminfo",
                                       "/proc/stat",
                                       "/etc/machine-info",
                                       "/run/systemd/sessions/1",
                                       "/run/systemd/sessions/2",
                                       "/run/systemd/sessions"};
    const cim_instance_t *os;
    (void)state;
    for (apr_size_t i = 0; i < sizeof(gone) / sizeof(*gone); i++)
        assert_int_equal(remove(p_tree_path(world, gone[i])), 0);
    assert_null(p_get(world, "Win32_OperatingSystem=@", &os));
    p_expect(world, os, rows);
}

static void computer_system(void **state)
{
    static const p_expect_t rows[] = {{"Name", "lena.example.org"},
                                      {"DNSHostName", "lena"},
                                      {"Domain", "example.org"},
                                      {"Manufacturer", "Testers Inc."},
                                      {"Model", "Model T"},
                                      {"SystemFamily", "NULL"},
                                      {"SystemSKUNumber", "NULL"},
                                      {"PCSystemType", "4"},
                                      {"PCSystemTypeEx", "4"},
                                      {"NumberOfProcessors", "2"},
                                      {"NumberOfLogicalProcessors", "5"},
                                      {"TotalPhysicalMemory", "1024000000"},
                                      {"HypervisorPresent", "false"},
                                      {"PartOfDomain", "NULL"},
                                      {"UserName", "NULL"},
                                      {NULL, NULL}};
    const cim_instance_t *system, *none;
    wsm_error_t *err;
    (void)state;
    assert_null(p_get(world, "Win32_ComputerSystem.Name=\"lena.example.org\"",
                      &system));
    p_expect(world, system, rows);
    err = p_get(world, "Win32_ComputerSystem.Name=\"other\"", &none);
    assert_non_null(err);
    assert_int_equal(err->code, WSMAN_E_DESTINATION_UNREACHABLE);
}

static void processors(void **state)
{
    static const p_expect_t first[] = {
        {"DeviceID", "CPU0"},
        {"Name", "Test CPU"},
        {"Manufacturer", "GenuineTest"},
        {"Description", "GenuineTest Family 6 Model 158 Stepping 10"},
        {"Level", "6"},
        {"Revision", "40458"}, /* 0x9e0a */
        {"Stepping", "10"},
        {"NumberOfCores", "2"},
        {"NumberOfLogicalProcessors", "4"},
        {"ThreadCount", "4"},
        {"L2CacheSize", "1536"},
        {"L3CacheSize", "NULL"},
        {"MaxClockSpeed", "4100"},
        {"CurrentClockSpeed", "800"},
        {"VMMonitorModeExtensions", "true"},
        {"SecondLevelAddressTranslationExtensions", "true"},
        {"ProcessorId", "NULL"},
        {"SocketDesignation", "NULL"},
        {NULL, NULL}};
    static const p_expect_t second[] = {
        {"DeviceID", "CPU1"},    {"Name", "Other CPU"},
        {"NumberOfCores", "1"},  {"NumberOfLogicalProcessors", "1"},
        {"DataWidth", "64"},     {"CurrentClockSpeed", "NULL"},
        {"L2CacheSize", "NULL"}, {"VMMonitorModeExtensions", "NULL"},
        {"Level", "NULL"},       {NULL, NULL}};
    p_list_t list = p_list(world, "Win32_Processor");
    (void)state;
    assert_int_equal(list.instances->nelts, 2);
    p_expect(world, p_item(&list, 0), first);
    p_expect(world, p_item(&list, 1), second);
}

static void processes(void **state)
{
    long ticks = sysconf(_SC_CLK_TCK);
    long page = sysconf(_SC_PAGESIZE);
    const p_expect_t daemon[] = {
        {"Handle", "20"},
        {"ProcessId", "20"},
        {"ParentProcessId", "1"},
        {"Name", "daemon"},
        {"CommandLine", "/usr/sbin/daemon -f /etc/x y"},
        {"ExecutablePath", "/usr/sbin/daemon"},
        {"ExecutionState", "4"},
        {"ThreadCount", "3"},
        {"HandleCount", "2"},
        {"PageFaults", "744"},
        {"UserModeTime",
         apr_psprintf(world->pool, "%ld", 250 * 10000000L / ticks)},
        {"KernelModeTime",
         apr_psprintf(world->pool, "%ld", 125 * 10000000L / ticks)},
        {"VirtualSize", "104857600"},
        {"PeakVirtualSize", "209715200"},
        {"WorkingSetSize", apr_psprintf(world->pool, "%ld", 256 * page)},
        {"PeakWorkingSetSize", "2048"},
        {"PageFileUsage", "128"},
        {"PrivatePageCount", "655360"},
        {"ReadOperationCount", "13"},
        {"ReadTransferCount", "11"},
        {"WriteOperationCount", "14"},
        {"WriteTransferCount", "12"},
        {"SessionId", "NULL"},
        {"Priority", "NULL"},
        {"OSName", "Testix 7 (unit)"},
        {"CSName", "lena.example.org"},
        {NULL, NULL}};
    static const p_expect_t thread[] = {{"Name", "kworker/0:0"},
                                        {"CommandLine", "NULL"},
                                        {"ExecutablePath", "NULL"},
                                        {"PeakVirtualSize", "NULL"},
                                        {"ReadTransferCount", "NULL"},
                                        {"HandleCount", "NULL"},
                                        {NULL, NULL}};
    static const p_expect_t odd[] = {{"Name", "a) R (b)"},
                                     {"ExecutionState", "7"},
                                     {"ParentProcessId", "20"},
                                     {"SessionId", "7"},
                                     {NULL, NULL}};
    p_list_t list = p_list(world, "Win32_Process");
    (void)state;
    assert_int_equal(list.instances->nelts, 3);
    p_expect(world, p_item(&list, 0), thread);
    p_expect(world, p_item(&list, 1), daemon);
    p_expect(world, p_item(&list, 2), odd);
    if (ticks == 100)
        p_expect(world, p_item(&list, 1),
                 (const p_expect_t[]){
                     {"CreationDate", "20260101010050.000000+060"}, {0}});
}

static void process_get(void **state)
{
    static const char *const none[] = {
        "Win32_Process.Handle=\"21\"",
        "Win32_Process.Handle=\"020\"",
        "Win32_Process.Handle=\"-20\"",
        "Win32_Process.Handle=\"20 \"",
        "Win32_Process.Handle=\"\"",
        "Win32_Process.Handle=\"../20\"",
        "Win32_Process.Handle=\"18446744073709551636\""};
    const cim_instance_t *process;
    (void)state;
    assert_null(p_get(world, "Win32_Process.Handle=\"20\"", &process));
    assert_string_equal(p_text(world, process, "Name"), "daemon");
    for (apr_size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
        wsm_error_t *err = p_get(world, none[i], &process);
        if (!err || err->code != WSMAN_E_DESTINATION_UNREACHABLE)
            fail_msg("%s is answered", none[i]);
    }
}

/* A list goes on after any key, also after one that is gone. */
static void resume(void **state)
{
    wsman_query_t query = {.cls = p_class(world, "Win32_Process"),
                           .after = "20"};
    p_list_t list = p_query(world, &query, 0);
    (void)state;
    assert_int_equal(list.instances->nelts, 1);
    assert_string_equal(APR_ARRAY_IDX(list.keys, 0, const char *), "100");
    query.after = "4";
    list = p_query(world, &query, 1);
    assert_int_equal(list.instances->nelts, 1);
    assert_string_equal(APR_ARRAY_IDX(list.keys, 0, const char *), "20");
    query.after = "100";
    assert_int_equal(p_query(world, &query, 0).instances->nelts, 0);
    query.cls = p_class(world, "Win32_UserAccount");
    query.after = "b";
    list = p_query(world, &query, 0);
    assert_int_equal(list.instances->nelts, 2);
    query.cls = p_class(world, "Win32_OperatingSystem");
    query.after = "os";
    assert_int_equal(p_query(world, &query, 0).instances->nelts, 0);
}

/* What is not wanted is not read; the keys always come. */
static void wanted(void **state)
{
    const cim_class_t *cls = p_class(world, "Win32_Process");
    unsigned char *bytes = apr_pcalloc(world->pool, cls->nproperties);
    wsman_query_t query = {.cls = cls, .wanted = bytes};
    p_list_t list;
    (void)state;
    bytes[cim_class_property_index(cls, "Name")] = 1;
    list = p_query(world, &query, 0);
    assert_int_equal(list.instances->nelts, 3);
    p_expect(world, p_item(&list, 1),
             (const p_expect_t[]){{"Handle", "20"},
                                  {"Name", "daemon"},
                                  {"CommandLine", "NULL"},
                                  {"UserModeTime", "NULL"},
                                  {"ReadTransferCount", "NULL"},
                                  {0}});
}

static void terms(void **state)
{
    wsman_term_t term = {"handle", cim_string("100")};
    wsman_query_t query = {
        .cls = p_class(world, "Win32_Process"), .terms = &term, .nterms = 1};
    p_list_t list = p_query(world, &query, 0);
    (void)state;
    assert_int_equal(list.instances->nelts, 1);
    assert_string_equal(p_text(world, p_item(&list, 0), "Handle"), "100");
    term = (wsman_term_t){"ProcessId", cim_uint32(20)};
    list = p_query(world, &query, 0);
    assert_int_equal(list.instances->nelts, 1);
    assert_string_equal(p_text(world, p_item(&list, 0), "Handle"), "20");
    query.cls = p_class(world, "Win32_UserAccount");
    term = (wsman_term_t){"Name", cim_string("ZOE")};
    assert_int_equal(p_query(world, &query, 0).instances->nelts, 1);
    query.cls = p_class(world, "Win32_Process");
    term = (wsman_term_t){"Handle", cim_string("no number")};
    assert_int_equal(p_query(world, &query, 0).instances->nelts, 0);
}

static void disks(void **state)
{
    p_list_t list = p_list(world, "Win32_LogicalDisk");
    const cim_instance_t *disk;
    struct statvfs real;
    (void)state;
    assert_int_equal(list.instances->nelts, 6);
    assert_string_equal(APR_ARRAY_IDX(list.keys, 0, const char *), "/");
    assert_string_equal(APR_ARRAY_IDX(list.keys, 1, const char *), "/home");
    assert_string_equal(APR_ARRAY_IDX(list.keys, 2, const char *), "/mnt/cd");
    assert_int_equal(statvfs(world->root, &real), 0);
    disk = p_item(&list, 0);
    assert_string_equal(
        p_text(world, disk, "Size"),
        apr_psprintf(world->pool, "%" APR_UINT64_T_FMT,
                     (apr_uint64_t)real.f_blocks * real.f_frsize));
    p_expect(world, disk,
             (const p_expect_t[]){{"DeviceID", "/"},
                                  {"FileSystem", "ext4"},
                                  {"DriveType", "3"},
                                  {"Description", "Local Fixed Disk"},
                                  {"MediaType", "12"},
                                  {"Access", "3"},
                                  {"VolumeName", "data"},
                                  {"VolumeSerialNumber", "12ab-34cd"},
                                  {"ProviderName", "NULL"},
                                  {"Compressed", "NULL"},
                                  {0}});
    p_expect(
        world, p_item(&list, 1),
        (const p_expect_t[]){{"Access", "1"}, {"VolumeName", "NULL"}, {0}});
    p_expect(
        world, p_item(&list, 2),
        (const p_expect_t[]){{"DriveType", "5"}, {"MediaType", "11"}, {0}});
}

/* The server of a remote file system may be gone: it is not asked. */
static void remote_disk(void **state)
{
    const cim_instance_t *disk;
    (void)state;
    assert_null(
        p_get(world, "Win32_LogicalDisk.DeviceID=\"/mnt/nfs share\"", &disk));
    p_expect(world, disk,
             (const p_expect_t[]){{"DriveType", "4"},
                                  {"Description", "Network Connection"},
                                  {"ProviderName", "server:/export"},
                                  {"FileSystem", "nfs4"},
                                  {"Size", "NULL"},
                                  {"FreeSpace", "NULL"},
                                  {0}});
    /* Mounted inside of it, a local disk cannot be reached without it. */
    assert_null(p_get(
        world, "Win32_LogicalDisk.DeviceID=\"/mnt/nfs share/disk\"", &disk));
    p_expect(world, disk,
             (const p_expect_t[]){{"DriveType", "3"}, {"Size", "NULL"}, {0}});
    assert_null(
        p_get(world, "Win32_LogicalDisk.DeviceID=\"/mnt/user\"", &disk));
    p_expect(world, disk,
             (const p_expect_t[]){{"DriveType", "4"}, {"Size", "NULL"}, {0}});
}

static void users(void **state)
{
    static const p_expect_t rows[3][9] = {
        {{"Name", "adam"},
         {"SID", "S-1-22-1-1000"},
         {"FullName", "NULL"},
         {"Disabled", "true"}, /* expired on the second day of 1970 */
         {"PasswordRequired", "false"},
         {"PasswordExpires", "false"},
         {"Status", "Degraded"},
         {0}},
        {{"Name", "root"},
         {"SID", "S-1-22-1-0"},
         {"Disabled", "true"},
         {"PasswordRequired", "true"},
         {"LocalAccount", "true"},
         {"SIDType", "1"},
         {"AccountType", "512"},
         {"Caption", "lena.example.org\\root"},
         {0}},
        {{"Name", "zoe"},
         {"Domain", "lena.example.org"},
         {"SID", "S-1-22-1-1001"},
         {"FullName", "Zoe Test"},
         {"Disabled", "false"},
         {"PasswordExpires", "true"},
         {"Status", "OK"},
         {"Lockout", "NULL"},
         {0}}};
    p_list_t list = p_list(world, "Win32_UserAccount");
    (void)state;
    assert_int_equal(list.instances->nelts, 3);
    for (int i = 0; i < 3; i++)
        p_expect(world, p_item(&list, i), rows[i]);
}

/* Without shadow nothing is said of passwords. */
static void users_without_shadow(void **state)
{
    const cim_instance_t *user;
    (void)state;
    assert_int_equal(unlink(p_tree_path(world, "/etc/shadow")), 0);
    assert_null(p_get(world,
                      "Win32_UserAccount.Domain=\"lena.example.org\","
                      "Name=\"zoe\"",
                      &user));
    p_expect(world, user,
             (const p_expect_t[]){{"Disabled", "NULL"},
                                  {"Status", "NULL"},
                                  {"PasswordExpires", "NULL"},
                                  {"PasswordRequired", "NULL"},
                                  {"SID", "S-1-22-1-1001"},
                                  {0}});
    assert_non_null(p_get(world,
                          "Win32_UserAccount.Domain=\"elsewhere\","
                          "Name=\"zoe\"",
                          &user));
}

static void groups(void **state)
{
    p_list_t list = p_list(world, "Win32_Group");
    (void)state;
    assert_int_equal(list.instances->nelts, 2);
    p_expect(world, p_item(&list, 0),
             (const p_expect_t[]){{"Name", "adm"},
                                  {"SID", "S-1-22-2-4"},
                                  {"SIDType", "4"},
                                  {"Caption", "lena.example.org\\adm"},
                                  {0}});
    assert_string_equal(p_text(world, p_item(&list, 1), "Name"), "wheel");
}

static void time_zone(void **state)
{
    static const p_expect_t berlin[] = {
        {"StandardName", "CET"},
        {"DaylightName", "CEST"},
        {"Bias", "60"},
        {"DaylightBias", "-60"},
        {"StandardBias", "0"},
        {"Caption", "(UTC+01:00) Europe/Testin"},
        {"SettingID", "Europe/Testin"},
        {"DaylightMonth", "3"},
        {"DaylightDay", "5"},
        {"DaylightDayOfWeek", "0"},
        {"DaylightHour", "2"},
        {"DaylightMinute", "0"},
        {"StandardMonth", "10"},
        {"StandardDay", "5"},
        {"StandardDayOfWeek", "0"},
        {"StandardHour", "3"},
        {"StandardYear", "NULL"},
        {NULL, NULL}};
    static const p_expect_t delhi[] = {{"StandardName", "IST"},
                                       {"DaylightName", "NULL"},
                                       {"Bias", "330"},
                                       {"DaylightBias", "NULL"},
                                       {"DaylightMonth", "NULL"},
                                       {"StandardMonth", "NULL"},
                                       {"Caption", "(UTC+05:30) Europe/Testin"},
                                       {NULL, NULL}};
    static const p_expect_t azores[] = {
        {"StandardName", "-01"},
        {"DaylightName", "+00"},
        {"Bias", "-60"},
        {"DaylightBias", "-60"},
        {"DaylightHour", "0"},
        {"StandardHour", "1"},
        {"Caption", "(UTC-01:00) Europe/Testin"},
        {NULL, NULL}};
    p_list_t list = p_list(world, "Win32_TimeZone");
    (void)state;
    assert_int_equal(list.instances->nelts, 1);
    p_expect(world, p_item(&list, 0), berlin);
    write_zone("IST-5:30");
    list = p_list(world, "Win32_TimeZone");
    p_expect(world, p_item(&list, 0), delhi);
    write_zone("<-01>1<+00>,M3.5.0/0,M10.5.0/1");
    list = p_list(world, "Win32_TimeZone");
    p_expect(world, p_item(&list, 0), azores);
}

/* Before and behind the changes of a year, by the boot time. */
static void offsets(void **state)
{
    static const struct {
        const char *rule;
        const char *btime;
        const char *text;
    } rows[] = {
        /* 2026-03-29T00:59:59Z and a second later; 2026-10-25T01:00:00Z */
        {"CET-1CEST,M3.5.0,M10.5.0/3", "1774745999",
         "20260329015959.000000+060"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "1774746000",
         "20260329030000.000000+120"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "1792889999",
         "20261025025959.000000+120"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", "1792890000",
         "20261025020000.000000+060"},
        /* The south has its summer over the turn of the year. */
        {"NZST-12NZDT,M9.5.0,M4.1.0/3", "1767225600",
         "20260101130000.000000+780"},
        {"NZST-12NZDT,M9.5.0,M4.1.0/3", "1782864000",
         "20260701120000.000000+720"},
        {"EST5EDT,M3.2.0,M11.1.0", "1782864000", "20260630200000.000000-240"},
        {"<+1245>-12:45", "1767225600", "20260101124500.000000+765"},
        {"garbage,,", "1767225600", "20260101010000.000000+060"}};
    (void)state;
    for (apr_size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const cim_instance_t *os;
        write_zone(rows[i].rule);
        p_tree_text(world, "/proc/stat",
                    apr_psprintf(world->pool, "btime %s\n", rows[i].btime));
        assert_null(p_get(world, "Win32_OperatingSystem=@", &os));
        assert_string_equal(p_text(world, os, "LastBootUpTime"), rows[i].text);
    }
}

/* A file that is no TZif, or is cut anywhere, is UTC or a zone: no crash. */
static void broken_zones(void **state)
{
    const char *path = p_tree_path(world, "/usr/share/zoneinfo/Europe/Testin");
    unsigned char data[512];
    FILE *file = fopen(path, "r");
    apr_size_t length;
    (void)state;
    assert_non_null(file);
    length = fread(data, 1, sizeof(data), file);
    fclose(file);
    for (apr_size_t cut = 0; cut < length; cut++) {
        const cim_instance_t *os;
        p_tree_write(world, "/usr/share/zoneinfo/Europe/Testin", data, cut);
        assert_null(p_get(world, "Win32_OperatingSystem=@", &os));
        assert_string_not_equal(p_text(world, os, "LocalDateTime"), "NULL");
    }
    for (apr_size_t at = 0; at < length; at++) {
        const cim_instance_t *os;
        unsigned char kept = data[at];
        data[at] = 0xff;
        p_tree_write(world, "/usr/share/zoneinfo/Europe/Testin", data, length);
        data[at] = kept;
        assert_null(p_get(world, "Win32_OperatingSystem=@", &os));
    }
}

/* The methods would act on this system, not on the tree. */
static void no_methods_on_a_tree(void **state)
{
    cim_instance_t *out;
    wsm_error_t *err =
        p_invoke(world, "Win32_Process.Handle=\"20\"", "Terminate", &out);
    (void)state;
    assert_non_null(err);
    assert_int_equal(err->code, WSMAN_E_ACTION_MISMATCH);
}

static void unknown_parameter(void **state)
{
    static const wsman_param_t params[] = {{"roof", "/"}, {NULL, NULL}};
    p_world_t *other = p_make();
    wsm_call_t call, inner;
    wsm_error_t *err;
    (void)state;
    p_start(other, "linux", params);
    call = p_call(other);
    err = wsm_binding_enter(p_binding(other, "Win32_Process"), &call, &inner);
    assert_non_null(err);
    assert_int_equal(err->code, WSMAN_E_RESOURCE_OFFLINE);
    assert_int_equal(other->lines->nelts, 1);
    assert_non_null(
        strstr(APR_ARRAY_IDX(other->lines, 0, const char *), "roof"));
    p_end(other);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        CASE(operating_system),
        CASE(operating_system_without_files),
        CASE(computer_system),
        CASE(processors),
        CASE(processes),
        CASE(process_get),
        CASE(resume),
        CASE(wanted),
        CASE(terms),
        CASE(disks),
        CASE(remote_disk),
        CASE(users),
        CASE(users_without_shadow),
        CASE(groups),
        CASE(time_zone),
        CASE(offsets),
        CASE(broken_zones),
        CASE(no_methods_on_a_tree),
        CASE(unknown_parameter),
    };
    int failed;
    (void)argc;
    p_program = argv[0];
    apr_initialize();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
