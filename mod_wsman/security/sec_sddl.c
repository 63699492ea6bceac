/* sec_sddl.c - the security descriptor definition language (MS-DTYP 2.5.1).
 */
#include <string.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "sec_descriptor.h"

typedef struct word_t {
    char text[3];
    apr_uint32_t bit;
} word_t;

/* Rights in the order in which Windows writes them.  The first nine are names
 * for the lowest bits, whatever they mean for the object. */
static const word_t rights[] = {{"CC", 0x1},
                                {"DC", 0x2},
                                {"LC", 0x4},
                                {"SW", 0x8},
                                {"RP", 0x10},
                                {"WP", 0x20},
                                {"DT", 0x40},
                                {"LO", 0x80},
                                {"CR", 0x100},
                                {"SD", SEC_DELETE},
                                {"RC", SEC_READ_CONTROL},
                                {"WD", SEC_WRITE_DAC},
                                {"WO", SEC_WRITE_OWNER},
                                {"GA", SEC_GENERIC_ALL},
                                {"GR", SEC_GENERIC_READ},
                                {"GW", SEC_GENERIC_WRITE},
                                {"GX", SEC_GENERIC_EXECUTE},
                                {"", 0}};

/* Rights that are several bits: understood, but not written. */
static const word_t combined[] = {
    {"FA", 0x1f01ff}, {"FR", 0x120089}, {"FW", 0x120116},
    {"FX", 0x1200a0}, {"KA", 0xf003f},  {"KR", 0x20019},
    {"KW", 0x20006},  {"KX", 0x20019},  {"", 0}};

static const word_t ace_flags[] = {
    {"OI", SEC_OBJECT_INHERIT}, {"CI", SEC_CONTAINER_INHERIT},
    {"NP", SEC_NO_PROPAGATE},   {"IO", SEC_INHERIT_ONLY},
    {"ID", SEC_INHERITED},      {"SA", SEC_AUDIT_SUCCESS},
    {"FA", SEC_AUDIT_FAILURE},  {"", 0}};

/* ---- reading */

typedef struct parser_t {
    const char *begin;
    const char *at;
    apr_pool_t *pool;
    const char *fault;
} parser_t;

static int fail(parser_t *self, const char *what)
{
    if (self->fault == NULL)
        self->fault =
            apr_psprintf(self->pool, "SDDL: %s, at character %u.", what,
                         (unsigned)(self->at - self->begin) + 1);
    return 0;
}

static int take(parser_t *self, char c)
{
    if (*self->at != c)
        return 0;
    self->at++;
    return 1;
}

static int find_word(const word_t *words, const char *text, apr_uint32_t *bits)
{
    for (; words->bit != 0; words++) {
        if (strncmp(words->text, text, 2) == 0) {
            *bits |= words->bit;
            return 1;
        }
    }
    return 0;
}

static int parse_sid(parser_t *self, sec_sid_t *sid)
{
    /* A SID has letters, digits and '-'; what follows one begins with ")", or
     * with a letter and ':'. */
    apr_size_t length = 2;
    const char *fault;

    if ((self->at[0] | 0x20) == 's' && self->at[1] == '-') {
        length = 2 + strspn(self->at + 2, "0123456789abcdefABCDEFxX-");
        /* "D:" may follow without a sign between */
        if (self->at[length] == ':')
            length--;
    } else if (self->at[0] == '\0' || self->at[1] == '\0') {
        return fail(self, "there must be a SID");
    }
    fault = sec_sid_parse(sid, self->at, length);
    if (fault != NULL)
        return fail(self, fault);
    self->at += length;
    return 1;
}

static int parse_number(parser_t *self, apr_uint32_t *mask)
{
    char *end;
    apr_int64_t number = apr_strtoi64(self->at, &end, 0);

    if (end == self->at || number < 0 || number > 0xffffffffLL)
        return fail(self, "these rights are no number of 32 bits");
    *mask = (apr_uint32_t)number;
    self->at = end;
    return 1;
}

static int parse_rights(parser_t *self, apr_uint32_t *mask)
{
    *mask = 0;
    if (*self->at >= '0' && *self->at <= '9')
        return parse_number(self, mask);
    while (*self->at != ';') {
        if (self->at[0] == '\0' || (!find_word(rights, self->at, mask) &&
                                    !find_word(combined, self->at, mask)))
            return fail(self, "there is no such right");
        self->at += 2;
    }
    return 1;
}

static int parse_type(parser_t *self, sec_ace_t *ace)
{
    if (take(self, 'D')) {
        ace->type = SEC_DENY;
    } else if (self->at[0] == 'A' && self->at[1] == 'U') {
        ace->type = SEC_AUDIT;
        self->at += 2;
    } else if (take(self, 'A')) {
        ace->type = SEC_ALLOW;
    } else {
        return fail(self, "an entry is of type A, D or AU");
    }
    return take(self, ';') ? 1 : fail(self, "an entry is of type A, D or AU");
}

static int parse_flags(parser_t *self, sec_ace_t *ace)
{
    apr_uint32_t flags = 0;

    while (*self->at != ';') {
        if (self->at[0] == '\0' || !find_word(ace_flags, self->at, &flags))
            return fail(self, "there is no such flag of an entry");
        self->at += 2;
    }
    ace->flags = (unsigned char)flags;
    self->at++;
    return 1;
}

/* (type;flags;rights;;;sid) */
static int parse_ace(parser_t *self, sec_ace_t *ace)
{
    memset(ace, 0, sizeof(*ace));
    if (!parse_type(self, ace) || !parse_flags(self, ace) ||
        !parse_rights(self, &ace->mask))
        return 0;
    if (strncmp(self->at, ";;;", 3) != 0)
        return fail(self, "entries for objects are not understood");
    self->at += 3;
    if (!parse_sid(self, &ace->sid))
        return 0;
    return take(self, ')') ? 1 : fail(self, "')' must end the entry");
}

static int parse_acl_flags(parser_t *self, sec_acl_t *acl)
{
    for (;;) {
        if (self->at[0] == 'P') {
            acl->is_protected = 1;
            self->at++;
        } else if (strncmp(self->at, "AR", 2) == 0) {
            acl->must_inherit = 1;
            self->at += 2;
        } else if (strncmp(self->at, "AI", 2) == 0) {
            acl->inherited = 1;
            self->at += 2;
        } else {
            return 1;
        }
    }
}

/** "NO_ACCESS_CONTROL" is how Windows writes a DACL that is not there. */
static int parse_acl(parser_t *self, const sec_acl_t **made, int audit)
{
    apr_array_header_t *aces = apr_array_make(self->pool, 8, sizeof(sec_ace_t));
    sec_acl_t *acl = apr_pcalloc(self->pool, sizeof(*acl));
    static const char none[] = "NO_ACCESS_CONTROL";

    if (strncmp(self->at, none, sizeof(none) - 1) == 0) {
        self->at += sizeof(none) - 1;
        return 1;
    }
    parse_acl_flags(self, acl);
    while (take(self, '(')) {
        sec_ace_t *ace = apr_array_push(aces);

        if (aces->nelts > SEC_MAX_ACES)
            return fail(self, "there are too many entries");
        if (!parse_ace(self, ace))
            return 0;
        if ((ace->type == SEC_AUDIT) != audit)
            return fail(self, "entries that audit are in the SACL, all others "
                              "in the DACL");
    }
    acl->aces = (const sec_ace_t *)(void *)aces->elts;
    acl->count = (apr_uint32_t)aces->nelts;
    *made = acl;
    return 1;
}

static int parse_part(parser_t *self, sec_descriptor_t *made, char part)
{
    sec_sid_t *sid;

    if (part == 'D')
        return parse_acl(self, &made->dacl, 0);
    if (part == 'S')
        return parse_acl(self, &made->sacl, 1);
    sid = apr_palloc(self->pool, sizeof(*sid));
    if (!parse_sid(self, sid))
        return 0;
    *(part == 'O' ? &made->owner : &made->group) = sid;
    return 1;
}

const char *sec_sddl_parse(const sec_descriptor_t **descriptor,
                           const char *text, apr_pool_t *pool)
{
    sec_descriptor_t *made = apr_pcalloc(pool, sizeof(*made));
    parser_t parser = {text, text, pool, NULL};
    const char *parts = "OGDS";

    if (strlen(text) > SEC_MAX_BYTES)
        return "SDDL: this text is too long.";
    for (; *parts != '\0' && *parser.at != '\0'; parts++) {
        if (parser.at[0] != *parts || parser.at[1] != ':')
            continue;
        parser.at += 2;
        if (!parse_part(&parser, made, *parts))
            return parser.fault;
    }
    if (*parser.at != '\0' || parser.at == text)
        fail(&parser, "O:, G:, D: and S: follow each other, each once");
    *descriptor = made;
    return parser.fault;
}

/* ---- writing */

/** A text that grows. */
typedef struct text_t {
    apr_array_header_t *bytes;
} text_t;

static void add(text_t *out, const char *text)
{
    apr_size_t length = strlen(text);
    apr_size_t i;

    for (i = 0; i < length; i++)
        APR_ARRAY_PUSH(out->bytes, char) = text[i];
}

static void add_words(text_t *out, const word_t *words, apr_uint32_t bits)
{
    for (; words->bit != 0; words++) {
        if (bits & words->bit)
            add(out, words->text);
    }
}

static apr_uint32_t bits_of(const word_t *words)
{
    apr_uint32_t bits = 0;

    for (; words->bit != 0; words++)
        bits |= words->bit;
    return bits;
}

static void add_sid(text_t *out, const sec_sid_t *sid)
{
    const char *alias = sec_sid_alias(sid);

    add(out, alias ? alias : sec_sid_text(sid, out->bytes->pool));
}

static void add_ace(text_t *out, const sec_ace_t *ace)
{
    static const char *const types[] = {"A", "D", "AU"};

    add(out, "(");
    add(out, types[ace->type]);
    add(out, ";");
    add_words(out, ace_flags, ace->flags);
    add(out, ";");
    if (ace->mask & ~bits_of(rights))
        add(out, apr_psprintf(out->bytes->pool, "0x%x", ace->mask));
    else
        add_words(out, rights, ace->mask);
    add(out, ";;;");
    add_sid(out, &ace->sid);
    add(out, ")");
}

static void add_acl(text_t *out, const char *name, const sec_acl_t *acl)
{
    apr_uint32_t i;

    if (acl == NULL)
        return;
    add(out, name);
    add(out, acl->is_protected ? "P" : "");
    add(out, acl->must_inherit ? "AR" : "");
    add(out, acl->inherited ? "AI" : "");
    for (i = 0; i < acl->count; i++)
        add_ace(out, &acl->aces[i]);
}

const char *sec_sddl_text(const sec_descriptor_t *descriptor, apr_pool_t *pool)
{
    text_t out = {apr_array_make(pool, 256, sizeof(char))};

    if (descriptor->owner != NULL) {
        add(&out, "O:");
        add_sid(&out, descriptor->owner);
    }
    if (descriptor->group != NULL) {
        add(&out, "G:");
        add_sid(&out, descriptor->group);
    }
    if (descriptor->dacl == NULL)
        add(&out, "D:NO_ACCESS_CONTROL");
    add_acl(&out, "D:", descriptor->dacl);
    add_acl(&out, "S:", descriptor->sacl);
    APR_ARRAY_PUSH(out.bytes, char) = '\0';
    return out.bytes->elts;
}
