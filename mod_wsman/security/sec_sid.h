/* sec_sid.h - security identifiers (MS-DTYP 2.4.2).
 *
 * A Unix account is S-1-22-1-uid, a Unix group S-1-22-2-gid, as with Samba.
 */
#ifndef SEC_SID_H
#define SEC_SID_H

#include <apr_pools.h>

#define SEC_SID_MAX_SUB 15

typedef struct sec_sid_t {
    apr_uint64_t authority; /* 48 bits */
    apr_uint32_t sub[SEC_SID_MAX_SUB];
    unsigned count;
} sec_sid_t;

/** Reads "S-1-5-32-544" (2.4.2.1) or a two-letter alias of SDDL (2.5.1.1).
 *  @param length  of the text
 *  @return NULL, or one phrase that says what is wrong */
const char *sec_sid_parse(sec_sid_t *sid, const char *text, apr_size_t length);
/** "S-1-5-32-544", in `pool`. */
const char *sec_sid_text(const sec_sid_t *sid, apr_pool_t *pool);
/** The alias, or NULL. */
const char *sec_sid_alias(const sec_sid_t *sid);
int sec_sid_equal(const sec_sid_t *a, const sec_sid_t *b);

void sec_sid_of_uid(sec_sid_t *sid, apr_uint32_t uid);
void sec_sid_of_gid(sec_sid_t *sid, apr_uint32_t gid);

#endif
