/* launch.c - from a fork of the keeper to a program of the account.
 *
 * Between fork and exec nothing is allocated and no lock taken.
 */
#include "process.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/** Lowers a limit; none is raised. */
static int limit(int what, apr_uint64_t most)
{
    struct rlimit now;
    rlim_t bound = (rlim_t)most;

    if (most == 0)
        return 0;
    if (getrlimit((__rlimit_resource_t)what, &now) != 0)
        return errno;
    if (now.rlim_max != RLIM_INFINITY && now.rlim_max < bound)
        bound = now.rlim_max;
    now.rlim_cur = now.rlim_max = bound;
    return setrlimit((__rlimit_resource_t)what, &now) != 0 ? errno : 0;
}

static int set_limits(const wsm_shell_limits_t *limits)
{
    apr_uint64_t cpu = (apr_uint64_t)apr_time_sec(limits->cpu);
    int status;

    if (limits->cpu > 0 && cpu == 0)
        cpu = 1;
    status = limit(RLIMIT_NPROC, limits->processes);
    if (status == 0)
        status = limit(RLIMIT_AS, limits->memory);
    if (status == 0)
        status = limit(RLIMIT_CPU, cpu);
    return status;
}

/** Those that the C library keeps for itself (signal(7)): it does not let them
 *  be set, and whoever started httpd may have left them ignored. */
static void reset_reserved(void)
{
#ifdef SYS_rt_sigaction
    static const char normal[64];

    for (int i = 32; i < SIGRTMIN; i++)
        (void)syscall(SYS_rt_sigaction, i, normal, NULL, _NSIG / 8);
#endif
}

/** Signals are as after a login: what the keeper ignores or holds back, its
 *  programs shall not. */
static void reset_signals(void)
{
    struct sigaction normal = {0};
    sigset_t none;

    normal.sa_handler = SIG_DFL;
    for (int i = 1; i < NSIG; i++)
        (void)sigaction(i, &normal, NULL);
    reset_reserved();
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/** Tries a program at each place of PATH; the most telling error wins. */
static int execute(const process_plan_t *plan, char *const *programs)
{
    int status = ENOENT;

    for (; *programs != NULL; programs++) {
        (void)execve(*programs, (char *const *)(apr_uintptr_t)plan->argv,
                     (char *const *)(apr_uintptr_t)plan->environment);
        if (errno != ENOENT && errno != ENOTDIR)
            status = errno;
        if (status != ENOENT && status != EACCES)
            break;
    }
    return status;
}

int launch(const process_plan_t *plan, char *const *programs)
{
    int status;

    if (setpgid(0, 0) != 0)
        return errno;
    reset_signals();
    status = set_limits(&plan->policy->limits);
    if (status == 0)
        status = account_become(plan->account);
    if (status != 0)
        return status;
    (void)umask((mode_t)plan->policy->umask);
    /* It was there when the shell was made. */
    if (chdir(plan->directory) != 0 && chdir("/") != 0)
        return errno;
    status = execute(plan, programs);
    if (plan->otherwise == NULL || (status != ENOENT && status != EACCES))
        return status;
    (void)execve(plan->otherwise[0],
                 (char *const *)(apr_uintptr_t)plan->otherwise,
                 (char *const *)(apr_uintptr_t)plan->environment);
    return errno;
}
