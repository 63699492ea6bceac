"""The daemon of remote shells as httpd starts, tells, watches and ends it."""
import http.client
import json
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess

import pytest

import server as httpd
from remote_shell import NO_SHELL, RSP, Shell, create, shells_of
from shell_fixtures import *  # noqa: F401,F403
from shell_fixtures import ACCOUNT, BASIC, all_gone, children, client_of, daemon, \
    descendants, name_of, parked, serving, until
from wsman import Client, assert_fault

ROOT = pytest.mark.skipif(os.getuid() != 0, reason='it takes root')
DIED = r'the shell daemon \(process \d+\) has died, and all remote shells'
QUOTA_OF_ALL = 2150859176
REFUSED = r'The account \S+ may not have a shell here'
STRANGER = 'a connection of somebody else than httpd was closed'
STATUS = '''
<Location /wsman-status>
    SetHandler wsman-status
</Location>
'''


def status(server):
    line = http.client.HTTPConnection('127.0.0.1', server.port, timeout=30)
    line.request('GET', '/wsman-status?json')
    found = json.loads(line.getresponse().read())
    line.close()
    return found


def rewrite(server, *pairs):
    """Other lines for the next restart"""
    for old, new in pairs:
        assert old in server.config
        server.config = server.config.replace(old, new)
    server._write_config()


def daemons(server):
    return [pid for pid in server.children()
            if name_of(pid) == 'wsman-shelld']


def descriptors(pid):
    """{number: what it is}"""
    folder = '/proc/%d/fd' % pid
    return {int(name): os.readlink(os.path.join(folder, name))
            for name in os.listdir(folder)}


def environment(pid):
    with open('/proc/%d/environ' % pid, 'rb') as file:
        return dict(line.split(b'=', 1)
                    for line in file.read().split(b'\0') if line)


# ---- what it is given

def test_five_descriptors_and_path(make_shells):
    one = make_shells(env={'HTTPD_SECRET': 'x'})
    pid = daemon(one)
    found = descriptors(pid)
    assert sorted(found) == [0, 1, 2, 3, 4] or set(found) > {0, 1, 2, 3, 4}
    assert found[0] == found[1] == '/dev/null'
    assert found[2].startswith('pipe:')
    assert found[3].startswith('socket:') and found[4].startswith('socket:')
    # What else it has it has opened itself: nothing that httpd has.
    theirs = set(descriptors(one.process.pid).values()) - {'/dev/null'}
    for number, what in found.items():
        if number > 4:
            assert what not in theirs, found
    assert list(environment(pid)) == [b'PATH']
    assert os.readlink('/proc/%d/cwd' % pid) == '/'
    with open('/proc/%d/stat' % pid) as file:
        fields = file.read().rpartition(')')[2].split()
    assert int(fields[1]) == one.process.pid
    assert int(fields[3]) == pid, 'a session of its own'


def test_children_have_neither_channel_nor_listener(make_shells):
    one = make_shells()
    with open('/proc/net/unix') as table:
        listening = {'socket:[%s]' % line.split()[6] for line in table
                     if one.path('wsman-shell.sock') in line}
    parent = descriptors(one.process.pid)
    control = {what for number, what in parent.items()
               if what in descriptors(daemon(one)).values()}
    # Nor has the parent: what it forks for other modules would have it, too.
    assert listening & set(descriptors(daemon(one)).values())
    assert not listening & set(parent.values())
    for pid in serving(one):
        theirs = set(descriptors(pid).values())
        assert not theirs & listening
        assert not theirs & (control - {'/dev/null'})


def test_a_shell_has_nothing_of_httpd(make_shells):
    """Neither its descriptors nor its environment"""
    one = make_shells(env={'HTTPD_SECRET': 'x', 'APACHE_RUN_DIR': '/x'})
    with client_of(one) as alice, Shell(alice) as shell:
        command = shell.start('exec sleep 1000')
        until(lambda: [pid for pid in descendants(daemon(one))
                       if name_of(pid) == 'sleep'])
        pid = [pid for pid in descendants(daemon(one))
               if name_of(pid) == 'sleep'][0]
        found = descriptors(pid)
        assert sorted(found) == [0, 1, 2], found
        theirs = set()
        for other in [one.process.pid, daemon(one)] + serving(one):
            theirs |= set(descriptors(other).values())
        assert not set(found.values()) & (theirs - {'/dev/null'})
        names = set(environment(pid))
        assert not [name for name in names
                    if name.startswith((b'HTTPD', b'APACHE', b'WSM'))]
        assert b'PATH' in names and b'HOME' in names
        shell.signal(command)


def test_socket_is_for_one_user(shells):
    info = os.stat(shells.path('wsman-shell.sock'))
    assert stat.S_ISSOCK(info.st_mode)
    assert stat.S_IMODE(info.st_mode) == 0o600
    user = shells.user or pwd.getpwuid(os.getuid()).pw_name
    assert info.st_uid == pwd.getpwnam(user).pw_uid


ASK = '''
import socket, struct, sys
line = socket.socket(socket.AF_UNIX)
line.settimeout(20)
try:
    line.connect(sys.argv[1])
except PermissionError:
    print('denied')
    sys.exit()
field = lambda tag, data: struct.pack('=HHI', tag, 0, len(data)) + data
body = field(2, b'alice') + field(3, b'root') + \\
    field(5, struct.pack('=q', 1)) + field(7, struct.pack('=q', 1 << 62))
try:
    line.sendall(struct.pack('=IHHI', 0x57534831, 3, 1, len(body)) + body)
    print('answered' if line.recv(12) else 'closed')
except ConnectionError:
    print('closed')
'''


def ask_as(user, path):
    """Who is let in to ask for all shells"""
    done = subprocess.run(
        ['setpriv', '--reuid', user, '--clear-groups', '--regid',
         str(pwd.getpwnam(user).pw_gid), '/usr/bin/python3', '-c', ASK, path],
        stdout=subprocess.PIPE, check=True, timeout=60)
    return done.stdout.decode().strip()


@ROOT
def test_other_users_are_refused(make_shells):
    """By the socket's mode; and by the daemon, if that were wrong"""
    one = make_shells(expect=(STRANGER,))
    path = one.path('wsman-shell.sock')
    assert one.user != 'nobody'
    assert ask_as(one.user, path) == 'answered'
    assert ask_as('nobody', path) == 'denied'
    os.chmod(path, 0o666)
    assert ask_as('nobody', path) == 'closed'


# ---- its death

def test_a_daemon_that_dies_comes_again(make_shells):
    """Its shells are gone, and said to be gone."""
    one = make_shells(STATUS, expect=(DIED,))
    old = daemon(one)
    with client_of(one) as alice:
        shell = Shell(alice)
        shell.start('sleep 1000')
        until(lambda: [pid for pid in descendants(old)
                       if name_of(pid) == 'sleep'])
        family = descendants(old)
        assert family
        os.kill(old, signal.SIGKILL)
        until(lambda: daemons(one) not in ([], [old]))
        until(lambda: all_gone(family))
        reply = shell.get()
        assert_fault(reply, 'UnexpectedSelectors')
        assert reply.fault.number == NO_SHELL
        assert shells_of(alice) == []
        with Shell(client_of(one)) as other:
            assert other.run('echo there').stdout == b'there\n'
    found = status(one)
    assert found['shellDaemon'] == {'pid': daemon(one), 'deaths': 1}
    assert re.search(DIED, one.read('error.log'))


def test_one_that_does_not_live_is_not_started_all_the_time(make_shells):
    one = make_shells(STATUS, expect=(DIED,))
    for _ in range(3):
        pid = until(lambda: daemons(one))[0]
        os.kill(pid, signal.SIGKILL)
        until(lambda: daemons(one) != [pid])
    one.wait_for_log('it does not live long')
    assert daemons(one) == []
    with client_of(one) as alice:
        assert_fault(create(alice), 'ResourceOffline')
    assert status(one)['shells'] is None
    until(lambda: daemons(one), 60)
    with client_of(one) as alice, Shell(alice) as shell:
        assert shell.run('echo there').stdout == b'there\n'


def test_a_child_that_dies_loses_nothing(make_shells):
    """In the middle of a Receive: the next one has every byte."""
    one = make_shells(STATUS, expect=(r'exit signal',))
    with client_of(one) as alice, Shell(alice) as shell:
        command = shell.start('cat')
        waiting = parked(shell, one, command)
        for pid in serving(one):
            os.kill(pid, signal.SIGKILL)
        with pytest.raises(Exception):
            waiting.result(30)
        until(lambda: serving(one))
        shell.client.close()
        until(lambda: status(one)['waiting'] == 0)
        shell.give(command, b'every byte', end='true')
        assert shell.collect(command).stdout == b'every byte'


# ---- restarts

def test_graceful_restarts_keep_shells(make_shells):
    """20 shells with a command each; the same daemon.  WSMAN_RESTARTS=200 is
    for nights."""
    one = make_shells()
    pid = daemon(one)
    alice = client_of(one)
    shells = [Shell(alice) for _ in range(20)]
    commands = [shell.start('cat') for shell in shells]
    for _ in range(int(os.environ.get('WSMAN_RESTARTS', '3'))):
        one.graceful()
    assert daemon(one) == pid
    alice.close()
    for number, (shell, command) in enumerate(zip(shells, commands)):
        shell.give(command, b'%d' % number, end='true')
        found = shell.collect(command)
        assert (found.stdout, found.code) == (b'%d' % number, 0)
    assert sorted(shells_of(alice)) == sorted(one.id for one in shells)
    for shell in shells:
        assert shell.delete().fault is None
    alice.close()


def test_a_restart_at_once_keeps_shells(make_shells):
    """SIGHUP: httpd's children are killed, the daemon is told."""
    one = make_shells()
    pid = daemon(one)
    with client_of(one) as alice, Shell(alice) as shell:
        command = shell.start('cat')
        alice.close()
        before = one.read('error.log').count(httpd.READY)
        one.process.send_signal(signal.SIGHUP)
        one.wait_for_log(httpd.READY, before + 1)
        assert daemon(one) == pid
        shell.give(command, b'x', end='true')
        assert shell.collect(command).stdout == b'x'


def test_policy_of_a_graceful_restart(make_shells):
    """It holds for the next call, whoever runs."""
    one = make_shells('WSManShellMaxShellsPerUser 1\n', expect=(REFUSED,))
    pid = daemon(one)
    with client_of(one) as alice, Shell(alice) as shell:
        assert_fault(create(alice), 'QuotaLimit', number=False)
        rewrite(one, ('MaxShellsPerUser 1', 'MaxShellsPerUser 2'),
                ('WSManShellPath ', 'WSManShellPath /opt/none:'))
        one.graceful()
        alice.close()
        with Shell(client_of(one)) as other:
            said = other.run('echo $PATH').stdout
            assert said.startswith(b'/opt/none:')
            assert not shell.run('echo $PATH').stdout.startswith(
                b'/opt/none:'), 'it is as it was made'
        rewrite(one, ('WSManShellAccounts %s\n' % ACCOUNT,
                      'WSManShellAccounts wsman-none\n'))
        one.graceful()
        alice.close()
        assert_fault(create(alice), 'AccessDenied', number=False)
    assert daemon(one) == pid


def test_no_more_shells(make_shells):
    """WSManShell is gone with a graceful restart, and is there again."""
    one = make_shells()
    with client_of(one) as alice:
        shell = Shell(alice)
        shell.start('sleep 1000')
        family = [daemon(one)] + descendants(daemon(one))
        rewrite(one, ('WSManShellAccounts', 'WSManShell Off\n'
                      'WSManShellAccounts'))
        one.graceful()
        until(lambda: all_gone(family), 5)
        assert not os.path.exists(one.path('wsman-shell.sock'))
        alice.close()
        assert_fault(shell.get(), 'InternalError', number=False)
        rewrite(one, ('WSManShell Off\n', ''))
        one.graceful()
        alice.close()
        assert_fault(shell.get(), 'UnexpectedSelectors')
        with Shell(client_of(one)) as other:
            assert other.run('echo there').stdout == b'there\n'


@pytest.mark.parametrize('line', ['WSManShellDaemon {dir}/other-shelld',
                                  'WSManShellSocket other.sock'])
def test_another_daemon_replaces_it(make_shells, line):
    """The old one ends with all shells, and it is said."""
    one = make_shells()
    shutil.copy(os.path.join(httpd.BUILD, 'wsman-shelld'),
                one.path('other-shelld'))
    old = daemon(one)
    with client_of(one) as alice:
        shell = Shell(alice)
        family = [old] + descendants(old)
        one.config += line + '\n'
        one._write_config()
        one.graceful()
        until(lambda: all_gone(family), 5)
        one.wait_for_log('its program or its socket is another one')
        alice.close()
        assert_fault(shell.get(), 'UnexpectedSelectors')
        with Shell(client_of(one)) as other:
            assert other.run('echo there').stdout == b'there\n'


def test_a_restart_that_fails_leaves_httpd(make_shells):
    """The daemon cannot be started any more; all else goes on."""
    one = make_shells(expect=('there are no remote shells', DIED))
    shutil.copy('/bin/false', one.path('broken-shelld'))
    one.config += 'WSManShellDaemon {dir}/broken-shelld\n'
    one._write_config()
    one.graceful()
    with client_of(one) as alice:
        assert_fault(create(alice), 'ResourceOffline')
    shutil.copy(os.path.join(httpd.BUILD, 'wsman-shelld'),
                one.path('good-shelld'))
    rewrite(one, ('broken', 'good'))
    one.graceful()
    with client_of(one) as alice, Shell(alice) as shell:
        assert shell.run('echo there').stdout == b'there\n'


# ---- the end

HARD = 'trap "" TERM HUP INT; (setsid sleep 1000 &) ; sleep 1000'


def family_of(server):
    """The daemon and all that its shells have, one that tries to escape."""
    alice = client_of(server)
    for _ in range(2):
        shell = Shell(alice)
        shell.start(HARD)
    until(lambda: len([pid for pid in descendants(daemon(server))
                       if name_of(pid) == 'sleep']) >= 4)
    alice.close()
    return [daemon(server)] + descendants(daemon(server))


def test_stop_leaves_no_process(make_shells):
    one = make_shells()
    family = family_of(one)
    one.stop()
    assert all_gone(family)
    assert not os.path.exists(one.path('wsman-shell.sock'))


def test_nothing_outlives_httpd(make_shells):
    """Its parent is killed."""
    one = make_shells()
    family = family_of(one)
    left = serving(one)
    one.process.kill()
    one.process.wait()
    until(lambda: all_gone(family))
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    one.process = None


def test_nor_with_cgid(make_shells):
    """Whose daemon is a fork of the parent, with all that it has open."""
    one = make_shells(modules=('cgid',))
    one.graceful()
    family = family_of(one)
    left = serving(one)
    one.process.kill()
    one.process.wait()
    until(lambda: all_gone(family))
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    one.process = None


# ---- what it says

def test_its_lines_come_into_the_log(make_shells):
    """By a pipe that httpd reads: with piped logs, too."""
    one = make_shells('ErrorLog "|$/bin/cat >> {dir}/error.log"\n'
                      '<Location /none>\n' + BASIC +
                      '    WSManShellAccount wsman-none\n</Location>\n',
                      expect=(REFUSED,))
    pid, said = daemon(one), 'shell daemon: shell .* not made for alice'
    for _ in range(2):
        one.graceful()
        before = len(re.findall(said, one.read('error.log')))
        with Client(one.url('/none'), 'alice', httpd.USERS['alice']) as alice:
            assert_fault(create(alice), 'AccessDenied', number=False)
        one.graceful()
        until(lambda: len(re.findall(said, one.read('error.log')))
              > before)
    line = [line for line in one.read('error.log').splitlines()
            if re.search(said, line)][0]
    assert re.search(r'\[wsman:\w+\] \[pid %d' % one.process.pid, line), line
    assert daemon(one) == pid
    assert descriptors(pid)[2].startswith('pipe:')


# ---- who

NAMES = ('nobody', 'nobody@EXAMPLE.ORG', 'EXAMPLE\\nobody', 'wsman-none')


@pytest.fixture
def named(make_shells):
    """Users with the names of accounts, of domains and realms"""
    def make(place):
        one = make_shells(start=False, expect=(REFUSED,))
        one.config = one.config.replace(
            '    WSManShellAccount ".*" %s\n' % ACCOUNT, place)
        with open(one.path('htpasswd'), 'a') as passwords:
            for name in NAMES:
                name = name.replace('nobody', ACCOUNT)
                passwords.write(httpd.htpasswd_line(name, 'Secret.4'))
        return one.start()
    return make


def may(server, name):
    """Does this user get a shell?  What is more: as ACCOUNT."""
    name = name.replace('nobody', ACCOUNT)
    with Client(server.url(), name, 'Secret.4') as client:
        reply = create(client)
        if reply.fault is not None:
            assert_fault(reply, 'AccessDenied', number=False)
            return False
        shell = Shell(client, shell_id=reply.text(
            './/rsp:Shell/rsp:ShellId'))
        assert shell.run('id -un').stdout.decode().strip() == ACCOUNT
        assert shell.delete().fault is None
        return True


@pytest.mark.parametrize('place, let_in', [
    ('', ('nobody',)),
    ('    WSManShellAccount %%{REMOTE_USER}\n', ('nobody',)),
    ('    WSManShellAccount None\n', ()),
    ('    WSManShellAccount wsman-none\n', ()),
    ('    WSManShellAccount "^([a-z]+)@EXAMPLE\\.ORG$" $1\n',
     ('nobody@EXAMPLE.ORG',)),
    ('    WSManShellAccount ^EXAMPLE\\\\\\\\([a-z]+)$ $1\n'
     '    WSManShellAccount @ None\n'
     '    WSManShellAccount %%{REMOTE_USER}\n',
     ('nobody', 'EXAMPLE\\nobody')),
    ('    WSManShellAccount .* %s\n', NAMES),
    ('    <If "%%{REMOTE_USER} == \'wsman-none\'">\n'
     '        WSManShellAccount None\n'
     '    </If>\n', ('nobody',)),
])
def test_accounts_of_users(named, place, let_in):
    if not ACCOUNT.isalpha():
        pytest.skip('the patterns are for letters')
    one = named(place % ACCOUNT if '%s' in place else
                place.replace('%%', '%'))
    assert tuple(name for name in NAMES if may(one, name)) == let_in


def test_nobody_has_no_shell(make_shells):
    """A Location without authentication"""
    one = make_shells('<Location /open>\n    SetHandler wsman\n'
                      '    WSManShellAccount %s\n</Location>\n' % ACCOUNT)
    with Client(one.url('/open')) as client:
        assert_fault(create(client), 'AccessDenied', number=False)


@ROOT
def test_the_same_name_at_another_endpoint(make_shells):
    """Where it is another account, it is somebody else."""
    one = make_shells('WSManShellAccounts daemon\n<Location /other>\n' +
                      BASIC + '    WSManShellAccount daemon\n</Location>\n')
    with client_of(one) as here, Shell(here) as shell, \
            Client(one.url('/other'), 'alice', httpd.USERS['alice']) as there:
        assert shells_of(here) == [shell.id] and shells_of(there) == []
        command = shell.start('cat')
        other = Shell(there, shell_id=shell.id)
        for reply in (other.get(), other.command('id'), other.delete(),
                      other.receive(command, timeout=1)):
            assert_fault(reply, 'UnexpectedSelectors')
        with Shell(there) as own:
            assert own.run('id -un').stdout == b'daemon\n'


ANY = '''
    <WSManResource "%s*" AnyOwner>
        Require user admin
    </WSManResource>
    <WSManResource "%s*">
        Require valid-user
    </WSManResource>
''' % (RSP, RSP)


def test_any_owner_sees_and_ends(make_shells):
    """And nothing else: input and output stay the owner's."""
    one = make_shells(place=ANY)
    with client_of(one) as alice, client_of(one, 'bob') as bob, \
            client_of(one, 'admin') as admin:
        shell = Shell(alice)
        command = shell.start('cat')
        assert shells_of(bob) == []
        for user, seen in ((bob, False), (admin, True)):
            other = Shell(user, shell_id=shell.id)
            reply = other.get()
            if seen:
                assert reply.fault is None, reply
                assert reply.text('.//rsp:Shell/rsp:Owner') == 'alice'
            else:
                assert_fault(reply, 'UnexpectedSelectors')
            for reply in (other.receive(command, timeout=1),
                          other.input(command, b'x'),
                          other.signal(command), other.command('id'),
                          other.disconnect(), other.connect()):
                assert_fault(reply, 'UnexpectedSelectors')
        assert_fault(Shell(bob, shell_id=shell.id).delete(),
                     'UnexpectedSelectors')
        assert shells_of(admin) == [shell.id]
        assert Shell(admin, shell_id=shell.id).delete().fault is None
        assert_fault(shell.get(), 'UnexpectedSelectors')


# ---- waiting

def test_waiters_are_bounded(make_shells):
    one = make_shells(STATUS, place='    WSManMaxWaiters 1\n')
    with client_of(one) as alice, Shell(alice) as shell:
        command = shell.start('cat')
        waiting = parked(shell, one, command)
        until(lambda: status(one)['waiting'] == 1)
        other = Shell(client_of(one))
        reply = other.receive(other.start('cat'), timeout=10)
        assert_fault(reply, 'QuotaLimit', number=False)
        assert reply.fault.number == QUOTA_OF_ALL
        other.close()
        shell.give(command, b'x', end='true')
        assert waiting.result(30).fault is None
        until(lambda: status(one)['waiting'] == 0)
        assert shell.take(command) is not None


def test_none_may_wait(make_shells):
    one = make_shells(place='    WSManMaxWaiters 0\n')
    with client_of(one) as alice, Shell(alice) as shell:
        reply = shell.receive(shell.start('cat'), timeout=10)
        assert_fault(reply, 'QuotaLimit', number=False)


# ---- what is told of them

def test_status(make_shells):
    one = make_shells(STATUS)
    with client_of(one) as alice, Shell(alice) as shell:
        shell.start('cat')
        found = status(one)
        assert found['shellDaemon'] == {'pid': daemon(one), 'deaths': 0}
        [told] = found['shells']
        assert told['id'] == shell.id
        assert (told['owner'], told['account']) == ('alice', ACCOUNT)
        assert (told['state'], told['commands']) == ('Connected', 1)
        assert told['pid'] in children(daemon(one))
        until(lambda: status(one)['endpoints'][0]['operations'][
            'Command'] == 1)
        line = http.client.HTTPConnection('127.0.0.1', one.port, timeout=30)
        for args in ('', '?auto'):
            line.request('GET', '/wsman-status' + args)
            text = line.getresponse().read().decode()
            assert 'WSManShells: 1\n' in text if args else shell.id in text
        line.close()


CONFIG = 'http://schemas.microsoft.com/wbem/wsman/1/config'


def test_winrm_config(make_shells):
    one = make_shells('WSManShellIdleTimeout 15m\n'
                      'WSManShellMaxShellsPerUser 7\n')
    with client_of(one) as alice:
        reply = alice.get(CONFIG + '/winrs')
        found = {node.tag.rpartition('}')[2]: node.text
                 for node in reply.body}
    assert found == {'AllowRemoteShellAccess': 'true',
                     'IdleTimeout': '900000', 'MaxShellRunTime': '0',
                     'MaxProcessesPerShell': '0', 'MaxMemoryPerShellMB': '0',
                     'MaxShellsPerUser': '7'}


# ---- wsmanctl shells

def ctl(*words, code=0):
    env = dict(os.environ, HOME='/nonexistent', LC_ALL='C.UTF-8')
    done = subprocess.run([os.path.join(httpd.BUILD, 'wsmanctl'), *words],
                          env=env, stdout=subprocess.PIPE, check=False,
                          stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == code, done
    return done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize('way', ['direct', 'url'])
def test_wsmanctl(make_shells, tmp_path, way):
    one = make_shells(place=ANY)
    secret = tmp_path / 'password'
    secret.write_text(httpd.USERS['admin'] + '\n')
    where = ('--state-dir', one.path('state')) if way == 'direct' else \
        ('--url', one.url(), '-u', 'admin', '--password-file', str(secret))
    assert ctl(*where, 'shells', '-o', 'json')[0].strip() == '[]'
    with client_of(one) as alice:
        shells = [Shell(alice) for _ in range(3)]
        told = json.loads(ctl(*where, 'shells', 'list', '-o', 'json')[0])
        assert [item['ShellId'] for item in told] == [
            shell.id for shell in shells]
        assert {item['Owner'] for item in told} == {'alice'}
        ctl(*where, 'shells', 'end', shells[0].id, shells[2].id)
        assert shells_of(alice) == [shells[1].id]
        said = ctl(*where, 'shells', 'end', shells[0].id, shells[1].id,
                   code=1)[1]
        assert shells[0].id in said and '1 shells could not' in said
        assert shells_of(alice) == []


@pytest.mark.once
def test_wsmanctl_without_shells(make_server):
    one = make_server('<Location /wsman>\n    SetHandler wsman\n</Location>\n')
    said = ctl('--state-dir', one.path('state'), 'shells', code=1)[1]
    assert 'not accept any remote shell' in said
    for words in (('end',), ('list', 'x'), ('stop',)):
        said = ctl('--state-dir', one.path('state'), 'shells', *words,
                   code=2)[1]
        assert 'shells end ID...' in said


