"""curl as a foreign client."""
import shutil
import subprocess

import pytest
from lxml import etree

import server as httpd
from wsman import CIM, GET, IDENTIFY, NS, envelope, headers, new_id

pytestmark = pytest.mark.skipif(shutil.which('curl') is None,
                                reason='tool missing: curl')


def curl(url, *words, data=IDENTIFY):
    done = subprocess.run(
        ['curl', '-sS', '--max-time', '30', '-w', '\\n%{http_code}',
         '-H', 'Content-Type: application/soap+xml;charset=UTF-8',
         '--data-binary', '@-', *words, url],
        input=data.encode(), stdout=subprocess.PIPE, check=True)
    text, _, status = done.stdout.decode().rpartition('\n')
    return int(status), text


def test_identify(server):
    status, text = curl(server.url('/wsman'))
    assert status == 200
    root = etree.fromstring(text.encode())
    assert root.find('.//id:ProtocolVersion', NS) is not None


@pytest.mark.parametrize('way', ['--basic', '--anyauth'])
def test_with_password(server, way):
    text = envelope(headers(GET, CIM + 'T_List', {'Id': 3}, new_id()))
    status, answer = curl(server.url('/wsman'), way, '-u',
                          'alice:' + httpd.USERS['alice'], data=text)
    assert status == 200 and '<p:Id>3</p:Id>' in answer


def test_wrong_password(server):
    server.expect('AH01617')
    text = envelope(headers(GET, CIM + 'T_List', {'Id': 3}, new_id()))
    assert curl(server.url('/wsman'), '-u', 'alice:no', data=text)[0] == 401


def test_expect_100(server):
    """curl asks before it sends much."""
    text = envelope(headers(GET, CIM + 'T_List', {'Id': 3}, new_id()),
                    '<m:x xmlns:m="urn:m">%s</m:x>' % ('x' * 200000))
    status, _ = curl(server.url('/anon'), '-H', 'Expect: 100-continue',
                     data=text)
    assert status in (200, 500)


def test_chunked(server):
    text = envelope(headers(GET, CIM + 'T_List', {'Id': 3}, new_id()))
    status, answer = curl(server.url('/anon'), '-H',
                          'Transfer-Encoding: chunked', data=text)
    assert status == 200 and '<p:Id>3</p:Id>' in answer


def test_http2_prior_knowledge_is_not_needed(server):
    status, _ = curl(server.url('/anon'), '--http1.1')
    assert status == 200
