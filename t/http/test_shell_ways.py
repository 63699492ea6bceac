"""Remote shells by other ways than HTTP/1.1 on a connection of the client's own:
HTTP/2, where requests share one, and httpd's proxy."""
import hashlib
import http.client
import os
import subprocess

import pytest

import server as httpd
from remote_shell import RSP, TERMINATE, Shell, element, header, read
from shell_fixtures import *  # noqa: F401,F403
from shell_fixtures import calls, client_of, configuration, until
from test_wsman_run import TLS, Tool
from wsman import Client, Reply, envelope, headers, new_id

pytestmark = pytest.mark.once


def has_http2():
    if not os.path.exists(os.path.join(httpd.MODULES, 'mod_http2.so')):
        return False
    said = subprocess.run(['curl', '--version'], stdout=subprocess.PIPE,
                          check=False).stdout
    return b'HTTP2' in said


http2 = pytest.mark.skipif(not has_http2(),
                           reason='tool missing: curl and httpd with HTTP/2')


class Http2(Client):
    """curl, which has a connection of its own for each post."""

    def __init__(self, server, folder):
        super().__init__('https://localhost:%d/wsman' % server.tls_port,
                         'alice', httpd.USERS['alice'])
        self.server, self.folder = server, str(folder)

    def file(self, name, number):
        return os.path.join(self.folder, '%s%d' % (name, number))

    def start(self, *texts):
        """All of them at once, on one connection."""
        words = ['curl', '-Z', '--no-progress-meter']
        for number, text in enumerate(texts):
            with open(self.file('sent', number), 'w') as out:
                out.write(text)
            words += ['--next'] * (number > 0) + [
                '-sS', '--http2', '--cacert', self.server.path('tls.pem'),
                '-H', 'Authorization: ' + self.auth, '-H', 'Expect:', '-H',
                'Content-Type: application/soap+xml;charset=UTF-8',
                '--data-binary', '@' + self.file('sent', number), '-o',
                self.file('got', number), '-D', self.file('head', number),
                '-w', '%{num_connects}\n', self.url]
        return subprocess.Popen(words, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    def replies(self, process, count):
        """In the order in which they were asked for"""
        out, err = process.communicate(timeout=self.timeout)
        assert process.returncode == 0, err.decode()
        assert sum(int(line) for line in out.split()) == 1, 'connections'
        replies = []
        for number in range(count):
            with open(self.file('head', number), 'rb') as text:
                version, status = text.readline().split()[:2]
                head = http.client.parse_headers(text)
            with open(self.file('got', number), 'rb') as text:
                replies.append(Reply(int(status), head, text.read()))
            assert version == b'HTTP/2'
        return replies

    def post(self, text, *_, **__):
        return self.replies(self.start(text), 1)[0]


@pytest.fixture
def over_http2(make_shells, tmp_path):
    server = make_shells(start=False, modules=['ssl', 'http2'],
                         expect=['AH01873'])
    httpd.make_certificate(server.dir)
    server.config = 'Protocols h2 http/1.1\n' + TLS.replace(
        'SSLCACertificateFile {dir}/own.pem\n    SSLVerifyClient optional',
        'Protocols h2 http/1.1') + configuration()
    return Http2(server.start(), tmp_path)


def request(shell, action, body, timeout=30):
    return envelope(headers(RSP + '/' + action, shell.uri,
                            {'ShellId': shell.id}, new_id(),
                            extra=header(timeout)), body)


def receive(shell, command):
    return request(shell, 'Receive', element('Receive', element(
        'DesiredStream', 'stdout stderr', CommandId=command)))


def send(shell, command, text):
    return request(shell, 'Send', element('Send', element(
        'Stream', text, Name='stdin', CommandId=command, End='true')))


@http2
def test_many_bytes_over_http2(over_http2):
    with Shell(over_http2) as shell:
        found = shell.run('head -c 3000000 /dev/zero; echo x >&2; exit 4')
        assert (found.stdout, found.stderr, found.code) == (
            b'\0' * 3000000, b'x\n', 4)
        data = os.urandom(200000)
        found = shell.run('sha256sum', data=data)
        assert found.stdout.split()[0].decode() == hashlib.sha256(
            data).hexdigest()


@http2
def test_receives_wait_beside_others_on_a_connection(over_http2):
    """What they wait for comes by the same connection."""
    with Shell(over_http2) as shell:
        commands = [shell.start('cat; exit %d' % n) for n in range(4)]
        texts = [receive(shell, one) for one in commands] + \
            [send(shell, one, 'eHh4') for one in commands]
        replies = over_http2.replies(over_http2.start(*texts), len(texts))
        for number, command in enumerate(commands):
            assert replies[4 + number].fault is None, replies[4 + number]
            got = read(replies[number], ['stdout', 'stderr'], command)
            assert got.stdout == b'xxx'
            if not got.done:
                got = shell.collect(command)
            assert got.code == number


@http2
def test_a_client_of_http2_that_goes_while_it_waits(over_http2):
    """What it did not get is there for the next one."""
    server = over_http2.server
    with Shell(over_http2) as shell:
        command = shell.start('cat')
        waiting = over_http2.start(receive(shell, command))
        until(lambda: calls(server) == 1)
        waiting.kill()
        waiting.communicate()
        with client_of(server) as client:
            other = Shell(client, shell_id=shell.id)
            other.give(command, b'every byte', 'true')
            assert other.collect(command).stdout == b'every byte'
            other.signal(command, TERMINATE)


def test_behind_a_proxy(make_shells, make_server, tmp_path):
    """Passwords need no connection of their own."""
    back = make_shells()
    front = make_server('ProxyPass /wsman %s\n' % back.url(),
                        modules=('proxy', 'proxy_http'))
    with Shell(client_of(front)) as shell:
        found = shell.run('head -c 3000000 /dev/zero; exit 4')
        assert (found.stdout, found.code) == (b'\0' * 3000000, 4)
        command = shell.start('cat')
        assert shell.take(command, timeout=0.2) is None
        beside = [shell.beside() for _ in range(3)]
        for one in beside:
            one.give(command, b'x')
            one.client.close()
        shell.give(command, end='true')
        assert shell.collect(command).stdout == b'xxx'
        shell.signal(command)
    out, err = Tool(front, tmp_path)('run', '--stdin', 'cat; echo e >&2',
                                     data=b'by the proxy')
    assert (out, err) == (b'by the proxy', b'e\n')
