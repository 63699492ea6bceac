"""postgres.py - a private PostgreSQL for tests: one folder, one socket in it.

From the distribution's package; `missing()` says what there is not.
"""
import contextlib
import glob
import os
import pwd
import shutil
import subprocess
import tempfile

PASSWORD = 'Geheim.4711'
DRIVERS = ('/usr/lib/*/apr-util-1/apr_dbd_pgsql*.so',
           '/usr/lib*/apr-util-1/apr_dbd_pgsql*.so')


def programs():
    """The folder of initdb and pg_ctl, or None."""
    found = sorted(glob.glob('/usr/lib/postgresql/*/bin/initdb') +
                   glob.glob('/usr/bin/initdb'))
    return os.path.dirname(found[-1]) if found else None


def missing():
    """A reason to skip, or None."""
    if programs() is None:
        return 'tool missing: PostgreSQL (Debian: postgresql)'
    if not any(glob.glob(pattern) for pattern in DRIVERS):
        return 'tool missing: apr_dbd_pgsql (Debian: libaprutil1-dbd-pgsql)'
    if os.getuid() == 0 and (account() is None
                             or shutil.which('setpriv') is None):
        return 'root must not run PostgreSQL, and there is nobody to do it'
    return None


def account():
    for name in ('postgres', 'nobody'):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


class Postgres:
    """with Postgres() as one: ... one.spec('name') ..."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix='wsman-pg-')
        # httpd's children are somebody else, and use the socket.
        os.chmod(self.dir, 0o755)
        self.data = os.path.join(self.dir, 'data')
        self.as_user = []
        if os.getuid() == 0:
            user = account()
            shutil.chown(self.dir, user.pw_uid, user.pw_gid)
            self.as_user = ['setpriv', '--reuid', str(user.pw_uid), '--regid',
                            str(user.pw_gid), '--clear-groups']

    def __enter__(self):
        try:
            self._init()
            self._control('start')
        except BaseException:
            shutil.rmtree(self.dir, ignore_errors=True)
            raise
        return self

    def __exit__(self, *_):
        try:
            self._control('stop')
        finally:
            shutil.rmtree(self.dir, ignore_errors=True)

    def _run(self, name, *words, **more):
        done = subprocess.run(
            self.as_user + [os.path.join(programs(), name), *words],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.dir,
            check=False, timeout=120, **more)
        said = done.stdout.decode(errors='replace')
        assert done.returncode == 0, '%s:\n%s\n%s' % (name, said, self.log())
        return said

    def _init(self):
        words = os.path.join(self.dir, 'password')
        with open(words, 'w') as out:
            out.write(PASSWORD + '\n')
        if self.as_user:
            shutil.chown(words, account().pw_uid)
        self._run('initdb', '-D', self.data, '-U', 'wsman', '-E', 'UTF8',
                  '-A', 'md5', '--pwfile', words, '--no-sync', '--locale',
                  'C.UTF-8')

    def _control(self, what):
        # Output goes to a file: the server would keep a pipe open.
        with open(os.path.join(self.dir, 'pg_ctl'), 'wb') as out:
            done = subprocess.run(
                self.as_user + [
                    os.path.join(programs(), 'pg_ctl'), '-D', self.data, '-w',
                    '-m', 'fast', '-l', os.path.join(self.data, 'log'), '-o',
                    "-c listen_addresses='' -c unix_socket_directories='%s' "
                    '-c fsync=off' % self.dir, what],
                stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=self.dir,
                check=False, timeout=120)
        assert done.returncode == 0, self.log()

    def restart(self):
        self._control('restart')

    def log(self):
        try:
            with open(os.path.join(self.data, 'log'), errors='replace') as log:
                return log.read()
        except OSError:
            return ''

    def sql(self, text, database='postgres'):
        """@return what it answers, a row a line"""
        env = dict(os.environ, PGPASSWORD=PASSWORD)
        done = subprocess.run(
            [os.path.join(programs(), 'psql'), '-h', self.dir, '-U', 'wsman',
             '-d', database, '-v', 'ON_ERROR_STOP=1', '-Atqc', text],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
            env=env, timeout=60)
        said = done.stdout.decode(errors='replace')
        assert done.returncode == 0, said
        return said.strip()

    @contextlib.contextmanager
    def session(self, database):
        """with one.session('name') as run: run('SQL') waits for its end."""
        env = dict(os.environ, PGPASSWORD=PASSWORD)
        with subprocess.Popen(
                [os.path.join(programs(), 'psql'), '-h', self.dir, '-U',
                 'wsman', '-d', database, '-Atq'], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env=env) as process:

            def run(text):
                process.stdin.write(('%s;\n\\echo done\n' % text).encode())
                process.stdin.flush()
                for line in process.stdout:
                    if line == b'done\n':
                        return
                raise AssertionError('psql has ended')

            try:
                yield run
            finally:
                process.stdin.close()
                process.wait(30)

    def spec(self, database):
        """Makes a database.  @return the value of WSManStore"""
        self.sql('CREATE DATABASE %s' % database)
        return 'pgsql:host=%s user=wsman dbname=%s password=%s' % (
            self.dir, database, PASSWORD)
