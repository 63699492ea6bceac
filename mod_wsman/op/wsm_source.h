/* wsm_source.h - where the items of an enumeration come from.
 *
 * A source walks what it has in a fixed order, from the place where the last
 * page ended, and hands each thing to whoever takes it.  How long a page is,
 * enumeration modes, spooling what cannot be asked for again, counting: all
 * that is wsm_page's.
 *
 * Which source an enumeration has is said by the resource (wsm_exchange_t.
 * source), else by its query; so it is the same one in every Pull.
 */
#ifndef WSM_SOURCE_H
#define WSM_SOURCE_H

#include "../query/wsm_query.h"
#include "wsm_context.h"

/** One thing on its way into a page. */
typedef struct wsm_entry_t {
    const void *thing; /* known to its source only */
    /** Where the walk stands now.  They come back as context->after_class and
     *  after_key when the next page is asked for; in another process, perhaps
     *  after a restart.
     *  key NULL: the source cannot go on from here, what does not fit the page
     *  is spooled. */
    const char *class_name;
    const char *key;
} wsm_entry_t;

/** Takes one thing.
 *  @param scratch  cleared when it returns
 *  @return FULL if nothing more is wanted: this one was not taken either */
typedef wsman_sink_e wsm_source_take_fn(void *baton, const wsm_entry_t *entry,
                                        apr_pool_t *scratch);

/** A walk, as its source sees it. */
typedef struct wsm_walk_t {
    wsm_exchange_t *ex;
    const wsm_context_t *context; /* modes, options, and where to begin */
    const wsm_query_t *query;     /* NULL: all */
    wsm_source_take_fn *take;
    void *baton;
} wsm_walk_t;

struct wsm_source_t {
    /** Takes the filter of an Enumerate, before begin(), and keeps what it says
     *  in context->options.  NULL: there is none, where the source is that of
     *  the resource; else the query is the filter. */
    wsm_error_t *(*filter)(wsm_context_t *context, const xmlNode *filter,
                           wsm_exchange_t *ex);
    /** Looks at an Enumerate before anything is done: refuses what cannot be
     *  (modes, options), and may set context->options to what later pages must
     *  know.  NULL: nothing to refuse. */
    wsm_error_t *(*begin)(wsm_context_t *context, const wsm_query_t *query,
                          wsm_exchange_t *ex);
    /** May the caller see these things?  Asked for every Enumerate and Pull;
     *  the resource URI itself has been asked about already.  NULL: he may. */
    wsm_error_t *(*authorize)(const wsm_walk_t *walk);
    /** Hands over one thing after the other until it was the last or take()
     *  says FULL.  WSMAN_E_TIMED_OUT when the deadline passed: what was taken
     *  until then is good. */
    wsm_error_t *(*walk)(const wsm_walk_t *walk);
    /** Writes a thing as an item: one element. */
    void (*write)(wsm_writer_t *out, const wsm_walk_t *walk, const void *thing,
                  apr_pool_t *scratch);
    /** The EPR of a thing.  @return 0 if it has none */
    int (*epr)(wsm_epr_t *epr, const wsm_walk_t *walk, const void *thing,
               apr_pool_t *scratch);
};

/** The source of an enumeration. */
const wsm_source_t *wsm_source_of(const wsm_exchange_t *ex,
                                  const wsm_query_t *query);

/** Instances of a class and those below it (WSM_SOURCE_INSTANCES). */
extern const wsm_source_t wsm_source_instances;
/** What an object is associated with, and the associations that refer to it
 *  (WSM_SOURCE_ASSOCIATED, _REFERENCES). */
extern const wsm_source_t wsm_source_associations;
/** Classes (WSM_SOURCE_CLASSES). */
extern const wsm_source_t wsm_source_classes;
/** The same as CIM-XML: what the resource of a class has (op_class.h). */
extern const wsm_source_t wsm_source_class_schema;

#endif
