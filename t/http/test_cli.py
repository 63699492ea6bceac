"""wsman, our own client, against our own server."""
import csv
import io
import json
import os
import re
import subprocess

import pytest
from lxml import etree

import server as httpd

WSMAN = os.path.join(httpd.BUILD, 'wsman')


@pytest.fixture
def wsman(server, tmp_path):
    """Runs wsman as alice.  @return exit code, output, errors"""
    secret = tmp_path / 'password'
    secret.write_text(httpd.USERS['alice'] + '\n')
    secret.chmod(0o600)

    def run(*words, url=None, user='alice', code=0, text=None):
        command = [WSMAN, '-H', url or server.url('/wsman')]
        if user is not None:
            command += ['-u', user, '--password-file', str(secret)]
        env = dict(os.environ, HOME=str(tmp_path), LC_ALL='C.UTF-8')
        for name in ('WSMAN_ENDPOINT', 'WSMAN_USER', 'NETRC'):
            env.pop(name, None)
        env['ASAN_OPTIONS'] = 'detect_leaks=0'
        done = subprocess.run(command + list(words), env=env, check=False,
                              input=(text or '').encode(), timeout=120,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = done.stdout.decode(), done.stderr.decode()
        assert done.returncode == code, (done.returncode, out, err)
        return out, err
    return run


def test_identify(wsman):
    out, _ = wsman('identify')
    assert 'http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd' in out


def test_identify_anonymously(server, wsman):
    out, _ = wsman('identify', '--anonymous', user=None)
    assert 'ProtocolVersion' in out


@pytest.mark.parametrize('resource', [
    'T_List?Id=3', 'root/cimv2/T_List?Id=3',
    'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/T_List?Id=3'])
def test_get(wsman, resource):
    out, _ = wsman('get', resource, '-o', 'json')
    got = json.loads(out)
    assert got['Id'] == '3'
    assert got['Text'] == '<instance> & number 3 ä'


def test_get_as_text_and_xml(wsman):
    out, _ = wsman('get', 'T_List?Id=3')
    assert 'T_List' in out and 'Id' in out and '3' in out
    out, _ = wsman('get', 'T_List?Id=3', '-o', 'xml')
    assert etree.QName(etree.fromstring(out.encode())).localname == 'T_List'


def test_enum_pulls_to_the_end(wsman):
    out, _ = wsman('enum', 'T_Many', '-o', 'json', '--max-elements', '70')
    got = json.loads(out)
    assert [int(one['Id']) for one in got] == list(range(1000))


def test_enum_csv(wsman):
    out, _ = wsman('enum', 'T_List', '-o', 'csv', '--columns', 'Text,Id')
    rows = list(csv.reader(io.StringIO(out)))
    assert rows[0] == ['Text', 'Id'] and len(rows) == 51
    assert rows[1][0].startswith('<instance> & number')


def test_enum_limit(wsman):
    out, _ = wsman('enum', 'T_Many', '--limit', '5', '-o', 'json')
    assert len(json.loads(out)) == 5


def test_enum_filter(wsman):
    out, _ = wsman('enum', 'T_List', '--selector-filter', 'Id=7', '-o', 'json')
    assert [one['Id'] for one in json.loads(out)] == ['7']


def test_enum_epr_can_be_used_again(wsman):
    out, _ = wsman('enum', 'T_Base', '--epr', '-o', 'text')
    lines = [line.strip() for line in out.split('\n') if 'Name=' in line]
    assert len(lines) == 3, out


@pytest.mark.parametrize('how,count', [('include', 3), ('exclude', 3),
                                       ('none', 1)])
def test_enum_polymorphism(wsman, how, count):
    out, _ = wsman('enum', 'T_Base', '--polymorphism', how, '-o', 'json')
    assert len(json.loads(out)) == count


def test_enum_of_nothing(wsman):
    out, _ = wsman('enum', 'R_Two', '-o', 'json')
    assert json.loads(out) == []


def test_create_put_delete(wsman):
    wsman('create', 'R_Item', 'Name=cli', 'Count=3', 'Texts=a', 'Texts=b')
    try:
        out, _ = wsman('get', 'R_Item?Name=cli', '-o', 'json')
        got = json.loads(out)
        assert got['Count'] == '3' and got['Texts'] == ['a', 'b']
        assert got['Text'] is None
        wsman('put', 'R_Item?Name=cli', 'Count=4', 'Text=ä <x> & y')
        out, _ = wsman('get', 'R_Item?Name=cli', '-o', 'json')
        got = json.loads(out)
        assert got['Count'] == '4' and got['Text'] == 'ä <x> & y'
        wsman('put', 'R_Item?Name=cli', 'Count:=null')
        out, _ = wsman('get', 'R_Item?Name=cli', '-o', 'json')
        assert json.loads(out)['Count'] is None
    finally:
        wsman('delete', 'R_Item?Name=cli')
    _, err = wsman('get', 'R_Item?Name=cli', code=1)
    assert 'DestinationUnreachable' in err


def test_invoke(wsman):
    out, _ = wsman('invoke', 'T_Echo', 'Integers', 'U32=7', 'S8=-3',
                   '-o', 'json')
    got = json.loads(out)
    assert (got['U32'], got['S8'], got['ReturnValue']) == ('7', '-3', '2')


def test_invoke_on_an_instance(wsman):
    out, _ = wsman('invoke', 'T_Echo?Name=echo', 'Which', '-o', 'json')
    assert json.loads(out)['ReturnValue'] == 'echo'


def test_invoke_with_reference(wsman):
    out, _ = wsman('invoke', 'T_Echo', 'Objects',
                   'Ref={T_Base?Name=T_Base}', '-o', 'json')
    assert 'T_Base?Name=T_Base' in json.loads(out)['Ref']


def test_invoke_from_a_file(wsman):
    uri = 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/T_Echo'
    out, _ = wsman('invoke', 'T_Echo', 'Integers', '--body', '-', '-o',
                   'json', text='<m:Integers_INPUT xmlns:m="%s"><m:U8>9'
                   '</m:U8></m:Integers_INPUT>' % uri)
    assert json.loads(out)['U8'] == '9'


def test_fault(wsman):
    """Exit code 1, and words for a person."""
    _, err = wsman('get', 'T_List?Id=4711', code=1)
    assert 'DestinationUnreachable' in err and '2150858752' in err


def test_fault_of_unknown_class(wsman):
    _, err = wsman('enum', 'No_Class', code=1)
    assert 'InvalidResourceURI' in err


def test_usage(wsman):
    for words in (['fly'], ['get'], [], ['get', 'T_List?Id'],
                  ['enum', 'T_List', '-o', 'pdf']):
        wsman(*words, code=2)


def test_nobody_listens(wsman):
    port = httpd.free_port()
    _, err = wsman('identify', url='http://127.0.0.1:%d/wsman' % port, code=3)
    assert str(port) in err or 'connect' in err.lower()


def test_wrong_password(server, wsman):
    server.expect('AH01617|AH01618')
    _, err = wsman('get', 'T_List?Id=1', user='bob', code=4)
    assert err.strip()


def test_no_credentials(wsman):
    wsman('get', 'T_List?Id=1', user=None, code=4)


def test_timeout(server, wsman):
    server.expect('fault w:TimedOut')
    _, err = wsman('get', 'T_Slow?Id=1', '-t', '1', code=1)
    assert 'TimedOut' in err


def test_verbose_hides_the_password(wsman):
    import base64
    _, err = wsman('-v', 'get', 'T_List?Id=1')
    assert 'POST /wsman' in err and 's:Envelope' in err
    token = base64.b64encode(
        ('alice:' + httpd.USERS['alice']).encode()).decode()
    assert token not in err and httpd.USERS['alice'] not in err


def test_broken_pipe(server, tmp_path):
    """head(1) has enough: the enumeration is released, no noise."""
    secret = tmp_path / 'password'
    secret.write_text(httpd.USERS['alice'])
    secret.chmod(0o600)
    done = subprocess.run(
        '%s -H %s -u alice --password-file %s enum T_Many -o csv '
        '--max-elements 50 | head -n 2' % (WSMAN, server.url('/wsman'),
                                           secret),
        shell=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        check=False, timeout=120, env=dict(
            os.environ, ASAN_OPTIONS='detect_leaks=0'))
    assert len(done.stdout.decode().split('\n')) == 3


def test_the_machine(wsman):
    out, _ = wsman('enum', 'CIM_OperatingSystem', '-o', 'json')
    got = json.loads(out)
    assert len(got) == 1
    assert got[0]['CSName'] == os.uname().nodename
    out, _ = wsman('enum', 'Win32_Process', '-o', 'json')
    pids = {int(one['ProcessId']) for one in json.loads(out)}
    assert os.getpid() in pids


# ---- References: what is printed can be used again

@pytest.mark.parametrize('resource', ['T_Base', 'T_List', 'Win32_Process',
                                      'Win32_LogicalDisk'])
def test_every_reference_can_be_read(wsman, resource):
    out, _ = wsman('enum', resource, '--epr', '--limit', '5')
    paths = out.split()
    assert paths
    for path in paths:
        out, _ = wsman('get', path)
        assert out.startswith(path.split('?')[0] + '\n')


def test_objects_with_references(wsman):
    out, _ = wsman('enum', 'T_Base', '--object-and-epr', '-o', 'json',
                   '--with-class')
    for one in json.loads(out):
        again, _ = wsman('get', one['__PATH'], '-o', 'json')
        assert json.loads(again)['Name'] == one['Name']
        assert one['__CLASS'] == one['Name']
    rows = list(csv.DictReader(io.StringIO(wsman(
        'enum', 'T_Base', '--object-and-epr', '-o', 'csv')[0])))
    assert [row['__PATH'] for row in rows] == [
        one['__PATH'] for one in json.loads(out)]


@pytest.fixture
def things(wsman):
    """Makes objects, and deletes them again."""
    made = []

    def make(*words):
        out, _ = wsman('create', *words)
        made.append(out.strip())
        return made[-1]
    yield make
    for path in reversed(made):
        wsman('delete', path)


def test_names_with_every_character(wsman, things):
    name = 'a b&c,d=e%f{g?h}+"\'<>/\\ä€\U0001f600'
    path = things('R_Item', 'Name=' + name)
    out, _ = wsman('get', path, '-o', 'json')
    assert json.loads(out)['Name'] == name
    out, _ = wsman('enum', 'R_Item', '--epr')
    assert path in out.split('\n')


def test_reference_selectors(wsman, things):
    left = things('R_Item', 'Name=link left')
    right = things('R_Item', 'Name=link,right')
    link = things('R_Link', 'Left={%s}' % left, 'Right={%s}' % right,
                  'Note=between')
    assert link.startswith('R_Link?') and link.count('{') == 2
    out, _ = wsman('get', link, '-o', 'json')
    got = json.loads(out)
    assert got['Note'] == 'between'
    assert wsman('get', got['Left'])[0].startswith('R_Item\n')
    assert 'link,right' in wsman('get', got['Right'])[0]


def test_types_survive(wsman, things):
    path = things('R_Types', 'Id=1', 'B=true', 'U64=18446744073709551615',
                  'S64=-9223372036854775808', 'R64=-1.5e300', 'C=€',
                  'S:=text:null', 'D:=datetime:2026-11-21T08:00:00Z',
                  'Ss=one', 'Ss= two ',
                  'Ds:=interval:PT1H', 'Ds:=interval:PT2H')
    out, _ = wsman('get', path, '-o', 'json', '--json-typed')
    got = json.loads(out)
    assert got['B'] is True
    assert got['U64'] == 18446744073709551615
    assert got['S64'] == -9223372036854775808
    assert got['R64'] == -1.5e300
    assert got['C'] == '€' and got['S'] == 'null'
    assert got['D'].startswith('2026-11-21T08:00:00')
    assert got['Ss'][0] == 'one' and got['Ss'][1].strip() == 'two'
    assert len(got['Ds']) == 2
    assert got['U8'] is None and got['Part'] is None


def test_xml_goes_round(wsman, things, tmp_path):
    """What `get -o xml` prints, `put --body` takes."""
    path = things('R_Item', 'Name=round', 'Count=1', 'Texts=a', 'Texts=b')
    out, _ = wsman('get', path, '-o', 'xml')
    body = tmp_path / 'body.xml'
    body.write_text(out.replace('Count>1<', 'Count>2<'))
    wsman('put', path, '--body', str(body))
    got = json.loads(wsman('get', path, '-o', 'json')[0])
    assert got['Count'] == '2' and got['Texts'] == ['a', 'b']


def test_text_of_a_file(wsman, things, tmp_path):
    text = tmp_path / 'text'
    text.write_text('line 1\nline <2>\n')
    path = things('R_Item', 'Name=file', 'Text@%s' % text)
    got = json.loads(wsman('get', path, '-o', 'json')[0])
    assert got['Text'] == 'line 1\nline <2>\n'
    assert '= line 1\n          line <2>' in wsman('get', path)[0]


def test_xml_of_many(wsman):
    out, _ = wsman('enum', 'T_Many', '-o', 'xml', '--max-elements', '300')
    root = etree.fromstring(out.encode())
    ids = [one.findtext('{*}Id') for one in root]
    assert ids == [str(i) for i in range(1000)]


def test_small_pages_by_size(wsman):
    out, _ = wsman('enum', 'T_Many', '--max-envelope-size', '8192', '-o',
                   'csv', '--columns', 'Id')
    assert out.split() == ['Id'] + [str(i) for i in range(1000)]


@pytest.mark.parametrize('words,subcode', [
    (('create', 'R_Item', 'Name=from-mof'), 'wsman:AlreadyExists'),
    (('create', 'R_Item', 'Name=x', 'Nope=1'), 'wxf:InvalidRepresentation'),
    (('put', 'R_Item?Name=from-mof', 'Count=x'), 'wxf:InvalidRepresentation'),
    (('get', 'R_Item'), 'wsman:InvalidSelectors'),
    (('get', 'R_Item?Nope=1'), 'wsman:InvalidSelectors'),
    (('delete', 'R_Item?Name=nobody'), 'wsa:DestinationUnreachable'),
    (('invoke', 'T_Echo', 'Nope'), 'wsa:ActionNotSupported'),
    (('enum', 'T_List', '--dialect', 'urn:x', '--filter', 'y'),
     'wsen:FilterDialectRequestedUnavailable'),
    (('enum', 'T_List', '--selector-filter', 'Nope=1'),
     'wsen:CannotProcessFilter'),
    (('get', 'T_List?Id=1', '--max-envelope-size', '100'),
     'wsman:EncodingLimit'),
])
def test_faults(wsman, words, subcode):
    out, err = wsman(*words, code=1)
    assert out == ''
    assert '\n  subcode   %s\n' % subcode in err
    assert '\n  number    2150858' in err
    assert ('\n  CIM       ' in err) == (subcode != 'wsman:EncodingLimit')


# ---- Other ways to say who one is

DIGEST = '''
<Location /wsman>
    SetHandler wsman
    WSManIdentify Authenticated
    AuthType Digest
    AuthName WSMAN
    AuthDigestProvider file
    AuthUserFile {dir}/digest
    Require valid-user
</Location>
'''


def call(server, *words, url=None):
    env = dict(os.environ, HOME=server.dir, ASAN_OPTIONS='detect_leaks=0')
    return subprocess.run([WSMAN, '-h', url or server.url('/wsman'), *words],
                          env=env, stdin=subprocess.DEVNULL, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)


def test_digest(make_server):
    import hashlib
    server = make_server(DIGEST, start=False, modules=['auth_digest'],
                         expect=['AH0179'])
    with open(server.path('digest'), 'w') as users:
        users.write('u:WSMAN:%s\n' % hashlib.md5(b'u:WSMAN:pw').hexdigest())
    server.start()
    for how in ('any', 'digest'):
        assert call(server, '-u', 'u:pw', '--auth', how,
                    'identify').returncode == 0
        done = call(server, '-u', 'u:pw', '--auth', how, 'enum', 'T_List',
                    '--max-elements', '20', '-o', 'csv')
        assert done.returncode == 0 and len(done.stdout.split(b'\r\n')) == 52
    assert call(server, '-u', 'u:no', 'identify').returncode == 4
    done = call(server, '-u', 'u:pw', '--auth', 'digest', 'identify', '-o',
                'xml')
    assert profiles(done.stdout) == [b'http/digest']


def profiles(identity):
    """The security profiles that an Identify has told."""
    return re.findall(rb'secprofile/([^<]*)<', identity)


CERTIFICATE = '''
Listen 127.0.0.1:{tls_port}
<VirtualHost 127.0.0.1:{tls_port}>
    ServerName localhost
    SSLEngine on
    SSLCertificateFile {dir}/tls.pem
    SSLCertificateKeyFile {dir}/tls.key
    SSLCACertificateFile {dir}/client.pem
    <Location /wsman>
        SetHandler wsman
        WSManIdentify Authenticated
        SSLVerifyClient require
        SSLUserName SSL_CLIENT_S_DN_CN
        Require ssl-verify-client
    </Location>
</VirtualHost>
'''


def make_certificate(folder, name, subject):
    subprocess.run(
        ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
         'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj',
         '/CN=' + subject, '-addext', 'subjectAltName=IP:127.0.0.1',
         '-keyout', '%s/%s.key' % (folder, name),
         '-out', '%s/%s.pem' % (folder, name)],
        check=True, stderr=subprocess.DEVNULL)


def test_client_certificate(make_server):
    server = make_server(CERTIFICATE, start=False,
                         modules=['ssl', 'socache_shmcb'],
                         expect=['AH0[12]', 'SSL'])
    make_certificate(server.dir, 'tls', '127.0.0.1')
    make_certificate(server.dir, 'client', 'somebody')
    server.start()
    url = 'https://127.0.0.1:%d/wsman' % server.tls_port
    trust = ['--cacert', server.path('tls.pem')]
    own = ['--cert', server.path('client.pem'), '--key',
           server.path('client.key')]
    done = call(server, *trust, *own, 'invoke', 'T_Echo', 'Who', '-o', 'json',
                url=url)
    assert done.returncode == 0, done
    assert json.loads(done.stdout)['User'] == 'somebody'
    done = call(server, *trust, *own, 'enum', 'T_List', '--max-elements', '20',
                '-o', 'csv', url=url)
    assert done.returncode == 0 and len(done.stdout.split(b'\r\n')) == 52
    done = call(server, *trust, *own, 'identify', '-o', 'xml', url=url)
    assert profiles(done.stdout) == [b'https/mutual']
    assert call(server, *trust, 'identify', url=url).returncode == 3
    assert call(server, *own, 'identify', url=url).returncode == 3
