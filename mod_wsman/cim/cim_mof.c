/* cim_mof.c - files, pragmas, and adding what was read. */
#include "cim_mof.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_allocator.h>
#include <apr_strings.h>

#include "cim_mof_parse.h"
#include "cim_name.h"
#include "cim_resolve.h"

#define DEFAULT_LIMIT ((apr_size_t)64 << 20)
#define MAX_INCLUDES  32

/** "\\host\root\cimv2" and "//./root/cimv2" are "root/cimv2".
 *  @return NULL if nothing is left, or it is no namespace's name */
static const char *normal_namespace(const char *text, apr_pool_t *pool)
{
    char *ns = apr_pstrdup(pool, text);
    for (char *p = ns; *p; p++) {
        if (*p == '\\')
            *p = '/';
        else if ((unsigned char)*p <= ' ' || strchr("\"':;,=", *p))
            return NULL;
    }
    if (ns[0] == '/' && ns[1] == '/') {
        ns = strchr(ns + 2, '/');
        if (!ns)
            return NULL;
    }
    while (*ns == '/')
        ns++;
    return *ns ? ns : NULL;
}

/** "(...)" of a pragma that means nothing to us. */
static wsm_error_t *skip_pragma(cim_mof_reader_t *reader)
{
    int open = 0;
    if (reader->lex.kind != '(')
        return NULL;
    do {
        if (reader->lex.kind == '(')
            open++;
        else if (reader->lex.kind == ')')
            open--;
        else if (reader->lex.kind == CIM_MOF_END ||
                 reader->lex.kind == CIM_MOF_BAD)
            return cim_mof_expected(reader, "')' after the pragma");
        cim_mof_lex_next(&reader->lex);
    } while (open > 0);
    return NULL;
}

static wsm_error_t *on_include(cim_mof_reader_t *reader, const char *text,
                               const cim_mof_place_t *place)
{
    return cim_mof_include(reader, text, place);
}

static wsm_error_t *on_namespace(cim_mof_reader_t *reader, const char *text,
                                 const cim_mof_place_t *place)
{
    const char *ns = normal_namespace(text, reader->texts);
    if (!ns)
        return cim_mof_fail(reader, place, "'%.80s' is no namespace", text);
    reader->ns = ns;
    return NULL;
}

static wsm_error_t *on_locale(cim_mof_reader_t *reader, const char *text,
                              const cim_mof_place_t *place)
{
    if (*text && strlen(text) <= 64)
        return NULL;
    return cim_mof_fail(reader, place, "'%.80s' is no locale", text);
}

static const struct {
    const char *name;
    wsm_error_t *(*run)(cim_mof_reader_t *reader, const char *text,
                        const cim_mof_place_t *place);
} pragmas[] = {{"include", on_include},
               {"namespace", on_namespace},
               {"locale", on_locale},
               {"instancelocale", on_locale}};

/** From after the word #pragma on. */
static wsm_error_t *parse_pragma(cim_mof_reader_t *reader)
{
    unsigned i = 0;
    const unsigned count = sizeof(pragmas) / sizeof(pragmas[0]);
    const char *text;
    if (reader->lex.kind != CIM_MOF_NAME)
        return cim_mof_expected(reader, "the name of a pragma");
    while (i < count && !cim_mof_lex_is(&reader->lex, pragmas[i].name))
        i++;
    cim_mof_lex_next(&reader->lex);
    if (i == count)
        return skip_pragma(reader);
    wsm_error_t *err = cim_mof_take(reader, '(', "'(' after the pragma");
    cim_mof_place_t place = cim_mof_here(reader);
    if (!err)
        err = cim_mof_take_string(reader, &text);
    if (!err && reader->lex.kind != ')')
        err = cim_mof_expected(reader, "')' after the string");
    if (!err)
        err = pragmas[i].run(reader, text, &place);
    if (!err)
        cim_mof_lex_next(&reader->lex);
    return err;
}

static wsm_error_t *parse_top_instance(cim_mof_reader_t *reader)
{
    cim_mof_instance_t *instance;
    wsm_error_t *err = cim_mof_parse_instance(reader, &instance);
    if (err)
        return err;
    APR_ARRAY_PUSH(reader->instances, cim_mof_instance_t *) = instance;
    return cim_mof_take(reader, ';', "';' after the instance");
}

static wsm_error_t *parse_declaration(cim_mof_reader_t *reader)
{
    const cim_qualifier_t *qualifiers;
    int nqualifiers;
    if (cim_mof_accept(reader, CIM_MOF_PRAGMA))
        return parse_pragma(reader);
    if (cim_mof_accept_word(reader, "qualifier"))
        return cim_mof_parse_qualifier_type(reader);
    int listed = reader->lex.kind == '[';
    wsm_error_t *err =
        cim_mof_parse_qualifiers(reader, &qualifiers, &nqualifiers);
    if (err)
        return err;
    if (cim_mof_accept_word(reader, "class"))
        return cim_mof_parse_class(reader, qualifiers, nqualifiers);
    if (cim_mof_accept_word(reader, "instance"))
        return parse_top_instance(reader);
    return cim_mof_expected(reader, listed
                                        ? "'class' or 'instance'"
                                        : "a class, an instance, a qualifier "
                                          "declaration or a pragma");
}

wsm_error_t *cim_mof_parse_text(cim_mof_reader_t *reader, const char *file,
                                const char *text, apr_size_t length)
{
    wsm_error_t *err = NULL;
    cim_mof_lex_start(&reader->lex, file, text, length);
    if (length >= 2 &&
        (!memcmp(text, "\xff\xfe", 2) || !memcmp(text, "\xfe\xff", 2))) {
        const cim_mof_place_t start = {file, 1, 1};
        return cim_mof_fail(reader, &start,
                            "this is UTF-16; MOF is read as UTF-8 only");
    }
    cim_mof_lex_next(&reader->lex);
    while (!err && reader->lex.kind != CIM_MOF_END)
        err = parse_declaration(reader);
    return err;
}

/** Reads all of an open file; the text ends with a NUL.
 *  @return an errno */
static int read_all(int fd, apr_size_t limit, char **text, apr_size_t *length)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return errno;
    if (!S_ISREG(info.st_mode))
        return S_ISDIR(info.st_mode) ? EISDIR : EINVAL;
    if ((apr_uint64_t)info.st_size > limit)
        return EFBIG;
    apr_size_t size = (apr_size_t)info.st_size;
    apr_size_t used = 0;
    *text = malloc(size + 1);
    if (!*text)
        return ENOMEM;
    while (used < size) {
        ssize_t got = read(fd, *text + used, size - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno;
        if (got == 0)
            break; /* it has become shorter */
        used += (apr_size_t)got;
    }
    (*text)[used] = '\0';
    *length = used;
    return 0;
}

/** Reads a file and what it includes.  `place` is the pragma's, or NULL. */
static wsm_error_t *parse_file(cim_mof_reader_t *reader, const char *path,
                               const cim_mof_place_t *place)
{
    char *text = NULL;
    apr_size_t length = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int failed = fd < 0 ? errno : read_all(fd, reader->left, &text, &length);
    if (fd >= 0)
        close(fd);
    wsm_error_t *err = NULL;
    if (failed) {
        err =
            wsm_error_make(reader->errors, WSMAN_E_INTERNAL_ERROR, failed, NULL,
                           failed == EFBIG ? "%s: the MOF files together are "
                                             "larger than the limit"
                                           : "%s: cannot be read",
                           path);
        if (place)
            err = wsm_error_make(reader->errors, WSMAN_E_INTERNAL_ERROR,
                                 APR_SUCCESS, err,
                                 "%s:%u:%u: cannot include this file",
                                 place->file, place->line, place->column);
    } else {
        reader->left -= length;
        err = cim_mof_parse_text(reader, path, text, length);
    }
    free(text);
    return err;
}

wsm_error_t *cim_mof_include(cim_mof_reader_t *reader, const char *path,
                             const cim_mof_place_t *place)
{
    if (!reader->may_include)
        return cim_mof_fail(reader, place, "a text cannot include a file");
    if (reader->includes >= MAX_INCLUDES)
        return cim_mof_fail(reader, place,
                            "files include each other more than %d deep",
                            MAX_INCLUDES);
    const char *slash = strrchr(place->file, '/');
    if (path[0] != '/' && slash)
        path = apr_psprintf(reader->pool, "%.*s/%s", (int)(slash - place->file),
                            place->file, path);
    cim_mof_lexer_t outer = reader->lex;
    reader->includes++;
    wsm_error_t *err = parse_file(reader, path, place);
    reader->includes--;
    reader->lex = outer;
    return err;
}

wsm_error_t *cim_mof_add_class(cim_mof_reader_t *reader, cim_class_t *cls,
                               const cim_mof_place_t *place)
{
    wsm_error_t *why = cim_schema_add_class(reader->schema, cls);
    if (reader->options->classes)
        ++*reader->options->classes;
    if (!why)
        return NULL;
    wsm_error_t *err = cim_mof_fail(reader, place, "%s", why->message);
    err->cim_status = why->cim_status;
    if (!reader->options->refused)
        return err;
    reader->options->refused(reader->options->baton, cls, err);
    return NULL;
}

/** The superclass of a class that waits, if it waits too. */
static cim_mof_class_t *waiting_super(const cim_mof_reader_t *reader,
                                      const cim_mof_class_t *waits)
{
    const cim_class_t *cls = waits->cls;
    if (!cls->super_name ||
        (!cim_schema_base(reader->schema) &&
         cim_schema_class(reader->schema, cls->ns, cls->super_name)))
        return NULL;
    cim_mof_class_t *super =
        cim_table_get(reader->waiting, apr_pstrcat(reader->errors, cls->ns, ":",
                                                   cls->super_name, NULL));
    return super && !super->added ? super : NULL;
}

/** Adds the class and, before it, those above it that wait. */
static wsm_error_t *add_chain(cim_mof_reader_t *reader, cim_mof_class_t *last)
{
    cim_mof_class_t *chain[CIM_MAX_LEVELS + 1];
    int levels = 0;
    for (cim_mof_class_t *c = last; c; c = waiting_super(reader, c)) {
        if (levels > CIM_MAX_LEVELS)
            return cim_mof_fail(reader, &last->place,
                                "%s derives from itself, or from more than %d "
                                "classes",
                                last->cls->name, CIM_MAX_LEVELS);
        chain[levels++] = c;
    }
    while (levels-- > 0) {
        cim_mof_class_t *waits = chain[levels];
        wsm_error_t *err = cim_mof_add_class(reader, waits->cls, &waits->place);
        if (err)
            return err;
        waits->added = 1;
    }
    return NULL;
}

static wsm_error_t *finish(cim_mof_reader_t *reader)
{
    for (int i = 0; i < reader->classes->nelts; i++) {
        cim_mof_class_t *waits =
            APR_ARRAY_IDX(reader->classes, i, cim_mof_class_t *);
        wsm_error_t *err = waits->added ? NULL : add_chain(reader, waits);
        if (err)
            return err;
    }
    return cim_mof_add_instances(reader);
}

/** What is only needed while reading has an allocator of its own, so that it
 *  goes back to the system. */
static apr_status_t make_pool(apr_pool_t **pool, apr_pool_t *parent)
{
    apr_allocator_t *allocator;
    apr_status_t status = apr_allocator_create(&allocator);
    if (status != APR_SUCCESS)
        return status;
    status = apr_pool_create_ex(pool, parent, NULL, allocator);
    if (status == APR_SUCCESS)
        apr_allocator_owner_set(allocator, *pool);
    else
        apr_allocator_destroy(allocator);
    return status;
}

wsm_error_t *cim_mof_begin(cim_mof_reader_t **made, cim_schema_t *schema,
                           const cim_mof_options_t *options,
                           apr_pool_t *scratch)
{
    apr_pool_t *pool;
    apr_status_t status = make_pool(&pool, scratch);
    if (status != APR_SUCCESS)
        return wsm_error_make(scratch, WSMAN_E_INTERNAL_ERROR, status, NULL,
                              "no memory to read MOF");
    cim_mof_reader_t *reader = apr_pcalloc(pool, sizeof(*reader));
    reader->pool = pool;
    reader->schema = schema;
    reader->options = options;
    reader->errors = scratch;
    reader->texts = cim_schema_pool(schema);
    apr_pool_create(&reader->declaration, pool);
    reader->strings = cim_intern_make(reader->texts, pool);
    reader->left = options->limit ? options->limit : DEFAULT_LIMIT;
    reader->literals = apr_array_make(pool, 256, sizeof(cim_mof_literal_t));
    reader->qualifiers = apr_array_make(pool, 64, sizeof(cim_qualifier_t));
    reader->classes = apr_array_make(pool, 64, sizeof(cim_mof_class_t *));
    reader->waiting = cim_table_make(pool);
    reader->instances = apr_array_make(pool, 16, sizeof(cim_mof_instance_t *));
    reader->aliases = cim_table_make(pool);
    *made = reader;
    return NULL;
}

/** What was left half done by a text with an error is forgotten. */
static void start_text(cim_mof_reader_t *reader, const char *ns)
{
    apr_array_clear(reader->literals);
    apr_array_clear(reader->qualifiers);
    apr_pool_clear(reader->declaration);
    reader->depth = 0;
    reader->ns = cim_intern(reader->strings, ns, strlen(ns));
}

wsm_error_t *cim_mof_feed(cim_mof_reader_t *reader, const char *ns,
                          const char *name, const char *text, apr_size_t length)
{
    start_text(reader, ns);
    if (length > reader->left)
        return wsm_fail(reader->errors, WSMAN_E_INTERNAL_ERROR,
                        "%s: the MOF text is larger than the limit", name);
    reader->left -= length;
    /* A copy, for the NUL at its end. */
    char *copy = malloc(length + 1);
    if (!copy)
        return wsm_error_make(reader->errors, WSMAN_E_INTERNAL_ERROR, ENOMEM,
                              NULL, "%s: no memory to read it", name);
    memcpy(copy, text, length);
    copy[length] = '\0';
    wsm_error_t *err = cim_mof_parse_text(reader, name, copy, length);
    free(copy);
    return err;
}

wsm_error_t *cim_mof_end(cim_mof_reader_t *reader)
{
    wsm_error_t *err = finish(reader);
    apr_pool_destroy(reader->pool);
    return err;
}

wsm_error_t *cim_mof_read_files(cim_schema_t *schema, const char *const *files,
                                const cim_mof_options_t *options,
                                apr_pool_t *scratch)
{
    cim_mof_reader_t *reader;
    wsm_error_t *err = cim_mof_begin(&reader, schema, options, scratch);
    if (err)
        return err;
    reader->may_include = 1;
    for (; !err && *files; files++) {
        start_text(reader, options->ns);
        err = parse_file(reader, *files, NULL);
    }
    if (!err)
        err = finish(reader);
    apr_pool_destroy(reader->pool);
    return err;
}

wsm_error_t *cim_mof_read_text(cim_schema_t *schema, const char *name,
                               const char *text, apr_size_t length,
                               const cim_mof_options_t *options,
                               apr_pool_t *scratch)
{
    cim_mof_reader_t *reader;
    wsm_error_t *err = cim_mof_begin(&reader, schema, options, scratch);
    if (err)
        return err;
    err = cim_mof_feed(reader, options->ns, name, text, length);
    if (!err)
        err = finish(reader);
    apr_pool_destroy(reader->pool);
    return err;
}
