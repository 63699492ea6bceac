/* wsm_context.h - enumeration contexts: the whole state of an enumeration, as
 * a token that the client keeps (architecture: "state that outlives a
 * request").
 *
 * Every token of one enumeration has the same id; Release leaves a tombstone
 * with that id in the store, until no token of it can still be alive.
 */
#ifndef WSM_CONTEXT_H
#define WSM_CONTEXT_H

#include "wsm_op.h"

/** What each item is (DSP0226 8.7). */
typedef enum wsm_item_e {
    WSM_ITEM_OBJECT = 'o',
    WSM_ITEM_EPR = 'e',
    WSM_ITEM_OBJECT_AND_EPR = 'b'
} wsm_item_e;

/** wsmb:PolymorphismMode (DSP0227 9.3) */
typedef enum wsm_polymorphism_e {
    WSM_POLYMORPHISM_INCLUDE = 'i',
    WSM_POLYMORPHISM_EXCLUDE = 'x',
    WSM_POLYMORPHISM_NONE = 'n'
} wsm_polymorphism_e;

typedef struct wsm_context_t {
    const char *id; /* a UUID */
    wsm_item_e item;
    wsm_polymorphism_e polymorphism;
    apr_time_t expires;
    const char *dialect;     /* of the filter; NULL: none */
    const char *filter;      /* its text form */
    const char *options;     /* what its source must know of the Enumerate;
                                NULL: nothing */
    const char *after_class; /* where the last page ended; NULL: nothing
                                has been pulled */
    const char *after_key;
    apr_off_t spool; /* offset in the spool file of this id; -1:
                        not spooled */
} wsm_context_t;

/** A context with a new id. */
wsm_context_t *wsm_context_make(wsm_exchange_t *ex);

/** The token.  A filter that is too long for it goes into the store. */
wsm_error_t *wsm_context_sign(const char **token, const wsm_context_t *context,
                              wsm_exchange_t *ex);

/** Reads the n:EnumerationContext in the body of a Pull, Release, Renew or
 *  GetStatus and checks that it is ours, alive, of this user, endpoint and
 *  resource.
 *  Errors: WSMAN_E_INVALID_ENUMERATION_CONTEXT, WSMAN_E_PULL_OTHER_USER. */
wsm_error_t *wsm_context_read(wsm_context_t **context, wsm_exchange_t *ex);

/** Kills all tokens of this enumeration. */
wsm_error_t *wsm_context_bury(const wsm_context_t *context, wsm_exchange_t *ex);

#endif
