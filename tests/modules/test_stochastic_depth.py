"""Stochastic depth: what is dropped is not computed, and evaluation is the expectation of training."""

from itertools import product
from typing import Any

import pytest
import torch

from builder.modules import NetworkModule, compile_network
from builder.spec import analyse


def tower(make, times: int, **fields: Any) -> NetworkModule:
    block = {"kind": "stochastic_depth", "body": [{"kind": "linear", "out_features": 8}], **fields}
    stem = [{"kind": "flatten"}, {"kind": "linear", "out_features": 8}]
    return compile_network(make(*stem, {"kind": "repeat", "times": times, "items": [block]})).double()


def test_hook_on_a_dropped_body_is_not_called(make) -> None:
    compiled = tower(make, 3)
    called: list[int] = []
    for block in compiled.blocks:
        block.body.register_forward_hook(lambda *_, depth=block.depth: called.append(depth))
    x = torch.randn(2, 1, 8, 8, dtype=torch.float64)
    for mask, expected in (([True, False, True], [1, 3]), ([False] * 3, []), ([True] * 3, [1, 2, 3])):
        called.clear()
        compiled.set_alive(mask)
        compiled(x)
        assert called == expected


def test_every_body_is_computed_in_evaluation(make) -> None:
    compiled = tower(make, 2).eval()
    called: list[int] = []
    for block in compiled.blocks:
        block.body.register_forward_hook(lambda *_, depth=block.depth: called.append(depth))
    compiled.set_alive([False, False])
    compiled(torch.randn(2, 1, 8, 8, dtype=torch.float64))
    assert called == [1, 2]


@pytest.mark.parametrize("scaling", ["test", "train"])
def test_evaluation_of_linear_bodies_is_the_expectation_over_all_masks(make, scaling: str) -> None:
    compiled = tower(make, 4, scaling=scaling)
    x = torch.randn(3, 1, 8, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    survival = [block.survival_prob for block in compiled.stochastic_blocks]
    expectation = torch.zeros(3, 10, dtype=torch.float64)
    for mask in product([True, False], repeat=4):
        compiled.set_alive(mask)
        probability = 1.0
        for alive, prob in zip(mask, survival, strict=True):
            probability *= prob if alive else 1 - prob
        expectation += probability * compiled(x).detach()
    torch.testing.assert_close(compiled.eval()(x), expectation)


def test_linear_decay_counts_stochastic_copies_only(make) -> None:
    body = [{"kind": "linear", "out_features": 8}]
    decaying = {"survival": {"kind": "linear_decay", "final_survival_prob": 0.4}}
    items = [
        {"kind": "stochastic_depth", "body": body, **decaying},
        {"kind": "residual", "body": body},
        {"kind": "repeat", "times": 2, "items": [{"kind": "stochastic_depth", "body": body, **decaying}]},
        {"kind": "stochastic_depth", "body": body, "bypassed": True, **decaying},
    ]
    experiment = make({"kind": "flatten"}, {"kind": "linear", "out_features": 8}, *items)
    compiled = compile_network(experiment)
    assert [block.survival_prob for block in compiled.stochastic_blocks] == pytest.approx([0.8, 0.6, 0.4])
    assert [block.survival_prob for block in analyse(experiment).plan.blocks] == pytest.approx([0.8, None, 0.6, 0.4])


def test_statistics_of_a_dropped_body_rest(make) -> None:
    compiled = tower(make, 2, body=[{"kind": "linear", "out_features": 8}, {"kind": "norm"}])
    before = {key: value.clone() for key, value in compiled.state_dict().items()}
    compiled.set_alive([False, True])
    compiled(torch.randn(5, 1, 8, 8, dtype=torch.float64))
    after = compiled.state_dict()
    moved = {key for key in after if not torch.equal(after[key], before[key])}
    assert moved == {f"i3[1]/i4/body/i6.{name}" for name in ("running_mean", "running_var", "num_batches_tracked")}


def test_a_mask_of_another_length_is_refused(make) -> None:
    with pytest.raises(ValueError, match="zip"):
        tower(make, 2).set_alive([True])
