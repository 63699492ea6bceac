/* wsman_secret.h - finding the password. */
#ifndef WSMAN_SECRET_H
#define WSMAN_SECRET_H

#include "wsman_options.h"

/** Fills in user and password where they are missing: a file, the netrc file, a
 *  question on the terminal, in this order.  Nothing is asked if neither user
 *  nor netrc entry is there.
 *  Errors: WSM_FAILURE_USE. */
wsm_failure_t *wsman_secret_find(wsman_options_t *options, apr_pool_t *pool);

/** Looks up `host` in the text of a netrc file.
 *  @param user  NULL: any entry; else only one of this user
 *  @return 0 if there is no entry */
int wsman_netrc_find(const char **user, const char **password, char *text,
                     const char *host);

#endif
