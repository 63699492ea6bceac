"""wsman.py - a small WS-Management client for tests.

It checks on every reply what every reply must have (check_reply), so that a
test says only what is its own matter.  It shares no code and no table with
the server or with our own client.
"""
import base64
import http.client
import uuid
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

NS = {
    's': 'http://www.w3.org/2003/05/soap-envelope',
    'a': 'http://schemas.xmlsoap.org/ws/2004/08/addressing',
    'a10': 'http://www.w3.org/2005/08/addressing',
    'w': 'http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd',
    'x': 'http://schemas.xmlsoap.org/ws/2004/09/transfer',
    'n': 'http://schemas.xmlsoap.org/ws/2004/09/enumeration',
    'e': 'http://schemas.xmlsoap.org/ws/2004/08/eventing',
    'p': 'http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd',
    'f': 'http://schemas.microsoft.com/wbem/wsman/1/wsmanfault',
    'b': 'http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd',
    'id': 'http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd',
    'c': 'http://schemas.dmtf.org/wbem/wscim/1/common',
    'rsp': 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell',
    'xsi': 'http://www.w3.org/2001/XMLSchema-instance',
}
XML_LANG = '{http://www.w3.org/XML/1998/namespace}lang'
NIL = '{%s}nil' % NS['xsi']
CIM = 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/'
WMI = 'http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/'
ANONYMOUS = NS['a'] + '/role/anonymous'
ANONYMOUS10 = NS['a10'] + '/anonymous'
DETAIL = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/'
SELECTOR_FILTER = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter'

GET = NS['x'] + '/Get'
PUT = NS['x'] + '/Put'
CREATE = NS['x'] + '/Create'
DELETE = NS['x'] + '/Delete'
ENUMERATE = NS['n'] + '/Enumerate'
PULL = NS['n'] + '/Pull'
RELEASE = NS['n'] + '/Release'
RENEW = NS['n'] + '/Renew'
GETSTATUS = NS['n'] + '/GetStatus'

FAULT_ACTION = {
    'w': 'http://schemas.dmtf.org/wbem/wsman/1/wsman/fault',
    'a': NS['a'] + '/fault',
    'x': NS['x'] + '/fault',
    'n': NS['n'] + '/fault',
    'e': NS['e'] + '/fault',
    'b': 'http://schemas.dmtf.org/wbem/wsman/1/cimbinding/fault',
}

# What DSP0226 14.6 and MS-WSMV say of the faults that tests expect:
# name: (Sender or Receiver, subcode, wsman:FaultDetail, WSManFault Code)
FAULTS = {
    'AccessDenied': ('Sender', 'w:AccessDenied', None, 5),
    'ActionNotSupported':
        ('Sender', 'a:ActionNotSupported', None, 2150858771),
    'ActionMismatch':
        ('Sender', 'a:ActionNotSupported', 'ActionMismatch', 2150858801),
    'AlreadyExists': ('Sender', 'w:AlreadyExists', None, 2150858803),
    'CannotProcessFilter':
        ('Sender', 'n:CannotProcessFilter', None, 2150858778),
    'CannotProcessFragment':
        ('Sender', 'w:CannotProcessFilter', None, 2150858778),
    'InvalidFragment':
        ('Sender', 'x:InvalidRepresentation', 'InvalidFragment', None),
    'NotFound': ('Sender', 'a:DestinationUnreachable', None, 2150858752),
    'InvalidResourceURI':
        ('Sender', 'a:DestinationUnreachable', 'InvalidResourceURI',
         2150858811),
    'URILimit': ('Sender', 'w:EncodingLimit', 'URILimitExceeded', 2150858797),
    'MaxEnvelope':
        ('Sender', 'w:EncodingLimit', 'MaxEnvelopeSize', 2150858824),
    'MinEnvelope':
        ('Sender', 'w:EncodingLimit', 'MinimumEnvelopeLimit', 2150858878),
    'ServiceEnvelope':
        ('Sender', 'w:EncodingLimit', 'ServiceEnvelopeLimit', 2150858825),
    'SelectorLimit':
        ('Sender', 'w:EncodingLimit', 'SelectorLimit', 2150858826),
    'OptionLimit': ('Sender', 'w:EncodingLimit', 'OptionLimit', 2150858827),
    'CharacterSet':
        ('Sender', 'w:EncodingLimit', 'CharacterSet', 2150858828),
    'ResourceOffline':
        ('Receiver', 'a:EndpointUnavailable', 'ResourceOffline', 2150858772),
    'FilterDialect':
        ('Sender', 'n:FilterDialectRequestedUnavailable', None, 2150858777),
    'FragmentDialect':
        ('Sender', 'w:FragmentDialectNotSupported', None, 2150858896),
    'FragmentAccess':
        ('Sender', 'w:UnsupportedFeature', 'FragmentLevelAccess', 2150858871),
    'InternalError': ('Receiver', 'w:InternalError', None, None),
    'InvalidContext':
        ('Receiver', 'n:InvalidEnumerationContext', None, 2150858779),
    'InvalidExpiration':
        ('Sender', 'n:InvalidExpirationTime', None, 2150858774),
    'InvalidHeader':
        ('Sender', 'a:InvalidMessageInformationHeader', None, 2150858767),
    'HeaderRequired':
        ('Sender', 'a:MessageInformationHeaderRequired', None, 2150858769),
    'OptionNotSupported':
        ('Sender', 'w:InvalidOptions', 'NotSupported', 2150858833),
    'ParameterType':
        ('Sender', 'w:InvalidParameter', 'TypeMismatch', 2150858836),
    'ParameterName':
        ('Sender', 'w:InvalidParameter', 'InvalidName', 2150858837),
    'ParameterValue': ('Sender', 'w:InvalidParameter', 'InvalidValue', 87),
    'InvalidValues':
        ('Sender', 'x:InvalidRepresentation', 'InvalidValues', 2150858838),
    'MissingValues':
        ('Sender', 'x:InvalidRepresentation', 'MissingValues', 2150858839),
    'InvalidNamespace':
        ('Sender', 'x:InvalidRepresentation', 'InvalidNamespace', 2150858840),
    'InsufficientSelectors':
        ('Sender', 'w:InvalidSelectors', 'InsufficientSelectors', 2150858842),
    'UnexpectedSelectors':
        ('Sender', 'w:InvalidSelectors', 'UnexpectedSelectors', 2150858843),
    'SelectorType':
        ('Sender', 'w:InvalidSelectors', 'TypeMismatch', 2150858844),
    'SelectorValue':
        ('Sender', 'w:InvalidSelectors', 'InvalidValue', 2150858845),
    'DuplicateSelectors':
        ('Sender', 'w:InvalidSelectors', 'DuplicateSelectors', 2150858847),
    'QuotaLimit': ('Sender', 'w:QuotaLimit', None, 2150858815),
    'SchemaValidation':
        ('Sender', 'w:SchemaValidationError', None, 2150858817),
    'TimedOut': ('Receiver', 'w:TimedOut', None, 2150858793),
    'AddressingMode':
        ('Sender', 'w:UnsupportedFeature', 'AddressingMode', 2150858870),
    'Locale': ('Sender', 'w:UnsupportedFeature', 'Locale', 2150858887),
    'EnumerationMode':
        ('Sender', 'w:UnsupportedFeature', 'EnumerationMode', 2150858886),
    'PolymorphismMode':
        ('Sender', 'b:PolymorphismModeNotSupported', None, 2150859063),
    'OtherUser': ('Sender', 'w:AccessDenied', None, 2150859177),
}

DECLARE = ' '.join('xmlns:%s="%s"' % (prefix, NS[prefix])
                   for prefix in 'sawxnpbc') + ' xmlns:xsi="%s"' % NS['xsi']


def new_id():
    return 'uuid:' + str(uuid.uuid4()).upper()


def selector_set(selectors):
    """{'Name': 'value'}; a value may also be an Epr."""
    if not selectors:
        return ''
    items = selectors.items() if hasattr(selectors, 'items') else selectors
    return '<w:SelectorSet>%s</w:SelectorSet>' % ''.join(
        '<w:Selector Name=%s>%s</w:Selector>' % (
            quoteattr(name), value.xml() if isinstance(value, Epr)
            else escape(str(value))) for name, value in items)


class Epr:
    """An endpoint reference: in a selector, or as a value."""

    def __init__(self, uri, selectors=None, address=ANONYMOUS):
        self.uri, self.selectors, self.address = uri, selectors, address

    def content(self):
        return ('<a:Address>%s</a:Address><a:ReferenceParameters>'
                '<w:ResourceURI>%s</w:ResourceURI>%s'
                '</a:ReferenceParameters>' % (
                    escape(self.address), escape(self.uri),
                    selector_set(self.selectors)))

    def xml(self):
        return '<a:EndpointReference>%s</a:EndpointReference>' % self.content()

    @staticmethod
    def read(node):
        """From an element of type a:EndpointReferenceType."""
        uri = node.findtext('a:ReferenceParameters/w:ResourceURI',
                            namespaces=NS)
        chosen = {}
        for item in node.iterfind(
                'a:ReferenceParameters/w:SelectorSet/w:Selector', NS):
            nested = item.find('a:EndpointReference', NS)
            chosen[item.get('Name')] = (Epr.read(nested) if nested is not None
                                        else item.text or '')
        return Epr(uri, chosen, node.findtext('a:Address', namespaces=NS))


def headers(action=None, uri=None, selectors=None, message_id=None,
            to='http://127.0.0.1/wsman', reply_to=ANONYMOUS, extra=''):
    """The header blocks of a request; None leaves one out."""
    blocks = []
    if to is not None:
        blocks.append('<a:To>%s</a:To>' % escape(to))
    if uri is not None:
        blocks.append('<w:ResourceURI s:mustUnderstand="true">%s'
                      '</w:ResourceURI>' % escape(uri))
    if reply_to is not None:
        blocks.append('<a:ReplyTo><a:Address>%s</a:Address></a:ReplyTo>'
                      % escape(reply_to))
    if action is not None:
        blocks.append('<a:Action s:mustUnderstand="true">%s</a:Action>'
                      % escape(action))
    if message_id is not None:
        blocks.append('<a:MessageID>%s</a:MessageID>' % escape(message_id))
    blocks.append(selector_set(selectors))
    return ''.join(blocks) + extra


def envelope(head, body='', declare=''):
    return ('<s:Envelope %s %s><s:Header>%s</s:Header><s:Body>%s</s:Body>'
            '</s:Envelope>' % (DECLARE, declare, head, body))


IDENTIFY = ('<s:Envelope xmlns:s="%(s)s" xmlns:wsmid="%(id)s"><s:Header/>'
            '<s:Body><wsmid:Identify/></s:Body></s:Envelope>' % NS)


class Reply:
    """What came back: status, headers, raw bytes and, if it is XML, the
    tree."""

    def __init__(self, status, head, data):
        self.status, self.headers, self.data = status, head, data
        kind = (head.get('Content-Type') or '').lower()
        self.root = (etree.fromstring(data)
                     if 'xml' in kind and data else None)

    def __repr__(self):
        return 'HTTP %d\n%s' % (self.status,
                                self.data.decode('utf-8', 'replace'))

    def find(self, path):
        return self.root.find(path, NS)

    def findall(self, path):
        return self.root.findall(path, NS)

    def text(self, path):
        return self.root.findtext(path, namespaces=NS)

    def header(self, name):
        return self.text('s:Header/' + name)

    @property
    def body(self):
        """The element in s:Body, or None."""
        found = self.find('s:Body')
        return found[0] if len(found) else None

    def value(self, name):
        """The text of a property or parameter of the element in the body;
        None if it is not there or NULL; a list if it is there repeatedly."""
        return value_of(self.body, name)

    @property
    def fault(self):
        node = self.find('s:Body/s:Fault') if self.root is not None else None
        return Fault(node) if node is not None else None


def local(node):
    return etree.QName(node).localname


def value_of(element, name):
    found = [child for child in element if local(child) == name]
    values = [None if child.get(NIL) in ('true', '1') else child.text or ''
              for child in found]
    if not values:
        return None
    return values if len(values) > 1 else values[0]


def values_of(element):
    """{name: value} of all properties of an instance."""
    return {local(child): value_of(element, local(child)) for child in element}


def resolve(node):
    """The QName in an element's text, as prefix of NS:name."""
    prefix, _, name = node.text.strip().rpartition(':')
    uri = node.nsmap.get(prefix or None)
    for known, ns in NS.items():
        if ns == uri:
            return '%s:%s' % (known, name)
    return '{%s}%s' % (uri, name)


class Fault:
    def __init__(self, node):
        self.node = node
        self.code = resolve(node.find('s:Code/s:Value', NS))
        sub = node.find('s:Code/s:Subcode/s:Value', NS)
        self.subcode = resolve(sub) if sub is not None else None
        reason = node.find('s:Reason/s:Text', NS)
        self.reason = reason.text
        self.language = reason.get(XML_LANG)
        self.details = [item.text for item in
                        node.iterfind('s:Detail/w:FaultDetail', NS)]
        wsman = node.find('s:Detail/f:WSManFault', NS)
        self.number = int(wsman.get('Code')) if wsman is not None else None
        self.machine = wsman.get('Machine') if wsman is not None else None
        self.message = (''.join(wsman.itertext()) if wsman is not None
                        else None)

    def detail_text(self, path):
        return [item.text for item in self.node.iterfind('s:Detail/' + path,
                                                         NS)]


def assert_fault(reply, name, number=True, relates_to=True):
    """The reply is exactly this fault, and well made."""
    code, subcode, detail, wanted = FAULTS[name]
    fault = reply.fault
    assert fault is not None, 'no fault but %r' % reply
    got = (fault.code, fault.subcode, fault.details)
    assert got == ('s:' + code, subcode,
                   [DETAIL + detail] if detail else []), reply
    assert reply.status == 500, reply
    if number and wanted is not None:
        assert fault.number == wanted, reply
    assert fault.number is not None and fault.machine, reply
    assert fault.reason and fault.language == 'en-US', reply
    assert fault.message and fault.message.strip(), reply
    action = reply.header('a:Action') or reply.header('a10:Action')
    assert action is not None, reply
    expected = FAULT_ACTION[subcode.partition(':')[0]]
    if reply.find('s:Header/a10:Action') is not None and subcode[0] == 'a':
        expected = NS['a10'] + '/fault'
    assert action == expected, reply
    if relates_to is True:
        assert (reply.find('s:Header/a:RelatesTo') is not None or
                reply.find('s:Header/a10:RelatesTo') is not None), reply
    return fault


SOAP11 = 'http://schemas.xmlsoap.org/soap/envelope/'


def assert_upgrade(reply):
    """A fault in the client's own SOAP 1.1 that names the SOAP it should
    speak (SOAP 1.2, Appendix A)."""
    assert reply.root.tag == '{%s}Envelope' % SOAP11, reply
    code = reply.root.findtext('{%s}Body/{%s}Fault/faultcode'
                               % (SOAP11, SOAP11))
    assert code.rpartition(':')[2] == 'VersionMismatch', reply
    supported = reply.root.find('{%s}Header/s:Upgrade/s:SupportedEnvelope'
                                % SOAP11, NS)
    prefix, _, name = supported.get('qname').rpartition(':')
    assert name == 'Envelope' and supported.nsmap[prefix] == NS['s'], reply


class Client:
    """A connection to one endpoint; kept alive as httpd allows."""

    def __init__(self, url, user=None, password=None, timeout=60):
        self.url = url
        parts = urlsplit(url)
        self.path = parts.path
        self.timeout = timeout
        self.netloc = parts.netloc
        self.connection = None
        self.auth = None
        if user is not None:
            token = base64.b64encode(('%s:%s' % (user, password)).encode())
            self.auth = 'Basic ' + token.decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def post(self, text, content_type='application/soap+xml;charset=UTF-8',
             fresh=False, method='POST', path=None, more=None):
        """Sends a text (or bytes) as it is.  A kept connection that httpd has
        closed meanwhile is opened again, once."""
        data = text.encode() if isinstance(text, str) else text
        head = dict(more or {})
        if content_type is not None:
            head['Content-Type'] = content_type
        if self.auth:
            head['Authorization'] = self.auth
        if fresh:
            self.close()
        for attempt in (1, 2):
            kept = self.connection is not None
            if not kept:
                self.connection = http.client.HTTPConnection(
                    self.netloc, timeout=self.timeout)
            try:
                self.connection.request(method, path or self.path, data, head)
                answer = self.connection.getresponse()
                return Reply(answer.status, answer.headers, answer.read())
            except (http.client.RemoteDisconnected, BrokenPipeError,
                    ConnectionResetError):
                self.close()
                if not kept or attempt == 2:
                    raise
        raise AssertionError('not reached')

    def send(self, action, uri=None, selectors=None, body='', extra='',
             declare='', message_id=None, fresh=False, **more):
        """A request as it should be; every reply to one is checked."""
        sent = message_id or new_id()
        reply = self.post(envelope(
            headers(action, uri, selectors, sent, extra=extra, **more), body,
            declare), fresh=fresh)
        check_reply(reply, action, sent)
        return reply

    def ok(self, *args, **kwargs):
        reply = self.send(*args, **kwargs)
        assert reply.fault is None and reply.status == 200, reply
        return reply

    # ---- operations; each gives the Reply, whatever it is

    def get(self, uri, selectors=None, **more):
        return self.send(GET, uri, selectors, **more)

    def put(self, uri, selectors, body, **more):
        return self.send(PUT, uri, selectors, body, **more)

    def create(self, uri, body, **more):
        return self.send(CREATE, uri, None, body, **more)

    def delete(self, uri, selectors, **more):
        return self.send(DELETE, uri, selectors, **more)

    def invoke(self, uri, method, arguments='', selectors=None, **more):
        body = '<m:%s_INPUT xmlns:m="%s">%s</m:%s_INPUT>' % (
            method, uri, arguments, method)
        return self.send(uri + '/' + method, uri, selectors, body, **more)

    def enumerate(self, uri, optimize=None, mode=None, filter=None,
                  poly=None, expires=None, inside='', **more):
        """optimize: MaxElements of an optimized enumeration, or None"""
        body = inside
        if expires is not None:
            body += '<n:Expires>%s</n:Expires>' % expires
        if filter is not None:
            body += filter
        if optimize is not None:
            body += '<w:OptimizeEnumeration/>'
            if optimize:
                body += '<w:MaxElements>%d</w:MaxElements>' % optimize
        if mode is not None:
            body += '<w:EnumerationMode>%s</w:EnumerationMode>' % mode
        if poly is not None:
            body += '<b:PolymorphismMode>%s</b:PolymorphismMode>' % poly
        return self.send(ENUMERATE, uri, None,
                         '<n:Enumerate>%s</n:Enumerate>' % body, **more)

    def pull(self, uri, context, count=None, inside='', **more):
        body = '<n:EnumerationContext>%s</n:EnumerationContext>' % escape(
            context)
        body += inside
        if count is not None:
            body += '<n:MaxElements>%d</n:MaxElements>' % count
        return self.send(PULL, uri, None, '<n:Pull>%s</n:Pull>' % body, **more)

    def release(self, uri, context, **more):
        return self.send(
            RELEASE, uri, None,
            '<n:Release><n:EnumerationContext>%s</n:EnumerationContext>'
            '</n:Release>' % escape(context), **more)

    def all(self, uri, count=None, fresh=False, optimize=0, **more):
        """Enumerates to the end.  @return the items' elements"""
        reply = self.enumerate(uri, optimize=optimize, **more)
        found = items(reply)
        while not ended(reply):
            reply = self.pull(uri, context_of(reply), count, fresh=fresh)
            found += items(reply)
        return found


def items(reply):
    assert reply.fault is None, reply
    return reply.findall('s:Body/n:EnumerateResponse/w:Items/*') + \
        reply.findall('s:Body/n:PullResponse/n:Items/*')


def ended(reply):
    """EndOfSequence and an open context exclude each other (R8.4-8, R15)."""
    end = (reply.find('s:Body/n:EnumerateResponse/w:EndOfSequence')
           is not None or
           reply.find('s:Body/n:PullResponse/n:EndOfSequence') is not None)
    assert end == (not context_of(reply)), reply
    return end


def context_of(reply):
    for name in ('EnumerateResponse', 'PullResponse'):
        found = reply.find('s:Body/n:%s/n:EnumerationContext' % name)
        if found is not None:
            return found.text or ''
    return ''


seen_ids = set()


def check_reply(reply, action, message_id, addressing='a'):
    """What is true of every reply to a request with headers."""
    assert reply.root is not None, reply
    assert reply.root.tag == '{%s}Envelope' % NS['s'], reply
    assert reply.status == (500 if reply.fault else 200), reply
    kind = reply.headers.get('Content-Type').lower().replace(' ', '')
    assert kind.startswith('application/soap+xml;charset=utf-'), kind
    assert int(reply.headers['Content-Length']) == len(reply.data)
    assert reply.header(addressing + ':RelatesTo') == message_id, reply
    anonymous = ANONYMOUS if addressing == 'a' else ANONYMOUS10
    assert reply.header(addressing + ':To') == anonymous, reply
    fresh = reply.header(addressing + ':MessageID')
    assert fresh and fresh != message_id and fresh not in seen_ids, reply
    seen_ids.add(fresh)
    if reply.fault is None:
        assert reply.header(addressing + ':Action') == action + 'Response', \
            reply
    order = [local(node) for node in reply.find('s:Header')]
    assert order[:2] == ['Action', 'MessageID'], order
    assert order.index('To') < order.index('RelatesTo'), order
    # Windows' own prefixes, on the Envelope (client-interop R1)
    for prefix in 'saw':
        assert reply.root.nsmap.get(prefix) == NS[prefix], reply.root.nsmap
    return reply
