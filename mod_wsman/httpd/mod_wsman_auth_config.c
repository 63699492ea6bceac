/* mod_wsman_auth_config.c - the directives of authentication and message
 * encryption.
 */
#include "mod_wsman_config.h"

#include <strings.h>

#include <apr_strings.h>

#define STANDARD_SCHEMES                                                       \
    (MOD_WSMAN_SCHEME_NEGOTIATE | MOD_WSMAN_SCHEME_KERBEROS)
#define STANDARD_MECHANISMS (WSM_GSS_KERBEROS | WSM_GSS_NTLM)
#define STANDARD_CACHE      apr_time_from_sec(60)

typedef struct word_t {
    const char *name;
    int value;
} word_t;

static const word_t schemes[] = {{"Negotiate", MOD_WSMAN_SCHEME_NEGOTIATE},
                                 {"Kerberos", MOD_WSMAN_SCHEME_KERBEROS},
                                 {"NTLM", MOD_WSMAN_SCHEME_NTLM},
                                 {"Basic", MOD_WSMAN_SCHEME_BASIC},
                                 {"Certificate", MOD_WSMAN_SCHEME_CERTIFICATE},
                                 {NULL, 0}};

static const word_t mechanisms[] = {
    {"Kerberos", WSM_GSS_KERBEROS}, {"NTLM", WSM_GSS_NTLM}, {NULL, 0}};

static const word_t degrees[] = {{"Off", MOD_WSMAN_DEGREE_OFF},
                                 {"Allow", MOD_WSMAN_DEGREE_ALLOW},
                                 {"Require", MOD_WSMAN_DEGREE_REQUIRE},
                                 {NULL, 0}};

static const word_t name_forms[] = {{"Full", 0}, {"Short", 1}, {NULL, 0}};

/* ---- the structure */

void mod_wsman_auth_make(mod_wsman_auth_t *auth)
{
    auth->schemes = MOD_WSMAN_UNSET;
    auth->mechanisms = MOD_WSMAN_UNSET;
    auth->binding = MOD_WSMAN_DEGREE_UNSET;
    auth->encryption = MOD_WSMAN_DEGREE_UNSET;
    auth->allow_unencrypted = MOD_WSMAN_UNSET;
    auth->short_names = MOD_WSMAN_UNSET;
    auth->cache = MOD_WSMAN_UNSET;
    auth->verify = MOD_WSMAN_VERIFY_UNSET;
}

#define CHOOSE(field, unset)                                                   \
    auth->field = inner->field != (unset) ? inner->field : outer->field

void mod_wsman_auth_merge(mod_wsman_auth_t *auth, const mod_wsman_auth_t *outer,
                          const mod_wsman_auth_t *inner)
{
    CHOOSE(schemes, MOD_WSMAN_UNSET);
    CHOOSE(mechanisms, MOD_WSMAN_UNSET);
    CHOOSE(binding, MOD_WSMAN_DEGREE_UNSET);
    CHOOSE(encryption, MOD_WSMAN_DEGREE_UNSET);
    CHOOSE(allow_unencrypted, MOD_WSMAN_UNSET);
    CHOOSE(short_names, MOD_WSMAN_UNSET);
    CHOOSE(cache, MOD_WSMAN_UNSET);
    CHOOSE(basic_providers, NULL);
    CHOOSE(user_file, NULL);
    CHOOSE(verify, MOD_WSMAN_VERIFY_UNSET);
}

#define FILL(field, standard)                                                  \
    if (auth.field == MOD_WSMAN_UNSET)                                         \
    auth.field = (standard)

mod_wsman_auth_t mod_wsman_auth_of(const request_rec *r)
{
    mod_wsman_auth_t auth = mod_wsman_place_of(r->per_dir_config)->auth;

    FILL(schemes, STANDARD_SCHEMES);
    FILL(mechanisms, STANDARD_MECHANISMS);
    FILL(binding, MOD_WSMAN_DEGREE_ALLOW);
    FILL(encryption, MOD_WSMAN_DEGREE_ALLOW);
    FILL(allow_unencrypted, 0);
    FILL(short_names, 0);
    FILL(cache, STANDARD_CACHE);
    FILL(verify, MOD_WSMAN_VERIFY_NONE);
    return auth;
}

/* ---- words */

static const char *names_of(const word_t *words, apr_pool_t *pool)
{
    const char *text = words->name;

    for (words++; words->name != NULL; words++)
        text = apr_pstrcat(pool, text, words[1].name ? ", " : " or ",
                           words->name, NULL);
    return text;
}

static const char *read_word(int *value, const cmd_parms *cmd,
                             const word_t *words, const char *name)
{
    const word_t *word;

    for (word = words; word->name != NULL; word++) {
        if (strcasecmp(word->name, name) == 0) {
            *value = word->value;
            return NULL;
        }
    }
    return apr_psprintf(cmd->pool, "%s: '%s' is not %s", cmd->cmd->name, name,
                        names_of(words, cmd->pool));
}

static const char *read_words(int *mask, const cmd_parms *cmd,
                              const word_t *words, int argc, char *const argv[])
{
    int sum = 0;
    int i;

    if (argc == 0)
        return apr_psprintf(cmd->pool, "%s needs at least one of %s",
                            cmd->cmd->name, names_of(words, cmd->pool));
    for (i = 0; i < argc; i++) {
        int value;
        const char *err = read_word(&value, cmd, words, argv[i]);

        if (err != NULL)
            return err;
        sum |= value;
    }
    *mask = sum;
    return NULL;
}

/* ---- directives */

const char *mod_wsman_set_schemes(cmd_parms *cmd, void *config, int argc,
                                  char *const argv[])
{
    mod_wsman_place_t *place = config;

    return read_words(&place->auth.schemes, cmd, schemes, argc, argv);
}

const char *mod_wsman_set_mechanisms(cmd_parms *cmd, void *config, int argc,
                                     char *const argv[])
{
    mod_wsman_place_t *place = config;

    return read_words(&place->auth.mechanisms, cmd, mechanisms, argc, argv);
}

/* Of the main server, whose processes have one environment */
static const char *read_path(const char **path, cmd_parms *cmd,
                             const char *name)
{
    const char *err = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    if (err != NULL)
        return err;
    *path = ap_server_root_relative(cmd->pool, name);
    return *path != NULL ? NULL
                         : apr_psprintf(cmd->pool, "%s: '%s' is no path",
                                        cmd->cmd->name, name);
}

const char *mod_wsman_set_keytab(cmd_parms *cmd, void *config, const char *name)
{
    (void)config;
    return read_path(&mod_wsman_server_of(cmd->server)->keytab, cmd,
                     strncmp(name, "FILE:", 5) == 0 ? name + 5 : name);
}

const char *mod_wsman_set_ntlm_users(cmd_parms *cmd, void *config,
                                     const char *name)
{
    (void)config;
    return read_path(&mod_wsman_server_of(cmd->server)->ntlm_users, cmd, name);
}

static const char *read_degree(mod_wsman_degree_e *degree, const cmd_parms *cmd,
                               const char *word)
{
    int value;
    const char *err = read_word(&value, cmd, degrees, word);

    if (err == NULL)
        *degree = (mod_wsman_degree_e)value;
    return err;
}

const char *mod_wsman_set_binding(cmd_parms *cmd, void *config,
                                  const char *word)
{
    mod_wsman_place_t *place = config;

    return read_degree(&place->auth.binding, cmd, word);
}

const char *mod_wsman_set_encryption(cmd_parms *cmd, void *config,
                                     const char *word)
{
    mod_wsman_place_t *place = config;

    return read_degree(&place->auth.encryption, cmd, word);
}

const char *mod_wsman_set_unencrypted(cmd_parms *cmd, void *config, int flag)
{
    mod_wsman_place_t *place = config;

    (void)cmd;
    place->auth.allow_unencrypted = flag != 0;
    return NULL;
}

const char *mod_wsman_set_user_name(cmd_parms *cmd, void *config,
                                    const char *word)
{
    mod_wsman_place_t *place = config;

    return read_word(&place->auth.short_names, cmd, name_forms, word);
}

const char *mod_wsman_set_cache(cmd_parms *cmd, void *config, const char *time)
{
    mod_wsman_place_t *place = config;
    const char *err;

    if (strcasecmp(time, "Off") == 0) {
        place->auth.cache = 0;
        return NULL;
    }
    err = mod_wsman_value_time(&place->auth.cache, time, 0,
                               apr_time_from_sec(3600), cmd->pool);
    return err ? apr_pstrcat(cmd->pool, cmd->cmd->name, ": ", err, NULL) : NULL;
}

/* ---- what others' directives say: httpd hands a line to every module that
 * has its directive.  Without the module whose it is, it stays unknown. */

static const char *needs(const cmd_parms *cmd, const char *module)
{
    return ap_find_linked_module(module) != NULL
               ? NULL
               : apr_psprintf(cmd->pool,
                              "Invalid command '%s', perhaps misspelled or "
                              "defined by a module not included in the server "
                              "configuration",
                              cmd->cmd->name);
}

const char *mod_wsman_see_basic_provider(cmd_parms *cmd, void *config,
                                         const char *name)
{
    mod_wsman_place_t *place = config;
    apr_array_header_t *names =
        (apr_array_header_t *)place->auth.basic_providers;

    if (names == NULL)
        names = apr_array_make(cmd->pool, 2, sizeof(const char *));
    APR_ARRAY_PUSH(names, const char *) = apr_pstrdup(cmd->pool, name);
    place->auth.basic_providers = names;
    return needs(cmd, "mod_auth_basic.c");
}

const char *mod_wsman_see_user_file(cmd_parms *cmd, void *config,
                                    const char *name)
{
    mod_wsman_place_t *place = config;

    place->auth.user_file = ap_server_root_relative(cmd->pool, name);
    return needs(cmd, "mod_authn_file.c");
}

/* mod_ssl says what is wrong with it. */
const char *mod_wsman_see_verify(cmd_parms *cmd, void *config,
                                 const char *level)
{
    mod_wsman_place_t *place = config;

    if (strcasecmp(level, "none") == 0 || strcasecmp(level, "off") == 0)
        place->auth.verify = MOD_WSMAN_VERIFY_NONE;
    else if (strcasecmp(level, "require") == 0 || strcasecmp(level, "on") == 0)
        place->auth.verify = MOD_WSMAN_VERIFY_REQUIRE;
    else
        place->auth.verify = MOD_WSMAN_VERIFY_OPTIONAL;
    return needs(cmd, "mod_ssl.c");
}

const char *mod_wsman_see_ca_file(cmd_parms *cmd, void *config,
                                  const char *name)
{
    (void)config;
    mod_wsman_server_of(cmd->server)->ca_file =
        ap_server_root_relative(cmd->pool, name);
    return needs(cmd, "mod_ssl.c");
}

const char *mod_wsman_see_ca_path(cmd_parms *cmd, void *config,
                                  const char *name)
{
    (void)config;
    mod_wsman_server_of(cmd->server)->ca_path =
        ap_server_root_relative(cmd->pool, name);
    return needs(cmd, "mod_ssl.c");
}
