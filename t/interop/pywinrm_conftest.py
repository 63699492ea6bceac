"""conftest.py of pywinrm's own integration tests, when they are run here: its
own wants more than they use."""
import os

import pytest
from winrm.protocol import Protocol


@pytest.fixture(scope='module')
def protocol_real():
    return Protocol(endpoint=os.environ['WINRM_ENDPOINT'],
                    username=os.environ['WINRM_USERNAME'],
                    password=os.environ['WINRM_PASSWORD'],
                    operation_timeout_sec=5, read_timeout_sec=7)
