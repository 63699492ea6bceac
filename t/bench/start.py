"""start.py - a server that starts with CIM 2.41: how long, and what it costs its
children in memory.

Beside it a server that is the same but for those 1438 classes; the figures are
differences of medians."""
import glob
import os
import re
import statistics
import subprocess
import tempfile
import time
from xml.sax.saxutils import escape

import server as httpd
import wsman

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CONFIG = '''
<Location /wsman>
    SetHandler wsman
    WSManMaxEnvelopeSize 64m
</Location>
'''
AT = 'http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cim/'


def archive():
    """@return the CIM 2.41 archive, or None and where it was looked for"""
    specs = os.environ.get('WSMAN_SPECS') or os.path.join(
        os.path.dirname(ROOT), 'shared', 'specs')
    found = glob.glob(os.path.join(specs, 'cim-mof', '*.tar.xz'))
    return (found[0] if found else None), specs


def unpacked(path, folder):
    """@return the file that includes all others"""
    subprocess.run(['tar', '-xJf', path, '-C', folder], check=True)
    return glob.glob(os.path.join(folder, '**', 'CIM_Schema.mof'),
                     recursive=True)[0]


def one_text(path):
    """A MOF file with what it includes in its place."""
    with open(path, encoding='utf-8') as source:
        text = source.read()
    folder = os.path.dirname(path)
    return re.sub(r'^#pragma include *\("([^"]+)"\)',
                  lambda found: one_text(os.path.join(folder, found.group(1))),
                  text, flags=re.M)


def kilobytes(pid, names):
    with open('/proc/%d/smaps_rollup' % pid) as rollup:
        return sum(int(kb) for kb in re.findall(
            r'^(?:%s): +(\d+) kB' % names, rollup.read(), re.M))


def start(server):
    """@return seconds until it serves; private and shared kB of a child that
    has served something"""
    begin = time.monotonic()
    server.start(same_ports=server.port is not None)
    took = time.monotonic() - begin
    with wsman.Client(server.url()) as client:
        for _ in range(50):
            reply = client.get(wsman.CIM + 'Win32_OperatingSystem')
        if reply.fault is not None:
            raise RuntimeError(repr(reply))
    private = [kilobytes(pid, 'Private_Dirty|Private_Clean')
               for pid in server.children()]
    shared = [kilobytes(pid, 'Shared_Dirty|Shared_Clean')
              for pid in server.children()]
    server.stop()
    return took, max(private), max(shared)


def compile_all(server, text):
    server.start()
    with wsman.Client(server.url(), timeout=300) as client:
        name = '<r:__NAMESPACE xmlns:r="%s"><r:Name>cim</r:Name>' \
            '</r:__NAMESPACE>' % (AT.replace('root/cim', 'root') +
                                  '__NAMESPACE')
        reply = client.create(AT.replace('root/cim', 'root') + '__NAMESPACE',
                              name)
        if reply.fault is not None:
            raise RuntimeError(repr(reply))
        begin = time.monotonic()
        reply = client.invoke(
            AT + '__Repository', 'CompileMOF',
            '<m:Text>%s</m:Text>' % escape(text), extra=(
                '<w:OperationTimeout>PT300S</w:OperationTimeout>'))
        took = time.monotonic() - begin
        if reply.fault is not None or \
                reply.body.findtext('{*}ClassesMade') != '1438':
            raise RuntimeError(repr(reply))
    server.stop()
    return took


def measure(server, rounds):
    return [statistics.median(column)
            for column in zip(*[start(server) for _ in range(rounds)])]


def run(rows, rounds):
    path, where = archive()
    if path is None:
        rows.append(('start', '', '', '', '', '', '',
                     'not run: no CIM 2.41 below ' + where))
        return
    made = []

    def make(schema=()):
        made.append(httpd.Server(
            'event', CONFIG, per_child=0, log_level='warn wsman:notice',
            schema=httpd.STANDARD_SCHEMA + tuple(schema)))
        return made[-1]

    with tempfile.TemporaryDirectory(dir='/tmp') as folder:
        os.chmod(folder, 0o755)
        top = unpacked(path, folder)
        wrapper = os.path.join(folder, 'cim.mof')
        with open(wrapper, 'w') as out:
            out.write('#pragma namespace("root/cim")\n'
                      '#pragma include("%s")\n' % top)
        try:
            plain, stored, files = make(), make(), make([wrapper])
            compiled = compile_all(stored, one_text(top))
            base = measure(plain, rounds)
            for name, server in (('the store', stored), ('files', files)):
                took, private, shared = measure(server, rounds)
                rows.append(('start', '', '', '', '', '', '',
                             'CIM 2.41 from %s: %+.0f ms, %+.1f MB shared, '
                             '%+.2f MB private a child' % (
                                 name, (took - base[0]) * 1000,
                                 (shared - base[2]) / 1024,
                                 (private - base[1]) / 1024)))
            rows.append(('start', '', '', '', '', '', '',
                         'CIM 2.41 compiled by one request: %.2f s'
                         % compiled))
        finally:
            for server in made:
                server.stop()
                server.remove()
