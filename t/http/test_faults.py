"""Bad input: the right fault, and nothing lost.

After each the same connection and the same children still serve.
"""
import pytest

from wsman import CIM, CREATE, DECLARE, DELETE, ENUMERATE, GET, IDENTIFY, \
    NS, PULL, PUT, RELEASE, assert_fault, assert_upgrade, envelope, headers, local, new_id, \
    resolve

OS = CIM + 'Win32_OperatingSystem'
LIST = CIM + 'T_List'


@pytest.fixture(autouse=True)
def still_serves(anon):
    yield
    reply = anon.get(LIST, {'Id': 1})
    assert reply.fault is None, reply


def good(body='', extra='', action=GET, uri=LIST, selectors=(('Id', 1),)):
    return envelope(headers(action, uri, dict(selectors), new_id(),
                            extra=extra), body)


# ---- XML that is no envelope

MALFORMED = {
    'empty': '',
    'spaces': '   \n ',
    'text': 'hello',
    'cut': good()[:-20],
    'cut in a tag': good()[:200],
    'unclosed': good().replace('</s:Body>', ''),
    'crossed': good().replace('</s:Header><s:Body>', '<s:Body></s:Header>'),
    'unbound prefix': good().replace('<s:Body>', '<s:Body><zz:x/>'),
    'two roots': good() + good(),
    'rubbish after': good() + 'x',
    'doubled attribute': good().replace('<s:Body>', '<s:Body a="1" a="2">'),
    'unknown entity': good('<m:x xmlns:m="urn:m">&who;</m:x>'),
    'control character': good('<m:x xmlns:m="urn:m">\x01</m:x>'),
    'no number': good('<m:x xmlns:m="urn:m">&#xFFFFFFFF;</m:x>'),
    'bad UTF-8': good().encode().replace(b'T_List', b'T_\xff\xfeList'),
    'NUL': good().encode().replace(b'T_List', b'T_\x00List'),
}


@pytest.mark.parametrize('name', MALFORMED)
def test_malformed(anon, name):
    reply = anon.post(MALFORMED[name])
    fault = reply.fault
    assert fault is not None and reply.status in (400, 500), reply
    assert fault.subcode in ('w:SchemaValidationError',
                             'w:EncodingLimit'), reply
    assert fault.code == 's:Sender'


DTD = {
    'plain': '<!DOCTYPE x>',
    'public': '<!DOCTYPE x PUBLIC "-//x//y" "http://127.0.0.1:9/x.dtd">',
    'entity': '<!DOCTYPE x [<!ENTITY e "value">]>',
    'external': '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    'bomb': '<!DOCTYPE x [<!ENTITY a "%s">%s]>' % (
        'a' * 1000, ''.join('<!ENTITY %s "%s">' % (
            chr(98 + i), '&%s;' % chr(97 + i) * 20) for i in range(8))),
    'parameter': '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
}


@pytest.mark.parametrize('name', DTD)
def test_doctype(anon, name):
    text = '<?xml version="1.0"?>' + DTD[name] + good(
        '<m:x xmlns:m="urn:m">&e;&i;</m:x>')
    reply = anon.post(text)
    assert_fault(reply, 'SchemaValidation', relates_to=False)
    assert 'root:' not in reply.data.decode()


def test_deep_nesting(anon):
    """50 000 elements in each other."""
    body = '<m:x xmlns:m="urn:m">' + '<m:y>' * 50000 + '</m:y>' * 50000
    reply = anon.post(good(body + '</m:x>'))
    assert reply.fault.subcode in ('w:SchemaValidationError',
                                   'w:EncodingLimit'), reply


def test_many_attributes(anon):
    body = '<m:x xmlns:m="urn:m" %s/>' % ' '.join(
        'a%d="1"' % i for i in range(20000))
    reply = anon.post(good(body))
    assert reply.status in (200, 500)


def test_envelope_too_large(anon):
    """600 kB against WSManMaxEnvelopeSize's 512 000 bytes."""
    reply = anon.post(good('<m:x xmlns:m="urn:m">%s</m:x>' % ('x' * 600000)))
    assert_fault(reply, 'ServiceEnvelope', relates_to=False)


def test_envelope_of_500_kb_is_taken(anon):
    """R20"""
    reply = anon.post(good('<m:x xmlns:m="urn:m">%s</m:x>' % ('x' * 500000)))
    assert reply.fault is None or \
        reply.fault.subcode != 'w:EncodingLimit', reply


# ---- Envelopes of another kind

def test_no_envelope(anon):
    reply = anon.post('<x/>')
    assert reply.fault is not None, reply
    assert reply.fault.code in ('s:VersionMismatch', 's:Sender'), reply
    assert reply.status == 500


def test_soap_1_1(anon):
    reply = anon.post(good().replace(
        NS['s'], 'http://schemas.xmlsoap.org/soap/envelope/'))
    assert reply.status == 500
    assert_upgrade(reply)


def test_no_body(anon):
    text = '<s:Envelope %s><s:Header/></s:Envelope>' % DECLARE
    assert_fault(anon.post(text), 'SchemaValidation', relates_to=False)


def test_two_bodies(anon):
    text = good().replace('</s:Envelope>', '<s:Body/></s:Envelope>')
    reply = anon.post(text)
    assert reply.fault is not None and reply.fault.code == 's:Sender'


def test_two_elements_in_the_body(anon):
    reply = anon.post(good('<m:a xmlns:m="urn:m"/><m:b xmlns:m="urn:m"/>'))
    assert reply.fault is not None and reply.fault.code == 's:Sender'


# ---- Unknown things

def test_unknown_action(anon):
    fault = assert_fault(anon.send('urn:no-such-action', LIST, {'Id': 1}),
                         'ActionNotSupported')
    assert fault.detail_text('a:Action') == ['urn:no-such-action']


def test_unknown_resource(anon):
    assert_fault(anon.get('http://example.com/none'), 'InvalidResourceURI')


def test_unknown_class(anon):
    assert_fault(anon.get(CIM + 'No_Class', {'Id': 1}), 'InvalidResourceURI')


def test_malformed_resource_uri(anon):
    for uri in ('', 'not a uri', '::', CIM, CIM + '/', CIM + 'A/B'):
        reply = anon.get(uri)
        assert reply.fault.details and \
            reply.fault.details[0].endswith('/InvalidResourceURI'), (uri,
                                                                     reply)


def test_no_resource_uri(anon):
    """R5.1.2.1-6"""
    assert_fault(anon.get(None), 'InvalidResourceURI')


def test_long_resource_uri(anon):
    assert_fault(anon.get(CIM + 'X' * 3000), 'URILimit')


def test_unknown_instance(anon):
    assert_fault(anon.get(LIST, {'Id': 4711}), 'NotFound')


# ---- Selectors

def test_no_selectors(anon):
    assert_fault(anon.get(LIST), 'InsufficientSelectors')


def test_empty_selector_set(anon):
    assert_fault(anon.get(LIST, extra='<w:SelectorSet/>'),
                 'InsufficientSelectors')


def test_unknown_selector(anon):
    assert_fault(anon.get(LIST, {'Id': 1, 'Nothing': 2}),
                 'UnexpectedSelectors')


def test_selector_that_is_no_key(anon):
    assert_fault(anon.get(LIST, {'Id': 1, 'Text': 'x'}),
                 'UnexpectedSelectors')


def test_selector_of_the_wrong_type(anon):
    assert_fault(anon.get(LIST, {'Id': 'one'}), 'SelectorType')


def test_selector_out_of_range(anon):
    assert_fault(anon.get(LIST, {'Id': '4294967296'}), 'SelectorValue')


def test_doubled_selector(anon):
    assert_fault(anon.get(LIST, [('Id', 1), ('Id', 1)]), 'DuplicateSelectors')
    assert_fault(anon.get(LIST, [('Id', 1), ('ID', 2)]), 'DuplicateSelectors')


def test_selector_without_name(anon):
    reply = anon.get(LIST, extra='<w:SelectorSet><w:Selector>1</w:Selector>'
                                 '</w:SelectorSet>')
    assert reply.fault.subcode in ('w:InvalidSelectors',
                                   'w:SchemaValidationError'), reply


def test_foreign_selector_set(anon):
    """Selectors of another class's kind."""
    assert_fault(anon.get(LIST, {'Name': 'x'}), 'UnexpectedSelectors')


def test_foreign_content_in_a_selector_set(anon):
    reply = anon.get(LIST, extra='<w:SelectorSet><z:x xmlns:z="urn:z"/>'
                                 '</w:SelectorSet>')
    assert reply.fault.subcode in ('w:InvalidSelectors',
                                   'w:SchemaValidationError'), reply


def test_long_selectors(anon):
    assert_fault(anon.get(LIST, {'N' * 3000: 1}), 'SelectorLimit')
    assert_fault(anon.get(CIM + 'R_Item', {'Name': 'x' * 5000}),
                 'SelectorLimit')


def test_many_selectors(anon):
    many = [('S%d' % i, 'x') for i in range(500)]
    assert_fault(anon.get(LIST, many), 'SelectorLimit')


def test_reference_nested_too_deep(anon):
    from wsman import Epr
    value = 'x'
    for _ in range(60):
        value = Epr(CIM + 'R_Link', {'Left': value})
    reply = anon.get(CIM + 'R_Link', {'Left': value, 'Right': value})
    assert reply.fault.code == 's:Sender', reply


# ---- Bodies

@pytest.mark.parametrize('action,body', [
    (ENUMERATE, ''), (ENUMERATE, '<n:Pull/>'), (PULL, ''), (PULL, '<n:Pull/>'),
    (PULL, '<n:Enumerate/>'), (RELEASE, ''), (RELEASE, '<n:Release/>'),
    (PUT, ''), (CREATE, ''),
])
def test_wrong_body(anon, action, body):
    reply = anon.send(action, LIST, {'Id': 1} if action == PUT else None,
                      body)
    assert reply.fault is not None, reply
    assert reply.fault.subcode in (
        'w:SchemaValidationError', 'n:InvalidEnumerationContext',
        'x:InvalidRepresentation', 'a:ActionNotSupported'), reply


@pytest.mark.parametrize('action', [GET, DELETE])
def test_surplus_body(anon, action):
    """A Get with something in its body is still a Get."""
    reply = anon.send(action, CIM + 'R_Item', {'Name': 'nobody'},
                      '<z:x xmlns:z="urn:z"/>')
    assert reply.fault.subcode in ('a:DestinationUnreachable',
                                   'w:SchemaValidationError'), reply


# ---- Providers

def test_provider_that_is_offline(make_server):
    from server import STANDARD_PROVIDERS
    from wsman import Client
    one = make_server('<Location /anon>\nSetHandler wsman\n</Location>\n',
                      providers=STANDARD_PROVIDERS + (
                          'off {build}/t/http/offline_provider.so',),
                      expect=['The device is not there', 'ResourceOffline'])
    with Client(one.url('/anon')) as client:
        reply = client.get(CIM + 'T_Offline', {'Id': 1})
        assert_fault(reply, 'ResourceOffline')
        assert client.get(LIST, {'Id': 1}).fault is None
        one.expect('The device is not there|ResourceOffline')


def test_get_that_fails(server, anon):
    server.expect('This one cannot be read')
    assert_fault(anon.get(CIM + 'T_Fails', {'Id': 1}), 'InternalError')


@pytest.mark.parametrize('kind', ['type', 'range', 'array', 'key', 'class',
                                  'none'])
def test_invalid_instance(server, anon, kind):
    """Whatever it answers, the client gets a fault and the server lives."""
    server.expect('T_Invalid')
    reply = anon.get(CIM + 'T_Invalid', {'Kind': kind})
    assert_fault(reply, 'InternalError')


def test_text_that_is_no_utf8(server, anon):
    """A fault, or something else in place of what is no character."""
    server.expect('T_Invalid')
    reply = anon.get(CIM + 'T_Invalid', {'Kind': 'utf8'})
    if reply.fault is None:
        assert 'broken' in reply.value('Texts')
    else:
        assert_fault(reply, 'InternalError')


def test_valid_instance(anon):
    assert anon.get(CIM + 'T_Invalid', {'Kind': 'good'}).fault is None


def test_provider_that_takes_too_long(server, anon):
    """R6.1-2: the deadline is the provider's."""
    server.expect('w:TimedOut')
    reply = anon.get(CIM + 'T_Slow', {'Id': 1}, extra='<w:OperationTimeout>'
                     'PT0.5S</w:OperationTimeout>')
    fault = assert_fault(reply, 'TimedOut')
    assert 'OperationTimeout' in fault.reason + fault.message, 'R11'


def test_list_that_takes_too_long(server, anon):
    server.expect('w:TimedOut')
    reply = anon.enumerate(CIM + 'T_Slow', optimize=1000,
                           extra='<w:OperationTimeout>PT0.5S'
                                 '</w:OperationTimeout>')
    assert_fault(reply, 'TimedOut')


def test_method_that_takes_too_long(server, anon):
    server.expect('w:TimedOut')
    reply = anon.invoke(CIM + 'T_Echo', 'Sleep',
                        '<m:Milliseconds>20000</m:Milliseconds>',
                        extra='<w:OperationTimeout>PT0.3S'
                              '</w:OperationTimeout>')
    assert_fault(reply, 'TimedOut')


# ---- Every fault

def test_fault_is_small(anon):
    """R13.4-6: 4096 octets must always do."""
    reply = anon.send('urn:no', LIST, {'Id': 1}, extra=(
        '<w:MaxEnvelopeSize s:mustUnderstand="true">8192'
        '</w:MaxEnvelopeSize>'))
    assert len(reply.data) < 4096


def test_fault_does_not_echo_markup(anon):
    reply = anon.get(CIM + 'A&B<script>')
    assert b'<script' not in reply.data


def test_subcodes_have_bound_prefixes(anon):
    reply = anon.get(CIM + 'No_Class')
    value = reply.find('s:Body/s:Fault/s:Code/s:Subcode/s:Value')
    assert resolve(value) == 'a:DestinationUnreachable'
    assert local(reply.body) == 'Fault'


def test_identify_with_a_bad_header(anon):
    """mustUnderstand counts for Identify too."""
    text = IDENTIFY.replace(
        '<s:Header/>', '<s:Header><z:a xmlns:z="urn:z" s:mustUnderstand="1"/>'
        '</s:Header>')
    assert anon.post(text).fault.code == 's:MustUnderstand'
