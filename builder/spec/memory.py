"""How much memory a run will need, by arithmetic on the plan alone.

What is counted: parameters, gradients, optimizer state, the tensors that the backward pass needs, the recorder's ring, the
fullest moment of a step beside these, the gaps between activations, and the data set. What is not: kernels' workspaces and
torch itself. docs/performance.md compares with the measured peak.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from builder.spec.layers.activation import SAVES_OUTPUT, ActivationLayer
from builder.spec.layers.base import Layer
from builder.spec.layers.flatten import FlattenLayer
from builder.spec.plan import BlockPlan, LayerPlan, Plan
from builder.spec.shapes import num_entries
from builder.spec.training import AdamOptimizer, AdamwOptimizer, RmspropOptimizer, SgdOptimizer, TrainingSpec

BYTES_PER_FLOAT = 4
EVALUATION_FACTOR = 3
"""Without a backward pass only a layer's input, its output and what the block carries are there at once."""
EVALUATION_BATCH = (128, 1024)
GAPS = 0.25
"""Share of the activations. The host's allocator asks for more than a tensor's bytes in order to align it, so it cannot give
a freed tensor's place to the next one of that size; counted bytes against resident ones, 0.1 to 0.45."""
RING_STEPS = 512
RING_LOGITS_BYTES = 32 << 20
"""The last two and the evaluation's bounds are the trainer's own; a test compares them."""


@dataclass(frozen=True, slots=True)
class MemoryEstimate:
    """Bytes of a run at its peak, by cause.

    Attributes:
        activations: What the backward pass needs of a batch, and its gradients, when both are most.
        recording: The recorder's ring, and the best weights if they are kept.
        temporary: What the fullest moment of a step takes beyond the activations.
        gaps: Memory between activations that no tensor can have.
        data: The data set's tensors on the device.
    """

    parameters: int
    gradients: int
    optimizer: int
    activations: int
    recording: int
    temporary: int
    gaps: int
    data: int

    @property
    def total(self) -> int:
        persistent = self.parameters + self.gradients + self.optimizer + self.recording + self.data
        return persistent + self.activations + self.temporary + self.gaps


def optimizer_entries(training: TrainingSpec) -> int:
    """Numbers of optimizer state per parameter."""
    match training.optimizer:
        case SgdOptimizer(momentum=momentum):
            return int(momentum > 0)
        case AdamOptimizer() | AdamwOptimizer():
            return 2
        case RmspropOptimizer(momentum=momentum):
            return 1 + int(momentum > 0)


@dataclass(slots=True)
class _Tensor:
    """One sample's part of a tensor in the forward pass, and what the backward pass needs of it."""

    entries: int
    has_gradient: bool = True
    is_kept: bool = False


class Activations:
    """Walks the forward pass and adds up what autograd keeps of it; a tensor that two operations keep counts once.

    The backward pass gives back what it has used, so the peak of a step is the greatest sum, over all operations, of what
    is kept up to there and the gradients that its backward pass has at once.

    Attributes:
        kept: Entries that are kept so far, one sample's.
        largest: The largest tensor.
        peak: The greatest sum so far.
    """

    def __init__(self, plan: Plan) -> None:
        self.kept = 0
        self.largest = 0
        self.peak = 0
        self._waiting = 0
        x = _Tensor(num_entries(plan.in_shape), has_gradient=False)
        self.keep(x)
        for step in plan.steps:
            x = self.layer(step, x) if isinstance(step, LayerPlan) else self.block(step, x)
        # The loss keeps the log-probabilities.
        self.kept += x.entries
        self.backward(0)

    def keep(self, tensor: _Tensor) -> None:
        if not tensor.is_kept:
            tensor.is_kept = True
            self.kept += tensor.entries

    def output(self, entries: int) -> _Tensor:
        self.largest = max(self.largest, entries)
        return _Tensor(entries)

    def backward(self, gradients: int) -> None:
        """The moment in which an operation's backward pass runs, beside gradients that wait for another lane."""
        self.peak = max(self.peak, self.kept + self._waiting + gradients)

    def activation(self, function: str, x: _Tensor) -> _Tensor:
        y = self.output(x.entries)
        self.keep(y if function in SAVES_OUTPUT else x)
        self.backward(2 * y.entries)
        return y

    def layer(self, plan: LayerPlan, x: _Tensor) -> _Tensor:
        layer: Layer = plan.layer
        if isinstance(layer, FlattenLayer):
            return x
        if isinstance(layer, ActivationLayer):
            return self.activation(layer.function, x)
        y = self.output(num_entries(plan.out_shape))
        if layer.saves_input:
            self.keep(x)
        if layer.saves_output:
            self.keep(y)
        self.kept += layer.num_extra_saved(plan.in_shape, plan.out_shape)
        self.backward(y.entries + (x.entries if x.has_gradient else 0))
        return y

    def lane(self, layers: Sequence[LayerPlan], x: _Tensor) -> _Tensor:
        for layer in layers:
            x = self.layer(layer, x)
        return x

    def block(self, plan: BlockPlan, x: _Tensor) -> _Tensor:
        block, entries = plan.block, num_entries(plan.out_shape)
        if plan.gate:
            self.keep(x)
        self._waiting = block.num_waiting_gradients() * entries
        transformed = self.lane(plan.body, x)
        self._waiting = 0
        carried = self.lane(plan.shortcut, x)
        if block.bypassed:
            return carried
        merged = transformed
        if block.merges_shortcut:
            for lane in block.lanes_kept_by_merge():
                self.keep(transformed if lane == "body" else carried)
            self.kept += block.num_merge_saved(plan.in_shape, plan.out_shape)
            merged = self.output(entries)
            self.backward(block.num_merge_gradients() * entries)
        return merged if block.activation is None else self.activation(block.activation, merged)


def _ring_bytes(batch_size: int, num_classes: int, num_segments: int) -> int:
    """Loss, logits and one float64 norm per segment, for the steps between two flushes."""
    logits = BYTES_PER_FLOAT * batch_size * num_classes
    capacity = max(1, min(RING_STEPS, RING_LOGITS_BYTES // logits))
    return capacity * (BYTES_PER_FLOAT + logits + 2 * BYTES_PER_FLOAT * num_segments)


def _largest_temporary(training: TrainingSpec, tensors: Sequence[int], segments: Sequence[int], evaluation: int) -> int:
    """Entries of the fullest moment of a step in which the activations are gone already."""
    num_trained, largest_segment = sum(segments), max(segments, default=0)
    return max(
        # Norms are taken in float64, of a copy.
        2 * largest_segment,
        # RMSprop is not fused: decayed gradients and denominators.
        2 * num_trained if isinstance(training.optimizer, RmspropOptimizer) else 0,
        # A checkpoint copies the state, by address; keeping the best weights holds old and new.
        optimizer_entries(training) * num_trained,
        sum(tensors) if training.keep == "best_validation" else 0,
        evaluation,
    )


def estimate_memory(
    plan: Plan, training: TrainingSpec, tensors: Sequence[int], segments: Sequence[int], data_bytes: int
) -> MemoryEstimate:
    """Bytes at the peak of a training step.

    Args:
        plan: The unrolled network.
        training: Batch size and optimizer.
        tensors: Entries of each parameter tensor.
        segments: Trained entries of each group in each block copy, and of each group outside of blocks.
        data_bytes: Size of the data set's tensors on the device.
    """
    num_parameters, num_trained = sum(tensors), sum(segments)
    activations = Activations(plan)
    in_step = activations.peak * training.batch_size
    smallest, largest = EVALUATION_BATCH
    evaluation = EVALUATION_FACTOR * activations.largest * min(largest, max(smallest, training.batch_size))
    # A weight's gradient is computed aside and then added.
    beside = max(tensors, default=0) if num_trained else 0
    elsewhere = _largest_temporary(training, tensors, segments, evaluation)
    ring = _ring_bytes(training.batch_size, num_entries(plan.out_shape), len(segments))
    best = num_parameters if training.keep == "best_validation" else 0
    return MemoryEstimate(
        parameters=BYTES_PER_FLOAT * num_parameters,
        # Frozen ones have room for theirs, since they may thaw.
        gradients=BYTES_PER_FLOAT * num_parameters,
        optimizer=BYTES_PER_FLOAT * num_trained * optimizer_entries(training),
        activations=BYTES_PER_FLOAT * in_step,
        recording=ring + BYTES_PER_FLOAT * best,
        temporary=BYTES_PER_FLOAT * max(beside, elsewhere - in_step),
        gaps=int(GAPS * BYTES_PER_FLOAT * in_step),
        data=data_bytes,
    )
