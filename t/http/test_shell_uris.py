"""Remote shells: by which resource URI one comes to which shell, and what
<WSManResource> has to say to it."""
import pytest

from remote_shell import CMD, NO_SHELL, RSP, Shell, commands_of, create, \
    list_commands, shells_of
from shell_fixtures import *  # noqa: F401,F403
from shell_fixtures import client_of
from wsman import ENUMERATE, PULL, assert_fault

POWERSHELL = 'http://schemas.microsoft.com/powershell/Microsoft.PowerShell'
COMMANDS = RSP + '/Command'
SELECTOR_FILTER = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter'


def by(shell, uri):
    """The same shell, spoken of by another resource URI"""
    return Shell(shell.client, uri=uri, shell_id=shell.id,
                 session=shell.session)


def test_by_the_uri_of_all_shells(shell):
    whole = by(shell, RSP)
    command = whole.start('cat; exit 3')
    whole.give(command, b'hello', 'true')
    found = whole.collect(command)
    assert (found.stdout, found.code) == (b'hello', 3)
    assert whole.get().text('.//rsp:ShellId') == shell.id


def test_by_the_uri_of_another_kind(shell):
    """Whose rules would be others."""
    command = shell.start('cat')
    other = by(shell, POWERSHELL)
    for reply in (other.get(), other.command('true'), other.receive(command),
                  other.input(command, b'x'), other.signal(command),
                  other.delete()):
        fault = assert_fault(reply, 'UnexpectedSelectors')
        assert fault.number == NO_SHELL
    shell.give(command, b'unharmed', 'true')
    assert shell.collect(command).stdout == b'unharmed'


@pytest.mark.parametrize('uri', [
    RSP, RSP + '/zsh', RSP + '/Microsoft.PowerShell',
    'http://schemas.microsoft.com/powershell/cmd',
    'http://schemas.microsoft.com/powershell/x/Microsoft.PowerShell'])
def test_create_by_what_is_no_kind(client, uri):
    reply = create(client, uri=uri, options={'protocolversion': '2.3'})
    assert reply.fault is not None, reply
    assert reply.fault.subcode in ('a:DestinationUnreachable',
                                   'a:ActionNotSupported'), reply
    assert shells_of(client) == []


RULES = '''
    <WSManResource "%s" Receive>
        Require user bob
    </WSManResource>
    <WSManResource "%s" Delete>
        Require user bob
    </WSManResource>
''' % (CMD, RSP)


def test_rules_hold_by_any_uri(make_shells):
    """A section for a kind of shells holds by the URI of all, too; one for the
    URI of all is for that URI."""
    server = make_shells(place=RULES)
    server.expect('AH01631: user alice: authorization failure')
    with client_of(server) as alice:
        shell = Shell(alice)
        command = shell.start('echo x')
        for uri in (CMD, CMD.upper(), RSP):
            assert_fault(by(shell, uri).receive(command), 'AccessDenied')
        assert_fault(by(shell, RSP).delete(), 'AccessDenied')
        assert shell.get().fault is None
        shell.close()


def filter_of(shell_id):
    return '<w:Filter Dialect="%s"><w:SelectorSet><w:Selector ' \
        'Name="ShellId">%s</w:Selector></w:SelectorSet></w:Filter>' % (
            SELECTOR_FILTER, shell_id)


def test_commands_in_pages(shell):
    """Each once, though some end meanwhile."""
    begun = [shell.start('cat') for _ in range(5)]
    reply = shell.client.send(ENUMERATE, COMMANDS, None,
                              '<n:Enumerate>%s</n:Enumerate>'
                              % filter_of(shell.id))
    found = []
    while reply.text('.//n:EnumerationContext'):
        reply = shell.client.send(
            PULL, COMMANDS, None, '<n:Pull><n:EnumerationContext>%s'
            '</n:EnumerationContext><n:MaxElements>2</n:MaxElements></n:Pull>'
            % reply.text('.//n:EnumerationContext'))
        assert reply.fault is None, reply
        found += [one.text for one in reply.findall('.//rsp:CommandId')]
        if found == begun[:2]:
            assert shell.signal(begun[0]).fault is None
    assert found == begun


def test_enumerations_of_commands_need_their_shell(shell):
    reply = shell.client.send(ENUMERATE, COMMANDS, None, '<n:Enumerate/>')
    assert reply.fault.number == 2150859200, reply
    reply = shell.client.send(
        ENUMERATE, COMMANDS, None, '<n:Enumerate>%s<w:EnumerationMode>'
        'EnumerateEPR</w:EnumerationMode></n:Enumerate>' % filter_of(shell.id))
    assert reply.fault.number == 2150859201, reply
    assert commands_of(shell) == []


SESSION = 'uuid:11111111-2222-3333-4444-555555555555'


def test_a_disconnected_shell(client):
    """wsman:InternalError for all but Get, Connect, Reconnect and Delete
    (MS-WSMV 3.1.4.1.31.7)."""
    shell = Shell(client, session=SESSION)
    command = shell.start('cat')
    assert shell.disconnect().fault is None
    for reply in (shell.command('true'), shell.receive(command),
                  shell.input(command, b'x'), shell.signal(command)):
        assert reply.fault.subcode == 'w:InternalError', reply
        assert reply.fault.number == 2150859204, reply
    assert shell.get().text('.//rsp:State') == 'Disconnected'
    assert list_commands(shell).text('.//rsp:State') == 'Disconnected'
    assert shell.reconnect().fault is None
    shell.give(command, b'again', 'true')
    assert shell.collect(command).stdout == b'again'
    shell.close()
