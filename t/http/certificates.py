"""certificates.py - certificates of a test's own.

    own = make(folder, 'alice', upn='alice@localhost')     signed by itself
    ca = authority(folder, 'ca')
    hers = make(folder, 'bob', issuer=ca)
    own.pem, own.key, own.thumbprint, own.context(cafile)
"""
import hashlib
import os
import ssl
import subprocess
import time

UPN = 'otherName:1.3.6.1.4.1.311.20.2.3;UTF8:'


class Certificate:
    def __init__(self, folder, name):
        self.pem = os.path.join(folder, name + '.pem')
        self.key = os.path.join(folder, name + '.key')

    @property
    def thumbprint(self):
        return hashlib.sha1(self.der).hexdigest().upper()

    @property
    def der(self):
        with open(self.pem) as pem:
            text = pem.read()
        end = '-----END CERTIFICATE-----\n'
        return ssl.PEM_cert_to_DER_cert(text.partition(end)[0] + end)

    def send_along(self, *others):
        """What is sent with it."""
        for other in others:
            with open(other.pem) as pem, open(self.pem, 'a') as out:
                out.write(pem.read())


def context(cafile, certificate=None):
    made = ssl.create_default_context(cafile=cafile)
    if certificate is not None:
        made.load_cert_chain(certificate.pem, certificate.key)
    return made


def _run(*words):
    subprocess.run(['openssl', *words], check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


KEY = ('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes')


def make(folder, name, subject=None, names=None, upn=None, issuer=None,
         extensions=(), days=2):
    """names: subjectAltName in OpenSSL's words.  days < 0: it is over."""
    made = Certificate(folder, name)
    if upn is not None:
        names = UPN + upn + (',' + names if names else '')
    lines = list(extensions)
    if names:
        lines.append('subjectAltName=' + names)
    with open(made.pem + '.ext', 'w') as out:
        out.write('\n'.join(lines) + '\n')
    _run('req', '-new', *KEY, '-subj', subject or '/CN=' + name, '-keyout',
         made.key, '-out', made.pem + '.csr')
    signer = (['-signkey', made.key] if issuer is None else
              ['-CA', issuer.pem, '-CAkey', issuer.key, '-CAcreateserial'])
    _run('x509', '-req', '-in', made.pem + '.csr', *signer, '-days',
         str(days), '-extfile', made.pem + '.ext', '-out', made.pem)
    return made


CA = '''
[ca]
default_ca = own
[own]
database = %(base)s.index
new_certs_dir = %(folder)s
rand_serial = yes
default_md = sha256
policy = any
[any]
commonName = supplied
'''


def make_until(folder, name, issuer, end):
    """One that is good until this time (seconds since 1970), and no longer."""
    made = Certificate(folder, name)
    base = os.path.join(folder, name)
    with open(base + '.conf', 'w') as out:
        out.write(CA % {'base': base, 'folder': folder})
    with open(base + '.index', 'w'):
        pass
    dates = [time.strftime('%Y%m%d%H%M%SZ', time.gmtime(at))
             for at in (end - 3600, end)]
    _run('req', '-new', *KEY, '-subj', '/CN=' + name, '-keyout', made.key,
         '-out', base + '.csr')
    _run('ca', '-batch', '-notext', '-config', base + '.conf', '-in',
         base + '.csr', '-cert', issuer.pem, '-keyfile', issuer.key,
         '-startdate', dates[0], '-enddate', dates[1], '-out', made.pem)
    return made


def authority(folder, name, issuer=None, subject=None):
    return make(folder, name, subject=subject, issuer=issuer, extensions=[
        'basicConstraints=critical,CA:TRUE',
        'keyUsage=critical,keyCertSign,cRLSign'])
