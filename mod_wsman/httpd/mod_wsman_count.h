/* mod_wsman_count.h - counters of all children, in shared memory.
 *
 * The board is anonymous shared memory that the parent makes once and keeps
 * over restarts, so that children of two generations count together.  An
 * endpoint's row is found again by its id.  All numbers are changed
 * atomically, each for itself.
 */
#ifndef MOD_WSMAN_COUNT_H
#define MOD_WSMAN_COUNT_H

#include <httpd.h>

#include "../op/op_config.h"

typedef enum mod_wsman_kind_e {
    MOD_WSMAN_KIND_IDENTIFY,
    MOD_WSMAN_KIND_GET,
    MOD_WSMAN_KIND_PUT,
    MOD_WSMAN_KIND_CREATE,
    MOD_WSMAN_KIND_DELETE,
    MOD_WSMAN_KIND_ENUMERATE,
    MOD_WSMAN_KIND_PULL,
    MOD_WSMAN_KIND_RELEASE,
    MOD_WSMAN_KIND_RENEW,
    MOD_WSMAN_KIND_GETSTATUS,
    MOD_WSMAN_KIND_INVOKE,
    MOD_WSMAN_KIND_COMMAND,
    MOD_WSMAN_KIND_SEND,
    MOD_WSMAN_KIND_RECEIVE,
    MOD_WSMAN_KIND_SIGNAL,
    MOD_WSMAN_KIND_DISCONNECT,
    MOD_WSMAN_KIND_RECONNECT,
    MOD_WSMAN_KIND_CONNECT,
    MOD_WSMAN_KIND_UNKNOWN,
    MOD_WSMAN_KINDS
} mod_wsman_kind_e;

extern const char *const mod_wsman_kind_names[MOD_WSMAN_KINDS];
mod_wsman_kind_e mod_wsman_kind_of(const char *operation);

#define MOD_WSMAN_ID_SIZE 200

/** The counters of an endpoint. */
typedef struct mod_wsman_counts_t {
    char id[MOD_WSMAN_ID_SIZE]; /* "": the row is free */
    apr_uint64_t requests;
    apr_uint64_t faults;
    apr_uint64_t denials; /* faults that are AccessDenied */
    apr_uint64_t items;
    apr_uint64_t bytes_in;
    apr_uint64_t bytes_out;
    apr_uint64_t usec;          /* time in requests */
    apr_uint64_t refusals;      /* faults that are a quota of users or of the
                                   endpoint */
    apr_uint64_t auth_failures; /* wrong credentials */
    apr_uint64_t barred;        /* requests from addresses with too many */
    apr_uint64_t kinds[MOD_WSMAN_KINDS];
    apr_uint32_t settings[WSM_SETTINGS]; /* no counters: mod_wsman_settings.c;
                                            0: as configured */
} mod_wsman_counts_t;

/** A child: how many requests it is working on, and waits with.  The place of a
 * child that has died is taken by another. */
typedef struct mod_wsman_child_t {
    apr_uint32_t pid; /* 0: free */
    apr_uint32_t active;
    apr_uint32_t waiting; /* of those, for something from outside */
} mod_wsman_child_t;

typedef struct mod_wsman_board_t {
    apr_size_t size; /* of all: another layout is not read */
    apr_time_t started;
    apr_uint32_t daemon;        /* its process; 0: there is none */
    apr_uint32_t daemon_deaths; /* how often it has died */
    apr_uint32_t nrows;
    apr_uint32_t nchildren;
    mod_wsman_child_t *children;
    mod_wsman_counts_t rows[];
} mod_wsman_board_t;

#define mod_wsman_count(counter, by)                                           \
    ((void)__atomic_fetch_add(&(counter), (by), __ATOMIC_RELAXED))
#define mod_wsman_uncount(counter)                                             \
    ((void)__atomic_fetch_sub(&(counter), 1, __ATOMIC_RELAXED))
#define mod_wsman_counted(counter) __atomic_load_n(&(counter), __ATOMIC_RELAXED)

/** The board of this server; made, or found again after a restart.
 *  @param process  the pool of the httpd process
 *  @param nrows    how many endpoints there are */
apr_status_t mod_wsman_board_get(mod_wsman_board_t **board, apr_uint32_t nrows,
                                 apr_pool_t *process);
/** The row of an endpoint, in the parent. */
mod_wsman_counts_t *mod_wsman_board_row(mod_wsman_board_t *board,
                                        const char *id);
/** Takes a place for this child until its pool is cleared.
 *  @return NULL if all are taken */
mod_wsman_child_t *mod_wsman_board_join(mod_wsman_board_t *board,
                                        apr_pool_t *pchild);
/** Requests that living children work on now. */
apr_uint32_t mod_wsman_board_active(const mod_wsman_board_t *board);
/** Those of them that wait. */
apr_uint32_t mod_wsman_board_waiting(const mod_wsman_board_t *board);

#endif
