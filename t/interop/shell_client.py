#!/usr/bin/env python3
"""shell_client.py - runs commands with a WinRM client written in Python.

Runs in the environment of requirements.txt.  Standard input says with JSON
what to do; standard output is a list with JSON, one object for each thing that
came.  Bytes are base64.
"""
import base64
import json
import sys
from urllib.parse import urlsplit


def text(data):
    return base64.b64encode(data).decode()


def result(out, err, code):
    return {'out': text(out), 'err': text(err), 'code': code}


# ---- pywinrm

def pywinrm(job):
    """The parts of its Protocol in the order in which people use them."""
    from winrm.protocol import Protocol
    wait = job.get('operation_timeout', 20)
    protocol = Protocol(
        endpoint=job['url'], transport=job['auth'], username=job['user'],
        password=job['password'], kerberos_hostname_override='localhost',
        message_encryption=job['encryption'], operation_timeout_sec=wait,
        read_timeout_sec=wait + 10)
    shell = protocol.open_shell(**job.get('shell', {}))
    yield {'shell': shell}
    for one in job['commands']:
        command = protocol.run_command(shell, one['line'],
                                       one.get('arguments', ()),
                                       **one.get('how', {}))
        pieces = [base64.b64decode(piece) for piece in one.get('input', ())]
        for number, piece in enumerate(pieces, 1):
            protocol.send_command_input(shell, command, piece,
                                        end=number == len(pieces))
        yield result(*protocol.get_command_output(shell, command))
        protocol.cleanup_command(shell, command)
    protocol.close_shell(shell, close_session=False)
    if job.get('after_the_end'):
        protocol.run_command(shell, 'true')


def session(job):
    """pywinrm's Session: a shell for each command, and PowerShell"""
    from winrm import Session
    done = Session(job['url'], auth=(job['user'], job['password']),
                   transport=job['auth'],
                   message_encryption=job['encryption'])
    for one in job['commands']:
        if 'script' in one:
            said = done.run_ps(one['script'])
        else:
            said = done.run_cmd(one['line'], one.get('arguments', ()))
        yield result(said.std_out, said.std_err, said.status_code)


# ---- pypsrp

def pypsrp(job):
    from pypsrp.shell import Process, SignalCode, WinRS
    from pypsrp.wsman import WSMan
    where = urlsplit(job['url'])
    with WSMan(where.hostname, port=where.port, path=where.path[1:],
               ssl=False, auth=job['auth'], username=job['user'],
               password=job['password'], encryption=job['encryption'],
               negotiate_hostname_override='localhost',
               operation_timeout=job.get('operation_timeout', 20),
               read_timeout=60) as wsman, \
            WinRS(wsman, **job.get('shell', {})) as shell:
        yield {'shell': shell.id, 'owner': shell.owner,
               'state': shell._get_shell().get('State')}
        begun = []
        for one in job['commands']:
            process = Process(shell, one['line'], one.get('arguments'),
                              no_shell=one.get('no_shell', False))
            process.begin_invoke()
            begun.append((one, process))
        for one, process in begun:
            for piece in one.get('input', ()):
                process.send(base64.b64decode(piece), end=False)
            if 'input' in one:
                process.send(b'', end=True)
            if one.get('terminate'):
                process.poll_invoke()
                process.signal(SignalCode.TERMINATE)
            else:
                process.end_invoke()
                process.signal(SignalCode.TERMINATE)
            yield result(process.stdout, process.stderr, process.rc)


def main():
    job = json.load(sys.stdin)
    said = []
    try:
        for one in {'pywinrm': pywinrm, 'session': session,
                    'pypsrp': pypsrp}[job['client']](job):
            said.append(one)
    except Exception as error:  # pylint: disable=broad-except
        said.append({'error': type(error).__name__, 'text': str(error)})
    json.dump(said, sys.stdout)


main()
