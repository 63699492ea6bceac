"""What commands read and write comes through as it is, however much it is, and
costs no more than its bounds."""
import hashlib
import os
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import server as httpd
from gss_fixtures import *  # noqa: F401,F403
from remote_shell import CTRL_C, TIMED_OUT, Output, Shell, commands_of, read
from shell_fixtures import *  # noqa: F401,F403
from shell_fixtures import all_gone, client_of, daemon, descendants, \
    keeper, name_of, parked, until

MEGABYTE = 1000000
# WSManShellMaxBuffer as it is when nothing says otherwise
BUFFER = 1024 * 1024


@pytest.fixture
def much(mpm):
    """Bytes: the way is the same under every MPM."""
    return 100 * MEGABYTE if mpm == 'event' and not httpd.SAN \
        else 10 * MEGABYTE


@pytest.fixture
def noise(tmp_path_factory, much):
    """A file of random bytes that everybody may read, and its digest"""
    folder = tmp_path_factory.mktemp('noise')
    for up in (folder, folder.parent, folder.parent.parent):
        os.chmod(up, 0o755)
    digest = hashlib.sha256()
    with open(folder / 'noise', 'wb') as out:
        for _ in range(much // MEGABYTE):
            piece = os.urandom(MEGABYTE)
            digest.update(piece)
            out.write(piece)
    yield str(folder / 'noise'), digest.hexdigest()
    os.remove(folder / 'noise')


# ---- as it is

def test_random_bytes_out(shell, noise, much):
    path, digest = noise
    command = shell.start('cat ' + path)
    found, size, got = hashlib.sha256(), 0, Output()
    while not got.done:
        got = shell.take(command, size=512000)
        found.update(got.stdout)
        size += len(got.stdout)
        assert not got.stderr
    assert (size, found.hexdigest(), got.code) == (much, digest, 0)
    shell.signal(command)


def test_random_bytes_in(shell, noise, much):
    path, digest = noise
    command = shell.start('sha256sum; exit 5')
    with open(path, 'rb') as source:
        while True:
            piece = source.read(350000)
            if not piece:
                break
            shell.give(command, piece)
    shell.give(command, end='true')
    found = shell.collect(command)
    assert found.stdout.split()[0].decode() == digest and found.code == 5


def test_bytes_in_and_out_at_once(shell):
    """More than all buffers hold, so that each waits for the other."""
    data = os.urandom(5 * MEGABYTE)
    command = shell.start('cat')

    def write():
        beside = shell.beside()
        for at in range(0, len(data), 300000):
            beside.give(command, data[at:at + 300000])
        beside.give(command, end='true')
        beside.client.close()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        found = shell.collect(command)
        writing.result()
    assert found.stdout == data and found.code == 0


def test_both_streams(shell):
    """Each in its own order"""
    found = shell.run('i=0; while [ $i -lt 500 ]; do echo o$i; echo e$i >&2; '
                      'i=$((i+1)); done')
    assert found.stdout.decode().split() == ['o%d' % n for n in range(500)]
    assert found.stderr.decode().split() == ['e%d' % n for n in range(500)]


def test_a_stream_at_a_time(shell):
    """What was not asked for waits."""
    command = shell.start('echo out; echo err >&2; exit 3')
    until(lambda: not_running(shell, command))
    first = shell.collect(command, streams='stderr',
                          until=lambda found: found.stderr)
    assert first.stderr == b'err\n' and not first.stdout
    found = shell.collect(command)
    assert found.stdout == b'out\n' and found.code == 3


def not_running(shell, command):
    del command
    return descendants(keeper(shell)) == []


def test_output_and_end_in_one_reply(shell):
    """Where both are there: clients look once."""
    command = shell.start('echo x; exit 4')
    until(lambda: not_running(shell, command))
    found = shell.take(command)
    assert (found.stdout, found.done, found.code) == (b'x\n', True, 4)
    assert found.ended == {'stdout', 'stderr'}


def test_it_fits_the_envelope_that_was_asked_for(shell):
    data = os.urandom(300000)
    command = shell.start('cat')
    with ThreadPoolExecutor(1) as pool:
        beside = shell.beside()
        writing = pool.submit(lambda: (beside.give(command, data, 'true'),
                                       beside.client.close()))
        found = b''
        while True:
            reply = shell.receive(command, size=32768)
            assert len(reply.data) <= 32768
            got = read(reply, ['stdout', 'stderr'], command)
            found += got.stdout
            if got.done:
                break
        writing.result()
    assert found == data


TEXT = 'aé€𝄞ż'


def test_utf8_split_at_every_byte(shell):
    """Bytes are bytes: half a character goes when it is there."""
    data = TEXT.encode()
    for at in range(1, len(data)):
        command = shell.start(halves(data, at))
        first = shell.take(command)
        assert first.stdout == data[:at]
        shell.give(command, b'\n', 'true')
        assert shell.collect(command).stdout == data[at:]


def halves(data, at):
    """A command that writes the second half when it is asked."""
    def escaped(part):
        return ''.join('\\%03o' % byte for byte in part)
    return "printf '%s'; read x; printf '%s'" % (escaped(data[:at]),
                                                 escaped(data[at:]))


@pytest.mark.parametrize('page,codec', [(437, 'cp437'), (852, 'cp852'),
                                        (1252, 'cp1252'), (28591, 'latin-1')])
def test_code_pages_split_at_every_byte(client, page, codec):
    """Half a character waits for its other half."""
    text = 'äé' + {'cp437': 'ñ', 'cp852': 'ł', 'cp1252': '€',
                   'latin-1': 'ø'}[codec]
    data = text.encode()
    with Shell(client, options={'WINRS_CODEPAGE': page}) as shell:
        for at in range(1, len(data)):
            command = shell.start(halves(data, at))
            found = Output()
            got = shell.take(command, timeout=0.3)
            if got is not None:
                found.add(got)
            whole = data[:at].decode(errors='ignore')
            assert found.stdout == whole.encode(codec)
            shell.give(command, b'\n', 'true')
            found.add(shell.collect(command))
            assert found.stdout == text.encode(codec)


def test_code_page_in(client):
    with Shell(client, options={'WINRS_CODEPAGE': 437}) as shell:
        command = shell.start('cat >/dev/null; echo')
        shell.give(command, 'ñ'.encode('cp437'), 'true')
        shell.collect(command)
        found = shell.run('od -An -tx1', data='ñé'.encode('cp437'))
        assert found.stdout.split() == [b'c3', b'b1', b'c3', b'a9']


def test_what_a_code_page_lacks(client):
    """'?' for a character, the byte itself where it is no UTF-8"""
    with Shell(client, options={'WINRS_CODEPAGE': 437}) as shell:
        found = shell.run("printf 'a\\342\\202\\254b\\377c'")
        assert found.stdout in (b'a?b\xffc',), found.stdout


# ---- many, and quick

def test_a_thousand_commands(shells, mpm):
    """They are over at once: no byte and no exit code is lost."""
    count = 1000 if mpm == 'event' and not httpd.SAN else 200
    lanes = 8

    def lane(number):
        with client_of(shells) as client, Shell(client) as shell:
            for turn in range(number, count, lanes):
                found = shell.run('echo %d; echo e%d >&2; exit %d' % (
                    turn, turn, turn % 256))
                assert found.stdout == b'%d\n' % turn
                assert found.stderr == b'e%d\n' % turn
                assert found.code == turn % 256

    with ThreadPoolExecutor(lanes) as pool:
        for done in [pool.submit(lane, number) for number in range(lanes)]:
            done.result()


def test_commands_side_by_side_in_a_shell(shell):
    """All are asked at once, each on its own connection."""
    begun = [shell.start('cat; exit %d' % n) for n in range(8)]

    def one(number):
        beside = shell.beside()
        beside.give(begun[number], b'%d' % number, 'true')
        found = beside.collect(begun[number])
        beside.client.close()
        assert (found.stdout, found.code) == (b'%d' % number, number)

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(one, number) for number in range(8)]:
            done.result()


def test_a_later_receive_takes_the_place_of_the_first(shells, shell):
    command = shell.start('cat')
    first = parked(shell, shells, command)
    assert shell.receive(command, timeout=0.1).fault.number == TIMED_OUT
    assert first.result().fault.number == 995
    shell.give(command, b'x', 'true')
    assert shell.collect(command).stdout == b'x'


# ---- without an end

def memory(pid):
    """Private bytes"""
    with open('/proc/%d/smaps_rollup' % pid) as rollup:
        return sum(int(kb) for kb in re.findall(
            r'^Private_\w+: +(\d+) kB', rollup.read(), re.M)) * 1024


no_sanitizer = pytest.mark.skipif(
    httpd.SAN, reason='AddressSanitizer keeps what was freed')


def endless(shell, line):
    """A command that does not end, when it has written something."""
    command = shell.start(line)
    shell.take(command)
    pids = descendants(keeper(shell))
    assert pids
    return command, pids


@no_sanitizer
def test_a_command_that_writes_for_ever(shell):
    """Read for a while, it costs nothing but its buffer; a signal ends it."""
    command, pids = endless(shell, 'yes')
    for _ in range(10):
        shell.take(command)
    before = memory(keeper(shell))
    size = 0
    while size < 20 * MEGABYTE:
        got = shell.take(command, size=512000)
        assert set(got.stdout) <= set(b'y\n')
        size += len(got.stdout)
    assert memory(keeper(shell)) < before + BUFFER
    assert shell.signal(command).fault is None
    until(lambda: all_gone(pids))
    assert commands_of(shell) == []


def test_ctrl_c_ends_a_command_that_writes_for_ever(shell):
    """What it had written before is still to be had, then its end."""
    command, pids = endless(shell, 'yes')
    assert shell.signal(command, CTRL_C).fault is None
    until(lambda: all_gone(pids))
    found = shell.collect(command)
    assert found.code == 128 + signal.SIGINT
    assert len(found.stdout) <= 4 * BUFFER


def test_delete_ends_a_command_that_writes_for_ever(shells):
    """And what it started, in whatever group"""
    with Shell(client_of(shells)) as shell:
        _, pids = endless(
            shell, 'setsid sh -c "sleep 1000 & yes >/dev/null" & yes')
        until(lambda: len(descendants(keeper(shell))) >= 4)
        pids = descendants(keeper(shell)) + [keeper(shell)]
    # Every process is gone when Delete is answered.
    assert all_gone(pids[:-1])
    until(lambda: all_gone(pids))


@no_sanitizer
def test_a_client_that_never_receives(shell):
    """The command waits; what it has written is bounded."""
    before = memory(keeper(shell))
    command = shell.start('yes & yes >&2 & wait')
    until(lambda: sum(name_of(pid) == 'yes'
                      for pid in descendants(keeper(shell))) == 2)
    writers = [pid for pid in descendants(keeper(shell))
               if name_of(pid) == 'yes']
    until(lambda: rests(writers))
    assert memory(keeper(shell)) < before + 2 * BUFFER + 1024 * 1024
    assert shell.signal(command).fault is None
    until(lambda: all_gone(writers))


def written(pid):
    with open('/proc/%d/io' % pid) as counters:
        return int(re.search(r'wchar: (\d+)', counters.read()).group(1))


def rests(pids):
    """They wrote nothing for a while."""
    before = [written(pid) for pid in pids]
    time.sleep(0.3)
    return before == [written(pid) for pid in pids]


@no_sanitizer
def test_a_command_that_never_reads(shell):
    """A Send waits, and then says that it took too long; the keeper has no
    more than its buffer."""
    before = memory(keeper(shell))
    command = shell.start('exec sleep 1000')
    piece, sent = b'x' * 300000, 0
    while True:
        reply = shell.input(command, piece, timeout=0.5)
        if reply.fault is not None:
            break
        sent += len(piece)
        assert sent < 4 * BUFFER, 'it takes without end'
    assert reply.fault.number == TIMED_OUT, reply
    assert memory(keeper(shell)) < before + BUFFER + 1024 * 1024
    # nothing else stands still
    assert shell.run('echo x').stdout == b'x\n'
    assert shell.signal(command).fault is None


def test_idle_shells_do_nothing(shells):
    """No process of the daemon's takes time while nobody asks."""
    with Shell(client_of(shells)) as shell:
        command = shell.start('sleep 1000')
        pids = [daemon(shells), keeper(shell)]
        waiting = parked(shell, shells, command, 2)
        before = [ticks(pid) for pid in pids]
        waiting.result()
        after = [ticks(pid) for pid in pids]
    assert sum(after) - sum(before) <= 5, (before, after)


def ticks(pid):
    with open('/proc/%d/stat' % pid) as stat:
        fields = stat.read().rpartition(')')[2].split()
    return int(fields[11]) + int(fields[12])
