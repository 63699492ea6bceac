"""shell_fixtures.py - servers with remote shells, and clients of them.

A test module takes them all: from shell_fixtures import *

As root the shells are of ACCOUNT, which is neither root nor the user of
httpd's children; otherwise of who runs the tests.
"""
import os
import pwd
import shutil
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import server as httpd
from gss_fixtures import GSS, HEAD, USERS
from remote_shell import Shell, delete_all
from wsman import Client

__all__ = ['client', 'gss_shells', 'make_shells', 'shell', 'shell_server',
           'shells']

ACCOUNT = 'nobody' if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
STANDIN = os.path.join(httpd.ROOT, 't', 'interop', 'standin')

BASIC = '''
    SetHandler wsman
    AuthType Basic
    AuthName WSMAN
    AuthBasicProvider file
    AuthUserFile {dir}/htpasswd
    Require valid-user
'''

DAEMON = '''
WSManShell cmd %s
WSManShellAccounts %s
WSManShellDaemon {build}/wsman-shelld
WSManShellPAM Off
WSManShellPath {dir}/bin:/usr/local/bin:/usr/bin:/bin
'''

PLACE = '''
<Location /wsman>
%s
    WSManShellAccount ".*" %s
%s
</Location>
'''

WORK = '#!/bin/sh\ncd %s && exec /bin/sh "$@"\n'


def configuration(config='', place='', auth=BASIC, program='/bin/sh',
                  account=ACCOUNT):
    return DAEMON % (program, account) + config + PLACE % (
        auth, account, place)


def prepare(server, standin=False, workplace=False):
    os.mkdir(server.path('bin'))
    if standin:
        shutil.copy(os.path.join(STANDIN, 'pwsh'), server.path('bin'))
    if workplace:
        os.mkdir(server.path('work'))
        if server.user:
            shutil.chown(server.path('work'), ACCOUNT)
        with open(server.path('bin', 'work-sh'), 'w') as script:
            script.write(WORK % server.path('work'))
        os.chmod(server.path('bin', 'work-sh'), 0o755)


@pytest.fixture
def make_shells(make_server):
    """make_shells(config, place, standin=True: with a pwsh, workplace=True:
    commands run in the folder work of the server)"""
    def make(config='', place='', standin=False, workplace=False, start=True,
             auth=BASIC, **how):
        program = '{dir}/bin/work-sh' if workplace else '/bin/sh'
        one = make_server(configuration(config, place, auth, program),
                          start=False, **how)
        prepare(one, standin, workplace)
        return one.start() if start else one
    return make


@pytest.fixture(scope='session')
def shell_server(mpm, request):
    one = httpd.Server(mpm, configuration())
    prepare(one)
    try:
        yield one.start()
        one.stop()
    finally:
        if not request.config.getoption('--keep'):
            one.remove()


@pytest.fixture
def shells(shell_server):
    """The server that most tests of shells share"""
    shell_server.unexpected()
    yield shell_server
    with client_of(shell_server, 'alice') as alice:
        left = delete_all(alice)
    bad = shell_server.unexpected()
    assert not bad, 'the error log has:\n' + '\n'.join(bad)
    assert left == [], 'shells are left'


def client_of(server, user='alice', timeout=60):
    return Client(server.url(), user, httpd.USERS[user], timeout=timeout)


@pytest.fixture
def client(shells):
    with client_of(shells) as one:
        yield one


@pytest.fixture
def shell(client):
    """Alice's, on the shared server"""
    with Shell(client) as one:
        yield one


@pytest.fixture
def gss_shells(make_shells, realm):
    """With Negotiate and Kerberos"""
    one = make_shells(HEAD, auth=GSS, start=False, env=realm.env)
    shutil.copy(realm.path('keytab'), one.path('keytab'))
    # The last is what masterzen's client makes of any user.
    with open(one.path('ntlm'), 'w') as users:
        users.write(USERS + '%s:alice:Secret.1\n'
                    % os.uname().nodename.partition('.')[0].upper()[:15])
    for name in ('keytab', 'ntlm'):
        os.chmod(one.path(name), 0o600)
        if one.user:
            shutil.chown(one.path(name), one.user)
    return one.start()


def until(what, seconds=30):
    """Waits until what() is true, not longer than that.  @return what it is"""
    end = time.monotonic() + seconds
    while True:
        found = what()
        if found:
            return found
        assert time.monotonic() < end, 'it does not become true'
        time.sleep(0.02)


# ---- processes

def daemon(server):
    """The process id of its wsman-shelld."""
    found = [pid for pid in server.children() if name_of(pid) ==
             'wsman-shelld']
    assert len(found) == 1, found
    return found[0]


def keeper(shell):
    """The process id of what holds a shell."""
    reply = shell.get()
    assert reply.fault is None, reply
    return int(reply.text('.//rsp:Shell/rsp:ProcessId'))


def name_of(pid):
    try:
        with open('/proc/%d/comm' % pid) as comm:
            return comm.read().strip()
    except OSError:
        return None


def children(pid):
    """Process ids, those of all its threads."""
    found = []
    try:
        for thread in os.listdir('/proc/%d/task' % pid):
            with open('/proc/%d/task/%s/children' % (pid, thread)) as kids:
                found += [int(word) for word in kids.read().split()]
    except OSError:
        pass
    return found


def descendants(pid):
    found = []
    for child in children(pid):
        found += [child] + descendants(child)
    return found


def serving(server):
    """httpd's children, without the daemon."""
    return [pid for pid in server.children()
            if name_of(pid) != 'wsman-shelld']


def all_gone(pids):
    return not any(os.path.exists('/proc/%d' % pid) for pid in pids)


def calls(server):
    """How many calls of the daemon are under way; one is a Receive that
    waits."""
    with open('/proc/net/unix') as table:
        lines = [line.split() for line in table]
    # the sixth column is the state, 03 is connected; the last is the path,
    # of the accepting side
    return sum(line[5] == '03' and line[-1] == server.path('wsman-shell.sock')
               for line in lines)


def parked(shell, server, command, timeout=30, others=0):
    """A Receive that waits: a future of its reply.  Nothing goes on meanwhile
    but so many others that wait."""
    until(lambda: calls(server) == others)

    def receive():
        beside = shell.beside()
        try:
            return beside.receive(command, timeout=timeout)
        finally:
            beside.client.close()

    pool = ThreadPoolExecutor(1)
    future = pool.submit(receive)
    pool.shutdown(wait=False)
    until(lambda: calls(server) > others)
    return future
