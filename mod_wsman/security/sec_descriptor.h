/* sec_descriptor.h - security descriptors: as text (SDDL, MS-DTYP 2.5.1), as
 * octets (self-relative, 2.4.6), what they allow (2.5.3.2) and what children
 * inherit (MS-WMI 2.2.30.2).
 *
 * Entries allow, deny or audit; those of objects, conditions, labels and claims
 * mean nothing here and are refused: a condition that is not understood must
 * not look as if it were obeyed.
 */
#ifndef SEC_DESCRIPTOR_H
#define SEC_DESCRIPTOR_H

#include "sec_sid.h"

/* Types of entries (2.4.4.1) */
#define SEC_ALLOW 0
#define SEC_DENY  1
#define SEC_AUDIT 2

/* Flags of entries */
#define SEC_OBJECT_INHERIT    0x01
#define SEC_CONTAINER_INHERIT 0x02
#define SEC_NO_PROPAGATE      0x04
#define SEC_INHERIT_ONLY      0x08
#define SEC_INHERITED         0x10
#define SEC_AUDIT_SUCCESS     0x40
#define SEC_AUDIT_FAILURE     0x80

/* Standard and generic rights (2.4.3) */
#define SEC_DELETE          0x00010000u
#define SEC_READ_CONTROL    0x00020000u
#define SEC_WRITE_DAC       0x00040000u
#define SEC_WRITE_OWNER     0x00080000u
#define SEC_GENERIC_ALL     0x10000000u
#define SEC_GENERIC_EXECUTE 0x20000000u
#define SEC_GENERIC_WRITE   0x40000000u
#define SEC_GENERIC_READ    0x80000000u

/* Bounds */
#define SEC_MAX_ACES  1024
#define SEC_MAX_BYTES 65536

typedef struct sec_ace_t {
    unsigned char type;
    unsigned char flags;
    apr_uint32_t mask;
    sec_sid_t sid;
} sec_ace_t;

typedef struct sec_acl_t {
    const sec_ace_t *aces;
    apr_uint32_t count;
    unsigned is_protected : 1; /* P: inherits nothing */
    unsigned must_inherit : 1; /* AR */
    unsigned inherited : 1;    /* AI */
} sec_acl_t;

typedef struct sec_descriptor_t {
    const sec_sid_t *owner; /* may be NULL */
    const sec_sid_t *group; /* may be NULL */
    const sec_acl_t *dacl;  /* NULL: everything is allowed to everybody */
    const sec_acl_t *sacl;  /* NULL: nothing is audited */
} sec_descriptor_t;

/** Reads SDDL.
 *  @param descriptor  in `pool`; nothing of the text is kept
 *  @return NULL, or a sentence that says what is wrong and where */
const char *sec_sddl_parse(const sec_descriptor_t **descriptor,
                           const char *text, apr_pool_t *pool);
/** SDDL that reads back the same; owner, group, DACL, SACL. */
const char *sec_sddl_text(const sec_descriptor_t *descriptor, apr_pool_t *pool);

/** Reads a self-relative descriptor.
 *  @return NULL, or a sentence that says what is wrong */
const char *sec_binary_parse(const sec_descriptor_t **descriptor,
                             const unsigned char *data, apr_size_t length,
                             apr_pool_t *pool);
/** @return the octets, in `pool` */
const unsigned char *sec_binary_make(const sec_descriptor_t *descriptor,
                                     apr_size_t *length, apr_pool_t *pool);

/** What the generic rights mean for a kind of object. */
typedef struct sec_mapping_t {
    apr_uint32_t read, write, execute, all;
} sec_mapping_t;

/** Who asks: the SIDs of a user and the groups of that user. */
typedef struct sec_token_t {
    const sec_sid_t *sids;
    apr_uint32_t count;
} sec_token_t;

/** @return the rights of `wanted` that are not granted; 0: all are */
apr_uint32_t sec_access_check(const sec_descriptor_t *descriptor,
                              const sec_token_t *token, apr_uint32_t wanted,
                              const sec_mapping_t *mapping);

/** @return true if the SACL wants it to be known that what was `wanted` was
 *  granted, or was not */
int sec_audit_check(const sec_descriptor_t *descriptor,
                    const sec_token_t *token, apr_uint32_t wanted, int granted,
                    const sec_mapping_t *mapping);

/** What a container has that inherits from one above it: its own entries, then
 *  those of `above` that are for containers.  More
 *  than SEC_MAX_ACES can come together; that is for the caller to refuse.
 *  @param own  what was set; entries in it that were inherited are dropped */
const sec_descriptor_t *sec_inherit(const sec_descriptor_t *own,
                                    const sec_descriptor_t *above,
                                    apr_pool_t *pool);

#endif
