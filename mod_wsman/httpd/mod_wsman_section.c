/* mod_wsman_section.c - reads <WSManResource pattern [action ...]>.
 *
 * What stands in a section is a per-directory configuration of its own, which
 * mod_wsman_authz merges over the request's.
 */
#include "mod_wsman_config.h"

#include <strings.h>

#include <apr_strings.h>

#define SECTION "<WSManResource"

int mod_wsman_section_inside(const cmd_parms *cmd)
{
    const ap_directive_t *parent;

    for (parent = cmd->directive ? cmd->directive->parent : NULL;
         parent != NULL; parent = parent->parent) {
        if (strcasecmp(parent->directive, SECTION) == 0)
            return 1;
    }
    return 0;
}

static const char *const *read_actions(const char *arg, apr_pool_t *pool)
{
    apr_array_header_t *actions = apr_array_make(pool, 4, sizeof(char *));

    while (*arg != '\0') {
        const char *word = ap_getword_conf(pool, &arg);

        if (*word != '\0')
            APR_ARRAY_PUSH(actions, const char *) = word;
    }
    APR_ARRAY_PUSH(actions, const char *) = NULL;
    return (const char *const *)actions->elts;
}

/* Who may do it is all that a section can say: limits and names belong to the
 * Location, which has been chosen long before. */
static const char *check_content(const cmd_parms *cmd)
{
    const ap_directive_t *line;

    for (line = cmd->directive->first_child; line != NULL; line = line->next) {
        if (strncasecmp(line->directive, "WSMan", 5) == 0 ||
            strcasecmp(line->directive, "SetHandler") == 0)
            return apr_pstrcat(cmd->pool, line->directive,
                               " means nothing inside of " SECTION ">", NULL);
    }
    return NULL;
}

static const char *read_content(cmd_parms *cmd, mod_wsman_section_t *section)
{
    int old_override = cmd->override;
    char *old_path = cmd->path;
    const char *err;

    section->config = ap_create_per_dir_config(cmd->pool);
    cmd->path = apr_pstrdup(cmd->pool, section->pattern);
    cmd->override = OR_ALL | ACCESS_CONF;
    ap_set_config_vectors(cmd->server, section->config, cmd->path,
                          &wsman_module, cmd->pool);
    err = ap_walk_config(cmd->directive->first_child, cmd, section->config);
    cmd->path = old_path;
    cmd->override = old_override;
    return err;
}

const char *mod_wsman_section_read(cmd_parms *cmd, void *config,
                                   const char *arg)
{
    mod_wsman_place_t *place = config;
    const char *end = ap_strrchr_c(arg, '>');
    mod_wsman_section_t section = {NULL, NULL, NULL};
    const char *err = ap_check_cmd_context(cmd, NOT_IN_LIMIT);

    if (err != NULL)
        return err;
    if (mod_wsman_section_inside(cmd))
        return SECTION "> cannot stand inside of another one";
    if (end == NULL)
        return SECTION " has no closing '>'";
    if (end[1] != '\0')
        return SECTION "> has text behind its '>'";
    arg = apr_pstrmemdup(cmd->pool, arg, (apr_size_t)(end - arg));
    section.pattern = ap_getword_conf(cmd->pool, &arg);
    if (*section.pattern == '\0')
        return SECTION "> needs a pattern for resource URIs or classes, and "
                       "may have actions after it";
    section.actions = read_actions(arg, cmd->pool);
    err = check_content(cmd);
    if (err == NULL)
        err = read_content(cmd, &section);
    if (err != NULL)
        return err;
    if (place->sections == NULL)
        place->sections = apr_array_make(cmd->pool, 4, sizeof(section));
    APR_ARRAY_PUSH(place->sections, mod_wsman_section_t) = section;
    return NULL;
}
