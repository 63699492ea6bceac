"""WinRM clients as they are: curl, pywinrm, pypsrp."""
import json
import os
import subprocess

import pytest

import certificates
import kdc
import server as httpd
from gss_fixtures import *  # noqa: F401,F403
from gss_fixtures import GSS, get, needed
from test_sealed import Relay

pytestmark = needed + [pytest.mark.once]

INTEROP = os.path.join(httpd.ROOT, 't', 'interop')
VENV = os.path.join(httpd.ROOT, 't', 'tools', 'venv')


@pytest.fixture(scope='session')
def python():
    """Of the environment with the clients"""
    done = subprocess.run([VENV, os.path.join(httpd.BUILD, 'venv')],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    if done.returncode != 0:
        pytest.skip('tool missing: ' + done.stderr.decode()[-300:])
    return done.stdout.decode().strip()


@pytest.fixture
def ticket(realm, tmp_path):
    """Alice's, in a cache of its own"""
    env = dict(realm.env, KRB5CCNAME='FILE:%s' % (tmp_path / 'cache'))
    subprocess.run(['kinit', 'alice'], input=b'Secret.1\n', check=True,
                   env=dict(os.environ, **env), stdout=subprocess.DEVNULL)
    return env


def ask(python, env, **job):
    job = dict({'service': 'HTTP', 'encryption': 'always'}, **job)
    done = subprocess.run(
        [python, os.path.join(INTEROP, 'winrm_client.py')],
        input=json.dumps(job).encode(), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=dict(os.environ, **env), check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout.decode())


def who(auth):
    if auth == 'kerberos':
        return {'user': 'alice@' + kdc.REALM, 'password': 'Secret.1'}
    return {'user': 'DOM\\alice', 'password': 'Secret.1'}


def assert_replies(said, numbers):
    assert 'error' not in said, said
    for number, reply in zip(numbers, said['replies'], strict=True):
        assert 'Id>%d<' % number in reply, reply


# ---- the Python clients

def pywinrm(python, server, auth, env, **more):
    return ask(python, env, client='pywinrm', auth=auth,
               messages=[get(1), get(2), get(3)],
               **{'url': server.url(), **who(auth), **more})


def pypsrp(python, server, auth, env, **more):
    return ask(python, env, client='pypsrp', auth=auth, numbers=[1, 2, 3],
               **{'url': server.url(), **who(auth), **more})


clients = pytest.mark.parametrize('client,auth', [
    (pywinrm, 'ntlm'), (pywinrm, 'kerberos'), (pypsrp, 'ntlm'),
    (pypsrp, 'negotiate'), (pypsrp, 'kerberos')])


@clients
def test_sealed(gss, python, ticket, client, auth):
    relay = Relay(gss.port)
    said = client(python, gss, auth, ticket,
                  url='http://%s/wsman' % relay.netloc)
    assert_replies(said, [1, 2, 3])
    relay.close()
    for heard in relay.heard.values():
        assert heard.count(b'OriginalContent') == 3
        assert b'Envelope' not in heard and b'T_List' not in heard


@clients
def test_encryption_required(make_gss, python, ticket, client, auth):
    server = make_gss('<Location /wsman>' + GSS + '''
    WSManMessageEncryption Require
</Location>''')
    assert_replies(client(python, server, auth, ticket), [1, 2, 3])


@clients
def test_in_clear(gss, python, ticket, client, auth):
    said = client(python, gss, auth, ticket, encryption='never')
    assert_replies(said, [1, 2, 3])


@pytest.mark.parametrize('service', ['HTTP', 'host', 'WSMAN'])
def test_services(gss, python, ticket, service):
    said = pypsrp(python, gss, 'kerberos', ticket, service=service)
    assert_replies(said, [1, 2, 3])


@pytest.mark.parametrize('client', [pywinrm, pypsrp])
def test_faults(gss, python, ticket, client):
    """A fault is one to them, sealed or not."""
    if client is pywinrm:
        said = ask(python, ticket, client='pywinrm', auth='ntlm',
                   url=gss.url(), messages=[get(1), get(999)], **who('ntlm'))
    else:
        said = ask(python, ticket, client='pypsrp', auth='ntlm',
                   url=gss.url(), numbers=[1, 999], **who('ntlm'))
    assert len(said['replies']) == 1
    assert '2150858752' in said['error'] or '80338000' in said['error'], said


@pytest.mark.parametrize('client', [pywinrm, pypsrp])
def test_wrong_password(gss, python, ticket, client):
    gss.expect('authentication failure')
    said = client(python, gss, 'ntlm', ticket, password='wrong')
    assert said['replies'] == [] and (
        '401' in said['error'] or 'credentials' in said['error']
        or 'Authentication' in said['error']), said


def test_channel_binding(make_gss, python, ticket):
    """pypsrp binds to what it has seen of the server."""
    server = make_gss('''
Listen 127.0.0.1:{tls_port}
SSLSessionCache shmcb:{dir}/tls-sessions(512000)
<Location /wsman>
''' + GSS + '''
    WSManChannelBinding Require
</Location>
<VirtualHost 127.0.0.1:{tls_port}>
    ServerName localhost
    SSLEngine on
    SSLCertificateFile {dir}/tls.pem
    SSLCertificateKeyFile {dir}/tls.key
</VirtualHost>''', start=False, modules=('socache_shmcb', 'ssl'))
    httpd.make_certificate(server.dir)
    server.start()
    url = 'https://127.0.0.1:%d/wsman' % server.tls_port
    for auth in ('ntlm', 'kerberos'):
        said = pypsrp(python, server, auth, ticket, url=url,
                      encryption='auto')
        assert_replies(said, [1, 2, 3])
    server.expect('authentication failure')
    said = pypsrp(python, server, 'ntlm', ticket, url=url, encryption='auto',
                  binding=False)
    assert said['replies'] == []


# ---- curl

def curl(env, *words, data=None):
    done = subprocess.run(
        ['curl', '-sS', '--max-time', '30', '-w', '\n%{http_code}', '-H',
         'Content-Type: application/soap+xml;charset=UTF-8', '--data-binary',
         '@-', *words], input=(data or get()).encode(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=dict(os.environ, **env), check=False)
    assert done.returncode == 0, done.stderr.decode()
    text, _, status = done.stdout.decode().rpartition('\n')
    return int(status), text


def url_of(server):
    return server.url().replace('127.0.0.1', 'localhost')


@pytest.mark.parametrize('client,encryption', [(pywinrm, 'auto'),
                                               (pypsrp, 'auto')])
def test_certificate(make_server, python, client, encryption):
    """They name DSP0226's profile in the Authorization header."""
    server = make_server('''
Listen 127.0.0.1:{tls_port}
SSLSessionCache shmcb:{dir}/tls-sessions(512000)
<VirtualHost 127.0.0.1:{tls_port}>
    ServerName localhost
    SSLEngine on
    SSLCertificateFile {dir}/tls.pem
    SSLCertificateKeyFile {dir}/tls.key
    SSLVerifyClient optional
    SSLCACertificateFile {dir}/alice.pem
    <Location /wsman>
        SetHandler wsman
        AuthType WSMan
        AuthName WSMAN
        WSManAuthSchemes Certificate
        WSManCertMap issuer=<alice> subject=alice@localhost user=alice
        WSManAudit On
        Require valid-user
    </Location>
</VirtualHost>''', start=False, modules=('socache_shmcb', 'ssl'))
    httpd.make_certificate(server.dir)
    own = {name: certificates.make(server.dir, name, upn=name + '@localhost')
           for name in ('alice', 'bob')}
    server.config = server.config.replace('<alice>', own['alice'].thumbprint)
    server.expect('AH0[12]|SSL')
    server.start()
    url = 'https://127.0.0.1:%d/wsman' % server.tls_port
    said = {name: client(python, server, 'certificate', {}, url=url,
                         encryption=encryption, certificate=own[name].pem,
                         key=own[name].key) for name in own}
    assert_replies(said['alice'], [1, 2, 3])
    assert 'error' in said['bob']
    server.wait_for_log('user=alice auth=Certificate channel=tls', 3)


def test_curl_negotiate(gss, ticket):
    status, text = curl(ticket, '--negotiate', '-u', ':', url_of(gss))
    assert status == 200 and 'Id>3<' in text
    status, text = curl(ticket, '--anyauth', '-u', ':', url_of(gss))
    assert status == 200 and 'Id>3<' in text


def test_curl_negotiate_without_a_ticket(gss, realm):
    status, _ = curl(dict(realm.env, KRB5CCNAME='FILE:/nonexistent'),
                     '--negotiate', '-u', ':', url_of(gss))
    assert status == 401


def test_curl_ntlm(make_gss, realm):
    server = make_gss('<Location /wsman>' + GSS + '''
    WSManAuthSchemes NTLM
</Location>''')
    server.expect('authentication failure')
    status, text = curl(realm.env, '--ntlm', '-u', 'DOM\\alice:Secret.1',
                        server.url())
    assert status == 200 and 'Id>3<' in text
    status, _ = curl(realm.env, '--ntlm', '-u', 'DOM\\alice:wrong',
                     server.url())
    assert status == 401
