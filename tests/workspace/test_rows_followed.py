import subprocess
import sys

import pytest

from builder.workspace.rows import RunReader

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


@pytest.mark.process
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
