"""conftest.py - one httpd a session and MPM, watched by its error log.

    /usr/bin/python3 -m pytest t/http --mpm event|worker|prefork

Fixtures: `server` is the standard server; `make_server(config, ...)` makes one
of a test's own; `alice`, `bob`, `admin` and `anon` are clients of it.
"""
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import server as httpd  # noqa: E402
import wsman            # noqa: E402

BASIC = '''
    AuthType Basic
    AuthName WSMAN
    AuthBasicProvider file
    AuthUserFile {dir}/htpasswd
    AuthGroupFile {dir}/groups
    Require valid-user
'''

# Endpoints of the standard server:
#   /wsman    Basic, Identify for everybody      /anon    no authentication
#   /authed   Basic, Identify too                /other   another repository
#   /limited  no authentication, small limits    /guarded <WSManResource>
# Whom httpd lets in is an administrator of all namespaces.
STANDARD = '''
ExtendedStatus On
WSManSid BA expr true
<Location /server-status>
    SetHandler server-status
</Location>
<Location /wsman>
    SetHandler wsman
    WSManIdentify Anonymous
''' + BASIC + '''
</Location>
<Location /authed>
    SetHandler wsman
    WSManIdentify Authenticated
''' + BASIC + '''
</Location>
<Location /anon>
    SetHandler wsman
</Location>
<Location /other>
    SetHandler wsman
    WSManRepository other
''' + BASIC + '''
</Location>
<Location /limited>
    SetHandler wsman
    WSManMaxEnvelopeSize 20000
    WSManOperationTimeout 2s
    WSManMaxElements 5
    WSManEnumerationTimeout 2s
</Location>
<Location /guarded>
    SetHandler wsman
''' + BASIC + '''
    <WSManResource "*" Put Create Delete>
        Require user admin
    </WSManResource>
    <WSManResource "*/R_Two">
        Require group operators
    </WSManResource>
    <WSManResource "*/T_Echo" Pid>
        Require all denied
    </WSManResource>
</Location>
'''


def pytest_addoption(parser):
    parser.addoption('--mpm', default='event',
                     choices=['event', 'worker', 'prefork'])
    parser.addoption('--keep', action='store_true',
                     help='leave the folders of the servers')


def pytest_configure(config):
    config.addinivalue_line('markers', 'once: with the event MPM only')


def pytest_collection_modifyitems(config, items):
    """What starts no httpd of ours is not run again for every MPM."""
    if config.getoption('--mpm') == 'event':
        return
    again = [item for item in items if 'mpm' in item.fixturenames
             and item.get_closest_marker('once') is None]
    config.hook.pytest_deselected(
        items=[item for item in items if item not in again])
    items[:] = again


@pytest.fixture(scope='session')
def mpm(request):
    return request.config.getoption('--mpm')


@pytest.fixture(scope='session')
def standard_server(mpm, request):
    started = httpd.Server(mpm, STANDARD)
    try:
        yield started.start()
        started.stop()
    finally:
        if not request.config.getoption('--keep'):
            started.remove()


def assert_quiet(watched):
    bad = watched.unexpected()
    assert not bad, 'the error log has:\n' + '\n'.join(bad)


@pytest.fixture
def server(standard_server):
    standard_server.unexpected()
    yield standard_server
    assert_quiet(standard_server)


@pytest.fixture
def make_server(mpm, request):
    """make_server(config, start=True, expect=[...], **Server's arguments)"""
    made = []

    def make(config, start=True, expect=(), **arguments):
        one = httpd.Server(mpm, config, **arguments)
        made.append(one)
        for pattern in expect:
            one.expect(pattern)
        return one.start() if start else one

    yield make
    for one in made:
        one.stop()
    try:
        for one in made:
            assert_quiet(one)
    finally:
        for one in made:
            if not request.config.getoption('--keep'):
                one.remove()


def client_of(user, path):
    @pytest.fixture
    def fixture(server):
        with wsman.Client(server.url(path), user,
                          httpd.USERS.get(user)) as client:
            yield client
    return fixture


alice = client_of('alice', '/wsman')
bob = client_of('bob', '/wsman')
admin = client_of('admin', '/wsman')
anon = client_of(None, '/anon')
