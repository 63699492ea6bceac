"""Sealed messages (MS-WSMV 2.2.9.1): read by nobody, changed by nobody."""
import base64
import re
import select
import socket
import struct
import threading

import pytest

import negotiate
from gss_fixtures import *  # noqa: F401,F403
from gss_fixtures import GSS, WAYS, assert_get, creds, get, needed, speaker
from negotiate import FLAG, PROTOCOL, Speaker, frame, frame_type, seal
from wsman import CIM, GET, IDENTIFY, assert_fault, envelope, headers, new_id

pytestmark = needed

ways = pytest.mark.parametrize('way', WAYS)
both = pytest.mark.parametrize('way', ['spnego-ntlm', 'spnego-krb5'])
SEALED = frame_type(PROTOCOL['Negotiate'])


class Relay:
    """Between client and server, and keeps what it hears."""

    def __init__(self, port):
        self.heard = {'to': b'', 'from': b''}
        self.server = ('127.0.0.1', port)
        self.listener = socket.socket()
        self.listener.bind(('127.0.0.1', 0))
        self.listener.listen(1)
        self.netloc = '127.0.0.1:%d' % self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        client, _ = self.listener.accept()
        with client, socket.create_connection(self.server) as server:
            while True:
                ready, _, _ = select.select([client, server], [], [], 60)
                for source in ready:
                    data = source.recv(65536)
                    if not data:
                        return
                    if source is client:
                        self.heard['to'] += data
                        server.sendall(data)
                    else:
                        self.heard['from'] += data
                        client.sendall(data)

    def close(self):
        self.listener.close()
        self.thread.join(30)


@ways
def test_sealed(gss, way):
    with speaker(gss, way) as client:
        assert client.login().status == 200
        for _ in range(3):
            answer = assert_get(client.send(get()))
            assert answer.sealed and answer.challenges == []
            assert answer.protocol.decode() == PROTOCOL[client.scheme]


@ways
def test_nothing_readable_on_the_wire(gss, way):
    relay = Relay(gss.port)
    with speaker(gss, way, netloc=relay.netloc) as client:
        assert client.login().status == 200
        for _ in range(3):
            assert_get(client.send(get()))
        clear = client.send(get())
    relay.close()
    # The relay hears what is said: the frames' own words are there.
    assert relay.heard['to'].count(b'OriginalContent') == 4
    assert relay.heard['from'].count(b'OriginalContent') == 4
    # Five letters or more: what is shorter cipher text has by chance.
    for words in (b'Envelope', b'T_List', b'schemas', b'xmlns', b'Selector',
                  b'instance', b'</s:B', b'<s:Bo'):
        assert words in clear.data or words in get().encode(), words
        for heard in relay.heard.values():
            assert words not in heard, words


@both
def test_faults_are_sealed(gss, way):
    with speaker(gss, way) as client:
        assert client.login().status == 200
        text = envelope(headers(GET, CIM + 'T_List', {'Id': 999}, new_id()))
        for _ in range(2):
            answer = client.send(text)
            assert answer.sealed and answer.status == 500
            assert_fault(answer, 'NotFound')
        answer = client.send('<no envelope')
        assert answer.sealed and answer.status == 500
        assert_get(client.send(get()))


@pytest.mark.parametrize('way', ['bare-ntlm', 'bare-krb5', 'kerberos'])
def test_with_the_token(gss, way):
    """The client has the keys with its last token, and may use them."""
    flags = FLAG.confidentiality | FLAG.integrity | FLAG.replay_detection
    with speaker(gss, way, flags=flags) as client:
        answer = None
        if WAYS[way][2] == negotiate.NTLM:
            answer = client.post(b'', token=client.token())
        token = client.token(answer)
        assert_get(client.send(get(), token=token))
        assert_get(client.send(get()))


@ways
def test_new_handshake_for_each_message(gss, way):
    with speaker(gss, way) as client:
        for _ in range(3):
            assert client.login().status == 200
            assert_get(client.send(get()))
            assert client.post(b'').status == 401


@both
@pytest.mark.parametrize('size', [1, 15, 16, 17, 4096, 65536, 300000])
def test_sizes(gss, way, size):
    pad = '<m:x xmlns:m="urn:m">%s</m:x>' % ('x' * size)
    text = envelope(headers(GET, CIM + 'T_List', {'Id': 3}, new_id(),
                            extra=pad))
    with speaker(gss, way) as client:
        assert client.login().status == 200
        assert_get(client.send(text))


@both
def test_many_replies(gss, way):
    """Replies of several buffers"""
    with speaker(gss, way) as client:
        assert client.login().status == 200
        for _ in range(3):
            answer = client.send(envelope(headers(
                'http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate',
                CIM + 'T_Many', None, new_id()),
                '<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>300'
                '</w:MaxElements></n:Enumerate>'))
            assert answer.sealed, answer
            assert answer.status == 200 and len(answer.data) > 20000


@both
def test_utf16(gss, way):
    with speaker(gss, way) as client:
        assert client.login().status == 200
        data = get().replace('utf-8', 'utf-16').encode('utf-16')
        header, body = seal(client.context, data)
        kind = 'application/soap+xml;charset=UTF-16'
        client.http.request('POST', client.path, frame(
            PROTOCOL['Negotiate'], header, body, len(body), kind),
            {'Content-Type': SEALED})
        answer = client.http.getresponse()
        found = negotiate.PARTS.fullmatch(answer.read())
        assert answer.status == 200 and found
        assert found.group(2).decode().lower() == kind.lower()
        data = found.group(4)
        size = struct.unpack('<I', data[:4])[0]
        text = negotiate.unseal(client.context, data[4:4 + size],
                                data[4 + size:]).decode('utf-16')
        assert '<p:Id>3</p:Id>' in text


@both
def test_chunked(gss, way):
    with speaker(gss, way) as client:
        assert client.login().status == 200
        data = client.sealed(get())
        client.http.request('POST', client.path, iter(
            [data[i:i + 100] for i in range(0, len(data), 100)]),
            {'Content-Type': SEALED}, encode_chunked=True)
        answer = client.http.getresponse()
        assert answer.status == 200 and negotiate.PARTS.fullmatch(
            answer.read())


# ---- what is not taken: 400, the connection closed, the context gone

def assert_ended(client, answer, status=400):
    assert answer.status == status, answer
    assert not answer.sealed
    assert answer.headers.get('Connection') == 'close'
    assert client.http.sock is None
    assert client.post(get()).status == 401


@ways
def test_replay(gss, way):
    with speaker(gss, way) as client:
        assert client.login().status == 200
        data = client.sealed(get())
        kind = frame_type(PROTOCOL[client.scheme])
        assert_get(client.post(data, kind=kind))
        assert_ended(client, client.post(data, kind=kind))


@pytest.mark.parametrize('way', ['spnego-krb5', 'bare-krb5', 'kerberos'])
@pytest.mark.parametrize('flags', [
    FLAG.confidentiality | FLAG.integrity,
    FLAG.confidentiality | FLAG.integrity | FLAG.replay_detection,
    FLAG.confidentiality | FLAG.integrity | FLAG.out_of_sequence_detection])
def test_replay_that_nobody_asked_to_detect(gss, way, flags):
    with speaker(gss, way, flags=flags) as client:
        assert client.login().status == 200
        first, second = client.sealed(get()), client.sealed(get(4))
        kind = frame_type(PROTOCOL[client.scheme])
        assert_get(client.post(first, kind=kind))
        assert_get(client.post(second, kind=kind), 4)
        assert_ended(client, client.post(first, kind=kind))


@ways
def test_reordered(gss, way):
    with speaker(gss, way) as client:
        assert client.login().status == 200
        kind = frame_type(PROTOCOL[client.scheme])
        assert_get(client.send(get()))
        client.sealed(get())
        assert_ended(client, client.post(client.sealed(get()), kind=kind))


def corrupt(data, what):
    at = data.index(b'octet-stream\r\n') + len(b'octet-stream\r\n')
    end = data.index(b'--Encrypted Boundary--')
    size = struct.unpack('<I', data[at:at + 4])[0]
    body = at + 4 + size
    flip = lambda i: data[:i] + bytes([data[i] ^ 1]) + data[i + 1:]  # noqa
    stated = re.search(b'Length=(\\d+)', data)
    number = int(stated.group(1))
    return {
        'header': lambda: flip(at + 4 + 2),
        'end of header': lambda: flip(body - 1),
        'text': lambda: flip(body + 3),
        'end of text': lambda: flip(end - 1),
        'cut': lambda: data[:end - 5] + data[end:],
        'longer': lambda: data[:end] + b'x' + data[end:],
        'no text': lambda: data[:body] + data[end:],
        'no end': lambda: data[:end],
        'half': lambda: data[:len(data) // 2],
        'shorter header': lambda: data[:at] + struct.pack('<I', size - 1) +
        data[at + 4:],
        'longer header': lambda: data[:at] + struct.pack('<I', size + 1) +
        data[at + 4:],
        'no header': lambda: data[:at] + struct.pack('<I', 0) + data[at + 4:],
        'endless header': lambda: data[:at] + b'\xff' * 4 + data[at + 4:],
        'length 1 less': lambda: data.replace(
            stated.group(0), b'Length=%d' % (number - 1)),
        'length 1 more': lambda: data.replace(
            stated.group(0), b'Length=%d' % (number + 1)),
        'length 0': lambda: data.replace(stated.group(0), b'Length=0'),
        'length -1': lambda: data.replace(stated.group(0), b'Length=-1'),
        'length huge': lambda: data.replace(
            stated.group(0), b'Length=99999999999999999999'),
        'no length': lambda: data.replace(b';' + stated.group(0), b''),
        'two messages': lambda: data + data,
        'clear inside': lambda: data[:at] + b'\x10\0\0\0' + b'x' * 16 +
        get().encode() + data[end:],
        'zeros': lambda: data[:at + 4] + b'\0' * (end - at - 4) + data[end:],
        'other boundary': lambda: data.replace(b'Encrypted Boundary',
                                               b'Other Boundary'),
        'not framed': lambda: get().encode(),
    }


@both
@pytest.mark.parametrize('what', sorted(
    corrupt(b'octet-stream\r\n\x01\0\0\0aLength=1--Encrypted Boundary--', '')))
def test_corrupt(gss, way, what):
    with speaker(gss, way) as client:
        assert client.login().status == 200
        assert_get(client.send(get()))
        data = corrupt(client.sealed(get()), what)[what]()
        assert_ended(client, client.post(data, kind=SEALED))


@both
def test_clear_after_sealed(gss, way):
    with speaker(gss, way) as client:
        assert client.login().status == 200
        assert_get(client.post(get()))
        assert_get(client.send(get()))
        assert_ended(client, client.post(get()))


@both
def test_on_another_connection(gss, way):
    """Sealed for one that is gone: 400, not the 401 of a wrong password"""
    with speaker(gss, way) as client, Speaker(gss.url()) as other:
        assert client.login().status == 200
        assert_ended(other, other.post(client.sealed(get()), kind=SEALED))
        with speaker(gss, way, user='bob', password='Secret.2') as bob:
            assert bob.login().status == 200
            client.sealed(get())
            assert_ended(bob, bob.post(client.sealed(get()), kind=SEALED))


@both
def test_with_the_keys_of_before(gss, way):
    with speaker(gss, way) as client:
        assert client.login().status == 200
        old = client.sealed(get())
        assert client.login().status == 200
        assert_ended(client, client.post(old, kind=SEALED))


@pytest.mark.parametrize('kind', [
    'multipart/encrypted', 'multipart/encrypted;protocol="application/x";'
    'boundary="Encrypted Boundary"', SEALED.replace('Encrypted B', 'B'),
    'multipart/encrypted;protocol="application/HTTP-CredSSP-session-encrypted'
    '";boundary="Encrypted Boundary"'])
def test_wrong_type(gss, kind):
    with speaker(gss, 'spnego-krb5') as client:
        assert client.login().status == 200
        assert_ended(client, client.post(client.sealed(get()), kind=kind))


def test_keys_that_were_not_agreed_on(gss):
    """A handshake without confidentiality"""
    with speaker(gss, 'spnego-krb5',
                 flags=FLAG.mutual_authentication | FLAG.integrity) as client:
        assert client.login().status == 200
        assert_get(client.post(get()))
        answer = client.post(
            frame(PROTOCOL['Negotiate'], b'x' * 60, b'y' * 100, 100),
            kind=SEALED)
        assert_ended(client, answer)


@pytest.mark.parametrize('mode', ['length', 'chunked'])
def test_too_long(make_gss, mode):
    """Never more than the envelope's limit and the frame, sealed or not"""
    server = make_gss('<Location /wsman>' + GSS + '''
    WSManMaxEnvelopeSize 20000
</Location>''')
    with speaker(server, 'spnego-ntlm') as client:
        assert client.login().status == 200
        pad = '<m:x xmlns:m="urn:m">%s</m:x>' % ('x' * 18000)
        assert_get(client.send(envelope(headers(
            GET, CIM + 'T_List', {'Id': 3}, new_id(), extra=pad))))
        data = frame(PROTOCOL['Negotiate'], b'x' * 16, b'y' * 30000, 30000)
        body = data if mode == 'length' else iter([data])
        client.http.request('POST', client.path, body,
                            {'Content-Type': SEALED},
                            encode_chunked=mode == 'chunked')
        answer = client.http.getresponse()
        assert answer.status == 413
        assert answer.headers['Connection'] == 'close'


def test_long_envelope_in_a_frame_that_fits(make_gss):
    """The envelope's own limit is a sealed fault."""
    server = make_gss('<Location /wsman>' + GSS + '''
    WSManMaxEnvelopeSize 20000
</Location>''')
    with speaker(server, 'spnego-ntlm') as client:
        assert client.login().status == 200
        pad = '<m:x xmlns:m="urn:m">%s</m:x>'
        text = envelope(headers(GET, CIM + 'T_List', {'Id': 3}, new_id(),
                                extra=pad % ''))
        text = text.replace(pad % '', pad % ('x' * (20400 - len(text))))
        answer = client.send(text)
        assert answer.sealed and answer.status == 500
        assert_get(client.send(get()))


# ---- WSManMessageEncryption

def encryption(make_gss, degree, more=''):
    return make_gss('<Location /wsman>' + GSS + '''
    WSManMessageEncryption %s
    %s
</Location>''' % (degree, more))


@both
def test_off(make_gss, way):
    server = encryption(make_gss, 'Off')
    with speaker(server, way) as client:
        assert client.login().status == 200
        assert_get(client.post(get()))
        assert client.send(get()).status == 415


@both
def test_require(make_gss, way):
    server = encryption(make_gss, 'Require')
    with speaker(server, way) as client:
        assert client.login().status == 200
        answer = client.post(get())
        assert answer.status == 403 and not answer.sealed
        assert_get(client.send(get()))
    with speaker(server, way) as client:
        assert client.login(get()).status == 403


def test_require_offers_no_basic(make_gss):
    server = encryption(make_gss, 'Require', '''
    WSManAuthSchemes Negotiate Basic
    AuthUserFile {dir}/htpasswd''')
    basic = 'Basic ' + base64.b64encode(b'alice:Secret.1').decode()
    with Speaker(server.url()) as client:
        answer = client.post(get(), more={'Authorization': basic})
        assert answer.status == 401 and answer.challenges == ['Negotiate']


def test_require_and_identify(make_gss):
    """An Identify of nobody is let in only where that is said."""
    server = encryption(make_gss, 'Require', 'WSManIdentify Anonymous')
    with Speaker(server.url()) as client:
        answer = client.post(IDENTIFY)
        assert answer.status == 200 and b'IdentifyResponse' in answer.data
        assert client.post(get()).status == 401
    with speaker(server, 'spnego-krb5') as client:
        assert client.login().status == 200
        assert_get(client.send(get()))


def test_identify_for_everybody_and_a_small_sealed_message(make_gss):
    """It is not taken for an Identify of nobody."""
    server = encryption(make_gss, 'Allow', 'WSManIdentify Anonymous')
    with speaker(server, 'spnego-ntlm') as client:
        assert client.login().status == 200
        answer = client.send(IDENTIFY)
        assert answer.sealed and b'SecurityProfile' in answer.data
        assert_get(client.send(get()))


@both
def test_require_secure(make_gss, way):
    """Require wsman-secure of the Location, and of a resource"""
    server = make_gss('<Location /wsman>' + GSS.replace(
        'Require valid-user', '''
    <RequireAll>
        Require valid-user
        Require wsman-secure
    </RequireAll>''') + '</Location>\n<Location /second>' + GSS + '''
    <WSManResource "*">
        Require wsman-secure
    </WSManResource>
</Location>''')
    server.expect('AH01631')
    with speaker(server, way) as client:
        assert client.post(b'').status == 401
        assert client.login().status == 200
        answer = client.post(get())
        assert answer.status == 401
        assert answer.challenges == ['Negotiate', 'Kerberos']
        client.login()
        assert_get(client.send(get()))
    with speaker(server, way, '/second') as client:
        assert client.login().status == 200
        assert_fault(client.post(get()), 'AccessDenied')
        assert_get(client.send(get()))


@both
def test_other_user_later(gss, way):
    """Each context has its own keys and its own order."""
    with speaker(gss, way) as client:
        assert client.login().status == 200
        assert_get(client.send(get()))
        client.creds = creds(WAYS[way][2], 'bob', 'Secret.2')
        assert client.login().status == 200
        for _ in range(3):
            assert_get(client.send(get()))
