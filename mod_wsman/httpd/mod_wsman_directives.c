/* mod_wsman_directives.c - the table of directives.
 */
#include "mod_wsman_config.h"

#include <strings.h>

#include <apr_lib.h>
#include <apr_strings.h>

#define DAY apr_time_from_sec(86400)

/* Below this DSP0226 6.2 lets no service go. */
#define LEAST_ENVELOPE 8192
#define MOST_ENVELOPE  (256 * 1024 * 1024)

static const char *wrong(const cmd_parms *cmd, const char *what)
{
    return apr_pstrcat(cmd->pool, cmd->cmd->name, ": ", what, NULL);
}

static const char *wrong_word(const cmd_parms *cmd, const char *word,
                              const char *what)
{
    return apr_psprintf(cmd->pool, "%s: '%s' %s", cmd->cmd->name, word, what);
}

static const char *global_only(cmd_parms *cmd)
{
    return ap_check_cmd_context(cmd, GLOBAL_ONLY);
}

static const char *file_name(const cmd_parms *cmd, const char *name)
{
    return ap_server_root_relative(cmd->pool, name);
}

/* The rest of a WSManProvider line: key=value ... */
static const char *read_params(const cmd_parms *cmd,
                               const wsman_param_t **params, char *const *words,
                               int nwords)
{
    wsman_param_t *all =
        apr_pcalloc(cmd->pool, sizeof(*all) * (apr_size_t)(nwords + 1));
    int i;

    for (i = 0; i < nwords; i++) {
        const char *equals = strchr(words[i], '=');

        if (equals == NULL || equals == words[i])
            return wrong_word(cmd, words[i], "is not of the form key=value");
        all[i].name = apr_pstrmemdup(cmd->pool, words[i],
                                     (apr_size_t)(equals - words[i]));
        all[i].value = apr_pstrdup(cmd->pool, equals + 1);
    }
    *params = all;
    return NULL;
}

static const char *set_provider(cmd_parms *cmd, void *config, int argc,
                                char *const argv[])
{
    mod_wsman_server_t *server = mod_wsman_server_of(cmd->server);
    mod_wsman_provider_t provider;
    const char *err = global_only(cmd);

    (void)config;
    if (err != NULL)
        return err;
    if (argc < 2)
        return wrong(cmd, "it needs a name and the path of the plug-in; "
                          "key=value words may follow");
    provider.name = apr_pstrdup(cmd->pool, argv[0]);
    provider.path = file_name(cmd, argv[1]);
    if (provider.path == NULL)
        return wrong_word(cmd, argv[1], "is no path");
    err = read_params(cmd, &provider.params, argv + 2, argc - 2);
    if (err != NULL)
        return err;
    if (server->providers == NULL)
        server->providers = apr_array_make(cmd->pool, 4, sizeof(provider));
    APR_ARRAY_PUSH(server->providers, mod_wsman_provider_t) = provider;
    return NULL;
}

static const char *add_schema(cmd_parms *cmd, void *config, const char *name)
{
    mod_wsman_server_t *server = mod_wsman_server_of(cmd->server);
    const char *path = file_name(cmd, name);
    const char *err = ap_check_cmd_context(cmd, NOT_IN_DIR_CONTEXT);
    apr_finfo_t finfo;
    apr_status_t status;

    (void)config;
    if (err != NULL)
        return err;
    if (path == NULL)
        return wrong_word(cmd, name, "is no path");
    status = apr_stat(&finfo, path, APR_FINFO_TYPE, cmd->temp_pool);
    if (status != APR_SUCCESS && status != APR_INCOMPLETE)
        return wrong_word(
            cmd, path, apr_psprintf(cmd->pool, "cannot be read: %pm", &status));
    if (server->schema == NULL)
        server->schema = apr_array_make(cmd->pool, 4, sizeof(const char *));
    APR_ARRAY_PUSH(server->schema, const char *) = path;
    return NULL;
}

static const char *set_state_dir(cmd_parms *cmd, void *config, const char *name)
{
    mod_wsman_server_t *server = mod_wsman_server_of(cmd->server);
    const char *err = global_only(cmd);

    (void)config;
    if (err != NULL)
        return err;
    server->state_dir = file_name(cmd, name);
    return server->state_dir ? NULL : wrong_word(cmd, name, "is no path");
}

/* "memory", "sqlite3:file" with the file relative to ServerRoot, or another
 * driver of apr_dbd with its parameters. */
static const char *set_store(cmd_parms *cmd, void *config, const char *spec)
{
    mod_wsman_server_t *server = mod_wsman_server_of(cmd->server);
    const char *err = global_only(cmd);
    const char *colon = strchr(spec, ':');
    const char *path;

    (void)config;
    if (err != NULL)
        return err;
    server->store = apr_pstrdup(cmd->pool, spec);
    if (strcmp(spec, "memory") == 0)
        return NULL;
    if (colon == NULL || colon == spec || colon[1] == '\0')
        return wrong_word(cmd, spec,
                          "is neither 'memory' nor 'driver:parameters', as in "
                          "sqlite3:/var/lib/wsman/wsman.db");
    if (strncmp(spec, "sqlite3:", 8) != 0)
        return NULL;
    path = file_name(cmd, colon + 1);
    if (path == NULL)
        return wrong_word(cmd, colon + 1, "is no path");
    server->store = apr_pstrcat(cmd->pool, "sqlite3:", path, NULL);
    return NULL;
}

static const char *set_key_rotation(cmd_parms *cmd, void *config,
                                    const char *age)
{
    mod_wsman_server_t *server = mod_wsman_server_of(cmd->server);
    const char *err = global_only(cmd);

    (void)config;
    if (err != NULL)
        return err;
    if (strcasecmp(age, "never") == 0) {
        server->key_rotation = 0;
        return NULL;
    }
    err = mod_wsman_value_time(&server->key_rotation, age,
                               apr_time_from_sec(3600), 3650 * DAY, cmd->pool);
    return err ? wrong(cmd, err) : NULL;
}

static const char *set_spool_max(cmd_parms *cmd, void *config, const char *size)
{
    mod_wsman_server_t *server = mod_wsman_server_of(cmd->server);
    const char *err = global_only(cmd);

    (void)config;
    if (err != NULL)
        return err;
    err = mod_wsman_value_bytes(&server->spool_max, size, 0,
                                APR_INT64_C(1) << 50, cmd->pool);
    return err ? wrong(cmd, err) : NULL;
}

static const char *add_map(cmd_parms *cmd, void *config, const char *pattern,
                           const char *provider)
{
    mod_wsman_place_t *place = config;
    wsm_map_t map = {apr_pstrdup(cmd->pool, pattern),
                     apr_pstrdup(cmd->pool, provider)};

    if (place->maps == NULL)
        place->maps = apr_array_make(cmd->pool, 2, sizeof(map));
    APR_ARRAY_PUSH(place->maps, wsm_map_t) = map;
    return NULL;
}

/* @return true if text is letters, digits and what `more` names */
static int is_made_of(const char *text, const char *more)
{
    for (; *text != '\0'; text++) {
        if (!apr_isalnum(*text) && strchr(more, *text) == NULL)
            return 0;
    }
    return 1;
}

static const char *set_repository(cmd_parms *cmd, void *config,
                                  const char *name)
{
    mod_wsman_place_t *place = config;

    if (*name == '\0' || strlen(name) > 64 || !is_made_of(name, "_.-"))
        return wrong_word(cmd, name,
                          "is no name: letters, digits, '_', '.' and '-', at "
                          "most 64");
    place->repository = apr_pstrdup(cmd->pool, name);
    return NULL;
}

static const char *set_namespace(cmd_parms *cmd, void *config, const char *name)
{
    mod_wsman_place_t *place = config;
    apr_size_t length = strlen(name);

    if (length == 0 || !is_made_of(name, "_/-") || name[0] == '/' ||
        name[length - 1] == '/' || strstr(name, "//") != NULL)
        return wrong_word(cmd, name, "is no namespace, as root/cimv2 is");
    place->ns = apr_pstrdup(cmd->pool, name);
    return NULL;
}

static const char *set_max_envelope(cmd_parms *cmd, void *config,
                                    const char *size)
{
    mod_wsman_place_t *place = config;
    const char *err = mod_wsman_value_bytes(
        &place->max_envelope, size, LEAST_ENVELOPE, MOST_ENVELOPE, cmd->pool);

    return err ? wrong(cmd, err) : NULL;
}

static const char *set_max_elements(cmd_parms *cmd, void *config,
                                    const char *count)
{
    mod_wsman_place_t *place = config;
    const char *err = mod_wsman_value_number(&place->max_elements, count, 1,
                                             1000000000, cmd->pool);

    return err ? wrong(cmd, err) : NULL;
}

/* A count at the offset that cmd->info is; 0: no bound. */
static const char *set_bound(cmd_parms *cmd, void *config, const char *count)
{
    apr_size_t offset = (apr_size_t)cmd->info;
    char *field = (char *)config + offset;
    const char *err = mod_wsman_value_number((apr_int64_t *)(void *)field,
                                             count, 0, 1000000, cmd->pool);

    return err ? wrong(cmd, err) : NULL;
}

static const char *set_auth_failures(cmd_parms *cmd, void *config,
                                     const char *count, const char *time)
{
    mod_wsman_place_t *place = config;
    const char *err;

    place->auth_window = apr_time_from_sec(60);
    if (strcasecmp(count, "Off") == 0) {
        place->auth_failures = 0;
        return time ? wrong(cmd, "Off stands alone") : NULL;
    }
    err = mod_wsman_value_number(&place->auth_failures, count, 1, 1000000,
                                 cmd->pool);
    if (err == NULL && time != NULL)
        err = mod_wsman_value_time(&place->auth_window, time,
                                   apr_time_from_sec(1), DAY, cmd->pool);
    return err ? wrong(cmd, err) : NULL;
}

static const char *set_audit(cmd_parms *cmd, void *config, int on)
{
    mod_wsman_place_t *place = config;

    (void)cmd;
    place->audit = on;
    return NULL;
}

static const char *set_timeout(cmd_parms *cmd, void *config, const char *time)
{
    mod_wsman_place_t *place = config;
    const char *err = mod_wsman_value_time(
        &place->timeout, time, apr_time_from_msec(10), DAY, cmd->pool);

    return err ? wrong(cmd, err) : NULL;
}

static const char *set_enum_timeout(cmd_parms *cmd, void *config,
                                    const char *time)
{
    mod_wsman_place_t *place = config;
    const char *err = mod_wsman_value_time(
        &place->enum_timeout, time, apr_time_from_sec(1), 365 * DAY, cmd->pool);

    return err ? wrong(cmd, err) : NULL;
}

static const char *set_identify(cmd_parms *cmd, void *config, const char *who)
{
    mod_wsman_place_t *place = config;

    if (strcasecmp(who, "Anonymous") == 0)
        place->identify = MOD_WSMAN_IDENTIFY_ANONYMOUS;
    else if (strcasecmp(who, "Authenticated") == 0)
        place->identify = MOD_WSMAN_IDENTIFY_AUTHENTICATED;
    else
        return wrong_word(cmd, who,
                          "is neither 'Anonymous' nor 'Authenticated'");
    return NULL;
}

/* The core's directive, which httpd hands to every module that has it: the core
 * keeps handlers as expressions, which say nothing before there is a request.
 */
static const char *set_handler(cmd_parms *cmd, void *config, const char *name)
{
    mod_wsman_place_t *place = config;

    (void)cmd;
    place->is_endpoint = strcmp(name, MOD_WSMAN_HANDLER) == 0;
    return NULL;
}

#define SET_HANDLER    "SetHandler"
#define BASIC_PROVIDER "AuthBasicProvider"
#define USER_FILE      "AuthUserFile"
#define VERIFY_CLIENT  "SSLVerifyClient"
#define CA_FILE        "SSLCACertificateFile"
#define CA_PATH        "SSLCACertificatePath"

#define PLACE (RSRC_CONF | ACCESS_CONF)

#define FIELD(name) ((void *)APR_OFFSETOF(mod_wsman_place_t, name))

#define SHELL(name) ((void *)&mod_wsman_shell_##name)

/* Global directives take ACCESS_CONF too, so that in a section their own
 * message says where they belong. */
const command_rec mod_wsman_commands[] = {
    AP_INIT_TAKE_ARGV("WSManProvider", set_provider, NULL, PLACE,
                      "name, path of the plug-in, key=value ..."),
    AP_INIT_ITERATE("WSManSchema", add_schema, NULL, PLACE,
                    "MOF files, in the order in which they are read"),
    AP_INIT_TAKE1("WSManStateDir", set_state_dir, NULL, PLACE,
                  "the folder for keys, spool and the default store"),
    AP_INIT_TAKE1("WSManStore", set_store, NULL, PLACE,
                  "memory, sqlite3:file or another apr_dbd driver:parameters"),
    AP_INIT_TAKE1("WSManKeyRotation", set_key_rotation, NULL, PLACE,
                  "the age at which a start makes a new signing key, or never"),
    AP_INIT_TAKE1("WSManSpoolMax", set_spool_max, NULL, PLACE,
                  "bytes of spooled results; 0: no spool"),
    AP_INIT_TAKE2("WSManMap", add_map, NULL, PLACE,
                  "a pattern for resource URIs or classes, a provider"),
    AP_INIT_TAKE1("WSManRepository", set_repository, NULL, PLACE,
                  "the name of the endpoint's part of the store"),
    AP_INIT_TAKE1("WSManNamespace", set_namespace, NULL, PLACE,
                  "the CIM namespace of requests that name none"),
    AP_INIT_TAKE1("WSManMaxEnvelopeSize", set_max_envelope, NULL, PLACE,
                  "the largest envelope, in bytes"),
    AP_INIT_TAKE1("WSManMaxElements", set_max_elements, NULL, PLACE,
                  "the most instances in a reply"),
    AP_INIT_TAKE1("WSManOperationTimeout", set_timeout, NULL, PLACE,
                  "how long an operation may take, at most and by default"),
    AP_INIT_TAKE1("WSManEnumerationTimeout", set_enum_timeout, NULL, PLACE,
                  "how long a context lives, at most and by default"),
    AP_INIT_TAKE1("WSManMaxConcurrentOperationsPerUser", set_bound,
                  FIELD(max_operations_per_user), PLACE,
                  "requests of a user at a time; 0: any"),
    AP_INIT_TAKE1("WSManMaxConnections", set_bound, FIELD(max_connections),
                  PLACE, "requests of all users at a time; 0: any"),
    AP_INIT_TAKE1("WSManMaxRequestsPerSecondPerUser", set_bound,
                  FIELD(rate_per_user), PLACE,
                  "requests of a user in a second; 0: any"),
    AP_INIT_TAKE1("WSManMaxRequestsPerSecond", set_bound, FIELD(rate), PLACE,
                  "requests of all users in a second; 0: any"),
    AP_INIT_TAKE12("WSManAuthFailures", set_auth_failures, NULL, PLACE,
                   "failed authentications until an address is barred, and in "
                   "which time; or Off"),
    AP_INIT_FLAG("WSManAudit", set_audit, NULL, PLACE,
                 "On: a line of audit for each request"),
    AP_INIT_TAKE1("WSManIdentify", set_identify, NULL, PLACE,
                  "Anonymous or Authenticated"),
    AP_INIT_TAKE_ARGV("WSManAuthSchemes", mod_wsman_set_schemes, NULL, PLACE,
                      "what AuthType WSMan offers: Negotiate Kerberos NTLM "
                      "Basic Certificate"),
    AP_INIT_TAKE_ARGV("WSManAuthMechanisms", mod_wsman_set_mechanisms, NULL,
                      PLACE, "what a handshake may use: Kerberos NTLM"),
    AP_INIT_TAKE1("WSManKeytab", mod_wsman_set_keytab, NULL, PLACE,
                  "the file with the keys for Kerberos tickets"),
    AP_INIT_TAKE1("WSManNTLMUserFile", mod_wsman_set_ntlm_users, NULL, PLACE,
                  "the file with the users for NTLM"),
    AP_INIT_TAKE1("WSManChannelBinding", mod_wsman_set_binding, NULL, PLACE,
                  "Off, Allow or Require the binding to the TLS channel"),
    AP_INIT_TAKE1("WSManMessageEncryption", mod_wsman_set_encryption, NULL,
                  PLACE, "Off, Allow or Require sealed messages"),
    AP_INIT_FLAG("WSManAllowUnencrypted", mod_wsman_set_unencrypted, NULL,
                 PLACE, "On: passwords may come over clear HTTP"),
    AP_INIT_TAKE1("WSManUserName", mod_wsman_set_user_name, NULL, PLACE,
                  "Full or Short: with or without domain and realm"),
    AP_INIT_TAKE1("WSManAuthCache", mod_wsman_set_cache, NULL, PLACE,
                  "how long a checked password counts on its connection"),
    AP_INIT_TAKE_ARGV("WSManCertMap", mod_wsman_certmap_read, NULL, PLACE,
                      "issuer=SHA1 subject=PATTERN uri=PATTERN user=NAME "
                      "enabled=on|off"),
    AP_INIT_TAKE1("WSManRootSDDL", mod_wsman_root_read, NULL, PLACE,
                  "the security descriptor of the endpoint as SDDL, or None"),
    AP_INIT_RAW_ARGS("WSManSid", mod_wsman_sid_read, NULL, PLACE,
                     "a SID, then user NAME... or expr EXPRESSION"),
    AP_INIT_FLAG("WSManUnixAccounts", mod_wsman_unix_accounts_set, NULL, PLACE,
                 "On: users have the SIDs of the system's accounts"),
    AP_INIT_TAKE_ARGV("WSManShell", mod_wsman_set_shell, NULL, PLACE,
                      "cmd or a configuration of PowerShell, program and "
                      "arguments; or Off"),
    AP_INIT_ITERATE("WSManShellAccounts", mod_wsman_add_shell_account, NULL,
                    PLACE, "accounts, @groups or * that may have shells"),
    AP_INIT_TAKE1("WSManShellLowestUid", mod_wsman_set_shell_number,
                  SHELL(lowest_uid), PLACE,
                  "the first uid that @group and * mean"),
    AP_INIT_TAKE1("WSManShellMaxShells", mod_wsman_set_shell_number,
                  SHELL(shells), PLACE, "shells at a time; 0: any"),
    AP_INIT_TAKE1("WSManShellMaxShellsPerUser", mod_wsman_set_shell_number,
                  SHELL(shells_per_user), PLACE,
                  "shells of a user at a time; 0: any"),
    AP_INIT_TAKE1("WSManShellMaxCommands", mod_wsman_set_shell_number,
                  SHELL(commands), PLACE,
                  "commands of a shell at a time; 0: any"),
    AP_INIT_TAKE1("WSManShellMaxProcesses", mod_wsman_set_shell_number,
                  SHELL(processes), PLACE, "processes of an account; 0: any"),
    AP_INIT_TAKE1("WSManShellMaxMemory", mod_wsman_set_shell_number,
                  SHELL(memory), PLACE, "bytes of memory of a process; 0: any"),
    AP_INIT_TAKE1("WSManShellMaxLifetime", mod_wsman_set_shell_number,
                  SHELL(lifetime), PLACE,
                  "how long a shell lives; 0: as long as it likes"),
    AP_INIT_TAKE1("WSManShellMaxCPU", mod_wsman_set_shell_number, SHELL(cpu),
                  PLACE, "processor time of a process; 0: any"),
    AP_INIT_TAKE1("WSManShellMaxBuffer", mod_wsman_set_shell_number,
                  SHELL(buffer), PLACE, "bytes that wait in each stream"),
    AP_INIT_TAKE1("WSManShellIdleTimeout", mod_wsman_set_shell_number,
                  SHELL(idle_timeout), PLACE,
                  "how long a shell stays that nobody asks for"),
    AP_INIT_TAKE1("WSManShellMaxIdleTimeout", mod_wsman_set_shell_number,
                  SHELL(max_idle_timeout), PLACE,
                  "the same, at most, whatever the client wants"),
    AP_INIT_TAKE1("WSManShellPAM", mod_wsman_set_shell_pam, NULL, PLACE,
                  "the service that PAM is asked for, or Off"),
    AP_INIT_TAKE1("WSManShellPath", mod_wsman_set_shell_path, NULL, PLACE,
                  "PATH of shells"),
    AP_INIT_TAKE1("WSManShellUmask", mod_wsman_set_shell_umask, NULL, PLACE,
                  "umask of shells, octal"),
    AP_INIT_TAKE1("WSManShellDaemon", mod_wsman_set_shell_daemon, NULL, PLACE,
                  "the program wsman-shelld"),
    AP_INIT_TAKE1("WSManShellSocket", mod_wsman_set_shell_socket, NULL, PLACE,
                  "where it listens"),
    AP_INIT_TAKE12("WSManShellAccount", mod_wsman_map_shell_account, NULL,
                   PLACE,
                   "the account of a request's shells: an expression, or a "
                   "pattern for users and what it becomes"),
    AP_INIT_TAKE1("WSManMaxWaiters", mod_wsman_set_max_waiters, NULL, PLACE,
                  "requests that wait for something at a time"),
    AP_INIT_RAW_ARGS("<WSManResource", mod_wsman_section_read, NULL, PLACE,
                     "a pattern for resource URIs or classes, then actions"),
    AP_INIT_TAKE1(SET_HANDLER, set_handler, NULL, OR_FILEINFO,
                  "a handler name; wsman makes a Location an endpoint"),
    AP_INIT_ITERATE(BASIC_PROVIDER, mod_wsman_see_basic_provider, NULL,
                    OR_AUTHCFG, "who checks Basic credentials"),
    AP_INIT_TAKE1(USER_FILE, mod_wsman_see_user_file, NULL, OR_AUTHCFG,
                  "a file with passwords"),
    AP_INIT_TAKE1(VERIFY_CLIENT, mod_wsman_see_verify, NULL,
                  RSRC_CONF | OR_AUTHCFG,
                  "whether clients are asked for certificates"),
    AP_INIT_TAKE1(CA_FILE, mod_wsman_see_ca_file, NULL, RSRC_CONF,
                  "a file with authorities' certificates"),
    AP_INIT_TAKE1(CA_PATH, mod_wsman_see_ca_path, NULL, RSRC_CONF,
                  "a folder with authorities' certificates"),
    {NULL, {NULL}, NULL, 0, RAW_ARGS, NULL}};
