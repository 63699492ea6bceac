/* cim_table.c - open addressing over an array of entries. */
#include "cim_table.h"

#include <string.h>

#include "cim_name.h"

#define FIRST_SLOTS 32u

cim_table_t *cim_table_make(apr_pool_t *pool)
{
    cim_table_t *table = apr_pcalloc(pool, sizeof(*table));
    table->pool = pool;
    return table;
}

static cim_entry_t *find(const cim_table_t *table, const char *name)
{
    if (!table->count)
        return NULL;
    apr_uint32_t at = cim_name_hash(name) & table->mask;
    for (; table->slots[at]; at = (at + 1) & table->mask) {
        cim_entry_t *entry = &table->entries[table->slots[at] - 1];
        if (cim_name_equal(entry->name, name))
            return entry;
    }
    return NULL;
}

void *cim_table_get(const cim_table_t *table, const char *name)
{
    const cim_entry_t *entry = find(table, name);
    return entry ? entry->value : NULL;
}

void cim_table_set(cim_table_t *table, const char *name, void *value)
{
    cim_entry_t *entry = find(table, name);
    if (entry) {
        entry->name = name;
        entry->value = value;
    } else {
        cim_table_add(table, name, value);
    }
}

static void place(cim_table_t *table, apr_uint32_t number)
{
    const char *name = table->entries[number].name;
    apr_uint32_t at = cim_name_hash(name) & table->mask;
    while (table->slots[at])
        at = (at + 1) & table->mask;
    table->slots[at] = number + 1;
}

/** Doubles the slots; at most half of them are ever in use. */
static void grow(cim_table_t *table)
{
    apr_uint32_t size = table->slots ? (table->mask + 1) * 2 : FIRST_SLOTS;
    cim_entry_t *entries = apr_palloc(table->pool, size / 2 * sizeof(*entries));
    if (table->count)
        memcpy(entries, table->entries, table->count * sizeof(*entries));
    table->entries = entries;
    table->slots = apr_pcalloc(table->pool, size * sizeof(*table->slots));
    table->mask = size - 1;
    for (apr_uint32_t i = 0; i < table->count; i++)
        place(table, i);
}

void cim_table_add(cim_table_t *table, const char *name, void *value)
{
    if (!table->slots || table->count == (table->mask + 1) / 2)
        grow(table);
    table->entries[table->count].name = name;
    table->entries[table->count].value = value;
    place(table, table->count++);
}
