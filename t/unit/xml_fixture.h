/* xml_fixture.h - what the tests of XML rooms share: a pool for the program, a
 * tree from a text, a writer's content.
 */
#ifndef XML_FIXTURE_H
#define XML_FIXTURE_H

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

#include "../../mod_wsman/xml/wsm_writer.h"
#include "../../mod_wsman/xml/wsm_xml.h"

static apr_pool_t *pool;

__attribute__((unused)) static int make_pool(void **state)
{
    (void)state;
    apr_initialize();
    wsm_xml_init();
    return apr_pool_create(&pool, NULL);
}

__attribute__((unused)) static int drop_pool(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    return 0;
}

__attribute__((unused)) static xmlDocPtr document(const char *text)
{
    xmlDocPtr doc = NULL;
    wsm_error_t *err = wsm_xml_parse(&doc, text, strlen(text), 1 << 20, pool);
    if (err)
        fail_msg("%s\n%s", err->message, text);
    return doc;
}

__attribute__((unused)) static const xmlNode *tree(const char *text)
{
    return xmlDocGetRootElement(document(text));
}

__attribute__((unused)) static wsm_writer_t *writer(void)
{
    return wsm_writer_make(1 << 20, pool);
}

__attribute__((unused)) static const char *content(const wsm_writer_t *out)
{
    assert_false(wsm_writer_full(out));
    return wsm_writer_string(out, pool);
}

__attribute__((unused)) static const char *read_text_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    char *text = apr_palloc(pool, 1 << 20);
    size_t length = fread(text, 1, (1 << 20) - 1, file);
    fclose(file);
    text[length] = '\0';
    return text;
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
