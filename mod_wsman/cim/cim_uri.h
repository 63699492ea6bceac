/* cim_uri.h - resource URIs of classes (DSP0227 6.1, MS-WSMV 2.2.4.22).
 *
 *     http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_Foo
 *     http://schemas.example.com/wbem/wscim/1/cim-schema/2/EX_Foo
 *     http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_Foo
 * and of the draft of June 2005 (MS-WSMAN 2.2)
 *     http://schemas.dmtf.org/wsman/2005/06/2/CIM_Foo
 *     http://schemas.microsoft.com/wsman/2005/06/wmi/root/cimv2/Win32_Foo
 */
#ifndef CIM_URI_H
#define CIM_URI_H

#include "../base/wsm_error.h"

typedef struct cim_uri_t {
    /** All before the class name (without the namespace of a WMI URI): what
     *  the client calls classes, and so what we call them in the reply. */
    const char *base;
    const char *ns;         /* of a WMI URI: "root/cimv2"; else NULL */
    const char *class_name; /* "*" for all classes */
} cim_uri_t;

/** @return 0 if it is the URI of no class */
int cim_uri_read(cim_uri_t *uri, const char *text, apr_pool_t *pool);

/** The URI of a class in the manner of `like` (ns used for WMI URIs only). */
const char *cim_uri_of(const cim_uri_t *like, const char *ns,
                       const char *class_name, apr_pool_t *pool);
/** @return true if URIs of this manner carry the namespace */
int cim_uri_has_ns(const cim_uri_t *uri);

#endif
