/* wsmanctl.h - what the files of wsmanctl share: its options, and what its
 * commands work on.
 *
 * Commands are written once, as a client's.  At an endpoint the client speaks
 * HTTP; on the store it speaks to the server's own code in this process
 * (wsmanctl_direct.c), which has everything but the providers.
 */
#ifndef WSMANCTL_H
#define WSMANCTL_H

#include "wsman_options.h"

typedef struct wsmanctl_direct_t wsmanctl_direct_t;

typedef struct wsmanctl_t {
    wsman_options_t common; /* first: the tables of options need it */
    const char *url;        /* NULL: the store itself */
    const char *state_dir;
    const char *endpoint; /* its id; NULL: any */
    const char *repository;
    const char *ns; /* NULL: the endpoint's default */
    int all;        /* namespaces */
    int dry_run;
    int make_namespaces;
    int classes_only;
    int instances_only;
    int own;

    /* Once it is open */
    wsm_client_t *client;
    wsmanctl_direct_t *direct; /* NULL: at an endpoint */
} wsmanctl_t;

static inline wsmanctl_t *wsmanctl_of(wsman_options_t *options)
{
    return (wsmanctl_t *)(void *)options;
}

extern const wsman_program_t wsmanctl_program;
extern const wsman_command_t wsmanctl_commands[];

/** Opens what the command works on. */
wsm_failure_t *wsmanctl_open(wsmanctl_t *self, apr_pool_t *pool);

/** A failure that is not the command line's: exit status 1. */
wsm_failure_t *wsmanctl_failure(apr_pool_t *pool, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
wsm_failure_t *wsmanctl_failed(const wsm_error_t *err, apr_pool_t *pool);

/** The reference of a class; "*" is all of them.
 *  @param ns  NULL: the endpoint's default */
wsm_failure_t *wsmanctl_target(wsm_epr_t *target, const char *ns,
                               const char *class_name, apr_pool_t *pool);

/** All namespaces, by name, NULL-terminated. */
wsm_failure_t *wsmanctl_namespaces(const char *const **list, wsmanctl_t *self,
                                   apr_pool_t *pool);

/** Asks for the next page of an export (ExportMOF of __Repository).
 *  @param cursor  as cim_export_page() has it */
wsm_failure_t *wsmanctl_export_page(wsmanctl_t *self, const char **text,
                                    const char **cursor, const char *ns,
                                    const char *class_name, apr_pool_t *pool);

/** A thing of names and values for options->out; only the first value a line
 *  where the format is text. */
void wsmanctl_line(wsmanctl_t *self, const char *element,
                   const char *const *names, const char *const *values,
                   int count, apr_pool_t *pool);
/** The same, whatever the format. */
void wsmanctl_item(wsmanctl_t *self, const char *element,
                   const char *const *names, const char *const *values,
                   int count, apr_pool_t *pool);

/* Commands: options are a wsmanctl_t, client is NULL */

wsm_failure_t *wsmanctl_compile(wsman_options_t *options, wsm_client_t *client,
                                apr_pool_t *pool);
wsm_failure_t *wsmanctl_export(wsman_options_t *options, wsm_client_t *client,
                               apr_pool_t *pool);
wsm_failure_t *wsmanctl_list_namespaces(wsman_options_t *options,
                                        wsm_client_t *client, apr_pool_t *pool);
wsm_failure_t *wsmanctl_list_classes(wsman_options_t *options,
                                     wsm_client_t *client, apr_pool_t *pool);
wsm_failure_t *wsmanctl_class(wsman_options_t *options, wsm_client_t *client,
                              apr_pool_t *pool);
wsm_failure_t *wsmanctl_query(wsman_options_t *options, wsm_client_t *client,
                              apr_pool_t *pool);
wsm_failure_t *wsmanctl_acl(wsman_options_t *options, wsm_client_t *client,
                            apr_pool_t *pool);
wsm_failure_t *wsmanctl_shells(wsman_options_t *options, wsm_client_t *client,
                               apr_pool_t *pool);
wsm_failure_t *wsmanctl_providers(wsman_options_t *options,
                                  wsm_client_t *client, apr_pool_t *pool);
wsm_failure_t *wsmanctl_check(wsman_options_t *options, wsm_client_t *client,
                              apr_pool_t *pool);

#endif
