/* cim_system.h - the system classes, which every namespace has, and their
 * provider: what there is to say of a repository in its own terms.
 *
 *   __NAMESPACE   an instance a namespace below the one it is in (MS-WMI
 *                 2.2.6): creating and deleting it makes and deletes the
 *                 namespace
 *   __Repository  static methods that take and give MOF
 *   __SystemSecurity
 *                 static methods that read and set what protects the namespace
 *                 (MS-WMI 2.2.30)
 */
#ifndef CIM_SYSTEM_H
#define CIM_SYSTEM_H

#include "../cim/cim_mof.h"
#include "../include/wsman_provider.h"

/** Declares the system classes in a namespace. */
wsm_error_t *cim_system_declare(cim_mof_reader_t *reader, const char *ns);

/** @return true for the name of a class that only the server declares: it
 *  begins with "__" */
int cim_system_is(const char *class_name);

/** To be bound in every registry. */
extern const wsman_provider_t cim_system_provider;
#define CIM_SYSTEM_PROVIDER_NAME "system"

#endif
