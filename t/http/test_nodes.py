"""Several nodes on one PostgreSQL: what one writes the other has at once."""
import concurrent.futures
import os
import subprocess
import threading

import pytest

import postgres
import server as httpd
from test_namespace import compile_mof, make, uri
from wsman import CIM, Client, assert_fault, value_of

ITEM = CIM + 'R_Item'
PLAIN = '''
<Location /anon>
    SetHandler wsman
    WSManSid BA expr true
</Location>
'''

pytestmark = pytest.mark.skipif(postgres.missing() is not None,
                                reason=str(postgres.missing()))


@pytest.fixture(scope='module')
def database():
    with postgres.Postgres() as one:
        yield one


@pytest.fixture(scope='module')
def store(database):
    """The store that both nodes have."""
    return database.spec('nodes')


@pytest.fixture
def nodes(make_server, store):
    """Two httpd, each with files of its own."""
    return [make_server(PLAIN, store='"%s"' % store) for _ in range(2)]


@pytest.fixture
def both(nodes):
    clients = [Client(node.url('/anon')) for node in nodes]
    yield clients
    for client in clients:
        client.close()


def body(name, inner=''):
    return '<r:R_Item xmlns:r="%s"><r:Name>%s</r:Name>%s</r:R_Item>' % (
        ITEM, name, inner)


def names(client):
    return {value_of(item, 'Name') for item in client.all(ITEM, count=50)}


def test_instances_at_once(both):
    one, two = both
    for turn in range(20):
        name = 'n%d' % turn
        assert one.create(ITEM, body(name, '<r:Count>1</r:Count>')
                          ).fault is None
        assert_fault(two.create(ITEM, body(name)), 'AlreadyExists')
        assert two.get(ITEM, {'Name': name}).value('Count') == '1'
        assert two.put(ITEM, {'Name': name}, body(
            name, '<r:Count>%d</r:Count>' % turn)).fault is None
        assert one.get(ITEM, {'Name': name}).value('Count') == str(turn)
        assert name in names(one) and name in names(two)
        assert two.delete(ITEM, {'Name': name}).fault is None
        assert_fault(one.get(ITEM, {'Name': name}), 'NotFound')
        one, two = two, one


@pytest.mark.once
def test_different_properties(nodes, both):
    """Those who change different properties at the same time both win."""
    assert both[0].create(ITEM, body('both')).fault is None
    failed = []

    def work(node, element, text):
        with Client(node.url('/anon')) as client:
            for turn in range(1, 31):
                reply = client.put(ITEM, {'Name': 'both'}, body(
                    'both', '<r:%s>%s%d</r:%s>' % (element, text, turn,
                                                   element)))
                if reply.fault is not None:
                    failed.append(reply)

    threads = [threading.Thread(target=work, args=arguments) for arguments in (
        (nodes[0], 'Count', ''), (nodes[1], 'Text', 'text'))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed[0]
    for client in both:
        got = client.get(ITEM, {'Name': 'both'})
        assert (got.value('Count'), got.value('Text')) == ('30', 'text30')
    assert both[0].delete(ITEM, {'Name': 'both'}).fault is None


@pytest.mark.once
def test_creates_from_both(nodes, both):
    """Of those who create the same one does."""
    done = []

    def work(node):
        with Client(node.url('/anon')) as client:
            for turn in range(30):
                reply = client.create(ITEM, body('same%d' % turn))
                if reply.fault is None:
                    done.append(turn)
                else:
                    assert_fault(reply, 'AlreadyExists')

    threads = [threading.Thread(target=work, args=(node,))
               for node in nodes * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == list(range(30))
    for turn in range(30):
        assert both[turn % 2].delete(ITEM, {'Name': 'same%d' % turn}
                                     ).fault is None


def test_database_restarts(database, nodes, both):
    """Connections that the server has closed are opened again."""
    for node in nodes:
        # of a child that httpd starts just then
        node.expect('its store cannot be opened')
    for turn in range(3):
        name = 'again%d' % turn
        for client in both:
            client.get(ITEM, {'Name': 'from-mof'})
        database.restart()
        assert both[0].create(ITEM, body(name)).fault is None
        assert both[1].get(ITEM, {'Name': name}).fault is None
        database.restart()
        assert name in names(both[0])
        assert both[1].delete(ITEM, {'Name': name}).fault is None


@pytest.mark.once
def test_locked_by_others(database, both):
    """Who waits too long for others is told so, and nothing is done."""
    assert both[0].create(ITEM, body('locked', '<r:Count>1</r:Count>')
                          ).fault is None
    with database.session('nodes') as other:
        other('BEGIN')
        other("SELECT 1 FROM wsman_record WHERE key LIKE '%locked%' "
              'FOR UPDATE')
        reply = both[1].put(ITEM, {'Name': 'locked'}, body(
            'locked', '<r:Count>2</r:Count>'))
        assert reply.fault.subcode == 'w:Concurrency', reply
        # Readers do not wait.
        assert both[1].get(ITEM, {'Name': 'locked'}).value('Count') == '1'
        other('ROLLBACK')
    assert both[1].put(ITEM, {'Name': 'locked'}, body(
        'locked', '<r:Count>3</r:Count>')).fault is None
    assert both[0].delete(ITEM, {'Name': 'locked'}).fault is None


@pytest.mark.once
def test_keys_are_bytes(database, both):
    """Whatever the database's collation is."""
    wanted = ['B', 'a', 'a-b', 'aa', 'Ä', 'ä']
    for name in wanted:
        assert both[0].create(ITEM, body(name)).fault is None
    listed = [value_of(item, 'Name') for item in both[1].all(ITEM, count=2)]
    assert [name for name in listed if name in wanted] == sorted(
        wanted, key=lambda name: name.encode())
    for name in wanted:
        assert both[0].delete(ITEM, {'Name': name}).fault is None
    assert database.sql(
        "SELECT count(*) FROM information_schema.columns WHERE table_name = "
        "'wsman_record' AND collation_name = 'C'", 'nodes') == '5'


@pytest.mark.once
def test_password_is_in_no_log(database, make_server, nodes, both):
    assert both[0].get(ITEM, {'Name': 'from-mof'}).fault is None
    spec = 'pgsql:host=%s user=nobody dbname=none password=%s' % (
        database.dir, postgres.PASSWORD)
    poor = make_server(PLAIN, start=False, store='"%s"' % spec)
    with pytest.raises(RuntimeError) as refused:
        poor.start()
    assert 'nobody' in str(refused.value)
    poor.expect('The store')
    poor.expect('AH00020')
    for said in [str(refused.value)] + [
            node.read(name) for node in nodes + [poor]
            for name in ('error.log', 'start.log')]:
        assert postgres.PASSWORD not in said


@pytest.mark.parametrize('name', ['test_wsm_store', 'test_wsm_store_define',
                                  'test_cim_repository'])
def test_units(database, name):
    """What holds for the other stores holds for this one."""
    program = os.path.join(httpd.BUILD, 't/unit', name)
    if not os.path.exists(program):
        pytest.skip('%s is not built' % program)
    env = dict(os.environ, WSMAN_TEST_STORE=database.spec(name))
    done = subprocess.run([program], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env=env, check=False,
                          timeout=300)
    assert done.returncode == 0, done.stdout.decode(errors='replace')[-4000:]


def test_classes_at_once(both):
    """A class defined on one node, and its instance, are used on the other."""
    one, two = both
    assert make(one, 'root', 'nodes').fault is None
    for turn in range(10):
        name = 'R_Node%d' % turn
        at = uri('root/nodes', name)
        reply = compile_mof(one, 'root/nodes',
                            'class %s { [Key] string Id; };' % name)
        assert reply.fault is None, reply
        inside = '<r:%s xmlns:r="%s"><r:Id>%s</r:Id>%s</r:%s>'
        assert two.create(at, inside % (name, at, 'x', '', name)).fault is None
        reply = compile_mof(two, 'root/nodes', 'class %s { [Key] string Id; '
                            'uint32 n = 5; };' % name)
        assert reply.fault is None, reply
        assert one.create(at, inside % (name, at, 'y', '', name)).fault is None
        assert two.get(at, {'Id': 'y'}).value('n') == '5'
        one, two = two, one
    assert one.delete(uri('root', '__NAMESPACE'),
                      {'Name': 'nodes'}).fault is None
    assert_fault(two.enumerate(at), 'NotFound')


def test_definers_on_both(nodes, both):
    """Those who define at the same time all come through, and both nodes
    have everything."""
    assert make(both[0], 'root', 'nodes').fault is None

    def work(number):
        replies = []
        with Client(nodes[number % 2].url('/anon')) as client:
            for turn in range(5):
                replies.append(compile_mof(
                    client, 'root/nodes', 'class R_By%d_%d { [Key] string Id; '
                    '};' % (number, turn)))
        return replies

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        for replies in pool.map(work, range(6)):
            for reply in replies:
                assert reply.fault is None, reply
    for client in both:
        for number in range(6):
            for turn in range(5):
                assert client.all(uri('root/nodes', 'R_By%d_%d' % (
                    number, turn))) == []
    assert both[1].delete(uri('root', '__NAMESPACE'),
                          {'Name': 'nodes'}).fault is None
