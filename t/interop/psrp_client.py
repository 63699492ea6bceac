#!/usr/bin/env python3
"""psrp_client.py - uses PowerShell shells with pypsrp.

Runs in the environment of requirements.txt.  Standard input says with JSON what
to do: {"url", "user", "password", "run": a function of this file, and what
that wants}.  Standard output has what it found, or {"error": ...}.
"""
import hashlib
import json
import sys
import threading
import time
import traceback
from urllib.parse import urlsplit

from pypsrp.complex_objects import PSInvocationState, RunspacePoolState
from pypsrp.exceptions import WSManFaultError
from pypsrp.host import PSHost, PSHostUserInterface
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

NAME = {value: name for name, value in vars(PSInvocationState).items()
        if name.isupper()}
POOL = {value: name for name, value in vars(RunspacePoolState).items()
        if name.isupper()}


def connection(job):
    where = urlsplit(job['url'])
    return WSMan(where.hostname, port=where.port, path=where.path[1:],
                 ssl=False, auth='basic', username=job['user'],
                 password=job['password'], encryption='never',
                 operation_timeout=job.get('timeout', 20))


class Screen(PSHostUserInterface):
    """What a host writes, and what is typed there"""

    def __init__(self, typed=()):
        super().__init__()
        self.typed = list(typed)

    def ReadLine(self, runspace, pipeline):  # its name is pypsrp's
        return self.typed.pop(0)


def open_pool(client, job, screen=None, **how):
    host = PSHost(None, None, False, 'test', None, screen, '1.0') \
        if screen else None
    return RunspacePool(client, host=host, configuration_name=job.get(
        'configuration', 'Microsoft.PowerShell'), **how)


def run(pool, script, given=None):
    shell = PowerShell(pool)
    shell.add_script(script)
    shell.invoke(given)
    return shell


def told(shell):
    return {
        'output': shell.output, 'state': NAME[shell.state],
        'had_errors': shell.had_errors,
        'errors': [str(one) for one in shell.streams.error],
        'warnings': [one.message for one in shell.streams.warning],
        'verbose': [one.message for one in shell.streams.verbose]}


# ---- what tests ask for

def scripts(client, job):
    """Pipelines one after another in one pool"""
    screen = Screen(job.get('typed', ()))
    with open_pool(client, job, screen) as pool:
        private = pool.application_private_data.data
        found = []
        for script in job['scripts']:
            shell = run(pool, script)
            found.append(told(shell))
            if job.get('close'):
                shell.close()
        return {'pipelines': found, 'private': str(private),
                'protocol': pool.protocol_version, 'id': pool.id,
                'shell': pool.shell.id, 'screen': screen.stdout,
                'alive': pool.is_alive()}


def big(client, job):
    """Output and input of many fragments"""
    text = ''.join('%d,' % at for at in range(job['size']))[:job['size']]
    with open_pool(client, job) as pool:
        out = run(pool, 'big %d' % job['size']).output[0]
        back = run(pool, 'measure', [text[:job['size'] // 2], text]).output
        long = run(pool, 'say ' + text).output[0]
        return {'length': len(out), 'same': out == text, 'measured': back,
                'digest': hashlib.sha256(out.encode()).hexdigest(),
                'script': long == text}


def given(client, job):
    """A pipeline with input"""
    with open_pool(client, job) as pool:
        return told(run(pool, 'input', (one for one in job['given'])))


def stop(client, job):
    """Stops a pipeline, then runs another"""
    with open_pool(client, job) as pool:
        shell = PowerShell(pool)
        shell.add_script(job['script'])
        shell.begin_invoke()
        shell.poll_invoke(timeout=2)
        begun = time.monotonic()
        shell.stop()
        took = time.monotonic() - begun
        return {'took': took, 'state': NAME[shell.state],
                'next': told(run(pool, 'say again'))}


def leave(client, job):
    """Closes the pool while its pipeline runs"""
    with open_pool(client, job) as pool:
        PowerShell(pool).add_script('wait').begin_invoke()
        pid = run(pool, 'pid').output[0]
    return {'state': POOL[pool.state], 'pid': pid}


def reconnect(client, job):
    """Disconnects and comes back; the engine is the same"""
    with open_pool(client, job) as pool:
        before = run(pool, 'pid').output
        pool.disconnect()
        left = POOL[pool.state]
        alive = pool.is_alive()
        pool.state = RunspacePoolState.DISCONNECTED
        pool.connect()
        return {'before': before, 'left': left, 'alive': alive,
                'after': run(pool, 'pid').output, 'state': POOL[pool.state]}


def take_over(client, job):
    """Another client finds a pool that was left, and its pipeline"""
    pool = open_pool(client, job)
    pool.open()
    pid = run(pool, 'pid').output
    shell = PowerShell(pool)
    shell.add_script('count 3\ninput\nsay end')
    shell.begin_invoke([])
    pool.disconnect()
    client.close()
    with connection(job) as other:
        found = RunspacePool.get_runspace_pools(other)
        mine = [one for one in found if one.id == pool.id]
        assert len(mine) == 1, found
        taken = mine[0]
        taken.connect()
        try:
            left = taken.create_disconnected_power_shells()
            outputs = [one.connect() for one in left]
            return {'pid': pid, 'after': run(taken, 'pid').output,
                    'protocol': taken.protocol_version,
                    'private': str(taken.application_private_data.data),
                    'runspaces': [taken.min_runspaces, taken.max_runspaces],
                    'outputs': outputs, 'state': POOL[taken.state]}
        finally:
            taken.close()


def pool_calls(client, job):
    """Messages of the pool itself"""
    with open_pool(client, job, min_runspaces=1, max_runspaces=2) as pool:
        pool.max_runspaces = 5
        pool.min_runspaces = 2
        available = pool.get_available_runspaces()
        pool.exchange_keys()
        pool.reset_runspace_state()
        return {'available': available, 'runspaces': [
            pool.min_runspaces, pool.max_runspaces],
            'key': pool._key_exchanged}  # pylint: disable=protected-access


def beside(client, job):
    """Pipelines of one pool at the same time, each with a thread"""
    with open_pool(client, job, max_runspaces=job['count']) as pool:
        shells, failures = [], []
        for at in range(job['count']):
            one = PowerShell(pool)
            one.add_script('count 50\nbig 50000\nsay %d' % at)
            one.begin_invoke()
            shells.append(one)

        def finish(one):
            try:
                one.end_invoke()
            except Exception as error:  # pylint: disable=broad-except
                failures.append(repr(error))

        threads = [threading.Thread(target=finish, args=[one])
                   for one in shells]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return {'failures': failures, 'sizes': [
            len(one.output) for one in shells], 'last': [
            one.output[-1] for one in shells]}


def fault(client, job):
    """A pool that cannot be opened"""
    try:
        open_pool(client, job).open()
    except WSManFaultError as error:
        return {'code': error.code, 'message': str(error)}
    return {'code': 0}


def main():
    job = json.load(sys.stdin)
    try:
        with connection(job) as client:
            found = globals()[job['run']](client, job)
    except Exception as error:  # pylint: disable=broad-except
        found = {'error': '%s: %s' % (type(error).__name__, error),
                 'where': traceback.format_exc()}
    print(json.dumps(found))


main()
