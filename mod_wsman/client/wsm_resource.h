/* wsm_resource.h - resources as people write them.
 *
 *     Win32_Process                     a class of the CIM schema
 *     root/cimv2/Win32_Process          a class of a WMI namespace
 *     wmicimv2/Win32_Process            Windows' own short names: wmi,
 * wmicimv2, cimv2, winrm, wsman, shell
 *     * , root/cimv2/[*]                all classes (no brackets)
 *     http://example.org/any/uri        as it is
 *     RESOURCE?Key=value&Key2=value     with selectors; ',' separates as well
 *     RESOURCE?Key={RESOURCE?Key=value} a selector that is a reference
 *
 * In names and values of selectors %HH is a byte of UTF-8; the characters
 * % & , { }, blanks and control characters are written so.  A value in braces
 * is a reference if there is a '?' in it, else text.
 */
#ifndef WSM_RESOURCE_H
#define WSM_RESOURCE_H

#include "../soap/wsm_epr.h"
#include "wsm_failure.h"

/** Reads such a text; the address stays NULL.
 *  Errors: WSM_FAILURE_USE, saying what is wrong with which part. */
wsm_failure_t *wsm_resource_read(wsm_epr_t *epr, const char *text,
                                 apr_pool_t *pool);

/** The text of a reference, as short as wsm_resource_read() takes it.  The
 *  address is not in it. */
const char *wsm_resource_text(const wsm_epr_t *epr, apr_pool_t *pool);

/** @return true if `text` is what a value in braces must be to count as a
 *  reference: "{", something with a '?', "}" */
int wsm_resource_is_reference(const char *text);

/** @return true if `text` is UTF-8 (RFC 3629) */
int wsm_resource_is_utf8(const char *text);

/** @return true if `text` can be the name of a class, a property or a method:
 * an XML name without a colon */
int wsm_resource_is_name(const char *text);

/** The class: what follows the last '/' of the resource URI; NULL if that is
 *  no XML name ("*"). */
const char *wsm_resource_class(const wsm_epr_t *epr, apr_pool_t *pool);

/** <p:name xmlns:p="the resource URI">content</p:name>, the form of an object
 *  and of a method's arguments; a and xsi are bound, too. */
char *wsm_resource_element(const wsm_epr_t *epr, const char *name,
                           const char *content, apr_pool_t *pool);

#endif
