"""Shells outlive connections, processes of httpd and restarts; and they end
when their time has come."""
import http.client
import os
import signal
import uuid

import pytest

from gss_fixtures import *  # noqa: F401,F403
from remote_shell import NO_SHELL, RSP, Shell, create, read, shells_of
from shell_fixtures import *  # noqa: F401,F403
from shell_fixtures import all_gone, client_of, daemon, descendants, keeper, \
    parked, serving, until
from wsman import assert_fault

LONG = bool(os.environ.get('WSMAN_LONG'))


def new_uuid():
    return str(uuid.uuid4()).upper()


# ---- connections and children

def test_it_outlives_its_connection(shells):
    with client_of(shells) as client:
        shell = Shell(client)
        command = shell.start('read x; echo $x $ONE')
    with client_of(shells) as client, \
            Shell(client, shell_id=shell.id) as again:
        again.give(command, b'yes\n', 'true')
        assert again.collect(command).stdout == b'yes\n'


def test_it_outlives_what_made_it(make_shells):
    """Each call is answered by a process of httpd that begins with it."""
    server = make_shells(per_child=1)
    with Shell(client_of(server)) as shell:
        command = shell.start('cat')
        for turn in range(3):
            assert shell.input(command, b'%d\n' % turn,
                               fresh=True).fault is None
            got = read(shell.receive(command, fresh=True),
                       ['stdout', 'stderr'], command)
            assert got.stdout == b'%d\n' % turn
        shell.give(command, end='true')
        assert shell.collect(command).code == 0


def kill_all(server):
    """kill -9 of all that serve, and wait until httpd has noticed."""
    gone = serving(server)
    for pid in gone:
        os.kill(pid, signal.SIGKILL)
    until(lambda: not set(gone) & set(server.children()))


def test_children_killed_in_the_middle_of_a_receive(make_shells):
    """The next Receive has every byte."""
    server = make_shells(per_child=0)
    server.expect('exit signal|AH0005')
    with Shell(client_of(server)) as shell:
        command = shell.start('cat')
        waiting = parked(shell, server, command)
        kill_all(server)
        with pytest.raises((OSError, http.client.HTTPException)):
            waiting.result()
        until(lambda: answers(shell))
        shell.give(command, b'every byte', 'true')
        assert shell.collect(command).stdout == b'every byte'


def answers(shell):
    try:
        return shell.get(fresh=True).fault is None
    except (OSError, http.client.HTTPException):
        return False


LINES = 300000


def test_children_killed_while_output_flows(make_shells):
    """What was on its way when a process died comes again; nothing is
    missing, and nothing is told twice but what was on its way."""
    server = make_shells(per_child=0)
    server.expect('exit signal|AH0005')
    wanted = b''.join(b'%08d\n' % n for n in range(LINES))
    with Shell(client_of(server)) as shell:
        command = shell.start('seq -f %%08.0f 0 %d' % (LINES - 1))
        at = last = kills = turn = 0
        done = False
        while not done:
            turn += 1
            if turn % 2 == 0 and kills < 4:
                victims = serving(server)
                os.kill(victims[turn % len(victims)], signal.SIGKILL)
                kills += 1
            try:
                got = shell.take(command, fresh=turn % 2 == 0, size=100000)
            except (OSError, http.client.HTTPException):
                shell.client.close()
                continue
            if got is None:
                continue
            piece = got.stdout
            begin = at if wanted[at:at + len(piece)] == piece else last
            assert wanted[begin:begin + len(piece)] == piece, (at, last)
            last, at, done = begin, begin + len(piece), got.done
    assert at == len(wanted) and kills == 4


# ---- graceful restarts

def test_graceful_restarts(make_shells, mpm):
    """With open shells, of which each keeps its processes"""
    turns = 200 if LONG else 20 if mpm == 'event' else 5
    server = make_shells(per_child=0)
    # Generations that are going while the next ones come
    server.expect('AH03490')
    opened = [Shell(client_of(server)) for _ in range(5)]
    commands = [shell.start('while read x; do echo $x $$; done')
                for shell in opened]
    pids = [descendants(keeper(shell)) for shell in opened]
    first = daemon(server)
    for turn in range(turns):
        server.graceful()
        shell, command = (seq[turn % 5] for seq in (opened, commands))
        assert shell.input(command, b'%d\n' % turn, fresh=True).fault is None
        found = shell.collect(command, until=lambda found: found.stdout)
        number, pid = found.stdout.split()
        assert int(number) == turn and int(pid) in pids[turn % 5]
    assert daemon(server) == first
    assert [descendants(keeper(shell)) for shell in opened] == pids
    for shell, command in zip(opened, commands, strict=True):
        shell.give(command, end='true')
        assert shell.collect(command).code == 0
        shell.close()


def test_a_receive_over_a_graceful_restart(make_shells):
    """It is answered by the generation that is going."""
    server = make_shells(per_child=0)
    with Shell(client_of(server)) as shell:
        command = shell.start('cat')
        waiting = parked(shell, server, command, 8)
        server.graceful()
        assert shell.input(command, b'x', 'true', fresh=True).fault is None
        found = read(waiting.result(), ['stdout', 'stderr'], command)
        assert found.stdout == b'x'
        if not found.done:
            assert shell.collect(command).code == 0


def test_httpd_that_ends_takes_its_shells_with_it(make_shells):
    server = make_shells()
    shell = Shell(client_of(server))
    shell.start('setsid sleep 1000 & exec sleep 1000')
    pids = [daemon(server), keeper(shell)]
    until(lambda: len(descendants(keeper(shell))) >= 2)
    pids += descendants(keeper(shell))
    shell.client.close()
    server.stop()
    until(lambda: all_gone(pids))


def test_a_configuration_that_changes(make_shells):
    """A graceful restart tells the daemon; shells that are there stay."""
    server = make_shells()
    with Shell(client_of(server)) as shell:
        with open(server.path('httpd.conf'), 'a') as conf:
            conf.write('WSManShellMaxShellsPerUser 1\n')
        server.graceful()
        until(lambda: answers(shell))
        with client_of(server) as client:
            assert create(client).fault.number == 2150859173
        assert shell.run('echo still').stdout == b'still\n'


# ---- disconnected (MS-WSMV 3.1.4.15 to 3.1.4.17)

def in_session(server, session=None):
    """A shell that can be disconnected: its id and its session are the
    client's."""
    return Shell(client_of(server), session=session or 'uuid:' + new_uuid(),
                 ShellId=new_uuid())


def state_of(shell):
    return shell.get().text('.//rsp:Shell/rsp:State')


def elsewhere(shell, server, session=None, user='alice'):
    """The same shell, for another client."""
    return Shell(client_of(server, user), shell_id=shell.id,
                 session=session or 'uuid:' + new_uuid())


def assert_empty(reply):
    assert reply.fault is None and reply.body is None, reply


def test_disconnect_and_reconnect(shells):
    with in_session(shells) as shell:
        command = shell.start('read x; echo got $x; read y; echo and $y')
        assert state_of(shell) == 'Connected'
        assert_empty(shell.disconnect())
        assert state_of(shell) == 'Disconnected'
        assert shell.id in shells_of(shell.client)
        for reply in (shell.command('true'), shell.input(command, b'x\n'),
                      shell.receive(command), shell.signal(command)):
            fault = reply.fault
            assert fault is not None and reply.status == 500, reply
            assert fault.number != NO_SHELL, reply
        assert shell.disconnect().fault.number == 2150859215
        assert_empty(shell.reconnect())
        assert state_of(shell) == 'Connected'
        assert shell.reconnect().fault.number == 2150859216
        shell.give(command, b'one\ntwo\n', 'true')
        assert shell.collect(command).stdout == b'got one\nand two\n'


def test_it_goes_on_while_it_is_disconnected(shells):
    with in_session(shells) as shell:
        command = shell.start('read x; echo one; sleep 0.1; echo two; exit 6')
        shell.give(command, b'\n', 'true')
        assert_empty(shell.disconnect())
        until(lambda: descendants(keeper(shell)) == [])
        assert_empty(shell.reconnect())
        found = shell.collect(command)
        assert (found.stdout, found.code) == (b'one\ntwo\n', 6)


def test_a_receive_that_waits_ends_with_the_disconnect(shells):
    with in_session(shells) as shell:
        command = shell.start('cat')
        waiting = parked(shell, shells, command)
        assert_empty(shell.disconnect())
        fault = waiting.result().fault
        assert (fault.subcode, fault.number) == ('w:InternalError',
                                                 2150859204)
        assert_empty(shell.reconnect())
        shell.give(command, b'x', 'true')
        assert shell.collect(command).stdout == b'x'


def test_another_client_connects(shells):
    """Of the same owner, and only then"""
    shell = in_session(shells)
    command = shell.start('read x; echo $x')
    assert_empty(shell.disconnect())
    with client_of(shells, 'bob') as bob:
        theirs = Shell(bob, shell_id=shell.id, session='uuid:' + new_uuid())
        assert_fault(theirs.connect(), 'UnexpectedSelectors')
        assert_fault(theirs.reconnect(), 'UnexpectedSelectors')
        theirs.client.close()
    other = elsewhere(shell, shells)
    assert other.reconnect().fault.number == 2150859206
    reply = other.connect()
    assert reply.fault is None, reply
    assert reply.body.tag == '{%s}ConnectResponse' % RSP, reply
    other.give(command, b'taken\n', 'true')
    assert other.collect(command).stdout == b'taken\n'
    other.close()
    shell.client.close()


def test_a_shell_without_a_session_cannot_be_disconnected(shell):
    reply = shell.disconnect()
    assert reply.fault.number == 2150859205, reply
    assert reply.fault.subcode == 'w:UnsupportedFeature', reply
    assert shell.run('echo x').stdout == b'x\n'


def test_block(shells):
    """While it is disconnected, who writes waits; every byte is there."""
    size = 3000000
    with in_session(shells) as shell:
        command = shell.start('head -c %d /dev/zero' % size)
        assert_empty(shell.disconnect(buffer='Block'))
        assert_empty(shell.reconnect())
        assert shell.collect(command).stdout == b'\0' * size


def test_drop(shells):
    """Nobody waits; what is oldest is lost."""
    count = 1000000
    with in_session(shells) as shell:
        command = shell.start('read x; seq -f %%08.0f 1 %d' % count)
        assert_empty(shell.disconnect(buffer='Drop'))
        assert shell.input(command, b'\n').fault is not None
        assert_empty(shell.reconnect())
        shell.give(command, b'\n', 'true')
        assert_empty(shell.disconnect(buffer='Drop'))
        until(lambda: descendants(keeper(shell)) == [])
        assert_empty(shell.reconnect())
        found = shell.collect(command).stdout
        assert found.endswith(b'%08d\n' % count)
        assert len(found) < 9 * count
        # in order, and nothing is missing within
        first = int(found[-(len(found) // 9 * 9):][:8])
        assert found.endswith(b''.join(
            b'%08d\n' % n for n in range(first, count + 1)))


# ---- time

def test_idle_timeout(shells):
    """An abandoned shell goes, with all that runs in it."""
    with client_of(shells) as client:
        shell = Shell(client, idle=1)
        assert shell.made.text('.//rsp:IdleTimeOut') == 'PT1.000S'
        shell.start('setsid sleep 1000 & sleep 1000')
        until(lambda: len(descendants(keeper(shell))) >= 2)
        pids = descendants(keeper(shell))
        until(lambda: shell.id not in shells_of(client))
        until(lambda: all_gone(pids))
        assert_fault(shell.get(), 'UnexpectedSelectors')


def test_who_calls_is_not_idle(shells):
    with Shell(client_of(shells), idle=1) as shell:
        command = shell.start('sleep 2.5; echo late')
        assert shell.collect(command, timeout=0.4).stdout == b'late\n'


def test_who_waits_is_not_idle(shells):
    with Shell(client_of(shells), idle=1) as shell:
        command = shell.start('sleep 2.5; echo late')
        assert shell.take(command, timeout=20).stdout == b'late\n'


def test_idle_timeout_of_a_disconnect(shells):
    with client_of(shells) as client:
        shell = in_session(shells)
        assert_empty(shell.disconnect(idle=1))
        shell.client.close()
        until(lambda: shell.id not in shells_of(client))


def test_lifetime(shells):
    """However busy it is"""
    with client_of(shells) as client:
        shell = Shell(client, lifetime=1)
        command = shell.start('yes')
        until(lambda: shell.receive(command).fault is not None)
        until(lambda: shell.id not in shells_of(client))


def test_bounds_of_time(make_shells):
    """What the configuration says goes before what the client says."""
    server = make_shells('WSManShellIdleTimeout 20s\n'
                         'WSManShellMaxIdleTimeout 30s\n'
                         'WSManShellMaxLifetime 2s\n')
    with client_of(server) as client:
        shell = Shell(client)
        assert shell.made.text('.//rsp:IdleTimeOut') == 'PT20.000S'
        assert shell.made.text('.//rsp:MaxIdleTimeOut') == 'PT30.000S'
        other = Shell(client, idle=1000, lifetime=1000)
        assert other.made.text('.//rsp:IdleTimeOut') == 'PT30.000S'
        until(lambda: shells_of(client) == [])


def test_bad_lines_are_said(make_shells):
    for line, said in (('WSManShellIdleTimeout 0', 'WSManShellIdleTimeout'),
                       ('WSManShellUmask 9', 'umask'),
                       ('WSManShellAccounts a:b', 'account')):
        server = make_shells(line + '\n', start=False)
        code, text = server.check_config()
        assert code != 0 and said in text, (line, text)
