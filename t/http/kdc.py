"""kdc.py - a Kerberos realm of a test's own, on a free port of 127.0.0.1.

    realm = Realm()          the database and the KDC
    realm.add('alice', 'Secret.1')
    realm.keytab(path, 'HTTP/localhost')
    realm.env                for processes that shall find it
"""
import os
import shutil
import socket
import subprocess
import tempfile
import time

from server import free_port

REALM = 'WSMAN.TEST'
PROGRAMS = {name: shutil.which(name, path=os.environ.get('PATH', '') +
                               ':/usr/sbin:/sbin')
            for name in ('krb5kdc', 'kdb5_util', 'kadmin.local')}
MISSING = [name for name, path in PROGRAMS.items() if path is None]

KRB5 = '''
[libdefaults]
    default_realm = %(realm)s
    dns_lookup_kdc = false
    dns_lookup_realm = false
    dns_canonicalize_hostname = false
    rdns = false
    udp_preference_limit = 1
    forwardable = true
[realms]
    %(realm)s = {
        kdc = 127.0.0.1:%(port)d
    }
[domain_realm]
    localhost = %(realm)s
    127.0.0.1 = %(realm)s
'''

KDC = '''
[kdcdefaults]
    kdc_listen = ""
    kdc_tcp_listen = 127.0.0.1:%(port)d
[realms]
    %(realm)s = {
        database_name = %(dir)s/principal
        key_stash_file = %(dir)s/stash
        acl_file = %(dir)s/acl
        supported_enctypes = aes256-cts-hmac-sha1-96:normal
    }
[logging]
    kdc = FILE:%(dir)s/kdc.log
'''


class Realm:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix='wsman-kdc-')
        os.chmod(self.dir, 0o755)
        self.port = free_port()
        self.process = None
        self._write('krb5.conf', KRB5)
        self._write('kdc.conf', KDC)
        self.env = {'KRB5_CONFIG': self.path('krb5.conf'),
                    'KRB5_KDC_PROFILE': self.path('kdc.conf'),
                    'KRB5RCACHETYPE': 'none'}
        self._run('kdb5_util', 'create', '-s', '-r', REALM, '-P', 'master')
        self.process = subprocess.Popen(
            [PROGRAMS['krb5kdc'], '-n', '-r', REALM],
            env=dict(os.environ, **self.env), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._wait()

    def path(self, name):
        return os.path.join(self.dir, name)

    def _write(self, name, text):
        with open(self.path(name), 'w') as out:
            out.write(text % {'realm': REALM, 'port': self.port,
                              'dir': self.dir})

    def _run(self, name, *words):
        done = subprocess.run([PROGRAMS[name], *words], check=False,
                              env=dict(os.environ, **self.env),
                              stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        assert done.returncode == 0, done.stdout.decode()

    def _wait(self):
        until = time.monotonic() + 30
        while time.monotonic() < until:
            assert self.process.poll() is None, 'the KDC ended'
            try:
                socket.create_connection(('127.0.0.1', self.port), 5).close()
                return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError('the KDC does not answer')

    def add(self, name, password=None):
        secret = ['-pw', password] if password else ['-randkey']
        self._run('kadmin.local', '-r', REALM, 'addprinc', *secret, name)

    def keytab(self, path, *names):
        for name in names:
            self.add(name)
            self._run('kadmin.local', '-r', REALM, 'ktadd', '-k', path, name)

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)
            self.process = None
        shutil.rmtree(self.dir, ignore_errors=True)
