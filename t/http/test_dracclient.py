"""python3-dracclient: sends no Content-Type, pulls until the context is
gone, wants Items in every reply (client-interop R15, R18)."""
import pytest

import server as httpd
from wsman import CIM, NS, value_of

wsman = pytest.importorskip('dracclient.wsman',
                            reason='tool missing: python3-dracclient')

LIST = CIM + 'T_List'


@pytest.fixture
def drac(server):
    return wsman.Client('127.0.0.1', 'alice', httpd.USERS['alice'],
                        port=server.port, path='/wsman', protocol='http')


def ids(found):
    return sorted(int(value_of(one, 'Id')) for one in found)


def elements(answer, name):
    return answer.findall('.//{*}' + name)


def test_enumerate(drac):
    answer = drac.enumerate(LIST, max_elems=100, auto_pull=True)
    assert ids(elements(answer, 'T_List')) == list(range(50))


def test_pulls_to_the_end(drac):
    answer = drac.enumerate(LIST, max_elems=7, auto_pull=True)
    assert ids(elements(answer, 'T_List')) == list(range(50))


def test_pulls_a_thousand(drac):
    answer = drac.enumerate(CIM + 'T_Many', max_elems=90, auto_pull=True)
    assert ids(elements(answer, 'T_Many')) == list(range(1000))


def test_pull_by_hand(drac):
    answer = drac.enumerate(LIST, max_elems=20, auto_pull=False)
    found = elements(answer, 'T_List')
    context = answer.find('.//n:EnumerationContext', NS).text
    answer = drac.pull(LIST, context, 100)
    assert ids(found + elements(answer, 'T_List')) == list(range(50))


@pytest.mark.parametrize('dialect', ['cql', 'wql'])
def test_filters(drac, dialect):
    """It speaks CQL by default."""
    answer = drac.enumerate(LIST, max_elems=100, filter_dialect=dialect,
                            filter_query='select * from T_List where Id < 3')
    assert ids(elements(answer, 'T_List')) == [0, 1, 2]
    answer = drac.enumerate(LIST, max_elems=100, filter_dialect=dialect,
                            filter_query='select Id from T_List where Id < 3 '
                                         'and Id != 1')
    assert elements(answer, 'T_List') == []
    assert [one.text for one in elements(answer, 'Id')] == ['0', '2']


def test_invoke(drac):
    answer = drac.invoke(CIM + 'T_Echo', 'Integers', {},
                         {'U32': '7', 'S8': '-3'})
    output = answer.find('.//{%s}Integers_OUTPUT' % (CIM + 'T_Echo'))
    assert value_of(output, 'U32') == '7' and value_of(output, 'S8') == '-3'
    assert value_of(output, 'ReturnValue') == '2'


def test_invoke_with_selectors(drac):
    answer = drac.invoke(CIM + 'T_Echo', 'Which', {'Name': 'echo'}, {})
    assert answer.find('.//{*}ReturnValue').text == 'echo'


def test_invoke_with_an_array(drac):
    answer = drac.invoke(CIM + 'T_Echo', 'Arrays', {},
                         {'S32': ['1', '2', '3']})
    assert [node.text for node in answer.findall('.//{*}S32')] == \
        ['1', '2', '3']


def test_fault(drac):
    from dracclient import exceptions
    with pytest.raises(exceptions.WSManInvalidResponse):
        drac.invoke(CIM + 'T_Echo', 'Nothing', {}, {})


def test_the_machine(drac):
    answer = drac.enumerate(CIM + 'Win32_OperatingSystem', max_elems=10)
    assert len(elements(answer, 'Win32_OperatingSystem')) == 1
