"""winrm/config: what is told is what the server of the test was configured
with."""
import hashlib
import http.client
import ssl

import pytest

import server as httpd
from wsman import CIM, CREATE, DELETE, Client, Epr, assert_fault, \
    context_of, items, local, values_of

CONFIG = 'http://schemas.microsoft.com/wbem/wsman/1/config'
PLUGIN = CONFIG + '/PluginConfiguration'
BASIC = '''
    AuthType Basic
    AuthName WSMAN
    AuthUserFile {dir}/htpasswd
    Require valid-user
'''
CONF = '''
Listen 127.0.0.1:{tls_port} https
SSLSessionCache shmcb:{dir}/tls(512000)
<Location /plain>
    SetHandler wsman
    WSManMaxEnvelopeSize 600K
    WSManOperationTimeout 90s
    WSManMaxElements 123
    WSManEnumerationTimeout 2m
    WSManMaxConcurrentOperationsPerUser 7
    WSManMaxConnections 11
''' + BASIC + '''
    <WSManResource "''' + CONFIG + '''*">
        Require user admin alice
    </WSManResource>
</Location>
<Location /bare>
    SetHandler wsman
    WSManRootSDDL "O:BAG:BAD:P(A;;GA;;;WD)"
</Location>
<Location /change>
    SetHandler wsman
    WSManMaxElements 200
''' + BASIC + '''
    <WSManResource "''' + CONFIG + '''*" Put>
        Require user admin
    </WSManResource>
</Location>
<Location /wide>
    SetHandler wsman
''' + BASIC + '''
    <WSManResource "*" Put Create Delete Invoke>
        Require user admin
    </WSManResource>
</Location>
<Location /sealed>
    SetHandler wsman
    WSManMessageEncryption Require
    WSManIdentify Anonymous
</Location>
<LocationMatch "^/any[0-9]$">
    SetHandler wsman
</LocationMatch>
<VirtualHost 127.0.0.1:{tls_port}>
    ServerName localhost
    SSLEngine on
    SSLCertificateFile {dir}/tls.pem
    SSLCertificateKeyFile {dir}/tls.key
    <Location /deep/wsman>
        SetHandler wsman
''' + BASIC + '''
    </Location>
</VirtualHost>
'''


@pytest.fixture
def one(make_server):
    made = make_server(CONF, start=False, modules=('socache_shmcb', 'ssl'))
    httpd.make_certificate(made.dir)
    return made.start()


def user(server, path, name='alice'):
    return Client(server.url(path), name, httpd.USERS[name])


def secure(server, path):
    client = Client('http://x' + path, 'alice', httpd.USERS['alice'])
    client.connection = http.client.HTTPSConnection(
        '127.0.0.1', server.tls_port, timeout=30,
        context=ssl.create_default_context(cafile=server.path('tls.pem')))
    return client


def tree(element):
    """{name: text or tree}"""
    return {local(child): tree(child) if len(child) else child.text or ''
            for child in element}


def config(client, part='', selectors=None):
    reply = client.get(CONFIG + part, selectors)
    assert reply.fault is None and reply.status == 200, reply
    assert reply.body.tag.startswith('{%s' % CONFIG)
    return tree(reply.body)


def test_all_of_it(one):
    with user(one, '/plain') as client:
        found = config(client)
    assert found['MaxEnvelopeSizekb'] == '600'
    assert found['MaxTimeoutms'] == '90000'
    assert found['MaxBatchItems'] == '123'
    service = found['Service']
    assert service['EnumerationTimeoutms'] == '120000'
    assert service['MaxConcurrentOperationsPerUser'] == '7'
    assert service['MaxConnections'] == '11'
    assert service['AllowUnencrypted'] == 'true'
    assert service['Auth'] == {
        'Basic': 'true', 'Kerberos': 'false', 'Negotiate': 'false',
        'Certificate': 'false', 'CredSSP': 'false'}
    assert service['DefaultPorts'] == {'HTTP': '5985', 'HTTPS': '5986'}
    assert 'CertificateThumbprint' not in service
    assert 'RootSDDL' not in service
    assert found['Winrs'] == {'AllowRemoteShellAccess': 'false'}
    assert set(found['Client']['Auth'].values()) == {'false'}


def test_defaults(one):
    """What Ruby's clients ask before anything else: as Windows has it."""
    with Client(one.url('/bare')) as client:
        found = config(client)
    assert found['MaxEnvelopeSizekb'] == '500'
    assert found['MaxTimeoutms'] == '60000'
    assert found['MaxBatchItems'] == '32000'
    service = found['Service']
    assert service['MaxConcurrentOperationsPerUser'] == '4294967295'
    assert service['EnumerationTimeoutms'] == '3600000'
    sizes = dict(line.split() for line in httpd.MPM_SIZES[one.mpm].split('\n')
                 if line.strip())
    assert service['MaxConnections'] == sizes['MaxRequestWorkers']
    assert service['Auth']['Basic'] == 'false'
    assert service['RootSDDL'] == 'O:BAG:BAD:P(A;;GA;;;WD)'


def test_parts_are_the_same(one):
    with user(one, '/plain') as client:
        found = config(client)
        for name in ('Service', 'Client', 'Winrs'):
            assert config(client, '/' + name.lower()) == found[name]
        assert config(client, '/service/auth') == found['Service']['Auth']


def test_encryption_that_is_required(one):
    """Nothing but Identify may come there in clear."""
    with Client(one.url('/sealed')) as client:
        assert client.post('x').status == 403


def test_over_tls(one):
    with open(one.path('tls.pem')) as pem:
        der = ssl.PEM_cert_to_DER_cert(pem.read())
    thumbprint = hashlib.sha1(der).hexdigest().upper()
    with secure(one, '/deep/wsman') as client:
        service = config(client, '/service')
        assert service['AllowUnencrypted'] == 'false'
        assert service['CertificateThumbprint'] == thumbprint
        assert config(client, '/listener', {
            'Address': 'IP:127.0.0.1', 'Transport': 'HTTPS'}) == {
                'Address': 'IP:127.0.0.1', 'Transport': 'HTTPS',
                'Port': str(one.tls_port), 'Hostname': 'localhost',
                'Enabled': 'true', 'URLPrefix': 'deep/wsman',
                'CertificateThumbprint': thumbprint,
                'ListeningOn': '127.0.0.1'}


def test_listeners(one):
    """Those that lead here: the other port is the other host's."""
    with user(one, '/plain') as client:
        reply = client.enumerate(CONFIG + '/listener', optimize=10,
                                 mode='EnumerateObjectAndEPR')
        [item] = items(reply)
        listener, reference = item
        assert listener.tag == '{%s}Listener' % CONFIG
        assert values_of(listener) == {
            'Address': 'IP:127.0.0.1', 'Transport': 'HTTP',
            'Port': str(one.port), 'Hostname': 'localhost',
            'Enabled': 'true', 'URLPrefix': 'plain',
            'ListeningOn': '127.0.0.1'}
        epr = Epr.read(reference)
        assert epr.uri == CONFIG + '/listener'
        assert config(client, '/listener', epr.selectors)['Port'] == str(
            one.port)
        assert_fault(client.get(CONFIG + '/listener', {
            'Address': '*', 'Transport': 'HTTP'}), 'NotFound')
    with Client(one.url('/any1')) as client:
        [listener] = items(client.enumerate(CONFIG + '/listener', optimize=10))
        assert 'URLPrefix' not in values_of(listener)


def test_plugins(one):
    """All providers, page by page; without their parameters."""
    names = []
    with user(one, '/plain') as client:
        reply = client.enumerate(CONFIG + '/plugin', optimize=1)
        while True:
            names += [item.get('Name') for item in items(reply)]
            context = context_of(reply)
            if not context:
                break
            reply = client.pull(CONFIG + '/plugin', context, 1)
        reply = client.get(CONFIG + '/plugin', {'Name': 'linux'})
    assert names == [line.split()[0] for line in httpd.STANDARD_PROVIDERS]
    plugin = reply.body
    assert plugin.tag == '{%s}PlugInConfiguration' % PLUGIN
    assert plugin.get('Filename') == 'linux.so'
    resources = [node.get('ResourceUri')
                 for node in plugin.iter('{%s}Resource' % PLUGIN)]
    assert any(uri.endswith('/Win32_OperatingSystem') or
               uri.endswith('/CIM_OperatingSystem') or
               'OperatingSystem' in uri for uri in resources), resources
    assert httpd.BUILD.encode() not in reply.data


def test_who_may_not(one):
    one.expect('AH01630|AH01631|authorization')
    with user(one, '/plain', 'bob') as client:
        for part in ('', '/service', '/listener'):
            assert_fault(client.get(CONFIG + part), 'AccessDenied')


def batch(number):
    return '<c:Config xmlns:c="%s"><c:MaxBatchItems>%d</c:MaxBatchItems>' \
        '</c:Config>' % (CONFIG, number)


def test_what_cannot_be_done(one):
    with user(one, '/change', 'admin') as client:
        for action in (CREATE, DELETE):
            assert_fault(client.send(action, CONFIG, None, batch(1)),
                         'ActionMismatch')
        assert_fault(client.put(CONFIG + '/winrs', None, batch(1)),
                     'ActionMismatch')
        assert_fault(client.enumerate(CONFIG + '/service'), 'ActionMismatch')
        assert_fault(client.put(CONFIG, None, batch(201)), 'InvalidValues')
        assert config(client)['MaxBatchItems'] == '200'


def sizes(server):
    """What several connections, so several children, tell and obey."""
    found = set()
    with user(server, '/change') as client:
        for _ in range(20):
            reply = client.enumerate(CIM + 'T_Many', optimize=1000,
                                     fresh=True)
            assert reply.fault is None, reply
            found.add(len(items(reply)))
            found.add(int(config(client)['MaxBatchItems']))
    return found


def test_a_put_is_for_all_children_and_for_good(one):
    assert sizes(one) == {200}
    with user(one, '/change', 'admin') as client:
        reply = client.put(CONFIG, None, batch(17))
        assert reply.fault is None, reply
        assert tree(reply.body)['MaxBatchItems'] == '17'
        assert sizes(one) == {17}
        # Others are not concerned.
        with user(one, '/plain') as other:
            assert config(other)['MaxBatchItems'] == '123'
    one.graceful()
    assert sizes(one) == {17}
    one.restart()
    assert sizes(one) == {17}
    with user(one, '/change', 'admin') as client:
        assert client.put(CONFIG, None, batch(200)).fault is None
    assert sizes(one) == {200}
    assert 'MaxBatchItems of' in one.read('error.log')


def test_a_put_needs_a_section_that_names_it(one):
    one.expect('AH01630|AH01631|authorization')
    # 'may change anything' is not enough; nor is nothing that forbids it
    for path, who in (('/plain', 'alice'), ('/wide', 'admin')):
        with user(one, path, who) as client:
            assert_fault(client.put(CONFIG, None, batch(5)), 'AccessDenied')
    with user(one, '/change') as client:
        assert_fault(client.put(CONFIG, None, batch(5)), 'AccessDenied')
    with Client(one.url('/bare')) as client:
        assert_fault(client.put(CONFIG, None, batch(5)), 'AccessDenied')
        assert config(client)['MaxBatchItems'] == '32000'


def test_unknown_parts(one):
    with user(one, '/plain') as client:
        for part in ('/', '/nothing', '/certmapping', '/service/security',
                     '/plugin/linux', '/winrs/customremoteshell'):
            assert_fault(client.get(CONFIG + part), 'InvalidResourceURI')
