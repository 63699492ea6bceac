"""shells.py - remote shells beside ssh on the same machine.

    shell          Create, Command, Receive, Signal and Delete of `true` on a
                   kept connection, beside `ssh true` on a fresh connection
    shell mux      the same beside ssh on a connection that is there already
    shell output   100 MB of a command's output, beside ssh
    shell idle     memory of shells in which nothing runs
    shell parked   processor time of Receives that wait

The sshd is one of our own on 127.0.0.1, with keys of its own; it asks neither
PAM nor a password, and neither do the shells.
"""
import base64
import binascii
import os
import pwd
import re
import shutil
import statistics
import subprocess
import time

import server as httpd
import wsman
from remote_shell import CMD, RSP, TERMINATE, element, header, wish

SBIN = os.environ['PATH'] + ':/usr/sbin:/sbin'
ME = pwd.getpwuid(os.getuid()).pw_name
ALICE = base64.b64encode(
    ('alice:' + httpd.USERS['alice']).encode()).decode()
TOTAL = 100 * 1000 * 1000
TURNS = 20
IDLE = 200
PARKED = 100
WATCHED = 10  # seconds

CONFIG = '''
MaxKeepAliveRequests 0
WSManShell cmd /bin/sh
WSManShellAccounts %(me)s
WSManShellDaemon {build}/wsman-shelld
WSManShellPAM Off
WSManShellMaxShells 0
WSManShellMaxShellsPerUser 0
<Location /wsman>
    SetHandler wsman
    AuthType Basic
    AuthName WSMAN
    AuthUserFile {dir}/htpasswd
    Require valid-user
    WSManShellAccount "%(me)s"
    WSManMaxWaiters 140
</Location>
''' % {'me': ME}


# ---- ssh

class Sshd:
    def __init__(self, folder):
        self.dir, self.process = folder, None
        self.port = httpd.free_port()
        os.chmod(folder, 0o700)
        for name in ('host', 'user'):
            subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '',
                            '-f', self.path(name)], check=True)
        shutil.copy(self.path('user.pub'), self.path('authorized'))
        self.write('sshd.conf', '''
Port %d
ListenAddress 127.0.0.1
HostKey %s
PidFile none
AuthorizedKeysFile %s
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin yes
MaxStartups 100
# bash reads ~/.bashrc for an ssh, but not for a shell in a shell.
SetEnv SHLVL=2
''' % (self.port, self.path('host'), self.path('authorized')))
        self.write('ssh.conf', '''
Host *
    HostName 127.0.0.1
    Port %d
    User %s
    IdentityFile %s
    IdentitiesOnly yes
    UserKnownHostsFile /dev/null
    GlobalKnownHostsFile /dev/null
    StrictHostKeyChecking no
    LogLevel ERROR
    BatchMode yes
    RequestTTY no
    ControlPath %s
Host alone
    ControlMaster no
    ControlPath none
''' % (self.port, ME, self.path('user'), self.path('mux')))

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text):
        with open(self.path(name), 'w') as out:
            out.write(text)

    def start(self):
        if os.getuid() == 0:
            os.makedirs('/run/sshd', exist_ok=True)
        # It wants its absolute path.
        self.process = subprocess.Popen(
            [shutil.which('sshd', path=SBIN), '-D', '-q', '-f', self.path('sshd.conf')],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        for _ in range(100):
            if self.ssh('alone', 'true', check=False,
                        stderr=subprocess.DEVNULL).returncode == 0:
                return self
            time.sleep(0.05)
        raise RuntimeError('sshd does not answer')

    def ssh(self, host, *words, check=True, **how):
        return subprocess.run(['ssh', '-F', self.path('ssh.conf'), host,
                               *words], check=check, stdin=subprocess.DEVNULL,
                              **how)

    def stop(self):
        if self.process is None:
            return
        self.ssh('-O', 'exit', 'mux', check=False, stdout=subprocess.DEVNULL,
                 stderr=subprocess.DEVNULL)
        self.process.terminate()
        self.process.wait()


# ---- shells, with texts that are made once

def text(action, shell=None, body='', extra=''):
    return wsman.envelope(wsman.headers(
        action, CMD, {'ShellId': shell} if shell else None, wsman.new_id(),
        extra=extra), body)


def one(pattern, data):
    return re.search(pattern, data).group(1).decode()


def create(line):
    return one(rb'<rsp:ShellId>([^<]+)', line.post(text(wsman.CREATE, None,
                                                        wish())))


def command(line, shell, what):
    return one(rb'<rsp:CommandId>([^<]+)', line.post(text(
        RSP + '/Command', shell,
        element('CommandLine', element('Command', what)))))


def receive(shell, of, timeout=60):
    return text(RSP + '/Receive', shell, element(
        'Receive', element('DesiredStream', 'stdout stderr', CommandId=of)),
        header(timeout=timeout, size=512000))


def end(line, shell, of):
    line.post(text(RSP + '/Signal', shell, element(
        'Signal', element('Code', TERMINATE), CommandId=of)))


def delete(line, shell):
    line.post(text(wsman.DELETE, shell))


def whole(line):
    shell = create(line)
    of = command(line, shell, 'true')
    if b'CommandState/Done' not in line.post(receive(shell, of)):
        raise RuntimeError('true does not end')
    end(line, shell, of)
    delete(line, shell)


STREAM = re.compile(rb'<rsp:Stream [^>]*>')


def decoded(reply):
    """@return bytes of output in it, which are thrown away"""
    size, at = 0, 0
    while True:
        found = STREAM.search(reply, at)
        if found is None:
            return size
        at = reply.index(b'<', found.end())
        size += len(binascii.a2b_base64(reply[found.end():at]))


def output(line, what):
    """Asks for more before it decodes what has come, as ssh does both at
    once.  @return bytes of output"""
    shell = create(line)
    of = command(line, shell, what)
    ask = receive(shell, of)
    size, done = 0, False
    line.begin(ask)
    while not done:
        reply = line.finish()
        done = b'CommandState/Done' in reply[-500:]
        if not done:
            line.begin(ask)
        size += decoded(reply)
    end(line, shell, of)
    delete(line, shell)
    return size


# ---- cases

def took(what, turns):
    begin = time.monotonic()
    for _ in range(turns):
        what()
    return (time.monotonic() - begin) / turns


def beside(rows, name, rounds, ours, theirs, note):
    """Ratio: how many times as long theirs takes."""
    ours()
    theirs()
    pairs = [(took(ours, TURNS), took(theirs, TURNS)) for _ in range(rounds)]
    rows.append((name, 1, '', '', '%.2f' % statistics.median(
        b / a for a, b in pairs), '%.0f' % (
            statistics.median(a for a, _ in pairs) * 1e6), '',
        '%s %.0f us' % (note, statistics.median(b for _, b in pairs) * 1e6)))


def ssh_output(sshd):
    with subprocess.Popen(['ssh', '-F', sshd.path('ssh.conf'), 'alone',
                           'head -c %d /dev/zero' % TOTAL],
                          stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE) as process:
        size = 0
        while True:
            piece = process.stdout.read1(1 << 20)
            if not piece:
                break
            size += len(piece)
    if size != TOTAL:
        raise RuntimeError('ssh: %d bytes' % size)


def our_output(line):
    size = output(line, 'head -c %d /dev/zero' % TOTAL)
    if size != TOTAL:
        raise RuntimeError('shell: %d bytes' % size)


def throughput(rows, line, sshd, rounds):
    our_output(line)
    pairs = [(took(lambda: our_output(line), 1),
              took(lambda: ssh_output(sshd), 1)) for _ in range(rounds)]
    rows.append(('shell output', 1, '', '', '%.2f' % statistics.median(
        b / a for a, b in pairs), '', '', '%.0f MB/s, ssh %.0f MB/s' % tuple(
            TOTAL / 1e6 / statistics.median(column)
            for column in zip(*pairs))))


def proportional(pid):
    with open('/proc/%d/smaps_rollup' % pid) as rollup:
        return int(re.search(r'^Pss: +(\d+) kB', rollup.read(),
                             re.M).group(1))


def named(name):
    """{process id: that of its parent}"""
    found = {}
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open('/proc/%s/stat' % pid) as stat:
                head, _, rest = stat.read().rpartition(')')
        except OSError:
            continue
        if head.partition('(')[2] == name:
            found[int(pid)] = int(rest.split()[1])
    return found


def keepers(server):
    """Process ids of the daemon, and of what holds its shells"""
    main = [pid for pid, parent in named('wsman-shelld').items()
            if parent == server.process.pid]
    return main, [pid for pid, parent in named('wsman-keeper').items()
                  if parent in main]


def idle(rows, server, line):
    main, _ = keepers(server)
    before = proportional(main[0])
    begin = time.monotonic()
    shells = [create(line) for _ in range(IDLE)]
    made = time.monotonic() - begin
    main, held = keepers(server)
    if len(held) != IDLE:
        raise RuntimeError('%d keepers of %d shells' % (len(held), IDLE))
    total = sum(proportional(pid) for pid in held)
    rows.append(('shell idle', '', '', '', '', '', '',
                 '%d shells: %.0f kB each, the daemon %+d kB; %.1f ms to make '
                 'one' % (IDLE, total / IDLE,
                          proportional(main[0]) - before,
                          made / IDLE * 1000)))
    for shell in shells:
        delete(line, shell)


def ticks(pids):
    total = 0
    for pid in pids:
        with open('/proc/%d/stat' % pid) as stat:
            fields = stat.read().rpartition(')')[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf('SC_CLK_TCK')


def parked(rows, server, line, line_class):
    """Each on its own connection; nothing is heard from any of them."""
    shells = [create(line) for _ in range(10)]
    commands = [(shell, command(line, shell, 'sleep 1000'))
                for shell in shells * (PARKED // 10)]
    lines = []
    for shell, of in commands:
        waiting = line_class(server, ALICE)
        waiting.begin(receive(shell, of, WATCHED + 10))
        lines.append(waiting)
    time.sleep(1)
    main, held = keepers(server)
    groups = {'httpd': [server.process.pid, *(
        pid for pid in server.children() if pid not in main)],
        'daemon': main + held}
    before = {name: ticks(pids) for name, pids in groups.items()}
    time.sleep(WATCHED)
    used = {name: (ticks(pids) - before[name]) / WATCHED * 100
            for name, pids in groups.items()}
    rows.append(('shell parked', PARKED, '', '', '', '', '',
                 '%d Receives: httpd %.2f %% of a core, the daemon %.2f %%' % (
                     PARKED, used['httpd'], used['daemon'])))
    for waiting in lines:
        waiting.sock.close()
    # A kept connection is closed when workers are few.
    line.connect()
    for shell in shells:
        delete(line, shell)


def run(rows, rounds, line_class, server_class):
    server = sshd = None
    try:
        server = server_class('event', CONFIG, per_child=0, log_level='warn')
        os.mkdir(server.path('ssh'))
        server.start()
        line = line_class(server, ALICE)
        line.left = float('inf')
        missing = [name for name in ('ssh', 'ssh-keygen', 'sshd')
                   if shutil.which(name, path=SBIN) is None]
        if missing:
            rows.append(('shell', '', '', '', '', '', '',
                         'not run: no %s; an sshd is not installed on its '
                         'own, because it would serve the network'
                         % ' '.join(missing)))
        else:
            sshd = Sshd(server.path('ssh')).start()
            beside(rows, 'shell', rounds, lambda: whole(line),
                   lambda: sshd.ssh('alone', 'true'), 'ssh:')
            sshd.ssh('mux', '-M', '-N', '-f', '-o', 'ControlPersist=yes')
            beside(rows, 'shell mux', rounds, lambda: whole(line),
                   lambda: sshd.ssh('mux', 'true'), 'ssh, connected:')
            throughput(rows, line, sshd, rounds)
        idle(rows, server, line)
        parked(rows, server, line, line_class)
    finally:
        if sshd is not None:
            sshd.stop()
        if server is not None:
            server.stop()
            server.remove()
