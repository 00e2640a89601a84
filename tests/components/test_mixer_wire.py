"""What the mixer's wrapper sends, and what it takes from a browser, which may send anything."""

import json
import math

import pytest

from components.mixer import GroupEdit, MixerEdit, meter, parse_edit

STEM = {"name": "Stem", "learning_rate": 0.1, "weight_decay": 0.01, "frozen": False}


def test_an_edit_is_read() -> None:
    edit = parse_edit({"epoch": 2, "rev": 5, "gesture": 4, "groups": [STEM]})
    stem = GroupEdit(name="Stem", learning_rate=0.1, weight_decay=0.01, frozen=False)
    assert edit == MixerEdit(epoch=2, rev=5, gesture=4, groups=(stem,))
    assert parse_edit(None) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"learning_rate": -0.1},
        {"learning_rate": 101},
        {"learning_rate": math.nan},
        {"learning_rate": math.inf},
        {"learning_rate": 10**400},
        {"learning_rate": "0.1"},
        {"learning_rate": True},
        {"weight_decay": -0.1},
        {"weight_decay": 11},
        {"weight_decay": None},
        {"frozen": 1},
        {"frozen": None},
        {"name": None},
    ],
)
def test_a_forged_value_is_refused(changes: dict) -> None:
    with pytest.raises(ValueError, match=r"learning rate|weight decay|frozen|name"):
        parse_edit({"epoch": 1, "rev": 1, "gesture": 1, "groups": [{**STEM, **changes}]})


@pytest.mark.parametrize(
    "sent", ["x", {}, {"epoch": 1, "rev": 1}, {"epoch": 1.5, "rev": 1, "groups": []}, {"epoch": 1, "groups": []}]
)
def test_what_is_no_edit_is_refused(sent: object) -> None:
    with pytest.raises(ValueError, match="mixer"):
        parse_edit(sent)


@pytest.mark.parametrize(("value", "shown"), [(math.inf, "∞"), (math.nan, "NaN"), (0.25, 0.25)])
def test_a_meter_that_is_not_finite_still_makes_strict_json(value: float, shown: object) -> None:
    assert json.loads(json.dumps(meter(value), allow_nan=False)) == shown
