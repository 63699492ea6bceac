"""conf.d/examples: each file as it is, with its Define lines given, lets in
whom it says and nobody else."""
import glob
import hashlib
import http.client
import os
import re
import shutil
import urllib.error
import urllib.request

import pytest

import certificates
import kdc
import server as httpd
from wsman import CIM, GET, Client, envelope, headers, new_id

FOLDER = os.path.join(httpd.ROOT, 'conf.d', 'examples')
DEFINES = '''
SSLSessionCache shmcb:{dir}/tls-sessions(512000)
Define WSMAN_ADDRESS 127.0.0.1:{tls_port}
Define WSMAN_NAME localhost
Define WSMAN_CERT {dir}/tls.pem
Define WSMAN_KEY {dir}/tls.key
Define WSMAN_DIR {dir}/own
'''
# What a file does without, for the main server's own directives
TLS = ('socache_shmcb', 'ssl')


def needs(module, package):
    there = os.path.exists(os.path.join(httpd.MODULES,
                                        'mod_%s.so' % module))
    return pytest.mark.skipif(not there, reason='tool missing: %s' % package)


def make(make_server, name, modules=(), more='', **how):
    made = make_server(DEFINES + more + 'Include %s/%s.conf\n' % (
        FOLDER, name), start=False, modules=TLS + tuple(modules), **how)
    httpd.make_certificate(made.dir)
    os.mkdir(made.path('own'))
    return made


def get():
    return envelope(headers(GET, CIM + 'T_List', {'Id': 3}, new_id()))


def client(server, user=None, password=None, certificate=None):
    made = Client('https://127.0.0.1/wsman', user, password)
    made.connection = http.client.HTTPSConnection(
        '127.0.0.1', server.tls_port, timeout=30,
        context=certificates.context(server.path('tls.pem'), certificate))
    return made


def who(speaker):
    reply = speaker.invoke(CIM + 'T_Echo', 'Who')
    assert reply.fault is None and reply.status == 200, reply
    return reply.value('User')


def status(*how, **names):
    with client(*how, **names) as speaker:
        return speaker.post(get()).status


def test_each_is_tested():
    names = [os.path.basename(path)[:-len('.conf')]
             for path in glob.glob(FOLDER + '/*.conf')]
    with open(__file__) as source:
        text = source.read()
    assert len(names) >= 5
    for name in names:
        assert "make(make_server, '%s'" % name in text or \
            "('%s'" % name in text, name


def test_each_names_its_modules_and_nothing_undefined():
    with open(os.path.join(FOLDER, 'README.md')) as readme:
        told = readme.read()
    for path in glob.glob(FOLDER + '/*.conf'):
        with open(path) as conf:
            text = conf.read()
        assert '\n# Modules: ssl' in text, path
        assert '`%s`' % os.path.basename(path) in told
        for name in re.findall(r'\$\{(\w+)\}', text):
            assert 'Define %s ' % name in text, (path, name)


# ---- Basic

def test_basic(make_server):
    server = make(make_server, 'basic', ('authn_socache',))
    shutil.copy(server.path('htpasswd'), server.path('own/users'))
    server.expect('AH01617|AH01618')
    server.start()
    with client(server, 'alice', 'Secret.1') as speaker:
        assert who(speaker) == 'alice'
        assert who(speaker) == 'alice'
    assert status(server) == 401
    assert status(server, 'alice', 'wrong') == 401
    assert status(server, 'nobody', 'Secret.1') == 401


PAM_MATRIX = (glob.glob('/usr/lib/*/pam_wrapper/pam_matrix.so') +
              glob.glob('/usr/lib64/pam_wrapper/pam_matrix.so'))
SERVICE = '''
auth    required %(matrix)s passdb=%(dir)s/own/passdb
account required %(matrix)s passdb=%(dir)s/own/passdb
'''


def pam_wrapper(server):
    """PAM as the test has it: nothing of the system's is touched.  Its files
    must be readable by httpd's children."""
    services = server.path('own/pam.d')
    os.mkdir(services)
    with open(os.path.join(services, 'wsman'), 'w') as service:
        service.write(SERVICE % {'matrix': PAM_MATRIX[0], 'dir': server.dir})
    with open(server.path('own/passdb'), 'w') as users:
        users.write('alice:Secret.1:wsman\nbob:Secret.2:other\n')
    server.env = {'LD_PRELOAD': 'libpam_wrapper.so', 'PAM_WRAPPER': '1',
                  'PAM_WRAPPER_SERVICE_DIR': services}


@needs('authnz_pam', 'libapache2-mod-authnz-pam')
@pytest.mark.skipif(not PAM_MATRIX, reason='tool missing: libpam-wrapper')
def test_pam(make_server):
    """bob's password is right, but he has no account for this service."""
    server = make(make_server, 'pam', ('authnz_pam',))
    pam_wrapper(server)
    server.expect('PAM|AH0161[78]|AH01617|AH0163')
    server.start()
    with client(server, 'alice', 'Secret.1') as speaker:
        assert who(speaker) == 'alice'
        assert who(speaker) == 'alice'
    assert status(server) == 401
    assert status(server, 'alice', 'Secret.2') == 401
    assert status(server, 'alice', '') == 401
    assert status(server, 'bob', 'Secret.2') == 401
    assert status(server, 'nobody', 'Secret.1') == 401


# ---- Digest

def digest_opener(server, user, password):
    manager = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    manager.add_password(None, 'https://127.0.0.1:%d/' % server.tls_port,
                         user, password)
    return urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=certificates.context(
            server.path('tls.pem'))),
        urllib.request.HTTPDigestAuthHandler(manager))


def digest_status(server, user, password):
    opener = digest_opener(server, user, password)
    request = urllib.request.Request(
        'https://127.0.0.1:%d/wsman' % server.tls_port, get().encode(),
        {'Content-Type': 'application/soap+xml'})
    try:
        with opener.open(request, timeout=30) as answer:
            assert b'T_List' in answer.read()
            return answer.status
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code
    except ValueError:  # the third challenge on end
        return 401


def test_digest(make_server):
    server = make(make_server, 'digest', ('auth_digest',))
    with open(server.path('own/digest'), 'w') as users:
        secret = hashlib.md5(b'alice:WSMAN:Secret.1').hexdigest()
        users.write('alice:WSMAN:%s\n' % secret)
    server.expect('AH01790|AH01792|AH01788|AH01794|AH01781')
    server.start()
    assert digest_status(server, 'alice', 'Secret.1') == 200
    assert digest_status(server, 'alice', 'wrong') == 401
    assert digest_status(server, 'nobody', 'Secret.1') == 401
    assert status(server) == 401
    assert status(server, 'alice', 'Secret.1') == 401  # Basic
    server.stop()
    assert re.findall(r'(\S+) "POST \S+ HTTP/1.1" 200 ',
                      server.read('access.log')) == ['alice']


# ---- certificates

def test_certificate(make_server):
    server = make(make_server, 'certificate')
    own = server.path('own')
    ca = certificates.authority(own, 'clients-ca')
    server.config = 'Define WSMAN_ISSUER %s\n' % ca.thumbprint + server.config
    users = {name: certificates.make(own, name, issuer=ca,
                                     upn=name + '@ops.example.org')
             for name in ('alice', 'bob', 'carol')}
    users['dave'] = certificates.make(own, 'dave', issuer=ca,
                                      upn='dave@example.org')
    server.expect('AH0163')
    server.start()
    for name, user in (('alice', 'alice'), ('carol', 'operator')):
        with client(server, certificate=users[name]) as speaker:
            assert who(speaker) == user
    assert status(server) == 403
    assert status(server, certificate=users['bob']) == 403
    assert status(server, certificate=users['dave']) == 403


def test_certificate_without_an_issuer(make_server):
    """The thumbprint that stands there is nobody's."""
    server = make(make_server, 'certificate')
    own = server.path('own')
    ca = certificates.authority(own, 'clients-ca')
    server.start()
    assert status(server, certificate=certificates.make(
        own, 'alice', issuer=ca, upn='alice@ops.example.org')) == 403


# ---- mod_auth_gssapi

@needs('auth_gssapi', 'libapache2-mod-auth-gssapi')
@pytest.mark.skipif(bool(kdc.MISSING), reason='tool missing: %s'
                    % ' '.join(kdc.MISSING))
def test_gssapi(make_server, request, monkeypatch):
    negotiate = pytest.importorskip('negotiate',
                                    reason='tool missing: gssapi')
    realm = kdc.Realm()
    request.addfinalizer(realm.stop)
    realm.add('alice', 'Secret.1')
    server = make(make_server, 'gssapi', ('auth_gssapi',), env=realm.env)
    realm.keytab(server.path('own/keytab'), 'HTTP/localhost')
    os.chmod(server.path('own/keytab'), 0o600)
    if server.user:
        shutil.chown(server.path('own/keytab'), server.user)
    server.expect('AH0163|GSS|NO AUTH DATA|Client did not send')
    server.start()
    for name, value in realm.env.items():
        monkeypatch.setenv(name, value)
    creds = negotiate.credential('alice@' + kdc.REALM, 'Secret.1',
                                 negotiate.KRB5)
    with negotiate.Speaker(
            'https://127.0.0.1:%d/wsman' % server.tls_port, creds,
            tls=certificates.context(server.path('tls.pem'))) as speaker:
        assert speaker.login(get()).value('Id') == '3'
        # on its connection
        assert speaker.post(get()).value('Id') == '3'
    assert status(server) == 401
    assert status(server, 'alice', 'Secret.1') == 401
    server.stop()
    assert 'alice@' + kdc.REALM in server.read('access.log')


# ---- what conf.d itself has

def placed(path, server):
    """As make install fills it in, with ports of the test's."""
    with open(os.path.join(httpd.ROOT, 'conf.d', path)) as conf:
        text = conf.read()
    return text.replace('@CONF_DIR@', server.path('own')).replace(
        '${APACHE_LOG_DIR}', server.path('own')).replace(
        'Listen 5986', 'Listen 127.0.0.1:{tls_port}').replace(
        '*:5986', '*:{tls_port}').replace(
        '/etc/ssl/certs/ssl-cert-snakeoil.pem', server.path('tls.pem')
    ).replace('/etc/ssl/private/ssl-cert-snakeoil.key', server.path('tls.key'))


def test_https(make_server):
    server = make(make_server, 'basic')
    server.config = DEFINES + placed('wsman-https.conf', server)
    shutil.copy(server.path('htpasswd'), server.path('own/wsman.htpasswd'))
    server.expect('AH0161[78]')
    server.start()
    with client(server, 'alice', 'Secret.1') as speaker:
        assert speaker.get(CIM + 'T_List', {'Id': 3}).fault is None
        assert speaker.invoke(CIM + 'T_Echo', 'Who').fault is not None
    with client(server, 'admin', 'Secret.3') as speaker:
        assert who(speaker) == 'admin'
    assert status(server, 'alice', 'x') == 401
