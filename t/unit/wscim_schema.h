/* wscim_schema.h - a small schema with every CIM type, for tests and fuzzing of
 * the WS-CIM mapping.
 */
#ifndef WSCIM_SCHEMA_H
#define WSCIM_SCHEMA_H

#include "../../mod_wsman/cim/cim_mof.h"
#include "../../mod_wsman/cim/cim_xml.h"

#define TEST_NS  "root/test"
#define TEST_URI "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"

static const char test_mof[] =
    "Qualifier Key : boolean = false, Scope(property, reference),\n"
    "    Flavor(DisableOverride, ToSubclass);\n"
    "Qualifier Association : boolean = false, Scope(association),\n"
    "    Flavor(DisableOverride, ToSubclass);\n"
    "Qualifier Required : boolean = false, Scope(property, parameter);\n"
    "Qualifier OctetString : boolean = false, Scope(property, parameter);\n"
    "Qualifier EmbeddedObject : boolean = false, Scope(property, parameter);\n"
    "Qualifier EmbeddedInstance : string = null, Scope(property, parameter);\n"
    "Qualifier In : boolean = true, Scope(parameter);\n"
    "Qualifier Out : boolean = false, Scope(parameter);\n"
    "Qualifier Static : boolean = false, Scope(method);\n"
    "class T_Base { [Key] string Name; string Text; };\n"
    "class T_All : T_Base {\n"
    "  boolean B; uint8 U8; sint8 S8; uint16 U16; sint16 S16; uint32 U32;\n"
    "  sint32 S32; uint64 U64; sint64 S64; real32 R32; real64 R64;\n"
    "  char16 C; datetime D; string S; [Required] string Must;\n"
    "  uint16 Numbers[]; string Texts[3]; boolean Bools[]; datetime Dates[];\n"
    "  [OctetString] uint8 Octets[]; [OctetString] string OctetTexts[];\n"
    "  uint8 Bytes[];\n"
    "  [EmbeddedInstance(\"T_Base\")] string One;\n"
    "  [EmbeddedInstance(\"T_Base\")] string Many[];\n"
    "  [EmbeddedObject] string Any;\n"
    "  uint32 Run([In] uint32 Count, [In] string Words[],\n"
    "    [In, Out] T_Base REF Who, [Out, EmbeddedInstance(\"T_Base\")]\n"
    "    string Result);\n"
    "};\n"
    "class T_Sub : T_All { uint32 More; };\n"
    "class T_Two { [Key] uint16 Id; [Key] string Part; [Key] boolean On;\n"
    "  uint32 Value; };\n"
    "class T_Single { string Text; };\n"
    "[Association] class T_Link { [Key] T_Base REF From; [Key] T_Two REF To;\n"
    "  string Note; };\n";

/** @return the schema, prepared, or NULL with a message in *err */
__attribute__((unused)) static cim_schema_t *test_schema(wsm_error_t **err,
                                                         apr_pool_t *in)
{
    cim_schema_t *schema = cim_schema_make(in);
    cim_mof_options_t options = {.ns = TEST_NS};
    *err = cim_mof_read_text(schema, "test.mof", test_mof, sizeof(test_mof) - 1,
                             &options, in);
    if (*err)
        return NULL;
    options.ns = "root/other";
    *err = cim_mof_read_text(schema, "test.mof", test_mof, sizeof(test_mof) - 1,
                             &options, in);
    if (*err)
        return NULL;
    cim_xml_prepare(schema);
    return schema;
}

#endif
