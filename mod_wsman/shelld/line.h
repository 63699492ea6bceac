/* line.h - what a client of Windows means by a command line.
 *
 * They send `cmd /c ...` and `powershell -encodedcommand ...` through the
 * command shell: the first is a detour to the shell that there is anyway, the
 * second is for pwsh.
 */
#ifndef SHELLD_LINE_H
#define SHELLD_LINE_H

#include <apr_pools.h>

typedef enum line_kind_e {
    LINE_SHELL,     /* `text` is for the shell */
    LINE_POWERSHELL /* `text` is what follows the word powershell */
} line_kind_e;

/** Joins a command with its arguments, with a space between them, as Windows
 *  does. */
const char *line_join(const char *command, const char *const *arguments,
                      int narguments, apr_pool_t *pool);
/** Takes `cmd /c` away from the front as often as it stands there, and quotes
 *  that are around all that follows it. */
line_kind_e line_read(const char **text, const char *line, apr_pool_t *pool);
/** Words as programs of Windows read them (CommandLineToArgvW): double quotes,
 *  backslashes before them.  NULL at the end.
 *  @param first  what stands before them all */
const char *const *line_words(const char *first, const char *text,
                              apr_pool_t *pool);

#endif
