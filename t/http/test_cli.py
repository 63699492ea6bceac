"""wsman, our own client, against our own server."""
import csv
import io
import json
import os
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


def test_timeout(wsman):
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
