"""Which edits of the mixer are taken."""

import pytest

from builder.pages.mixing import Mixing
from builder.pages.settings import settings_of, with_settings
from builder.spec import load_experiment
from builder.spec.presets.registry import DEFAULT_PRESET

PRESET = load_experiment(DEFAULT_PRESET)


@pytest.fixture
def mixing():
    return Mixing.of(PRESET)


def sent(epoch, rev, **groups):
    """An edit as the mixer sends it: all settings of all groups of the preset, some of them changed."""
    settings = {name: {**values, **groups.get(name, {})} for name, values in settings_of(PRESET).items()}
    return {"epoch": epoch, "rev": rev, "groups": [{"name": name, **values} for name, values in settings.items()]}


def set_by_hand(**groups):
    return with_settings(PRESET, groups)


def test_an_edit_is_taken_once_and_sets_what_it_changes(mixing):
    edit = sent(mixing.epoch, 1, stem={"learning_rate": 0.5})
    assert mixing.take(edit) == {"stem": {"learning_rate": 0.5}}
    assert mixing.take(edit) == {}
    assert mixing.take(sent(mixing.epoch, 2, stem={"learning_rate": 0.5}, head={"frozen": True})) == {
        "head": {"frozen": True}
    }
    assert mixing.rev == 2


def test_a_document_that_follows_from_the_mixer_s_own_edit_begins_no_epoch(mixing):
    epoch = mixing.epoch
    mixing.take(sent(epoch, 1, stem={"learning_rate": 0.5}))
    mixing.follow(set_by_hand(stem={"learning_rate": 0.5}))
    assert (mixing.epoch, mixing.rev) == (epoch, 1)
    mixing.follow(set_by_hand(stem={"learning_rate": 0.6}))
    assert (mixing.epoch, mixing.rev) == (epoch + 1, 0)


def test_a_renamed_group_begins_an_epoch(mixing):
    renamed = PRESET.model_dump(mode="json")
    renamed["groups"][0]["name"] = "trunk"
    epoch = mixing.epoch
    mixing.follow(type(PRESET).model_validate(renamed))
    assert mixing.epoch == epoch + 1


def test_of_a_late_edit_what_its_hand_changed_is_taken_and_nothing_else(mixing):
    epoch = mixing.epoch
    mixing.take(sent(epoch, 1, stem={"learning_rate": 0.5}))
    mixing.follow(set_by_hand(stem={"learning_rate": 0.1}, bodies={"learning_rate": 0.01}))
    late = sent(epoch, 2, stem={"learning_rate": 0.5}, head={"learning_rate": 0.02})
    assert mixing.take(late) == {"head": {"learning_rate": 0.02}}
    assert mixing.take(late) == {}
    later = sent(epoch, 3, stem={"learning_rate": 0.5}, head={"learning_rate": 0.03})
    assert mixing.take(later) == {"head": {"learning_rate": 0.03}}


def test_a_late_edit_says_nothing_of_another_document_s_groups(mixing):
    epoch = mixing.epoch
    mixing.turn_to(PRESET)
    assert mixing.take(sent(epoch, 1, stem={"learning_rate": 0.5})) == {}


@pytest.mark.parametrize(
    "message", [None, 7, "edit", [], {}, {"epoch": 1}, {"epoch": 1, "rev": True}, {"epoch": [], "rev": 1}]
)
def test_what_is_no_edit_is_not_taken(mixing, message):
    assert mixing.take(message) == {}
    assert mixing.rev == 0
