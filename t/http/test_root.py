"""WSManRootSDDL: who may speak to an endpoint at all."""
import pytest

import server as httpd
from wsman import CIM, Client, assert_fault

ITEM = CIM + 'R_Item'
BODY = '<r:R_Item xmlns:r="%s"><r:Name>root</r:Name>%s</r:R_Item>'
PLACE = '''
<Location /wsman>
    SetHandler wsman
    AuthType Basic
    AuthName WSMAN
    AuthBasicProvider file
    AuthUserFile {dir}/htpasswd
    Require valid-user
    WSManIdentify Authenticated
    WSManAllowUnencrypted On
    WSManSid BA user admin
    WSManSid RM user bob
    WSManRootSDDL "D:P(A;;GA;;;BA)(A;;GRGX;;;RM)(A;;GR;;;S-1-22-9-1)S:P(AU;FA;GA;;;WD)"
</Location>
<Location /wsman-open>
    SetHandler wsman
    WSManRootSDDL None
</Location>
<Location /closed>
    SetHandler wsman
    WSManRootSDDL "D:"
</Location>
'''


@pytest.fixture
def users(make_server):
    server = make_server(PLACE)
    clients = {name: Client(server.url('/wsman'), name, httpd.USERS[name])
               for name in ('admin', 'bob', 'alice')}
    clients['server'] = server
    yield clients
    for name in ('admin', 'bob', 'alice'):
        clients[name].close()


def each(client):
    """What a user gets to do: read, write, run."""
    replies = (client.enumerate(CIM + 'T_List'),
               client.create(ITEM, BODY % (ITEM, '')),
               client.invoke(CIM + 'T_Echo', 'Pid'))
    done = []
    for reply in replies:
        if reply.fault is None:
            done.append(True)
        elif reply.fault.subcode == 'w:AccessDenied':
            assert_fault(reply, 'AccessDenied')
            done.append(False)
        else:
            done.append(reply)
    return done


def test_rights(users):
    assert each(users['admin']) == [True, True, True]
    assert users['admin'].delete(ITEM, {'Name': 'root'}).fault is None
    assert each(users['bob']) == [True, False, True]
    assert each(users['alice']) == [False, False, False]
    # a pull is asked, too
    begun = users['bob'].enumerate(CIM + 'T_List')
    assert_fault(users['alice'].pull(CIM + 'T_List', begun.text(
        './/n:EnumerationContext')), 'AccessDenied')
    text = users['server'].read('error.log')
    assert 'audit: alice was denied' in text
    assert 'audit: admin' not in text


def test_other_places(users):
    server = users['server']
    with Client(server.url('/wsman-open')) as client:
        assert client.get(CIM + 'T_List', {'Id': 1}).fault is None
    with Client(server.url('/closed')) as client:
        assert_fault(client.get(CIM + 'T_List', {'Id': 1}), 'AccessDenied')


@pytest.mark.parametrize('line, said', [
    ('WSManRootSDDL "D:(A;;GA;;;DA)"', 'alias means an account of a domain'),
    ('WSManRootSDDL ""', 'SDDL'),
    ('WSManRootSDDL', 'WSManRootSDDL'),
])
@pytest.mark.once
def test_bad_lines(make_server, line, said):
    server = make_server('<Location /wsman>\nSetHandler wsman\n%s\n</Location>'
                         % line, start=False)
    code, text = server.check_config()
    assert code != 0 and said in text
