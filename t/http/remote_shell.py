"""remote_shell.py - remote shells for tests, on the client of wsman.py.

A Shell is one connection to one shell; beside() is the same shell on another
connection, for a thread of its own.  What a Receive brings is checked for what
must be true of all (read).
"""
import base64
import time
from xml.sax.saxutils import escape, quoteattr

from wsman import CREATE, DELETE, ENUMERATE, GET, NS, Client

RSP = NS['rsp']
CMD = RSP + '/cmd'
DONE = RSP + '/CommandState/Done'
RUNNING = RSP + '/CommandState/Running'
UUID = r'[0-9A-F]{8}-([0-9A-F]{4}-){3}[0-9A-F]{12}'
SPACE = 'xmlns:rsp="%s"' % RSP
TERMINATE = RSP + '/signal/terminate'
CTRL_C = RSP + '/signal/ctrl_c'
CTRL_BREAK = RSP + '/signal/ctrl_break'
TIMED_OUT = 2150858793
NO_SHELL = 2150858843


def element(name, text='', **attributes):
    return '<rsp:%s %s%s>%s</rsp:%s>' % (
        name, SPACE, ''.join(' %s=%s' % (key, quoteattr(str(value)))
                             for key, value in attributes.items()
                             if value is not None), text, name)


def option_set(options):
    if not options:
        return ''
    return '<w:OptionSet>%s</w:OptionSet>' % ''.join(
        '<w:Option Name=%s>%s</w:Option>' % (quoteattr(name),
                                             escape(str(value)))
        for name, value in options.items())


def seconds(value):
    return None if value is None else 'PT%gS' % value


def header(timeout=None, options=None, size=None, session=None):
    text = option_set(options)
    if timeout is not None:
        text += '<w:OperationTimeout>%s</w:OperationTimeout>' % seconds(
            timeout)
    if size is not None:
        text += '<w:MaxEnvelopeSize s:mustUnderstand="true">%d' \
            '</w:MaxEnvelopeSize>' % size
    if session is not None:
        text += '<p:SessionId s:mustUnderstand="false">%s</p:SessionId>' \
            % session
    return text


def wish(environment=None, directory=None, idle=None, lifetime=None,
         buffer=None, inputs='stdin', outputs='stdout stderr', **attributes):
    """The rsp:Shell of a Create."""
    text = ''
    if environment:
        text += element('Environment', ''.join(
            element('Variable', escape(value), Name=name)
            for name, value in environment.items()))
    if directory is not None:
        text += element('WorkingDirectory', escape(directory))
    for name, value in (('Lifetime', seconds(lifetime)),
                        ('IdleTimeOut', seconds(idle)),
                        ('BufferMode', buffer), ('InputStreams', inputs),
                        ('OutputStreams', outputs)):
        if value is not None:
            text += element(name, value)
    return element('Shell', text, **attributes)


def create(client, timeout=None, options=None, session=None, uri=CMD, **how):
    """@return the reply, whatever it is"""
    return client.send(CREATE, uri, None, wish(**how),
                       header(timeout, options, session=session))


class Output:
    """What a Receive brought; two can be added."""

    def __init__(self):
        self.streams = {}
        self.ended = set()
        self.done = False
        self.code = None

    @property
    def stdout(self):
        return self.streams.get('stdout', b'')

    @property
    def stderr(self):
        return self.streams.get('stderr', b'')

    def add(self, other):
        for name, data in other.streams.items():
            assert name not in self.ended or not data, 'bytes after the end'
            self.streams[name] = self.streams.get(name, b'') + data
        self.ended |= other.ended
        self.done, self.code = other.done, other.code


def read(reply, streams, command):
    """Of a ReceiveResponse."""
    assert reply.fault is None, reply
    body = reply.body
    assert body.tag == '{%s}ReceiveResponse' % RSP, reply
    # The prefix that Windows has, and some clients want
    assert body.prefix == 'rsp', reply
    found, pieces = Output(), {}
    for node in body.iterfind('rsp:Stream', NS):
        name = node.get('Name')
        assert name in streams, reply
        assert node.get('CommandId') == command, reply
        assert name not in found.ended, 'a stream after its end'
        end = node.get('End')
        assert end in (None, 'true'), reply
        assert node.text or end, 'an empty stream'
        pieces.setdefault(name, []).append(
            base64.b64decode(node.text or '', validate=True))
        if end:
            found.ended.add(name)
    found.streams = {name: b''.join(data) for name, data in pieces.items()}
    states = body.findall('rsp:CommandState', NS)
    assert len(states) <= 1, reply
    if states:
        assert states[0].get('CommandId') == command, reply
        assert states[0].get('State') in (DONE, RUNNING), reply
        found.done = states[0].get('State') == DONE
        code = states[0].find('rsp:ExitCode', NS)
        assert (code is not None) == found.done, reply
        if found.done:
            found.code = int(code.text)
    return found


class Shell:
    """One that is open.  `made` is the reply of its Create."""

    def __init__(self, client, uri=CMD, shell_id=None, session=None, **how):
        self.client, self.uri, self.session = client, uri, session
        self.id, self.made = shell_id, None
        if shell_id is None:
            self.made = create(client, session=session, uri=uri, **how)
            assert self.made.fault is None, self.made
            self.id = self.made.text('.//rsp:Shell/rsp:ShellId')

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.close()
        else:
            self.delete()
            self.client.close()

    def close(self):
        reply = self.delete()
        assert reply.fault is None, reply
        self.client.close()

    def beside(self):
        """The same shell on a connection of its own."""
        other = Client(self.client.url, timeout=self.client.timeout)
        other.auth = self.client.auth
        return Shell(other, self.uri, self.id, self.session)

    def send(self, action, body='', timeout=None, options=None, size=None,
             fresh=False, uri=None):
        return self.client.send(
            action, uri or self.uri, {'ShellId': self.id}, body,
            header(timeout, options, size, self.session), fresh=fresh)

    # ---- the calls; each gives the reply, whatever it is

    def command(self, line, arguments=(), options=None, command_id=None,
                **how):
        body = element('CommandLine', element('Command', escape(line)) +
                       ''.join(element('Arguments', escape(word))
                               for word in arguments), CommandId=command_id)
        return self.send(RSP + '/Command', body, options=options, **how)

    def receive(self, command, streams='stdout stderr', **how):
        body = element('Receive', element('DesiredStream', streams,
                                          CommandId=command))
        return self.send(RSP + '/Receive', body, **how)

    def input(self, command, data=b'', end=None, stream='stdin', text=None,
              **how):
        if text is None:
            text = base64.b64encode(data).decode()
        body = element('Send', element('Stream', text, Name=stream,
                                       CommandId=command, End=end))
        return self.send(RSP + '/Send', body, **how)

    def signal(self, command, code=TERMINATE, **how):
        body = element('Signal', element('Code', code), CommandId=command)
        return self.send(RSP + '/Signal', body, **how)

    def delete(self, **how):
        return self.send(DELETE, **how)

    def get(self, **how):
        return self.send(GET, **how)

    def disconnect(self, idle=None, buffer=None, **how):
        inside = ''.join(element(name, value) for name, value in (
            ('IdleTimeOut', seconds(idle)), ('BufferMode', buffer))
            if value is not None)
        return self.send(RSP + '/Disconnect', element('Disconnect', inside),
                         **how)

    def reconnect(self, **how):
        return self.send(RSP + '/Reconnect', element('Reconnect'), **how)

    def connect(self, **how):
        return self.send(RSP + '/Connect', element('Connect'), **how)

    # ---- and what they are for

    def start(self, line, arguments=(), **how):
        """@return the command's id"""
        reply = self.command(line, arguments, **how)
        assert reply.fault is None, reply
        return reply.text('s:Body/rsp:CommandResponse/rsp:CommandId')

    def give(self, command, data=b'', end=None, **how):
        reply = self.input(command, data, end, **how)
        assert reply.fault is None, reply
        assert reply.body.tag == '{%s}SendResponse' % RSP, reply

    def take(self, command, streams='stdout stderr', **how):
        """One Receive; None when there was nothing in its time."""
        reply = self.receive(command, streams, **how)
        if reply.fault is not None:
            assert reply.fault.number == TIMED_OUT, reply
            return None
        return read(reply, streams.split(), command)

    def collect(self, command, until=None, limit=60, **how):
        """All that comes, until until(output) or the end."""
        found = Output()
        end = time.monotonic() + limit
        while not found.done and not (until and until(found)):
            assert time.monotonic() < end, 'it does not end'
            got = self.take(command, **how)
            if got is not None:
                found.add(got)
        return found

    def run(self, line, arguments=(), data=None, options=None, **how):
        """A command from its start to its end, and what it said."""
        command = self.start(line, arguments, options=options)
        if data is not None:
            self.give(command, data, end='true')
        found = self.collect(command, **how)
        reply = self.signal(command)
        assert reply.fault is None, reply
        return found


def shells_of(client, uri=RSP):
    """Ids of an Enumerate, which is all in one reply."""
    reply = client.enumerate(uri, optimize=32000)
    assert reply.fault is None, reply
    return [node.text for node in reply.findall(
        's:Body/n:EnumerateResponse/w:Items/rsp:Shell/rsp:ShellId')]


def list_commands(shell):
    """@return the reply, whatever it is"""
    return shell.client.send(
        ENUMERATE, RSP + '/Command', None, '<n:Enumerate>'
        '<w:OptimizeEnumeration/><w:MaxElements>32000</w:MaxElements>'
        '<w:Filter Dialect="http://schemas.dmtf.org/wbem/wsman/1/wsman/'
        'SelectorFilter"><w:SelectorSet><w:Selector Name="ShellId">%s'
        '</w:Selector></w:SelectorSet></w:Filter></n:Enumerate>' % shell.id)


def commands_of(shell):
    """Ids of its commands."""
    reply = list_commands(shell)
    assert reply.fault is None, reply
    return [node.text for node in reply.findall(
        's:Body/n:EnumerateResponse/w:Items/rsp:Command/rsp:CommandId')]


def delete_all(client):
    """@return ids of the shells that there were"""
    left = shells_of(client)
    for one in left:
        Shell(client, shell_id=one).delete()
    return left
