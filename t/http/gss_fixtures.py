"""gss_fixtures.py - a realm with users, and servers that take its tickets.

A test module takes them all: from gss_fixtures import *
"""
import glob
import os
import shutil

import pytest

import kdc

gssapi = pytest.importorskip('gssapi', reason='tool missing: gssapi')
import negotiate                                            # noqa: E402
from negotiate import KRB5, NTLM, SPNEGO, Speaker           # noqa: E402
from wsman import CIM, GET, envelope, headers, new_id       # noqa: E402

__all__ = ['GSS', 'WAYS', 'assert_get', 'creds', 'get', 'gss', 'make_gss',
           'needed', 'realm', 'speaker', 'users_seen']

HAS_NTLM = bool(glob.glob('/etc/gss/mech.d/*ntlmssp*'))
needed = [
    pytest.mark.skipif(bool(kdc.MISSING), reason='tool missing: %s'
                       % ' '.join(kdc.MISSING)),
    pytest.mark.skipif(not HAS_NTLM, reason='tool missing: gss-ntlmssp')]

GSS = '''
    SetHandler wsman
    AuthType WSMan
    AuthName WSMAN
    Require valid-user
'''

STANDARD = '''
<Location /wsman>
''' + GSS + '''
</Location>
<Location /second>
''' + GSS + '''
</Location>
'''

HEAD = '''
WSManKeytab {dir}/keytab
WSManNTLMUserFile {dir}/ntlm
'''

USERS = 'DOM:alice:Secret.1\nDOM:bob:Secret.2\n'

#        scheme, what is negotiated, with what
WAYS = {
    'spnego-ntlm': ('Negotiate', SPNEGO, NTLM),
    'bare-ntlm': ('Negotiate', NTLM, NTLM),
    'spnego-krb5': ('Negotiate', SPNEGO, KRB5),
    'bare-krb5': ('Negotiate', KRB5, KRB5),
    'kerberos': ('Kerberos', KRB5, KRB5),
}


@pytest.fixture(scope='session')
def realm():
    made = kdc.Realm()
    try:
        os.environ.update(made.env)
        made.add('alice', 'Secret.1')
        made.add('bob', 'Secret.2')
        made.keytab(made.path('keytab'), 'HTTP/localhost', 'host/localhost',
                    'WSMAN/localhost', 'nfs/localhost')
        yield made
    finally:
        for name in made.env:
            os.environ.pop(name, None)
        made.stop()


@pytest.fixture
def make_gss(make_server, realm):
    """make_gss(config, start=True, ...): make_server with keys and users"""
    def make(config=STANDARD, start=True, **how):
        one = make_server(HEAD + config, start=False, env=realm.env, **how)
        shutil.copy(realm.path('keytab'), one.path('keytab'))
        with open(one.path('ntlm'), 'w') as users:
            users.write(USERS)
        for name in ('keytab', 'ntlm'):
            os.chmod(one.path(name), 0o600)
            if one.user:
                shutil.chown(one.path(name), one.user)
        return one.start() if start else one
    return make


@pytest.fixture
def gss(make_gss):
    return make_gss()


def creds(mechanism, user='alice', password='Secret.1'):
    domain = 'DOM' if mechanism == NTLM else kdc.REALM
    return negotiate.credential('%s@%s' % (user, domain), password, mechanism)


def speaker(server, way, path='/wsman', user='alice', password='Secret.1',
            url=None, **how):
    scheme, mech, real = WAYS[way]
    return Speaker(url or server.url(path), creds(real, user, password), mech,
                   how.pop('scheme', scheme), **how)


def get(number=3):
    return envelope(headers(GET, CIM + 'T_List', {'Id': number}, new_id()))


def assert_get(answer, number=3):
    assert answer.status == 200, answer
    assert answer.value('Id') == str(number), answer
    return answer


def users_seen(server):
    """Of each request, as they were logged; ends the server."""
    server.stop()
    return [line.split(' ')[1].replace('\\\\', '\\')
            for line in server.read('access.log').strip().split('\n')]
