/* cmd_plan.c - which program a command line is for.
 */
#include "cmd_plan.h"
#include "line.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

static const char *const *end(apr_array_header_t *words)
{
    APR_ARRAY_PUSH(words, const char *) = NULL;
    return (const char *const *)(void *)words->elts;
}

static void add(apr_array_header_t *words, const char *word)
{
    APR_ARRAY_PUSH(words, const char *) = word;
}

/** The program itself, with its arguments as they came. */
static process_plan_t skip_shell(keeper_t *keeper,
                                 const wsm_shell_command_wish_t *wish,
                                 apr_pool_t *pool)
{
    apr_array_header_t *words =
        apr_array_make(pool, wish->narguments + 2, sizeof(const char *));

    add(words, wish->command);
    for (int i = 0; i < wish->narguments; i++)
        add(words, wish->arguments[i]);
    return keeper_plan(keeper, wish->command, end(words));
}

/** `powershell ...` of clients that believe to speak with Windows. */
static process_plan_t powershell(keeper_t *keeper, const char *rest,
                                 apr_pool_t *pool)
{
    static const char *const missing[] = {
        "/bin/sh", "-c",
        "echo 'powershell: PowerShell is not installed here: install pwsh "
        "(the package powershell of Microsoft), or send commands of the shell' "
        ">&2; exit 127",
        NULL};
    process_plan_t plan =
        keeper_plan(keeper, "pwsh", line_words("pwsh", rest, pool));

    plan.otherwise = missing;
    return plan;
}

static int is_csh(const char *shell)
{
    const apr_size_t length = strlen(shell);

    return length >= 3 && strcmp(shell + length - 3, "csh") == 0;
}

/** The account's shell.  Those of the C family take -l alone only, and know a
 *  login by their name. */
static process_plan_t login_shell(keeper_t *keeper, const char *text,
                                  apr_pool_t *pool)
{
    const char *shell = keeper->account->shell;
    const char *name = strrchr(shell, '/');
    const int login = !keeper->shell.wish->no_profile;
    apr_array_header_t *words = apr_array_make(pool, 5, sizeof(const char *));

    name = name != NULL ? name + 1 : shell;
    if (login && is_csh(name))
        name = apr_pstrcat(pool, "-", name, NULL);
    add(words, name);
    if (login && name[0] != '-')
        add(words, "-l");
    add(words, "-c");
    add(words, text);
    return keeper_plan(keeper, shell, end(words));
}

static process_plan_t configured(keeper_t *keeper, const char *text,
                                 apr_pool_t *pool)
{
    const char *const *program = keeper->shell.engine->program;
    apr_array_header_t *words = apr_array_make(pool, 8, sizeof(const char *));

    for (const char *const *word = program; *word != NULL; word++)
        add(words, *word);
    add(words, "-c");
    add(words, text);
    return keeper_plan(keeper, program[0], end(words));
}

process_plan_t cmd_plan(keeper_t *keeper, const char *line,
                        const wsm_shell_command_wish_t *wish, apr_pool_t *pool)
{
    const char *text;

    if (wish->skip_shell)
        return skip_shell(keeper, wish, pool);
    if (line_read(&text, line, pool) == LINE_POWERSHELL)
        return powershell(keeper, text, pool);
    if (keeper->shell.engine->program[0] != NULL)
        return configured(keeper, text, pool);
    return login_shell(keeper, text, pool);
}
