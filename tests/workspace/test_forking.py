"""What a forked trainer shares with the process it was forked from: what is imported, and nothing else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.process
ROOT = Path(__file__).parents[2]

PROBE = """
import json, os, random, sys
import numpy as np
from builder.workspace.forking import fork_for_runs

if run_id := fork_for_runs():
    own = {"session": os.getsid(0), "group": os.getpgid(0)}
    found = {
        "run": run_id,
        "pid": os.getpid(),
        **own,
        "files": {number: os.readlink(f"/proc/self/fd/{number}") for number in map(int, os.listdir("/proc/self/fd")[:-1])},
        "random": [random.random(), np.random.random()],
    }
    open(os.path.join(sys.argv[1], run_id), "w").write(json.dumps(found))
"""


def run_probe(code: str, folder: Path, lines: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, folder],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
        input=lines,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture(scope="module")
def forked(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], list[dict]]:
    """What a fork server answers to two runs, and what their trainers find."""
    folder = tmp_path_factory.mktemp("forked")
    runs = ("first", "second")
    done = run_probe(PROBE, folder, "".join(json.dumps({"run": run}) + "\n" for run in runs))
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split(), [json.loads((folder / run).read_text()) for run in runs]


def test_the_fork_server_answers_with_the_pid_of_each_trainer(forked) -> None:
    answers, trainers = forked
    assert answers == ["ready", *(str(trainer["pid"]) for trainer in trainers)]
    assert [trainer["run"] for trainer in trainers] == ["first", "second"]


def test_each_trainer_leads_a_session_and_a_group_of_its_own(forked) -> None:
    for trainer in forked[1]:
        assert trainer["session"] == trainer["group"] == trainer["pid"]


def test_no_trainer_holds_the_pipes_of_its_fork_server(forked) -> None:
    for trainer in forked[1]:
        files = trainer["files"]
        assert sorted(files) == ["0", "1", "2"]
        assert files["0"] == "/dev/null"
        # Output goes where errors go, until the run's log is open.
        assert files["1"] == files["2"]


def test_no_two_trainers_draw_the_same_random_numbers(forked) -> None:
    first, second = (trainer["random"] for trainer in forked[1])
    assert all(one != other for one, other in zip(first, second, strict=True))


def test_beside_another_thread_nothing_is_forked(tmp_path) -> None:
    another = "import threading, time; threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    done = run_probe(f"{another}{PROBE}", tmp_path, '{"run": "first"}\n')
    assert done.returncode == 1
    assert "RuntimeError: A fork of several threads" in done.stderr
    assert not list(tmp_path.iterdir())
