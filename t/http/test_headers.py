"""SOAP headers: DSP0226 clauses 5 and 6, MS-WSMV 3.1.4.1, R1 to R5."""
import time
import uuid

import pytest

from wsman import ANONYMOUS, ANONYMOUS10, CIM, DECLARE, FAULT_ACTION, GET, \
    NS, Client, assert_fault, check_reply, envelope, headers, new_id, resolve

LIST = CIM + 'T_List'
KEY = {'Id': 1}


def raw(client, extra='', **more):
    """A Get whose headers are as said.  @return the reply, unchecked"""
    arguments = dict(action=GET, uri=LIST, selectors=KEY, message_id=new_id())
    arguments.update(more)
    return client.post(envelope(headers(extra=extra, **arguments)))


# ---- WS-Addressing

@pytest.mark.parametrize('message_id', [
    'uuid:4ED2993C-4339-4E99-81FC-C2FD3812781A',
    'uuid:4ed2993c-4339-4e99-81fc-c2fd3812781a',
    'urn:uuid:4ed2993c-4339-4e99-81fc-c2fd3812781a',
    'http://example.com/?a=1&b=2', 'x', 'ä', 'u' * 1500,
])
def test_relates_to_is_byte_for_byte(anon, message_id):
    """R2"""
    assert anon.get(LIST, KEY, message_id=message_id).fault is None


def test_relates_to_in_faults(anon):
    anon.get(LIST, {'Id': 4711}, message_id='uuid:MIXED-Case-1')


def test_repeated_message_ids(anon):
    """R3: one client sends the same in every request."""
    for _ in range(3):
        reply = anon.get(LIST, KEY, message_id=(
            'uuid:abdf4705-4e98-5cc0-a532-d595322e66dd'))
        assert reply.fault is None


@pytest.mark.parametrize('to', ['http://windows-host:5985/wsman', ANONYMOUS,
                                'urn:whatever', 'https://[::1]/x'])
def test_to_is_not_judged(anon, to):
    """R4"""
    assert raw(anon, to=to).fault is None


@pytest.mark.parametrize('missing', ['to', 'reply_to', 'action'])
def test_required_header(anon, missing):
    """R5.3-1, R5.4.2-1"""
    reply = raw(anon, **{missing: None})
    fault = assert_fault(reply, 'HeaderRequired')
    name = {'to': 'To', 'reply_to': 'ReplyTo', 'action': 'Action'}[missing]
    assert name in (fault.message or '') + ''.join(fault.node.itertext())


@pytest.mark.parametrize('message_id', [None, '', '  '])
def test_message_id_is_required(anon, message_id):
    """R5.4.4-4"""
    reply = raw(anon, message_id=message_id)
    assert_fault(reply, 'InvalidHeader', relates_to=False)


@pytest.mark.parametrize('header', [
    '<a:To>x</a:To>', '<a:Action>%s</a:Action>' % GET,
    '<a:MessageID>uuid:2</a:MessageID>',
    '<a:ReplyTo><a:Address>%s</a:Address></a:ReplyTo>' % ANONYMOUS,
    '<w:ResourceURI>%s</w:ResourceURI>' % LIST,
    '<w:SelectorSet><w:Selector Name="Id">2</w:Selector></w:SelectorSet>',
    '<w:OperationTimeout>PT1S</w:OperationTimeout>'
    '<w:OperationTimeout>PT2S</w:OperationTimeout>',
    '<w:MaxEnvelopeSize>9000</w:MaxEnvelopeSize>'
    '<w:MaxEnvelopeSize>9000</w:MaxEnvelopeSize>',
])
def test_doubled_header(anon, header):
    """R13.1-9"""
    assert_fault(raw(anon, header), 'InvalidHeader', relates_to=False)


@pytest.mark.parametrize('name', ['ReplyTo', 'FaultTo'])
def test_replies_go_back_where_they_came_from(anon, name):
    """R5.4.2-2, R5.4.3-3"""
    more = {}
    block = '<a:%s><a:Address>http://example.com/</a:Address></a:%s>' % (
        name, name)
    if name == 'ReplyTo':
        more['reply_to'] = None
    assert_fault(raw(anon, block, **more), 'AddressingMode')


def test_fault_to_anonymous(anon):
    assert raw(anon, '<a:FaultTo><a:Address>%s</a:Address></a:FaultTo>'
               % ANONYMOUS).fault is None


def test_from_is_ignored(anon):
    """R5.4.6-2"""
    assert raw(anon, '<a:From><a:Address>urn:me</a:Address></a:From>'
               ).fault is None


def test_addressing_of_2005(anon):
    """DSP0226 1.1 allows it; the reply speaks it too."""
    sent = new_id()
    text = envelope(headers(GET, LIST, KEY, sent)).replace(
        NS['a'] + '"', NS['a10'] + '"').replace(ANONYMOUS, ANONYMOUS10)
    reply = anon.post(text)
    assert reply.status == 200, reply
    assert reply.header('a10:RelatesTo') == sent
    assert reply.header('a10:To') == ANONYMOUS10
    assert reply.header('a10:Action') == GET + 'Response'


def test_addressing_of_2005_in_faults(anon):
    sent = new_id()
    text = envelope(headers('urn:no', LIST, KEY, sent)).replace(
        NS['a'] + '"', NS['a10'] + '"').replace(ANONYMOUS, ANONYMOUS10)
    reply = anon.post(text)
    assert reply.status == 500
    assert reply.header('a10:RelatesTo') == sent
    assert reply.header('a10:Action') == NS['a10'] + '/fault'
    value = reply.find('s:Body/s:Fault/s:Code/s:Subcode/s:Value')
    assert resolve(value) == 'a10:ActionNotSupported'


def test_addressing_of_2005_needs_no_reply_to(anon):
    text = envelope(headers(GET, LIST, KEY, new_id(), reply_to=None)).replace(
        NS['a'] + '"', NS['a10'] + '"')
    assert anon.post(text).status == 200


# ---- mustUnderstand

@pytest.mark.parametrize('value', ['true', '1'])
def test_not_understood(anon, value):
    reply = raw(anon, '<z:Odd xmlns:z="urn:odd" s:mustUnderstand="%s"/>'
                % value)
    assert reply.status == 500
    assert reply.fault.code == 's:MustUnderstand', reply
    assert reply.fault.subcode is None
    assert reply.fault.number == 2150858768
    assert reply.header('a:Action') == FAULT_ACTION['a']
    block = reply.find('s:Header/s:NotUnderstood')
    prefix, _, name = block.get('qname').rpartition(':')
    assert prefix and name == 'Odd'
    assert block.nsmap[prefix] == 'urn:odd'


@pytest.mark.parametrize('block', [
    '<z:Odd xmlns:z="urn:odd"/>',
    '<z:Odd xmlns:z="urn:odd" s:mustUnderstand="false"/>',
    '<z:Odd xmlns:z="urn:odd" s:mustUnderstand="0"/>',
    '<z:Odd xmlns:z="urn:odd" mustUnderstand="true"/>',
    '<z:Odd xmlns:z="urn:odd" s:mustUnderstand="true" '
    's:role="urn:somebody-else"/>',
])
def test_need_not_be_understood(anon, block):
    """R5: an unqualified mustUnderstand is just an attribute."""
    assert raw(anon, block).fault is None


def test_several_not_understood(anon):
    reply = raw(anon, '<z:A xmlns:z="urn:z" s:mustUnderstand="1"/>'
                '<y:B xmlns:y="urn:y" s:mustUnderstand="1"/>')
    assert reply.fault.code == 's:MustUnderstand'
    assert reply.find('s:Header/s:NotUnderstood') is not None


def test_must_understand_on_all_of_ours(anon):
    """wsmancli and dracclient set it on MessageID and To too."""
    text = envelope(headers(GET, LIST, KEY, new_id(), extra=(
        '<w:OperationTimeout>PT20S</w:OperationTimeout>'
        '<w:MaxEnvelopeSize>100000</w:MaxEnvelopeSize>')))
    for name in ('a:To', 'a:MessageID', 'a:ReplyTo', 'w:SelectorSet',
                 'w:OperationTimeout', 'w:MaxEnvelopeSize'):
        text = text.replace('<%s>' % name,
                            '<%s s:mustUnderstand="true">' % name)
    assert anon.post(text).fault is None


# ---- OperationTimeout

@pytest.mark.parametrize('text', ['PT60S', 'PT60.000S', 'PT1M', 'P1D',
                                  'PT5.0S', 'P0DT1H', ' PT60S\n'])
def test_timeout_is_a_duration(anon, text):
    assert raw(anon, '<w:OperationTimeout>%s</w:OperationTimeout>'
               % text).fault is None


@pytest.mark.parametrize('text', ['60', 'PT', '', 'soon', '-PT60S', 'PT1S1M',
                                  '2026-01-01T00:00:00Z'])
def test_timeout_that_is_none(anon, text):
    """R6.1-2"""
    assert_fault(raw(anon, '<w:OperationTimeout>%s</w:OperationTimeout>'
                     % text), 'InvalidHeader', number=False)


def test_timeout_reaches_the_provider(anon):
    reply = anon.invoke(CIM + 'T_Echo', 'Who', extra=(
        '<w:OperationTimeout>PT7S</w:OperationTimeout>'))
    left = int(reply.value('MillisecondsLeft'))
    assert 5000 < left <= 7000


def test_timeout_is_capped(server):
    """WSManOperationTimeout 2s"""
    with Client(server.url('/limited')) as client:
        for extra in ('', '<w:OperationTimeout>PT1H</w:OperationTimeout>'):
            reply = client.invoke(CIM + 'T_Echo', 'Who', extra=extra)
            assert int(reply.value('MillisecondsLeft')) <= 2000


def test_timeout_of_the_endpoint_is_kept(server):
    server.expect('w:TimedOut')
    with Client(server.url('/limited')) as client:
        begin = time.monotonic()
        assert_fault(client.get(CIM + 'T_Slow', KEY), 'TimedOut')
        assert time.monotonic() - begin < 15


# ---- MaxEnvelopeSize

def sized(size, must=False):
    return '<w:MaxEnvelopeSize%s>%s</w:MaxEnvelopeSize>' % (
        ' s:mustUnderstand="true"' if must else '', size)


def test_max_envelope_too_small_to_work_with(anon):
    """R6.2-4"""
    assert_fault(raw(anon, sized(8191, True)), 'MinEnvelope')


def test_max_envelope_is_enough(anon):
    assert raw(anon, sized(8192, True)).fault is None


def test_reply_that_does_not_fit(anon):
    """R6.2-1: sixty kilobytes of text into eight."""
    name = {'Name': 'big'}
    body = '<r:R_Item xmlns:r="%sR_Item"><r:Name>big</r:Name><r:Text>%s' \
        '</r:Text></r:R_Item>' % (CIM, 'x' * 60000)
    anon.create(CIM + 'R_Item', body)
    try:
        reply = anon.get(CIM + 'R_Item', name, extra=sized(10000, True))
        assert_fault(reply, 'MaxEnvelope')
        assert len(reply.data) < 10000
        assert anon.get(CIM + 'R_Item', name).fault is None
    finally:
        anon.delete(CIM + 'R_Item', name)


@pytest.mark.parametrize('size', ['x', '-1', '', '1.5', '0'])
def test_max_envelope_that_is_no_number(anon, size):
    reply = raw(anon, sized(size, True))
    assert reply.fault is not None and reply.fault.code == 's:Sender', reply
    assert reply.fault.subcode in ('a:InvalidMessageInformationHeader',
                                   'w:EncodingLimit',
                                   'w:SchemaValidationError'), reply


def test_max_envelope_huge(anon):
    assert raw(anon, sized('4294967295', True)).fault is None
    assert raw(anon, sized('99999999999999999999')).status in (200, 500)


# ---- Locale

def test_locale_is_a_hint(anon):
    reply = raw(anon, '<w:Locale xml:lang="de-DE" s:mustUnderstand="false"/>'
                '<p:DataLocale xml:lang="de-DE" s:mustUnderstand="false"/>')
    assert reply.fault is None


def test_locale_that_must_be_obeyed(anon):
    """R6.3-2"""
    reply = raw(anon, '<w:Locale xml:lang="de-DE" s:mustUnderstand="true"/>')
    assert reply.fault.subcode == 'w:UnsupportedFeature', reply
    assert reply.fault.details[0].endswith('/Locale')
    reply = raw(anon, '<p:DataLocale xml:lang="de-DE" '
                's:mustUnderstand="true"/>')
    assert reply.fault.subcode == 'w:UnsupportedFeature', reply
    assert reply.fault.details[0].endswith('/DataLocale')


def test_replies_have_a_language(anon):
    """R6.3-4"""
    reply = raw(anon)
    assert reply.root.get(
        '{http://www.w3.org/XML/1998/namespace}lang') == 'en-US'


# ---- OptionSet

def option(text, must=False):
    return '<w:OptionSet%s>%s</w:OptionSet>' % (
        ' s:mustUnderstand="true"' if must else '', text)


def test_options_without_must_comply(anon):
    """wsmancli sends ShowExtensions."""
    assert raw(anon, option('<w:Option Name="ShowExtensions"/>'
                            '<w:Option Name="x" Type="xs:string">1'
                            '</w:Option>')).fault is None


def test_options_that_must_be_obeyed(anon):
    """R6.4-6"""
    reply = raw(anon, option('<w:Option Name="x" MustComply="true">1'
                             '</w:Option>'))
    assert_fault(reply, 'OptionNotSupported')


def test_options_with_false_must_comply(anon):
    assert raw(anon, option('<w:Option Name="x" MustComply="false">1'
                            '</w:Option>')).fault is None


def test_options_too_long(anon):
    assert_fault(raw(anon, option('<w:Option Name="%s">1</w:Option>'
                                  % ('x' * 3000))), 'OptionLimit')
    assert_fault(raw(anon, option('<w:Option Name="x">%s</w:Option>'
                                  % ('x' * 5000))), 'OptionLimit')


# ---- RequestEPR

def test_request_epr(anon):
    """R6.5-1"""
    reply = raw(anon, '<w:RequestEPR/>')
    assert reply.fault is None, reply
    assert reply.find('s:Header/w:RequestedEPR') is not None, reply


def test_no_epr_without_request(anon):
    assert raw(anon).find('s:Header/w:RequestedEPR') is None


# ---- FragmentTransfer

def test_fragment_transfer_where_there_is_none(anon):
    """R7.7-1"""
    reply = raw(anon, '<w:FragmentTransfer s:mustUnderstand="true">Text'
                '</w:FragmentTransfer>', action=NS['n'] + '/Enumerate')
    assert_fault(reply, 'FragmentAccess')


def test_fragment_transfer_without_must_understand(anon):
    """R7.7-2"""
    assert_fault(raw(anon, '<w:FragmentTransfer>Text</w:FragmentTransfer>'),
                 'InvalidHeader')


# ---- MS-WSMV

def test_ms_headers_are_taken(anon):
    operation = 'uuid:' + str(uuid.uuid4()).upper()
    activity = str(uuid.uuid4()).upper()
    reply = raw(anon, (
        '<p:SessionId s:mustUnderstand="false">uuid:%s</p:SessionId>'
        '<p:OperationID s:mustUnderstand="false">%s</p:OperationID>'
        '<p:SequenceId s:mustUnderstand="false">1</p:SequenceId>'
        '<p:ActivityId s:mustUnderstand="false">%s</p:ActivityId>') % (
            uuid.uuid4(), operation, activity))
    assert reply.fault is None, reply


def test_header_order_and_prefixes(anon):
    """R1; Action, MessageID, then To, RelatesTo."""
    sent = new_id()
    reply = check_reply(anon.post(envelope(headers(GET, LIST, KEY, sent))),
                        GET, sent)
    text = reply.data.decode()
    assert '<s:Envelope ' in text and '<a:RelatesTo>' in text
    assert text.index('<a:Action>') < text.index('<a:MessageID>') < \
        text.index('<a:To>') < text.index('<a:RelatesTo>')


def test_fault_prefixes(anon):
    text = anon.get(LIST, {'Id': 4711}).data.decode()
    for piece in ('<s:Fault>', '<s:Subcode><s:Value>a:', '<f:WSManFault '):
        assert piece in text.replace(' xmlns:f="%s"' % NS['f'], ' ') or \
            piece in text, piece


def test_new_message_id_is_a_uuid(anon):
    fresh = raw(anon).header('a:MessageID')
    assert fresh.startswith('uuid:')
    uuid.UUID(fresh[5:])


def test_header_as_first_children_in_any_order(anon):
    text = '<s:Envelope %s><s:Header>%s</s:Header><s:Body/></s:Envelope>' % (
        DECLARE, ''.join(reversed([
            '<a:To>x</a:To>', '<a:Action>%s</a:Action>' % GET,
            '<a:MessageID>uuid:1</a:MessageID>',
            '<a:ReplyTo><a:Address>%s</a:Address></a:ReplyTo>' % ANONYMOUS,
            '<w:ResourceURI>%s</w:ResourceURI>' % LIST,
            '<w:SelectorSet><w:Selector Name="Id">1</w:Selector>'
            '</w:SelectorSet>'])))
    assert anon.post(text).status == 200


def test_white_space_around_header_values(anon):
    """Clause 13: simple content is trimmed."""
    text = envelope(headers(GET, LIST, KEY, new_id())).replace(
        '>%s<' % GET, '>\n  %s\n <' % GET).replace(
        '>%s<' % LIST, '> %s <' % LIST)
    assert anon.post(text).fault is None


def test_soap_action_header(anon):
    """Optional; the right one is taken."""
    text = envelope(headers(GET, LIST, KEY, new_id()))
    assert anon.post(text, more={'SOAPAction': '"%s"' % GET}).status == 200
