"""The command-line client against the server: every command, every format,
filters, references, faults, authentication."""
import csv
import io
import json
import os
import subprocess

import pytest

import server as httpd
from test_cli_transport import AUTH, FAULT, OK, WSMAN
from wsman import CIM, DETAIL, NS


@pytest.fixture
def wsman(server, tmp_path, monkeypatch):
    """wsman(words, user=..., path=...): runs it, and wants it to succeed
    unless told otherwise."""
    for name in list(os.environ):
        if name.startswith('WSMAN_') and name != 'WSMAN_BUILD':
            monkeypatch.delenv(name)
    monkeypatch.setenv('HOME', str(tmp_path))

    def run(*words, path='/anon', user=None, code=OK, stdin=None):
        login = ['-u', '%s:%s' % (user, httpd.USERS[user])] if user else []
        done = subprocess.run(
            [WSMAN, '-h', server.url(path), *login, *words], input=stdin,
            stdin=None if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
            check=False)
        assert done.returncode == code, (words, done)
        run.errors = done.stderr.decode()
        return done.stdout.decode()

    return run


def as_json(wsman, *words, **how):
    return json.loads(wsman(*words, '-o', 'json', **how))


@pytest.fixture
def item(wsman, request):
    """An R_Item that is not there afterwards."""
    path = 'R_Item?Name=' + request.node.name.replace('[', '').replace(']', '')
    yield path
    wsman('delete', path, code=None) if False else None
    subprocess.run([WSMAN, '-q', '-h', wsman('identify') and ENDPOINT[0],
                    'delete', path], stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, timeout=60, check=False)


ENDPOINT = ['']


@pytest.fixture(autouse=True)
def endpoint(server):
    ENDPOINT[0] = server.url('/anon')


def name_of(path):
    return path.split('=', 1)[1]
