"""Shells run as the account of who asks for them, and as nobody else.

Two accounts are made and removed, which takes root."""
import grp
import os
import pwd
import re
import shutil
import subprocess

import pytest

from gss_fixtures import *  # noqa: F401,F403
from remote_shell import Shell, create, shells_of
from server import child_user
from shell_fixtures import *  # noqa: F401,F403
from shell_fixtures import BASIC, client_of, daemon, descendants, keeper, \
    name_of, serving, until
from wsman import assert_fault

SBIN = os.environ['PATH'] + ':/usr/sbin:/sbin'
MISSING = [name for name in ('useradd', 'userdel', 'groupadd', 'groupdel')
           if shutil.which(name, path=SBIN) is None]
pytestmark = [
    pytest.mark.skipif(os.getuid() != 0, reason='it takes root'),
    pytest.mark.skipif(bool(MISSING), reason='tool missing: %s'
                       % ' '.join(MISSING))]

# The users of httpd's htpasswd, and who they are on this system
NAMES = {user: 'wsm-%s-%d' % (user, os.getpid()) for user in
         ('alice', 'bob')}
GROUP = 'wsm-ops-%d' % os.getpid()

CONFIG = '''
WSManShell cmd%s
WSManShellAccounts %s
WSManShellDaemon {build}/wsman-shelld
WSManShellPAM %s
%s
<Location /wsman>
''' + BASIC + '''
    WSManShellAccount "^(.*)$" %s
</Location>
'''


def system(*words):
    subprocess.run(words, check=True, env=dict(os.environ, PATH=SBIN),
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Account:
    def __init__(self, name):
        found = pwd.getpwnam(name)
        self.name, self.uid, self.gid = name, found.pw_uid, found.pw_gid
        self.home = found.pw_dir


@pytest.fixture(scope='module')
def accounts(tmp_path_factory):
    """{'alice': Account, 'bob': Account}; bob is in GROUP, too."""
    homes = tmp_path_factory.mktemp('homes')
    for up in (homes, homes.parent, homes.parent.parent):
        os.chmod(up, 0o755)
    made = []
    try:
        system('groupadd', GROUP)
        for user, name in NAMES.items():
            system('useradd', '-m', '-b', str(homes), '-k', '/nonexistent',
                   '-s', '/bin/sh', '-U',
                   *(('-G', GROUP) if user == 'bob' else ()), name)
            made.append(name)
            os.chmod(homes / name, 0o700)
        yield {user: Account(name) for user, name in NAMES.items()}
    finally:
        for name in made:
            subprocess.run(['userdel', '-r', name], check=False,
                           env=dict(os.environ, PATH=SBIN),
                           stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        subprocess.run(['groupdel', GROUP], check=False,
                       env=dict(os.environ, PATH=SBIN))


@pytest.fixture
def serve(make_server, accounts):
    """serve(who may have shells, ...): httpd's users are those accounts."""
    def make(allowed=None, pam='Off', more='', program='',
             account='wsm-$1-%d' % os.getpid(), **how):
        if allowed is None:
            allowed = ' '.join(NAMES.values())
        return make_server(CONFIG % (program, allowed, pam, more, account),
                           **how)
    return make


def said(shell, line):
    found = shell.run(line)
    assert found.code == 0, found.streams
    return found.stdout.decode()


@pytest.mark.parametrize('user', ['alice', 'bob'])
def test_who_it_is(serve, accounts, user):
    account = accounts[user]
    with Shell(client_of(serve(), user)) as shell:
        uid, gid, groups = said(
            shell, 'id -u; id -g; id -G').strip().split('\n')
        assert (int(uid), int(gid)) == (account.uid, account.gid)
        wanted = {account.gid}
        if user == 'bob':
            wanted.add(grp.getgrnam(GROUP).gr_gid)
        assert {int(one) for one in groups.split()} == wanted
        # really, effectively and saved
        for name in ('Uid', 'Gid'):
            ids = said(shell, 'grep ^%s: /proc/self/status' % name).split()
            assert set(ids[1:]) == {str(account.uid if name == 'Uid'
                                        else account.gid)}
        assert said(shell, 'pwd').strip() == account.home
        assert shell.made.text('.//rsp:Shell/rsp:Owner') == user


def test_what_it_may_do(serve, accounts):
    """No capability, no file of another's, no way back"""
    server = serve()
    with open(accounts['alice'].home + '/secret', 'w') as secret:
        secret.write('of alice')
    os.chown(accounts['alice'].home + '/secret', accounts['alice'].uid, -1)
    os.chmod(accounts['alice'].home + '/secret', 0o600)
    with Shell(client_of(server)) as alice, \
            Shell(client_of(server, 'bob')) as bob:
        assert said(alice, 'cat ~/secret') == 'of alice'
        found = bob.run('cat %s/secret' % accounts['alice'].home)
        assert found.code != 0 and found.stdout == b''
        for line in ('cat /etc/shadow', 'ls ' + server.path('state')):
            assert bob.run(line).code != 0
        assert os.stat(server.path('wsman-shell.sock')).st_mode & 0o077 == 0
        for name in ('Inh', 'Prm', 'Eff', 'Amb'):
            line = said(bob, 'grep ^Cap%s: /proc/self/status' % name)
            assert int(line.split()[1], 16) == 0, line
        for pid in (daemon(server), keeper(bob), serving(server)[0]):
            assert bob.run('kill -0 %d' % pid).code != 0
            assert bob.run('ls /proc/%d/fd' % pid).code != 0


def test_its_environment(serve, accounts):
    """What a login has, and nothing of httpd's"""
    server = serve(env={'SECRET_OF_HTTPD': 'x', 'LD_DEBUG_OUTPUT': '/x'})
    account = accounts['alice']
    with Shell(client_of(server), environment={'MINE': 'é'}) as shell:
        lines = dict(line.split('=', 1) for line in
                     said(shell, 'env').strip().split('\n'))
        assert lines['HOME'] == account.home
        assert lines['USER'] == lines['LOGNAME'] == account.name
        assert lines['SHELL'] == '/bin/sh'
        assert lines['MINE'] == 'é'
        assert '/usr/bin' in lines['PATH'].split(':')
        assert not {name for name in lines if name.startswith('LD_')
                    or 'SECRET' in name or 'APACHE' in name}, lines


def open_files(pid):
    folder = '/proc/%d/fd' % pid
    return {int(fd): os.readlink('%s/%s' % (folder, fd))
            for fd in os.listdir(folder)}


def test_its_descriptors(serve):
    """Three pipes; nothing of httpd, of the daemon, of other shells"""
    server = serve()
    with Shell(client_of(server, 'bob')) as other, \
            Shell(client_of(server)) as shell:
        other.start('sleep 1000')
        shell.start('exec sleep 1000')
        pids = until(lambda: [pid for pid in descendants(keeper(shell))
                              if name_of(pid) == 'sleep'])
        found = open_files(pids[0])
        assert set(found) == {0, 1, 2}, found
        assert all(path.startswith('pipe:') for path in found.values()), found
        # The keeper has no file of httpd's, either
        for path in open_files(keeper(shell)).values():
            assert server.dir not in path, path


def test_umask_and_group(serve):
    with Shell(client_of(serve(more='WSManShellUmask 027'))) as shell:
        assert said(shell, 'umask') in ('0027\n', '027\n')
        # of a process group of its own
        assert said(shell, 'test $(ps -o pgid= -p $$) = $$ && echo yes') == \
            'yes\n'


def test_resources(serve):
    server = serve(more='WSManShellMaxMemory 500m\n'
                        'WSManShellMaxProcesses 40\n'
                        'WSManShellMaxCPU 100s\n')
    with Shell(client_of(server)) as shell:
        limits = said(shell, 'cat /proc/self/limits')

        def soft(name):
            return re.search('^%s +(\\S+)' % name, limits, re.M).group(1)
        assert soft('Max address space') == str(500 * 1024 * 1024)
        assert soft('Max processes') == '40'
        assert soft('Max cpu time') == '100'
        # as many processes as are allowed, and no more
        found = shell.run('i=0; while [ $i -lt 60 ]; do sleep 1000 & '
                          'i=$((i+1)); done; echo all')
        assert b'all' not in found.stdout or found.stderr


# ---- who may have none

def assert_denied(server, user='alice'):
    with client_of(server, user) as client:
        assert_fault(create(client), 'AccessDenied')
        assert shells_of(client) == []


def test_outside_of_the_policy(serve):
    server = serve(allowed=NAMES['bob'])
    assert_denied(server)
    with Shell(client_of(server, 'bob')) as shell:
        assert said(shell, 'echo x') == 'x\n'


def test_a_group(serve):
    server = serve(allowed='@' + GROUP)
    assert_denied(server)
    with Shell(client_of(server, 'bob')):
        pass


def test_everybody(serve):
    server = serve(allowed='*')
    for user in NAMES:
        with Shell(client_of(server, user)):
            pass


def test_lowest_uid(serve, accounts):
    """It is for groups and for everybody; who is named is meant."""
    most = max(account.uid for account in accounts.values())
    line = 'WSManShellLowestUid %d' % (most + 1)
    for allowed in ('*', '@' + GROUP):
        assert_denied(serve(allowed=allowed, more=line), 'bob')
    with Shell(client_of(serve(more=line), 'bob')):
        pass


@pytest.mark.parametrize('allowed', ['*', '@root', 'daemon'])
def test_root_has_none(serve, allowed):
    assert_denied(serve(allowed=allowed, account='root',
                        more='WSManShellLowestUid 1'))


def test_root_where_it_is_named(serve):
    server = serve(allowed='root', account='root', program=' /bin/sh')
    with Shell(client_of(server)) as shell:
        assert said(shell, 'id -u') == '0\n'


def test_not_the_account_of_httpd(serve):
    """Its shells could ask the daemon for those of everybody else."""
    user = child_user()
    assert_denied(serve(allowed=user, account=user))


def test_an_account_that_is_not_there(serve):
    assert_denied(serve(allowed='*', account='wsm-nobody-at-all'))


@pytest.mark.parametrize('account', ['wsm-$1/../root', 'root:', '"$1 root"'])
def test_names_that_are_none(serve, account):
    assert_denied(serve(allowed='*', account=account))


# ---- PAM

PAM = '/etc/pam.d'


@pytest.fixture
def service():
    """service(lines): the name of a PAM service that says so"""
    if not os.path.isdir(PAM):
        pytest.skip('tool missing: PAM')
    made = []

    def make(*lines):
        name = 'wsm-test-%d-%d' % (os.getpid(), len(made))
        made.append(os.path.join(PAM, name))
        with open(made[-1], 'w') as out:
            out.write('\n'.join(lines) + '\n')
        return name

    yield make
    for path in made:
        os.remove(path)


def test_pam_says_yes(serve, service):
    name = service('account required pam_permit.so',
                   'session required pam_permit.so',
                   'session required pam_env.so readenv=0')
    with Shell(client_of(serve(pam=name))) as shell:
        assert said(shell, 'echo x') == 'x\n'


def test_pam_says_no(serve, service):
    name = service('account required pam_deny.so',
                   'session required pam_permit.so')
    assert_denied(serve(pam=name))


def test_pam_session(serve, service, tmp_path_factory):
    """It begins before the shell, and ends when that is gone."""
    folder = tmp_path_factory.mktemp('pam')
    os.chmod(folder, 0o777)
    script = folder / 'script'
    script.write_text('#!/bin/sh\necho "$PAM_TYPE $PAM_USER" >>%s\n'
                      % (folder / 'log'))
    os.chmod(script, 0o755)
    name = service('account required pam_permit.so',
                   'session required pam_exec.so %s' % script)
    server = serve(pam=name)
    with Shell(client_of(server)) as shell:
        assert said(shell, 'echo x') == 'x\n'
        assert (folder / 'log').read_text() == \
            'open_session %s\n' % NAMES['alice']
    until(lambda: (folder / 'log').read_text() ==
          'open_session %s\nclose_session %s\n' % ((NAMES['alice'],) * 2))


def test_a_slow_pam_holds_up_nobody(serve, service, tmp_path_factory):
    """One waits for it; another comes and goes meanwhile."""
    folder = tmp_path_factory.mktemp('pam')
    os.chmod(folder, 0o777)
    script = folder / 'script'
    script.write_text(
        '#!/bin/sh\ncase $PAM_USER in *alice*) touch %s; while [ ! -e %s ]; '
        'do sleep 0.05; done ;; esac\n' % (folder / 'waits', folder / 'go'))
    os.chmod(script, 0o755)
    name = service('account required pam_exec.so %s' % script,
                   'session required pam_permit.so')
    server = serve(pam=name)
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lambda: Shell(client_of(server)))
        until(lambda: (folder / 'waits').exists())
        with Shell(client_of(server, 'bob')) as shell:
            assert said(shell, 'echo quick') == 'quick\n'
        assert not waiting.done()
        (folder / 'go').write_text('')
        alice = waiting.result()
    alice.close()
