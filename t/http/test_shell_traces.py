"""Shells by the requests that clients were seen to send
(t/interop/shell_requests_seen.py), read as those clients read replies."""
import base64
import os
import re
import sys

import pytest

import server as httpd
from gss_fixtures import *  # noqa: F401,F403
from remote_shell import DONE, RSP, read
from shell_fixtures import *  # noqa: F401,F403
from wsman import NS, new_id

sys.path.insert(0, os.path.join(httpd.ROOT, 't', 'interop'))

import shell_requests_seen as seen  # noqa: E402


@pytest.fixture(params=seen.CLIENTS, ids=lambda one: one.name)
def post(request, client):
    """post(operation, ...): the reply; RelatesTo is the MessageID, byte for
    byte (client-interop R2)"""
    said = request.param

    def send(operation, **fill):
        sent = said.constant_id or new_id().lower()
        reply = client.post(said.text(operation, message_id=sent, **fill),
                            content_type=None, more=said.http)
        assert reply.status == 200, reply
        assert reply.header('a:RelatesTo') == sent
        assert reply.header('a:Action') == seen.ACTIONS[operation] + \
            'Response'
        return reply
    send.client = said
    return send


def by_regex(pattern, reply):
    found = re.findall(pattern, reply.data.decode())
    assert len(found) == 1, reply
    return found[0]


def test_a_command(post):
    made = post('Create')
    shell = by_regex('Name="ShellId">([^<]+)<', made)
    assert by_regex('<rsp:ShellId>([^<]+)<', made) == shell
    reply = post('Command', shell=shell)
    command = by_regex('<rsp:CommandId>([^<]+)<', reply)
    assert len(reply.findall('s:Body//rsp:CommandId')) == 1
    post('Send', shell=shell, command=command)
    if 'End' in post.client.bodies:
        post('End', shell=shell, command=command)
    found, done = b'', False
    while not done:
        reply = post('Receive', shell=shell, command=command)
        got = read(reply, ['stdout', 'stderr'], command)
        found, done = found + got.stdout, got.done
    # exactly one (pywinrm), exactly this text (Go), and what it means
    assert by_regex('State="([^"]+)"', reply) == DONE
    assert by_regex('<rsp:ExitCode>([^<]+)<', reply) == '0'
    assert found.startswith(b'hello world') and found.endswith(b'more')
    if 'Signal' in post.client.bodies:
        post('Signal', shell=shell, command=command)
    reply = post('Delete', shell=shell)
    assert reply.body is None


def test_output_as_it_is_on_the_wire(post):
    """Data, then the end of each stream, then the state (as in Windows'
    replies)."""
    shell = by_regex('Name="ShellId">([^<]+)<', post('Create'))
    command = by_regex('<rsp:CommandId>([^<]+)<', post('Command', shell=shell))
    post('Send', shell=shell, command=command)
    if 'End' in post.client.bodies:
        post('End', shell=shell, command=command)
    tags, done = [], False
    while not done:
        reply = post('Receive', shell=shell, command=command)
        body = reply.body
        last = [(node.get('Name'), node.get('End')) for node in body
                if node.get('Name')]
        tags += last
        done = body.find('rsp:CommandState', NS) is not None and \
            body.find('rsp:CommandState', NS).get('State') == DONE
    assert body[-1].tag == '{%s}CommandState' % RSP, reply
    assert [name for name, end in tags if end] == ['stdout', 'stderr'], tags
    assert all(end == 'true' for _, end in tags[-2:]), tags
    for node in body.findall('rsp:Stream', NS):
        assert base64.b64decode(node.text or '') or node.get('End') == 'true'
    post('Delete', shell=shell)
