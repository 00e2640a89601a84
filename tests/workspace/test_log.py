import subprocess
import sys

import pytest

from builder.workspace.log import last_lines

pytestmark = pytest.mark.process

SCRIPT = """
import os, sys, time
from pathlib import Path
from builder.workspace.log import redirect_output
redirect_output(Path(sys.argv[1]), max_bytes=20_000)
for number in range(3000):
    print("python", number, flush=True)
    os.write(2, b"from C\\n")
    time.sleep(0.0005)
time.sleep(0.7)
print("the end", flush=True)
"""


def test_all_output_goes_to_a_file_that_stays_small(tmp_path):
    path = tmp_path / "log.txt"
    ended = subprocess.run([sys.executable, "-c", SCRIPT, str(path)], capture_output=True, text=True, check=True)
    assert (ended.stdout, ended.stderr) == ("", "")
    text = path.read_text()
    assert len(text) < 25_000
    assert text.startswith("[earlier output was cut]")
    assert "from C" in text
    assert last_lines(path, 2).splitlines() == ["from C", "the end"]


def test_a_missing_log_has_no_lines(tmp_path):
    assert last_lines(tmp_path / "none.txt") == ""
