"""psrp_wire.py - messages of the PowerShell Remoting Protocol (MS-PSRP), for
tests: fragments, heads, and as much of the serialization as they need.

Standard library only: the stand-in engine runs with any Python.
"""
import re
import struct
import uuid
from xml.etree import ElementTree
from xml.sax.saxutils import escape

TO_CLIENT, TO_SERVER = 1, 2
ZERO = uuid.UUID(int=0)

SESSION_CAPABILITY = 0x00010002
INIT_RUNSPACEPOOL = 0x00010004
PUBLIC_KEY = 0x00010005
ENCRYPTED_SESSION_KEY = 0x00010006
CONNECT_RUNSPACEPOOL = 0x00010008
RESET_RUNSPACE_STATE = 0x0002100C
SET_MAX_RUNSPACES = 0x00021002
SET_MIN_RUNSPACES = 0x00021003
RUNSPACE_AVAILABILITY = 0x00021004
RUNSPACEPOOL_STATE = 0x00021005
CREATE_PIPELINE = 0x00021006
GET_AVAILABLE_RUNSPACES = 0x00021007
APPLICATION_PRIVATE_DATA = 0x00021009
RUNSPACEPOOL_INIT_DATA = 0x0002100B
RUNSPACEPOOL_HOST_CALL = 0x00021100
RUNSPACEPOOL_HOST_RESPONSE = 0x00021101
PIPELINE_INPUT = 0x00041002
END_OF_PIPELINE_INPUT = 0x00041003
PIPELINE_OUTPUT = 0x00041004
ERROR_RECORD = 0x00041005
PIPELINE_STATE = 0x00041006
DEBUG_RECORD = 0x00041007
VERBOSE_RECORD = 0x00041008
WARNING_RECORD = 0x00041009
PIPELINE_HOST_CALL = 0x00041100
PIPELINE_HOST_RESPONSE = 0x00041101

# MS-PSRP 2.2.3.4, 2.2.3.5
OPENED, BROKEN = 2, 5
STOPPED, COMPLETED, FAILED = 3, 4, 5


# ---- fragments (2.2.4) and messages (2.2.1)

def message(kind, data=b'', pool=ZERO, pipeline=ZERO, to=TO_CLIENT):
    if isinstance(data, str):
        data = data.encode()
    return struct.pack('<II', to, kind) + pool.bytes_le + pipeline.bytes_le \
        + data


def fragments(number, whole, size=32768):
    """One message as fragments with blobs of at most `size` bytes."""
    parts = [whole[at:at + size] for at in range(0, len(whole), size)]
    return [struct.pack('>QQBI', number, at, (at == 0) | (
        (at == len(parts) - 1) << 1), len(part)) + part
        for at, part in enumerate(parts)]


def split(data):
    """Bytes that are whole fragments -> (object, number, flags, blob, all)"""
    while data:
        number, at, flags, length = struct.unpack('>QQBI', data[:21])
        assert len(data) >= 21 + length, 'a fragment that is not whole'
        yield number, at, flags, data[21:21 + length], data[:21 + length]
        data = data[21 + length:]


class Message:
    def __init__(self, whole):
        self.to, self.kind = struct.unpack('<II', whole[:8])
        self.pool = uuid.UUID(bytes_le=whole[8:24])
        self.pipeline = uuid.UUID(bytes_le=whole[24:40])
        self.data = whole[40:]

    @property
    def xml(self):
        return ElementTree.fromstring(self.data)

    def text(self, path):
        """Of the first element that is found"""
        found = self.xml.find(path)
        return None if found is None else decode(found.text or '')


class Defragmenter:
    """Fragments in, messages out; strict about their order (3.2.5.1.2)."""

    def __init__(self):
        self.parts, self.number = [], None

    def add(self, data):
        for number, at, flags, blob, _ in split(data):
            if flags & 1:
                assert not self.parts, 'a message begins in a message'
                self.number = number
            assert number == self.number and at == len(self.parts), \
                'fragment %d of %d came out of order' % (at, number)
            self.parts.append(blob)
            if flags & 2:
                whole, self.parts = b''.join(self.parts), []
                yield Message(whole)


# ---- serialization (2.2.5)

def encode(text):
    """2.2.5.3.2: control characters and what looks like one of these."""
    text = re.sub('_(?=x[0-9A-Fa-f]{4}_)', '_x005F_', text)
    return escape(re.sub('[\0-\x1f\x7f-\x9f]',
                         lambda c: '_x%04X_' % ord(c.group()), text))


def decode(text):
    return re.sub('_x([0-9A-Fa-f]{4})_',
                  lambda c: chr(int(c.group(1), 16)), text)


def named(name):
    return ' N="%s"' % name if name else ''


def string(value, name=None):
    return '<S%s>%s</S>' % (named(name), encode(value))


def number(value, name=None, kind='I32'):
    return '<%s%s>%d</%s>' % (kind, named(name), value, kind)


def boolean(value, name=None):
    return '<B%s>%s</B>' % (named(name), 'true' if value else 'false')


def version(value, name=None):
    return '<Version%s>%s</Version>' % (named(name), value)


def complex_object(*members, name=None, types=(), text=None, content=''):
    """RefIds are written by objects_numbered()."""
    made = '<Obj%s RefId="?">' % named(name)
    if types:
        made += '<TN RefId="?">%s</TN>' % ''.join(
            '<T>%s</T>' % escape(one) for one in types)
    if text is not None:
        made += '<ToString>%s</ToString>' % encode(text)
    if members:
        made += '<MS>%s</MS>' % ''.join(members)
    return made + content + '</Obj>'


def objects_numbered(text):
    count = iter(range(1000000))
    return re.sub('RefId="[?]"', lambda _: 'RefId="%d"' % next(count), text)


def error_record(text, category=0):
    """2.2.3.15"""
    return complex_object(
        complex_object(
            name='Exception', text='System.Exception: ' + text,
            types=('System.Exception', 'System.Object'),
            content='<Props>%s<Nil N="InnerException"/></Props>' % string(
                text, 'Message')),
        '<Nil N="TargetObject"/>', string('TestError', 'FullyQualifiedErrorId'),
        '<Nil N="InvocationInfo"/>',
        number(category, 'ErrorCategory_Category'),
        string('', 'ErrorCategory_Activity'),
        string('Exception', 'ErrorCategory_Reason'),
        string('', 'ErrorCategory_TargetName'),
        string('', 'ErrorCategory_TargetType'),
        string('NotSpecified: (:) [], Exception', 'ErrorCategory_Message'),
        boolean(False, 'SerializeExtendedInfo'), text=text,
        types=('System.Management.Automation.ErrorRecord', 'System.Object'))


def informational(kind, text):
    """2.2.3.16; kind: Warning, Verbose, Debug"""
    return complex_object(
        string(text, 'InformationalRecord_Message'),
        boolean(False, 'InformationalRecord_SerializeInvocationInfo'),
        text=text, types=(
            'System.Management.Automation.%sRecord' % kind,
            'System.Management.Automation.InformationalRecord',
            'System.Object'))


def state(name, value, error=None):
    members = [number(value, name)]
    if error is not None:
        members.append(error_record(error).replace(
            '<Obj ', '<Obj N="ExceptionAsErrorRecord" ', 1))
    return complex_object(*members)


def host_call(call, method, name, *arguments):
    """2.2.2.15"""
    return complex_object(
        number(call, 'ci', 'I64'),
        complex_object(
            name='mi', text=name, content=number(method), types=(
                'System.Management.Automation.Remoting.RemoteHostMethodId',
                'System.Enum', 'System.ValueType', 'System.Object')),
        complex_object(
            name='mp', types=('System.Collections.ArrayList', 'System.Object'),
            content='<LST>%s</LST>' % ''.join(arguments)))


def capability(protocol='2.3'):
    """2.2.2.1"""
    return objects_numbered(complex_object(
        version(protocol, 'protocolversion'), version('2.0', 'PSVersion'),
        version('1.1.0.1', 'SerializationVersion')))
