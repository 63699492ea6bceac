"""Requests as real clients sent them (t/interop/requests_seen.py)."""
import os
import sys

import pytest

import server as httpd
from wsman import NS, Client, check_reply, context_of, items, local, new_id, \
    value_of

sys.path.insert(0, os.path.join(httpd.ROOT, 't', 'interop'))

import requests_seen as seen  # noqa: E402

CONFIG = '<Location /wsman>\nSetHandler wsman\n</Location>\n'
ENUMERATE = NS['n'] + '/Enumerate'


@pytest.fixture(scope='module')
def drac_server(mpm, request):
    one = httpd.Server(
        mpm, CONFIG,
        schema=('{root}/schemas/wsman.mof', '{root}/t/interop/drac.mof'),
        providers=('drac {build}/t/http/drac_provider.so',)).start()
    yield one
    one.stop()
    bad = one.unexpected()
    if not request.config.getoption('--keep'):
        one.remove()
    assert not bad, bad


@pytest.fixture
def send(drac_server):
    with Client(drac_server.url()) as client:
        def post(name, action=None, **fill):
            request = seen.BY_NAME[name]
            sent = new_id()
            reply = client.post(
                request.text(address=drac_server.url(), message_id=sent,
                             **fill), content_type=None, more=request.http)
            if action:
                check_reply(reply, action, sent)
            return reply
        yield post


def names(reply):
    return [value_of(one, 'Name') for one in items(reply)]


def test_identify(send):
    reply = send('identify')
    assert reply.find('s:Body/id:IdentifyResponse') is not None


def test_enumerate(send):
    reply = send('enumerate', ENUMERATE)
    assert sorted(names(reply)) == ['five', 'four', 'one', 'three', 'two']
    assert context_of(reply) == ''
    one = items(reply)[0]
    assert one.tag == '{%sDCIM_CPUView}DCIM_CPUView' % seen.DELL, \
        'the class has the name that the client gave it'


def test_enumerate_and_pull(send):
    """Two at a time: w:MaxElements in a Pull is what this client sends."""
    reply = send('enumerate plainly', ENUMERATE)
    context, found, pulls = context_of(reply), [], 0
    assert context and items(reply) == []
    while context:
        reply = send('pull', NS['n'] + '/Pull', context=context)
        assert reply.find('s:Body/n:PullResponse/n:Items') is not None
        assert len(items(reply)) <= 2
        found += names(reply)
        context = context_of(reply)
        pulls += 1
    assert sorted(found) == ['five', 'four', 'one', 'three', 'two']
    assert pulls <= 4


@pytest.mark.parametrize('name,count,element', [
    ('enumerate by WQL', 5, 'Name'), ('enumerate by CQL', 5, 'Name'),
    ('power state', 1, 'EnabledState')])
def test_queries(send, name, count, element):
    found = items(send(name, ENUMERATE))
    assert [local(one) for one in found] == ['XmlFragment'] * count
    assert [[local(child) for child in one] for one in found] == \
        [[element]] * count


@pytest.mark.parametrize('name,cls', [
    ('jobs', 'DCIM_LifecycleJob'),
    ('boot configurations', 'DCIM_BootConfigSetting')])
def test_other_lists(send, name, cls):
    reply = send(name, ENUMERATE)
    assert [local(one) for one in items(reply)] == [cls]


def test_set_attributes(send):
    uri = seen.DELL + 'DCIM_BIOSService'
    reply = send('set attributes', uri + '/SetAttribute')
    assert reply.fault is None, reply
    assert reply.body.tag == '{%s}SetAttribute_OUTPUT' % uri
    assert reply.value('ReturnValue') == '0'
    assert reply.value('SetResult') == ['A', 'B']


def test_is_it_ready(send):
    uri = seen.DELL + 'DCIM_LCService'
    reply = send('is it ready', uri + '/GetRemoteServicesAPIStatus')
    assert reply.value('LCStatus') == '0', reply


def test_the_whole_client(drac_server):
    """DRACClient itself, over plain HTTP."""
    client = pytest.importorskip(
        'dracclient.client', reason='tool missing: python3-dracclient')
    drac = client.DRACClient('127.0.0.1', 'x', 'y', port=drac_server.port,
                             protocol='http')
    assert drac.client.is_idrac_ready()
