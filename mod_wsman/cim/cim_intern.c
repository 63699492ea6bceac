/* cim_intern.c - open addressing, the hash of a text beside it. */
#include "cim_intern.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#define FIRST_SLOTS 1024u

typedef struct slot_t {
    const char *text;
    apr_uint32_t hash;
    apr_uint32_t length;
} slot_t;

struct cim_intern_t {
    apr_pool_t *texts;
    slot_t *slots;
    apr_uint32_t mask;
    apr_uint32_t count;
};

static apr_status_t release(void *data)
{
    cim_intern_t *intern = data;
    free(intern->slots);
    return APR_SUCCESS;
}

static slot_t *make_slots(apr_size_t count)
{
    slot_t *slots = calloc(count, sizeof(*slots));
    if (!slots)
        abort(); /* as APR does when memory is at an end */
    return slots;
}

cim_intern_t *cim_intern_make(apr_pool_t *texts, apr_pool_t *pool)
{
    cim_intern_t *intern = apr_pcalloc(pool, sizeof(*intern));
    intern->texts = texts;
    intern->slots = make_slots(FIRST_SLOTS);
    intern->mask = FIRST_SLOTS - 1;
    apr_pool_cleanup_register(pool, intern, release, apr_pool_cleanup_null);
    return intern;
}

static apr_uint32_t hash_text(const char *text, apr_size_t length)
{
    apr_uint64_t hash = 0x9e3779b97f4a7c15u ^ length;
    for (; length >= 8; text += 8, length -= 8) {
        apr_uint64_t word;
        memcpy(&word, text, 8);
        hash = (hash ^ word) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    apr_uint64_t rest = 0;
    if (length)
        memcpy(&rest, text, length);
    hash = (hash ^ rest) * 0xff51afd7ed558ccdu;
    return (apr_uint32_t)(hash ^ hash >> 32);
}

static void grow(cim_intern_t *intern)
{
    apr_uint32_t old = intern->mask + 1;
    apr_uint32_t mask = old * 2 - 1;
    slot_t *slots = make_slots((apr_size_t)mask + 1);
    for (apr_uint32_t i = 0; i < old; i++) {
        if (!intern->slots[i].text)
            continue;
        apr_uint32_t at = intern->slots[i].hash & mask;
        while (slots[at].text)
            at = (at + 1) & mask;
        slots[at] = intern->slots[i];
    }
    free(intern->slots);
    intern->slots = slots;
    intern->mask = mask;
}

const char *cim_intern(cim_intern_t *intern, const char *text,
                       apr_size_t length)
{
    apr_uint32_t hash = hash_text(text, length);
    apr_uint32_t at = hash & intern->mask;
    for (; intern->slots[at].text; at = (at + 1) & intern->mask) {
        const slot_t *slot = &intern->slots[at];
        if (slot->hash == hash && slot->length == length &&
            !memcmp(slot->text, text, length))
            return slot->text;
    }
    slot_t *slot = &intern->slots[at];
    slot->text = apr_pstrmemdup(intern->texts, text, length);
    slot->hash = hash;
    slot->length = (apr_uint32_t)length;
    const char *result = slot->text;
    if (++intern->count * 2 > intern->mask)
        grow(intern);
    return result;
}
