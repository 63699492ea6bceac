#!/usr/bin/env python3
"""winrm_client.py - asks a server for instances with a WinRM client.

Runs in the environment of requirements.txt.  Standard input says with JSON
what to do, standard output what came: {"replies": [...]} or {"error": ...}.
"""
import json
import sys

CIM = 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/'


def pywinrm(job):
    from winrm.protocol import Protocol
    protocol = Protocol(
        endpoint=job['url'], transport=job['auth'], username=job['user'],
        password=job['password'], message_encryption=job['encryption'],
        kerberos_hostname_override='localhost', service=job['service'],
        cert_pem=job.get('certificate'), cert_key_pem=job.get('key'),
        server_cert_validation='ignore', read_timeout_sec=70)
    for text in job['messages']:
        reply = protocol.send_message(text)
        yield reply if isinstance(reply, str) else reply.decode()


def pypsrp(job):
    from urllib.parse import urlsplit
    from xml.etree import ElementTree
    from pypsrp.wsman import SelectorSet, WSMan
    where = urlsplit(job['url'])
    client = WSMan(where.hostname, port=where.port, path=where.path[1:],
                   ssl=where.scheme == 'https', auth=job['auth'],
                   username=job['user'], password=job['password'],
                   encryption=job['encryption'], cert_validation=False,
                   negotiate_hostname_override='localhost',
                   negotiate_service=job['service'],
                   negotiate_send_cbt=job.get('binding', True),
                   certificate_pem=job.get('certificate'),
                   certificate_key_pem=job.get('key'))
    with client:
        for number in job['numbers']:
            selectors = SelectorSet()
            selectors.add_option('Id', str(number))
            body = client.get(CIM + 'T_List', selector_set=selectors)
            yield ElementTree.tostring(body, encoding='unicode')


def main():
    job = json.load(sys.stdin)
    replies = []
    try:
        for reply in {'pywinrm': pywinrm, 'pypsrp': pypsrp}[
                job['client']](job):
            replies.append(reply)
    except Exception as error:  # pylint: disable=broad-except
        print(json.dumps({'replies': replies, 'error': '%s: %s' % (
            type(error).__name__, error)}))
        return
    print(json.dumps({'replies': replies}))


main()
