/* wscim_fixture.h - what the tests of the WS-CIM mapping share. */
#ifndef WSCIM_FIXTURE_H
#define WSCIM_FIXTURE_H

#include "golden.h"
#include "wscim_schema.h"

#include "../../mod_wsman/soap/wsm_names.h"

static cim_schema_t *schema;

__attribute__((unused)) static int make_schema(void **state)
{
    wsm_error_t *err;
    make_pool(state);
    schema = test_schema(&err, pool);
    if (!schema)
        fprintf(stderr, "%s\n", err->message);
    return schema ? 0 : -1;
}

__attribute__((unused)) static const cim_class_t *class_of(const char *name)
{
    const cim_class_t *cls = cim_schema_class(schema, TEST_NS, name);
    assert_non_null(cls);
    return cls;
}

__attribute__((unused)) static cim_instance_t *instance_of(const char *name)
{
    return cim_instance_make(class_of(name), pool);
}

__attribute__((unused)) static void set(cim_instance_t *instance,
                                        const char *name, cim_value_t value)
{
    if (cim_instance_set(instance, name, value))
        fail_msg("%s cannot be set", name);
}

__attribute__((unused)) static cim_xml_style_t style_of(const char *uri)
{
    cim_xml_style_t style = {0};
    assert_true(cim_uri_read(&style.uri, uri, pool));
    style.default_ns = TEST_NS;
    return style;
}

static cim_value_t items(cim_type_e type, apr_uint32_t count,
                         const cim_value_t *values)
{
    return cim_array(type, apr_pmemdup(pool, values, count * sizeof(*values)),
                     count);
}

#define ITEMS(type, ...)                                                       \
    items(type,                                                                \
          (apr_uint32_t)(sizeof((cim_value_t[]){__VA_ARGS__}) /                \
                         sizeof(cim_value_t)),                                 \
          (cim_value_t[]){__VA_ARGS__})

static const cim_datetime_t *moment(const char *text)
{
    cim_datetime_t *when = apr_palloc(pool, sizeof(*when));
    if (!cim_datetime_parse(text, when))
        fail_msg("%s is no datetime", text);
    return when;
}

static const cim_instance_t *base_instance(const char *name)
{
    cim_instance_t *base = instance_of("T_Base");
    set(base, "Name", cim_string(name));
    return base;
}

/** An instance in which every property has a value that is hard to write. */
__attribute__((unused)) static cim_instance_t *everything(void)
{
    cim_instance_t *all = instance_of("T_All");
    cim_instance_t *sub = instance_of("T_Sub");
    set(sub, "Name", cim_string("sub"));
    set(sub, "One", cim_embedded(base_instance("deep")));
    set(sub, "D", cim_datetime(moment("20261121080000.000000+060")));
    set(all, "Name", cim_string("a<b>&\"c\""));
    set(all, "Text", cim_string("  \xe2\x82\xac\n"));
    set(all, "B", cim_boolean(1));
    set(all, "U8", cim_uint8(255));
    set(all, "S8", cim_signed(CIM_SINT8, -128));
    set(all, "U16", cim_uint16(65535));
    set(all, "S16", cim_sint16(-32768));
    set(all, "U32", cim_uint32(4294967295u));
    set(all, "S32", cim_sint32(-2147483647 - 1));
    set(all, "U64", cim_uint64(18446744073709551615u));
    set(all, "S64", cim_sint64(-9223372036854775807 - 1));
    set(all, "R32", cim_real(CIM_REAL32, 0.1f));
    set(all, "R64", cim_real(CIM_REAL64, -1.0 / 0.0));
    set(all, "C", cim_unsigned(CIM_CHAR16, 0x20ac));
    set(all, "D", cim_datetime(moment("20261121080000.123456+060")));
    set(all, "S", cim_string(""));
    set(all, "Must", cim_string("x"));
    set(all, "Numbers",
        ITEMS(CIM_UINT16, cim_uint16(1), cim_null(CIM_UINT16), cim_uint16(3)));
    set(all, "Texts", ITEMS(CIM_STRING, cim_string("one"), cim_string("two")));
    set(all, "Bools", cim_array(CIM_BOOLEAN, NULL, 0));
    set(all, "Dates",
        ITEMS(CIM_DATETIME, cim_datetime(moment("00000001020304.500000:000")),
              cim_datetime(moment("********080000.000000+000")),
              cim_datetime(moment("20261121******.******-300")),
              cim_datetime(moment("2026112108****.******+000")),
              cim_datetime(moment("00000001******.******:000"))));
    set(all, "Octets",
        ITEMS(CIM_UINT8, cim_uint8(0), cim_uint8(0), cim_uint8(0), cim_uint8(6),
              cim_uint8(0xca), cim_uint8(0xfe)));
    set(all, "OctetTexts",
        ITEMS(CIM_STRING, cim_string("0x00000006CAFE"),
              cim_string("0x00000004")));
    set(all, "Bytes", ITEMS(CIM_UINT8, cim_uint8(1), cim_uint8(2)));
    set(all, "One", cim_embedded(base_instance("one")));
    set(all, "Many",
        ITEMS(CIM_INSTANCE, cim_embedded(base_instance("first")),
              cim_embedded(base_instance("second"))));
    set(all, "Any", cim_embedded(sub));
    return all;
}

/** A path T_Base.Name="name", in another namespace if ns is not NULL. */
__attribute__((unused)) static cim_path_t *base_path(const char *ns,
                                                     const char *name)
{
    cim_path_t *path = apr_pcalloc(pool, sizeof(*path));
    cim_key_t *key = apr_pcalloc(pool, sizeof(*key));
    key->name = "Name";
    key->value = cim_string(name);
    path->ns = ns;
    path->class_name = "T_Base";
    path->keys = key;
    path->nkeys = 1;
    return path;
}

__attribute__((unused)) static cim_path_t *two_path(void)
{
    cim_path_t *path = apr_pcalloc(pool, sizeof(*path));
    cim_key_t *keys = apr_pcalloc(pool, 3 * sizeof(*keys));
    keys[0] = (cim_key_t){"Id", cim_uint16(7)};
    keys[1] = (cim_key_t){"Part", cim_string("p q")};
    keys[2] = (cim_key_t){"On", cim_boolean(1)};
    path->class_name = "T_Two";
    path->keys = keys;
    path->nkeys = 3;
    return path;
}

__attribute__((unused)) static const char *instance_text(
    const cim_instance_t *instance, const char *uri)
{
    cim_xml_style_t style = style_of(uri);
    wsm_writer_t *out = writer();
    cim_xml_write_instance(out, instance, NULL, NULL, &style, pool);
    return content(out);
}

/** As it is in a reply: a and w are bound outside. */
__attribute__((unused)) static const xmlNode *in_reply(const char *text)
{
    return wsm_xml_first(tree(apr_pstrcat(pool,
                                          "<s:Body xmlns:s='" WSM_NS_SOAP
                                          "' xmlns:a='" WSM_NS_WSA
                                          "' xmlns:w='" WSM_NS_WSMAN "'>",
                                          text, "</s:Body>", NULL)));
}

#endif
