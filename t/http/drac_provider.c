/* drac_provider.c - the two methods that python3-dracclient asks for, so that
 * its requests can be answered (t/interop). */
#include <string.h>

#include "../../mod_wsman/include/wsman_provider.h"

static wsman_error_t *drac_invoke(wsman_call_t *call, const cim_path_t *path,
                                  const char *method, const cim_instance_t *in,
                                  cim_instance_t *out)
{
    const wsman_host_t *host = call->host;
    (void)path;
    if (!strcmp(method, "SetAttribute")) {
        const cim_value_t *names = host->get(in, "AttributeName");
        if (names)
            host->set(out, "SetResult", *names);
    } else {
        host->set(out, "LCStatus", cim_uint32(0));
    }
    host->set(out, "ReturnValue", cim_uint32(0));
    return NULL;
}

static const char *const class_names[] = {"DCIM_BIOSService", "DCIM_LCService",
                                          NULL};

WSMAN_PROVIDER_DECLARE = {
    WSMAN_PROVIDER_HEADER,
    .flags = WSMAN_PROVIDER_THREADED,
    .classes = class_names,
    .invoke = drac_invoke,
};
