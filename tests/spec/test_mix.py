"""What groups are set to: each change gives the next mix, or is refused in words."""

import json
from typing import Any

import pytest

from builder.spec import analyse, validate_experiment
from builder.spec.mix import CHANGES, Change, ChangeRefused, Mix
from builder.spec.presets.numbering import network
from builder.workspace import statuses

GROUPS = [
    {"name": "stem", "rule": {"items": ["i2"]}, "learning_rate": 0.1, "weight_decay": 0.01},
    {"name": "gates", "rule": {"lanes": ["gate"]}, "learning_rate": 0.2},
    {"name": "rest", "learning_rate": 0.3},
]


@pytest.fixture
def mix() -> Mix:
    tower = network([{"kind": "flatten"}, {"kind": "linear"}, {"kind": "linear", "out_features": "classes"}])
    document = {"network": tower.model_dump(mode="json"), "groups": GROUPS}
    return Mix.of(analyse(validate_experiment(document)))


def after(mix: Mix, *changes: tuple[str, str, Any]) -> Mix:
    for change in changes:
        mix = mix.after(Change(*change))
    return mix


def test_a_mix_says_what_the_document_says(mix) -> None:
    assert [(each.learning_rate, each.weight_decay, each.frozen) for each in mix.groups.values()] == [
        (0.1, 0.01, False),
        (0.2, 0.0, False),
        (0.3, 0.0, False),
    ]
    # Of a group without parameters nothing can learn.
    assert mix.learning == {"stem", "rest"}


def test_a_change_sets_one_thing_of_one_group(mix) -> None:
    changed = after(mix, ("set_learning_rate", "stem", 1.0), ("set_weight_decay", "rest", 0.5))
    assert changed.groups["stem"].learning_rate == 1.0
    assert changed.groups["rest"].weight_decay == 0.5
    assert changed.groups["gates"] == mix.groups["gates"]
    assert mix.groups["stem"].learning_rate == 0.1


def test_rates_of_several_groups_are_one_change(mix) -> None:
    changed = after(mix, ("set_learning_rates", "", {"stem": 0.05, "rest": 0.15}))
    assert [each.learning_rate for each in changed.groups.values()] == [0.05, 0.2, 0.15]


def test_solo_freezes_all_others_until_it_ends_and_restores_what_was_frozen_before(mix) -> None:
    frozen = after(mix, ("set_frozen", "stem", True))
    assert frozen.learning == {"rest"}
    solo = after(frozen, ("set_solo", "rest", True), ("set_frozen", "stem", False))
    assert solo.learning == {"rest"}
    assert after(solo, ("set_solo", "rest", False)).learning == {"stem", "rest"}
    assert after(solo, ("set_solo", "stem", True)).learning == {"stem"}
    # To end the solo of one that has none ends no other's.
    assert after(solo, ("set_solo", "stem", False)) == solo


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("set_learning_rate", "nobody", 0.1), "no group “nobody”; the groups are stem, gates, rest"),
        (("set_solo", ["stem"], True), "no group"),
        (
            ("set_weight_decay", "stem", -0.1),
            "weight decay -0.1 of group “stem” is refused.*greater than or equal to 0",
        ),
        (("set_weight_decay", "stem", float("nan")), "refused"),
        (("set_learning_rate", "stem", "0.1"), "refused"),
        (("set_frozen", "stem", 1), "refused"),
        (("set_solo", "stem", "yes"), "neither solo nor not"),
        (("set_solo", "gates", True), "no parameters"),
        (("set_learning_rates", "", {"stem": 0.1, "rest": 1e9}), "rest"),
        (("set_learning_rates", "", {}), "by their names"),
        (("explode", "stem", 1), "no change “explode”"),
    ],
)
def test_what_cannot_be_is_refused_in_words(mix, change, words: str) -> None:
    with pytest.raises(ChangeRefused, match=words):
        after(mix, change)


def test_nothing_is_frozen_that_leaves_nothing_to_learn(mix) -> None:
    frozen = after(mix, ("set_frozen", "stem", True))
    with pytest.raises(ChangeRefused, match="“rest” is the only group that learns"):
        after(frozen, ("set_frozen", "rest", True))
    with pytest.raises(ChangeRefused, match="solo and frozen"):
        after(frozen, ("set_solo", "stem", True))
    with pytest.raises(ChangeRefused, match="end its solo"):
        after(mix, ("set_solo", "rest", True), ("set_frozen", "rest", True))


def test_a_checkpoint_keeps_all_of_it(mix) -> None:
    changed = after(mix, ("set_learning_rate", "stem", 1.0), ("set_frozen", "stem", True), ("set_solo", "rest", True))
    assert mix.with_state(json.loads(json.dumps(changed.to_state()))) == changed


def test_an_earlier_version_s_checkpoint_has_rates_alone_and_the_rest_is_the_document_s(mix) -> None:
    found = mix.with_state({"rates": {"stem": 1.0, "gates": 0.2, "rest": 0.3}})
    assert found.groups["stem"].learning_rate == 1.0
    assert found.groups["stem"].weight_decay == 0.01
    assert found.learning == {"stem", "rest"}


def test_the_workspace_takes_exactly_these_changes_as_commands() -> None:
    assert set(CHANGES) == statuses.CHANGES
