"""The security profiles of DSP0226 C.3: what Identify tells is what works,
and what it does not tell does not.

Each configuration is tried with all ten profiles, each as its table in Annex C
has it: a request without credentials is challenged, one with them is served.
"""
import base64
import hashlib
import os
import re
import shutil

import pytest

import certificates
import server as httpd
from gss_fixtures import *                                  # noqa: F403
from gss_fixtures import HEAD, creds, get, needed
from negotiate import KRB5, SPNEGO, Speaker
from wsman import IDENTIFY, NS

pytestmark = needed

PREFIX = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/'
PROFILES = ['http/basic', 'http/digest', 'https/basic', 'https/digest',
            'https/mutual', 'https/mutual/basic', 'https/mutual/digest',
            'https/spnego-kerberos', 'https/mutual/spnego-kerberos',
            'http/spnego-kerberos']

CONFIG = '''
Listen 127.0.0.1:{tls_port}
SSLSessionCache shmcb:{dir}/tls-sessions(512000)
<Location /wsman>
    SetHandler wsman
    WSManIdentify Authenticated
    AuthName WSMAN
    WSManAllowUnencrypted %(clear)s
    %(auth)s
</Location>
<VirtualHost 127.0.0.1:{tls_port}>
    ServerName localhost
    SSLEngine on
    SSLCertificateFile {dir}/tls.pem
    SSLCertificateKeyFile {dir}/tls.key
    SSLCACertificateFile {dir}/ca.pem
    SSLVerifyClient %(verify)s
</VirtualHost>
'''
BASIC = 'AuthType Basic\nAuthUserFile {dir}/htpasswd\nRequire valid-user\n'
DIGEST = 'AuthType Digest\nAuthUserFile {dir}/digest\nRequire valid-user\n'
GSSAPI = '''AuthType GSSAPI
GssapiCredStore keytab:{dir}/keytab
GssapiAllowedMech krb5
GssapiConnectionBound On
Require valid-user
'''
OWN = '''AuthType WSMan
AuthUserFile {dir}/htpasswd
WSManAuthSchemes %s
WSManCertMap issuer=<ca> subject=* user=mapped
Require valid-user
'''
SEALED = 'WSManMessageEncryption Require\n'

# auth, SSLVerifyClient, WSManAllowUnencrypted, what there is
CASES = {
    'basic': (BASIC, 'none', 'On', {'http/basic', 'https/basic'}),
    'basic, not in clear': (BASIC, 'none', 'Off', {'https/basic'}),
    'basic, only sealed': (BASIC + SEALED, 'none', 'On', {'https/basic'}),
    'basic and certificate': (BASIC, 'require', 'Off',
                              {'https/mutual/basic'}),
    'basic, certificate if any': (BASIC, 'optional', 'Off', {
        'https/basic', 'https/mutual/basic'}),
    'digest': (DIGEST, 'none', 'Off', {'http/digest', 'https/digest'}),
    'digest, only sealed': (DIGEST + SEALED, 'none', 'Off',
                            {'https/digest'}),
    'digest and certificate': (DIGEST, 'require', 'Off', {
        'http/digest', 'https/mutual/digest'}),
    'gssapi': (GSSAPI, 'none', 'Off', {'http/spnego-kerberos',
                                       'https/spnego-kerberos'}),
    'gssapi and certificate': (GSSAPI, 'require', 'Off', {
        'http/spnego-kerberos', 'https/mutual/spnego-kerberos'}),
    'own': (OWN % 'Negotiate Kerberos', 'none', 'Off', {
        'http/spnego-kerberos', 'https/spnego-kerberos'}),
    'own, only sealed': (OWN % 'Negotiate Basic' + SEALED, 'none', 'On', {
        'http/spnego-kerberos', 'https/spnego-kerberos', 'https/basic'}),
    'own and certificate': (OWN % 'Negotiate', 'require', 'Off', {
        'http/spnego-kerberos', 'https/mutual/spnego-kerberos'}),
    'own, by NTLM alone': (OWN % 'Negotiate' +
                           'WSManAuthMechanisms NTLM\n', 'none', 'Off', set()),
    'mapped': (OWN % 'Certificate', 'require', 'Off', {'https/mutual'}),
    'mapped, certificate if any': (OWN % 'Certificate', 'optional', 'Off',
                                   {'https/mutual'}),
    'mapped, never asked for': (OWN % 'Certificate', 'none', 'Off', set()),
    'mapped or anything': (OWN % 'Certificate Negotiate Basic', 'optional',
                           'On', {
                               'http/basic', 'http/spnego-kerberos',
                               'https/basic', 'https/spnego-kerberos',
                               'https/mutual', 'https/mutual/basic',
                               'https/mutual/spnego-kerberos'}),
    'mod_ssl alone': ('Require ssl-verify-client\n', 'require', 'Off',
                      {'https/mutual'}),
}
LOG = 'AH0[12]|SSL|Basic auth|GSS|NO AUTH DATA|authentication failure|Client ' \
    'did not'


# ---- the clients

def basic(_answer):
    return {'Authorization': 'Basic ' + base64.b64encode(
        b'alice:Secret.1').decode()}


def digest(answer):
    """RFC 7616, with MD5 as httpd has it"""
    [challenge] = [one for one in answer.challenges
                   if one.startswith('Digest ')]
    told = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))

    def md5(*words):
        return hashlib.md5(':'.join(words).encode()).hexdigest()
    reply = md5(md5('alice', told['realm'], 'Secret.1'), told['nonce'],
                '00000001', 'abcdef', 'auth', md5('POST', '/wsman'))
    return {'Authorization': (
        'Digest username="alice", realm="%(realm)s", nonce="%(nonce)s", '
        'uri="/wsman", qop=auth, nc=00000001, cnonce="abcdef", '
        'algorithm=MD5, response="' % told) + reply + '"'}


SCHEMES = {'basic': ('Basic', basic), 'digest': ('Digest', digest)}


def says(answer):
    """The profiles that an answer to Identify names"""
    return {node.text[len(PREFIX):] for node in answer.root.iter(
        '{%s}SecurityProfileName' % NS['id'])}


class Site:
    def __init__(self, make_server, realm, case):
        auth, verify, clear, _ = CASES[case]
        self.server = one = make_server('', start=False, env=realm.env,
                                        modules=('socache_shmcb', 'ssl',
                                                 'auth_digest',
                                                 'auth_gssapi'))
        httpd.make_certificate(one.dir)
        self.ca = certificates.authority(one.dir, 'ca')
        self.own = certificates.make(one.dir, 'client', issuer=self.ca)
        one.config = (HEAD + CONFIG % {
            'auth': auth, 'verify': verify, 'clear': clear}).replace(
                '<ca>', self.ca.thumbprint)
        self._make_users(realm)
        one.expect(LOG)
        one.start()

    def _make_users(self, realm):
        one = self.server
        shutil.copy(realm.path('keytab'), one.path('keytab'))
        with open(one.path('ntlm'), 'w') as users:
            users.write('DOM:alice:Secret.1\n')
        with open(one.path('digest'), 'w') as users:
            users.write('alice:WSMAN:%s\n' % hashlib.md5(
                b'alice:WSMAN:Secret.1').hexdigest())
        for name in ('keytab', 'ntlm'):
            os.chmod(one.path(name), 0o600)
            if one.user:
                shutil.chown(one.path(name), one.user)

    def speaker(self, profile, **how):
        secure = profile.startswith('https/')
        tls = certificates.context(
            self.server.path('tls.pem'),
            self.own if '/mutual' in profile else None)
        url = ('https://127.0.0.1:%d/wsman' % self.server.tls_port if secure
               else self.server.url())
        return Speaker(url, tls=tls if secure else None, **how)

    def attempt(self, profile):
        """@return what Identify tells who is let in by this; None: nobody
        is"""
        scheme = profile.rpartition('/')[2]
        try:
            if profile == 'https/mutual':
                return self._mutual(profile)
            if scheme == 'spnego-kerberos':
                return self._kerberos(profile)
            return self._password(profile, *SCHEMES[scheme])
        except OSError:  # TLS ends it
            assert profile.startswith('https/')
            return None

    def _challenge(self, speaker, profile, scheme):
        """C.3.6: the first request says what is wanted.  @return the answer
        with the challenge; None: there is none"""
        more = ({'Authorization': PREFIX + profile} if '/mutual' in profile
                else {})
        answer = speaker.post(get(), more=more)
        asks = [one.split(' ')[0] for one in answer.challenges]
        return answer if answer.status == 401 and scheme in asks else None

    def _password(self, profile, scheme, credentials):
        with self.speaker(profile) as speaker:
            answer = self._challenge(speaker, profile, scheme)
        # Who is not asked for it, but sends it
        with self.speaker(profile) as speaker:
            if answer is None:
                if scheme == 'Basic' and '/mutual' not in profile:
                    assert speaker.post(get(), more=basic(
                        None)).status in (401, 403)
                return None
            answer = speaker.post(IDENTIFY, more=credentials(answer))
            return says(answer) if answer.status == 200 else None

    def _mutual(self, profile):
        with self.speaker(profile) as speaker:
            answer = speaker.post(IDENTIFY, more={
                'Authorization': PREFIX + profile})
            if answer.status != 200:
                assert answer.status in (401, 403)
                return None
            # The header is a hint, no more (C.3.5).
            assert speaker.post(get()).value('Id') == '3'
            return says(answer)

    def _kerberos(self, profile):
        with self.speaker(profile) as speaker:
            asked = self._challenge(speaker, profile, 'Negotiate')
        with self.speaker(profile, creds=creds(KRB5), mech=SPNEGO) as speaker:
            if asked is None:
                # Who is not asked for it, but sends it
                if '/mutual' not in profile:
                    answer = speaker.post(get(), token=speaker.token())
                    assert answer.status in (401, 403)
                return None
            answer = speaker.login(IDENTIFY)
            if answer.status == 403:
                answer = speaker.send(IDENTIFY)
            return says(answer) if answer.status == 200 else None


@pytest.mark.parametrize('case', CASES)
def test_what_is_told_is_what_works(make_server, realm, case):
    there = CASES[case][3]
    site = Site(make_server, realm, case)
    works = set()
    for profile in PROFILES:
        told = site.attempt(profile)
        if told is None:
            continue
        works.add(profile)
        transport = profile.partition('/')[0] + '/'
        assert told == {one for one in there if one.startswith(transport)}, \
            profile
    assert works == there


def test_each_profile_has_a_case_with_and_one_without():
    """Of those that can be reached by the same way"""
    for profile in PROFILES:
        with_it = [name for name, case in CASES.items() if profile in case[3]]
        assert with_it and len(with_it) < len(CASES), profile
