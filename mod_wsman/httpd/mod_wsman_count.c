/* mod_wsman_count.c - the board of counters.
 */
#include "mod_wsman_count.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include <ap_mpm.h>
#include <apr_strings.h>

#define BOARD_KEY "mod_wsman:board:4"

const char *const mod_wsman_kind_names[MOD_WSMAN_KINDS] = {
    "Identify",   "Get",       "Put",     "Create",  "Delete",
    "Enumerate",  "Pull",      "Release", "Renew",   "GetStatus",
    "Invoke",     "Command",   "Send",    "Receive", "Signal",
    "Disconnect", "Reconnect", "Connect", "Unknown"};

mod_wsman_kind_e mod_wsman_kind_of(const char *operation)
{
    int kind;

    for (kind = 0; kind < MOD_WSMAN_KIND_UNKNOWN; kind++) {
        if (strcmp(mod_wsman_kind_names[kind], operation) == 0)
            break;
    }
    return (mod_wsman_kind_e)kind;
}

/* Two generations of children may be there at the same time. */
static apr_uint32_t most_children(void)
{
    int limit = 0;

    if (ap_mpm_query(AP_MPMQ_HARD_LIMIT_DAEMONS, &limit) != APR_SUCCESS ||
        limit < 16)
        limit = 16;
    return (apr_uint32_t)limit * 2;
}

/* Not apr_shm: its memory belongs to a pool that goes with every restart, or
 * is never given back; this is the process' until it ends. */
static apr_status_t make_board(mod_wsman_board_t **board, apr_uint32_t nrows)
{
    apr_uint32_t nchildren = most_children();
    apr_size_t rows = sizeof(**board) + nrows * sizeof(mod_wsman_counts_t);
    apr_size_t size = rows + nchildren * sizeof(mod_wsman_child_t);
    mod_wsman_board_t *made = mmap(NULL, size, PROT_READ | PROT_WRITE,
                                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (made == MAP_FAILED)
        return errno;
    made->size = size;
    made->started = apr_time_now();
    made->nrows = nrows;
    made->nchildren = nchildren;
    made->children = (mod_wsman_child_t *)((char *)made + rows);
    *board = made;
    return APR_SUCCESS;
}

apr_status_t mod_wsman_board_get(mod_wsman_board_t **board, apr_uint32_t nrows,
                                 apr_pool_t *process)
{
    void *kept = NULL;
    apr_status_t status;

    apr_pool_userdata_get(&kept, BOARD_KEY, process);
    *board = kept;
    if (kept != NULL && (*board)->nrows >= nrows)
        return APR_SUCCESS;
    /* Rows to spare: endpoints that come and go with restarts. */
    status = make_board(board, nrows + 16);
    if (status != APR_SUCCESS)
        return status;
    if (kept != NULL)
        munmap(kept, ((mod_wsman_board_t *)kept)->size);
    return apr_pool_userdata_set(*board, BOARD_KEY, NULL, process);
}

static mod_wsman_counts_t *find_row(mod_wsman_board_t *board, const char *id)
{
    apr_uint32_t i;

    for (i = 0; i < board->nrows; i++) {
        if (strncmp(board->rows[i].id, id, MOD_WSMAN_ID_SIZE - 1) == 0)
            return &board->rows[i];
    }
    return NULL;
}

mod_wsman_counts_t *mod_wsman_board_row(mod_wsman_board_t *board,
                                        const char *id)
{
    mod_wsman_counts_t *row = find_row(board, id);

    if (row == NULL)
        row = find_row(board, "");
    /* All rows were taken in earlier configurations: one is forgotten. */
    if (row == NULL)
        row = &board->rows[board->nrows - 1];
    if (strncmp(row->id, id, MOD_WSMAN_ID_SIZE - 1) != 0) {
        memset(row, 0, sizeof(*row));
        apr_cpystrn(row->id, id, sizeof(row->id));
    }
    return row;
}

static int is_alive(apr_uint32_t pid)
{
    return pid != 0 && (kill((pid_t)pid, 0) == 0 || errno != ESRCH);
}

static apr_status_t leave(void *data)
{
    mod_wsman_child_t *child = data;

    if (child->pid == (apr_uint32_t)getpid()) {
        child->active = child->waiting = 0;
        __atomic_store_n(&child->pid, 0, __ATOMIC_RELEASE);
    }
    return APR_SUCCESS;
}

mod_wsman_child_t *mod_wsman_board_join(mod_wsman_board_t *board,
                                        apr_pool_t *pchild)
{
    apr_uint32_t own = (apr_uint32_t)getpid();
    apr_uint32_t i;

    for (i = 0; i < board->nchildren; i++) {
        mod_wsman_child_t *child = &board->children[i];
        apr_uint32_t pid = __atomic_load_n(&child->pid, __ATOMIC_ACQUIRE);

        if (pid != own && is_alive(pid))
            continue;
        if (!__atomic_compare_exchange_n(&child->pid, &pid, own, 0,
                                         __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            continue;
        child->active = child->waiting = 0;
        apr_pool_cleanup_register(pchild, child, leave, apr_pool_cleanup_null);
        return child;
    }
    return NULL;
}

/* The sum of one of the numbers that children have */
static apr_uint32_t sum_of(const mod_wsman_board_t *board, apr_size_t offset)
{
    apr_uint32_t sum = 0;
    apr_uint32_t i;

    for (i = 0; i < board->nchildren; i++) {
        const mod_wsman_child_t *child = &board->children[i];
        const char *at = (const char *)child + offset;
        const apr_uint32_t count =
            mod_wsman_counted(*(const apr_uint32_t *)(const void *)at);

        if (count > 0 && is_alive(child->pid))
            sum += count;
    }
    return sum;
}

apr_uint32_t mod_wsman_board_active(const mod_wsman_board_t *board)
{
    return sum_of(board, APR_OFFSETOF(mod_wsman_child_t, active));
}

apr_uint32_t mod_wsman_board_waiting(const mod_wsman_board_t *board)
{
    return sum_of(board, APR_OFFSETOF(mod_wsman_child_t, waiting));
}
