"""wsman run and wsman shell, our own client, with the shells of our server."""
import hashlib
import os
import random
import signal
import subprocess
import time

import pytest

import certificates
import server as httpd
from gss_fixtures import needed, realm  # noqa: F401
from remote_shell import shells_of
from shell_fixtures import *  # noqa: F401,F403
from shell_fixtures import (ACCOUNT, BASIC, calls, client_of, configuration,
                            daemon, descendants, serving, until)
from test_shell_client import Terminal, environment

WSMAN = os.path.join(httpd.BUILD, 'wsman')
ALL = 60


class Tool:
    """wsman of a user, with a server"""

    def __init__(self, server, folder, user='alice'):
        self.server, self.user = server, user
        self.secret = os.path.join(str(folder), 'password')
        with open(self.secret, 'w') as file:
            file.write(httpd.USERS[user] + '\n')
        os.chmod(self.secret, 0o600)

    def words(self, *words):
        return ['-h', self.server.url(), '-u', self.user, '--password-file',
                self.secret, *words]

    def start(self, *words, **how):
        return subprocess.Popen([WSMAN, *self.words(*words)],
                                env=environment(), **how)

    def __call__(self, *words, code=0, data=b''):
        """@return output, errors"""
        done = subprocess.run(
            [WSMAN, *self.words(*words)], env=environment(), input=data,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=ALL,
            check=False)
        said = done.stdout, done.stderr
        assert done.returncode == code, (done.returncode, said[0][:1000],
                                         said[1][:1000])
        return said


@pytest.fixture
def wsman(shells, tmp_path):
    return Tool(shells, tmp_path)


def shells_left(server, user='alice'):
    with client_of(server, user) as client:
        return shells_of(client)


# ---- Output and exit codes

def test_echo(wsman):
    assert wsman('run', 'echo', 'hello', 'world') == (b'hello world\n', b'')


def test_streams_apart(wsman):
    out, err = wsman('run', 'echo out; echo err >&2; echo out')
    assert (out, err) == (b'out\nout\n', b'err\n')


@pytest.mark.parametrize('line,code', [
    ('true', 0), ('false', 1), ('exit 42', 42), ('exit 255', 255),
    ('kill -9 $$', 137), ('kill -TERM $$', 143)])
def test_exit_codes(wsman, line, code):
    wsman('run', line, code=code)


def test_whose_it_is(wsman):
    out, _ = wsman('run', 'id -un')
    assert out.decode().strip() == ACCOUNT


def test_all_bytes(wsman):
    data = bytes(range(256)) * 40000
    out, _ = wsman('run', '--stdin', 'cat', data=data)
    assert len(out) == len(data)
    assert hashlib.sha256(out).digest() == hashlib.sha256(data).digest()


def test_much_output(wsman):
    out, _ = wsman('run', 'head -c 10000000 /dev/zero | tr "\\0" x; echo end')
    assert len(out) == 10000004 and out.strip(b'x') == b'end\n'


def test_much_input(wsman):
    data = random.Random(1).randbytes(10 << 20)
    out, _ = wsman('run', '--stdin', 'sha256sum', data=data)
    assert out.split()[0].decode() == hashlib.sha256(data).hexdigest()


def test_output_comes_as_it_comes(wsman):
    with wsman.start('run', '--stdin', 'echo ready; cat',
                     stdin=subprocess.PIPE, stdout=subprocess.PIPE) as tool:
        assert tool.stdout.read(6) == b'ready\n'
        for line in (b'one\n', b'two\n'):
            tool.stdin.write(line)
            tool.stdin.flush()
            assert tool.stdout.read(4) == line
        tool.stdin.close()
        assert tool.stdout.read() == b'' and tool.wait(ALL) == 0


def test_input_that_is_not_read(wsman):
    """More than anybody keeps, for a command that ends without it."""
    wsman('run', '--stdin', 'head -c 1; exit 5', data=b'x' * (8 << 20), code=5)


def test_input_that_is_read_late(wsman):
    data = b'x' * (4 << 20)
    out, _ = wsman('run', '--stdin', '-t', '1', 'sleep 4; wc -c', data=data)
    assert int(out) == len(data)


def test_no_input(wsman):
    assert wsman('run', 'cat', data=b'not read') == (b'', b'')


def test_unicode(wsman):
    text = 'ä€\U0001f600 \u65e5\u672c'
    out, _ = wsman('run', 'printf %%s "%s"' % text)
    assert out.decode() == text


# ---- What the command is given

def test_arguments_are_a_line(wsman):
    out, _ = wsman('run', 'printf', '[%s]', 'a  b', '"c  d"', '$HOME', '*x*')
    home = wsman('run', 'echo $HOME')[0].strip()
    assert out == b'[a][b][c  d][' + home + b'][*x*]'


def test_arguments_without_a_shell(wsman):
    out, _ = wsman('run', '--skip-shell', 'printf', '[%s]', 'a  b', '"c"', '',
                   ' $HOME ', '--', '-n', "'", '\\', 'x\n')
    assert out == b"[a  b][\"c\"][][ $HOME ][--][-n]['][\\][x\n]"


def test_environment_and_folder(wsman):
    out, _ = wsman('run', '--env', 'A= x  y=z ', '--env', 'B=', '--dir',
                   '/usr/lib', 'printf "%s|%s|" "$A" "${B-unset}"; pwd')
    assert out == b' x  y=z ||/usr/lib\n'


def test_no_such_folder(make_shells, tmp_path):
    server = make_shells(expect=['/no/such'])
    _, err = Tool(server, tmp_path)('run', '--dir', '/no/such', 'true',
                                    code=255)
    assert b'/no/such' in err


def test_no_such_command(wsman):
    _, err = wsman('run', 'no-such-command', code=127)
    assert b'not found' in err


def test_no_such_program(wsman):
    _, err = wsman('run', '--skip-shell', 'no-such-program', code=255)
    assert b'2147942402' in err


def test_code_page(wsman):
    out, _ = wsman('run', '--codepage', '1252', 'printf "\\303\\244"')
    assert out == b'\xe4'
    out, _ = wsman('run', '--codepage', '1252', '--stdin', 'od -An -tx1',
                   data=b'\xe4')
    assert out.split() == [b'c3', b'a4']


# ---- Signals

def started(wsman, line, *words):
    """A command that has begun."""
    tool = wsman.start('run', *words, 'echo ready; ' + line,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert tool.stdout.read(6) == b'ready\n'
    return tool


def test_interrupt(wsman):
    with started(wsman, 'exec sleep 600') as tool:
        tool.send_signal(signal.SIGINT)
        assert tool.wait(ALL) == 130


def test_interrupt_is_the_commands(wsman):
    with started(wsman, 'trap "echo caught; exit 7" INT; '
                 'while :; do sleep 0.1; done') as tool:
        tool.send_signal(signal.SIGINT)
        assert tool.stdout.read() == b'caught\n'
        assert tool.wait(ALL) == 7


def test_second_interrupt(wsman):
    with started(wsman, 'trap "echo no" INT; '
                 'while :; do sleep 0.1; done') as tool:
        tool.send_signal(signal.SIGINT)
        assert tool.stdout.read(3) == b'no\n'
        tool.send_signal(signal.SIGINT)
        assert tool.wait(ALL) > 128


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGHUP])
def test_ended(wsman, number):
    """The shell is gone, and what ran in it, when the tool is."""
    before = descendants(daemon(wsman.server))
    with started(wsman, '(sleep 600 & setsid sleep 600 & sleep 600)') as tool:
        running = set(descendants(daemon(wsman.server))) - set(before)
        assert len(running) >= 4
        tool.send_signal(number)
        assert tool.wait(ALL) == 128 + number
    assert shells_left(wsman.server) == []
    until(lambda: not any(os.path.exists('/proc/%d' % pid)
                          for pid in running))


def test_ended_while_nobody_reads(wsman):
    with started(wsman, 'yes') as tool:
        tool.terminate()
        assert tool.wait(ALL) == 143
    assert shells_left(wsman.server) == []


def test_killed(wsman):
    with started(wsman, 'exec sleep 600', '--idle-timeout', '2', '-t',
                 '1') as tool:
        assert shells_left(wsman.server) != []
        tool.kill()
        tool.wait(ALL)
    until(lambda: shells_left(wsman.server) == [], ALL)


def test_nobody_reads_the_output(wsman):
    done = subprocess.run(
        ['bash', '-c', '"$@" | head -c 5; exit ${PIPESTATUS[0]}', '-', WSMAN,
         *wsman.words('run', 'yes')], stdout=subprocess.PIPE, check=False,
        stderr=subprocess.PIPE, timeout=ALL, env=environment())
    assert done.returncode == 255
    assert (done.stdout, done.stderr) == (b'y\ny\ny', b'')
    assert shells_left(wsman.server) == []


# ---- What goes wrong

def test_wrong_password(shells, tmp_path):
    shells.expect('AH01617|AH01618')
    wrong = Tool(shells, tmp_path)
    with open(wrong.secret, 'w') as file:
        file.write('wrong\n')
    _, err = wrong('run', 'true', code=255)
    assert b'authentication' in err


def test_deleted_in_the_middle(wsman):
    with started(wsman, 'exec sleep 600') as tool:
        with client_of(wsman.server) as client:
            for one in shells_of(client):
                reply = client.send(
                    'http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete',
                    'http://schemas.microsoft.com/wbem/wsman/1/windows/shell'
                    '/cmd', {'ShellId': one})
                assert reply.fault is None
        assert tool.wait(ALL) == 255
        assert tool.stderr.read()


COUNT = 'i=0; while [ $i -lt 300 ]; do echo $i; i=$((i+1)); sleep 0.01; done'
COUNTED = b''.join(b'%d\n' % i for i in range(300))


def test_graceful_restarts_in_the_middle(make_shells, tmp_path):
    server = make_shells()
    wsman = Tool(server, tmp_path)
    with started(wsman, COUNT) as tool:
        for _ in range(3):
            server.graceful()
        assert tool.stdout.read() == COUNTED
        assert tool.wait(ALL) == 0


def test_children_killed_in_the_middle(make_shells, tmp_path):
    server = make_shells()
    server.expect('exit signal Killed|AH00052|AH00045')
    wsman = Tool(server, tmp_path)
    with started(wsman, COUNT) as tool:
        time.sleep(0.5)
        for pid in serving(server):
            os.kill(pid, signal.SIGKILL)
        assert tool.stdout.read() == COUNTED
        assert tool.wait(ALL) == 0


def test_server_ends_in_the_middle(make_shells, tmp_path):
    """The tool asks again at once; if a child still takes that, httpd has to
    kill it."""
    server = make_shells(expect=['AH0004[56]'])
    wsman = Tool(server, tmp_path)
    with started(wsman, 'exec sleep 600') as tool:
        server.wait_for_log('Receive', name='access.log')
        until(lambda: calls(server))  # the next one waits
        server.process.terminate()
        server.process.wait(ALL)
        server.process = None
        assert tool.wait(ALL) == 255
        assert tool.stderr.read()


# ---- Who asks

LINE = 'cat; echo of $((6*7)) >&2; exit 6'


def assert_runs(*words):
    """All three connections are needed: output, input, a signal."""
    done = subprocess.run([WSMAN, 'run', '--stdin', *words, LINE],
                          env=environment(), input=b'all of it', check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=ALL)
    assert (done.returncode, done.stdout, done.stderr) == (
        6, b'all of it', b'of 42\n'), done
    with subprocess.Popen([WSMAN, 'run', *words, 'echo ready; sleep 600'],
                          env=environment(), stdout=subprocess.PIPE) as tool:
        assert tool.stdout.read(6) == b'ready\n'
        tool.send_signal(signal.SIGINT)
        assert tool.wait(ALL) == 130


@needed[0]
def test_tickets(gss_shells):
    subprocess.run(['kinit', 'alice'], input=b'Secret.1\n', check=True,
                   stdout=subprocess.DEVNULL)
    assert_runs('--auth', 'negotiate',
                'http://localhost:%d/wsman' % gss_shells.port)


TLS = '''
Listen 127.0.0.1:{tls_port}
<VirtualHost 127.0.0.1:{tls_port}>
    ServerName localhost
    SSLEngine on
    SSLCertificateFile {dir}/tls.pem
    SSLCertificateKeyFile {dir}/tls.key
    SSLCACertificateFile {dir}/own.pem
    SSLVerifyClient optional
</VirtualHost>
'''
CERTIFICATE = '''
    SetHandler wsman
    AuthType WSMan
    AuthName WSMAN
    WSManAuthSchemes Certificate
    WSManCertMap issuer=%s subject=own@localhost user=alice
    Require valid-user
'''


def tls_server(make_shells, auth=None):
    server = make_shells(start=False, modules=['ssl'], expect=['AH01873'])
    httpd.make_certificate(server.dir)
    own = certificates.make(server.dir, 'own', upn='own@localhost')
    server.config = TLS + configuration(
        auth=auth % own.thumbprint if auth else BASIC)
    server.start()
    return server, own, ('--cacert', server.path('tls.pem'),
                         'https://localhost:%d/wsman' % server.tls_port)


def test_certificate(make_shells):
    _, own, there = tls_server(make_shells, CERTIFICATE)
    assert_runs('--cert', own.pem, '--key', own.key, *there)


def test_basic_over_tls(make_shells, tmp_path):
    server, _, there = tls_server(make_shells)
    assert_runs('-u', 'alice', '--password-file',
                Tool(server, tmp_path).secret, *there)


# ---- Shells for a person

PROMPT = b'<at your service>'


@pytest.fixture
def at(wsman):
    made = []

    def make(*words):
        made.append(Terminal(*wsman.words('shell', *words)))
        return made[-1]
    yield make
    for one in made:
        if one.tool.poll() is None:
            one.tool.kill()
            one.tool.wait()


def test_shell(wsman, at):
    here = at('--env', 'PS1=' + PROMPT.decode())
    here.type(b'echo $((6*7))\n')
    here.read_until(b'42')
    here.type(b'cd /usr/lib\npwd\n')
    here.read_until(b'\n/usr/lib')
    here.type(b'exit 9\n')
    assert PROMPT.decode() in here.end(9)


def test_end_of_input_ends_a_shell(wsman, at):
    here = at()
    here.type(b'echo go; false\n')
    here.read_until(b'\r\ngo')
    here.type(b'\x04')
    here.end(1)


def test_a_program_of_ones_own(wsman, at):
    here = at('cat')
    here.type(b'same to you\n')
    here.read_until(b'same to you\r\nsame to you')
    here.type(b'~.\n')
    here.end(255)
    assert shells_left(wsman.server) == []


def test_interrupt_leaves_the_shell(wsman, at):
    """What runs in it ends, the shell itself does not."""
    here = at('--env', 'SHELL=/bin/bash')
    for count in range(3):
        here.type(b'echo run$((%d+10)); sleep 600\n' % count)
        here.read_until(b'run1%d' % count)
        here.type(b'\x03')
    here.type(b'echo still $((6*7))\n')
    here.read_until(b'still 42')
    here.type(b'exit 0\n')
    here.end(0)


def test_left_and_come_back(wsman, at):
    here = at('--env', 'PS1=' + PROMPT.decode())
    here.type(b'name=kept; echo $((6*7))\n')
    here.read_until(b'42')
    here.type(b'~d\n')
    said = here.end(0)
    shell, = shells_left(wsman.server)
    assert '--attach ' + shell in said
    out, _ = wsman('shell', '--list', '-o', 'csv', '--columns',
                   'ShellId,State')
    assert out.split() == [b'ShellId,State',
                           shell.encode() + b',Disconnected']
    here = at('--attach', shell)
    here.type(b'echo $name $((6*9))\n')
    here.read_until(b'kept 54')
    here.type(b'exit 4\n')
    here.end(4)
    assert shells_left(wsman.server) == []


def test_come_back_to_no_shell(wsman):
    _, err = wsman('shell', '--attach', '00000000-0000-4000-8000-000000000000',
                   code=255)
    assert b'2150858843' in err


def test_list_of_nothing(wsman):
    assert wsman('shell', '--list', '-o', 'json')[0] == b'[]\n'
