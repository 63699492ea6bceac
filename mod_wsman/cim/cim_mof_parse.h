/* cim_mof_parse.h - the MOF reader's inside: what its files share.
 *
 * One reader reads all files of a call.  A class is added as soon as its
 * superclass is there, else it waits; instances wait for the end.  What waits
 * is in the reader's own pool, what stays in the schema's.
 */
#ifndef CIM_MOF_PARSE_H
#define CIM_MOF_PARSE_H

#include <apr_tables.h>

#include "cim_intern.h"
#include "cim_mof.h"
#include "cim_mof_lex.h"
#include "cim_table.h"
#include "cim_value.h"

/* Instances in values of instances, in the text itself. */
#define CIM_MOF_MAX_DEPTH 32

typedef struct cim_mof_instance_t cim_mof_instance_t;

typedef struct cim_mof_place_t {
    const char *file;
    unsigned line, column;
} cim_mof_place_t;

typedef enum cim_mof_literal_e {
    CIM_MOF_L_NULL,
    CIM_MOF_L_BOOLEAN,
    CIM_MOF_L_INTEGER,
    CIM_MOF_L_REAL,
    CIM_MOF_L_CHAR,
    CIM_MOF_L_STRING,
    CIM_MOF_L_ALIAS,
    CIM_MOF_L_INSTANCE
} cim_mof_literal_e;

/** A value as it is written, before a type is known. */
typedef struct cim_mof_literal_t {
    cim_mof_literal_e kind;
    unsigned line, column;
    unsigned negative;
    union {
        apr_uint64_t number; /* also BOOLEAN, CHAR */
        double real;
        const char *text; /* STRING, ALIAS */
        cim_mof_instance_t *instance;
    } v;
} cim_mof_literal_t;

typedef struct cim_mof_init_t {
    const char *file;
    int is_array;
    apr_uint32_t count; /* 1, if it is no array */
    const cim_mof_literal_t *literals;
} cim_mof_init_t;

typedef struct cim_mof_member_t {
    const char *name;
    cim_mof_place_t place;
    cim_mof_init_t init;
} cim_mof_member_t;

/** A declared instance; `made` and `weight` (how many instances are in it) are
 *  set when it is needed. */
struct cim_mof_instance_t {
    cim_mof_place_t place;
    const char *ns;
    const char *class_name;
    const char *alias;
    const cim_mof_member_t *members;
    int nmembers;
    cim_instance_t *made;
    unsigned weight;
};

/** What an alias stands for: an instance, or (NULL) a class. */
typedef struct cim_mof_alias_t {
    cim_mof_instance_t *instance;
    const char *ns;
    const char *class_name;
} cim_mof_alias_t;

typedef struct cim_mof_class_t {
    cim_class_t *cls;
    cim_mof_place_t place;
    int added;
} cim_mof_class_t;

struct cim_mof_reader_t {
    cim_schema_t *schema;
    apr_pool_t *errors;      /* the caller's */
    apr_pool_t *texts;       /* the schema's */
    apr_pool_t *pool;        /* until the end of the call */
    apr_pool_t *declaration; /* until the end of a class */
    cim_intern_t *strings;
    const char *ns;
    cim_mof_lexer_t lex;
    apr_array_header_t *literals; /* stacks */
    apr_array_header_t *qualifiers;
    char *buffer; /* where a string is put together */
    apr_size_t buffer_size;
    apr_size_t left; /* bytes that may still be read */
    const cim_mof_options_t *options;
    int may_include;
    int includes;                  /* how deep */
    int depth;                     /* of instances in instances */
    unsigned work;                 /* instances made for the one at hand */
    apr_array_header_t *classes;   /* cim_mof_class_t *, that wait */
    cim_table_t *waiting;          /* the same by "namespace:name" */
    apr_array_header_t *instances; /* cim_mof_instance_t * */
    apr_array_header_t *uses;      /* cim_mof_use_t */
    cim_table_t *aliases;          /* cim_mof_alias_t */
};

/* cim_mof_read.c */

cim_mof_place_t cim_mof_here(const cim_mof_reader_t *reader);
wsm_error_t *cim_mof_fail(const cim_mof_reader_t *reader,
                          const cim_mof_place_t *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/** "expected <what>, found <the token>", or what is wrong with the token. */
wsm_error_t *cim_mof_expected(const cim_mof_reader_t *reader, const char *what);
/** Takes a token of this kind. */
wsm_error_t *cim_mof_take(cim_mof_reader_t *reader, int kind, const char *what);
/** Takes a token of this kind if it is there.  @return true if it was */
int cim_mof_accept(cim_mof_reader_t *reader, int kind);
/** Takes this word if it is there. */
int cim_mof_accept_word(cim_mof_reader_t *reader, const char *word);
/** Takes a name, or the text of an alias. */
wsm_error_t *cim_mof_take_name(cim_mof_reader_t *reader, int kind,
                               const char **name, const char *what);
/** Takes strings that follow each other as one. */
wsm_error_t *cim_mof_take_string(cim_mof_reader_t *reader, const char **text);

/* cim_mof_value.c */

/** Reads a constant, an alias, an instance, or a list of them in braces.
 *  What init points to is valid until the next call unless copied. */
wsm_error_t *cim_mof_parse_init(cim_mof_reader_t *reader, cim_mof_init_t *init);
/** Gives one literal a type.  Not for aliases and instances. */
wsm_error_t *cim_mof_convert(const cim_mof_reader_t *reader, const char *file,
                             const cim_mof_literal_t *literal, cim_type_e type,
                             cim_value_t *value);
/** The same for all of it; `value` is in the schema's pool. */
wsm_error_t *cim_mof_convert_init(const cim_mof_reader_t *reader,
                                  const cim_mof_init_t *init, cim_type_e type,
                                  int is_array, cim_value_t *value);
/** "a string", "the number 5", ... */
const char *cim_mof_literal_text(const cim_mof_reader_t *reader,
                                 const cim_mof_literal_t *literal);
wsm_error_t *cim_mof_literal_fail(const cim_mof_reader_t *reader,
                                  const char *file,
                                  const cim_mof_literal_t *literal,
                                  const char *what);

/* cim_mof_qualifier.c */

/** Reads `[...]` if it is there; the list is in the schema's pool. */
wsm_error_t *cim_mof_parse_qualifiers(cim_mof_reader_t *reader,
                                      const cim_qualifier_t **qualifiers,
                                      int *nqualifiers);
/** From after the word Qualifier to the semicolon; adds it. */
wsm_error_t *cim_mof_parse_qualifier_type(cim_mof_reader_t *reader);

/* cim_mof_parse.c */

/** @return CIM_NONE if the token is no type's name */
cim_type_e cim_mof_type(const cim_mof_lexer_t *lex);
/** `[`, perhaps a number, `]`, if it is there. */
wsm_error_t *cim_mof_parse_bound(cim_mof_reader_t *reader, int *is_array,
                                 apr_uint32_t *size);
/** From after the word class to the semicolon; adds it or lets it wait. */
wsm_error_t *cim_mof_parse_class(cim_mof_reader_t *reader,
                                 const cim_qualifier_t *qualifiers,
                                 int nqualifiers);
wsm_error_t *cim_mof_add_alias(cim_mof_reader_t *reader, const char *name,
                               const cim_mof_place_t *place,
                               const cim_mof_alias_t *alias);
/** Reads `as $alias` if it is there; *name NULL if not. */
wsm_error_t *cim_mof_parse_alias(cim_mof_reader_t *reader, const char **name,
                                 cim_mof_place_t *place);

/* cim_mof_instance.c */

/** From after the word instance to the closing brace. */
wsm_error_t *cim_mof_parse_instance(cim_mof_reader_t *reader,
                                    cim_mof_instance_t **instance);
/* cim_mof_make.c */

/** Makes the instances that wait, and adds them. */
wsm_error_t *cim_mof_add_instances(cim_mof_reader_t *reader);

/* cim_mof.c */

/** Adds a class to the schema; one that does not fit goes to
 *  options->refused, if there is one. */
wsm_error_t *cim_mof_add_class(cim_mof_reader_t *reader, cim_class_t *cls,
                               const cim_mof_place_t *place);
/** Reads declarations up to the end of the text. */
wsm_error_t *cim_mof_parse_text(cim_mof_reader_t *reader, const char *file,
                                const char *text, apr_size_t length);
/** Reads another file in the place of a pragma. */
wsm_error_t *cim_mof_include(cim_mof_reader_t *reader, const char *path,
                             const cim_mof_place_t *place);

#endif
