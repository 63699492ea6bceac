/* wsm_names.h - every namespace, action, dialect and well-known URI, once.
 *
 * Sources: DSP0226 1.0.0 Annex A and Tables 1, 41; MS-WSMV 2.2.1; DSP8012,
 * DSP8015; WS-Addressing 2004/08 and 1.0; for the draft MS-WSMAN 2.2.1.
 */
#ifndef WSM_NAMES_H
#define WSM_NAMES_H

/* Namespaces */
#define WSM_NS_SOAP     "http://www.w3.org/2003/05/soap-envelope"
#define WSM_NS_SOAP11   "http://schemas.xmlsoap.org/soap/envelope/"
#define WSM_NS_XML      "http://www.w3.org/XML/1998/namespace"
#define WSM_NS_XSD      "http://www.w3.org/2001/XMLSchema"
#define WSM_NS_XSI      "http://www.w3.org/2001/XMLSchema-instance"
#define WSM_NS_WSA      "http://schemas.xmlsoap.org/ws/2004/08/addressing"
#define WSM_NS_WSA10    "http://www.w3.org/2005/08/addressing"
#define WSM_NS_TRANSFER "http://schemas.xmlsoap.org/ws/2004/09/transfer"
#define WSM_NS_ENUM     "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
#define WSM_NS_EVENT    "http://schemas.xmlsoap.org/ws/2004/08/eventing"
#define WSM_NS_WSMAN    "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
#define WSM_NS_WSMB     "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd"
#define WSM_NS_WSMID                                                           \
    "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
#define WSM_NS_CIM    "http://schemas.dmtf.org/wbem/wscim/1/common"
#define WSM_NS_MS     "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"
#define WSM_NS_FAULT  "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
#define WSM_NS_SHELL  "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
#define WSM_NS_CONFIG "http://schemas.microsoft.com/wbem/wsman/1/config"
/** creationXml, connectXml (MS-PSRP 2.2.5) */
#define WSM_NS_POWERSHELL "http://schemas.microsoft.com/powershell"

/* The draft of June 2005 (wsm_draft.h) */
#define WSM_NS_DRAFT       "http://schemas.xmlsoap.org/ws/2005/06/management"
#define WSM_NS_DRAFT_THIS  WSM_NS_DRAFT "/this"
#define WSM_NS_DRAFT_FAULT "http://schemas.microsoft.com/ws/2005/06/wsmanfault"
#define WSM_NS_DRAFT_CIM   "http://schemas.dmtf.org/wsman/2005/06/base"

/* Addresses */
#define WSM_ANONYMOUS   WSM_NS_WSA "/role/anonymous"
#define WSM_ANONYMOUS10 WSM_NS_WSA10 "/anonymous"

/* Actions: requests; the reply's is the same with "Response" */
#define WSM_ACTION_GET            WSM_NS_TRANSFER "/Get"
#define WSM_ACTION_PUT            WSM_NS_TRANSFER "/Put"
#define WSM_ACTION_CREATE         WSM_NS_TRANSFER "/Create"
#define WSM_ACTION_DELETE         WSM_NS_TRANSFER "/Delete"
#define WSM_ACTION_ENUMERATE      WSM_NS_ENUM "/Enumerate"
#define WSM_ACTION_PULL           WSM_NS_ENUM "/Pull"
#define WSM_ACTION_RELEASE        WSM_NS_ENUM "/Release"
#define WSM_ACTION_ENUM_RENEW     WSM_NS_ENUM "/Renew"
#define WSM_ACTION_ENUM_GETSTATUS WSM_NS_ENUM "/GetStatus"
#define WSM_ACTION_SUBSCRIBE      WSM_NS_EVENT "/Subscribe"
#define WSM_ACTION_COMMAND        WSM_NS_SHELL "/Command"
#define WSM_ACTION_SEND           WSM_NS_SHELL "/Send"
#define WSM_ACTION_RECEIVE        WSM_NS_SHELL "/Receive"
#define WSM_ACTION_SIGNAL         WSM_NS_SHELL "/Signal"
#define WSM_ACTION_DISCONNECT     WSM_NS_SHELL "/Disconnect"
#define WSM_ACTION_RECONNECT      WSM_NS_SHELL "/Reconnect"
#define WSM_ACTION_CONNECT        WSM_NS_SHELL "/Connect"

/* Actions of faults (DSP0226 14.2) */
#define WSM_FAULT_WSA      WSM_NS_WSA "/fault"
#define WSM_FAULT_WSA10    WSM_NS_WSA10 "/fault"
#define WSM_FAULT_TRANSFER WSM_NS_TRANSFER "/fault"
#define WSM_FAULT_ENUM     WSM_NS_ENUM "/fault"
#define WSM_FAULT_EVENT    WSM_NS_EVENT "/fault"
#define WSM_FAULT_WSMAN    "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
#define WSM_FAULT_WSMB     "http://schemas.dmtf.org/wbem/wsman/1/cimbinding/fault"

/** Prefix of all wsman:FaultDetail values */
#define WSM_FAULT_DETAIL                                                       \
    "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/"

/* Resource URIs: what comes before the class name */
#define WSM_URI_CIM     "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
#define WSM_URI_CIM_ALL "http://schemas.dmtf.org/wbem/wscim/1/*"
#define WSM_URI_WMI     "http://schemas.microsoft.com/wbem/wsman/1/wmi/"
/** Classes themselves, as CIM-XML (MS-WSMV 3.1.4.1.34.3.1) */
#define WSM_URI_CIM_XML "http://schemas.dmtf.org/wbem/cim-xml/2/cim-schema/2/"
/** In the URIs of other schema owners, between their prefix and the class */
#define WSM_URI_CIM_PART "/wbem/wscim/1/cim-schema/2/"

/* Remote shells (MS-WSMV 3.1.4.5.2): WSM_NS_SHELL is all of them; behind these
 * stands which program holds one */
#define WSM_URI_SHELL      WSM_NS_SHELL "/"
#define WSM_URI_POWERSHELL WSM_NS_POWERSHELL "/"
/** The commands of a shell */
#define WSM_URI_SHELL_COMMAND WSM_URI_SHELL "Command"

/** What a command does (2.2.5.4): "Done", "Running" */
#define WSM_SHELL_STATE WSM_URI_SHELL "CommandState/"
/** What is done to it (2.2.4.38): "terminate", "ctrl_c" */
#define WSM_SHELL_SIGNAL WSM_URI_SHELL "signal/"

/* The draft's (MS-WSMAN 2.2, 3.1.4.1.22) */
#define WSM_URI_DRAFT_CIM  "http://schemas.dmtf.org/wsman/2005/06/2/"
#define WSM_URI_DRAFT_WMI  "http://schemas.microsoft.com/wsman/2005/06/wmi/"
#define WSM_URI_DRAFT_THIS "wsman:system/2005/06/this"

/** The element of a datetime that has no other form, in WSM_NS_CIM */
#define WSM_CIM_DATETIME "CIM_DateTime"

/* Filter dialects */
#define WSM_DIALECT_SELECTOR                                                   \
    "http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter"
#define WSM_DIALECT_WQL      "http://schemas.microsoft.com/wbem/wsman/1/WQL"
#define WSM_DIALECT_WQL_DMTF "http://schemas.dmtf.org/wbem/wsman/1/WQL"
#define WSM_DIALECT_CQL      "http://schemas.dmtf.org/wbem/cql/1/dsp0202.pdf"
#define WSM_DIALECT_XPATH    "http://www.w3.org/TR/1999/REC-xpath-19991116"
#define WSM_DIALECT_ASSOCIATION                                                \
    "http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter"

/* Identify (DSP0226 11, Annex C.3) */
#define WSM_PROTOCOL_VERSION WSM_NS_WSMAN
#define WSM_NO_ANONYMOUS_DISCLOSURE                                            \
    "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity/"             \
    "NoAnonymousDisclosure"
#define WSM_PROFILE "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/"

#endif
