"""What the top bar's wrapper takes from a browser, which may send anything."""

import pytest

from components.transport import TransportAction, parse_action


def test_nothing_pressed_is_no_action() -> None:
    assert parse_action(None) is None


@pytest.mark.parametrize(
    ("sent", "action"),
    [
        ({"kind": "train"}, TransportAction(kind="train", nonce="n")),
        ({"kind": "rename", "name": "<b>mine</b>"}, TransportAction(kind="rename", nonce="n", name="<b>mine</b>")),
        ({"kind": "set_device", "device": "cuda:0"}, TransportAction(kind="set_device", nonce="n", device="cuda:0")),
        (
            {"kind": "set_pace", "steps_per_second": 20},
            TransportAction(kind="set_pace", nonce="n", steps_per_second=20),
        ),
        ({"kind": "set_pace", "steps_per_second": None}, TransportAction(kind="set_pace", nonce="n")),
        ({"kind": "dismiss", "id": 3}, TransportAction(kind="dismiss", nonce="n", notice=3)),
    ],
)
def test_an_action_is_read_with_its_payload(sent: dict, action: TransportAction) -> None:
    assert parse_action({**sent, "nonce": "n"}) == action


@pytest.mark.parametrize(
    "sent",
    [
        "train",
        {"kind": "format_disk", "nonce": "n"},
        {"kind": ["train"], "nonce": "n"},
        {"kind": "train"},
        {"kind": "rename", "nonce": "n"},
        {"kind": "rename", "nonce": "n", "name": {"a": 1}},
        {"kind": "set_pace", "nonce": "n", "steps_per_second": float("nan")},
        {"kind": "set_pace", "nonce": "n", "steps_per_second": -1},
        {"kind": "set_pace", "nonce": "n", "steps_per_second": 10**400},
        {"kind": "set_pace", "nonce": "n", "steps_per_second": True},
        {"kind": "dismiss", "nonce": "n", "id": None},
    ],
)
def test_a_forged_action_is_refused(sent: object) -> None:
    with pytest.raises(ValueError, match=r"top bar|pace"):
        parse_action(sent)
