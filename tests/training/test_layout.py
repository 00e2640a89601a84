"""The flat layout: every parameter in one place, in the group and block copy that it belongs to."""

import torch

from builder.modules import compile_network
from builder.spec import analyse
from builder.training.layout import FlatLayout

BODY = [{"kind": "linear", "out_features": 12}, {"kind": "norm"}]
GROUPS = [
    {"name": "bodies", "rule": {"lanes": ["body"]}},
    {"name": "frozen", "rule": {"items": ["i2"]}, "frozen": True},
    {"name": "rest"},
]
BLOCKS = [
    {"kind": "residual", "body": BODY, "shortcut": [{"kind": "match"}]},
    {"kind": "highway", "body": BODY},
    {"kind": "stochastic_depth", "body": BODY, "dropped_update": "skip", "shortcut": [{"kind": "match"}]},
]


def test_moving_into_the_layout_changes_no_value_and_no_gradient(make) -> None:
    experiment = make(*BLOCKS, groups=GROUPS)
    plain, moved = compile_network(experiment), compile_network(experiment)
    FlatLayout(moved, analyse(experiment))
    x = torch.randn(5, 1, 8, 8)
    for compiled in (plain, moved):
        compiled(x).square().sum().backward()
    others = dict(moved.parameters_by_address())
    for address, parameter in plain.parameters_by_address():
        assert torch.equal(others[address], parameter)
        if others[address].requires_grad:
            assert parameter.grad is not None
            assert torch.equal(others[address].grad, parameter.grad), address


def test_every_entry_stands_in_one_segment_of_its_group_and_block(make) -> None:
    experiment = make(*BLOCKS, groups=GROUPS)
    analysis, compiled = analyse(experiment), compile_network(experiment)
    layout = FlatLayout(compiled, analysis)
    addresses = [block.address for block in compiled.blocks]
    covered = torch.zeros(len(layout.values), dtype=torch.int64)
    for segment in layout.segments:
        covered[segment.start : segment.stop] += 1
    assert covered.eq(1).all()
    for each in analysis.parameters:
        start, stop = layout.slices[each.placed.address]
        segment = next(segment for segment in layout.segments if segment.start <= start and stop <= segment.stop)
        assert segment.group == each.group
        assert segment.block == (addresses.index(each.placed.block) if each.placed.block else -1)
    assert sum(len(update.gradient) for update in layout.updates) == len(layout.values)


def test_frozen_parameters_have_requires_grad_off_until_they_thaw(make) -> None:
    experiment = make(*BLOCKS, groups=GROUPS)
    compiled = compile_network(experiment)
    layout = FlatLayout(compiled, analyse(experiment))

    def off() -> set[str]:
        return {address for address, parameter in compiled.parameters_by_address() if not parameter.requires_grad}

    layout.freeze([1])
    assert off() == {"i2.weight", "i2.bias"}
    assert [update.group for update in layout.updates if update.parameter.grad is None] == [1]
    layout.freeze([])
    assert off() == set()
    assert all(update.parameter.grad is update.gradient for update in layout.updates)


def test_a_frozen_body_stays_frozen_whether_it_is_dropped_or_not(make) -> None:
    experiment = make(*BLOCKS, groups=GROUPS)
    layout = FlatLayout(compile_network(experiment), analyse(experiment))
    layout.freeze([0])
    for mask in ([True], [False]):
        layout.rest_dropped(mask)
        assert all(update.parameter.grad is None for update in layout.updates if update.group == 0)


def test_groups_that_never_rest_are_one_update_each(make) -> None:
    experiment = make(*BLOCKS[:2], groups=GROUPS)
    layout = FlatLayout(compile_network(experiment), analyse(experiment))
    assert [update.group for update in layout.updates] == [0, 1, 2]


def test_channels_last_weights_keep_their_strides(make) -> None:
    experiment = make(
        {"kind": "conv", "out_channels": 3}, {"kind": "conv", "out_channels": 5}, {"kind": "flatten"}, stem=False
    )
    compiled = compile_network(experiment).to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    before = {address: (value.detach().clone(), value.stride()) for address, value in compiled.parameters_by_address()}
    FlatLayout(compiled, analyse(experiment))
    for address, value in compiled.parameters_by_address():
        assert torch.equal(value, before[address][0])
        assert value.stride() == before[address][1]
        assert value.grad is not None
        assert value.grad.stride() == value.stride()
