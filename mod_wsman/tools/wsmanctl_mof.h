/* wsmanctl_mof.h - files of MOF as one text, with what they include in its
 * place: for a server that cannot read them, or may not.
 */
#ifndef WSMANCTL_MOF_H
#define WSMANCTL_MOF_H

#include <apr_tables.h>

#include "../client/wsm_failure.h"

/** What messages call the text. */
#define WSMANCTL_MOF_NAME "MOF"

typedef struct wsmanctl_mof_t {
    const char *text;
    apr_size_t length;
    apr_array_header_t *pieces; /* which line is of which file */
} wsmanctl_mof_t;

/** @param files  NULL-terminated; "-" is standard input
 *  @param ns     where each file begins; NULL: not said, one file only
 *  Errors: WSM_FAILURE_USE (a file that cannot be read). */
wsm_failure_t *wsmanctl_mof_read(wsmanctl_mof_t *mof, const char *const *files,
                                 int nfiles, const char *ns, apr_pool_t *pool);

/** A message about the text: "MOF:12:7: ..." becomes "CIM_Foo.mof:3:7: ...".
 *  @return NULL if it names no place in the text */
const char *wsmanctl_mof_place(const wsmanctl_mof_t *mof, const char *message,
                               apr_pool_t *pool);

#endif
