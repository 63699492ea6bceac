/* cim_value.h - values, datetimes, instances and paths: copying, comparing,
 * converting, checking.  No XML.
 */
#ifndef CIM_VALUE_H
#define CIM_VALUE_H

#include "cim_class.h"

/** Deep copies into `pool`. */
cim_value_t cim_value_copy(const cim_value_t *value, apr_pool_t *pool);
cim_instance_t *cim_instance_copy(const cim_instance_t *instance,
                                  apr_pool_t *pool);
cim_path_t *cim_path_copy(const cim_path_t *path, apr_pool_t *pool);

/** Equality of values: same type class (any integer width), same content;
 *  strings by their letters (`fold`: without ASCII case); datetimes by the
 *  moment they mean; references by cim_path_equal; NULL equals NULL only. */
int cim_value_equal(const cim_value_t *a, const cim_value_t *b, int fold);
/** Names without case, key values exact, order of keys free; ns NULL equals
 *  any. */
int cim_path_equal(const cim_path_t *a, const cim_path_t *b);

/** Converts between integer widths, and reals, if the number is in range.
 *  @return 0 if it is not, or the types do not go together */
int cim_value_convert(const cim_value_t *from, cim_type_e type,
                      cim_value_t *to);

/** A scalar from its text as MOF, selectors and WS-CIM write it (trimmed by
 *  the caller): numbers in decimal, booleans, char16 of one UTF-16 code unit,
 *  datetimes in the 25-character form.  Strings are not copied.
 *  CIM_REFERENCE and CIM_INSTANCE cannot be read so.
 *  @return 0 if the text is not a value of the type */
int cim_value_parse(cim_type_e type, const char *text, cim_value_t *value,
                    apr_pool_t *pool);
/** The text of a scalar, the inverse of cim_value_parse.  NULL, arrays,
 *  references and instances give NULL. */
const char *cim_value_text(const cim_value_t *value, apr_pool_t *pool);

/** "yyyymmddhhmmss.mmmmmmsutc" or "ddddddddhhmmss.mmmmmm:000" (DSP0004
 *  5.2.4), with asterisks.
 *  @return 0 if it is not of the form or no such day exists */
int cim_datetime_parse(const char *text, cim_datetime_t *when);
#define CIM_DATETIME_LENGTH 25
void cim_datetime_put(const cim_datetime_t *when,
                      char out[CIM_DATETIME_LENGTH + 1]);

/** An instance with no value named. */
cim_instance_t *cim_instance_make(const cim_class_t *cls, apr_pool_t *pool);
/** As the host function of the same name (wsman_provider.h). */
apr_status_t cim_instance_set(cim_instance_t *instance, const char *name,
                              cim_value_t value);
const cim_value_t *cim_instance_get(const cim_instance_t *instance,
                                    const char *name);
/** NULL if a key is missing or NULL.  Values are not copied. */
cim_path_t *cim_instance_path(const cim_instance_t *instance, apr_pool_t *pool);
/** @return NULL if every named value is of its property's type and shape
 *  (arrays, bounds, items, embedded classes), else one sentence that says what
 *  is wrong */
const char *cim_instance_fault(const cim_instance_t *instance,
                               apr_pool_t *pool);
/** Gives the properties that are not named their class's defaults. */
void cim_instance_defaults(cim_instance_t *instance);

const cim_value_t *cim_path_key(const cim_path_t *path, const char *name);
/** A canonical text of the keys (names folded and sorted, values escaped) for
 *  use as a key in a store: "class.k1=v1,k2=v2".  Equal paths give equal
 *  texts; the namespace is not in it. */
const char *cim_path_text(const cim_path_t *path, apr_pool_t *pool);
/** Reads `[ns:]Class.Key="value",Key2=5` or `Class=@` (DSP0004 8.2.5, the form
 *  in MOF and WMI).  Key values get the types of the class if `cls` is given,
 *  else string, boolean, uint64 or sint64 as they look.
 *  @return 0 if it is not of the form */
int cim_path_parse(const char *text, const cim_class_t *cls, cim_path_t *path,
                   apr_pool_t *pool);

#endif
