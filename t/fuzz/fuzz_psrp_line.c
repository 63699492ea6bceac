/* fuzz_psrp_line.c - lines of a PowerShell engine, and the fragments in them:
 * data that are read are written so that they read back to the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../mod_wsman/shelld/psrp_fragment.c"
#include "../../mod_wsman/shelld/psrp_line.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_fragments(psrp_message_t *message, const psrp_line_t *line)
{
    psrp_fragment_t fragment;
    char guid[PSRP_GUID_LENGTH + 1];
    const char *at = line->data;
    apr_size_t rest = line->length;

    while (rest > 0 && psrp_fragment_read(&fragment, at, rest)) {
        if (psrp_message_add(message, &fragment) == PSRP_WHOLE &&
            psrp_message_ends_pipeline(message) &&
            message->type != PSRP_PIPELINE_STATE)
            abort();
        if (psrp_message_pipeline(message, guid) &&
            !psrp_guid_is(guid, strlen(guid)))
            abort();
        at += fragment.length;
        rest -= fragment.length;
    }
    if (psrp_fragments_are_whole(line->data, line->length) !=
        (line->length > 0 && rest == 0))
        abort();
}

static void write_back(const psrp_line_t *line)
{
    char *out = malloc(psrp_line_size(line->length));
    apr_size_t used = psrp_line_write(out, line->tag, line->stream, line->guid,
                                      line->data, line->length);
    psrp_line_t again;

    if (used > psrp_line_size(line->length) || out[used - 1] != '\n' ||
        psrp_line_read(&again, out, used - 1) != line->tag ||
        strcmp(again.guid, line->guid) != 0 || again.stream != line->stream ||
        again.length != line->length ||
        (line->length > 0 && memcmp(again.data, line->data, line->length) != 0))
        abort();
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    psrp_message_t message = {0};
    const uint8_t *end = data + size;

    while (data < end) {
        const uint8_t *newline = memchr(data, '\n', (size_t)(end - data));
        size_t length = (size_t)((newline ? newline : end) - data);
        char *line = malloc(length ? length : 1);
        psrp_line_t read;

        memcpy(line, data, length);
        if (psrp_line_read(&read, line, length) < PSRP_NOISE)
            write_back(&read);
        if (read.tag == PSRP_DATA)
            read_fragments(&message, &read);
        free(line);
        data += length + (newline != NULL);
    }
    return 0;
}
