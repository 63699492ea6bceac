/* query_expression.h - conditions over instances and classes, as a program.
 *
 * A condition is a row of steps in postfix order and a row of tests.  The
 * steps know three truths, as SQL does: a test of what is NULL is neither true
 * nor false, and a row matches if the whole is true.  Evaluation loops over the
 * steps once, jumps over what cannot change the result, and allocates nothing.
 *
 * A grammar makes the tests (query_compare.h) and puts them together with the
 * builder here; it knows nothing of how they are evaluated.
 */
#ifndef QUERY_EXPRESSION_H
#define QUERY_EXPRESSION_H

#include "query_like.h"
#include "query_moment.h"

/** The most tests of a query. */
#define QUERY_MAX_TESTS 1024
/** The deepest nesting of parentheses and NOT. */
#define QUERY_MAX_DEPTH 64

typedef enum query_truth_e {
    QUERY_FALSE,
    QUERY_UNKNOWN,
    QUERY_TRUE
} query_truth_e;

/** What a condition is about: an instance and its class, or only a class. */
typedef struct query_subject_t {
    const cim_class_t *cls;
    const cim_instance_t *instance; /* NULL: the class itself */
} query_subject_t;

/* How two values stand to each other.  A comparison wants some of these; 0 is
 * none of them: it cannot be said. */
#define QUERY_LESS    0x1
#define QUERY_EQUAL   0x2
#define QUERY_GREATER 0x4
#define QUERY_APART   0x8 /* they differ, and have no order */

/** What a test looks at. */
typedef enum query_place_e {
    QUERY_AT_PROPERTY, /* of the instance */
    QUERY_AT_PATH,     /* into embedded instances and arrays */
    QUERY_AT_SYSTEM,   /* __CLASS and the like */
    QUERY_AT_THIS      /* the instance or class itself */
} query_place_e;

typedef enum query_system_e {
    QUERY_SYSTEM_CLASS,
    QUERY_SYSTEM_SUPERCLASS,
    QUERY_SYSTEM_DYNASTY,
    QUERY_SYSTEM_NAMESPACE,
    QUERY_SYSTEM_GENUS,
    QUERY_SYSTEM_PROPERTY_COUNT
} query_system_e;

/** One property on a way into embedded instances. */
typedef struct query_step_t {
    const char *name;
    apr_uint32_t index;
    int item; /* of an array; -1: the value itself */
} query_step_t;

/** How many embedded instances a way may lead through. */
#define QUERY_MAX_STEPS 8

typedef struct query_place_t {
    query_place_e at;
    apr_uint32_t index;        /* of the property; query_system_e */
    const query_step_t *steps; /* _AT_PATH, the first one is the property */
    apr_uint32_t nsteps;
} query_place_t;

typedef enum query_quantifier_e {
    QUERY_ONE,
    QUERY_ANY,  /* an item of the array */
    QUERY_EVERY /* all items of the array */
} query_quantifier_e;

typedef struct query_test_t query_test_t;

struct query_test_t {
    /** How the value stands to the constant: QUERY_LESS ... or 0.
     *  @param value  not NULL, and of the type that the test was made for */
    unsigned (*order)(const query_test_t *test, const cim_value_t *value,
                      const query_subject_t *subject);
    query_place_t place;
    query_quantifier_e quantifier;
    unsigned char type;    /* cim_type_e */
    unsigned char wanted;  /* QUERY_LESS ... */
    unsigned char is_null; /* no comparison: IS NULL (1), IS NOT NULL (2) */
    unsigned char fold;    /* strings without ASCII case */
    unsigned char compares_places; /* with to.place */
    /** The constant is a little more (1) or less (-1) than what is in `to`. */
    signed char bias;
    /** QUERY_LESS or _GREATER: what every value is, as the constant is beyond
     *  all of its type. */
    unsigned char beyond;
    union {
        apr_uint64_t u;
        apr_int64_t i;
        double r;
        const char *s;
        query_moment_t moment;
        const cim_path_t *path;
        const query_like_t *like;
        const query_place_t *place; /* another property */
    } to;
    /** For pushing down: the constant as a value of the property, if the test
     *  is an equality (CIM_NONE if it is not one, or not an exact one). */
    cim_value_t term;
};

typedef struct query_expression_t query_expression_t;
typedef struct query_builder_t query_builder_t;

query_builder_t *query_builder_make(apr_pool_t *pool);
/** Adds a test, which is copied.  @return 0 if there are too many */
int query_builder_test(query_builder_t *builder, const query_test_t *test);

/** Operands are what was added last.  Between the operands of AND and OR comes
 *  a mark that query_builder_begin() gave. */
typedef enum query_operator_e { QUERY_AND, QUERY_OR } query_operator_e;
apr_uint32_t query_builder_begin(query_builder_t *builder, query_operator_e op);
void query_builder_end(query_builder_t *builder, query_operator_e op,
                       apr_uint32_t mark);
void query_builder_not(query_builder_t *builder);

/** @return NULL if no test was added */
const query_expression_t *query_builder_done(const query_builder_t *builder);

query_truth_e query_expression_value(const query_expression_t *expression,
                                     const query_subject_t *subject);

/** Marks the properties that are looked at, one byte a property. */
void query_expression_looks_at(const query_expression_t *expression,
                               unsigned char *looks_at);
/** The equalities with properties of the instance that must be true for the
 *  whole to be, one a property: exact ones, and those of strings without
 *  case.
 *  @param cls  whose properties they are */
void query_expression_terms(const query_expression_t *expression,
                            const cim_class_t *cls, wsm_query_t *query,
                            apr_pool_t *pool);

/** The value at a place.  @return NULL if it is NULL, or not there
 *  @param room  for values that no instance has */
const cim_value_t *query_place_value(const query_place_t *place,
                                     const query_subject_t *subject,
                                     cim_value_t *room);

#endif
