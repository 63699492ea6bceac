/* cim_mof.h - reads MOF (DSP0004 7 and Annex A) into a schema.
 *
 * Classes, associations, indications, qualifier declarations, instances with
 * aliases, the pragmas include, namespace, locale and instancelocale (others
 * are ignored, as DSP0004 7.10 asks).  A namespace holds to the next such
 * pragma, or to the next file of the call.
 *
 * Classes may derive from classes that come later, in any file of the same
 * call; references may name classes that are not declared at all.  A qualifier
 * is declared before it is used, unless it is one of DSP0004's own.  The value
 * of an embedded instance is an alias, `instance of` in its place, or a string
 * with that in it.
 *
 * An error names file, line, column and what was expected there:
 *     CIM_Foo.mof:12:7: expected ';' after the property, found 'uint8'
 */
#ifndef CIM_MOF_H
#define CIM_MOF_H

#include "cim_schema.h"

typedef struct cim_mof_options_t {
    /** Where declarations go until a #pragma namespace; not NULL. */
    const char *ns;
    /** Bytes of text, all files together; 0: 64 MB. */
    apr_size_t limit;
    /** Called for a class that does not fit the schema; then it is left out.
     *  NULL: that is an error. */
    void (*refused)(void *baton, const cim_class_t *cls,
                    const wsm_error_t *why);
    void *baton;
    /** Counts the classes that are declared; NULL: nobody wants to know. */
    apr_uint32_t *classes;
} cim_mof_options_t;

/** Reads files in order.  All or nothing: on error the schema is not to be
 *  used further.
 *  @param files  NULL-terminated paths; #pragma include is relative to the
 *                including file, at most 32 deep */
wsm_error_t *cim_mof_read_files(cim_schema_t *schema, const char *const *files,
                                const cim_mof_options_t *options,
                                apr_pool_t *scratch);

/** The same for a text, which cannot include files.
 *  @param name  what errors call it */
wsm_error_t *cim_mof_read_text(cim_schema_t *schema, const char *name,
                               const char *text, apr_size_t length,
                               const cim_mof_options_t *options,
                               apr_pool_t *scratch);

/** Many texts that are read as one: classes may derive from classes of later
 *  texts. */
typedef struct cim_mof_reader_t cim_mof_reader_t;

/** @param options  must live until the end
 *  @param scratch  for errors, and what is needed only while reading */
wsm_error_t *cim_mof_begin(cim_mof_reader_t **reader, cim_schema_t *schema,
                           const cim_mof_options_t *options,
                           apr_pool_t *scratch);
/** On error what the text declared before it stays declared; more texts may
 *  follow.
 *  @param ns    where its declarations go
 *  @param name  what errors call it; must live until the end */
wsm_error_t *cim_mof_feed(cim_mof_reader_t *reader, const char *ns,
                          const char *name, const char *text,
                          apr_size_t length);
/** Adds what waited for later texts.  The reader is gone, also on error. */
wsm_error_t *cim_mof_end(cim_mof_reader_t *reader);

#endif
