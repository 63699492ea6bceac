"""Identify: DSP0226 clause 11, R19, and the URL that Windows asks."""
import pytest

from wsman import CIM, GET, IDENTIFY, NS, Client, assert_upgrade, envelope, \
    headers, new_id
import server as httpd

PROFILE = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/'


def identify(url, user=None, text=IDENTIFY, **how):
    with Client(url, user, httpd.USERS.get(user)) as client:
        return client.post(text, **how)


def response(reply):
    assert reply.status == 200, reply
    found = reply.find('s:Body/id:IdentifyResponse')
    assert found is not None, reply
    return found


def texts(found, name):
    return [node.text for node in found.iterfind('.//id:' + name, NS)]


def test_tells_protocol_and_product(server):
    found = response(identify(server.url('/anon')))
    assert NS['w'] in texts(found, 'ProtocolVersion')
    assert texts(found, 'ProductVendor') != [] and found.findtext(
        'id:ProductVendor', namespaces=NS)
    assert texts(found, 'ProductVersion') != []


def test_reply_has_no_addressing(server):
    reply = identify(server.url('/anon'))
    header = reply.find('s:Header')
    assert header is not None and len(header) == 0
    assert reply.headers['Content-Type'].lower().startswith(
        'application/soap+xml;charset=utf-8')


def test_anonymous_at_the_endpoint_itself(server):
    response(identify(server.url('/wsman')))


def test_anonymous_at_wsman_anon(server):
    response(identify(server.url('/wsman-anon/identify')))


def test_anonymous_learns_no_version(server):
    """R11-5: no version to who has not said who he is."""
    found = response(identify(server.url('/wsman-anon/identify')))
    anonymous = texts(found, 'ProductVersion')[0]
    known = texts(response(identify(server.url('/wsman'), 'alice')),
                  'ProductVersion')[0]
    assert 'OS: 0.0.0' in anonymous
    assert known != anonymous and 'Stack: 0.0' not in known.replace(
        'Stack: 0.0.', '')


def test_authenticated(server):
    response(identify(server.url('/authed'), 'alice'))


def test_authenticated_only(server):
    reply = identify(server.url('/authed'))
    assert reply.status == 401
    assert reply.headers['WWW-Authenticate'].startswith('Basic ')


def test_wrong_password(server):
    with Client(server.url('/authed'), 'alice', 'wrong') as client:
        server.expect(r'AH01617')
        assert client.post(IDENTIFY).status == 401


def test_profile_of_basic_over_http(server):
    """SecurityProfiles say what is configured at this endpoint."""
    found = response(identify(server.url('/wsman'), 'alice'))
    assert texts(found, 'SecurityProfileName') == [PROFILE + 'http/basic']


def test_no_profile_where_nobody_logs_in(server):
    found = response(identify(server.url('/anon')))
    assert texts(found, 'SecurityProfileName') == []


@pytest.mark.parametrize('path', ['/wsman', '/authed'])
def test_only_identify_is_anonymous(server, path):
    """Without credentials anything else is a challenge."""
    text = envelope(headers(GET, CIM + 'Win32_OperatingSystem',
                            message_id=new_id()))
    reply = identify(server.url(path), text=text)
    assert reply.status == 401
    assert reply.headers['WWW-Authenticate'].startswith('Basic ')


def test_nothing_else_at_wsman_anon(server):
    text = envelope(headers(GET, CIM + 'Win32_OperatingSystem',
                            message_id=new_id()))
    reply = identify(server.url('/wsman-anon/identify'), text=text)
    assert reply.status in (401, 500)
    if reply.status == 500:
        assert reply.fault.subcode == 'w:AccessDenied'


def test_wsman_anon_needs_an_anonymous_endpoint(make_server):
    one = make_server('''
<Location /wsman>
    SetHandler wsman
    WSManIdentify Authenticated
    AuthType Basic
    AuthName WSMAN
    AuthUserFile {dir}/htpasswd
    Require valid-user
</Location>
''')
    one.expect(r'File does not exist')
    assert identify(one.url('/wsman-anon/identify')).status == 404


def test_headers_do_not_matter(server):
    """R11-2: unknown headers without mustUnderstand are passed over."""
    text = IDENTIFY.replace('<s:Header/>', '''<s:Header>
        <z:Strange xmlns:z="urn:z" s:mustUnderstand="false">1</z:Strange>
        <z:Other xmlns:z="urn:z" mustUnderstand="true"/></s:Header>''')
    response(identify(server.url('/anon'), text=text))


def test_header_may_be_absent(server):
    response(identify(server.url('/anon'),
                      text=IDENTIFY.replace('<s:Header/>', '')))


def test_extension_content(server):
    text = IDENTIFY.replace('<wsmid:Identify/>',
                            '<wsmid:Identify><v:x xmlns:v="urn:v"/>'
                            '</wsmid:Identify>')
    response(identify(server.url('/anon'), text=text))


def test_without_content_type(server):
    response(identify(server.url('/anon'), content_type=None))


def test_soap_1_1_is_told_to_upgrade(server):
    text = IDENTIFY.replace(NS['s'], 'http://schemas.xmlsoap.org/soap/'
                                     'envelope/')
    reply = identify(server.url('/anon'), text=text)
    assert reply.status == 500
    assert_upgrade(reply)


def test_over_tls(make_server):
    import ssl
    import http.client
    one = make_server('''
Listen 127.0.0.1:{tls_port}
SSLSessionCache shmcb:{dir}/tls(512000)
<VirtualHost 127.0.0.1:{tls_port}>
    ServerName localhost
    SSLEngine on
    SSLCertificateFile {dir}/tls.pem
    SSLCertificateKeyFile {dir}/tls.key
    <Location /wsman>
        SetHandler wsman
        AuthType Basic
        AuthName WSMAN
        AuthUserFile {dir}/htpasswd
        Require valid-user
    </Location>
</VirtualHost>
''', start=False, modules=('socache_shmcb', 'ssl'))
    httpd.make_certificate(one.dir)
    one.start()
    context = ssl.create_default_context(cafile=one.path('tls.pem'))
    with Client('http://x/wsman', 'alice', httpd.USERS['alice']) as client:
        client.connection = http.client.HTTPSConnection(
            '127.0.0.1', one.tls_port, context=context, timeout=30)
        found = response(client.post(IDENTIFY))
    assert texts(found, 'SecurityProfileName') == [PROFILE + 'https/basic']
