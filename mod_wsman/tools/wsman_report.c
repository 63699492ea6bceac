/* wsman_report.c - failures, warnings, progress, the trace. */
#include "wsman_report.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../soap/wsm_cim_error.h"
#include "wsman_table.h"

static const wsman_exit_e exits[] = {
    [WSM_FAILURE_USE] = WSMAN_EXIT_USAGE,
    [WSM_FAILURE_CONNECT] = WSMAN_EXIT_TRANSPORT,
    [WSM_FAILURE_TLS] = WSMAN_EXIT_TRANSPORT,
    [WSM_FAILURE_TIMEOUT] = WSMAN_EXIT_TRANSPORT,
    [WSM_FAILURE_TRANSFER] = WSMAN_EXIT_TRANSPORT,
    [WSM_FAILURE_CANCELLED] = WSMAN_EXIT_TRANSPORT,
    [WSM_FAILURE_AUTH] = WSMAN_EXIT_AUTH,
    [WSM_FAILURE_HTTP] = WSMAN_EXIT_TRANSPORT,
    [WSM_FAILURE_ANSWER] = WSMAN_EXIT_ANSWER,
    [WSM_FAILURE_FAULT] = WSMAN_EXIT_FAULT,
};

static const char *const kinds[] = {
    [WSM_FAILURE_USE] = "usage",
    [WSM_FAILURE_CONNECT] = "cannot connect",
    [WSM_FAILURE_TLS] = "TLS",
    [WSM_FAILURE_TIMEOUT] = "time-out",
    [WSM_FAILURE_TRANSFER] = "transfer",
    [WSM_FAILURE_CANCELLED] = "interrupted",
    [WSM_FAILURE_AUTH] = "authentication",
    [WSM_FAILURE_HTTP] = "HTTP",
    [WSM_FAILURE_ANSWER] = "answer not understood",
    [WSM_FAILURE_FAULT] = "fault",
};

/** What a server says must not command the terminal. */
static void put_safe_to(FILE *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        int c1 = c == 0xc2 && i + 1 < length &&
                 (unsigned char)text[i + 1] >= 0x80 &&
                 (unsigned char)text[i + 1] < 0xa0;
        if (c == '\r')
            continue;
        if (c1 || c == 0x7f || (c < 0x20 && c != '\n' && c != '\t'))
            fprintf(out, "<U+%04X>", c1 ? (unsigned char)text[++i] : c);
        else
            putc(c, out);
    }
}

static void put_safe(const char *text, size_t length)
{
    put_safe_to(stderr, text, length);
}

static void put_line(const char *label, const char *text)
{
    if (!text)
        return;
    fprintf(stderr, "  %-9s ", label);
    put_safe(text, strlen(text));
    putc('\n', stderr);
}

static void put_cim(const wsm_client_fault_t *fault)
{
    if (fault->has_cim_status) {
        const wsm_cim_status_t *status =
            wsm_cim_status((wsman_cim_status_e)fault->cim_status);
        fprintf(stderr, "  %-9s %u (%s)\n", "CIM", fault->cim_status,
                status ? status->name : "unknown");
    }
    put_line("CIM id", fault->cim_id);
    put_line("message", fault->cim_message);
}

static void put_fault(const wsm_client_fault_t *fault, long status)
{
    put_line("code", fault->code);
    put_line("subcode", fault->subcode);
    put_line("detail", fault->detail);
    put_line("header", fault->not_understood);
    if (fault->has_number)
        fprintf(stderr, "  %-9s %u (0x%08X)\n", "number", fault->number,
                fault->number);
    put_line("message", fault->message);
    put_line("provider", fault->provider);
    put_line("message", fault->provider_message);
    put_cim(fault);
    put_line("machine", fault->machine);
    fprintf(stderr, "  %-9s %ld\n", "HTTP", status);
}

wsman_exit_e wsman_report_failure(const wsm_failure_t *failure,
                                  const wsman_options_t *options)
{
    fflush(stdout);
    fprintf(stderr, "%s: ", options->program->name);
    if (options->command)
        fprintf(stderr, "%s: ", options->command->name);
    if (failure->kind != WSM_FAILURE_FAULT || failure->fault)
        fprintf(stderr, "%s: ", kinds[failure->kind]);
    put_safe(failure->message, strlen(failure->message));
    putc('\n', stderr);
    if (failure->fault)
        put_fault(failure->fault, failure->status);
    return exits[failure->kind];
}

void wsman_report_line(const char *text)
{
    fflush(stdout);
    put_safe(text, strlen(text));
    putc('\n', stderr);
}

void wsman_report_out(const char *text)
{
    put_safe_to(stdout, text, strlen(text));
    putc('\n', stdout);
}

void wsman_report_warning(void *baton, const char *text)
{
    const wsman_options_t *options = baton;
    if (options->quiet)
        return;
    fprintf(stderr, "%s: warning: ", options->program->name);
    put_safe(text, strlen(text));
    putc('\n', stderr);
}

void wsman_report_trace(void *baton, wsm_trace_e what, const char *data,
                        apr_size_t length)
{
    static const char *const marks[] = {
        [WSM_TRACE_INFO] = "* ",   [WSM_TRACE_HEAD_OUT] = "> ",
        [WSM_TRACE_BODY_OUT] = "", [WSM_TRACE_HEAD_IN] = "< ",
        [WSM_TRACE_BODY_IN] = "",
    };
    (void)baton;
    flockfile(stderr); /* several connections, each with a thread */
    fputs(marks[what], stderr);
    put_safe(data, length);
    if (!length || data[length - 1] != '\n')
        putc('\n', stderr);
    funlockfile(stderr);
}

void wsman_report_progress(const wsman_options_t *options, apr_uint64_t items,
                           int end)
{
    if (options->quiet || options->verbose || !isatty(STDERR_FILENO) ||
        isatty(STDOUT_FILENO))
        return;
    if (end)
        fputs("\r\033[K", stderr);
    else
        fprintf(stderr, "\r%" APR_UINT64_T_FMT " objects", items);
}
