"""The unrolled network: addresses, depth, survival, bypass, merges, and problems that stand where they belong."""

import time

import pytest

from builder.spec import Experiment, analyse
from builder.spec.data import DataSpec
from builder.spec.document import validate_experiment
from builder.spec.plan import plan_network
from builder.spec.presets.cifar_towers import HEAD, cifar_stage, repeat
from builder.spec.presets.numbering import network
from builder.spec.recipes import activation, conv, linear, norm

FLATTEN = {"kind": "flatten"}
GLOBAL_POOL = {"kind": "global_pool"}


def plan_of(*items, in_shape=(64,), num_classes=10):
    return plan_network(network(items), in_shape, num_classes)


def block(kind="residual", body=(), **fields):
    return {"kind": kind, "body": list(body), **fields}


def found(plan):
    return [(problem.item_id, problem.message) for problem in plan.problems]


def sound(plan):
    assert not plan.problems, found(plan)
    return plan


def test_an_address_is_the_path_with_the_copies_numbered_from_0():
    inner = repeat(2, block("highway", [linear(64)], shortcut=[{"kind": "match", "bias": True}]))
    plan = sound(plan_of(linear(64), repeat(3, activation(), inner), HEAD))
    assert [parameter.address for parameter in plan.parameters()] == [
        "i1.weight",
        "i1.bias",
        *[
            f"i2[{outer}]/i4[{copy}]/i5/{name}"
            for outer in range(3)
            for copy in range(2)
            for lane in ("body/i6", "shortcut/i7", "gate")
            for name in (f"{lane}.weight", f"{lane}.bias")
        ],
        "i8.weight",
        "i8.bias",
    ]
    placed = list(plan.parameters())[2]
    assert (placed.ids, placed.block, placed.lane) == (("i2", "i4", "i5", "i6"), "i2[0]/i4[0]/i5", "body")


def test_depth_counts_block_copies_and_puts_stem_and_head_around_them():
    plan = sound(
        plan_of(linear(64), repeat(2, block("plain", [linear(64)]), linear(64)), block(body=[linear(64)]), norm(), HEAD)
    )
    depths = {parameter.address: parameter.depth for parameter in plan.parameters()}
    assert {address: depth for address, depth in depths.items() if address.endswith("weight")} == {
        "i1.weight": 0,
        "i2[0]/i3/body/i4.weight": 1,
        "i2[0]/i5.weight": 1,
        "i2[1]/i3/body/i4.weight": 2,
        "i2[1]/i5.weight": 2,
        "i6/body/i7.weight": 3,
        "i8.weight": 4,
        "i9.weight": 4,
    }


def test_without_blocks_everything_is_stem():
    assert sound(plan_of(linear(64), HEAD)).depths == [0, 0]


def test_a_bypassed_block_has_no_depth_number_and_no_parameters():
    plan = sound(
        plan_of(linear(64), block(body=[linear(64)]), block(body=[linear(64)], bypassed=True), block(), norm(), HEAD)
    )
    assert [step.depth for step in plan.steps if hasattr(step, "block")] == [1, None, 2]
    assert plan.depths == [0, 1, 1, 2, 3, 3]
    assert not [parameter for parameter in plan.parameters() if "i5" in parameter.ids or "i4" in parameter.ids]


def test_linear_decay_follows_the_paper_and_counts_stochastic_copies_only():
    """p_l = 1 - (l / L) (1 - p_L); 54 blocks with p_L = 0.5 have an expected depth of 40.25. Huang et al. 2016."""
    items = [conv(16), norm()]
    for channels in (16, 32, 64):
        items += cifar_stage("stochastic_depth", channels, 18, strided=channels > 16)
        items.append(block("residual", [conv(channels)]))
    plan = sound(plan_of(*items, GLOBAL_POOL, HEAD, in_shape=(3, 32, 32)))
    survival = [one.survival_prob for one in plan.blocks if one.block.kind == "stochastic_depth"]
    assert len(survival) == 54
    assert survival == pytest.approx([1 - number / 54 * 0.5 for number in range(1, 55)])
    assert sum(survival) == pytest.approx(40.25)
    assert survival[0] < 1.0, "the first block can drop too"
    assert all(one.survival_prob is None for one in plan.blocks if one.block.kind == "residual")


def test_a_constant_survival_stands_beside_decaying_ones_and_counts_as_a_copy():
    constant = block("stochastic_depth", survival={"kind": "constant", "survival_prob": 0.9})
    decaying = block("stochastic_depth", survival={"kind": "linear_decay", "final_survival_prob": 0.2})
    bypassed = block("stochastic_depth", bypassed=True)
    plan = sound(plan_of(decaying, constant, bypassed, decaying, decaying, HEAD))
    assert [one.survival_prob for one in plan.blocks] == pytest.approx([1 - 0.25 * 0.8, 0.9, 1 - 0.75 * 0.8, 0.2])


@pytest.mark.parametrize("kind", ["residual", "highway", "stochastic_depth"])
def test_a_merge_of_different_shapes_names_both_and_the_remedy(kind):
    ((item_id, message),) = found(plan_of(linear(32), block(kind, [linear(64)]), HEAD))
    assert item_id == "i2"
    assert "64" in message
    assert "32" in message
    assert "match" in message


def test_a_plain_block_keeps_its_shortcut_without_using_it():
    plan = sound(plan_of(block("plain", [linear(32)], shortcut=[conv(3), {"kind": "match"}]), HEAD))
    assert [parameter.address for parameter in plan.parameters()][:2] == ["i1/body/i2.weight", "i1/body/i2.bias"]
    assert plan.steps[0].shortcut == ()


@pytest.mark.parametrize("gate_kernel_size", [1, 3])
@pytest.mark.parametrize(("stride", "size"), [(1, 8), (2, 4), (3, 3), (4, 2), (8, 1)])
def test_the_gates_stride_follows_the_body(stride, size, gate_kernel_size):
    body = [conv(5, 3, stride)]
    highway = block("highway", body, shortcut=[{"kind": "match"}], gate_kernel_size=gate_kernel_size)
    plan = sound(plan_of(highway, GLOBAL_POOL, HEAD, in_shape=(4, 8, 8)))
    (step,) = plan.blocks
    assert step.out_shape == (5, size, size)
    assert step.block.gate_stride(step.in_shape, step.out_shape) == stride
    assert [parameter.shape for parameter in step.gate] == [(5, 4, gate_kernel_size, gate_kernel_size), (5,)]


@pytest.mark.parametrize(
    ("body", "shapes"),
    [([conv(4, 3, padding=0)], ("4×8×8", "4×6×6")), ([GLOBAL_POOL], ("4×8×8", "4"))],
)
def test_a_gate_that_cannot_reach_the_body_is_a_problem_on_the_block(body, shapes):
    problems = found(plan_of(block("highway", body), FLATTEN, HEAD, in_shape=(4, 8, 8)))
    (message,) = [message for item_id, message in problems if item_id == "i1" and "gate" in message]
    assert all(shape in message for shape in shapes)
    assert "Make" in message or "Take" in message


def test_a_bypassed_block_is_its_shortcut_when_that_has_no_parameters():
    body = [conv(32, stride=2)]
    padded = block("residual", body, shortcut=[{"kind": "pad_channels"}], bypassed=True)
    plan = sound(plan_of(padded, GLOBAL_POOL, HEAD, in_shape=(16, 8, 8)))
    assert plan.steps[0].out_shape == (32, 4, 4)
    assert [layer.layer.kind for layer in plan.steps[0].shortcut] == ["pad_channels"]
    assert plan.steps[0].body == ()


def test_a_bypassed_block_with_the_identity_passes_its_input_whatever_its_body_would_give():
    plan = sound(plan_of(linear(32), block("plain", [linear(8)], bypassed=True), HEAD))
    assert plan.steps[1].out_shape == (32,)


@pytest.mark.parametrize("shortcut", [[{"kind": "match"}], [{"kind": "match"}, norm()], [linear(64)]])
def test_a_bypassed_block_whose_shortcut_has_parameters_is_absent_and_must_keep_its_shape(shortcut):
    keeping = block("residual", [linear(64)], shortcut=shortcut, bypassed=True)
    plan = sound(plan_of(linear(64), keeping, HEAD))
    assert not [parameter for parameter in plan.parameters() if "i2" in parameter.ids]
    assert plan.steps[1].body == ()
    assert plan.steps[1].shortcut == ()
    ((item_id, message),) = found(plan_of(linear(32), keeping, HEAD))
    assert item_id == "i2"
    assert "32" in message
    assert "64" in message
    assert "pad channels" in message


@pytest.mark.parametrize("shortcut", [[], [{"kind": "match"}], [{"kind": "dropout"}], [linear(5), norm()]])
def test_a_broken_block_can_be_bypassed(shortcut):
    broken = block("residual", [conv(4)], shortcut=shortcut)
    assert found(plan_of(linear(64), broken, HEAD))
    assert sound(plan_of(linear(64), {**broken, "bypassed": True}, HEAD)).steps[1].out_shape == (64,)


def test_a_broken_block_whose_shortcut_aims_at_its_body_says_so_when_bypassed():
    broken = block("residual", [conv(4)], shortcut=[{"kind": "pad_channels"}], bypassed=True)
    ((item_id, message),) = found(plan_of(linear(64), broken, HEAD))
    assert item_id == "i2"
    assert "shortcut" in message
    assert "Mend the body" in message


def test_every_problem_of_a_tower_is_found_at_once():
    problems = found(
        plan_of(
            linear(32),
            block("residual", [linear(16)]),
            repeat(2),
            block("residual", [linear(8)]),
            GLOBAL_POOL,
            HEAD,
            in_shape=(1, 8, 8),
        )
    )
    assert [item_id for item_id, _ in problems] == ["i1", "i2", "i4", "i5", "i7"]


def test_a_problem_inside_a_repeat_is_told_once():
    problems = found(plan_of(repeat(2000, block("residual", [conv(4, 1, padding=15)])), in_shape=(1, 8, 8)))
    assert [item_id for item_id, _ in problems] == ["i2", "i1"]


def test_empty_repeats_cost_no_time_however_deep_they_nest():
    item = {"kind": "repeat", "times": 2000, "items": []}
    for _ in range(5):
        item = {"kind": "repeat", "times": 2000, "items": [item]}
    experiment = validate_experiment({"network": {"items": [item]}})
    start = time.process_time()
    analysis = analyse(experiment)
    assert time.process_time() - start < 0.5
    assert any(problem.item_id for problem in analysis.problems)


def test_an_empty_tower_and_a_tower_without_parameters_say_what_to_do():
    (empty,) = analyse(Experiment()).problems
    assert (empty.path, "Drag" in empty.message) == ("network.items", True)
    raw = network([linear("classes", bias=False)])
    assert not analyse(Experiment(network=raw, data=DataSpec(dataset="xor"))).problems
    (bare,) = analyse(Experiment(network=network([FLATTEN]), data=DataSpec(dataset="xor"))).problems
    assert "no parameters" in bare.message


@pytest.mark.parametrize(("items", "word"), [([linear(9)], "9"), ([conv(10)], "global pool")])
def test_a_tower_must_end_in_the_classes(items, word):
    in_shape = (1, 8, 8) if items[0]["kind"] == "conv" else (64,)
    ((item_id, message),) = found(plan_of(*items, in_shape=in_shape))
    assert item_id == "i1"
    assert word in message
    assert "10 classes" in message


def test_a_change_of_data_moves_the_classes_and_the_input():
    tower = network([FLATTEN, linear(8), linear("classes")])
    for dataset, num_parameters in (("digits", 64 * 8 + 8 + 90), ("xor", 2 * 8 + 8 + 18), ("cifar-10", 3072 * 8 + 98)):
        analysis = analyse(Experiment(network=tower, data=DataSpec(dataset=dataset)))
        assert not analysis.problems
        assert analysis.num_parameters == num_parameters


def test_the_largest_tower_is_analysed_in_bounded_time():
    tower = network([FLATTEN, repeat(2000, *[linear(64)] * 8, block(body=[linear(64)])), HEAD])
    groups = [{"name": f"g{number}", "rule": {"items": ["i999"], "lanes": ["gate"]}} for number in range(60)]
    experiment = Experiment.model_validate({"network": tower, "groups": [*groups, {"name": "rest"}]})
    start = time.process_time()
    analysis = analyse(experiment)
    assert time.process_time() - start < 10.0
    assert not analysis.problems
    assert analysis.num_parameters == 2000 * 9 * (64 * 64 + 64) + 650
