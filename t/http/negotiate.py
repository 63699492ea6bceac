"""negotiate.py - a client that logs in with GSSAPI and seals its messages.

It does by hand what WinRM clients do (MS-WSMV 2.2.9.1), with python3-gssapi,
so that a test can leave out a step, change one or do one twice.
"""
import base64
import http.client
import re
import struct

import gssapi
from gssapi import raw

import wsman

KRB5 = raw.OID.from_int_seq('1.2.840.113554.1.2.2')
NTLM = raw.OID.from_int_seq('1.3.6.1.4.1.311.2.2.10')
SPNEGO = raw.OID.from_int_seq('1.3.6.1.5.5.2')

FLAG = gssapi.RequirementFlag
FLAGS = (FLAG.mutual_authentication | FLAG.replay_detection |
         FLAG.out_of_sequence_detection | FLAG.confidentiality |
         FLAG.integrity)

SOAP = 'application/soap+xml;charset=UTF-8'
PROTOCOL = {'Negotiate': 'application/HTTP-SPNEGO-session-encrypted',
            'NTLM': 'application/HTTP-SPNEGO-session-encrypted',
            'Kerberos': 'application/HTTP-Kerberos-session-encrypted'}


def credential(name, password, mechanism):
    """mechanism: of whom the password is; SPNEGO offers just that one."""
    user = raw.import_name(name.encode(), gssapi.NameType.user)
    made = raw.acquire_cred_with_password(
        user, password.encode(), mechs=[mechanism, SPNEGO],
        usage='initiate').creds
    raw.set_neg_mechs(made, [mechanism])
    return made


def endpoint_binding(certificate_der, hash_name='sha256'):
    import hashlib
    digest = hashlib.new(hash_name, certificate_der).digest()
    return raw.ChannelBindings(
        application_data=b'tls-server-end-point:' + digest)


def is_ntlm(context):
    return raw.inquire_context(context).mech == NTLM


def seal(context, text):
    """@return header, sealed text"""
    if is_ntlm(context):
        made = raw.wrap(context, text, True).message
        return made[:16], made[16:]
    parts = raw.IOV(raw.IOVBufferType.header, text,
                    raw.IOVBufferType.padding, std_layout=False)
    raw.wrap_iov(context, parts, confidential=True)
    values = [part.value or b'' for part in parts]
    return values[0], values[1] + values[2]


def unseal(context, header, text):
    if is_ntlm(context):
        made = raw.unwrap(context, header + text)
        assert made.encrypted
        return made.message
    parts = raw.IOV((raw.IOVBufferType.header, False, header), text,
                    raw.IOVBufferType.padding, std_layout=False)
    assert raw.unwrap_iov(context, parts).encrypted
    return parts[1].value


def frame(protocol, header, sealed, length, kind=SOAP):
    return (
        '--Encrypted Boundary\r\n\tContent-Type: %s\r\n'
        '\tOriginalContent: type=%s;Length=%d\r\n'
        '--Encrypted Boundary\r\n'
        '\tContent-Type: application/octet-stream\r\n' % (
            protocol, kind, length)).encode() + \
        struct.pack('<I', len(header)) + header + sealed + \
        b'--Encrypted Boundary--\r\n'


def frame_type(protocol):
    return 'multipart/encrypted;protocol="%s";boundary="Encrypted Boundary"' \
        % protocol


PARTS = re.compile(
    b'--Encrypted Boundary\r\n\tContent-Type: ([^\r]+)\r\n'
    b'\tOriginalContent: type=(.*);Length=(\\d+)\r\n--Encrypted Boundary\r\n'
    b'\tContent-Type: application/octet-stream\r\n(.*)'
    b'--Encrypted Boundary--\r\n', re.S)


class Answer(wsman.Reply):
    """What came, opened if it was sealed."""

    def __init__(self, status, headers, data, context):
        self.wire = data
        self.sealed = (headers.get('Content-Type') or '').startswith(
            'multipart/encrypted')
        if self.sealed:
            found = PARTS.fullmatch(data)
            assert found, data
            self.protocol, kind, length, body = found.groups()
            assert headers['Content-Type'] == frame_type(
                self.protocol.decode())
            size = struct.unpack('<I', body[:4])[0]
            data = unseal(context, body[4:4 + size], body[4 + size:])
            assert int(length) == len(body) - 4 - size == len(data)
            assert kind.decode() == SOAP
            headers.replace_header('Content-Type', kind.decode())
        super().__init__(status, headers, data)

    @property
    def challenges(self):
        return self.headers.get_all('WWW-Authenticate') or []


class Speaker:
    """One connection to an endpoint."""

    def __init__(self, url, creds=None, mech=SPNEGO, scheme='Negotiate',
                 target='HTTP@localhost', flags=FLAGS, tls=None, binding=None,
                 netloc=None):
        scheme_part, _, rest = url.partition('://')
        self.netloc, _, path = rest.partition('/')
        self.path = '/' + path
        self.creds, self.mech, self.scheme = creds, mech, scheme
        self.target = raw.import_name(target.encode(),
                                      gssapi.NameType.hostbased_service)
        self.flags, self.binding = flags, binding
        self.context = None
        netloc = netloc or self.netloc
        if scheme_part == 'https':
            self.http = http.client.HTTPSConnection(netloc, timeout=60,
                                                    context=tls)
        else:
            self.http = http.client.HTTPConnection(netloc, timeout=60)
        self.legs = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.close()

    def post(self, data=b'', kind=SOAP, path=None, token=None, more=None):
        """As it is."""
        head = dict(more or {})
        if kind is not None and data:
            head['Content-Type'] = kind
        if token is not None:
            head['Authorization'] = '%s %s' % (
                self.scheme, base64.b64encode(token).decode())
        if isinstance(data, str):
            data = data.encode()
        before = self.http.sock
        self.http.request('POST', path or self.path, data, head)
        assert before is None or self.http.sock is before, \
            'the connection was closed'
        answer = self.http.getresponse()
        return Answer(answer.status, answer.headers, answer.read(),
                      self.context)

    def token(self, answer=None):
        """The next token for the server, from its last answer."""
        given = None
        if answer is not None:
            found = [c.split(' ', 1)[1] for c in answer.challenges
                     if ' ' in c]
            assert len(found) == 1, answer.challenges
            given = base64.b64decode(found[0])
        step = raw.init_sec_context(
            self.target, context=self.context, creds=self.creds,
            mech=self.mech, input_token=given, flags=self.flags,
            channel_bindings=self.binding)
        self.context = step.context
        return step.token

    def login(self, data=b'', path=None, more=None):
        """Tokens until it is 200, or refused."""
        self.context = None
        answer = None
        for _ in range(6):
            token = self.token(answer)
            answer = self.post(data, path=path, token=token, more=more)
            self.legs += 1
            if answer.status != 401:
                if any(' ' in c for c in answer.challenges):
                    self.token(answer)
                return answer
            if not any(' ' in c for c in answer.challenges):
                return answer
            assert len(answer.challenges) == 1, answer.challenges
        raise AssertionError('the handshake does not end')

    def sealed(self, text, **how):
        """The bytes of a sealed message."""
        data = text.encode() if isinstance(text, str) else text
        header, body = seal(self.context, data)
        return frame(PROTOCOL[self.scheme], header, body, len(body), **how)

    def send(self, text, **how):
        """A sealed message."""
        return self.post(self.sealed(text),
                         kind=frame_type(PROTOCOL[self.scheme]), **how)
