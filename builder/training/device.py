"""Which device, how many threads, which precision."""

import os
from contextlib import AbstractContextManager, nullcontext

import torch

from builder.spec.training import TrainingSpec


class DeviceUnavailable(ValueError):
    """A device that was asked for is not there; the message names those that are."""


def resolve_device(name: str) -> torch.device:
    """The device behind `auto`, `cpu`, `cuda`, `cuda:1`, `mps`.

    Raises:
        DeviceUnavailable: If this machine has no such device.
    """
    num_cuda = torch.cuda.device_count() if torch.cuda.is_available() else 0
    has_mps = torch.backends.mps.is_available()
    if name == "auto":
        name = "cuda" if num_cuda else "mps" if has_mps else "cpu"
    known = ["cpu", *(f"cuda:{index}" for index in range(num_cuda)), *(["mps"] if has_mps else [])]
    full_name = "cuda:0" if name == "cuda" else name
    if full_name not in known:
        raise DeviceUnavailable(f"There is no {name} on this machine. Choose auto or one of {', '.join(known)}.")
    return torch.device(full_name)


SMALL_STEP_MACS = 50_000_000
"""Multiply-adds of a forward pass below which a second thread costs more than it does: the dense tower of the benchmarks
has 17 million and ran 1.3 times as fast on one of two cores as on both, and its neighbours on the machine are spared."""


def resolve_num_threads(training: TrainingSpec, macs_per_step: int) -> int:
    """Threads of the run on the CPU: the document's; else one for small steps, or all cores at hand, at most 8.

    Args:
        training: The document's part.
        macs_per_step: Multiply-adds of one batch's forward pass.
    """
    if training.num_threads is not None:
        return training.num_threads
    if macs_per_step < SMALL_STEP_MACS:
        return 1
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(available, 8)


def set_up_process(training: TrainingSpec, macs_per_step: int) -> None:
    """Number of threads and deterministic kernels: settings of the whole process, which the document's replace."""
    torch.set_num_threads(resolve_num_threads(training, macs_per_step))
    if training.deterministic:
        # cuBLAS reads it when it is first used, and is deterministic only with it.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    if training.deterministic != torch.are_deterministic_algorithms_enabled():
        # Only on a change: this call imports torch's compiler, which takes as long as torch itself.
        torch.use_deterministic_algorithms(training.deterministic, warn_only=True)


def autocast(training: TrainingSpec, device: torch.device) -> AbstractContextManager[object]:
    """bf16 autocast if the document asks for it."""
    if training.precision == "bf16":
        return torch.autocast(device.type, dtype=torch.bfloat16)
    return nullcontext()


def sum_type(device: torch.device) -> torch.dtype:
    """In which squares are summed: float64, so that small ones do not vanish.

    mps has no float64; there it is float32, which norms of float32 tensors nearly always fit.
    """
    return torch.float32 if device.type == "mps" else torch.float64


def bf16_is_native(device: torch.device) -> bool:
    """Whether 16-bit products run in hardware; elsewhere they are emulated and slow."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "cpu":
        return torch.cpu._is_avx512_bf16_supported()
    return False
