/* mod_wsman_process.c - what happens when the server starts, and in each child.
 */
#include "mod_wsman.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_lib.h>
#include <apr_strings.h>
#include <http_core.h>
#include <unixd.h>

#include "../om/cim_repository.h"

#define STATE_DIR_NAME "wsman"
#define KEY_FILE       "wsman.key"
#define STORE_FILE     "wsman.db"
#define SPOOL_DIR      "spool"
#define PRODUCT        "Apache httpd mod_wsman"

static wsm_error_t *failed(apr_pool_t *pool, const char *what, const char *name)
{
    return wsm_error_make(pool, WSMAN_E_INTERNAL_ERROR, errno, NULL, what,
                          name);
}

static int write_fatal(server_rec *s, const wsm_error_t *err, apr_pool_t *pool)
{
    ap_log_error(APLOG_MARK, APLOG_EMERG, 0, s, "%s",
                 wsm_error_text(err, pool));
    return HTTP_INTERNAL_SERVER_ERROR;
}

/* ---- the model: everything that can be checked without touching a file that
 * is not read */

static wsm_error_t *find_sites(mod_wsman_process_t *process, apr_pool_t *pconf,
                               apr_pool_t *ptemp, int *nsites)
{
    server_rec *s;

    for (s = process->main; s != NULL; s = s->next) {
        mod_wsman_server_t *server = mod_wsman_server_of(s);
        mod_wsman_model_t *model;
        wsm_error_t *err;
        int i, found = mod_wsman_sites_find(s, pconf);

        *nsites += found;
        if (found == 0)
            continue;
        err = mod_wsman_model_get(&model, process, s, pconf, ptemp);
        if (err != NULL)
            return err;
        for (i = 0; i < found; i++) {
            server->sites[i].model = model;
            mod_wsman_model_add_catalog(
                model, mod_wsman_place_repository(server->sites[i].place),
                pconf);
        }
    }
    return NULL;
}

static void name_state(mod_wsman_process_t *self, apr_pool_t *pconf)
{
    const mod_wsman_server_t *server = mod_wsman_server_of(self->main);

    self->state_dir = server->state_dir
                          ? server->state_dir
                          : ap_runtime_dir_relative(pconf, STATE_DIR_NAME);
    self->store = server->store
                      ? server->store
                      : apr_pstrcat(pconf, "sqlite3:", self->state_dir,
                                    "/" STORE_FILE, NULL);
}

/* @param nsites  set to the number of endpoints; with none nothing is made */
static wsm_error_t *make_process(mod_wsman_process_t **process, server_rec *s,
                                 apr_pool_t *pconf, apr_pool_t *ptemp,
                                 int *nsites)
{
    mod_wsman_process_t *self = apr_pcalloc(pconf, sizeof(*self));
    wsm_error_t *err;

    *nsites = 0;
    *process = self;
    self->main = s;
    self->models = apr_array_make(pconf, 2, sizeof(mod_wsman_model_t *));
    wsm_xml_init();
    err = find_sites(self, pconf, ptemp, nsites);
    if (err != NULL || *nsites == 0)
        return err;
    if (ap_unixd_config.chroot_dir != NULL)
        return wsm_fail(ptemp, WSMAN_E_INTERNAL_ERROR,
                        "ChrootDir cannot be used with mod_wsman: providers "
                        "and the store need the files of the machine.");
    name_state(self, pconf);
    err = mod_wsman_shells_check(&mod_wsman_server_of(s)->shells, ptemp);
    if (err != NULL)
        return err;
    err = mod_wsman_model_plugins(self, pconf);
    return err ? err : mod_wsman_model_bind(self, pconf);
}

/* ---- folders and files */

static apr_uid_t child_uid(void)
{
    return geteuid() == 0 ? ap_unixd_config.user_id : (apr_uid_t)-1;
}

static apr_gid_t child_gid(void)
{
    return geteuid() == 0 ? ap_unixd_config.group_id : (apr_gid_t)-1;
}

/* The children write here and nobody else does. */
static wsm_error_t *check_folder(const char *path, int made, apr_pool_t *pool)
{
    uid_t owner = geteuid() == 0 ? child_uid() : geteuid();
    struct stat info;

    if (lstat(path, &info) != 0)
        return failed(pool, "%s cannot be used.", path);
    if (!S_ISDIR(info.st_mode))
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR, "%s is no folder.", path);
    if (made && geteuid() == 0 && lchown(path, child_uid(), child_gid()) != 0)
        return failed(pool, "%s cannot be given to the server's user.", path);
    if (!made && info.st_uid != owner)
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "%s must belong to the user of httpd's children: chown "
                        "%lu %s",
                        path, (unsigned long)owner, path);
    if ((info.st_mode & 0022) != 0)
        return wsm_fail(pool, WSMAN_E_INTERNAL_ERROR,
                        "%s can be written by others: chmod 700 %s", path,
                        path);
    return NULL;
}

static wsm_error_t *make_folder(const char *path, apr_pool_t *pool)
{
    int made = mkdir(path, 0700) == 0;

    if (!made && errno != EEXIST)
        return failed(pool, "%s cannot be made.", path);
    return check_folder(path, made, pool);
}

/* Would make_folder() do? */
static wsm_error_t *find_folder(const char *path, apr_pool_t *pool)
{
    struct stat info;

    /* Anybody may run httpd -t; whose folder it is, root knows. */
    if (lstat(path, &info) == 0)
        return geteuid() == 0 ? check_folder(path, 0, pool) : NULL;
    if (lstat(ap_make_dirstr_parent(pool, path), &info) != 0)
        return failed(pool, "%s cannot be made.", path);
    return NULL;
}

static wsm_error_t *open_spool(mod_wsman_process_t *self, apr_pool_t *pconf)
{
    wsm_spool_t *spool = apr_pcalloc(pconf, sizeof(*spool));

    spool->max_bytes = mod_wsman_spool_max(mod_wsman_server_of(self->main));
    if (spool->max_bytes == 0)
        return NULL;
    spool->dir = apr_pstrcat(pconf, self->state_dir, "/" SPOOL_DIR, NULL);
    self->server.spool = spool;
    return make_folder(spool->dir, pconf);
}

static wsm_error_t *open_keys(mod_wsman_process_t *self, apr_pool_t *pconf)
{
    wsm_token_keys_t *keys;
    wsm_error_t *err = wsm_token_keys_open(
        &keys, apr_pstrcat(pconf, self->state_dir, "/" KEY_FILE, NULL),
        apr_time_now(), mod_wsman_key_rotation(mod_wsman_server_of(self->main)),
        pconf);

    self->server.keys = keys;
    return err;
}

int mod_wsman_check_config(apr_pool_t *pconf, apr_pool_t *plog,
                           apr_pool_t *ptemp, server_rec *s)
{
    mod_wsman_process_t *process;
    wsm_error_t *err;
    int nsites;

    (void)plog;
    /* httpd -t, and the first of the two readings at start, when errors still
     * go to the terminal.  A restart finds them in post_config. */
    if (ap_state_query(AP_SQ_RUN_MODE) != AP_SQ_RM_CONFIG_TEST &&
        ap_state_query(AP_SQ_MAIN_STATE) != AP_SQ_MS_CREATE_PRE_CONFIG)
        return OK;
    err = make_process(&process, s, pconf, ptemp, &nsites);
    if (err == NULL && nsites > 0)
        err = find_folder(process->state_dir, ptemp);
    return err ? write_fatal(s, err, ptemp) : OK;
}

/* ---- the store */

static int in_memory(const mod_wsman_process_t *self)
{
    return strcmp(self->store, "memory") == 0;
}

static wsm_error_t *open_store(wsm_store_t **store,
                               const mod_wsman_process_t *self,
                               apr_pool_t *pool)
{
    if (in_memory(self))
        return wsm_store_mem_open(store, pool);
    return wsm_store_dbd_open(store, self->store, &self->log, pool);
}

/* A file that another process recovers or copies is busy for a moment. */
static wsm_error_t *open_store_patiently(wsm_store_t **store,
                                         const mod_wsman_process_t *self,
                                         apr_pool_t *pool)
{
    wsm_error_t *err = open_store(store, self, pool);
    int i;

    for (i = 0; err != NULL && err->code == WSMAN_E_CONCURRENCY && i < 20;
         i++) {
        apr_sleep(apr_time_from_msec(50));
        err = open_store(store, self, pool);
    }
    return err;
}

/* MOF's instances into each repository that an endpoint has; a pair that is
 * met again finds them there. */
static wsm_error_t *seed_store(wsm_store_t *store,
                               const mod_wsman_process_t *self,
                               apr_pool_t *pool)
{
    const server_rec *s;
    int i;

    for (s = self->main; s != NULL; s = s->next) {
        const mod_wsman_server_t *server = mod_wsman_server_of(s);

        for (i = 0; i < server->nsites; i++) {
            const mod_wsman_site_t *site = &server->sites[i];
            wsm_error_t *err = cim_repository_seed(
                store, mod_wsman_place_repository(site->place),
                site->model->schema, pool);

            if (err != NULL)
                return err;
        }
    }
    return NULL;
}

static wsm_error_t *load_settings(wsm_store_t *store,
                                  const mod_wsman_process_t *self,
                                  apr_pool_t *pool)
{
    const server_rec *s;
    int i;

    for (s = self->main; s != NULL; s = s->next) {
        const mod_wsman_server_t *server = mod_wsman_server_of(s);

        for (i = 0; i < server->nsites; i++) {
            wsm_error_t *err =
                mod_wsman_settings_load(&server->sites[i], store, pool);

            if (err != NULL)
                return err;
        }
    }
    return NULL;
}

static wsm_error_t *prepare_store(mod_wsman_process_t *self, apr_pool_t *ptemp)
{
    apr_pool_t *scratch;
    wsm_store_t *store;
    wsm_error_t *err;

    if (in_memory(self))
        return NULL;
    err = wsm_store_dbd_prepare(self->store, child_uid(), child_gid(), ptemp);
    if (err != NULL)
        return err;
    apr_pool_create(&scratch, ptemp);
    err = open_store_patiently(&store, self, scratch);
    if (err == NULL)
        err = seed_store(store, self, scratch);
    if (err == NULL)
        err = mod_wsman_model_load(self, store);
    if (err == NULL)
        err = load_settings(store, self, scratch);
    if (err != NULL)
        err = wsm_error_make(ptemp, err->code, err->status, NULL, "%s",
                             wsm_error_text(err, ptemp));
    apr_pool_destroy(scratch);
    /* Files that came while it was open are the children's too. */
    return err ? err
               : wsm_store_dbd_prepare(self->store, child_uid(), child_gid(),
                                       ptemp);
}

/* ---- what the server says of itself */

/* PRETTY_NAME of os-release(5), or NULL */
static const char *os_name(apr_pool_t *pool)
{
    apr_file_t *file;
    char line[256];
    const char *found = NULL;

    if (apr_file_open(&file, "/etc/os-release", APR_READ | APR_BUFFERED, 0,
                      pool) != APR_SUCCESS)
        return NULL;
    while (found == NULL &&
           apr_file_gets(line, sizeof(line), file) == APR_SUCCESS) {
        char *value = line + sizeof("PRETTY_NAME=") - 1;
        char *end;

        if (strncmp(line, "PRETTY_NAME=", sizeof("PRETTY_NAME=") - 1) != 0)
            continue;
        if (*value == '"' || *value == '\'')
            value++;
        for (end = value;
             *end != '\0' && *end != '"' && *end != '\'' && !apr_iscntrl(*end);
             end++)
            ;
        found = apr_pstrmemdup(pool, value, (apr_size_t)(end - value));
    }
    apr_file_close(file);
    return found;
}

static const char *machine_name(const server_rec *s, apr_pool_t *pool)
{
    char name[APRMAXHOSTLEN + 1];

    if (s->server_hostname != NULL)
        return s->server_hostname;
    if (apr_gethostname(name, sizeof(name), pool) != APR_SUCCESS)
        return "localhost";
    return apr_pstrdup(pool, name);
}

static void write_log(void *baton, int level, const char *line)
{
    ap_log_error(APLOG_MARK, level, 0, (server_rec *)baton, "%s", line);
}

static void describe(mod_wsman_process_t *self, apr_pool_t *pconf)
{
    self->server.machine = machine_name(self->main, pconf);
    self->server.product = PRODUCT;
    self->server.version = WSM_VERSION;
    self->server.os = os_name(pconf);
    self->log.write = write_log;
    self->log.baton = self->main;
    self->log.level =
        ap_get_server_module_loglevel(self->main, APLOG_MODULE_INDEX);
}

/* ---- start */

static wsm_error_t *open_board(mod_wsman_process_t *self, apr_pool_t *pconf,
                               int nsites)
{
    apr_status_t status = mod_wsman_board_get(
        &self->board, (apr_uint32_t)nsites, self->main->process->pool);
    const server_rec *s;
    int i;

    if (status == APR_SUCCESS)
        status = mod_wsman_quota_get(&self->quota, self->main->process->pool);
    if (status != APR_SUCCESS)
        return wsm_error_make(pconf, WSMAN_E_INTERNAL_ERROR, status, NULL,
                              "There is no shared memory for the counters.");
    for (s = self->main; s != NULL; s = s->next) {
        mod_wsman_server_t *server = mod_wsman_server_of(s);

        for (i = 0; i < server->nsites; i++) {
            server->sites[i].counts =
                mod_wsman_board_row(self->board, server->sites[i].id);
            mod_wsman_settings_publish(&server->sites[i]);
        }
    }
    return NULL;
}

static wsm_error_t *start(mod_wsman_process_t *self, apr_pool_t *pconf,
                          apr_pool_t *ptemp, int nsites)
{
    wsm_error_t *err;

    describe(self, pconf);
    err = make_folder(self->state_dir, pconf);
    if (err == NULL)
        err = open_spool(self, pconf);
    if (err == NULL)
        err = open_keys(self, pconf);
    if (err == NULL)
        err = prepare_store(self, ptemp);
    if (err == NULL)
        err = mod_wsman_manifest_write(self, ptemp);
    return err ? err : open_board(self, pconf, nsites);
}

int mod_wsman_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                          apr_pool_t *ptemp, server_rec *s)
{
    mod_wsman_process_t *process;
    wsm_error_t *err;
    int nsites;

    (void)plog;
    /* httpd reads its configuration twice when it starts. */
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG)
        return OK;
    err = make_process(&process, s, pconf, ptemp, &nsites);
    if (err == NULL && nsites > 0)
        err = start(process, pconf, ptemp, nsites);
    if (err == NULL)
        err = mod_wsman_shell_start(process, pconf, ptemp);
    if (err != NULL)
        return write_fatal(s, err, ptemp);
    if (nsites == 0)
        return OK;
    mod_wsman_purge_init(process, pconf);
    for (; s != NULL; s = s->next)
        mod_wsman_server_of(s)->process = process;
    return OK;
}

/* ---- a child */

static apr_status_t forget_store(void *data)
{
    mod_wsman_process_t *self = data;

    self->server.store = NULL;
    return APR_SUCCESS;
}

static wsm_error_t *child_store(mod_wsman_process_t *self, wsm_store_t **store)
{
    wsm_error_t *err = open_store_patiently(store, self, self->child_pool);

    if (err == NULL && in_memory(self))
        err = seed_store(*store, self, self->child_pool);
    return err;
}

/* A child without store answers 503 and tries again every second. */
int mod_wsman_has_store(mod_wsman_process_t *self, apr_time_t now)
{
    wsm_store_t *store = NULL;
    wsm_error_t *err;

    if (__atomic_load_n(&self->server.store, __ATOMIC_ACQUIRE) != NULL)
        return 1;
    apr_thread_mutex_lock(self->store_lock);
    if (self->server.store == NULL && now >= self->next_store) {
        err = child_store(self, &store);
        if (err != NULL)
            ap_log_error(APLOG_MARK, APLOG_ERR, 0, self->main,
                         "this child answers 503, its store cannot be "
                         "opened: %s",
                         wsm_error_text(err, self->child_pool));
        else
            __atomic_store_n(&self->server.store, store, __ATOMIC_RELEASE);
        self->next_store = apr_time_now() + apr_time_from_sec(1);
    }
    apr_thread_mutex_unlock(self->store_lock);
    return self->server.store != NULL;
}

void mod_wsman_child_init(apr_pool_t *pchild, server_rec *s)
{
    mod_wsman_process_t *self = mod_wsman_server_of(s)->process;
    int i;

    if (self == NULL)
        return;
    mod_wsman_shell_child_init(self);
    self->child = mod_wsman_board_join(self->board, pchild);
    mod_wsman_quota_join(self, pchild);
    apr_pool_create(&self->child_pool, pchild);
    apr_thread_mutex_create(&self->store_lock, APR_THREAD_MUTEX_DEFAULT,
                            pchild);
    apr_pool_cleanup_register(self->child_pool, self, forget_store,
                              apr_pool_cleanup_null);
    mod_wsman_has_store(self, apr_time_now());
    for (i = 0; i < self->models->nelts; i++)
        wsm_registry_start(
            APR_ARRAY_IDX(self->models, i, mod_wsman_model_t *)->registry,
            &self->log, pchild);
}
