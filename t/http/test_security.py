"""Security descriptors of namespaces (MS-WMI 2.2.30, 5.2; MS-WMSO 5.1.1, 7.3,
appendix C), by who is logged in; every reply may come from another child."""
import os
import pwd

import pytest
from lxml import etree

import server as httpd
import wsman
from conftest import BASIC
from test_associations import wql
from test_namespace import below, compile_mof, make, uri
from test_wsmanctl import Tool
from wsman import assert_fault

CONFIG = '''
<Location /wsman>
    SetHandler wsman
    WSManSid BA user admin
    WSManSid S-1-5-21-1-2-3-1000 expr "%{REMOTE_USER} == 'bob'"
''' + BASIC + '''
</Location>
'''
BOB = 'S-1-5-21-1-2-3-1000'
ADMINS = '(A;CI;CCDCLCSWRPWPRCWD;;;BA)'
STANDARD = ('O:BAG:BAD:(A;CI;CCDCLCSWRPWPRCWD;;;BA)'
            '(A;CI;CCDCSWRPWPRC;;;WD)')
MOF = '''class S_Item { [Key] string Id; [Write] string Text; };
instance of S_Item { Id = "1"; Text = "one"; };'''


def body_of(reply):
    return etree.tostring(reply.find('s:Body')).decode()


class World:
    """A server with a namespace root/s, and who asks it."""

    def __init__(self, server):
        self.server = server
        self.clients = {
            user: wsman.Client(server.url('/wsman'), user, httpd.USERS[user])
            for user in httpd.USERS}
        self.alice, self.bob, self.admin = (
            self.clients[user] for user in ('alice', 'bob', 'admin'))

    def close(self):
        for client in self.clients.values():
            client.close()

    def protect(self, sddl, ns='root/s', by=None):
        reply = (by or self.admin).invoke(
            uri(ns, '__SystemSecurity'), 'SetSDDL',
            '<m:SDDL>%s</m:SDDL>' % sddl)
        return reply

    def protection(self, ns='root/s', by=None):
        reply = (by or self.admin).invoke(uri(ns, '__SystemSecurity'),
                                          'GetSDDL')
        assert reply.fault is None, reply
        return reply.body.findtext('{*}SDDL')


@pytest.fixture
def world(make_server):
    made = World(make_server(CONFIG))
    assert make(made.admin, 'root', 's').fault is None
    assert compile_mof(made.admin, 'root/s', MOF).fault is None
    yield made
    made.close()


def item(ident, text):
    return ('<r:S_Item xmlns:r="%s"><r:Id>%s</r:Id><r:Text>%s</r:Text>'
            '</r:S_Item>' % (uri('root/s', 'S_Item'), ident, text))


OPERATIONS = {
    'get': lambda c: c.get(uri('root/s', 'S_Item'), {'Id': '1'}),
    'enumerate': lambda c: c.enumerate(uri('root/s', 'S_Item'), optimize=9),
    'query': lambda c: c.enumerate(
        uri('root/s', '*'), optimize=9,
        filter=wql('SELECT * FROM S_Item')),
    'class': lambda c: c.get(
        'http://schemas.dmtf.org/wbem/cim-xml/2/cim-schema/2/S_Item',
        {'__cimnamespace': 'root/s'}),
    'put': lambda c: c.put(uri('root/s', 'S_Item'), {'Id': '1'},
                           item('1', 'two')),
    'create': lambda c: c.create(uri('root/s', 'S_Item'), item('2', 'x')),
    'delete': lambda c: c.delete(uri('root/s', 'S_Item'), {'Id': '2'}),
    'export': lambda c: c.invoke(uri('root/s', '__Repository'), 'ExportMOF'),
    'namespace': lambda c: make(c, 'root/s', 'inner'),
    'no namespace': lambda c: c.delete(uri('root/s', '__NAMESPACE'),
                                       {'Name': 'inner'}),
    'define': lambda c: compile_mof(
        c, 'root/s', 'class S_New { [Key] string Id; };'),
    'read acl': lambda c: c.invoke(uri('root/s', '__SystemSecurity'), 'GetSD'),
    'set acl': lambda c: c.invoke(
        uri('root/s', '__SystemSecurity'), 'SetSDDL',
        '<m:SDDL>D:P%s(A;;CCDCLCSWWPRCWD;;;%s)</m:SDDL>' % (ADMINS, BOB)),
}
READS = ['get', 'enumerate', 'query', 'class']


@pytest.mark.parametrize('rights, allowed', [
    ('CCWP', READS),
    ('CCDCWP', READS + ['export']),
    ('CCSWWP', READS + ['put', 'create', 'delete']),
    ('CCRPWP', READS),
    ('CCLCWP', READS + ['namespace', 'no namespace']),
    ('CCDCLCWP', READS + ['export', 'namespace', 'no namespace', 'define']),
    ('CCDCWPRC', READS + ['export', 'read acl']),
    ('CCDCWPWD', READS + ['export', 'set acl']),
    ('CC', []), ('WP', []), ('CCDCLCSWRPRCWD', []),
], ids=lambda each: each if isinstance(each, str) else '')
def test_each_operation_needs_its_right(world, rights, allowed):
    sddl = 'D:P%s(A;CI;%s;;;%s)' % (ADMINS, rights, BOB)
    assert world.protect(sddl).fault is None
    for name, run in OPERATIONS.items():
        reply = run(world.bob)
        if name in allowed:
            assert reply.fault is None, (name, reply)
        else:
            assert_fault(reply, 'AccessDenied')
    for name, run in OPERATIONS.items():
        if name not in ('namespace', 'no namespace', 'set acl', 'define'):
            assert_fault(run(world.alice), 'AccessDenied')


def test_who_is_let_in_defines_nothing(world):
    """The default: whom httpd lets in reads, runs and writes instances."""
    assert world.protection('root') == STANDARD
    assert world.protection('root/cimv2', by=world.alice) == \
        STANDARD.replace('D:', 'D:AI').replace(';CI;', ';CIID;')
    for name in READS + ['put', 'create', 'delete', 'export', 'read acl']:
        assert OPERATIONS[name](world.alice).fault is None, name
    for name in ('namespace', 'define', 'set acl'):
        assert_fault(OPERATIONS[name](world.alice), 'AccessDenied')
    at = 'http://schemas.dmtf.org/wbem/cim-xml/2/cim-schema/2/S_New'
    assert_fault(world.alice.create(
        at, '<CLASS NAME="S_New"><PROPERTY NAME="Id" TYPE="string"/></CLASS>'),
        'AccessDenied')
    assert_fault(world.alice.delete(uri('root', '__NAMESPACE'),
                                    {'Name': 's'}), 'AccessDenied')


def test_octets_go_round(world):
    """GetSD and SetSD: what is read can be set, and is then the same."""
    at = uri('root/s', '__SystemSecurity')
    sddl = ('O:BAG:BUD:P(D;;DC;;;AN)%s(A;CIOI;CC;;;S-1-22-1-1000)'
            'S:(AU;SAFA;LC;;;WD)' % ADMINS)
    assert world.protect(sddl).fault is None
    asked = world.protection()
    reply = world.admin.invoke(at, 'GetSD')
    octets = [int(each.text) for each in reply.body.iterfind('{*}SD')]
    assert bytes(octets[:2]) == b'\x01\x00' and len(octets) > 100
    assert world.protect(STANDARD).fault is None
    reply = world.admin.invoke(
        at, 'SetSD', ''.join('<m:SD>%d</m:SD>' % each for each in octets))
    assert reply.fault is None, reply
    assert world.protection() == asked


@pytest.mark.parametrize('method, arguments', [
    ('SetSD', '<m:SD>1</m:SD>'),
    ('SetSD', '<m:SD>1</m:SD>' * 20000),
    ('SetSDDL', '<m:SDDL>x</m:SDDL>'),
    ('SetSDDL', '<m:SDDL>O:BAG:BA</m:SDDL>'),
    ('SetSDDL', '<m:SDDL>D:NO_ACCESS_CONTROL</m:SDDL>'),
    ('SetSDDL', '<m:SDDL>D:(OA;;CC;;;WD)</m:SDDL>'),
    ('SetSDDL', '<m:SDDL>D:%s</m:SDDL>' % ('(A;CI;CC;;;WD)' * 1023)),
    ('SetSD', ''), ('SetSDDL', ''),
], ids=range(9))
def test_what_is_no_descriptor_changes_nothing(world, method, arguments):
    before = world.protection()
    reply = world.admin.invoke(uri('root/s', '__SystemSecurity'), method,
                               arguments)
    assert reply.fault is not None
    assert reply.fault.subcode != 'w:InternalError'
    assert world.protection() == before


def test_a_parent_does_not_overfill_those_below(world):
    """2.2.30.2: all that is below inherits."""
    assert world.protect('D:%s' % ('(A;;CC;;;WD)' * 600)).fault is None
    reply = world.protect('O:BAG:BAD:%s%s' % (
        ADMINS, '(A;CI;CC;;;WD)' * 500), 'root')
    assert reply.fault is not None and 'root/s' in repr(reply)
    assert world.protection('root') == STANDARD


def test_inheritance(world):
    assert make(world.admin, 'root/s', 'a').fault is None
    assert make(world.admin, 'root/s/a', 'b').fault is None
    assert world.protect('D:P%s(A;CI;CCWP;;;%s)' % (ADMINS, BOB)).fault is None
    for ns in ('root/s', 'root/s/a', 'root/s/a/b'):
        assert below(world.bob, ns) is not None
    assert_fault(world.alice.enumerate(uri('root/s', '__NAMESPACE')),
                 'AccessDenied')
    # what is below root/s is not known to who may not read root/s
    reply = world.alice.enumerate(uri('root/s/a', '__NAMESPACE'))
    missing = world.alice.enumerate(uri('root/s/none', '__NAMESPACE'))
    assert body_of(reply).replace('root/s/a', 'root/s/none') == \
        body_of(missing)
    # a denial closer by comes first
    assert world.protect('D:(D;;CC;;;%s)' % BOB, 'root/s/a').fault is None
    assert_fault(world.bob.enumerate(uri('root/s/a', '__NAMESPACE')),
                 'AccessDenied')
    assert below(world.bob, 'root/s/a/b') == []
    # one that is made again has nothing of what it had
    reply = world.admin.delete(uri('root/s', '__NAMESPACE'), {'Name': 'a'})
    assert reply.fault is None, reply
    assert make(world.admin, 'root/s', 'a').fault is None
    assert below(world.bob, 'root/s/a') == []


def faults_alike(client, ask):
    """What is said of a namespace that is hidden, and of one that is not
    there."""
    hidden, missing = (ask(client, ns) for ns in ('root/s/hidden',
                                                  'root/s/absent'))
    assert hidden.fault is not None
    assert body_of(hidden).replace('hidden', 'absent') == body_of(missing)




@pytest.mark.parametrize('ask', [
    lambda c, ns: c.get(uri(ns, 'S_Item'), {'Id': '1'}),
    lambda c, ns: c.get(uri(ns, 'S_None'), {'Id': '1'}),
    lambda c, ns: c.get(uri(ns, 'S_Item'), {'Wrong': '1'}),
    lambda c, ns: c.get(uri(ns, '*'), {}),
    lambda c, ns: c.enumerate(uri(ns, 'S_Item')),
    lambda c, ns: c.enumerate(uri(ns, '*')),
    lambda c, ns: c.invoke(uri(ns, 'S_Item'), 'Nothing'),
    lambda c, ns: c.invoke(uri(ns, '__SystemSecurity'), 'GetSD'),
    lambda c, ns: c.create(uri(ns, 'S_Item'), '<x/>'),
    lambda c, ns: c.get(wsman.CIM + 'S_Item',
                        {'Id': '1', '__cimnamespace': ns}),
    lambda c, ns: c.get(
        'http://schemas.dmtf.org/wbem/cim-xml/2/cim-schema/2/S_Item',
        {'__cimnamespace': ns}),
    lambda c, ns: c.enumerate(
        uri('root/cimv2', '*'),
        filter=wql('ASSOCIATORS OF {%s:S_Item.Id="1"}' % ns)),
    lambda c, ns: compile_mof(
        c, 'root/cimv2', '#pragma namespace("%s")\n'
        'class S_Sub : S_Item { };' % ns),
], ids=str)
def test_what_is_hidden_looks_like_what_is_not_there(world, ask):
    assert make(world.admin, 'root/s', 'hidden').fault is None
    assert compile_mof(world.admin, 'root/s/hidden', MOF).fault is None
    assert world.protect('D:P' + ADMINS).fault is None
    faults_alike(world.alice, ask)


def test_all_children_obey_at_once(world):
    """Two children, fresh connections: who has lost a right has lost it."""
    for turn in range(20):
        rights = 'CCWP' if turn % 2 else 'CC'
        assert world.protect('D:P%s(A;;%s;;;AU)' % (ADMINS, rights)
                             ).fault is None
        for _ in range(3):
            with wsman.Client(world.server.url('/wsman'), 'alice',
                              httpd.USERS['alice']) as fresh:
                reply = OPERATIONS['get'](fresh)
            if turn % 2:
                assert reply.fault is None, reply
            else:
                assert_fault(reply, 'AccessDenied')


def test_it_is_there_after_a_restart(world):
    sddl = 'D:P%s(A;;CC;;;AN)' % ADMINS
    assert world.protect(sddl).fault is None
    asked = world.protection()
    world.server.graceful()
    world.close()
    assert world.protection() == asked
    assert_fault(OPERATIONS['get'](world.alice), 'AccessDenied')


def test_pulls_are_asked_too(world):
    for ident in 'abcdef':
        assert world.admin.create(uri('root/s', 'S_Item'),
                                  item(ident, 'x')).fault is None
    at = uri('root/s', 'S_Item')
    context = wsman.context_of(world.alice.enumerate(at))
    assert world.alice.pull(at, context, 2).fault is None
    context = wsman.context_of(world.alice.enumerate(at))
    assert world.protect('D:P' + ADMINS).fault is None
    assert_fault(world.alice.pull(at, context, 2), 'AccessDenied')


def test_namespaces_are_deleted_by_who_may_delete_all(world):
    """What is inside may be another's."""
    for above, name in (('root/s', 'a'), ('root/s/a', 'b')):
        assert make(world.admin, above, name).fault is None
    assert world.protect('D:P%s(A;CI;CCLCWP;;;%s)' % (ADMINS, BOB)
                         ).fault is None
    assert world.protect('D:P' + ADMINS, 'root/s/a/b').fault is None
    at = uri('root/s', '__NAMESPACE')
    assert_fault(world.bob.delete(at, {'Name': 'a'}), 'AccessDenied')
    assert below(world.admin, 'root/s/a') == ['b']
    assert world.protect('D:', 'root/s/a/b').fault is None
    assert world.bob.delete(at, {'Name': 'a'}).fault is None


def test_mof_is_asked_for_each_namespace(world):
    assert make(world.admin, 'root/s', 'a').fault is None
    assert world.protect('D:P%s(A;;CCDCLCSWWP;;;%s)' % (ADMINS, BOB)
                         ).fault is None
    mof = 'class S_One { [Key] string Id; };'
    there = '#pragma namespace("root/s/%s")\n'
    assert compile_mof(world.bob, 'root/s', mof).fault is None
    assert_fault(compile_mof(world.bob, 'root/s', 'class S_Two { };\n' +
                             there % 'a' + mof), 'AccessDenied')
    assert 'S_Two' not in OPERATIONS['export'](world.bob).body.findtext(
        '{*}Text')
    # one that is made in passing is no way round: he would have no rights in it
    assert_fault(compile_mof(world.bob, 'root/s', there % 'new' + mof,
                             '<m:MakeNamespaces>true</m:MakeNamespaces>'),
                 'AccessDenied')
    assert below(world.admin, 'root/s') == ['a']
    reply = compile_mof(world.bob, 'root/s',
                        'instance of __NAMESPACE { Name = "own"; };')
    assert reply.fault is None, reply
    # instances need the right to write instances
    assert world.protect('D:P%s(A;;CCDCLCWP;;;%s)' % (ADMINS, BOB)
                         ).fault is None
    assert_fault(compile_mof(world.bob, 'root/s',
                             'instance of S_Item { Id = "9"; };'),
                 'AccessDenied')


def test_what_is_audited_is_logged(make_server):
    world = World(make_server('LogLevel wsman:info\n' + CONFIG))
    assert world.protect('O:BAG:BAD:%s(A;CI;CCWP;;;WD)'
                         'S:(AU;CIFA;DC;;;WD)' % ADMINS, 'root').fault is None
    at = uri('root/cimv2', '__Repository')
    assert_fault(world.alice.invoke(at, 'ExportMOF'), 'AccessDenied')
    assert world.admin.invoke(at, 'ExportMOF').fault is None
    with open(world.server.path('error.log')) as log:
        lines = [line for line in log if 'audit: ' in line]
    world.close()
    assert lines and all('alice was denied to run methods' in line and
                         'root/cimv2' in line for line in lines)


def account():
    """One of the system that has a password nowhere: the name is enough."""
    name = pwd.getpwuid(os.getuid()).pw_name
    entry = pwd.getpwnam(name)
    return name, entry.pw_uid, entry.pw_gid


@pytest.mark.parametrize('sid, on, allowed', [
    ('S-1-22-1-%(uid)d', 'On', 1), ('S-1-22-2-%(gid)d', 'On', 1),
    ('S-1-22-1-%(uid)d', 'Off', 0), ('S-1-22-1-4000000', 'On', 0)])
def test_accounts_of_the_system(make_server, sid, on, allowed):
    name, uid, gid = account()
    one = make_server('''
<Location /wsman>
    SetHandler wsman
    WSManUnixAccounts %s
    WSManSid BA user admin
    AuthType Basic
    AuthName WSMAN
    AuthBasicProvider file
    AuthUserFile {dir}/accounts
    Require valid-user
</Location>
''' % on, start=False)
    with open(one.path('accounts'), 'w') as made:
        for user, word in ((name, 'Word.1'), ('admin', httpd.USERS['admin'])):
            made.write(httpd.htpasswd_line(user, word))
    one.start()
    admin = wsman.Client(one.url('/wsman'), 'admin', httpd.USERS['admin'])
    user = wsman.Client(one.url('/wsman'), name, 'Word.1')
    reply = admin.invoke(
        uri('root', '__SystemSecurity'), 'SetSDDL',
        '<m:SDDL>O:BAG:BAD:%s(A;CI;CCWP;;;%s)</m:SDDL>' % (
            ADMINS, sid % {'uid': uid, 'gid': gid}))
    assert reply.fault is None, reply
    for _ in range(3):
        reply = user.enumerate(uri('root', '__NAMESPACE'))
        if allowed:
            assert reply.fault is None, reply
        else:
            assert_fault(reply, 'AccessDenied')
    admin.close()
    user.close()


def test_an_expression_that_fails_allows_nothing(make_server):
    """A SID that is denied something must not be lost by an error."""
    one = make_server('''
<Location /wsman>
    SetHandler wsman
    WSManSid BA expr true
    WSManSid BG expr "%{REMOTE_ADDR} =~ /1/ && file('/nonexistent') == 'x'"
</Location>
''', expect=['WSManSid: the expression failed', 'nonexistent'])
    with wsman.Client(one.url('/wsman')) as client:
        reply = client.enumerate(uri('root', '__NAMESPACE'))
        assert_fault(reply, 'AccessDenied')


def test_acl_of_wsmanctl(world, tmp_path):
    """MS-WMSO appendix C, on the store and at the endpoint."""
    secret = tmp_path / 'password'
    secret.write_text(httpd.USERS['admin'] + '\n')
    tool = Tool(world.server, str(secret))

    def at(*words, **how):
        return tool.at(*words, user='admin', **how)

    for ask in (tool, at):
        out, _ = ask('acl', 'get', 'root')
        assert out == STANDARD + '\n'
        out, _ = ask('acl', 'list')
        lines = out.splitlines()
        assert lines[0] == 'root ' + STANDARD and len(lines) == 5
        assert any(line.startswith('root/s O:BAG:BAD:AI') for line in lines)
        ask('acl', 'set', 'root/s', 'D:P' + ADMINS)
        out, _ = ask('-n', 'root/s', 'acl', 'get')
        assert out == 'O:BAG:BAD:P%s\n' % ADMINS
        assert_fault(OPERATIONS['get'](world.alice), 'AccessDenied')
        _, err = ask('acl', 'set', 'root/s', 'nonsense', code=1)
        assert 'SDDL' in err
        ask('acl', 'set', 'root/s', 'D:')
        assert OPERATIONS['get'](world.alice).fault is None
        ask('acl', 'get', 'root/none', code=1)
        for words in (['acl'], ['acl', 'set', 'root'], ['acl', 'nonsense'],
                      ['acl', 'list', 'more']):
            ask(*words, code=2)
        out, _ = ask('acl', 'list', '-o', 'json')
        assert '"Namespace"' in out and '"SDDL"' in out
    # who may not read all of them sees the others
    world.protect('D:P' + ADMINS)
    secret.write_text(httpd.USERS['alice'] + '\n')
    out, err = tool.at('acl', 'list', user='alice', code=1)
    assert len(out.splitlines()) == 4 and 'root/s' in err
    # and on the store nobody is asked
    tool('acl', 'set', 'root', 'D:P')
    assert_fault(world.admin.enumerate(uri('root', '__NAMESPACE')),
                 'AccessDenied')
    tool('acl', 'set', 'root', STANDARD)
    assert below(world.admin, 'root')
