/* fuzz_shell_wire.c - messages of the shell daemon: whatever is read as a
 * request is written so that it reads back to the same; so is a policy.
 *
 * The input is a message with its head; other types than requests are read as
 * each kind of answer.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>

#include "../../mod_wsman/shell/wsm_shell_policy.h"
#include "../../mod_wsman/shell/wsm_shell_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    apr_initialize();
    return 0;
}

static wsm_shell_cursor_t after_head(const char *data, apr_size_t length)
{
    wsm_shell_cursor_t cursor;

    wsm_shell_cursor_begin(&cursor, data + sizeof(wsm_shell_head_t),
                           length - sizeof(wsm_shell_head_t));
    return cursor;
}

static void same(const wsm_shell_message_t *a, const wsm_shell_message_t *b)
{
    if (a->length != b->length || memcmp(a->data, b->data, a->length) != 0)
        abort();
}

static void try_request(wsm_shell_message_e type, wsm_shell_cursor_t cursor,
                        apr_pool_t *pool)
{
    wsm_shell_request_t request = {.type = type}, again = {.type = type};
    wsm_shell_request_t part = {.type = type};
    wsm_shell_cursor_t start = cursor;
    wsm_shell_message_t first, second;

    (void)wsm_shell_request_read(&part, &start, 1, pool);
    if (!wsm_shell_request_read(&request, &cursor, 0, pool))
        return;
    wsm_shell_message_begin(&first, type, pool);
    wsm_shell_request_write(&first, &request);
    (void)wsm_shell_message_end(&first);
    cursor = after_head(first.data, first.length);
    if (!wsm_shell_request_read(&again, &cursor, 0, pool))
        abort();
    wsm_shell_message_begin(&second, type, pool);
    wsm_shell_request_write(&second, &again);
    (void)wsm_shell_message_end(&second);
    same(&first, &second);
}

static void try_policy(wsm_shell_cursor_t cursor, apr_pool_t *pool)
{
    wsm_shell_policy_t policy, again;
    wsm_shell_message_t first, second;

    if (wsm_shell_policy_read(&policy, &cursor, pool) != NULL)
        return;
    wsm_shell_message_begin(&first, WSM_SHELL_M_POLICY, pool);
    wsm_shell_policy_write(&first, &policy);
    cursor = after_head(first.data, first.length);
    if (wsm_shell_policy_read(&again, &cursor, pool) != NULL)
        abort();
    wsm_shell_message_begin(&second, WSM_SHELL_M_POLICY, pool);
    wsm_shell_policy_write(&second, &again);
    same(&first, &second);
}

static void try_answers(wsm_shell_cursor_t cursor, apr_pool_t *pool)
{
    const wsm_shell_t *const *shells;
    const wsm_shell_command_t *commands;
    const wsm_shell_piece_t *pieces;
    wsm_shell_output_t output = {0};
    wsm_shell_cursor_t at;
    int count;

    at = cursor;
    (void)wsm_shell_read_list(&shells, &count, &at, pool);
    at = cursor;
    (void)wsm_shell_read_commands(&commands, &count, &at, pool);
    at = cursor;
    (void)wsm_shell_read_pieces(&pieces, &count, &output, &at, pool);
    at = cursor;
    if (wsm_shell_error_read(&at, pool)->message == NULL)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wsm_shell_cursor_t cursor;
    wsm_shell_head_t head;
    apr_pool_t *pool;

    if (size < sizeof(head))
        return 0;
    memcpy(&head, data, sizeof(head));
    apr_pool_create(&pool, NULL);
    cursor = after_head((const char *)data, size);
    if (head.type >= WSM_SHELL_M_CREATE && head.type <= WSM_SHELL_M_CONNECT)
        try_request((wsm_shell_message_e)head.type, cursor, pool);
    else if (head.type == WSM_SHELL_M_POLICY)
        try_policy(cursor, pool);
    else
        try_answers(cursor, pool);
    apr_pool_destroy(pool);
    return 0;
}
