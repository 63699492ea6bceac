"""Character encodings: DSP0226 13.1, R18."""
import pytest
from lxml import etree

from wsman import CIM, GET, IDENTIFY, NS, Client, assert_fault, envelope, \
    headers, new_id

LIST = CIM + 'T_List'
SOAP = 'application/soap+xml'


def get(message_id=None):
    return envelope(headers(GET, LIST, {'Id': 1}, message_id or new_id()))


def declared(text, encoding):
    return '<?xml version="1.0" encoding="%s"?>%s' % (encoding, text)


def test_utf8_without_anything(anon):
    """dracclient sends no Content-Type."""
    reply = anon.post(get(), content_type=None)
    assert reply.status == 200
    assert reply.headers['Content-Type'].lower().replace(' ', '') == \
        'application/soap+xml;charset=utf-8'


@pytest.mark.parametrize('content_type', [
    SOAP, SOAP + ';charset=UTF-8', SOAP + '; charset=utf-8',
    SOAP + ';charset="utf-8"', SOAP + '; charset=UTF-8; action="x"',
    'Application/Soap+XML;Charset=Utf-8',
])
def test_utf8_by_content_type(anon, content_type):
    assert anon.post(get(), content_type=content_type).status == 200


def test_utf8_by_declaration(anon):
    assert anon.post(declared(get(), 'utf-8')).status == 200


def test_utf8_byte_order_mark(anon):
    """May be refused, is not."""
    assert anon.post(b'\xef\xbb\xbf' + get().encode()).status in (200, 500)


def test_utf8_is_never_marked_in_replies(anon):
    assert not anon.post(get()).data.startswith(b'\xef\xbb\xbf')


UTF16 = {
    'little, mark': (b'\xff\xfe', 'utf-16-le'),
    'big, mark': (b'\xfe\xff', 'utf-16-be'),
    'little, no mark': (b'', 'utf-16-le'),
    'big, no mark': (b'', 'utf-16-be'),
}


@pytest.mark.parametrize('kind', UTF16)
def test_utf16(anon, kind):
    """The reply in the request's encoding; wsmancli -j utf-16 relies on it."""
    mark, codec = UTF16[kind]
    sent = new_id()
    reply = anon.post(mark + declared(get(sent), 'utf-16').encode(codec),
                      content_type=SOAP + ';charset=utf-16')
    assert reply.status == 200, reply
    assert 'utf-16' in reply.headers['Content-Type'].lower()
    assert reply.data[:2] in (b'\xff\xfe', b'\xfe\xff')
    root = etree.fromstring(reply.data)
    assert root.findtext('s:Header/a:RelatesTo', namespaces=NS) == sent


def test_utf16_by_mark_alone(anon):
    reply = anon.post(b'\xff\xfe' + get().encode('utf-16-le'),
                      content_type=SOAP)
    assert reply.status == 200
    assert 'utf-16' in reply.headers['Content-Type'].lower()


def test_utf16_faults(anon):
    text = envelope(headers('urn:no', LIST, {'Id': 1}, new_id()))
    reply = anon.post(b'\xff\xfe' + text.encode('utf-16-le'),
                      content_type=SOAP + ';charset=utf-16')
    assert 'utf-16' in reply.headers['Content-Type'].lower()
    assert_fault(reply, 'ActionNotSupported')


def test_utf16_characters_come_back(anon):
    """Beyond the basic plane too."""
    name = 'ä€\U0001d11e'
    body = '<r:R_Item xmlns:r="%sR_Item"><r:Name>%s</r:Name></r:R_Item>' % (
        CIM, name)
    assert anon.create(CIM + 'R_Item', body).fault is None
    try:
        text = envelope(headers(GET, CIM + 'R_Item', {'Name': name},
                                new_id()))
        reply = anon.post(b'\xff\xfe' + text.encode('utf-16-le'),
                          content_type=SOAP + ';charset=utf-16')
        assert reply.value('Name') == name, reply
    finally:
        anon.delete(CIM + 'R_Item', {'Name': name})


@pytest.mark.parametrize('content_type,data', [
    (SOAP + ';charset=utf-8', b'\xff\xfe' + get().encode('utf-16-le')),
    (SOAP + ';charset=utf-16', get().encode()),
    (SOAP + ';charset=utf-16', declared(get(), 'utf-8').encode()),
])
def test_contradictions(anon, content_type, data):
    """R13.1-8"""
    reply = anon.post(data, content_type=content_type)
    assert reply.status in (400, 500)
    assert reply.fault is not None


@pytest.mark.parametrize('charset', ['iso-8859-1', 'us-ascii', 'utf-32',
                                     'koi8-r', 'none'])
def test_other_charsets(anon, charset):
    reply = anon.post(get(), content_type='%s;charset=%s' % (SOAP, charset))
    assert_fault(reply, 'CharacterSet', relates_to=False)
    assert 'utf-8' in reply.headers['Content-Type'].lower()


@pytest.mark.parametrize('encoding', ['iso-8859-1', 'utf-7', 'none'])
def test_other_declarations(anon, encoding):
    reply = anon.post(declared(get(), encoding).encode('latin-1'),
                      content_type=SOAP)
    assert reply.fault is not None, reply
    assert reply.fault.subcode in ('w:EncodingLimit',
                                   'w:SchemaValidationError'), reply


def test_half_a_character(anon):
    """An odd number of octets."""
    data = b'\xff\xfe' + get().encode('utf-16-le') + b'\x20'
    assert anon.post(data, content_type=SOAP + ';charset=utf-16'
                     ).status in (200, 400, 500)


def test_lone_surrogate(anon):
    text = get().encode('utf-16-le').replace(
        'T_List'.encode('utf-16-le'), b'\x00\xd8T\x00')
    reply = anon.post(b'\xff\xfe' + text,
                      content_type=SOAP + ';charset=utf-16')
    assert reply.fault is not None


def test_wrong_content_type(anon):
    """Some other kind of content is not for us: 415, or it is read."""
    reply = anon.post(get(), content_type='application/json')
    assert reply.status in (200, 415)


def test_comments_and_cdata(anon):
    """13.1: comments are accepted."""
    text = get().replace('<s:Body>', '<!-- a --><s:Body><!-- b -->')
    text = text.replace('>%s<' % GET, '><![CDATA[%s]]><' % GET)
    assert anon.post(text).status == 200


def test_processing_instructions(anon):
    """SOAP 1.2 forbids them."""
    reply = anon.post(get().replace('<s:Body>', '<?php x ?><s:Body>'))
    assert reply.status in (200, 500)


def test_charset_within_a_quoted_parameter(server):
    with Client(server.url('/anon')) as client:
        reply = client.post(IDENTIFY, content_type='application/soap+xml; '
                            'action="a;charset=utf-16"')
    assert reply.status == 200 and reply.root is not None
