/* mod_wsman_audit.c - who did what, and was it allowed: notes for LogFormat,
 * and a line of our own.
 *
 * The line is key=value, in which everything but letters, digits and a few
 * signs of URIs is %XX: nothing that a client sends can end a value, begin a
 * line, or hide one.  Neither has headers, bodies or selectors but ShellId.
 */
#include "mod_wsman.h"

#include <apr_lib.h>
#include <apr_strings.h>

/* Of a value, before it is escaped */
#define MOST 512

/* ---- what is known of a request */

static const char *auth_of(request_rec *r)
{
    if (r->user == NULL)
        return NULL;
    return r->ap_auth_type ? r->ap_auth_type : "Certificate";
}

static const char *channel_of(const mod_wsman_request_t *self)
{
    if (mod_wsman_is_secure(self->r))
        return "tls";
    return self->is_sealed ? "sealed" : "clear";
}

static const char *decision_of(const mod_wsman_request_t *self)
{
    static const struct {
        int status;
        const char *decision;
    } rows[] = {
        {HTTP_UNAUTHORIZED, "unauthenticated"},
        {HTTP_FORBIDDEN, "forbidden"},
        {429, "barred"},
    };
    apr_size_t i;

    if (self->is_denied)
        return "denied";
    if (self->operation != NULL)
        return self->is_refused ? "refused" : "allowed";
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].status == self->r->status)
            return rows[i].decision;
    }
    return "rejected";
}

#define PREFIX "wsman-"

typedef struct entry_t {
    const char *name;  /* of the note; in the line without PREFIX */
    const char *value; /* NULL: not known */
} entry_t;

#define NUMBER(value) apr_off_t_toa(pool, (value))

#define NENTRIES 18

static void collect(entry_t *entries, const mod_wsman_request_t *self)
{
    static const wsm_target_t unknown;
    request_rec *r = self->r;
    apr_pool_t *pool = r->pool;
    const wsm_target_t *target = self->target ? self->target : &unknown;
    const entry_t all[NENTRIES] = {
        {PREFIX "client", r->useragent_ip},
        {PREFIX "user", r->user},
        {PREFIX "auth", auth_of(r)},
        {PREFIX "channel", channel_of(self)},
        {PREFIX "operation", self->operation},
        {PREFIX "action", target->action},
        {PREFIX "resource", target->resource_uri},
        {PREFIX "class", target->class_name},
        {PREFIX "namespace", target->ns},
        {PREFIX "shell", target->shell},
        {PREFIX "account", self->account},
        {PREFIX "decision", decision_of(self)},
        {PREFIX "fault", self->fault},
        {PREFIX "items", NUMBER((apr_off_t)self->items)},
        {PREFIX "in", NUMBER((apr_off_t)self->received)},
        {PREFIX "out", NUMBER((apr_off_t)self->sent)},
        {PREFIX "usec", NUMBER((apr_off_t)self->spent)},
        {PREFIX "status", NUMBER((apr_off_t)r->status)},
    };

    memcpy(entries, all, sizeof(all));
}

/* ---- the line */

static int is_plain(unsigned char c)
{
    return c < 0x80 && (apr_isalnum(c) || strchr("._:/*@()-", c) != NULL);
}

static const char *escaped(const char *value, apr_pool_t *pool)
{
    static const char digits[] = "0123456789ABCDEF";
    char *text, *out;
    apr_size_t i;

    if (value == NULL || *value == '\0')
        return "-";
    if (strcmp(value, "-") == 0)
        return "%2D";
    out = text = apr_palloc(pool, 3 * MOST + 1);
    for (i = 0; value[i] != '\0' && i < MOST; i++) {
        unsigned char c = (unsigned char)value[i];

        if (is_plain(c)) {
            *out++ = (char)c;
            continue;
        }
        *out++ = '%';
        *out++ = digits[c >> 4];
        *out++ = digits[c & 15];
    }
    *out = '\0';
    return text;
}

/* Not ap_log_rerror, which would add the Referer; and not its macro, which
 * leaves out what is below the LogLevel: httpd itself writes every notice. */
static void write_line(const request_rec *r, const entry_t *entries)
{
    apr_pool_t *pool = r->pool;
    const char *line = "audit";
    int i;

    for (i = 0; i < NENTRIES; i++)
        line =
            apr_pstrcat(pool, line, " ", entries[i].name + sizeof(PREFIX) - 1,
                        "=", escaped(entries[i].value, pool), NULL);
    ap_log_error_(APLOG_MARK, APLOG_NOTICE, 0, r->server, "%s", line);
}

/* ---- a request */

static void set_notes(const request_rec *r, const entry_t *entries)
{
    int i;

    for (i = 0; i < NENTRIES; i++) {
        if (entries[i].value != NULL && *entries[i].value != '\0')
            apr_table_setn(r->notes, entries[i].name, entries[i].value);
    }
}

void mod_wsman_audit(mod_wsman_request_t *self)
{
    const mod_wsman_place_t *place =
        mod_wsman_place_of(self->r->per_dir_config);
    entry_t entries[NENTRIES];

    collect(entries, self);
    set_notes(self->r, entries);
    if (place->audit == 1)
        write_line(self->r, entries);
}
