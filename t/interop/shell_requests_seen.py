"""shell_requests_seen.py - what clients of remote shells were seen to send.

Each client is its HTTP headers, a frame and the bodies of its operations, in
the form in which they were on the wire: the prefixes, the order of headers,
the mustUnderstand attributes without a prefix, the To of a host that is not
ours, the MessageID.

    Client.text(operation, ...)   the envelope; shell, command and message_id
                                  are filled in
"""
SOAP = 'http://www.w3.org/2003/05/soap-envelope'
WSA = 'http://schemas.xmlsoap.org/ws/2004/08/addressing'
WXF = 'http://schemas.xmlsoap.org/ws/2004/09/transfer'
WSEN = 'http://schemas.xmlsoap.org/ws/2004/09/enumeration'
WSMAN = 'http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd'
WSMV = 'http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd'
SHELL = 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell'

# End is a Send of its own.
ACTIONS = {'Create': WXF + '/Create', 'Delete': WXF + '/Delete',
           'End': SHELL + '/Send',
           **{name: '%s/%s' % (SHELL, name)
              for name in ('Command', 'Send', 'Receive', 'Signal')}}


class Client:
    """The frame has {action}, {selectors}, {options} and {body}."""

    def __init__(self, name, http, frame, selectors, option, bodies, options,
                 constant_id=None):
        self.name, self.http, self.frame = name, http, frame
        self.selectors, self.option = selectors, option
        self.bodies, self.options = bodies, options
        self.constant_id = constant_id

    def text(self, operation, **fill):
        options = self.options.get(operation, [])
        parts = {
            'action': ACTIONS[operation], 'body': self.bodies[operation],
            'selectors': '' if operation == 'Create' else self.selectors,
            'options': self.option[0] + ''.join(
                self.option[1] % pair for pair in options) + self.option[2]
            if options else '', **fill}
        text = self.frame
        for name, value in parts.items():
            text = text.replace('{%s}' % name, value)
        for name, value in fill.items():
            text = text.replace('{%s}' % name, value)
        return text


SHELL_437 = [('WINRS_NOPROFILE', 'FALSE'), ('WINRS_CODEPAGE', '437')]
SHELL_UTF8 = [('WINRS_NOPROFILE', 'FALSE'), ('WINRS_CODEPAGE', '65001')]
COMMAND = [('WINRS_CONSOLEMODE_STDIN', 'TRUE'),
           ('WINRS_SKIP_CMD_SHELL', 'FALSE')]
SIGNAL = SHELL + '/signal/terminate'

# ---- python3-winrm 0.3.0, and ansible-core with it: prefix env, all of its
# namespaces each time, a body that is empty but not closed

PYWINRM = Client(
    'pywinrm',
    {'User-Agent': 'Python WinRM client', 'Accept': '*/*',
     'Accept-Encoding': 'gzip, deflate', 'Connection': 'Keep-Alive',
     'Content-Type': 'application/soap+xml;charset=UTF-8'},
    '<?xml version="1.0" encoding="utf-8"?>\n<env:Envelope '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:env="' + SOAP + '" xmlns:a="' + WSA + '" '
    'xmlns:b="http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd" '
    'xmlns:n="' + WSEN + '" xmlns:x="' + WXF + '" xmlns:w="' + WSMAN + '" '
    'xmlns:p="' + WSMV + '" xmlns:rsp="' + SHELL + '" '
    'xmlns:cfg="http://schemas.microsoft.com/wbem/wsman/1/config">'
    '<env:Header><a:To>http://windows-host:5985/wsman</a:To><a:ReplyTo>'
    '<a:Address mustUnderstand="true">' + WSA + '/role/anonymous</a:Address>'
    '</a:ReplyTo><w:MaxEnvelopeSize mustUnderstand="true">153600'
    '</w:MaxEnvelopeSize><a:MessageID>{message_id}</a:MessageID>'
    '<w:Locale mustUnderstand="false" xml:lang="en-US"></w:Locale>'
    '<p:DataLocale mustUnderstand="false" xml:lang="en-US"></p:DataLocale>'
    '<w:OperationTimeout>PT20S</w:OperationTimeout>'
    '<w:ResourceURI mustUnderstand="true">' + SHELL + '/cmd</w:ResourceURI>'
    '<a:Action mustUnderstand="true">{action}</a:Action>{selectors}{options}'
    '</env:Header><env:Body>{body}</env:Body></env:Envelope>',
    '<w:SelectorSet><w:Selector Name="ShellId">{shell}</w:Selector>'
    '</w:SelectorSet>',
    ('<w:OptionSet>', '<w:Option Name="%s">%s</w:Option>', '</w:OptionSet>'),
    {'Create': '<rsp:Shell><rsp:InputStreams>stdin</rsp:InputStreams>'
               '<rsp:OutputStreams>stdout stderr</rsp:OutputStreams>'
               '</rsp:Shell>',
     'Command': '<rsp:CommandLine><rsp:Command>echo</rsp:Command>'
                '<rsp:Arguments>hello world; cat</rsp:Arguments>'
                '</rsp:CommandLine>',
     'Send': '<rsp:Send><rsp:Stream xmlns:rsp="' + SHELL + '" Name="stdin" '
             'CommandId="{command}" End="true">bW9yZQ==</rsp:Stream>'
             '</rsp:Send>',
     'Receive': '<rsp:Receive><rsp:DesiredStream CommandId="{command}">'
                'stdout stderr</rsp:DesiredStream></rsp:Receive>',
     'Signal': '<rsp:Signal CommandId="{command}"><rsp:Code>' + SIGNAL +
               '</rsp:Code></rsp:Signal>',
     'Delete': ''},
    {'Create': SHELL_437, 'Command': COMMAND})

# ---- masterzen/winrm of 2020, and winrmcp: a line for each element, CDATA

GO = Client(
    'masterzen',
    {'User-Agent': 'Go-http-client/1.1', 'Accept-Encoding': 'gzip',
     'Content-Type': 'application/soap+xml;charset=UTF-8'},
    '<?xml version="1.0" encoding="utf-8" ?>\n<env:Envelope xmlns:env="' +
    SOAP + '" xmlns:a="' + WSA + '" xmlns:rsp="' + SHELL + '" xmlns:w="' +
    WSMAN + '" xmlns:p="' + WSMV + '"><env:Header><a:To>'
    'http://127.0.0.1:15985/wsman</a:To>\n<a:ReplyTo>'
    '<a:Address mustUnderstand="true">' + WSA + '/role/anonymous</a:Address>\n'
    '</a:ReplyTo>\n<w:MaxEnvelopeSize mustUnderstand="true">153600'
    '</w:MaxEnvelopeSize>\n<w:OperationTimeout>PT10S</w:OperationTimeout>\n'
    '<a:MessageID>{message_id}</a:MessageID>\n'
    '<w:Locale mustUnderstand="false" xml:lang="en-US"/>'
    '<p:DataLocale mustUnderstand="false" xml:lang="en-US"/>'
    '<a:Action mustUnderstand="true">{action}</a:Action>\n{selectors}'
    '<w:ResourceURI mustUnderstand="true">' + SHELL + '/cmd</w:ResourceURI>\n'
    '{options}</env:Header>\n<env:Body>{body}</env:Body>\n</env:Envelope>\n',
    '<w:SelectorSet><w:Selector Name="ShellId">{shell}</w:Selector>\n'
    '</w:SelectorSet>\n',
    ('<w:OptionSet>', '<w:Option Name="%s">%s</w:Option>\n',
     '</w:OptionSet>\n'),
    {'Create': '<rsp:Shell><rsp:InputStreams>stdin</rsp:InputStreams>\n'
               '<rsp:OutputStreams>stdout stderr</rsp:OutputStreams>\n'
               '</rsp:Shell>\n',
     'Command': '<rsp:CommandLine><rsp:Command><![CDATA[echo hello world && '
                'cat]]></rsp:Command>\n</rsp:CommandLine>\n',
     'Send': '<rsp:Send><rsp:Stream Name="stdin" CommandId="{command}">'
             'bW9yZQ==</rsp:Stream>\n</rsp:Send>\n',
     'End': '<rsp:Send><rsp:Stream Name="stdin" '
             'CommandId="{command}" End="true"></rsp:Stream>\n</rsp:Send>\n',
     'Receive': '<rsp:Receive><rsp:DesiredStream CommandId="{command}">stdout '
                'stderr</rsp:DesiredStream>\n</rsp:Receive>\n',
     'Signal': '<rsp:Signal CommandId="{command}"><rsp:Code>' + SIGNAL +
               '</rsp:Code>\n</rsp:Signal>\n',
     'Delete': ''},
    {'Create': SHELL_UTF8, 'Command': COMMAND})

# ---- winrm-client 0.0.11: indented, other prefixes, the same MessageID each
# time, no Signal

NPM = Client(
    'winrm-client',
    {'User-Agent': 'NodeJS WinRM Client', 'Connection': 'keep-alive',
     'Content-Type': 'application/soap+xml;charset=UTF-8'},
    '<?xml version="1.0"?><s:Envelope xmlns:s="' + SOAP + '" xmlns:wsa="' +
    WSA + '" xmlns:wsman="' + WSMAN + '" xmlns:p="' + WSMV + '" xmlns:rsp="' +
    SHELL + '">\n  <s:Header>\n'
    '    <wsa:To>http://windows-host:5985/wsman</wsa:To>\n'
    '    <wsman:ResourceURI mustUnderstand="true">' + SHELL + '/cmd'
    '</wsman:ResourceURI>\n    <wsa:ReplyTo>\n'
    '      <wsa:Address mustUnderstand="true">' + WSA + '/role/anonymous'
    '</wsa:Address>\n    </wsa:ReplyTo>\n'
    '    <wsman:MaxEnvelopeSize mustUnderstand="true">153600'
    '</wsman:MaxEnvelopeSize>\n    <wsa:MessageID>{message_id}'
    '</wsa:MessageID>\n    <wsman:Locale mustUnderstand="false" '
    'xml:lang="en-US"></wsman:Locale>\n'
    '    <wsman:OperationTimeout>PT60S</wsman:OperationTimeout>\n'
    '    <wsa:Action mustUnderstand="true">{action}</wsa:Action>\n'
    '{selectors}{options}  </s:Header>\n  <s:Body>{body}</s:Body>\n'
    '</s:Envelope>\n',
    '    <wsman:SelectorSet>\n      <wsman:Selector Name="ShellId">{shell}'
    '</wsman:Selector>\n    </wsman:SelectorSet>\n',
    ('    <wsman:OptionSet>\n',
     '      <wsman:Option Name="%s">%s</wsman:Option>\n',
     '    </wsman:OptionSet>\n'),
    {'Create': '\n    <rsp:Shell>\n      <rsp:InputStreams>stdin'
               '</rsp:InputStreams>\n      <rsp:OutputStreams>stderr stdout'
               '</rsp:OutputStreams>\n    </rsp:Shell>\n  ',
     'Command': '\n    <rsp:CommandLine>\n      <rsp:Command>echo hello world'
                ' &amp;&amp; head -c4</rsp:Command>\n    </rsp:CommandLine>\n'
                '  ',
     'Send': '\n    <rsp:Send>\n      <rsp:Stream CommandId="{command}" '
             'Name="stdin">bW9yZQ==</rsp:Stream>\n    </rsp:Send>\n  ',
     'Receive': '\n    <rsp:Receive>\n      <rsp:DesiredStream CommandId='
                '"{command}">stdout stderr</rsp:DesiredStream>\n'
                '    </rsp:Receive>\n  ',
     'Delete': ''},
    {'Create': SHELL_437, 'Command': COMMAND},
    constant_id='uuid:abdf4705-4e98-5cc0-a532-d595322e66dd')

CLIENTS = [PYWINRM, GO, NPM]
