"""The linux provider over the wire, beside what the system's own tools say."""
import json
import os
import platform
import pwd
import shutil
import signal
import subprocess

import pytest

from wsman import CIM, WMI, assert_fault, local, value_of, values_of

NO_SYSTEMD = 'Win32_Service has no instances'


def run(*command):
    if not shutil.which(command[0]):
        pytest.skip('tool missing: ' + command[0])
    return subprocess.run(command, stdout=subprocess.PIPE, check=True,
                          env=dict(os.environ, LC_ALL='C')).stdout.decode()


def by(found, name):
    return {value_of(one, name): values_of(one) for one in found}


def test_operating_system(alice):
    reply = alice.get(CIM + 'Win32_OperatingSystem')
    release = platform.freedesktop_os_release() \
        if hasattr(platform, 'freedesktop_os_release') else {}
    assert reply.value('CSName') == platform.node()
    assert reply.value('BuildNumber') == platform.release()
    if release:
        assert reply.value('Caption') == release['PRETTY_NAME']
    total = int(run('free', '-k').split('\n')[1].split()[1])
    assert int(reply.value('TotalVisibleMemorySize')) == total


def test_superclasses_find_it(alice):
    """R8.2.5: polymorphism over the real chain of superclasses"""
    found = alice.all(CIM + 'CIM_OperatingSystem')
    assert [local(one) for one in found] == ['Win32_OperatingSystem']
    kinds = {local(one) for one in alice.all(CIM + 'CIM_LogicalDevice')}
    assert {'Win32_Processor', 'Win32_LogicalDisk',
            'Win32_NetworkAdapter'} <= kinds


def test_processors(alice):
    found = alice.all(CIM + 'Win32_Processor')
    assert sum(int(value_of(one, 'NumberOfLogicalProcessors'))
               for one in found) == os.sysconf('SC_NPROCESSORS_ONLN')


def test_disks(alice):
    ours = by(alice.all(CIM + 'Win32_LogicalDisk'), 'DeviceID')
    lines = run('df', '-B1', '--output=target,size,fstype').split('\n')[1:]
    theirs = {}
    for line in lines:
        if line:
            target, size, kind = line.rsplit(None, 2)
            theirs[target] = (size, kind)
    assert ours['/']['DriveType'] in ('2', '3', '4', '6')
    for target in set(ours) & set(theirs):
        if ours[target]['DriveType'] != '4':
            assert (ours[target]['Size'],
                    ours[target]['FileSystem']) == theirs[target]
    assert '/' in theirs and '/proc' not in ours


def test_addresses(alice):
    ours = by(alice.all(CIM + 'Win32_NetworkAdapterConfiguration'), 'Index')
    for link in json.loads(run('ip', '-j', 'address')):
        config = ours[str(link['ifindex'])]
        assert int(config['MTU']) == link['mtu']
        addresses = config.get('IPAddress') or []
        if isinstance(addresses, str):
            addresses = [addresses]
        assert sorted(addresses) == sorted(
            one['local'] for one in link['addr_info'])


def test_processes(alice):
    before = set(run('ps', '-e', '-o', 'pid=').split())
    ours = by(alice.all(WMI + 'Win32_Process', count=25), 'Handle')
    after = set(run('ps', '-e', '-o', 'pid=').split())
    assert before & after <= set(ours)
    me = ours[str(os.getpid())]
    assert int(me['ParentProcessId']) == os.getppid()
    with open('/proc/self/cmdline') as line:
        assert me['CommandLine'] == \
            line.read().rstrip('\0').replace('\0', ' ')


def test_accounts(alice):
    ours = by(alice.all(CIM + 'Win32_UserAccount'), 'Name')
    for line in run('getent', '-s', 'files', 'passwd').splitlines():
        name, _, uid = line.split(':')[:3]
        assert ours[name]['SID'] == 'S-1-22-1-' + uid
    groups = by(alice.all(CIM + 'Win32_Group'), 'Name')
    for line in run('getent', '-s', 'files', 'group').splitlines():
        name, _, gid = line.split(':')[:3]
        assert groups[name]['SID'] == 'S-1-22-2-' + gid


def test_owner(alice):
    me = {'Handle': str(os.getpid())}
    reply = alice.invoke(WMI + 'Win32_Process', 'GetOwner', selectors=me)
    assert reply.value('ReturnValue') == '0'
    assert reply.value('User') == pwd.getpwuid(os.geteuid()).pw_name
    assert reply.value('Domain') == platform.node()


def test_terminate(alice, server):
    """A child of httpd's own user may be ended, init may not."""
    sleeper = subprocess.Popen(['sleep', '600'])
    try:
        reply = alice.invoke(
            WMI + 'Win32_Process', 'Terminate',
            selectors={'Handle': str(sleeper.pid)})
        result = reply.value('ReturnValue')
        # httpd may run as a user of its own.
        assert result in ('0', '2')
        if result == '0':
            assert sleeper.wait(10) == -signal.SIGKILL
        else:
            assert sleeper.poll() is None and os.geteuid() == 0
    finally:
        if sleeper.poll() is None:
            sleeper.kill()
            sleeper.wait()
    reply = alice.invoke(WMI + 'Win32_Process', 'Terminate',
                         selectors={'Handle': '1'})
    assert reply.value('ReturnValue') == '2'


@pytest.mark.parametrize('handle', ['0', '-1', '4194305', '01', 'x'])
def test_no_such_process(alice, handle):
    assert_fault(alice.get(CIM + 'Win32_Process', {'Handle': handle}),
                 'NotFound')


def test_services(alice, server):
    server.expect(NO_SYSTEMD)
    found = alice.all(CIM + 'Win32_Service')
    if not os.path.isdir('/run/systemd/system'):
        assert found == []
        return
    text = run('systemctl', 'list-units', '--type=service', '--state=active',
               '--plain', '--no-legend')
    ours = by(found, 'Name')
    for line in text.splitlines():
        name = line.split()[0][:-len('.service')]
        assert ours[name]['State'] == 'Running'


def test_time_zone(alice):
    found = alice.all(CIM + 'Win32_TimeZone')
    assert len(found) == 1
    assert value_of(found[0], 'StandardName')
