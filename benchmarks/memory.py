"""The memory estimate of the document against the measured peak of training it, on six nets.

Each net trains in a process of its own (`python -m benchmarks.memory NAME` prints its two numbers). The data set's tensors
are exact by arithmetic and are left out of both sides, so that they cannot hide an error of the rest.
"""

import ctypes
import gc
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.table import Row, summarise
from builder.spec import Experiment, analyse, load_experiment, with_value
from builder.spec.datasets import DATASETS
from builder.spec.presets.numbering import NestedItem, network
from builder.spec.recipes import activation, conv, linear, norm, post_activation_body
from builder.spec.sizes import bytes_text
from builder.spec.training import AdamOptimizer

NUM_STEPS = 5
FACTOR = 1.5


def small_mlp() -> Experiment:
    return with_value(load_experiment("digits-residual"), "training.batch_size", 1024)


def dense_tower() -> Experiment:
    return with_value(load_experiment("mnist-dense"), "training.batch_size", 2048)


def resnet_20() -> Experiment:
    return load_experiment("cifar-resnet-20-short")


def highway_conv() -> Experiment:
    block = {"kind": "highway", "body": [conv(16), activation()], "gate_bias_init": -2.0}
    return image_net([conv(16), activation(), repeat(6, block)])


def stochastic_depth() -> Experiment:
    block = {"kind": "stochastic_depth", "activation": "relu", "body": post_activation_body(16)}
    return image_net([conv(16), norm(), activation(), repeat(12, block)])


def wide_adam() -> Experiment:
    experiment = load_experiment("mnist-dense")
    items = [{"kind": "flatten"}, linear(2048), activation(), linear(2048), activation(), linear("classes")]
    training = experiment.training.model_copy(update={"optimizer": AdamOptimizer()})
    return experiment.model_copy(update={"network": network(items), "training": training})


NETS: dict[str, tuple[str, Callable[[], Experiment]]] = {
    "small-mlp": ("six residual blocks of 64, batch 1024", small_mlp),
    "dense-tower": ("784-64, ten residual blocks, batch 2048", dense_tower),
    "resnet-20": ("ResNet-20, batch 128", resnet_20),
    "highway-conv": ("six highway blocks of 16 channels, 28×28, batch 128", highway_conv),
    "stochastic-depth": ("twelve stochastic-depth blocks of 16 channels, 28×28, batch 128", stochastic_depth),
    "wide-adam": ("784-2048-2048-10 with Adam, batch 128", wide_adam),
}


def image_net(items: list[NestedItem]) -> Experiment:
    """A net on 28×28 images whose features are averaged over the image before the classes."""
    head = [{"kind": "global_pool", "method": "average"}, linear("classes")]
    return load_experiment("mnist-conv").model_copy(update={"network": network([*items, *head])})


def repeat(times: int, block: NestedItem) -> NestedItem:
    return {"kind": "repeat", "times": times, "items": [block]}


def peak_bytes(experiment: Experiment) -> int:
    """How far the resident memory of this process rises while it trains, above what it held before.

    The same net trains first with batches of two, so that code, thread pools and kernels are loaded, and what that freed
    is handed back to the system.
    """
    import torch

    from benchmarks.throughput import random_data
    from builder.training.loop import train

    torch.set_num_threads(1)
    facts = DATASETS[experiment.data.dataset]
    data = random_data(facts.shape, facts.num_classes)

    def run(experiment: Experiment) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for _ in train(experiment, data, checkpoint_folder=Path(folder)):
                pass

    run(with_value(experiment, "training.batch_size", 2))
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    before = resident_bytes("VmRSS")
    run(experiment)
    return resident_bytes("VmHWM") - before


def resident_bytes(name: str) -> int:
    """An entry of this process's status: `VmRSS` now, `VmHWM` at most since it was reset."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return 1024 * int(found[1])


def measured_net(name: str) -> Experiment:
    experiment = NETS[name][1]()
    for path, value in (
        ("training.duration.steps", NUM_STEPS),
        ("training.evaluate_every.steps", 10**9),
        ("training.num_threads", 1),
        ("training.device", "cpu"),
        ("training.pace", None),
    ):
        experiment = with_value(experiment, path, value)
    return experiment


def measure_here(name: str) -> dict[str, int]:
    experiment = measured_net(name)
    memory = analyse(experiment).memory
    return {"estimate": memory.total - memory.data, "peak": peak_bytes(experiment)}


def measure() -> list[Row]:
    rows: list[Row] = []
    for name, (what, _) in NETS.items():
        command = [sys.executable, "-m", "benchmarks.memory", name]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        found = json.loads(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
        ratio = found["estimate"] / found["peak"]
        rows.append(
            summarise(
                f"memory estimate and measured peak, the larger over the smaller: {what}",
                [max(ratio, 1 / ratio)],
                floor=FACTOR,
                sense="at most",
                note=f"estimate {bytes_text(found['estimate'])}, peak {bytes_text(found['peak'])}, data left out",
            )
        )
    return rows


if __name__ == "__main__":
    print(json.dumps(measure_here(sys.argv[1])))
