"""What an object is associated with: DSP0227 8.2 over several children."""
from xml.sax.saxutils import escape

import pytest
from lxml import etree

import server as httpd
from wsman import CIM, NS, WMI, Client, Epr, assert_fault, context_of, ended, \
    items, local, value_of

ALL = 'http://schemas.dmtf.org/wbem/wscim/1/*'
DIALECT = 'http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter'
ITEM = CIM + 'R_Item'
LINK = CIM + 'R_Link'
BASIC = '''
    AuthType Basic
    AuthName WSMAN
    AuthUserFile {dir}/htpasswd
    Require valid-user
'''


def association(kind, obj, element='w:Filter', properties=(), **limits):
    """The filter for what is associated with `obj`; kind 'Associated' or
    'Association'."""
    inner = '<b:Object>%s</b:Object>' % obj.content()
    for name, value in limits.items():
        inner += '<b:%s>%s</b:%s>' % (name, escape(value), name)
    for name in properties:
        inner += '<b:IncludeResultProperty>%s</b:IncludeResultProperty>' % name
    return '<%s Dialect="%s"><b:%sInstances>%s</b:%sInstances></%s>' % (
        element, DIALECT, kind, inner, kind, element)


def item(name, cls='R_Item'):
    return Epr(CIM + cls, {'Name': name})


def make(client, name, cls='R_Item'):
    reply = client.create(CIM + cls, '<r:%s xmlns:r="%s"><r:Name>%s</r:Name>'
                          '</r:%s>' % (cls, CIM + cls, name, cls))
    assert reply.fault is None, reply


def link(client, left, right, note='n'):
    reply = client.create(LINK, '<r:R_Link xmlns:r="%s"><r:Left>%s</r:Left>'
                          '<r:Right>%s</r:Right><r:Note>%s</r:Note></r:R_Link>'
                          % (LINK, left.content(), right.content(), note))
    assert reply.fault is None, reply


def names(found):
    return sorted(value_of(node, 'Name') for node in found)


@pytest.fixture
def linked(make_server):
    """hub is linked to i0 ... i29; special s to hub."""
    one = make_server('<Location /wsman>\n    SetHandler wsman\n</Location>\n',
                      per_child=20)
    with Client(one.url()) as client:
        make(client, 'hub')
        for number in range(30):
            make(client, 'i%02d' % number)
            link(client, item('hub'), item('i%02d' % number))
        make(client, 's', 'R_Special')
        link(client, item('s', 'R_Special'), item('hub'))
        yield client


EVERYTHING = ['i%02d' % number for number in range(30)] + ['s']


def test_associated_instances(linked):
    found = linked.all(ALL, optimize=1000,
                       filter=association('Associated', item('hub')))
    assert names(found) == EVERYTHING
    kinds = {local(node) for node in found}
    assert kinds == {'R_Item', 'R_Special'}


def test_limits(linked):
    """Role is the object's end, ResultRole the other's."""
    hub = item('hub')

    def ask(**limits):
        return names(linked.all(ALL, optimize=1000, filter=association(
            'Associated', hub, **limits)))

    assert ask(Role='Left') == EVERYTHING[:-1]
    assert ask(ResultRole='Left') == ['s']
    assert ask(Role='Left', ResultRole='Left') == []
    assert ask(ResultClassName='R_Special') == ['s']
    assert ask(AssociationClassName='R_Link') == EVERYTHING


@pytest.mark.parametrize('uri', [WMI + '*', ALL])
@pytest.mark.parametrize('element', ['w:Filter', 'n:Filter'])
def test_association_instances(linked, uri, element):
    found = linked.all(uri, optimize=1000, filter=association(
        'Association', item('i03'), element))
    assert [local(node) for node in found] == ['R_Link']
    left = found[0].find('{*}Left')
    assert Epr.read(left).selectors == {'Name': 'hub'}


def test_pages_in_other_children(linked):
    """The filter and the spooled rest are found by whoever serves a Pull."""
    filter = association('Associated', item('hub'))
    for count in (1, 7, 31):
        assert names(linked.all(ALL, count, optimize=None, fresh=True,
                                filter=filter)) == EVERYTHING


def test_what_is_gone_is_left_out(linked):
    for name in ('i05', 'i06'):
        assert linked.delete(ITEM, {'Name': name}).fault is None
    found = linked.all(ALL, optimize=1000,
                       filter=association('Associated', item('hub')))
    assert len(found) == 29
    links = linked.all(ALL, optimize=1000,
                       filter=association('Association', item('hub')))
    assert len(links) == 31


def test_included_properties_and_eprs(linked):
    filter = association('Associated', item('hub'), ResultRole='Left',
                         properties=('More', 'Nothing', 'Name'))
    found = linked.all(ALL, optimize=10, filter=filter)
    assert [node.tag for node in found] == ['{%s}XmlFragment' % NS['w']]
    assert [child.tag for child in found[0]] == [
        '{%sR_Special}More' % CIM, '{%sR_Special}Name' % CIM]
    assert_fault(linked.enumerate(ALL, mode='EnumerateEPR', filter=filter),
                 'EnumerationMode')
    both = linked.all(ALL, optimize=10, mode='EnumerateObjectAndEPR',
                      filter=filter)
    assert [local(child) for child in both[0]] == ['XmlFragment',
                                                   'EndpointReference']
    eprs = linked.all(ALL, optimize=100, mode='EnumerateEPR',
                      filter=association('Associated', item('hub')))
    assert len(eprs) == 31
    special = [Epr.read(node) for node in eprs
               if Epr.read(node).uri == CIM + 'R_Special']
    assert linked.get(special[0].uri, special[0].selectors).fault is None


def test_objects_that_are_none(linked):
    """R8.2.1-4"""
    for obj in (item('nobody'), Epr(ITEM), Epr(CIM + 'No_Such', {'Name': 'x'}),
                Epr(ITEM, {'Wrong': 'hub'})):
        assert_fault(linked.enumerate(ALL, optimize=1, filter=association(
            'Associated', obj)), 'CannotProcessFilter')
    assert_fault(linked.enumerate(ITEM, filter=association(
        'Associated', item('hub'))), 'CannotProcessFilter')


@pytest.fixture
def guarded(make_server):
    """What is R_Special, and links but not items, is for bob alone."""
    one = make_server('''
<Location /wsman>
    SetHandler wsman
%s
    <WSManResource "R_Special">
        Require user bob
    </WSManResource>
</Location>
<Location /links>
    SetHandler wsman
%s
    <WSManResource "*/R_Link" Enumerate>
        Require user bob
    </WSManResource>
</Location>
''' % (BASIC, BASIC))
    one.expect('AH0163[01]|authorization')
    with Client(one.url(), 'bob', httpd.USERS['bob']) as bob:
        for name, cls in (('hub', 'R_Item'), ('plain', 'R_Item'),
                          ('secret', 'R_Special')):
            make(bob, name, cls)
        for name, cls in (('plain', 'R_Item'), ('secret', 'R_Special')):
            link(bob, item('hub'), item(name, cls))
    return one


def test_what_may_not_be_seen_is_left_out(guarded):
    filter = association('Associated', item('hub'))
    with Client(guarded.url(), 'alice', httpd.USERS['alice']) as alice:
        assert names(alice.all(ALL, optimize=9, filter=filter)) == ['plain']
        assert names(alice.all(WMI + '*', 1, optimize=None, fresh=True,
                               filter=filter)) == ['plain']
        secret = association('Associated', item('secret', 'R_Special'))
        assert_fault(alice.enumerate(ALL, filter=secret), 'AccessDenied')
    with Client(guarded.url(), 'bob', httpd.USERS['bob']) as bob:
        assert names(bob.all(ALL, optimize=9, filter=filter)) == ['plain',
                                                                  'secret']


def test_associations_that_may_not_be_seen_lead_nowhere(guarded):
    with Client(guarded.url('/links'), 'alice',
                httpd.USERS['alice']) as alice:
        for kind in ('Associated', 'Association'):
            reply = alice.enumerate(ALL, optimize=9, filter=association(
                kind, item('hub')))
            assert items(reply) == [] and ended(reply)
            assert context_of(reply) == ''


def test_who_is_in_a_group(server):
    """Win32_GroupUser of the linux provider, by its associate hook."""
    with Client(server.url('/anon')) as client:
        users = {value_of(node, 'Name'): node for node in client.all(
            WMI + 'Win32_UserAccount', optimize=1000)}
        domain = value_of(users['root'], 'Domain')
        group = Epr(WMI + 'Win32_Group', {'Domain': domain, 'Name': 'root'})
        found = client.all(WMI + '*', optimize=1000, filter=association(
            'Associated', group, ResultClassName='Win32_Account'))
        gid = [line.split(':')[2] for line in open('/etc/group')
               if line.startswith('root:')][0]
        entries = [line.split(':') for line in open('/etc/passwd')]
        assert names(found) == sorted(
            {entry[0] for entry in entries if entry[3] == gid} |
            {name for line in open('/etc/group') if line.startswith('root:')
             for name in line.strip().split(':')[3].split(',')
             if name in users})
        assert {local(node) for node in found} == {'Win32_UserAccount'}


def test_the_computer_and_its_system(server):
    with Client(server.url('/anon')) as client:
        system = Epr(WMI + 'Win32_OperatingSystem')
        found = client.all(WMI + '*', optimize=10, filter=association(
            'Associated', system))
        assert [local(node) for node in found] == ['Win32_ComputerSystem']
        name = value_of(found[0], 'Name')
        found = client.all(WMI + '*', optimize=10, filter=association(
            'Association', Epr(WMI + 'Win32_ComputerSystem', {'Name': name})))
        assert [(local(node), value_of(node, 'PrimaryOS')) for node in found] \
            == [('Win32_SystemOperatingSystem', 'true')]


def test_adapters_and_their_configuration(server):
    with Client(server.url('/anon')) as client:
        for adapter in client.all(WMI + 'Win32_NetworkAdapter', optimize=100):
            found = client.all(WMI + '*', optimize=10, filter=association(
                'Associated', Epr(WMI + 'Win32_NetworkAdapter',
                                  {'DeviceID': value_of(adapter, 'DeviceID')}),
                AssociationClassName='CIM_ElementSetting',
                ResultRole='Setting'))
            assert [value_of(node, 'Index') for node in found] == [
                value_of(adapter, 'Index')]


WQL = 'http://schemas.microsoft.com/wbem/wsman/1/WQL'


def wql(text):
    return '<w:Filter Dialect="%s">%s</w:Filter>' % (WQL, escape(text))


def test_associations_by_wql(linked):
    """ASSOCIATORS OF and REFERENCES OF find what the association filter
    finds."""
    for query, filter in (
            ('ASSOCIATORS OF {R_Item.Name="hub"}',
             association('Associated', item('hub'))),
            ("associators of {R_Item='hub'} where resultclass = R_Special",
             association('Associated', item('hub'),
                         ResultClassName='R_Special')),
            ('ASSOCIATORS OF {R_Item.Name="hub"} WHERE Role = Left '
             'ResultRole = Right',
             association('Associated', item('hub'), Role='Left')),
            ('REFERENCES OF {R_Item.Name="i03"}',
             association('Association', item('i03'))),
            ('REFERENCES OF {R_Item.Name="hub"} WHERE Role = Right',
             association('Association', item('hub'), Role='Right'))):
        by_wql = linked.all(WMI + '*', 5, optimize=None, fresh=True,
                            filter=wql(query))
        by_filter = linked.all(WMI + '*', optimize=1000, filter=filter)
        assert [etree.tostring(node) for node in by_wql] == \
            [etree.tostring(node) for node in by_filter], query
        assert by_wql


def test_keys_only(linked):
    found = linked.all(WMI + '*', optimize=100, filter=wql(
        'ASSOCIATORS OF {R_Item.Name="hub"} WHERE KeysOnly'))
    assert names(found) == EVERYTHING
    assert {local(child) for node in found for child in node} == {'Name'}


def test_who_is_in_a_group_by_wql(server):
    with Client(server.url('/anon')) as client:
        group = client.all(WMI + '*', optimize=10, filter=wql(
            "SELECT Domain, Name FROM Win32_Group WHERE Name = 'root'"))[0]
        assert local(group) == 'XmlFragment'
        found = client.all(WMI + '*', optimize=100, filter=wql(
            'REFERENCES OF {Win32_Group.Domain="%s",Name="root"} WHERE '
            'ResultClass = Win32_GroupUser Role = GroupComponent'
            % value_of(group, 'Domain')))
        users = [Epr.read(node.find('{*}PartComponent')).selectors['Name']
                 for node in found]
        assert 'root' in users
