"""Passwords: not over clear HTTP, and not checked on and on."""
import base64
import http.client
import os
import ssl
import subprocess
import time

import pytest

import server as httpd
from negotiate import Speaker
from wsman import CIM, GET, IDENTIFY, envelope, headers, new_id

DENIED = 'AH01617|AH01618|Basic authentication failure'


def get():
    return envelope(headers(GET, CIM + 'T_List', {'Id': 3}, new_id()))


def basic(user='alice', password='Secret.1', scheme='Basic'):
    text = base64.b64encode(('%s:%s' % (user, password)).encode()).decode()
    return {'Authorization': '%s %s' % (scheme, text)}


def place(path, auth_type='Basic', more=''):
    return '''
<Location %s>
    SetHandler wsman
    AuthType %s
    AuthName WSMAN
    WSManAuthSchemes Basic
    AuthBasicProvider file
    AuthUserFile {dir}/htpasswd
    Require valid-user
    %s
</Location>''' % (path, auth_type, more)


types = pytest.mark.parametrize('auth_type', ['Basic', 'WSMan'])


# ---- WSManAllowUnencrypted

CLEAR = 'WSManAllowUnencrypted Off\n'


def test_basic_in_clear_is_refused(make_server):
    """Before it is asked for"""
    server = make_server(place('/wsman', more=CLEAR))
    with Speaker(server.url()) as client:
        for more in ({}, basic(), basic(password='wrong')):
            answer = client.post(get(), more=more)
            assert answer.status == 403 and answer.challenges == []
    log = server.read('error.log')
    assert 'WSManAllowUnencrypted' in log and 'AH01617' not in log


def test_basic_in_clear_is_not_offered(make_server):
    """AuthType WSMan has other schemes"""
    server = make_server(place('/wsman', 'WSMan', CLEAR + '''
    WSManAuthSchemes Negotiate Basic''') + place('/alone', 'WSMan', CLEAR))
    with Speaker(server.url()) as client:
        for more in ({}, basic()):
            answer = client.post(get(), more=more)
            assert answer.status == 401
            assert answer.challenges == ['Negotiate']
            answer = client.post(get(), path='/alone', more=more)
            assert answer.status == 403 and answer.challenges == []


def test_identify_needs_no_password(make_server):
    server = make_server(place('/wsman', more=CLEAR +
                               'WSManIdentify Anonymous'))
    with Speaker(server.url()) as client:
        assert client.post(IDENTIFY).status == 200


def test_pages_are_no_matter_of_ours(make_server):
    server = make_server(CLEAR + '''
<Location /plain.txt>
    AuthType Basic
    AuthName x
    AuthUserFile {dir}/htpasswd
    Require valid-user
</Location>''')
    connection = http.client.HTTPConnection('127.0.0.1', server.port)
    connection.request('GET', '/plain.txt', headers=basic())
    assert connection.getresponse().status == 200
    connection.close()


@types
def test_over_tls(make_server, auth_type):
    server = make_server('''
Listen 127.0.0.1:{tls_port}
SSLSessionCache shmcb:{dir}/tls-sessions(512000)
''' + place('/wsman', auth_type, CLEAR) + '''
<VirtualHost 127.0.0.1:{tls_port}>
    ServerName localhost
    SSLEngine on
    SSLCertificateFile {dir}/tls.pem
    SSLCertificateKeyFile {dir}/tls.key
</VirtualHost>''', start=False, modules=('socache_shmcb', 'ssl'))
    httpd.make_certificate(server.dir)
    server.start()
    with Speaker('https://127.0.0.1:%d/wsman' % server.tls_port,
                 tls=ssl.create_default_context(
                     cafile=server.path('tls.pem'))) as client:
        answer = client.post(get())
        assert answer.status == 401
        assert answer.challenges == ['Basic realm="WSMAN"']
        assert client.post(get(), more=basic()).value('Id') == '3'
    with Speaker(server.url()) as client:
        assert client.post(get(), more=basic()).status == 403


def has_http2():
    said = subprocess.run(['curl', '--version'], stdout=subprocess.PIPE,
                          check=False).stdout
    return b'HTTP2' in said and os.path.exists(os.path.join(
        httpd.MODULES, 'mod_http2.so'))


@pytest.mark.once
@pytest.mark.skipif(not has_http2(),
                    reason='tool missing: curl and httpd with HTTP/2')
@pytest.mark.parametrize('parallel', [False, True])
@types
def test_streams_of_a_connection(make_server, auth_type, parallel):
    """Each request of HTTP/2 is who its own header says."""
    server = make_server('''
Protocols h2 http/1.1
Listen 127.0.0.1:{tls_port}
SSLSessionCache shmcb:{dir}/tls-sessions(512000)
LogFormat "%H %{X-Number}i %>s %u" own
''' + place('/wsman', auth_type) + '''
<VirtualHost 127.0.0.1:{tls_port}>
    ServerName localhost
    Protocols h2 http/1.1
    SSLEngine on
    SSLCertificateFile {dir}/tls.pem
    SSLCertificateKeyFile {dir}/tls.key
    CustomLog {dir}/own.log own
</VirtualHost>''', start=False, modules=('socache_shmcb', 'ssl', 'http2'))
    httpd.make_certificate(server.dir)
    server.expect(DENIED)
    server.start()
    with open(server.path('request.xml'), 'w') as out:
        out.write(get())
    asked = [(basic(), '200 alice'), ({}, '401'),
             (basic('bob', 'Secret.2'), '200 bob'), (basic(), '200 alice'),
             (basic(password='wrong'), '401'), ({}, '401'),
             (basic('bob', 'Secret.1'), '401')] * 3
    words = ['curl'] + ['-Z', '--no-progress-meter'] * parallel
    for number, (head, _) in enumerate(asked):
        words += ['--next'] * (number > 0) + [
            '-sS', '--http2', '--cacert', server.path('tls.pem'),
            '-H', 'Content-Type: application/soap+xml', '-H',
            'X-Number: %d' % number, '--data-binary',
            '@' + server.path('request.xml'), '-o', os.devnull, '-w',
            '%{num_connects}\n',
            'https://localhost:%d/wsman' % server.tls_port]
        for item in head.items():
            words += ['-H', '%s: %s' % item]
    done = subprocess.run(words, stdout=subprocess.PIPE, check=True)
    assert sum(int(line) for line in done.stdout.split()) == 1
    server.wait_for_log('HTTP/2', len(asked), name='own.log')
    # Who was refused has a name or has none.
    lines = [line.partition(' 401')[0] + ' 401' if ' 401 ' in line else line
             for line in server.read('own.log').splitlines()]
    assert sorted(lines) == sorted('HTTP/2.0 %d %s' % (number, came)
                                   for number, (_, came) in enumerate(asked))


# ---- AuthType WSMan with httpd's providers

@types
@pytest.mark.parametrize('user,password', [
    ('alice', 'wrong'), ('alice', ''), ('alice', 'Secret.1 '), ('alic',
                                                               'Secret.1'),
    ('alicex', 'Secret.1'), ('', 'Secret.1'), ('', ''), ('a', 'Secret.1'),
    ('locked', '*'), ('locked', 'x'), ('locked', ''), ('empty', ''),
    ('empty', 'x')])
def test_wrong_passwords(make_server, auth_type, user, password):
    """Prefixes of names, and lines that lock (peers.md 3.1)"""
    server = make_server(place('/wsman', auth_type), start=False)
    with open(server.path('htpasswd'), 'a') as passwords:
        passwords.write('locked:*\nempty:\n')
    server.expect(DENIED)
    server.start()
    with Speaker(server.url()) as client:
        for _ in range(2):
            answer = client.post(get(), more=basic(user, password))
            assert answer.status == 401
            assert answer.challenges == ['Basic realm="WSMAN"']
        assert client.post(get()).status == 401
        assert client.post(get(), more=basic()).status == 200


@pytest.mark.parametrize('text', [
    'Basic', 'Basic ', 'Basic !', 'Basic YWxpY2U=', 'Basic OlNlY3JldC4x',
    'Basic ' + base64.b64encode(b'alice:Secret.1\0').decode(),
    'Basic ' + base64.b64encode(b'alice\0:Secret.1').decode()])
def test_malformed(make_server, text):
    server = make_server(place('/wsman', 'WSMan'))
    server.expect(DENIED)
    with Speaker(server.url()) as client:
        answer = client.post(get(), more={'Authorization': text})
        assert answer.status == 401


def test_providers(make_server):
    """Several, by their names and aliases; the first that knows the user"""
    server = make_server('''
<AuthnProviderAlias file others>
    AuthUserFile {dir}/others
</AuthnProviderAlias>
''' + place('/wsman', 'WSMan').replace('Provider file',
                                       'Provider file others') +
                         place('/none', 'WSMan').replace(
                             'AuthBasicProvider file', ''),
                         start=False)
    with open(server.path('others'), 'w') as others:
        others.write(httpd.htpasswd_line('carol', 'Secret.4'))
        others.write(httpd.htpasswd_line('alice', 'other'))
    server.expect(DENIED)
    server.start()
    with Speaker(server.url()) as client:
        for user, password, status in (
                ('carol', 'Secret.4', 200), ('alice', 'Secret.1', 200),
                ('alice', 'other', 401), ('carol', 'x', 401)):
            assert client.post(get(), more=basic(
                user, password)).status == status, user
        assert client.post(get(), path='/none', more=basic()).status == 200
        assert client.post(get(), path='/none', more=basic(
            'carol', 'Secret.4')).status == 401


# ---- WSManAuthCache

# Of an alias we do not see the file: what is remembered shows.
UNSEEN = '''
<AuthnProviderAlias file unseen>
    AuthUserFile {dir}/unseen
</AuthnProviderAlias>
'''


def unseen(auth_type, path='/wsman', more=''):
    return place(path, auth_type, more).replace(
        'AuthBasicProvider file', 'AuthBasicProvider unseen').replace(
        'AuthUserFile {dir}/htpasswd', '')


def make_unseen(make_server, auth_type, more='', others=''):
    server = make_server(UNSEEN + unseen(auth_type, more=more) + others,
                         start=False)
    write(server, 'unseen', 'alice', 'Secret.1')
    server.expect(DENIED)
    return server.start()


def write(server, name, user, password):
    with open(server.path(name + '.new'), 'w') as passwords:
        passwords.write(httpd.htpasswd_line(user, password))
    os.chmod(server.path(name + '.new'), 0o644)
    os.rename(server.path(name + '.new'), server.path(name))


def status(client, **how):
    return client.post(get(), **how).status


@types
def test_remembered_on_its_connection(make_server, auth_type):
    server = make_unseen(make_server, auth_type)
    with Speaker(server.url()) as client, Speaker(server.url()) as other:
        assert status(client, more=basic()) == 200
        write(server, 'unseen', 'alice', 'changed')
        for _ in range(3):
            assert status(client, more=basic()) == 200
        # Nobody else's, nothing else
        assert status(other, more=basic()) == 401
        assert status(client) == 401
        assert status(client, more=basic(password='changed')) == 200
        assert status(client, more=basic()) == 401


@types
@pytest.mark.parametrize('how', ['scheme', 'space', 'padding', 'user'])
def test_the_very_header(make_server, auth_type, how):
    server = make_unseen(make_server, auth_type)
    others = {'scheme': basic(scheme='basic'), 'space': basic(scheme='Basic '),
              'padding': {'Authorization': basic()['Authorization'] + '='},
              'user': basic('Alice')}
    with Speaker(server.url()) as client:
        assert status(client, more=basic()) == 200
        write(server, 'unseen', 'alice', 'changed')
        assert status(client, more=basic()) == 200
        assert status(client, more=others[how]) == 401


@types
def test_age(make_server, auth_type):
    server = make_unseen(make_server, auth_type, 'WSManAuthCache 1s')
    with Speaker(server.url()) as client:
        began = time.monotonic()
        assert status(client, more=basic()) == 200
        write(server, 'unseen', 'alice', 'changed')
        while status(client, more=basic()) == 200:
            assert time.monotonic() - began < 20
            time.sleep(0.05)
        # A check that does not succeed lengthens nothing
        assert time.monotonic() - began >= 1


@types
def test_off(make_server, auth_type):
    server = make_unseen(make_server, auth_type, 'WSManAuthCache Off')
    with Speaker(server.url()) as client:
        assert status(client, more=basic()) == 200
        write(server, 'unseen', 'alice', 'changed')
        assert status(client, more=basic()) == 401


@types
def test_another_place(make_server, auth_type):
    other = 'WSMan' if auth_type == 'Basic' else 'Basic'
    server = make_unseen(
        make_server, auth_type, '''
    <If "%{HTTP:X-Test} == 'realm'">
        AuthName OTHER
    </If>
    <If "%{HTTP:X-Test} == 'file'">
        AuthUserFile "{dir}/other"
    </If>
    <If "%{HTTP:X-Test} == 'provider'">
        AuthBasicProvider "file"
        AuthUserFile "{dir}/other"
    </If>
    <If "%{HTTP:X-Test} == 'type'">
        AuthType ''' + other + '''
    </If>''', unseen(auth_type, '/second'))
    write(server, 'other', 'alice', 'other')
    for what in ('realm', 'file', 'provider', 'type', 'place'):
        write(server, 'unseen', 'alice', 'Secret.1')
        with Speaker(server.url()) as client:
            assert status(client, more=basic()) == 200
            write(server, 'unseen', 'alice', 'changed')
            assert status(client, more=basic()) == 200
            path = '/second' if what == 'place' else '/wsman'
            assert status(client, path=path, more=dict(
                basic(), **{'X-Test': what})) == 401, what


@types
@pytest.mark.parametrize('how', ['renamed', 'in place', 'gone'])
def test_a_changed_file_ends_it(make_server, auth_type, how):
    server = make_server(place('/wsman', auth_type))
    server.expect(DENIED + '|AH01620|AH01622')
    with Speaker(server.url()) as client:
        for _ in range(2):
            assert status(client, more=basic()) == 200
        if how == 'renamed':
            write(server, 'htpasswd', 'alice', 'changed')
        elif how == 'in place':
            line = httpd.htpasswd_line('alice', 'changed')
            with open(server.path('htpasswd'), 'w') as passwords:
                passwords.write(line)
        else:
            os.remove(server.path('htpasswd'))
        assert status(client, more=basic()) in (
            (500,) if how == 'gone' else (401,))


def test_not_what_nobody_checked(make_server):
    """A request that needs no login proves no password."""
    server = make_server(place('/wsman').replace('Require valid-user', '''
    <If "%{HTTP:X-Test} == 'open'">
        Require all granted
    </If>
    <Else>
        Require valid-user
    </Else>'''))
    server.expect(DENIED)
    with Speaker(server.url()) as client:
        wrong = basic(password='wrong')
        assert status(client, more=dict(wrong, **{'X-Test': 'open'})) == 200
        assert status(client, more=wrong) == 401


def test_denied_users_are_denied_again(make_server):
    """Who may do what is asked for each request."""
    server = make_server(place('/wsman').replace(
        'Require valid-user', 'Require user bob'))
    server.expect('AH01631')
    with Speaker(server.url()) as client:
        for _ in range(3):
            assert status(client, more=basic()) == 401
        assert status(client, more=basic('bob', 'Secret.2')) == 200
        assert status(client, more=basic()) == 401
