"""A workspace of which nothing runs any more when its test has ended."""

import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from builder.workspace.store import Workspace
from soak.processes import processes_of

sys.path.insert(0, str(Path(__file__).parent))

from supervised import wait_for


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    opened = Workspace.open(tmp_path / "workspace")
    yield opened
    for process in processes_of(opened.folder):
        with suppress(psutil.NoSuchProcess):  # what waits for runs ends with its supervisor
            process.kill()
    wait_for(lambda: processes_of(opened.folder) == [])
    opened.close()
