/* cim241.h - where the CIM 2.41 schema is, for tests that read all of it.
 *
 * WSMAN_SPECS says where (cim-mof/ with one .tar.xz below it), by default
 * ../shared/specs; without it those tests are skipped.
 */
#ifndef T_CIM241_H
#define T_CIM241_H

#include "cim_test.h"

#include <glob.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[256];

/** Runs a program.  @return true if it ended well */
static inline int run(char *const argv[])
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        execvp(argv[0], argv);
        _exit(127);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static inline int unpack(void)
{
    const char *specs = getenv("WSMAN_SPECS");
    const char *tmp = getenv("TMPDIR");
    glob_t found = {0};
    char pattern[512];
    snprintf(pattern, sizeof(pattern), "%s/cim-mof/*.tar.xz",
             specs ? specs : "../shared/specs");
    if (glob(pattern, 0, NULL, &found) != 0) {
        printf("skipped: there is no %s\n", pattern);
        return 0;
    }
    snprintf(folder, sizeof(folder), "%s/wsm-cim-XXXXXX", tmp ? tmp : "/tmp");
    char *const argv[] = {(char *)"tar", (char *)"-xJf", found.gl_pathv[0],
                          (char *)"-C",  folder,         NULL};
    int good = mkdtemp(folder) && run(argv);
    if (!good)
        printf("skipped: tar cannot unpack %s\n", found.gl_pathv[0]);
    globfree(&found);
    return good;
}

static inline void remove_folder(void)
{
    char *const argv[] = {(char *)"rm", (char *)"-rf", folder, NULL};
    if (folder[0])
        run(argv);
}

/** The file that includes all others. */
static inline const char *top_file(apr_pool_t *in)
{
    return apr_pstrcat(in, folder, "/pegasus/Schemas/CIM241/CIM_Schema.mof",
                       NULL);
}

#endif
