"""Fragments of instances and XPath filters: DSP0226 7.7 to 7.11, 8.3, D."""
import threading
import time
from xml.sax.saxutils import escape

import pytest

import server as httpd
from wsman import CIM, CREATE, DELETE, GET, NS, PUT, WMI, Client, Epr, \
    assert_fault, context_of, items, local, value_of

ITEM = CIM + 'R_Item'
MANY = CIM + 'T_Many'
XPATH = 'http://www.w3.org/TR/1999/REC-xpath-19991116'


def header(expression, attributes=''):
    return '<w:FragmentTransfer s:mustUnderstand="true"%s>%s' \
        '</w:FragmentTransfer>' % (attributes, escape(expression))


def transfer(client, action, name, expression, content=None, uri=ITEM,
             attributes='', **more):
    body = '' if content is None else \
        '<w:XmlFragment xmlns:r="%s">%s</w:XmlFragment>' % (uri, content)
    return client.send(action, uri, {'Name': name}, body,
                       extra=header(expression, attributes), **more)


def texts(reply):
    """The texts of the elements in w:XmlFragment, or its own one."""
    assert reply.fault is None, reply
    assert local(reply.body) == 'XmlFragment', reply
    return [child.text for child in reply.body] or reply.body.text or ''


@pytest.fixture
def name(alice, request):
    """An instance with three Texts, for this test."""
    wanted = request.node.name
    alice.delete(ITEM, {'Name': wanted})
    reply = alice.create(ITEM, '<r:R_Item xmlns:r="%s"><r:Name>%s</r:Name>'
                         '<r:Count>7</r:Count><r:Text>t</r:Text>'
                         '<r:Texts>a</r:Texts><r:Texts>b</r:Texts>'
                         '<r:Texts>c</r:Texts></r:R_Item>'
                         % (ITEM, escape(wanted)))
    assert reply.fault is None, reply
    yield wanted
    alice.delete(ITEM, {'Name': wanted})


def whole(client, name, prop):
    return client.get(ITEM, {'Name': name}).value(prop)


# ---- Get

@pytest.mark.parametrize('expression,found', [
    ('Count', ['7']),
    ('Count/text()', '7'),
    ('R_Item/Count/text()', '7'),
    ('/R_Item/Count/text()', '7'),
    ('Texts', ['a', 'b', 'c']),
    ('Texts[2]', ['b']),
    ('Texts[2]/text()', 'b'),
    ('Texts[. = "c"]', ['c']),
    ('/R_Item[Count > 5]/Texts[not(. = "b")]', ['a', 'c']),
    ('Texts[last()]/text()', 'c'),
    ('concat(Text, "-", count(Texts))', 't-3'),
])
def test_get(alice, name, expression, found):
    reply = transfer(alice, GET, name, expression)
    assert texts(reply) == found
    assert reply.header('w:FragmentTransfer') == expression
    assert reply.find('s:Header/w:FragmentTransfer').get(
        '{%s}mustUnderstand' % NS['s']) == 'true'


def test_get_by_a_wmi_uri(alice, name):
    """The fragment is in the namespace that the client uses."""
    reply = transfer(alice, GET, name, 'q:Count', uri=WMI + 'R_Item',
                     attributes=' xmlns:q="%s"' % (WMI + 'R_Item'))
    assert texts(reply) == ['7']
    assert reply.body[0].tag == '{%sR_Item}Count' % WMI


def test_get_from_a_provider(alice):
    reply = alice.send(GET, CIM + 'T_Derived', {'Name': 'd1'},
                       extra=header('Name/text()'))
    if reply.fault is None:
        assert texts(reply) == 'd1'
    found = alice.all(CIM + 'T_List', optimize=1)[0]
    reply = alice.send(GET, CIM + 'T_List', {'Id': value_of(found, 'Id')},
                       extra=header('Text'))
    assert texts(reply) == [value_of(found, 'Text')]


@pytest.mark.parametrize('expression', [
    'Nothing', 'Texts[4]', 'Texts/text()', 'Texts[', 'p:Count', '$x',
    'nowhere()', '(' * 1000 + '1' + ')' * 1000,
])
def test_get_of_what_is_not_there(alice, name, expression):
    assert_fault(transfer(alice, GET, name, expression),
                 'CannotProcessFragment')


def test_dialects(alice, name):
    assert texts(transfer(alice, GET, name, 'Count', attributes=' Dialect="%s"'
                          % XPATH)) == ['7']
    fault = assert_fault(transfer(alice, GET, name, 'Count',
                                  attributes=' Dialect="urn:none"'),
                         'FragmentDialect')
    assert XPATH in fault.detail_text('w:FragmentDialect')


# ---- Put, Create, Delete

def test_put(alice, name):
    reply = transfer(alice, PUT, name, 'Count/text()', '8')
    assert texts(reply) == '8'
    reply = transfer(alice, PUT, name, 'Texts[2]', '<r:Texts>B</r:Texts>')
    assert texts(reply) == ['B']
    reply = transfer(alice, PUT, name, 'Text', '<Text xmlns:xsi="%s" xsi:nil="true"/>'
                     % NS['xsi'])
    assert len(reply.body) == 1
    assert whole(alice, name, 'Count') == '8'
    assert whole(alice, name, 'Texts') == ['a', 'B', 'c']
    assert whole(alice, name, 'Text') is None
    assert whole(alice, name, 'Level') == '1'


def test_create_and_delete(alice, name):
    assert transfer(alice, DELETE, name, 'Text').fault is None
    assert whole(alice, name, 'Text') is None
    reply = transfer(alice, CREATE, name, 'Text', '<r:Text>new</r:Text>')
    assert reply.fault is None, reply
    epr = Epr.read(reply.find('s:Body/x:ResourceCreated'))
    assert epr.selectors == {'Name': name}
    assert whole(alice, name, 'Text') == 'new'
    assert_fault(transfer(alice, CREATE, name, 'Text/text()', 'x'),
                 'AlreadyExists')
    reply = transfer(alice, CREATE, name, 'Texts[2]', '<r:Texts>x</r:Texts>')
    assert reply.fault is None, reply
    assert whole(alice, name, 'Texts') == ['a', 'x', 'b', 'c']
    reply = transfer(alice, DELETE, name, 'Texts[. = "b"]')
    assert reply.fault is None and reply.body is None, reply
    assert whole(alice, name, 'Texts') == ['a', 'x', 'c']


def test_put_faults(alice, name):
    assert_fault(transfer(alice, PUT, name, 'Name/text()', 'other'),
                 'ActionMismatch')
    assert_fault(transfer(alice, PUT, name, 'Count', '8'), 'InvalidFragment')
    assert_fault(alice.send(PUT, ITEM, {'Name': name},
                            '<r:R_Item xmlns:r="%s"><r:Count>8</r:Count>'
                            '</r:R_Item>' % ITEM, extra=header('Count')),
                 'InvalidFragment')
    assert_fault(transfer(alice, PUT, name, 'Count/text()', 'many'),
                 'InvalidValues')
    assert_fault(transfer(alice, PUT, 'nobody', 'Count/text()', '8'),
                 'NotFound')
    assert whole(alice, name, 'Count') == '7'


def together(server, count, work):
    """work(client, number) in as many threads.  Their connections meet
    different children."""
    failures = []

    def run(number):
        try:
            with Client(server.url('/wsman'), 'alice', httpd.USERS['alice']) as client:
                work(client, number)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures


def insist(*args, **kwargs):
    """Again while the store is busy."""
    until = time.monotonic() + 60
    while True:
        reply = transfer(*args, **kwargs)
        if reply.fault is None:
            return reply
        assert reply.fault.subcode == 'w:Concurrency', reply
        assert time.monotonic() < until


def test_different_items_at_once(server, alice, name):
    """Who changes another item is not in the way of anybody."""
    def work(client, number):
        for turn in range(12):
            insist(client, PUT, name, 'Texts[%d]/text()' % (number + 1),
                   '%d-%d' % (number, turn))

    together(server, 3, work)
    assert whole(alice, name, 'Texts') == ['0-11', '1-11', '2-11']


def test_adding_items_at_once(server, alice, name):
    def work(client, number):
        for turn in range(8):
            insist(client, CREATE, name, 'Texts[1]/text()',
                   '%d-%d' % (number, turn))

    together(server, 4, work)
    found = whole(alice, name, 'Texts')
    assert found[-3:] == ['a', 'b', 'c']
    assert sorted(found[:-3]) == sorted(
        '%d-%d' % (n, t) for n in range(4) for t in range(8))


def test_authorization(server, name):
    """A fragment is put by who may put."""
    server.expect('AH01631')
    with Client(server.url('/guarded'), 'alice', httpd.USERS['alice']) as client:
        assert texts(transfer(client, GET, name, 'Count/text()')) == '7'
        assert_fault(transfer(client, PUT, name, 'Count/text()', '8'),
                     'AccessDenied')
        assert_fault(transfer(client, DELETE, name, 'Text'), 'AccessDenied')
        assert texts(transfer(client, GET, name, 'Text')) == ['t']


def test_expensive(anon, name):
    """What would take too much work is not done."""
    nested = 'count(//*)'
    for _ in range(8):
        nested = 'count(//*[%s > 0])' % nested
    assert_fault(transfer(anon, GET, name, nested), 'CannotProcessFragment')


# ---- filters

def xpath(expression, attributes='', element='w:Filter'):
    return '<%s%s>%s</%s>' % (element, attributes, escape(expression), element)


def ids(found):
    return sorted(int(value_of(item, 'Id')) for item in found)


@pytest.mark.parametrize('expression,wanted', [
    ('/T_Many[Id = "7"]', [7]),
    ('../T_Many[Id>"10" and Id <"13"]', [11, 12]),
    ('Id < 3 or Id = 5', [0, 1, 2, 5]),
    ('Id < 20 and Id mod 9 = 0', [0, 9, 18]),
    ('Id < 0', []),
])
def test_filter(alice, expression, wanted):
    """Over several pages, and so several children."""
    found = alice.all(MANY, count=2, filter=xpath(expression))
    assert [n for n in ids(found) if n < 100] == wanted


def test_filter_with_prefixes(alice):
    found = alice.all(MANY, count=1, filter=xpath(
        'q:Id < 4', ' Dialect="%s" xmlns:q="%s"' % (XPATH, MANY), 'n:Filter'))
    assert ids(found) == [0, 1, 2, 3]


def test_filter_of_stored_instances(alice, name):
    found = alice.all(ITEM, filter=xpath('/R_Item[Name="%s"]' % name))
    assert [value_of(item, 'Name') for item in found] == [name]
    found = alice.all(ITEM, filter=xpath(
        'Texts[3] = "c" and contains(Name, "stored")'))
    assert [value_of(item, 'Name') for item in found] == [name]


@pytest.mark.parametrize('expression', ['', 'Nothing = 1', 'Id =', 'q:Id',
                                        'nowhere(Id)', '((((Id)))'])
def test_bad_filter(alice, expression):
    assert_fault(alice.enumerate(MANY, filter=xpath(expression)),
                 'CannotProcessFilter')


def test_expensive_filter(alice):
    """It is told, wherever it is found out."""
    nested = 'count(//*)'
    for _ in range(10):
        nested = 'count(//*[%s > 0])' % nested
    reply = alice.enumerate(MANY, filter=xpath('Id[. = 5][%s > 0]' % nested))
    while reply.fault is None and not items(reply):
        reply = alice.pull(MANY, context_of(reply), 100)
    assert_fault(reply, 'CannotProcessFilter')
