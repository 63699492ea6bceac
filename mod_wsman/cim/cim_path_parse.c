/* cim_path_parse.c - reads object paths (DSP0004 8.2.5, and the form of WMI).
 */
#include "cim_value.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "../base/wsm_text.h"
#include "cim_name.h"

/* A key that refers to an instance has a path in its text, and so on. */
#define MAX_DEPTH 8
#define MAX_KEYS  256

typedef struct path_reader_t {
    const char *p;
    const cim_class_t *cls;
    int depth;
    apr_pool_t *pool;
} path_reader_t;

static int parse_path(const char *text, const cim_class_t *cls, int depth,
                      cim_path_t *path, apr_pool_t *pool);

static int is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static int is_name_char(char c)
{
    return is_name_start(c) || (c >= '0' && c <= '9');
}

static const char *read_name(path_reader_t *in)
{
    const char *start = in->p;
    if (!is_name_start(*start))
        return NULL;
    while (is_name_char(*in->p))
        in->p++;
    return apr_pstrmemdup(in->pool, start, (apr_size_t)(in->p - start));
}

/** The namespace before the first ':' that is not in quotes; "//host/" or
 *  "\\host\" before it is skipped, backslashes become slashes.
 *  @return 0 if it is empty */
static int read_namespace(path_reader_t *in, const char **ns)
{
    apr_size_t length = strcspn(in->p, ":\"'=");
    *ns = NULL;
    if (in->p[length] != ':')
        return 1;
    char *name = apr_pstrmemdup(in->pool, in->p, length);
    in->p += length + 1;
    for (char *c = name; *c; c++) {
        if (*c == '\\')
            *c = '/';
    }
    if (name[0] == '/' && name[1] == '/') {
        name = strchr(name + 2, '/');
        if (!name)
            return 0;
    }
    while (*name == '/')
        name++;
    *ns = name;
    return *name != '\0';
}

/** A text in quotes, `\` before any character stands for that character. */
static const char *read_quoted(path_reader_t *in)
{
    char quote = *in->p++;
    char *text = apr_palloc(in->pool, strlen(in->p) + 1);
    char *out = text;
    while (*in->p != quote) {
        if (*in->p == '\\')
            in->p++;
        if (!*in->p)
            return NULL;
        *out++ = *in->p++;
    }
    in->p++;
    *out = '\0';
    return text;
}

static int read_hex(const char *text, apr_uint64_t *number)
{
    static const char digits[] = "0123456789abcdef";
    apr_uint64_t sum = 0;
    apr_size_t length = strlen(text);
    if (length < 3 || length > 18 || text[0] != '0' || cim_fold(text[1]) != 'x')
        return 0;
    for (text += 2; *text; text++) {
        const char *digit = strchr(digits, cim_fold(*text));
        if (!digit)
            return 0;
        sum = sum << 4 | (apr_uint64_t)(digit - digits);
    }
    *number = sum;
    return 1;
}

/** A value by its looks. */
static int guess_value(const char *text, int was_quoted, cim_value_t *value)
{
    cim_value_t read = {0};
    if (was_quoted) {
        read = cim_string(text);
    } else if (cim_name_equal(text, "true") || cim_name_equal(text, "false")) {
        read = cim_boolean(cim_fold(*text) == 't');
    } else if (wsm_text_u64(text, UINT64_MAX, &read.v.u) ||
               read_hex(text, &read.v.u)) {
        read.type = CIM_UINT64;
    } else if (wsm_text_i64(text, INT64_MIN, INT64_MAX, &read.v.i)) {
        read.type = CIM_SINT64;
    } else {
        return 0;
    }
    *value = read;
    return 1;
}

static int read_value(path_reader_t *in, const char *name, cim_value_t *value)
{
    int was_quoted = *in->p == '"' || *in->p == '\'';
    const char *text;
    if (was_quoted) {
        text = read_quoted(in);
    } else {
        apr_size_t length = strcspn(in->p, ",");
        text = apr_pstrmemdup(in->pool, in->p, length);
        in->p += length;
    }
    if (!text)
        return 0;
    if (!in->cls)
        return guess_value(text, was_quoted, value);

    const cim_property_t *key = cim_class_property(in->cls, name);
    if (!key || !key->key)
        return 0;
    if (key->type == CIM_REFERENCE) {
        cim_path_t *path = apr_pcalloc(in->pool, sizeof(*path));
        *value = cim_reference(path);
        return was_quoted &&
               parse_path(text, NULL, in->depth + 1, path, in->pool);
    }
    cim_value_t guess;
    if (cim_value_parse(key->type, text, value, in->pool))
        return key->type != CIM_STRING || was_quoted;
    return !was_quoted && guess_value(text, 0, &guess) &&
           cim_value_convert(&guess, key->type, value);
}

static int read_keys(path_reader_t *in, cim_path_t *path)
{
    apr_array_header_t *keys = apr_array_make(in->pool, 4, sizeof(cim_key_t));
    cim_key_t key;
    do {
        key.name = read_name(in);
        if (!key.name || *in->p++ != '=' ||
            !read_value(in, key.name, &key.value) || keys->nelts == MAX_KEYS)
            return 0;
        for (int i = 0; i < keys->nelts; i++) {
            if (cim_name_equal(APR_ARRAY_IDX(keys, i, cim_key_t).name,
                               key.name))
                return 0;
        }
        APR_ARRAY_PUSH(keys, cim_key_t) = key;
    } while (*in->p++ == ',');
    path->keys = (const cim_key_t *)(const void *)keys->elts;
    path->nkeys = (apr_uint32_t)keys->nelts;
    return in->p[-1] == '\0';
}

/** WMI's Class="value": the class has one key. */
static int read_only_key(path_reader_t *in, cim_path_t *path)
{
    if (!in->cls || in->cls->nkeys != 1)
        return 0;
    cim_key_t *key = apr_pcalloc(in->pool, sizeof(*key));
    key->name = in->cls->properties[in->cls->keys[0]].name;
    path->keys = key;
    path->nkeys = 1;
    return read_value(in, key->name, &key->value) && !*in->p;
}

static int parse_path(const char *text, const cim_class_t *cls, int depth,
                      cim_path_t *path, apr_pool_t *pool)
{
    path_reader_t in = {text, cls, depth, pool};
    cim_path_t read = {0};
    if (depth > MAX_DEPTH || !read_namespace(&in, &read.ns))
        return 0;
    read.class_name = read_name(&in);
    if (!read.class_name)
        return 0;
    int good;
    if (*in.p == '.') {
        in.p++;
        good = read_keys(&in, &read);
    } else if (!strcmp(in.p, "=@")) {
        good = 1;
    } else if (*in.p == '=') {
        in.p++;
        good = read_only_key(&in, &read);
    } else {
        good = *in.p == '\0';
    }
    if (good)
        *path = read;
    return good;
}

int cim_path_parse(const char *text, const cim_class_t *cls, cim_path_t *path,
                   apr_pool_t *pool)
{
    return parse_path(text, cls, 0, path, pool);
}
