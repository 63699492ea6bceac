/* mod_wsman_require.c - Require wsman-action, wsman-namespace, wsman-secure,
 * and the variables of expressions.
 */
#include "mod_wsman.h"

#include <ap_expr.h>
#include <ap_provider.h>
#include <apr_strings.h>
#include <http_core.h>
#include <mod_auth.h>
#include <strings.h>

#include "mod_wsman_match.h"
#include "mod_wsman_peer.h"

static const wsm_target_t *target_of(const request_rec *r)
{
    const mod_wsman_request_t *self = mod_wsman_request_of(r);

    return self ? self->target : NULL;
}

/* The words, NULL-terminated.  What they speak of is known when the envelope
 * has been read: a Location's own Require comes before that. */
static const char *parse_words(cmd_parms *cmd, const char *line,
                               const void **parsed)
{
    apr_array_header_t *words =
        apr_array_make(cmd->pool, 4, sizeof(const char *));

    if (!mod_wsman_section_inside(cmd))
        return "Require wsman-action and wsman-namespace can stand in "
               "<WSManResource> only: before the body is read, nothing is "
               "known of the request";
    while (*line != '\0') {
        const char *word = ap_getword_conf(cmd->pool, &line);

        if (*word != '\0')
            APR_ARRAY_PUSH(words, const char *) = word;
    }
    if (words->nelts == 0)
        return "Require wsman-action and wsman-namespace need a name";
    APR_ARRAY_PUSH(words, const char *) = NULL;
    *parsed = words->elts;
    return NULL;
}

static authz_status check_action(request_rec *r, const char *line,
                                 const void *parsed)
{
    const wsm_target_t *target = target_of(r);

    (void)line;
    return target != NULL && mod_wsman_match_action(parsed, target)
               ? AUTHZ_GRANTED
               : AUTHZ_DENIED;
}

static authz_status check_namespace(request_rec *r, const char *line,
                                    const void *parsed)
{
    const wsm_target_t *target = target_of(r);
    const char *const *word = parsed;

    (void)line;
    if (target == NULL || target->ns == NULL)
        return AUTHZ_DENIED;
    for (; *word != NULL; word++) {
        if (mod_wsman_match_name(*word, target->ns))
            return AUTHZ_GRANTED;
    }
    return AUTHZ_DENIED;
}

static const char *parse_nothing(cmd_parms *cmd, const char *line,
                                 const void **parsed)
{
    (void)cmd;
    (void)parsed;
    return *line == '\0' ? NULL : "Require wsman-secure takes no argument";
}

/* Is there something readable in it?  Not over TLS, not in a sealed message,
 * and not in the empty requests of a handshake. */
static authz_status check_secure(request_rec *r, const char *line,
                                 const void *parsed)
{
    const mod_wsman_request_t *self = mod_wsman_request_of(r);
    const char *type = ap_auth_type(r);

    (void)line;
    (void)parsed;
    if (mod_wsman_is_secure(r) ||
        (self != NULL &&
         (self->is_sealed || (self->has_logged_in && mod_wsman_is_empty(r)))))
        return AUTHZ_GRANTED;
    /* Whether it is sealed is known with whom it is from. */
    if (r->user == NULL && type != NULL &&
        strcasecmp(type, MOD_WSMAN_AUTH_TYPE) == 0)
        return AUTHZ_DENIED_NO_USER;
    return AUTHZ_DENIED;
}

static const authz_provider action_provider = {check_action, parse_words};
static const authz_provider namespace_provider = {check_namespace, parse_words};
static const authz_provider secure_provider = {check_secure, parse_nothing};

/* ---- expressions: %{WSMAN_CLASS} and the like */

static const char *get_action(const wsm_target_t *target)
{
    return target->action;
}

static const char *get_resource_uri(const wsm_target_t *target)
{
    return target->resource_uri;
}

static const char *get_class(const wsm_target_t *target)
{
    return target->class_name;
}

static const char *get_namespace(const wsm_target_t *target)
{
    return target->ns;
}

typedef struct variable_t {
    const char *name;
    const char *(*get)(const wsm_target_t *target);
} variable_t;

static const variable_t variables[] = {
    {"WSMAN_ACTION", get_action},
    {"WSMAN_RESOURCE_URI", get_resource_uri},
    {"WSMAN_CLASS", get_class},
    {"WSMAN_NAMESPACE", get_namespace},
};

static const char *evaluate(ap_expr_eval_ctx_t *context, const void *data)
{
    const variable_t *variable = data;
    const wsm_target_t *target = context->r ? target_of(context->r) : NULL;
    const char *value = target ? variable->get(target) : NULL;

    return value ? value : "";
}

static int lookup(ap_expr_lookup_parms *parms)
{
    apr_size_t i;

    if (parms->type != AP_EXPR_FUNC_VAR)
        return DECLINED;
    for (i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
        if (strcasecmp(parms->name, variables[i].name) == 0) {
            *parms->func = evaluate;
            *parms->data = &variables[i];
            return OK;
        }
    }
    return DECLINED;
}

void mod_wsman_require_register(apr_pool_t *pool)
{
    static const struct {
        const char *name;
        const authz_provider *provider;
    } lines[] = {{"wsman-action", &action_provider},
                 {"wsman-namespace", &namespace_provider},
                 {"wsman-secure", &secure_provider}};
    apr_size_t i;

    for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        ap_register_auth_provider(pool, AUTHZ_PROVIDER_GROUP, lines[i].name,
                                  AUTHZ_PROVIDER_VERSION, lines[i].provider,
                                  AP_AUTH_INTERNAL_PER_CONF);
    ap_hook_expr_lookup(lookup, NULL, NULL, APR_HOOK_MIDDLE);
}
