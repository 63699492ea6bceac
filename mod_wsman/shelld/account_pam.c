/* account_pam.c - the account and session management of PAM.  Nobody is asked
 * for a password: who calls was authenticated by httpd.
 */
#include "account.h"

#ifdef WITH_PAM
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <security/pam_appl.h>

/** What modules have to say is for nobody; what they ask is not answered. */
static int converse(int count, const struct pam_message **messages,
                    struct pam_response **responses, void *baton)
{
    (void)baton;
    for (int i = 0; i < count; i++)
        if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF ||
            messages[i]->msg_style == PAM_PROMPT_ECHO_ON)
            return PAM_CONV_ERR;
    *responses = calloc((size_t)(count > 0 ? count : 1), sizeof(**responses));
    return *responses != NULL ? PAM_SUCCESS : PAM_BUF_ERR;
}

static const char *const *environment(pam_handle_t *session, apr_pool_t *pool)
{
    char **list = pam_getenvlist(session);
    const char **copy;
    int count = 0;

    while (list != NULL && list[count] != NULL)
        count++;
    copy = apr_pcalloc(pool, ((apr_size_t)count + 1) * sizeof(*copy));
    for (int i = 0; i < count; i++) {
        copy[i] = apr_pstrdup(pool, list[i]);
        free(list[i]);
    }
    free(list);
    return copy;
}

static wsm_error_t *failed(account_t *self, int status, const char *what)
{
    const char *text = pam_strerror(self->session, status);
    wsm_error_t *cause =
        wsm_fail(self->pool, WSMAN_E_ACCESS_DENIED, "PAM: %s: %s", what,
                 text != NULL ? text : "unknown error");

    pam_end(self->session, status);
    self->session = NULL;
    return wsm_error_make(self->pool, WSMAN_E_ACCESS_DENIED, APR_SUCCESS, cause,
                          "The account %s may not have a shell here",
                          self->name);
}

wsm_error_t *account_pam_open(account_t *self, const char *service,
                              const char *address)
{
    static const struct pam_conv conversation = {converse, NULL};
    int status = pam_start(service, self->name, &conversation, &self->session);

    if (status != PAM_SUCCESS) {
        self->session = NULL;
        return wsm_fail(self->pool, WSMAN_E_INTERNAL_ERROR,
                        "PAM cannot be started");
    }
    if (address != NULL)
        (void)pam_set_item(self->session, PAM_RHOST, address);
    (void)pam_set_item(self->session, PAM_TTY, "wsman");
    status = pam_acct_mgmt(self->session, PAM_SILENT);
    if (status != PAM_SUCCESS)
        return failed(self, status, "account");
    status = pam_setcred(self->session, PAM_ESTABLISH_CRED | PAM_SILENT);
    if (status != PAM_SUCCESS)
        return failed(self, status, "credentials");
    status = pam_open_session(self->session, PAM_SILENT);
    if (status != PAM_SUCCESS) {
        (void)pam_setcred(self->session, PAM_DELETE_CRED | PAM_SILENT);
        return failed(self, status, "session");
    }
    self->environment = environment(self->session, self->pool);
    return NULL;
}

void account_pam_close(account_t *self)
{
    if (self->session == NULL)
        return;
    (void)pam_close_session(self->session, PAM_SILENT);
    (void)pam_setcred(self->session, PAM_DELETE_CRED | PAM_SILENT);
    pam_end(self->session, PAM_SUCCESS);
    self->session = NULL;
}

#else

wsm_error_t *account_pam_open(account_t *self, const char *service,
                              const char *address)
{
    (void)address;
    return wsm_fail(self->pool, WSMAN_E_INTERNAL_ERROR,
                    "The shell daemon was built without PAM, and the PAM "
                    "service %s is configured",
                    service);
}

void account_pam_close(account_t *self)
{
    (void)self;
}

#endif
