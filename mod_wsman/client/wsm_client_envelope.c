/* wsm_client_envelope.c - writing requests. */
#include "wsm_client.h"

#include <apr_strings.h>

#include "../base/wsm_text.h"
#include "../soap/wsm_names.h"

static int must_comply(const wsm_option_t *options, int noptions)
{
    int must = 0;
    for (int i = 0; i < noptions; i++)
        must |= options[i].must_comply;
    return must;
}

static void write_option(wsm_writer_t *out, const wsm_option_t *option)
{
    wsm_write_lit(out, "<w:Option Name=\"");
    wsm_write_attr(out, option->name);
    wsm_write_lit(out, "\"");
    if (option->must_comply)
        wsm_write_lit(out, " MustComply=\"true\"");
    if (option->nil) {
        wsm_write_lit(out, " xsi:nil=\"true\"/>");
        return;
    }
    wsm_write_lit(out, ">");
    wsm_write_text(out, option->value ? option->value : "");
    wsm_write_lit(out, "</w:Option>");
}

static void write_options(wsm_writer_t *out, const wsm_client_config_t *config,
                          const wsm_client_request_t *request)
{
    int nown = request->continued ? 0 : config->noptions;
    if (!nown && !request->noptions)
        return;
    wsm_write_lit(out, "<w:OptionSet xmlns:xsi=\"" WSM_NS_XSI "\"");
    if (must_comply(config->options, nown) ||
        must_comply(request->options, request->noptions))
        wsm_write_lit(out, " s:mustUnderstand=\"true\"");
    wsm_write_lit(out, ">");
    for (int i = 0; i < nown; i++)
        write_option(out, &config->options[i]);
    for (int i = 0; i < request->noptions; i++)
        write_option(out, &request->options[i]);
    wsm_write_lit(out, "</w:OptionSet>");
}

static void write_selectors(wsm_writer_t *out, const wsm_epr_t *target)
{
    wsm_write_lit(out, "<w:SelectorSet>");
    for (int i = 0; i < target->nselectors; i++) {
        const wsm_selector_t *selector = &target->selectors[i];
        wsm_write_lit(out, "<w:Selector Name=\"");
        wsm_write_attr(out, selector->name);
        wsm_write_lit(out, "\">");
        if (selector->epr) {
            wsm_write_lit(out, "<a:EndpointReference>");
            wsm_epr_write(out, selector->epr, WSM_ADDRESSING_2004);
            wsm_write_lit(out, "</a:EndpointReference>");
        } else {
            wsm_write_text(out, selector->value);
        }
        wsm_write_lit(out, "</w:Selector>");
    }
    wsm_write_lit(out, "</w:SelectorSet>");
}

static void write_locale(wsm_writer_t *out, const char *element,
                         const char *locale)
{
    wsm_write_strs(out, "<", element, " xml:lang=\"", NULL);
    wsm_write_attr(out, locale);
    wsm_write_lit(out, "\" s:mustUnderstand=\"false\"/>");
}

/** Milliseconds, always three digits: PT60.000S, as Windows writes it. */
static void write_timeout(wsm_writer_t *out, apr_interval_time_t timeout)
{
    char text[48];
    apr_snprintf(text, sizeof(text), "PT%" APR_INT64_T_FMT ".%03dS",
                 (apr_int64_t)apr_time_sec(timeout),
                 (int)(apr_time_usec(timeout) / 1000));
    wsm_write_strs(out, "<w:OperationTimeout>", text, "</w:OperationTimeout>",
                   NULL);
}

static void write_target(wsm_writer_t *out, const wsm_client_config_t *config,
                         const wsm_epr_t *target)
{
    wsm_write_lit(out, "<a:To>");
    wsm_write_text(out, config->to);
    wsm_write_lit(out, "</a:To>");
    if (target && target->resource_uri) {
        wsm_write_lit(out, "<w:ResourceURI s:mustUnderstand=\"true\">");
        wsm_write_text(out, target->resource_uri);
        wsm_write_lit(out, "</w:ResourceURI>");
    }
}

/** In the order in which Windows' clients have them. */
static void write_header(wsm_writer_t *out, const wsm_client_config_t *config,
                         const wsm_client_request_t *request,
                         const char *message_id)
{
    write_target(out, config, request->target);
    wsm_write_lit(
        out, "<a:ReplyTo><a:Address s:mustUnderstand=\"true\">" WSM_ANONYMOUS
             "</a:Address></a:ReplyTo>"
             "<a:Action s:mustUnderstand=\"true\">");
    wsm_write_text(out, request->action);
    wsm_write_lit(out, "</a:Action>");
    if (config->max_envelope) {
        wsm_write_lit(out, "<w:MaxEnvelopeSize s:mustUnderstand=\"true\">");
        wsm_write_u64(out, config->max_envelope);
        wsm_write_lit(out, "</w:MaxEnvelopeSize>");
    }
    wsm_write_lit(out, "<a:MessageID>");
    wsm_write_text(out, message_id);
    wsm_write_lit(out, "</a:MessageID>");
    if (config->locale && *config->locale) {
        write_locale(out, "w:Locale", config->locale);
        write_locale(out, "p:DataLocale", config->locale);
    }
    if (config->session) {
        wsm_write_lit(out, "<p:SessionId s:mustUnderstand=\"false\">");
        wsm_write_text(out, config->session);
        wsm_write_lit(out, "</p:SessionId>");
    }
    write_options(out, config, request);
    if (config->timeout)
        write_timeout(out, config->timeout);
    if (request->target && request->target->nselectors)
        write_selectors(out, request->target);
    if (request->headers)
        wsm_write_str(out, request->headers);
}

char *wsm_client_envelope(const wsm_client_config_t *config,
                          const wsm_client_request_t *request,
                          const char *message_id, apr_pool_t *pool)
{
    wsm_writer_t *out = wsm_writer_make(config->max_request, pool);
    wsm_write_lit(out, "<s:Envelope xmlns:s=\"" WSM_NS_SOAP "\"");
    if (request->action)
        wsm_write_lit(out, " xmlns:a=\"" WSM_NS_WSA "\" xmlns:w=\"" WSM_NS_WSMAN
                           "\" xmlns:p=\"" WSM_NS_MS "\"");
    if (request->namespaces)
        wsm_write_str(out, request->namespaces);
    wsm_write_lit(out, "><s:Header>");
    if (request->action)
        write_header(out, config, request, message_id);
    wsm_write_lit(out, "</s:Header><s:Body>");
    if (request->body)
        wsm_write_str(out, request->body);
    wsm_write_lit(out, "</s:Body></s:Envelope>");
    return wsm_writer_full(out) ? NULL : wsm_writer_string(out, pool);
}
