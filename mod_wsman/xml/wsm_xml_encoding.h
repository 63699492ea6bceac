/* wsm_xml_encoding.h - which encoding a document is in, and UTF-16 as UTF-8.
 *
 * What the transport says, the byte-order mark, the first bytes and the XML
 * declaration must agree (DSP0226 R13.1-4 to -8).  Inside the room xml/ only.
 */
#ifndef WSM_XML_ENCODING_H
#define WSM_XML_ENCODING_H

#include "../base/wsm_error.h"

typedef enum wsm_encoding_e {
    WSM_ENCODING_UNKNOWN,
    WSM_ENCODING_UTF8,
    WSM_ENCODING_UTF16, /* in whatever order of bytes */
    WSM_ENCODING_UTF16LE,
    WSM_ENCODING_UTF16BE,
    WSM_ENCODING_OTHER /* one that is not supported */
} wsm_encoding_e;

/** By its name, in any letter case. */
wsm_encoding_e wsm_encoding_by_name(const char *name, apr_size_t length);

/** By the first bytes of a document; four are enough, fewer only at its end.
 *  @param mark  set to the length of a byte-order mark */
wsm_encoding_e wsm_encoding_detect(const unsigned char *head, apr_size_t length,
                                   apr_size_t *mark);

/** @return true if a document that is called `name` can be `found` */
int wsm_encoding_agrees(wsm_encoding_e name, wsm_encoding_e found);

/** What the XML declaration at the beginning of `text` (UTF-8) says;
 *  WSM_ENCODING_UNKNOWN if it says nothing. */
wsm_encoding_e wsm_encoding_declared(const char *text, apr_size_t length);

/** Converts a stream; set to zeros at the beginning. */
typedef struct wsm_utf16_t {
    int big_endian;
    unsigned char odd; /* the first half of a code unit */
    int has_odd;
    unsigned high; /* the first half of a surrogate pair, or 0 */
} wsm_utf16_t;

/** Converts some bytes; three of UTF-8 for two of UTF-16 at most, and four.
 *  @return 0 at a surrogate without its other half */
int wsm_utf16_convert(wsm_utf16_t *state, const unsigned char *data,
                      apr_size_t length, char *out, apr_size_t *written);

#endif
