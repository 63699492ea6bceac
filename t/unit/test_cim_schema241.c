/* test_cim_schema241.c - the whole CIM 2.41 schema.
 *
 * The counts were made with grep and a few lines of Python over the files, not
 * with what is tested here.
 */
#include "cim241.h"

static cim_schema_t *schema;
static apr_pool_t *schema_pool;

static int read_schema(void **state)
{
    (void)state;
    apr_pool_create(&schema_pool, NULL);
    if (!unpack())
        return 0;
    const char *const files[] = {top_file(schema_pool), NULL};
    const cim_mof_options_t options = {.ns = "root/cimv2"};
    cim_schema_t *made = cim_schema_make(schema_pool);
    wsm_error_t *err = cim_mof_read_files(made, files, &options, schema_pool);
    if (err) {
        print_error("%s\n", wsm_error_text(err, schema_pool));
        return 1;
    }
    schema = made;
    return 0;
}

static int forget_schema(void **state)
{
    (void)state;
    apr_pool_destroy(schema_pool);
    remove_folder();
    return 0;
}

#define NEED_SCHEMA()                                                          \
    do {                                                                       \
        if (!schema)                                                           \
            skip();                                                            \
    } while (0)

typedef struct totals_t {
    int classes, associations, indications, abstract, tops, keyed;
    int properties, references, methods;
} totals_t;

static void count(void *baton, const cim_class_t *cls)
{
    totals_t *totals = baton;
    totals->classes++;
    totals->associations += cls->association;
    totals->indications += cls->indication;
    totals->abstract += cls->abstract;
    totals->tops += !cls->super;
    totals->keyed += cls->nkeys > 0;
    for (apr_uint32_t i = 0; i < cls->nproperties; i++) {
        totals->properties += !cls->properties[i].propagated;
        totals->references += !cls->properties[i].propagated &&
                              cls->properties[i].type == CIM_REFERENCE;
    }
    for (apr_uint32_t i = 0; i < cls->nmethods; i++)
        totals->methods += !cls->methods[i].propagated;
}

static void all_of_it_is_there(void **state)
{
    (void)state;
    NEED_SCHEMA();
    totals_t totals = {0};
    cim_schema_each(schema, "root/cimv2", count, &totals);
    assert_int_equal(cim_schema_count(schema), 1438);
    assert_int_equal(totals.classes, 1438);
    /* those with the qualifier itself and those below */
    assert_int_equal(totals.associations, 593);
    assert_int_equal(totals.indications, 20);
    assert_int_equal(totals.abstract, 97);
    assert_int_equal(totals.tops, 102);
    assert_int_equal(totals.keyed, 1396);
    assert_int_equal(totals.properties, 5860);
    assert_int_equal(totals.references, 1167);
    assert_int_equal(totals.methods, 221);
}

static void classes_inherit_all_there_is(void **state)
{
    (void)state;
    NEED_SCHEMA();
    static const struct {
        const char *name, *super;
        apr_uint32_t properties, methods, keys;
    } rows[] = {
        {"CIM_OperatingSystem", "CIM_EnabledLogicalElement", 44, 3, 4},
        {"CIM_ComputerSystem", "CIM_System", 32, 2, 2},
        {"CIM_Process", "CIM_EnabledLogicalElement", 35, 1, 6},
        {"CIM_ManagedElement", NULL, 4, 0, 0},
        {"CIM_RunningOS", "CIM_Dependency", 2, 0, 2},
        {"CIM_DiskDrive", "CIM_MediaAccessDevice", 61, 9, 4},
        {"CIM_InstModification", "CIM_InstIndication", 12, 0, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const cim_class_t *cls = class_of(schema, rows[i].name);
        if (rows[i].super)
            assert_string_equal(cls->super->name, rows[i].super);
        else
            assert_null(cls->super);
        assert_int_equal(cls->nproperties, rows[i].properties);
        assert_int_equal(cls->nmethods, rows[i].methods);
        assert_int_equal(cls->nkeys, rows[i].keys);
    }
}

static int length_of(const cim_class_t **list)
{
    int length = 0;
    while (list[length])
        length++;
    return length;
}

static void the_tree_is_complete(void **state)
{
    (void)state;
    NEED_SCHEMA();
    static const struct {
        const char *name;
        int below;
    } rows[] = {{"CIM_ManagedElement", 824},
                {"CIM_LogicalElement", 398},
                {"CIM_Dependency", 332},
                {"CIM_Indication", 17},
                {"CIM_OperatingSystem", 1}};
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(length_of(cim_schema_descendants(
                             schema, class_of(schema, rows[i].name), pool)),
                         rows[i].below);
}

static void keys_come_from_where_they_are_declared(void **state)
{
    (void)state;
    NEED_SCHEMA();
    const cim_class_t *disk = class_of(schema, "CIM_DiskDrive");
    static const char *const keys[] = {"SystemCreationClassName", "SystemName",
                                       "CreationClassName", "DeviceID"};
    for (size_t i = 0; i < COUNT(keys); i++) {
        const cim_property_t *key = cim_class_property(disk, keys[i]);
        assert_true(key->key && key->propagated);
        assert_string_equal(key->origin, "CIM_LogicalDevice");
    }
    /* overridden with Key: declared first far above */
    const cim_property_t *name =
        cim_class_property(class_of(schema, "CIM_System"), "Name");
    assert_true(name->key && !name->propagated);
    assert_string_equal(name->origin, "CIM_ManagedSystemElement");
    assert_false(
        cim_class_property(class_of(schema, "CIM_LogicalElement"), "Name")
            ->key);
    /* references as keys, narrowed below */
    const cim_class_t *running = class_of(schema, "CIM_RunningOS");
    const cim_property_t *antecedent =
        cim_class_property(running, "Antecedent");
    assert_true(antecedent->key);
    assert_string_equal(antecedent->type_name, "CIM_OperatingSystem");
    assert_string_equal(antecedent->origin, "CIM_Dependency");
}

static const cim_value_t *qualifier(const cim_property_t *property,
                                    const char *name)
{
    const cim_qualifier_t *found =
        cim_qualifier_find(property->qualifiers, property->nqualifiers, name);
    assert_non_null(found);
    return &found->value;
}

static void qualifiers_are_as_written(void **state)
{
    (void)state;
    NEED_SCHEMA();
    const cim_class_t *os = class_of(schema, "CIM_OperatingSystem");
    const cim_property_t *name = cim_class_property(os, "CSCreationClassName");
    assert_int_equal(qualifier(name, "MaxLen")->v.u, 256);
    assert_int_equal(qualifier(name, "MaxLen")->type, CIM_UINT32);
    assert_string_equal(qualifier(name, "Propagated")->v.s,
                        "CIM_ComputerSystem.CreationClassName");
    const cim_value_t *values =
        qualifier(cim_class_property(os, "OSType"), "Values");
    assert_true(values->is_array && values->count > 60);
    assert_string_equal(values->v.items[9].v.s, "AIX");
    /* after a comment within the list */
    assert_string_equal(values->v.items[10].v.s, "MVS");
    /* concatenated, with escapes */
    assert_non_null(strstr(
        qualifier(cim_class_property(class_of(schema, "CIM_ManagedElement"),
                                     "InstanceID"),
                  "Description")
            ->v.s,
        "using the following \"preferred\" algorithm: \n<OrgID>:<LocalID> \n"));
    /* inherited, marked so, with the value of the class above */
    const cim_qualifier_t *caption = cim_qualifier_find(
        cim_class_property(os, "Caption")->qualifiers,
        cim_class_property(os, "Caption")->nqualifiers, "MaxLen");
    assert_true(caption->propagated && caption->value.v.u == 64);
}

static void defaults_and_types_are_as_written(void **state)
{
    (void)state;
    NEED_SCHEMA();
    const cim_class_t *element = class_of(schema, "CIM_EnabledLogicalElement");
    assert_int_equal(cim_class_property(element, "EnabledDefault")->value.v.u,
                     2);
    assert_int_equal(
        cim_class_property(element, "TransitioningToState")->value.v.u, 12);
    assert_int_equal(cim_class_property(element, "EnabledState")->type,
                     CIM_UINT16);
    const cim_property_t *source = cim_class_property(
        class_of(schema, "CIM_InstIndication"), "SourceInstance");
    assert_int_equal(source->type, CIM_INSTANCE);
    assert_null(source->type_name);
    assert_true(source->required);
}

static void methods_have_their_arguments(void **state)
{
    (void)state;
    NEED_SCHEMA();
    const cim_method_t *change = cim_class_method(
        class_of(schema, "CIM_ComputerSystem"), "RequestStateChange");
    assert_true(change->propagated);
    assert_string_equal(change->origin, "CIM_EnabledLogicalElement");
    assert_int_equal(change->type, CIM_UINT32);
    assert_int_equal(change->nparameters, 3);
    assert_int_equal(change->input->nproperties, 2);
    assert_string_equal(change->input->properties[1].name, "TimeoutPeriod");
    assert_int_equal(change->input->properties[1].type, CIM_DATETIME);
    assert_int_equal(change->output->nproperties, 2);
    assert_string_equal(change->output->properties[0].name, "Job");
    assert_string_equal(change->output->properties[0].type_name,
                        "CIM_ConcreteJob");
    assert_string_equal(change->output->properties[1].name, "ReturnValue");
}

static void all_of_it_again_changes_nothing(void **state)
{
    (void)state;
    NEED_SCHEMA();
    const char *const files[] = {top_file(schema_pool), NULL};
    const cim_mof_options_t options = {.ns = "root/cimv2"};
    wsm_error_t *err = cim_mof_read_files(schema, files, &options, pool);
    if (err)
        fail_msg("%s", wsm_error_text(err, pool));
    assert_int_equal(cim_schema_count(schema), 1438);
}

static void look(void *baton, const cim_class_t *cls)
{
    int *wrong = baton;
    for (apr_uint32_t i = 0; i < cls->nproperties; i++)
        *wrong +=
            cim_class_property_index(cls, cls->properties[i].name) != (int)i;
    for (apr_uint32_t i = 0; i < cls->nkeys; i++)
        *wrong += !cls->properties[cls->keys[i]].key;
    cim_instance_t *instance = cim_instance_make(cls, pool);
    cim_instance_defaults(instance);
    *wrong += cim_instance_fault(instance, pool) != NULL;
}

static void every_class_can_be_used(void **state)
{
    (void)state;
    NEED_SCHEMA();
    int wrong = 0;
    cim_schema_each(schema, NULL, look, &wrong);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_of_it_is_there),
        TEST(classes_inherit_all_there_is),
        TEST(the_tree_is_complete),
        TEST(keys_come_from_where_they_are_declared),
        TEST(qualifiers_are_as_written),
        TEST(defaults_and_types_are_as_written),
        TEST(methods_have_their_arguments),
        TEST(every_class_can_be_used),
        TEST(all_of_it_again_changes_nothing),
    };
    apr_initialize();
    return cmocka_run_group_tests(tests, read_schema, forget_schema);
}
