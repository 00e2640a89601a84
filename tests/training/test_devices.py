"""Devices and threads, and what a CUDA device must give where there is one."""

import numpy as np
import pytest
import torch

from builder.data.dataset import load_dataset
from builder.spec.training import TrainingSpec
from builder.training.device import DeviceUnavailable, resolve_device, resolve_num_threads
from builder.training.events import RunFinished, StepsRecorded
from builder.training.loop import TrainingRun, train

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
BODY = [{"kind": "norm"}, {"kind": "activation"}, {"kind": "conv", "out_channels": 6}]
CONV = [
    {"kind": "conv", "out_channels": 6},
    {"kind": "highway", "body": BODY},
    {"kind": "stochastic_depth", "body": BODY, "survival": {"kind": "constant", "survival_prob": 0.5}},
    {"kind": "global_pool"},
]


@pytest.mark.parametrize("name", ["cuda:97", "mps", "tpu", "meta", "cuda:x", ""])
def test_a_device_that_is_not_there_is_refused_with_those_that_are(name: str) -> None:
    if name == "mps" and torch.backends.mps.is_available():
        pytest.skip("it is there")
    with pytest.raises(DeviceUnavailable, match=r"There is no .* on this machine\. Choose auto or one of cpu"):
        resolve_device(name)


def test_cpu_and_auto_are_always_there() -> None:
    assert resolve_device("cpu") == torch.device("cpu")
    assert resolve_device("auto").type in ("cpu", "cuda", "mps")


def test_threads_are_the_documents_or_at_most_eight() -> None:
    assert resolve_num_threads(TrainingSpec(num_threads=3), 10) == 3
    assert 1 <= resolve_num_threads(TrainingSpec(), 10**12) <= 8


def test_a_small_step_runs_on_one_thread() -> None:
    assert resolve_num_threads(TrainingSpec(), 1_000_000) == 1


@needs_cuda
@pytest.mark.parametrize("precision", ["float32", "bf16"])
def test_cuda_trains_like_the_cpu(make, digits, precision: str) -> None:
    experiment = make(*CONV, stem=False, precision=precision)
    data = load_dataset(experiment.data, seed=0, device="cuda")
    rows = []
    for device, split in (("cpu", digits), ("cuda", data)):
        events = list(train(experiment, split, device=device))
        assert isinstance(events[-1], RunFinished)
        rows.append(np.concatenate([event.values for event in events if isinstance(event, StepsRecorded)]))
    on_cpu, on_cuda = rows
    np.testing.assert_allclose(on_cuda[:4], on_cpu[:4], rtol=0.02 if precision == "float32" else 0.2)


@needs_cuda
def test_cuda_repeats_itself_bit_for_bit_when_deterministic(make) -> None:
    experiment = make(*CONV, {"kind": "dropout"}, stem=False, deterministic=True)
    data = load_dataset(experiment.data, seed=0, device="cuda")
    one, other = (
        np.concatenate([e.values for e in train(experiment, data, device="cuda") if isinstance(e, StepsRecorded)])
        for _ in range(2)
    )
    assert one.tobytes() == other.tobytes()


@needs_cuda
def test_tiny_gradients_do_not_underflow_on_cuda(make) -> None:
    experiment = make(*CONV, stem=False)
    data = load_dataset(experiment.data, seed=0, device="cuda")
    run = TrainingRun(experiment, data, torch.device("cuda", 0))
    run.layout.gradients.fill_(1e-30)
    norms = torch.stack(run.recorder.segment_norms())
    entries = torch.tensor([segment.num_entries for segment in run.layout.segments], device="cuda")
    torch.testing.assert_close(norms, 1e-30 * entries.double().sqrt())
