"""HTTP as clients and nets use it: R21, DSP0226 Annex C."""
import http.client
import socket
import threading
import time

import pytest

from wsman import CIM, GET, IDENTIFY, Client, Reply, envelope, headers, new_id

LIST = CIM + 'T_List'


def get():
    return envelope(headers(GET, LIST, {'Id': 1}, new_id())).encode()


def dialogue(server, *pieces, pause=0.0, until=None, timeout=30):
    """Sends pieces over one socket.  @return all that came back"""
    with socket.create_connection(('127.0.0.1', server.port),
                                  timeout) as line:
        for piece in pieces:
            line.sendall(piece)
            time.sleep(pause)
        got = b''
        while True:
            data = line.recv(65536)
            if not data:
                return got
            got += data
            if until is not None and until in got:
                return got


def request(body, *more, path='/anon', close=True):
    lines = ['POST %s HTTP/1.1' % path, 'Host: x',
             'Content-Type: application/soap+xml;charset=UTF-8']
    if close:
        lines.append('Connection: close')
    lines += more
    return '\r\n'.join(lines + ['', '']).encode() + body


def chunked(body, size):
    out = b''
    for at in range(0, len(body), size):
        piece = body[at:at + size]
        out += b'%x\r\n%s\r\n' % (len(piece), piece)
    return out + b'0\r\n\r\n'


# ---- Bodies

@pytest.mark.parametrize('size', [1, 7, 1000, 100000])
def test_chunked(server, size):
    got = dialogue(server, request(chunked(get(), size),
                                   'Transfer-Encoding: chunked'))
    assert got.startswith(b'HTTP/1.1 200'), got
    assert b'T_List' in got


def test_chunked_too_large(server):
    body = get().replace(b'<s:Body>', b'<s:Body>' + b' ' * 600000)
    got = dialogue(server, request(chunked(body, 8000),
                                   'Transfer-Encoding: chunked'))
    assert got.startswith(b'HTTP/1.1 500'), got[:300]
    assert b'ServiceEnvelopeLimit' in got


def test_chunked_broken(server):
    server.expect('AH0')
    got = dialogue(server, request(b'zz\r\nhello\r\n',
                                   'Transfer-Encoding: chunked'))
    assert got.startswith(b'HTTP/1.1 400'), got[:300]


def test_expect_100_continue(server):
    body = get()
    got = dialogue(server,
                   request(b'', 'Content-Length: %d' % len(body),
                           'Expect: 100-continue'), body, pause=0.2)
    assert got.startswith(b'HTTP/1.1 100 Continue'), got[:200]
    assert b'HTTP/1.1 200 OK' in got


def test_body_in_pieces(server):
    body = get()
    head = request(b'', 'Content-Length: %d' % len(body))
    step = len(body) // 5 + 1
    pieces = [body[at:at + step] for at in range(0, len(body), step)]
    got = dialogue(server, head, *pieces, pause=0.05)
    assert got.startswith(b'HTTP/1.1 200'), got[:300]


def test_body_cut_short(server):
    """The client hangs up in the middle of its own request."""
    with socket.create_connection(('127.0.0.1', server.port), 20) as line:
        line.sendall(request(b'<s:Envelope', 'Content-Length: 5000'))
    with Client(server.url('/anon')) as client:
        assert client.get(LIST, {'Id': 1}).fault is None


def test_no_body(server):
    got = dialogue(server, request(b'', 'Content-Length: 0'))
    assert got.split(b' ')[1] in (b'500', b'400'), got[:300]


def test_no_length_at_all(server):
    got = dialogue(server, request(b''))
    assert got.split(b' ')[1] in (b'500', b'400', b'411'), got[:300]


def test_http_1_0(server):
    body = get()
    head = ('POST /anon HTTP/1.0\r\nContent-Length: %d\r\n\r\n'
            % len(body)).encode()
    got = dialogue(server, head + body)
    assert got.startswith(b'HTTP/1.1 200'), got[:300]


# ---- Methods and paths

@pytest.mark.parametrize('method', ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH',
                                    'PROPFIND'])
def test_other_methods(anon, method):
    reply = anon.post(None if method in ('GET', 'HEAD') else IDENTIFY,
                      method=method)
    assert reply.status == 405
    assert 'POST' in reply.headers['Allow']


def test_options_method(anon):
    reply = anon.post('', method='OPTIONS')
    assert reply.status in (200, 204, 405)
    assert 'POST' in reply.headers['Allow']


def test_other_paths(server, anon):
    assert anon.post(IDENTIFY, path='/nothing').status in (404, 405)
    assert anon.post(None, path='/plain.txt', method='GET').status == 200


@pytest.mark.parametrize('path,status', [
    ('/anon/', 200), ('/anon?x=1', 200), ('/anon/more', 404),
    ('/anonymous', 404)])
def test_paths_below(server, anon, path, status):
    server.expect('File does not exist')
    assert anon.post(IDENTIFY, path=path).status == status


def test_endpoint_is_not_searched_on_the_disk(server, anon):
    """A claimed URI needs no file, and a file of that name is not served."""
    import os
    with open(server.path('htdocs', 'anon'), 'w') as page:
        page.write('not this')
    try:
        assert b'not this' not in anon.post(None, method='GET').data
        assert anon.post(IDENTIFY).status == 200
    finally:
        os.remove(server.path('htdocs', 'anon'))


# ---- Connections

@pytest.fixture
def lasting(make_server):
    """Its children do not end while a connection is watched."""
    return make_server('<Location /anon>\nSetHandler wsman\n</Location>\n',
                       per_child=0)


def test_keep_alive(lasting):
    line = http.client.HTTPConnection('127.0.0.1', lasting.port, timeout=30)
    line.connect()
    sock = line.sock
    for _ in range(20):
        line.request('POST', '/anon', get(),
                     {'Content-Type': 'application/soap+xml'})
        answer = line.getresponse()
        assert answer.status == 200 and answer.read()
        assert line.sock is sock, 'the connection was closed'
    line.close()


def test_keep_alive_after_faults(lasting):
    with Client(lasting.url('/anon')) as client:
        client.post(IDENTIFY)
        kept = client.connection.sock
        for text in ('<x', '', IDENTIFY.replace('Identify', 'Other')):
            client.post(text)
        assert client.post(IDENTIFY).status == 200
        assert client.connection.sock is kept


def test_pipelined(server):
    body = get()
    one = request(body, 'Content-Length: %d' % len(body), close=False)
    last = request(body, 'Content-Length: %d' % len(body))
    got = dialogue(server, one * 4 + last)
    assert got.count(b'HTTP/1.1 200 OK') == 5


def test_one_length_and_no_chunks(anon):
    """One brigade with Content-Length."""
    reply = anon.post(get())
    assert int(reply.headers['Content-Length']) == len(reply.data)
    assert reply.headers.get('Transfer-Encoding') is None


def test_not_cacheable_is_not_compressed(anon):
    """R21: offered, not done."""
    reply = anon.post(get(), more={'Accept-Encoding': 'gzip, deflate'})
    assert reply.headers.get('Content-Encoding') is None
    assert reply.status == 200


def test_empty_post_without_credentials(server):
    """Authentication comes first, whatever the body (masterzen's client)."""
    with Client(server.url('/authed')) as client:
        assert client.post('', content_type=None).status == 401
        assert client.post(IDENTIFY).status == 401


def test_client_goes_away_while_we_work(server):
    """The provider learns of it and stops; nothing is logged as an error."""
    text = envelope(headers(GET, CIM + 'T_Slow', {'Id': 1}, new_id())).encode()
    before = server.read('error.log').count('T_Slow: the get was cancelled')
    line = socket.create_connection(('127.0.0.1', server.port), 20)
    line.sendall(request(text, 'Content-Length: %d' % len(text)))
    time.sleep(0.5)
    line.close()
    server.wait_for_log('T_Slow: the get was cancelled', before + 1,
                        seconds=20)


def test_client_goes_away_in_the_middle_of_the_reply(server):
    """A large page to somebody who reads a little and hangs up."""
    with Client(server.url('/anon')) as client:
        for _ in range(3):
            body = ('<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>1000'
                    '</w:MaxElements></n:Enumerate>')
            text = envelope(headers(
                'http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate',
                CIM + 'T_Many', None, new_id()), body).encode()
            line = socket.socket()
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.settimeout(20)
            line.connect(('127.0.0.1', server.port))
            line.sendall(request(text, 'Content-Length: %d' % len(text)))
            assert line.recv(100).startswith(b'HTTP/1.1 200')
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                            b'\x01\x00\x00\x00\x00\x00\x00\x00')
            line.close()
            assert client.get(LIST, {'Id': 1}).fault is None


def test_many_at_once(server):
    """More clients than threads; each gets its own answer."""
    wrong = []

    def work(number):
        with Client(server.url('/anon')) as client:
            for turn in range(10):
                which = (number * 10 + turn) % 50
                reply = client.get(LIST, {'Id': which})
                if reply.value('Id') != str(which):
                    wrong.append(reply)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not wrong


def test_static_files_are_httpds(server):
    with Client(server.url('/plain.txt')) as client:
        reply = client.post(None, method='GET')
        assert isinstance(reply, Reply) and reply.data == b'a static file\n'


def test_limit_request_body(make_server):
    """The smaller of LimitXMLRequestBody and our own limit counts, and it is
    a SOAP fault, not a bare 413."""
    one = make_server('LimitXMLRequestBody 20000\n<Location /anon>\n'
                      'SetHandler wsman\n</Location>\n')
    with Client(one.url('/anon')) as client:
        text = IDENTIFY.replace('<s:Header/>',
                                '<s:Header>%s</s:Header>' % (' ' * 30000))
        reply = client.post(text)
        assert reply.fault is not None, reply
        assert reply.fault.details[0].endswith('/ServiceEnvelopeLimit')


def test_a_range_cuts_nothing_out(server):
    with Client(server.url('/anon')) as client:
        reply = client.post(IDENTIFY, more={'Range': 'bytes=0-9'})
    assert reply.status == 200 and reply.root is not None
