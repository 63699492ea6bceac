/* psrp_fragment.h - fragments and messages of the PowerShell Remoting Protocol
 * (MS-PSRP 2.2.1, 2.2.4), as far as who carries them must know.
 *
 * A message is cut into fragments; all that goes between client and engine is
 * whole fragments, one behind the other.  What is in the messages is theirs: a
 * carrier wants to know where fragments end, which pipeline a message is of,
 * and when a pipeline is over.
 */
#ifndef PSRP_FRAGMENT_H
#define PSRP_FRAGMENT_H

#include <apr.h>

#include "psrp_line.h"

#define PSRP_FRAGMENT_HEAD 21
#define PSRP_MESSAGE_HEAD  40
#define PSRP_GUID_BYTES    16
/** Where the head of a message says its pool of runspaces. */
#define PSRP_AT_POOL 8

typedef struct psrp_fragment_t {
    apr_uint64_t object; /* the message's number */
    apr_uint64_t number; /* of the fragment in it, from 0 */
    int is_start;
    int is_end;
    const char *blob;
    apr_size_t blob_length;
    apr_size_t length; /* with its head */
} psrp_fragment_t;

/** The fragment that the bytes begin with.
 *  @return false if it is not all there */
int psrp_fragment_read(psrp_fragment_t *self, const char *data,
                       apr_size_t length);
/** True if the bytes are whole fragments, at least one. */
int psrp_fragments_are_whole(const char *data, apr_size_t length);
/** Writes the two heads of a message that fits one fragment, is to a client,
 *  and of no pipeline.
 *  @param type    of psrp_type_e
 *  @param pool    of the pool of runspaces, as messages have it
 *  @param length  of what follows */
void psrp_fragment_write_head(char out[PSRP_FRAGMENT_HEAD + PSRP_MESSAGE_HEAD],
                              apr_uint64_t object, apr_uint32_t type,
                              const unsigned char pool[PSRP_GUID_BYTES],
                              apr_size_t length);

/** Types of messages that a carrier knows. */
typedef enum psrp_type_e {
    PSRP_SESSION_CAPABILITY = 0x00010002,
    PSRP_INIT_RUNSPACEPOOL = 0x00010004,
    PSRP_CONNECT_RUNSPACEPOOL = 0x00010008,
    PSRP_RUNSPACEPOOL_STATE = 0x00021005,
    PSRP_APPLICATION_PRIVATE_DATA = 0x00021009,
    PSRP_RUNSPACEPOOL_INIT_DATA = 0x0002100b,
    PSRP_PIPELINE_STATE = 0x00041006
} psrp_type_e;

/** Values of RunspaceState and PipelineState (MS-PSRP 2.2.3.4, .5). */
#define PSRP_POOL_OPENED        2
#define PSRP_PIPELINE_STOPPED   3
#define PSRP_PIPELINE_COMPLETED 4
#define PSRP_PIPELINE_FAILED    5

#define PSRP_NUMBERS 2

/** One direction of fragments, and what is read of the message that goes
 *  through.  Zeroed, it waits for the first; it holds no memory. */
typedef struct psrp_message_t {
    apr_uint64_t object;
    apr_uint64_t next; /* number of the fragment that must come */
    int is_open;       /* a start came, and no end yet */
    apr_size_t used;   /* bytes of the message so far */
    unsigned char head[PSRP_MESSAGE_HEAD];
    apr_uint32_t type; /* 0: not known yet */
    /** Of RUNSPACEPOOL_STATE RunspaceState, of PIPELINE_STATE PipelineState, of
     *  INIT_RUNSPACEPOOL and CONNECT_RUNSPACEPOOL MinRunspaces and
     *  MaxRunspaces; -1: not there. */
    long numbers[PSRP_NUMBERS];
    /* the tag that is being read, and what is read behind it */
    char tag[64];
    apr_size_t tag_used;
    int in_tag;
    int in_number; /* 1 + its place in numbers; 0: in none */
} psrp_message_t;

typedef enum psrp_progress_e {
    PSRP_MORE,  /* the message goes on */
    PSRP_WHOLE, /* the fragment was its last */
    PSRP_LOST   /* not the fragment that had to come: nothing is known until
                   the next start */
} psrp_progress_e;

psrp_progress_e psrp_message_add(psrp_message_t *self,
                                 const psrp_fragment_t *fragment);
/** True if a message that is whole says that its pipeline is over. */
int psrp_message_ends_pipeline(const psrp_message_t *self);
/** The GUID of the message's pipeline, in lower case.
 *  @return false if its head is not there yet, or says zeros */
int psrp_message_pipeline(const psrp_message_t *self,
                          char guid[PSRP_GUID_LENGTH + 1]);

#endif
