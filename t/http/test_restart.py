"""Restarts and dead children cost nothing but what was being answered."""
import http.client
import os
import signal
import threading
import time

from wsman import CIM, Client, context_of, ended, items, value_of

LIST = CIM + 'T_List'
PLAIN = '<Location /anon>\nSetHandler wsman\n</Location>\n'


class Load:
    """Clients that ask without end, each on its own connections."""

    def __init__(self, url, count=4, fresh=False):
        self.url, self.fresh = url, fresh
        self.done = 0
        self.wrong = []
        self.lost = []
        self.running = True
        self.threads = [threading.Thread(target=self.work)
                        for _ in range(count)]

    def __enter__(self):
        for one in self.threads:
            one.start()
        return self

    def __exit__(self, *_):
        self.running = False
        for one in self.threads:
            one.join()

    def work(self):
        with Client(self.url) as client:
            turn = 0
            while self.running:
                turn += 1
                try:
                    reply = client.get(LIST, {'Id': turn % 50},
                                       fresh=self.fresh)
                except (OSError, http.client.HTTPException) as gone:
                    self.lost.append(gone)
                    client.close()
                    continue
                if reply.value('Id') != str(turn % 50):
                    self.wrong.append(reply)
                self.done += 1

    def wait(self, more, seconds=60):
        until = time.monotonic() + seconds
        goal = self.done + more
        while self.done < goal:
            assert time.monotonic() < until, 'no progress'
            time.sleep(0.01)


def test_graceful_restart_loses_no_request(make_server):
    """New connections while old and new generations run side by side."""
    one = make_server(PLAIN, per_child=0)
    with Load(one.url('/anon'), fresh=True) as load:
        for _ in range(3):
            load.wait(100)
            one.graceful()
        load.wait(100)
    assert not load.wrong and not load.lost, (load.wrong or load.lost)[0]


def test_graceful_restart_of_kept_connections(make_server):
    """A kept connection may be closed between requests (the client asks
    again on another one), never within."""
    one = make_server(PLAIN, per_child=0)
    with Load(one.url('/anon')) as load:
        for _ in range(3):
            load.wait(200)
            one.graceful()
        load.wait(200)
    assert not load.wrong and not load.lost, (load.wrong or load.lost)[0]


def test_slow_request_survives_a_graceful_restart(make_server):
    one = make_server(PLAIN)
    got = []

    def ask():
        with Client(one.url('/anon')) as client:
            got.append(client.invoke(
                CIM + 'T_Echo', 'Sleep',
                '<m:Milliseconds>2000</m:Milliseconds>'))

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.5)
    one.graceful()
    asking.join()
    assert got and got[0].fault is None, got


def test_enumeration_over_graceful_restarts(make_server):
    one = make_server(PLAIN)
    many = CIM + 'T_Many'
    with Client(one.url('/anon')) as client:
        reply = client.enumerate(many, optimize=100)
        found = items(reply)
        while not ended(reply):
            if len(found) % 300 == 0:
                one.graceful()
            reply = client.pull(many, context_of(reply), 100, fresh=True)
            found += items(reply)
    assert [int(value_of(x, 'Id')) for x in found] == list(range(1000))


def kill(server, pid):
    """kill -9, and wait until httpd has noticed."""
    os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + 30
    while pid in server.children():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_killed_child(make_server):
    """kill -9 loses what that child was answering, nothing else."""
    one = make_server(PLAIN, per_child=0)
    item = CIM + 'R_Item'
    with Client(one.url('/anon')) as client:
        for turn in range(5):
            assert client.create(
                item, '<r:R_Item xmlns:r="%s"><r:Name>k%d</r:Name></r:R_Item>'
                % (item, turn), fresh=True).fault is None
            context = context_of(client.enumerate(CIM + 'T_Many', fresh=True))
            kill(one, int(client.invoke(CIM + 'T_Echo', 'Pid', fresh=True)
                          .value('ReturnValue')))
            reply = client.pull(CIM + 'T_Many', context, 10, fresh=True)
            assert len(items(reply)) == 10
            names = [value_of(x, 'Name')
                     for x in client.all(item, optimize=100)]
            assert {'k%d' % n for n in range(turn + 1)} <= set(names)


def test_killed_child_under_load(make_server):
    one = make_server(PLAIN, per_child=0)
    with Load(one.url('/anon'), fresh=True) as load:
        for _ in range(3):
            load.wait(50)
            kill(one, one.children()[0])
        load.wait(50)
    assert not load.wrong, load.wrong[0]


def test_children_come_and_go(make_server):
    """MaxConnectionsPerChild 5: every fifth connection ends a child."""
    one = make_server(PLAIN, per_child=5)
    pids = set()
    with Client(one.url('/anon')) as client:
        for turn in range(60):
            reply = client.invoke(CIM + 'T_Echo', 'Pid', fresh=True)
            pids.add(reply.value('ReturnValue'))
    assert len(pids) > 4


def test_bad_configuration_does_not_end_a_running_server(make_server):
    """httpd checks before it restarts; ours must be checked there too."""
    one = make_server(PLAIN)
    with open(one.path('httpd.conf'), 'a') as conf:
        conf.write('WSManSchema /nonexistent.mof\n')
    import subprocess
    done = subprocess.run(one._command('-t'), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env=one._environment(),
                          check=False)
    assert done.returncode != 0
    assert b'/nonexistent.mof' in done.stdout
    with Client(one.url('/anon')) as client:
        assert client.get(LIST, {'Id': 1}).fault is None


def test_stop_is_quick_and_clean(make_server):
    one = make_server(PLAIN)
    with Client(one.url('/anon')) as client:
        client.get(LIST, {'Id': 1})
    process = one.process
    one.stop()
    assert process.returncode == 0
