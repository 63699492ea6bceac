"""The audit log: who did what and was it allowed, with no secret in it and
nothing that a client could write into it."""
import base64
import re
from urllib.parse import unquote

import pytest

import server as httpd
from remote_shell import Shell
from shell_fixtures import ACCOUNT, make_shells  # noqa: F401
from wsman import CIM, GET, Client, assert_fault, envelope, headers, new_id

CONFIG = '''
LogFormat "%{wsman-decision}n|%{wsman-auth}n|%{wsman-channel}n|\
%{wsman-operation}n|%{wsman-class}n|%{wsman-namespace}n|%{wsman-fault}n|%u" own
CustomLog {dir}/own.log own
<Location /wsman>
    SetHandler wsman
    WSManAudit On
    WSManAuthFailures 5 1h
    AuthType Basic
    AuthName WSMAN
    AuthUserFile {dir}/htpasswd
    Require valid-user
    <WSManResource "*/T_Echo">
        Require user admin
    </WSManResource>
</Location>
<Location /quiet>
    SetHandler wsman
</Location>
'''
KEYS = ['client', 'user', 'auth', 'channel', 'operation', 'action', 'resource',
        'class', 'namespace', 'shell', 'account', 'decision', 'fault', 'items', 'in', 'out',
        'usec', 'status']


@pytest.fixture
def one(make_server):
    # Lines of audit are written whatever the level is.
    return make_server(CONFIG, per_child=0, log_level='crit')


def audited(server, count):
    """The lines as dictionaries, when there are so many."""
    server.wait_for_log('audit client=', count)
    found = []
    for line in server.read('error.log').splitlines():
        if 'audit client=' not in line:
            continue
        words = line.partition('audit ')[2].split(' ')
        pairs = [word.split('=') for word in words]
        assert [pair[0] for pair in pairs] == KEYS, line
        assert all(len(pair) == 2 for pair in pairs), line
        found.append({name: unquote(value) if value != '-' else None
                      for name, value in pairs})
    assert len(found) == count
    return found


def caller(server, user, password=None, path='/wsman'):
    return Client(server.url(path), user, password or httpd.USERS[user])


def test_a_line_a_request(one):
    with caller(one, 'alice') as alice:
        reply = alice.get(CIM + 'T_List', {'Id': 1})
        assert reply.fault is None
        assert_fault(alice.get(CIM + 'T_Echo', {'Id': 1}), 'AccessDenied')
        assert_fault(alice.get(CIM + 'T_List', {'Id': 4711}), 'NotFound')
    audited(one, 3)
    with caller(one, 'alice', 'wrong') as alice:
        assert alice.post('x').status == 401
    audited(one, 4)
    with caller(one, 'alice') as alice:
        assert alice.post('x', content_type='image/png').status == 415
    with Client(one.url('/quiet')) as nobody:
        assert nobody.get(CIM + 'T_List', {'Id': 1}).fault is None
    good, denied, missing, unknown, wrong = audited(one, 5)
    assert good['user'] == 'alice' and good['auth'] == 'Basic'
    assert good['client'] == '127.0.0.1' and good['channel'] == 'clear'
    assert good['operation'] == 'Get' and good['action'] == GET
    assert good['resource'] == CIM + 'T_List' and good['class'] == 'T_List'
    assert good['namespace'] == 'root/cimv2'
    assert good['decision'] == 'allowed' and good['fault'] is None
    assert int(good['out']) == len(reply.data) and int(good['in']) > 300
    assert good['items'] == '1' and good['status'] == '200'
    assert int(good['usec']) >= 0
    assert denied['decision'] == 'denied'
    assert denied['fault'] == 'w:AccessDenied' and denied['class'] == 'T_Echo'
    assert missing['decision'] == 'allowed' and missing['status'] == '500'
    assert missing['fault'] == 'a:DestinationUnreachable'
    assert unknown['decision'] == 'unauthenticated'
    assert unknown['operation'] is None and unknown['status'] == '401'
    assert wrong['decision'] == 'rejected' and wrong['status'] == '415'


def test_remote_shells(make_shells):  # noqa: F811
    """Which shell it was, and as whom its commands ran"""
    server = make_shells(place='WSManAudit On')
    with caller(server, 'alice') as alice, caller(server, 'bob') as bob:
        with Shell(alice) as shell:
            shell.run('echo Secret-command')
            assert Shell(bob, shell_id=shell.id).get().fault is not None
            assert Shell(bob, shell_id='x' * 600).get().fault is not None
    lines = audited(server, 7)
    assert [line['operation'] for line in lines] == [
        'Create', 'Command', 'Receive', 'Signal', 'Get', 'Get', 'Delete']
    *hers, other, wrong, deleted = lines
    for line in hers + [deleted]:
        assert line['user'] == 'alice' and line['account'] == ACCOUNT
        assert line['shell'] == shell.id and line['fault'] is None
    assert other['user'] == 'bob' and other['shell'] == shell.id
    assert other['fault'] == 'w:InvalidSelectors/UnexpectedSelectors'
    assert wrong['shell'] is None
    assert 'Secret-command' not in server.read('error.log')


def test_nobody_has_no_way_to_log_in(one):
    with Client(one.url()) as nobody:
        assert nobody.post('x').status == 401
    line, = audited(one, 1)
    assert line['decision'] == 'unauthenticated'
    assert line['user'] is None and line['auth'] is None


def test_notes_for_log_format(one):
    with caller(one, 'alice') as alice:
        alice.get(CIM + 'T_List', {'Id': 1})
        alice.get(CIM + 'T_Echo', {'Id': 1})
    one.wait_for_log('denied', name='own.log')
    first, second = one.read('own.log').splitlines()
    assert first == ('allowed|Basic|clear|Get|T_List|root/cimv2|-|alice')
    assert second == ('denied|Basic|clear|Get|T_Echo|root/cimv2|'
                      'w:AccessDenied|alice')


def test_barred_addresses(one):
    with caller(one, 'alice', 'wrong') as alice:
        for _ in range(5):
            assert alice.post('x').status == 401
        assert alice.post('x').status == 429
    lines = audited(one, 6)
    assert lines[-1]['decision'] == 'barred'
    assert lines[-1]['status'] == '429'


FORGED = '\n[x] audit client=9.9.9.9 user=root'
SECRETS = ['Secret.1', 'wrong.Secret', 'Secret-selector', 'Secret-body',
           'Secret-header', base64.b64encode(b'alice:Secret.1').decode()]


def test_no_secrets_and_no_forged_lines(one):
    """Everything that a client says, in each place where it can."""
    evil = 'http://x/' + FORGED
    with caller(one, 'alice') as alice:
        alice.get(CIM + 'T_List', {'Id': 'Secret-selector'})
        alice.post(envelope(headers(GET, CIM + 'T_List', {'Id': 1}, new_id(),
                                    extra='<q:S xmlns:q="urn:q">Secret-header'
                                    '</q:S>'), '<q xmlns="urn:q">Secret-body'
                            '</q>'))
        alice.post(envelope(headers(GET, evil, None, new_id())))
        alice.post(envelope(headers(evil, CIM + 'T_List', None, new_id())))
        alice.post(envelope(headers(
            GET, CIM + 'T_List', {'__cimnamespace': 'root' + FORGED},
            new_id())))
        alice.post(envelope(headers(GET, CIM + 'T_"=% \\x', None, new_id())),
                   more={'Referer': 'x audit client=1 decision=allowed',
                         'User-Agent': FORGED.replace('\n', ' ')})
    for count, user in ((6, 'root\t audit user=x'), (7, 'x\x01' + 'a' * 5000)):
        audited(one, count)
        with caller(one, user, 'wrong.Secret') as eve:
            assert eve.post('x').status == 401
    lines = audited(one, 8)
    assert all(line['client'] == '127.0.0.1' for line in lines)
    assert {line['user'] for line in lines[:6]} == {'alice'}
    assert FORGED.split('\n')[1] in lines[2]['resource']
    assert FORGED.split('\n')[1] in lines[3]['action']
    assert lines[5]['resource'] == CIM + 'T_"=% \\x'
    assert len(lines[7]['user']) <= 512
    text = one.read('error.log') + one.read('own.log') + one.read(
        'access.log')
    for secret in SECRETS:
        assert secret not in text, secret
    for line in text.splitlines():
        assert not line.startswith('[x]'), line
    assert not re.search(r'[\x00-\x08\x0b-\x1f\x7f]', text)
