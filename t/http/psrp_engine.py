#!/usr/bin/env python3
"""psrp_engine.py - stands in for `pwsh -s` in tests.

It speaks pwsh's protocol on standard input and output: a line is an element,
Data is acknowledged when it was processed, an empty line or the end of input
ends it.  As pwsh gives each line to a thread of its own, lines that come before
the one before them was acknowledged are processed in another order, here always:
the last first.  Two of one PSGuid are also complained of on standard error.

Its language has nothing to do with PowerShell's: a line is a word and the rest
(class Pipeline).  What it is started with:

    --mute           acknowledges nothing
    --die TEXT       ends at once, with TEXT on standard error
    --fragment N     cuts messages into blobs of N bytes
    --noise          writes lines that are no protocol between those that are
"""
import argparse
import base64
import os
import re
import secrets
import select
import struct
import sys
import time
import uuid

import psrp_wire as wire

LINE = re.compile(
    rb"<(?P<tag>Data|Command|Signal|Close)"
    rb"(?: Stream='(?P<stream>Default|PromptResponse)')?"
    rb" PSGuid='(?P<guid>[0-9A-Fa-f-]{36})'"
    rb"(?: />|>(?P<data>[A-Za-z0-9+/=]*)</Data>)$")

# How long a line is looked for that should not have come yet, in seconds.
EAGER = 0.002


def complain(text):
    sys.stderr.write(text + '\n')
    sys.stderr.flush()


class Stopped(Exception):
    """The pipeline was told to stop."""


class Pipeline:
    """A script that runs: a generator that yields where it waits.  Each verb
    of the language is a method."""

    def __init__(self, engine, guid):
        self.engine, self.guid = engine, guid
        self.incoming = wire.Defragmenter()
        self.running = None  # the generator
        self.input, self.input_ended = [], True
        self.answers = {}

    def send(self, kind, text):
        self.engine.send(kind, text, self.guid)

    def start(self, message):
        self.input_ended = message.text(".//B[@N='NoInput']") == 'true'
        text = [wire.decode(node.text or '') for node in
                message.xml.iterfind(".//S[@N='Cmd']")]
        self.running = self.script('\n'.join(text))
        self.step()

    def step(self):
        """Runs until it waits or ends."""
        if self.running is None:
            return
        try:
            next(self.running)
        except StopIteration:
            self.end(wire.COMPLETED)
        except RuntimeError as error:
            self.end(wire.FAILED, str(error))

    def end(self, state, error=None):
        self.running = None
        self.send(wire.PIPELINE_STATE,
                  wire.state('PipelineState', state, error))

    def stop(self):
        if self.running is not None:
            self.running.close()
            self.end(wire.STOPPED, 'The pipeline has been stopped.')

    def receive(self, message):
        if message.kind == wire.CREATE_PIPELINE:
            self.start(message)
        elif message.kind == wire.PIPELINE_INPUT:
            self.input.append(wire.decode(message.xml.text or ''))
            self.step()
        elif message.kind == wire.END_OF_PIPELINE_INPUT:
            self.input_ended = True
            self.step()
        elif message.kind == wire.PIPELINE_HOST_RESPONSE:
            self.answers[int(message.text(".//*[@N='ci']"))] = \
                message.text(".//S[@N='mr']")
            self.step()

    # ---- the language

    def script(self, text):
        for line in text.splitlines():
            verb, _, rest = line.partition(' ')
            yield from getattr(self, 'do_' + verb)(rest) or ()

    def do_say(self, text):
        self.send(wire.PIPELINE_OUTPUT, wire.string(text))

    def do_count(self, text):
        for number in range(int(text)):
            self.send(wire.PIPELINE_OUTPUT, wire.number(number))

    def do_big(self, text):
        """A text of so many characters that none of its parts is like another
        """
        size = int(text)
        whole = ''.join('%d,' % number for number in range(size // 2 + 1))
        self.do_say(whole[:size])

    def do_error(self, text):
        self.send(wire.ERROR_RECORD, wire.error_record(text))

    def do_warning(self, text):
        self.send(wire.WARNING_RECORD, wire.informational('Warning', text))

    def do_verbose(self, text):
        self.send(wire.VERBOSE_RECORD, wire.informational('Verbose', text))

    def do_write(self, text):
        self.send(wire.PIPELINE_HOST_CALL, wire.host_call(
            -100, 16, 'WriteLine2', wire.string(text)))

    def do_ask(self, _):
        self.engine.calls += 1
        call = self.engine.calls
        self.send(wire.PIPELINE_HOST_CALL,
                  wire.host_call(call, 11, 'ReadLine'))
        while call not in self.answers:
            yield
        self.do_say('you said ' + self.answers.pop(call))

    def do_input(self, _):
        while self.input or not self.input_ended:
            while self.input:
                self.do_say('got ' + self.input.pop(0))
            if not self.input_ended:
                yield

    def do_measure(self, _):
        """How long the input was, and what its end is"""
        length, last = 0, ''
        while self.input or not self.input_ended:
            while self.input:
                last = self.input.pop(0)
                length += len(last)
            if not self.input_ended:
                yield
        self.do_say('%d %s' % (length, last[-8:]))

    def do_wait(self, _):
        while True:
            yield

    def do_flood(self, _):
        """Output without an end"""
        self.engine.busy.add(self)
        try:
            while True:
                self.do_say('x' * 10000)
                yield
        finally:
            self.engine.busy.discard(self)

    def do_fail(self, text):
        raise RuntimeError(text)

    def do_die(self, text):
        complain('dying as told')
        os._exit(int(text))

    def do_noise(self, text):
        self.engine.write(text)

    def do_garbage(self, text):
        self.engine.write_data(text.encode(), self.guid)

    def do_long(self, text):
        self.engine.write('<' + 'x' * int(text))

    def do_whoami(self, _):
        self.do_say('%d %s' % (os.getuid(), os.getcwd()))

    def do_environment(self, name):
        self.do_say(os.environ.get(name, ''))

    def do_files(self, _):
        self.do_say(' '.join(sorted(os.listdir('/proc/self/fd'), key=int)))

    def do_touch(self, path):
        with open(path, 'w'):
            pass

    def do_pid(self, _):
        self.do_say(str(os.getpid()))

    def do_child(self, _):
        """A process that it leaves behind"""
        child = os.fork()
        if child == 0:
            os.setsid()
            while True:
                time.sleep(1000)
        self.do_say(str(child))


class Engine:
    def __init__(self, options):
        self.options = options
        self.pool = wire.ZERO
        self.incoming = wire.Defragmenter()
        self.pipelines = {}
        self.busy = set()
        self.objects = 0
        self.calls = 0
        self.buffer = b''
        self.runspaces = 1
        self.is_closing = False

    # ---- what it writes

    def write(self, text):
        data = (text + '\n').encode()
        while data:
            data = data[os.write(1, data):]

    def write_data(self, data, guid):
        self.write("<Data Stream='Default' PSGuid='%s'>%s</Data>" % (
            guid, base64.b64encode(data).decode()))

    def send(self, kind, text, pipeline=wire.ZERO):
        self.objects += 1
        whole = wire.message(kind, wire.objects_numbered(text), self.pool,
                             pipeline)
        for one in wire.fragments(self.objects, whole, self.options.fragment):
            self.write_data(one, pipeline)

    def acknowledge(self, tag, guid):
        if self.options.noise:
            self.write('it is about to acknowledge a ' + tag)
        if not self.options.mute:
            self.write("<%sAck PSGuid='%s' />" % (tag, guid))

    # ---- what it reads

    def read_more(self):
        data = os.read(0, 1 << 16)
        if not data:
            sys.exit(0)
        self.buffer += data

    def lines(self):
        """All that are there; waits for the first if nothing is to be done."""
        if b'\n' not in self.buffer:
            if self.busy and not select.select([0], [], [], 0)[0]:
                return []
            self.read_more()
        while select.select([0], [], [], EAGER)[0]:
            self.read_more()
        lines = self.buffer.split(b'\n')
        self.buffer = lines.pop()
        return lines

    def run(self):
        while True:
            lines = self.lines()
            seen = set()
            for line in reversed(lines):
                found = LINE.match(line)
                if found is None:
                    complain('a line of another form: %r' % line[:200])
                    sys.exit(160)
                guid = uuid.UUID(found['guid'].decode())
                if guid in seen:
                    complain('two lines of %s are under way' % guid)
                seen.add(guid)
                self.take(found['tag'].decode(), guid, found)
            for pipeline in list(self.busy):
                pipeline.step()

    def take(self, tag, guid, found):
        if tag == 'Data':
            self.data(guid, base64.b64decode(found['data'], validate=True))
        elif tag == 'Command':
            self.pipelines[guid] = Pipeline(self, guid)
        elif tag == 'Signal' and guid in self.pipelines:
            self.pipelines[guid].stop()
        elif tag == 'Close' and guid in self.pipelines:
            self.pipelines.pop(guid).stop()
        if tag == 'Close' and guid == wire.ZERO:
            self.is_closing = True
        else:
            self.acknowledge(tag, guid)
        # As pwsh: the pool is closed when its pipelines are.
        if self.is_closing and not self.pipelines:
            self.is_closing = False
            self.acknowledge('Close', wire.ZERO)

    def data(self, guid, data):
        """To a pipeline that is not there, it is acknowledged and lost."""
        if guid == wire.ZERO:
            for message in self.incoming.add(data):
                self.receive(message)
        elif guid in self.pipelines:
            pipeline = self.pipelines[guid]
            for message in pipeline.incoming.add(data):
                pipeline.receive(message)

    def receive(self, message):
        """Of the pool"""
        if message.kind == wire.SESSION_CAPABILITY:
            self.pool = message.pool
            self.send(wire.SESSION_CAPABILITY, wire.capability())
        elif message.kind == wire.INIT_RUNSPACEPOOL:
            self.open()
        elif message.kind == wire.PUBLIC_KEY:
            self.send(wire.ENCRYPTED_SESSION_KEY, wire.complex_object(
                wire.string(session_key(message.text(".//S")),
                            'EncryptedSessionKey')))
        elif message.kind in (wire.SET_MAX_RUNSPACES, wire.SET_MIN_RUNSPACES,
                              wire.RESET_RUNSPACE_STATE):
            if message.kind == wire.SET_MAX_RUNSPACES:
                self.runspaces = int(message.text(".//I32"))
            self.available(message, wire.boolean(
                True, 'SetMinMaxRunspacesResponse'))
        elif message.kind == wire.GET_AVAILABLE_RUNSPACES:
            self.available(message, wire.number(
                self.runspaces, 'SetMinMaxRunspacesResponse', 'I64'))
        elif message.kind == wire.PIPELINE_HOST_RESPONSE:
            self.pipelines[message.pipeline].receive(message)

    def open(self):
        self.send(wire.APPLICATION_PRIVATE_DATA, wire.complex_object(
            wire.complex_object(
                name='ApplicationPrivateData', types=(
                    'System.Management.Automation.PSPrimitiveDictionary',
                    'System.Collections.Hashtable', 'System.Object'),
                content='<DCT><En>%s%s</En></DCT>' % (
                    wire.string('StandIn', 'Key'),
                    wire.string('yes', 'Value')))))
        self.send(wire.RUNSPACEPOOL_STATE,
                  wire.state('RunspaceState', wire.OPENED))

    def available(self, message, answer):
        self.send(wire.RUNSPACE_AVAILABILITY, wire.complex_object(
            answer, wire.number(int(message.text('.//I64')), 'ci', 'I64')))


def session_key(public):
    """A new key for a client's public key, both as MS-PSRP 2.2.2.3 and 2.2.2.4
    write them; RSAES-PKCS-v1_5 (RFC 8017 7.2)."""
    blob = base64.b64decode(public)
    exponent = struct.unpack('<I', blob[16:20])[0]
    modulus = int.from_bytes(blob[20:276], 'little')
    padding = bytes(secrets.choice(range(1, 256)) for _ in range(256 - 35))
    padded = b'\0\2' + padding + b'\0' + secrets.token_bytes(32)
    sealed = pow(int.from_bytes(padded, 'big'), exponent, modulus)
    return base64.b64encode(
        bytes.fromhex('010200001066000000a40000')
        + sealed.to_bytes(256, 'little')).decode()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('-s', action='store_true')
    parser.add_argument('--mute', action='store_true')
    parser.add_argument('--die')
    parser.add_argument('--fragment', type=int, default=32768)
    parser.add_argument('--noise', action='store_true')
    options = parser.parse_args()
    if options.die:
        complain(options.die)
        sys.exit(3)
    Engine(options).run()


main()
