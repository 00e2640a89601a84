"""One warm process for all who ask: the newest question of each, and nothing left when the server ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from builder.spec import Experiment, load_experiment, with_value
from builder.workspace.preflights import SETTLE_SECONDS, Preflights

pytestmark = pytest.mark.process
SECONDS = 60.0
DIGITS = with_value(load_experiment("digits-residual"), "training.device", "cpu")

SLOW_SECONDS = 0.6
SLOW_WORKER = f"""
import json, sys, time
for line in sys.stdin:
    time.sleep({SLOW_SECONDS})
    print(json.dumps({{"key": json.loads(line)["key"], "answer": {{"sentence": ""}}}}), flush=True)
"""


@pytest.fixture(scope="module")
def preflights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preflights]:
    """With a process that all tests share who leave it as it is; each asks what no other does."""
    preflights = Preflights(tmp_path_factory.mktemp("preflights"))
    yield preflights
    preflights.close()


@pytest.fixture
def cold(tmp_path: Path) -> Iterator[Preflights]:
    """Without a process so far."""
    preflights = Preflights(tmp_path)
    yield preflights
    preflights.close()


def until(condition) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def answered(preflights: Preflights, experiment: Experiment, asker: str = "a tab") -> dict:
    key = preflights.ask(asker, experiment)
    until(lambda: preflights.answer(key) is not None)
    found = preflights.answer(key)
    assert found is not None
    return found


def worker(preflights: Preflights) -> int:
    process = preflights._process
    assert process is not None
    return process.pid


def test_the_same_process_answers_question_after_question(preflights: Preflights) -> None:
    found = answered(preflights, DIGITS)
    assert (found["sentence"], found["items"]) == ("", {})
    assert found["epoch_seconds"] > 0
    first = worker(preflights)
    plain = with_value(load_experiment("digits-plain-50"), "training.device", "cpu")
    found = answered(preflights, plain, "another tab")
    assert "Use He init" in found["sentence"]
    assert [item["call"] for item in found["items"].values()] == ["vanishes"]
    assert worker(preflights) == first


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no niceness.")
def test_the_process_gives_way_to_others_whatever_session_they_are_of(preflights: Preflights) -> None:
    answered(preflights, DIGITS)
    pid = worker(preflights)
    assert psutil.Process(pid).nice() >= 10
    group = Path(f"/proc/{pid}/autogroup")
    if group.exists():
        assert group.read_text().split()[-1] == "10"


def test_of_one_asker_the_newest_question_is_answered_and_of_others_theirs(preflights: Preflights) -> None:
    keys = [preflights.ask("a tab", with_value(DIGITS, "training.seed", seed)) for seed in range(1, 20)]
    other = preflights.ask("another tab", DIGITS)
    until(lambda: preflights.answer(keys[-1]) and preflights.answer(other))
    # The first may have been at work already.
    assert not any(preflights.answer(key) for key in keys[1:-1])


def test_while_a_hand_goes_on_editing_nothing_is_computed(cold: Preflights) -> None:
    keys = []
    for seed in range(1, 12):
        keys.append(cold.ask("a tab", with_value(DIGITS, "training.seed", seed)))
        time.sleep(SETTLE_SECONDS / 10)
        assert cold._process is None
    until(lambda: cold.answer(keys[-1]))
    assert not any(cold.answer(key) for key in keys[:-1])


def test_after_an_answer_that_took_long_the_next_question_of_its_asker_waits_as_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "slow_worker.py").write_text(SLOW_WORKER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    seeds = iter(range(50, 90))

    with closing(Preflights(tmp_path, module="slow_worker", settle_seconds=0.01)) as preflights:

        def seconds(asker: str) -> float:
            """From a question to its answer."""
            began = time.monotonic()
            answered(preflights, with_value(DIGITS, "training.seed", next(seeds)), asker)
            return time.monotonic() - began

        # Starting the process is no work of an answer's.
        assert [seconds("a tab") < 2 * SLOW_SECONDS for _ in range(3)][1:] == [True, False]
        assert seconds("another tab") < 2 * SLOW_SECONDS


def test_who_comes_back_to_what_was_dropped_is_answered(preflights: Preflights) -> None:
    dropped, other = (with_value(DIGITS, "training.seed", seed) for seed in (31, 32))
    for _ in range(5):
        preflights.ask("a tab", dropped)
        preflights.ask("a tab", other)
    assert answered(preflights, dropped)["sentence"] == ""


def test_a_problem_that_is_gone_is_found_gone(preflights: Preflights, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = with_value(DIGITS, "training.device", "cuda:8")
    first = answered(preflights, gone)
    assert answered(preflights, gone) is first
    monkeypatch.setattr("builder.workspace.preflights.PROBLEM_SECONDS", 0.0)
    key = preflights.ask("a tab", gone)
    until(lambda: preflights.answer(key) is not first)


def test_a_problem_is_told_and_the_process_goes_on(preflights: Preflights) -> None:
    found = answered(preflights, with_value(DIGITS, "training.device", "cuda:9"))
    assert "cuda:9" in found["problem"]
    assert answered(preflights, with_value(DIGITS, "training.seed", 41))["sentence"] == ""


def test_a_process_that_is_killed_is_told_of_and_replaced(cold: Preflights) -> None:
    answered(cold, DIGITS)
    os.kill(worker(cold), signal.SIGKILL)
    until(lambda: cold._process is None)
    assert answered(cold, with_value(DIGITS, "training.seed", 5))["sentence"] == ""


def test_an_idle_process_leaves_and_the_next_question_finds_another(tmp_path: Path) -> None:
    preflights = Preflights(tmp_path, idle_seconds=0.1)
    answered(preflights, DIGITS)
    until(lambda: preflights._process is None)
    assert answered(preflights, with_value(DIGITS, "training.seed", 5))["sentence"] == ""
    preflights.close()


def test_the_process_ends_with_the_one_that_asks_however_that_ends(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from builder.spec import load_experiment;"
        "from builder.workspace.preflights import Preflights;"
        f"found = Preflights(Path({str(tmp_path)!r}), settle_seconds=0);"
        "found.ask('a tab', load_experiment('digits-residual'));"
        "print(found._process.pid, flush=True); time.sleep(100)"
    )
    server = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    pid = int(server.stdout.readline())
    assert psutil.pid_exists(pid)
    server.kill()
    server.wait()
    until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
