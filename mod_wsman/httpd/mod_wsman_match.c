/* mod_wsman_match.c - patterns of the configuration against a request.
 */
#include "mod_wsman_match.h"

#include <string.h>
#include <strings.h>

#include <apr_fnmatch.h>
#include <apr_strings.h>

#include "../soap/wsm_names.h"

typedef struct action_t {
    const char *uri;
    const char *name;   /* its own */
    const char *family; /* the name that covers it */
    int goes_below;
} action_t;

static const action_t actions[] = {
    {WSM_ACTION_GET, "Get", "Get", 1},
    {WSM_ACTION_PUT, "Put", "Put", 1},
    {WSM_ACTION_CREATE, "Create", "Create", 0},
    {WSM_ACTION_DELETE, "Delete", "Delete", 1},
    {WSM_ACTION_ENUMERATE, "Enumerate", "Enumerate", 1},
    {WSM_ACTION_PULL, "Pull", "Enumerate", 0},
    {WSM_ACTION_RELEASE, "Release", "Enumerate", 0},
    {WSM_ACTION_ENUM_RENEW, "Renew", "Enumerate", 0},
    {WSM_ACTION_ENUM_GETSTATUS, "GetStatus", "Enumerate", 0},
};

/* A custom action is "<ResourceURI>/<Method>". */
static action_t action_of(const char *uri)
{
    action_t custom = {uri, uri, "Invoke", 1};
    const char *slash = strrchr(uri, '/');
    apr_size_t i;

    for (i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        if (strcmp(actions[i].uri, uri) == 0)
            return actions[i];
    }
    if (slash != NULL)
        custom.name = slash + 1;
    return custom;
}

/* @return what is left of text behind prefix, or NULL; letter case ignored */
static const char *behind(const char *text, const char *prefix)
{
    apr_size_t length = strlen(prefix);

    return strncasecmp(text, prefix, length) == 0 ? text + length : NULL;
}

/* A method's URI begins with the resource URI of its class, and a class has
 * several: whichever the word has, and whichever the client used, it is the
 * same method. */
static int is_method_uri(const char *word, const wsm_target_t *target,
                         const char *method)
{
    const char *rest = behind(word, WSM_URI_CIM);

    if (target->class_name == NULL)
        return 0;
    if (rest == NULL && target->ns != NULL) {
        rest = behind(word, WSM_URI_WMI);
        rest = rest ? behind(rest, target->ns) : NULL;
        rest = rest && *rest == '/' ? rest + 1 : NULL;
    }
    rest = rest ? behind(rest, target->class_name) : NULL;
    return rest != NULL && *rest == '/' && strcasecmp(rest + 1, method) == 0;
}

int mod_wsman_match_action(const char *const *words, const wsm_target_t *target)
{
    action_t action;

    if (*words == NULL)
        return 1;
    action = action_of(target->action);
    for (; *words != NULL; words++) {
        if (strcasecmp(*words, action.name) == 0 ||
            strcasecmp(*words, action.family) == 0 ||
            strcasecmp(*words, action.uri) == 0 ||
            is_method_uri(*words, target, action.name))
            return 1;
    }
    return 0;
}

int mod_wsman_match_goes_below(const wsm_target_t *target)
{
    return action_of(target->action).goes_below;
}

int mod_wsman_match_name(const char *pattern, const char *name)
{
    return apr_fnmatch(pattern, name, APR_FNM_CASE_BLIND) == APR_SUCCESS;
}

int mod_wsman_match_resource(const char *pattern, const wsm_target_t *target,
                             apr_pool_t *pool)
{
    const char *cls = target->class_name;

    if (*target->resource_uri != '\0' &&
        mod_wsman_match_name(pattern, target->resource_uri))
        return 1;
    if (cls == NULL)
        return 0;
    return mod_wsman_match_name(pattern, cls) ||
           mod_wsman_match_name(pattern,
                                apr_pstrcat(pool, WSM_URI_CIM, cls, NULL)) ||
           (target->ns != NULL &&
            mod_wsman_match_name(
                pattern,
                apr_pstrcat(pool, WSM_URI_WMI, target->ns, "/", cls, NULL)));
}
