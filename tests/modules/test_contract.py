"""What the analysis says of a document is what the compiled network is, for every kind and for random documents."""

from collections import Counter
from typing import Any

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from safetensors.torch import load, save
from torch import nn

from builder.modules import NetworkModule, compile_network
from builder.modules.blocks.registry import BLOCK_MODULES
from builder.modules.layers.registry import BUILDERS
from builder.spec import DocumentError, Experiment, analyse
from builder.spec.blocks.registry import BLOCKS
from builder.spec.data import DataSpec
from builder.spec.datasets import DATASETS
from builder.spec.layers.registry import LAYERS
from builder.spec.presets.numbering import network
from builder.spec.presets.registry import PRESETS

FUNCTIONS = ["relu", "leaky_relu", "tanh", "sigmoid", "arctan", "gelu", "silu"]
ACTIVATIONS = st.sampled_from([None, *FUNCTIONS])
KEEPING = st.one_of(
    st.fixed_dictionaries(
        {"kind": st.just("norm"), "method": st.sampled_from(["batch", "layer"]), "affine": st.booleans()}
    ),
    st.fixed_dictionaries({"kind": st.just("activation"), "function": st.sampled_from(FUNCTIONS)}),
    st.fixed_dictionaries({"kind": st.just("dropout"), "p": st.sampled_from([0.0, 0.5])}),
)
OWN_FIELDS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "plain": st.just({}),
    "residual": st.fixed_dictionaries({"alpha": st.sampled_from([1.0, 0.3]), "beta": st.sampled_from([1.0, -0.5])}),
    "highway": st.fixed_dictionaries(
        {"gates": st.sampled_from(["both", "shortcut"]), "gate_kernel_size": st.sampled_from([1, 3])}
    ),
    "stochastic_depth": st.fixed_dictionaries(
        {"scaling": st.sampled_from(["test", "train"]), "dropped_update": st.sampled_from(["paper", "skip"])}
    ),
}


@st.composite
def blocks(draw: st.DrawFn, width: int, image: bool) -> dict[str, Any]:
    """A block that keeps the shape `width` or `width`×8×8."""
    affine: dict[str, Any] = (
        {"kind": "conv", "out_channels": width, "bias": draw(st.booleans())}
        if image
        else {"kind": "linear", "out_features": width, "bias": draw(st.booleans())}
    )
    body = [*draw(st.lists(KEEPING, max_size=2)), affine, *draw(st.lists(KEEPING, max_size=2))]
    end = draw(st.sampled_from([[], [{"kind": "match", "bias": True}], [{"kind": "pad_channels"}]]))
    shortcut = [*draw(st.lists(KEEPING, max_size=2)), *end]
    kind = draw(st.sampled_from(sorted(BLOCKS)))
    own = draw(OWN_FIELDS[kind])
    bypassed = draw(st.sampled_from([False, False, False, True]))
    return {
        "kind": kind, "body": body, "shortcut": shortcut, "activation": draw(ACTIVATIONS), "bypassed": bypassed, **own
    }  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> Experiment:
    """Towers for digits, dense or convolutional, with repeats up to two deep."""
    image = draw(st.booleans())
    width = draw(st.sampled_from([3, 5]))
    item = blocks(width, image) | KEEPING
    items = st.recursive(
        item,
        lambda inner: st.builds(
            lambda times, items: {"kind": "repeat", "times": times, "items": items},
            st.integers(1, 3),
            st.lists(inner, min_size=1, max_size=2),
        ),
        max_leaves=4,
    )
    stem = (
        [{"kind": "conv", "out_channels": width}]
        if image
        else [{"kind": "flatten"}, {"kind": "linear", "out_features": width}]
    )
    end = [{"kind": "global_pool"}] if image else []
    tower = draw(st.lists(items, max_size=3))
    return Experiment(network=network([*stem, *tower, *end, {"kind": "linear", "out_features": "classes"}]))


def check_parameters(experiment: Experiment) -> NetworkModule:
    compiled = compile_network(experiment)
    analysis = analyse(experiment)
    expected = [(each.placed.address, each.placed.shape) for each in analysis.parameters]
    assert [(address, tuple(value.shape)) for address, value in compiled.parameters_by_address()] == expected
    assert sum(value.numel() for value in compiled.parameters()) == analysis.num_parameters
    assert sum(value.numel() for value in compiled.buffers()) == analysis.num_buffers
    return compiled


def test_every_kind_of_block_and_layer_has_a_module() -> None:
    assert list(BLOCK_MODULES) == list(BLOCKS)
    assert list(BUILDERS) == list(LAYERS)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_network_has_the_parameters_and_buffers_of_the_analysis(experiment: Experiment) -> None:
    check_parameters(experiment)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_every_copy_gives_the_shape_of_the_plan(experiment: Experiment) -> None:
    compiled = compile_network(experiment).eval()
    seen: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    for step in compiled.chain:
        step.register_forward_hook(lambda _, inputs, out: seen.append((inputs[0].shape[1:], out.shape[1:])))
    logits = compiled(torch.zeros(2, 1, 8, 8))
    assert logits.shape == (2, 10)
    assert seen == [(step.in_shape, step.out_shape) for step in analyse(experiment).plan.steps]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_num_macs_are_those_that_hooks_count(experiment: Experiment) -> None:
    compiled = compile_network(experiment).eval()
    counted = Counter()

    def count(module: nn.Module, inputs: tuple[torch.Tensor], out: torch.Tensor) -> None:
        if isinstance(module, nn.Linear):
            counted["macs"] += module.in_features * module.out_features
        elif isinstance(module, nn.Conv2d):
            height, width = module.kernel_size
            counted["macs"] += out[0].numel() * module.in_channels * height * width

    for module in compiled.modules():
        module.register_forward_hook(count)
    compiled(torch.zeros(1, 1, 8, 8))
    assert counted["macs"] == analyse(experiment).num_macs


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_state_goes_through_a_file_and_its_keys_are_addresses(experiment: Experiment) -> None:
    compiled = compile_network(experiment)
    with torch.no_grad():
        for number, value in enumerate(compiled.state_dict().values()):
            value.fill_(number + 1)
    state = load(save(dict(compiled.state_dict())))
    planned = {"/".join(layer.path) for layer in analyse(experiment).plan.layers()}
    planned |= {f"{block.address}/gate" for block in compiled.blocks}
    assert {key.rpartition(".")[0] for key in state} <= planned
    fresh = compile_network(experiment)
    fresh.load_state_dict(state)
    for key, value in fresh.state_dict().items():
        assert torch.equal(value, compiled.state_dict()[key]), key


@pytest.mark.parametrize("name", PRESETS)
def test_preset_compiles_to_what_its_analysis_says(name: str) -> None:
    check_parameters(PRESETS[name].experiment())


@pytest.mark.parametrize("kind", BLOCKS)
@pytest.mark.parametrize("dataset", ["spirals", "digits"])
def test_every_kind_of_block_takes_a_step_on_vectors_and_images(kind: str, dataset: str) -> None:
    image = dataset == "digits"
    affine = {"kind": "conv", "out_channels": 4} if image else {"kind": "linear", "out_features": 4}
    block = {"kind": kind, "body": [affine], "shortcut": [{"kind": "match"}]}
    items = [block, *([{"kind": "global_pool"}] if image else []), {"kind": "linear", "out_features": "classes"}]
    facts = DATASETS[dataset]
    experiment = Experiment(data=DataSpec.model_validate({"dataset": dataset}), network=network(items))
    compiled = compile_network(experiment)
    compiled(torch.randn(3, *facts.shape)).square().sum().backward()
    assert all(value.grad is not None for value in compiled.parameters())


def test_a_bypassed_block_keeps_the_addresses_of_its_shortcut() -> None:
    block = {
        "kind": "residual", "body": [{"kind": "linear", "out_features": 64}],
        "shortcut": [{"kind": "norm", "affine": False}], "bypassed": True,
    }  # fmt: skip
    items = [{"kind": "flatten"}, block, {"kind": "linear", "out_features": "classes"}]
    assert "i2/shortcut/i4.running_mean" in compile_network(Experiment(network=network(items))).state_dict()


def test_a_document_with_problems_is_refused_with_all_of_them() -> None:
    experiment = Experiment(network=network([{"kind": "linear", "out_features": "classes"}]))
    with pytest.raises(DocumentError, match="flatten") as caught:
        compile_network(experiment)
    assert caught.value.problems[0].item_id == "i1"


def test_a_network_runs_inside_another_module_and_keeps_its_addresses() -> None:
    compiled = compile_network(
        Experiment(network=network([{"kind": "flatten"}, {"kind": "linear", "out_features": "classes"}]))
    )
    outer = nn.Sequential(compiled)
    assert list(outer.state_dict()) == ["0.i2.weight", "0.i2.bias"]
    outer.load_state_dict(outer.state_dict())


def test_in_place_activations_leave_the_data_and_the_shortcut_alone() -> None:
    block = {"kind": "residual", "body": [{"kind": "activation"}, {"kind": "linear", "out_features": 64}]}
    items = [{"kind": "flatten"}, {"kind": "activation"}, block, {"kind": "linear", "out_features": "classes"}]
    compiled = compile_network(Experiment(network=network(items)))
    x = torch.randn(5, 1, 8, 8)
    kept = x.clone()
    compiled(x).sum().backward()
    assert torch.equal(x, kept)
    carried = torch.randn(5, 64)
    kept = carried.clone()
    compiled.blocks[0](carried)
    assert torch.equal(carried, kept)


@pytest.mark.parametrize("kind", BLOCKS)
@pytest.mark.parametrize("before", ["norm", "nothing"])
@pytest.mark.parametrize("image", [False, True], ids=["dense", "conv"])
def test_every_kind_of_block_runs_in_bf16(kind: str, before: str, image: bool) -> None:
    affine = {"kind": "conv", "out_channels": 1} if image else {"kind": "linear", "out_features": 64}
    block = {"kind": kind, "body": [affine]}
    norm = [{"kind": "norm", "method": "layer"}] if before == "norm" else []
    flatten = [{"kind": "flatten"}]
    items = [*norm, block, *flatten] if image else [*flatten, *norm, block]
    compiled = compile_network(Experiment(network=network([*items, {"kind": "linear", "out_features": "classes"}])))
    x = torch.randn(4, 1, 8, 8)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = compiled(x)
    logits.float().sum().backward()
    torch.testing.assert_close(logits.float(), compiled(x), rtol=0.05, atol=0.1)
