/* cim_security.h - who may do what in which namespace (MS-WMI 5.2, MS-WMSO
 * 5.1.1, 7.3).
 *
 * A namespace has what was set for it (SetSD of __SystemSecurity), and inherits
 * from the one above it; one that is not below root inherits from root.  What
 * comes of this is computed when a layer of classes is loaded, so that a
 * question is a look into a table and at a list of entries.
 */
#ifndef CIM_SECURITY_H
#define CIM_SECURITY_H

#include "../provide/wsm_call.h"

/* MS-WMI 5.2 */
#define CIM_RIGHT_ENABLE         0x01u
#define CIM_RIGHT_METHOD_EXECUTE 0x02u
#define CIM_RIGHT_FULL_WRITE     0x04u
#define CIM_RIGHT_PARTIAL_WRITE  0x08u
#define CIM_RIGHT_WRITE_PROVIDER 0x10u
#define CIM_RIGHT_REMOTE_ENABLE  0x20u
#define CIM_RIGHT_READ_SECURITY  SEC_READ_CONTROL
#define CIM_RIGHT_SET_SECURITY   SEC_WRITE_DAC

/** Of root, until another one is set: whom httpd lets in reads, runs methods
 *  and writes instances; administrators define classes and namespaces. */
#define CIM_SECURITY_STANDARD                                                  \
    "O:BAG:BAD:(A;CI;CCDCLCSWRPWPRCWD;;;BA)(A;CI;CCDCSWRPWPRC;;;WD)"

/** May the caller do this in a namespace?  ENABLE and REMOTE_ENABLE are always
 *  among what is asked.  What a SACL names is logged.
 *  @param rights  more of CIM_RIGHT_..., or 0
 *  @return NULL, or an error: WSMAN_CIM_ACCESS_DENIED; or
 *          WSMAN_CIM_INVALID_NAMESPACE, as if it were not there, for who may
 *          use neither this namespace nor the one above it */
wsm_error_t *cim_security_check(const wsm_call_t *call, const char *ns,
                                apr_uint32_t rights);
/** The error of a namespace that is not there. */
wsm_error_t *cim_security_no_namespace(const char *ns, apr_pool_t *pool);

/** What the caller sees of a schema: where he may not be, he finds no classes,
 *  whatever names them (references, queries, MOF), and no namespace, if he may
 *  not know of it either.
 *  @param schema  is itself the answer for the server's own calls */
const cim_schema_t *cim_security_view(const wsm_call_t *call,
                                      const cim_schema_t *schema,
                                      apr_pool_t *pool);

/** The function for cim_compile_t.allow; its baton is a wsm_call_t. */
wsm_error_t *cim_security_allow(void *baton, const cim_schema_t *now,
                                const char *ns, apr_uint32_t rights,
                                apr_pool_t *pool);

/** Computes what protects each namespace of a schema that is being made. */
void cim_security_seal(cim_schema_t *schema, apr_pool_t *scratch);
/** What protects a namespace, or would if it were made.
 *  @param pool  of what must be computed */
const sec_descriptor_t *cim_security_of(const cim_schema_t *schema,
                                        const char *ns, apr_pool_t *pool);
/** What stands where a descriptor cannot be read: nobody but administrators,
 *  who can set another one, may do anything. */
const sec_descriptor_t *cim_security_closed(apr_pool_t *pool);

#endif
