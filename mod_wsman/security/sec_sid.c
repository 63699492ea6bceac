/* sec_sid.c - SIDs as text, and the well-known ones (MS-DTYP 2.4.2.4, 2.5.1.1).
 */
#include "sec_sid.h"

#include <string.h>

#include <apr_strings.h>

#define MAX_AUTHORITY ((apr_uint64_t)0xffffffffffff)

/* Aliases whose SIDs do not depend on a domain. */
static const struct {
    char alias[3];
    unsigned char authority;
    unsigned char count;
    apr_uint32_t sub[2];
} known[] = {
    {"WD", 1, 1, {0}},       {"CO", 3, 1, {0}},       {"CG", 3, 1, {1}},
    {"OW", 3, 1, {4}},       {"NU", 5, 1, {2}},       {"IU", 5, 1, {4}},
    {"SU", 5, 1, {6}},       {"AN", 5, 1, {7}},       {"ED", 5, 1, {9}},
    {"PS", 5, 1, {10}},      {"AU", 5, 1, {11}},      {"RC", 5, 1, {12}},
    {"SY", 5, 1, {18}},      {"LS", 5, 1, {19}},      {"NS", 5, 1, {20}},
    {"WR", 5, 1, {33}},      {"BA", 5, 2, {32, 544}}, {"BU", 5, 2, {32, 545}},
    {"BG", 5, 2, {32, 546}}, {"PU", 5, 2, {32, 547}}, {"AO", 5, 2, {32, 548}},
    {"SO", 5, 2, {32, 549}}, {"PO", 5, 2, {32, 550}}, {"BO", 5, 2, {32, 551}},
    {"RE", 5, 2, {32, 552}}, {"RU", 5, 2, {32, 554}}, {"RD", 5, 2, {32, 555}},
    {"NO", 5, 2, {32, 556}}, {"MU", 5, 2, {32, 558}}, {"LU", 5, 2, {32, 559}},
    {"IS", 5, 2, {32, 568}}, {"CY", 5, 2, {32, 569}}, {"ER", 5, 2, {32, 573}},
    {"CD", 5, 2, {32, 574}}, {"RA", 5, 2, {32, 575}}, {"ES", 5, 2, {32, 576}},
    {"MS", 5, 2, {32, 577}}, {"HA", 5, 2, {32, 578}}, {"AA", 5, 2, {32, 579}},
    {"RM", 5, 2, {32, 580}}, {"AC", 15, 2, {2, 1}},   {"LW", 16, 1, {4096}},
    {"ME", 16, 1, {8192}},   {"MP", 16, 1, {8448}},   {"HI", 16, 1, {12288}},
    {"SI", 16, 1, {16384}}};

/* These are of a domain, which we are not. */
static const char of_a_domain[] = "DA DG DU DD DC LA LG SA CA RS EA PA RO CN "
                                  "UD ";

static const char *parse_alias(sec_sid_t *sid, const char *text)
{
    char word[4] = {text[0], text[1], ' ', '\0'};
    apr_size_t i;

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (memcmp(known[i].alias, text, 2) != 0)
            continue;
        sid->authority = known[i].authority;
        sid->count = known[i].count;
        memcpy(sid->sub, known[i].sub, sizeof(known[i].sub));
        return NULL;
    }
    return strstr(of_a_domain, word)
               ? "this alias means an account of a domain: write its SID"
               : "there is no such alias of a SID";
}

/* A number of at most `max`, in decimal or, behind 0x, hexadecimal.
 * @return behind it, or NULL */
static const char *parse_number(const char *text, const char *end,
                                apr_uint64_t max, apr_uint64_t *number)
{
    static const char digits[] = "0123456789abcdef";
    unsigned base = 10;
    const char *begin = text;

    if (end - text > 2 && text[0] == '0' && (text[1] | 0x20) == 'x') {
        base = 16;
        begin = text = text + 2;
    }
    for (*number = 0; text < end; text++) {
        const char *digit = *text ? strchr(digits, *text | 0x20) : NULL;
        apr_uint64_t value = digit ? (apr_uint64_t)(digit - digits) : base;

        if (value >= base || (*text >= 0x10 && *text < 0x20))
            break;
        if (*number > (max - value) / base)
            return NULL;
        *number = *number * base + value;
    }
    return text > begin ? text : NULL;
}

const char *sec_sid_parse(sec_sid_t *sid, const char *text, apr_size_t length)
{
    const char *end = text + length;
    apr_uint64_t number;

    memset(sid, 0, sizeof(*sid));
    if (length == 2)
        return parse_alias(sid, text);
    if (length < 5 || (text[0] | 0x20) != 's' || memcmp(text + 1, "-1-", 3))
        return "a SID begins with S-1-";
    text = parse_number(text + 4, end, MAX_AUTHORITY, &sid->authority);
    while (text != NULL && text < end && *text == '-') {
        if (sid->count == SEC_SID_MAX_SUB)
            return "a SID has at most 15 numbers";
        text = parse_number(text + 1, end, 0xffffffffu, &number);
        sid->sub[sid->count++] = (apr_uint32_t)number;
    }
    return text == end && sid->count > 0 ? NULL : "this is not a SID";
}

const char *sec_sid_text(const sec_sid_t *sid, apr_pool_t *pool)
{
    char text[32 + SEC_SID_MAX_SUB * 11];
    const char *end = text + sizeof(text);
    char *p = text;
    unsigned i;

    p += apr_snprintf(p, (apr_size_t)(end - p),
                      sid->authority > 0xffffffffu
                          ? "S-1-0x%012" APR_UINT64_T_HEX_FMT
                          : "S-1-%" APR_UINT64_T_FMT,
                      sid->authority);
    for (i = 0; i < sid->count; i++)
        p += apr_snprintf(p, (apr_size_t)(end - p), "-%u", sid->sub[i]);
    return apr_pstrdup(pool, text);
}

const char *sec_sid_alias(const sec_sid_t *sid)
{
    apr_size_t i;

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (known[i].authority == sid->authority &&
            known[i].count == sid->count &&
            memcmp(known[i].sub, sid->sub, sid->count * sizeof(sid->sub[0])) ==
                0)
            return known[i].alias;
    }
    return NULL;
}

int sec_sid_equal(const sec_sid_t *a, const sec_sid_t *b)
{
    return a->authority == b->authority && a->count == b->count &&
           memcmp(a->sub, b->sub, a->count * sizeof(a->sub[0])) == 0;
}

static void unix_sid(sec_sid_t *sid, apr_uint32_t kind, apr_uint32_t number)
{
    memset(sid, 0, sizeof(*sid));
    sid->authority = 22;
    sid->count = 2;
    sid->sub[0] = kind;
    sid->sub[1] = number;
}

void sec_sid_of_uid(sec_sid_t *sid, apr_uint32_t uid)
{
    unix_sid(sid, 1, uid);
}

void sec_sid_of_gid(sec_sid_t *sid, apr_uint32_t gid)
{
    unix_sid(sid, 2, gid);
}
