/* wsman_cim.h - CIM values as plug-ins see them (DSP0004 5.2).
 *
 * Everything here is plain data.  Who makes a value owns what it points to;
 * the host copies what it keeps (see wsman_provider.h, "Memory").
 */
#ifndef WSMAN_CIM_H
#define WSMAN_CIM_H

#include <apr.h>
#include <apr_pools.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum cim_type_e {
    CIM_NONE = 0, /* no value at all: a property that is not named */
    CIM_BOOLEAN,
    CIM_UINT8,
    CIM_SINT8,
    CIM_UINT16,
    CIM_SINT16,
    CIM_UINT32,
    CIM_SINT32,
    CIM_UINT64,
    CIM_SINT64,
    CIM_REAL32,
    CIM_REAL64,
    CIM_CHAR16,
    CIM_STRING,
    CIM_DATETIME,
    CIM_REFERENCE,
    CIM_INSTANCE /* a string property with the qualifier EmbeddedInstance or
                    EmbeddedObject */
} cim_type_e;

typedef struct cim_class_t cim_class_t; /* opaque: ask the host */
typedef struct cim_instance_t cim_instance_t;
typedef struct cim_path_t cim_path_t;
typedef struct cim_value_t cim_value_t;

/* Fields of a datetime that are "not significant" (asterisks, DSP0004 5.2.4) */
#define CIM_WILD_YEAR   0x01
#define CIM_WILD_MONTH  0x02
#define CIM_WILD_DAY    0x04 /* of an interval: its days */
#define CIM_WILD_HOUR   0x08
#define CIM_WILD_MINUTE 0x10
#define CIM_WILD_SECOND 0x20

/** A CIM datetime: a point in time, or an interval. */
typedef struct cim_datetime_t {
    /** Microseconds: since 1970-01-01T00:00:00 UTC (negative before), or the
     *  length of the interval.  Wild fields count as their lowest value (the
     *  year as 1970). */
    apr_int64_t usec;
    /** Minutes east of UTC of the place that wrote it; 0 for intervals. */
    apr_int16_t offset;
    unsigned char is_interval;
    /** CIM_WILD_* bits. */
    unsigned char wild;
    /** How many of the six digits of the fraction are significant. */
    unsigned char digits;
} cim_datetime_t;

/** One value: a scalar, an array, or NULL.  16 bytes; copy it freely. */
struct cim_value_t {
    unsigned char type;     /* cim_type_e; CIM_NONE: not named */
    unsigned char is_null;  /* then nothing below is looked at */
    unsigned char is_array; /* then v.items has `count` scalars of this type;
                               an item may be NULL by its own is_null */
    unsigned char reserved;
    apr_uint32_t count; /* 0 for scalars */
    union {
        apr_uint64_t u; /* CIM_BOOLEAN (0, 1), CIM_UINT*, CIM_CHAR16 */
        apr_int64_t i;  /* CIM_SINT* */
        double r;       /* CIM_REAL* */
        const char *s;  /* CIM_STRING, UTF-8, ends with NUL */
        const cim_datetime_t *dt;
        const cim_path_t *ref;
        const cim_instance_t *obj;
        const cim_value_t *items;
    } v;
};

/** An instance: a class and one value for each of its properties, in the
 *  order of the class.  Make it with the host's instance_make(). */
struct cim_instance_t {
    const cim_class_t *cls;
    cim_value_t *values;  /* all CIM_NONE at first */
    apr_uint32_t nvalues; /* the number of the class's properties */
};

typedef struct cim_key_t {
    const char *name;
    cim_value_t value; /* a scalar, not NULL */
} cim_key_t;

/** The name of an instance: class and keys; nkeys 0: of a class, or of a
 *  singleton.  Names compare without case. */
struct cim_path_t {
    const char *ns; /* "root/cimv2"; NULL: where the call is */
    const char *class_name;
    const cim_key_t *keys;
    apr_uint32_t nkeys;
};

static inline cim_value_t cim_null(cim_type_e type)
{
    cim_value_t value = {0};
    value.type = (unsigned char)type;
    value.is_null = 1;
    return value;
}

static inline cim_value_t cim_unsigned(cim_type_e type, apr_uint64_t number)
{
    cim_value_t value = {0};
    value.type = (unsigned char)type;
    value.v.u = number;
    return value;
}

static inline cim_value_t cim_signed(cim_type_e type, apr_int64_t number)
{
    cim_value_t value = {0};
    value.type = (unsigned char)type;
    value.v.i = number;
    return value;
}

static inline cim_value_t cim_boolean(int truth)
{
    return cim_unsigned(CIM_BOOLEAN, truth ? 1 : 0);
}

static inline cim_value_t cim_uint8(apr_byte_t number)
{
    return cim_unsigned(CIM_UINT8, number);
}

static inline cim_value_t cim_uint16(apr_uint16_t number)
{
    return cim_unsigned(CIM_UINT16, number);
}

static inline cim_value_t cim_uint32(apr_uint32_t number)
{
    return cim_unsigned(CIM_UINT32, number);
}

static inline cim_value_t cim_uint64(apr_uint64_t number)
{
    return cim_unsigned(CIM_UINT64, number);
}

static inline cim_value_t cim_sint16(apr_int16_t number)
{
    return cim_signed(CIM_SINT16, number);
}

static inline cim_value_t cim_sint32(apr_int32_t number)
{
    return cim_signed(CIM_SINT32, number);
}

static inline cim_value_t cim_sint64(apr_int64_t number)
{
    return cim_signed(CIM_SINT64, number);
}

static inline cim_value_t cim_real(cim_type_e type, double number)
{
    cim_value_t value = {0};
    value.type = (unsigned char)type;
    value.v.r = number;
    return value;
}

/** @param text UTF-8; NULL gives NULL.  Not copied. */
static inline cim_value_t cim_string(const char *text)
{
    cim_value_t value = {0};
    value.type = CIM_STRING;
    value.is_null = text == NULL;
    value.v.s = text;
    return value;
}

static inline cim_value_t cim_datetime(const cim_datetime_t *when)
{
    cim_value_t value = {0};
    value.type = CIM_DATETIME;
    value.is_null = when == NULL;
    value.v.dt = when;
    return value;
}

static inline cim_value_t cim_reference(const cim_path_t *path)
{
    cim_value_t value = {0};
    value.type = CIM_REFERENCE;
    value.is_null = path == NULL;
    value.v.ref = path;
    return value;
}

static inline cim_value_t cim_embedded(const cim_instance_t *instance)
{
    cim_value_t value = {0};
    value.type = CIM_INSTANCE;
    value.is_null = instance == NULL;
    value.v.obj = instance;
    return value;
}

/** @param items `count` scalars of `type`; may be NULL when count is 0. */
static inline cim_value_t cim_array(cim_type_e type, const cim_value_t *items,
                                    apr_uint32_t count)
{
    cim_value_t value = {0};
    value.type = (unsigned char)type;
    value.is_array = 1;
    value.count = count;
    value.v.items = items;
    return value;
}

/** A point in time, UTC offset `offset` minutes, to the microsecond. */
static inline cim_datetime_t cim_timestamp(apr_int64_t usec, apr_int16_t offset)
{
    cim_datetime_t when = {0};
    when.usec = usec;
    when.offset = offset;
    when.digits = 6;
    return when;
}

static inline cim_datetime_t cim_interval(apr_int64_t usec)
{
    cim_datetime_t when = {0};
    when.usec = usec;
    when.is_interval = 1;
    when.digits = 6;
    return when;
}

#ifdef __cplusplus
}
#endif
#endif
