"""Commands through the clients that people have: pywinrm, pypsrp, Ansible,
masterzen's for Go, winrm-client for Node, winrmcp."""
import base64
import json
import os
import re
import shutil
import subprocess

import pytest

import server as httpd
from gss_fixtures import *  # noqa: F401,F403
from gss_fixtures import needed
from remote_shell import NO_SHELL, UUID
from shell_fixtures import *  # noqa: F401,F403
from test_winrm import INTEROP, python, ticket, who  # noqa: F401

pytestmark = needed + [pytest.mark.once]

ALICE = {'auth': 'basic', 'user': 'alice', 'password': httpd.USERS['alice'],
         'encryption': 'never'}


def tool(name):
    found = shutil.which(name)
    if found is None:
        pytest.skip('tool missing: ' + name)
    return found


def made(script, folder):
    """What a script of t/tools makes of a folder in the build."""
    done = subprocess.run([script, os.path.join(httpd.BUILD, folder)],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    if done.returncode != 0:
        pytest.skip('tool missing: ' + done.stderr.decode()[-300:])
    return done.stdout.decode().strip()


def ask(python, server, env=None, **job):  # noqa: F811
    """@return the list that t/interop/shell_client.py gives"""
    job = dict(ALICE, url=server.url(), **job)
    done = subprocess.run(
        [python, os.path.join(INTEROP, 'shell_client.py')],
        input=json.dumps(job).encode(), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=dict(os.environ, **(env or {})),
        check=False, timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    said = json.loads(done.stdout.decode())
    assert 'error' not in said[0], said
    for one in said:
        for name in ('out', 'err'):
            if name in one:
                one[name] = base64.b64decode(one[name])
    return said


def text(data):
    return base64.b64encode(data).decode()


def code_of(one):
    assert 'code' in one, one
    return one['code'], one['out'], one['err']


# ---- pywinrm

def pywinrm(python, server, *commands, **more):  # noqa: F811
    said = ask(python, server, client='pywinrm', commands=commands, **more)
    assert re.fullmatch(UUID, said[0].get('shell', '')), said
    return said[1:]


def test_pywinrm_commands(shells, python):  # noqa: F811
    """Its default code page is 437, its arguments come joined."""
    said = pywinrm(
        python, shells,
        {'line': 'echo', 'arguments': ['hello', 'world']},
        {'line': 'exit 7'},
        {'line': 'echo out; echo err >&2; exit 3'},
        {'line': 'true'},
        {'line': 'kill -9 $$'},
        {'line': '/nonexistent/program'},
        {'line': 'head -c 300000 /dev/zero | tr "\\0" x'})
    assert [code_of(one) for one in said[:5]] == [
        (0, b'hello world\n', b''), (7, b'', b''), (3, b'out\n', b'err\n'),
        (0, b'', b''), (137, b'', b'')]
    code, out, err = code_of(said[5])
    assert code == 127 and not out and b'/nonexistent/program' in err
    assert code_of(said[6]) == (0, b'x' * 300000, b'')


def test_pywinrm_waits_longer(shells, python):  # noqa: F811
    """Receive is answered with the fault of a timeout meanwhile."""
    said = pywinrm(python, shells, {'line': 'echo a; sleep 4; echo b; exit 5'},
                   operation_timeout=1)
    assert code_of(said[0]) == (5, b'a\nb\n', b'')


def test_pywinrm_input(shells, python):  # noqa: F811
    said = pywinrm(
        python, shells,
        {'line': 'cat; echo done', 'input': [text(b'one\n'), text(b'two\n')]},
        {'line': 'wc -c', 'input': [text(b'x' * 197929)]},
        {'line': 'cat', 'input': ['']})
    assert code_of(said[0]) == (0, b'one\ntwo\ndone\n', b'')
    assert said[1]['out'].strip() == b'197929'
    assert code_of(said[2]) == (0, b'', b'')


def test_pywinrm_unicode(shells, python):  # noqa: F811
    words = 'こんにちは żółw'
    said = pywinrm(python, shells, {'line': 'echo', 'arguments': [words]},
                   {'line': 'cat', 'input': [text(words.encode())]},
                   shell={'codepage': 65001})
    assert code_of(said[0]) == (0, words.encode() + b'\n', b'')
    assert code_of(said[1]) == (0, words.encode(), b'')


def test_pywinrm_code_page(shells, python):  # noqa: F811
    """437, which is what it asks for when nobody says anything"""
    said = pywinrm(python, shells,
                   {'line': "printf 'é%s' ż"},
                   {'line': 'od -An -tx1', 'input': [text(b'\x82')]})
    assert code_of(said[0]) == (0, b'\x82?', b'')
    assert said[1]['out'].split() == [b'c3', b'a9']


def test_pywinrm_environment_and_directory(shells, python):  # noqa: F811
    said = pywinrm(python, shells, {'line': 'echo "$ONE, $TWO"; pwd'},
                   shell={'env_vars': {'ONE': 'hi mom', 'TWO': '"<&>" $x'},
                          'working_directory': '/usr'})
    assert code_of(said[0]) == (0, b'hi mom, "<&>" $x\n/usr\n', b'')


def test_pywinrm_a_shell_that_is_gone(shells, python):  # noqa: F811
    said = pywinrm(python, shells, {'line': 'true'}, after_the_end=True)
    assert str(NO_SHELL) in said[1]['text'], said


def test_pywinrm_session(shells, python):  # noqa: F811
    said = ask(python, shells, client='session', commands=[
        {'line': 'echo', 'arguments': ['a']}, {'line': 'exit 4'}])
    assert [code_of(one) for one in said] == [(0, b'a\n', b''), (4, b'', b'')]


def test_pywinrm_script_without_powershell(shells, python):  # noqa: F811
    """Who asks for PowerShell is told what to install."""
    said = ask(python, shells, client='session',
               commands=[{'script': 'Get-Process'}])
    code, out, err = code_of(said[0])
    assert code == 127 and out == b''
    assert b'pwsh' in err and b'install' in err


def test_pywinrm_script(make_shells, python):  # noqa: F811
    server = make_shells(standin=True)
    said = ask(python, server, client='session', commands=[
        {'script': 'echo zażółć; echo err >&2; exit 6'}])
    # the shell has code page 437
    code, out, err = code_of(said[0])
    assert (code, err) == (6, b'err\n')
    assert out == 'zażółć'.encode('cp437', 'replace') + b'\n'


def test_pywinrm_own_tests(shells, python, tmp_path):  # noqa: F811
    """test_integration_protocol.py as it comes with pywinrm, but for what
    asks for cmd.exe, ipconfig or PowerShell."""
    source = subprocess.run(
        [python, '-c', 'import winrm.tests.test_integration_protocol as t; '
         'print(t.__file__)'], stdout=subprocess.PIPE, check=True)
    shutil.copy(source.stdout.decode().strip(), tmp_path)
    shutil.copy(os.path.join(INTEROP, 'pywinrm_conftest.py'),
                tmp_path / 'conftest.py')
    env = dict(os.environ, WINRM_ENDPOINT=shells.url(),
               WINRM_USERNAME='alice', WINRM_PASSWORD=httpd.USERS['alice'])
    done = subprocess.run(
        [python, '-m', 'pytest', '-q', '-p', 'no:cacheprovider', '-k',
         'not unicode and not with_env and not get_command_output and not '
         'more_than_operation_timeout', str(tmp_path)], stdout=subprocess.PIPE,
        env=env, check=False, timeout=120)
    said = done.stdout.decode()
    assert done.returncode == 0, said
    assert re.search('3 passed, 4 deselected, 3 xfailed', said), said


@pytest.mark.parametrize('auth', ['ntlm', 'kerberos'])
def test_pywinrm_sealed(gss_shells, python, ticket, auth):  # noqa: F811
    said = pywinrm(python, gss_shells, {'line': 'echo sealed; exit 9'},
                   {'line': 'cat', 'input': [text(b'x' * 100000)]},
                   env=ticket, **dict(who(auth), auth=auth,
                                      encryption='always'))
    assert code_of(said[0]) == (9, b'sealed\n', b'')
    assert code_of(said[1]) == (0, b'x' * 100000, b'')


# ---- pypsrp

def test_pypsrp(shells, python):  # noqa: F811
    said = ask(python, shells, client='pypsrp', commands=[
        {'line': 'echo', 'arguments': ['one two', 'three']},
        {'line': '/bin/echo', 'arguments': ['a  b', '$HOME', '"'],
         'no_shell': True},
        {'line': 'cat', 'input': [text(b'one'), text(b'two')]},
        {'line': 'exit 3'}],
        shell={'environment': {'A': 'b'}, 'name': 'mine', 'lifetime': 100,
               'idle_time_out': 50, 'no_profile': True, 'codepage': 65001})
    assert said[0]['state'] == 'Connected', said
    assert said[0]['owner'] == 'alice', said
    assert [code_of(one) for one in said[1:]] == [
        (0, b'one two three\n', b''), (0, b'a  b $HOME "\n', b''),
        (0, b'onetwo', b''), (3, b'', b'')]


def test_pypsrp_several_at_once(shells, python):  # noqa: F811
    """All run before the first is asked for what it said."""
    said = ask(python, shells, client='pypsrp', commands=[
        {'line': 'cat; exit %d' % number, 'input': [text(b'%d' % number)]}
        for number in range(5)])
    assert [code_of(one) for one in said[1:]] == [
        (number, b'%d' % number, b'') for number in range(5)]


def test_pypsrp_terminate(shells, python):  # noqa: F811
    said = ask(python, shells, client='pypsrp', commands=[
        {'line': 'echo begun; exec sleep 1000', 'terminate': True},
        {'line': 'echo after'}])
    assert said[1]['out'] == b'begun\n', said
    assert code_of(said[2]) == (0, b'after\n', b'')


@pytest.mark.parametrize('auth', ['ntlm', 'negotiate', 'kerberos'])
def test_pypsrp_sealed(gss_shells, python, ticket, auth):  # noqa: F811
    said = ask(python, gss_shells, client='pypsrp', env=ticket,
               commands=[{'line': 'cat; exit 8',
                          'input': [text(b'x' * 100000)]}],
               **dict(who(auth), auth=auth, encryption='always'))
    assert code_of(said[1]) == (8, b'x' * 100000, b'')


# ---- Ansible

def ansible(server, command, tmp_path, **variables):
    values = dict({
        'ansible_connection': 'winrm', 'ansible_port': server.port,
        'ansible_winrm_scheme': 'http', 'ansible_winrm_transport': 'basic',
        'ansible_user': 'alice', 'ansible_password': httpd.USERS['alice']},
        **variables)
    env = dict(os.environ, ANSIBLE_LOCAL_TEMP=str(tmp_path / 'tmp'),
               ANSIBLE_NOCOLOR='1', HOME=str(tmp_path), LC_ALL='C.UTF-8')
    done = subprocess.run(
        [tool('ansible'), 'all', '-i', '127.0.0.1,', '-m', 'raw', '-a',
         command, '-e', json.dumps(values)], stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, env=env, check=False, timeout=120)
    return done.returncode, done.stdout.decode()


def test_ansible(make_shells, tmp_path):
    server = make_shells(standin=True)
    code, said = ansible(server, 'echo hello-raw', tmp_path)
    assert code == 0 and '| CHANGED | rc=0 >>\nhello-raw' in said, said
    code, said = ansible(server, 'echo no >&2; exit 3', tmp_path)
    assert code == 2 and '| FAILED | rc=3 >>' in said, said
    assert '\nno\n' in said, said


def test_ansible_without_powershell(shells, tmp_path):
    code, said = ansible(shells, 'echo hello-raw', tmp_path)
    assert code == 2 and 'rc=127' in said and 'pwsh' in said, said


def test_ansible_with_a_wrong_password(shells, tmp_path):
    shells.expect('AH01617')
    code, said = ansible(shells, 'echo x', tmp_path, ansible_password='wrong')
    assert code == 4 and 'UNREACHABLE' in said, said


# ---- masterzen/winrm

@pytest.fixture(scope='session')
def go_client():
    program = os.path.join(httpd.BUILD, 'go', 'shell_client')
    source = os.path.join(INTEROP, 'go', 'shell_client.go')
    library = '/usr/share/gocode'
    if not os.path.isdir(library + '/src/github.com/masterzen/winrm'):
        pytest.skip('tool missing: golang-github-masterzen-winrm-dev')
    if not os.path.exists(program) or \
            os.path.getmtime(program) < os.path.getmtime(source):
        os.makedirs(os.path.dirname(program), exist_ok=True)
        env = dict(os.environ, GO111MODULE='off', GOPATH=library,
                   CGO_ENABLED='0', GOFLAGS='', GOCACHE=os.path.join(
                       os.path.abspath(httpd.BUILD), 'go', 'cache'))
        done = subprocess.run([tool('go'), 'build', '-o', program, source],
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env=env, check=False,
                              timeout=300)
        assert done.returncode == 0, done.stdout.decode()
    return program


def go(program, server, line, data=b'', auth='basic', user='alice'):
    done = subprocess.run(
        [program, '127.0.0.1', str(server.port), user, httpd.USERS['alice'],
         auth, line], input=data, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, check=False, timeout=120)
    return done.returncode, done.stdout, done.stderr


def test_go(shells, go_client):
    assert go(go_client, shells, 'echo out; echo err >&2; exit 11') == (
        11, b'out\n', b'err\n')


def test_go_input(shells, go_client):
    """Send and Receive at the same time: it takes more than any buffer
    holds."""
    data = os.urandom(1500000)
    code, out, err = go(go_client, shells, 'cat', data)
    assert (code, err) == (0, b'') and out == data


def test_go_longer_than_its_operation_timeout(shells, go_client):
    """Its operations end after 5 seconds; it looks for the word
    OperationTimeout."""
    assert go(go_client, shells, 'sleep 6; echo late; exit 2') == (
        2, b'late\n', b'')


def test_go_ntlm(gss_shells, go_client):
    """Not sealed; the domain in its answer is what this machine is called,
    whatever domain its user names."""
    assert go(go_client, gss_shells, 'cat; exit 12', b'data', 'ntlm',
              'DOM\\alice') == (12, b'data', b'')


# ---- winrm-client

@pytest.fixture(scope='session')
def npm_client():
    tool('node')
    tool('npm')
    return made(os.path.join(httpd.ROOT, 't', 'tools', 'npm'), 'npm')


def npm(folder, server, how, *words, user='alice'):
    done = subprocess.run(
        ['node', os.path.join(INTEROP, 'npm', 'shell_client.js'), folder,
         '127.0.0.1', str(server.port), user, httpd.USERS['alice'], how,
         *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
        timeout=120)
    return json.loads(done.stderr.decode())


def test_npm(shells, npm_client):
    """One Receive: it has all the output of a short command.  Each request
    has the same MessageID."""
    for line, wanted in (('echo hello', 'hello'), ('seq 5', '1\n2\n3\n4\n5'),
                         ('echo late >&2', 'late'), ('true', '')):
        assert npm(npm_client, shells, 'command', line) == {'output': wanted}


def test_npm_waits_for_output(shells, npm_client):
    assert npm(npm_client, shells, 'command', 'sleep 2; echo late') == {
        'output': 'late'}


def test_npm_prompt(shells, npm_client):
    said = npm(npm_client, shells, 'prompt',
               'printf "name? "; read name; echo "hello $name"', 'name',
               'alice')
    assert said == {'output': 'name?hello alice'}


def test_npm_powershell(make_shells, npm_client):
    server = make_shells(standin=True)
    assert npm(npm_client, server, 'powershell', 'echo 5;') == {'output': '5'}


def test_npm_ntlm(gss_shells, npm_client):
    assert npm(npm_client, gss_shells, 'command', 'echo hello',
               user='DOM\\alice') == {'output': 'hello'}


# ---- winrmcp

def winrmcp(server, source, target):
    done = subprocess.run(
        [tool('winrmcp'), '-user=alice', '-pass=' + httpd.USERS['alice'],
         '-addr=127.0.0.1:%d' % server.port, '-op-timeout=10s', source,
         target], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        check=False, timeout=120)
    return done.returncode, done.stdout.decode()


def test_winrmcp_without_powershell(make_shells, tmp_path):
    """The file goes over in pieces; what puts them together is a script of
    PowerShell, and it says that there is none."""
    server = make_shells(workplace=True)
    source = tmp_path / 'file'
    source.write_bytes(os.urandom(9000))
    code, said = winrmcp(server, str(source), 'C:\\tmp\\f')
    assert code != 0 and '127' in said, said
    pieces = [name for name in os.listdir(server.path('work'))
              if name.startswith('%TEMP%\\winrmcp-')]
    assert len(pieces) >= 1, os.listdir(server.path('work'))
    with open(server.path('work', pieces[0])) as piece:
        sent = b''.join(base64.b64decode(line) for line in piece)
    assert sent == source.read_bytes()
