"""The page of reproductions: made of the rows alone."""

from builder.spec import load_experiment
from builder.spec.presets.registry import STUDIES
from builder.spec.presets.reproductions import Reproduction, Reproductions
from reproductions.page import page
from reproductions.runs import Outcome, best, number, percent, seeded, with_values
from reproductions.studies import MEASURES


def test_only_what_was_run_is_shown_beside_what_was_published():
    row = Reproduction(
        study="numpy-residual",
        preset="numpy-residual-equal",
        what="test accuracy",
        published="72 %",
        ours="95.02 % (94.80 to 95.11)",
        seeds=5,
        epochs=10,
        seconds=31.0,
        hardware="2 cores",
        date="2026-11-21",
    )
    text = page(Reproductions(rows=(row, row.model_copy(update={"ours": None, "what": "never run"}))))
    assert "| `numpy-residual-equal` | test accuracy | 72 % | 95.02 % (94.80 to 95.11) | 5 | 10 | all | 31 |  |" in text
    assert "Measured on 2026-11-21: 2 cores." in text
    assert "(reconstruction)" in text
    assert "never run" not in text
    assert "## Highway networks" not in text


def test_every_study_can_be_measured():
    assert set(MEASURES) == set(STUDIES)


def test_a_choice_is_made_by_validation_alone_and_spreads_are_told():
    outcomes = [
        Outcome("finished", val, test, 0.1, 10, 1.0) for val, test in ((0.90, 0.99), (0.95, 0.80), (0.94, 0.99))
    ]
    assert best(outcomes) == 1
    assert percent([0.9512, 0.95, 0.96]) == "95.12 % (95.00 to 96.00)"
    assert percent([0.5]) == "50.00 %"
    assert number([2.3026, 0.001, 1.0]) == "1 (0.001 to 2.3)"


def test_twins_differ_in_the_seed_alone():
    experiment = load_experiment("digits-residual")
    first, second = seeded(experiment, (0, 7))
    assert first == experiment
    assert second == with_values(experiment, training__seed=7) != first
