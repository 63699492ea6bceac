"""AuthType WSMan: handshakes, and what they hold for."""
import os
import shutil

import pytest

import kdc
from wsman import CIM, GET, IDENTIFY, assert_fault, envelope, headers, new_id

gssapi = pytest.importorskip('gssapi', reason='tool missing: gssapi')
import negotiate                                            # noqa: E402
from negotiate import KRB5, NTLM, SPNEGO, Speaker           # noqa: E402

HAS_NTLM = os.path.exists('/etc/gss/mech.d/mech.ntlmssp.conf')
pytestmark = [
    pytest.mark.skipif(bool(kdc.MISSING), reason='tool missing: %s'
                       % ' '.join(kdc.MISSING)),
    pytest.mark.skipif(not HAS_NTLM, reason='tool missing: gss-ntlmssp')]

GSS = '''
    AuthType WSMan
    AuthName WSMAN
    Require valid-user
'''

CONFIG = '''
WSManKeytab {dir}/keytab
WSManNTLMUserFile {dir}/ntlm
<Location /wsman>
    SetHandler wsman
''' + GSS + '''
</Location>
<Location /second>
    SetHandler wsman
''' + GSS + '''
</Location>
'''

USERS = 'DOM:alice:Secret.1\nDOM:bob:Secret.2\n'


@pytest.fixture(scope='module')
def realm():
    made = kdc.Realm()
    try:
        os.environ.update(made.env)
        made.add('alice', 'Secret.1')
        made.keytab(made.path('keytab'), 'HTTP/localhost', 'host/localhost',
                    'WSMAN/localhost', 'nfs/localhost')
        yield made
    finally:
        for name in made.env:
            os.environ.pop(name, None)
        made.stop()


@pytest.fixture
def make_gss(make_server, realm):
    def make(config=CONFIG, **how):
        one = make_server(config, start=False, env=realm.env, **how)
        shutil.copy(realm.path('keytab'), one.path('keytab'))
        with open(one.path('ntlm'), 'w') as users:
            users.write(USERS)
        for name in ('keytab', 'ntlm'):
            os.chmod(one.path(name), 0o600)
            if one.user:
                shutil.chown(one.path(name), one.user)
        return one.start()
    return make


@pytest.fixture
def gss(make_gss):
    return make_gss()


def creds(mechanism, user='alice', password='Secret.1'):
    if mechanism == NTLM:
        return negotiate.credential('%s@DOM' % user, password, NTLM)
    return negotiate.credential('%s@%s' % (user, kdc.REALM), password, KRB5)


#        scheme, what is negotiated, with what
WAYS = {
    'spnego-ntlm': ('Negotiate', SPNEGO, NTLM),
    'bare-ntlm': ('Negotiate', NTLM, NTLM),
    'spnego-krb5': ('Negotiate', SPNEGO, KRB5),
    'bare-krb5': ('Negotiate', KRB5, KRB5),
    'kerberos': ('Kerberos', KRB5, KRB5),
}


def speaker(server, way, path='/wsman', user='alice', password='Secret.1',
            **how):
    scheme, mech, real = WAYS[way]
    return Speaker(server.url(path), creds(real, user, password), mech, scheme,
                   **how)


def get():
    return envelope(headers(GET, CIM + 'T_List', {'Id': 3}, new_id()))


def user_seen(server):
    return server.read('access.log').strip().split('\n')[-1].split(' ')[1]


@pytest.mark.parametrize('way', WAYS)
def test_login_then_messages(gss, way):
    """Empty POSTs until 200, then messages without credentials."""
    with speaker(gss, way) as client:
        assert client.post(b'').status == 401
        answer = client.login()
        assert answer.status == 200 and answer.data == b'', answer
        for _ in range(3):
            answer = client.post(get())
            assert answer.status == 200 and answer.challenges == [], answer
            assert answer.value('Id') == '3'
    gss.stop()
    log = gss.read('access.log')
    wanted = 'alice@' + kdc.REALM if WAYS[way][2] == KRB5 else 'DOM\\\\alice'
    assert log.count(' %s ' % wanted) == 4, log


@pytest.mark.parametrize('way', WAYS)
def test_sealed(gss, way):
    with speaker(gss, way) as client:
        assert client.login().status == 200
        for _ in range(3):
            answer = client.send(get())
            assert answer.status == 200 and answer.sealed, answer
            assert answer.value('Id') == '3'
