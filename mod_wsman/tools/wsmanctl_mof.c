/* wsmanctl_mof.c - files of MOF as one text.
 *
 * An include is replaced by the file, on lines of its own; what stands behind
 * the pragma goes on in the column in which it was.  So a place in the text is
 * one in a file with the same column.
 */
#include "wsmanctl_mof.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "../cim/cim_mof_lex.h"
#include "../cim/cim_mof_write.h"
#include "../client/wsm_argument.h"

#define MAX_TEXT     (64 * 1024 * 1024)
#define MAX_INCLUDES 32

typedef struct piece_t {
    unsigned at; /* line of the text where it begins */
    const char *file;
    unsigned line; /* which line of the file that is */
} piece_t;

typedef struct joiner_t {
    wsmanctl_mof_t *mof;
    wsm_writer_t *out;
    unsigned line; /* on which the text ends */
    int includes;  /* how deep */
    apr_pool_t *pool;
} joiner_t;

static void put(joiner_t *self, const char *text, apr_size_t length)
{
    const char *end = text + length, *at = text;
    while ((at = memchr(at, '\n', (size_t)(end - at)))) {
        self->line++;
        at++;
    }
    wsm_write(self->out, text, length);
}

static void begin_piece(joiner_t *self, const char *file, unsigned line)
{
    piece_t *piece = apr_array_push(self->mof->pieces);
    piece->at = self->line;
    piece->file = file;
    piece->line = line;
}

static wsm_failure_t *join_file(joiner_t *self, const char *path);

static wsm_failure_t *refuse(const joiner_t *self, const cim_mof_lexer_t *lex,
                             unsigned line, const char *why)
{
    return wsm_failure_make(self->pool, WSM_FAILURE_USE, 0, "%s:%u: %s",
                            lex->file, line, why);
}

/** The file that an include names, seen from the one that it is in. */
static const char *included(const joiner_t *self, cim_mof_lexer_t *lex)
{
    char *name = apr_palloc(self->pool, lex->length + 1);
    const char *slash = strrchr(lex->file, '/');
    unsigned column;
    apr_size_t length = cim_mof_lex_decode(lex, name, &column);
    if (length == (apr_size_t)-1)
        return NULL;
    name[length] = '\0';
    if (*name == '/' || !slash)
        return name;
    return apr_psprintf(self->pool, "%.*s/%s", (int)(slash - lex->file),
                        lex->file, name);
}

/** Reads '("file")' behind the word include.
 *  @return NULL if it is not that: the compiler will say so */
static const char *read_include(const joiner_t *self, cim_mof_lexer_t *lex)
{
    const char *path;
    cim_mof_lex_next(lex);
    if (lex->kind != '(')
        return NULL;
    cim_mof_lex_next(lex);
    if (lex->kind != CIM_MOF_STRING)
        return NULL;
    path = included(self, lex);
    cim_mof_lex_next(lex);
    return lex->kind == ')' ? path : NULL;
}

static wsm_failure_t *include(joiner_t *self, const cim_mof_lexer_t *lex,
                              const char *path)
{
    wsm_failure_t *failure;
    if (self->includes >= MAX_INCLUDES)
        return refuse(self, lex, lex->line,
                      "files include each other too deep");
    put(self, "\n", 1);
    self->includes++;
    failure = join_file(self, path);
    self->includes--;
    if (failure)
        return refuse(self, lex, lex->line, failure->message);
    put(self, "\n", 1);
    begin_piece(self, lex->file, lex->line);
    for (unsigned i = 0; i < lex->column; i++)
        put(self, " ", 1);
    return NULL;
}

static wsm_failure_t *join_text(joiner_t *self, const char *path,
                                const char *text, apr_size_t length)
{
    const char *copied = text, *end = text + length;
    cim_mof_lexer_t lex;
    begin_piece(self, path, 1);
    cim_mof_lex_start(&lex, path, text, length);
    copied = lex.p; /* behind a byte order mark */
    cim_mof_lex_next(&lex);
    while (lex.kind != CIM_MOF_END && lex.kind != CIM_MOF_BAD) {
        const char *start = lex.text, *file;
        int is_pragma = lex.kind == CIM_MOF_PRAGMA;
        wsm_failure_t *failure;
        cim_mof_lex_next(&lex);
        if (!is_pragma || !cim_mof_lex_is(&lex, "include"))
            continue;
        file = read_include(self, &lex);
        if (!file)
            continue;
        put(self, copied, (apr_size_t)(start - copied));
        failure = include(self, &lex, file);
        if (failure)
            return failure;
        copied = lex.p;
        cim_mof_lex_next(&lex);
    }
    put(self, copied, (apr_size_t)(end - copied));
    return NULL;
}

static wsm_failure_t *join_file(joiner_t *self, const char *path)
{
    char *text;
    apr_size_t length;
    wsm_failure_t *failure =
        wsm_argument_file(&text, &length, path, MAX_TEXT, self->pool);
    if (failure)
        return failure;
    if (!strcmp(path, "-"))
        path = "<stdin>";
    if (length >= 2 &&
        (!memcmp(text, "\xff\xfe", 2) || !memcmp(text, "\xfe\xff", 2)))
        return wsm_failure_make(self->pool, WSM_FAILURE_USE, 0,
                                "%s is UTF-16; MOF is read as UTF-8 only",
                                path);
    failure = join_text(self, path, text, length);
    if (!failure && wsm_writer_full(self->out))
        failure = wsm_failure_make(self->pool, WSM_FAILURE_USE, 0,
                                   "the files together are larger than %d "
                                   "bytes",
                                   MAX_TEXT);
    return failure;
}

/** Each file begins where the first does. */
static void put_namespace(joiner_t *self, const char *ns)
{
    wsm_writer_t *pragma = wsm_writer_make(8192, self->pool);
    const char *text;
    cim_mof_write_namespace(pragma, ns);
    text = wsm_writer_string(pragma, self->pool);
    put(self, text, strlen(text));
    put(self, "\n", 1);
}

wsm_failure_t *wsmanctl_mof_read(wsmanctl_mof_t *mof, const char *const *files,
                                 int nfiles, const char *ns, apr_pool_t *pool)
{
    joiner_t self = {.mof = mof,
                     .out = wsm_writer_make(MAX_TEXT, pool),
                     .line = 1,
                     .pool = pool};
    mof->pieces = apr_array_make(pool, 8, sizeof(piece_t));
    for (int i = 0; i < nfiles; i++) {
        wsm_failure_t *failure;
        if (i > 0)
            put_namespace(&self, ns);
        failure = join_file(&self, files[i]);
        if (failure)
            return failure;
        put(&self, "\n", 1);
    }
    mof->text = wsm_writer_string(self.out, pool);
    mof->length = strlen(mof->text);
    return NULL;
}

const char *wsmanctl_mof_place(const wsmanctl_mof_t *mof, const char *message,
                               apr_pool_t *pool)
{
    const apr_size_t skip = sizeof(WSMANCTL_MOF_NAME) - 1;
    const piece_t *piece = NULL;
    unsigned long line;
    char *rest;
    if (strncmp(message, WSMANCTL_MOF_NAME, skip) || message[skip] != ':')
        return NULL;
    line = strtoul(message + skip + 1, &rest, 10);
    if (*rest != ':')
        return NULL;
    for (int i = 0; i < mof->pieces->nelts; i++) {
        const piece_t *one = &APR_ARRAY_IDX(mof->pieces, i, piece_t);
        if (one->at <= line)
            piece = one;
    }
    return piece ? apr_psprintf(pool, "%s:%lu%s", piece->file,
                                line - piece->at + piece->line, rest)
                 : NULL;
}
