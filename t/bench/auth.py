"""auth.py - what sealing and passwords cost, beside what goes without.

    sealed   Identify sealed with Kerberos, beside Identify over TLS
    basic    Get with a password (bcrypt, as htpasswd -B makes it) on kept
             connections, beside Get without one
"""
import base64
import crypt
import os
import shutil
import statistics
import subprocess

import kdc
import server as httpd
import wsman

CONFIG = '''
Listen 127.0.0.1:{tls_port}
SSLSessionCache shmcb:{dir}/tls-sessions(512000)
MaxKeepAliveRequests 0
WSManKeytab {dir}/keytab
<Location /wsman>
    SetHandler wsman
    AuthType WSMan
    AuthName WSMAN
    WSManMessageEncryption Require
    Require valid-user
</Location>
<Location /open>
    SetHandler wsman
</Location>
<Location /basic>
    SetHandler wsman
    AuthType Basic
    AuthName WSMAN
    AuthUserFile {dir}/bcrypt
    Require valid-user
</Location>
<VirtualHost 127.0.0.1:{tls_port}>
    ServerName localhost
    SSLEngine on
    SSLCertificateFile {dir}/tls.pem
    SSLCertificateKeyFile {dir}/tls.key
</VirtualHost>
'''
BASIC = 'Basic ' + base64.b64encode(b'alice:Secret.1').decode()


def make_server(realm, server_class):
    one = server_class(
        'event', CONFIG, modules=('socache_shmcb', 'ssl'), per_child=0,
        log_level='warn', env=realm.env,
        schema=('{root}/schemas/wsman.mof', '{root}/t/bench/bench.mof'),
        providers=('bench {build}/t/bench/bench_provider.so count=1',))
    httpd.make_certificate(one.dir)
    realm.add('alice', 'Secret.1')
    realm.keytab(one.path('keytab'), 'HTTP/localhost')
    if one.user:
        shutil.chown(one.path('keytab'), one.user)
    with open(one.path('bcrypt'), 'w') as passwords:
        passwords.write('alice:%s\n' % crypt.crypt(
            'Secret.1', '$2y$05$' + 'abcdefghijklmnopqrstu.'))
    return one.start()


def sealed_client(server, realm, body, seconds):
    """@return requests a second, p50 and p99 in microseconds"""
    env = dict(os.environ, KRB5CCNAME='FILE:' + realm.path('cache'),
               **realm.env)
    if not os.path.exists(realm.path('cache')):
        subprocess.run(['kinit', 'alice'], input=b'Secret.1\n', check=True,
                       env=env, stdout=subprocess.DEVNULL)
    done = subprocess.run(
        [os.path.join(httpd.BUILD, 't/bench/sealed_client'),
         str(server.port), seconds, body], check=True, env=env,
        stdout=subprocess.PIPE)
    return tuple(float(word) for word in done.stdout.split())


def take_turns(rows, name, conns, rounds, subject, baseline, note):
    pairs = [(subject(), baseline()) for _ in range(rounds + 1)][1:]
    rps, p50, p99 = (statistics.median(column)
                     for column in zip(*(s for s, _ in pairs)))
    rows.append((name, conns, '%.0f' % rps,
                 '%.0f' % statistics.median(b[0] for _, b in pairs),
                 '%.2f' % statistics.median(s[0] / b[0] for s, b in pairs),
                 '%.0f' % p50, '%.0f' % p99, note))


def write(server, name, text):
    with open(server.path(name), 'w') as out:
        out.write(text)
    return server.path(name)


def run(rows, wanted, rounds, seconds, wrk, server_class):
    realm = kdc.Realm()
    server = None
    try:
        server = make_server(realm, server_class)
        identify = write(server, 'identify.xml', wsman.IDENTIFY)
        get = write(server, 'get.xml', wsman.envelope(wsman.headers(
            wsman.GET, wsman.CIM + 'Bench_OperatingSystem',
            {'Name': 'bench'}, wsman.new_id())))
        if 'sealed' in wanted:
            take_turns(
                rows, 'sealed', 1, rounds,
                lambda: sealed_client(server, realm, identify, seconds),
                lambda: wrk('https://127.0.0.1:%d/open' % server.tls_port, 1,
                            identify), 'Identify; baseline: over TLS')
        if 'basic' in wanted:
            for conns in (1, 16):
                take_turns(
                    rows, 'basic', conns, rounds,
                    lambda: wrk(server.url('/basic'), conns, get, BASIC),
                    lambda: wrk(server.url('/open'), conns, get),
                    'Get; baseline: without password')
    finally:
        if server is not None:
            server.stop()
            server.remove()
        realm.stop()
