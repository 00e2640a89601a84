"""What one step at the initial weights finds at each block, and the verdict: which vanish or explode, and what helps."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from builder.spec.blocks.base import Block
from builder.spec.experiment import Experiment
from builder.spec.init import HeInit, IdentityInit, PytorchInit, XavierInit
from builder.spec.layers.activation import ActivationLayer
from builder.spec.network import walk

Call = Literal["vanishes", "explodes"]
SEVERAL: dict[Call, str] = {"vanishes": "vanish", "explodes": "explode"}
"""What several blocks do."""

VANISHED = 1e-6
"""Share of the last block's gradient below which a block does not learn. A float32 weight moves only if its update is over
6e-8 of it (2^-24): where the last block's updates are a hundredth of its weights, which is much, a millionth of them is
rounded away. Adam's eps (1e-8) swallows gradients a millionth of 0.01, which is large for one parameter."""
EXPLODED = 1e6
"""The inverse. It must not be lower: fifty plain blocks with batch norm give 1e4 at the start and train all the same, for
under a norm a layer whose gradient is too large outgrows it."""
SIGNAL_VANISHED = 1e-6
"""Share of the input's size below which a signal is lost: beside a bias or a norm's eps it is rounding."""
SIGNAL_EXPLODED = 1e3
"""Times the input's size from which logits are so large that the first loss is hundreds, not ln(classes), and the first
updates throw the weights away. The presets that train reach 17 at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockFlow:
    """What one step at the initial weights finds at a block copy.

    Attributes:
        address: Of the copy.
        item: The document's item.
        depth: 1 ... N.
        grad_rms: Root mean square of the loss's gradient over the copy's trained parameters; None if all are frozen or
            there are none.
        activation_rms: Root mean square of its output over batch and entries.
    """

    address: str
    item: str
    depth: int
    grad_rms: float | None
    activation_rms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a run will go.

    Attributes:
        step_seconds: Of one whole step with its update, measured.
        steps_per_second: At most; the document's pace, None for as fast as can be.
    """

    step_seconds: float
    steps_per_epoch: int
    steps_per_second: float | None

    @property
    def epoch_seconds(self) -> float:
        """Seconds of one pass over the training part, at the document's pace, without evaluations."""
        return self.steps_per_epoch * max(
            self.step_seconds, 1 / self.steps_per_second if self.steps_per_second else 0.0
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One step at the initial weights.

    Attributes:
        loss: Of the first batch.
        input_rms: Root mean square of the batch.
        blocks: By depth.
    """

    loss: float
    input_rms: float
    blocks: tuple[BlockFlow, ...]
    pace: Pace


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which block copies vanish or explode.

    Attributes:
        calls: By address.
        sentence: The worst block, in numbers, and what would help; empty if nothing is called.
    """

    calls: dict[str, Call]
    sentence: str


@dataclass(frozen=True, slots=True)
class _Finding:
    """One block copy out of bounds.

    Attributes:
        decades: How far, in powers of ten; infinite where there is no number.
        sentence: What was found.
        causes: The copies that can be the reason.
    """

    block: BlockFlow
    call: Call
    decades: float
    sentence: str
    causes: Sequence[BlockFlow]


def judge(experiment: Experiment, flow: Flow) -> Verdict:
    """Compares each block's gradient with the last block's, and the size of its output with the input's.

    Gradient and signal are both looked at, for each hides what the other shows: in a plain tower without biases a shrinking
    signal and a shrinking gradient give every block the same, equally useless, product.
    """
    findings = [*_signals(flow), *_gradients(flow)]
    # What overflows or is lost on the way forward is the reason of whatever the gradient does.
    calls: dict[str, Call] = {finding.block.address: finding.call for finding in reversed(findings)}
    if not findings:
        return Verdict({}, "")
    worst = max(findings, key=lambda finding: finding.decades)
    same = sum(call == worst.call for call in calls.values())
    more = f" {same} of {len(flow.blocks)} blocks {SEVERAL[worst.call]}." if same > 1 else ""
    return Verdict(calls, f"{worst.sentence}{more} {_remedy(experiment, worst)}")


def _signals(flow: Flow) -> list[_Finding]:
    found = []
    for index, block in enumerate(flow.blocks):
        ratio = _ratio(block.activation_rms, flow.input_rms)
        if SIGNAL_VANISHED <= ratio <= SIGNAL_EXPLODED:
            continue
        causes = flow.blocks[: index + 1]
        if not math.isfinite(ratio):
            sentence = f"The signal overflows at block {block.depth}."
        elif ratio == 0:
            sentence = f"No signal comes out of block {block.depth}."
        else:
            sentence = f"After block {block.depth} the signal has {_times(ratio)} the size of the input."
        found.append(_Finding(block, _call(ratio, SIGNAL_VANISHED), _decades(ratio), sentence, causes))
    return found


def _gradients(flow: Flow) -> list[_Finding]:
    trained = [block for block in flow.blocks if block.grad_rms is not None]
    # The last one that has any, for a body whose last layer begins at zero may leave none to the block itself.
    last = next((block for block in reversed(trained) if block.grad_rms and math.isfinite(block.grad_rms)), None)
    found = []
    for block in trained:
        assert block.grad_rms is not None
        ratio = _ratio(block.grad_rms, last.grad_rms if last and last.grad_rms else 0.0)
        if VANISHED <= ratio <= EXPLODED:
            continue
        if not math.isfinite(ratio):
            sentence = f"The gradient overflows at block {block.depth}."
        elif ratio == 0:
            sentence = f"Block {block.depth} gets no gradient at all."
        else:
            sentence = f"Block {block.depth} gets {_times(ratio)} the last block's gradient."
        causes = flow.blocks[block.depth - 1 :]
        found.append(_Finding(block, _call(ratio, VANISHED), _decades(ratio), sentence, causes))
    return found


def _ratio(value: float, reference: float) -> float:
    """value / reference; infinite where value is no number, and 0 / 0 is 0: nothing is nothing."""
    if not math.isfinite(value) or not math.isfinite(reference):
        return math.inf
    if value == 0:
        return 0.0
    return value / reference if reference else math.inf


def _call(ratio: float, vanished: float) -> Call:
    return "vanishes" if ratio < vanished else "explodes"


def _decades(ratio: float) -> float:
    return abs(math.log10(ratio)) if 0 < ratio < math.inf else math.inf


def _times(ratio: float) -> str:
    """A ratio as a person reads it: `1e-18 of` or `3e7 times`."""
    digit, _, exponent = f"{ratio:.0e}".partition("e")
    return f"{digit}e{int(exponent)} {'of' if ratio < 1 else 'times'}"


def _remedy(experiment: Experiment, finding: _Finding) -> str:
    """What the blocks in question do not have yet and would help, at most three, the simplest first."""
    items = {item.id: item for item in walk(experiment.network.items)}
    blocks = [items[item] for item in dict.fromkeys(cause.item for cause in finding.causes)]
    found: list[str] = []
    for remedy in _REMEDIES[finding.call]:
        found += [text for block in blocks if isinstance(block, Block) and (text := remedy(experiment, block))]
    offered = list(dict.fromkeys(found))[:3] or ["fewer blocks"]
    if len(offered) == 1:
        return f"Use {offered[0]}."
    comma = "," if len(offered) > 2 else ""
    return f"Use {', '.join(offered[:-1])}{comma} or {offered[-1]}."


def _init(experiment: Experiment, block: Block, kept: tuple[type, ...]) -> str:
    functions = {layer.function for layer in block.body if isinstance(layer, ActivationLayer)} | {block.activation}
    suited = XavierInit if functions & {"tanh", "sigmoid", "arctan"} else HeInit
    own = [getattr(layer, "init", None) or experiment.network.init for layer in block.body if hasattr(layer, "init")]
    if all(isinstance(init, (suited, *kept)) for init in own):
        return ""
    return "He init" if suited is HeInit else "Xavier init"


def _larger_init(experiment: Experiment, block: Block) -> str:
    return _init(experiment, block, ())


def _smaller_init(experiment: Experiment, block: Block) -> str:
    # Those that are not larger than the suited one would not be made smaller by it.
    return _init(experiment, block, (HeInit, XavierInit, PytorchInit, IdentityInit))


def _norm(_experiment: Experiment, block: Block) -> str:
    return "" if any(layer.kind == "norm" for layer in block.body) else "a norm"


def _skip(_experiment: Experiment, block: Block) -> str:
    return "" if block.merges_shortcut else "a skip"


def _whole_shortcut(_experiment: Experiment, block: Block) -> str:
    return "β = 1" if 0 <= getattr(block, "beta", 1.0) < 1 else ""


def _smaller_shortcut(_experiment: Experiment, block: Block) -> str:
    return "β = 1" if abs(getattr(block, "beta", 1.0)) > 1 else ""


def _no_dropout(_experiment: Experiment, block: Block) -> str:
    has_dropout = block.merges_shortcut and any(layer.kind == "dropout" for layer in block.shortcut)
    return "a shortcut without dropout" if has_dropout else ""


def _lower_alpha(_experiment: Experiment, block: Block) -> str:
    return "a lower α" if getattr(block, "alpha", 0.0) else ""


def _closed_gate(_experiment: Experiment, block: Block) -> str:
    return "a lower gate bias" if getattr(block, "gate_bias_init", -math.inf) > -2 else ""


_Remedy = Callable[[Experiment, Block], str]
_REMEDIES: dict[Call, tuple[_Remedy, ...]] = {
    "vanishes": (_whole_shortcut, _closed_gate, _larger_init, _norm, _skip),
    "explodes": (_smaller_shortcut, _no_dropout, _closed_gate, _smaller_init, _norm, _lower_alpha, _skip),
}
