/* wsm_shell_policy.c - the policy of the shell daemon as a message.
 */
#include "wsm_shell_policy.h"
#include "wsm_shell_rows.h"

#include <apr_tables.h>

/* Fields of the policy; append only. */
enum {
    F_ACCOUNT = WSM_SHELL_F_POLICY,
    F_LOWEST_UID,
    F_CHILD_UID,
    F_PAM_SERVICE,
    F_PATH,
    F_UMASK,
    F_SHELLS,
    F_SHELLS_PER_USER,
    F_COMMANDS,
    F_PROCESSES,
    F_MEMORY,
    F_LIFETIME,
    F_CPU,
    F_BUFFER,
    F_IDLE_TIMEOUT,
    F_MAX_IDLE_TIMEOUT,
    F_ENGINE_NAME,
    F_ENGINE_KIND,
    F_ENGINE_PROGRAM
};

#define ROW(tag, form, member)                                                 \
    {                                                                          \
        (wsm_shell_field_e)(tag), WSM_SHELL_##form,                            \
            offsetof(wsm_shell_policy_t, member), 0, 0                         \
    }

static const wsm_shell_row_t rows[] = {
    {(wsm_shell_field_e)F_ACCOUNT, WSM_SHELL_TEXTS,
     offsetof(wsm_shell_policy_t, accounts),
     offsetof(wsm_shell_policy_t, naccounts), 0},
    ROW(F_LOWEST_UID, INT, lowest_uid),
    ROW(F_CHILD_UID, INT, child_uid),
    ROW(F_PAM_SERVICE, TEXT, pam_service),
    ROW(F_PATH, TEXT, path),
    ROW(F_UMASK, INT, umask),
    ROW(F_SHELLS, INT, limits.shells),
    ROW(F_SHELLS_PER_USER, INT, limits.shells_per_user),
    ROW(F_COMMANDS, INT, limits.commands),
    ROW(F_PROCESSES, INT, limits.processes),
    ROW(F_MEMORY, LONG, limits.memory),
    ROW(F_LIFETIME, LONG, limits.lifetime),
    ROW(F_CPU, LONG, limits.cpu),
    ROW(F_BUFFER, LONG, limits.buffer),
    ROW(F_IDLE_TIMEOUT, LONG, limits.idle_timeout),
    ROW(F_MAX_IDLE_TIMEOUT, LONG, limits.max_idle_timeout),
};

typedef struct engine_t {
    const char *name;
    wsm_shell_kind_e kind;
    const char *const *program;
    int nprogram;
} engine_t;

static const wsm_shell_row_t engine_rows[] = {
    {(wsm_shell_field_e)F_ENGINE_NAME, WSM_SHELL_TEXT, offsetof(engine_t, name),
     0, 0},
    {(wsm_shell_field_e)F_ENGINE_KIND, WSM_SHELL_INT, offsetof(engine_t, kind),
     0, 0},
    {(wsm_shell_field_e)F_ENGINE_PROGRAM, WSM_SHELL_TEXTS,
     offsetof(engine_t, program), offsetof(engine_t, nprogram), 0},
};

#define COUNT(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

void wsm_shell_policy_write(wsm_shell_message_t *message,
                            const wsm_shell_policy_t *policy)
{
    wsm_shell_rows_write(message, rows, COUNT(rows), policy, 0);
    for (int i = 0; i < policy->nengines; i++) {
        const wsm_shell_engine_t *from = &policy->engines[i];
        engine_t engine = {from->name, from->kind, from->program, 0};

        while (from->program != NULL && from->program[engine.nprogram] != NULL)
            engine.nprogram++;
        wsm_shell_message_bytes(message, WSM_SHELL_F_NEXT, NULL, 0);
        wsm_shell_rows_write(message, engine_rows, COUNT(engine_rows), &engine,
                             0);
    }
}

static wsm_error_t *broken(apr_pool_t *pool)
{
    return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                    "The policy of shells is broken");
}

/** Lists that were read have no NULL at their end. */
static wsm_error_t *keep_engines(wsm_shell_policy_t *policy,
                                 const apr_array_header_t *read,
                                 apr_pool_t *pool)
{
    wsm_shell_engine_t *engines =
        apr_pcalloc(pool, ((apr_size_t)read->nelts + 1) * sizeof(*engines));

    for (int i = 0; i < read->nelts; i++) {
        const engine_t *from = &APR_ARRAY_IDX(read, i, engine_t);
        const char **program = apr_pcalloc(
            pool, ((apr_size_t)from->nprogram + 1) * sizeof(*program));

        if (from->name == NULL || from->kind > WSM_SHELL_POWERSHELL)
            return broken(pool);
        for (int j = 0; j < from->nprogram; j++)
            program[j] = from->program[j];
        engines[i].name = from->name;
        engines[i].kind = from->kind;
        engines[i].program = program;
    }
    policy->engines = engines;
    policy->nengines = read->nelts;
    return NULL;
}

static wsm_error_t *check(const wsm_shell_policy_t *policy, apr_pool_t *pool)
{
    const wsm_shell_limits_t *limits = &policy->limits;

    if (policy->path == NULL)
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "The policy of shells has no PATH");
    if (limits->buffer == 0 || limits->idle_timeout == 0 ||
        limits->max_idle_timeout == 0)
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "The policy of shells has no bound for buffers or "
                        "idle times");
    return NULL;
}

wsm_error_t *wsm_shell_policy_read(wsm_shell_policy_t *policy,
                                   wsm_shell_cursor_t *fields, apr_pool_t *pool)
{
    apr_array_header_t *engines = apr_array_make(pool, 4, sizeof(engine_t));
    engine_t *engine = NULL;
    wsm_shell_field_t field;
    wsm_error_t *err;

    *policy = (wsm_shell_policy_t){0};
    while (wsm_shell_cursor_next(fields, &field)) {
        if (field.tag == WSM_SHELL_F_NEXT) {
            if (engines->nelts >= WSM_SHELL_MAX_LIST)
                return broken(pool);
            engine = apr_array_push(engines);
            *engine = (engine_t){0};
        } else if (!(engine != NULL
                         ? wsm_shell_rows_read(&field, engine_rows,
                                               COUNT(engine_rows), engine, 0,
                                               pool)
                         : wsm_shell_rows_read(&field, rows, COUNT(rows),
                                               policy, 0, pool)))
            return broken(pool);
    }
    if (fields->is_broken)
        return broken(pool);
    err = keep_engines(policy, engines, pool);
    return err != NULL ? err : check(policy, pool);
}
