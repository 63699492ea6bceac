/* mod_wsman_authz.c - may this caller do this?  Asked when the envelope has
 * been read: the matching <WSManResource> sections are merged over the
 * request's configuration, and httpd's authorization modules decide.
 */
#include "mod_wsman.h"

#include <apr_fnmatch.h>
#include <apr_strings.h>
#include <strings.h>

#include "../soap/wsm_names.h"
#include "mod_wsman_match.h"

typedef struct question_t {
    mod_wsman_request_t *self;
    const wsm_target_t *target;
    const apr_array_header_t *sections;
    apr_array_header_t *asked; /* unsigned char *: one byte a section */
    apr_pool_t *pool;
} question_t;

/* Does the section speak of the target's class, or of one above it?  An
 * instance of a class is one of its superclasses too. */
static int speaks_of(const question_t *q, const mod_wsman_section_t *section,
                     const wsm_target_t *target, const cim_class_t *cls)
{
    wsm_target_t above = *target;

    if (mod_wsman_match_resource(section->pattern, target, q->pool))
        return 1;
    above.resource_uri = "";
    for (cls = cls ? cls->super : NULL; cls != NULL; cls = cls->super) {
        above.class_name = cls->name;
        if (mod_wsman_match_resource(section->pattern, &above, q->pool))
            return 1;
    }
    return 0;
}

/* One byte a section: does it speak of this target? */
static unsigned char *match_sections(const question_t *q,
                                     const wsm_target_t *target,
                                     const cim_class_t *cls)
{
    int n = q->sections->nelts;
    unsigned char *marks = apr_pcalloc(q->pool, (apr_size_t)n);
    int i;

    for (i = 0; i < n; i++) {
        const mod_wsman_section_t *section =
            &APR_ARRAY_IDX(q->sections, i, mod_wsman_section_t);

        marks[i] = mod_wsman_match_action(section->actions, target) &&
                   speaks_of(q, section, target, cls);
    }
    return marks;
}

static int was_asked(const question_t *q, const unsigned char *marks)
{
    int i;

    for (i = 0; i < q->asked->nelts; i++) {
        if (memcmp(APR_ARRAY_IDX(q->asked, i, unsigned char *), marks,
                   (apr_size_t)q->sections->nelts) == 0)
            return 1;
    }
    return 0;
}

static ap_conf_vector_t *merge_sections(const question_t *q,
                                        const unsigned char *marks)
{
    ap_conf_vector_t *config = q->self->r->per_dir_config;
    int i;

    for (i = 0; i < q->sections->nelts; i++) {
        if (marks[i])
            config = ap_merge_per_dir_configs(
                q->pool, config,
                APR_ARRAY_IDX(q->sections, i, mod_wsman_section_t).config);
    }
    return config;
}

/* A denial must leave no challenge behind: who is denied here has logged in,
 * or cannot. */
static int run_checkers(request_rec *r, ap_conf_vector_t *config)
{
    ap_conf_vector_t *old_config = r->per_dir_config;
    apr_table_t *old_headers = r->err_headers_out;
    int status;

    r->per_dir_config = config;
    r->err_headers_out = apr_table_make(r->pool, 2);
    status = ap_run_auth_checker(r);
    r->per_dir_config = old_config;
    r->err_headers_out = old_headers;
    return status == OK;
}

static void publish(mod_wsman_request_t *self, const wsm_target_t *target)
{
    apr_table_t *env = self->r->subprocess_env;

    self->target = target;
    apr_table_setn(env, "WSMAN_ACTION", target->action);
    apr_table_setn(env, "WSMAN_RESOURCE_URI", target->resource_uri);
    if (target->class_name != NULL)
        apr_table_setn(env, "WSMAN_CLASS", target->class_name);
    if (target->ns != NULL)
        apr_table_setn(env, "WSMAN_NAMESPACE", target->ns);
}

/* Classes of which the same sections speak are asked about once. */
static int is_allowed(question_t *q, const wsm_target_t *target,
                      unsigned char *marks)
{
    int allowed;

    if (memchr(marks, 1, (apr_size_t)q->sections->nelts) == NULL ||
        was_asked(q, marks))
        return 1;
    APR_ARRAY_PUSH(q->asked, unsigned char *) = marks;
    publish(q->self, target);
    allowed = run_checkers(q->self->r, merge_sections(q, marks));
    publish(q->self, q->target);
    return allowed;
}

static int is_class_allowed(question_t *q, const cim_class_t *cls)
{
    wsm_target_t target = *q->target;

    target.resource_uri = "";
    target.class_name = cls->name;
    target.ns = cls->ns;
    return is_allowed(q, &target, match_sections(q, &target, cls));
}

/* An enumeration of just the class (DSP0227 9.3): PolymorphismMode None */
static int is_exact(const question_t *q)
{
    const wsm_request_t *request = q->self->call.request;
    const xmlNode *mode;

    if (request->body == NULL ||
        strcmp(q->target->action, WSM_ACTION_ENUMERATE) != 0)
        return 0;
    mode = wsm_xml_child(request->body, WSM_NS_WSMB, "PolymorphismMode");
    return mode != NULL && strcmp(wsm_xml_text(mode, q->pool), "None") == 0;
}

/* xsi:type makes an instance of a subclass of what Create names. */
static int names_type(const question_t *q)
{
    const xmlNode *body = q->self->call.request->body;

    return body != NULL && strcmp(q->target->action, WSM_ACTION_CREATE) == 0 &&
           wsm_xml_attr(body, WSM_NS_XSI, "type", q->pool) != NULL;
}

static int goes_below(const question_t *q)
{
    return names_type(q) ||
           (mod_wsman_match_goes_below(q->target) && !is_exact(q));
}

/* A class is also a way to the instances of its subclasses: where other
 * sections speak of one of these, they are asked too. */
static wsm_error_t *ask_below(question_t *q, const cim_class_t *cls)
{
    const cim_class_t **below;

    for (below = cim_schema_descendants(q->self->call.endpoint->schema, cls,
                                        q->pool);
         *below != NULL; below++) {
        if (*below != cls && !is_class_allowed(q, *below))
            return wsm_fail(q->pool, WSMAN_E_ACCESS_DENIED,
                            "This user may not do this with %s, whose "
                            "instances are instances of %s too.",
                            (*below)->name, cls->name);
    }
    return NULL;
}

static void open_question(question_t *q, mod_wsman_request_t *self,
                          const wsm_target_t *target)
{
    q->self = self;
    q->target = target;
    q->sections = mod_wsman_place_of(self->r->per_dir_config)->sections;
    q->pool = self->r->pool;
    q->asked = apr_array_make(q->pool, 4, sizeof(unsigned char *));
}

wsm_error_t *mod_wsman_authorize(void *baton, const wsm_target_t *target)
{
    mod_wsman_request_t *self = baton;
    const cim_class_t *cls = NULL;
    wsm_error_t *err;
    question_t q;

    publish(self, target);
    if (*target->resource_uri == '\0') {
        if (!self->anonymous)
            self->call.profiles = mod_wsman_profiles(self->r);
        return NULL;
    }
    err = mod_wsman_root_check(
        self, mod_wsman_place_of(self->r->per_dir_config), target);
    if (err == NULL)
        err = mod_wsman_certificate_check(self, target);
    if (err != NULL)
        return err;
    open_question(&q, self, target);
    if (q.sections == NULL)
        return NULL;
    if (target->class_name != NULL && target->ns != NULL)
        cls = cim_schema_class(self->call.endpoint->schema, target->ns,
                               target->class_name);
    if (!is_allowed(&q, target, match_sections(&q, target, cls)))
        return wsm_fail(q.pool, WSMAN_E_ACCESS_DENIED,
                        "This user may not do this with %s.",
                        target->resource_uri);
    if (cls == NULL ||
        !cim_schema_has_subclasses(self->call.endpoint->schema, cls) ||
        !goes_below(&q))
        return NULL;
    return ask_below(&q, cls);
}

wsm_error_t *mod_wsman_authorize_class(void *baton, const cim_class_t *cls,
                                       int deep)
{
    mod_wsman_request_t *self = baton;
    question_t q;

    open_question(&q, self, self->target);
    if (q.sections == NULL)
        return NULL;
    if (!is_class_allowed(&q, cls))
        return wsm_fail(q.pool, WSMAN_E_ACCESS_DENIED,
                        "This user may not do this with %s.", cls->name);
    return deep ? ask_below(&q, cls) : NULL;
}

/* Who does not have a right that he did not ask for is nobody's business. */
static int run_checkers_quietly(request_rec *r, ap_conf_vector_t *config)
{
    static const struct ap_logconf quiet = {NULL, APLOG_CRIT};
    const struct ap_logconf *old_log = r->log;
    int allowed;

    r->log = &quiet;
    allowed = run_checkers(r, config);
    r->log = old_log;
    return allowed;
}

int mod_wsman_authorize_right(mod_wsman_request_t *self, const char *right)
{
    const wsm_target_t target = {.action = right, .resource_uri = ""};
    unsigned char *marks;
    question_t q;
    int found = 0;
    int i;

    open_question(&q, self, self->target);
    if (q.sections == NULL)
        return 0;
    marks = apr_pcalloc(q.pool, (apr_size_t)q.sections->nelts);
    for (i = 0; i < q.sections->nelts; i++) {
        const mod_wsman_section_t *section =
            &APR_ARRAY_IDX(q.sections, i, mod_wsman_section_t);

        marks[i] =
            *section->actions != NULL &&
            mod_wsman_match_action(section->actions, &target) &&
            mod_wsman_match_resource(section->pattern, self->target, q.pool);
        found |= marks[i];
    }
    return found && run_checkers_quietly(self->r, merge_sections(&q, marks));
}

int mod_wsman_authorize_is_named(const mod_wsman_request_t *self,
                                 const char *uri)
{
    const apr_array_header_t *sections =
        mod_wsman_place_of(self->r->per_dir_config)->sections;
    int i;

    for (i = 0; sections != NULL && i < sections->nelts; i++) {
        const mod_wsman_section_t *section =
            &APR_ARRAY_IDX(sections, i, mod_wsman_section_t);

        if (*section->actions != NULL &&
            strncasecmp(section->pattern, uri, strlen(uri)) == 0 &&
            mod_wsman_match_action(section->actions, self->target) &&
            mod_wsman_match_resource(section->pattern, self->target,
                                     self->r->pool))
            return 1;
    }
    return 0;
}
