"""WSManShell... and what is wrong with them; nothing of it starts a daemon."""
import os
import re
import socket

import pytest

import server as httpd
from shell_fixtures import ACCOUNT, name_of

PLACE = '''
<Location /wsman>
    SetHandler wsman
%s
</Location>
'''

SHELL = 'WSManShell cmd\nWSManShellAccounts %s\n' \
    'WSManShellDaemon {build}/wsman-shelld\n' % ACCOUNT


def check(make_server, config, place=''):
    return make_server(config + PLACE % place, start=False).check_config()


@pytest.mark.once
@pytest.mark.parametrize('line, said', [
    ('WSManShell', "it needs 'cmd' or the name"),
    ('WSManShell "c m d"', "'c m d' is neither"),
    ('WSManShell ../x', "'../x' is neither"),
    ('WSManShell Off cmd', 'Off stands alone'),
    ('WSManShell Other bin/sh', "'bin/sh' is no absolute path"),
    ('WSManShell CMD', "'CMD' stands in another line, too"),
    ('WSManShellAccounts @', "'@' is neither an account"),
    ('WSManShellAccounts "a b"', "'a b' is neither an account"),
    ('WSManShellAccounts a:b', "'a:b' is neither an account"),
    ('WSManShellLowestUid 0', 'out of bounds: it must be from 1'),
    ('WSManShellLowestUid -1', "'-1' is not a number"),
    ('WSManShellLowestUid 4294967295', 'out of bounds'),
    ('WSManShellMaxShells x', "'x' is not a number"),
    ('WSManShellMaxShellsPerUser 100001', 'out of bounds'),
    ('WSManShellMaxCommands 1h', "'1h' is not a number"),
    ('WSManShellMaxProcesses', 'takes one argument'),
    ('WSManShellMaxMemory 1T', "'1T' is not a number of bytes"),
    ('WSManShellMaxLifetime soon', "'soon' is not a time"),
    ('WSManShellMaxCPU 4000d', 'out of bounds'),
    ('WSManShellMaxBuffer 4095', 'it must be from 4KB to 1GB'),
    ('WSManShellMaxBuffer 2G', 'it must be from 4KB to 1GB'),
    ('WSManShellIdleTimeout 0', 'out of bounds'),
    ('WSManShellIdleTimeout 25h', 'WSManShellIdleTimeout is longer than '
                                  'WSManShellMaxIdleTimeout'),
    ('WSManShellMaxIdleTimeout 366d', 'out of bounds'),
    ('WSManShellPAM ../sshd', "'../sshd' is no name of a file"),
    ('WSManShellPath bin', 'no absolute path'),
    ('WSManShellPath /bin:.', 'no absolute path'),
    ('WSManShellPath /bin:', 'no absolute path'),
    ('WSManShellUmask 8', "'8' is no umask"),
    ('WSManShellUmask 1000', "'1000' is no umask"),
    ('WSManShellUmask 00022', "'00022' is no umask"),
    ('WSManShellDaemon {dir}/none', 'is not there, or cannot be executed'),
    ('WSManShellSocket %s' % ('x' * 108), 'WSManShellSocket and a shorter'),
    ('<VirtualHost *:1>\nWSManShell Other\n</VirtualHost>',
     'WSManShell cannot occur within <VirtualHost> section'),
])
def test_wrong_lines(make_server, line, said):
    code, text = check(make_server, SHELL + line + '\n')
    assert code != 0 and said in text, text


@pytest.mark.once
@pytest.mark.parametrize('line, said', [
    ('WSManShellAccount %{REMOTE_USER', 'is no expression'),
    ('WSManShellAccount ( x', "'(' is no regular expression"),
    ('WSManShellAccount', 'takes 1-2 arguments'),
    ('WSManMaxWaiters -1', "'-1' is not a number"),
    ('WSManMaxWaiters 1000001', 'out of bounds'),
] + [(name + ' x', name + ' cannot occur within directory context') for name in (
    'WSManShell', 'WSManShellAccounts', 'WSManShellLowestUid',
    'WSManShellMaxShells', 'WSManShellMaxShellsPerUser',
    'WSManShellMaxCommands', 'WSManShellMaxProcesses', 'WSManShellMaxMemory',
    'WSManShellMaxLifetime', 'WSManShellMaxCPU', 'WSManShellMaxBuffer',
    'WSManShellIdleTimeout', 'WSManShellMaxIdleTimeout', 'WSManShellPAM',
    'WSManShellPath', 'WSManShellUmask', 'WSManShellDaemon',
    'WSManShellSocket')])
def test_wrong_lines_of_a_location(make_server, line, said):
    code, text = check(make_server, SHELL, line)
    assert code != 0 and said in text, text


@pytest.mark.once
def test_accounts_must_be_said(make_server):
    """The message says what to write."""
    code, text = check(make_server, 'WSManShell cmd\n'
                       'WSManShellDaemon {build}/wsman-shelld\n')
    assert code != 0
    assert 'WSManShell needs WSManShellAccounts' in text
    assert "'WSManShellAccounts @operators'" in text


@pytest.mark.once
def test_off_needs_nothing(make_server):
    """Neither accounts nor a daemon"""
    code, text = check(make_server, 'WSManShell cmd\nWSManShell Other\n'
                       'WSManShell Off\nWSManShellDaemon {dir}/none\n')
    assert code == 0, text


@pytest.mark.once
@pytest.mark.parametrize('line', [
    'WSManShell Microsoft.PowerShell',
    'WSManShell PowerShell.7 /opt/pwsh -s "-two words"',
    'WSManShellAccounts root @staff *',
    'WSManShellMaxIdleTimeout 10m',
    'WSManShellPAM off',
    'WSManShellPAM sshd-key_2',
    'WSManShellUmask 0077',
    'WSManShellSocket shell.sock',
    'WSManShellMaxMemory 0',
])
def test_right_lines(make_server, line):
    code, text = check(make_server, SHELL + line + '\n')
    assert code == 0, text


@pytest.mark.once
def test_checking_starts_nothing(make_server):
    one = make_server(SHELL + PLACE % '', start=False)
    code, text = one.check_config()
    assert code == 0, text
    assert not os.path.exists(one.path('wsman-shell.sock'))


@pytest.mark.once
def test_a_socket_in_use_is_not_taken(make_server):
    """Two servers with one runtime folder: the second does not start."""
    line = 'WSManShellSocket {dir}/own.sock\n'
    first = make_server(SHELL + line + PLACE % '', expect=(
        'a connection of somebody else than httpd was closed',))
    second = make_server(SHELL + 'WSManShellSocket %s\n' % first.path(
        'own.sock') + PLACE % '', start=False)
    with pytest.raises(RuntimeError, match='each needs a WSManShellSocket'):
        second.start()
    second.unexpected()
    assert first.process.poll() is None


@pytest.mark.once
def test_what_is_no_socket_is_not_replaced(make_server):
    one = make_server(SHELL + PLACE % '', start=False)
    with open(one.path('wsman-shell.sock'), 'w') as file:
        file.write('precious')
    with pytest.raises(RuntimeError, match='is no socket'):
        one.start()
    one.unexpected()
    assert one.read('wsman-shell.sock') == 'precious'


def test_without_endpoint_there_is_no_daemon(make_server):
    one = make_server(SHELL)
    assert not any(name_of(pid) == 'wsman-shelld' for pid in one.children())


def test_a_stale_socket_is_replaced(make_server):
    """That of an httpd that was killed"""
    one = make_server(SHELL + PLACE % '', start=False)
    with socket.socket(socket.AF_UNIX) as old:
        old.bind(one.path('wsman-shell.sock'))
    one.start()
    assert any(name_of(pid) == 'wsman-shelld' for pid in one.children())



@pytest.mark.once
def test_the_example(make_server):
    """conf.d/wsman-shell.conf, with all that is commented out in it"""
    with open(os.path.join(httpd.ROOT, 'conf.d/wsman-shell.conf')) as file:
        text = file.read()
    lines = [re.sub(r'^ *#(WSMan|</?WSManResource|    Require)', r'\1', line)
             for line in text.splitlines()]
    assert 'WSManShell Microsoft.PowerShell' in lines
    code, said = check(make_server, '\n'.join(lines) + '\nWSManShellDaemon '
                       '{build}/wsman-shelld\n')
    assert code == 0, said
