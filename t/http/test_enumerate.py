"""Enumerate, Pull, Release, Renew, GetStatus: DSP0226 clause 8, R15."""
import time

import pytest

from wsman import CIM, DETAIL, FAULTS, NS, SELECTOR_FILTER, WMI, Client, \
    Epr, assert_fault, context_of, ended, items, local, value_of
import server as httpd

LIST = CIM + 'T_List'
MANY = CIM + 'T_Many'
ITEM = CIM + 'R_Item'


def ids(found):
    return [int(value_of(one, 'Id')) for one in found]


def filter_of(selectors, dialect=SELECTOR_FILTER, prefix='w'):
    from wsman import selector_set
    return '<%s:Filter Dialect="%s">%s</%s:Filter>' % (
        prefix, dialect, selector_set(selectors), prefix)


# ---- The plain way

def test_without_optimization_there_are_no_items(alice):
    """R8.2.3-2"""
    reply = alice.enumerate(LIST)
    assert items(reply) == []
    assert reply.find('s:Body/n:EnumerateResponse/w:Items') is None
    assert context_of(reply)
    alice.release(LIST, context_of(reply))


@pytest.mark.parametrize('uri,count', [(LIST, 50), (MANY, 1000)])
def test_pull_to_the_end(alice, uri, count):
    """Each instance once, in whatever pages."""
    found = alice.all(uri, count=7, optimize=None)
    assert sorted(ids(found)) == list(range(count))


def test_pull_default_is_one_item(alice):
    """R8.4-9; wsmancli asks so"""
    reply = alice.enumerate(LIST)
    reply = alice.pull(LIST, context_of(reply))
    assert len(items(reply)) == 1
    alice.release(LIST, context_of(reply))


def test_pull_gives_no_more_than_asked(alice):
    reply = alice.enumerate(MANY)
    for count in (1, 2, 10):
        reply = alice.pull(MANY, context_of(reply), count)
        assert 0 < len(items(reply)) <= count
    alice.release(MANY, context_of(reply))


def test_items_are_in_the_namespace_of_enumeration(alice):
    """n:Items in a PullResponse, w:Items in an EnumerateResponse (R15)."""
    reply = alice.enumerate(LIST, optimize=2)
    assert len(reply.findall('s:Body/n:EnumerateResponse/w:Items/*')) == 2
    reply = alice.pull(LIST, context_of(reply), 2)
    assert len(reply.findall('s:Body/n:PullResponse/n:Items/*')) == 2
    alice.release(LIST, context_of(reply))


def test_last_page_has_an_end_and_no_context(alice):
    """R8.4-8; dracclient and Ruby look at the context only."""
    reply = alice.enumerate(LIST)
    reply = alice.pull(LIST, context_of(reply), 1000)
    assert len(items(reply)) == 50
    assert ended(reply)


def test_empty_class(alice):
    reply = alice.enumerate(CIM + 'R_Two', optimize=10)
    assert items(reply) == [] and ended(reply)
    reply = alice.enumerate(CIM + 'R_Two')
    if not ended(reply):
        reply = alice.pull(CIM + 'R_Two', context_of(reply), 10)
        assert items(reply) == [] and ended(reply)


# ---- Optimized

def test_optimized_default_is_one_item(alice):
    """R8.2.3-3"""
    reply = alice.enumerate(LIST, optimize=0)
    assert len(items(reply)) == 1 and not ended(reply)
    alice.release(LIST, context_of(reply))


def test_optimized_all_at_once(alice):
    reply = alice.enumerate(LIST, optimize=50)
    assert sorted(ids(items(reply))) == list(range(50))
    reply = alice.enumerate(LIST, optimize=32000)
    assert ended(reply)
    context = reply.find(
        's:Body/n:EnumerateResponse/n:EnumerationContext')
    assert context is not None and not context.text, 'R8.2.3-5'


@pytest.mark.parametrize('uri', [LIST, MANY])
def test_optimized_then_pulled(alice, uri):
    reply = alice.enumerate(uri, optimize=13)
    found = items(reply)
    assert len(found) == 13
    while not ended(reply):
        reply = alice.pull(uri, context_of(reply), 100)
        found += items(reply)
    assert len(set(ids(found))) == len(found) == (
        50 if uri == LIST else 1000)


def test_optimization_with_nil_and_strange_children(alice):
    """Ruby's WinRM sends both."""
    reply = alice.enumerate(
        LIST, inside='<w:OptimizeEnumeration xsi:nil="true"/>'
        '<w:MaxElements>3</w:MaxElements>'
        '<p:SessionId s:mustUnderstand="false">uuid:1</p:SessionId>')
    assert len(items(reply)) == 3
    alice.release(LIST, context_of(reply))


def test_estimate_only_when_asked(alice):
    """R8.2.2-1"""
    asked = '<w:RequestTotalItemsCountEstimate/>'
    reply = alice.enumerate(LIST, optimize=5)
    assert reply.find('s:Header/w:TotalItemsCountEstimate') is None
    context = context_of(reply)
    reply = alice.enumerate(LIST, optimize=5, extra=asked)
    estimate = reply.find('s:Header/w:TotalItemsCountEstimate')
    assert estimate is not None, reply
    assert estimate.text is None or int(estimate.text) >= 0
    alice.release(LIST, context)
    alice.release(LIST, context_of(reply))


# ---- Sizes

def test_page_ends_at_max_envelope_size(alice):
    size = ('<w:MaxEnvelopeSize s:mustUnderstand="true">10000'
            '</w:MaxEnvelopeSize>')
    reply = alice.enumerate(MANY, optimize=1000, extra=size)
    found = items(reply)
    assert 1 < len(found) < 1000
    assert len(reply.data) <= 10000
    while not ended(reply):
        reply = alice.pull(MANY, context_of(reply), 1000, extra=size)
        assert len(reply.data) <= 10000
        found += items(reply)
    assert sorted(ids(found)) == list(range(1000))


def test_max_characters(alice):
    """R8.4-1: a hint that this server takes."""
    reply = alice.enumerate(MANY)
    reply = alice.pull(MANY, context_of(reply), 1000,
                       inside='<n:MaxCharacters>5000</n:MaxCharacters>')
    assert 0 < len(items(reply)) < 1000
    assert len(reply.data) < 9000
    alice.release(MANY, context_of(reply))


def test_endpoint_caps_max_elements(server):
    """R8.4-10, WSManMaxElements 5"""
    with Client(server.url('/limited')) as client:
        reply = client.enumerate(MANY, optimize=1000)
        assert len(items(reply)) == 5
        reply = client.pull(MANY, context_of(reply), 1000)
        assert len(items(reply)) == 5
        client.release(MANY, context_of(reply))


@pytest.mark.parametrize('inside', [
    '<n:MaxElements>0</n:MaxElements>', '<n:MaxElements>-1</n:MaxElements>',
    '<n:MaxElements>x</n:MaxElements>', '<n:MaxElements/>',
    '<n:MaxCharacters>0</n:MaxCharacters>', '<n:MaxTime>soon</n:MaxTime>',
])
def test_bad_bounds(alice, inside):
    context = context_of(alice.enumerate(LIST))
    reply = alice.pull(LIST, context, inside=inside)
    assert reply.fault is not None and reply.fault.code == 's:Sender', reply
    alice.release(LIST, context)


# ---- Contexts

@pytest.mark.parametrize('uri', [LIST, MANY])
def test_pulled_from_any_child(alice, uri):
    """A new connection each time: other processes answer."""
    found = alice.all(uri, count=20 if uri == LIST else 100, fresh=True)
    assert len(set(ids(found))) == len(found) == (
        50 if uri == LIST else 1000)


def test_children_do_change(alice):
    """The test above means something: several children serve."""
    pids = set()
    for _ in range(60):
        reply = alice.invoke(CIM + 'T_Echo', 'Pid', fresh=True)
        pids.add(reply.value('ReturnValue'))
        if len(pids) > 1:
            return
    pytest.fail('one child only: %s' % pids)


def test_released_is_dead(alice):
    """R8.5-1, tombstone until expiry, in all children"""
    context = context_of(alice.enumerate(LIST))
    reply = alice.release(LIST, context)
    assert reply.fault is None and reply.body is None, reply
    for _ in range(6):
        assert_fault(alice.pull(LIST, context, 1, fresh=True),
                     'InvalidContext')
    assert_fault(alice.release(LIST, context), 'InvalidContext')


def test_released_in_the_middle_is_dead(alice):
    reply = alice.enumerate(MANY, optimize=5)
    first = context_of(reply)
    reply = alice.pull(MANY, first, 5)
    later = context_of(reply)
    alice.release(MANY, later)
    assert_fault(alice.pull(MANY, later, 1, fresh=True), 'InvalidContext')
    assert_fault(alice.pull(MANY, first, 1, fresh=True), 'InvalidContext')


def test_pull_may_be_tried_again(alice):
    """R8.4-3: a lost answer costs nothing."""
    context = context_of(alice.enumerate(MANY, optimize=5))
    once = alice.pull(MANY, context, 5)
    again = alice.pull(MANY, context, 5)
    assert ids(items(once)) == ids(items(again))
    alice.release(MANY, context_of(again))


def test_another_user(alice, bob):
    """Refused with the number of MS-WSMV, and alive for its owner."""
    context = context_of(alice.enumerate(LIST))
    assert_fault(bob.pull(LIST, context, 1), 'OtherUser')
    assert_fault(bob.release(LIST, context), 'OtherUser')
    assert len(items(alice.pull(LIST, context, 1))) == 1


def test_another_endpoint(server, alice):
    context = context_of(alice.enumerate(LIST))
    with Client(server.url('/other'), 'alice',
                httpd.USERS['alice']) as other:
        assert_fault(other.pull(LIST, context, 1), 'InvalidContext')
    assert len(items(alice.pull(LIST, context, 1))) == 1


def test_another_resource(alice):
    """R8.4-5: the same EPR."""
    context = context_of(alice.enumerate(LIST))
    reply = alice.pull(MANY, context, 1)
    assert reply.fault is not None, reply
    assert reply.fault.subcode in ('n:InvalidEnumerationContext',
                                   'a:MessageInformationHeaderRequired',
                                   'a:InvalidMessageInformationHeader'), reply
    assert len(items(alice.pull(LIST, context, 1))) == 1


def forged(context):
    yield 'truncated', context[:-4]
    yield 'longer', context + 'AAAA'
    middle = len(context) // 2
    other = 'A' if context[middle] != 'A' else 'B'
    yield 'changed', context[:middle] + other + context[middle + 1:]
    yield 'end changed', context[:-6] + (
        'A' if context[-6] != 'A' else 'B') + context[-5:]
    yield 'empty', ''
    yield 'uuid', 'uuid:4ED2993C-4339-4E99-81FC-C2FD3812781A'
    yield 'long', 'A' * 20000
    yield 'not base64', '<>&\u20ac'


@pytest.mark.parametrize('which', range(8))
def test_forged_context(alice, which):
    context = context_of(alice.enumerate(LIST))
    name, bad = list(forged(context))[which]
    assert_fault(alice.pull(LIST, bad, 1), 'InvalidContext')
    assert len(items(alice.pull(LIST, context, 1))) == 1, name


def test_context_is_no_secret_of_a_child(alice, server):
    """A graceful restart leaves it valid: its key is in a file."""
    reply = alice.enumerate(MANY, optimize=5)
    server.graceful()
    reply = alice.pull(MANY, context_of(reply), 5, fresh=True)
    assert len(items(reply)) == 5
    alice.release(MANY, context_of(reply))


# ---- Expiry

def test_expired_context(server):
    """WSManEnumerationTimeout 2s caps what is asked."""
    with Client(server.url('/limited')) as client:
        reply = client.enumerate(LIST, expires='PT1H')
        context = context_of(reply)
        assert len(items(client.pull(LIST, context, 1))) == 1
        time.sleep(3)
        assert_fault(client.pull(LIST, context, 1), 'InvalidContext')


def test_expires_as_duration(alice):
    reply = alice.enumerate(LIST, expires='PT10M')
    expires = reply.find('s:Body/n:EnumerateResponse/n:Expires')
    assert expires is not None and expires.text == 'PT10M' or \
        expires.text.startswith('PT'), reply
    alice.release(LIST, context_of(reply))


def test_expires_as_datetime(alice):
    when = time.strftime('%Y-%m-%dT%H:%M:%SZ',
                         time.gmtime(time.time() + 600))
    reply = alice.enumerate(LIST, expires=when)
    assert reply.fault is None, reply
    expires = reply.find('s:Body/n:EnumerateResponse/n:Expires')
    assert expires is not None and expires.text.startswith(when[:10])
    alice.release(LIST, context_of(reply))


@pytest.mark.parametrize('text', [
    'tomorrow', '-PT1S', 'PT0S', '2001-01-01T00:00:00Z', '', 'P1', '60'])
def test_bad_expires(alice, text):
    assert_fault(alice.enumerate(LIST, expires=text), 'InvalidExpiration')


def test_renew(alice):
    context = context_of(alice.enumerate(LIST, expires='PT5M'))
    from wsman import RENEW
    reply = alice.send(
        RENEW, LIST, None, '<n:Renew><n:EnumerationContext>%s'
        '</n:EnumerationContext><n:Expires>PT20M</n:Expires></n:Renew>'
        % context)
    assert reply.fault is None, reply
    answer = reply.find('s:Body/n:RenewResponse')
    assert answer.findtext('n:Expires', namespaces=NS), reply
    newer = answer.findtext('n:EnumerationContext', namespaces=NS) or context
    assert len(items(alice.pull(LIST, newer, 1))) == 1


def test_getstatus(alice):
    context = context_of(alice.enumerate(LIST, expires='PT5M'))
    from wsman import GETSTATUS
    reply = alice.send(
        GETSTATUS, LIST, None, '<n:GetStatus><n:EnumerationContext>%s'
        '</n:EnumerationContext></n:GetStatus>' % context)
    assert reply.fault is None, reply
    answer = reply.find('s:Body/n:GetStatusResponse')
    assert answer.findtext('n:Expires', namespaces=NS), reply
    alice.release(LIST, context)


# ---- Modes

def test_epr_mode(alice):
    reply = alice.enumerate(LIST, optimize=3, mode='EnumerateEPR')
    found = items(reply)
    assert [one.tag for one in found] == \
        ['{%s}EndpointReference' % NS['a']] * 3
    for one in found:
        epr = Epr.read(one)
        assert epr.uri == LIST
        got = alice.get(epr.uri, epr.selectors)
        assert got.value('Id') == epr.selectors['Id']
    reply = alice.pull(LIST, context_of(reply), 3)
    assert [local(one) for one in items(reply)] == ['EndpointReference'] * 3
    alice.release(LIST, context_of(reply))


def test_object_and_epr_mode(alice):
    """R8.7-2: a w:Item holds the object, then the EPR."""
    reply = alice.enumerate(LIST, optimize=3, mode='EnumerateObjectAndEPR')
    for one in items(reply):
        assert one.tag == '{%s}Item' % NS['w']
        thing, epr = one
        assert local(thing) == 'T_List'
        assert Epr.read(epr).selectors['Id'] == value_of(thing, 'Id')
    alice.release(LIST, context_of(reply))


def test_unknown_mode(alice):
    assert_fault(alice.enumerate(LIST, mode='EnumerateNothing'),
                 'EnumerationMode')


FAMILY = ['T_Base', 'T_Deep', 'T_Derived']


def test_polymorphism_default(alice):
    """Subclasses too, with all they have (DSP0227 9.2)."""
    found = alice.all(CIM + 'T_Base', optimize=10)
    assert sorted(local(one) for one in found) == FAMILY
    deep = [one for one in found if local(one) == 'T_Deep'][0]
    assert deep.tag == '{%sT_Deep}T_Deep' % CIM
    assert value_of(deep, 'Deepest') == 'true'


def test_polymorphism_include(alice):
    found = alice.all(CIM + 'T_Base', optimize=10,
                      poly='IncludeSubClassProperties')
    assert sorted(local(one) for one in found) == FAMILY


def test_polymorphism_exclude(alice):
    found = alice.all(CIM + 'T_Base', optimize=10,
                      poly='ExcludeSubClassProperties')
    assert [local(one) for one in found] == ['T_Base'] * 3
    assert all(one.find('{*}Extra') is None for one in found)
    assert sorted(value_of(one, 'Name') for one in found) == FAMILY


def test_polymorphism_none(alice):
    found = alice.all(CIM + 'T_Base', optimize=10, poly='None')
    assert [local(one) for one in found] == ['T_Base']
    assert value_of(found[0], 'Name') == 'T_Base'


def test_polymorphism_in_the_middle(alice):
    found = alice.all(CIM + 'T_Derived', optimize=10)
    assert sorted(local(one) for one in found) == ['T_Deep', 'T_Derived']


def test_polymorphism_unknown(alice):
    assert_fault(alice.enumerate(CIM + 'T_Base', poly='Sometimes'),
                 'PolymorphismMode')


@pytest.mark.parametrize('poly', [None, 'ExcludeSubClassProperties'])
def test_polymorphic_pages(alice, poly):
    """One at a time over the borders between classes."""
    found = alice.all(CIM + 'T_Base', count=1, poly=poly)
    assert sorted(value_of(one, 'Name') for one in found) == FAMILY


def test_polymorphic_pages_of_stored_instances(anon):
    for number in range(5):
        for cls in ('R_Item', 'R_Special'):
            anon.create(CIM + cls, '<r:%s xmlns:r="%s"><r:Name>page-%s-%d'
                        '</r:Name></r:%s>' % (cls, CIM + cls, cls, number,
                                              cls))
    try:
        found = [value_of(one, 'Name') for one in anon.all(ITEM, count=3)]
        mine = [name for name in found if name.startswith('page-')]
        assert len(mine) == len(set(mine)) == 10
        only = anon.all(CIM + 'R_Special', count=3)
        assert len(only) == 5
    finally:
        for number in range(5):
            for cls in ('R_Item', 'R_Special'):
                anon.delete(CIM + cls, {'Name': 'page-%s-%d' % (cls, number)})


def test_cim_superclass_finds_the_machine(alice):
    found = alice.all(CIM + 'CIM_OperatingSystem', optimize=10)
    assert [local(one) for one in found] == ['Win32_OperatingSystem']


def test_wmi_uri(alice):
    found = alice.all(WMI + 'T_List', optimize=100)
    assert len(found) == 50
    assert found[0].tag == '{%sT_List}T_List' % WMI


# ---- Filters

def test_selector_filter(alice):
    found = alice.all(LIST, optimize=10, filter=filter_of({'Id': 7}))
    assert ids(found) == [7]


def test_selector_filter_over_pages(alice):
    """The filter travels in the context."""
    found = alice.all(CIM + 'T_Base', count=1, optimize=None,
                      filter=filter_of({'Size': 3}))
    assert len(found) == 3


def test_selector_filter_finds_nothing(alice):
    assert alice.all(LIST, optimize=10, filter=filter_of({'Id': 7000})) == []


def test_selector_filter_on_stored_instances(anon):
    found = anon.all(ITEM, optimize=10, filter=filter_of({'Count': 7}))
    assert 'from-mof' in [value_of(one, 'Name') for one in found]


def test_wsen_filter(alice):
    """R8.3-1: both elements mean the same."""
    found = alice.all(LIST, optimize=10,
                      filter=filter_of({'Id': 7}, prefix='n'))
    assert ids(found) == [7]


def test_both_filters(alice):
    """R8.3-3"""
    reply = alice.enumerate(LIST, filter=filter_of({'Id': 7}) +
                            filter_of({'Id': 7}, prefix='n'))
    assert_fault(reply, 'CannotProcessFilter')


def test_unknown_dialect(alice):
    reply = alice.enumerate(LIST, filter='<w:Filter Dialect="urn:none">x'
                                         '</w:Filter>')
    fault = assert_fault(reply, 'FilterDialect')
    assert SELECTOR_FILTER in fault.detail_text('n:SupportedDialect')


def test_filter_by_an_unknown_property(alice):
    reply = alice.enumerate(LIST, filter=filter_of({'Nothing': 7}))
    assert_fault(reply, 'CannotProcessFilter')


@pytest.mark.parametrize('inner', ['', '<w:SelectorSet/>', '<w:Other/>',
                                   'text'])
def test_malformed_selector_filter(alice, inner):
    reply = alice.enumerate(
        LIST, filter='<w:Filter Dialect="%s">%s</w:Filter>' % (
            SELECTOR_FILTER, inner))
    if reply.fault is not None:
        assert_fault(reply, 'CannotProcessFilter')
    else:
        assert inner == '<w:SelectorSet/>', reply
        alice.release(LIST, context_of(reply))


# ---- Providers in trouble

def test_provider_fails_half_way(server, alice):
    server.expect(r'The list broke off')
    reply = alice.enumerate(CIM + 'T_Fails', optimize=100)
    assert_fault(reply, 'InternalError')


def test_provider_answers_with_an_invalid_instance(server, alice):
    server.expect(r'T_Invalid')
    reply = alice.enumerate(CIM + 'T_Invalid', optimize=100)
    assert_fault(reply, 'InternalError')


def test_endless_list_is_cut_in_pages(server, alice):
    """A provider that never ends by itself fills a page and is left."""
    server.expect('w:TimedOut')
    reply = alice.enumerate(CIM + 'T_Slow', optimize=3,
                            extra='<w:OperationTimeout>PT10S'
                                  '</w:OperationTimeout>')
    if reply.fault is None:
        assert len(items(reply)) == 3
        alice.release(CIM + 'T_Slow', context_of(reply))
    else:
        # It cannot resume, and what is left of it cannot be kept.
        assert reply.fault.subcode == FAULTS['TimedOut'][1], reply


def test_detail_uris_are_absolute(alice):
    reply = alice.enumerate(LIST, mode='No')
    assert reply.fault.details == [DETAIL + 'EnumerationMode']
