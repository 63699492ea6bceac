/* linux_host.c - facts that several classes tell.
 */
#include <string.h>
#include <sys/utsname.h>

#include <apr_strings.h>

#include "linux_provider.h"

const char *linux_host_name(const linux_t *system, apr_pool_t *pool)
{
    const char *name =
        linux_file_line(system, pool, "/proc/sys/kernel/hostname");
    struct utsname names;
    if (name)
        return name;
    return uname(&names) == 0 ? apr_pstrdup(pool, names.nodename) : "localhost";
}

const char *linux_host_machine(apr_pool_t *pool)
{
    struct utsname names;
    return uname(&names) == 0 ? apr_pstrdup(pool, names.machine) : "";
}

apr_int64_t linux_host_boot(const linux_t *system, apr_pool_t *pool)
{
    const char *text =
        linux_file_read(system, "/proc/stat", LINUX_FILE_LIMIT, NULL, pool);
    apr_uint64_t seconds;
    if (text && linux_field_number(text, "btime", ' ', &seconds))
        return (apr_int64_t)seconds * APR_USEC_PER_SEC;
    return 0;
}
