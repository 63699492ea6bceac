"""Quotas: operations at a time, requests in a second, wrong credentials; of
all children together."""
import http.client
import json
import os
import signal
import socket
import time

import pytest

import server as httpd
from wsman import CIM, GET, Client, envelope, headers, new_id

BASIC = '''
    AuthType Basic
    AuthName WSMAN
    AuthUserFile {dir}/htpasswd
    Require valid-user
'''
CONFIG = '''
<Location /status>
    SetHandler wsman-status
</Location>
<Location /few>
    SetHandler wsman
    WSManMaxConcurrentOperationsPerUser 3
''' + BASIC + '''
    <WSManResource "http://schemas.microsoft.com/wbem/wsman/1/config*" Put>
        Require user admin
    </WSManResource>
</Location>
<Location /full>
    SetHandler wsman
    WSManMaxConnections 2
''' + BASIC + '''
</Location>
<Location /slow>
    SetHandler wsman
    WSManMaxRequestsPerSecondPerUser 1
''' + BASIC + '''
</Location>
<Location /calm>
    SetHandler wsman
    WSManMaxRequestsPerSecond 1
</Location>
<Location /barred>
    SetHandler wsman
    WSManAuthFailures 3 1h
''' + BASIC + '''
</Location>
<Location /patient>
    SetHandler wsman
''' + BASIC + '''
</Location>
'''
MAX_OPERATIONS, QUOTA_USER, QUOTA_SYSTEM = 2150859174, 2150859175, 2150859176


@pytest.fixture
def one(make_server):
    return make_server(CONFIG, per_child=0)


def client(server, path, user='alice', password=None):
    return Client(server.url(path), user, password or httpd.USERS[user])


def status(server):
    line = http.client.HTTPConnection('127.0.0.1', server.port, timeout=30)
    line.request('GET', '/status?json')
    got = json.loads(line.getresponse().read())
    line.close()
    got['by'] = {site['path']: site for site in got['endpoints']}
    return got


def until(what, seconds=30):
    """Waits until what() is true, not longer than that."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, 'it does not become true'
        time.sleep(0.02)


def begin(server, path, user='alice'):
    """A request that goes on until its connection is closed."""
    text = envelope(headers(GET, CIM + 'T_Slow', {'Id': 1}, new_id())).encode()
    line = socket.create_connection(('127.0.0.1', server.port), timeout=60)
    line.sendall(('POST %s HTTP/1.1\r\nHost: h\r\nAuthorization: %s\r\n'
                  'Content-Type: application/soap+xml;charset=UTF-8\r\n'
                  'Content-Length: %d\r\n\r\n' % (
                      path, client(server, path, user).auth,
                      len(text))).encode() + text)
    return line


def begin_all(server, path, count):
    lines = [begin(server, path) for _ in range(count)]
    until(lambda: status(server)['active'] == count)
    return lines


def ask(server, path, user='alice'):
    with client(server, path, user) as caller:
        return caller.get(CIM + 'T_List', {'Id': 1})


def assert_refused(reply, number):
    fault = reply.fault
    assert fault is not None, reply
    assert (fault.code, fault.subcode, fault.number) == (
        's:Sender', 'w:QuotaLimit', number), reply
    assert reply.status == 500
    assert fault.message and 'alice' not in fault.message


def test_operations_of_a_user_at_a_time(one):
    lines = begin_all(one, '/few', 3)
    assert_refused(ask(one, '/few'), MAX_OPERATIONS)
    # another user, and the same at another endpoint
    assert ask(one, '/few', 'bob').fault is None
    assert ask(one, '/patient').fault is None
    lines.pop().close()
    until(lambda: ask(one, '/few').fault is None)
    for line in lines:
        line.close()
    until(lambda: status(one)['active'] == 0)
    assert status(one)['by']['/few']['refusals'] >= 1
    assert status(one)['by']['/patient']['refusals'] == 0
    assert status(one)['quota']['known'] >= 2
    assert status(one)['quota']['crowded'] == 0


CFG = 'http://schemas.microsoft.com/wbem/wsman/1/config/service'


def test_operations_that_were_made_fewer_at_run_time(one):
    lines = begin_all(one, '/few', 2)
    assert ask(one, '/few').fault is None
    with client(one, '/few', 'admin') as admin:
        reply = admin.put(CFG, None, '<c:Service xmlns:c="%s">'
                          '<c:MaxConcurrentOperationsPerUser>2'
                          '</c:MaxConcurrentOperationsPerUser></c:Service>'
                          % CFG)
        assert reply.fault is None, reply
    assert_refused(ask(one, '/few'), MAX_OPERATIONS)
    for line in lines:
        line.close()


def test_requests_of_an_endpoint_at_a_time(one):
    lines = begin_all(one, '/full', 2)
    assert_refused(ask(one, '/full'), QUOTA_SYSTEM)
    assert_refused(ask(one, '/full', 'bob'), QUOTA_SYSTEM)
    for line in lines:
        line.close()
    until(lambda: ask(one, '/full', 'bob').fault is None)


def test_what_killed_children_did_is_not_counted(one):
    """A child that dies would have its users refused for ever."""
    one.expect('exit signal|AH0005')
    lines = begin_all(one, '/few', 3)
    for pid in one.children():
        os.kill(pid, signal.SIGKILL)

    def answered():
        try:
            return ask(one, '/few').fault is None
        except (OSError, http.client.HTTPException):
            return False
    until(answered)
    for line in lines:
        line.close()


def test_a_graceful_restart_keeps_the_count(one):
    lines = begin_all(one, '/few', 3)
    one.graceful()
    assert_refused(ask(one, '/few'), MAX_OPERATIONS)
    for line in lines:
        line.close()
    until(lambda: ask(one, '/few').fault is None)


def answers(server, path, user):
    """Many, quicker than one a second; each by any child."""
    found = []
    with client(server, path, user) as caller:
        for _ in range(20):
            found.append(caller.get(CIM + 'T_List', {'Id': 1}, fresh=True))
    return found


def test_requests_of_a_user_in_a_second(one):
    replies = answers(one, '/slow', 'alice')
    assert replies[0].fault is None
    refused = [reply for reply in replies if reply.fault is not None]
    assert refused
    for reply in refused:
        assert_refused(reply, QUOTA_USER)
    assert ask(one, '/slow', 'bob').fault is None
    assert status(one)['by']['/slow']['refusals'] == len(refused)


def test_requests_of_an_endpoint_in_a_second(one):
    replies = answers(one, '/calm', 'alice') + answers(one, '/calm', 'bob')
    assert replies[0].fault is None
    refused = [reply for reply in replies if reply.fault is not None]
    assert len(refused) > 1
    for reply in refused:
        assert_refused(reply, QUOTA_SYSTEM)


def test_a_refusal_names_its_request_and_keeps_the_connection(one):
    lines = begin_all(one, '/few', 3)
    with client(one, '/few') as caller:
        for _ in range(3):
            # Client checks RelatesTo
            assert_refused(caller.get(CIM + 'T_List', {'Id': 1}),
                           MAX_OPERATIONS)
            kept = caller.connection.sock
            assert kept is not None
    for line in lines:
        line.close()


# ---- wrong credentials

def guess(server, path, user, password):
    with client(server, path, user, password) as caller:
        return caller.post(envelope(headers(
            GET, CIM + 'T_List', {'Id': 1}, new_id())), fresh=True)


def test_wrong_credentials_bar_their_address(one):
    one.expect('AH01617|AH01618')
    for user in ('alice', 'mallory', 'bob'):
        assert guess(one, '/barred', user, 'wrong').status == 401
    for password in ('wrong', httpd.USERS['alice']):
        reply = guess(one, '/barred', 'alice', password)
        assert reply.status == 429, reply
        assert 0 < int(reply.headers['Retry-After']) <= 3601
    # Who shows none is told what to show; elsewhere nobody is barred.
    with Client(one.url('/barred')) as nobody:
        assert nobody.post(envelope(headers(
            GET, CIM + 'T_List', {'Id': 1}, new_id()))).status == 401
    assert ask(one, '/patient').fault is None
    counts = status(one)['by']['/barred']
    assert counts['authFailures'] == 3
    assert counts['barred'] == 2
    assert one.read('error.log').count(
        '3 failed authentications from 127.0.0.1') == 1


def test_no_one_is_barred_where_nothing_says_so(one):
    one.expect('AH01617|AH01618')
    for _ in range(10):
        assert guess(one, '/patient', 'alice', 'wrong').status == 401
    assert ask(one, '/patient').fault is None
    assert status(one)['by']['/patient']['authFailures'] == 10


def test_no_credentials_are_no_failure(one):
    with Client(one.url('/barred')) as nobody:
        for _ in range(5):
            assert nobody.post('x').status == 401
    assert status(one)['by']['/barred']['authFailures'] == 0
    assert ask(one, '/barred').fault is None


@pytest.mark.once
@pytest.mark.parametrize('line, said', [
    ('WSManMaxConcurrentOperationsPerUser many', "'many' is not a number"),
    ('WSManMaxConcurrentOperationsPerUser -1', 'is not a number'),
    ('WSManMaxConnections 1000001', 'out of bounds'),
    ('WSManMaxRequestsPerSecond 1.5', 'is not a number'),
    ('WSManMaxRequestsPerSecondPerUser', 'takes one argument'),
    ('WSManAuthFailures 0', 'out of bounds'),
    ('WSManAuthFailures 3 0s', 'out of bounds'),
    ('WSManAuthFailures 3 2d', 'out of bounds'),
    ('WSManAuthFailures Off 1s', 'Off stands alone'),
    ('WSManAudit maybe', 'must be On or Off'),
])
def test_bad_values(make_server, line, said):
    one = make_server('<Location /w>\nSetHandler wsman\n%s\n</Location>\n'
                      % line, start=False)
    code, text = one.check_config()
    assert code != 0
    assert said in text


@pytest.mark.once
def test_inner_values_win(make_server):
    """0 takes a bound away again."""
    one = make_server('WSManMaxRequestsPerSecond 1\n'
                      '<Location /w>\nSetHandler wsman\n'
                      'WSManMaxRequestsPerSecond 0\n</Location>\n'
                      '<Location /v>\nSetHandler wsman\n</Location>\n')
    assert all(reply.fault is None for reply in answers(one, '/w', 'alice'))
    assert any(reply.fault is not None
               for reply in answers(one, '/v', 'alice'))
