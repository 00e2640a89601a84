"""Commands to a run, and its pace."""

import itertools
import math
import time
from typing import Any

import numpy as np
import pytest
from recorded import TOWER, assert_same, rows

from builder.training.events import (
    Evaluated,
    Event,
    Intervened,
    RunPaused,
    RunResumed,
    RunStarted,
    RunStopped,
    StepsRecorded,
)
from builder.training.loop import train
from builder.workspace.rows import find_series


def test_a_live_rate_is_announced_before_its_step_and_holds_from_there(make, digits, script) -> None:
    groups = [
        {"name": "bodies", "rule": {"lanes": ["body"]}, "learning_rate": 0.05},
        {"name": "rest", "learning_rate": 0.05},
    ]
    experiment = make(*TOWER, groups=groups)
    for _ in range(4):
        script.push("step")
    events: list[Event] = []
    for event in train(experiment, digits, commands=script):
        if isinstance(event, RunPaused) and event.step == 4:
            script.push("set_learning_rate", group="bodies", value=0.5)
            script.push("resume")
        events.append(event)
    series = events[0].series  # pyright: ignore[reportAttributeAccessIssue]
    recorded = rows(events)
    column = {name: find_series(series, "learning_rate", name)[0].id for name in ("bodies", "rest")}
    assert recorded[:, column["bodies"]].tolist() == pytest.approx([0.05] * 4 + [0.5] * 8)
    assert recorded[:, column["rest"]].tolist() == pytest.approx([0.05] * 12)
    place = next(index for index, event in enumerate(events) if isinstance(event, Intervened))
    assert events[place] == Intervened(step=4, kind="set_learning_rate", subject="bodies", value=0.5)
    assert len(rows(events[:place])) == 4
    untouched = rows(train(experiment, digits))
    assert recorded[:5, 0].tobytes() == untouched[:5, 0].tobytes()
    assert recorded[6:, 0].tobytes() != untouched[6:, 0].tobytes()


def test_single_steps_are_taken_one_by_one_and_recorded_at_once(make, digits, script) -> None:
    script.push("pause")
    seen: list[tuple[str, int]] = []
    for event in train(make(*TOWER, pace=0.001), digits, commands=script):
        if isinstance(event, RunPaused):
            script.push(*(["step"] if event.step < 3 else ["stop"]))
        if isinstance(event, RunPaused | RunResumed | RunStopped):
            seen.append((type(event).__name__, event.step))
        elif isinstance(event, StepsRecorded):
            seen.append(("recorded", event.first_step))
    expected = [("RunPaused", 0)]
    for step in (1, 2, 3):
        expected += [("RunResumed", step - 1), ("recorded", step), ("RunPaused", step)]
    assert seen == [*expected, ("RunStopped", 3)]


def test_stop_before_the_first_step_takes_none(make, digits, script) -> None:
    script.push("stop")
    events = list(train(make(*TOWER), digits, commands=script))
    assert [type(event) for event in events] == [RunStarted, RunStopped]


def test_pause_resume_and_evaluate_do_not_change_the_rows(make, digits, script) -> None:
    script.push("pause")
    events = []
    for event in train(make(*TOWER), digits, commands=script):
        if isinstance(event, RunPaused):
            script.push("evaluate")
        if isinstance(event, Evaluated) and event.step == 0:
            script.push("resume")
        events.append(event)
    assert rows(events).tobytes() == rows(train(make(*TOWER), digits)).tobytes()
    assert [type(event) for event in events[1:4]] == [RunPaused, Evaluated, RunResumed]


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("set_pace", {"steps_per_second": 0}),
        ("set_pace", {"steps_per_second": -3.0}),
        ("set_pace", {"steps_per_second": math.nan}),
        ("set_pace", {"steps_per_second": "fast"}),
        ("set_pace", {}),
        ("set_learning_rate", {"group": "all", "value": math.nan}),
        ("set_learning_rate", {"group": "all", "value": -1.0}),
        ("set_learning_rate", {"group": "all", "value": 1e9}),
        ("set_learning_rate", {"group": "all", "value": "0.1"}),
        ("set_learning_rate", {"group": "nobody", "value": 0.1}),
        ("set_learning_rate", {"value": 0.1}),
        ("explode", {}),
    ],
)
def test_a_command_that_the_schema_refuses_changes_nothing(make, digits, script, caplog, kind: str, payload) -> None:
    script.push(kind, **payload)
    assert_same(list(train(make(*TOWER), digits, commands=script)), list(train(make(*TOWER), digits)))
    assert len(caplog.records) == 1


def paced_seconds(make, digits, script, **training: Any) -> float:
    began = time.perf_counter()
    for _ in train(make(*TOWER, **training), digits, commands=script):
        pass
    return time.perf_counter() - began


def test_pace_is_kept(make, digits, script) -> None:
    assert 11 / 40 <= paced_seconds(make, digits, script, pace=40.0) < 3


def test_seconds_of_paced_steps_count_the_waiting(make, digits) -> None:
    events = list(train(make(*TOWER, pace=40.0), digits))
    assert sum(event.seconds for event in events if isinstance(event, StepsRecorded)) >= 0.2


def test_the_time_of_a_step_is_the_step_s_alone_and_no_waiting(make, digits) -> None:
    recorded = [event for event in train(make(*TOWER, pace=40.0), digits) if isinstance(event, StepsRecorded)]
    for event in recorded:
        assert event.step_seconds is not None
        assert len(event.step_seconds) == len(event.values)
        assert (event.step_seconds > 0).all()
    alone = np.concatenate([event.step_seconds for event in recorded])
    assert np.median(alone) < 1 / 40
    assert alone.sum() < sum(event.seconds for event in recorded)


def test_a_slower_pace_counts_from_the_last_step(make, digits, script) -> None:
    changed_at: float | None = None
    for event in train(make(*TOWER, duration={"steps": 80}, pace=400.0), digits, commands=script):
        if not isinstance(event, StepsRecorded):
            continue
        if changed_at is not None and not script.waiting:
            break
        if event.first_step > 40:
            script.push("set_pace", steps_per_second=4.0)
            changed_at = time.perf_counter()
    assert changed_at is not None
    # A quarter of a second, rather than a quarter for each of the forty steps so far.
    assert time.perf_counter() - changed_at < 6


def test_a_faster_pace_ends_the_wait(make, digits, script) -> None:
    began = time.perf_counter()
    for event in train(make(*TOWER, pace=0.01), digits, commands=script):
        if isinstance(event, StepsRecorded):
            script.push("set_pace", steps_per_second=None)
    assert time.perf_counter() - began < 20


@pytest.mark.parametrize("kind", ["stop", "pause", "set_learning_rate"])
def test_a_command_during_a_long_wait_is_obeyed_before_the_next_step(make, digits, script, kind: str) -> None:
    answers = {"stop": RunStopped, "pause": RunPaused, "set_learning_rate": Intervened}
    payload = {"group": "all", "value": 0.1} if kind == "set_learning_rate" else {}
    began = time.perf_counter()
    for event in train(make(*TOWER, pace=0.01), digits, commands=script):
        if isinstance(event, StepsRecorded):
            assert event.first_step == 1
            script.push(kind, **payload)
        if isinstance(event, answers[kind]):
            assert event.step == 1
            break
    else:
        pytest.fail("the command was not obeyed")
    assert time.perf_counter() - began < 20


def test_a_stop_ends_a_long_evaluation(make, digits, script, monkeypatch) -> None:
    asked = itertools.count()
    usual = script.poll_commands

    def poll() -> list[Any]:
        if next(asked) == 2:  # between the two batches of the evaluation after step 1
            script.push("stop")
        return usual()

    monkeypatch.setattr(script, "poll_commands", poll)
    monkeypatch.setattr("builder.training.commands.GatedCommands.poll", lambda self: self._source.poll_commands())
    events = list(train(make(*TOWER, evaluate_every={"steps": 1}), digits, commands=script))
    assert isinstance(events[-1], RunStopped)
    assert events[-1].step == 1
    assert not any(isinstance(event, Evaluated) for event in events)
