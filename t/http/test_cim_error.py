"""CIM errors in faults: who has one, and what foreign clients read in it."""
import pytest

from wsman import ANONYMOUS, CIM, ENUMERATE, GET, NS, assert_fault, envelope, \
    headers, new_id

LIST = CIM + 'T_List'
ERROR = CIM + 'MSFT_WmiError'
IS_ERROR = '{%s}IsCIM_Error' % NS['b']


def cim_errors(reply):
    """The instances of CIM_Error in the fault's detail, by their mark."""
    return [node for node in reply.find('s:Body/s:Fault/s:Detail')
            if node.get(IS_ERROR) == 'true']


def cim_error(reply):
    """{name: value} of the one that must be there."""
    found, = cim_errors(reply)
    assert found.tag == '{%s}MSFT_WmiError' % ERROR
    assert reply.find('s:Body/s:Fault/s:Detail/f:WSManFault') is not None
    names = [child.tag for child in found]
    assert len(set(names)) == len(names)
    assert all(name.startswith('{%s}' % ERROR) for name in names)
    return {name.partition('}')[2]: child.text
            for name, child in zip(names, found)}


def test_not_found(anon):
    reply = anon.get(LIST, {'Id': 99999})
    assert_fault(reply, 'NotFound')
    error = cim_error(reply)
    assert error['CIMStatusCode'] == '6'
    assert error['CIMStatusCodeDescription'] == 'CIM_ERR_NOT_FOUND'
    assert error['error_Code'] == '2150858752'
    assert error['MessageID'] == 'HRESULT 0x80338000'
    assert error['Message'] == reply.fault.message
    assert error['error_Category'] == '13'


def test_no_such_class(anon):
    reply = anon.get(CIM + 'T_NoSuchClass', {'Id': 1})
    assert_fault(reply, 'InvalidResourceURI')
    assert cim_error(reply)['CIMStatusCode'] == '5'


def test_wrong_selector(anon):
    error = cim_error(anon.get(LIST, {'Nothing': 1}))
    assert error['CIMStatusCode'] == '4'


def test_already_exists(anon):
    body = '<r:R_Item xmlns:r="%sR_Item"><r:Name>twice</r:Name></r:R_Item>' \
        % CIM
    try:
        anon.create(CIM + 'R_Item', body)
        reply = anon.create(CIM + 'R_Item', body)
        assert_fault(reply, 'AlreadyExists')
        assert cim_error(reply)['CIMStatusCodeDescription'] == \
            'CIM_ERR_ALREADY_EXISTS'
    finally:
        anon.delete(CIM + 'R_Item', {'Name': 'twice'})


# ---- what is no matter of CIM

PROTOCOL = {
    'no action': ('urn:nothing', LIST, ''),
    'header': (GET, LIST, '<q:Q xmlns:q="urn:q" s:mustUnderstand="true"/>'),
    'option': (GET, LIST, '<w:OptionSet><w:Option Name="x" MustComply="true">'
                          '</w:Option></w:OptionSet>'),
    'address': (GET, LIST, '<a:FaultTo><a:Address>http://x/</a:Address>'
                           '</a:FaultTo>'),
    'size': (GET, LIST, '<w:MaxEnvelopeSize>100</w:MaxEnvelopeSize>'),
    'no resource': (GET, None, ''),
    'body': (ENUMERATE, LIST, ''),
}


@pytest.mark.parametrize('name', PROTOCOL)
def test_protocol_faults_have_none(anon, name):
    action, uri, extra = PROTOCOL[name]
    reply = anon.post(envelope(headers(action, uri, {'Id': 1} if
                                       action == GET else None, new_id(),
                                       extra=extra)))
    assert reply.fault is not None
    assert cim_errors(reply) == []


# ---- FaultTo

def test_reference_parameters_of_fault_to(anon):
    """R5.4.3-4"""
    extra = ('<a:FaultTo><a:Address>%s</a:Address><a:ReferenceParameters>'
             '<q:Where xmlns:q="urn:q">here</q:Where></a:ReferenceParameters>'
             '</a:FaultTo>' % ANONYMOUS)
    for key, expected in ((99999, 'here'), (1, None)):
        reply = anon.post(envelope(headers(GET, LIST, {'Id': key}, new_id(),
                                           extra=extra)))
        assert (reply.fault is None) == (expected is None)
        assert reply.root.findtext('s:Header/q:Where', None,
                                   {'q': 'urn:q', **NS}) == expected


# ---- foreign clients

def test_winrm_reads_it(anon):
    """As pywinrm finds error_Code (by path, with its own prefixes)."""
    reply = anon.get(LIST, {'Id': 99999})
    found = reply.root.find('.//s:Body/s:Fault/s:Detail/wmierror:MSFT_WmiError'
                            '/wmierror:error_Code',
                            {'s': NS['s'], 'wmierror': ERROR})
    assert int(found.text) == 0x80338000
