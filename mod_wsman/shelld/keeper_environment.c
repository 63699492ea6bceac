/* keeper_environment.c - what the programs of a shell find around them.
 *
 * Nothing comes from httpd.  Later ones win: the account's own, what PAM says,
 * what the client wants.
 */
#include "keeper_private.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

static void set(apr_array_header_t *list, const char *name, const char *value)
{
    const apr_size_t length = strlen(name);
    char *entry = apr_pstrcat(list->pool, name, "=", value, NULL);

    for (int i = 0; i < list->nelts; i++) {
        const char *other = APR_ARRAY_IDX(list, i, const char *);

        if (strncmp(other, name, length) == 0 && other[length] == '=') {
            APR_ARRAY_IDX(list, i, const char *) = entry;
            return;
        }
    }
    APR_ARRAY_PUSH(list, const char *) = entry;
}

static void set_own(apr_array_header_t *list, const keeper_t *self)
{
    const account_t *account = self->account;

    set(list, "HOME", account->home);
    set(list, "USER", account->name);
    set(list, "LOGNAME", account->name);
    set(list, "SHELL", account->shell);
    set(list, "PATH", self->shell.policy->path);
    /* Shells speak UTF-8; C.UTF-8 needs nothing installed. */
    set(list, "LANG", "C.UTF-8");
}

static void set_pam(apr_array_header_t *list, const keeper_t *self)
{
    for (const char *const *one = self->account->environment; *one != NULL;
         one++) {
        const char *equals = strchr(*one, '=');

        if (equals != NULL && equals != *one)
            set(list,
                apr_pstrmemdup(list->pool, *one, (apr_size_t)(equals - *one)),
                equals + 1);
    }
}

/** What the loader or the C library of a program that is more than the account
 *  believes, must not come from a client. */
static int is_good_name(const char *name)
{
    return name[0] != '\0' && strchr(name, '=') == NULL &&
           strncmp(name, "LD_", 3) != 0;
}

static wsm_error_t *set_wanted(apr_array_header_t *list, const keeper_t *self)
{
    const wsm_shell_wish_t *wish = self->shell.wish;

    for (int i = 0; i < wish->nenvironment; i++) {
        const wsm_shell_variable_t *one = &wish->environment[i];

        if (!is_good_name(one->name))
            return wsm_fail(list->pool, WSMAN_E_PARAMETER_INVALID_VALUE,
                            "A variable of the environment cannot have the "
                            "name \"%s\"",
                            one->name);
        set(list, one->name, one->value);
    }
    return NULL;
}

static const char *value_of(const apr_array_header_t *list, const char *name)
{
    const apr_size_t length = strlen(name);

    for (int i = 0; i < list->nelts; i++) {
        const char *entry = APR_ARRAY_IDX(list, i, const char *);

        if (strncmp(entry, name, length) == 0 && entry[length] == '=')
            return entry + length + 1;
    }
    return "";
}

wsm_error_t *keeper_make_environment(keeper_t *self)
{
    apr_pool_t *pool = self->shell.pool;
    apr_array_header_t *list = apr_array_make(pool, 16, sizeof(const char *));
    wsm_error_t *err;
    int status;

    set_own(list, self);
    set_pam(list, self);
    err = set_wanted(list, self);
    if (err != NULL)
        return err;
    self->path = value_of(list, "PATH");
    APR_ARRAY_PUSH(list, const char *) = NULL;
    self->environment = (const char *const *)(void *)list->elts;
    status = account_directory(&self->directory, self->account,
                               self->shell.wish->directory, pool);
    if (status != 0)
        return wsm_error_make(pool, WSMAN_E_PARAMETER_INVALID_VALUE, status,
                              NULL, "The WorkingDirectory %s cannot be used",
                              self->shell.wish->directory);
    return NULL;
}
