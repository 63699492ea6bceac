"""PowerShell shells: MS-PSRP through WS-Man, to an engine that stands in for
pwsh (psrp_engine.py)."""
import base64
import json
import os
import shutil
import subprocess
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

import psrp_wire as wire
import server as httpd
from remote_shell import (CTRL_C, DONE, NO_SHELL, RSP, RUNNING, TERMINATE,
                          TIMED_OUT, Shell, commands_of, element, header,
                          shells_of, wish)
from shell_fixtures import (ACCOUNT, all_gone, calls, client_of,
                            configuration, descendants, keeper, prepare,
                            until)
from test_winrm import python  # noqa: F401
from wsman import CREATE, NS

PS = 'http://schemas.microsoft.com/powershell/'
PWSH = PS + 'Microsoft.PowerShell'
CLIENT = os.path.join(httpd.ROOT, 't', 'interop', 'psrp_client.py')
PS_CTRL_C = ('powershell/signal/ctrl_c', 'powershell/signal/crtl_c')
PROTOCOL = {'protocolversion': '2.3'}

ENGINE = '/usr/bin/python3 {dir}/bin/psrp_engine.py'
ENGINES = ''.join('WSManShell %s %s %s\n' % (name, ENGINE, options)
                  for name, options in (
                      ('Microsoft.PowerShell', ''),
                      ('Microsoft.PowerShell.Small', '--fragment 100'),
                      ('Test.Noise', '--noise'), ('Test.Mute', '--mute'),
                      ('Test.Dies', '--die no-libicu-here')))


def add_engine(server):
    for name in ('psrp_engine.py', 'psrp_wire.py'):
        shutil.copy(os.path.join(httpd.HERE, name), server.path('bin'))


@pytest.fixture(scope='module')
def powershell_server(mpm, request):
    one = httpd.Server(mpm, configuration(ENGINES))
    prepare(one)
    add_engine(one)
    try:
        yield one.start()
        one.stop()
        # What the daemon said comes with the end: also what the engine
        # complains of, two lines of one PSGuid under way.
        bad = one.unexpected()
        assert not bad, 'the error log has:\n' + '\n'.join(bad)
    finally:
        if not request.config.getoption('--keep'):
            one.remove()


@pytest.fixture
def troubled(make_server):
    """troubled(pattern ...): a server of its own, as its log is a matter of
    the test"""
    def make(*expect, config=ENGINES):
        one = make_server(configuration(config), start=False, expect=expect)
        prepare(one)
        add_engine(one)
        return one.start()
    return make


@pytest.fixture
def powershell(powershell_server):
    powershell_server.unexpected()
    yield powershell_server
    with client_of(powershell_server) as alice:
        left = shells_of(alice)
        for one in left: # not a matter of the next test
            Shell(alice, RSP, one).delete()
    bad = powershell_server.unexpected()
    assert not bad, 'the error log has:\n' + '\n'.join(bad)
    assert left == [], 'shells are left'


# ---- pypsrp

@pytest.fixture
def ask(python, powershell):  # noqa: F811
    """ask(what, ...): runs psrp_client.py"""
    def run(what, server=powershell, **job):
        job = dict({'url': server.url(), 'user': 'alice',
                    'password': httpd.USERS['alice'], 'run': what}, **job)
        done = subprocess.run([python, CLIENT], input=json.dumps(job).encode(),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              check=False, timeout=300)
        assert done.returncode == 0, done.stderr.decode()
        found = json.loads(done.stdout.decode())
        assert 'error' not in found, found['where']
        return found
    return run


@pytest.mark.once
def test_pypsrp_runs_pipelines_one_after_another(ask):
    found = ask('scripts', scripts=['say one\ncount 3', 'say two', ''])
    assert [one['output'] for one in found['pipelines']] == [
        ['one', 0, 1, 2], ['two'], []]
    assert {one['state'] for one in found['pipelines']} == {'COMPLETED'}
    assert found['protocol'] == '2.3'
    assert 'StandIn' in found['private']
    assert found['id'] == found['shell']
    assert found['alive']


@pytest.mark.once
def test_pypsrp_reads_errors_and_other_records(ask):
    found = ask('scripts', close=True, scripts=[
        'error one\nwarning two\nverbose three\nsay four', 'fail five'])
    first, second = found['pipelines']
    assert first['errors'] == ['one'] and first['warnings'] == ['two']
    assert first['verbose'] == ['three'] and first['output'] == ['four']
    assert first['state'] == 'COMPLETED'
    assert second['state'] == 'FAILED' and second['had_errors']
    assert second['errors'] == ['five']


@pytest.mark.once
def test_pypsrp_answers_host_calls(ask):
    found = ask('scripts', scripts=['write hello\nask\nask\nsay end'],
                typed=['Łódź', '<&>'])
    assert found['screen'] == ['hello\r\n']
    assert found['pipelines'][0]['output'] == [
        'you said Łódź', 'you said <&>', 'end']


@pytest.mark.once
@pytest.mark.parametrize('configuration_name', [
    'Microsoft.PowerShell', 'Microsoft.PowerShell.Small'])
def test_pypsrp_moves_many_fragments(ask, configuration_name):
    size = 30000 if 'Small' in configuration_name else 1000000
    found = ask('big', size=size, configuration=configuration_name)
    assert found['length'] == size and found['same'] and found['script']
    text = ''.join('%d,' % at for at in range(size))[:size]
    assert found['measured'] == ['%d %s' % (size * 3 // 2, text[-8:])]


@pytest.mark.once
def test_pypsrp_gives_input(ask):
    assert ask('given', given=['a', 'b', 'c\n_x0041_'])['output'] == [
        'got a', 'got b', 'got c\n_x0041_']


@pytest.mark.once
@pytest.mark.parametrize('script', ['wait', 'ask', 'flood'])
def test_pypsrp_stops_a_pipeline(ask, script):
    found = ask('stop', script='say go\n' + script)
    assert found['state'] == 'STOPPED'
    assert found['next']['output'] == ['again']


@pytest.mark.once
def test_pypsrp_leaves_a_pipeline_that_runs(ask):
    found = ask('leave')
    assert found['state'] == 'CLOSED'
    until(lambda: all_gone([int(found['pid'])]))


@pytest.mark.once
def test_pypsrp_disconnects_and_reconnects(ask):
    found = ask('reconnect')
    assert found['left'] == 'DISCONNECTED' and not found['alive']
    assert found['state'] == 'OPENED'
    assert found['before'] == found['after']


@pytest.mark.once
def test_pypsrp_takes_a_pool_over(ask):
    found = ask('take_over')
    assert found['pid'] == found['after']
    assert found['protocol'] == '2.3' and 'StandIn' in found['private']
    assert found['runspaces'] == [1, 1]
    assert found['outputs'] == [[0, 1, 2, 'end']]
    assert found['state'] == 'OPENED'


@pytest.mark.once
def test_pypsrp_speaks_to_the_pool(ask):
    found = ask('pool_calls')
    assert found['available'] == 5 and found['key']
    assert found['runspaces'] == [2, 5]


@pytest.mark.once
def test_pypsrp_runs_pipelines_at_the_same_time(ask):
    found = ask('beside', count=5)
    assert found['failures'] == []
    assert found['sizes'] == [52] * 5
    assert found['last'] == ['0', '1', '2', '3', '4']


@pytest.mark.once
def test_noise_is_not_heard(ask, troubled):
    server = troubled('the engine says: it is about to acknowledge')
    found = ask('scripts', server, configuration='Test.Noise', scripts=[
        'count %d' % count for count in range(50)])
    assert [len(one['output']) for one in found['pipelines']] == list(
        range(50))
    server.stop()
    assert server.read('error.log').count('the engine says') == 50


@pytest.mark.once
def test_pypsrp_hears_that_powershell_does_not_start(ask, troubled):
    server = troubled('no-libicu-here|fault w:InternalError')
    found = ask('fault', server, configuration='Test.Dies')
    assert 'PowerShell ended' in found['message']
    assert 'libicu' not in found['message']
    server.stop()
    assert 'exit code 3; it said first: no-libicu-here' in server.read(
        'error.log')


# ---- the messages themselves

class Pool(Shell):
    """A pool of runspaces, made by hand."""

    def __init__(self, client, uri=PWSH, data=None, **how):
        self.guid = uuid.uuid4()
        self.objects = 0
        self.incoming = {}
        if data is None:
            data = self.cut(wire.SESSION_CAPABILITY, wire.capability()) + \
                self.cut(wire.INIT_RUNSPACEPOOL, wire.objects_numbered(
                    wire.complex_object(wire.number(1, 'MinRunspaces'),
                                        wire.number(1, 'MaxRunspaces'))))
        self.reply = create(client, uri, str(self.guid).upper(), data, **how)
        made = self.reply.fault is None
        super().__init__(client, uri, shell_id=self.reply.text(
            './/rsp:Shell/rsp:ShellId') if made else 'none',
            session=how.get('session'))

    def cut(self, kind, text=b'', pipeline=wire.ZERO, size=32768):
        self.objects += 1
        return b''.join(wire.fragments(self.objects, wire.message(
            kind, text, self.guid, pipeline, wire.TO_SERVER), size))

    def create_pipeline(self, script, guid, has_input=False):
        return self.cut(wire.CREATE_PIPELINE, wire.objects_numbered(
            wire.complex_object(
                wire.boolean(not has_input, 'NoInput'),
                wire.complex_object(
                    wire.complex_object(name='Cmds', content='<LST>%s</LST>' % (
                        wire.complex_object(wire.string(script, 'Cmd')))),
                    name='PowerShell'))), guid)

    def pipeline(self, script, command_id=None, has_input=False, guid=None,
                 **how):
        """@return the CommandId"""
        guid = guid or uuid.uuid4()
        reply = self.command('', [base64.b64encode(self.create_pipeline(
            script, guid, has_input)).decode()],
            command_id=command_id or str(guid).upper(), **how)
        assert reply.fault is None, reply
        return reply.text('s:Body/rsp:CommandResponse/rsp:CommandId')

    def take(self, command=None, streams='stdout', **how):
        """One Receive: (messages, is done); None when there was nothing"""
        reply = self.receive(command, streams, **how)
        if reply.fault is not None:
            assert reply.fault.number == TIMED_OUT, reply
            return None
        incoming = self.incoming.setdefault(command, wire.Defragmenter())
        messages = []
        for node in reply.body.iterfind('rsp:Stream', NS):
            assert node.get('Name') == 'stdout'
            assert node.get('CommandId') == command
            data = base64.b64decode(node.text or '', validate=True)
            # One fragment each (client-interop R10)
            assert len(list(wire.split(data))) == (1 if data else 0), reply
            assert data or node.get('End') == 'true', reply
            messages += incoming.add(data)
        state = reply.body.find('rsp:CommandState', NS)
        if state is None:
            return messages, False
        assert state.get('CommandId') == command
        assert state.get('State') in (DONE, RUNNING)
        # A pipeline has no exit code.
        assert state.find('rsp:ExitCode', NS) is None
        return messages, state.get('State') == DONE

    def take_all(self, command, limit=60, **how):
        """Until it is done"""
        end, messages = time.monotonic() + limit, []
        while True:
            assert time.monotonic() < end, 'it does not end'
            got = self.take(command, **how)
            if got is not None:
                messages += got[0]
                if got[1]:
                    return messages

    def take_until(self, kind, command=None, limit=60, **how):
        """Until a message of this kind came: it"""
        end = time.monotonic() + limit
        while True:
            assert time.monotonic() < end, 'it does not come'
            got = self.take(command, **how)
            for one in got[0] if got else ():
                if one.kind == kind:
                    return one


def create(client, uri=PWSH, shell_id=None, data=b'', options=None,
           timeout=None, session=None, **how):
    body = wish(inputs='stdin pr', outputs='stdout', ShellId=shell_id, **how)
    extra = '<creationXml xmlns="%s">%s</creationXml>' % (
        PS.rstrip('/'), base64.b64encode(data).decode())
    body = body.replace('</rsp:Shell>', extra + '</rsp:Shell>')
    return client.send(CREATE, uri, None, body, header(
        timeout, PROTOCOL if options is None else options, session=session))


def kinds(messages):
    return [one.kind for one in messages]


def outputs(messages):
    return [wire.decode(one.xml.text) for one in messages
            if one.kind == wire.PIPELINE_OUTPUT]


def state_of(messages):
    last = messages[-1]
    assert last.kind == wire.PIPELINE_STATE
    return int(last.text(".//I32[@N='PipelineState']"))


@pytest.fixture
def client(powershell):
    with client_of(powershell) as one:
        yield one


@pytest.fixture
def pool(client):
    with Pool(client) as one:
        assert one.reply.fault is None, one.reply
        yield one


def test_the_client_chooses_ids(pool):
    reply = pool.reply
    assert pool.id == str(pool.guid).upper()
    selectors = reply.findall('.//w:Selector')
    assert [(one.get('Name'), one.text) for one in selectors] == [
        ('ShellId', pool.id)]
    assert reply.text('.//rsp:Shell/rsp:ResourceUri') == PWSH
    assert reply.text('.//rsp:Shell/rsp:InputStreams') == 'stdin pr'
    assert reply.text('.//rsp:Shell/rsp:OutputStreams') == 'stdout'
    assert reply.find('.//rsp:Shell/rsp:IdleTimeOut') is not None
    assert reply.find('.//rsp:Shell/rsp:MaxIdleTimeOut') is not None
    command = str(uuid.uuid4()).upper()
    # Its pipeline has another GUID: what the message says.
    assert pool.pipeline('say x', command) == command
    assert commands_of(pool) == [command]
    assert outputs(pool.take_all(command)) == ['x']


def test_a_pool_says_that_it_is_open(pool):
    messages = []
    while wire.RUNSPACEPOOL_STATE not in kinds(messages):
        messages += pool.take()[0]
    assert kinds(messages) == [
        wire.SESSION_CAPABILITY, wire.APPLICATION_PRIVATE_DATA,
        wire.RUNSPACEPOOL_STATE]
    assert int(messages[-1].text(".//I32")) == wire.OPENED
    assert pool.take(timeout=1) is None


def test_shell_and_pipelines_receive_at_the_same_time(pool, powershell):
    pool.take_until(wire.RUNSPACEPOOL_STATE)
    first, second = pool.pipeline('ask'), pool.pipeline('ask')
    assert kinds(pool.take(first)[0]) == [wire.PIPELINE_HOST_CALL]
    assert kinds(pool.take(second)[0]) == [wire.PIPELINE_HOST_CALL]
    waiting = parked(pool, powershell, (None, first, second))
    assert not any(one.done() for one in waiting)
    for command, call in ((second, 2), (first, 1)):
        answer = wire.objects_numbered(wire.complex_object(
            wire.string('me', 'mr'), wire.number(call, 'ci', 'I64')))
        data = pool.cut(wire.PIPELINE_HOST_RESPONSE, answer,
                        uuid.UUID(command))
        reply = pool.input(command, data, stream='pr')
        assert reply.fault is None, reply
    for future, command in zip(waiting[1:], (first, second)):
        reply = future.result(60)
        assert reply.fault is None, reply
        assert reply.find('.//rsp:Stream').get('CommandId') == command
    assert not waiting[0].done()
    data = pool.cut(wire.GET_AVAILABLE_RUNSPACES, wire.objects_numbered(
        wire.complex_object(wire.number(7, 'ci', 'I64'))))
    assert pool.input(None, data).fault is None
    reply = waiting[0].result(60)
    assert reply.fault is None, reply
    assert reply.find('.//rsp:Stream').get('CommandId') is None


def parked(pool, server, commands):
    """A Receive that waits for each of them: futures of the replies"""
    def receive(command):
        beside = pool.beside()
        try:
            return beside.receive(command, 'stdout', timeout=30)
        finally:
            beside.client.close()

    # What the daemon was asked before may be on its way to its end.
    until(lambda: calls(server) == 0)
    executor = ThreadPoolExecutor(len(commands))
    futures = [executor.submit(receive, one) for one in commands]
    executor.shutdown(wait=False)
    until(lambda: calls(server) == len(commands))
    return futures


@pytest.mark.parametrize('code', PS_CTRL_C + (CTRL_C, TERMINATE))
def test_signals_stop_a_pipeline(pool, code):
    command = pool.pipeline('say go\nwait')
    assert outputs([pool.take_until(wire.PIPELINE_OUTPUT, command)]) == ['go']
    reply = pool.signal(command, code)
    assert reply.fault is None, reply
    if code == TERMINATE:
        assert commands_of(pool) == []
        reply = pool.receive(command, 'stdout')
        assert reply.fault is not None and reply.fault.number == 87, reply
    else:
        assert state_of(pool.take_all(command)) == wire.STOPPED
        assert pool.signal(command, code).fault is None
        assert pool.signal(command).fault is None
    assert outputs(pool.take_all(pool.pipeline('say next'))) == ['next']


def test_a_pipeline_that_nobody_reads_can_be_stopped(pool):
    command = pool.pipeline('flood')
    time.sleep(0.5)  # its buffer fills; with more time it only stays full
    assert pool.signal(command, PS_CTRL_C[0]).fault is None
    messages = pool.take_all(command)
    assert state_of(messages) == wire.STOPPED
    # What nobody fetched is bounded.
    assert len(outputs(messages)) < 1000
    assert outputs(pool.take_all(pool.pipeline('say next'))) == ['next']


def test_a_flooded_shell_can_be_deleted(client):
    with Pool(client) as pool:
        pool.pipeline('flood')
        holder = keeper(pool)
        engine = descendants(holder)
        assert engine
    until(lambda: all_gone([holder] + engine))


def test_bad_creates_are_refused(client):
    for how in ({'options': {}}, {'options': {'protocolversion': '1.1'}},
                {'uri': PS + 'Unknown'}, {'data': b'this is no fragment'}):
        reply = create(client, **how)
        assert reply.fault is not None, reply
        assert reply.fault.number not in (None, 0, 995), reply
        assert shells_of(client) == []
    assert 'not fragments' in str(reply)


def test_an_engine_that_says_nothing_is_not_waited_for(client):
    pool = Pool(client, PS + 'Test.Mute', timeout=1)
    assert pool.reply.fault.number == TIMED_OUT, pool.reply
    until(lambda: shells_of(client) == [])


@pytest.mark.once
def test_without_pwsh_the_fault_says_what_to_install(troubled):
    server = troubled('fault w:InternalError', config=(
        'WSManShell Microsoft.PowerShell\nWSManShellPath {dir}/nothing\n'))
    with client_of(server) as client:
        pool = Pool(client)
        assert pool.reply.fault is not None, pool.reply
        assert 'install pwsh' in str(pool.reply), pool.reply
        assert pool.reply.fault.number == 2147942402
        assert shells_of(client) == []


def doomed(pool, *script):
    """A pipeline that runs the script when its Command is answered"""
    guid = uuid.uuid4()
    command = pool.pipeline('\n'.join(('input',) + script), has_input=True,
                            guid=guid)
    reply = pool.input(command, pool.cut(wire.END_OF_PIPELINE_INPUT, b'',
                                         guid))
    assert reply.fault is None, reply
    return command


@pytest.mark.once
def test_the_end_of_the_engine_is_told(troubled):
    server = troubled('dying as told|exit code 7|fault w:InternalError')
    with client_of(server) as client:
        pool = Pool(client)
        pool.take_until(wire.RUNSPACEPOOL_STATE)
        waiting = parked(pool, server, [None])[0]
        first = pool.pipeline('wait')
        second = doomed(pool, 'say x', 'die 7')
        assert outputs(pool.take_all(second)) == ['x']
        assert pool.take_all(first) == []
        reply = pool.input(None, pool.cut(wire.GET_AVAILABLE_RUNSPACES))
        assert reply.fault.number == NO_SHELL, reply
        assert waiting.result(60).fault is not None
        until(lambda: shells_of(client) == [])
        assert pool.get().fault.number == NO_SHELL
    server.stop()
    assert 'the engine has ended, with exit code 7; it said first: dying' \
        in server.read('error.log')


@pytest.mark.once
@pytest.mark.parametrize('script, why', [
    ('garbage no fragment', 'its data are no fragments'),
    ('noise <Data PSGuid="1"></Data>', 'has another form'),
    ('long 5000000', 'with a line that is too long')])
def test_an_engine_of_another_protocol_is_killed(troubled, script, why):
    server = troubled('the engine')
    with client_of(server) as client:
        pool = Pool(client)
        pool.take_until(wire.RUNSPACEPOOL_STATE)
        pool.take_all(doomed(pool, script))
        until(lambda: shells_of(client) == [])
    server.stop()
    assert why in server.read('error.log')


def test_the_engine_is_the_account(pool):
    import pwd
    said = outputs(pool.take_all(pool.pipeline(
        'whoami\nfiles\nenvironment USER')))
    assert said[0].split()[0] == str(pwd.getpwnam(ACCOUNT).pw_uid)
    # Its own listing has one more.
    assert said[1] == '0 1 2 3'
    assert said[2] == ACCOUNT


def test_what_an_engine_leaves_is_gone_with_the_shell(client):
    with Pool(client) as pool:
        child = int(outputs(pool.take_all(pool.pipeline('child')))[0])
        assert not all_gone([child])
    assert all_gone([child])


def test_input_is_checked(pool):
    reply = pool.input(None, b'no fragment')
    assert reply.fault is not None, reply
    reply = pool.input(str(uuid.uuid4()).upper(), pool.cut(
        wire.PIPELINE_INPUT, '<S>x</S>'))
    assert reply.fault is not None and reply.fault.number == 87, reply
    reply = pool.input(None, pool.cut(wire.PIPELINE_INPUT), stream='stderr')
    assert reply.fault is not None, reply
    reply = pool.command('', ['bm90aGluZw=='])
    assert reply.fault is not None, reply
    assert commands_of(pool) == []


def test_order_is_kept_over_many_sends(pool):
    guid = uuid.uuid4()
    command = pool.pipeline('input', has_input=True, guid=guid)
    for at in range(100):
        data = pool.cut(wire.PIPELINE_INPUT, wire.string(str(at)), guid)
        assert pool.input(command, data).fault is None
    assert pool.input(command, pool.cut(
        wire.END_OF_PIPELINE_INPUT, b'', guid)).fault is None
    assert outputs(pool.take_all(command)) == [
        'got %d' % at for at in range(100)]


def test_get_and_enumerate_say_what_it_is(pool, client):
    reply = pool.get(uri=RSP)
    assert reply.text('.//rsp:Shell/rsp:ResourceUri') == PWSH
    assert reply.text('.//rsp:Shell/rsp:State') == 'Connected'
    assert pool.id in shells_of(client)


@pytest.mark.parametrize('buffer', ['Block', 'Drop'])
def test_a_pipeline_goes_on_without_a_client(client, powershell, buffer):
    """More output than is kept: it waits, or the oldest is lost"""
    folder = powershell.path('left-' + buffer)
    os.mkdir(folder)
    os.chmod(folder, 0o777)
    mark, most = os.path.join(folder, 'done'), 30000
    with Pool(client, session=new_session()) as pool:
        pool.take_until(wire.RUNSPACEPOOL_STATE)
        command = pool.pipeline('count %d\ntouch %s' % (most, mark))
        assert pool.disconnect(buffer=buffer).fault is None
        assert pool.receive(command, 'stdout').fault is not None
        if buffer == 'Drop':
            until(lambda: os.path.exists(mark))
        assert pool.reconnect().fault is None
        messages = pool.take_all(command)
        assert state_of(messages) == wire.COMPLETED
        found = [int(one) for one in outputs(messages)]
        assert found == list(range(most - len(found), most))
        assert (len(found) == most) == (buffer == 'Block')
        assert os.path.exists(mark)


def new_session():
    return 'uuid:' + str(uuid.uuid4()).upper()


def test_a_connect_without_a_request_is_refused(client):
    with Pool(client, session=new_session()) as pool:
        pool.take_until(wire.RUNSPACEPOOL_STATE)
        assert pool.disconnect().fault is None
        reply = pool.connect()
        assert reply.fault is not None, reply
        assert reply.fault.number not in (None, 0, 2150859216), reply
        reply = pool.send(RSP + '/Connect', element(
            'Connect', '<connectXml>%s</connectXml>' % base64.b64encode(
                pool.cut(wire.SESSION_CAPABILITY, wire.capability()) +
                pool.cut(wire.CONNECT_RUNSPACEPOOL, '<S/>')).decode()))
        assert reply.fault is None, reply
        said = reply.findall('.//{%s}connectResponseXml' % PS.rstrip('/'))[0].text
        assert kinds(wire.Defragmenter().add(base64.b64decode(said))) == [
            wire.SESSION_CAPABILITY, wire.RUNSPACEPOOL_INIT_DATA]
