/* sec_binary.c - self-relative security descriptors (MS-DTYP 2.4.6, 2.4.5,
 * 2.4.4, 2.4.2.2); little-endian.
 */
#include <string.h>

#include <apr_strings.h>

#include "sec_descriptor.h"

#define HEADER     20
#define ACL_HEADER 8
#define ACE_HEADER 8 /* with its mask */
#define SID_HEADER 8
#define REVISION   1
#define ACL_DS     4 /* the other revision of an ACL */

/* Control (2.4.6) */
#define DACL_PRESENT   0x0004u
#define SACL_PRESENT   0x0010u
#define DACL_REQUIRED  0x0100u
#define SACL_REQUIRED  0x0200u
#define DACL_INHERITED 0x0400u
#define SACL_INHERITED 0x0800u
#define DACL_PROTECTED 0x1000u
#define SACL_PROTECTED 0x2000u
#define SELF_RELATIVE  0x8000u

/* ---- reading */

typedef struct input_t {
    const unsigned char *data;
    apr_size_t length;
} input_t;

static apr_uint32_t get(const unsigned char *data, unsigned bytes)
{
    apr_uint32_t number = 0;

    while (bytes-- > 0)
        number = number << 8 | data[bytes];
    return number;
}

/* @return the SID's length, or 0 */
static apr_size_t read_sid(sec_sid_t *sid, const unsigned char *data,
                           apr_size_t length)
{
    unsigned i;

    memset(sid, 0, sizeof(*sid));
    if (length < SID_HEADER || data[0] != REVISION || data[1] == 0 ||
        data[1] > SEC_SID_MAX_SUB ||
        length < SID_HEADER + (apr_size_t)data[1] * 4)
        return 0;
    sid->count = data[1];
    for (i = 2; i < SID_HEADER; i++) /* the only big-endian number */
        sid->authority = sid->authority << 8 | data[i];
    for (i = 0; i < sid->count; i++)
        sid->sub[i] = get(data + SID_HEADER + i * 4, 4);
    return SID_HEADER + (apr_size_t)sid->count * 4;
}

static const char *read_owner(const sec_sid_t **sid, const input_t *in,
                              apr_size_t offset, apr_pool_t *pool)
{
    sec_sid_t *made;

    if (offset == 0)
        return NULL;
    made = apr_palloc(pool, sizeof(*made));
    if (offset > in->length ||
        read_sid(made, in->data + offset, in->length - offset) == 0)
        return "The security descriptor has an owner or group that is no SID.";
    *sid = made;
    return NULL;
}

/* @return the entry's length, or 0 */
static apr_size_t read_ace(sec_ace_t *ace, const unsigned char *data,
                           apr_size_t length, int audit)
{
    apr_size_t size, used;

    if (length < ACE_HEADER)
        return 0;
    size = get(data + 2, 2);
    if (size < ACE_HEADER || size > length || size % 4 != 0 ||
        data[0] > SEC_AUDIT || (data[0] == SEC_AUDIT) != audit)
        return 0;
    ace->type = data[0];
    ace->flags = data[1];
    ace->mask = get(data + 4, 4);
    used = read_sid(&ace->sid, data + ACE_HEADER, size - ACE_HEADER);
    return used != 0 && used == size - ACE_HEADER ? size : 0;
}

static const char *read_acl(sec_acl_t *acl, const input_t *in,
                            apr_size_t offset, int audit, apr_pool_t *pool)
{
    const unsigned char *data = in->data + offset;
    apr_size_t at = ACL_HEADER, size;
    sec_ace_t *aces;
    apr_uint32_t i;

    if (offset > in->length || in->length - offset < ACL_HEADER)
        return "The security descriptor has a list outside of it.";
    size = get(data + 2, 2);
    acl->count = get(data + 4, 2);
    if ((data[0] != 2 && data[0] != ACL_DS) || size > in->length - offset ||
        size < ACL_HEADER || acl->count > SEC_MAX_ACES)
        return "The security descriptor has a list that is none.";
    aces = apr_pcalloc(pool, (acl->count + 1) * sizeof(*aces));
    for (i = 0; i < acl->count; i++) {
        apr_size_t length = read_ace(&aces[i], data + at, size - at, audit);

        if (length == 0)
            return "The security descriptor has an entry that is not "
                   "understood.";
        at += length;
    }
    acl->aces = aces;
    return NULL;
}

/* The bits of a list in Control; those of the SACL are the next to the left. */
static const char *read_list(const sec_acl_t **made, const input_t *in,
                             unsigned control, apr_size_t offset, int audit,
                             apr_pool_t *pool)
{
    sec_acl_t *acl;

    control >>= audit;
    if (!(get(in->data + 2, 2) & (audit ? SACL_PRESENT : DACL_PRESENT)) ||
        offset == 0)
        return NULL;
    acl = apr_pcalloc(pool, sizeof(*acl));
    acl->must_inherit = (control & DACL_REQUIRED) != 0;
    acl->inherited = (control & DACL_INHERITED) != 0;
    acl->is_protected = (control & DACL_PROTECTED) != 0;
    *made = acl;
    return read_acl(acl, in, offset, audit, pool);
}

const char *sec_binary_parse(const sec_descriptor_t **descriptor,
                             const unsigned char *data, apr_size_t length,
                             apr_pool_t *pool)
{
    sec_descriptor_t *made = apr_pcalloc(pool, sizeof(*made));
    const input_t in = {data, length};
    const char *fault;
    unsigned control;

    if (length < HEADER || length > SEC_MAX_BYTES || data[0] != REVISION)
        return "These octets are no security descriptor.";
    control = get(data + 2, 2);
    if (!(control & SELF_RELATIVE))
        return "The security descriptor is not self-relative.";
    fault = read_owner(&made->owner, &in, get(data + 4, 4), pool);
    if (fault == NULL)
        fault = read_owner(&made->group, &in, get(data + 8, 4), pool);
    if (fault == NULL)
        fault =
            read_list(&made->sacl, &in, control, get(data + 12, 4), 1, pool);
    if (fault == NULL)
        fault =
            read_list(&made->dacl, &in, control, get(data + 16, 4), 0, pool);
    *descriptor = made;
    return fault;
}

/* ---- writing */

typedef struct output_t {
    unsigned char *data;
    apr_size_t used;
} output_t;

static void put(unsigned char *at, apr_uint32_t number, unsigned bytes)
{
    unsigned i;

    for (i = 0; i < bytes; i++)
        at[i] = (unsigned char)(number >> 8 * i);
}

static apr_size_t sid_size(const sec_sid_t *sid)
{
    return sid ? SID_HEADER + (apr_size_t)sid->count * 4 : 0;
}

static apr_size_t acl_size(const sec_acl_t *acl)
{
    apr_size_t size = acl ? ACL_HEADER : 0;
    apr_uint32_t i;

    for (i = 0; acl != NULL && i < acl->count; i++)
        size += ACE_HEADER + sid_size(&acl->aces[i].sid);
    return size;
}

static void put_sid(output_t *out, const sec_sid_t *sid)
{
    unsigned char *at = out->data + out->used;
    unsigned i;

    at[0] = REVISION;
    at[1] = (unsigned char)sid->count;
    for (i = 0; i < 6; i++)
        at[2 + i] = (unsigned char)(sid->authority >> 8 * (5 - i));
    for (i = 0; i < sid->count; i++)
        put(at + SID_HEADER + i * 4, sid->sub[i], 4);
    out->used += sid_size(sid);
}

static void put_acl(output_t *out, const sec_acl_t *acl)
{
    unsigned char *at = out->data + out->used;
    apr_uint32_t i;

    at[0] = 2;
    put(at + 2, (apr_uint32_t)acl_size(acl), 2);
    put(at + 4, acl->count, 2);
    out->used += ACL_HEADER;
    for (i = 0; i < acl->count; i++) {
        const sec_ace_t *ace = &acl->aces[i];

        at = out->data + out->used;
        at[0] = ace->type;
        at[1] = ace->flags;
        put(at + 2, (apr_uint32_t)(ACE_HEADER + sid_size(&ace->sid)), 2);
        put(at + 4, ace->mask, 4);
        out->used += ACE_HEADER;
        put_sid(out, &ace->sid);
    }
}

static unsigned acl_control(const sec_acl_t *acl, unsigned present, int audit)
{
    unsigned control = 0;

    if (acl == NULL)
        return 0;
    control |= acl->must_inherit ? DACL_REQUIRED : 0;
    control |= acl->inherited ? DACL_INHERITED : 0;
    control |= acl->is_protected ? DACL_PROTECTED : 0;
    return present | control << audit;
}

const unsigned char *sec_binary_make(const sec_descriptor_t *descriptor,
                                     apr_size_t *length, apr_pool_t *pool)
{
    const sec_descriptor_t *d = descriptor;
    apr_size_t size = HEADER + sid_size(d->owner) + sid_size(d->group) +
                      acl_size(d->sacl) + acl_size(d->dacl);
    output_t out = {apr_pcalloc(pool, size), HEADER};

    out.data[0] = REVISION;
    put(out.data + 2,
        SELF_RELATIVE | acl_control(d->dacl, DACL_PRESENT, 0) |
            acl_control(d->sacl, SACL_PRESENT, 1),
        2);
    if (d->sacl != NULL) {
        put(out.data + 12, (apr_uint32_t)out.used, 4);
        put_acl(&out, d->sacl);
    }
    if (d->dacl != NULL) {
        put(out.data + 16, (apr_uint32_t)out.used, 4);
        put_acl(&out, d->dacl);
    } else {
        /* Present and not there: access for everybody. */
        out.data[2] |= DACL_PRESENT;
    }
    if (d->owner != NULL) {
        put(out.data + 4, (apr_uint32_t)out.used, 4);
        put_sid(&out, d->owner);
    }
    if (d->group != NULL) {
        put(out.data + 8, (apr_uint32_t)out.used, 4);
        put_sid(&out, d->group);
    }
    *length = size;
    return out.data;
}
