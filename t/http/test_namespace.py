"""Namespaces and classes that come and go while the server runs: MS-WMI 2.2.6,
DSP0227; every reply may come from another child."""
import concurrent.futures
from xml.sax.saxutils import escape

import pytest

import wsman
from wsman import CIM, assert_fault

ROOT = 'http://schemas.microsoft.com/wbem/wsman/1/wmi/root'


def uri(ns, cls):
    """The class in a namespace, in the manner of WMI."""
    return ROOT + ns[len('root'):] + '/' + cls


def space(name, at):
    return '<r:__NAMESPACE xmlns:r="%s"><r:Name>%s</r:Name></r:__NAMESPACE>' \
        % (at, name)


def make(client, ns, name, at=None, **more):
    at = at or uri(ns, '__NAMESPACE')
    return client.create(at, space(name, at), **more)


def below(client, ns):
    return sorted(wsman.value_of(each, 'Name')
                  for each in client.all(uri(ns, '__NAMESPACE')))


def compile_mof(client, ns, text, inside=''):
    at = uri(ns, '__Repository')
    return client.invoke(at, 'CompileMOF', '<m:Text>%s</m:Text>%s' % (
        escape(text), inside))


def count(reply, name):
    return int(reply.body.findtext('{*}' + name))


@pytest.fixture
def scratch(anon):
    """A namespace of the test's own."""
    reply = make(anon, 'root', 'scratch')
    assert reply.fault is None, reply
    yield 'root/scratch'
    reply = anon.delete(uri('root', '__NAMESPACE'), {'Name': 'scratch'})
    assert reply.fault is None, reply
    assert 'scratch' not in below(anon, 'root')


def test_standard_namespaces(anon):
    found = [each.lower() for each in below(anon, 'root')]
    assert {'cimv2', 'interop', 'standardcimv2'} <= set(found)


def test_a_namespace_comes_and_goes(anon, scratch):
    assert 'scratch' in below(anon, 'root')
    assert below(anon, scratch) == []
    reply = anon.get(uri('root', '__NAMESPACE'), {'Name': 'scratch'})
    assert reply.value('Name') == 'scratch'
    assert_fault(make(anon, 'root', 'SCRATCH'), 'AlreadyExists')
    assert make(anon, scratch, 'inner').fault is None
    assert below(anon, scratch) == ['inner']
    # the fixture takes it away with what is inside


def test_a_namespace_is_named_in_any_way(anon, scratch):
    """The URI, the selector and the default mean the same."""
    assert compile_mof(anon, scratch,
                       'class R_There { [Key] string Id; };').fault is None
    at = uri(scratch, 'R_There')
    body = '<r:R_There xmlns:r="%s"><r:Id>1</r:Id></r:R_There>'
    assert anon.create(at, body % at).fault is None
    assert anon.get(at, {'Id': '1'}).value('Id') == '1'
    chosen = {'Id': '1', '__cimnamespace': scratch}
    assert anon.get(CIM + 'R_There', chosen).value('Id') == '1'
    assert_fault(anon.get(CIM + 'R_There', {'Id': '1'}), 'InvalidResourceURI')
    assert_fault(anon.get(at, {'Id': '1', '__cimnamespace': 'root/cimv2'}),
                 'SelectorValue')
    # Create by the selector too
    reply = anon.send(wsman.CREATE, CIM + 'R_There',
                      {'__cimnamespace': scratch},
                      (body % (CIM + 'R_There')).replace('>1<', '>2<'))
    assert reply.fault is None, reply
    assert len(anon.all(at)) == 2


def test_bad_namespaces(anon):
    assert_fault(make(anon, 'root', 'a/b'), 'InvalidValues')
    assert make(anon, 'root', 'a b').fault is not None
    assert make(anon, 'root', '').fault is not None
    assert_fault(make(anon, 'root/none', 'x'), 'NotFound')
    at = uri('root', '__NAMESPACE')
    assert_fault(anon.get(at, {'Name': 'none'}), 'NotFound')
    assert_fault(anon.delete(at, {'Name': 'none'}), 'NotFound')
    assert anon.delete(at, {'Name': 'interop'}).fault is not None
    assert anon.delete(at, {'Name': 'cimv2'}).fault is not None


def test_classes_are_there_at_once(anon, scratch):
    """With the next request, whichever child it comes to."""
    for number in range(20):
        name = 'R_Class%d' % number
        reply = compile_mof(
            anon, scratch, 'class %s { [Key] string Id; uint32 n; };' % name)
        assert reply.fault is None, reply
        assert count(reply, 'ClassesMade') == 1
        at = uri(scratch, name)
        body = '<r:%s xmlns:r="%s"><r:Id>x</r:Id><r:n>7</r:n></r:%s>' % (
            name, at, name)
        with wsman.Client(anon.url) as other:
            assert other.create(at, body).fault is None
        with wsman.Client(anon.url) as third:
            assert third.get(at, {'Id': 'x'}).value('n') == '7'


def test_a_change_keeps_instances(anon, scratch):
    at = uri(scratch, 'R_Thing')
    assert compile_mof(anon, scratch,
                       'class R_Thing { [Key] string Id; };'
                       'instance of R_Thing { Id = "1"; };').fault is None
    reply = compile_mof(anon, scratch,
                        'class R_Thing { [Key] string Id; uint8 n = 5; };')
    assert reply.fault is None, reply
    assert count(reply, 'ClassesChanged') == 1
    assert anon.get(at, {'Id': '1'}).fault is None
    reply = compile_mof(anon, scratch, 'class R_Thing { [Key] uint8 Id; };')
    assert reply.fault is not None
    assert 'R_Thing' in reply.fault.message


def test_a_text_is_compiled_whole_or_not(anon, scratch):
    reply = compile_mof(anon, scratch, 'class R_Good { };\nclass R_Bad : No {};')
    assert reply.fault is not None
    assert ':2:7: R_Bad derives from No' in reply.fault.message
    assert_fault(anon.enumerate(uri(scratch, 'R_Good')), 'InvalidResourceURI')
    reply = compile_mof(anon, scratch, 'class R_Good { };',
                        '<m:DryRun>true</m:DryRun>')
    assert count(reply, 'ClassesMade') == 1
    assert_fault(anon.enumerate(uri(scratch, 'R_Good')), 'InvalidResourceURI')


def test_it_is_there_after_a_restart(make_server):
    server = make_server('<Location /wsman>\n    SetHandler wsman\n'
                         '    WSManSid BA expr true\n'
                         '</Location>\n')
    with wsman.Client(server.url()) as client:
        assert make(client, 'root', 'kept').fault is None
        assert compile_mof(client, 'root/kept',
                           'class R_Kept { [Key] string Id; };'
                           'instance of R_Kept { Id = "1"; };').fault is None
    server.restart()
    with wsman.Client(server.url()) as client:
        assert 'kept' in below(client, 'root')
        found = client.all(uri('root/kept', 'R_Kept'))
        assert [wsman.value_of(each, 'Id') for each in found] == ['1']


def test_many_define_at_once(anon, scratch):
    """Definers that are in each other's way all come through."""
    def define(number):
        with wsman.Client(anon.url) as client:
            return [compile_mof(
                client, scratch,
                'class R_At%d_%d { [Key] string Id; };' % (number, each))
                for each in range(10)]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for replies in pool.map(define, range(8)):
            for reply in replies:
                assert reply.fault is None, reply
    for number in range(8):
        for each in range(10):
            at = uri(scratch, 'R_At%d_%d' % (number, each))
            assert anon.all(at) == []


def test_readers_keep_the_classes_they_began_with(anon, scratch):
    """An enumeration goes on while its class gets more properties."""
    at = uri(scratch, 'R_Grows')
    text = 'class R_Grows { [Key] uint32 Id; %s};\n'
    reply = compile_mof(anon, scratch, text % '' + ''.join(
        'instance of R_Grows { Id = %d; };' % i for i in range(30)))
    assert reply.fault is None, reply
    reply = anon.enumerate(at)
    context = wsman.context_of(reply)
    seen = []
    for number in range(30):
        changed = compile_mof(anon, scratch, text % ''.join(
            'string P%d; ' % i for i in range(number + 1)))
        assert changed.fault is None, changed
        reply = anon.pull(at, context, 1)
        assert reply.fault is None, reply
        seen += [wsman.value_of(each, 'Id') for each in wsman.items(reply)]
        context = None if wsman.ended(reply) else wsman.context_of(reply)
    assert sorted(seen, key=int) == [str(i) for i in range(30)]
