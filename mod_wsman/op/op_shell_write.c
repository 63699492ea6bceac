/* op_shell_write.c - what replies about shells have in common.
 */
#include "op_shell.h"

#include <apr_base64.h>
#include <apr_strings.h>

#include "../soap/wsm_names.h"

static void element(wsm_writer_t *out, const char *name, const char *text)
{
    if (text == NULL)
        return;
    wsm_write_strs(out, "<rsp:", name, ">", NULL);
    wsm_write_text(out, text);
    wsm_write_strs(out, "</rsp:", name, ">", NULL);
}

static void number(wsm_writer_t *out, const char *name, apr_uint64_t value)
{
    wsm_write_strs(out, "<rsp:", name, ">", NULL);
    wsm_write_u64(out, value);
    wsm_write_strs(out, "</rsp:", name, ">", NULL);
}

/* "PT7200.000S": seconds and nothing else, as Windows writes a bound */
static void seconds(wsm_writer_t *out, const char *name,
                    apr_interval_time_t value)
{
    char text[40];

    apr_snprintf(text, sizeof(text), "PT%" APR_INT64_T_FMT ".%03dS",
                 (apr_int64_t)apr_time_sec(value), (int)apr_time_msec(value));
    element(out, name, text);
}

/* "P0DT0H0M5S": whole seconds, all parts, as Windows writes what has passed */
static void passed(wsm_writer_t *out, const char *name,
                   apr_interval_time_t value)
{
    const apr_int64_t all = value > 0 ? apr_time_sec(value) : 0;
    char text[64];

    apr_snprintf(text, sizeof(text), "P%" APR_INT64_T_FMT "DT%dH%dM%dS",
                 all / 86400, (int)(all / 3600 % 24), (int)(all / 60 % 60),
                 (int)(all % 60));
    element(out, name, text);
}

static void variables(wsm_writer_t *out, const wsm_shell_t *shell)
{
    int i;

    if (shell->nenvironment == 0)
        return;
    wsm_write_lit(out, "<rsp:Environment>");
    for (i = 0; i < shell->nenvironment; i++) {
        wsm_write_lit(out, "<rsp:Variable Name=\"");
        wsm_write_attr(out, shell->environment[i].name);
        wsm_write_lit(out, "\">");
        wsm_write_text(out, shell->environment[i].value);
        wsm_write_lit(out, "</rsp:Variable>");
    }
    wsm_write_lit(out, "</rsp:Environment>");
}

static const char *empty(const char *text)
{
    return text ? text : "";
}

/* 3.1.4.2.1: what is left of it */
static void lifetime(wsm_writer_t *out, const wsm_shell_t *shell)
{
    if (shell->lifetime > 0)
        seconds(out, "Lifetime",
                shell->lifetime > shell->age ? shell->lifetime - shell->age
                                             : 0);
}

/* In the order of 2.2.4.37. */
void op_shell_write(wsm_writer_t *out, const wsm_shell_t *shell,
                    const char *encoding, int environment)
{
    wsm_write_lit(out, "<rsp:Shell xmlns:rsp=\"" WSM_NS_SHELL "\">");
    element(out, "ShellId", shell->id);
    element(out, "Name", shell->name);
    element(out, "ResourceUri", shell->resource_uri);
    element(out, "Owner", shell->owner);
    element(out, "ClientIP", shell->address);
    if (shell->pid != 0)
        number(out, "ProcessId", shell->pid);
    if (environment)
        variables(out, shell);
    element(out, "WorkingDirectory", shell->directory);
    lifetime(out, shell);
    seconds(out, "IdleTimeOut", shell->idle_timeout);
    element(out, "InputStreams", empty(shell->input_streams));
    element(out, "OutputStreams", empty(shell->output_streams));
    seconds(out, "MaxIdleTimeOut", shell->max_idle_timeout);
    element(out, "Locale", shell->locale);
    element(out, "DataLocale", shell->data_locale);
    element(out, "CompressionMode", "NoCompression");
    element(out, "ProfileLoaded", shell->profile_loaded ? "Yes" : "No");
    element(out, "Encoding", encoding);
    element(out, "BufferMode",
            shell->buffer == WSM_SHELL_BUFFER_DROP ? "Drop" : "Block");
    element(out, "State",
            shell->state == WSM_SHELL_DISCONNECTED ? "Disconnected"
                                                   : "Connected");
    passed(out, "ShellRunTime", shell->age);
    passed(out, "ShellInactivity", shell->idle);
    wsm_write_lit(out, "</rsp:Shell>");
}

/* Bytes that are encoded at a time */
#define STEP 6144

void op_shell_write_base64(wsm_writer_t *out, const wsm_shell_bytes_t *bytes)
{
    char text[STEP / 3 * 4 + 1];
    apr_size_t at;

    for (at = 0; at < bytes->length; at += STEP) {
        const apr_size_t rest = bytes->length - at;
        const int step = (int)(rest < STEP ? rest : STEP);

        /* It counts the zero behind them. */
        wsm_write(out, text,
                  (apr_size_t)apr_base64_encode_binary(
                      text, (const unsigned char *)bytes->data + at, step) -
                      1);
    }
}

void op_shell_epr(wsm_epr_t *epr, const wsm_exchange_t *ex,
                  const wsm_shell_t *shell, apr_pool_t *pool)
{
    wsm_selector_t *selector = apr_pcalloc(pool, sizeof(*selector));

    selector->name = "ShellId";
    selector->value = shell->id;
    epr->address = ex->call->address;
    epr->resource_uri = shell->resource_uri;
    epr->selectors = selector;
    epr->nselectors = 1;
}

#define MAX_EPR 32768

static const char *requested_epr(const wsm_exchange_t *ex,
                                 const wsm_shell_t *shell)
{
    wsm_writer_t *out;
    wsm_epr_t epr;

    if (!ex->request->request_epr)
        return NULL;
    if (shell == NULL)
        return "<w:RequestedEPR><w:EPRUnknown/></w:RequestedEPR>";
    out = wsm_writer_make(MAX_EPR, ex->pool);
    op_shell_epr(&epr, ex, shell, ex->pool);
    wsm_write_lit(out, "<w:RequestedEPR><a:EndpointReference>");
    wsm_epr_write(out, &epr, ex->request->addressing);
    wsm_write_lit(out, "</a:EndpointReference></w:RequestedEPR>");
    return wsm_writer_string(out, ex->pool);
}

void op_shell_begin(wsm_exchange_t *ex, const wsm_shell_t *shell)
{
    const wsm_reply_t reply = {.request = ex->request,
                               .prefixes = WSM_PREFIX_X | WSM_PREFIX_R,
                               .headers = requested_epr(ex, shell)};

    wsm_reply_begin(ex->out, &reply);
}

wsm_error_t *op_shell_reply(wsm_exchange_t *ex, const char *body)
{
    op_shell_begin(ex, NULL);
    wsm_write_str(ex->out, body);
    wsm_reply_end(ex->out);
    return NULL;
}

const char *op_shell_encoding(const wsm_exchange_t *ex)
{
    return ex->request->utf16 ? "UTF16" : "UTF8";
}
