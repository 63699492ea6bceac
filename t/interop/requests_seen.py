"""requests_seen.py - what real clients were seen to send, piece by piece.

Each request of a client that is no shell's, in the form in which it was on the
wire: the prefixes, the order of headers, the mustUnderstand attributes, the
HTTP headers it has and lacks.  {address}, {message_id} and {context} are
filled in.

    Request.http      HTTP headers besides Host and Content-Length
    Request.text(...) the envelope
"""
SOAP = 'http://www.w3.org/2003/05/soap-envelope'
WSA = 'http://schemas.xmlsoap.org/ws/2004/08/addressing'
WSMAN = 'http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd'
WSEN = 'http://schemas.xmlsoap.org/ws/2004/09/enumeration'
WSMID = 'http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd'
DELL = 'http://schemas.dell.com/wbem/wscim/1/cim-schema/2/'
WQL = 'http://schemas.microsoft.com/wbem/wsman/1/WQL'
CQL = 'http://schemas.dmtf.org/wbem/cql/1/dsp0202.pdf'


class Request:
    def __init__(self, name, client, http, envelope):
        self.name, self.client, self.http = name, client, http
        self.envelope = envelope

    def text(self, **fill):
        text = self.envelope
        for name, value in fill.items():
            text = text.replace('{%s}' % name, value)
        return text


# ---- python3-dracclient 3.1.0: no Content-Type, an empty SelectorSet where
# there are no selectors, MaxElements of wsman in a Pull of enumeration

DRAC_HTTP = {'User-Agent': 'python-requests/2.28.1', 'Accept': '*/*',
             'Accept-Encoding': 'gzip, deflate', 'Connection': 'keep-alive'}


def drac(name, resource, action, body, selectors=None):
    head = (
        '<wsa:To s:mustUnderstand="true">{address}</wsa:To>'
        '<wsman:ResourceURI s:mustUnderstand="true">%s</wsman:ResourceURI>'
        '<wsa:MessageID s:mustUnderstand="true">{message_id}</wsa:MessageID>'
        '<wsa:ReplyTo><wsa:Address>%s/role/anonymous</wsa:Address>'
        '</wsa:ReplyTo><wsa:Action s:mustUnderstand="true">%s</wsa:Action>'
        % (DELL + resource, WSA, action))
    if selectors is not None:
        head += '<wsman:SelectorSet>%s</wsman:SelectorSet>' % ''.join(
            '<wsman:Selector Name="%s">%s</wsman:Selector>' % pair
            for pair in selectors)
    return Request(name, 'dracclient', DRAC_HTTP, (
        '<s:Envelope xmlns:s="%s" xmlns:wsa="%s" xmlns:wsman="%s"><s:Header>'
        '%s</s:Header><s:Body>%s</s:Body></s:Envelope>' % (
            SOAP, WSA, WSMAN, head, body)))


def drac_enumerate(name, resource, inside):
    return drac(name, resource, WSEN + '/Enumerate',
                '<wsen:Enumerate xmlns:wsen="%s">%s</wsen:Enumerate>' % (
                    WSEN, inside))


PAGE = '<wsman:OptimizeEnumeration/><wsman:MaxElements>100</wsman:MaxElements>'


def query(dialect, text):
    return '<wsman:Filter Dialect="%s">%s</wsman:Filter>' % (dialect, text)


LC_SERVICE = [('SystemCreationClassName', 'DCIM_ComputerSystem'),
              ('SystemName', 'DCIM:ComputerSystem'),
              ('CreationClassName', 'DCIM_LCService'),
              ('Name', 'DCIM:LCService')]
BIOS_SERVICE = [('SystemName', 'DCIM:ComputerSystem'),
                ('Name', 'DCIM:BIOSService')]

REQUESTS = [
    drac_enumerate('enumerate', 'DCIM_CPUView', PAGE),
    drac_enumerate('enumerate plainly', 'DCIM_CPUView', ''),
    drac('pull', 'DCIM_CPUView', WSEN + '/Pull',
         '<wsen:Pull xmlns:wsen="%s"><wsen:EnumerationContext>{context}'
         '</wsen:EnumerationContext><wsman:MaxElements>2</wsman:MaxElements>'
         '</wsen:Pull>' % WSEN),
    drac_enumerate('enumerate by WQL', 'DCIM_CPUView',
                   query(WQL, 'select Name from DCIM_CPUView') + PAGE),
    drac_enumerate('enumerate by CQL', 'DCIM_CPUView',
                   query(CQL, 'select Name from DCIM_CPUView') + PAGE),
    drac('set attributes', 'DCIM_BIOSService',
         DELL + 'DCIM_BIOSService/SetAttribute',
         '<ns0:SetAttribute_INPUT xmlns:ns0="%sDCIM_BIOSService">'
         '<ns0:Target>BIOS.Setup.1-1</ns0:Target>'
         '<ns0:AttributeName>A</ns0:AttributeName>'
         '<ns0:AttributeName>B</ns0:AttributeName>'
         '<ns0:AttributeValue>1</ns0:AttributeValue>'
         '<ns0:AttributeValue>2</ns0:AttributeValue>'
         '</ns0:SetAttribute_INPUT>' % DELL, BIOS_SERVICE),
    drac('is it ready', 'DCIM_LCService',
         DELL + 'DCIM_LCService/GetRemoteServicesAPIStatus',
         '<ns0:GetRemoteServicesAPIStatus_INPUT xmlns:ns0="%sDCIM_LCService"/>'
         % DELL, LC_SERVICE),
    drac_enumerate('jobs', 'DCIM_LifecycleJob', PAGE),
    drac_enumerate('boot configurations', 'DCIM_BootConfigSetting', PAGE),
    drac_enumerate('power state', 'DCIM_ComputerSystem', query(
        CQL, 'select EnabledState from DCIM_ComputerSystem') + PAGE),

    # ---- curl, with an Identify by hand
    Request('identify', 'curl',
            {'User-Agent': 'curl/7.88.1', 'Accept': '*/*',
             'Content-Type': 'application/soap+xml;charset=UTF-8'},
            '<s:Envelope xmlns:s="%s" xmlns:wsmid="%s"><s:Header/><s:Body>'
            '<wsmid:Identify/></s:Body></s:Envelope>' % (SOAP, WSMID)),
]

BY_NAME = {request.name: request for request in REQUESTS}
