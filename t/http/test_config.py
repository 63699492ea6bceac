"""Configurations that are refused, each with words that help."""
import pytest

PLAIN = '<Location /wsman>\nSetHandler wsman\n</Location>\n'
HELLO = 'hello {build}/providers/hello.so'
SCHEMA = ('{root}/schemas/wsman.mof', '{root}/providers/hello/hello.mof')


def refused(make_server, config, **arguments):
    one = make_server(config, start=False, **arguments)
    code, said = one.check_config()
    if code == 0:
        # What httpd -t does not see must be told when it starts.
        one.expect('.')
        try:
            one.start()
        except RuntimeError as told:
            return str(told)
        raise AssertionError('it was taken')
    return said


def written(folder, name, text):
    path = folder / name
    path.write_text(text)
    path.chmod(0o644)
    return str(path)


def test_good_one(make_server):
    one = make_server(PLAIN, start=False)
    code, said = one.check_config()
    assert code == 0, said


@pytest.mark.parametrize('line,words', [
    ('WSManMaxEnvelopeSize none', 'WSManMaxEnvelopeSize'),
    ('WSManMaxEnvelopeSize 100', 'WSManMaxEnvelopeSize'),
    ('WSManOperationTimeout never', 'WSManOperationTimeout'),
    ('WSManMaxElements 0', 'WSManMaxElements'),
    ('WSManMaxElements -5', 'WSManMaxElements'),
    ('WSManEnumerationTimeout x', 'WSManEnumerationTimeout'),
    ('WSManIdentify Sometimes', 'WSManIdentify'),
    ('WSManStore mysql', 'WSManStore'),
    ('WSManSid', 'WSManSid'),
    ('WSManSid S-2-1 user admin', "'S-2-1'"),
    ('WSManSid DA user admin', "'DA'"),
    ('WSManSid BA', "'user'"),
    ('WSManSid BA group admins', "'user'"),
    ('WSManSid BA user', 'user needs names'),
    ('WSManSid BA expr', 'expr needs'),
    ('WSManSid BA expr "%{"', 'WSManSid'),
    ('WSManUnixAccounts Maybe', 'WSManUnixAccounts'),
    ('WSManNamespace', 'WSManNamespace'),
    ('WSManProvider hello', 'WSManProvider'),
])
def test_bad_value(make_server, line, words):
    said = refused(make_server, line + '\n' + PLAIN)
    assert words in said


@pytest.mark.parametrize('line', [
    'WSManProvider x y.so', 'WSManStateDir /tmp', 'WSManStore memory'])
def test_global_only(make_server, line):
    """Global directives refuse other places."""
    said = refused(make_server, '<Location /wsman>\nSetHandler wsman\n%s\n'
                   '</Location>\n' % line)
    assert line.split()[0] in said


def test_missing_schema_file(make_server):
    said = refused(make_server, PLAIN, schema=('/nonexistent/a.mof',))
    assert '/nonexistent/a.mof' in said


def test_error_in_a_schema_file(make_server, tmp_path):
    """File, line, column and what was expected."""
    path = written(tmp_path, 'bad.mof', 'class A_B {\n  uint32 X\n};\n')
    said = refused(make_server, PLAIN,
                   schema=SCHEMA[:1] + (path,), providers=())
    assert 'bad.mof:3:' in said or 'bad.mof:2:' in said
    assert 'expected' in said


def test_missing_provider(make_server):
    said = refused(make_server, PLAIN, schema=SCHEMA,
                   providers=('x /nonexistent/x.so',))
    assert '/nonexistent/x.so' in said


def test_provider_that_is_none(make_server):
    """A shared object without our symbol."""
    from server import MODULES
    said = refused(make_server, PLAIN, schema=SCHEMA, providers=(
        'x %s/mod_alias.so' % MODULES,))
    assert 'wsman_provider' in said or 'x' in said


def test_two_providers_for_a_class(make_server):
    said = refused(make_server, PLAIN, schema=SCHEMA,
                   providers=(HELLO, HELLO.replace('hello ', 'again ')))
    assert 'two providers' in said or 'again' in said


def test_two_providers_of_one_name(make_server):
    said = refused(make_server, PLAIN, schema=SCHEMA,
                   providers=(HELLO, HELLO))
    assert 'hello' in said


def test_provider_of_an_undeclared_class(make_server):
    said = refused(make_server, PLAIN, schema=SCHEMA[:1], providers=(HELLO,))
    assert 'MOF' in said


def test_state_folder_that_is_not_there(make_server):
    said = refused(make_server, 'WSManStateDir /nonexistent/state\n' + PLAIN)
    assert '/nonexistent/state' in said


def test_chroot_is_refused(make_server):
    said = refused(make_server, 'ChrootDir /tmp\n' + PLAIN)
    assert 'ChrootDir' in said


@pytest.mark.parametrize('section', [
    '<WSManResource>\nRequire all granted\n</WSManResource>',
    '<WSManResource "*" Fly>\n</WSManResource',
    '<WSManResource "*"\nRequire all granted\n</WSManResource>',
    '<WSManResource "*"> Get\nRequire all granted\n</WSManResource>',
    '<WSManResource "*">\nWSManMaxElements 4\n</WSManResource>',
    '<WSManResource "*">\nSetHandler wsman\n</WSManResource>',
])
def test_bad_section(make_server, section):
    said = refused(make_server, '<Location /wsman>\nSetHandler wsman\n%s\n'
                   '</Location>\n' % section)
    assert 'WSManResource' in said


def test_in_htaccess_nothing_is_taken(make_server):
    """The directives are the administrator's, not a user's."""
    one = make_server(PLAIN + '<Directory {dir}/htdocs>\nAllowOverride All\n'
                      '</Directory>\n')
    import os
    from wsman import Client
    path = one.path('htdocs', '.htaccess')
    with open(path, 'w') as access:
        access.write('WSManMaxEnvelopeSize 100000\n')
    os.chmod(path, 0o644)
    one.expect('htaccess')
    with Client(one.url('/plain.txt')) as client:
        assert client.post(None, method='GET').status == 500


def test_module_without_endpoint(make_server):
    """Loaded and unused it is in nobody's way."""
    one = make_server('')
    from wsman import IDENTIFY, Client
    with Client(one.url('/plain.txt')) as client:
        assert client.post(None, method='GET').status == 200
        assert client.post(IDENTIFY, path='/wsman').status in (404, 405)


def test_server_settings_reach_endpoints(make_server):
    """A limit set for the server holds in a vhost and a Location, and a
    Location's own comes before it."""
    from wsman import CIM, Client, items
    one = make_server('''
WSManMaxElements 4
<Location /a>
    SetHandler wsman
</Location>
<Location /b>
    SetHandler wsman
    WSManMaxElements 6
</Location>
<Location /b/c>
    SetHandler wsman
    WSManMaxEnvelopeSize 100000
</Location>
''')
    for path, count in (('/a', 4), ('/b', 6), ('/b/c', 6)):
        with Client(one.url(path)) as client:
            reply = client.enumerate(CIM + 'T_Many', optimize=100)
            assert len(items(reply)) == count, path
