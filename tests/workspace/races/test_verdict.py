"""The sentence of a race: honest about ties, about what is missing, and about what it rests on."""

import math

import pytest

from builder.workspace.races.facts import RaceFacts
from builder.workspace.races.standings import Progress, Standing
from builder.workspace.races.verdict import HEADER, ONE_SEED, RIGHT, resolution, table, verdict
from builder.workspace.runs import Run


def standing(
    name, accuracy=None, *, status="finished", error=0.1, depth=6, parameters=41_002, step=100, reason="", **more
):
    line = name.rpartition(" × ")[2]
    facts = RaceFacts(
        race="r", name=name, line=line, kind=line.lower(), depth=depth, init="he", learning_rate=1.0,
        num_parameters=parameters, sizing="",
    )  # fmt: skip
    run = Run(
        id=name, number=1, owner="host", experiment_id="e", revision=1, name=name, device="cpu", status=status,
        reason=reason, summary={"test_accuracy": 0.5} if status == "finished" else None, created_at=0.0, started_at=0.0,
        finished_at=0.0, process=None,
    )  # fmt: skip
    evaluations = accuracy if isinstance(accuracy, tuple) else () if accuracy is None else ((step, accuracy),)
    progress = Progress(
        step=step,
        num_steps=100,
        evaluations=evaluations,
        train_loss=0.25,
        train_error=error,
        num_validation=500,
        **more,
    )
    return Standing(run=run, facts=facts, progress=progress)


def test_the_difference_is_named_with_what_is_equal():
    said = verdict([standing("Plain", 0.612), standing("Residual", 0.978)])
    assert said == (
        "Residual reached 97.8 % validation accuracy at best, Plain 61.2 %: 36.6 points more, "
        "with the same 41,002 parameters, seed and batches. " + ONE_SEED
    )


def test_unequal_sizes_are_said():
    said = verdict([standing("Plain", 0.6, parameters=41_002), standing("Highway", 0.9, parameters=66_122)])
    assert "with 66,122 (Highway)" in said or "with 41,002 (Plain) and 66,122 (Highway) parameters" in said
    three = [standing("Plain", 0.2), standing("Residual", 0.9), standing("Highway", 0.8, parameters=40_000)]
    assert "with 40,000 to 41,002 parameters and the same seed and batches" in verdict(three)
    assert (
        "Residual reached 90.0 % validation accuracy at best, Highway 80.0 %, Plain 20.0 %: 70.0 points from first to last"
        in (verdict(three))
    )


def test_what_the_validation_set_cannot_tell_is_a_tie():
    said = verdict([standing("Plain", 0.968), standing("Residual", 0.972)])
    assert said.startswith(
        "Residual 97.2 % and Plain 96.8 % validation accuracy at best: a tie, as 500 samples cannot tell"
    )
    assert "2.2 points apart, with the same 41,002 parameters" in said
    among_three = verdict([standing("Plain", 0.2), standing("Residual", 0.972), standing("Highway", 0.968)])
    assert "Residual and Highway are a tie for 500 samples." in among_three


@pytest.mark.parametrize(("first", "second"), [(0.9, 0.8), (1.0, 1.0), (0.0, 0.5)])
def test_the_resolution_is_two_standard_errors_and_one_sample_at_least(first, second):
    error = math.sqrt(first * (1 - first) / 200 + second * (1 - second) / 200)
    assert resolution(first, second, 200) == pytest.approx(max(1 / 200, 2 * error))
    assert resolution(first, second, 0) == 0.0


def test_while_they_train_they_are_compared_at_the_step_that_all_have_reached():
    far = standing("Residual", ((10, 0.5), (20, 0.8), (90, 0.99)))
    near = standing("Plain", ((10, 0.2), (20, 0.3)), status="running", step=25)
    said = verdict([near, far])
    assert said.startswith(
        "So far, at step 20: Residual reached 80.0 % validation accuracy at best, Plain 30.0 %: 50.0 points more"
    )


def test_runs_that_wait_diverged_failed_or_were_touched_are_named():
    waiting = verdict([standing("Plain", status="queued"), standing("Residual", 0.9, status="running")])
    assert waiting.startswith("So far nothing can be compared")
    assert "Plain has no evaluation yet." in waiting
    assert ONE_SEED not in waiting
    said = verdict(
        [
            standing("Plain", 0.1, status="diverged", step=31),
            standing("Highway", status="failed", reason="No memory."),
            standing("Stochastic depth", 0.3, status="stopped", step=7),
            standing("Residual", 0.9, is_changed=True),
        ]
    )
    for part in (
        "Nothing can be compared",
        "Plain diverged at step 31.",
        "Highway failed: No memory.",
        "Stochastic depth was stopped at step 7.",
        "Rates of Residual were changed while it ran.",
    ):
        assert part in said


def test_kinds_are_compared_at_the_greatest_depth_and_each_over_depth():
    runs = [
        standing("5 × Plain", 0.97, depth=5, error=0.012),
        standing("50 × Plain", 0.30, depth=50, error=0.71),
        standing("5 × Residual", 0.97, depth=5, error=0.01),
        standing("50 × Residual", 0.96, depth=50, error=0.01),
    ]
    said = verdict(runs)
    assert "training error" not in verdict(runs, in_short=True)
    assert said.startswith("50 × Residual reached 96.0 % validation accuracy at best, 50 × Plain 30.0 %: 66.0 points")
    assert (
        "From 5 to 50 blocks the training error of Plain rises from 1.2 % to 71.0 %, that of Residual stays at 1.0 %."
    ) in said


def test_of_many_runs_the_best_and_the_worst_are_named():
    said = verdict([standing(f"rates ×{factor}", factor / 10) for factor in range(1, 8)])
    assert said.startswith(
        "rates ×7 reached 70.0 % validation accuracy at best, rates ×1 10.0 %: 60.0 points from first to last"
    )


def test_the_table_has_a_cell_for_each_column():
    rows = table([standing("Plain", 0.9), standing("Residual", status="queued", error=None)])
    assert {len(row) for row in rows} == {len(HEADER)} == {len(RIGHT)}
    assert rows[0] == ("Plain", "6", "41,002", "0.2500", "10.0 %", "90.0 %", "50.0 %", "finished")
    assert rows[1][-1] == "waits for its turn"
    assert table([standing("Plain", 0.9, status="running", step=1_000)])[0][-1] == "running at step 1,000 of 100"
