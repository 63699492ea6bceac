"""make run and make stop: what a new user types first."""
import os
import pwd
import re
import shutil
import socket
import stat
import subprocess
import tempfile

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

    def __call__(self, verb, port=None, code=0):
        command = [RUN, verb]
        if self.user:
            command = ['setpriv', '--reuid', self.user, '--clear-groups',
                       '--regid', str(pwd.getpwnam(self.user).pw_gid)
                       ] + command
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
