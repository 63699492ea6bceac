"""Power loss, as far as a process can tell: every process of httpd is killed
in the middle of writes, again and again.  What was acknowledged is there, and
nothing is there by half."""
import http.client
import os
import random
import re
import signal
import threading

import pytest

import wsman
from wsman import CIM, Client, value_of

ITEM = CIM + 'R_Item'
PLAIN = '<Location /anon>\nSetHandler wsman\nWSManMaxElements 32000\n' \
    '</Location>\n'
ROUNDS = 20
WRITERS = 8
EACH = 125  # instances of a writer: 1000 writes a round


def body(name, text, count):
    return ('<r:R_Item xmlns:r="%s"><r:Name>%s</r:Name><r:Count>%d</r:Count>'
            '<r:Text>%s</r:Text></r:R_Item>' % (ITEM, name, count, text))


def text_of(name, count):
    """Content that shows when it is not of one piece."""
    return ('%s-%d.' % (name, count)) * 40


class Writer(threading.Thread):
    """Writes each of its instances once, over one connection, and knows what
    may be there afterwards: {name: [count or None, ...]}."""

    def __init__(self, number, turn, known, url, done):
        super().__init__()
        self.number, self.turn, self.known = number, turn, known
        self.url, self.done = url, done
        self.failed = None

    def names(self):
        return ['w%d-%d' % (self.number, n) for n in range(EACH)]

    def run(self):
        try:
            with Client(self.url) as client:
                for name in self.names():
                    if not self.write(client, name):
                        return
        except Exception as error:  # pylint: disable=broad-except
            self.failed = error

    def request(self, name):
        """@return action, selectors, body, what will be there"""
        before = self.known[name][0]
        content = body(name, text_of(name, self.turn), self.turn)
        if before is None:
            return wsman.CREATE, None, content, self.turn
        if self.turn % 4 == 0:
            return wsman.DELETE, {'Name': name}, '', None
        return wsman.PUT, {'Name': name}, content, self.turn

    def write(self, client, name):
        action, selectors, content, after = self.request(name)
        before = self.known[name][0]
        # Until it is acknowledged both may be.
        self.known[name] = [before, after]
        envelope = wsman.envelope(wsman.headers(
            action, ITEM, selectors, wsman.new_id()), content)
        try:
            reply = client.post(envelope)
        except (OSError, http.client.HTTPException):
            return False
        assert reply.status == 200, reply
        self.known[name] = [after]
        self.done()
        return True


class Killer:
    """Kills the group of processes after so many acknowledged writes."""

    def __init__(self, server, after):
        self.server, self.left = server, after
        self.lock = threading.Lock()

    def done(self):
        with self.lock:
            self.left -= 1
            if self.left == 0:
                os.killpg(self.server.process.pid, signal.SIGKILL)


def check(client, known):
    """Settles what is there."""
    found = {}
    for item in client.all(ITEM, count=5000):
        name = value_of(item, 'Name')
        if name.startswith('w'):
            count = int(value_of(item, 'Count'))
            assert value_of(item, 'Text') == text_of(name, count)
            found[name] = count
    assert set(found) <= set(known)
    for name, may_be in known.items():
        assert found.get(name) in may_be, (name, found.get(name), may_be)
        known[name] = [found.get(name)]


@pytest.mark.once
def test_killed_in_the_middle(make_server):
    one = make_server(PLAIN, per_child=0)
    chance = random.Random(4711)
    known = {'w%d-%d' % (number, n): [None]
             for number in range(WRITERS) for n in range(EACH)}
    acknowledged = 0
    for turn in range(1, ROUNDS + 1):
        killer = Killer(one, chance.randrange(200, WRITERS * EACH - 200))
        writers = [Writer(number, turn, known, one.url('/anon'), killer.done)
                   for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
            assert writer.failed is None, writer.failed
        assert killer.left <= 0, 'nobody was killed'
        assert one.process.wait(30) == -signal.SIGKILL
        acknowledged += sum(len(now) == 1 and now[0] is not None
                            for now in known.values())
        # The pid file of the killed one.
        one.expect('AH00098')
        one.start(same_ports=True)
        with Client(one.url('/anon')) as client:
            check(client, known)
    assert acknowledged > ROUNDS * 100
    text = one.read('error.log')
    assert not re.search('malformed|corrupt', text)
