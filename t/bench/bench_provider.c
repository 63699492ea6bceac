/* bench_provider.c - instances of the size of Win32_OperatingSystem, answered
 * from memory, for measuring what the server costs.
 *
 *     WSManProvider bench bench_provider.so [count=100000]
 *
 * All values are prepared at the start; an instance of a list differs from the
 * one before in its key only.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "../../mod_wsman/include/wsman_provider.h"

#define SYSTEMS 20 /* instances of Bench_OperatingSystem */

typedef struct row_t {
    const char *name;
    cim_type_e type;
    apr_int64_t number; /* seconds of a datetime */
    const char *text;
} row_t;

/* Numbers are NULL where the type is a number and `number` is UNKNOWN. */
#define UNKNOWN INT64_MIN

static const row_t rows[] = {
    {"BootDevice", CIM_STRING, 0, "/dev/nvme0n1p2"},
    {"BuildNumber", CIM_STRING, 0, "6.1.0-28-amd64"},
    {"BuildType", CIM_STRING, 0, "Multiprocessor Free"},
    {"Caption", CIM_STRING, 0, "Debian GNU/Linux 12 (bookworm)"},
    {"CodeSet", CIM_STRING, 0, "UTF-8"},
    {"CountryCode", CIM_STRING, 0, "49"},
    {"CreationClassName", CIM_STRING, 0, "Bench_OperatingSystem"},
    {"CSCreationClassName", CIM_STRING, 0, "Win32_ComputerSystem"},
    {"CSName", CIM_STRING, 0, "bench.example.org"},
    {"CurrentTimeZone", CIM_SINT16, 60, NULL},
    {"DataExecutionPrevention_Available", CIM_BOOLEAN, 1, NULL},
    {"DataExecutionPrevention_Drivers", CIM_BOOLEAN, 1, NULL},
    {"DataExecutionPrevention_SupportPolicy", CIM_UINT8, 2, NULL},
    {"Debug", CIM_BOOLEAN, 0, NULL},
    {"Description", CIM_STRING, 0, "The server that is measured"},
    {"Distributed", CIM_BOOLEAN, 0, NULL},
    {"EncryptionLevel", CIM_UINT32, 256, NULL},
    {"ForegroundApplicationBoost", CIM_UINT8, 2, NULL},
    {"FreePhysicalMemory", CIM_UINT64, 7340032, NULL},
    {"FreeSpaceInPagingFiles", CIM_UINT64, 2097148, NULL},
    {"FreeVirtualMemory", CIM_UINT64, 9437180, NULL},
    {"InstallDate", CIM_DATETIME, 1767225600, NULL},
    {"LastBootUpTime", CIM_DATETIME, 1767225600, NULL},
    {"LocalDateTime", CIM_DATETIME, 1767225600, NULL},
    {"Locale", CIM_STRING, 0, "0409"},
    {"Manufacturer", CIM_STRING, 0, "Debian"},
    {"MaxNumberOfProcesses", CIM_UINT32, 4194304, NULL},
    {"MaxProcessMemorySize", CIM_UINT64, 137438953344, NULL},
    {"NumberOfLicensedUsers", CIM_UINT32, 0, NULL},
    {"NumberOfProcesses", CIM_UINT32, 311, NULL},
    {"NumberOfUsers", CIM_UINT32, 2, NULL},
    {"OperatingSystemSKU", CIM_UINT32, UNKNOWN, NULL},
    {"Organization", CIM_STRING, 0, NULL},
    {"OSArchitecture", CIM_STRING, 0, "64-bit"},
    {"OSLanguage", CIM_UINT32, 1033, NULL},
    {"OSProductSuite", CIM_UINT32, UNKNOWN, NULL},
    {"OSType", CIM_UINT16, 36, NULL},
    {"OtherTypeDescription", CIM_STRING, 0, NULL},
    {"PAEEnabled", CIM_BOOLEAN, UNKNOWN, NULL},
    {"PlusProductID", CIM_STRING, 0, NULL},
    {"PlusVersionNumber", CIM_STRING, 0, NULL},
    {"PortableOperatingSystem", CIM_BOOLEAN, 0, NULL},
    {"Primary", CIM_BOOLEAN, 1, NULL},
    {"ProductType", CIM_UINT32, 3, NULL},
    {"RegisteredUser", CIM_STRING, 0, NULL},
    {"SerialNumber", CIM_STRING, 0, "00330-80000-00000-AA123"},
    {"ServicePackMajorVersion", CIM_UINT16, 0, NULL},
    {"ServicePackMinorVersion", CIM_UINT16, 0, NULL},
    {"SizeStoredInPagingFiles", CIM_UINT64, 2097148, NULL},
    {"Status", CIM_STRING, 0, "OK"},
    {"SuiteMask", CIM_UINT32, UNKNOWN, NULL},
    {"SystemDevice", CIM_STRING, 0, "/dev/nvme0n1p2"},
    {"SystemDirectory", CIM_STRING, 0, "/usr/bin"},
    {"SystemDrive", CIM_STRING, 0, "/"},
    {"TotalSwapSpaceSize", CIM_UINT64, 2097148, NULL},
    {"TotalVirtualMemorySize", CIM_UINT64, 18874364, NULL},
    {"TotalVisibleMemorySize", CIM_UINT64, 16777216, NULL},
    {"Version", CIM_STRING, 0, "12.9"},
    {"WindowsDirectory", CIM_STRING, 0, "/usr"},
};

#define NROWS (sizeof(rows) / sizeof(*rows))

/* A class with the values that all its instances share */
typedef struct kind_t {
    const char *name;
    const char *prefix; /* of the key */
    const cim_class_t *cls;
    cim_instance_t *model;
    int key; /* index of Name */
    apr_uint32_t count;
} kind_t;

enum { OPERATING_SYSTEM, ITEM, NKINDS };

static const char *const classes[] = {"Bench_OperatingSystem", "Bench_Item",
                                      NULL};

static cim_value_t value_of(const row_t *row, apr_pool_t *pool)
{
    cim_datetime_t *when;
    if (row->type == CIM_STRING)
        return cim_string(row->text);
    if (row->number == UNKNOWN)
        return cim_null(row->type);
    if (row->type == CIM_SINT16)
        return cim_signed(row->type, row->number);
    if (row->type != CIM_DATETIME)
        return cim_unsigned(row->type, (apr_uint64_t)row->number);
    when = apr_palloc(pool, sizeof(*when));
    *when = cim_timestamp(row->number * APR_USEC_PER_SEC, 60);
    return cim_datetime(when);
}

static wsman_error_t *prepare(wsman_call_t *call, kind_t *kind,
                              apr_pool_t *pool)
{
    const wsman_host_t *host = call->host;
    kind->cls = host->find_class(call, NULL, kind->name);
    if (!kind->cls)
        return host->error(pool, WSMAN_E_INTERNAL_ERROR, APR_SUCCESS, NULL,
                           "%s is not declared: load bench.mof.", kind->name);
    kind->key = host->property_index(kind->cls, "Name");
    kind->model = host->instance_make(kind->cls, pool);
    for (apr_size_t i = 0; i < NROWS; i++) {
        apr_status_t status =
            host->set(kind->model, rows[i].name, value_of(&rows[i], pool));
        if (status != APR_SUCCESS)
            return host->error(pool, WSMAN_E_INTERNAL_ERROR, status, NULL,
                               "%s.%s is not as bench.mof declares it.",
                               kind->name, rows[i].name);
    }
    return NULL;
}

static wsman_error_t *start(wsman_call_t *call, const wsman_param_t *params,
                            void **state, apr_pool_t *pool)
{
    kind_t *kinds = apr_pcalloc(pool, sizeof(*kinds) * NKINDS);
    wsman_error_t *err;
    kinds[OPERATING_SYSTEM].prefix = "bench";
    kinds[OPERATING_SYSTEM].count = SYSTEMS;
    kinds[ITEM].prefix = "item";
    kinds[ITEM].count = 20;
    for (; params->name; params++)
        if (strcmp(params->name, "count") == 0)
            kinds[ITEM].count = (apr_uint32_t)strtoul(params->value, NULL, 10);
    for (int i = 0; i < NKINDS; i++) {
        kinds[i].name = classes[i];
        err = prepare(call, &kinds[i], pool);
        if (err)
            return err;
    }
    *state = kinds;
    return NULL;
}

/* "bench", "bench1", "bench2", ... */
static const char *name_of(const kind_t *kind, apr_uint32_t number,
                           char out[32])
{
    char digits[12];
    char *at = out + strlen(kind->prefix);
    int length = 0;
    memcpy(out, kind->prefix, strlen(kind->prefix));
    for (apr_uint32_t left = number; left; left /= 10)
        digits[length++] = (char)('0' + left % 10);
    while (length)
        *at++ = digits[--length];
    *at = '\0';
    return out;
}

static cim_instance_t *copy(wsman_call_t *call, const kind_t *kind)
{
    cim_instance_t *instance = call->host->instance_make(kind->cls, call->pool);
    memcpy(instance->values, kind->model->values,
           sizeof(cim_value_t) * instance->nvalues);
    return instance;
}

static const kind_t *kind_of(const wsman_call_t *call, const char *name)
{
    const kind_t *kinds = call->state;
    return &kinds[strcasecmp(name, classes[ITEM]) == 0 ? ITEM
                                                       : OPERATING_SYSTEM];
}

static wsman_error_t *get(wsman_call_t *call, const cim_path_t *path,
                          const cim_instance_t **instance)
{
    const kind_t *kind = kind_of(call, path->class_name);
    const char *name = call->host->key(path, "Name")->v.s;
    apr_size_t prefix = strlen(kind->prefix);
    char expected[32];
    cim_instance_t *found;
    apr_uint32_t number = 0;
    if (strncmp(name, kind->prefix, prefix) == 0)
        number = (apr_uint32_t)strtoul(name + prefix, NULL, 10);
    if (number >= kind->count ||
        strcmp(name, name_of(kind, number, expected)) != 0)
        return call->host->error(call->pool, WSMAN_E_DESTINATION_UNREACHABLE,
                                 APR_SUCCESS, NULL, "There is no %s %s.",
                                 kind->name, name);
    found = copy(call, kind);
    found->values[kind->key] = cim_string(name);
    *instance = found;
    return NULL;
}

static wsman_error_t *list(wsman_call_t *call, const wsman_query_t *query,
                           wsman_sink_t *sink)
{
    const kind_t *kind = kind_of(call, call->host->class_name(query->cls));
    cim_instance_t *instance = copy(call, kind);
    char name[32];
    apr_size_t prefix = strlen(kind->prefix);
    apr_uint32_t i = 0;
    if (query->after)
        i = (apr_uint32_t)strtoul(query->after, NULL, 10) + 1;
    instance->values[kind->key] = cim_string(name);
    for (; i < kind->count; i++) {
        name_of(kind, i, name);
        /* The key is the number; the first name has none. */
        if (wsman_sink_put(call, sink, instance, i ? name + prefix : "0") ==
            WSMAN_SINK_FULL)
            break;
    }
    return NULL;
}

WSMAN_PROVIDER_DECLARE = {
    WSMAN_PROVIDER_HEADER,
    .flags = WSMAN_PROVIDER_THREADED | WSMAN_PROVIDER_RESUMABLE,
    .classes = classes,
    .start = start,
    .get = get,
    .list = list,
};
