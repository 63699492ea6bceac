/* wsm_argument.c - Name=value into XML. */
#include "wsm_argument.h"

#include <string.h>

#include <apr_file_io.h>
#include <apr_strings.h>

#include "../base/wsm_text.h"
#include "../soap/wsm_names.h"
#include "wsm_resource.h"
#include "wsm_xmltext.h"

typedef struct argument_t {
    const char *text; /* as written, for messages */
    const char *name;
    const char *value; /* behind the operator */
    enum { PLAIN, FROM_FILE, TYPED } how;
    int done;
} argument_t;

typedef struct arguments_t {
    wsm_writer_t *out;
    apr_size_t limit;
    apr_pool_t *pool;
} arguments_t;

static wsm_failure_t *bad(const argument_t *argument, const char *why,
                          apr_pool_t *pool)
{
    return wsm_failure_make(pool, WSM_FAILURE_USE, 0, "argument '%s': %s",
                            argument->text, why);
}

/** Reads up to `limit` + 1 bytes, into memory that grows with them. */
static apr_status_t read_all(char **text, apr_size_t *length, apr_file_t *file,
                             apr_size_t limit, apr_pool_t *pool)
{
    apr_size_t size = 4096, part;
    apr_status_t status = APR_SUCCESS;
    char *data = apr_palloc(pool, size + 1);
    *length = 0;
    while (status == APR_SUCCESS && *length <= limit) {
        if (*length == size) {
            data = memcpy(apr_palloc(pool, 2 * size + 1), data, size);
            size *= 2;
        }
        status =
            apr_file_read_full(file, data + *length, size - *length, &part);
        *length += part;
    }
    data[*length] = '\0';
    *text = data;
    return status == APR_EOF ? APR_SUCCESS : status;
}

wsm_failure_t *wsm_argument_file(char **text, apr_size_t *length,
                                 const char *path, apr_size_t limit,
                                 apr_pool_t *pool)
{
    apr_file_t *file;
    apr_status_t status =
        !strcmp(path, "-")
            ? apr_file_open_stdin(&file, pool)
            : apr_file_open(&file, path, APR_READ, APR_OS_DEFAULT, pool);
    char why[120];
    if (status == APR_SUCCESS) {
        status = read_all(text, length, file, limit, pool);
        apr_file_close(file);
    }
    if (status != APR_SUCCESS)
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0, "%s: %s", path,
                                apr_strerror(status, why, sizeof(why)));
    if (*length > limit)
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0,
                                "%s: longer than %" APR_SIZE_T_FMT " bytes",
                                path, limit);
    return NULL;
}

wsm_failure_t *wsm_argument_body(char **xml, const char *path, apr_size_t limit,
                                 apr_pool_t *pool)
{
    char *text;
    apr_size_t length;
    xmlDocPtr doc;
    const wsm_error_t *err;
    wsm_failure_t *failure =
        wsm_argument_file(&text, &length, path, limit, pool);
    if (failure)
        return failure;
    err = wsm_xml_parse(&doc, text, length, limit, pool);
    if (err)
        return wsm_failure_make(pool, WSM_FAILURE_USE, 0, "%s: %s", path,
                                err->message);
    *xml = wsm_xmltext(xmlDocGetRootElement(doc), pool);
    return NULL;
}

static wsm_failure_t *split(argument_t *argument, const char *text,
                            apr_pool_t *pool)
{
    size_t length = strcspn(text, "=@:");
    memset(argument, 0, sizeof(*argument));
    argument->text = text;
    argument->name = apr_pstrmemdup(pool, text, length);
    argument->value = text + length + 1;
    if (!wsm_resource_is_utf8(text))
        return bad(argument, "not UTF-8", pool);
    if (!wsm_resource_is_name(argument->name))
        return bad(argument, "no name in front", pool);
    if (text[length] == '@') {
        argument->how = FROM_FILE;
    } else if (text[length] == ':' && text[length + 1] == '=') {
        argument->how = TYPED;
        argument->value++;
    } else if (text[length] != '=') {
        return bad(argument, "expected Name=value, Name@file or Name:=null",
                   pool);
    }
    return NULL;
}

/* ---- What a name's value may be */

static wsm_failure_t *write_text(arguments_t *self, const argument_t *argument,
                                 const char *value)
{
    (void)argument;
    wsm_write_lit(self->out, ">");
    wsm_write_text(self->out, value);
    return NULL;
}

static wsm_failure_t *write_null(arguments_t *self, const argument_t *argument,
                                 const char *value)
{
    if (*value)
        return bad(argument, "nothing may follow null", self->pool);
    wsm_write_lit(self->out, " xsi:nil=\"true\">");
    return NULL;
}

static void write_cim(arguments_t *self, const char *element, const char *value)
{
    wsm_write_strs(self->out, "><c:", element, " xmlns:c=\"" WSM_NS_CIM "\">",
                   NULL);
    wsm_write_text(self->out, value);
    wsm_write_strs(self->out, "</c:", element, ">", NULL);
}

static wsm_failure_t *write_datetime(arguments_t *self,
                                     const argument_t *argument,
                                     const char *value)
{
    apr_time_t when;
    int xsd = wsm_text_datetime(value, &when, NULL);
    if (!xsd && strlen(value) != 25)
        return bad(argument, "no date and time", self->pool);
    write_cim(self, xsd ? "Datetime" : "CIM_DateTime", value);
    return NULL;
}

static wsm_failure_t *write_interval(arguments_t *self,
                                     const argument_t *argument,
                                     const char *value)
{
    apr_int64_t usec;
    if (!wsm_text_duration(value, &usec))
        return bad(argument, "no duration such as PT1H30M", self->pool);
    write_cim(self, "Interval", value);
    return NULL;
}

static const struct {
    const char *prefix;
    wsm_failure_t *(*write)(arguments_t *self, const argument_t *argument,
                            const char *value);
} typed[] = {
    {"null", write_null},
    {"text:", write_text},
    {"datetime:", write_datetime},
    {"interval:", write_interval},
};

static wsm_failure_t *write_typed(arguments_t *self, const argument_t *argument)
{
    for (size_t i = 0; i < sizeof(typed) / sizeof(*typed); i++) {
        size_t n = strlen(typed[i].prefix);
        if (!strncmp(argument->value, typed[i].prefix, n))
            return typed[i].write(self, argument, argument->value + n);
    }
    return bad(argument,
               "':=' takes null, text:, datetime: or interval:", self->pool);
}

static wsm_failure_t *write_reference(arguments_t *self,
                                      const argument_t *argument)
{
    wsm_epr_t epr;
    wsm_failure_t *failure =
        wsm_resource_read(&epr,
                          apr_pstrmemdup(self->pool, argument->value + 1,
                                         strlen(argument->value) - 2),
                          self->pool);
    if (failure)
        return failure;
    wsm_write_lit(self->out, ">");
    wsm_epr_write(self->out, &epr, WSM_ADDRESSING_2004);
    return NULL;
}

static wsm_failure_t *write_file(arguments_t *self, const argument_t *argument)
{
    char *text;
    apr_size_t length;
    wsm_failure_t *failure = wsm_argument_file(&text, &length, argument->value,
                                               self->limit, self->pool);
    if (failure)
        return failure;
    if (strlen(text) != length || !wsm_resource_is_utf8(text))
        return bad(argument, "the file is no text in UTF-8", self->pool);
    return write_text(self, argument, text);
}

static wsm_failure_t *write_argument(arguments_t *self, argument_t *argument)
{
    wsm_failure_t *failure;
    wsm_write_strs(self->out, "<p:", argument->name, NULL);
    if (argument->how == TYPED)
        failure = write_typed(self, argument);
    else if (argument->how == FROM_FILE)
        failure = write_file(self, argument);
    else if (wsm_resource_is_reference(argument->value))
        failure = write_reference(self, argument);
    else
        failure = write_text(self, argument, argument->value);
    wsm_write_strs(self->out, "</p:", argument->name, ">", NULL);
    argument->done = 1;
    return failure;
}

wsm_failure_t *wsm_arguments_xml(char **xml, const wsm_epr_t *target,
                                 const char *name, const char *const *arguments,
                                 int narguments, apr_size_t limit,
                                 apr_pool_t *pool)
{
    arguments_t self = {wsm_writer_make(limit, pool), limit, pool};
    argument_t *list =
        apr_palloc(pool, sizeof(*list) * (apr_size_t)(narguments + 1));
    wsm_failure_t *failure = NULL;
    for (int i = 0; i < narguments && !failure; i++)
        failure = split(&list[i], arguments[i], pool);
    for (int i = 0; i < narguments && !failure; i++)
        for (int j = i; j < narguments && !failure; j++)
            if (!list[j].done && !strcmp(list[i].name, list[j].name))
                failure = write_argument(&self, &list[j]);
    if (failure)
        return failure;
    if (wsm_writer_full(self.out))
        return wsm_failure_make(
            pool, WSM_FAILURE_USE, 0,
            "the arguments are longer than %" APR_SIZE_T_FMT " bytes", limit);
    *xml = wsm_resource_element(target, name, wsm_writer_string(self.out, pool),
                                pool);
    return NULL;
}
