"""What the server says of itself: mod_status' page, ?auto, JSON."""
import http.client
import json
import re
import time

import pytest

from wsman import CIM, Client, assert_fault

STATUS = '''
ExtendedStatus On
<Location /anon>
    SetHandler wsman
</Location>
<Location /server-status>
    SetHandler server-status
</Location>
<Location /wsman-status>
    SetHandler wsman-status
</Location>
'''


@pytest.fixture
def one(make_server):
    return make_server(STATUS, per_child=0)


def page(server, path):
    line = http.client.HTTPConnection('127.0.0.1', server.port, timeout=30)
    line.request('GET', path)
    answer = line.getresponse()
    data = answer.read().decode()
    line.close()
    assert answer.status == 200, (path, answer.status, data)
    return answer.headers['Content-Type'], data


def lines(text):
    return dict(line.split(': ', 1) for line in text.splitlines()
                if ': ' in line)


def some_requests(server):
    """Five Gets, one of them a fault, on several connections."""
    with Client(server.url('/anon')) as client:
        for number in range(4):
            assert client.get(CIM + 'T_List', {'Id': number},
                              fresh=True).fault is None
        assert_fault(client.get(CIM + 'T_List', {'Id': 4711}, fresh=True),
                     'NotFound')


def test_json(one):
    some_requests(one)
    kind, text = page(one, '/wsman-status?json')
    assert kind.startswith('application/json')
    got = json.loads(text)
    assert isinstance(got, dict) and got


def idle_numbers(server):
    """A request is counted when its reply has been sent: its client may ask
    before that."""
    until = time.monotonic() + 30
    while True:
        found = numbers(json.loads(page(server, '/wsman-status?json')[1]))
        if found['.active'] == 0 or time.monotonic() > until:
            return found


def test_counters_grow(one):
    """All children together: what others served is in it, too."""
    before = idle_numbers(one)
    some_requests(one)
    some_requests(one)
    after = idle_numbers(one)
    grown = {name: after[name] - before.get(name, 0) for name in after}
    assert 10 in grown.values(), (before, after)
    assert 2 in grown.values(), 'the faults are counted'


def numbers(value, name=''):
    """{path: number} of everything in a JSON value"""
    found = {}
    if isinstance(value, dict):
        for key, inner in value.items():
            found.update(numbers(inner, name + '.' + key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found.update(numbers(inner, '%s.%d' % (name, index)))
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        found[name] = value
    return found


def test_auto(one):
    some_requests(one)
    kind, text = page(one, '/wsman-status?auto')
    assert kind.startswith('text/plain')
    got = lines(text)
    assert got and all(re.match(r'\w', name) for name in got)


def test_page(one):
    kind, text = page(one, '/wsman-status')
    assert kind.startswith('text/html')
    assert '/anon' in text, 'the endpoints are named'


def test_section_of_mod_status(one):
    some_requests(one)
    kind, text = page(one, '/server-status')
    assert kind.startswith('text/html')
    assert 'WS-Man' in text


def test_section_of_mod_status_for_machines(one):
    some_requests(one)
    _, text = page(one, '/server-status?auto')
    ours = {name: value for name, value in lines(text).items()
            if name.lower().startswith('wsman')}
    assert ours, text


def test_no_status_in_numbers_after_a_graceful_restart(one):
    """Counters may begin anew; the page works."""
    some_requests(one)
    one.graceful()
    json.loads(page(one, '/wsman-status?json')[1])


def test_status_escapes_what_clients_say(one):
    with Client(one.url('/anon')) as client:
        client.get(CIM + 'A&B<script>alert(1)</script>')
    for path in ('/wsman-status', '/server-status'):
        assert '<script>alert' not in page(one, path)[1]


def test_notes_for_the_log(make_server):
    one = make_server('''
LogFormat "%{wsman-operation}n %{wsman-fault}n %{wsman-items}n %{WSMAN_CLASS}e" w
CustomLog {dir}/wsman.log w
<Location /anon>
    SetHandler wsman
</Location>
''')
    with Client(one.url('/anon')) as client:
        client.get(CIM + 'T_List', {'Id': 1})
        client.get(CIM + 'T_List', {'Id': 4711})
        client.enumerate(CIM + 'T_List', optimize=7)
        client.invoke(CIM + 'T_Echo', 'Pid')
    one.wait_for_log('Invoke', name='wsman.log')
    said = one.read('wsman.log').splitlines()
    assert said[0].startswith('Get - ') and said[0].endswith(' T_List')
    assert said[1].split()[1] not in ('-', ''), said
    assert said[2].split()[:3] == ['Enumerate', '-', '7'], said
    assert said[3].split()[0] == 'Invoke' and said[3].endswith('T_Echo')
