"""wsmanctl: on the store, with and without httpd, and at an endpoint."""
import csv
import io
import json
import os
import re
import sqlite3
import stat
import subprocess

import pytest

import server as httpd
import wsman

CTL = os.path.join(httpd.BUILD, 'wsmanctl')

PLACE = '''
<Location /wsman>
    SetHandler wsman
    WSManSid BA expr true
</Location>
'''

MOF = '''
Qualifier Mine : string = null, Scope(any), Flavor(Restricted);
[Mine("a \\"quoted\\" <text> & more")]
class A_Base { [Key] string Id; uint32 Size = 5; };
class A_Item : A_Base { string Names[]; datetime When; boolean Is; };
[Association] class A_Link { [Key] A_Base REF One; [Key] A_Base REF Two; };
instance of A_Link { One = "A_Item.Id=\\"a\\""; Two = "A_Item.Id=\\"b\\""; };
instance of A_Item { Id = "a"; Names = {"x", "<y>", "\\x00e4"}; };
instance of A_Item { Id = "b"; Size = NULL; Is = true;
    When = "20261121080000.000000+060"; };
'''


class Tool:
    """wsmanctl for a server: ctl(...) on its store, ctl.at(...) at its
    endpoint.  They return output, errors."""

    def __init__(self, server, secret):
        self.server = server
        self.secret = secret

    def run(self, *words, code=0, text=None):
        env = dict(os.environ, LC_ALL='C.UTF-8', HOME='/nonexistent')
        for name in ('WSMAN_STATE_DIR', 'WSMAN_ENDPOINT', 'WSMAN_USER',
                     'NETRC'):
            env.pop(name, None)
        # Every provider exports a symbol of the same name.
        env['ASAN_OPTIONS'] = 'detect_leaks=0:detect_odr_violation=0'
        done = subprocess.run([CTL, *words], env=env, check=False,
                              input=(text or '').encode(), timeout=120,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = done.stdout.decode(), done.stderr.decode()
        assert 'Sanitizer' not in err and 'runtime error' not in err, err
        assert done.returncode == code, (done.returncode, out, err)
        return out, err

    def __call__(self, *words, **how):
        return self.run('--state-dir', self.server.path('state'), *words,
                        **how)

    def at(self, *words, path='/wsman', user=None, **how):
        who = ['-u', user, '--password-file', self.secret] if user else []
        return self.run('--url', self.server.url(path), *who, *words, **how)

    def file(self, name, text):
        path = self.server.path(name)
        with open(path, 'w') as made:
            made.write(text)
        return path


@pytest.fixture
def make_tool(make_server, tmp_path):
    def make(config=PLACE, **arguments):
        secret = tmp_path / 'password'
        secret.write_text(httpd.USERS['alice'] + '\n')
        return Tool(make_server(config, **arguments), str(secret))
    return make


@pytest.fixture
def tool(make_tool):
    return make_tool()


@pytest.fixture
def bare(make_tool):
    """Without classes of the server."""
    return make_tool(schema=(), providers=())


def database(tool):
    return sqlite3.connect(tool.server.path('state', 'wsman.db'))


def both(tool):
    return [tool, tool.at]


# ---- the command line

@pytest.mark.parametrize('words', [
    [], ['nonsense'], ['--nonsense', 'check'], ['compile'], ['class'],
    ['class', 'A', 'B'], ['query'], ['export', 'more'], ['check', 'more'],
    ['--classes-only', '--instances-only', 'export'],
    ['--all', '-n', 'root', 'export'], ['-o', 'nonsense', 'classes'],
    ['--limit', '0', 'query', 'x'], ['--namespace'],
    ['--url', 'ftp://x', 'classes'], ['--url', 'x', '--state-dir', 'y', 'class'],
    ['--url', 'x', 'check'], ['--url', 'x', 'providers'],
    ['--url', 'x', 'compile', 'a', 'b'], ['compile', '/nonexistent.mof'],
    ['--endpoint', 'none', 'classes'], ['--repository', 'none', 'classes'],
])
@pytest.mark.once
def test_bad_command_lines(tool, words):
    _, err = tool.run('--state-dir', tool.server.path('state'), *words, code=2) \
        if '--url' not in words else tool.run(*words, code=2)
    assert err.startswith('wsmanctl: ') and err.count('\n') < 4


@pytest.mark.once
def test_help_and_version():
    tool = Tool(None, None)
    out, _ = tool.run('--help')
    for word in ('compile', 'export', 'namespaces', 'classes', 'class',
                 'query', 'providers', 'check', '--dry-run', '--state-dir'):
        assert word in out
    out, _ = tool.run('--version')
    assert re.fullmatch(r'wsmanctl [0-9.]+\n', out)


@pytest.mark.once
def test_there_is_no_state(tmp_path):
    tool = Tool(None, None)
    _, err = tool.run('--state-dir', str(tmp_path), 'classes', code=1)
    assert 'manifest' in err and 'httpd writes it' in err


@pytest.mark.once
def test_nobody_answers():
    _, err = Tool(None, None).run('--url', 'http://127.0.0.1:1/', 'classes',
                                  code=3)
    assert 'connect' in err


# ---- the manifest

def test_manifest_is_private(make_tool):
    tool = make_tool(providers=(
        'many {build}/t/http/many_provider.so count=1000 secret=Hush',),
        schema=('{here}/test.mof',))
    path = tool.server.path('state', 'wsman.manifest')
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert os.stat(path).st_uid == os.getuid()
    with open(path) as manifest:
        assert 'Hush' not in manifest.read()


@pytest.mark.parametrize('mode', [0o640, 0o604, 0o602])
def test_manifest_of_others_is_refused(tool, mode):
    os.chmod(tool.server.path('state', 'wsman.manifest'), mode)
    for command in ('classes', 'check', 'providers'):
        _, err = tool(command, code=1)
        assert 'restart httpd' in err


@pytest.mark.skipif(os.getuid() != 0, reason='only root can give files away')
def test_manifest_of_the_children_is_refused(tool):
    os.chown(tool.server.path('state', 'wsman.manifest'), 65534, -1)
    _, err = tool('providers', code=1)
    assert 'belongs to another user' in err


# ---- compile

def test_compiled_is_there_at_once(tool):
    path = tool.file('a.mof', MOF)
    with wsman.Client(tool.server.url('/wsman'), None, None) as client:
        assert client.send  # the children run
        tool('compile', path)
        out, _ = tool.at('query', 'SELECT * FROM A_Base', '-o', 'json')
    assert [one['Id'] for one in json.loads(out)] == ['a', 'b']


@pytest.mark.parametrize('where', [0, 1])
def test_compile_says_what_it_did(bare, where):
    run = both(bare)[where]
    path = bare.file('a.mof', MOF)
    made = ('namespaces: 0 made\nqualifiers: 1 made\n'
            'classes: 3 made, 0 changed, 0 the same\n'
            'instances: 3 made, 0 changed, 0 the same\n')
    out, _ = run('compile', '--dry-run', path)
    assert out == made + 'dry run: nothing was changed\n'
    assert run('classes')[0] == ''
    assert run('compile', path)[0] == made
    out, _ = run('compile', path, '-o', 'json')
    assert json.loads(out) == {
        'NamespacesMade': '0', 'QualifiersMade': '0', 'ClassesMade': '0',
        'ClassesChanged': '0', 'ClassesSame': '3', 'InstancesMade': '0',
        'InstancesChanged': '0', 'InstancesSame': '3'}
    out, _ = run('compile', '-', text='class A_Base { [Key] string Id; '
                 'uint32 Size = 6; };')
    assert 'classes: 0 made, 1 changed, 0 the same' in out


def test_compile_without_httpd(bare):
    bare.server.stop()
    bare('compile', bare.file('a.mof', MOF))
    bare.server.start(same_ports=True)
    assert bare.at('classes')[0] == 'A_Base\nA_Item\nA_Link\n'


@pytest.mark.parametrize('where', [0, 1])
def test_errors_have_their_place(bare, where):
    run = both(bare)[where]
    inner = bare.file('inner.mof', 'class B {\n  [Key] strin Id; };\n')
    outer = bare.file('outer.mof',
                      'class A { [Key] string Id; };\n\n'
                      '#pragma include ("inner.mof")\n')
    _, err = run('compile', outer, code=1)
    assert err.startswith(inner + ':2:9: ')
    assert err.endswith('wsmanctl: compile: nothing was changed\n')
    bare.file('inner.mof', 'class B { [Key] string Id; };\n')
    outer = bare.file('outer.mof', '\n/* #pragma include ("none") */\n'
                      '#pragma include ("inner.mof") class A : B { x y; };\n')
    _, err = run('compile', outer, code=1)
    assert err.startswith(outer + ':3:45: ')
    _, err = run('compile', '-', code=1, text='clas A { };')
    assert err.startswith('<stdin>:1:1: ')
    assert run('classes')[0] == ''


@pytest.mark.parametrize('where', [0, 1])
def test_includes(bare, where):
    run = both(bare)[where]
    bare.file('one.mof', '\ufeffclass A_One { [Key] string Id; };')
    bare.file('two.mof', '#pragma include ("one.mof")\n'
              'class A_Two : A_One { };#pragma include("three.mof")')
    bare.file('three.mof', '// the end')
    run('compile', bare.server.path('two.mof'))
    assert run('classes')[0] == 'A_One\nA_Two\n'


@pytest.mark.parametrize('text, why', [
    ('#pragma include ("none.mof")', 'none.mof'),
    ('#pragma include ("self.mof")', 'too deep'),
    ('#pragma include ("/")', '/')])
def test_bad_includes(bare, text, why):
    path = bare.file('self.mof', text)
    for run in both(bare):
        _, err = run('compile', path, code=2)
        assert 'self.mof:1: ' in err and why in err


def test_utf16_is_refused(bare):
    path = bare.server.path('a.mof')
    with open(path, 'wb') as made:
        made.write('class A { };'.encode('utf-16'))
    _, err = bare('compile', path, code=2)
    assert 'UTF-16' in err


@pytest.mark.parametrize('where', [0, 1])
def test_files_begin_where_the_first_does(bare, where):
    run = both(bare)[where]
    one = bare.file('one.mof', '#pragma namespace("root/a")\n'
                    'class A_One { [Key] string Id; };')
    two = bare.file('two.mof', 'class A_Two { [Key] string Id; };')
    run('compile', '-n', 'root/cimv2', one, two, code=1)
    run('compile', '--make-namespaces', '-n', 'root/cimv2', one, two)
    assert run('classes', '-n', 'root/a')[0] == 'A_One\n'
    assert run('classes', '-n', 'root/cimv2')[0] == 'A_Two\n'


def test_all_or_nothing(bare):
    path = bare.file('a.mof', MOF + 'instance of A_Item { Size = 3; };')
    for run in both(bare):
        run('compile', path, code=1)
        assert run('classes')[0] == ''


def test_what_the_server_declares_stays(tool):
    _, err = tool('compile', '-', code=1, text='class T_List { [Key] string '
                  'Other; };')
    assert 'T_List' in err and 'nothing was changed' in err


def test_too_large_for_an_endpoint(make_tool):
    tool = make_tool('<Location /wsman>\nSetHandler wsman\n'
                     'WSManMaxEnvelopeSize 20000\n</Location>\n')
    path = tool.file('a.mof', '// %s\nclass A_Large { [Key] string Id; };\n' %
                     ('x' * 30000))
    _, err = tool.at('compile', path, code=1)
    assert 'WSManMaxEnvelopeSize' in err and 'without --url' in err
    tool('compile', path)


def test_files_stay_the_childrens(bare):
    """As root it becomes their user; what only root can read it reads before.
    """
    path = bare.file('a.mof', MOF)
    os.chmod(path, 0o600)
    before = {name: os.stat(bare.server.path('state', name)).st_uid
              for name in os.listdir(bare.server.path('state'))}
    bare('compile', path)
    owner = os.stat(bare.server.path('state')).st_uid
    for name in os.listdir(bare.server.path('state')):
        uid = os.stat(bare.server.path('state', name)).st_uid
        assert uid == before.get(name, owner), name
    bare.at('compile', '-', text='class C_One { [Key] string Id; };')
    bare('check')


# ---- namespaces, classes, class

def test_namespaces(bare):
    standard = ['root', 'root/cimv2', 'root/interop', 'root/StandardCimv2']
    for run in both(bare):
        assert run('namespaces')[0].split('\n')[:-1] == standard
    bare('compile', '--make-namespaces', '-', text=''
         '#pragma namespace("root/b/c")\nclass A { [Key] string Id; };')
    for run in both(bare):
        out = run('namespaces')[0].split('\n')[:-1]
        assert out == ['root', 'root/b', 'root/b/c'] + standard[1:]
        out, _ = run('namespaces', '-o', 'json')
        assert {'Name': 'root/b/c'} in json.loads(out)
        run('classes', '-n', 'root/none', code=1)


def test_classes(bare):
    bare('compile', bare.file('a.mof', MOF))
    for run in both(bare):
        assert run('classes')[0] == 'A_Base\nA_Item\nA_Link\n'
        rows = list(csv.DictReader(io.StringIO(run('classes', '-o', 'csv')[0])))
        assert [row['Superclass'] for row in rows] == ['', 'A_Base', '']
        assert [row['Association'] for row in rows] == ['false', 'false',
                                                        'true']
        out, _ = run('class', 'a_item')
        assert out.startswith('class A_Item : A_Base\n')
        assert 'class A_Base' not in out
        _, err = run('class', 'A_None', code=1)
        assert 'There is no class A_None in root/cimv2' in err


# ---- export

def test_export_compiles_back_to_the_same(bare, make_tool):
    bare('compile', bare.file('a.mof', MOF))
    bare('compile', '--make-namespaces', '-', text=''
         '#pragma namespace("root/b/c")\nclass A_Far { [Key] uint8 n; };\n'
         'instance of A_Far { n = 3; };')
    whole, _ = bare('export', '--all')
    assert whole.count('#pragma namespace') == 6
    assert bare.at('export', '--all')[0] == whole
    second = make_tool(schema=(), providers=())
    second('compile', '--make-namespaces', '-', text=whole)
    assert second('export', '--all')[0] == whole
    third = make_tool(schema=(), providers=())
    third.at('compile', '--make-namespaces', '-', text=whole)
    assert third.at('export', '--all')[0] == whole
    out, _ = bare('compile', '-', text=whole)
    assert ' 0 made, 0 changed, 4 the same' in out
    assert ' 0 made, 0 changed, 4 the same' in out.split('instances')[1]


def test_export_of_many(make_tool):
    """In pages, each after the other."""
    tool = make_tool('<Location /wsman>\nSetHandler wsman\n'
                     'WSManMaxEnvelopeSize 20000\n</Location>\n', schema=(),
                     providers=())
    tool('compile', '-', text='class A { [Key] uint32 n; string Text; };\n' +
         ''.join('instance of A { n = %d; Text = "<&>%s"; };\n' % (n, 'x' * 50)
                 for n in range(3000)))
    whole, _ = tool('export')
    assert whole.count('instance of A') == 3000
    assert len(set(re.findall(r'n = (\d+)', whole))) == 3000
    assert tool.at('export')[0] == whole
    assert tool.at('export', '--max-envelope-size', '9000')[0] == whole


def test_export_of_what_is_larger_than_a_page(make_tool):
    tool = make_tool('<Location /wsman>\nSetHandler wsman\n'
                     'WSManMaxEnvelopeSize 20000\n</Location>\n', schema=(),
                     providers=())
    tool('compile', '-', text='class A { [Key] uint32 n; string Text; };\n'
         'instance of A { n = 1; Text = "%s"; };' % ('x' * 30000))
    _, err = tool.at('export', code=1)
    assert 'larger' in err
    assert 'x' * 30000 in tool('export')[0]


def test_parts_of_an_export(tool):
    tool('compile', tool.file('a.mof', MOF))
    for run in both(tool):
        out, _ = run('export', '--classes-only')
        assert 'instance of' not in out and 'class T_List' in out
        assert 'class __' not in out
        out, _ = run('export', '--classes-only', '--own')
        assert re.findall(r'^class (\w+)', out, re.M) == ['A_Base', 'A_Item',
                                                          'A_Link']
        assert re.findall(r'^Qualifier (\w+)', out, re.M) == ['Mine']
        out, _ = run('export', '--instances-only')
        assert 'class ' not in out and out.count('instance of A_Item') == 2
        _, err = run('export', '-n', 'root/none', code=1)
        assert 'root/none' in err


def test_export_shows_nobody_more_than_he_may_see(make_tool):
    tool = make_tool('''
<Location /wsman>
    SetHandler wsman
    AuthType Basic
    AuthName WSMAN
    AuthBasicProvider file
    AuthUserFile {dir}/htpasswd
    Require valid-user
    <WSManResource "*/A_Item">
        Require user admin
    </WSManResource>
</Location>
''', schema=(), providers=(), expect=['AH01631', 'AH01617'])
    tool('compile', tool.file('a.mof', MOF))
    _, err = tool.at('export', user='alice', code=1)
    assert 'AccessDenied' in err
    out, _ = tool.at('export', '--classes-only', user='alice')
    assert 'class A_Item' in out
    _, err = tool.at('export', user='bob', code=4)
    assert 'authentication' in err


# ---- query

def test_query(bare):
    bare('compile', bare.file('a.mof', MOF))
    for query in ('SELECT * FROM A_Base', 'SELECT Id, Names FROM A_Item',
                  'SELECT * FROM A_Item WHERE Id = "b"',
                  'ASSOCIATORS OF {A_Item.Id="a"}',
                  'REFERENCES OF {A_Item.Id="a"}'):
        for form in ('text', 'json', 'csv'):
            out, _ = bare('query', query, '-o', form)
            assert bare.at('query', query, '-o', form)[0] == out
            assert 'b' in out
    out, _ = bare('query', 'SELECT * FROM A_Base', '--limit', '1', '-o', 'json')
    assert len(json.loads(out)) == 1
    for run in both(bare):
        run('query', 'SELECT * FROM A_None', code=1)
        run('query', 'SELEC', code=1)
        run('query', '-n', 'root/none', 'SELECT * FROM A_Base', code=1)


def test_query_of_what_a_provider_serves(tool):
    _, err = tool('query', 'SELECT * FROM T_List', code=1)
    assert 'provider test' in err and '--url' in err
    assert 'T_List' in tool.at('query', 'SELECT * FROM T_List')[0]


def test_changes_in_httpd_are_seen(bare):
    bare.at('compile', bare.file('a.mof', MOF))
    assert bare('query', 'SELECT Id FROM A_Base', '-o', 'csv')[0] == \
        'Id\r\na\r\nb\r\n'


# ---- which repository

TWO = PLACE + '''
<Location /other>
    SetHandler wsman
    WSManRepository other
</Location>
'''


def test_which_repository(make_tool):
    tool = make_tool(TWO, schema=(), providers=())
    _, err = tool('classes', code=2)
    assert 'repository other' in err and '--endpoint localhost' in err
    tool('compile', '--repository', 'other', '-',
         text='class A_Other { [Key] string Id; };')
    assert tool('classes', '--repository', 'other')[0] == 'A_Other\n'
    assert tool('classes', '--repository', 'default')[0] == ''
    one = re.search(r'--endpoint (\S+/other)', err).group(1)
    assert tool('classes', '--endpoint', one)[0] == 'A_Other\n'
    assert tool.at('classes', path='/other')[0] == 'A_Other\n'
    tool('check')


def test_memory_store(make_tool):
    tool = make_tool(store='memory')
    for command in ('classes', 'export'):
        _, err = tool(command, code=1)
        assert '--url' in err
    tool('check')
    assert 'T_List' in tool.at('classes')[0]


# ---- providers

def test_providers(tool):
    out, _ = tool('providers', '-o', 'json')
    rows = {row['Name']: row for row in json.loads(out)}
    assert set(rows) == {'linux', 'hello', 'test', 'many'}
    assert rows['hello']['Classes'] == 'Hello_World'
    assert rows['hello']['File'].endswith('hello.so')
    assert all(row['Fault'] is None for row in rows.values())
    assert 'Hello_World' in tool('providers')[0]


def test_a_provider_that_is_another_now(make_tool):
    tool = make_tool(schema=('{root}/providers/hello/hello.mof',),
                     providers=('hello {dir}/hello.so',), start=False)
    with open(os.path.join(httpd.BUILD, 'providers/hello.so'), 'rb') as good:
        content = good.read()

    def put(content):
        path = tool.server.path('hello.so')
        if os.path.exists(path):
            os.unlink(path)
        with open(path, 'wb') as made:
            made.write(content)

    put(content)
    tool.server.start()
    tool('check')
    put(content[:100])
    row = json.loads(tool('providers', '-o', 'json')[0])[0]
    assert 'cannot be loaded' in row['Fault']
    out, _ = tool('check', code=1)
    assert out.startswith('provider hello: ')
    with open(os.path.join(httpd.BUILD, 'providers/linux.so'), 'rb') as other:
        put(other.read())
    row = json.loads(tool('providers', '-o', 'json')[0])[0]
    assert 'restart httpd' in row['Fault']
    put(content)


# ---- check

def test_check_finds_nothing(tool):
    tool('compile', tool.file('a.mof', MOF))
    out, err = tool('check')
    assert re.fullmatch(r'\d+ instances of \d+ classes, 0 findings\n', out)
    assert err == '' and tool('check', '-q')[0] == ''
    assert json.loads(tool('check', '-o', 'json')[0]) == []
    tool.server.stop()
    tool('check')


def findings(tool):
    out, err = tool('check', '-o', 'json', code=1)
    rows = json.loads(out)
    assert '%d findings' % len(rows) in err
    return [(row['About'], row['Finding']) for row in rows]


def test_check_files(tool):
    key = tool.server.path('state', 'wsman.key')
    store = tool.server.path('state', 'wsman.db')
    os.chmod(key, 0o644)
    assert findings(tool) == [(key, 'is open to others: chmod 600 ' + key)]
    os.chmod(key, 0o600)
    os.chmod(store, 0o660)
    assert findings(tool) == [(store, 'is open to others: chmod 600 ' + store)]
    os.chmod(store, 0o600)
    os.chmod(tool.server.path('state'), 0o777)
    assert 'chmod 700' in findings(tool)[0][1]
    os.chmod(tool.server.path('state'), 0o700)
    os.rename(key, key + '.away')
    assert findings(tool)[0][0] == key
    os.rename(key + '.away', key)
    tool('check')


def test_check_classes(make_tool):
    tool = make_tool(schema=('{dir}/a.mof',), providers=(), start=False)
    tool.file('a.mof', 'class A_One { [Key] string Id; };')
    tool.server.start()
    tool('compile', '-', text='class A_Two : A_One { string x; };'
         'instance of A_Two { Id = "1"; x = "y"; };')
    tool('check')
    tool.file('a.mof', 'class A_One { [Key] strin Id; };')
    about, finding = findings(tool)[0]
    assert about == 'classes' and 'a.mof:1:21' in finding
    tool.file('a.mof', 'class A_Zero { [Key] string Id; };')
    found = findings(tool)
    assert ('definitions' in [about for about, _ in found])
    assert [finding for about, finding in found
            if about == 'default root/cimv2:a_two'][0].startswith('1 instances')
    tool.file('a.mof', 'class A_One { [Key] string Id; };')


def test_check_records(bare):
    bare('compile', bare.file('a.mof', MOF))
    bare.server.stop()
    with database(bare) as store:
        store.execute("UPDATE wsman_record SET data = replace(data, "
                      "'>b<', '>c<') WHERE class = 'a_item'")
        store.execute("UPDATE wsman_record SET data = '<broken' WHERE key "
                      "LIKE '%\"a\"%' AND class = 'a_item'")
        store.execute("INSERT INTO wsman_link SELECT repository, ns, class, "
                      "key || 'x', role, target FROM wsman_link LIMIT 1")
        store.execute("INSERT INTO wsman_record SELECT 'gone', ns, class, key, "
                      "data, folded_key FROM wsman_record LIMIT 1")
    store.close()
    found = findings(bare)
    abouts = [about for about, _ in found]
    assert 'root/cimv2:a_item.id="a"' in abouts
    assert 'root/cimv2:a_item.id="b"' in abouts
    texts = ' '.join(finding for _, finding in found)
    assert 'Line 1' in texts and 'keys are others' in texts
    assert '1 references of instances that are not there' in texts
    assert 'no endpoint has' in texts
    bare('export', code=1)


def test_check_a_broken_file(bare):
    bare('compile', bare.file('a.mof', MOF))
    bare.server.stop()
    path = bare.server.path('state', 'wsman.db')
    with database(bare) as store:
        store.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    store.close()
    with open(path, 'r+b') as store:
        size = store.seek(0, 2)
        store.seek(8192)
        store.write(b'\x55' * (size - 8192))
    found = findings(bare)
    assert found and all(about for about, _ in found)


def test_check_without_store(bare):
    bare.server.stop()
    os.unlink(bare.server.path('state', 'wsman.db'))
    found = findings(bare)
    assert any('restart' in finding for _, finding in found)
    _, err = bare('classes', code=1)
    assert 'restart' in err


def test_no_password_is_shown(bare):
    """A manifest as it is with a database server that does not answer."""
    path = bare.server.path('state', 'wsman.manifest')
    with open(path) as manifest:
        text = manifest.read()
    with open(path, 'w') as manifest:
        manifest.write(re.sub(
            '^store\t.*$', 'store\tpgsql:host=127.0.0.1 port=1 user=u '
            'password=Hush', text, flags=re.M))
    for command in ('classes', 'export', 'check', 'namespaces'):
        out, err = bare(command, code=1)
        assert 'Hush' not in out + err
        assert 'store' in out + err or 'driver' in out + err
