"""AuthType WSMan: handshakes, and what they hold for."""
import base64
import os
import ssl
import subprocess

import pytest

import kdc
import negotiate
import server as httpd
from gss_fixtures import *  # noqa: F401,F403
from gss_fixtures import GSS, WAYS, assert_get, creds, get, needed, speaker, \
    users_seen
from negotiate import KRB5, NTLM, Speaker
from wsman import IDENTIFY

pytestmark = needed

ALICE = {NTLM: 'DOM\\alice', KRB5: 'alice@' + kdc.REALM}
BOB = {NTLM: 'DOM\\bob', KRB5: 'bob@' + kdc.REALM}
FAILURE = 'authentication failure'
ways = pytest.mark.parametrize('way', WAYS)
both = pytest.mark.parametrize('way', ['spnego-ntlm', 'spnego-krb5'])


# ---- the legs

@ways
def test_login_then_messages(gss, way):
    """Empty POSTs until 200, then messages without credentials."""
    with speaker(gss, way) as client:
        first = client.post(b'')
        assert first.status == 401
        assert first.challenges == ['Negotiate', 'Kerberos']
        answer = client.login()
        assert answer.status == 200 and answer.data == b'', answer
        assert client.legs == (2 if WAYS[way][2] == NTLM else 1)
        for _ in range(3):
            answer = assert_get(client.post(get()))
            assert answer.challenges == [], answer
    seen = users_seen(gss)
    assert seen[-4:] == [ALICE[WAYS[way][2]]] * 4, seen


@ways
def test_body_on_every_leg(gss, way):
    """Clients that send the whole message each time."""
    with speaker(gss, way) as client:
        assert_get(client.login(get()))
        assert_get(client.post(get(4)), 4)


@pytest.mark.parametrize('way', ['spnego-krb5', 'bare-krb5', 'kerberos'])
def test_mutual_token_with_the_first_reply(gss, way):
    """With one leg, the server's token comes with the message's reply."""
    with speaker(gss, way) as client:
        answer = assert_get(client.post(get(), token=client.token()))
        assert [c.split(' ')[0] for c in answer.challenges] == [WAYS[way][0]]
        client.token(answer)
        assert assert_get(client.post(get())).challenges == []


def test_token_alone_while_it_goes_on(gss):
    """Clients take the first or the last header that they find."""
    with speaker(gss, 'bare-ntlm') as client:
        answer = client.post(b'', token=client.token())
        assert answer.status == 401
        assert len(answer.challenges) == 1
        assert answer.challenges[0].startswith('Negotiate TlRMTVNTUA')


@ways
def test_anew_on_the_same_connection(gss, way):
    """A token begins anew, whatever was established."""
    with speaker(gss, way) as client:
        assert client.login().status == 200
        assert_get(client.post(get()))
        client.creds = creds(WAYS[way][2], 'bob', 'Secret.2')
        assert client.login().status == 200
        assert_get(client.post(get()))
        for _ in range(5):
            assert_get(client.login(get()))
    seen = [user for user in users_seen(gss) if user != '-']
    alice, bob = ALICE[WAYS[way][2]], BOB[WAYS[way][2]]
    assert seen[:2] == [alice] * 2 and set(seen[2:]) == {bob}, seen


@both
def test_empty_post_asks_for_a_handshake(gss, way):
    with speaker(gss, way) as client:
        assert client.login().status == 200
        assert_get(client.post(get()))
        assert client.post(b'').status == 401
        assert client.post(get()).status == 401
        assert client.login().status == 200
        assert_get(client.post(get()))


@both
def test_handshake_that_begins_again(gss, way):
    """A first token in the middle of a handshake."""
    with speaker(gss, 'spnego-ntlm') as client:
        client.post(b'', token=client.token())
        client.context = None
        other = speaker(gss, way)
        client.creds, client.mech = other.creds, other.mech
        assert client.login().status == 200
        assert_get(client.post(get()))


# ---- who is not let in

BAD_TOKENS = {
    'nothing': b'',
    'a byte': b'\0',
    'words': b'hello',
    'sequence': b'\x60\x03\x06\x01\x00',
    'endless': b'\x60\x84\xff\xff\xff\xff\x06\x06+\x06\x01\x05\x05\x02',
    'spnego answer': b'\xa1\x07\x30\x05\xa0\x03\x0a\x01\x00',
    'ntlm challenge': b'NTLMSSP\0\2\0\0\0' + b'\0' * 40,
    'ntlm authenticate': b'NTLMSSP\0\3\0\0\0' + b'\0' * 60,
    'ntlm cut': b'NTLMSSP\0\1\0\0',
    'zeros': b'\0' * 64,
    'many': b'\x60' * 5000,
}


@pytest.mark.parametrize('what', BAD_TOKENS)
@pytest.mark.parametrize('scheme', ['Negotiate', 'Kerberos'])
def test_bad_tokens(gss, what, scheme):
    gss.expect(FAILURE)
    with Speaker(gss.url(), scheme=scheme) as client:
        answer = client.post(get(), token=BAD_TOKENS[what])
        assert answer.status == 401
        assert answer.challenges == ['Negotiate', 'Kerberos']
        assert client.post(get()).status == 401


def test_bad_second_token(gss):
    gss.expect(FAILURE)
    for bad in BAD_TOKENS.values():
        with speaker(gss, 'bare-ntlm') as client:
            client.post(b'', token=client.token())
            assert client.post(get(), token=bad).status == 401
            assert client.post(get()).status == 401


@pytest.mark.parametrize('header', [
    '', 'Negotiate', 'Negotiate ', 'Negotiate !!!', 'NTLM TlRMTVNTUAABAAAA',
    'Kerberos', 'Basic', 'Basic YWxpY2U6U2VjcmV0LjE=', 'Digest x', 'Bearer x',
    'negotiatex AAAA', ' ', 'http://schemas.dmtf.org/wbem/wsman/1/wsman/'])
def test_no_credentials(gss, header):
    """Whoever brings nothing is nobody, not somebody with the number 0."""
    gss.expect(FAILURE)
    with Speaker(gss.url()) as client:
        answer = client.post(get(), more={'Authorization': header})
        assert answer.status == 401, answer
        assert client.post(get()).status == 401


@pytest.mark.parametrize('user,password', [
    ('alice', 'wrong'), ('alice', 'Secret.2'), ('alice', 'secret.1'),
    ('alic', 'Secret.1'), ('alicex', 'Secret.1'), ('nobody', 'x'),
    ('alice', '*')])
def test_wrong_password_by_ntlm(gss, user, password):
    gss.expect(FAILURE)
    with speaker(gss, 'spnego-ntlm', user=user, password=password) as client:
        answer = client.login()
        assert answer.status == 401
        assert answer.challenges == ['Negotiate', 'Kerberos']
        assert client.post(get()).status == 401


@pytest.mark.parametrize('level,status', [(None, 401), ('2', 200)])
def test_ntlm_of_version_1(make_gss, realm, monkeypatch, level, status):
    """It is taken only where httpd's environment says so."""
    more = {'LM_COMPAT_LEVEL': level} if level else {}
    monkeypatch.setattr(realm, 'env', dict(realm.env, **more))
    server = make_gss()
    server.expect(FAILURE)
    monkeypatch.setenv('LM_COMPAT_LEVEL', '1')
    with speaker(server, 'bare-ntlm') as client:
        assert client.login().status == status


def test_nobody_by_ntlm(gss):
    """An authenticate message with no user, no response (MS-NLMP 3.2.5.1.2)"""
    gss.expect(FAILURE)
    empty = b'\0\0\0\0\x40\0\0\0'
    with speaker(gss, 'bare-ntlm') as client:
        client.post(b'', token=client.token())
        token = b'NTLMSSP\0\3\0\0\0' + empty * 6 + b'\x05\x82\x08\xa2' + \
            b'\0' * 16
        assert client.post(get(), token=token).status == 401
        assert client.post(get()).status == 401


def test_failed_token_ends_what_was(gss):
    gss.expect(FAILURE)
    with speaker(gss, 'spnego-krb5') as client:
        assert client.login().status == 200
        assert client.post(get(), token=b'garbage').status == 401
        assert client.post(get()).status == 401


@pytest.mark.parametrize('service', ['HTTP', 'host', 'WSMAN'])
def test_services(gss, service):
    with speaker(gss, 'spnego-krb5', target=service + '@localhost') as client:
        assert client.login().status == 200


def test_ticket_for_another_service(gss):
    """It is in the keytab, but not for us."""
    gss.expect(FAILURE)
    with speaker(gss, 'spnego-krb5', target='nfs@localhost') as client:
        assert client.login().status == 401
        assert client.post(get()).status == 401
    assert 'for another service' in gss.read('error.log')


# ---- what it holds for

@both
def test_one_place_only(gss, way):
    """Another endpoint on the same connection is another matter."""
    with speaker(gss, way) as client:
        assert client.login().status == 200
        assert client.post(get(), path='/second').status == 401
        assert_get(client.post(get()))
        assert_get(client.login(get(), path='/second'))
        assert client.post(get()).status == 401
        assert client.post(get(), path='/wsman/below').status == 401


@both
def test_one_host_only(make_gss, way):
    other = 'ServerName localhost\n<Location /wsman>' + GSS + '</Location>'
    server = make_gss('''
<VirtualHost 127.0.0.1:{port}>
''' + other + '''
</VirtualHost>
<VirtualHost 127.0.0.1:{port}>
''' + other.replace('localhost', 'other.test') + '''
</VirtualHost>
''')
    with speaker(server, way) as client:
        assert client.login().status == 200
        assert client.post(get(), more={'Host': 'other.test'}).status == 401
        assert_get(client.post(get()))


def test_one_realm_only(make_gss):
    """The same Location, configured otherwise for some requests"""
    server = make_gss('<Location /wsman>' + GSS + '''
    <If "%{HTTP:X-Test} == 'realm'">
        AuthName OTHER
    </If>
    <If "%{HTTP:X-Test} == 'mechanism'">
        WSManAuthMechanisms Kerberos
    </If>
    <If "%{HTTP:X-Test} == 'scheme'">
        WSManAuthSchemes Kerberos
    </If>
    <If "%{HTTP:X-Test} == 'binding'">
        WSManChannelBinding Require
    </If>
</Location>
''')
    with speaker(server, 'spnego-ntlm') as client:
        assert client.login().status == 200
        for what in ('realm', 'mechanism', 'scheme', 'binding'):
            answer = client.post(get(), more={'X-Test': what})
            assert answer.status == 401, what
            assert_get(client.post(get()))


@both
def test_one_connection_only(gss, way):
    """Side by side, and none for a third"""
    with speaker(gss, way) as alice, \
            speaker(gss, way, user='bob', password='Secret.2') as bob, \
            Speaker(gss.url()) as nobody:
        for client in (alice, bob, alice):
            assert client.login().status == 200
            assert nobody.post(get()).status == 401
        for _ in range(3):
            assert_get(alice.post(get()))
            assert nobody.post(get()).status == 401
            assert_get(bob.post(get()))


def test_not_after_a_graceful_restart(gss):
    with speaker(gss, 'spnego-krb5') as client:
        assert client.login().status == 200
        gss.graceful()
        try:
            status = client.post(get()).status
        except (AssertionError, OSError, EOFError,
                negotiate.http.client.HTTPException):
            status = None
        # Either httpd has closed it, or it is the old child's yet.
        assert status in (None, 200, 401)
    with Speaker(gss.url()) as client:
        assert client.post(get()).status == 401


@pytest.mark.parametrize('header', [
    ('Via', '1.1 proxy'), ('Forwarded', 'for=192.0.2.1'),
    ('X-Forwarded-For', '192.0.2.1'), ('X-Forwarded-Host', 'a')])
def test_not_through_a_proxy(gss, header):
    """Its connection may be anybody's."""
    more = dict([header])
    with speaker(gss, 'spnego-krb5') as client:
        answer = client.post(get(), more=more)
        assert answer.status == 403 and answer.challenges == []
        assert client.post(get(), token=client.token(),
                           more=more).status == 403
        client.context = None
        assert client.login().status == 200
        assert client.post(get(), more=more).status == 403


def test_a_proxy_of_httpd_is_refused(make_gss, gss):
    """mod_proxy with a connection that all its clients share"""
    front = make_gss('ProxyPass /wsman %s\n' % gss.url(),
                     modules=('proxy', 'proxy_http'))
    with speaker(gss, 'spnego-krb5', url=front.url()) as client:
        answer = client.post(get(), token=client.token())
        assert answer.status == 403, answer


def test_proxied_basic(make_gss):
    """Basic needs no connection of its own."""
    server = make_gss('<Location /wsman>' + GSS + '''
    WSManAuthSchemes Negotiate Basic
    AuthUserFile {dir}/htpasswd
</Location>
''')
    via = {'Via': '1.1 proxy'}
    basic = {'Authorization': 'Basic ' + base64.b64encode(
        b'alice:Secret.1').decode()}
    with Speaker(server.url()) as client:
        assert client.post(get()).challenges == ['Negotiate',
                                                 'Basic realm="WSMAN"']
        answer = client.post(get(), more=via)
        assert answer.status == 401
        assert answer.challenges == ['Basic realm="WSMAN"']
        assert_get(client.post(get(), more=dict(via, **basic)))


# ---- configuration

def test_kerberos_only(make_gss):
    server = make_gss('<Location /wsman>' + GSS + '''
    WSManAuthMechanisms Kerberos
</Location>
''')
    server.expect(FAILURE)
    for way in ('spnego-ntlm', 'bare-ntlm'):
        with speaker(server, way) as client:
            assert client.login().status == 401
    with speaker(server, 'spnego-krb5') as client:
        assert client.login().status == 200


def test_kerberos_scheme_takes_no_ntlm(gss):
    gss.expect(FAILURE)
    for way in ('spnego-ntlm', 'bare-ntlm'):
        with speaker(gss, way, scheme='Kerberos') as client:
            assert client.login().status == 401


def test_short_names(make_gss):
    server = make_gss('<Location /wsman>' + GSS.replace(
        'valid-user', 'user alice') + '''
    WSManUserName Short
</Location>
''')
    server.expect('AH01631')
    for way in ('spnego-ntlm', 'spnego-krb5'):
        with speaker(server, way) as client:
            assert client.login().status == 200
        with speaker(server, way, user='bob', password='Secret.2') as client:
            answer = client.login()
        assert answer.status == 401
        assert answer.challenges == ['Negotiate', 'Kerberos']
    assert set(users_seen(server)) == {'-', 'alice', 'bob'}


def test_full_names_in_require(make_gss):
    server = make_gss('<Location /wsman>' + GSS.replace(
        'valid-user', 'user "alice@%s"' % kdc.REALM) + '</Location>')
    server.expect('AH01631')
    with speaker(server, 'spnego-krb5') as client:
        assert client.login().status == 200
    with speaker(server, 'spnego-ntlm') as client:
        answer = client.login()
        assert answer.status == 401
        assert answer.challenges == ['Negotiate', 'Kerberos']


def test_profiles(make_gss):
    """What Identify says of it (DSP0226 C.3)"""
    server = make_gss('<Location /wsman>' + GSS + '</Location>\n' +
                      '<Location /both>' + GSS + '''
    WSManAuthSchemes Negotiate Basic
</Location>
<Location /ntlm>''' + GSS + '''
    WSManAuthMechanisms NTLM
</Location>''')
    base = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/http/'
    wanted = {'/wsman': ['spnego-kerberos'], '/ntlm': [],
              '/both': ['basic', 'spnego-kerberos']}
    for path, names in wanted.items():
        with speaker(server, 'spnego-ntlm', path) as client:
            assert client.login().status == 200
            answer = client.post(IDENTIFY)
        found = [node.text for node in answer.findall(
            './/id:SecurityProfileName')]
        assert sorted(found) == [base + name for name in names]


def test_outside_of_endpoints(make_gss):
    server = make_gss('''
<Location /plain.txt>
    AuthType WSMan
    AuthName x
    Require valid-user
</Location>''')
    server.expect('for endpoints')
    with Speaker(server.url('/plain.txt')) as client:
        assert client.post(get()).status == 500


def test_example(make_gss):
    """conf.d/wsman-negotiate.conf, where it is installed"""
    with open(os.path.join(httpd.ROOT, 'conf.d',
                           'wsman-negotiate.conf')) as file:
        text = file.read()
    assert text.count('5985') == 3
    text = text.replace('Listen 5985', '').replace(
        '*:5985', '127.0.0.1:{port}').replace('@CONF_DIR@/wsman.', '{dir}/')
    server = make_gss('Define APACHE_LOG_DIR {dir}\n' + text)
    for way in WAYS:
        with speaker(server, way) as client:
            assert client.post(get()).status == 401
            assert client.login().status == 200
            assert_get(client.send(get()))
            assert client.post(get()).status == 400
    with speaker(server, 'spnego-krb5') as client:
        assert client.login(get()).status == 403


BAD_CONFIG = [
    ('WSManAuthSchemes', 'needs at least one of'),
    ('WSManAuthSchemes Digest', "'Digest' is not Negotiate, Kerberos, NTLM, "
     "Basic or Certificate"),
    ('WSManAuthMechanisms SPNEGO', "'SPNEGO' is not Kerberos or NTLM"),
    ('WSManChannelBinding On', "'On' is not Off, Allow or Require"),
    ('WSManMessageEncryption Maybe', "'Maybe' is not Off, Allow or Require"),
    ('WSManUserName Long', "'Long' is not Full or Short"),
    ('WSManAllowUnencrypted Maybe', 'must be On or Off'),
    ('WSManAuthCache 2h', 'out of bounds'),
    ('WSManAuthCache soon', 'is not a time'),
    ('WSManKeytab /a /b', 'takes one argument'),
    ('<Location /x>\nWSManKeytab /a\n</Location>', 'cannot occur within'),
    ('<Location /x>\nWSManNTLMUserFile /a\n</Location>',
     'cannot occur within'),
    ('<Location /x>\n<WSManResource "*">\nWSManAuthCache 1s\n'
     '</WSManResource>\n</Location>', 'means nothing inside'),
]


@pytest.mark.parametrize('line,says', BAD_CONFIG)
def test_bad_configuration(make_server, line, says):
    code, output = make_server(line, start=False).check_config()
    assert code != 0 and says in output, output


# ---- TLS: channel bindings (RFC 5929), HTTP/2

def make_tls(make_gss, degree, more='', modules=('socache_shmcb', 'ssl')):
    server = make_gss('''
Listen 127.0.0.1:{tls_port}
SSLSessionCache shmcb:{dir}/tls-sessions(512000)
<Location /wsman>
''' + GSS + '''
    WSManChannelBinding %s
</Location>
<VirtualHost 127.0.0.1:{tls_port}>
    ServerName localhost
    SSLEngine on
    SSLCertificateFile {dir}/tls.pem
    SSLCertificateKeyFile {dir}/tls.key
    %s
</VirtualHost>
''' % (degree, more), start=False, modules=modules)
    httpd.make_certificate(server.dir)
    return server.start()


BINDINGS = {'right': 'sha256', 'wrong': 'sha512', 'none': None}


def tls_speaker(server, way, binding):
    with open(server.path('tls.pem')) as file:
        der = ssl.PEM_cert_to_DER_cert(file.read())
    name = BINDINGS[binding]
    return speaker(server, way, url='https://127.0.0.1:%d/wsman'
                   % server.tls_port, binding=name and
                   negotiate.endpoint_binding(der, name),
                   tls=ssl.create_default_context(
                       cafile=server.path('tls.pem')))


@pytest.mark.parametrize('degree,binding,status', [
    ('Off', 'none', 200), ('Off', 'right', 200), ('Off', 'wrong', 200),
    ('Allow', 'none', 200), ('Allow', 'right', 200), ('Allow', 'wrong', 401),
    ('Require', 'none', 401), ('Require', 'right', 200),
    ('Require', 'wrong', 401)])
@pytest.mark.once
def test_channel_binding(make_gss, degree, binding, status):
    server = make_tls(make_gss, degree)
    if status == 401:
        server.expect(FAILURE)
    for way in WAYS:
        with tls_speaker(server, way, binding) as client:
            answer = client.login()
            assert answer.status == status, (way, answer)
            assert client.post(get()).status == status, way


@pytest.mark.once
def test_no_channel_without_tls(make_gss):
    server = make_tls(make_gss, 'Require')
    with speaker(server, 'spnego-krb5') as client:
        assert client.login().status == 200


def curl(*words, env=None):
    done = subprocess.run(['curl', '-sS', '--max-time', '30', '-o', '-', '-w',
                           '\\n%{http_version} %{http_code}', *words],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=dict(os.environ, **(env or {})), check=False)
    return done.returncode, done.stdout.decode()


@pytest.mark.once
@pytest.mark.skipif(not os.path.exists(os.path.join(
    httpd.MODULES, 'mod_http2.so')), reason='tool missing: mod_http2')
def test_http2_is_refused(make_gss, mpm):
    """With HTTP_1_1_REQUIRED, so that clients come back with HTTP/1.1"""
    if 'HTTP2' not in subprocess.run(['curl', '--version'],
                                     stdout=subprocess.PIPE,
                                     check=True).stdout.decode():
        pytest.skip('tool missing: curl with HTTP/2')
    server = make_tls(make_gss, 'Off', 'Protocols h2 http/1.1',
                      modules=('socache_shmcb', 'ssl', 'http2'))
    url = 'https://127.0.0.1:%d/wsman' % server.tls_port
    token = base64.b64encode(speaker(server, 'bare-krb5').token()).decode()
    code, output = curl('--http2', '-k', '-d', 'x', '-H', 'Content-Type: '
                        'application/soap+xml', '-v', url)
    assert 'HTTP/2' in output
    assert code != 0 or output.endswith('1.1 401'), output
    code, output = curl('--http2', '-k', '-d', 'x', '-H',
                        'Authorization: Negotiate ' + token, url)
    assert '2 200' not in output


def test_variable_of_http2():
    """What mod_http2 looks for is still in it."""
    path = os.path.join(httpd.MODULES, 'mod_http2.so')
    if not os.path.exists(path):
        pytest.skip('tool missing: mod_http2')
    with open(path, 'rb') as module:
        assert b'ssl-renegotiate-forbidden' in module.read()


# ---- what it costs

@pytest.mark.once
@pytest.mark.skipif(httpd.SAN, reason='a sanitizer keeps what is freed')
def test_handshakes_leave_nothing(make_gss):
    """However many on one connection (some clients log in for each message).
    Of NTLM gss-ntlmssp 1.2.0 itself loses some with each."""
    server = make_gss('<Location /wsman>' + GSS + """
    WSManAuthFailures Off
</Location>
MaxKeepAliveRequests 0
""", per_child=0)
    server.expect(FAILURE)
    with speaker(server, 'bare-ntlm') as ntlm, \
            speaker(server, 'spnego-krb5') as krb5:
        def some(count):
            for _ in range(count):
                ntlm.context = None
                assert ntlm.post(b'', token=ntlm.token()).status == 401
                assert_get(krb5.login(get()))
                assert krb5.post(b'', token=b'garbage').status == 401
            return server.resident()
        some(100)
        before = some(100)
        after = some(400)
    assert after - before < 1024 * 1024, (before, after)
