"""Stored instances outlive processes, and all children see the same."""
import threading

from wsman import CIM, Client, Epr, assert_fault, value_of

ITEM = CIM + 'R_Item'
PLAIN = '<Location /anon>\nSetHandler wsman\n</Location>\n'


def body(name, inner=''):
    return '<r:R_Item xmlns:r="%s"><r:Name>%s</r:Name>%s</r:R_Item>' % (
        ITEM, name, inner)


def test_seen_by_all_children(anon):
    """Each request from a new connection, until several have answered."""
    assert anon.create(ITEM, body('shared', '<r:Count>1</r:Count>')
                       ).fault is None
    try:
        pids = set()
        for turn in range(40):
            reply = anon.put(ITEM, {'Name': 'shared'}, body(
                'shared', '<r:Count>%d</r:Count>' % turn), fresh=True)
            assert reply.fault is None, reply
            got = anon.get(ITEM, {'Name': 'shared'}, fresh=True)
            assert got.value('Count') == str(turn)
            pids.add(anon.invoke(CIM + 'T_Echo', 'Pid', fresh=True)
                     .value('ReturnValue'))
        assert len(pids) > 1
    finally:
        anon.delete(ITEM, {'Name': 'shared'}, fresh=True)
    for _ in range(5):
        assert_fault(anon.get(ITEM, {'Name': 'shared'}, fresh=True),
                     'NotFound')


def test_survives_a_restart(make_server):
    one = make_server(PLAIN)
    with Client(one.url('/anon')) as client:
        reply = client.create(ITEM, body(
            'kept', '<r:Count>42</r:Count><r:Texts>a</r:Texts><r:Texts>b'
                    '</r:Texts><r:Text>ä &lt;x&gt;</r:Text>'))
        assert reply.fault is None, reply
        client.delete(ITEM, {'Name': 'from-mof'})
        epr = Epr.read(reply.body)
    one.restart()
    with Client(one.url('/anon')) as client:
        got = client.get(epr.uri, epr.selectors)
        assert got.fault is None, got
        assert got.value('Count') == '42'
        assert got.value('Texts') == ['a', 'b']
        assert got.value('Text') == 'ä <x>'
        names = [value_of(x, 'Name') for x in client.all(ITEM, optimize=100)]
        assert 'kept' in names


def test_enumeration_context_survives_a_restart(make_server):
    """Its key is in a file; nothing of it is in a process."""
    from wsman import context_of, items
    one = make_server(PLAIN)
    many = CIM + 'T_Many'
    with Client(one.url('/anon')) as client:
        context = context_of(client.enumerate(many, optimize=10))
    one.restart()
    with Client(one.url('/anon')) as client:
        found = items(client.pull(many, context, 10))
        assert [value_of(x, 'Id') for x in found] == [
            str(n) for n in range(10, 20)]


def test_release_survives_a_restart(make_server):
    from wsman import context_of
    one = make_server(PLAIN)
    many = CIM + 'T_Many'
    with Client(one.url('/anon')) as client:
        context = context_of(client.enumerate(many, optimize=10))
        client.release(many, context)
    one.restart()
    with Client(one.url('/anon')) as client:
        assert_fault(client.pull(many, context, 10), 'InvalidContext')


def test_files_are_private(server, anon):
    """Keys and data: for the children's user and nobody else."""
    import os
    import stat
    anon.enumerate(CIM + 'T_List')
    found = 0
    for folder, _, names in os.walk(server.path('state')):
        for name in names:
            mode = os.stat(os.path.join(folder, name)).st_mode
            assert stat.S_IMODE(mode) & 0o077 == 0, name
            found += 1
    assert found >= 2, 'a key and a database'


def test_writers_at_once(server):
    """Every create is there; no change is lost half-way."""
    failed = []

    def work(number):
        with Client(server.url('/anon')) as client:
            for turn in range(10):
                name = 'w%d-%d' % (number, turn)
                reply = client.create(ITEM, body(name))
                if reply.fault is not None:
                    failed.append(reply)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not failed, failed[0]
    with Client(server.url('/anon')) as client:
        names = {value_of(x, 'Name') for x in client.all(ITEM, count=50)}
        wanted = {'w%d-%d' % (n, t) for n in range(8) for t in range(10)}
        assert wanted <= names
        for name in wanted:
            assert client.delete(ITEM, {'Name': name}).fault is None


def test_one_wins(server):
    """The same key from many sides: created once."""
    made = []

    def work():
        with Client(server.url('/anon')) as client:
            reply = client.create(ITEM, body('race'))
            if reply.fault is None:
                made.append(1)
            else:
                assert_fault(reply, 'AlreadyExists')

    threads = [threading.Thread(target=work) for _ in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(made) == 1
    with Client(server.url('/anon')) as client:
        client.delete(ITEM, {'Name': 'race'})


def test_memory_store(make_server):
    """For one process: nothing is written down."""
    one = make_server(PLAIN, store='memory')
    with Client(one.url('/anon')) as client:
        reply = client.get(ITEM, {'Name': 'from-mof'})
        assert reply.fault is None, reply


def test_unwritable_store_is_told_at_start(make_server):
    one = make_server(PLAIN, start=False,
                      store='sqlite3:/nonexistent/folder/wsman.db')
    one.expect('.')
    try:
        one.start()
    except RuntimeError as told:
        assert '/nonexistent/folder' in str(told)
    else:
        raise AssertionError('httpd started without its store')
