"""The highway papers' nets have the sizes that the papers give."""

import pytest

from builder.spec import analyse
from builder.spec.presets.highway_networks import CHOSEN, GATE_BIASES, HIGHWAY_WIDTH, PLAIN_WIDTH, RATES
from builder.spec.presets.registry import PRESETS


def parameters_by_depth(name: str) -> dict[int, int]:
    """Parameters of each block copy and what stands beside it."""
    counts: dict[int, int] = {}
    for row in analyse(PRESETS[name].experiment()).parameters:
        size = 1
        for side in row.placed.shape:
            size *= side
        counts[row.placed.depth] = counts.get(row.placed.depth, 0) + size
    return counts


@pytest.mark.parametrize("depth", CHOSEN)
@pytest.mark.parametrize(("kind", "width"), [("plain-", PLAIN_WIDTH), ("", HIGHWAY_WIDTH)])
def test_a_layer_of_the_depth_study_has_about_five_thousand_parameters(kind: str, width: int, depth: int) -> None:
    counts = parameters_by_depth(f"highway-mnist-{kind}{depth}")
    affine_maps = 1 if kind else 2
    assert counts[0] == 784 * width + width
    assert {counts[layer] for layer in range(1, depth)} == {affine_maps * (width * width + width)}
    assert affine_maps * (width * width + width) == pytest.approx(5000, rel=0.03)
    assert counts[depth] == width * 10 + 10


def test_the_convolutional_net_has_the_papers_39_thousand_parameters() -> None:
    counts = parameters_by_depth("highway-mnist-conv")
    layer = 16 * 16 * 9 + 16
    assert counts == {0: 9 * 16 + 16, **{depth: 2 * layer for depth in range(1, 9)}, 9: 16 * 3 * 3 * 10 + 10}
    assert round(sum(counts.values()), -3) == 39_000


def test_what_was_chosen_stands_in_the_grids() -> None:
    for chosen in CHOSEN.values():
        assert {chosen.plain_rate, chosen.highway_rate} <= set(RATES)
        assert chosen.gate_bias in GATE_BIASES
