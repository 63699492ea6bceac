"""The command-line client where the server is at fault: exit codes, messages,
bounds, credentials.  The server is a few lines of Python that answer what they
are told to."""
import base64
import http.server
import os
import re
import signal
import socket
import ssl
import subprocess
import threading

import pytest

from server import BUILD, ROOT

WSMAN = os.path.join(BUILD, 'wsman')
SOAP = 'application/soap+xml;charset=UTF-8'
OK, FAULT, USAGE, TRANSPORT, AUTH, ANSWER, OUTPUT = range(7)

ENVELOPE = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"'
    ' xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration"'
    ' xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault">'
    '<s:Header><a:RelatesTo>%s</a:RelatesTo></s:Header>'
    '<s:Body>%s</s:Body></s:Envelope>')
IDENTIFY = ENVELOPE % (
    '', '<i:IdentifyResponse xmlns:i="http://schemas.dmtf.org/wbem/wsman/'
    'identity/1/wsmanidentity.xsd"><i:ProductVendor>me</i:ProductVendor>'
    '</i:IdentifyResponse>')
FAULT_BODY = (
    '<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>'
    'w:InvalidSelectors</s:Value></s:Subcode></s:Code><s:Reason><s:Text>No '
    'such \x7f thing.</s:Text></s:Reason><s:Detail><w:FaultDetail>urn:detail'
    '</w:FaultDetail><f:WSManFault Code="2150858843"><f:Message>Look.'
    '</f:Message></f:WSManFault></s:Detail></s:Fault>')


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        self.server.seen.append((self.headers, body.decode()))
        found = re.search(r'<a:MessageID>(.*?)<', body.decode())
        self.message_id = found.group(1) if found else ''
        self.server.act(self)

    def answer(self, status=200, body='', kind=SOAP, **headers):
        data = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        if kind:
            self.send_header('Content-Type', kind)
        for name, value in headers.items():
            self.send_header(name.replace('_', '-'), value)
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def envelope(self, inner, status=200):
        self.answer(status, ENVELOPE % (self.message_id, inner))


class Stub(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, act, certificate=None):
        super().__init__(('127.0.0.1', 0), Handler)
        self.act = act
        self.seen = []
        self.scheme = 'http'
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
            self.scheme = 'https'
        threading.Thread(target=self.serve_forever, args=(0.02,),
                         daemon=True).start()

    def handle_error(self, request, client_address):
        pass

    @property
    def url(self):
        return '%s://127.0.0.1:%d/wsman' % (self.scheme, self.server_port)


@pytest.fixture
def stub():
    made = []

    def make(act, **arguments):
        made.append(Stub(act, **arguments))
        return made[-1]

    yield make
    for one in made:
        one.shutdown()
        one.server_close()


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Nothing of the caller's environment reaches the client."""
    for name in list(os.environ):
        if name.startswith('WSMAN_') and name != 'WSMAN_BUILD':
            monkeypatch.delenv(name)
    monkeypatch.setenv('HOME', str(tmp_path))
    monkeypatch.delenv('NETRC', raising=False)
    monkeypatch.setenv('http_proxy', 'http://127.0.0.1:1')
    return tmp_path


def run(url, *words, stdin=None, env=None, timeout=60):
    full = dict(os.environ, **(env or {}))
    done = subprocess.run(
        [WSMAN, *(['-h', url] if url else []), *words], env=full,
        input=stdin, stdin=None if stdin is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout,
        start_new_session=True, check=False)
    assert 'Sanitizer' not in done.stderr.decode(errors='replace'), done.stderr
    return done


def basic(handler):
    """Wants user u with password pw by Basic, then identifies itself."""
    wanted = 'Basic ' + base64.b64encode(b'u:pw').decode()
    if handler.headers.get('Authorization') != wanted:
        handler.answer(401, '<html/>', 'text/html',
                       WWW_Authenticate='Basic realm="WSMAN"')
    else:
        handler.answer(200, IDENTIFY)


# ---- What servers answer

def says(*arguments, **named):
    return lambda handler: handler.answer(*arguments, **named)


CASES = [
    (says(404, 'no', 'text/html'), TRANSPORT, '404'),
    (says(403, 'no', 'text/html'), TRANSPORT, 'may not use'),
    (says(413), TRANSPORT, 'larger than the server takes'),
    (says(500, '<html>', 'text/html'), TRANSPORT, '500'),
    (says(503, '<x', SOAP), TRANSPORT, '503'),
    (says(302, Location='http://127.0.0.1:1/x'), TRANSPORT, 'not followed'),
    (says(401, WWW_Authenticate='Negotiate'), AUTH, 'offers Negotiate'),
    (says(200, '<html>', 'text/html'), ANSWER, 'text/html'),
    (says(200, ''), ANSWER, 'empty'),
    (says(200, '<a><b></a>'), ANSWER, 'not the XML'),
    (says(200, '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'), ANSWER,
     'document type'),
    (says(200, '<a>' * 300), ANSWER, 'deep'),
    (says(200, ENVELOPE % ('uuid:1', '<x/>')), ANSWER, 'another request'),
    (says(200, '<a xmlns="http://schemas.xmlsoap.org/soap/envelope/"/>'),
     ANSWER, '<a>'),
    (lambda h: h.envelope(FAULT_BODY, 500), FAULT, 'wsman:InvalidSelectors'),
    (lambda h: h.envelope(FAULT_BODY, 200), FAULT, 'urn:detail'),
    (lambda h: h.envelope('', 200), ANSWER, 'an object'),
    (lambda h: h.envelope('<x/>', 500), TRANSPORT, 'without a SOAP fault'),
]


@pytest.mark.parametrize('act, code, text', CASES)
def test_answers(stub, act, code, text):
    done = run(stub(act).url, 'get', 'C_A?K=1')
    assert done.returncode == code, done
    assert text in done.stderr.decode()
    assert done.stdout == b''


def test_fault_is_told_completely(stub):
    done = run(stub(lambda h: h.envelope(FAULT_BODY, 500)).url, 'get', 'C_A')
    assert done.stderr.decode().splitlines() == [
        'wsman: get: fault: No such <U+007F> thing.',
        '  code      s:Sender',
        '  subcode   wsman:InvalidSelectors',
        '  detail    urn:detail',
        '  number    2150858843 (0x8033805B)',
        '  message   Look.',
        '  HTTP      500']


def test_redirection_is_not_followed(stub):
    other = stub(says(200, IDENTIFY))
    done = run(stub(says(307, Location=other.url)).url, 'identify')
    assert done.returncode == TRANSPORT
    assert other.url in done.stderr.decode()
    assert other.seen == []


def test_answer_that_breaks_off(stub):
    def act(handler):
        handler.send_response(200)
        handler.send_header('Content-Type', SOAP)
        handler.send_header('Content-Length', '10000')
        handler.end_headers()
        handler.wfile.write(b'<s:Envelope')
        handler.close_connection = True
    done = run(stub(act).url, 'identify')
    assert done.returncode == TRANSPORT, done


@pytest.mark.parametrize('kind', [SOAP, 'text/html'])
def test_endless_answer(stub, kind):
    """An answer without an end is cut off at the bound."""
    sent = []

    def act(handler):
        handler.send_response(200)
        handler.send_header('Content-Type', kind)
        handler.end_headers()
        handler.close_connection = True
        try:
            while len(sent) < 10000:
                handler.wfile.write(b'<!--' + b'x' * 65000 + b'-->')
                sent.append(1)
        except OSError:
            pass
    done = run(stub(act).url, 'identify', '--max-reply', '1000000')
    assert done.returncode == ANSWER, done
    assert 'longer than 1000000' in done.stderr.decode()
    assert len(sent) < 1000


def test_nobody_listens():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        url = 'http://127.0.0.1:%d' % probe.getsockname()[1]
    done = run(url, 'identify')
    assert done.returncode == TRANSPORT
    assert 'cannot connect' in done.stderr.decode()


def test_not_http(stub):
    done = run(stub(lambda h: h.wfile.write(b'220 mail ready\r\n')).url,
               'identify')
    assert done.returncode == TRANSPORT, done


# ---- TLS

@pytest.fixture(scope='module')
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp('tls')
    names = [str(folder / name) for name in ('cert.pem', 'key.pem')]
    subprocess.run(
        ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
         'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=127.0.0.1',
         '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2', '-out',
         names[0], '-keyout', names[1]], check=True,
        stderr=subprocess.DEVNULL)
    return names


def test_certificate_is_checked(stub, certificate):
    url = stub(says(200, IDENTIFY), certificate=certificate).url
    done = run(url, 'identify')
    assert done.returncode == TRANSPORT
    assert 'TLS' in done.stderr.decode()
    assert run(url, 'identify', '--cacert', certificate[0]).returncode == OK
    assert run(url, 'identify', '-k').returncode == OK
    # trusted, but another name
    done = run(url.replace('127.0.0.1', 'localhost'), 'identify', '--cacert',
               certificate[0])
    assert done.returncode == TRANSPORT
    done = run(url, 'identify', '--cacert', '/nonexistent')
    assert done.returncode == TRANSPORT


# ---- Credentials

def test_user_on_the_command_line(stub):
    server = stub(basic)
    done = run(server.url, '-u', 'u:pw', 'identify')
    assert done.returncode == OK, done
    assert b'me' in done.stdout
    assert len(server.seen) == 2  # asked once
    done = run(server.url, '-u', 'u:wrong', 'identify')
    assert done.returncode == AUTH
    assert "'u'" in done.stderr.decode()
    assert 'wrong' not in done.stderr.decode()


def test_basic_is_sent_at_once(stub):
    server = stub(basic)
    assert run(server.url, '-u', 'u:pw', '--auth', 'basic',
               'identify').returncode == OK
    assert len(server.seen) == 1


def test_negotiate_without_tickets(stub):
    """A server that offers Negotiate, too, still gets the password."""
    inner = pages(30, 10)

    def act(handler):
        if handler.headers.get('Authorization', '').startswith('Basic'):
            return (inner if 'Enumeration' in handler.server.seen[-1][1]
                    else basic)(handler)
        handler.send_response(401)
        for scheme in ('Negotiate', 'Kerberos', 'Basic realm="WSMAN"'):
            handler.send_header('WWW-Authenticate', scheme)
        handler.send_header('Content-Length', '0')
        return handler.end_headers()
    done = run(stub(act).url, '-u', 'u:pw', 'identify')
    assert done.returncode == OK, done
    # and is not asked again for each page
    server = stub(act)
    done = run(server.url, '-u', 'u:pw', 'enum', 'C_A', '-o', 'csv')
    assert done.returncode == OK, done
    assert len(done.stdout.split()) == 31
    assert len(server.seen) == 4
    # asked for, and no ticket: refused, and the password stays here
    server = stub(act)
    done = run(server.url, '-u', 'u:pw', '--auth', 'negotiate', 'identify',
               env={'KRB5CCNAME': 'FILE:/nonexistent'})
    assert done.returncode == AUTH, done
    assert not any('Basic' in headers.get('Authorization', '')
                   for headers, _ in server.seen)


def test_nothing_is_sent_without_a_user(stub):
    server = stub(basic)
    assert run(server.url, 'identify').returncode == AUTH
    assert run(server.url, '-u', 'u:pw', '--auth', 'none',
               'identify').returncode == AUTH
    assert run(server.url, '-u', 'u:pw', '--anonymous',
               'identify').returncode == AUTH
    assert all('Authorization' not in headers for headers, _ in server.seen)
    assert server.seen[-1][0]['WSMANIDENTIFY'] == 'unauthenticated'


def test_password_file_and_environment(stub, home):
    url = stub(basic).url
    secret = home / 'secret'
    secret.write_text('pw\nsecond line\n')
    for words, env in (
            (['-u', 'u', '--password-file', str(secret)], {}),
            (['-u', 'u'], {'WSMAN_PASSWORD_FILE': str(secret)}),
            ([], {'WSMAN_USER': 'u', 'WSMAN_PASSWORD_FILE': str(secret)})):
        assert run(url, *words, 'identify', env=env).returncode == OK
    assert run(None, '-u', 'u:pw', 'identify',
               env={'WSMAN_ENDPOINT': url}).returncode == OK
    done = run(url, '-u', 'other', 'identify', env={
        'WSMAN_USER': 'u', 'WSMAN_PASSWORD_FILE': str(secret)})
    assert done.returncode == USAGE
    done = run(url, '--password-file', str(secret), 'identify')
    assert done.returncode == USAGE
    done = run(url, '-u', 'u', '--password-file', '/nonexistent', 'identify')
    assert done.returncode == USAGE


NETRC = [
    ('machine 127.0.0.1 login u password pw', OK),
    ('machine 127.0.0.1\n  login u\n  password pw\n', OK),
    ('machine other login x password y\nmachine 127.0.0.1 login u password pw',
     OK),
    ('#\nmachine 127.0.0.1 # mine\nlogin u password "pw"', OK),
    ('macdef init\nmachine 127.0.0.1 login x password y\n\n'
     'default login u password pw', OK),
    ('machine 127.0.0.1 login u account a password pw', OK),
    ('machine other login u password pw', AUTH),
    ('machine 127.0.0.1 login u', AUTH),
    ('', AUTH),
]


@pytest.mark.parametrize('text, code', NETRC)
def test_netrc(stub, home, text, code):
    (home / '.netrc').write_text(text)
    done = run(stub(basic).url, 'identify')
    assert done.returncode == code, done


def test_netrc_of_a_user(stub, home):
    (home / '.netrc').write_text('machine 127.0.0.1 login x password y\n'
                                 'machine 127.0.0.1 login u password pw\n')
    url = stub(basic).url
    assert run(url, '-u', 'u', 'identify').returncode == OK
    done = run(url, '-u', 'nobody', 'identify')
    assert done.returncode == USAGE
    assert '--password-file' in done.stderr.decode()


def test_question_on_the_terminal(stub):
    """The password is asked for without echo."""
    import pty
    url = stub(basic).url
    child, terminal = pty.fork()
    if child == 0:
        os.execv(WSMAN, [WSMAN, '-h', url, '-u', 'u', 'identify'])
    seen = b''
    while b'Password of u' not in seen:
        seen += os.read(terminal, 1000)
    os.write(terminal, b'pw\n')
    try:
        while True:
            more = os.read(terminal, 1000)
            if not more:
                break
            seen += more
    except OSError:
        pass
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == OK, seen
    assert b'ProductVendor = me' in seen
    assert b'pw' not in seen


def test_password_is_wiped_from_the_command_line(stub):
    waiting, go = threading.Event(), threading.Event()

    def act(handler):
        waiting.set()
        go.wait(30)
        handler.answer(200, IDENTIFY)
    process = subprocess.Popen(
        [WSMAN, '-h', stub(act).url, '-u', 'u:hidden-word', 'identify'],
        stdout=subprocess.DEVNULL)
    assert waiting.wait(30)
    with open('/proc/%d/cmdline' % process.pid, 'rb') as line:
        shown = line.read()
    go.set()
    assert process.wait(30) == OK
    assert b'u:' in shown and b'hidden-word' not in shown


def test_trace_hides_credentials(stub):
    done = run(stub(basic).url, '-v', '-u', 'u:pw', 'identify')
    said = done.stderr.decode()
    assert '> Authorization: Basic [hidden]' in said
    assert base64.b64encode(b'u:pw').decode() not in said
    assert '<wsmid:Identify/>' in said and 'ProductVendor' in said
    assert 'ProductVendor = me' in done.stdout.decode()


def test_warning_of_clear_text():
    """The name does not exist (RFC 2606), so that nothing is sent."""
    words = ['-u', 'u:pw', '-t', '2', 'identify']
    said = run('http://host.invalid', *words).stderr.decode()
    assert 'in the clear' in said
    assert 'in the clear' not in run('https://host.invalid',
                                     *words).stderr.decode()
    assert 'in the clear' not in run('http://host.invalid', '-q',
                                     *words).stderr.decode()
    assert 'in the clear' not in run('http://127.0.0.1:1',
                                     *words).stderr.decode()


# ---- Usage: nothing is sent

@pytest.mark.parametrize('words', [
    [], ['get'], ['get', 'C_A', 'C_B'], ['nope'], ['--nope', 'identify'],
    ['get', 'C A'], ['get', 'C_A?x'], ['enum', 'C_A', '-o', 'yaml'],
    ['enum', 'C_A', '--limit', '0'], ['enum', 'C_A', '--limit', 'x'],
    ['enum', 'C_A', '--max-elements', '-1'], ['enum', 'C_A', '--timeout', '0'],
    ['enum', 'C_A', '--filter', 'x'], ['enum', 'C_A', '--dialect', 'x'],
    ['enum', 'C_A', '--wql', 'x', '--selector-filter', 'a=b'],
    ['enum', 'C_A', '--selector-filter', 'a'], ['enum', 'C_A', '--output'],
    ['enum', 'C_A', '--polymorphism', 'x'], ['identify', '--auth', 'x'],
    ['create', 'C_A', 'x'], ['create', 'C_A', 'x:=y'], ['create', '*', 'a=b'],
    ['create', 'C_A', 'x@/nonexistent'], ['invoke', 'C_A'],
    ['invoke', 'C_A', 'Do It'], ['put', 'C_A', '--body', '/nonexistent'],
    ['put', 'C_A', '--body', '/dev/null'],
    ['put', 'C_A', 'a=b', '--body', '/dev/null'],
])
def test_usage(stub, words):
    server = stub(says(200, IDENTIFY))
    done = run(server.url, *words)
    assert done.returncode == USAGE, done
    assert done.stderr.startswith(b'wsman: ')
    assert done.stdout == b''
    assert server.seen == []


@pytest.mark.parametrize('url', ['ftp://x', 'http://u:p@x/', 'http://', ':'])
def test_bad_endpoints(url):
    done = run(url, 'identify')
    assert done.returncode == USAGE
    assert 'u:p' not in done.stderr.decode() or 'u:p' not in url


def test_every_option_is_documented():
    shown = run(None, '--help').stdout.decode()
    with open(os.path.join(ROOT, 'mod_wsman/tools/wsman.1')) as page:
        manual = page.read().replace('\\-', '-')
    options = re.findall(r'--([a-z-]+)', shown)
    assert len(options) > 30
    missing = [o for o in options
               if not re.search(r'--%s\b' % re.escape(o), manual)]
    assert missing == []


# ---- Long enumerations

ITEM = '<i:C_A xmlns:i="urn:i"><i:N>%d</i:N></i:C_A>'


def pages(total, size, gate=None):
    """Acts as an enumeration of `total` objects, so many a page."""
    def act(handler):
        body = handler.server.seen[-1][1]
        if '/Release<' in body:
            return handler.envelope('')
        found = re.search(r'EnumerationContext>(\d+)<', body)
        at = int(found.group(1)) if found else 0
        if gate and found:
            gate(at)
        items = ''.join(ITEM % i for i in range(at, min(at + size, total)))
        context = ('' if at + size >= total else
                   '<n:EnumerationContext>%d</n:EnumerationContext>'
                   % (at + size))
        if found:
            return handler.envelope('<n:PullResponse>%s<n:Items>%s</n:Items>'
                                    '</n:PullResponse>' % (context, items))
        return handler.envelope(
            '<n:EnumerateResponse>%s<w:Items>%s</w:Items>'
            '</n:EnumerateResponse>' % (context, items))
    return act


def test_enumeration_streams(stub):
    """The first page comes out before the second is there."""
    printed = threading.Event()
    server = stub(pages(4, 2, gate=lambda at: printed.wait(30)))
    process = subprocess.Popen([WSMAN, '-h', server.url, 'enum', 'C_A'],
                               stdout=subprocess.PIPE)
    for line in (b'C_A\n', b'  N = 0\n', b'\n', b'C_A\n', b'  N = 1\n'):
        assert process.stdout.readline() == line
    printed.set()
    out, _ = process.communicate(timeout=30)
    assert out == b'\nC_A\n  N = 2\n\nC_A\n  N = 3\n'
    assert process.returncode == OK


def test_a_hundred_thousand(stub):
    """Complete, in order, and in bounded memory."""
    server = stub(pages(100000, 2000))
    script = ('ulimit -v 250000; exec "$0" -h "$1" enum C_A -o csv'
              if 'SAN' not in os.environ or not os.environ['SAN']
              else 'exec "$0" -h "$1" enum C_A -o csv')
    done = subprocess.run(['bash', '-c', script, WSMAN, server.url],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=120, check=False)
    assert done.returncode == OK, done.stderr
    lines = done.stdout.decode().split('\r\n')
    assert lines[0] == 'N' and lines[-1] == ''
    assert lines[1:-1] == [str(i) for i in range(100000)]


def test_limit_releases(stub):
    server = stub(pages(100, 10))
    done = run(server.url, 'enum', 'C_A', '--limit', '15', '-o', 'csv')
    assert done.stdout.decode().split() == ['N'] + [str(i) for i in range(15)]
    assert '/Release<' in server.seen[-1][1]
    assert '<n:EnumerationContext>20<' in server.seen[-1][1]
    assert len(server.seen) == 3


def test_reader_that_goes_away(stub):
    """head(1) has enough: the enumeration is released."""
    server = stub(pages(100000, 1000))
    done = subprocess.run(['bash', '-c', '"$0" -h "$1" enum C_A | head -1; '
                           'exit ${PIPESTATUS[0]}', WSMAN, server.url],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60, check=False)
    assert done.stdout == b'C_A\n'
    assert done.returncode == OUTPUT
    assert done.stderr == b''
    assert '/Release<' in server.seen[-1][1]
    assert len(server.seen) < 90


def test_disk_full(stub):
    if not os.path.exists('/dev/full'):
        pytest.skip('no /dev/full')
    server = stub(pages(10, 10))
    with open('/dev/full', 'wb') as full:
        done = subprocess.run([WSMAN, '-h', server.url, 'enum', 'C_A'],
                              stdout=full, stderr=subprocess.PIPE, timeout=30,
                              check=False)
    assert done.returncode == OUTPUT
    assert b'cannot write' in done.stderr


def test_interrupt_releases(stub):
    reached, go = threading.Event(), threading.Event()

    def gate(at):
        if at == 30:
            reached.set()
            go.wait(30)
    server = stub(pages(1000, 10, gate))
    process = subprocess.Popen([WSMAN, '-h', server.url, 'enum', 'C_A'],
                               stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    assert reached.wait(30)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    go.set()
    assert process.returncode == 130
    assert b'interrupted' in said
    assert '/Release<' in server.seen[-1][1]
    assert '<n:EnumerationContext>30<' in server.seen[-1][1]


def test_fault_in_the_middle(stub):
    """What came is printed, whole; then the fault."""
    inner = pages(100, 10)

    def act(handler):
        if '>30<' in handler.server.seen[-1][1]:
            return handler.envelope(FAULT_BODY, 500)
        return inner(handler)
    done = run(stub(act).url, 'enum', 'C_A', '-o', 'json')
    assert done.returncode == FAULT
    import json
    assert len(json.loads(done.stdout)) == 30


@pytest.mark.parametrize('form', ['text', 'json', 'csv', 'xml'])
def test_no_output_of_what_failed(stub, form):
    server = stub(lambda h: h.envelope(FAULT_BODY, 500))
    done = run(server.url, 'enum', 'C_A', '-o', form)
    assert done.returncode == FAULT and done.stdout == b''


def test_progress(stub):
    """On a terminal, when the objects go elsewhere; never with --quiet."""
    import pty
    server = stub(pages(3000, 1000))
    for words, expected in (([], True), (['-q'], False)):
        ours, theirs = pty.openpty()
        done = subprocess.run([WSMAN, '-h', server.url, 'enum', 'C_A', *words],
                              stdout=subprocess.DEVNULL, stderr=theirs,
                              timeout=60, check=False)
        assert done.returncode == OK
        os.write(theirs, b'END')
        seen = b''
        while not seen.endswith(b'END'):
            seen += os.read(ours, 4096)
        os.close(ours)
        os.close(theirs)
        assert (b'1000 objects' in seen) == expected


# ---- Time

def test_timeout(stub):
    """The service is told; a server that says nothing is given up."""
    go = threading.Event()
    server = stub(lambda h: go.wait(60))
    done = run(server.url, '-t', '0.5', 'get', 'C_A')
    go.set()
    assert done.returncode == TRANSPORT
    assert 'time-out' in done.stderr.decode()
    assert '<w:OperationTimeout>PT0.500S<' in server.seen[0][1]
