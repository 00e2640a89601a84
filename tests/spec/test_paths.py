"""Setting one field by its path."""

import pytest

from builder.spec import DocumentError, load_experiment, with_value
from builder.spec.training import AdamOptimizer, StepSchedule, Time

EXPERIMENT = load_experiment("digits-residual")


def refused(path, value):
    with pytest.raises(DocumentError) as caught:
        with_value(EXPERIMENT, path, value)
    return caught.value.problems


@pytest.mark.parametrize(
    ("path", "value", "read"),
    [
        ("name", "mine", lambda e: e.name),
        ("training.batch_size", 32, lambda e: e.training.batch_size),
        ("training.clip_norm", 1.5, lambda e: e.training.clip_norm),
        ("training.pace", None, lambda e: e.training.pace),
        ("training.optimizer.momentum", 0.5, lambda e: e.training.optimizer.momentum),
        ("data.dataset", "mnist", lambda e: e.data.dataset),
        ("groups.1.learning_rate", 0.5, lambda e: e.groups[1].learning_rate),
        ("groups.bodies.learning_rate", 0.5, lambda e: e.groups[1].learning_rate),
        ("groups.0.rule.depth_to", 2, lambda e: e.groups[0].rule.depth_to),
        ("network.items.1.out_features", 7, lambda e: e.network.items[1].out_features),
        ("network.items.i4.times", 9, lambda e: e.network.items[3].times),
        ("network.items.i4.items.i5.alpha", 0.5, lambda e: e.network.items[3].items[0].alpha),
    ],
)
def test_a_field_is_set_and_nothing_else(path, value, read):
    changed = with_value(EXPERIMENT, path, value)
    assert read(changed) == value
    assert with_value(changed, path, read(EXPERIMENT)) == EXPERIMENT


def test_setting_one_unit_of_a_time_clears_the_other():
    in_steps = with_value(EXPERIMENT, "training.duration.steps", 100)
    assert in_steps.training.duration == Time(steps=100)
    assert with_value(in_steps, "training.duration.epochs", 3).training.duration == Time(epochs=3)
    assert with_value(EXPERIMENT, "training.duration", {"steps": 9}).training.duration == Time(steps=9)


def test_setting_a_kind_takes_that_kinds_defaults():
    changed = with_value(EXPERIMENT, "training.optimizer.kind", "adam")
    assert changed.training.optimizer == AdamOptimizer()
    assert with_value(changed, "training.schedule.kind", "step").training.schedule == StepSchedule()
    assert with_value(changed, "training.optimizer.kind", "adam") == changed
    assert with_value(EXPERIMENT, "network.init.kind", "ones").network.init.kind == "ones"


def test_setting_a_kind_where_there_was_nothing_makes_it():
    changed = with_value(EXPERIMENT, "network.items.1.init.kind", "zeros")
    assert changed.network.items[1].init.kind == "zeros"
    assert with_value(changed, "network.items.1.init", None) == EXPERIMENT


def test_setting_a_blocks_kind_keeps_its_lanes_and_swaps_back():
    path = "network.items.i4.items.0.kind"
    scaled = with_value(EXPERIMENT, "network.items.i4.items.0.alpha", 0.5)
    swapped = with_value(scaled, path, "highway")
    before, after = (one.network.items[3].items[0] for one in (scaled, swapped))
    assert after.kind == "highway"
    assert (after.id, after.body, after.shortcut) == (before.id, before.body, before.shortcut)
    assert with_value(swapped, path, "residual") == scaled


def test_setting_a_layers_kind_keeps_its_id():
    layer = with_value(EXPERIMENT, "network.items.2.kind", "dropout").network.items[2]
    assert (layer.kind, layer.id) == ("dropout", EXPERIMENT.network.items[2].id)


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("", "training"),
        ("trainig.batch_size", "training"),
        ("training.batchsize", "batch_size"),
        ("training.batch_size.x", "nothing below"),
        ("groups.9.learning_rate", "below 3"),
        ("groups.-1.learning_rate", "below 3"),
        ("groups.²", "below 3"),
        ("groups." + "9" * 5000, "below 3"),
        ("network.items.i99.times", "id"),
        ("network.items.i4.items.i5.parked.highway", "Nothing"),
        ("training.duration.hours", "epochs"),
        ("training.clip_norm.x", "nothing below"),
    ],
)
def test_a_path_that_is_not_there_says_what_is(path, known):
    (problem,) = refused(path, 1)
    assert known in problem.message
    assert len(problem.message) < 400


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("training.batch_size", "64"),
        ("training.batch_size", float("nan")),
        ("training.optimizer.kind", "lion"),
        ("training.optimizer.kind", []),
        ("network.items.i4.items.0.kind", "concat"),
        ("network.items.0", None),
        ("groups.2.rule.lanes", ["body"]),
        ("network", object()),
    ],
)
def test_a_value_that_the_schema_refuses_changes_nothing(path, value):
    assert refused(path, value)
    assert load_experiment("digits-residual") == EXPERIMENT
