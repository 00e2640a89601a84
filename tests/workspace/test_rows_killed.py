import subprocess
import sys
import time

import numpy as np
import pytest

from builder.workspace.rows import RunReader, RunWriter

pytestmark = pytest.mark.process

WRITE = """
import sys
import numpy as np
from builder.workspace.rows import RunWriter, Series
writer = RunWriter(sys.argv[1])
writer.start({}, [Series(id=0, quantity="loss", subject="train", family="profile")])
while True:
    steps = np.arange(7, dtype=np.float32) + writer.last_step + 1
    writer.append_steps(writer.last_step + 1, steps[:, np.newaxis], 0.1)
    print(writer.last_step, flush=True)
"""


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.05])
def test_what_was_acknowledged_survives_a_kill_and_can_be_continued(tmp_path, seconds):
    writing = subprocess.Popen([sys.executable, "-c", WRITE, tmp_path], stdout=subprocess.PIPE, text=True)
    assert writing.stdout is not None
    acknowledged = int(writing.stdout.readline())
    time.sleep(seconds)
    writing.kill()
    acknowledged = max([acknowledged, *map(int, writing.stdout.read().split("\n")[:-1])])
    writing.stdout.close()
    writing.wait()
    assert RunReader(tmp_path).last_step() >= acknowledged
    writer = RunWriter(tmp_path)
    steps = np.arange(40, dtype=np.float32) + writer.last_step + 1
    writer.append_steps(writer.last_step + 1, steps[:, np.newaxis], 0.1)
    points = RunReader(tmp_path).read([0], bin_size=16)
    assert points.min.ravel().tolist() == points.steps.tolist()
    assert points.max[-1, 0] == points.last_step == writer.last_step


def test_a_reader_follows_a_writer_in_another_process(tmp_path):
    writing = subprocess.Popen([sys.executable, "-c", WRITE, tmp_path], stdout=subprocess.PIPE, text=True)
    try:
        assert writing.stdout is not None
        writing.stdout.readline()
        reader = RunReader(tmp_path)
        drawn = 0
        for _ in range(50):
            writing.stdout.readline()
            points = reader.read([0], first=drawn + 1, max_points=10**6)
            assert points.mean.ravel().tolist() == list(range(drawn + 1, points.last_step + 1))
            drawn = points.last_step
    finally:
        writing.kill()
        writing.communicate()
