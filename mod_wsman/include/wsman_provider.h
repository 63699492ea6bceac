/* wsman_provider.h - how to serve managed objects with mod_wsman.
 *
 * THE IDEA
 *
 * A provider is a shared object that serves the instances of some CIM classes.
 * It exports one data symbol, declared with WSMAN_PROVIDER_DECLARE below, and
 * links nothing of mod_wsman: what it needs from the host comes as a table of
 * functions (wsman_host_t).  It never sees SOAP, XML, HTTP or a request_rec;
 * it sees classes, instances, paths and queries.  The definitions of its
 * classes are MOF files beside it.  providers/hello is the tutorial, and
 * `wsman-provider-check foo.so wsman.mof foo.mof` runs every hook that
 * reads under a host of its own, and says where it breaks this contract.
 *
 * WHAT THE HOST HAS DONE BEFORE A HOOK IS CALLED
 *
 * The caller is authenticated and may do this; the class exists and is served
 * by this provider; keys and arguments are of the declared types; a method is
 * declared and all its required arguments are there.  A hook need not check
 * any of this again.
 *
 * MEMORY
 *
 * call->pool lives for the call: what a hook returns (an instance, a path, an
 * error) is made there.  call->scratch is cleared by the host after each
 * sink put: what is needed for one instance of a list is made there.  The host
 * copies what it keeps before put() returns.  What lives longer belongs to the
 * pool given to start(), and is the provider's to protect from other threads.
 * Everything that a hook is given is valid until the hook returns.
 *
 * VALUES
 *
 * An instance is filled with host->set(), or by index: values[i] of the index
 * that host->property_index() gave, with a value of exactly the declared type
 * (set() fits integers to the property's width, an assignment does not).  What
 * is not set has no value: it reads as NULL.  Set what you know and nothing
 * else: a guess cannot be told from a fact, NULL can.  The keys are always set,
 * also when query->wanted does not ask for them: without them the host cannot
 * name the instance.  Strings are UTF-8; what XML cannot carry the host writes
 * as '?'.  Sizes and times have the unit that the class declares.
 *
 * A class with no key, or one declared [Singleton], has one instance; its path
 * may have no keys.
 *
 * RESUME KEYS
 *
 * A page of a list ends where the client's limits want it; the next page may be
 * asked of another process, minutes later, after a restart.  A RESUMABLE
 * provider finds its place again by the key of the last instance that was taken
 * (query->after), so its lists have one fixed order, by something that an
 * instance keeps for life: a number, a name.  Not a position, which shifts when
 * an instance goes.  List in ascending order and go on with the first that is
 * greater than `after`, whether or not its instance is still there.  A list
 * that is always one instance puts it only when `after` is NULL.
 *
 * THREADS
 *
 * start() is called once in each httpd child for each repository that the
 * provider serves (virtual hosts may load different MOF), before any request.
 * Without WSMAN_PROVIDER_THREADED the host serialises all calls of a provider
 * within one process; there are always several processes.  With it, hooks run
 * at the same time in several threads.
 *
 * ERRORS
 *
 * A hook returns NULL for success, or an error made with host->error().  The
 * code says which fault the client gets; see wsman_error.h.  The usual ones:
 *     no such instance                 WSMAN_E_DESTINATION_UNREACHABLE
 *     not for this user                WSMAN_E_ACCESS_DENIED
 *     a value that cannot be           WSMAN_E_REPRESENTATION_INVALID_VALUES
 *                                      (put, create),
 *                                      WSMAN_E_PARAMETER_INVALID_VALUE (invoke)
 *     create of what is there          WSMAN_E_ALREADY_EXISTS
 *     deadline reached, client gone    WSMAN_E_TIMED_OUT
 *     anything else                    WSMAN_E_INTERNAL_ERROR with the status
 * A provider that thinks in CIM statuses makes its errors with
 * host->cim_error(), and the host finds the fault for them.  Either way the
 * client gets a CIM_Error besides the fault; who knows a status that is more
 * exact than the code's sets it (`cim_status`) before returning the error.
 *
 * TIME
 *
 * Every call has a deadline.  A hook that loops or waits asks
 * wsman_cancelled(call) now and then, and returns when it is true: the host
 * answers wsman:TimedOut, whatever get, list and invoke return then; put,
 * create and remove return an error unless they have done it.  The host cannot
 * interrupt a hook that does not ask.
 */
#ifndef WSMAN_PROVIDER_H
#define WSMAN_PROVIDER_H

#include <apr_tables.h>
#include <apr_time.h>

#include "wsman_cim.h"
#include "wsman_error.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WSMAN_PROVIDER_COOKIE 0x57534d50u /* "WSMP" */
/** Changed when something here is not compatible: the host refuses others. */
#define WSMAN_PROVIDER_MAJOR 1
/** Raised when something is added at the end of a structure.  A host takes
 *  providers of its own and of older minors. */
#define WSMAN_PROVIDER_MINOR 1

/** The name of the exported symbol. */
#define WSMAN_PROVIDER_SYMBOL "wsman_provider"

/** Hooks may run at the same time in several threads of a process. */
#define WSMAN_PROVIDER_THREADED 0x1u
/** list() gives a resume key with each instance and can start after it. */
#define WSMAN_PROVIDER_RESUMABLE 0x2u

/* Severities for host->log(): httpd's own. */
#define WSMAN_LOG_ERR     3
#define WSMAN_LOG_WARNING 4
#define WSMAN_LOG_NOTICE  5
#define WSMAN_LOG_INFO    6
#define WSMAN_LOG_DEBUG   7

typedef struct wsman_host_t wsman_host_t;
typedef struct wsman_call_t wsman_call_t;
typedef struct wsman_query_t wsman_query_t;
typedef struct wsman_sink_t wsman_sink_t; /* opaque */

/** What a hook is told about the request it works for. */
struct wsman_call_t {
    const wsman_host_t *host;
    /** What start() put into *state. */
    void *state;
    apr_pool_t *pool;
    apr_pool_t *scratch;
    /** The authenticated user as httpd names it; NULL where the server lets
     *  nobody in particular in.  Never a default: NULL is not root. */
    const char *user;
    /** The namespace that the request is addressed to, "root/cimv2". */
    const char *ns;
    /** The client's wish, RFC 3066 ("en-US"), or NULL. */
    const char *locale;
    /** When the call must have ended; 0 in start(): there is none.  What waits
     *  for others gives them no longer than this. */
    apr_time_t deadline;
};

/** An equality that every wanted instance fulfils: property = value. */
typedef struct wsman_term_t {
    const char *name;
    cim_value_t value;
} wsman_term_t;

/** What is wanted of a list.  All of it is a permission to do less work: the
 *  host filters and projects again. */
struct wsman_query_t {
    /** The class; instances of just this class are to be put, not those of
     *  its subclasses (for these the host calls again). */
    const cim_class_t *cls;
    const wsman_term_t *terms;
    apr_uint32_t nterms;
    /** One byte a property of cls, by its index, 0: not needed.  NULL: all
     *  are. */
    const unsigned char *wanted;
    /** The resume key after which the list goes on; NULL: from the beginning.
     *  Only for RESUMABLE providers.  The instance that had it may be gone:
     *  go on with the next in order. */
    const char *after;
};

typedef enum wsman_sink_e {
    WSMAN_SINK_MORE, /* go on */
    WSMAN_SINK_FULL  /* nothing more is wanted: return NULL at once */
} wsman_sink_e;

/** What the host does for providers.  Functions are added at the end; `size`
 *  tells an older host from a newer one. */
struct wsman_host_t {
    apr_uint32_t size;

    /** Writes a line to the server's log.
     *  @param call   the call, or NULL outside of one
     *  @param level  WSMAN_LOG_* */
    void (*log)(const wsman_call_t *call, int level, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

    /** Makes an error.
     *  @param status  what the system said, or APR_SUCCESS
     *  @param cause   the error below, or NULL
     *  @return the error, in `pool`; never NULL */
    wsman_error_t *(*error)(apr_pool_t *pool, wsman_code_e code,
                            apr_status_t status, const wsman_error_t *cause,
                            const char *format, ...)
        __attribute__((format(printf, 5, 6)));

    /** @return true when the deadline has passed or the client has gone */
    int (*cancelled)(const wsman_call_t *call);

    /** Finds a class.
     *  @param ns  a namespace, or NULL for the call's
     *  @return the class, for as long as this start()ed provider, or NULL */
    const cim_class_t *(*find_class)(const wsman_call_t *call, const char *ns,
                                     const char *name);
    const char *(*class_name)(const cim_class_t *cls);
    /** @return true if cls is `name` or a subclass of it */
    int (*class_is_a)(const cim_class_t *cls, const char *name);
    /** @return the index of a property (inherited ones too) in an instance's
     *  values, valid as long as the class, or -1.  A property has the same
     *  index in all subclasses. */
    int (*property_index)(const cim_class_t *cls, const char *name);

    /** @return an instance with no value named yet, in `pool` */
    cim_instance_t *(*instance_make)(const cim_class_t *cls, apr_pool_t *pool);
    /** Sets a property; the value is not copied.  An integer is taken over to
     *  the property's width if it is in its range.
     *  @return APR_SUCCESS, APR_NOTFOUND (no such property), APR_EINVAL (of
     *  another type or out of range) */
    apr_status_t (*set)(cim_instance_t *instance, const char *name,
                        cim_value_t value);
    /** @return the value; NULL if the class has no such property or it is not
     *  named in this instance.  (A NULL value is a value with is_null.) */
    const cim_value_t *(*get)(const cim_instance_t *instance, const char *name);
    /** @return the value of a key, or NULL */
    const cim_value_t *(*key)(const cim_path_t *path, const char *name);
    /** @return the path of an instance, in `pool`; NULL if a key is missing */
    cim_path_t *(*path_of)(const cim_instance_t *instance, apr_pool_t *pool);

    /** Hands over one instance of a list.  It is checked against its class;
     *  one that does not fit ends the enumeration with wsman:InternalError and
     *  a line in the log.
     *  @param resume_key  for RESUMABLE providers: a text, at most 512 bytes,
     *         that identifies the place; NULL otherwise
     *  @return FULL: return NULL now.  Whether this instance was taken is the
     *  host's business: it asks again from the place it knows */
    wsman_sink_e (*put)(wsman_sink_t *sink, const cim_instance_t *instance,
                        const char *resume_key);

    /** Reads an instance of any class, served by whatever provider or kept in
     *  the repository, with the rights of the caller.  While a hook that is not
     *  THREADED waits here, others of its provider may run. */
    wsman_error_t *(*get_instance)(const wsman_call_t *call,
                                   const cim_path_t *path,
                                   const cim_instance_t **instance);

    /* Since minor 1 */

    /** Makes an error from a CIM status; the code follows from it.  An unknown
     *  status is WSMAN_CIM_FAILED. */
    wsman_error_t *(*cim_error)(apr_pool_t *pool, wsman_cim_status_e cim_status,
                                apr_status_t status, const wsman_error_t *cause,
                                const char *format, ...)
        __attribute__((format(printf, 5, 6)));
};

typedef struct wsman_param_t {
    const char *name;
    const char *value;
} wsman_param_t;

typedef struct wsman_provider_t {
    apr_uint32_t cookie; /* WSMAN_PROVIDER_COOKIE */
    apr_uint16_t major;  /* WSMAN_PROVIDER_MAJOR */
    apr_uint16_t minor;  /* WSMAN_PROVIDER_MINOR */
    apr_uint32_t size;   /* sizeof(wsman_provider_t) */
    apr_uint32_t flags;  /* WSMAN_PROVIDER_THREADED, _RESUMABLE */
    const char *version; /* of the provider, for people; may be NULL */
    /** NULL-terminated: the classes that it serves, "Class" for the default
     *  namespace or "root/other:Class". */
    const char *const *classes;

    /** Called before any other hook; see THREADS above.
     *  @param call    as for other hooks: host, the repository's default
     *                 namespace, the classes; no user and no deadline
     *  @param params  the key=value words of its WSManProvider line, ended by
     *                 a NULL name
     *  @param state   set to whatever the hooks want to find in call->state
     *  @param pool    lives until stop() has returned
     *  An error is logged, and every request for its classes is answered with
     *  wsa:EndpointUnavailable.  NULL: nothing to start. */
    wsman_error_t *(*start)(wsman_call_t *call, const wsman_param_t *params,
                            void **state, apr_pool_t *pool);
    /** The end of what start() began, when the child ends in good order.  May
     *  be NULL. */
    void (*stop)(void *state);

    /* Each of these may be NULL: such a request is then answered with
     * wsa:ActionNotSupported.  (get NULL, list there: the host lists and takes
     * the instance with these keys; associate likewise.) */

    /** Reads one instance (DSP0226 7.3).
     *  @param path      all keys of the class, of the declared types
     *  @param instance  set to it; untouched on error */
    wsman_error_t *(*get)(wsman_call_t *call, const cim_path_t *path,
                          const cim_instance_t **instance);
    /** Puts the instances of query->cls into the sink, in any order, or, if
     *  RESUMABLE, in the order of the resume keys (DSP0226 8). */
    wsman_error_t *(*list)(wsman_call_t *call, const wsman_query_t *query,
                           wsman_sink_t *sink);
    /** Changes an instance (7.4): the properties that are named in `changes`
     *  (CIM_NONE: leave alone).  Keys are not among them, nor what the class
     *  does not declare [Write].  All or nothing. */
    wsman_error_t *(*put)(wsman_call_t *call, const cim_path_t *path,
                          const cim_instance_t *changes);
    /** Creates an instance (7.6).
     *  @param path  set to its path, which may have keys that the client did
     *               not name; untouched on error */
    wsman_error_t *(*create)(wsman_call_t *call, const cim_instance_t *instance,
                             const cim_path_t **path);
    /** Deletes an instance (7.5). */
    wsman_error_t *(*remove)(wsman_call_t *call, const cim_path_t *path);
    /** Runs a method (9).
     *  @param path    the instance; without keys for a static method
     *  @param method  the name as the class declares it
     *  @param in      the arguments: an instance whose properties are the
     *                 method's [In] parameters
     *  @param out     to be filled with host->set(): its properties are the
     *                 [Out] parameters and "ReturnValue" */
    wsman_error_t *(*invoke)(wsman_call_t *call, const cim_path_t *path,
                             const char *method, const cim_instance_t *in,
                             cim_instance_t *out);
    /** Puts what is associated with `path` by the association class query->cls
     *  (DSP0227 8.2): the instances of that class that refer to it, in any
     *  reference property, in any order, without resume keys.  The host looks
     *  again and follows them itself.  NULL: the host lists the class and takes
     *  those that refer to it, which costs a walk through all of them.
     *  Hosts of minor 0 never call it.
     *  @param path  all keys, the namespace, and the class that the instance
     *               really is of */
    wsman_error_t *(*associate)(wsman_call_t *call, const cim_path_t *path,
                                const wsman_query_t *query, wsman_sink_t *sink);
    /** Somebody wants the indications of query->cls; the first of them only.
     *  Called by hosts that deliver indications; those of minor 0 do not. */
    wsman_error_t *(*subscribe)(wsman_call_t *call, const wsman_query_t *query);
    /** Nobody wants the indications of query->cls any more. */
    void (*unsubscribe)(wsman_call_t *call, const wsman_query_t *query);
} wsman_provider_t;

/** Declares the exported symbol:
 *
 *     WSMAN_PROVIDER_DECLARE = {
 *         WSMAN_PROVIDER_HEADER, .flags = WSMAN_PROVIDER_THREADED,
 *         .version = "1.0", .classes = my_classes, .list = my_list };
 */
#define WSMAN_PROVIDER_DECLARE                                                 \
    __attribute__((visibility("default"))) const wsman_provider_t wsman_provider

#define WSMAN_PROVIDER_HEADER                                                  \
    .cookie = WSMAN_PROVIDER_COOKIE, .major = WSMAN_PROVIDER_MAJOR,            \
    .minor = WSMAN_PROVIDER_MINOR, .size = sizeof(wsman_provider_t)

static inline int wsman_cancelled(const wsman_call_t *call)
{
    return call->host->cancelled(call);
}

static inline wsman_sink_e wsman_sink_put(const wsman_call_t *call,
                                          wsman_sink_t *sink,
                                          const cim_instance_t *instance,
                                          const char *resume_key)
{
    return call->host->put(sink, instance, resume_key);
}

#ifdef __cplusplus
}
#endif
#endif
