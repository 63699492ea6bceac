/* test_shell_wire.c - requests and answers of the shell daemon: what is written
 * is what is read, and what is broken is said to be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/shell/wsm_shell_policy.h"
#include "../../mod_wsman/shell/wsm_shell_request.h"

static int make_pool(void **state)
{
    apr_pool_t *pool;

    apr_pool_create(&pool, NULL);
    *state = pool;
    return 0;
}

static int end_pool(void **state)
{
    apr_pool_destroy(*state);
    return 0;
}

static wsm_shell_cursor_t fields_of(const wsm_shell_message_t *message)
{
    wsm_shell_cursor_t cursor;

    wsm_shell_cursor_begin(&cursor, message->data + sizeof(wsm_shell_head_t),
                           message->length - sizeof(wsm_shell_head_t));
    return cursor;
}

static wsm_shell_message_t written(const wsm_shell_request_t *request,
                                   apr_pool_t *pool)
{
    wsm_shell_message_t message;
    wsm_shell_head_t head;

    wsm_shell_message_begin(&message, request->type, pool);
    wsm_shell_request_write(&message, request);
    assert_true(wsm_shell_message_end(&message));
    memcpy(&head, message.data, sizeof(head));
    assert_true(wsm_shell_head_is_good(&head));
    assert_int_equal(head.type, request->type);
    assert_int_equal(head.length, message.length - sizeof(head));
    return message;
}

/** Reads a request; false: it is refused. */
static int read_again(wsm_shell_request_t *request,
                      const wsm_shell_message_t *message, apr_size_t length,
                      apr_pool_t *pool)
{
    wsm_shell_cursor_t cursor;
    wsm_shell_head_t head;

    memcpy(&head, message->data, sizeof(head));
    *request = (wsm_shell_request_t){0};
    request->type = (wsm_shell_message_e)head.type;
    wsm_shell_cursor_begin(&cursor, message->data + sizeof(head), length);
    return wsm_shell_request_read(request, &cursor, 0, pool);
}

static wsm_shell_request_t request_of(wsm_shell_message_e type)
{
    wsm_shell_request_t request = {0};

    request.type = type;
    request.caller.user = "alice";
    request.caller.account = "www";
    request.shell_id = "S";
    request.deadline = 1234567890123;
    return request;
}

static void test_create(void **state)
{
    static const wsm_shell_variable_t variables[] = {
        {"A", "1"}, {"EMPTY", ""}, {"EQUALS", "x=y"}};
    wsm_shell_request_t request = request_of(WSM_SHELL_M_CREATE), again;
    wsm_shell_message_t message;

    request.shell_id = NULL;
    request.caller.any_owner = 1;
    request.caller.session = "session";
    request.wish = (wsm_shell_wish_t){
        .kind = WSM_SHELL_POWERSHELL,
        .engine = "Microsoft.PowerShell",
        .resource_uri = "urn:r",
        .id = "I",
        .environment = variables,
        .nenvironment = 3,
        .idle_timeout = apr_time_from_sec(7),
        .lifetime = 1,
        .buffer = WSM_SHELL_BUFFER_DROP,
        .output_streams = "stdout",
        .no_profile = 1,
        .code_page = 437,
        .creation = {"a\0b", 3},
    };
    message = written(&request, *state);
    assert_true(read_again(&again, &message,
                           message.length - sizeof(wsm_shell_head_t), *state));
    assert_string_equal(again.caller.user, "alice");
    assert_string_equal(again.caller.account, "www");
    assert_null(again.caller.address);
    assert_string_equal(again.caller.session, "session");
    assert_true(again.caller.any_owner);
    assert_true(again.deadline == request.deadline);
    assert_null(again.shell_id);
    assert_int_equal(again.wish.kind, WSM_SHELL_POWERSHELL);
    assert_string_equal(again.wish.id, "I");
    assert_int_equal(again.wish.nenvironment, 3);
    assert_string_equal(again.wish.environment[1].value, "");
    assert_string_equal(again.wish.environment[2].name, "EQUALS");
    assert_string_equal(again.wish.environment[2].value, "x=y");
    assert_true(again.wish.idle_timeout == request.wish.idle_timeout);
    assert_int_equal(again.wish.buffer, WSM_SHELL_BUFFER_DROP);
    assert_null(again.wish.input_streams);
    assert_int_equal(again.wish.code_page, 437);
    assert_int_equal(again.wish.creation.length, 3);
    assert_memory_equal(again.wish.creation.data, "a\0b", 3);
}

static void test_command(void **state)
{
    static const char *const arguments[] = {"", "a b", "c"};
    wsm_shell_request_t request = request_of(WSM_SHELL_M_COMMAND), again;
    wsm_shell_message_t message;

    request.command = (wsm_shell_command_wish_t){.command = "x",
                                                 .arguments = arguments,
                                                 .narguments = 3,
                                                 .skip_shell = 1};
    message = written(&request, *state);
    assert_true(read_again(&again, &message,
                           message.length - sizeof(wsm_shell_head_t), *state));
    assert_null(again.command.id);
    assert_int_equal(again.command.narguments, 3);
    assert_string_equal(again.command.arguments[0], "");
    assert_string_equal(again.command.arguments[2], "c");
    assert_true(again.command.skip_shell);
}

static void test_send_and_receive(void **state)
{
    static const wsm_shell_piece_t pieces[] = {{"stdin", "C", {"\0\1", 2}, 0},
                                               {"pr", NULL, {NULL, 0}, 1}};
    static const char *const streams[] = {"stdout", "stderr"};
    wsm_shell_request_t request = request_of(WSM_SHELL_M_SEND), again;
    wsm_shell_message_t message;

    request.pieces = pieces;
    request.npieces = 2;
    message = written(&request, *state);
    assert_true(read_again(&again, &message,
                           message.length - sizeof(wsm_shell_head_t), *state));
    assert_int_equal(again.npieces, 2);
    assert_memory_equal(again.pieces[0].bytes.data, "\0\1", 2);
    assert_false(again.pieces[0].end);
    assert_null(again.pieces[1].command_id);
    assert_int_equal(again.pieces[1].bytes.length, 0);
    assert_true(again.pieces[1].end);

    request = request_of(WSM_SHELL_M_RECEIVE);
    request.wanted = (wsm_shell_wanted_t){"C", streams, 2, 77};
    message = written(&request, *state);
    assert_true(read_again(&again, &message,
                           message.length - sizeof(wsm_shell_head_t), *state));
    assert_int_equal(again.wanted.nstreams, 2);
    assert_string_equal(again.wanted.streams[1], "stderr");
    assert_int_equal(again.wanted.most, 77);
}

/** No beginning of a message is taken for the whole, unless a field is just
 *  not there that need not be. */
static void test_every_cut(void **state)
{
    static const wsm_shell_piece_t pieces[] = {{"stdin", "C", {"data", 4}, 1}};
    wsm_shell_request_t request = request_of(WSM_SHELL_M_SEND), again;
    wsm_shell_message_t message;
    apr_size_t whole;

    request.pieces = pieces;
    request.npieces = 1;
    message = written(&request, *state);
    whole = message.length - sizeof(wsm_shell_head_t);
    for (apr_size_t length = 0; length < whole; length++) {
        char *copy = apr_pmemdup(*state, message.data,
                                 sizeof(wsm_shell_head_t) + length);
        wsm_shell_message_t cut = message;

        cut.data = copy;
        if (read_again(&again, &cut, length, *state))
            assert_true(again.npieces <= 1 && again.shell_id != NULL);
    }
    assert_true(read_again(&again, &message, whole, *state));
}

static void test_refuses_broken_fields(void **state)
{
    static const struct {
        wsm_shell_field_e tag;
        const char *data;
        apr_size_t length;
    } cases[] = {
        {WSM_SHELL_F_USER, "a\0b", 3},
        {WSM_SHELL_F_ANY_OWNER, "1234", 4},
        {WSM_SHELL_F_ANY_OWNER, "\0\0\0\0\1\0\0\0", 8},
        {WSM_SHELL_F_DEADLINE, "\0\0\0\0\0\0\0\x80", 8},
        {WSM_SHELL_F_VARIABLE, "no equals", 9},
        {WSM_SHELL_F_KIND, "\2\0\0\0\0\0\0\0", 8},
        {WSM_SHELL_F_BUFFER, "\xff\xff\xff\xff\xff\xff\xff\xff", 8},
    };

    for (apr_size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        wsm_shell_request_t request = request_of(WSM_SHELL_M_CREATE), again;
        wsm_shell_message_t message;

        request.wish.engine = "cmd";
        request.wish.resource_uri = "urn:r";
        wsm_shell_message_begin(&message, WSM_SHELL_M_CREATE, *state);
        wsm_shell_request_write(&message, &request);
        assert_true(read_again(&again, &message,
                               message.length - sizeof(wsm_shell_head_t),
                               *state));
        wsm_shell_message_bytes(&message, cases[i].tag, cases[i].data,
                                cases[i].length);
        assert_false(read_again(&again, &message,
                                message.length - sizeof(wsm_shell_head_t),
                                *state));
    }
}

static void test_refuses_lists_without_end(void **state)
{
    wsm_shell_request_t request = request_of(WSM_SHELL_M_COMMAND), again;
    wsm_shell_message_t message;

    request.command.command = "x";
    message = written(&request, *state);
    for (int i = 0; i < 4096; i++)
        wsm_shell_message_text(&message, WSM_SHELL_F_ARGUMENT, "");
    assert_true(read_again(&again, &message,
                           message.length - sizeof(wsm_shell_head_t), *state));
    assert_int_equal(again.command.narguments, 4096);
    wsm_shell_message_text(&message, WSM_SHELL_F_ARGUMENT, "");
    assert_false(read_again(&again, &message,
                            message.length - sizeof(wsm_shell_head_t), *state));
}

static void test_ignores_what_it_does_not_know(void **state)
{
    wsm_shell_request_t request = request_of(WSM_SHELL_M_GET), again;
    wsm_shell_message_t message = written(&request, *state);

    wsm_shell_message_text(&message, (wsm_shell_field_e)9999, "new");
    assert_true(read_again(&again, &message,
                           message.length - sizeof(wsm_shell_head_t), *state));
}

static void test_answers(void **state)
{
    const wsm_shell_t shell = {.id = "S",
                               .owner = "o",
                               .pid = 4000000000u,
                               .state = WSM_SHELL_DISCONNECTED,
                               .response = {"\0", 1}};
    const wsm_shell_command_t command = {"C", "line", 0, 1, 137};
    const wsm_shell_command_t *commands;
    const wsm_shell_t *const *shells;
    wsm_shell_message_t message;
    wsm_shell_cursor_t cursor;
    int count;

    wsm_shell_message_begin(&message, WSM_SHELL_M_OK, *state);
    for (int i = 0; i < 2; i++) {
        wsm_shell_message_bytes(&message, WSM_SHELL_F_NEXT, NULL, 0);
        wsm_shell_write(&message, &shell);
    }
    cursor = fields_of(&message);
    assert_true(wsm_shell_read_list(&shells, &count, &cursor, *state));
    assert_int_equal(count, 2);
    assert_true(shells[1]->pid == 4000000000u);
    assert_int_equal(shells[1]->state, WSM_SHELL_DISCONNECTED);
    assert_int_equal(shells[1]->response.length, 1);
    wsm_shell_message_begin(&message, WSM_SHELL_M_OK, *state);
    wsm_shell_message_bytes(&message, WSM_SHELL_F_NEXT, NULL, 0);
    wsm_shell_command_write(&message, &command);
    cursor = fields_of(&message);
    assert_true(wsm_shell_read_commands(&commands, &count, &cursor, *state));
    assert_int_equal(count, 1);
    assert_int_equal(commands[0].exit_code, 137);
    assert_true(commands[0].done);
    wsm_shell_message_bytes(&message, WSM_SHELL_F_NEXT, NULL, 0);
    cursor = fields_of(&message);
    assert_false(wsm_shell_read_commands(&commands, &count, &cursor, *state));
}

static void test_errors(void **state)
{
    wsm_error_t *err = wsm_shell_fail(*state, WSMAN_E_QUOTA_LIMIT, 2150859173u,
                                      "Too many: %d", 7);
    wsm_shell_message_t message;
    wsm_shell_cursor_t cursor;
    wsm_error_t *again;

    err->status = APR_ENOENT;
    wsm_shell_error_write(&message, err, *state);
    cursor = fields_of(&message);
    again = wsm_shell_error_read(&cursor, *state);
    assert_int_equal(again->code, WSMAN_E_QUOTA_LIMIT);
    assert_true(again->number == 2150859173u);
    assert_int_equal(again->status, APR_ENOENT);
    assert_string_equal(again->message, "Too many: 7");
    wsm_shell_message_begin(&message, WSM_SHELL_M_FAILED, *state);
    wsm_shell_message_number(&message, WSM_SHELL_F_CODE, WSMAN_E_COUNT);
    cursor = fields_of(&message);
    again = wsm_shell_error_read(&cursor, *state);
    assert_int_equal(again->code, WSMAN_E_INTERNAL_ERROR);
}

static void test_head(void **state)
{
    wsm_shell_head_t head = {WSM_SHELL_MAGIC, 1, WSM_SHELL_VERSION,
                             WSM_SHELL_MAX_MESSAGE};

    (void)state;
    assert_true(wsm_shell_head_is_good(&head));
    head.length++;
    assert_false(wsm_shell_head_is_good(&head));
    head.length = 0;
    head.version++;
    assert_false(wsm_shell_head_is_good(&head));
    head.version--;
    head.magic = 0;
    assert_false(wsm_shell_head_is_good(&head));
}

static void test_says_that_it_is_too_long(void **state)
{
    wsm_shell_message_t message;

    wsm_shell_message_begin(&message, WSM_SHELL_M_SEND, *state);
    memset(wsm_shell_message_room(&message, WSM_SHELL_F_BYTES,
                                  WSM_SHELL_MAX_MESSAGE - 8),
           0, WSM_SHELL_MAX_MESSAGE - 8);
    assert_true(wsm_shell_message_end(&message));
    wsm_shell_message_text(&message, WSM_SHELL_F_TEXT, "");
    assert_false(wsm_shell_message_end(&message));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_pool, end_pool)
    const struct CMUnitTest tests[] = {
        TEST(test_create),
        TEST(test_command),
        TEST(test_send_and_receive),
        TEST(test_every_cut),
        TEST(test_refuses_broken_fields),
        TEST(test_refuses_lists_without_end),
        TEST(test_ignores_what_it_does_not_know),
        TEST(test_answers),
        TEST(test_errors),
        TEST(test_head),
        TEST(test_says_that_it_is_too_long),
    };
    int failed;

    apr_initialize();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_terminate();
    return failed;
}
