"""shell_service.py - a service of remote shells that does what a test says.

It is no server: it remembers what it hears and answers from a script, so that
tests can have answers that come late, in parts, or not at all.  Its replies are
written as Windows writes them.
"""
import base64
import http.server
import re
import socket
import threading

from lxml import etree

RSP = 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell'
TIMED_OUT = 2150858793
UNKNOWN_SHELL = 2150858843

ENVELOPE = (
    '<s:Envelope xml:lang="en-US" '
    'xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
    'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
    'xmlns:x="http://schemas.xmlsoap.org/ws/2004/09/transfer" '
    'xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration" '
    'xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" '
    'xmlns:rsp="' + RSP + '"><s:Header><a:Action>urn:reply</a:Action>'
    '<a:RelatesTo>%s</a:RelatesTo></s:Header><s:Body>%s</s:Body></s:Envelope>')

FAULT = (
    '<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>%s'
    '</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en-US">%s'
    '</s:Text></s:Reason><s:Detail><f:WSManFault xmlns:f="http://schemas.'
    'microsoft.com/wbem/wsman/1/wsmanfault" Code="%d" Machine="stub">'
    '<f:Message>%s</f:Message></f:WSManFault></s:Detail></s:Fault>')


class Fault(Exception):
    def __init__(self, number, text='scripted', subcode='w:InternalError'):
        super().__init__(text)
        self.body = FAULT % (subcode, text, number, text)


class Broken(Exception):
    """The connection ends after so many bytes of the answer."""
    def __init__(self, after=0):
        super().__init__()
        self.after = after


def timed_out():
    return Fault(TIMED_OUT, 'Not before OperationTimeout.', 'w:TimedOut')


def stream(name, data=b'', end=False):
    return '<rsp:Stream Name="%s" CommandId="%%(command)s"%s>%s</rsp:Stream>' \
        % (name, ' End="true"' if end else '', base64.b64encode(data).decode())


def done(code=0):
    return ('<rsp:CommandState CommandId="%%(command)s" State="%s/CommandState'
            '/Done">%s</rsp:CommandState>' % (
                RSP, '' if code is None
                else '<rsp:ExitCode>%d</rsp:ExitCode>' % code))


def of(message, path):
    found = message.find(path)
    return None if found is None else (found.text or '')


class Service:
    """`script` is what Receive answers, one after the other: text (of stream()
    and done()), an exception to raise, or a function that returns text.
    `answers` replaces what other operations answer, by their names."""

    def __init__(self, script=(), answers=None, vendor='mod_wsman'):
        self.script, self.answers = list(script), answers or {}
        self.vendor = vendor
        self.heard = []   # names of operations, in their order
        self.messages = []
        self.input, self.signals = b'', []
        self.ended = threading.Event()  # of standard input
        self.signalled = threading.Event()
        self.deleted = threading.Event()
        self.receiving = threading.Event()
        self.shell = self.command = None
        self.lock = threading.Lock()
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            wbufsize = -1  # head and body in one packet

            def do_POST(self):
                service.handle(self)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # a client that went away

        self.server = Server(('127.0.0.1', 0), Handler)
        self.server.socket.listen(16)
        threading.Thread(target=self.server.serve_forever, args=(0.02,),
                         daemon=True).start()

    @property
    def url(self):
        return 'http://127.0.0.1:%d/wsman' % self.server.server_port

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # ---- one request

    def handle(self, http_request):
        length = int(http_request.headers['Content-Length'])
        message = etree.fromstring(http_request.rfile.read(length))
        relates, status, cut = of(message, './/{*}MessageID') or '', 200, None
        try:
            body = self.act(message)
        except Fault as fault:
            body, status = fault.body, 500
        except Broken as broken:
            body, cut = '', broken.after
        data = (ENVELOPE % (relates, body)).encode()
        if cut == 0:
            http_request.connection.shutdown(socket.SHUT_RDWR)
            http_request.close_connection = True
            return
        http_request.send_response(status)
        http_request.send_header('Content-Type',
                                 'application/soap+xml;charset=UTF-8')
        http_request.send_header('Content-Length', str(len(data)))
        http_request.end_headers()
        http_request.wfile.write(data[:cut])
        if cut is not None:
            http_request.wfile.flush()
            http_request.connection.shutdown(socket.SHUT_RDWR)
            http_request.close_connection = True

    def act(self, message):
        action = of(message, './/{*}Action') or 'Identify'
        name = re.sub('.*/', '', action.strip())
        with self.lock:
            self.heard.append(name)
            self.messages.append(message)
        if name in self.answers:
            answer = self.answers[name]
            if isinstance(answer, Exception):
                raise answer
            if answer is not None:
                return answer
        return getattr(self, 'on_' + name.lower())(message)

    def sent(self, name):
        """The messages of that operation."""
        with self.lock:
            return [message for heard, message in
                    zip(self.heard, self.messages) if heard == name]

    # ---- what it does by itself

    def on_identify(self, _):
        return ('<i:IdentifyResponse xmlns:i="http://schemas.dmtf.org/wbem/'
                'wsman/identity/1/wsmanidentity.xsd"><i:ProductVendor>%s'
                '</i:ProductVendor></i:IdentifyResponse>' % self.vendor)

    def on_create(self, message):
        self.shell = message.find('.//{*}Shell').get('ShellId')
        return ('<x:ResourceCreated><a:Address>http://stub/</a:Address>'
                '<a:ReferenceParameters><w:ResourceURI>%s/cmd</w:ResourceURI>'
                '<w:SelectorSet><w:Selector Name="ShellId">%s</w:Selector>'
                '</w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>'
                % (RSP, self.shell))

    def on_command(self, message):
        self.command = message.find('.//{*}CommandLine').get('CommandId')
        return ('<rsp:CommandResponse><rsp:CommandId>%s</rsp:CommandId>'
                '</rsp:CommandResponse>' % self.command)

    def on_receive(self, _):
        self.receiving.set()
        with self.lock:
            step = self.script.pop(0) if self.script else Fault(995)
        if callable(step):
            step = step()
        if isinstance(step, Exception):
            raise step
        return '<rsp:ReceiveResponse>%s</rsp:ReceiveResponse>' % (
            step % {'command': self.command})

    def on_send(self, message):
        part = message.find('.//{*}Stream')
        self.input += base64.b64decode(part.text or '')
        if part.get('End') == 'true':
            self.ended.set()
        return '<rsp:SendResponse/>'

    def on_signal(self, message):
        self.signals.append(re.sub('.*/', '', of(message, './/{*}Code')))
        self.signalled.set()
        return '<rsp:SignalResponse/>'

    def on_delete(self, _):
        self.deleted.set()
        return ''

    def on_disconnect(self, _):
        return ''

    def on_connect(self, _):
        return '<rsp:ConnectResponse/>'

    def on_enumerate(self, _):
        items = '' if not self.command else (
            '<w:Items><rsp:Command><rsp:CommandId>%s</rsp:CommandId>'
            '</rsp:Command></w:Items>' % self.command)
        return ('<n:EnumerateResponse><n:EnumerationContext/>%s'
                '<w:EndOfSequence/></n:EnumerateResponse>' % items)
