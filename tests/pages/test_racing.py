"""Races as the page starts them, and what it says of them."""

import json

import pytest

from builder.pages import racing
from builder.pages.race_text import field_table, result_table, verdict_text, what_text
from builder.pages.racing import depth_points, field_of, first_choice, race_line, race_of, race_warning
from builder.pages.run_rows import run_list
from builder.pages.run_status import MIXED_COLOUR, looks_of
from builder.spec import load_experiment, parse_experiment, validate_experiment
from builder.spec.blocks.registry import BLOCKS
from builder.spec.races.race import MIXED

KINDS = {"kinds": ["plain", "residual", "highway"]}
EVIL = "<img src=x onerror=alert(1)>"


def stored(workspace, run):
    return parse_experiment(workspace.run_document(run.id))


def raced(workspace, tab):
    return sorted(workspace.runs(experiment_id=tab.editing.experiment_id), key=lambda run: run.number)


def test_a_race_is_a_new_experiment_with_a_run_of_each_kind_and_the_own_document_open(tab, workspace):
    before = tab.editing
    assert tab.race(KINDS)
    runs = raced(workspace, tab)
    assert [run.name for run in runs] == ["Plain", "Residual", "Highway"]
    assert tab.editing.experiment_id != before.experiment_id
    assert tab.editing.experiment.name == f"{before.experiment.name}, race"
    assert stored(workspace, runs[1]) == tab.editing.experiment
    assert stored(workspace, runs[1]).network == before.experiment.network
    assert (tab.session.run_id, tab.session.shown) == (runs[1].id, [runs[1].id, runs[0].id, runs[2].id])
    for run in runs:
        workspace.set_status(run.id, "starting")
    assert [tab.edits_run(workspace.run(run.id)) for run in runs] == [False, True, False]
    assert {run.owner for run in runs} == {tab.session.owner}


def test_a_race_of_a_race_keeps_one_name(tab):
    tab.race(KINDS)
    tab.race(KINDS)
    assert tab.editing.experiment.name == "stored, race"


def test_runs_of_a_race_between_kinds_have_the_colours_of_their_kinds(tab, workspace):
    tab.race({"kinds": ["plain", "residual"], "depths": [2, 6]})
    runs = raced(workspace, tab)
    looks = looks_of(workspace, runs)
    assert [looks[run.id][0] for run in runs] == [
        BLOCKS[kind].colour for kind in ("plain", "plain", "residual", "residual")
    ]
    assert looks[runs[0].id][1] == looks[runs[2].id][1] != looks[runs[1].id][1]
    tab.open_preset("digits-four-kinds")
    tab.race({"kinds": [MIXED, "plain"]})
    assert looks_of(workspace, raced(workspace, tab))[raced(workspace, tab)[0].id][0] == MIXED_COLOUR


def test_runs_of_a_race_of_one_kind_differ_in_colour(tab, workspace):
    tab.race({"learning_rates": [0.5, 1, 2]})
    runs = raced(workspace, tab)
    assert len({colour for colour, _ in looks_of(workspace, runs).values()}) == len(runs) == 3


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "plain",
        {"kinds": ["concat"]},
        {"kinds": [EVIL]},
        {"kinds": ["plain"]},
        {"owner": "host"},
        {"depths": [1] * 99},
    ],
)
def test_what_is_no_race_starts_nothing_and_says_why(tab, workspace, raw):
    experiments = workspace.experiments()
    assert not tab.race(raw)
    assert tab.session.notice.kind == "error"
    assert (workspace.runs(), workspace.experiments()) == ([], experiments)


def test_a_viewer_starts_none(tab, open_tab, start_run, workspace):
    view = open_tab(run_id=start_run(tab).id)
    assert not view.race(KINDS)
    guest = open_tab(tab.editing.experiment_id, owner="somebody")
    assert not guest.race(KINDS)
    assert len(workspace.runs()) == 1


def test_a_deleted_experiment_does_not_race(tab, workspace):
    workspace.delete(tab.editing.experiment_id)
    tab.follow()
    assert not tab.race(KINDS)
    assert workspace.runs() == []


def test_a_twin_that_cannot_be_trained_is_left_out_and_named(tab, workspace):
    items = [
        {"kind": "flatten"},
        {"kind": "plain", "body": [{"kind": "linear", "out_features": 8}]},
        {"kind": "linear", "out_features": "classes"},
    ]
    tab.open_new(validate_experiment({"network": {"items": items}, "groups": [{"name": "a"}]}))
    field = field_of(tab.editing.experiment, {"kinds": ["plain", "residual"]})
    assert "two runs at least that can be trained" in field.problem
    assert "Left out." in field_table(field)
    assert "cannot be merged" in field_table(field)
    assert tab.race({"kinds": ["plain", "residual"], "learning_rates": [1, 2]})
    assert [run.name for run in raced(workspace, tab)] == ["Plain, rates ×1", "Plain, rates ×2"]


def test_missing_data_is_told_before_anything_is_created(tab, workspace, tmp_path, monkeypatch):
    monkeypatch.setenv("HIGHRISE_DATA_CACHE", str(tmp_path / "cache"))
    tab.open_preset("mnist-dense")
    assert not tab.race(KINDS)
    assert "MNIST is not on this machine yet" in tab.session.notice.text
    assert workspace.runs() == []


def test_the_first_choice_has_the_towers_own_kind():
    assert first_choice(load_experiment("digits-residual")) == ([], ["plain", "residual"])
    assert first_choice(load_experiment("digits-highway-50")) == ([], ["plain", "highway"])
    assert first_choice(load_experiment("digits-plain-50")) == ([], ["plain", "residual"])
    assert first_choice(load_experiment("digits-four-kinds")) == ([MIXED], [MIXED, "plain"])


def test_memory_is_that_of_the_largest_runs_at_once(tab, monkeypatch):
    sound = field_of(tab.editing.experiment, KINDS).sound
    asked = []
    monkeypatch.setattr(racing, "memory_warning", lambda needs: asked.extend(needs) or "")
    race_warning(sound, 2)
    largest = sorted((twin.analysis.memory.total for twin in sound), reverse=True)[:2]
    assert sorted((analysis.memory.total for _, analysis in asked), reverse=True) == largest


def test_the_list_of_runs_and_the_result_say_how_the_race_stands(tab, workspace):
    assert race_line(race_of(workspace, None)) is None
    assert race_line(race_of(workspace, tab.editing.experiment_id)) is None
    tab.race(KINDS)
    found = race_of(workspace, tab.editing.experiment_id)
    line = race_line(found)
    assert line is not None
    assert not line["is_over"]
    assert line["text"].startswith("So far nothing can be compared")
    assert json.dumps(line)
    table = result_table(found, looks_of(workspace, raced(workspace, tab)))
    for text in ("Plain", "Residual", "Highway", "56,394", "waits for its turn", BLOCKS["highway"].colour):
        assert text in table
    assert depth_points(found) == []
    rows = run_list(workspace, tab.editing.experiment_id, tab.session.shown, None)["rows"]
    assert {row["colour"] for row in rows} == {BLOCKS[kind].colour for kind in KINDS["kinds"]}


def test_every_text_is_escaped(tab):
    assert EVIL not in verdict_text(EVIL)
    assert "arXiv 1512.03385" in what_text()
    field = field_of(tab.editing.experiment, {"kinds": ["plain", "residual"], "match_parameters": True})
    assert "56,394 of 56,394 parameters" in field_table(field)
    assert "as in the editor" in field_table(field)
