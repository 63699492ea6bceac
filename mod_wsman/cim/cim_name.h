/* cim_name.h - names, which compare without ASCII case (DSP0004 5.1.2.1),
 * whatever the locale.
 */
#ifndef CIM_NAME_H
#define CIM_NAME_H

#include <string.h>

#include <apr.h>

static inline unsigned char cim_fold(char c)
{
    unsigned char u = (unsigned char)c;
    return (unsigned char)((unsigned)(u - 'A') < 26u ? u | 0x20u : u);
}

static inline apr_uint32_t cim_name_hash(const char *name)
{
    apr_uint32_t hash = 2166136261u;
    for (; *name; name++)
        hash = (hash ^ cim_fold(*name)) * 16777619u;
    return hash ^ hash >> 15;
}

/** As strcmp. */
static inline int cim_name_order(const char *a, const char *b)
{
    while (*a && cim_fold(*a) == cim_fold(*b)) {
        a++;
        b++;
    }
    return (int)cim_fold(*a) - (int)cim_fold(*b);
}

/** Names are mostly written alike: that is looked at first. */
static inline int cim_name_equal(const char *a, const char *b)
{
    return a == b || strcmp(a, b) == 0 || cim_name_order(a, b) == 0;
}

#endif
