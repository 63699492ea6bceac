/* mod_wsman_shell_config.c - the directives of remote shells.
 */
#include "mod_wsman.h"

#include <stddef.h>
#include <strings.h>
#include <sys/un.h>
#include <unistd.h>

#include <apr_lib.h>
#include <apr_strings.h>
#include <http_core.h>
#include <unixd.h>

#define DAY apr_time_from_sec(86400)

#define STANDARD_LOWEST_UID       1000
#define STANDARD_SHELLS           250
#define STANDARD_SHELLS_PER_USER  30
#define STANDARD_COMMANDS         64
#define STANDARD_BUFFER           (1024 * 1024)
#define STANDARD_IDLE_TIMEOUT     apr_time_from_sec(7200)
#define STANDARD_MAX_IDLE_TIMEOUT DAY
#define STANDARD_UMASK            022
#define STANDARD_PAM              "wsman"
#define STANDARD_SOCKET           "wsman-shell.sock"
#define STANDARD_PATH                                                          \
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* An account's name (useradd(8)), or a group's */
#define MOST_NAME 256

/* ---- the structures */

void mod_wsman_shells_make(mod_wsman_shells_t *shells)
{
    shells->lowest_uid = MOD_WSMAN_UNSET;
    shells->shells = MOD_WSMAN_UNSET;
    shells->shells_per_user = MOD_WSMAN_UNSET;
    shells->commands = MOD_WSMAN_UNSET;
    shells->processes = MOD_WSMAN_UNSET;
    shells->memory = MOD_WSMAN_UNSET;
    shells->lifetime = MOD_WSMAN_UNSET;
    shells->cpu = MOD_WSMAN_UNSET;
    shells->buffer = MOD_WSMAN_UNSET;
    shells->idle_timeout = MOD_WSMAN_UNSET;
    shells->max_idle_timeout = MOD_WSMAN_UNSET;
    shells->umask = MOD_WSMAN_UNSET;
}

void mod_wsman_shell_place_make(mod_wsman_shell_place_t *place)
{
    place->max_waiters = MOD_WSMAN_UNSET;
}

void mod_wsman_shell_place_merge(mod_wsman_shell_place_t *place,
                                 const mod_wsman_shell_place_t *outer,
                                 const mod_wsman_shell_place_t *inner)
{
    place->accounts = inner->accounts ? inner->accounts : outer->accounts;
    place->max_waiters = inner->max_waiters != MOD_WSMAN_UNSET
                             ? inner->max_waiters
                             : outer->max_waiters;
}

/* ---- words */

static const char *wrong(const cmd_parms *cmd, const char *what)
{
    return apr_pstrcat(cmd->pool, cmd->cmd->name, ": ", what, NULL);
}

static const char *wrong_word(const cmd_parms *cmd, const char *word,
                              const char *what)
{
    return apr_psprintf(cmd->pool, "%s: '%s' %s", cmd->cmd->name, word, what);
}

static mod_wsman_shells_t *shells_of(const cmd_parms *cmd)
{
    return &mod_wsman_server_of(cmd->server)->shells;
}

static const char *global_only(cmd_parms *cmd)
{
    return ap_check_cmd_context(cmd, GLOBAL_ONLY);
}

/* ---- engines */

static int is_engine_name(const char *name)
{
    const char *p;

    for (p = name; *p != '\0'; p++) {
        if (!apr_isalnum(*p) && strchr("._-", *p) == NULL)
            return 0;
    }
    return p > name && p - name <= 64;
}

static int has_engine(const mod_wsman_shells_t *shells, const char *name)
{
    int i;

    for (i = 0; i < shells->engines->nelts; i++) {
        if (strcasecmp(
                APR_ARRAY_IDX(shells->engines, i, wsm_shell_engine_t).name,
                name) == 0)
            return 1;
    }
    return 0;
}

/* The program and its arguments, NULL-terminated */
static const char *const *copy_words(char *const *words, int count,
                                     apr_pool_t *pool)
{
    const char **all = apr_palloc(pool, sizeof(*all) * (apr_size_t)(count + 1));
    int i;

    for (i = 0; i < count; i++)
        all[i] = apr_pstrdup(pool, words[i]);
    all[count] = NULL;
    return all;
}

const char *mod_wsman_set_shell(cmd_parms *cmd, void *config, int argc,
                                char *const argv[])
{
    mod_wsman_shells_t *shells = shells_of(cmd);
    wsm_shell_engine_t engine;
    const char *err = global_only(cmd);

    (void)config;
    if (err != NULL)
        return err;
    if (argc < 1)
        return wrong(cmd, "it needs 'cmd' or the name of a configuration of "
                          "PowerShell; a program with its arguments may "
                          "follow; or 'Off'");
    if (strcasecmp(argv[0], "Off") == 0) {
        shells->engines = NULL;
        return argc > 1 ? wrong(cmd, "Off stands alone") : NULL;
    }
    if (!is_engine_name(argv[0]))
        return wrong_word(cmd, argv[0],
                          "is neither 'cmd' nor the name of a configuration "
                          "of PowerShell, as Microsoft.PowerShell is");
    if (argc > 1 && argv[1][0] != '/')
        return wrong_word(cmd, argv[1], "is no absolute path of a program");
    if (shells->engines == NULL)
        shells->engines = apr_array_make(cmd->pool, 2, sizeof(engine));
    if (has_engine(shells, argv[0]))
        return wrong_word(cmd, argv[0], "stands in another line, too");
    engine.name = apr_pstrdup(cmd->pool, argv[0]);
    engine.kind = strcasecmp(argv[0], "cmd") == 0 ? WSM_SHELL_COMMANDS
                                                  : WSM_SHELL_POWERSHELL;
    engine.program = copy_words(argv + 1, argc - 1, cmd->pool);
    APR_ARRAY_PUSH(shells->engines, wsm_shell_engine_t) = engine;
    return NULL;
}

/* ---- who */

const char *mod_wsman_add_shell_account(cmd_parms *cmd, void *config,
                                        const char *name)
{
    mod_wsman_shells_t *shells = shells_of(cmd);
    const char *err = global_only(cmd);
    const char *bare = *name == '@' ? name + 1 : name;

    (void)config;
    if (err != NULL)
        return err;
    if (*bare == '\0' || strlen(bare) > MOST_NAME ||
        strpbrk(bare, ":/ \t\r\n") != NULL)
        return wrong_word(cmd, name,
                          "is neither an account of the system, nor '@' and "
                          "a group, nor '*'");
    if (shells->accounts == NULL)
        shells->accounts = apr_array_make(cmd->pool, 4, sizeof(const char *));
    APR_ARRAY_PUSH(shells->accounts, const char *) =
        apr_pstrdup(cmd->pool, name);
    return NULL;
}

static const char *read_account(mod_wsman_account_t *account, cmd_parms *cmd,
                                const char *users, const char *value)
{
    const char *err = NULL;

    if (users != NULL) {
        account->users = ap_pregcomp(cmd->pool, users, AP_REG_EXTENDED);
        if (account->users == NULL)
            return wrong_word(cmd, users, "is no regular expression");
    }
    if (strcasecmp(value, "None") == 0)
        account->text = "";
    else if (users != NULL)
        account->text = apr_pstrdup(cmd->pool, value);
    else
        account->expression = ap_expr_parse_cmd(
            cmd, value, AP_EXPR_FLAG_STRING_RESULT, &err, NULL);
    return err ? wrong_word(
                     cmd, value,
                     apr_pstrcat(cmd->pool, "is no expression: ", err, NULL))
               : NULL;
}

/* One argument: an expression; two: a regular expression for users, and what
 * their account is made of. */
const char *mod_wsman_map_shell_account(cmd_parms *cmd, void *config,
                                        const char *first, const char *second)
{
    mod_wsman_shell_place_t *place = &((mod_wsman_place_t *)config)->shell;
    mod_wsman_account_t account = {NULL, NULL, NULL};
    const char *err = read_account(&account, cmd, second ? first : NULL,
                                   second ? second : first);

    if (err != NULL)
        return err;
    if (place->accounts == NULL)
        place->accounts = apr_array_make(cmd->pool, 2, sizeof(account));
    APR_ARRAY_PUSH(place->accounts, mod_wsman_account_t) = account;
    return NULL;
}

/* ---- numbers */

struct mod_wsman_shell_number_t {
    apr_size_t offset;
    const char *(*read)(apr_int64_t *value, const char *text, apr_int64_t least,
                        apr_int64_t most, apr_pool_t *pool);
    apr_int64_t least;
    apr_int64_t most;
};

#define FIELD(name) APR_OFFSETOF(mod_wsman_shells_t, name)
#define NUMBER      mod_wsman_value_number
#define BYTES       mod_wsman_value_bytes
#define TIME        mod_wsman_value_time
#define SECONDS(n)  apr_time_from_sec(n)

const mod_wsman_shell_number_t
    mod_wsman_shell_lowest_uid = {FIELD(lowest_uid), NUMBER, 1, 4294967294},
    mod_wsman_shell_shells = {FIELD(shells), NUMBER, 0, 100000},
    mod_wsman_shell_shells_per_user = {FIELD(shells_per_user), NUMBER, 0,
                                       100000},
    mod_wsman_shell_commands = {FIELD(commands), NUMBER, 0, 100000},
    mod_wsman_shell_processes = {FIELD(processes), NUMBER, 0, 10000000},
    mod_wsman_shell_memory = {FIELD(memory), BYTES, 0, APR_INT64_C(1) << 50},
    mod_wsman_shell_lifetime = {FIELD(lifetime), TIME, 0, 3650 * DAY},
    mod_wsman_shell_cpu = {FIELD(cpu), TIME, 0, 3650 * DAY},
    mod_wsman_shell_buffer = {FIELD(buffer), BYTES, 4096, 1 << 30},
    mod_wsman_shell_idle_timeout = {FIELD(idle_timeout), TIME, SECONDS(1),
                                    365 * DAY},
    mod_wsman_shell_max_idle_timeout = {FIELD(max_idle_timeout), TIME,
                                        SECONDS(1), 365 * DAY};

const char *mod_wsman_set_shell_number(cmd_parms *cmd, void *config,
                                       const char *value)
{
    const mod_wsman_shell_number_t *row = cmd->info;
    char *field = (char *)shells_of(cmd) + row->offset;
    const char *err = global_only(cmd);

    (void)config;
    if (err != NULL)
        return err;
    err = row->read((apr_int64_t *)(void *)field, value, row->least, row->most,
                    cmd->pool);
    return err ? wrong(cmd, err) : NULL;
}

const char *mod_wsman_set_shell_umask(cmd_parms *cmd, void *config,
                                      const char *mask)
{
    const char *err = global_only(cmd);
    apr_int64_t value = 0;
    const char *p;

    (void)config;
    if (err != NULL)
        return err;
    for (p = mask; *p >= '0' && *p <= '7' && p - mask < 4; p++)
        value = value * 8 + (*p - '0');
    if (p == mask || *p != '\0' || value > 0777)
        return wrong_word(cmd, mask, "is no umask, as 022 is");
    shells_of(cmd)->umask = value;
    return NULL;
}

const char *mod_wsman_set_max_waiters(cmd_parms *cmd, void *config,
                                      const char *count)
{
    mod_wsman_place_t *place = config;
    const char *err = mod_wsman_value_number(&place->shell.max_waiters, count,
                                             0, 1000000, cmd->pool);

    return err ? wrong(cmd, err) : NULL;
}

/* ---- names and paths */

const char *mod_wsman_set_shell_pam(cmd_parms *cmd, void *config,
                                    const char *service)
{
    const char *err = global_only(cmd);
    const char *p;

    (void)config;
    if (err != NULL)
        return err;
    for (p = service; *p != '\0'; p++) {
        if (!apr_isalnum(*p) && strchr("_-", *p) == NULL)
            break;
    }
    if (p == service || *p != '\0')
        return wrong_word(cmd, service,
                          "is no name of a file in /etc/pam.d, nor Off");
    shells_of(cmd)->pam =
        strcasecmp(service, "Off") == 0 ? "" : apr_pstrdup(cmd->pool, service);
    return NULL;
}

const char *mod_wsman_set_shell_path(cmd_parms *cmd, void *config,
                                     const char *path)
{
    const char *err = global_only(cmd);
    const char *p = path;

    (void)config;
    if (err != NULL)
        return err;
    for (; p != NULL; p = strchr(p, ':')) {
        p += *p == ':';
        if (*p != '/')
            return wrong_word(cmd, path,
                              "has a folder that is no absolute path");
    }
    shells_of(cmd)->path = apr_pstrdup(cmd->pool, path);
    return NULL;
}

const char *mod_wsman_set_shell_daemon(cmd_parms *cmd, void *config,
                                       const char *name)
{
    const char *err = global_only(cmd);

    (void)config;
    if (err != NULL)
        return err;
    shells_of(cmd)->daemon = ap_server_root_relative(cmd->pool, name);
    return shells_of(cmd)->daemon ? NULL : wrong_word(cmd, name, "is no path");
}

const char *mod_wsman_set_shell_socket(cmd_parms *cmd, void *config,
                                       const char *name)
{
    const char *err = global_only(cmd);

    (void)config;
    if (err != NULL)
        return err;
    shells_of(cmd)->socket = ap_runtime_dir_relative(cmd->pool, name);
    return shells_of(cmd)->socket ? NULL : wrong_word(cmd, name, "is no path");
}

/* ---- all of it */

#define OR(value, standard)                                                    \
    ((value) != MOD_WSMAN_UNSET ? (value) : (apr_int64_t)(standard))

int mod_wsman_shells_wanted(const mod_wsman_shells_t *shells)
{
    return shells->engines != NULL && shells->engines->nelts > 0;
}

const char *mod_wsman_shells_socket(const mod_wsman_shells_t *shells,
                                    apr_pool_t *pool)
{
    return shells->socket ? shells->socket
                          : ap_runtime_dir_relative(pool, STANDARD_SOCKET);
}

const char *mod_wsman_shells_daemon(const mod_wsman_shells_t *shells)
{
    return shells->daemon ? shells->daemon : WSM_SHELLD;
}

void mod_wsman_shells_limits(wsm_shell_limits_t *limits,
                             const mod_wsman_shells_t *shells)
{
    limits->shells = (apr_uint32_t)OR(shells->shells, STANDARD_SHELLS);
    limits->shells_per_user =
        (apr_uint32_t)OR(shells->shells_per_user, STANDARD_SHELLS_PER_USER);
    limits->commands = (apr_uint32_t)OR(shells->commands, STANDARD_COMMANDS);
    limits->processes = (apr_uint32_t)OR(shells->processes, 0);
    limits->memory = (apr_uint64_t)OR(shells->memory, 0);
    limits->lifetime = OR(shells->lifetime, 0);
    limits->cpu = OR(shells->cpu, 0);
    limits->buffer = (apr_uint64_t)OR(shells->buffer, STANDARD_BUFFER);
    limits->max_idle_timeout =
        OR(shells->max_idle_timeout, STANDARD_MAX_IDLE_TIMEOUT);
    limits->idle_timeout = OR(shells->idle_timeout,
                              limits->max_idle_timeout < STANDARD_IDLE_TIMEOUT
                                  ? limits->max_idle_timeout
                                  : STANDARD_IDLE_TIMEOUT);
}

static wsm_error_t *check_socket(const char *path, apr_pool_t *pool)
{
    const apr_size_t most = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1;

    if (path != NULL && strlen(path) <= most)
        return NULL;
    return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                    "The socket of the shell daemon, %s, has a path that is "
                    "too long for a socket: more than %u characters. Write "
                    "WSManShellSocket and a shorter one.",
                    path ? path : "", (unsigned)most);
}

wsm_error_t *mod_wsman_shells_check(const mod_wsman_shells_t *shells,
                                    apr_pool_t *pool)
{
    const char *daemon = mod_wsman_shells_daemon(shells);
    wsm_shell_limits_t limits;
    wsm_error_t *err;

    if (!mod_wsman_shells_wanted(shells))
        return NULL;
    if (shells->accounts == NULL)
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "WSManShell needs WSManShellAccounts, and the "
                        "accounts of the system that may have shells: names, "
                        "as in 'WSManShellAccounts alice bob'; '@' and a "
                        "group, as in 'WSManShellAccounts @operators'; or '*' "
                        "for all from WSManShellLowestUid on.");
    mod_wsman_shells_limits(&limits, shells);
    if (limits.idle_timeout > limits.max_idle_timeout)
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "WSManShellIdleTimeout is longer than "
                        "WSManShellMaxIdleTimeout.");
    err = check_socket(mod_wsman_shells_socket(shells, pool), pool);
    if (err != NULL)
        return err;
    if (access(daemon, X_OK) != 0)
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "The shell daemon %s is not there, or cannot be "
                        "executed. WSManShellDaemon says where it is.",
                        daemon);
    return NULL;
}

/* Only root can open sessions of others. */
static const char *pam_of(const mod_wsman_shells_t *shells)
{
    if (shells->pam == NULL)
        return geteuid() == 0 ? STANDARD_PAM : NULL;
    return *shells->pam ? shells->pam : NULL;
}

void mod_wsman_shells_policy(wsm_shell_policy_t *policy,
                             const mod_wsman_shells_t *shells)
{
    memset(policy, 0, sizeof(*policy));
    policy->engines = (const wsm_shell_engine_t *)(void *)shells->engines->elts;
    policy->nengines = shells->engines->nelts;
    policy->accounts = (const char *const *)shells->accounts->elts;
    policy->naccounts = shells->accounts->nelts;
    policy->lowest_uid =
        (apr_uint32_t)OR(shells->lowest_uid, STANDARD_LOWEST_UID);
    policy->child_uid =
        (apr_uint32_t)(geteuid() == 0 ? ap_unixd_config.user_id : geteuid());
    policy->pam_service = pam_of(shells);
    policy->path = shells->path ? shells->path : STANDARD_PATH;
    policy->umask = (apr_uint32_t)OR(shells->umask, STANDARD_UMASK);
    mod_wsman_shells_limits(&policy->limits, shells);
}
