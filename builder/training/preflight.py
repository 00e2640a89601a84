"""One step at the initial weights, before a run: how signal and gradient go through the blocks, and how long it takes."""

import math
import time

import torch
from torch import Tensor

from builder.data.dataset import Dataset
from builder.spec.experiment import Experiment
from builder.spec.preflight import BlockFlow, Flow, Pace
from builder.training.device import resolve_device, set_up_process, sum_type
from builder.training.evaluation import KeepGoing, always
from builder.training.run import TrainingRun

WARM_SECONDS = 0.25
"""A first pass that took longer stands for the next ones: what comes only once, and the update that it leaves out, are
small beside it."""
TIMED_SECONDS = 0.05


class Abandoned(Exception):
    """Nobody wants to know any more."""


def preflight(
    experiment: Experiment,
    data: Dataset,
    *,
    device: torch.device | str | None = None,
    keep_going: KeepGoing = always,
) -> Flow:
    """One forward and one backward pass of a document's network at its initial weights, on the first batch of its run.

    Batch, augmentation, dropout and initial weights are those of step 1 of a run. Its stochastic-depth blocks are all
    alive, for a verdict on the tower must not hang on one throw of the dice, and a dropped block has no gradient to judge.
    The number of threads and deterministic kernels are settings of the whole process, which the document's replace.

    Args:
        experiment: A document without problems.
        data: Its data set, on the device.
        device: Where to compute; None takes the document's choice. It must be where `data` is.
        keep_going: Asked at each block of the forward pass, and before what comes after the backward pass.

    Raises:
        Abandoned: If `keep_going` said no.
        DocumentError: If the document has problems.
        DeviceUnavailable: If the device is not there.
    """
    run = TrainingRun(experiment, data, resolve_device(str(device or experiment.training.device)))
    set_up_process(run.training, run.analysis.num_macs * run.training.batch_size)
    sizes: list[Tensor] = []
    norm_type = sum_type(run.device)

    def measure(_module: torch.nn.Module, _inputs: object, output: Tensor) -> None:
        if not keep_going():
            raise Abandoned
        # At once: the next layer may overwrite it.
        sizes.append(rms(output.detach(), norm_type))

    hooks = [block.register_forward_hook(measure) for block in run.network.blocks]
    entry = run.network.register_forward_pre_hook(lambda _module, inputs: sizes.append(rms(inputs[0], norm_type)))
    began = time.perf_counter()
    loss, _, _ = run.backward(1, [True] * len(run.network.stochastic_blocks))
    for hook in (entry, *hooks):
        hook.remove()
    input_rms, *activation_rms = torch.stack(sizes).tolist()
    if not keep_going():
        raise Abandoned
    grad_rms = block_grad_rms(run)
    # Numbers have come to the host, so the device has done what was asked.
    first_seconds = time.perf_counter() - began
    return Flow(
        loss=loss.item(),
        input_rms=input_rms,
        blocks=tuple(
            BlockFlow(
                address=block.address,
                item=placed.ids[-1],
                depth=index + 1,
                grad_rms=grad_rms.get(index),
                activation_rms=activation_rms[index],
            )
            for index, (block, placed) in enumerate(zip(run.network.blocks, run.analysis.plan.blocks, strict=True))
        ),
        pace=Pace(
            step_seconds=measure_step(run, first_seconds),
            steps_per_epoch=run.order.steps_per_epoch,
            steps_per_second=run.training.pace,
        ),
    )


def rms(values: Tensor, norm_type: torch.dtype) -> Tensor:
    """Root mean square of all entries, its squares accumulated in `norm_type`."""
    return torch.linalg.vector_norm(values, dtype=norm_type) / math.sqrt(values.numel())


def block_grad_rms(run: TrainingRun) -> dict[int, float]:
    """Per block index: root mean square of the gradient over its trained parameters; none of blocks that are frozen."""
    squares: dict[int, float] = {}
    entries: dict[int, int] = {}
    for segment, norm in zip(run.layout.segments, torch.stack(run.recorder.segment_norms()).tolist(), strict=True):
        if segment.group in run.layout.frozen:
            continue
        squares[segment.block] = squares.get(segment.block, 0.0) + norm * norm
        entries[segment.block] = entries.get(segment.block, 0) + segment.num_entries
    return {block: math.sqrt(square / entries[block]) for block, square in squares.items()}


def measure_step(run: TrainingRun, first_seconds: float) -> float:
    """Seconds of a whole step: where the first pass was quick, of those from the second on that 50 ms hold."""
    if first_seconds >= WARM_SECONDS:
        return first_seconds
    # The optimizer allocates its state in the first one.
    time_steps(run, 0.0)
    return time_steps(run, TIMED_SECONDS)


def time_steps(run: TrainingRun, at_least: float) -> float:
    """Takes one step or more, until so many seconds are over; the seconds of one."""
    began = time.perf_counter()
    run.take_step()
    while time.perf_counter() - began < at_least and not run.recorder.is_full:
        run.take_step()
    steps = run.recorder.num_rows
    # Brings what was recorded to the host, and so waits for the device.
    run.recorder.flush()
    return (time.perf_counter() - began) / steps
