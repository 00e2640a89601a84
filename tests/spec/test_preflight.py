"""The verdict on numbers made up for it: what is called, on what grounds, and that the remedy is one the block lacks."""

import math
from typing import Any

import pytest

from builder.spec import Experiment, validate_experiment
from builder.spec.preflight import EXPLODED, SIGNAL_EXPLODED, SIGNAL_VANISHED, VANISHED, BlockFlow, Flow, Pace, judge
from builder.spec.presets.numbering import network

DENSE = [{"kind": "activation", "function": "relu"}, {"kind": "linear", "out_features": 8}]
NORM = {"kind": "norm"}


def tower(block: dict[str, Any], times: int = 5, init: str = "he") -> Experiment:
    tower = network(
        [
            {"kind": "flatten"},
            {"kind": "linear", "out_features": 8},
            {"kind": "repeat", "times": times, "items": [block]},
            {"kind": "linear", "out_features": "classes"},
        ],
        init={"kind": init},
    )
    return validate_experiment({"network": tower.model_dump(mode="json"), "groups": [{"name": "all"}]})


PLAIN = tower({"kind": "plain", "body": DENSE})


def flow(grads: list[float | None], signals: list[float] | None = None, input_rms: float = 1.0) -> Flow:
    """Of the copies of `tower`, whose block is i4 in repeat i3 or what the numbering says."""
    repeat = PLAIN.network.items[2]
    item = repeat.items[0].id  # pyright: ignore[reportAttributeAccessIssue]
    return Flow(
        loss=2.3,
        input_rms=input_rms,
        blocks=tuple(
            BlockFlow(
                address=f"{repeat.id}[{index}]/{item}", item=item, depth=index + 1, grad_rms=grad, activation_rms=signal
            )
            for index, (grad, signal) in enumerate(zip(grads, signals or [1.0] * len(grads), strict=True))
        ),
        pace=Pace(step_seconds=0.01, steps_per_epoch=20, steps_per_second=None),
    )


def called(experiment: Experiment, found: Flow) -> dict[int, str]:
    calls = judge(experiment, found).calls
    return {block.depth: calls[block.address] for block in found.blocks if block.address in calls}


def test_equal_gradients_and_signals_are_sound() -> None:
    verdict = judge(PLAIN, flow([1e-3] * 5))
    assert (verdict.calls, verdict.sentence) == ({}, "")


def test_a_gradient_is_compared_with_the_last_blocks() -> None:
    last = 1e-2
    below, above = last * VANISHED, last * EXPLODED
    assert called(PLAIN, flow([below * 0.9, below * 1.1, above * 0.9, above * 1.1, last])) == {
        1: "vanishes",
        4: "explodes",
    }


def test_a_signal_is_compared_with_the_input() -> None:
    signals = [
        each * 7.0
        for each in (0.9 * SIGNAL_VANISHED, 1.1 * SIGNAL_VANISHED, 1.0, 0.9 * SIGNAL_EXPLODED, 1.1 * SIGNAL_EXPLODED)
    ]
    assert called(PLAIN, flow([1e-3] * 5, signals, input_rms=7.0)) == {1: "vanishes", 5: "explodes"}


def test_the_sentence_names_the_worst_block_how_many_and_what_a_plain_tower_lacks() -> None:
    plain = tower({"kind": "plain", "body": DENSE}, init="pytorch")
    assert judge(plain, flow([1e-21, 1e-15, 1e-9, 1e-6, 1e-3])).sentence == (
        "Block 1 gets 1e-18 of the last block's gradient. 2 of 5 blocks vanish. Use He init, a norm, or a skip."
    )


@pytest.mark.parametrize(
    ("block", "init", "remedy"),
    [
        ({"kind": "plain", "body": DENSE}, "he", "Use a norm or a skip."),
        ({"kind": "plain", "body": [NORM, *DENSE]}, "he", "Use a skip."),
        ({"kind": "residual", "body": DENSE, "beta": 0.5}, "he", "Use β = 1 or a norm."),
        ({"kind": "highway", "body": [NORM, *DENSE], "gate_bias_init": 3.0}, "he", "Use a lower gate bias."),
        ({"kind": "residual", "body": [NORM, *DENSE]}, "he", "Use fewer blocks."),
        (
            {"kind": "plain", "body": [NORM, {"kind": "activation", "function": "tanh"}, DENSE[1]]},
            "pytorch",
            "Use Xavier init or a skip.",
        ),
    ],
)
def test_a_vanishing_block_is_offered_what_it_lacks(block: dict[str, Any], init: str, remedy: str) -> None:
    assert judge(tower(block, init=init), flow([1e-20, 1.0, 1.0, 1.0, 1.0])).sentence.endswith(remedy)


@pytest.mark.parametrize(
    ("block", "init", "remedy"),
    [
        ({"kind": "residual", "body": DENSE}, "he", "Use a norm or a lower α."),
        ({"kind": "residual", "body": [NORM, *DENSE]}, "pytorch", "Use a lower α."),
        ({"kind": "residual", "body": DENSE, "beta": 2.0}, "he", "Use β = 1, a norm, or a lower α."),
        (
            {"kind": "residual", "body": [NORM, *DENSE], "shortcut": [{"kind": "dropout"}]},
            "he",
            "Use a shortcut without dropout or a lower α.",
        ),
        ({"kind": "plain", "body": DENSE}, "normal", "Use He init, a norm, or a skip."),
    ],
)
def test_an_exploding_block_is_offered_what_makes_it_quieter(block: dict[str, Any], init: str, remedy: str) -> None:
    sentence = judge(tower(block, init=init), flow([1.0] * 5, [1.0, 10.0, 100.0, 900.0, 1e5])).sentence
    assert sentence.startswith("After block 5 the signal has 1e5 times the size of the input.")
    assert sentence.endswith(remedy)


def test_an_overflow_is_named_where_it_begins() -> None:
    found = flow([math.nan] * 5, [1.0, 1e30, math.inf, math.nan, math.nan])
    verdict = judge(PLAIN, found)
    assert set(verdict.calls.values()) == {"explodes"}
    assert len(verdict.calls) == 5
    assert verdict.sentence.startswith("The signal overflows at block 3.")


def test_no_gradient_anywhere_is_called_and_no_reference_is_needed() -> None:
    verdict = judge(PLAIN, flow([0.0] * 5))
    assert set(verdict.calls.values()) == {"vanishes"}
    assert verdict.sentence.startswith("Block 1 gets no gradient at all.")


def test_a_last_block_without_gradient_is_no_reference_and_a_frozen_one_neither() -> None:
    assert called(PLAIN, flow([1e-3, 1e-3, 1e-3, 1e-3, 0.0])) == {5: "vanishes"}
    assert called(PLAIN, flow([1e-10, 1e-3, 1e-3, 1e-3, None])) == {1: "vanishes"}
    assert called(PLAIN, flow([None] * 5)) == {}


def test_an_epoch_takes_its_steps_or_its_pace() -> None:
    assert Pace(step_seconds=0.01, steps_per_epoch=20, steps_per_second=None).epoch_seconds == pytest.approx(0.2)
    assert Pace(step_seconds=0.01, steps_per_epoch=20, steps_per_second=50.0).epoch_seconds == pytest.approx(0.4)
    assert Pace(step_seconds=0.05, steps_per_epoch=20, steps_per_second=50.0).epoch_seconds == pytest.approx(1.0)


def test_a_tower_without_blocks_is_sound() -> None:
    assert judge(PLAIN, flow([])).sentence == ""
