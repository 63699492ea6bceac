"""Methods: DSP0226 clause 9, DSP0227 clause 11, R16."""
import os

import pytest

from wsman import CIM, NIL, WMI, Epr, assert_fault, local, value_of, values_of

ECHO = CIM + 'T_Echo'


def arguments(values, ns='m'):
    return ''.join('<%s:%s>%s</%s:%s>' % (ns, name, value, ns, name)
                   for name, value in values)


INTEGERS = [
    ('U8', '255'), ('S8', '-128'), ('U16', '65535'), ('S16', '-32768'),
    ('U32', '4294967295'), ('S32', '-2147483648'),
    ('U64', '18446744073709551615'), ('S64', '-9223372036854775808'),
]


def test_output_element(alice):
    """<Method>_OUTPUT in the namespace of the resource (R16)."""
    reply = alice.invoke(ECHO, 'Pid')
    assert reply.body.tag == '{%s}Pid_OUTPUT' % ECHO
    assert reply.header('a:Action') == ECHO + '/PidResponse'
    assert int(reply.value('ReturnValue')) > 1
    assert reply.value('ReturnValue') != str(os.getpid())


def test_by_a_wmi_uri(alice):
    reply = alice.invoke(WMI + 'T_Echo', 'Pid')
    assert reply.body.tag == '{%sT_Echo}Pid_OUTPUT' % WMI


def test_integers(alice):
    reply = alice.invoke(ECHO, 'Integers', arguments(INTEGERS))
    got = values_of(reply.body)
    assert got.pop('ReturnValue') == '8'
    assert got == dict(INTEGERS)


@pytest.mark.parametrize('name,text', [
    ('U8', '256'), ('U8', '-1'), ('S8', '128'), ('S8', '-129'),
    ('U16', '65536'), ('S16', '32768'), ('U32', '4294967296'),
    ('S32', '2147483648'), ('U64', '18446744073709551616'), ('U64', '-1'),
    ('S64', '9223372036854775808'),
])
def test_out_of_range(alice, name, text):
    reply = alice.invoke(ECHO, 'Integers', arguments([(name, text)]))
    fault = reply.fault
    assert fault is not None and fault.subcode == 'w:InvalidParameter', reply
    assert fault.details[0].rsplit('/', 1)[1] in ('InvalidValue',
                                                  'TypeMismatch'), reply


@pytest.mark.parametrize('text', ['x', '1.5', '', '0x10', '1 2', '--1'])
def test_wrong_type(alice, text):
    reply = alice.invoke(ECHO, 'Integers', arguments([('U32', text)]))
    assert_fault(reply, 'ParameterType')


def test_white_space_around_numbers(alice):
    reply = alice.invoke(ECHO, 'Integers', arguments([('U32', '\n  7 \n')]))
    assert reply.value('U32') == '7'


def test_scalars(alice):
    reply = alice.invoke(ECHO, 'Scalars', arguments([
        ('B', 'true'), ('R32', '0.5'), ('R64', '-1.25E10'), ('C', 'α'),
        ('S', ' ä &lt;b&gt; '), ]) +
        '<m:D><c:Datetime>2026-11-21T10:30:00Z</c:Datetime></m:D>')
    got = values_of(reply.body)
    assert got['B'] == 'true' and float(got['R32']) == 0.5
    assert float(got['R64']) == -1.25e10 and got['S'] == ' ä <b> '
    assert got['C'] == 'α'
    assert reply.body.find('{*}D')[0].text == '2026-11-21T10:30:00Z'


@pytest.mark.parametrize('text,value', [
    ('TRUE', 'true'), ('False', 'false'), ('1', 'true'), ('0', 'false')])
def test_booleans_as_clients_write_them(alice, text, value):
    """R6"""
    reply = alice.invoke(ECHO, 'Scalars', arguments([('B', text)]))
    assert reply.value('B') == value


def test_null_and_absent(alice):
    """An absent parameter is no parameter, a nil one is NULL."""
    reply = alice.invoke(ECHO, 'Scalars', '<m:S xsi:nil="true"/>')
    assert reply.body.find('{*}S').get(NIL) == 'true'
    assert reply.body.find('{*}B') is None
    assert reply.value('ReturnValue') == '1'


def test_arrays(alice):
    """R16: repeated elements."""
    reply = alice.invoke(ECHO, 'Arrays', arguments([
        ('U8', '1'), ('U8', '2'), ('S32', '-5'), ('S32', '6'), ('S32', '7'),
        ('U64', '18446744073709551615'), ('U64', '0'), ('B', 'true'),
        ('B', 'false'), ('R64', '1.5'), ('R64', '2.5'), ('S', 'a'),
        ('S', ''), ('S', 'c')]))
    got = values_of(reply.body)
    assert got['U8'] == ['1', '2'] and got['S32'] == ['-5', '6', '7']
    assert got['U64'] == ['18446744073709551615', '0']
    assert got['B'] == ['true', 'false'] and got['S'] == ['a', '', 'c']
    assert [float(x) for x in got['R64']] == [1.5, 2.5]


def test_an_array_of_one(alice):
    reply = alice.invoke(ECHO, 'Arrays', arguments([('S32', '3')]))
    assert reply.value('S32') == '3'


def test_twice_what_is_no_array(alice):
    reply = alice.invoke(ECHO, 'Integers',
                         arguments([('U32', '1'), ('U32', '2')]))
    assert reply.fault.subcode == 'w:InvalidParameter', reply


def test_reference(alice):
    sent = Epr(CIM + 'T_Base', {'Name': 'T_Base'})
    reply = alice.invoke(ECHO, 'Objects', '<m:Ref>%s</m:Ref>'
                         % sent.content())
    assert reply.fault is None, reply
    got = Epr.read(reply.body.find('{*}Ref'))
    assert (got.uri, got.selectors) == (sent.uri, sent.selectors)


def test_reference_to_a_subclass(alice):
    sent = Epr(CIM + 'T_Deep', {'Name': 'x'})
    reply = alice.invoke(ECHO, 'Objects', '<m:Ref>%s</m:Ref>'
                         % sent.content())
    assert Epr.read(reply.body.find('{*}Ref')).uri == sent.uri


def test_reference_to_another_class(alice):
    sent = Epr(CIM + 'T_List', {'Id': '1'})
    reply = alice.invoke(ECHO, 'Objects', '<m:Ref>%s</m:Ref>'
                         % sent.content())
    assert reply.fault.subcode == 'w:InvalidParameter', reply


def test_reference_that_is_none(alice):
    reply = alice.invoke(ECHO, 'Objects', '<m:Ref>here</m:Ref>')
    assert reply.fault is not None and reply.fault.code == 's:Sender', reply


def part(tag, name, count):
    return ('<m:%s xsi:type="t:T_Part_Type" xmlns:t="%sT_Part"><t:Name>%s'
            '</t:Name><t:Count>%d</t:Count></m:%s>' % (tag, CIM, name, count,
                                                       tag))


def test_embedded_instances(alice):
    reply = alice.invoke(ECHO, 'Objects', part('Part', 'one', 1) +
                         part('Parts', 'two', 2) + part('Parts', 'three', 3))
    assert reply.fault is None, reply
    one = reply.body.find('{*}Part')
    assert (value_of(one, 'Name'), value_of(one, 'Count')) == ('one', '1')
    assert [value_of(x, 'Name') for x in reply.body.findall('{*}Parts')] == \
        ['two', 'three']


def test_of_an_instance(alice):
    reply = alice.invoke(ECHO, 'Which', selectors={'Name': 'echo'})
    assert reply.value('ReturnValue') == 'echo'


def test_of_an_instance_without_selectors(alice):
    reply = alice.invoke(ECHO, 'Which')
    assert_fault(reply, 'InsufficientSelectors')


def test_required_parameter(alice):
    reply = alice.invoke(ECHO, 'Needs', arguments([('Must', 'a'),
                                                   ('May', 'b')]))
    assert reply.value('Got') == 'a+b'
    reply = alice.invoke(ECHO, 'Needs', arguments([('Must', 'a')]))
    assert reply.value('Got') == 'a'
    reply = alice.invoke(ECHO, 'Needs', arguments([('May', 'b')]))
    assert reply.fault.subcode == 'w:InvalidParameter', reply


def test_unknown_parameter(alice):
    reply = alice.invoke(ECHO, 'Needs', arguments([('Must', 'a'),
                                                   ('Nothing', 'b')]))
    assert_fault(reply, 'ParameterName')


def test_parameter_that_is_only_out(alice):
    reply = alice.invoke(ECHO, 'Needs', arguments([('Must', 'a'),
                                                   ('Got', 'b')]))
    assert_fault(reply, 'ParameterName')


def test_parameter_in_another_namespace(alice):
    reply = alice.invoke(ECHO, 'Needs',
                         '<z:Must xmlns:z="urn:z">a</z:Must>')
    assert reply.fault is not None
    assert reply.fault.subcode in ('w:InvalidParameter',
                                   'w:SchemaValidationError'), reply


def test_body_of_another_name(alice):
    reply = alice.send(ECHO + '/Needs', ECHO, None,
                       '<m:Other xmlns:m="%s"><m:Must>a</m:Must></m:Other>'
                       % ECHO)
    assert reply.fault is not None and reply.fault.code == 's:Sender', reply


def test_without_body(alice):
    """No parameters, no element: it is asked so too."""
    reply = alice.send(ECHO + '/Pid', ECHO, None, '')
    assert reply.fault is None, reply
    assert local(reply.body) == 'Pid_OUTPUT'


def test_method_in_other_letters(alice):
    reply = alice.send(ECHO + '/pid', ECHO, None,
                       '<m:Pid_INPUT xmlns:m="%s"/>' % ECHO)
    if reply.fault is not None:
        assert reply.fault.subcode == 'a:ActionNotSupported', reply
    else:
        assert local(reply.body) == 'Pid_OUTPUT'


def test_unknown_method(alice):
    assert alice.invoke(ECHO, 'Nothing').fault.subcode == \
        'a:ActionNotSupported'


def test_user_locale_and_namespace(alice):
    reply = alice.invoke(ECHO, 'Who', extra='<w:Locale xml:lang="de-DE" '
                         's:mustUnderstand="false"/>')
    got = values_of(reply.body)
    assert got['User'] == 'alice' and got['Locale'] == 'de-DE'
    assert got['Namespace'].lower() == 'root/cimv2'


def test_nobody_is_null(anon):
    """Never a default user."""
    reply = anon.invoke(ECHO, 'Who')
    assert reply.body.find('{*}User') is None or \
        reply.value('User') is None, reply


def test_errors_of_a_provider_reach_the_client(server, alice):
    server.expect('As you wish')
    reply = alice.invoke(ECHO, 'Fail', arguments([('Code', '1')]))
    fault = assert_fault(reply, 'AccessDenied')
    assert 'As you wish: <1> & so on.' in fault.message


def test_unknown_errors_of_a_provider(server, alice):
    server.expect('As you wish')
    reply = alice.invoke(ECHO, 'Fail', arguments([('Code', '9999')]))
    assert_fault(reply, 'InternalError')


def test_linux_get_owner(alice):
    """A real method: whose process is httpd?"""
    reply = alice.invoke(ECHO, 'Pid')
    pid = reply.value('ReturnValue')
    found = alice.all(CIM + 'Win32_Process', optimize=100, filter=(
        '<w:Filter Dialect="http://schemas.dmtf.org/wbem/wsman/1/wsman/'
        'SelectorFilter"><w:SelectorSet><w:Selector Name="Handle">%s'
        '</w:Selector></w:SelectorSet></w:Filter>' % pid))
    assert [value_of(one, 'ProcessId') for one in found] == [pid]
    reply = alice.invoke(CIM + 'Win32_Process', 'GetOwner',
                         selectors={'Handle': pid})
    import pwd
    owner = pwd.getpwuid(os.stat('/proc/' + pid).st_uid).pw_name
    assert reply.value('User') == owner, reply
    assert reply.value('ReturnValue') == '0'
