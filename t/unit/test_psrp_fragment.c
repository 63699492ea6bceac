/* test_psrp_fragment.c - fragments of MS-PSRP, and what a carrier reads in
 * them. */
#include "../../mod_wsman/shelld/psrp_fragment.c"

#include "cim_test.h"

#define PIPELINE "3e1ea5bb-0102-4c4d-8899-aabbccddeeff"

typedef struct bytes_t {
    char data[4096];
    size_t length;
} bytes_t;

static const unsigned char runspaces[16] = {0x0e, 0xfb, 0xc1, 0xf6, 0x9e, 0x5f,
                                            0x2e, 0x4e, 0xa5, 0xbb, 0,    1,
                                            2,    3,    4,    5};

static void add_big(bytes_t *to, uint64_t number, int count)
{
    for (int i = count - 1; i >= 0; i--)
        to->data[to->length++] = (char)(number >> 8 * i & 0xff);
}

static void add_bytes(bytes_t *to, const void *data, size_t length)
{
    assert_true(to->length + length <= sizeof(to->data));
    memcpy(to->data + to->length, data, length);
    to->length += length;
}

/* MS-PSRP 2.2.4: flags 1 is the start, 2 the end */
static void add_fragment(bytes_t *to, uint64_t object, uint64_t number,
                         unsigned flags, const char *blob, size_t length)
{
    add_big(to, object, 8);
    add_big(to, number, 8);
    add_big(to, flags, 1);
    add_big(to, length, 4);
    add_bytes(to, blob, length);
}

/* MS-PSRP 2.2.1: all numbers little-endian; of PIPELINE */
static void add_message(bytes_t *to, uint32_t type, const char *text)
{
    static const unsigned char guids[32] = {
        [16] = 0xbb, 0xa5, 0x1e, 0x3e, 0x02, 0x01, 0x4d, 0x4c,
        0x88,        0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
    unsigned char head[8] = {1};

    for (int i = 0; i < 4; i++)
        head[4 + i] = (unsigned char)(type >> 8 * i & 0xff);
    add_bytes(to, head, 8);
    add_bytes(to, guids, 32);
    add_bytes(to, text, strlen(text));
}

/* Cuts a message into fragments of `size` bytes and reads them. */
static void read_cut(psrp_message_t *read, const bytes_t *message, size_t size)
{
    bytes_t cut = {{0}, 0};
    psrp_fragment_t fragment;
    psrp_progress_e progress = PSRP_LOST;
    uint64_t number = 0;
    size_t at;

    for (at = 0; at < message->length; at += size, number++) {
        size_t rest = message->length - at;

        cut.length = 0;
        add_fragment(&cut, 7, number,
                     (at == 0 ? 1u : 0u) | (rest <= size ? 2u : 0u),
                     message->data + at, rest < size ? rest : size);
        assert_true(psrp_fragment_read(&fragment, cut.data, cut.length));
        progress = psrp_message_add(read, &fragment);
        assert_int_equal(progress, rest <= size ? PSRP_WHOLE : PSRP_MORE);
    }
    assert_int_equal(progress, PSRP_WHOLE);
}

static void read_whole(psrp_message_t *read, uint32_t type, const char *text)
{
    bytes_t message = {{0}, 0};

    memset(read, 0, sizeof(*read));
    add_message(&message, type, text);
    read_cut(read, &message, sizeof(message.data));
}

static void heads_are_read(void **state)
{
    bytes_t bytes = {{0}, 0};
    psrp_fragment_t fragment;

    (void)state;
    add_fragment(&bytes, 0x0102030405060708, 0x1112131415161718, 0xff, "abc",
                 3);
    add_fragment(&bytes, 1, 0, 0, "", 0);
    assert_true(psrp_fragment_read(&fragment, bytes.data, bytes.length));
    assert_true(fragment.object == 0x0102030405060708);
    assert_true(fragment.number == 0x1112131415161718);
    assert_true(fragment.is_start && fragment.is_end);
    assert_int_equal(fragment.length, 24);
    assert_int_equal(fragment.blob_length, 3);
    assert_memory_equal(fragment.blob, "abc", 3);
    assert_true(psrp_fragment_read(&fragment, bytes.data + 24, 21));
    assert_false(fragment.is_start || fragment.is_end);
    assert_int_equal(fragment.length, 21);
}

static void only_whole_fragments_are_accepted(void **state)
{
    bytes_t bytes = {{0}, 0};
    psrp_fragment_t fragment;

    (void)state;
    add_fragment(&bytes, 1, 0, 3, "abc", 3);
    add_fragment(&bytes, 2, 0, 3, "", 0);
    for (size_t length = 0; length <= bytes.length; length++) {
        char *copy = malloc(length ? length : 1);

        memcpy(copy, bytes.data, length);
        assert_int_equal(psrp_fragment_read(&fragment, copy, length),
                         length >= 24);
        assert_int_equal(psrp_fragments_are_whole(copy, length),
                         length == 24 || length == 45);
        free(copy);
    }
    /* A length that is more than there can be */
    memset(bytes.data + 17, 0xff, 4);
    assert_false(psrp_fragments_are_whole(bytes.data, bytes.length));
}

static void states_are_read_however_they_are_cut(void **state)
{
    static const char text[] =
        "<Obj RefId=\"0\"><MS><I32 N=\"PipelineState\">4</I32></MS></Obj>";
    bytes_t message = {{0}, 0};
    psrp_message_t read;

    (void)state;
    add_message(&message, 0x00041006, text);
    for (size_t size = 1; size <= message.length; size++) {
        memset(&read, 0, sizeof(read));
        read_cut(&read, &message, size);
        assert_int_equal(read.type, PSRP_PIPELINE_STATE);
        assert_int_equal(read.numbers[0], 4);
        assert_true(psrp_message_ends_pipeline(&read));
    }
}

static void last_states_end_a_pipeline(void **state)
{
    static const int ends[] = {0, 0, 0, 1, 1, 1, 0, 0};
    psrp_message_t read;

    (void)state;
    for (size_t i = 0; i < COUNT(ends); i++) {
        const char *text =
            apr_psprintf(pool, "<I32 N='PipelineState'>%d</I32>", (int)i);

        read_whole(&read, PSRP_PIPELINE_STATE, text);
        assert_int_equal(psrp_message_ends_pipeline(&read), ends[i]);
        read_whole(&read, 0x00041004, text);
        assert_false(psrp_message_ends_pipeline(&read));
    }
}

static void only_the_number_itself_counts(void **state)
{
    static const char *const texts[] = {
        "",
        "4",
        "<I32>4</I32>",
        "<S N=\"PipelineState\">4</S>",
        "<I64 N=\"PipelineState\">4</I64>",
        "<I32 N=\"PipelineStates\">4</I32>",
        "<I32 N=\"XPipelineState\">4</I32>",
        "<I32 N=\"PipelineState'>4</I32>",
        "I32 N=\"PipelineState\">4",
        "<S>I32 N=\"PipelineState\">4</S>",
        "<I32 N=\"PipelineState\"></I32>",
        "<I32 N=\"PipelineState\">-4</I32>",
        "<I32 N=\"PipelineState\"><Nil/>4</I32>",
        "<I32 N=\"PipelineState\">44</I32>",
        "<I32 N=\"PipelineState\">99999999999999999999994</I32>",
        "<I32 N=\"RunspaceState\">4</I32>",
        ("<I32                                                             "
         "N=\"PipelineState\">4</I32>"),
        "<I32 N=\"PipelineState\">2</I32><I32 N=\"PipelineState\">4</I32>",
    };
    psrp_message_t read;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        read_whole(&read, PSRP_PIPELINE_STATE, texts[i]);
        if (psrp_message_ends_pipeline(&read))
            fail_msg("%s", texts[i]);
    }
}

static void numbers_of_a_pool_are_read(void **state)
{
    psrp_message_t read;

    (void)state;
    read_whole(&read, PSRP_INIT_RUNSPACEPOOL,
               "<Obj RefId='0'><MS><I32 N='MinRunspaces'>2</I32>"
               "<I32 N='MaxRunspaces'>15</I32></MS></Obj>");
    assert_int_equal(read.numbers[0], 2);
    assert_int_equal(read.numbers[1], 15);
    read_whole(&read, PSRP_INIT_RUNSPACEPOOL, "<I32 N='MaxRunspaces'>3</I32>");
    assert_int_equal(read.numbers[0], -1);
    assert_int_equal(read.numbers[1], 3);
    read_whole(&read, PSRP_RUNSPACEPOOL_STATE,
               "<I32 N='RunspaceState'>2</I32>");
    assert_int_equal(read.numbers[0], PSRP_POOL_OPENED);
}

static void lost_fragments_are_noticed(void **state)
{
    static const struct {
        uint64_t object, number;
        unsigned flags;
        psrp_progress_e expected;
    } steps[] = {
        {1, 0, 0, PSRP_LOST},  /* no start */
        {1, 0, 1, PSRP_MORE},  /* */
        {1, 2, 0, PSRP_LOST},  /* 1 is missing */
        {1, 1, 2, PSRP_LOST},  /* nothing more is believed */
        {2, 0, 1, PSRP_MORE},  /* */
        {2, 1, 0, PSRP_MORE},  /* */
        {3, 2, 2, PSRP_LOST},  /* of another message */
        {4, 1, 1, PSRP_LOST},  /* a start is number 0 */
        {5, 0, 1, PSRP_MORE},  /* */
        {6, 0, 3, PSRP_WHOLE}, /* another begins in the middle */
        {6, 1, 2, PSRP_LOST},  /* that one was over */
    };
    psrp_message_t read = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        psrp_fragment_t fragment = {.object = steps[i].object,
                                    .number = steps[i].number,
                                    .is_start = steps[i].flags & 1,
                                    .is_end = (steps[i].flags & 2) != 0,
                                    .blob = "x",
                                    .blob_length = 1};

        if (psrp_message_add(&read, &fragment) != steps[i].expected)
            fail_msg("step %d", (int)i);
        assert_false(psrp_message_ends_pipeline(&read));
    }
}

static void a_pipeline_is_known_from_its_message(void **state)
{
    char guid[PSRP_GUID_LENGTH + 1];
    psrp_fragment_t fragment;
    psrp_message_t read;
    char head[PSRP_FRAGMENT_HEAD + PSRP_MESSAGE_HEAD];

    (void)state;
    read_whole(&read, 0x00021006, "<Obj/>");
    assert_true(psrp_message_pipeline(&read, guid));
    assert_string_equal(guid, PIPELINE);

    psrp_fragment_write_head(head, 9, PSRP_RUNSPACEPOOL_INIT_DATA, runspaces,
                             0);
    memset(&read, 0, sizeof(read));
    assert_true(psrp_fragment_read(&fragment, head, sizeof(head)));
    assert_int_equal(psrp_message_add(&read, &fragment), PSRP_WHOLE);
    assert_false(psrp_message_pipeline(&read, guid));
    memset(&read, 0, sizeof(read));
    assert_false(psrp_message_pipeline(&read, guid));
}

static void heads_are_written(void **state)
{
    static const unsigned char expected[] = {
        0,    0,    0,    0,    0,    0,    1,    2,    /* object */
        0,    0,    0,    0,    0,    0,    0,    0,    /* number */
        3,    0,    0,    0,    45,                     /* flags, length */
        1,    0,    0,    0,                            /* to a client */
        0x0b, 0x10, 0x02, 0x00,                         /* type */
        0x0e, 0xfb, 0xc1, 0xf6, 0x9e, 0x5f, 0x2e, 0x4e, /* the pool */
        0xa5, 0xbb, 0,    1,    2,    3,    4,    5,    /* */
        0,    0,    0,    0,    0,    0,    0,    0,    /* no pipeline */
        0,    0,    0,    0,    0,    0,    0,    0};
    char head[PSRP_FRAGMENT_HEAD + PSRP_MESSAGE_HEAD];

    (void)state;
    assert_int_equal(sizeof(expected), sizeof(head));
    psrp_fragment_write_head(head, 258, PSRP_RUNSPACEPOOL_INIT_DATA, runspaces,
                             5);
    assert_memory_equal(head, expected, sizeof(expected));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(heads_are_read),
        TEST(only_whole_fragments_are_accepted),
        TEST(states_are_read_however_they_are_cut),
        TEST(last_states_end_a_pipeline),
        TEST(only_the_number_itself_counts),
        TEST(numbers_of_a_pool_are_read),
        TEST(lost_fragments_are_noticed),
        TEST(a_pipeline_is_known_from_its_message),
        TEST(heads_are_written),
    };

    apr_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
