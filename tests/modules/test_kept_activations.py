"""What the memory estimate says that the backward pass keeps is what autograd keeps."""

from typing import Any

import pytest
import torch
from torch.nn import functional

from builder.modules import compile_network
from builder.spec import Experiment, analyse, load_experiment
from builder.spec.data import DataSpec
from builder.spec.datasets import DATASETS
from builder.spec.memory import Activations
from builder.spec.presets.numbering import network
from builder.spec.presets.registry import PRESETS
from builder.spec.recipes import activation, conv, linear, norm, pre_activation_body

BATCH = 32
SMALL_BATCH = 4
LARGEST = 8_000_000
POOLED = [{"kind": "global_pool", "method": "average"}, linear("classes")]
STRIDED = {"body": pre_activation_body(16, stride=2), "shortcut": [{"kind": "pad_channels", "method": "average"}]}
NETS: dict[str, list[dict[str, Any]]] = {
    "gated": [conv(8), {"kind": "highway", "body": [conv(8), activation()]}, *POOLED],
    "gated, body not kept by itself": [conv(8), {"kind": "highway", "body": [conv(8)]}, *POOLED],
    "shortcut gated alone": [conv(8), {"kind": "highway", "gates": "shortcut", "body": [conv(8), norm()]}, *POOLED],
    "bypassed": [conv(8), {"kind": "highway", "bypassed": True, "body": [conv(8)]}, *POOLED],
    "projected": [
        conv(8),
        {"kind": "residual", "activation": "relu", "body": [conv(16, stride=2)], "shortcut": [{"kind": "match"}]},
        *POOLED,
    ],
    "averaged": [conv(8), {"kind": "stochastic_depth", **STRIDED}, *POOLED],
    "activation that needs its input": [conv(8), {"kind": "plain", "activation": "gelu", "body": [conv(8)]}, *POOLED],
    "pooled by maximum": [conv(8), {"kind": "pool"}, {"kind": "global_pool", "method": "max"}, linear("classes")],
    "dropped out": [{"kind": "flatten"}, linear(32), norm("layer"), {"kind": "dropout", "p": 0.5}, linear("classes")],
}


def kept_by_autograd(experiment: Experiment, batch: int) -> int:
    """Entries of all tensors that the graph of one batch keeps, parameters and targets aside."""
    module = compile_network(experiment)
    own = {tensor.untyped_storage().data_ptr() for tensor in (*module.parameters(), *module.buffers())}
    kept: dict[int, torch.UntypedStorage] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage
        return tensor

    inputs = torch.randn(batch, *DATASETS[experiment.data.dataset].shape)
    targets = torch.zeros(batch, dtype=torch.int64)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        functional.cross_entropy(module(inputs), targets)
    kept[inputs.untyped_storage().data_ptr()] = inputs.untyped_storage()
    kept.pop(targets.untyped_storage().data_ptr(), None)
    return sum(storage.nbytes() for storage in kept.values()) // 4


def statistics(experiment: Experiment, batch: int) -> int:
    """Mean and deviation, which do not grow with the batch and are left out of the estimate."""
    plan = analyse(experiment).plan
    return sum(2 * max(layer.in_shape[0], batch) for layer in plan.layers() if layer.layer.kind == "norm")


@pytest.mark.parametrize("name", [*PRESETS, *NETS])
def test_the_estimate_counts_every_kept_tensor_once(name: str) -> None:
    experiment = (
        load_experiment(name)
        if name in PRESETS
        else Experiment(data=DataSpec(dataset="mnist"), network=network(NETS[name]))
    )
    per_sample = Activations(analyse(experiment).plan).kept
    # A net of 110 layers keeps millions of entries for one image; the count is exact for any batch.
    batch = BATCH if BATCH * per_sample < LARGEST else SMALL_BATCH
    kept = kept_by_autograd(experiment, batch)
    assert batch * per_sample <= kept <= batch * per_sample + statistics(experiment, batch) + 1
