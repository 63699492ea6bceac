"""The draft of June 2005, as Windows Server 2003 R2 speaks it (MS-WSMAN).

The envelopes are laid out as in MS-WSMAN 4: values between line breaks.
"""
import pytest
from lxml import etree

import server as httpd
from wsman import CIM, WMI, Client, assert_fault, envelope, headers, new_id

D = {
    's': 'http://www.w3.org/2003/05/soap-envelope',
    'a': 'http://schemas.xmlsoap.org/ws/2004/08/addressing',
    'n': 'http://schemas.xmlsoap.org/ws/2004/09/enumeration',
    'x': 'http://schemas.xmlsoap.org/ws/2004/09/transfer',
    'w': 'http://schemas.xmlsoap.org/ws/2005/06/management',
    'f': 'http://schemas.microsoft.com/ws/2005/06/wsmanfault',
    'cim': 'http://schemas.dmtf.org/wsman/2005/06/base',
    't': 'http://schemas.xmlsoap.org/ws/2005/06/management/this',
}
URI = 'http://schemas.microsoft.com/wsman/2005/06/wmi/root/cimv2/'
DMTF = 'http://schemas.dmtf.org/wsman/2005/06/2/'
ANONYMOUS = D['a'] + '/role/anonymous'
TRANSFER, ENUMERATION = D['x'] + '/', D['n'] + '/'
THIS = 'wsman:system/2005/06/this'

REQUEST = '''<s:Envelope xmlns:s="%(s)s"
 xmlns:a="%(a)s" xmlns:n="%(n)s"
 xmlns:w="%(w)s">
<s:Header>
<a:To>http://server:80/wsman</a:To>
<w:ResourceURI s:mustUnderstand="true">
{uri}
</w:ResourceURI>
<a:ReplyTo>
<a:Address s:mustUnderstand="true">
%(anonymous)s</a:Address>
</a:ReplyTo>
<a:Action s:mustUnderstand="true">
{action}
</a:Action>
<w:MaxEnvelopeSize s:mustUnderstand="true">
51200
</w:MaxEnvelopeSize>
<a:MessageID>
{id}
</a:MessageID>
{selectors}{extra}
<w:OperationTimeout>PT60.000S</w:OperationTimeout>
</s:Header>
<s:Body>{body}</s:Body>
</s:Envelope>''' % {'anonymous': ANONYMOUS, **D}


def ask(client, action, uri, selectors=None, body='', extra=''):
    """The reply's tree; what every reply has is checked."""
    sent = new_id()
    chosen = ''
    if selectors:
        chosen = '<w:SelectorSet>%s</w:SelectorSet>' % ''.join(
            '<w:Selector Name="%s">%s</w:Selector>' % pair
            for pair in selectors.items())
    reply = client.post(REQUEST.format(action=action, uri=uri, id=sent,
                                       selectors=chosen, extra=extra,
                                       body=body))
    root = reply.root
    assert root.find('s:Header/a:RelatesTo', D).text == sent
    assert root.find('s:Header/a:To', D).text == ANONYMOUS
    assert root.find('s:Header/a:MessageID', D).text.startswith('uuid:')
    assert root.nsmap['w'] == D['w']
    failed = root.find('s:Body/s:Fault', D) is not None
    assert reply.status == (500 if failed else 200)
    if not failed and not uri.startswith('http://schemas.dmtf.org/wbem'):
        assert b'schemas.dmtf.org/wbem' not in reply.data
    return root


def body_of(root):
    assert root.find('s:Body/s:Fault', D) is None, etree.tostring(root)
    found = root.find('s:Body', D)
    return found[0] if len(found) else None


def text_of(node, name):
    return node.findtext('{%s}%s' % (etree.QName(node).namespace, name))


def location_of(node):
    """The resource URI and selectors of the instance's cim:Location."""
    found, = node.findall('cim:Location', D)
    assert found.findtext('a:Address', None, D) == ANONYMOUS
    parameters = found.find('a:ReferenceParameters', D)
    return (parameters.findtext('w:ResourceURI', None, D),
            {item.get('Name'): item.text for item in
             parameters.iterfind('w:SelectorSet/w:Selector', D)})


def assert_draft_fault(root, code, subcode, detail=None, number=None):
    fault = root.find('s:Body/s:Fault', D)
    assert fault is not None, etree.tostring(root)
    value = fault.find('s:Code/s:Subcode/s:Value', D)
    prefix, _, name = value.text.partition(':')
    assert fault.findtext('s:Code/s:Value', None, D) == 's:' + code
    assert (value.nsmap[prefix], name) == (D[subcode[0]], subcode[2:])
    assert root.findtext('s:Header/a:Action', None, D) == \
        D[subcode[0]] + '/fault'
    assert fault.findtext('s:Detail/w:FaultDetail', None, D) == (
        'wsman:faultDetail/' + detail if detail else None)
    told = fault.find('s:Detail/f:WSManFault', D)
    assert told.get('Machine') and told.findtext('f:Message', None, D)
    if number is not None:
        assert int(told.get('Code')) == number


# ---- Identify

def assert_this(node):
    assert node.tag == '{%s}This' % D['t']
    assert 'mod_wsman' in node.findtext('t:Vendor', None, D)
    version = node.findtext('t:Version', None, D)
    assert version.startswith('OS: ') and ' Stack: ' in version


def test_this(alice):
    root = ask(alice, TRANSFER + 'Get', THIS)
    assert root.findtext('s:Header/a:Action', None, D) == \
        TRANSFER + 'GetResponse'
    assert_this(body_of(root))


def test_identify_is_answered_with_this(anon):
    reply = anon.post(
        '<s:Envelope xmlns:s="%(s)s" xmlns:w="%(w)s"><s:Header/><s:Body>'
        '<i:Identify xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/'
        'wsmanidentity.xsd"/></s:Body></s:Envelope>' % D)
    assert_this(body_of(reply.root))


# ---- instances

@pytest.mark.parametrize('base', [URI, DMTF, WMI, CIM])
def test_get(anon, base):
    """4.1.1; the client names classes as it likes."""
    node = body_of(ask(anon, TRANSFER + 'Get', base + 'T_List', {'Id': 3}))
    assert node.tag == '{%sT_List}T_List' % base
    assert text_of(node, 'Id') == '3'
    assert location_of(node) == (base + 'T_List', {'Id': '3'})


def test_a_life(anon):
    """Create, Get, Put of what was got (4.1.3), Delete."""
    uri = URI + 'R_Item'
    keys = {'Name': 'draft'}
    item = '<p:R_Item xmlns:p="%s"><p:Name>draft</p:Name>%%s</p:R_Item>' % uri
    try:
        made = body_of(ask(anon, TRANSFER + 'Create', uri, body=item % ''))
        assert made.tag == '{%s}ResourceCreated' % D['x']
        assert made.findtext('a:ReferenceParameters/w:ResourceURI', None,
                             D) == uri
        node = body_of(ask(anon, TRANSFER + 'Get', uri, keys))
        node.find('{%s}Count' % uri).text = '7'
        del node.find('{%s}Count' % uri).attrib[
            '{http://www.w3.org/2001/XMLSchema-instance}nil']
        # 2.2.5.1: the draft's name for a datetime that XSD has no form for
        since = node.find('{%s}Since' % uri)
        since.attrib.clear()
        etree.SubElement(since, '{%s}CIM_DateTimeString' % D['cim']).text = \
            '2026112108****.******+000'
        assert location_of(node) == (uri, keys)
        text = etree.tostring(node).decode()
        node = body_of(ask(anon, TRANSFER + 'Put', uri, keys, text))
        assert text_of(node, 'Count') == '7'
        assert node.findtext('{%s}Since/{%s}CIM_DateTimeString'
                             % (uri, D['cim'])) == '2026112108****.******+000'
        assert body_of(ask(anon, TRANSFER + 'Delete', uri, keys)) is None
        assert_draft_fault(ask(anon, TRANSFER + 'Get', uri, keys), 'Sender',
                           'a:DestinationUnreachable', None, 32768)
    finally:
        anon.delete(CIM + 'R_Item', keys)


def test_invoke(anon):
    """4.1.4"""
    uri = URI + 'T_Echo'
    root = ask(anon, uri + '/Needs', uri, None,
               '<p:Needs_INPUT xmlns:p="%s"><p:Must>yes</p:Must>'
               '</p:Needs_INPUT>' % uri)
    node = body_of(root)
    assert node.tag == '{%s}Needs_OUTPUT' % uri
    assert text_of(node, 'ReturnValue') == '0'
    assert root.findtext('s:Header/a:Action', None, D) == \
        uri + '/NeedsResponse'


# ---- enumerations

def pull(client, uri, context, count=None):
    more = '<n:MaxElements>%d</n:MaxElements>' % count if count else ''
    return body_of(ask(
        client, ENUMERATION + 'Pull', uri, None,
        '<n:Pull>\n<n:EnumerationContext xmlns:n="%s">\n%s\n'
        '</n:EnumerationContext>%s</n:Pull>' % (D['n'], context, more)))


@pytest.mark.parametrize('name,count,total', [
    ('T_List', 7, 50), ('T_Many', 400, 1000), ('T_List', None, 50)])
def test_enumeration(anon, name, count, total):
    """4.1.2: a spooled one, a resumed one, one by one."""
    uri = URI + name
    node = body_of(ask(anon, ENUMERATION + 'Enumerate', uri, None,
                       '<n:Enumerate/>'))
    context = node.findtext('n:EnumerationContext', None, D)
    found = []
    while context:
        node = pull(anon, uri, context, count)
        page = node.findall('n:Items/*', D)
        assert len(page) <= (count or 1)
        found += page
        context = node.findtext('n:EnumerationContext', None, D)
        assert (node.find('n:EndOfSequence', D) is None) == bool(context)
    assert len({location_of(item)[1]['Id'] for item in found}) == total
    assert {item.tag for item in found} == {'{%s}%s' % (uri, name)}


def test_release(anon):
    uri = URI + 'T_Many'
    node = body_of(ask(anon, ENUMERATION + 'Enumerate', uri, None,
                       '<n:Enumerate/>'))
    context = node.findtext('n:EnumerationContext', None, D)
    body = '<n:%s><n:EnumerationContext>' + context + \
        '</n:EnumerationContext></n:%s>'
    # an enumeration stays in its dialect
    reply = anon.pull(WMI + 'T_Many', context)
    assert_fault(reply, 'InvalidContext')
    reply = anon.pull(uri, context)
    assert_fault(reply, 'InvalidContext')
    assert pull(anon, uri, context) is not None
    assert body_of(ask(anon, ENUMERATION + 'Release', uri, None,
                       body % ('Release', 'Release'))) is None
    assert_draft_fault(
        ask(anon, ENUMERATION + 'Pull', uri, None, body % ('Pull', 'Pull')),
        'Receiver', 'n:InvalidEnumerationContext', None, 0x801b)


def test_objects_are_cast(anon):
    """3.1.4.1.28"""
    uri = URI + 'T_Base'
    node = body_of(ask(
        anon, ENUMERATION + 'Enumerate', uri, None,
        '<n:Enumerate><b:PolymorphismMode xmlns:b="http://schemas.dmtf.org/'
        'wbem/wsman/1/cimbinding.xsd">None</b:PolymorphismMode>'
        '</n:Enumerate>'))
    node = pull(anon, uri, node.findtext('n:EnumerationContext', None, D), 99)
    found = node.findall('n:Items/*', D)
    assert {item.tag for item in found} == {'{%s}T_Base' % uri}
    assert all(item.find('{*}Extra') is None for item in found)
    assert {location_of(item)[0] for item in found} > {uri}


# ---- faults

FAULTS = [
    ('Get', 'T_NoSuch', {}, '', 'Sender', 'a:DestinationUnreachable',
     'InvalidResourceURI'),
    ('Get', 'T_List', {}, '', 'Sender', 'w:InvalidSelectors',
     'InsufficientSelectors'),
    ('Get', 'T_List', {'Id': 1},
     '<w:Locale xml:lang="de" s:mustUnderstand="true"/>', 'Sender',
     'w:UnsupportedFeature', 'Locale'),
    ('Get', 'T_List', {'Id': 1},
     '<a:FaultTo><a:Address>http://x/</a:Address></a:FaultTo>', 'Sender',
     'w:UnsupportedFeature', 'AddressingMode'),
    ('Nothing', 'T_List', {}, '', 'Sender', 'a:ActionNotSupported', None),
]


@pytest.mark.parametrize('case', FAULTS, ids=lambda case: case[5])
def test_faults(anon, case):
    action, name, selectors, extra, code, subcode, detail = case
    root = ask(anon, TRANSFER + action, URI + name, selectors, extra=extra)
    assert_draft_fault(root, code, subcode, detail)
    assert b'IsCIM_Error' not in etree.tostring(root)


def test_not_understood(anon):
    root = ask(anon, TRANSFER + 'Get', URI + 'T_List', {'Id': 1},
               extra='<w:Renamed s:mustUnderstand="true"/>')
    told = root.find('s:Header/s:NotUnderstood', D)
    prefix, _, name = told.get('qname').partition(':')
    assert (told.nsmap[prefix], name) == (D['w'], 'Renamed')


# ---- access

def test_no_way_round_sections(server):
    """What <WSManResource> says of a class it says of it in any dialect."""
    server.expect('AH01630|AH01631|AH01797|authorization')
    with Client(server.url('/guarded'), 'alice',
                httpd.USERS['alice']) as alice:
        for base in (URI, DMTF):
            root = ask(alice, TRANSFER + 'Get', base + 'R_Two',
                       {'First': 'x', 'Second': 1})
            assert_draft_fault(root, 'Sender', 'w:AccessDenied', None, 5)


def test_both_on_one_connection(anon):
    """The dialect is the message's, not the connection's."""
    for _ in range(3):
        assert location_of(body_of(ask(anon, TRANSFER + 'Get',
                                       URI + 'T_List', {'Id': 1})))
        reply = anon.get(CIM + 'T_List', {'Id': 1})
        assert b'2005/06' not in reply.data


def test_declared_only(anon):
    """Who only declares the draft's namespace is not of it."""
    reply = anon.post(envelope(
        headers(TRANSFER + 'Get', CIM + 'T_List', {'Id': 1}, new_id()),
        declare='xmlns:w5="%s"' % D['w']))
    assert reply.fault is None
    assert b'2005/06' not in reply.data
