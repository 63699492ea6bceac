/* psrp_fragment.c - where fragments end, and what the heads of messages say. */
#include "psrp_fragment.h"

#include <string.h>

#include <apr_lib.h>

#define IS_START 1
#define IS_END   2

#define TO_CLIENT 1

/* Where a message's head has what. */
#define AT_TYPE     4
#define AT_PIPELINE 24

static apr_uint64_t big_endian(const char *at, int count)
{
    apr_uint64_t number = 0;

    for (int i = 0; i < count; i++)
        number = number << 8 | (unsigned char)at[i];
    return number;
}

static void put_big_endian(char *at, apr_uint64_t number, int count)
{
    for (int i = count; i > 0; i--, number >>= 8)
        at[i - 1] = (char)(number & 0xff);
}

static void put_little_endian(char *at, apr_uint32_t number)
{
    for (int i = 0; i < 4; i++, number >>= 8)
        at[i] = (char)(number & 0xff);
}

/* ---- fragments */

int psrp_fragment_read(psrp_fragment_t *self, const char *data,
                       apr_size_t length)
{
    unsigned flags;

    if (length < PSRP_FRAGMENT_HEAD)
        return 0;
    self->object = big_endian(data, 8);
    self->number = big_endian(data + 8, 8);
    flags = (unsigned char)data[16];
    self->is_start = (flags & IS_START) != 0;
    self->is_end = (flags & IS_END) != 0;
    self->blob_length = (apr_size_t)big_endian(data + 17, 4);
    self->blob = data + PSRP_FRAGMENT_HEAD;
    self->length = PSRP_FRAGMENT_HEAD + self->blob_length;
    return self->blob_length <= length - PSRP_FRAGMENT_HEAD;
}

int psrp_fragments_are_whole(const char *data, apr_size_t length)
{
    psrp_fragment_t fragment;

    if (length == 0)
        return 0;
    for (; length > 0; data += fragment.length, length -= fragment.length)
        if (!psrp_fragment_read(&fragment, data, length))
            return 0;
    return 1;
}

/* ---- GUIDs: three numbers in little-endian order, then bytes */

static const int guid_order[PSRP_GUID_BYTES] = {3, 2, 1,  0,  5,  4,  7,  6,
                                                8, 9, 10, 11, 12, 13, 14, 15};

static void guid_text(char out[PSRP_GUID_LENGTH + 1],
                      const unsigned char *bytes)
{
    static const char digit[] = "0123456789abcdef";

    for (int i = 0; i < PSRP_GUID_BYTES; i++) {
        unsigned char byte = bytes[guid_order[i]];

        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        *out++ = digit[byte >> 4];
        *out++ = digit[byte & 15];
    }
    *out = '\0';
}

void psrp_fragment_write_head(char out[PSRP_FRAGMENT_HEAD + PSRP_MESSAGE_HEAD],
                              apr_uint64_t object, apr_uint32_t type,
                              const unsigned char pool[PSRP_GUID_BYTES],
                              apr_size_t length)
{
    char *head = out + PSRP_FRAGMENT_HEAD;

    memset(out, 0, PSRP_FRAGMENT_HEAD + PSRP_MESSAGE_HEAD);
    put_big_endian(out, object, 8);
    out[16] = IS_START | IS_END;
    put_big_endian(out + 17, PSRP_MESSAGE_HEAD + length, 4);
    put_little_endian(head, TO_CLIENT);
    put_little_endian(head + AT_TYPE, type);
    memcpy(head + PSRP_AT_POOL, pool, PSRP_GUID_BYTES);
}

/* ---- messages */

/* Whole numbers (`<I32 N="name">number</I32>`) that are read. */
static const struct {
    psrp_type_e type;
    const char *name[PSRP_NUMBERS];
} wanted[] = {
    {PSRP_INIT_RUNSPACEPOOL, {"MinRunspaces", "MaxRunspaces"}},
    {PSRP_CONNECT_RUNSPACEPOOL, {"MinRunspaces", "MaxRunspaces"}},
    {PSRP_RUNSPACEPOOL_STATE, {"RunspaceState", NULL}},
    {PSRP_PIPELINE_STATE, {"PipelineState", NULL}},
};

#define NWANTED (sizeof(wanted) / sizeof(wanted[0]))

static const char *const *names_of(apr_uint32_t type)
{
    for (apr_size_t i = 0; i < NWANTED; i++)
        if (wanted[i].type == type)
            return wanted[i].name;
    return NULL;
}

/* A tag is over: is a number of ours behind it? */
static int number_behind(const psrp_message_t *self, const char *const *names)
{
    for (int i = 0; i < PSRP_NUMBERS && names[i] != NULL; i++) {
        apr_size_t length = strlen(names[i]);
        const char *at = self->tag + sizeof("I32 N=");

        if (self->numbers[i] < 0 &&
            self->tag_used == sizeof("I32 N=''") - 1 + length &&
            memcmp(self->tag, "I32 N=", 6) == 0 &&
            memcmp(at, names[i], length) == 0 && at[-1] == at[length] &&
            (at[-1] == '"' || at[-1] == '\''))
            return i + 1;
    }
    return 0;
}

static void read_digit(psrp_message_t *self, char c)
{
    long *number = &self->numbers[self->in_number - 1];

    if (apr_isdigit(c) && *number < 1000000)
        *number = (*number < 0 ? 0 : *number * 10) + (c - '0');
    else
        self->in_number = 0;
}

/* Text has no '<' of its own, so that a tag is known without a parser. */
static void read_text(psrp_message_t *self, const char *text, apr_size_t length)
{
    const char *const *names = names_of(self->type);

    if (names == NULL)
        return;
    for (; length > 0; text++, length--) {
        if (*text == '<') {
            self->in_tag = 1;
            self->in_number = 0;
            self->tag_used = 0;
        } else if (self->in_tag && *text == '>') {
            self->in_tag = 0;
            self->in_number = number_behind(self, names);
        } else if (self->in_tag) {
            /* One that is too long is none of ours. */
            if (self->tag_used < sizeof(self->tag))
                self->tag[self->tag_used++] = *text;
        } else if (self->in_number) {
            read_digit(self, *text);
        }
    }
}

static void begin(psrp_message_t *self, apr_uint64_t object)
{
    memset(self, 0, sizeof(*self));
    self->object = object;
    self->is_open = 1;
    for (int i = 0; i < PSRP_NUMBERS; i++)
        self->numbers[i] = -1;
}

psrp_progress_e psrp_message_add(psrp_message_t *self,
                                 const psrp_fragment_t *fragment)
{
    const char *blob = fragment->blob;
    apr_size_t length = fragment->blob_length;
    apr_size_t part;

    if (fragment->is_start)
        begin(self, fragment->object);
    if (!self->is_open || fragment->object != self->object ||
        fragment->number != self->next) {
        self->is_open = 0;
        self->type = 0;
        return PSRP_LOST;
    }
    self->next++;
    if (self->used < PSRP_MESSAGE_HEAD) {
        part = PSRP_MESSAGE_HEAD - self->used;
        if (part > length)
            part = length;
        memcpy(self->head + self->used, blob, part);
        self->used += part;
        blob += part;
        length -= part;
        if (self->used == PSRP_MESSAGE_HEAD)
            for (int i = 3; i >= 0; i--)
                self->type = self->type << 8 | self->head[AT_TYPE + i];
    }
    read_text(self, blob, length);
    self->used += length;
    self->is_open = !fragment->is_end;
    return fragment->is_end ? PSRP_WHOLE : PSRP_MORE;
}

int psrp_message_ends_pipeline(const psrp_message_t *self)
{
    return self->type == PSRP_PIPELINE_STATE &&
           self->numbers[0] >= PSRP_PIPELINE_STOPPED &&
           self->numbers[0] <= PSRP_PIPELINE_FAILED;
}

int psrp_message_pipeline(const psrp_message_t *self,
                          char guid[PSRP_GUID_LENGTH + 1])
{
    static const unsigned char zeros[PSRP_GUID_BYTES];
    const unsigned char *bytes = self->head + AT_PIPELINE;

    if (self->used < PSRP_MESSAGE_HEAD ||
        memcmp(bytes, zeros, PSRP_GUID_BYTES) == 0)
        return 0;
    guid_text(guid, bytes);
    return 1;
}
