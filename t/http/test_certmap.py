"""Certificates that make users: WSManCertMap, as MS-WSMV 3.1.4.1.35 says."""
import http.client
import os
import shutil
import socket
import subprocess
import time

import pytest

import certificates
import server as httpd
from wsman import CIM, CREATE, DELETE, GET, IDENTIFY, NS, PUT, Client, Epr, \
    assert_fault, envelope, headers, items, local, new_id, values_of

CONFIG = 'http://schemas.microsoft.com/wbem/wsman/1/config'
CERTMAP = CONFIG + '/service/certmapping'
PROFILE = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/'
TLS = '''
Listen 127.0.0.1:{tls_port}
SSLSessionCache shmcb:{dir}/tls-sessions(512000)
'''
HOST = '''
<VirtualHost 127.0.0.1:{tls_port}>
    ServerName localhost
    SSLEngine on
    SSLCertificateFile {dir}/tls.pem
    SSLCertificateKeyFile {dir}/tls.key
    SSLVerifyClient optional
    SSLVerifyDepth 3
    SSLCACertificateFile {dir}/trusted.pem
    WSManIdentify Authenticated
    %s
</VirtualHost>
'''
PLACE = '''
    <Location %s>
        SetHandler wsman
        AuthType WSMan
        AuthName WSMAN
        WSManAuthSchemes %s
        Require valid-user
        AuthzSendForbiddenOnFailure On
        %s
    </Location>
'''


class Site:
    """A server with authorities: ca is trusted, and so is other_ca, which
    nobody is mapped by; middle is signed by ca, and not in the server's
    list."""

    def __init__(self, make_server):
        self.server = make_server('', start=False,
                                  modules=('socache_shmcb', 'ssl'))
        folder = self.server.dir
        httpd.make_certificate(folder)
        self.ca = certificates.authority(folder, 'ca')
        self.other_ca = certificates.authority(folder, 'other_ca')
        self.middle = certificates.authority(folder, 'middle', self.ca)
        self.own = certificates.make(folder, 'own', upn='own@localhost')
        with open(self.server.path('trusted.pem'), 'w') as out:
            for one in (self.ca, self.other_ca, self.own):
                with open(one.pem) as pem:
                    out.write(pem.read())

    def make(self, name, **how):
        return certificates.make(self.server.dir, name, **how)

    def start(self, *places, more=''):
        text = TLS + more + HOST % ''.join(places)
        for name in ('ca', 'other_ca', 'middle', 'own'):
            text = text.replace('<%s>' % name, getattr(self, name).thumbprint)
        self.server.config = text
        self.server.start()
        return self

    def client(self, certificate=None, path='/wsman', user=None):
        made = Client('https://127.0.0.1' + path, user,
                      httpd.USERS.get(user))
        context = certificates.context(self.server.path('tls.pem'),
                                       certificate)
        made.connection = http.client.HTTPSConnection(
            '127.0.0.1', self.server.tls_port, timeout=30, context=context)
        return made


@pytest.fixture
def site(make_server):
    return Site(make_server)


def place(maps, schemes='Certificate', path='/wsman', more=''):
    return PLACE % (path, schemes, '\n'.join(
        'WSManCertMap ' + line for line in maps) + '\n' + more)


def who(client):
    reply = client.invoke(CIM + 'T_Echo', 'Who')
    assert reply.fault is None and reply.status == 200, reply
    return reply.value('User')


def get():
    return envelope(headers(GET, CIM + 'T_List', {'Id': 3}, new_id()))


# ---- who is who

@pytest.mark.parametrize('names,subject,fits', [
    ({'upn': 'alice@localhost'}, 'alice@localhost', True),
    ({'upn': 'alice@localhost'}, '*@LOCALHOST', True),
    ({'upn': 'alice@localhost', 'names': 'email:mail@x'}, 'mail@x', False),
    ({'names': 'email:mail@x,DNS:host.x'}, 'mail@x', True),
    ({'names': 'email:mail@x,DNS:host.x'}, '*.x', True),
    ({'subject': '/O=staff/CN=alice'}, 'alice', True),
    ({'subject': '/O=staff/CN=alice'}, 'staff', False),
    ({'subject': '/CN=Users/CN=alice'}, 'Users', False),
    ({'subject': '/O=nameless'}, '*', True),
    ({'subject': '/O=nameless'}, '*s', False),
    ({'upn': 'alice@localhost.evil'}, 'alice@localhost', False),
    ({'upn': 'xalice@localhost'}, 'alice@localhost', False)])
def test_subjects(site, names, subject, fits):
    site.start(place(['issuer=<ca> subject=%s uri=* user=alice' % subject]))
    with site.client(site.make('client', issuer=site.ca, **names)) as client:
        if fits:
            assert who(client) == 'alice'
        else:
            assert client.post(get()).status == 403
    site.server.stop()
    [line] = site.server.read('access.log').strip().split('\n')
    assert line.split(' ')[1] == ('alice' if fits else '-')


def test_who_is_let_in_by_nothing_else(site):
    """No certificate, one of another issuer, one of a self-made issuer with
    the same name, one sent along with the right issuer's certificate."""
    site.server.expect('SSL|AH0[12]')
    site.start(place(['issuer=<ca> subject=* uri=* user=alice']))
    assert who(site.client(site.make('good', issuer=site.ca))) == 'alice'
    with site.client() as client:
        answer = client.post(get())
        assert answer.status == 403
        assert answer.headers.get('WWW-Authenticate') is None
    other = site.make('bad', issuer=site.other_ca)
    with site.client(other) as client:
        assert client.post(get()).status == 403
    other.send_along(site.other_ca, site.ca, site.middle)
    with site.client(other) as client:
        assert client.post(get()).status == 403
    # TLS refuses who is signed by nobody that it trusts.
    namesake = certificates.authority(site.server.dir, 'namesake',
                                      subject='/CN=ca')
    with site.client(site.make('worse', issuer=namesake)) as client:
        with pytest.raises(OSError):
            client.post(get())


def test_who_signs_itself(site):
    """As Ansible's users of Windows have it"""
    site.start(place(['issuer=<own> subject=own@localhost uri=* user=owner',
                      'issuer=<ca> subject=own@localhost uri=* user=no']))
    assert who(site.client(site.own)) == 'owner'
    with site.client(site.make('x', issuer=site.ca)) as client:
        assert client.post(get()).status == 403


def test_the_issuer_is_who_has_signed(site):
    """Not who has signed that one (MS-WSMV 2.2.4.3); it may be sent along."""
    site.server.expect('AH0[12]')
    maps = ['issuer=<middle> subject=* uri=* user=middles']
    site.start(place(maps), place(['issuer=<ca> subject=* uri=* user=cas'],
                                  path='/root'))
    hers = site.make('hers', issuer=site.middle)
    with site.client(hers) as client:
        with pytest.raises(OSError):
            client.post(get())
    hers.send_along(site.middle)
    assert who(site.client(hers)) == 'middles'
    with site.client(hers, '/root') as client:
        assert client.post(get()).status == 403
    assert who(site.client(site.make('his', issuer=site.ca),
                           '/root')) == 'cas'


def test_a_resumed_session(site):
    """Nothing is sent then but the session: the server knows its
    authorities."""
    site.start(place(['issuer=<ca> subject=* uri=* user=alice']))
    hers = site.make('hers', issuer=site.ca)
    context = certificates.context(site.server.path('tls.pem'), hers)
    session = None
    for resumed in (False, True, True):
        with Client('https://127.0.0.1/wsman') as client:
            client.connection = http.client.HTTPSConnection(
                '127.0.0.1', site.server.tls_port, context=context)
            sock = context.wrap_socket(
                socket.create_connection(
                    ('127.0.0.1', site.server.tls_port), 30),
                server_hostname='127.0.0.1', session=session)
            client.connection.sock = sock
            assert sock.session_reused == resumed
            assert who(client) == 'alice'
            session = sock.session


def test_expired(site):
    """TLS refuses it; a mapping does not bring it back."""
    site.server.expect('AH0[12]|SSL')
    site.start(place(['issuer=<ca> subject=* uri=* user=alice']))
    with site.client(site.make('late', issuer=site.ca, days=-1)) as client:
        with pytest.raises(OSError):
            client.post(get())


def test_it_expires_on_its_connection(site):
    """TLS does not look at it again."""
    site.start(place(['issuer=<ca> subject=* user=alice']))
    end = time.time() + 5
    hers = certificates.make_until(site.server.dir, 'hers', site.ca, end)
    with site.client(hers) as client:
        assert client.post(get()).status == 200
        sock = client.connection.sock
        while client.post(get()).status == 200:
            assert time.time() < end + 5
            time.sleep(0.2)
        assert client.connection.sock is sock
        assert client.post(get()).status == 403
    site.server.wait_for_log('is not good at this time')


def test_authorities_in_a_folder(site):
    """SSLCACertificatePath; of the main server, too"""
    os.mkdir(site.server.path('trusted'))
    shutil.copy(site.ca.pem, site.server.path('trusted/ca.pem'))
    subprocess.run(['openssl', 'rehash', site.server.path('trusted')],
                   check=True)
    site.start(place(['issuer=<ca> subject=* user=alice']),
               more='SSLCACertificatePath {dir}/trusted\n')
    site.server.stop()
    site.server.config = site.server.config.replace(
        'SSLCACertificateFile {dir}/trusted.pem', '')
    site.server.start()
    assert who(site.client(site.make('hers', issuer=site.ca))) == 'alice'


def test_unverified_certificates_make_nobody(site):
    site.start(place(['issuer=<own> subject=* uri=* user=alice'],
                     more='SSLVerifyClient optional_no_ca'),
               'SSLVerifyClient optional_no_ca\n')
    stranger = site.make('own2', subject='/CN=own')
    with site.client(stranger) as client:
        assert client.post(get()).status == 403
    assert who(site.client(site.own)) == 'alice'


def test_several_users_are_none(site):
    site.start(place(['issuer=<ca> subject=ali* uri=* user=one',
                      'issuer=<ca> subject=*ice uri=* user=two',
                      'issuer=<ca> subject=* uri=* user=guest']))
    with site.client(site.make('alice', issuer=site.ca)) as client:
        assert client.post(get()).status == 403
    assert who(site.client(site.make('bob', issuer=site.ca))) == 'guest'


# ---- for which resources

def test_resources(site):
    site.start(place(['issuer=<ca> subject=* uri=%sT_E* user=alice' % CIM,
                      'issuer=<ca> subject=* uri=%sT_List user=alice' % CIM]))
    with site.client(site.make('alice', issuer=site.ca)) as client:
        assert who(client) == 'alice'
        assert client.get(CIM + 'T_List', {'Id': 3}).fault is None
        assert_fault(client.get(CIM + 'T_Pair', {'A': 1}), 'AccessDenied')
        assert_fault(client.enumerate(CIM + 'T_Many'), 'AccessDenied')
        assert_fault(client.enumerate(CONFIG + '/listener'), 'AccessDenied')
        # Of no resource
        assert client.post(IDENTIFY).status == 200
        assert who(client) == 'alice'


def test_another_user_elsewhere(site):
    """Who has been let in as one is not the other for some resources."""
    site.start(place(['issuer=<ca> subject=* uri=* user=guest',
                      'issuer=<ca> subject=alice uri=%sT_Echo user=alice'
                      % CIM]))
    with site.client(site.make('alice', issuer=site.ca)) as client:
        assert who(client) == 'alice'
        assert_fault(client.get(CIM + 'T_List', {'Id': 3}), 'AccessDenied')
    with site.client(site.make('bob', issuer=site.ca)) as client:
        assert who(client) == 'guest'


# ---- places

def test_merge(site):
    """Inner entries come before outer ones of the same name; disabled is
    disabled."""
    site.start(
        'WSManCertMap issuer=<ca> subject=alice user=outer\n'
        'WSManCertMap issuer=<ca> subject=bob user=outer\n',
        place(['issuer=<ca> subject=alice user=inner']),
        place(['issuer=<ca> subject=Alice user=inner enabled=off'],
              path='/off'))
    alice = site.make('alice', issuer=site.ca)
    bob = site.make('bob', issuer=site.ca)
    assert who(site.client(alice)) == 'inner'
    assert who(site.client(bob)) == 'outer'
    assert who(site.client(bob, '/off')) == 'outer'
    with site.client(alice, '/off') as client:
        assert client.post(get()).status == 403


def test_each_place_for_itself(site):
    """On one connection"""
    site.start(place(['issuer=<ca> subject=* user=one']),
               place(['issuer=<ca> subject=* user=two'], path='/two'),
               place([], path='/none'),
               place(['issuer=<ca> subject=* user=one'], 'Basic',
                     path='/basic', more='AuthUserFile {dir}/htpasswd'))
    with site.client(site.make('alice', issuer=site.ca)) as client:
        for _ in range(2):
            assert who(client) == 'one'
            client.path = '/two'
            assert who(client) == 'two'
            client.path = '/none'
            assert client.post(get()).status == 403
            client.path = '/basic'
            answer = client.post(get())
            assert answer.status == 401
            assert answer.headers.get_all('WWW-Authenticate') == [
                'Basic realm="WSMAN"']
            client.path = '/wsman'


def test_not_without_tls(site):
    site.server.expect('no authentication is possible')
    site.start(place(['issuer=<ca> subject=* user=one']), more=place(
        ['issuer=<ca> subject=* user=one'], path='/clear'))
    with Client(site.server.url('/clear')) as client:
        for more in ({}, {'Authorization': PROFILE + 'https/mutual'}):
            assert client.post(get(), more=more).status == 403


def test_others_credentials_count(site):
    """Who sends a password is who has it, whatever his certificate says."""
    site.server.expect('Basic authentication failure')
    site.start(place(['issuer=<ca> subject=* user=mapped'],
                     'Certificate Basic',
                     more='AuthUserFile {dir}/htpasswd'))
    hers = site.make('hers', issuer=site.ca)
    assert who(site.client(hers)) == 'mapped'
    assert who(site.client(hers, user='alice')) == 'alice'
    assert who(site.client(user='bob')) == 'bob'
    with site.client(hers) as client:
        client.auth = 'Basic YWxpY2U6d3Jvbmc='
        assert client.post(get()).status == 401
        client.auth = None
        assert who(client) == 'mapped'
    with site.client() as client:
        answer = client.post(get())
        assert answer.status == 401
        assert answer.headers.get_all('WWW-Authenticate') == [
            'Basic realm="WSMAN"']


def test_what_names_a_proxy_is_refused(site):
    """Its certificate may be the proxy's."""
    site.server.expect('no authentication is possible')
    site.start(place(['issuer=<ca> subject=* user=one']))
    with site.client(site.make('alice', issuer=site.ca)) as client:
        assert client.post(get(), more={'Via': '1.1 x'}).status == 403
        assert who(client) == 'one'


def test_who_may_not(site):
    site.server.expect('AH0163')
    site.start(place(['issuer=<ca> subject=* user=one']).replace(
        'Require valid-user', 'Require user two'))
    with site.client(site.make('alice', issuer=site.ca)) as client:
        answer = client.post(get())
        assert answer.status == 403
        assert answer.headers.get('WWW-Authenticate') is None


def test_http2(site):
    """A connection of TLS is a client's own there, too."""
    if site.server.mpm == 'prefork':
        pytest.skip('mod_http2 does not work with prefork')
    site.server.modules += ('http2',)
    site.start(place(['issuer=<ca> subject=* user=one'],
                     more='WSManAudit On'),
               more='Protocols h2 http/1.1\n')
    hers = site.make('alice', issuer=site.ca)
    with open(site.server.path('request.xml'), 'w') as out:
        out.write(get())
    done = subprocess.run(
        ['curl', '-sS', '--http2', '--cacert', site.server.path('tls.pem'),
         '--cert', hers.pem, '--key', hers.key, '-H',
         'Content-Type: application/soap+xml', '--data-binary',
         '@' + site.server.path('request.xml'), '-w',
         '\n%{http_version} %{http_code}',
         'https://localhost:%d/wsman' % site.server.tls_port],
        stdout=subprocess.PIPE, check=True)
    assert done.stdout.split(b'\n')[-1] == b'2 200'
    site.server.wait_for_log('user=one auth=Certificate channel=tls')


# ---- the header that some clients send

def test_the_header(site):
    """As WinRM's clients and pypsrp send it (DSP0226 C.3.5)"""
    site.start(place(['issuer=<ca> subject=alice user=one'],
                     'Certificate Basic',
                     more='AuthUserFile {dir}/htpasswd'))
    header = {'Authorization': PROFILE + 'https/mutual'}
    with site.client(site.make('alice', issuer=site.ca)) as client:
        assert client.post(get(), more=header).status == 200
        assert client.post(get()).status == 200
        for other in ('https/mutual/digest', 'https/mutualx', 'http/basic',
                      '', 'https/mutual '):
            answer = client.post(get(), more={
                'Authorization': PROFILE + other})
            assert answer.status == (200 if other == 'https/mutual '
                                     else 403), other
    # Without a certificate, and with another's
    with site.client() as client:
        assert client.post(get(), more=header).status == 403
    with site.client(site.make('bob', issuer=site.ca)) as client:
        assert client.post(get(), more=header).status == 401
        assert client.post(get()).status == 401


# ---- winrm/config

def test_config_resource(site):
    maps = ['issuer=<ca> subject=alice uri=* user=one',
            'issuer=<ca> subject=off user=two enabled=off']
    site.start('WSManCertMap issuer=<ca> subject=Off user=three\n', place(maps))
    with site.client(site.make('alice', issuer=site.ca)) as client:
        found = [values_of(item) for item in items(client.enumerate(
            CERTMAP, optimize=10))]
        assert found == [
            {'URI': '*', 'Subject': 'alice', 'Issuer': site.ca.thumbprint,
             'UserName': 'one', 'Enabled': 'true'},
            {'URI': '*', 'Subject': 'off', 'Issuer': site.ca.thumbprint,
             'UserName': 'two', 'Enabled': 'false'}]
        [(item, reference), _] = items(client.enumerate(
            CERTMAP, optimize=10, mode='EnumerateObjectAndEPR'))
        epr = Epr.read(reference)
        assert epr.selectors == {'Issuer': site.ca.thumbprint,
                                 'Subject': 'alice', 'URI': '*'}
        reply = client.get(CERTMAP, epr.selectors)
        assert reply.body.tag == '{%s}CertMapping' % CERTMAP
        assert values_of(reply.body) == found[0]
        assert_fault(client.get(CERTMAP, {'Subject': 'x'}), 'NotFound')
        for action in (CREATE, PUT, DELETE):
            assert_fault(client.send(action, CERTMAP, epr.selectors,
                                     '<c:CertMapping xmlns:c="%s"/>' % CERTMAP
                                     if action != DELETE else ''),
                         'ActionMismatch')
        auth = client.get(CONFIG + '/service/auth')
        assert {local(one): one.text for one in auth.body}[
            'Certificate'] == 'true'


@pytest.mark.parametrize('maps,schemes,told', [
    (['issuer=<ca> subject=* user=x'], 'Basic Certificate', 'true'),
    (['issuer=<ca> subject=* user=x enabled=off'], 'Basic Certificate',
     'false'),
    ([], 'Basic Certificate', 'false'),
    (['issuer=<ca> subject=* user=x'], 'Basic', 'false')])
def test_certificate_is_told_where_it_works(site, maps, schemes, told):
    site.start(place(maps, schemes, more='AuthUserFile {dir}/htpasswd'))
    with site.client(user='alice') as client:
        auth = client.get(CONFIG + '/service/auth')
        assert {local(one): one.text for one in auth.body}[
            'Certificate'] == told
        names = [node.text for node in client.post(IDENTIFY).root.iter(
            '{%s}SecurityProfileName' % NS['id'])]
        assert (PROFILE + 'https/mutual' in names) == (told == 'true')


# ---- the directive

@pytest.mark.parametrize('line,says', [
    ('', 'thumbprint'),
    ('subject=* user=x', 'thumbprint'),
    ('issuer=1234 subject=* user=x', 'thumbprint'),
    ('issuer=<ca>0 subject=* user=x', 'thumbprint'),
    ('issuer=<ca> user=x', 'subject'),
    ('issuer=<ca> subject=a*b user=x', 'subject'),
    ('issuer=<ca> subject=* uri=*x user=x', 'URI'),
    ('issuer=<ca> subject=* "uri=a b" user=x', 'URI'),
    ('issuer=<ca> subject=*', 'user'),
    ('issuer=<ca> subject=* user=', 'user'),
    ('issuer=<ca> subject=* user=x user=y', 'twice'),
    ('issuer=<ca> subject=* user=x enabled=maybe', 'enabled'),
    ('issuer=<ca> subject=* user=x password=y', 'is not issuer='),
    ('issuer=<ca> subject=A user=x\nWSManCertMap issuer=<ca> subject=a user=y',
     'twice')])
def test_wrong_lines(make_server, line, says):
    server = make_server('<Location /wsman>\nSetHandler wsman\nWSManCertMap '
                         + line.replace('<ca>', '0' * 40) + '\n</Location>',
                         start=False)
    code, said = server.check_config()
    assert code != 0 and 'WSManCertMap' in said and says in said, said


def test_quotes_and_colons(site):
    colons = ':'.join(site.ca.thumbprint[i:i + 2].lower()
                      for i in range(0, 40, 2))
    site.start(place(['issuer=%s "subject=Alice Smith" "user=alice smith"'
                      % colons]))
    with site.client(site.make('alice', subject='/CN=Alice Smith',
                               issuer=site.ca)) as client:
        assert who(client) == 'alice smith'
