/* sec_access.c - the access check (MS-DTYP 2.5.3.2), and inheritance.
 */
#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "sec_descriptor.h"

static apr_uint32_t mapped(apr_uint32_t mask, const sec_mapping_t *mapping)
{
    if (mask & SEC_GENERIC_READ)
        mask |= mapping->read;
    if (mask & SEC_GENERIC_WRITE)
        mask |= mapping->write;
    if (mask & SEC_GENERIC_EXECUTE)
        mask |= mapping->execute;
    if (mask & SEC_GENERIC_ALL)
        mask |= mapping->all;
    return mask & ~(SEC_GENERIC_READ | SEC_GENERIC_WRITE | SEC_GENERIC_EXECUTE |
                    SEC_GENERIC_ALL);
}

/* SIDs differ at their end, mostly. */
static int has_sid(const sec_token_t *token, const sec_sid_t *sid)
{
    unsigned last = sid->count > 0 ? sid->count - 1 : 0;
    apr_uint32_t i;

    for (i = 0; i < token->count; i++) {
        if (token->sids[i].sub[last] == sid->sub[last] &&
            sec_sid_equal(&token->sids[i], sid))
            return 1;
    }
    return 0;
}

/* An entry for OWNER RIGHTS takes the place of what an owner always has. */
static int speaks_of_owner(const sec_acl_t *dacl)
{
    apr_uint32_t i;

    for (i = 0; i < dacl->count; i++) {
        const char *alias = sec_sid_alias(&dacl->aces[i].sid);

        if (alias != NULL && strcmp(alias, "OW") == 0 &&
            !(dacl->aces[i].flags & SEC_INHERIT_ONLY))
            return 1;
    }
    return 0;
}

static int is_for(const sec_ace_t *ace, const sec_token_t *token, int is_owner)
{
    const char *alias;

    if (has_sid(token, &ace->sid))
        return 1;
    alias = is_owner ? sec_sid_alias(&ace->sid) : NULL;
    return alias != NULL && strcmp(alias, "OW") == 0;
}

apr_uint32_t sec_access_check(const sec_descriptor_t *descriptor,
                              const sec_token_t *token, apr_uint32_t wanted,
                              const sec_mapping_t *mapping)
{
    const sec_acl_t *dacl = descriptor->dacl;
    int is_owner =
        descriptor->owner != NULL && has_sid(token, descriptor->owner);
    apr_uint32_t left = mapped(wanted, mapping);
    apr_uint32_t i;

    if (dacl == NULL)
        return 0;
    if (is_owner && !speaks_of_owner(dacl))
        left &= ~(SEC_READ_CONTROL | SEC_WRITE_DAC);
    for (i = 0; i < dacl->count && left != 0; i++) {
        const sec_ace_t *ace = &dacl->aces[i];
        apr_uint32_t mask = mapped(ace->mask, mapping);

        if ((ace->flags & SEC_INHERIT_ONLY) || !is_for(ace, token, is_owner))
            continue;
        if (ace->type == SEC_DENY && (mask & left) != 0)
            return left;
        if (ace->type == SEC_ALLOW)
            left &= ~mask;
    }
    return left;
}

int sec_audit_check(const sec_descriptor_t *descriptor,
                    const sec_token_t *token, apr_uint32_t wanted, int granted,
                    const sec_mapping_t *mapping)
{
    const sec_acl_t *sacl = descriptor->sacl;
    unsigned char flag = granted ? SEC_AUDIT_SUCCESS : SEC_AUDIT_FAILURE;
    apr_uint32_t i;

    for (i = 0; sacl != NULL && i < sacl->count; i++) {
        const sec_ace_t *ace = &sacl->aces[i];

        if ((ace->flags & flag) && !(ace->flags & SEC_INHERIT_ONLY) &&
            (mapped(ace->mask, mapping) & mapped(wanted, mapping)) != 0 &&
            has_sid(token, &ace->sid))
            return 1;
    }
    return 0;
}

/* ---- inheritance */

/* MS-WMI 2.2.30.2: entries for containers; they keep being inherited unless
 * they say otherwise. */
static void push_inherited(apr_array_header_t *aces, const sec_acl_t *above)
{
    apr_uint32_t i;

    for (i = 0; i < above->count; i++) {
        sec_ace_t ace = above->aces[i];

        if (!(ace.flags & SEC_CONTAINER_INHERIT))
            continue;
        if (ace.flags & SEC_NO_PROPAGATE)
            ace.flags &= (unsigned char)~(
                SEC_CONTAINER_INHERIT | SEC_NO_PROPAGATE | SEC_OBJECT_INHERIT);
        ace.flags &= (unsigned char)~SEC_INHERIT_ONLY;
        ace.flags |= SEC_INHERITED;
        APR_ARRAY_PUSH(aces, sec_ace_t) = ace;
    }
}

static const sec_acl_t *inherit(const sec_acl_t *own, const sec_acl_t *above,
                                apr_pool_t *pool)
{
    apr_array_header_t *aces = apr_array_make(pool, 8, sizeof(sec_ace_t));
    sec_acl_t *made;
    apr_uint32_t i;

    if ((own != NULL && own->is_protected) || above == NULL)
        return own;
    made = apr_pcalloc(pool, sizeof(*made));
    if (own != NULL) {
        *made = *own;
        for (i = 0; i < own->count; i++) {
            if (!(own->aces[i].flags & SEC_INHERITED))
                APR_ARRAY_PUSH(aces, sec_ace_t) = own->aces[i];
        }
    }
    push_inherited(aces, above);
    made->inherited = 1;
    made->aces = (const sec_ace_t *)(void *)aces->elts;
    made->count = (apr_uint32_t)aces->nelts;
    return made;
}

const sec_descriptor_t *sec_inherit(const sec_descriptor_t *own,
                                    const sec_descriptor_t *above,
                                    apr_pool_t *pool)
{
    sec_descriptor_t *made = apr_pmemdup(pool, own, sizeof(*made));

    made->dacl = inherit(own->dacl, above->dacl, pool);
    made->sacl = inherit(own->sacl, above->sacl, pool);
    if (made->owner == NULL)
        made->owner = above->owner;
    if (made->group == NULL)
        made->group = above->group;
    return made;
}
