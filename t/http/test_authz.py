"""Who may do what: the Location's Require lines, then <WSManResource>."""
import pytest

import server as httpd
from wsman import CIM, DELETE, GET, WMI, Client, assert_fault, context_of, \
    envelope, headers, items, local, new_id

ITEM = CIM + 'R_Item'
TWO = CIM + 'R_Two'
BASIC = '''
    AuthType Basic
    AuthName WSMAN
    AuthUserFile {dir}/htpasswd
    Require valid-user
'''


@pytest.fixture
def guarded(server):
    clients = {}
    for user in httpd.USERS:
        clients[user] = Client(server.url('/guarded'), user,
                               httpd.USERS[user])
    yield clients
    for client in clients.values():
        client.close()


def quiet(server):
    """httpd itself logs a denied Require line."""
    server.expect('AH01630|AH01631|AH01797|authorization')


def body(name):
    return '<r:R_Item xmlns:r="%s"><r:Name>%s</r:Name></r:R_Item>' % (ITEM,
                                                                      name)


def test_reading_is_for_all(guarded):
    for client in guarded.values():
        assert client.get(ITEM, {'Name': 'from-mof'}).fault is None


def test_changing_is_for_one(server, guarded):
    quiet(server)
    for action, user in (('create', 'alice'), ('delete', 'bob'),
                         ('put', 'alice')):
        client = guarded[user]
        if action == 'create':
            reply = client.create(ITEM, body('no'))
        elif action == 'put':
            reply = client.put(ITEM, {'Name': 'from-mof'}, body('from-mof'))
        else:
            reply = client.delete(ITEM, {'Name': 'from-mof'})
        assert_fault(reply, 'AccessDenied')
    assert guarded['admin'].get(ITEM, {'Name': 'no'}).fault is not None
    assert guarded['admin'].get(ITEM, {'Name': 'from-mof'}).fault is None
    assert guarded['admin'].create(ITEM, body('yes')).fault is None
    assert guarded['admin'].delete(ITEM, {'Name': 'yes'}).fault is None


def test_a_denial_is_a_fault_and_no_challenge(server, guarded):
    """Never a new 401: whoever is denied here has logged in."""
    quiet(server)
    reply = guarded['alice'].get(TWO, {'First': 'x', 'Second': 1})
    assert_fault(reply, 'AccessDenied')
    assert reply.headers.get('WWW-Authenticate') is None


def test_a_class_for_a_group(server, guarded):
    quiet(server)
    key = {'First': 'x', 'Second': 1}
    assert_fault(guarded['alice'].get(TWO, key), 'AccessDenied')
    assert_fault(guarded['bob'].get(TWO, key), 'NotFound')


@pytest.mark.parametrize('uri', [WMI + 'R_Two', CIM + 'r_two',
                                 CIM + 'R_TWO'])
def test_no_other_way_to_the_class(server, guarded, uri):
    """Another spelling of the URI is the same class."""
    quiet(server)
    reply = guarded['alice'].get(uri, {'First': 'x', 'Second': 1})
    assert_fault(reply, 'AccessDenied')


def test_an_unknown_class_tells_nothing(server, guarded):
    """The denial comes first, for all of the class alike."""
    quiet(server)
    for key in ({'First': 'x', 'Second': 1}, {}, {'Nothing': 1}):
        assert_fault(guarded['alice'].get(TWO, key), 'AccessDenied')


def test_enumeration_is_denied_too(server, guarded):
    quiet(server)
    assert_fault(guarded['alice'].enumerate(TWO), 'AccessDenied')
    assert guarded['bob'].enumerate(TWO).fault is None


def test_a_method(server, guarded):
    quiet(server)
    echo = CIM + 'T_Echo'
    for client in guarded.values():
        assert_fault(client.invoke(echo, 'Pid'), 'AccessDenied')
    assert guarded['alice'].invoke(echo, 'Who').fault is None


def test_nobody(server):
    with Client(server.url('/guarded')) as client:
        text = envelope(headers(DELETE, ITEM, {'Name': 'x'}, new_id()))
        reply = client.post(text)
        assert reply.status == 401
        assert reply.headers['WWW-Authenticate'] == 'Basic realm="WSMAN"'


def test_wrong_password(server):
    server.expect('AH01617')
    with Client(server.url('/guarded'), 'admin', 'nonsense') as client:
        text = envelope(headers(GET, ITEM, {'Name': 'x'}, new_id()))
        assert client.post(text).status == 401


def test_unknown_user(server):
    server.expect('AH01618')
    with Client(server.url('/guarded'), 'mallory', 'x') as client:
        text = envelope(headers(GET, ITEM, {'Name': 'x'}, new_id()))
        assert client.post(text).status == 401


def test_the_location_decides_first(make_server):
    """A user whom the Location refuses never gets to the envelope."""
    one = make_server('''
<Location /wsman>
    SetHandler wsman
    AuthType Basic
    AuthName WSMAN
    AuthUserFile {dir}/htpasswd
    Require user admin
</Location>
''')
    one.expect('AH01631|authorization')
    with Client(one.url(), 'alice', httpd.USERS['alice']) as client:
        assert client.post('<not an envelope').status == 401
    with Client(one.url(), 'admin', httpd.USERS['admin']) as client:
        assert client.get(ITEM, {'Name': 'from-mof'}).fault is None


def test_sections_merge(make_server):
    """The later section counts, as with httpd's own."""
    one = make_server('''
<Location />
    AuthType Basic
    AuthName WSMAN
    AuthUserFile {dir}/htpasswd
    Require valid-user
</Location>
<Location /wsman>
    SetHandler wsman
    <WSManResource "*">
        Require user admin
    </WSManResource>
    <WSManResource "*/T_List" Get>
        Require user alice
    </WSManResource>
</Location>
''')
    one.expect('AH01631|authorization')
    many = CIM + 'T_List'
    with Client(one.url(), 'alice', httpd.USERS['alice']) as client:
        assert client.get(many, {'Id': 1}).fault is None
        assert_fault(client.enumerate(many), 'AccessDenied')
        assert_fault(client.get(ITEM, {'Name': 'from-mof'}), 'AccessDenied')
    with Client(one.url(), 'admin', httpd.USERS['admin']) as client:
        assert_fault(client.get(many, {'Id': 1}), 'AccessDenied')
        assert client.enumerate(many, optimize=1).fault is None
        assert client.get(ITEM, {'Name': 'from-mof'}).fault is None


def test_instances_of_a_guarded_subclass(make_server):
    """Who may not see R_Special does not see it as R_Item either."""
    one = make_server('''
<Location /wsman>
    SetHandler wsman
    <WSManResource "R_Special">
        Require all denied
    </WSManResource>
</Location>
''')
    one.expect('AH01630|authorization')
    with Client(one.url()) as client:
        assert client.create(ITEM, body('plain')).fault is None
        assert_fault(client.enumerate(CIM + 'R_Special'), 'AccessDenied')
        reply = client.enumerate(ITEM, optimize=100)
        if reply.fault is not None:
            assert_fault(reply, 'AccessDenied')
        else:
            assert all(local(x) == 'R_Item' for x in items(reply))
        only = client.enumerate(ITEM, optimize=100, poly='None')
        assert only.fault is None, only


XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
DECOY = ('<b:PolymorphismMode xmlns:b="http://schemas.dmtf.org/wbem/wsman/1/'
         'cimbinding.xsd">None</b:PolymorphismMode>')


@pytest.fixture
def special(make_server):
    """R_Special is for bob alone; an instance of it is there."""
    one = make_server('''
<Location /wsman>
    SetHandler wsman
%s
    <WSManResource "R_Special">
        Require user bob
    </WSManResource>
    <WSManResource "*" http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/T_Echo/Pid>
        Require user bob
    </WSManResource>
</Location>
''' % BASIC)
    one.expect('AH0163[01]|authorization')
    with Client(one.url(), 'bob', httpd.USERS['bob']) as bob:
        reply = bob.create(CIM + 'R_Special',
                           '<r:R_Special xmlns:r="%sR_Special"><r:Name>secret'
                           '</r:Name></r:R_Special>' % CIM)
        assert reply.fault is None
    with Client(one.url(), 'alice', httpd.USERS['alice']) as alice:
        yield alice


def test_a_decoy_in_the_body_opens_nothing(special):
    """Only an Enumerate has a PolymorphismMode."""
    key = {'Name': 'secret'}
    content = '<r:R_Item xmlns:r="%s">%s</r:R_Item>' % (ITEM, DECOY)
    assert_fault(special.get(ITEM, key), 'AccessDenied')
    assert_fault(special.send(GET, ITEM, key, content), 'AccessDenied')
    assert_fault(special.send(DELETE, ITEM, key, content), 'AccessDenied')
    assert_fault(special.put(ITEM, key, content), 'AccessDenied')


def test_create_of_a_subclass_by_its_type(special):
    reply = special.create(
        ITEM, '<r:R_Item xmlns:r="%s" %s xsi:type="r:R_Special_Type"><r:Name>x'
        '</r:Name></r:R_Item>' % (ITEM, XSI))
    assert_fault(reply, 'AccessDenied')
    assert special.create(ITEM, body('mine')).fault is None


def test_a_method_by_its_other_uri(special):
    assert_fault(special.invoke(CIM + 'T_Echo', 'Pid'), 'AccessDenied')
    assert_fault(special.invoke(WMI + 'T_Echo', 'Pid'), 'AccessDenied')
    assert special.invoke(WMI + 'T_Echo', 'Who').fault is None


def test_a_section_for_a_class_holds_for_its_subclasses(make_server):
    one = make_server('''
<Location /wsman>
    SetHandler wsman
%s
    <WSManResource "*">
        Require user admin
    </WSManResource>
    <WSManResource "R_Item">
        Require valid-user
    </WSManResource>
</Location>
''' % BASIC)
    one.expect('AH0163[01]|authorization')
    with Client(one.url(), 'alice', httpd.USERS['alice']) as alice:
        assert alice.enumerate(ITEM).fault is None
        assert alice.enumerate(CIM + 'R_Special').fault is None
        assert_fault(alice.enumerate(TWO), 'AccessDenied')


def test_expressions_know_the_request(make_server):
    """WSMAN_* in Require expr."""
    one = make_server('''
<Location /wsman>
    SetHandler wsman
    <WSManResource "*">
        Require expr "%{WSMAN_CLASS} == 'T_List' && \\
                      %{WSMAN_NAMESPACE} == 'root/cimv2' && \\
                      %{WSMAN_RESOURCE_URI} =~ m#T_List$#"
    </WSManResource>
</Location>
''')
    one.expect('AH01630|AH01631|authorization')
    with Client(one.url()) as client:
        assert client.get(CIM + 'T_List', {'Id': 1}).fault is None
        assert_fault(client.get(ITEM, {'Name': 'from-mof'}), 'AccessDenied')
    one.wait_for_log(' T_List', name='access.log')


@pytest.mark.parametrize('line,get,enumerate_', [
    ('wsman-action Get', True, False),
    ('wsman-action Enumerate Put', False, True),
    ('not wsman-action Get', False, True),
    ('wsman-namespace root/cimv2', True, True),
    ('wsman-namespace root/*', True, True),
    ('wsman-namespace root/other', False, False),
    ('wsman-secure', False, False),
])
def test_own_require_lines(make_server, line, get, enumerate_):
    one = make_server('''
<Location /wsman>
    SetHandler wsman
    <WSManResource "*">
        <RequireAll>
            Require all granted
            Require %s
        </RequireAll>
    </WSManResource>
</Location>
''' % line)
    one.expect('AH01630|AH01631|authorization')
    with Client(one.url()) as client:
        reply = client.get(CIM + 'T_List', {'Id': 1})
        assert (reply.fault is None) == get, reply
        reply = client.enumerate(CIM + 'T_List')
        assert (reply.fault is None) == enumerate_, reply


def test_endpoints_have_their_own_repositories(server, alice):
    """What is created in one is not there in the other."""
    assert alice.create(ITEM, body('mine')).fault is None
    try:
        with Client(server.url('/other'), 'alice',
                    httpd.USERS['alice']) as other:
            assert_fault(other.get(ITEM, {'Name': 'mine'}), 'NotFound')
            assert other.get(ITEM, {'Name': 'from-mof'}).fault is None
    finally:
        alice.delete(ITEM, {'Name': 'mine'})


def test_virtual_hosts(make_server):
    """One endpoint a vhost, several vhosts on one port."""
    one = make_server('''
<VirtualHost 127.0.0.1:{port}>
    ServerName one.test
    <Location /wsman>
        SetHandler wsman
        WSManRepository one
    </Location>
</VirtualHost>
<VirtualHost 127.0.0.1:{port}>
    ServerName two.test
    <Location /wsman>
        SetHandler wsman
        WSManRepository two
    </Location>
</VirtualHost>
<VirtualHost 127.0.0.1:{port}>
    ServerName none.test
</VirtualHost>
''')
    text = envelope(headers('http://schemas.xmlsoap.org/ws/2004/09/transfer/'
                            'Create', ITEM, None, new_id()), body('here'))
    with Client(one.url()) as client:
        assert client.post(text, more={'Host': 'one.test'}).status == 200
        ask = envelope(headers(GET, ITEM, {'Name': 'here'}, new_id()))
        assert client.post(ask, more={'Host': 'one.test'}).status == 200
        assert client.post(ask, more={'Host': 'two.test'}).status == 500
        reply = client.post(ask, more={'Host': 'none.test'})
        assert reply.status in (404, 405)


ALL = 'http://schemas.dmtf.org/wbem/wscim/1/*'


def wql(text):
    return ('<w:Filter Dialect="http://schemas.microsoft.com/wbem/wsman/1/WQL">'
            '%s</w:Filter>' % text)


@pytest.mark.parametrize('uri', [ALL, WMI + '*', ITEM])
def test_a_query_for_a_guarded_class(special, uri):
    """However it is addressed, the class that a query names counts."""
    query = wql("SELECT * FROM R_Special")
    assert_fault(special.enumerate(uri, filter=query), 'AccessDenied')
    assert_fault(special.enumerate(uri, filter=query, poly='None')
                 if uri == ITEM else
                 special.enumerate(uri, optimize=10, filter=query),
                 'AccessDenied')
    assert_fault(special.enumerate(uri, optimize=10, filter=wql(
        "SELECT Name FROM R_Special")), 'AccessDenied')


def test_a_query_for_a_class_above_a_guarded_one(special):
    query = wql("SELECT * FROM R_Item")
    assert_fault(special.enumerate(ALL, optimize=10, filter=query),
                 'AccessDenied')
    only = special.enumerate(ITEM, optimize=10, filter=query, poly='None')
    assert [local(node) for node in items(only)] == ['R_Item']
    two = special.enumerate(ALL, optimize=10,
                            filter=wql('SELECT * FROM R_Two'))
    assert items(two) == []


def test_a_pull_is_asked_too(make_server):
    """Leave that was taken back meanwhile is missed by the next Pull."""
    one = make_server("""
<Location /wsman>
    SetHandler wsman
    <WSManResource "R_Item" Pull>
        Require all denied
    </WSManResource>
</Location>
""")
    one.expect('AH01630|authorization')
    with Client(one.url()) as client:
        assert client.create(ITEM, body('x')).fault is None
        reply = client.enumerate(ALL, filter=wql('SELECT * FROM R_Item'))
        assert_fault(client.pull(ALL, context_of(reply)), 'AccessDenied')


def test_classes_that_may_not_be_seen(special):
    """meta_class shows the classes whose instances may be seen."""
    found = special.all(ALL, 50, optimize=50, fresh=True, filter=wql(
        "SELECT * FROM META_CLASS WHERE __THIS ISA 'R_Item'"))
    assert [local(node) for node in found] == ['R_Item']
