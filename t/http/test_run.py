"""make run and make stop: what a new user types first."""
import os
import pwd
import re
import shutil
import socket
import stat
import subprocess
import tempfile
import textwrap

import pytest

import server as httpd

RUN = os.path.join(httpd.ROOT, 't/tools/run')


def free_pair():
    """Two free ports, one after the other."""
    for _ in range(100):
        port = httpd.free_port()
        with socket.socket() as probe:
            try:
                probe.bind(('127.0.0.1', port + 1))
                return port
            except OSError:
                continue
    raise RuntimeError('no two free ports')


class Trial:
    def __init__(self, folder, user=None):
        self.folder, self.user = folder, user
        self.port = free_pair()

    def words(self, *command):
        if not self.user:
            return list(command)
        return ['setpriv', '--reuid', self.user, '--clear-groups', '--regid',
                str(pwd.getpwnam(self.user).pw_gid), *command]

    def __call__(self, verb, port=None, code=0):
        command = self.words(RUN, verb)
        env = dict(os.environ, RUN_DIR=self.folder, HOME='/tmp',
                   PORT=str(port or self.port))
        for name in ('MAKEFLAGS', 'MFLAGS', 'MAKELEVEL', 'MAKE', 'B', 'SAN'):
            env.pop(name, None)
        done = subprocess.run(command, stdout=subprocess.PIPE, env=env,
                              stderr=subprocess.STDOUT, check=False,
                              timeout=600, stdin=subprocess.DEVNULL)
        said = done.stdout.decode()
        assert done.returncode == code, said
        return said


@pytest.fixture(params=['this user', 'a normal user'])
def trial(request):
    if httpd.SAN:
        pytest.skip('make run has no sanitizers')
    user = None
    folder = tempfile.mkdtemp(prefix='wsman-run-', dir='/tmp')
    if request.param == 'a normal user':
        if os.getuid() != 0:
            pytest.skip('this is one')
        user = 'nobody'
        shutil.chown(folder, user)
    else:
        os.chmod(folder, 0o755)
    one = Trial(folder, user)
    yield one
    one('stop')
    shutil.rmtree(folder, ignore_errors=True)


def test_run_and_stop(trial):
    said = trial('start')
    assert 'IdentifyResponse' in said or 'ProtocolVersion' in said
    for cls in ('Win32_OperatingSystem', 'Win32_LogicalDisk',
                'Win32_Process'):
        assert cls in said
    password = os.path.join(trial.folder, 'password')
    assert stat.S_IMODE(os.stat(password).st_mode) == 0o600
    with open(password) as secret:
        secret = secret.read().strip()
    assert len(secret) >= 16 and secret in said
    # TLS with its own certificate, and nothing without a password
    client = [os.path.join(httpd.ROOT, 'build/wsman'), '-H',
              'https://127.0.0.1:%d/wsman' % (trial.port + 1), '--cacert',
              os.path.join(trial.folder, 'tls.pem')]
    done = subprocess.run(client + ['-u', 'admin', '--password-file',
                                    password, 'get', 'Win32_OperatingSystem'],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    assert done.returncode == 0, done.stdout.decode()
    done = subprocess.run(client + ['get', 'Win32_OperatingSystem'],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False, env=dict(os.environ, HOME='/tmp'))
    assert done.returncode == 4, done.stdout.decode()
    # Commands run as who has started it
    done = subprocess.run(client + ['-u', 'admin', '--password-file',
                                    password, 'run', '--no-profile', 'id',
                                    '-un'], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    assert (done.returncode, done.stdout.decode().strip()) == (
        0, trial.user or pwd.getpwuid(os.getuid()).pw_name)
    # Again: it says so and starts afresh, with the same password
    said = trial('start')
    assert 'was running' in said and secret in said
    log = open(os.path.join(trial.folder, 'error.log')).read()
    assert not [line for line in log.split('\n') if httpd.BAD.search(line)]
    assert 'Stopped' in trial('stop')
    with pytest.raises(OSError):
        socket.create_connection(('127.0.0.1', trial.port), 1)
    assert 'not running' in trial('stop')


def test_ports_taken(trial):
    with socket.socket() as other:
        other.bind(('127.0.0.1', 0))
        other.listen()
        port = other.getsockname()[1]
        said = trial('start', port=port, code=1)
    assert re.search(r'Port %d .*taken' % port, said) and 'PORT=' in said


# ---- README

def first_steps():
    """The blocks of shell commands in "First steps" of README.md."""
    with open(os.path.join(httpd.ROOT, 'README.md')) as readme:
        text = readme.read()
    section = text.partition('\n## First steps\n')[2].partition('\n## ')[0]
    section = section.partition('\nFrom Windows')[0]
    return [textwrap.dedent(block) for block in re.findall(
        r'(?:^(?: {4}.*)?\n)+', section, re.M) if block.strip()]


def test_first_steps(trial):
    """As they stand there, but for the places"""
    blocks = first_steps()
    commands, _, _, admin = blocks
    assert commands.count('build/wsman ') == 11, commands
    assert admin.count('build/wsmanctl ') == 3, admin
    try:
        subprocess.run(['/usr/bin/python3', '-c', 'import winrm'], check=True,
                       stderr=subprocess.DEVNULL)
    except subprocess.CalledProcessError:
        pytest.skip('tool missing: python3-winrm')
    trial('start')
    with open(os.path.join(trial.folder, 'acme.mof'), 'w') as mof:
        mof.write('class ACME_Disk { [Key] string Name; uint64 Size; };\n')
    said = []
    for block in blocks:
        assert block.count('5985') + block.count('build/run') >= 1, block
        for old, new in (('5985', str(trial.port)), ('acme.mof', os.path.join(
                trial.folder, 'acme.mof')), ('build/run', trial.folder),
                         ('python3 ', '/usr/bin/python3 ')):
            block = block.replace(old, new)
        done = subprocess.run(
            trial.words('bash', '-e', '-o', 'pipefail', '-c', block),
            cwd=httpd.ROOT, input=b'echo by hand\n', stderr=subprocess.PIPE,
            stdout=subprocess.PIPE, env=dict(os.environ, HOME='/tmp'),
            timeout=120, check=False)
        assert done.returncode == 0, (block, done.stderr.decode())
        said.append(done.stdout.decode())
    for words in ('ProductVendor', 'Win32_OperatingSystem', '"FreeSpace"',
                  'GetOwner_OUTPUT', 'Win32_Process?Handle=', 'Filesystem',
                  '\nby hand\n'):
        assert words in said[0], words
    files = subprocess.run('tar c docs | tar t | wc -l', shell=True,
                           cwd=httpd.ROOT, stdout=subprocess.PIPE, check=True)
    assert '\n' + files.stdout.decode() in said[0]
    assert said[1].startswith('Linux ')
    assert 'IdentifyResponse' in said[2]
    assert 'root/cimv2' in said[3] and '1 made' in said[3]
    assert '0 findings' in said[3]
