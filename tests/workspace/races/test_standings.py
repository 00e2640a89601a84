"""How runs of a race stand: from their folders, against sums made by hand."""

import numpy as np
import pytest

from builder.spec import load_experiment
from builder.spec.races.race import parse_race
from builder.spec.races.twins import named_race, twins
from builder.workspace.comparisons import submit_comparison
from builder.workspace.races.facts import facts_of, newest_race, opened_of, race_entrants
from builder.workspace.races.standings import standings
from builder.workspace.rows import RunWriter, Series
from builder.workspace.store import Workspace

SERIES = [
    Series(id=place, quantity=name, subject="train", family="scalar") for place, name in enumerate(("loss", "accuracy"))
]


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace.open(tmp_path / "workspace")
    yield workspace
    workspace.close()


@pytest.fixture
def raced(workspace):
    """A race of a plain twin, the experiment itself and a highway twin."""
    experiment = named_race(load_experiment("digits-residual"))
    found = twins(experiment, parse_race({"kinds": ["plain", "residual", "highway"]}))
    submit_comparison(workspace, race_entrants(found), opened=opened_of(found))
    (entry,) = workspace.experiments()
    return entry, newest_race(workspace, entry.id)


def record(workspace, run, values, evaluations):
    with_rows = RunWriter(workspace.run_folder(run.id))
    with_rows.start({"num_steps": 40, "steps_per_epoch": 10, "num_validation": 180}, SERIES)
    with_rows.append_steps(1, np.asarray(values, dtype=np.float32), 1.0)
    for step, accuracy in evaluations:
        with_rows.add_evaluation(
            step, step / 10, "validation", {"loss": 1.0, "accuracy": accuracy}, np.eye(2, dtype=int)
        )
    with_rows.close()


def test_the_runs_of_a_race_are_found_in_order_and_the_own_document_is_open(workspace, raced):
    entry, runs = raced
    assert entry.name == "digits-residual, race"
    assert [run.name for run, _ in runs] == [facts.name for _, facts in runs] == ["Plain", "Residual", "Highway"]
    assert workspace.head(entry.id).document == workspace.run_document(runs[1][0].id)
    assert workspace.runs_of_line(entry.head) == [runs[1][0].id]
    assert len({facts.race for _, facts in runs}) == 1


def test_a_second_race_and_other_runs_do_not_mix(workspace, raced):
    entry, runs = raced
    other = workspace.submit(workspace.run_document(runs[0][0].id), experiment_id=entry.id)
    assert facts_of(workspace.run_folder(other.id)) is None
    assert newest_race(workspace, entry.id) == runs
    assert newest_race(workspace, "nobody") == []


def test_means_are_over_the_newest_epoch_and_the_best_is_over_all_evaluations(workspace, raced):
    _, runs = raced
    generator = np.random.default_rng(0)
    values = generator.random((23, 2))
    record(workspace, runs[0][0], values, [(10, 0.4), (20, 0.3)])
    found, untouched, _ = standings(workspace, runs)
    newest = values.astype(np.float32)[13:].astype(np.float64)
    assert found.progress.train_loss == pytest.approx(newest[:, 0].mean(), rel=1e-6)
    assert found.progress.train_error == pytest.approx(1 - newest[:, 1].mean(), rel=1e-6)
    assert (found.best_accuracy, found.accuracy_by(9), found.progress.num_validation) == (0.4, None, 180)
    assert (untouched.progress.step, untouched.best_accuracy, untouched.test_accuracy) == (0, None, None)


def test_what_is_not_finite_has_no_mean(workspace, raced):
    _, runs = raced
    record(workspace, runs[0][0], [[1.0, 0.5]] * 9 + [[float("nan"), 0.5]], [(10, float("nan"))])
    found = standings(workspace, runs)[0]
    assert found.progress.train_loss is None
    assert found.progress.train_error == 0.5
    assert found.best_accuracy is None


def test_facts_that_are_no_facts_are_none(tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for text in ("{", "[]", '{"race": "r"}'):
        (folder / "race.json").write_text(text)
        facts_of.cache_clear()
        assert facts_of(folder) is None
