"""Which edits are taken, and what the editor is answered."""

import json

import pytest

from builder.pages.editing import (
    adopt,
    analysis_message,
    begin,
    changes_between,
    differs_beyond_rates,
    is_new,
    take_edit,
    why_not_trainable,
)
from builder.spec import DocumentError, analyse, load_experiment, validate_experiment, with_value
from builder.spec.mix import Change

PRESET = load_experiment("digits-residual")


def message(editing, rev=1, **changes):
    return {
        "epoch": editing.epoch,
        "rev": rev,
        "document": {**editing.experiment.model_dump(mode="json"), **changes},
    }


def test_an_edit_of_the_current_epoch_and_a_higher_rev_is_taken():
    editing = begin(PRESET)
    edit = message(editing, rev=3, notes="mine")
    assert is_new(editing, edit)
    taken = take_edit(editing, edit)
    assert (taken.experiment.notes, taken.rev, taken.epoch) == ("mine", 3, editing.epoch)
    assert taken.analysis == analyse(taken.experiment)


def test_edits_that_are_repeated_older_or_of_another_epoch_are_not_new():
    editing = take_edit(begin(PRESET), message(begin(PRESET), rev=3))
    for rev in (-1, 0, 2, 3):
        assert not is_new(editing, {**message(editing), "rev": rev})
    assert is_new(editing, message(editing, rev=4))
    for epoch in (editing.epoch - 1, editing.epoch + 1, None, str(editing.epoch)):
        assert not is_new(editing, {**message(editing, rev=4), "epoch": epoch})


def test_what_python_changes_itself_begins_a_higher_epoch():
    editing = take_edit(begin(PRESET), message(begin(PRESET), rev=3))
    adopted = adopt(editing, PRESET, "e1", 7)
    assert adopted.epoch > editing.epoch
    assert (adopted.rev, adopted.experiment_id, adopted.revision) == (0, "e1", 7)
    assert not is_new(adopted, message(editing, rev=4))


def test_an_edit_that_the_schema_refuses_raises_and_leaves_the_document():
    editing = begin(PRESET)
    with pytest.raises(DocumentError):
        take_edit(editing, message(editing, groups=[]))
    assert editing.experiment == PRESET


def test_the_answer_says_the_same_as_the_analysis_and_is_json():
    editing = begin(PRESET)
    answer = json.loads(json.dumps(analysis_message(editing), allow_nan=False))
    analysis = analyse(PRESET)
    assert answer["rev"] == editing.rev
    assert answer["num_parameters"] == analysis.num_parameters == sum(row["num_parameters"] for row in answer["groups"])
    assert answer["num_blocks"] == 6
    assert answer["items"]["i5"]["copies"] == 6
    assert answer["problems"] == []
    assert set(answer["items"]) == set(analysis.items)


def test_the_answer_names_the_item_of_a_problem_and_train_says_it_too():
    broken = with_value(PRESET, "network.items.i2.out_features", 32)
    answer = analysis_message(begin(broken))
    (problem,) = [each for each in answer["problems"] if each["item_id"] == "i5"]
    assert "32" in problem["message"]
    assert "64" in problem["message"]
    assert problem["message"] in why_not_trainable(analyse(broken))
    assert why_not_trainable(analyse(PRESET)) == ""


def test_the_schedule_preview_follows_the_schedule():
    steps = analysis_message(begin(PRESET))["schedule"]
    assert steps["learning_rate"][0] == pytest.approx(1.0, rel=0.05)
    assert steps["learning_rate"][-1] == pytest.approx(0.0, abs=0.05)
    assert steps["steps"] == sorted(steps["steps"])


def test_changes_are_those_of_groups_that_both_documents_have():
    raw = PRESET.model_dump(mode="json")
    raw["groups"][1]["learning_rate"] = 0.3
    raw["groups"][0]["name"] = "renamed"
    after = validate_experiment(raw)
    assert changes_between(PRESET.groups, after.groups) == [Change("set_learning_rate", "bodies", 0.3)]
    assert changes_between(PRESET.groups, PRESET.groups) == []


def test_several_rates_are_one_change_and_groups_thaw_before_others_freeze():
    before = with_value(PRESET, "groups.2.frozen", True)
    raw = before.model_dump(mode="json")
    for group in raw["groups"]:
        group["learning_rate"] /= 2
    raw["groups"][0] |= {"frozen": True, "weight_decay": 0.25}
    raw["groups"][2]["frozen"] = False
    after = validate_experiment(raw)
    rates = {group.name: group.learning_rate for group in after.groups}
    assert len(rates) == 3
    assert changes_between(before.groups, after.groups) == [
        Change("set_learning_rates", "", rates),
        Change("set_weight_decay", "stem", 0.25),
        Change("set_frozen", "head", False),
        Change("set_frozen", "stem", True),
    ]


@pytest.mark.parametrize(
    ("path", "value", "differs"),
    [
        ("groups.0.learning_rate", 0.7, False),
        ("training.pace", 3.0, False),
        ("notes", "mine", False),
        ("name", "mine", False),
        ("groups.0.weight_decay", 0.7, False),
        ("groups.0.frozen", True, False),
        ("groups.0.rule.depth_to", 7, True),
        ("training.batch_size", 7, True),
        ("data.dataset", "spirals", True),
        ("network.items.1.out_features", 7, True),
    ],
)
def test_only_names_pace_and_the_mix_reach_a_run_that_is_in_training(path, value, differs):
    assert differs_beyond_rates(with_value(PRESET, path, value), PRESET) is differs
