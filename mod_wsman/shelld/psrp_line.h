/* psrp_line.h - the lines that a PowerShell engine speaks on its standard input
 * and output (`pwsh -s`).
 *
 * A line is one XML element:
 *
 *     <Data Stream='Default' PSGuid='...'>base64 of fragments</Data>
 *     <DataAck PSGuid='...' />     Command, Signal, Close and their Acks alike
 *
 * PSGuid names the pipeline, or with zeros the pool of runspaces.  The engine
 * gives each line to a thread of its own: who does not wait for the Ack of one
 * line before the next of the same PSGuid may see them exchanged.
 */
#ifndef PSRP_LINE_H
#define PSRP_LINE_H

#include <apr.h>

#define PSRP_GUID_LENGTH 36

/** Those without an Ack are what is said to an engine; it says Data, too. */
typedef enum psrp_tag_e {
    PSRP_DATA,
    PSRP_DATA_ACK,
    PSRP_COMMAND,
    PSRP_COMMAND_ACK,
    PSRP_SIGNAL,
    PSRP_SIGNAL_ACK,
    PSRP_CLOSE,
    PSRP_CLOSE_ACK,
    PSRP_NOISE, /* no element of this protocol */
    PSRP_BROKEN /* begins as one, but is not of its form */
} psrp_tag_e;

/** Where Data belongs. */
typedef enum psrp_stream_e {
    PSRP_DEFAULT,        /* stream "stdin" */
    PSRP_PROMPT_RESPONSE /* stream "pr" */
} psrp_stream_e;

typedef struct psrp_line_t {
    psrp_tag_e tag;
    psrp_stream_e stream;            /* of Data */
    char guid[PSRP_GUID_LENGTH + 1]; /* in lower case */
    const char *data;                /* of Data, decoded */
    apr_size_t length;
} psrp_line_t;

/** True if a text is a GUID: 8-4-4-4-12 hexadecimal digits, no braces. */
int psrp_guid_is(const char *text, apr_size_t length);

/** Reads a line, without its end.  Data are decoded in place: they point into
 *  the line, which is changed.
 *  @return self->tag */
psrp_tag_e psrp_line_read(psrp_line_t *self, char *line, apr_size_t length);

/** Bytes that psrp_line_write needs at most. */
apr_size_t psrp_line_size(apr_size_t length);
/** Writes a line with its end, and no NUL.
 *  @param guid  of psrp_guid_is()
 *  @param data  of Data; of others nothing is written
 *  @return the bytes written */
apr_size_t psrp_line_write(char *out, psrp_tag_e tag, psrp_stream_e stream,
                           const char *guid, const char *data,
                           apr_size_t length);

#endif
