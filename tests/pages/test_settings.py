"""The groups' settings: what a browser sent, what differs, and a document set so."""

import pytest

from builder.pages.settings import changed_settings, sent_settings, settings_of, with_settings
from builder.spec import DocumentError, load_experiment
from builder.spec.presets.registry import DEFAULT_PRESET

PRESET = load_experiment(DEFAULT_PRESET)


def test_the_groups_that_are_named_are_set_and_no_others():
    sent = sent_settings(
        [{"name": "bodies", "learning_rate": 0.5, "frozen": True, "colour": "#000000"}, {"name": "nobody"}, "x", None]
    )
    after = with_settings(PRESET, sent)
    before = {group.name: group for group in PRESET.groups}
    for group in after.groups:
        if group.name != "bodies":
            assert group == before[group.name]
    (bodies,) = [group for group in after.groups if group.name == "bodies"]
    assert (bodies.learning_rate, bodies.frozen, bodies.colour) == (0.5, True, before["bodies"].colour)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, 1e9, 10**400, "0.1", None, True, [0.1], {}])
def test_what_is_no_rate_cannot_be_set(value):
    with pytest.raises(DocumentError):
        with_settings(PRESET, sent_settings([{"name": "bodies", "learning_rate": value}]))


@pytest.mark.parametrize("value", [None, True, 1.5, "stem", {"name": "stem"}, [None, "stem", {}, {"name": ["stem"]}]])
def test_what_is_no_list_of_groups_sets_nothing(value):
    assert sent_settings(value) == {}


def test_a_document_set_as_it_is_stays_the_same_and_differs_in_nothing():
    settings = settings_of(PRESET)
    assert with_settings(PRESET, settings) == PRESET
    assert changed_settings(settings, settings) == {}


def test_a_change_is_a_value_that_differs_of_a_group_that_both_have():
    before = {"stem": {"learning_rate": 0.1, "frozen": False}, "old": {"learning_rate": 1.0}}
    after = {"stem": {"learning_rate": 0.1, "frozen": True}, "new": {"learning_rate": 2.0}}
    assert changed_settings(before, after) == {"stem": {"frozen": True}}
