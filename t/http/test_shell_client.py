"""wsman run and wsman shell against a service that does what a test says:
answers that come late, in parts, or not at all (shell_service.py)."""
import errno
import os
import pty
import select
import signal
import subprocess
import termios
import time

import pytest

import server as httpd
from shell_service import (RSP, UNKNOWN_SHELL, Broken, Fault, Service, done,
                           of, stream, timed_out)

WSMAN = os.path.join(httpd.BUILD, 'wsman')
EVERY_BYTE = bytes(range(256))


def environment():
    env = dict(os.environ, HOME='/nonexistent', ASAN_OPTIONS='detect_leaks=0')
    for name in ('WSMAN_ENDPOINT', 'WSMAN_USER', 'WSMAN_PASSWORD_FILE',
                 'NETRC'):
        env.pop(name, None)
    return env


def call(*words, code=0, data=b''):
    """Runs wsman.  @return output, errors"""
    finished = subprocess.run([WSMAN, *words], input=data, env=environment(),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=60, check=False)
    said = finished.stdout, finished.stderr.decode()
    assert finished.returncode == code, (finished.returncode, said)
    return said


def start(*words, **how):
    return subprocess.Popen([WSMAN, *words], env=environment(), **how)


def when(event, text):
    """An answer that waits."""
    def answer():
        assert event.wait(30)
        return text
    return answer


# ---- Output

def test_output_apart_and_in_order():
    with Service([stream('stdout', b'one\n') + stream('stderr', b'E1'),
                  stream('stdout', EVERY_BYTE),
                  stream('stdout', b'', True) + stream('stderr', b'E2', True)
                  + done(0)]) as service:
        out, err = call('run', service.url, 'x')
        assert out == b'one\n' + EVERY_BYTE and err == 'E1E2'
        assert service.heard == ['Create', 'Command'] + ['Receive'] * 3 + [
            'Signal', 'Delete']
        assert service.signals == ['terminate']


def test_output_comes_as_it_comes():
    with Service() as service:
        service.script = [stream('stdout', b'first'),
                          when(service.ended, stream('stdout', b'-last')
                               + done(0))]
        with start('run', service.url, 'x', stdout=subprocess.PIPE) as tool:
            assert tool.stdout.read(5) == b'first'
            service.ended.set()
            assert tool.stdout.read() == b'-last'
            assert tool.wait(30) == 0


def test_waiting_is_no_failure():
    with Service([timed_out()] * 5 + [done(0)]) as service:
        call('run', service.url, 'x')
        assert len(service.sent('Receive')) == 6


@pytest.mark.parametrize('code,status', [
    (0, 0), (1, 1), (137, 137), (255, 255), (256, 1), (0xC000013A, 0x3A),
    (-1, 255)])
def test_exit_codes(code, status):
    with Service([done(code)]) as service:
        call('run', service.url, 'x', code=status)


def test_no_exit_code():
    with Service([done(None)]) as service:
        _, err = call('run', service.url, 'x', code=255)
        assert 'exit code' in err


def test_other_streams_are_not_ours():
    with Service([stream('stdout', b'a') + '<rsp:Stream Name="stdout" '
                  'CommandId="another">Yg==</rsp:Stream>' + done(0)]
                 ) as service:
        assert call('run', service.url, 'x')[0] == b'a'


# ---- What is asked for

def test_what_is_sent():
    with Service([done(0)]) as service:
        call('run', '--env', 'A=1', '--dir', '/srv/x y', '--env', 'B=a=b',
             '--skip-shell', '--no-profile', '--codepage', '437',
             '--idle-timeout', '90', service.url, 'printf', '--env', '-n', '',
             'ä <&>')
        create, command = service.messages[:2]
        assert [(v.get('Name'), v.text) for v in
                create.iterfind('.//{*}Variable')] == [('A', '1'),
                                                       ('B', 'a=b')]
        assert of(create, './/{*}WorkingDirectory') == '/srv/x y'
        assert of(create, './/{*}IdleTimeOut') == 'PT90.000S'
        assert of(create, './/{*}InputStreams') == ''
        options = {o.get('Name'): o.text for m in (create, command)
                   for o in m.iterfind('.//{*}Option')}
        assert options == {
            'WINRS_NOPROFILE': 'TRUE', 'WINRS_CODEPAGE': '437',
            'WINRS_CONSOLEMODE_STDIN': 'TRUE', 'WINRS_SKIP_CMD_SHELL': 'TRUE'}
        assert of(command, './/{*}Command') == 'printf'
        assert [a.text or '' for a in command.iterfind('.//{*}Arguments')] == [
            '--env', '-n', '', 'ä <&>']
        sessions = {of(m, './/{*}SessionId') for m in service.messages}
        assert len(sessions) == 1 and sessions.pop().startswith('uuid:')


def test_what_is_sent_otherwise():
    with Service([done(0)]) as service:
        call('run', service.url, 'x')
        create = service.messages[0]
        assert create.find('.//{*}Environment') is None
        assert create.find('.//{*}WorkingDirectory') is None
        assert of(create, './/{*}IdleTimeOut') == 'PT900.000S'
        options = {o.get('Name'): o.text
                   for o in create.iterfind('.//{*}Option')}
        assert options == {'WINRS_NOPROFILE': 'FALSE',
                           'WINRS_CODEPAGE': '65001'}


@pytest.mark.parametrize('words', [
    ('run', 'URL', 'ls', '-l', '--', '-v'),
    ('run', 'URL', '--', 'ls', '-l', '--', '-v'),
    ('-q', 'run', '--dir', '/', 'URL', '-q', 'ls', '-l', '--', '-v'),
    ('-h', 'URL', 'run', 'ls', '-l', '--', '-v'),
    ('run', '-h', 'URL', 'ls', '-l', '--', '-v'),
])
def test_options_of_the_command_are_its_own(words):
    with Service([done(0)]) as service:
        call(*[service.url if word == 'URL' else word for word in words])
        command = service.messages[1]
        assert of(command, './/{*}Command') == 'ls'
        assert [a.text for a in command.iterfind('.//{*}Arguments')] == [
            '-l', '--', '-v']


@pytest.mark.parametrize('words', [
    ('run', RSP + '/fish', 'ls', '-l'), ('-h', 'URL', 'run', RSP + '/fish',
                                         'ls', '-l')])
def test_another_resource(words):
    with Service([done(0)]) as service:
        words = [service.url if word == 'URL' else word for word in words]
        subprocess.run([WSMAN, *words], check=True, timeout=60,
                       env=dict(environment(), WSMAN_ENDPOINT=service.url))
        assert {of(m, './/{*}ResourceURI') for m in service.messages} == {
            RSP + '/fish'}
        assert of(service.messages[1], './/{*}Command') == 'ls'
        assert [a.text for a in service.messages[1].iterfind(
            './/{*}Arguments')] == ['-l']


def test_shell_at_the_usual_endpoint():
    with Service([done(3)]) as service:
        finished = subprocess.run(
            [WSMAN, 'shell'], check=False, timeout=60, input=b'',
            env=dict(environment(), WSMAN_ENDPOINT=service.url))
        assert finished.returncode == 3


def test_a_command_with_a_dash():
    with Service([done(0)]) as service:
        call('run', service.url, '--', '-odd')
        assert of(service.messages[1], './/{*}Command') == '-odd'


@pytest.mark.parametrize('words', [
    ('run',), ('run', 'URL'), ('-h', 'URL', 'run'), ('run', 'URL', '-x', 'y'),
    ('run', '--env', 'A', 'URL', 'x'), ('run', '--codepage', '0', 'URL', 'x'),
    ('run', '--idle-timeout', 'long', 'URL', 'x'), ('shell',),
    ('run', '--list', 'URL', 'x'), ('shell', '--attach', 'ID', 'URL', 'x')])
def test_wrong_use_sends_nothing(words):
    with Service() as service:
        words = [service.url if word == 'URL' else word for word in words]
        finished = subprocess.run([WSMAN, *words], env=environment(),
                                  stdin=subprocess.DEVNULL, check=False,
                                  stdout=subprocess.PIPE, timeout=60,
                                  stderr=subprocess.PIPE)
        assert finished.returncode in (2, 255) and finished.stderr
        assert finished.stdout == b'' and service.heard == []


def test_what_cannot_be_sent():
    with Service() as service:
        _, err = call('run', service.url, 'a\x01b', code=255)
        assert 'cannot be sent' in err
        assert service.heard == ['Create', 'Delete']


# ---- Input

def test_input():
    data = EVERY_BYTE * 8000
    with Service() as service:
        service.script = [when(service.ended, done(0))]
        call('run', '--stdin', service.url, 'x', data=data)
        assert service.input == data
        assert of(service.sent('Create')[0], './/{*}InputStreams') == 'stdin'
        ends = [m.find('.//{*}Stream').get('End')
                for m in service.sent('Send')]
        assert ends[-1] == 'true' and set(ends[:-1]) <= {None}
        largest = max(len(of(m, './/{*}Stream')) for m in service.sent('Send'))
        assert largest < 512000


def test_input_in_small_envelopes():
    data = EVERY_BYTE * 400
    with Service() as service:
        service.script = [when(service.ended, done(0))]
        call('run', '--stdin', '--max-envelope-size', '20000', service.url,
             'x', data=data)
        assert service.input == data
        assert all(len(of(m, './/{*}Stream')) < 20000
                   for m in service.sent('Send'))


def test_no_input_is_an_end():
    with Service() as service:
        service.script = [when(service.ended, done(0))]
        call('run', '--stdin', service.url, 'x')
        assert service.input == b'' and len(service.sent('Send')) == 1


def test_input_that_is_not_read():
    """The service says that it timed out: the same is sent again."""
    with Service() as service:
        service.script = [when(service.ended, done(0))]
        again = iter([timed_out(), timed_out()])

        def send(message, on_send=service.on_send):
            for fault in again:
                raise fault
            return on_send(message)
        service.on_send = send
        call('run', '--stdin', service.url, 'x', data=b'data')
        assert service.input == b'data'


def test_the_command_ends_before_its_input():
    with Service([done(4)]) as service:
        with start('run', '--stdin', service.url, 'x',
                   stdin=subprocess.PIPE) as tool:
            assert tool.wait(30) == 4
        assert service.heard[-2:] == ['Signal', 'Delete']


def test_input_is_refused():
    with Service(answers={'Send': Fault(5, 'no input today')}) as service:
        service.script = [when(service.deleted, done(0))]
        _, err = call('run', '--stdin', service.url, 'x', data=b'data',
                      code=255)
        assert 'no input today' in err and service.heard[-1] == 'Delete'


# ---- Signals

def running(service, *words, **how):
    tool = start(*words, **how)
    assert service.receiving.wait(30)
    return tool


def test_interrupt_asks_the_command():
    with Service() as service:
        service.script = [when(service.signalled, done(130))]
        with running(service, 'run', service.url, 'x') as tool:
            tool.send_signal(signal.SIGINT)
            assert tool.wait(30) == 130
        assert service.signals == ['ctrl_c', 'terminate']
        assert service.heard[-1] == 'Delete'


def wait_until(condition):
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_second_interrupt_ends_it():
    with Service() as service:
        service.script = [when(service.deleted, done(0))]

        def receive():
            wait_until(lambda: service.signals == ['ctrl_c', 'terminate'])
            raise Fault(87, 'no such command')
        service.script = [receive]
        with running(service, 'run', service.url, 'x',
                     stderr=subprocess.PIPE) as tool:
            tool.send_signal(signal.SIGINT)
            wait_until(lambda: service.signals == ['ctrl_c'])
            tool.send_signal(signal.SIGINT)
            assert tool.wait(30) == 130
            assert tool.stderr.read() == b''
        assert service.heard[-1] == 'Delete'


def test_third_interrupt_does_not_wait():
    with Service() as service:
        service.script = [when(service.deleted, done(0))]
        with running(service, 'run', service.url, 'x') as tool:
            for count in range(1, 4):
                tool.send_signal(signal.SIGINT)
                wait_until(lambda: len(service.signals) >= min(count, 2))
            assert tool.wait(30) == 130
        assert service.heard[-1] == 'Delete'


def test_quit_is_break():
    with Service() as service:
        service.script = [when(service.signalled, done(131))]
        with running(service, 'run', service.url, 'x') as tool:
            tool.send_signal(signal.SIGQUIT)
            assert tool.wait(30) == 131
        assert service.signals[0] == 'ctrl_break'


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGHUP])
def test_ended(number):
    with Service() as service:
        service.script = [when(service.deleted, done(0))]
        with running(service, 'run', service.url, 'x') as tool:
            tool.send_signal(number)
            assert tool.wait(30) == 128 + number
        assert service.heard[-1] == 'Delete'


def test_ended_while_the_output_is_not_read():
    with Service([stream('stdout', b'x' * 300000)]) as service:
        read, write = os.pipe()
        with running(service, 'run', service.url, 'x', stdout=write) as tool:
            os.close(write)
            select.select([read], [], [], 30)
            tool.terminate()
            assert tool.wait(30) == 143
        os.close(read)
        assert service.heard[-1] == 'Delete'


def test_ended_while_it_is_made():
    """Nobody has been told of the shell, but it may be there."""
    with Service() as service:
        def create(_):
            service.receiving.set()
            service.deleted.wait(30)
            return ''
        service.on_create = create
        with running(service, 'run', service.url, 'x') as tool:
            tool.send_signal(signal.SIGINT)
            assert tool.wait(30) == 130
        assert service.heard == ['Create', 'Delete']
        create, delete = service.messages
        assert create.find('.//{*}Shell').get('ShellId') == of(
            delete, './/{*}Selector')


# ---- What goes wrong

def test_faults():
    for step in ('Create', 'Command', 'Receive'):
        with Service(answers={step: Fault(UNKNOWN_SHELL, 'no such shell')}
                     ) as service:
            out, err = call('run', service.url, 'x', code=255)
            assert out == b'' and 'no such shell' in err
            assert '2150858843' in err
            assert (service.heard[-1] == 'Delete') == (step != 'Create')


def test_nobody_listens():
    url = 'http://127.0.0.1:%d/' % httpd.free_port()
    _, err = call('run', url, 'x', code=255)
    assert 'cannot connect' in err


def test_a_broken_connection_is_made_again():
    with Service([stream('stdout', b'one'), Broken(), Broken(),
                  stream('stdout', b'-two') + done(0)]) as service:
        assert call('run', service.url, 'x')[0] == b'one-two'


def test_an_answer_that_was_cut_is_a_failure():
    """Some of it may have come: what it said is lost."""
    with Service([Broken(200)]) as service:
        _, err = call('run', service.url, 'x', code=255)
        assert 'transfer' in err and service.heard[-1] == 'Delete'


def test_server_gone():
    service = Service()
    service.script = [stream('stdout', b'a'), Broken()]
    with running(service, 'run', service.url, 'x', stdout=subprocess.PIPE,
                 stderr=subprocess.PIPE) as tool:
        assert tool.stdout.read(1) == b'a'
        service.close()
        assert tool.wait(60) == 255
        assert tool.stderr.read()


def test_nobody_reads_the_output():
    with Service([stream('stdout', b'x' * 100000)] * 10) as service:
        finished = subprocess.run(
            '%s run %s x | head -c 5; echo ${PIPESTATUS[0]}' % (
                WSMAN, service.url), shell=True, executable='/bin/bash',
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
            env=environment(), check=True)
        assert finished.stdout == b'xxxxx255\n' and finished.stderr == b''
        assert service.heard[-1] == 'Delete'


def test_nonsense():
    for answer in ('<rsp:Other/>', '<rsp:ReceiveResponse><rsp:Stream '
                   'Name="stdout">!</rsp:Stream></rsp:ReceiveResponse>'):
        with Service(answers={'Receive': answer}) as service:
            _, err = call('run', service.url, 'x', code=255)
            assert 'not understood' in err and service.heard[-1] == 'Delete'


# ---- Shells for a person

class Terminal:
    """wsman shell at a terminal."""

    def __init__(self, *words):
        self.terminal, inside = pty.openpty()
        self.before = termios.tcgetattr(inside)
        self.inside = inside

        def own():
            os.setsid()
            import fcntl
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        self.tool = start(*words, stdin=inside, stdout=inside,
                          stderr=subprocess.PIPE, preexec_fn=own)

    def type(self, text):
        os.write(self.terminal, text)

    def read_until(self, text):
        seen = b''
        while text not in seen:
            assert select.select([self.terminal], [], [], 30)[0], seen
            try:
                seen += os.read(self.terminal, 4096)
            except OSError as error:
                assert error.errno != errno.EIO, seen
                raise
        return seen

    def end(self, code):
        assert self.tool.wait(30) == code, self.tool.stderr.read()
        assert termios.tcgetattr(self.inside) == self.before
        said = self.tool.stderr.read().decode()
        self.tool.stderr.close()
        os.close(self.inside)
        os.close(self.terminal)
        return said


def test_shell():
    with Service() as service:
        service.script = [stream('stdout', b'$ '),
                          when(service.ended, stream('stdout', b'bye\n')
                               + done(7))]
        at = Terminal('shell', service.url)
        at.read_until(b'$ ')
        at.type(b'ls\n~/x\n~~a\n~.b\n')
        wait_until(lambda: service.input == b'ls\n~/x\n~a\n~.b\n')
        at.type(b'\x04')
        at.read_until(b'bye')
        assert at.end(7) == ''
        assert 'SHELL' in of(service.sent('Command')[0], './/{*}Command')
        create = service.sent('Create')[0]
        assert [(v.get('Name'), v.text) for v in
                create.iterfind('.//{*}Variable')] == [('TERM', 'dumb')]
        assert create.find('.//{*}IdleTimeOut') is None
        assert create.find('.//{*}InputStreams').text == 'stdin'
        command = service.sent('Command')[0]
        assert command.find('.//{*}Option[@Name="WINRS_CONSOLEMODE_STDIN"]'
                            ).text == 'TRUE'


def test_shell_of_windows():
    with Service([done(0)], vendor='Microsoft Corporation') as service:
        call('shell', service.url)
        assert of(service.sent('Command')[0], './/{*}Command') == 'cmd'


def test_shell_of_ones_own():
    with Service([done(0)]) as service:
        call('shell', '--env', 'TERM=vt100', service.url, 'fish', '-i')
        assert 'Identify' not in service.heard
        command = service.sent('Command')[0]
        assert of(command, './/{*}Command') == 'fish'
        assert of(command, './/{*}Arguments') == '-i'
        assert [v.text for v in service.sent('Create')[0].iterfind(
            './/{*}Variable')] == ['vt100']


def test_shell_without_a_terminal():
    """A script: no line of it is for us."""
    script = b'~.\n~d\necho\n'
    with Service() as service:
        service.script = [when(service.ended, done(0))]
        call('shell', service.url, data=script)
        assert service.input == script


def test_interrupts_in_a_shell():
    """Each is the command's, whatever their number."""
    with Service() as service:
        service.script = [stream('stdout', b'$ '), when(service.ended,
                                                        done(0))]
        at = Terminal('shell', service.url)
        at.read_until(b'$ ')
        for count in range(1, 5):
            at.type(b'\x03')
            wait_until(lambda: len(service.signals) == count)
        at.type(b'\x04')
        at.end(0)
        assert service.signals == ['ctrl_c'] * 4 + ['terminate']


def test_shell_is_ended():
    with Service() as service:
        service.script = [stream('stdout', b'$ '), when(service.deleted, '')]
        at = Terminal('shell', service.url)
        at.read_until(b'$ ')
        at.type(b'~?\n~.\n')
        assert '~d' in at.end(255)
        assert service.input == b'' and service.heard[-1] == 'Delete'


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGHUP])
def test_terminal_after_a_signal(number):
    with Service() as service:
        service.script = [stream('stdout', b'$ '), when(service.deleted, '')]
        at = Terminal('shell', service.url)
        at.read_until(b'$ ')
        at.tool.send_signal(number)
        at.end(128 + number)
        assert service.heard[-1] == 'Delete'


def test_left_and_come_back():
    with Service() as service:
        service.script = [stream('stdout', b'$ '), when(service.deleted, '')]
        at = Terminal('shell', service.url, '--idle-timeout', '300')
        at.read_until(b'$ ')
        at.type(b'~d\n')
        said = at.end(0)
        assert '--attach %s' % service.shell in said and service.url in said
        assert service.heard[-1] == 'Disconnect'
        assert of(service.messages[-1], './/{*}IdleTimeOut') == 'PT300.000S'
        assert not service.deleted.is_set() and service.signals == []

        before = of(service.messages[-1], './/{*}SessionId')
        service.heard.clear()
        service.messages.clear()
        service.script = [stream('stdout', b'here again') + done(5)]
        assert call('shell', '--attach', service.shell, service.url,
                    code=5)[0] == b'here again'
        assert [name for name in service.heard if name != 'Send'] == [
            'Connect', 'Enumerate', 'Receive', 'Signal', 'Delete']
        for message in service.messages:
            if 'Enumerate' not in of(message, './/{*}Action'):
                assert of(message, './/{*}Selector') == service.shell
            assert of(message, './/{*}SessionId') != before


def test_come_back_to_nothing():
    with Service() as service:
        _, err = call('shell', '--attach', 'SOME-ID', service.url, code=255)
        assert 'no command' in err
    with Service(answers={'Connect': Fault(UNKNOWN_SHELL, 'gone')}) as service:
        _, err = call('shell', '--attach', 'SOME-ID', service.url, code=255)
        assert 'gone' in err and service.heard == ['Connect']
    with Service(answers={'Enumerate': Fault(5, 'not you')}) as service:
        _, err = call('shell', '--attach', 'SOME-ID', service.url, code=255)
        assert 'not you' in err
        assert service.heard == ['Connect', 'Enumerate', 'Disconnect']


def test_list():
    items = ''.join(
        '<rsp:Shell><rsp:ShellId>%s</rsp:ShellId><rsp:State>Connected'
        '</rsp:State></rsp:Shell>' % name for name in 'AB')
    with Service(answers={'Enumerate': (
            '<n:EnumerateResponse><n:EnumerationContext/><w:Items>%s</w:Items>'
            '<w:EndOfSequence/></n:EnumerateResponse>' % items)}) as service:
        out, _ = call('shell', '--list', service.url, '-o', 'csv',
                      '--columns', 'ShellId,State')
        assert out.decode().split() == ['ShellId,State', 'A,Connected',
                                        'B,Connected']
        assert of(service.messages[0], './/{*}ResourceURI') == RSP
        out, _ = call('shell', '--list', service.url)
        assert b'ShellId' in out
