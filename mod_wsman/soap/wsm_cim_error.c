/* wsm_cim_error.c - CIM statuses, and CIM_Error in faults. */
#include "wsm_cim_error.h"

#include <string.h>

#include <apr_strings.h>

#include "wsm_fault.h"
#include "wsm_names.h"

#define WBEM(number) (0x80040000u + (number))

/* MI_ErrorCategory, the numbers that PowerShell shows as ErrorCategory */
enum {
    NOT_SPECIFIED = 0,
    CLOSE_ERROR = 2,
    INVALID_ARGUMENT = 5,
    INVALID_TYPE = 9,
    METADATA_ERROR = 10,
    NOT_IMPLEMENTED = 11,
    OBJECT_NOT_FOUND = 13,
    OPERATION_STOPPED = 14,
    PERMISSION_DENIED = 18,
    RESOURCE_EXISTS = 20,
    RESOURCE_UNAVAILABLE = 21,
    QUOTA_EXCEEDED = 30
};

/* CIM_Error.ErrorType */
enum {
    UNKNOWN = 0,
    SECURITY = 7,
    OVERSUBSCRIPTION = 8,
    UNAVAILABLE = 9,
    UNSUPPORTED = 10
};

#define ROW(status, hresult, category, type, code)                             \
    [WSMAN_CIM_##status] = {                                                   \
        WSMAN_CIM_##status, "CIM_ERR_" #status, hresult, category, type,       \
        WSMAN_E_##code}

static const wsm_cim_status_t statuses[] = {
    ROW(FAILED, WBEM(0x1001), NOT_SPECIFIED, UNKNOWN, INTERNAL_ERROR),
    ROW(ACCESS_DENIED, WBEM(0x1003), PERMISSION_DENIED, SECURITY,
        ACCESS_DENIED),
    ROW(INVALID_NAMESPACE, WBEM(0x100e), METADATA_ERROR, UNKNOWN,
        DESTINATION_UNREACHABLE),
    ROW(INVALID_PARAMETER, WBEM(0x1008), INVALID_ARGUMENT, UNKNOWN,
        INVALID_PARAMETER),
    ROW(INVALID_CLASS, WBEM(0x1010), METADATA_ERROR, UNKNOWN,
        INVALID_RESOURCE_URI),
    ROW(NOT_FOUND, WBEM(0x1002), OBJECT_NOT_FOUND, UNKNOWN,
        DESTINATION_UNREACHABLE),
    ROW(NOT_SUPPORTED, WBEM(0x100c), NOT_IMPLEMENTED, UNSUPPORTED,
        ACTION_MISMATCH),
    ROW(CLASS_HAS_CHILDREN, WBEM(0x1025), METADATA_ERROR, UNKNOWN,
        INTERNAL_ERROR),
    ROW(CLASS_HAS_INSTANCES, WBEM(0x1026), METADATA_ERROR, UNKNOWN,
        INTERNAL_ERROR),
    ROW(INVALID_SUPERCLASS, WBEM(0x100d), METADATA_ERROR, UNKNOWN,
        REPRESENTATION_INVALID_VALUES),
    ROW(ALREADY_EXISTS, WBEM(0x1019), RESOURCE_EXISTS, UNKNOWN, ALREADY_EXISTS),
    ROW(NO_SUCH_PROPERTY, WBEM(0x1031), METADATA_ERROR, UNKNOWN,
        INVALID_PARAMETER),
    ROW(TYPE_MISMATCH, WBEM(0x1005), INVALID_TYPE, UNKNOWN,
        PARAMETER_TYPE_MISMATCH),
    ROW(QUERY_LANGUAGE_NOT_SUPPORTED, WBEM(0x1018), NOT_IMPLEMENTED,
        UNSUPPORTED, FILTER_DIALECT_UNAVAILABLE),
    ROW(INVALID_QUERY, WBEM(0x1017), INVALID_ARGUMENT, UNKNOWN,
        CANNOT_PROCESS_FILTER),
    ROW(METHOD_NOT_AVAILABLE, WBEM(0x1055), METADATA_ERROR, UNSUPPORTED,
        ACTION_MISMATCH),
    ROW(METHOD_NOT_FOUND, WBEM(0x102e), METADATA_ERROR, UNKNOWN,
        ACTION_NOT_SUPPORTED),
    ROW(NAMESPACE_NOT_EMPTY, WBEM(0x1001), METADATA_ERROR, UNKNOWN,
        INTERNAL_ERROR),
    ROW(INVALID_ENUMERATION_CONTEXT, WBEM(0x1008), METADATA_ERROR, UNKNOWN,
        INVALID_ENUMERATION_CONTEXT),
    ROW(INVALID_OPERATION_TIMEOUT, WBEM(0x1008), INVALID_ARGUMENT, UNKNOWN,
        INVALID_PARAMETER),
    ROW(PULL_HAS_BEEN_ABANDONED, WBEM(0x1032), OPERATION_STOPPED, UNKNOWN,
        INVALID_ENUMERATION_CONTEXT),
    ROW(PULL_CANNOT_BE_ABANDONED, WBEM(0x1001), CLOSE_ERROR, UNKNOWN,
        INTERNAL_ERROR),
    ROW(FILTERED_ENUMERATION_NOT_SUPPORTED, WBEM(0x100c), NOT_IMPLEMENTED,
        UNSUPPORTED, FILTERING_NOT_SUPPORTED),
    ROW(CONTINUATION_ON_ERROR_NOT_SUPPORTED, WBEM(0x100c), NOT_IMPLEMENTED,
        UNSUPPORTED, UNSUPPORTED_FEATURE),
    ROW(SERVER_LIMITS_EXCEEDED, WBEM(0x106c), QUOTA_EXCEEDED, OVERSUBSCRIPTION,
        QUOTA_LIMIT),
    ROW(SERVER_IS_SHUTTING_DOWN, WBEM(0x1033), RESOURCE_UNAVAILABLE,
        UNAVAILABLE, ENDPOINT_UNAVAILABLE),
    ROW(QUERY_FEATURE_NOT_SUPPORTED, WBEM(0x1017), NOT_IMPLEMENTED, UNSUPPORTED,
        CANNOT_PROCESS_FILTER),
};

#define NSTATUSES ((int)(sizeof(statuses) / sizeof(statuses[0])))

const wsm_cim_status_t *wsm_cim_status(wsman_cim_status_e status)
{
    int i = (int)status; /* a plug-in's may be any number */
    return i > 0 && i < NSTATUSES && statuses[i].name ? &statuses[i] : NULL;
}

wsm_error_t *wsm_cim_error_vmake(apr_pool_t *pool, wsman_cim_status_e status,
                                 apr_status_t os, const wsm_error_t *cause,
                                 const char *format, va_list args)
{
    const wsm_cim_status_t *row = wsm_cim_status(status);
    wsm_error_t *err =
        wsm_error_vmake(pool, row ? row->code : WSMAN_E_INTERNAL_ERROR, os,
                        cause, format, args);
    err->cim_status = row ? status : WSMAN_CIM_FAILED;
    return err;
}

wsm_error_t *wsm_cim_error_make(apr_pool_t *pool, wsman_cim_status_e status,
                                const char *format, ...)
{
    va_list args;
    va_start(args, format);
    wsm_error_t *err =
        wsm_cim_error_vmake(pool, status, APR_SUCCESS, NULL, format, args);
    va_end(args);
    return err;
}

const wsm_cim_status_t *wsm_cim_error_status(const wsm_error_t *err)
{
    const wsm_cim_status_t *own = wsm_cim_status(err->cim_status);
    return own ? own : wsm_cim_status(wsm_fault_row(err->code)->cim);
}

/** What says most: the error's own number, its own status, the number of the
 *  fault.  Numbers of Win32 are no HRESULT. */
static apr_uint32_t code_of(const wsm_error_t *err,
                            const wsm_cim_status_t *status)
{
    const wsm_fault_t *row = wsm_fault_row(err->code);
    if (err->number)
        return err->number;
    if (status->status != row->cim || row->number < 0x80000000u)
        return status->hresult;
    return row->number;
}

#define BEGIN                                                                  \
    "<p:MSFT_WmiError b:IsCIM_Error=\"true\" xmlns:xsi=\"" WSM_NS_XSI          \
    "\" xmlns:b=\"" WSM_NS_WSMB "\" xmlns:p=\"" WSM_URI_CIM                    \
    "MSFT_WmiError\" xmlns:cim=\"" WSM_NS_CIM                                  \
    "\" xsi:type=\"p:MSFT_WmiError_Type\">"
#define END "</p:MSFT_WmiError>"

static void write_number(wsm_writer_t *out, const char *name, const char *type,
                         apr_uint32_t value)
{
    wsm_write_strs(out, "<p:", name, " xsi:type=\"cim:", type, "\">", NULL);
    wsm_write_u64(out, value);
    wsm_write_strs(out, "</p:", name, ">", NULL);
}

static void write_short(wsm_writer_t *out, const char *name, apr_uint32_t value)
{
    write_number(out, name, "cimUnsignedShort", value);
}

static void write_int(wsm_writer_t *out, const char *name, apr_uint32_t value)
{
    write_number(out, name, "cimUnsignedInt", value);
}

static void write_string(wsm_writer_t *out, const char *name, const char *text,
                         apr_size_t length)
{
    wsm_write_strs(out, "<p:", name, " xsi:type=\"cim:cimString\"", NULL);
    if (!text) {
        wsm_write_lit(out, " xsi:nil=\"true\"/>");
        return;
    }
    wsm_write_lit(out, ">");
    wsm_write_textn(out, text, length);
    wsm_write_strs(out, "</p:", name, ">", NULL);
}

static void write_text(wsm_writer_t *out, const char *name, const char *text)
{
    write_string(out, name, text, text ? strlen(text) : 0);
}

/** In the order in which Windows writes them: by name, of CIM_Error first.
 *  What nobody knows is Unknown (0) or nil. */
void wsm_cim_error_write(wsm_writer_t *out, const wsm_error_t *err,
                         apr_size_t limit)
{
    const wsm_cim_status_t *status = wsm_cim_error_status(err);
    if (!status)
        return;
    char id[] = "HRESULT 0x00000000";
    apr_uint32_t code = code_of(err, status);
    apr_snprintf(id, sizeof(id), "HRESULT 0x%08x", code);
    wsm_write_lit(out, BEGIN);
    write_int(out, "CIMStatusCode", status->status);
    write_text(out, "CIMStatusCodeDescription", status->name);
    write_text(out, "ErrorSource", NULL);
    write_short(out, "ErrorSourceFormat", UNKNOWN);
    write_short(out, "ErrorType", status->type);
    write_string(out, "Message", err->message,
                 wsm_fault_cut(err->message, limit));
    write_text(out, "MessageID", id);
    write_text(out, "OtherErrorSourceFormat", NULL);
    write_text(out, "OtherErrorType", NULL);
    write_text(out, "OwningEntity", "mod_wsman");
    write_short(out, "PerceivedSeverity", UNKNOWN);
    write_short(out, "ProbableCause", UNKNOWN);
    write_text(out, "ProbableCauseDescription", NULL);
    write_int(out, "error_Category", status->category);
    write_int(out, "error_Code", code);
    write_text(out, "error_Type", "HRESULT");
    write_text(out, "error_WindowsErrorMessage",
               wsm_fault_row(err->code)->reason);
    wsm_write_lit(out, END);
}
