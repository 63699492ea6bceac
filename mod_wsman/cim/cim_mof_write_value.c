/* cim_mof_write_value.c - values as MOF writes them (DSP0004 Annex A).
 */
#include "cim_mof_write_private.h"

#include <stdio.h>
#include <string.h>

#include "cim_value.h"

static int needs_escape(unsigned char c)
{
    return c < ' ' || c == '"' || c == '\\' || c == 0x7f;
}

static void write_escape(wsm_writer_t *out, unsigned char c)
{
    static const char from[] = "\"\\\n\t\r\b\f";
    static const char to[] = "\"\\ntrbf";
    const char *found = strchr(from, c);
    char text[8];
    if (found)
        snprintf(text, sizeof(text), "\\%c", to[found - from]);
    else
        snprintf(text, sizeof(text), "\\x%04X", (unsigned)c);
    wsm_write_str(out, text);
}

void cim_mof_write_string(wsm_writer_t *out, const char *text)
{
    wsm_write_lit(out, "\"");
    while (*text) {
        apr_size_t run = 0;
        while (text[run] && !needs_escape((unsigned char)text[run]))
            run++;
        wsm_write(out, text, run);
        text += run;
        if (*text)
            write_escape(out, (unsigned char)*text++);
    }
    wsm_write_lit(out, "\"");
}

/** ns:Class.Key="value",Key2=5 (DSP0004 8.2.5), in a string. */
static const char *path_text(const cim_path_t *path, apr_pool_t *scratch);

static void write_key(wsm_writer_t *out, const cim_value_t *value,
                      apr_pool_t *scratch)
{
    if (value->type == CIM_REFERENCE)
        cim_mof_write_string(out, path_text(value->v.ref, scratch));
    else if (value->type == CIM_STRING || value->type == CIM_DATETIME ||
             value->type == CIM_CHAR16)
        cim_mof_write_string(out, cim_value_text(value, scratch));
    else
        wsm_write_str(out, cim_value_text(value, scratch));
}

/* A path is in memory already: its text is at most some times as long. */
#define MAX_PATH_TEXT ((apr_size_t)16 << 20)

static const char *path_text(const cim_path_t *path, apr_pool_t *scratch)
{
    wsm_writer_t *out = wsm_writer_make(MAX_PATH_TEXT, scratch);
    if (path->ns)
        wsm_write_strs(out, path->ns, ":", NULL);
    wsm_write_str(out, path->class_name);
    for (apr_uint32_t i = 0; i < path->nkeys; i++) {
        wsm_write_strs(out, i ? "," : ".", path->keys[i].name, "=", NULL);
        write_key(out, &path->keys[i].value, scratch);
    }
    if (!path->nkeys)
        wsm_write_lit(out, "=@");
    return wsm_writer_string(out, scratch);
}

static void write_char(wsm_writer_t *out, apr_uint64_t code)
{
    char text[4] = {'\'', (char)code, '\'', '\0'};
    if (code >= ' ' && code < 0x7f && code != '\'' && code != '\\')
        wsm_write_str(out, text);
    else
        wsm_write_u64(out, code);
}

/** MOF has no word for what is no number. */
static void write_real(wsm_writer_t *out, const char *text)
{
    if (strpbrk(text, "IN"))
        wsm_write_strs(out, "NULL /* ", text, " */", NULL);
    else
        wsm_write_strs(out, text, strpbrk(text, ".eE") ? "" : ".0", NULL);
}

static void write_scalar(wsm_writer_t *out, const cim_value_t *value,
                         apr_pool_t *scratch)
{
    if (value->is_null) {
        wsm_write_lit(out, "NULL");
        return;
    }
    switch ((cim_type_e)value->type) {
    case CIM_STRING:
        cim_mof_write_string(out, value->v.s);
        break;
    case CIM_DATETIME:
        cim_mof_write_string(out, cim_value_text(value, scratch));
        break;
    case CIM_REFERENCE:
        cim_mof_write_string(out, path_text(value->v.ref, scratch));
        break;
    case CIM_INSTANCE:
        cim_mof_write_body(out, value->v.obj, scratch);
        break;
    case CIM_CHAR16:
        write_char(out, value->v.u);
        break;
    case CIM_REAL32:
    case CIM_REAL64:
        write_real(out, cim_value_text(value, scratch));
        break;
    default:
        wsm_write_str(out, cim_value_text(value, scratch));
        break;
    }
}

void cim_mof_write_value(wsm_writer_t *out, const cim_value_t *value,
                         apr_pool_t *scratch)
{
    if (!value->is_array || value->is_null) {
        write_scalar(out, value, scratch);
        return;
    }
    wsm_write_lit(out, "{");
    for (apr_uint32_t i = 0; i < value->count; i++) {
        wsm_write_str(out, i ? ", " : "");
        write_scalar(out, &value->v.items[i], scratch);
    }
    wsm_write_lit(out, "}");
}
