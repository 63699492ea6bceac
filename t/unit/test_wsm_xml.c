/* test_wsm_xml.c - the parser: what it takes, what it refuses, its limits; and
 * walking its tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../../mod_wsman/xml/wsm_xml.h"

#define LIMIT 512000

static apr_pool_t *pool;

static int setup(void **state)
{
    (void)state;
    wsm_xml_init();
    return apr_pool_create(&pool, NULL);
}

static int teardown(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    return 0;
}

/** Parses in pieces of `step` bytes. */
static wsm_error_t *parse_in_steps(xmlDocPtr *doc, int *utf16,
                                   const char *charset, const char *data,
                                   apr_size_t length, apr_size_t step)
{
    wsm_xml_parser_t *parser;
    wsm_error_t *err = wsm_xml_parser_make(&parser, charset, LIMIT, pool);
    if (err)
        return err;
    for (apr_size_t at = 0; at < length; at += step) {
        apr_size_t part = length - at < step ? length - at : step;
        wsm_error_t *first = wsm_xml_parser_feed(parser, data + at, part);
        if (first) /* it stays */
            assert_ptr_equal(wsm_xml_parser_feed(parser, "<", 1), first);
    }
    return wsm_xml_parser_done(parser, doc, utf16);
}

static const xmlNode *tree(const char *text)
{
    xmlDocPtr doc = NULL;
    wsm_error_t *err = wsm_xml_parse(&doc, text, strlen(text), LIMIT, pool);
    if (err)
        fail_msg("%s", err->message);
    return xmlDocGetRootElement(doc);
}

/* ---- encodings */

/** ASCII and one other character as UTF-16; mark: with a byte-order mark. */
static apr_size_t utf16(char *out, const char *text, int big, int mark)
{
    apr_size_t length = 0;
#define UNIT(u)                                                                \
    (out[length++] = (char)(big ? (u) >> 8 : (u)&0xff),                        \
     out[length++] = (char)(big ? (u)&0xff : (u) >> 8))
    if (mark)
        UNIT(0xfeff);
    for (; *text; text++) {
        if (*text == '@') { /* U+1F427 */
            UNIT(0xd83d);
            UNIT(0xdc27);
        } else
            UNIT(*text);
    }
#undef UNIT
    return length;
}

enum { AS_UTF8, AS_UTF8_MARK, AS_LE, AS_LE_MARK, AS_BE, AS_BE_MARK };

static const struct {
    const char *charset;
    const char *text;
    int form;
    wsman_code_e code;
    apr_status_t status;
    int utf16;
} encodings[] = {
    {NULL, "<a>x</a>", AS_UTF8, WSMAN_OK, 0, 0},
    {"utf-8", "<a>x</a>", AS_UTF8, WSMAN_OK, 0, 0},
    {"UTF-8", "<?xml version='1.0' encoding='utf-8'?><a>x</a>", AS_UTF8,
     WSMAN_OK, 0, 0},
    {NULL, "<a>x</a>", AS_UTF8_MARK, WSMAN_OK, 0, 0},
    {"UTF-16", "<a>@</a>", AS_LE_MARK, WSMAN_OK, 0, 1},
    {"UTF-16", "<a>@</a>", AS_BE_MARK, WSMAN_OK, 0, 1},
    {"utf-16", "<a>@</a>", AS_LE, WSMAN_OK, 0, 1},
    {"utf-16", "<a>@</a>", AS_BE, WSMAN_OK, 0, 1},
    {NULL, "<a>@</a>", AS_LE_MARK, WSMAN_OK, 0, 1},
    {NULL, "<a>@</a>", AS_BE, WSMAN_OK, 0, 1},
    {"utf-16", "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>@</a>",
     AS_LE_MARK, WSMAN_OK, 0, 1},
    {"utf-16le", "<a>@</a>", AS_LE_MARK, WSMAN_OK, 0, 1},
    /* contradictions: R13.1-8 */
    {"utf-8", "<a>x</a>", AS_LE_MARK, WSMAN_E_ENCODING_CHARACTER_SET,
     APR_EINVAL, 1},
    {"utf-16", "<a>x</a>", AS_UTF8, WSMAN_E_ENCODING_CHARACTER_SET, APR_EINVAL,
     0},
    {"utf-16", "<a>x</a>", AS_UTF8_MARK, WSMAN_E_ENCODING_CHARACTER_SET,
     APR_EINVAL, 0},
    {"utf-16be", "<a>x</a>", AS_LE_MARK, WSMAN_E_ENCODING_CHARACTER_SET,
     APR_EINVAL, 1},
    {NULL, "<?xml version='1.0' encoding='utf-8'?><a>x</a>", AS_LE_MARK,
     WSMAN_E_ENCODING_CHARACTER_SET, APR_EINVAL, 1},
    {NULL, "<?xml version='1.0' encoding='utf-16'?><a>x</a>", AS_UTF8,
     WSMAN_E_ENCODING_CHARACTER_SET, APR_EINVAL, 0},
    {"utf-8", "<?xml version='1.0' encoding='latin1'?><a>x</a>", AS_UTF8,
     WSMAN_E_ENCODING_CHARACTER_SET, APR_EINVAL, 0},
    /* unsupported: R13.1-5 */
    {"iso-8859-1", "<a>x</a>", AS_UTF8, WSMAN_E_ENCODING_CHARACTER_SET, 0, 0},
    {"", "<a>x</a>", AS_UTF8, WSMAN_E_ENCODING_CHARACTER_SET, 0, 0},
    {NULL, "<?xml version='1.0' encoding='iso-8859-1'?><a>x</a>", AS_UTF8,
     WSMAN_E_ENCODING_CHARACTER_SET, 0, 0},
};

static apr_size_t encode(char *out, const char *text, int form)
{
    apr_size_t length = 0;
    switch (form) {
    case AS_UTF8_MARK:
        memcpy(out, "\xef\xbb\xbf", 3);
        length = 3;
        /* fall through */
    case AS_UTF8:
        memcpy(out + length, text, strlen(text));
        return length + strlen(text);
    default:
        return utf16(out, text, form >= AS_BE,
                     form == AS_LE_MARK || form == AS_BE_MARK);
    }
}

static void encodings_must_agree(void **state)
{
    (void)state;
    char data[512];
    for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++) {
        apr_size_t length = encode(data, encodings[i].text, encodings[i].form);
        for (apr_size_t step = 1; step <= length; step += 3) {
            xmlDocPtr doc = NULL;
            int wide = 0;
            wsm_error_t *err = parse_in_steps(&doc, &wide, encodings[i].charset,
                                              data, length, step);
            if ((err ? err->code : WSMAN_OK) != encodings[i].code ||
                (err && err->status != encodings[i].status))
                fail_msg("case %d step %d: %s", (int)i, (int)step,
                         err ? err->message : "taken");
            assert_int_equal(wide, encodings[i].utf16);
            if (err)
                continue;
            assert_string_equal(wsm_xml_text(xmlDocGetRootElement(doc), pool),
                                encodings[i].form >= AS_LE ? "\xf0\x9f\x90\xa7"
                                                           : "x");
        }
    }
}

static void broken_utf16_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        apr_size_t length;
    } texts[] = {
#define WIDE(s) {s, sizeof(s) - 1}
        WIDE("<\0a\0>\0\x3d\xd8<\0/\0a\0>\0"), /* high half alone */
        WIDE("<\0a\0>\0\x27\xdc<\0/\0a\0>\0"), /* low half alone */
        WIDE("<\0a\0/\0>\0x"),                 /* half a unit */
        WIDE("<\0a\0/\0>\0\x3d\xd8"),          /* half a pair at the end */
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        xmlDocPtr doc = NULL;
        wsm_error_t *err =
            parse_in_steps(&doc, NULL, NULL, texts[i].data, texts[i].length, 5);
        assert_non_null(err);
        assert_int_equal(err->code, WSMAN_E_SCHEMA_VALIDATION);
        assert_null(doc);
    }
}

/* ---- refusals */

static const struct {
    const char *text;
    const char *says;
} refused[] = {
    {"", "empty"},
    {" ", "ends too early"},
    {"x", ""},
    {"<a>", "ends too early"},
    {"<a>\n  </b>", "Line 2, column"},
    {"<a/><b/>", "Extra content"},
    {"<a b='1' b='2'/>", "redefined"},
    {"<p:a/>", "Namespace prefix p"},
    {"<a>&#0;</a>", ""},
    {"<a>&nbsp;</a>", "nbsp"},
    {"<a>\x80</a>", ""},
    {"<!DOCTYPE a><a/>", "document type"},
    {"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "document type"},
    {"<!DOCTYPE a [<!ENTITY b 'c'><!ENTITY d '&b;&b;&b;&b;'>]><a>&d;</a>",
     "document type"},
    {"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
     "document type"},
    {"<!DOCTYPE a [<!ENTITY % b SYSTEM 'http://127.0.0.1:9/'> %b;]><a/>",
     "document type"},
    {"<?foo bar?><a/>", "Processing instructions"},
    {"<a><?foo bar?></a>", "Processing instructions"},
    {"<?xml-stylesheet href='x'?><a/>", "Processing instructions"},
    {"<a/><?foo?>", "Processing instructions"},
    {"<?xml version='1.0'", ""},
    {"<?xml version='1.0' encoding='utf-8?><a/>", ""},
};

static void bad_documents_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        apr_size_t length = strlen(refused[i].text);
        for (apr_size_t step = 1; step <= length + 1; step += 7) {
            xmlDocPtr doc = NULL;
            wsm_error_t *err =
                parse_in_steps(&doc, NULL, NULL, refused[i].text, length, step);
            if (!err)
                fail_msg("taken: %s", refused[i].text);
            assert_int_equal(err->code, WSMAN_E_SCHEMA_VALIDATION);
            if (!strstr(err->message, refused[i].says))
                fail_msg("%s: %s", refused[i].text, err->message);
            assert_null(strchr(err->message, '\n'));
        }
    }
}

static char *repeat(const char *before, const char *piece, int times,
                    const char *after)
{
    apr_size_t length = strlen(piece);
    char *text = apr_palloc(pool, strlen(before) + (apr_size_t)times * length +
                                      strlen(after) + 1);
    char *at = stpcpy(text, before);
    for (int i = 0; i < times; i++)
        at = stpcpy(at, piece);
    strcpy(at, after);
    return text;
}

static wsm_error_t *parse_text(const char *text)
{
    xmlDocPtr doc = NULL;
    wsm_error_t *err = wsm_xml_parse(&doc, text, strlen(text), LIMIT, pool);
    assert_true(!err == !!doc);
    return err;
}

static void assert_refused(wsm_error_t *err, const char *says)
{
    assert_non_null(err);
    assert_int_equal(err->code, WSMAN_E_SCHEMA_VALIDATION);
    if (!strstr(err->message, says))
        fail_msg("%s", err->message);
}

static void depth_is_bounded(void **state)
{
    (void)state;
    assert_null(
        parse_text(repeat(repeat("", "<a>", 256, ""), "</a>", 256, "")));
    assert_refused(parse_text(repeat("", "<a>", 257, "")), "nested deeper");
    assert_refused(parse_text(repeat("", "<a>", 50000, "")), "nested deeper");
    /* siblings are not nested */
    assert_null(parse_text(repeat("<a>", "<b></b>", 50000, "</a>")));
}

static void tags_are_bounded(void **state)
{
    (void)state;
    char *many = apr_palloc(pool, 500000);
    char *at = stpcpy(many, "<a");
    for (int i = 0; i < 40000; i++)
        at += sprintf(at, " b%d=''", i);
    strcpy(at, "/>");
    assert_refused(parse_text(many), "tag is longer");
    at = stpcpy(many, "<a");
    for (int i = 0; i < 64; i++)
        at += sprintf(at, " b%d=''", i);
    strcpy(at, "/>");
    assert_null(parse_text(many));
    strcpy(at, " c=''/>");
    assert_refused(parse_text(many), "attributes");
    assert_refused(parse_text(repeat("<a b='", "c", 500000, "'/>")),
                   "tag is longer");
    assert_null(parse_text(repeat("<a b='", "c", 10000, "'/>")));
    assert_null(parse_text(repeat("<a>", "cd ef", 100000, "</a>")));
    assert_null(parse_text(repeat("<a><![CDATA[", "cd<ef", 99999, "]]></a>")));
}

static void namespaces_are_bounded(void **state)
{
    (void)state;
    char *many = apr_palloc(pool, 500000);
    char *at = many;
    for (int i = 0; i < 100; i++) {
        at += sprintf(at, "<a");
        for (int j = 0; j < 10; j++)
            at += sprintf(at, " xmlns:n%dx%d='u'", i, j);
        at += sprintf(at, ">");
    }
    assert_refused(parse_text(many), "namespace declarations");
    /* those that went out of scope do not count */
    assert_null(parse_text(
        repeat("<a>", "<b:b xmlns:b='u' xmlns:c='v'/>", 10000, "</a>")));
}

static void length_is_bounded(void **state)
{
    (void)state;
    xmlDocPtr doc = NULL;
    assert_null(wsm_xml_parse(&doc, "<abc/>", 6, 6, pool));
    wsm_error_t *err = wsm_xml_parse(&doc, "<abcd/>", 7, 6, pool);
    assert_int_equal(err->code, WSMAN_E_ENCODING_SERVICE_ENVELOPE);
    char *big = repeat("<a>", "0123456789", 60000, "</a>");
    err = parse_in_steps(&doc, NULL, NULL, big, strlen(big), 8192);
    assert_int_equal(err->code, WSMAN_E_ENCODING_SERVICE_ENVELOPE);
}

/** What went wrong in one document leaves nothing for the next, and nothing on
 *  standard error: libxml2's own reporting would write there. */
static void a_parser_given_up_is_freed(void **state)
{
    (void)state;
    apr_pool_t *sub;
    apr_pool_create(&sub, pool);
    wsm_xml_parser_t *parser;
    assert_null(wsm_xml_parser_make(&parser, NULL, LIMIT, sub));
    assert_null(wsm_xml_parser_feed(parser, "<a><b>text", 10));
    apr_pool_destroy(sub);
    assert_null(parse_text("<a/>"));
}

/* ---- walking */

static void finds_elements(void **state)
{
    (void)state;
    const xmlNode *root =
        tree("<a xmlns='u' xmlns:p='v'> t <p:b i='1'/><!-- c --><b i='2'/>"
             "<![CDATA[x]]><p:b i='3'/></a>");
    assert_true(wsm_xml_is(root, "u", "a"));
    assert_true(wsm_xml_is(root, NULL, "a"));
    assert_false(wsm_xml_is(root, "v", "a"));
    assert_false(wsm_xml_is(root, "u", "b"));
    assert_false(wsm_xml_is(NULL, "u", "a"));
    const xmlNode *b = wsm_xml_first(root);
    assert_string_equal(wsm_xml_ns(b), "v");
    assert_string_equal(wsm_xml_ns(wsm_xml_next(b)), "u");
    assert_string_equal(wsm_xml_attr(wsm_xml_again(b), NULL, "i", pool), "3");
    assert_null(wsm_xml_again(wsm_xml_again(b)));
    assert_string_equal(
        wsm_xml_attr(wsm_xml_child(root, "u", "b"), NULL, "i", pool), "2");
    assert_ptr_equal(wsm_xml_child(root, NULL, "b"), b);
    assert_null(wsm_xml_child(root, "u", "c"));
    assert_null(wsm_xml_first(b));
    assert_string_equal(wsm_xml_ns(tree("<a/>")), "");
}

static void gathers_text(void **state)
{
    (void)state;
    static const struct {
        const char *xml, *text, *raw;
    } texts[] = {
        {"<a/>", "", ""},
        {"<a> \t\r\n </a>", "", " \t\n "},
        {"<a> x y </a>", "x y", " x y "},
        {"<a>x<!-- no -->y</a>", "xy", "xy"},
        {"<a>x<![CDATA[ <y> ]]>z</a>", "x <y> z", "x <y> z"},
        {"<a> <b>x</b> <c><d>y</d>z</c></a>", "x yz", " x yz"},
        {"<a>&lt;&#x20ac;&amp;</a>", "<\xe2\x82\xac&", "<\xe2\x82\xac&"},
        {"<a>&#32;x&#13;</a>", "x", " x\r"},
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const xmlNode *a = tree(texts[i].xml);
        assert_string_equal(wsm_xml_text(a, pool), texts[i].text);
        assert_string_equal(wsm_xml_raw_text(a, pool), texts[i].raw);
    }
}

static void reads_attributes(void **state)
{
    (void)state;
    const xmlNode *a = tree("<a xmlns:p='u' xmlns:q='v' b='1&amp;2&lt;&#9;3' "
                            "p:b='2' q:c='' xml:lang='de'/>");
    assert_string_equal(wsm_xml_attr(a, NULL, "b", pool), "1&2<\t3");
    assert_string_equal(wsm_xml_attr(a, "u", "b", pool), "2");
    assert_string_equal(wsm_xml_attr(a, "v", "c", pool), "");
    assert_null(wsm_xml_attr(a, "v", "b", pool));
    assert_null(wsm_xml_attr(a, NULL, "c", pool));
    assert_string_equal(
        wsm_xml_attr(a, "http://www.w3.org/XML/1998/namespace", "lang", pool),
        "de");
}

static void knows_nil(void **state)
{
    (void)state;
    static const struct {
        const char *attribute;
        int nil;
    } cases[] = {{"i:nil='true'", 1},  {"i:nil='1'", 1},   {"i:nil='TRUE'", 1},
                 {"i:nil='false'", 0}, {"nil='true'", 0},  {"", 0},
                 {"i:nil='yes'", 0},   {"j:nil='true'", 0}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(
            wsm_xml_nil(
                tree(apr_psprintf(
                    pool,
                    "<a xmlns:i='http://www.w3.org/2001/XMLSchema-instance' "
                    "xmlns:j='x' %s/>",
                    cases[i].attribute)),
                pool),
            cases[i].nil);
}

static void resolves_qnames(void **state)
{
    (void)state;
    const xmlNode *a = tree("<a xmlns='u' xmlns:p='v'><p:b xmlns:p='w' "
                            "xmlns=''><c/></p:b></a>");
    const xmlNode *c = wsm_xml_first(wsm_xml_first(a));
    static const struct {
        const char *text, *ns, *local;
        int inner;
    } names[] = {
        {"p:x", "v", "x", 0},
        {" p:x\n", "v", "x", 0},
        {"x", "u", "x", 0},
        {"p:x", "w", "x", 1},
        {"x", "", "x", 1},
        {"q:x", NULL, NULL, 0},
        {"p:", NULL, NULL, 0},
        {":x", NULL, NULL, 0},
        {"", NULL, NULL, 0},
        {"p:x y", NULL, NULL, 0},
        {"p:x:y", NULL, NULL, 0},
        {"1", NULL, NULL, 0},
        {"xml:x", "http://www.w3.org/XML/1998/namespace", "x", 1},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *ns = NULL, *local = NULL;
        int found = wsm_xml_qname(names[i].inner ? c : a, names[i].text, &ns,
                                  &local, pool);
        assert_int_equal(found, names[i].ns != NULL);
        if (found) {
            assert_string_equal(ns, names[i].ns);
            assert_string_equal(local, names[i].local);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodings_must_agree),
        cmocka_unit_test(broken_utf16_is_refused),
        cmocka_unit_test(bad_documents_are_refused),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(tags_are_bounded),
        cmocka_unit_test(namespaces_are_bounded),
        cmocka_unit_test(length_is_bounded),
        cmocka_unit_test(a_parser_given_up_is_freed),
        cmocka_unit_test(finds_elements),
        cmocka_unit_test(gathers_text),
        cmocka_unit_test(reads_attributes),
        cmocka_unit_test(knows_nil),
        cmocka_unit_test(resolves_qnames),
    };
    apr_initialize();
    return cmocka_run_group_tests(tests, setup, teardown);
}
