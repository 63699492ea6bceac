"""server.py - a private httpd for tests.

A Server is one httpd in one folder: its configuration, its processes, its
error log.  It listens on 127.0.0.1 only, on ports that nobody uses, and runs
in the foreground as our child, so that we know how it ended.
"""
import grp
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(ROOT, os.environ.get('WSMAN_BUILD', 'build'))
SAN = bool(os.environ.get('SAN'))

USERS = {'alice': 'Secret.1', 'bob': 'Secret.2', 'admin': 'Secret.3'}

# Everything that a child process may say about its own death or its memory,
# and every line of httpd that is a warning or worse.
BAD = re.compile(r'\[\w*:(emerg|alert|crit|error|warn)\]'
                 r'|Sanitizer|runtime error:|exit signal|stack smashing'
                 r'|terminate called|Segmentation')


def apxs(name):
    return subprocess.run(['apxs', '-q', name], stdout=subprocess.PIPE,
                          check=True).stdout.decode().strip()


READY = 'resuming normal operations'
HTTPD = os.path.join(apxs('SBINDIR'), apxs('progname'))
MODULES = apxs('LIBEXECDIR')
BUILTIN = subprocess.run([HTTPD, '-l'], stdout=subprocess.PIPE,
                         check=True).stdout.decode()


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def load_modules(names):
    return ''.join(
        'LoadModule %s_module %s/mod_%s.so\n' % (name, MODULES, name)
        for name in names if 'mod_%s.c' % name not in BUILTIN)


def child_user():
    """As root, httpd's children are somebody else, as in production."""
    if os.getuid() != 0:
        return ''
    for name in ('www-data', 'apache', 'daemon', 'nobody'):
        done = subprocess.run(['id', name], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False)
        if done.returncode == 0:
            return name
    raise RuntimeError('no user for the children')


def make_certificate(folder):
    """tls.pem and tls.key for localhost, signed by itself."""
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
                    'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
                    '-subj', '/CN=localhost', '-addext',
                    'subjectAltName=DNS:localhost,IP:127.0.0.1', '-addext',
                    'basicConstraints=critical,CA:FALSE', '-keyout',
                    os.path.join(folder, 'tls.key'), '-out',
                    os.path.join(folder, 'tls.pem')], check=True,
                   stderr=subprocess.DEVNULL)


def htpasswd_line(user, password):
    done = subprocess.run(['openssl', 'passwd', '-apr1', '-stdin'],
                          input=password.encode(), stdout=subprocess.PIPE,
                          check=True)
    return '%s:%s\n' % (user, done.stdout.decode().strip())


MPM_SIZES = {
    'event': 'ThreadsPerChild 8\nMaxRequestWorkers 32\nServerLimit 4\n'
             'MinSpareThreads 8\nMaxSpareThreads 24\n',
    'worker': 'ThreadsPerChild 8\nMaxRequestWorkers 32\nServerLimit 4\n'
              'MinSpareThreads 8\nMaxSpareThreads 24\n',
    'prefork': 'MinSpareServers 2\nMaxSpareServers 6\nMaxRequestWorkers 24\n',
}

BASE_MODULES = ('unixd', 'log_config', 'authn_core', 'authn_file',
                'authz_core', 'authz_host', 'authz_user', 'authz_groupfile',
                'auth_basic', 'env', 'setenvif', 'headers', 'status')


class Server:
    """One httpd.  `config` is added to the main configuration; in it and in
    the values of `format`, {dir}, {port}, {tls_port}, {build} and {here} are
    filled in."""

    def __init__(self, mpm, config, modules=(), schema=None, providers=None,
                 per_child=50, store='sqlite3:{dir}/state/wsman.db',
                 log_level='warn wsman:info', env=None):
        self.mpm = mpm
        self.config = config
        self.modules = tuple(modules)
        self.schema = schema if schema is not None else STANDARD_SCHEMA
        self.providers = (providers if providers is not None
                          else STANDARD_PROVIDERS)
        self.per_child = per_child
        self.store = store
        self.log_level = log_level
        self.env = env or {}
        self.process = None
        self.port = self.tls_port = None
        self.expected = []
        self.mark = 0
        self.dir = tempfile.mkdtemp(prefix='wsman-http-')
        self._make_folder()

    # ---- files

    def _make_folder(self):
        os.chmod(self.dir, 0o755)
        os.mkdir(self.path('htdocs'))
        os.mkdir(self.path('state'))
        os.chmod(self.path('state'), 0o700)
        with open(self.path('htdocs/plain.txt'), 'w') as page:
            page.write('a static file\n')
        with open(self.path('htpasswd'), 'w') as passwords:
            for user, password in USERS.items():
                passwords.write(htpasswd_line(user, password))
        with open(self.path('groups'), 'w') as groups:
            groups.write('operators: bob\n')
        self.user = child_user()
        if self.user:
            shutil.chown(self.path('state'), self.user)

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def _fill(self, text):
        for name, value in (('dir', self.dir), ('port', self.port),
                            ('tls_port', self.tls_port), ('build', BUILD),
                            ('here', HERE), ('root', ROOT)):
            text = text.replace('{%s}' % name, str(value))
        return text

    def _sizes(self):
        return MPM_SIZES[self.mpm] + 'StartServers 2\n' \
            'MaxConnectionsPerChild %d\n' % self.per_child

    def _write_config(self):
        lines = load_modules(('mpm_' + self.mpm,) + BASE_MODULES +
                             self.modules)
        lines += 'LoadModule wsman_module %s/mod_wsman.so\n' % BUILD
        lines += HEAD + self._sizes()
        if self.user:
            lines += 'User %s\nGroup %s\n' % (
                self.user, grp.getgrgid(pwd.getpwnam(self.user).pw_gid).gr_name)
        lines += 'LogLevel %s\n' % self.log_level
        lines += 'WSManStateDir {dir}/state\n'
        if self.store:
            lines += 'WSManStore %s\n' % self.store
        for path in self.schema:
            lines += 'WSManSchema %s\n' % path
        for line in self.providers:
            lines += 'WSManProvider %s\n' % line
        lines += self.config
        with open(self.path('httpd.conf'), 'w') as conf:
            conf.write(self._fill(lines))

    # ---- processes

    def _environment(self):
        env = dict(os.environ, **self.env)
        if SAN:
            libraries = [subprocess.run(
                ['gcc', '-print-file-name=lib%s.so' % name],
                stdout=subprocess.PIPE, check=True).stdout.decode().strip()
                for name in ('asan', 'ubsan')]
            env['LD_PRELOAD'] = ':'.join(
                libraries + [env[name] for name in ('LD_PRELOAD',)
                             if env.get(name)])
            # Every provider exports a symbol of the same name.
            env['ASAN_OPTIONS'] = 'detect_leaks=0:detect_odr_violation=0'
            env['UBSAN_OPTIONS'] = 'print_stacktrace=1'
        return env

    def _command(self, *words):
        return [HTTPD, '-d', self.dir, '-f', self.path('httpd.conf'), *words]

    def check_config(self):
        """httpd -t.  @return exit code, what it says"""
        self.port, self.tls_port = free_port(), free_port()
        self._write_config()
        done = subprocess.run(self._command('-t'), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False,
                              env=self._environment(), timeout=60)
        return done.returncode, done.stdout.decode(errors='replace')

    def start(self, same_ports=False):
        for _ in range(10):
            if not same_ports:
                self.port, self.tls_port = free_port(), free_port()
            self._write_config()
            before = self.read('error.log').count(READY)
            with open(self.path('start.log'), 'wb') as out:
                # A group of its own: prefork ends by killing its group.
                self.process = subprocess.Popen(
                    self._command('-DFOREGROUND'), stdout=out, stderr=out,
                    stdin=subprocess.DEVNULL, env=self._environment(),
                    start_new_session=True)
            if self._wait_for_answer(before):
                return self
            said = self.read('start.log') + self.read('error.log')
            if 'Address already in use' not in said:
                raise RuntimeError('httpd did not start:\n' + said)
        raise RuntimeError('no free port in ten tries')

    def _wait_for_answer(self, before):
        """It listens before its modules have had their say: what counts is
        that it says it is ready."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if self.process.poll() is not None:
                self.process = None
                return False
            if self.read('error.log').count(READY) > before:
                return True
            time.sleep(0.02)
        raise RuntimeError('httpd does not start:\n' + self.read('error.log'))

    def stop(self):
        if self.process is None:
            return
        self._wait_until_idle()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.process = None

    def _wait_until_idle(self):
        """When it is told to end, httpd 2.4's event MPM closes the sockets of
        its workers from another thread, and dies of it (SIGSEGV in
        close_worker_sockets, or AH03092) if a worker closes one at that
        moment.  Our clients are gone by now; their connections soon are."""
        ports = {'%04X' % port for port in (self.port, self.tls_port)}
        until = time.monotonic() + 5
        while time.monotonic() < until:
            with open('/proc/net/tcp') as table:
                lines = [line.split() for line in list(table)[1:]]
            # state 01 is ESTABLISHED, 08 CLOSE_WAIT
            if not any(line[1].rpartition(':')[2] in ports
                       and line[3] in ('01', '08') for line in lines):
                time.sleep(0.02)
                return
            time.sleep(0.02)

    def restart(self):
        """Ended and started again, on the same ports."""
        self.stop()
        return self.start(same_ports=True)

    def graceful(self):
        """A graceful restart; returns when the new generation is there."""
        before = self.read('error.log').count(READY)
        self.process.send_signal(signal.SIGUSR1)
        self.wait_for_log(READY, before + 1)

    def children(self):
        """Process ids of the children that serve."""
        done = subprocess.run(['ps', '--ppid', str(self.process.pid), '-o',
                               'pid='], stdout=subprocess.PIPE, check=False)
        return [int(word) for word in done.stdout.split()]

    def resident(self):
        """Resident memory of all children, in bytes, without shared pages."""
        total = 0
        for pid in self.children():
            try:
                with open('/proc/%d/smaps_rollup' % pid) as rollup:
                    text = rollup.read()
            except OSError:
                continue
            total += sum(int(kb) for kb in re.findall(
                r'^(?:Private_Dirty|Private_Clean): +(\d+) kB', text, re.M))
        return total * 1024

    def remove(self):
        shutil.rmtree(self.dir, ignore_errors=True)

    # ---- logs

    def read(self, name):
        try:
            with open(self.path(name), errors='replace') as log:
                return log.read()
        except OSError:
            return ''

    def wait_for_log(self, text, count=1, seconds=30, name='error.log'):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.read(name).count(text) >= count:
                return
            time.sleep(0.02)
        raise AssertionError('%r is not in %s:\n%s' % (
            text, name, self.read(name)[-4000:]))

    def expect(self, pattern):
        """This test may cause lines like this one."""
        self.expected.append(re.compile(pattern))

    def unexpected(self):
        """Bad lines since the last call; forgets what was expected."""
        text = self.read('error.log')
        fresh = text[self.mark:]
        self.mark = len(text)
        bad = [line for line in fresh.split('\n') if BAD.search(line)
               and not any(e.search(line) for e in self.expected)]
        self.expected = []
        return bad

    # ---- addresses

    def url(self, path='/wsman'):
        return 'http://127.0.0.1:%d%s' % (self.port, path)


HEAD = '''
ServerRoot {dir}
DefaultRuntimeDir {dir}
PidFile {dir}/httpd.pid
ErrorLog {dir}/error.log
LogFormat "%h %u \\"%r\\" %>s %B %{WSMAN_ACTION}e %{WSMAN_CLASS}e" test
CustomLog {dir}/access.log test
ServerName localhost
ServerAdmin nobody@localhost
DocumentRoot {dir}/htdocs
Listen 127.0.0.1:{port}
Timeout 20
KeepAlive On
KeepAliveTimeout 20
GracefulShutdownTimeout 10
WSManAllowUnencrypted On
'''

STANDARD_SCHEMA = (
    '{root}/schemas/wsman.mof',
    '{root}/providers/linux/linux.mof',
    '{root}/providers/hello/hello.mof',
    '{here}/test.mof',
)

STANDARD_PROVIDERS = (
    'linux {build}/providers/linux.so',
    'hello {build}/providers/hello.so',
    'test {build}/t/http/test_provider.so',
    'many {build}/t/http/many_provider.so count=1000',
)
