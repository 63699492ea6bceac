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
    static const char from[] = "\n\t\r\b\f";
    static const char to[] = "ntrbf";
    const char *found = strchr(from, c);
    char text[8];
    if (found)
        snprintf(text, sizeof(text), "\\%c", to[found - from]);
    else
        snprintf(text, sizeof(text), "\\x%04X", (unsigned)c);
    wsm_write_str(out, text);
}

/** A text in strings in strings: of each of these `levels` a quote or a
 *  backslash gets one more backslash, and so do those that it has got.  Only
 *  the outermost string knows escapes for other characters. */
static void write_escaped(wsm_writer_t *out, const char *text, unsigned levels)
{
    while (*text) {
        apr_size_t run = 0;
        while (text[run] && !needs_escape((unsigned char)text[run]))
            run++;
        wsm_write(out, text, run);
        text += run;
        if (*text == '"' || *text == '\\') {
            for (unsigned i = 1; i < 1u << levels; i++)
                wsm_write_lit(out, "\\");
            wsm_write(out, text++, 1);
        } else if (*text) {
            write_escape(out, (unsigned char)*text++);
        }
    }
}

void cim_mof_write_string(wsm_writer_t *out, const char *text)
{
    wsm_write_lit(out, "\"");
    write_escaped(out, text, 1);
    wsm_write_lit(out, "\"");
}

static void write_path(wsm_writer_t *out, const cim_path_t *path,
                       unsigned levels, apr_pool_t *scratch);

static int is_bare(cim_type_e type)
{
    return type == CIM_BOOLEAN || (type >= CIM_UINT8 && type <= CIM_SINT64);
}

static void write_key(wsm_writer_t *out, const cim_value_t *value,
                      unsigned levels, apr_pool_t *scratch)
{
    cim_type_e type = (cim_type_e)value->type;
    const char *text = cim_value_text(value, scratch);
    const char *quote = is_bare(type) ? "" : "\"";
    write_escaped(out, quote, levels);
    if (type == CIM_REFERENCE && !value->is_null)
        write_path(out, value->v.ref, levels + 1, scratch);
    else if (text)
        write_escaped(out, text, levels + 1);
    write_escaped(out, quote, levels);
}

/** ns:Class.Key="value",Key2=5 (DSP0004 8.2.5), in that many strings. */
static void write_path(wsm_writer_t *out, const cim_path_t *path,
                       unsigned levels, apr_pool_t *scratch)
{
    if (path->ns) {
        write_escaped(out, path->ns, levels);
        wsm_write_lit(out, ":");
    }
    wsm_write_str(out, path->class_name);
    for (apr_uint32_t i = 0; i < path->nkeys; i++) {
        wsm_write_strs(out, i ? "," : ".", path->keys[i].name, "=", NULL);
        write_key(out, &path->keys[i].value, levels, scratch);
    }
    if (!path->nkeys)
        wsm_write_lit(out, "=@");
}

static void write_char(wsm_writer_t *out, apr_uint64_t code)
{
    char text[4] = {'\'', (char)code, '\'', '\0'};
    if (code >= ' ' && code < 0x7f && code != '\'' && code != '\\')
        wsm_write_str(out, text);
    else
        wsm_write_u64(out, code);
}

/** MOF has no word for what is no number, and none without a point. */
static void write_real(wsm_writer_t *out, const char *text)
{
    apr_size_t mantissa = strcspn(text, "eE");
    if (strpbrk(text, "IN")) {
        wsm_write_strs(out, "NULL /* ", text, " */", NULL);
        return;
    }
    wsm_write(out, text, mantissa);
    if (!memchr(text, '.', mantissa))
        wsm_write_lit(out, ".0");
    wsm_write_str(out, text + mantissa);
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
        wsm_write_lit(out, "\"");
        write_path(out, value->v.ref, 1, scratch);
        wsm_write_lit(out, "\"");
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
