/* op_shell_read.c - what requests about shells have in common.
 */
#include "op_shell.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "../base/wsm_text.h"
#include "../soap/wsm_names.h"

#define MAX_NAMES       16
#define MAX_NAME_LENGTH 64
/* 2.2.4.37: of a Lifetime */
#define MAX_SECONDS APR_INT64_C(0x7fffffff)

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- errors */

wsm_error_t *op_shell_number(wsm_error_t *err, apr_uint32_t number)
{
    err->number = number;
    return err;
}

wsm_error_t *op_shell_bad_element(const wsm_exchange_t *ex, const char *name)
{
    return wsm_fail(ex->pool, WSMAN_E_SCHEMA_VALIDATION,
                    "The Windows Remote Shell cannot process the request. The "
                    "SOAP packet contains an element %s that is invalid. Retry "
                    "the request with the correct XML element.",
                    name);
}

wsm_error_t *op_shell_check_body(const wsm_exchange_t *ex, const char *name)
{
    const xmlNode *body = ex->request->body;

    if (body == NULL)
        return op_shell_bad_element(ex, "Body");
    if (!wsm_xml_is(body, WSM_NS_SHELL, name))
        return op_shell_bad_element(ex, (const char *)body->name);
    return NULL;
}

/* ---- options */

/* Those that say something to shells.  What a client sends with another
 * operation than its own does nothing, and is no error. */
static const char *const options[] = {
    "WINRS_NOPROFILE",
    "WINRS_CODEPAGE",
    "WINRS_CONSOLEMODE_STDIN",
    "WINRS_SKIP_CMD_SHELL",
    "WSMAN_CMDSHELL_OPTION_KEEPALIVE", /* 3.1.4.14: is ignored */
    "protocolversion",
};

static int is_known(const char *name)
{
    apr_size_t i;

    for (i = 0; i < COUNT(options); i++) {
        if (strcasecmp(options[i], name) == 0)
            return 1;
    }
    return 0;
}

wsm_error_t *op_shell_check_options(const wsm_exchange_t *ex)
{
    const wsm_request_t *request = ex->request;
    int i;

    for (i = 0; i < request->noptions; i++) {
        if (request->options[i].must_comply &&
            !is_known(request->options[i].name))
            return wsm_fail(ex->pool, WSMAN_E_OPTION_NOT_SUPPORTED,
                            "The option %s is not supported.",
                            request->options[i].name);
    }
    return NULL;
}

wsm_error_t *op_shell_flag(int *flag, const wsm_exchange_t *ex,
                           const char *name)
{
    const wsm_option_t *option = wsm_request_option(ex->request, name);

    if (option == NULL || wsm_text_boolean(option->value, flag))
        return NULL;
    return wsm_fail(ex->pool, WSMAN_E_OPTION_INVALID_VALUE,
                    "The option %s is TRUE or FALSE, not \"%s\".", name,
                    option->value);
}

/* ---- parts of bodies */

int op_shell_is_uuid(const char *text)
{
    int i;

    for (i = 0; i < WSM_UUID_LENGTH; i++) {
        const int is_dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (is_dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
            return 0;
    }
    return text[i] == '\0';
}

const char *op_shell_command_id(const xmlNode *node, const wsm_exchange_t *ex)
{
    const char *id = wsm_xml_attr(node, NULL, "CommandId", ex->pool);

    return id != NULL && *id != '\0' ? id : NULL;
}

wsm_error_t *op_shell_names(const char *const **names, int *nnames,
                            const xmlNode *node, const wsm_exchange_t *ex)
{
    const char **list =
        apr_palloc(ex->pool, sizeof(*list) * (apr_size_t)MAX_NAMES);
    char *last;
    char *name;
    int n = 0;
    int i;

    for (name = apr_strtok(wsm_xml_text(node, ex->pool), " \t\r\n", &last);
         name != NULL; name = apr_strtok(NULL, " \t\r\n", &last)) {
        for (i = 0; i < n && strcmp(list[i], name) != 0; i++) {
        }
        if (i < n)
            continue;
        if (n == MAX_NAMES || strlen(name) > MAX_NAME_LENGTH)
            return op_shell_bad_element(ex, (const char *)node->name);
        list[n++] = name;
    }
    *names = list;
    *nnames = n;
    return NULL;
}

wsm_error_t *op_shell_duration(apr_interval_time_t *duration,
                               const xmlNode *node, const wsm_exchange_t *ex)
{
    if (!wsm_text_duration(wsm_xml_text(node, ex->pool), duration) ||
        *duration < 0 || apr_time_sec(*duration) > MAX_SECONDS)
        return op_shell_bad_element(ex, (const char *)node->name);
    return NULL;
}

wsm_error_t *op_shell_buffer(wsm_shell_buffer_e *buffer, const xmlNode *node,
                             const wsm_exchange_t *ex)
{
    const char *text = wsm_xml_text(node, ex->pool);

    if (strcasecmp(text, "Block") == 0)
        *buffer = WSM_SHELL_BUFFER_BLOCK;
    else if (strcasecmp(text, "Drop") == 0)
        *buffer = WSM_SHELL_BUFFER_DROP;
    else
        return op_shell_bad_element(ex, (const char *)node->name);
    return NULL;
}

/* ---- base64 */

wsm_error_t *op_shell_bytes(wsm_shell_bytes_t *bytes, const xmlNode *node,
                            const wsm_exchange_t *ex)
{
    char *text = wsm_xml_raw_text(node, ex->pool);

    bytes->data = text;
    bytes->length = strlen(text);
    if (wsm_xml_first(node) == NULL &&
        wsm_text_base64_decode(text, &bytes->length))
        return NULL;
    return op_shell_bad_element(ex, (const char *)node->name);
}

wsm_error_t *op_shell_child_bytes(wsm_shell_bytes_t *bytes,
                                  const xmlNode *parent, const char *name,
                                  const wsm_exchange_t *ex)
{
    const xmlNode *child = wsm_xml_child(parent, NULL, name);

    bytes->length = 0;
    return child ? op_shell_bytes(bytes, child, ex) : NULL;
}
