"""Classes as resources: DSP0227 15, MS-WSMV 3.1.4.1.38; what Get-CimClass asks
for, and classes that come, change and go as CIM-XML."""
import pytest

import server as httpd
import wsman
from wsman import CIM, assert_fault

CLASS = 'http://schemas.dmtf.org/wbem/cim-xml/2/cim-schema/2/'
ALL = CLASS + '*'
NAMESPACE = 'http://schemas.microsoft.com/wbem/wsman/1/wmi/root/__NAMESPACE'
NS = 'root/classes'
HERE = {'__cimnamespace': NS}
QUALIFIERS = {'IncludeQualifiers': 'true'}
KEY = ('<PROPERTY NAME="Id" TYPE="string"><QUALIFIER NAME="Key" '
       'TYPE="boolean" OVERRIDABLE="false"><VALUE>true</VALUE></QUALIFIER>'
       '</PROPERTY>')


def options(chosen):
    return '<w:OptionSet>%s</w:OptionSet>' % ''.join(
        '<w:Option Name="%s">%s</w:Option>' % item for item in chosen.items())


def get(client, name, chosen=QUALIFIERS, **more):
    """As Windows' clients do it."""
    return client.get(ALL, dict(HERE, ClassName=name), extra=options(chosen),
                      **more)


def define(client, name, super=None, inside=KEY, action=wsman.CREATE, **more):
    text = '<CLASS NAME="%s"%s>%s</CLASS>' % (
        name, ' SUPERCLASS="%s"' % super if super else '', inside)
    return client.send(action, CLASS + name, HERE, text, **more)


def delete(client, name, **more):
    return client.delete(CLASS + name, HERE, **more)


def status(reply):
    return reply.root.findtext('.//{*}CIMStatusCode')


def pages(client, uri, selectors, chosen, optimize=None, elements=None):
    """The items of an enumeration, page by page."""
    inside = ('<w:OptimizeEnumeration/><w:MaxElements>%d</w:MaxElements>'
              % optimize if optimize else '')
    reply = client.send(wsman.ENUMERATE, uri, selectors,
                        '<n:Enumerate>%s</n:Enumerate>' % inside,
                        extra=options(chosen))
    while True:
        assert reply.fault is None, reply
        found = [each for items in reply.root.iter('{*}Items')
                 for each in items]
        if found:
            yield found
        context = reply.root.findtext('.//n:EnumerationContext',
                                      namespaces=wsman.NS)
        if not context:
            return
        inside = '<n:EnumerationContext>%s</n:EnumerationContext>' % context
        if elements:
            inside += '<n:MaxElements>%d</n:MaxElements>' % elements
        reply = client.send(wsman.PULL, uri, selectors,
                            '<n:Pull>%s</n:Pull>' % inside, fresh=True)


def names(found):
    return [each.get('NAME') for page in found for each in page]


@pytest.fixture
def client(server):
    """With a namespace of these tests' own."""
    with wsman.Client(server.url('/anon')) as made:
        body = ('<r:__NAMESPACE xmlns:r="%s"><r:Name>classes</r:Name>'
                '</r:__NAMESPACE>' % NAMESPACE)
        assert made.create(NAMESPACE, body).fault is None
        yield made
        assert made.delete(NAMESPACE, {'Name': 'classes'}).fault is None


def pid(client):
    return client.invoke(CIM + 'T_Echo', 'Pid', fresh=True).value(
        'ReturnValue')


def test_a_class_comes_changes_and_goes(client):
    """Every request may come to another child."""
    pids = set()
    assert define(client, 'C_Top').fault is None
    for turn in range(40):
        reply = define(client, 'C_Top', action=wsman.PUT, fresh=True,
                       inside=KEY + '<PROPERTY NAME="P%d" TYPE="uint32">'
                       '<VALUE>%d</VALUE></PROPERTY>' % (turn, turn))
        assert reply.fault is None, reply
        found = get(client, 'C_Top', fresh=True).body
        assert [each.get('NAME') for each in found] == ['Id', 'P%d' % turn]
        assert found[1].findtext('VALUE') == str(turn)
        pids.add(pid(client))
    assert len(pids) > 1
    assert delete(client, 'C_Top', fresh=True).fault is None
    for _ in range(5):
        reply = get(client, 'C_Top', fresh=True)
        assert_fault(reply, 'NotFound')
        assert status(reply) == '6'


def test_what_is_inherited(client):
    note = ('<QUALIFIER NAME="Description" TYPE="string" TRANSLATABLE="true">'
            '<VALUE>%s</VALUE></QUALIFIER>')
    abstract = '<QUALIFIER NAME="Abstract" TYPE="boolean" ' \
        'TOSUBCLASS="false"><VALUE>true</VALUE></QUALIFIER>'
    assert define(client, 'C_One', inside=abstract + note % 'top' + KEY +
                  '<METHOD NAME="Do" TYPE="uint32">' + note % 'does' +
                  '<PARAMETER NAME="What" TYPE="string"><QUALIFIER NAME="In" '
                  'TYPE="boolean"><VALUE>true</VALUE></QUALIFIER></PARAMETER>'
                  '</METHOD>').fault is None
    assert define(client, 'C_Two', 'C_One', note % 'below').fault is None
    try:
        body = get(client, 'C_Two', dict(
            QUALIFIERS, IncludeInheritanceHierarchy='true')).body
        assert body.attrib == {'NAME': 'C_Two', 'SUPERCLASS': 'C_One',
                               'DERIVATION': 'C_One'}
        own = {each.get('NAME'): each.findtext('VALUE')
               for each in body.findall('QUALIFIER')}
        assert own == {'Description': 'below'}
        prop = body.find('PROPERTY')
        assert (prop.get('PROPAGATED'), prop.get('CLASSORIGIN')) == (
            'true', 'C_One')
        assert prop.find('QUALIFIER').attrib == {
            'NAME': 'Key', 'TYPE': 'boolean', 'PROPAGATED': 'true',
            'OVERRIDABLE': 'false'}
        method = body.find('METHOD')
        assert method.get('PROPAGATED') == 'true'
        assert method.find('PARAMETER').get('NAME') == 'What'
        # without options: no qualifiers, but what is inherited
        plain = get(client, 'C_Two', {}).body
        assert plain.find('.//QUALIFIER') is None
        assert plain.find('PROPERTY').get('CLASSORIGIN') == 'C_One'
        local = get(client, 'C_Two', {'IncludeInheritedElements': 'no'})
        assert local.fault.details == [wsman.DETAIL + 'InvalidValue']
        local = get(client, 'C_Two', {'IncludeInheritedElements': 'false'})
        assert len(local.body) == 0
        # what was got goes back as it is
        reply = get(client, 'C_Two')
        text = wsman.etree.tostring(reply.body).decode()
        assert client.send(wsman.PUT, CLASS + 'C_Two', HERE,
                           text).fault is None
        assert wsman.etree.tostring(get(client, 'C_Two').body).decode() == text
    finally:
        assert status(delete(client, 'C_One')) == '8'
        assert delete(client, 'C_Two').fault is None
        assert delete(client, 'C_One').fault is None


@pytest.fixture
def forty(client):
    """Two families of twenty, one below the other's top."""
    made = ['F_%02d' % number for number in range(40)]
    for number, name in enumerate(made):
        above = None if number == 0 else 'F_00' if number < 20 else 'F_01'
        inside = KEY if number == 0 else (
            '<PROPERTY NAME="Text%d" TYPE="string"><VALUE>%s</VALUE>'
            '</PROPERTY>' % (number, 'x' * 500))
        reply = define(client, name, above, inside)
        assert reply.fault is None, reply
    yield made
    for name in reversed(made):
        assert delete(client, name).fault is None


def test_enumerate_forty(client, forty):
    everything = dict(QUALIFIERS, IncludeSubClasses='true')
    nearby = {'IncludeSubClasses': 'false'}
    top = dict(HERE, ClassName='F_00')
    # all at once, then in pages of one, of seven, and as many as fit
    assert names(pages(client, ALL, top, everything, 100)) == forty[1:]
    for elements in (None, 7):
        found = list(pages(client, ALL, top, everything, elements=elements))
        assert names(found) == forty[1:]
        assert max(map(len, found)) == (elements or 1)
        for page in found:
            for each in page:
                assert each.find('PROPERTY[@NAME="Id"]/QUALIFIER') is not None
    assert names(pages(client, CLASS + 'F_00', HERE, nearby, 100)) \
        == forty[1:20]
    assert names(pages(client, CLASS + 'F_01', HERE, nearby, 5)) == forty[20:]
    # of the namespace: also the server's own
    found = names(pages(client, ALL, dict(HERE, ClassName=''), {}, 9,
                        elements=9))
    assert [name for name in found if name[:2] == 'F_'] == forty
    assert '__NAMESPACE' in found
    assert names(pages(client, ALL, HERE, nearby, 100)).count('F_00') == 1


def test_pages_of_a_small_envelope(client, forty):
    found, most = [], 0
    bound = '<w:MaxEnvelopeSize>8192</w:MaxEnvelopeSize>'
    body = '<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>100' \
        '</w:MaxElements></n:Enumerate>'
    reply = client.send(wsman.ENUMERATE, CLASS + 'F_00', HERE, body,
                        extra=bound)
    while True:
        assert reply.fault is None, reply
        assert len(reply.data) <= 8192
        here = [each.get('NAME') for each in reply.root.iter('CLASS')]
        found, most = found + here, max(most, len(here))
        context = reply.root.findtext('.//n:EnumerationContext',
                                      namespaces=wsman.NS)
        if not context:
            break
        reply = client.send(
            wsman.PULL, CLASS + 'F_00', HERE,
            '<n:Pull><n:EnumerationContext>%s</n:EnumerationContext>'
            '<n:MaxElements>100</n:MaxElements></n:Pull>' % context,
            extra=bound, fresh=True)
    assert found == forty[1:]
    assert 1 < most < 39


def test_a_class_goes_between_pages(client, forty):
    """What comes behind it still comes."""
    found = pages(client, CLASS + 'F_01', HERE, {}, 5, elements=5)
    seen = [each.get('NAME') for each in next(found)]
    assert delete(client, seen[-1]).fault is None
    try:
        assert seen + names(found) == forty[20:]
    finally:
        assert define(client, seen[-1], 'F_01', '').fault is None


def test_meta_class(client, forty):
    """The same classes as WMI shows them."""
    query = ('<w:Filter Dialect="http://schemas.microsoft.com/wbem/wsman/1/'
             'WQL">SELECT * FROM meta_class WHERE __THIS ISA "F_01"'
             '</w:Filter>')
    at = 'http://schemas.microsoft.com/wbem/wsman/1/wmi/%s/*' % NS
    reply = client.enumerate(at, optimize=100, filter=query)
    assert reply.fault is None, reply
    found = reply.root.find('.//w:Items', wsman.NS)
    assert [wsman.local(each) for each in found] == ['F_01'] + forty[20:]
    assert wsman.value_of(found[1], 'Text20') == 'x' * 500
    assert wsman.value_of(found[1], 'Id') is None


def test_faults(client):
    assert_fault(client.get(ALL, HERE), 'InsufficientSelectors')
    reply = client.get(ALL, {'__cimnamespace': 'root/none', 'ClassName': 'x'})
    assert_fault(reply, 'NotFound')
    assert status(reply) == '3'
    assert define(client, 'C_Top').fault is None
    try:
        reply = define(client, 'C_Top')
        assert_fault(reply, 'AlreadyExists')
        assert status(reply) == '11'
        reply = define(client, 'C_Low', 'C_None')
        assert reply.fault.subcode == 'x:InvalidRepresentation'
        assert status(reply) == '10'
        wmi = 'http://schemas.microsoft.com/wbem/wsman/1/wmi/%s/C_Top' % NS
        assert client.create(wmi, '<r:C_Top xmlns:r="%s"><r:Id>1</r:Id>'
                             '</r:C_Top>' % wmi).fault is None
        assert status(delete(client, 'C_Top')) == '9'
        reply = define(client, 'C_Top', action=wsman.PUT, inside='')
        assert status(reply) == '9'
        assert client.delete(wmi, {'Id': '1'}).fault is None
        # of the server's own MOF
        for action in (wsman.PUT, wsman.DELETE):
            reply = client.send(action, CLASS + 'R_Item', None,
                                '<CLASS NAME="R_Item"/>'
                                if action == wsman.PUT else '')
            assert status(reply) == '7', reply
    finally:
        assert delete(client, 'C_Top').fault is None


def test_who_may(server):
    """<WSManResource> speaks of classes, too: of each by its name."""
    server.expect('AH01630|AH01631|AH01797|authorization')
    found = {}
    for user in ('alice', 'bob', 'admin'):
        with wsman.Client(server.url('/guarded'), user,
                          httpd.USERS[user]) as one:
            found[user] = names(pages(one, ALL, None, {}, 500))
            secret = [one.get(ALL, {'ClassName': 'R_Two'}),
                      one.get(CLASS + 'r_two')]
            made = one.create(ALL, '<CLASS NAME="G_New"/>')
            if user == 'admin':
                assert made.fault is None, made
                assert one.delete(CLASS + 'G_New', None).fault is None
            else:
                assert_fault(made, 'AccessDenied')
                assert_fault(one.delete(CLASS + 'R_Item', None),
                             'AccessDenied')
            for reply in secret:
                if user == 'bob':
                    assert reply.body.get('NAME') == 'R_Two'
                else:
                    assert_fault(reply, 'AccessDenied')
    assert 'R_Two' in found['bob']
    assert found['alice'] == [name for name in found['bob']
                              if name != 'R_Two']
