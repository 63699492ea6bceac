/* mod_wsman_token.c - who a caller is to the security descriptors of
 * namespaces: WSManSid, WSManUnixAccounts, and what follows from them for a
 * request.
 *
 * Where it cannot be found out, the caller is nobody at all: an entry that
 * denies something to a SID must not be passed by because of an error.
 */
#include "mod_wsman.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <strings.h>

#include <apr_strings.h>

/* What is known of an account of the system counts for so long. */
#define ACCOUNT_LIFE apr_time_from_sec(60)
/* Linux' NGROUPS_MAX */
#define MAX_GROUPS 65536
/* An entry of the password database is no longer. */
#define MAX_ENTRY (1024 * 1024)

/* ---- directives */

static const char *wrong(const cmd_parms *cmd, const char *what)
{
    return apr_pstrcat(cmd->pool, cmd->cmd->name, ": ", what, NULL);
}

/* As Require expr has it: quotes around all of it are none of it. */
static const char *read_expression(cmd_parms *cmd, mod_wsman_sid_t *sid,
                                   const char *text)
{
    apr_size_t length = strlen(text);
    const char *err = NULL;

    if (length > 1 && text[0] == '"' && text[length - 1] == '"')
        text = apr_pstrmemdup(cmd->temp_pool, text + 1, length - 2);
    if (*text == '\0')
        return wrong(cmd, "expr needs an expression");
    sid->expression =
        ap_expr_parse_cmd(cmd, text, AP_EXPR_FLAG_DONT_VARY, &err, NULL);
    return err ? wrong(cmd, apr_psprintf(cmd->pool, "'%s': %s", text, err))
               : NULL;
}

static const char *read_users(const cmd_parms *cmd, mod_wsman_sid_t *sid,
                              const char *words)
{
    apr_array_header_t *users =
        apr_array_make(cmd->pool, 4, sizeof(const char *));

    while (*words != '\0') {
        const char *word = ap_getword_conf(cmd->pool, &words);

        if (*word != '\0')
            APR_ARRAY_PUSH(users, const char *) = word;
    }
    sid->users = users;
    return users->nelts ? NULL : wrong(cmd, "user needs names");
}

const char *mod_wsman_sid_read(cmd_parms *cmd, void *config, const char *args)
{
    mod_wsman_place_t *place = config;
    const char *text = ap_getword_conf(cmd->pool, &args);
    const char *kind = ap_getword_conf(cmd->pool, &args);
    mod_wsman_sid_t sid = {.users = NULL};
    const char *err = sec_sid_parse(&sid.sid, text, strlen(text));

    if (err != NULL)
        return wrong(cmd, apr_psprintf(cmd->pool, "'%s': %s", text, err));
    if (strcasecmp(kind, "user") == 0)
        err = read_users(cmd, &sid, args);
    else if (strcasecmp(kind, "expr") == 0)
        err = read_expression(cmd, &sid, args);
    else
        err = wrong(cmd, "after the SID comes 'user' with names, or 'expr' "
                         "with an expression");
    if (err != NULL)
        return err;
    if (place->sids == NULL)
        place->sids = apr_array_make(cmd->pool, 4, sizeof(sid));
    APR_ARRAY_PUSH(place->sids, mod_wsman_sid_t) = sid;
    return NULL;
}

const char *mod_wsman_unix_accounts_set(cmd_parms *cmd, void *config, int on)
{
    mod_wsman_place_t *place = config;

    (void)cmd;
    place->unix_accounts = on;
    return NULL;
}

/* ---- accounts of the system */

/* The SIDs of the user who was last seen on a connection */
typedef struct account_t {
    const char *user;
    apr_time_t end;
    apr_array_header_t *sids; /* sec_sid_t */
    apr_pool_t *pool;
} account_t;

static account_t *account_on(conn_rec *c)
{
    static const char key[] = "wsman-account";
    void *found = NULL;

    apr_pool_userdata_get(&found, key, c->pool);
    if (found == NULL) {
        account_t *made = apr_pcalloc(c->pool, sizeof(*made));

        apr_pool_create(&made->pool, c->pool);
        apr_pool_userdata_setn(found = made, key, NULL, c->pool);
    }
    return found;
}

static apr_status_t find_account(struct passwd *entry, int *found,
                                 const char *user, apr_pool_t *pool)
{
    struct passwd *result = NULL;
    apr_size_t size;
    int err = ERANGE;

    for (size = 1024; err == ERANGE && size <= MAX_ENTRY; size *= 4)
        err = getpwnam_r(user, entry, apr_palloc(pool, size), size, &result);
    *found = result != NULL;
    /* Some say so where there is just no such account. */
    if (err == ENOENT || err == ESRCH)
        err = 0;
    return err;
}

static apr_status_t add_groups(apr_array_header_t *sids,
                               const struct passwd *entry, apr_pool_t *pool)
{
    int room = 64, count, i;
    gid_t *groups;

    do {
        count = room;
        groups = apr_palloc(pool, (apr_size_t)room * sizeof(*groups));
        room *= 4;
    } while (getgrouplist(entry->pw_name, entry->pw_gid, groups, &count) < 0 &&
             room <= MAX_GROUPS * 4);
    if (room > MAX_GROUPS * 4)
        return ERANGE;
    for (i = 0; i < count; i++)
        sec_sid_of_gid(apr_array_push(sids), groups[i]);
    return APR_SUCCESS;
}

static apr_status_t look_up(account_t *account, const char *user,
                            apr_time_t now)
{
    struct passwd entry;
    apr_status_t status;
    int found;

    apr_pool_clear(account->pool);
    account->user = NULL;
    account->sids = apr_array_make(account->pool, 8, sizeof(sec_sid_t));
    status = find_account(&entry, &found, user, account->pool);
    if (status == APR_SUCCESS && found) {
        sec_sid_of_uid(apr_array_push(account->sids), entry.pw_uid);
        status = add_groups(account->sids, &entry, account->pool);
    }
    if (status != APR_SUCCESS)
        return status;
    account->user = apr_pstrdup(account->pool, user);
    account->end = now + ACCOUNT_LIFE;
    return APR_SUCCESS;
}

static int add_account(apr_array_header_t *sids, request_rec *r)
{
    account_t *account = account_on(r->connection);
    apr_status_t status = APR_SUCCESS;

    if (account->user == NULL || strcmp(account->user, r->user) != 0 ||
        account->end < r->request_time)
        status = look_up(account, r->user, r->request_time);
    if (status == APR_SUCCESS) {
        apr_array_cat(sids, account->sids);
        return 1;
    }
    ap_log_rerror(APLOG_MARK, APLOG_ERR, status, r,
                  "the account of %s cannot be looked up: nothing is allowed",
                  r->user);
    return 0;
}

/* ---- the token */

static void add_alias(apr_array_header_t *sids, const char *alias)
{
    sec_sid_parse(apr_array_push(sids), alias, 2);
}

static int is_user(const mod_wsman_sid_t *sid, const char *user)
{
    int i;

    for (i = 0; user != NULL && i < sid->users->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(sid->users, i, const char *), user) == 0)
            return 1;
    }
    return 0;
}

/* @return less than 0 for an expression that failed */
static int belongs(const mod_wsman_sid_t *sid, request_rec *r)
{
    const char *err = NULL;
    int truth;

    if (sid->users != NULL)
        return is_user(sid, r->user);
    truth = ap_expr_exec(r, sid->expression, &err);
    if (truth < 0 || err != NULL) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                      "WSManSid: the expression failed, nothing is allowed: %s",
                      err ? err : "no reason given");
        return -1;
    }
    return truth;
}

static int add_configured(apr_array_header_t *sids,
                          const mod_wsman_place_t *place, request_rec *r)
{
    int i, truth;

    for (i = 0; place->sids != NULL && i < place->sids->nelts; i++) {
        const mod_wsman_sid_t *sid =
            &APR_ARRAY_IDX(place->sids, i, mod_wsman_sid_t);

        truth = belongs(sid, r);
        if (truth < 0)
            return 0;
        if (truth > 0)
            APR_ARRAY_PUSH(sids, sec_sid_t) = sid->sid;
    }
    return 1;
}

void mod_wsman_token_make(sec_token_t *token, const mod_wsman_place_t *place,
                          request_rec *r)
{
    apr_array_header_t *sids = apr_array_make(r->pool, 4, sizeof(sec_sid_t));

    add_alias(sids, "WD");
    add_alias(sids, r->user ? "AU" : "AN");
    if (!add_configured(sids, place, r) ||
        (place->unix_accounts == 1 && r->user && !add_account(sids, r)))
        apr_array_clear(sids);
    token->sids = (const sec_sid_t *)(void *)sids->elts;
    token->count = (apr_uint32_t)sids->nelts;
}
