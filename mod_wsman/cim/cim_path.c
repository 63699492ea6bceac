/* cim_path.c - the names of instances: copying, comparing, canonical text. */
#include "cim_value.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "cim_name.h"

cim_path_t *cim_path_copy(const cim_path_t *path, apr_pool_t *pool)
{
    cim_path_t *copy = apr_pmemdup(pool, path, sizeof(*path));
    cim_key_t *keys = apr_palloc(pool, (path->nkeys + 1) * sizeof(*keys));
    for (apr_uint32_t i = 0; i < path->nkeys; i++) {
        keys[i].name = apr_pstrdup(pool, path->keys[i].name);
        keys[i].value = cim_value_copy(&path->keys[i].value, pool);
    }
    copy->ns = path->ns ? apr_pstrdup(pool, path->ns) : NULL;
    copy->class_name = apr_pstrdup(pool, path->class_name);
    copy->keys = keys;
    return copy;
}

const cim_value_t *cim_path_key(const cim_path_t *path, const char *name)
{
    for (apr_uint32_t i = 0; i < path->nkeys; i++) {
        if (cim_name_equal(path->keys[i].name, name))
            return &path->keys[i].value;
    }
    return NULL;
}

int cim_path_equal(const cim_path_t *a, const cim_path_t *b)
{
    if (a == b)
        return 1;
    if (!cim_name_equal(a->class_name, b->class_name) || a->nkeys != b->nkeys ||
        (a->ns && b->ns && !cim_name_equal(a->ns, b->ns)))
        return 0;
    for (apr_uint32_t i = 0; i < a->nkeys; i++) {
        const cim_value_t *other = cim_path_key(b, a->keys[i].name);
        if (!other || !cim_value_equal(&a->keys[i].value, other, 0))
            return 0;
    }
    return 1;
}

static int by_name(const void *a, const void *b)
{
    const cim_key_t *const *left = a;
    const cim_key_t *const *right = b;
    return cim_name_order((*left)->name, (*right)->name);
}

/** In double quotes, with backslashes before quotes and backslashes. */
static const char *quoted(const char *text, apr_pool_t *pool)
{
    char *result = apr_palloc(pool, 2 * strlen(text) + 3);
    char *out = result;
    *out++ = '"';
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            *out++ = '\\';
        *out++ = *text;
    }
    *out++ = '"';
    *out = '\0';
    return result;
}

static const char *folded(const char *name, apr_pool_t *pool)
{
    char *text = apr_pstrdup(pool, name);
    for (char *p = text; *p; p++)
        *p = (char)cim_fold(*p);
    return text;
}

static const char *key_text(const cim_value_t *value, apr_pool_t *pool)
{
    if (value->is_null || value->is_array)
        return "null";
    switch (value->type) {
    case CIM_REFERENCE:
        return quoted(cim_path_text(value->v.ref, pool), pool);
    case CIM_DATETIME: {
        /* The moment, wherever it was written down. */
        const cim_datetime_t *when = value->v.dt;
        return apr_psprintf(pool, "%s%" APR_INT64_T_FMT "*%u",
                            when->is_interval ? "+" : "@", when->usec,
                            when->wild);
    }
    case CIM_CHAR16:
        return apr_psprintf(pool, "'%u'", (unsigned)value->v.u);
    case CIM_STRING:
        return quoted(value->v.s, pool);
    default: {
        const char *text = cim_value_text(value, pool);
        return text ? text : "null";
    }
    }
}

const char *cim_path_text(const cim_path_t *path, apr_pool_t *pool)
{
    const cim_key_t **keys =
        apr_palloc(pool, (path->nkeys + 1) * sizeof(*keys));
    for (apr_uint32_t i = 0; i < path->nkeys; i++)
        keys[i] = &path->keys[i];
    if (path->nkeys > 1)
        qsort(keys, path->nkeys, sizeof(*keys), by_name);

    struct iovec *parts =
        apr_palloc(pool, (4 * path->nkeys + 1) * sizeof(*parts));
    int count = 0;
    const char *class_name = folded(path->class_name, pool);
    parts[count].iov_base = (void *)(apr_uintptr_t)class_name;
    parts[count++].iov_len = strlen(class_name);
    for (apr_uint32_t i = 0; i < path->nkeys; i++) {
        const char *const texts[4] = {i ? "," : ".",
                                      folded(keys[i]->name, pool), "=",
                                      key_text(&keys[i]->value, pool)};
        for (int j = 0; j < 4; j++) {
            parts[count].iov_base = (void *)(apr_uintptr_t)texts[j];
            parts[count++].iov_len = strlen(texts[j]);
        }
    }
    return apr_pstrcatv(pool, parts, (apr_size_t)count, NULL);
}
