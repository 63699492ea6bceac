"""Remote shells where things happen at once, or do not end by themselves."""
import os
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from gss_fixtures import *  # noqa: F401,F403
from remote_shell import CMD, NO_SHELL, RSP, TIMED_OUT, Shell, commands_of, \
    create, element, header, shells_of
from shell_fixtures import *  # noqa: F401,F403
from shell_fixtures import all_gone, calls, client_of, descendants, keeper, \
    name_of, parked, until
from wsman import envelope, headers, new_id


# ---- what does not end by itself

def test_what_a_command_leaves_behind(shells):
    """A command is over when its first process is, whoever has its output;
    what is left goes with the shell."""
    with Shell(client_of(shells)) as shell:
        found = shell.run('sleep 1000 & echo $!')
        left = int(found.stdout)
        assert found.code == 0 and os.path.exists('/proc/%d' % left)
        assert commands_of(shell) == []
    until(lambda: all_gone([left]))


@pytest.mark.parametrize('line', [
    'trap "" TERM INT QUIT HUP; echo ready; while :; do sleep 0.1; done',
    'echo ready; kill -STOP $$',
    'echo ready; (setsid sleep 1000 &) ; exec sleep 1000',
])
def test_who_does_not_want_to_end(shells, line):
    """Terminate ends it all the same; so does Delete."""
    for how in ('Signal', 'Delete'):
        with Shell(client_of(shells)) as shell:
            command = shell.start(line)
            shell.collect(command, until=lambda got: got.stdout == b'ready\n')
            pids = until(lambda: descendants(keeper(shell)))
            if how == 'Signal':
                assert shell.signal(command).fault is None
                until(lambda: not os.path.exists('/proc/%d' % pids[0]))
                assert shell.run('echo x').stdout == b'x\n'
                pids = descendants(keeper(shell))
        assert all_gone(pids)


def test_processes_without_end(shells):
    """They are made as fast as they are killed."""
    with Shell(client_of(shells)) as shell:
        shell.start('f() { sleep 0.01; f & }; for i in 1 2 3 4 5; do f; done')
        until(lambda: len(descendants(keeper(shell))) > 3)
        root = keeper(shell)
    until(lambda: descendants(root) == [])


# ---- at once

def test_delete_while_a_receive_waits(shells):
    with Shell(client_of(shells)) as shell:
        command = shell.start('cat')
        waiting = parked(shell, shells, command)
        other = shell.beside()
        other.close()
        fault = waiting.result().fault
        assert fault is not None and fault.number in (995, NO_SHELL), fault
        assert shell.get().fault.number == NO_SHELL
        # for what the `with` deletes
        again = Shell(client_of(shells))
        shell.id = again.id
        again.client.close()


def test_delete_while_a_send_waits(shells):
    shell = Shell(client_of(shells))
    command = shell.start('exec sleep 1000')

    def fill():
        beside = shell.beside()
        try:
            while True:
                reply = beside.input(command, b'x' * 300000, timeout=20)
                if reply.fault is not None:
                    return reply
        finally:
            beside.client.close()

    with ThreadPoolExecutor(1) as pool:
        filling = pool.submit(fill)
        pid = until(lambda: descendants(keeper(shell)))[0]
        until(lambda: name_of(pid) == 'sleep')
        shell.close()
        assert filling.result().fault.number in (995, NO_SHELL)


def test_many_deletes(shells):
    """One has done it; the others hear that it is gone."""
    shell = Shell(client_of(shells))
    shell.start('sleep 1000')
    besides = [shell.beside() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda one: one.delete(), besides))
    for one in besides + [shell]:
        one.client.close()
    faults = [reply.fault for reply in replies if reply.fault is not None]
    assert 0 <= len(faults) <= 5
    assert all(fault.number in (995, NO_SHELL) for fault in faults), faults


def test_shells_made_and_ended_at_once(shells):
    def turn(number):
        with Shell(client_of(shells)) as shell:
            return shell.run('echo %d' % number).stdout == b'%d\n' % number

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(turn, range(64)))


def test_a_client_that_goes_while_it_waits(make_shells):
    """Its Receive gives the place of a waiter back, and loses nothing."""
    server = make_shells(place='WSManMaxWaiters 1')
    with Shell(client_of(server)) as shell:
        command = shell.start('cat')
        text = envelope(headers(RSP + '/Receive', CMD, {'ShellId': shell.id},
                                new_id(), extra=header(timeout=60)),
                        element('Receive', element(
                            'DesiredStream', 'stdout', CommandId=command)))
        line = socket.create_connection(('127.0.0.1', server.port), 60)
        line.sendall(('POST /wsman HTTP/1.1\r\nHost: h\r\nAuthorization: %s'
                      '\r\nContent-Type: application/soap+xml;charset=UTF-8'
                      '\r\nContent-Length: %d\r\n\r\n' % (
                          shell.client.auth, len(text)) + text).encode())
        until(lambda: calls(server) == 1)
        line.close()
        until(lambda: shell.receive(command, timeout=0.2).fault.number ==
              TIMED_OUT)
        shell.give(command, b'all', 'true')
        assert shell.collect(command).stdout == b'all'


# ---- bounds

def test_command_lines_of_all_lengths(shells, shell):
    """What no process can get (execve(2)) is refused."""
    shells.expect('Argument list too long')
    for size in (1000, 100000):
        assert len(shell.run('echo ' + 'x' * size).stdout) == size + 1
    for size in (140000, 300000):
        reply = shell.command('echo ' + 'x' * size)
        assert reply.fault is not None, 'a line of %d' % size
    assert shell.run('echo x').stdout == b'x\n'


def test_many_arguments(shell):
    found = shell.run('printf', ['%s\n'] + ['a b'] * 2000,
                      options={'WINRS_SKIP_CMD_SHELL': 'TRUE'})
    assert found.stdout == b'a b\n' * 2000
    reply = shell.command('echo', ['x'] * 4200)
    assert reply.fault is not None and reply.fault.code == 's:Sender', reply


@pytest.mark.parametrize('timeout', ['PT0S', '-PT5S', 'PT', 'x', 'PT0.001S'])
def test_times_of_a_receive(shell, timeout):
    """Over at once, or no time at all; never for ever."""
    command = shell.start('cat')
    reply = shell.client.send(
        RSP + '/Receive', CMD, {'ShellId': shell.id},
        element('Receive', element('DesiredStream', 'stdout',
                                   CommandId=command)),
        '<w:OperationTimeout>%s</w:OperationTimeout>' % timeout)
    assert reply.fault is not None
    assert (reply.fault.number == TIMED_OUT or
            reply.fault.code == 's:Sender'), reply
    shell.give(command, end='true')
    shell.collect(command)


def test_a_shell_that_ends_in_the_middle(shells):
    """Its command is asked for by everybody while its time is over."""
    with client_of(shells) as client:
        for _ in range(5):
            shell = Shell(client, lifetime=1)
            command = shell.start('yes')
            while True:
                reply = shell.receive(command)
                if reply.fault is not None:
                    break
            assert reply.fault.number in (995, NO_SHELL), reply
        until(lambda: shells_of(client) == [])


def test_refused_requests_leave_nothing(shells):
    with client_of(shells) as client:
        for _ in range(40):
            assert create(client, directory='/nonexistent').fault is not None
        assert shells_of(client) == []
