"""Remote shells: what is refused, and with which fault."""
import re
import uuid

import pytest

from gss_fixtures import *  # noqa: F401,F403
from remote_shell import CMD, CTRL_BREAK, CTRL_C, NO_SHELL, RSP, \
    TERMINATE, TIMED_OUT, UUID, Shell, commands_of, create, element, header, \
    list_commands, shells_of
from shell_fixtures import *  # noqa: F401,F403
from shell_fixtures import client_of, parked, until
from wsman import CREATE, DELETE, GET, NS, PUT, Client, \
    assert_fault, envelope, headers, new_id

NOBODY = '00000000-0000-4000-8000-000000000000'


def new_uuid():
    return str(uuid.uuid4()).upper()


def assert_unknown_shell(reply):
    fault = assert_fault(reply, 'UnexpectedSelectors')
    assert fault.number == NO_SHELL


def assert_unknown_command(reply):
    assert_fault(reply, 'ParameterValue')


def plain(reply):
    """A fault without what differs from one to the next."""
    text = reply.data.decode()
    return re.sub(r'uuid:[0-9A-Fa-f-]{36}', 'uuid', text)


# ---- the replies themselves (which all clients read)

def test_create(client):
    shell = Shell(client, environment={'A': 'b'})
    made = shell.made
    assert [node.tag for node in made.find('s:Body')] == [
        '{%s}ResourceCreated' % NS['x'], '{%s}Shell' % RSP], made
    selectors = made.findall('s:Body/x:ResourceCreated/a:ReferenceParameters/'
                             'w:SelectorSet/w:Selector')
    assert [(one.get('Name'), one.text) for one in selectors] == [
        ('ShellId', shell.id)]
    assert re.fullmatch(UUID, shell.id)
    assert made.text('s:Body/x:ResourceCreated/a:ReferenceParameters/'
                     'w:ResourceURI') == CMD
    # Windows' own prefixes, which some clients look for
    for text in (b'<x:ResourceCreated>', b'<a:ReferenceParameters>',
                 b'<w:SelectorSet>', b'<rsp:Shell', b'<rsp:ShellId>'):
        assert text in made.data, made

    def said(name):
        return made.text('s:Body/rsp:Shell/rsp:' + name)
    assert said('ResourceUri') == CMD and said('Owner') == 'alice'
    assert said('ClientIP') == '127.0.0.1'
    assert said('InputStreams') == 'stdin'
    assert said('OutputStreams').split() == ['stdout', 'stderr']
    assert said('State') == 'Connected' and said('BufferMode') == 'Block'
    assert said('IdleTimeOut') == 'PT7200.000S'
    assert re.fullmatch(r'P0DT0H0M\dS', said('ShellRunTime'))
    assert re.fullmatch(r'P0DT0H0M\dS', said('ShellInactivity'))
    shell.close()


def test_empty_replies(shell):
    """SendResponse and SignalResponse are empty, the body of a Delete's reply
    has nothing."""
    command = shell.start('cat')
    for reply, name in ((shell.input(command, b'x', 'true'), 'SendResponse'),
                        (shell.signal(command), 'SignalResponse')):
        assert reply.body.tag == '{%s}%s' % (RSP, name), reply
        assert len(reply.body) == 0 and not reply.body.text, reply
    other = Shell(client_again(shell))
    reply = other.delete()
    assert reply.fault is None and reply.body is None, reply
    other.client.close()


def client_again(shell):
    return shell.beside().client


def test_get(shell):
    for uri in (RSP, CMD):
        reply = shell.get(uri=uri)
        assert reply.fault is None, reply
        assert reply.body.tag == '{%s}Shell' % RSP
        assert reply.text('s:Body/rsp:Shell/rsp:ShellId') == shell.id
        assert reply.text('s:Body/rsp:Shell/rsp:State') == 'Connected'


def test_ids_that_the_client_chose(client):
    wanted, command = new_uuid().lower(), new_uuid().lower()
    with Shell(client, ShellId=wanted) as shell:
        assert shell.id == wanted
        assert shell.start('echo x', command_id=command) == command
        found = shell.collect(command)
        assert found.stdout == b'x\n'
        again = create(client, ShellId=wanted)
        assert again.fault.number == 2150859223, again
        assert again.fault.subcode == 'w:AlreadyExists', again
        assert shell.command('true', command_id=command).fault.number == \
            2150859222
        # the same, whatever the letter case
        upper = Shell(client_again(shell), shell_id=wanted.upper())
        assert upper.run('echo y').stdout == b'y\n'
        upper.client.close()


def test_lists(shells, client):
    with client_of(shells) as second, Shell(second) as other, \
            Shell(client) as shell:
        assert set(shells_of(client)) == {shell.id, other.id}
        assert set(shells_of(client, CMD)) == {shell.id, other.id}
        command = shell.start('sleep 1000')
        assert commands_of(shell) == [command]
        assert commands_of(other) == []
        assert shell.signal(command).fault is None
        until(lambda: commands_of(shell) == [])


# ---- what is not there, or somebody else's

def every_call(shell, command):
    """A reply of each operation"""
    return {
        'Command': shell.command('true'),
        'Send': shell.input(command, b'x'),
        'Receive': shell.receive(command),
        'Signal': shell.signal(command),
        'Get': shell.get(),
        'Disconnect': shell.disconnect(),
        'Reconnect': shell.reconnect(),
        'Connect': shell.connect(),
        'Delete': shell.delete(),
    }


def test_unknown_shell(client):
    for reply in every_call(Shell(client, shell_id=NOBODY), NOBODY).values():
        assert_unknown_shell(reply)


def test_the_shell_of_another(shells, shell):
    """Nobody learns whether it is there."""
    command = shell.start('cat')
    with client_of(shells, 'bob') as bob:
        theirs = every_call(Shell(bob, shell_id=shell.id), command)
        none = every_call(Shell(bob, shell_id=NOBODY), command)
        for name, reply in theirs.items():
            assert_unknown_shell(reply)
            assert plain(reply).replace(shell.id, '') == \
                plain(none[name]).replace(NOBODY, ''), name
        assert shells_of(bob) == []
        assert_unknown_shell(list_commands(Shell(bob, shell_id=shell.id)))
    shell.give(command, b'still', end='true')
    assert shell.collect(command).stdout == b'still'


def test_a_shell_that_was_deleted(client):
    with Shell(client) as shell:
        pass
    assert_unknown_shell(shell.get())
    assert_unknown_shell(shell.delete())
    assert shell.id not in shells_of(client)
    client.close()


@pytest.mark.parametrize('bad', ['', 'x', '1' * 300, '../../etc/passwd',
                                 NOBODY + '0', '{%s}' % NOBODY])
def test_ids_that_are_none(client, bad):
    reply = Shell(client, shell_id=bad).get()
    assert reply.fault is not None and reply.status == 500, reply
    assert reply.fault.subcode in ('w:InvalidSelectors',
                                   'w:EncodingLimit'), reply


def test_no_selector_and_too_many(client):
    body = element('CommandLine', element('Command', 'true'))
    for selectors in (None, {'ShellId': NOBODY, 'Name': 'x'},
                      {'Shell': NOBODY}):
        reply = client.send(RSP + '/Command', CMD, selectors, body)
        assert reply.fault.subcode == 'w:InvalidSelectors', reply


def test_unknown_command(shell):
    assert_unknown_command(shell.input(NOBODY, b'x'))
    assert_unknown_command(shell.receive(NOBODY))
    assert_unknown_command(shell.signal(NOBODY))


def test_a_command_of_another_shell(shells, shell):
    with client_of(shells) as second, Shell(second) as other:
        command = other.start('echo mine; cat')
        assert_unknown_command(shell.receive(command))
        assert_unknown_command(shell.input(command, b'x'))
        assert_unknown_command(shell.signal(command))
        other.give(command, end='true')
        assert other.collect(command).stdout == b'mine\n'


def test_actions_that_are_none(shell):
    assert_fault(shell.send(RSP + '/Nothing', element('Shell')),
                 'ActionNotSupported')
    assert_fault(shell.send(PUT, element('Shell')), 'ActionMismatch')


def test_a_kind_of_shell_that_nobody_configured(client):
    reply = client.send(
        CREATE, 'http://schemas.microsoft.com/powershell/No', None,
        element('Shell', element('InputStreams', 'stdin pr') +
                element('OutputStreams', 'stdout') +
                '<creationXml xmlns="http://schemas.microsoft.com/powershell">'
                'AAAA</creationXml>', ShellId=NOBODY),
        header(options={'protocolversion': '2.3'}))
    assert_fault(reply, 'InvalidResourceURI', number=False)


# ---- commands that do not run, or are ended

def test_program_not_found(shells, shell):
    """The shell says it, unless it is left out."""
    shells.expect('w:InternalError')
    found = shell.run('/nonexistent/program')
    assert found.code == 127 and b'/nonexistent/program' in found.stderr
    reply = shell.command('/nonexistent/program',
                          options={'WINRS_SKIP_CMD_SHELL': 'TRUE'})
    fault = assert_fault(reply, 'InternalError', number=False)
    assert fault.number == 2147942402
    reply = shell.command('no-such-program-anywhere',
                          options={'WINRS_SKIP_CMD_SHELL': 'true'})
    assert reply.fault.number == 2147942402


def test_program_not_executable(shells, shell):
    shells.expect('w:InternalError')
    found = shell.run('/etc/passwd')
    assert found.code == 126 and found.stderr
    for path in ('/etc/passwd', '/etc'):
        reply = shell.command(path, options={'WINRS_SKIP_CMD_SHELL': '1'})
        assert assert_fault(reply, 'InternalError',
                            number=False).number == 2147942405, reply


def test_program_without_the_shell(shell):
    """Its arguments are what they are."""
    found = shell.run('printf', ['%s|', 'a  b', '$HOME', '*', '"', '', '\\'],
                      options={'WINRS_SKIP_CMD_SHELL': 'TRUE'})
    assert found.stdout == b'a  b|$HOME|*|"||\\|' and found.code == 0


@pytest.mark.parametrize('signal,number', [
    ('KILL', 9), ('TERM', 15), ('SEGV', 11), ('HUP', 1)])
def test_killed_by_a_signal(shell, signal, number):
    found = shell.run('ulimit -c 0; echo before; kill -%s $$' % signal)
    assert found.code == 128 + number and found.stdout == b'before\n'


@pytest.mark.parametrize('code', [
    TERMINATE, RSP + '/signal/Terminate', TERMINATE.upper(), CTRL_C,
    CTRL_BREAK, RSP + '/signal/Ctrl_C'])
def test_signals(shell, code):
    command = shell.start('trap "exit 33" INT; echo ready; while :; do '
                          'sleep 0.05; done')
    shell.collect(command, until=lambda found: found.stdout == b'ready\n')
    assert shell.signal(command, code).fault is None
    if 'erminate' in code.lower():
        # it is forgotten
        until(lambda: command not in commands_of(shell))
    elif 'reak' not in code:
        assert shell.collect(command).code == 33
        assert shell.signal(command).fault is None
    else:
        shell.collect(command)


@pytest.mark.parametrize('code', [
    '', 'terminate', RSP + '/signal/', RSP + '/signal/nothing', 'x' * 300])
def test_unknown_signals(shell, code):
    command = shell.start('cat')
    assert_fault(shell.signal(command, code), 'ParameterValue', number=False)
    shell.give(command, b'unharmed', 'true')
    assert shell.collect(command).stdout == b'unharmed'


def test_signal_after_the_end(shell):
    """Everybody does it."""
    command = shell.start('echo x; exit 4')
    assert shell.collect(command).code == 4
    assert shell.signal(command).fault is None


def test_signal_for_all_commands(shell):
    for _ in range(3):
        shell.start('sleep 1000')
    assert shell.signal(None).fault is None
    until(lambda: commands_of(shell) == [])


def test_receive_after_the_end(shell):
    """What is over and told is not there any more."""
    command = shell.start('exit 3')
    assert shell.collect(command).code == 3
    assert shell.signal(command).fault is None
    assert_unknown_command(shell.receive(command))


def test_timed_out(shell):
    """2150858793, w:TimedOut, the word OperationTimeout; the command
    does not notice."""
    command = shell.start('cat')
    reply = shell.receive(command, timeout=0.2)
    fault = assert_fault(reply, 'TimedOut')
    assert fault.number == TIMED_OUT
    assert 'OperationTimeout' in fault.reason
    assert b'<s:Value>w:TimedOut</s:Value>' in reply.data
    shell.give(command, b'x', 'true')
    assert shell.collect(command).stdout == b'x'


def test_input_after_the_end(shell):
    """It is lost, and no error."""
    command = shell.start('true')
    shell.collect(command)
    shell.give(command, b'x')
    command = shell.start('cat; cat')
    shell.give(command, b'x', 'TRUE')
    shell.give(command, b'y')
    assert shell.collect(command).stdout == b'x'


# ---- envelopes that are wrong

@pytest.mark.parametrize('text', [
    '*', 'YQ', 'YQ=', '=', 'YWJj=YWJj', 'YWI=YQ==', '&#233;',
    'YQ==' + '=' * 100])
def test_bad_base64(shell, text):
    command = shell.start('cat')
    reply = shell.input(command, text=text)
    assert reply.fault is not None and reply.fault.code == 's:Sender', reply
    shell.give(command, b'unharmed', 'true')
    assert shell.collect(command).stdout == b'unharmed'


@pytest.mark.parametrize('text,data', [
    (' Y W\nJ j ', b'abc'), ('', b''), ('AAEC/w==', b'\0\1\2\xff')])
def test_good_base64(shell, text, data):
    """xs:base64Binary may have white space."""
    command = shell.start('cat')
    assert shell.input(command, text=text).fault is None
    shell.give(command, end='true')
    assert shell.collect(command).stdout == data


@pytest.mark.parametrize('name', ['stdout', 'stdin2', '', 'STDERR', 'pr'])
def test_streams_that_are_no_input(shell, name):
    command = shell.start('cat')
    reply = shell.input(command, b'x', stream=name)
    assert reply.fault is not None, reply
    assert reply.fault.subcode in ('w:InvalidParameter',
                                   'w:SchemaValidationError'), reply
    shell.give(command, end='true')
    assert shell.collect(command).stdout == b''


@pytest.mark.parametrize('names', ['stdin', 'stdout nothing', 'x' * 300])
def test_streams_that_are_no_output(shell, names):
    command = shell.start('echo x')
    reply = shell.receive(command, names)
    assert reply.fault is not None, reply
    assert reply.fault.subcode in ('w:InvalidParameter',
                                   'w:SchemaValidationError'), reply
    assert shell.collect(command).stdout == b'x\n'


BODIES = {
    'none': '',
    'another': element('Send'),
    'empty': element('CommandLine'),
    'no command': element('CommandLine', element('Arguments', 'x')),
    'two commands': element('CommandLine', element('Command', 'echo a') +
                            element('Command', 'echo b')),
    'two bodies': element('CommandLine', element('Command', 'echo a')) * 2,
    'an id that is none': element('CommandLine', element('Command', 'true'),
                                  CommandId='x/../y'),
}


@pytest.mark.parametrize('what', sorted(BODIES))
def test_bad_command_lines(shell, what):
    reply = shell.send(RSP + '/Command', BODIES[what])
    assert reply.fault is not None and reply.fault.code == 's:Sender', reply
    assert commands_of(shell) == []


CREATES = {
    'none': '',
    'another': element('CommandLine'),
    'an id that is none': element('Shell', ShellId='../x'),
    'idle for ever': element('Shell', element('IdleTimeOut', 'PTxS')),
    'a negative lifetime': element('Shell', element('Lifetime', '-PT5S')),
    'no buffer mode': element('Shell', element('BufferMode', 'Sometimes')),
    'a variable without a name': element('Shell', element(
        'Environment', element('Variable', 'x'))),
    'a variable with =': element('Shell', element(
        'Environment', element('Variable', 'x', Name='a=b'))),
    'a variable with no name': element('Shell', element(
        'Environment', element('Variable', 'x', Name=''))),
    'a folder that is not there': element('Shell', element(
        'WorkingDirectory', '/nonexistent')),
    'a folder that is none': element('Shell', element(
        'WorkingDirectory', '/etc/passwd')),
    'an output stream that is none': element('Shell', element(
        'OutputStreams', 'stdout other')),
}


@pytest.mark.parametrize('what', sorted(CREATES))
def test_bad_shells(client, what):
    reply = client.send(CREATE, CMD, None, CREATES[what])
    assert reply.fault is not None and reply.fault.code == 's:Sender', reply
    assert shells_of(client) == []


@pytest.mark.parametrize('options', [
    {'WINRS_CODEPAGE': 'x'}, {'WINRS_CODEPAGE': '99999'},
    {'WINRS_CODEPAGE': '-1'}])
def test_bad_code_pages(client, options):
    reply = create(client, options=options)
    assert reply.fault is not None and reply.fault.code == 's:Sender', reply
    assert shells_of(client) == []


def test_options_that_nobody_knows(client):
    """Ignored, unless they must be complied with (DSP0226 6.4)."""
    with Shell(client, options={'WSMAN_CMDSHELL_OPTION_KEEPALIVE': 'TRUE',
                                'X': 'y'}):
        pass
    reply = client.send(CREATE, CMD, None, element('Shell'), (
        '<w:OptionSet s:mustUnderstand="true"><w:Option Name="X" '
        'MustComply="true">y</w:Option></w:OptionSet>'))
    assert_fault(reply, 'OptionNotSupported', number=False)


def test_large_variables(client):
    """What describes a shell is bounded."""
    with Shell(client, environment={'BIG': 'x' * 60000}) as shell:
        found = shell.run('printf %s "$BIG" | wc -c')
        assert found.stdout.strip() == b'60000'
    for wanted in ({'BIG': 'x' * 200000},
                   {'V%d' % n: 'x' * 1000 for n in range(200)}):
        assert_fault(create(client, environment=wanted), 'ParameterValue')


def test_many_variables(client):
    wanted = {'V%d' % n: 'é%d' % n for n in range(500)}
    with Shell(client, environment=wanted) as shell:
        said = shell.run('env').stdout.decode()
        assert wanted.items() <= dict(
            line.split('=', 1) for line in said.splitlines()).items()


def test_variables_with_anything(client):
    wanted = {'A': 'a\nb', 'B': ' <&>"\' ', 'C': '', 'LONG_' + 'n' * 200: '1'}
    with Shell(client, environment=wanted) as shell:
        said = shell.run('printf "%s|" "$A" "$B" "${C-none}"').stdout
        assert said == b'a\nb| <&>"\' ||'


def test_what_is_no_xml(shell):
    text = envelope(headers(RSP + '/Command', CMD, {'ShellId': shell.id},
                            new_id()), '<x><y></x>')
    reply = shell.client.post(text)
    assert reply.status in (400, 500) and commands_of(shell) == []


# ---- quotas

def assert_quota(reply, number):
    fault = assert_fault(reply, 'QuotaLimit', number=False)
    assert fault.number == number, reply


def test_shells_of_a_user(make_shells):
    server = make_shells('WSManShellMaxShellsPerUser 3\n')
    with client_of(server) as alice, client_of(server, 'bob') as bob:
        mine = [Shell(client_of(server)) for _ in range(3)]
        assert_quota(create(alice), 2150859173)
        with Shell(bob):
            pass
        mine.pop().close()
        mine.append(Shell(client_of(server)))
        for one in mine:
            one.close()


def test_shells_of_all(make_shells):
    server = make_shells('WSManShellMaxShells 3\n')
    with client_of(server, 'bob') as bob:
        mine = [Shell(client_of(server)) for _ in range(3)]
        assert_quota(create(bob), 2150859179)
        mine.pop().close()
        with Shell(bob):
            pass
        for one in mine:
            one.close()


def test_commands_of_a_shell(make_shells):
    """An ended one counts until its end was told."""
    server = make_shells('WSManShellMaxCommands 3\n')
    with Shell(client_of(server)) as shell:
        begun = [shell.start('cat') for _ in range(2)]
        begun.append(shell.start('true'))
        assert_quota(shell.command('true'), 2150859241)
        shell.collect(begun[2])
        assert shell.signal(begun[2]).fault is None
        assert shell.run('echo x').stdout == b'x\n'
        begun[2] = shell.start('cat')
        assert_quota(shell.command('true'), 2150859241)
        for command in begun:
            shell.give(command, b'x', 'true')
            assert shell.collect(command).stdout == b'x'


def test_waiters(make_shells):
    """Each Receive that waits holds a thread of httpd."""
    server = make_shells(place='WSManMaxWaiters 2')
    with Shell(client_of(server)) as shell:
        commands = [shell.start('cat') for _ in range(2)]
        waiting = [parked(shell, server, command, others=others)
                   for others, command in enumerate(commands)]
        third = shell.start('cat')
        assert shell.receive(third, timeout=0.2).fault.subcode == \
            'w:QuotaLimit'
        for command, future in zip(commands, waiting, strict=True):
            shell.give(command, b'x', 'true')
            assert b'eA==' in future.result().data
        until(lambda: shell.receive(third, timeout=0.2).fault.number ==
              TIMED_OUT)


def test_no_shells_where_nothing_says_so(make_server):
    server = make_server('<Location /wsman>\nSetHandler wsman\n</Location>\n')
    with Client(server.url()) as client:
        for reply in (create(client), client.send(GET, RSP, {
                'ShellId': NOBODY}), client.send(DELETE, CMD, {
                    'ShellId': NOBODY}), client.enumerate(RSP, optimize=10)):
            assert reply.fault.subcode == 'w:InternalError', reply
            assert reply.fault.number == 2150859180, reply
