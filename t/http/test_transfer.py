"""Get, Put, Create, Delete: DSP0226 clause 7, DSP0227 clause 7."""
import platform

import pytest

from wsman import CIM, NIL, NS, WMI, Epr, assert_fault, local, value_of, \
    values_of


def item(name, inner='', cls='R_Item', uri=None):
    return '<r:%s xmlns:r="%s"><r:Name>%s</r:Name>%s</r:%s>' % (
        cls, uri or CIM + cls, name, inner, cls)


@pytest.fixture
def item_name(anon, request):
    """A name whose instance is not there before and after the test."""
    name = request.node.name
    yield name
    anon.delete(CIM + 'R_Item', {'Name': name})


def create(client, name, inner='', cls='R_Item'):
    reply = client.create(CIM + cls, item(name, inner, cls))
    assert reply.fault is None, reply
    return reply


# ---- Get

def test_get_the_operating_system(alice):
    found = alice.all(CIM + 'Win32_OperatingSystem')
    assert len(found) == 1
    name = value_of(found[0], 'Name')
    reply = alice.get(CIM + 'Win32_OperatingSystem')
    # Name is not the key of this singleton in every schema: ask as it lists
    if reply.fault is not None:
        reply = alice.get(CIM + 'Win32_OperatingSystem', {'Name': name})
    assert reply.fault is None, reply
    assert local(reply.body) == 'Win32_OperatingSystem'
    assert reply.body.nsmap[reply.body.prefix] == \
        CIM + 'Win32_OperatingSystem'
    assert reply.value('CSName') == platform.node()


def test_get_by_a_wmi_uri(alice):
    """What the client calls the class is what the reply calls it."""
    reply = alice.get(WMI + 'T_List', {'Id': 3})
    assert reply.fault is None, reply
    assert reply.body.tag == '{%sT_List}T_List' % WMI
    assert reply.value('Id') == '3'


def test_get_names_in_any_letter_case(alice):
    reply = alice.get(CIM + 't_list', {'iD': 3})
    assert reply.fault is None, reply
    assert reply.value('Id') == '3'


def test_get_escapes_values(alice):
    reply = alice.get(CIM + 'T_List', {'Id': 0})
    assert reply.value('Text') == '<instance> & number 0 ä'


def test_get_in_another_namespace(alice):
    reply = alice.get(CIM + 'T_List', {'Id': 1,
                                       '__cimnamespace': 'root/cimv2'})
    assert reply.fault is None, reply
    reply = alice.get(CIM + 'T_List', {'Id': 1, '__cimnamespace': 'root/none'})
    assert_fault(reply, 'NotFound')


def test_get_of_a_declared_instance(anon):
    """Instances of MOF files are there from the beginning."""
    reply = anon.get(CIM + 'R_Item', {'Name': 'from-mof'})
    assert reply.fault is None, reply
    got = values_of(reply.body)
    assert got['Count'] == '7' and got['Texts'] == ['a', 'b']
    assert got['Flag'] == 'true' and got['Level'] == '1', 'defaults'
    assert got['Text'] is None
    assert reply.body.find('{*}Text').get(NIL) == 'true'


# ---- Create

def test_create_gives_the_epr(anon, item_name):
    """R7.6-5, R7.6-6"""
    reply = create(anon, item_name, '<r:Count>5</r:Count>')
    made = reply.body
    assert made.tag == '{%s}ResourceCreated' % NS['x']
    epr = Epr.read(made)
    assert epr.uri == CIM + 'R_Item'
    assert epr.selectors['Name'] == item_name
    assert len(reply.find('s:Body')) == 1, 'no representation'
    got = anon.get(epr.uri, epr.selectors)
    assert got.value('Count') == '5'


def test_create_fills_defaults(anon, item_name):
    create(anon, item_name)
    got = values_of(anon.get(CIM + 'R_Item', {'Name': item_name}).body)
    assert (got['Flag'], got['Level'], got['Count']) == ('true', '1', None)


def test_create_twice(anon, item_name):
    create(anon, item_name)
    assert_fault(anon.create(CIM + 'R_Item', item(item_name)),
                 'AlreadyExists')


def test_create_twice_in_other_letters(anon, item_name):
    """String keys compare with their case; their names do not."""
    create(anon, item_name)
    body = item(item_name).replace('r:Name', 'r:NAME')
    assert_fault(anon.create(CIM + 'R_Item', body), 'AlreadyExists')


def test_create_without_key(anon):
    body = '<r:R_Item xmlns:r="%sR_Item"/>' % CIM
    assert_fault(anon.create(CIM + 'R_Item', body), 'MissingValues')


@pytest.mark.parametrize('inner,fault', [
    ('<r:Count>many</r:Count>', 'InvalidValues'),
    ('<r:Count>-1</r:Count>', 'InvalidValues'),
    ('<r:Count>4294967296</r:Count>', 'InvalidValues'),
    ('<r:Count/>', 'InvalidValues'),
    ('<r:Level>256</r:Level>', 'InvalidValues'),
    ('<r:Flag>maybe</r:Flag>', 'InvalidValues'),
    ('<r:Since>yesterday</r:Since>', 'InvalidValues'),
    ('<r:Count>1</r:Count><r:Count>2</r:Count>', 'InvalidValues'),
    ('<r:Nothing>1</r:Nothing>', 'InvalidValues'),
    ('<q:Count xmlns:q="urn:q">1</q:Count>', 'InvalidNamespace'),
    ('<Count xmlns="">1</Count>', 'InvalidNamespace'),
])
def test_create_with_bad_values(anon, inner, fault):
    assert_fault(anon.create(CIM + 'R_Item', item('bad', inner)), fault)
    assert_fault(anon.get(CIM + 'R_Item', {'Name': 'bad'}), 'NotFound')


def test_create_of_another_element(anon):
    body = '<z:Thing xmlns:z="urn:z"><z:Name>x</z:Name></z:Thing>'
    assert_fault(anon.create(CIM + 'R_Item', body), 'InvalidNamespace')


def test_create_without_body(anon):
    reply = anon.create(CIM + 'R_Item', '')
    assert reply.fault is not None
    assert reply.fault.subcode in ('x:InvalidRepresentation',
                                   'w:SchemaValidationError'), reply


def test_create_of_an_abstract_class(anon):
    body = item('x', cls='R_Abstract')
    reply = anon.create(CIM + 'R_Abstract', body)
    assert reply.fault is not None
    assert reply.fault.subcode in ('a:ActionNotSupported',
                                   'x:InvalidRepresentation'), reply


def test_create_where_the_provider_cannot(alice):
    """A NULL hook."""
    body = '<r:T_List xmlns:r="%sT_List"><r:Id>1</r:Id></r:T_List>' % CIM
    reply = alice.create(CIM + 'T_List', body)
    assert reply.fault.subcode == 'a:ActionNotSupported', reply


# ---- Put

def test_put_changes_only_what_it_names(anon, item_name):
    create(anon, item_name, '<r:Count>5</r:Count><r:Text>old</r:Text>')
    reply = anon.put(CIM + 'R_Item', {'Name': item_name},
                     item(item_name, '<r:Text>new</r:Text>'))
    assert reply.fault is None, reply
    got = values_of(anon.get(CIM + 'R_Item', {'Name': item_name}).body)
    assert got['Text'] == 'new' and got['Count'] == '5'


def test_put_null(anon, item_name):
    create(anon, item_name, '<r:Count>5</r:Count>')
    anon.put(CIM + 'R_Item', {'Name': item_name},
             item(item_name, '<r:Count xsi:nil="true"/>'))
    got = values_of(anon.get(CIM + 'R_Item', {'Name': item_name}).body)
    assert got['Count'] is None


def test_put_gives_the_new_representation(anon, item_name):
    """R7.4-8: recommended; an empty body is the other way."""
    create(anon, item_name)
    reply = anon.put(CIM + 'R_Item', {'Name': item_name},
                     item(item_name, '<r:Count>9</r:Count>'))
    if reply.body is not None:
        assert reply.value('Count') == '9'


def test_put_replaces_an_array(anon, item_name):
    create(anon, item_name, '<r:Texts>a</r:Texts><r:Texts>b</r:Texts>'
                            '<r:Texts>c</r:Texts>')
    anon.put(CIM + 'R_Item', {'Name': item_name},
             item(item_name, '<r:Texts>x</r:Texts><r:Texts>y</r:Texts>'))
    got = values_of(anon.get(CIM + 'R_Item', {'Name': item_name}).body)
    assert got['Texts'] == ['x', 'y']


def test_put_is_all_or_nothing(anon, item_name):
    """R7.4-10"""
    create(anon, item_name, '<r:Count>5</r:Count>')
    reply = anon.put(CIM + 'R_Item', {'Name': item_name},
                     item(item_name, '<r:Count>6</r:Count>'
                                     '<r:Level>999</r:Level>'))
    assert_fault(reply, 'InvalidValues')
    got = values_of(anon.get(CIM + 'R_Item', {'Name': item_name}).body)
    assert got['Count'] == '5'


def test_put_of_what_is_not_there(anon):
    assert_fault(anon.put(CIM + 'R_Item', {'Name': 'nobody'}, item('nobody')),
                 'NotFound')


def test_put_of_what_was_got(anon, item_name):
    """R7.4-3: read-only values may come along and are ignored."""
    from lxml import etree
    create(anon, item_name, '<r:Count>5</r:Count>')
    got = anon.get(CIM + 'R_Item', {'Name': item_name})
    reply = anon.put(CIM + 'R_Item', {'Name': item_name},
                     etree.tostring(got.body).decode())
    assert reply.fault is None, reply


def test_put_where_nothing_is_writable(alice):
    body = '<r:T_List xmlns:r="%sT_List"><r:Text>x</r:Text></r:T_List>' % CIM
    reply = alice.put(CIM + 'T_List', {'Id': 1}, body)
    assert reply.fault.subcode == 'a:ActionNotSupported', reply


# ---- Delete

def test_delete(anon, item_name):
    create(anon, item_name)
    reply = anon.delete(CIM + 'R_Item', {'Name': item_name})
    assert reply.fault is None and reply.body is None, reply
    assert_fault(anon.get(CIM + 'R_Item', {'Name': item_name}), 'NotFound')
    assert_fault(anon.delete(CIM + 'R_Item', {'Name': item_name}), 'NotFound')


def test_delete_where_the_provider_cannot(alice):
    reply = alice.delete(CIM + 'T_List', {'Id': 1})
    assert reply.fault.subcode == 'a:ActionNotSupported', reply


# ---- Keys

def test_two_keys(anon):
    body = ('<r:R_Two xmlns:r="%sR_Two"><r:First>one</r:First>'
            '<r:Second>2</r:Second><r:Text>t</r:Text></r:R_Two>' % CIM)
    reply = anon.create(CIM + 'R_Two', body)
    assert reply.fault is None, reply
    assert Epr.read(reply.body).selectors == {'First': 'one', 'Second': '2'}
    both = {'Second': '2', 'First': 'one'}
    assert anon.get(CIM + 'R_Two', both).value('Text') == 't'
    assert_fault(anon.get(CIM + 'R_Two', {'First': 'one'}),
                 'InsufficientSelectors')
    assert_fault(anon.get(CIM + 'R_Two', {'First': 'one', 'Second': '3'}),
                 'NotFound')
    assert_fault(anon.get(CIM + 'R_Two', {'First': 'one', 'Second': 'two'}),
                 'SelectorType')
    reply = anon.get(CIM + 'R_Two', {'First': 'one', 'Second': '70000'})
    assert_fault(reply, 'SelectorValue')
    assert anon.delete(CIM + 'R_Two', both).fault is None


def test_keys_that_are_references(anon):
    """Nested EPRs in selectors and in properties."""
    ends = []
    for name in ('left', 'right'):
        create(anon, name)
        ends.append(Epr(CIM + 'R_Item', {'Name': name}))
    body = ('<r:R_Link xmlns:r="%sR_Link"><r:Left>%s</r:Left>'
            '<r:Right>%s</r:Right><r:Note>n</r:Note><r:Also>%s</r:Also>'
            '</r:R_Link>' % (CIM, ends[0].content(), ends[1].content(),
                             ends[0].content()))
    try:
        reply = anon.create(CIM + 'R_Link', body)
        assert reply.fault is None, reply
        epr = Epr.read(reply.body)
        assert epr.selectors['Left'].selectors['Name'] == 'left'
        reply = anon.get(CIM + 'R_Link', epr.selectors)
        assert reply.value('Note') == 'n', reply
        also = Epr.read(reply.body.find('{*}Also'))
        assert also.selectors['Name'] == 'left'
        right = Epr.read(reply.body.find('{*}Right'))
        assert right.uri == CIM + 'R_Item'
        assert anon.get(right.uri, right.selectors).value('Name') == 'right'
        assert anon.delete(CIM + 'R_Link', epr.selectors).fault is None
    finally:
        for end in ends:
            anon.delete(end.uri, end.selectors)


def test_odd_key_values(anon):
    odd = 'a/b?c=d&e "q" <x> \'s\' ä€ 100%'
    from xml.sax.saxutils import escape
    create(anon, escape(odd))
    assert anon.get(CIM + 'R_Item', {'Name': odd}).value('Name') == odd
    assert anon.delete(CIM + 'R_Item', {'Name': odd}).fault is None


# ---- Every type there and back

TYPES = [
    ('B', 'true'), ('B', 'false'), ('U8', '255'), ('S8', '-128'),
    ('U16', '65535'), ('S16', '-32768'), ('U32', '4294967295'),
    ('S32', '-2147483648'), ('U64', '18446744073709551615'),
    ('S64', '-9223372036854775808'), ('C', 'A'), ('C', 'ä'),
    ('S', ' spaces inside and at the end '), ('S', ''),
    ('S', 'ä € \U0001d11e'),
]


@pytest.fixture
def typed(anon):
    def there_and_back(inner):
        key = {'Id': 'typed'}
        body = '<r:R_Types xmlns:r="%sR_Types"><r:Id>typed</r:Id>%s' \
            '</r:R_Types>' % (CIM, inner)
        anon.delete(CIM + 'R_Types', key)
        reply = anon.create(CIM + 'R_Types', body)
        assert reply.fault is None, reply
        return anon.get(CIM + 'R_Types', key)
    yield there_and_back
    anon.delete(CIM + 'R_Types', {'Id': 'typed'})


@pytest.mark.parametrize('name,text', TYPES)
def test_type(typed, name, text):
    assert typed('<r:%s>%s</r:%s>' % (name, text, name)).value(name) == text


@pytest.mark.parametrize('name,text', [
    ('R32', '0.1'), ('R32', '-3.4028235E38'), ('R32', 'INF'),
    ('R64', '0.1'), ('R64', '1E-300'), ('R64', '-INF'), ('R64', 'NaN'),
    ('R64', '123456789.125'),
])
def test_real(typed, name, text):
    got = typed('<r:%s>%s</r:%s>' % (name, text, name)).value(name)
    if text == 'NaN':
        assert got == 'NaN'
    else:
        assert float(got) == float(text)


@pytest.mark.parametrize('form,text,instant', [
    ('CIM_DateTime', '20261121103000.500000+060', '2026-11-21T09:30:00.5'),
    ('Datetime', '2026-11-21T10:30:00.5+01:00', '2026-11-21T09:30:00.5'),
    ('Datetime', '2026-11-21T09:30:00Z', '2026-11-21T09:30:00'),
    ('Interval', 'P1DT2H3M4.5S', None),
])
def test_datetime(typed, form, text, instant):
    """The same moment comes back, in whatever form of DSP0230 8."""
    import re
    reply = typed('<r:D><c:%s>%s</c:%s></r:D>' % (form, text, form))
    node = reply.body.find('{*}D')[0]
    assert node.tag.startswith('{%s}' % NS['c'])
    if instant is None:
        assert local(node) == 'Interval'
        assert node.text == text
        return
    from datetime import datetime, timezone
    got = node.text
    if local(node) == 'CIM_DateTime':
        pytest.fail('a complete time of day should be a cim:Datetime: ' + got)
    got = re.sub(r'Z$', '+00:00', got)
    got = re.sub(r'\.(\d+)', lambda m: '.' + (m.group(1) + '000000')[:6], got)
    want = datetime.fromisoformat(
        instant + ('00000' if '.' in instant else '')).replace(
            tzinfo=timezone.utc)
    assert datetime.fromisoformat(got) == want


def test_octets(typed):
    import base64
    data = base64.b64encode(bytes(range(256))).decode()
    got = typed('<r:Octets>%s</r:Octets>' % data).value('Octets')
    assert base64.b64decode(got) == bytes(range(256))


def test_arrays(typed):
    reply = typed('<r:U8s>1</r:U8s><r:U8s>2</r:U8s>'
                  '<r:Ss>a</r:Ss><r:Ss></r:Ss><r:Ss xsi:nil="true"/>'
                  '<r:R64s>1.5</r:R64s><r:R64s>-2</r:R64s>')
    assert reply.value('U8s') == ['1', '2']
    assert reply.value('Ss') == ['a', '', None]
    assert [float(x) for x in reply.value('R64s')] == [1.5, -2.0]


def test_embedded(typed):
    part = ('<r:%s xsi:type="t:T_Part_Type" xmlns:t="' + CIM + 'T_Part">'
            '<t:Name>%s</t:Name><t:Count>%d</t:Count></r:%s>')
    reply = typed(part % ('Part', 'one', 1, 'Part') +
                  part % ('Parts', 'two', 2, 'Parts') +
                  part % ('Parts', 'three', 3, 'Parts'))
    one = reply.body.find('{*}Part')
    assert value_of(one, 'Name') == 'one' and value_of(one, 'Count') == '1'
    more = reply.body.findall('{*}Parts')
    assert [value_of(each, 'Name') for each in more] == ['two', 'three']
