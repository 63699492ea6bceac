/* fuzz_envelope.c - bytes as they come from a connection: the parser, the
 * reader of requests, and the fault that answers what is wrong.
 *
 * The first byte says in which pieces the rest arrives and what the transport
 * calls its encoding.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>

#include "../../mod_wsman/soap/wsm_fault.h"

#define LIMIT 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    apr_initialize();
    wsm_xml_init();
    return 0;
}

static wsm_error_t *parse(xmlDocPtr *doc, int *utf16, const uint8_t *data,
                          size_t size, apr_pool_t *pool)
{
    static const char *const charsets[] = {NULL, "utf-8", "utf-16", "latin1"};
    uint8_t how = size ? data[0] : 0;
    size_t step = (size_t)1 << (how & 15);
    wsm_xml_parser_t *parser;
    wsm_error_t *err =
        wsm_xml_parser_make(&parser, charsets[how >> 4 & 3], LIMIT, pool);
    for (size_t at = 1; !err && at < size; at += step)
        wsm_xml_parser_feed(parser, (const char *)data + at,
                            size - at < step ? size - at : step);
    return err ? err : wsm_xml_parser_done(parser, doc, utf16);
}

/** A fault is well-formed whatever it answers. */
static void check(const wsm_request_t *request, const wsm_error_t *err,
                  apr_pool_t *pool)
{
    xmlDocPtr doc;
    wsm_writer_t *out = wsm_writer_make(LIMIT, pool);
    wsm_fault_write(out, request, err, "host", 1, pool);
    const char *text = wsm_writer_string(out, pool);
    if (wsm_writer_full(out) ||
        wsm_xml_parse(&doc, text, strlen(text), LIMIT, pool))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool;
    xmlDocPtr doc;
    int utf16;
    const wsm_request_t *request = NULL;
    apr_pool_create(&pool, NULL);
    wsm_error_t *err = parse(&doc, &utf16, data, size, pool);
    if (!err)
        err = wsm_message_read(&request, doc, utf16, pool);
    if (!err)
        err =
            wsm_fail(pool, WSMAN_E_ACTION_NOT_SUPPORTED, "%s", request->action);
    err = wsm_error_detail(err, request ? request->action : "", pool);
    check(request, err, pool);
    apr_pool_destroy(pool);
    return 0;
}
