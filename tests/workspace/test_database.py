import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from builder.workspace.errors import WorkspaceUnusable
from builder.workspace.rows import RunReader, RunWriter, Series
from builder.workspace.store import Workspace

LOSS = Series(id=0, quantity="loss", subject="train", family="scalar")

# Only after its imports: the interpreter itself may lie where strangers cannot look.
BECOME_STRANGER = """
import os
if os.geteuid() == 0:
    os.setuid(65534)
"""
READ = f"""
import sys
from builder.workspace.rows import RunReader
{BECOME_STRANGER}
print(RunReader(sys.argv[1]).read([0]).mean.ravel().tolist())
"""
OPEN = f"""
import sys
from builder.workspace.errors import WorkspaceUnusable
from builder.workspace.store import Workspace
{BECOME_STRANGER}
try:
    Workspace.open(sys.argv[1]).set_setting("slots", 3)
except WorkspaceUnusable as error:
    print(error)
"""


def run_as_stranger(script: str, folder: Path) -> str:
    done = subprocess.run([sys.executable, "-c", script, folder], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def append_ramp(writer: RunWriter) -> None:
    """A hundred steps whose value is their number."""
    steps = np.arange(100, dtype=np.float32) + writer.last_step + 1
    writer.append_steps(writer.last_step + 1, steps[:, np.newaxis], 0.1)


@pytest.fixture
def folder():
    # Not tmp_path: only its owner may enter that.
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o755)
        yield path
        path.chmod(0o755)


@pytest.mark.skipif(os.name != "posix", reason="needs file modes")
def test_a_finished_run_is_read_from_a_read_only_folder(folder):
    writer = RunWriter(folder)
    writer.start({}, [LOSS])
    writer.append_steps(1, np.ones((3, 1), dtype=np.float32), 0.1)
    writer.close()
    folder.chmod(0o555)
    assert run_as_stranger(READ, folder) == "[1.0, 1.0, 1.0]"


@pytest.mark.skipif(os.name != "posix", reason="needs file modes")
def test_a_read_only_workspace_is_refused_in_words(folder):
    Workspace.open(folder).close()
    folder.chmod(0o555)
    assert "read-only" in run_as_stranger(OPEN, folder)


@pytest.mark.parametrize("num_pages", range(30, 40))
def test_a_full_disk_is_named_and_what_was_recorded_stays(tmp_path, num_pages):
    writer = RunWriter(tmp_path)
    writer.start({}, [LOSS])
    writer._database.execute(f"PRAGMA max_page_count = {num_pages}")  # SQLite's own way to be full

    def fill():
        for _ in range(1000):
            append_ramp(writer)

    with pytest.raises(WorkspaceUnusable, match="disk is full"):
        fill()
    kept = writer.last_step
    assert RunReader(tmp_path).last_step() == kept > 0
    writer._database.execute("PRAGMA max_page_count = 1000000")
    append_ramp(writer)
    points = RunReader(tmp_path).read([0], bin_size=16)
    assert points.last_step == kept + 100
    assert points.min.ravel().tolist() == points.steps.tolist()


def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "workspace.db").write_text("not a database " * 100)
    with pytest.raises(WorkspaceUnusable, match="damaged or no Highrise file"):
        Workspace.open(tmp_path)
