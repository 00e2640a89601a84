"""How a network is trained: optimizer, schedule, batches, loss, and what is kept."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from builder.spec.base import MAX_INT, Document, field


class Time(Document):
    """A duration or a moment, in epochs or in steps: exactly one of the two."""

    epochs: float | None = field(
        None, title="Epochs", help="Passes over the training part.", unit="epochs", ge=0.0, le=100_000.0
    )
    steps: int | None = field(None, title="Steps", help="Updates of the weights.", unit="steps", ge=0, le=MAX_INT)

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if (self.epochs is None) == (self.steps is None):
            raise ValueError("Give exactly one of epochs and steps.")
        return self

    def in_steps(self, steps_per_epoch: int) -> int:
        """The nearest whole number of steps."""
        return self.steps if self.steps is not None else round((self.epochs or 0.0) * steps_per_epoch)


def _epochs(number: float) -> Any:
    return Time(epochs=number)


def _check_positive(time: Time) -> Time:
    if not (time.epochs or time.steps):
        raise ValueError("This time is 0. Give at least one step.")
    return time


PositiveTime = Annotated[Time, AfterValidator(_check_positive)]


class SgdOptimizer(Document):
    """v = momentum v + g + decay w; w = w - rate v. Source: Sutskever et al. 2013 (Nesterov)."""

    kind: Literal["sgd"] = "sgd"
    momentum: float = field(0.9, title="Momentum", help="Share of the last update that is kept.", ge=0.0, lt=1.0)
    nesterov: bool = field(False, title="Nesterov", help="Look ahead along the momentum.")

    @model_validator(mode="after")
    def _nesterov_needs_momentum(self) -> Self:
        if self.nesterov and self.momentum == 0.0:
            raise ValueError("Nesterov needs a momentum above 0. Set the momentum to 0.9 or turn Nesterov off.")
        return self


class AdamOptimizer(Document):
    """Adaptive moments; weight decay is added to the gradient. Source: Kingma and Ba 2014, arXiv 1412.6980."""

    kind: Literal["adam"] = "adam"
    beta1: float = field(0.9, title="Beta 1", help="Memory of the mean gradient.", ge=0.0, lt=1.0, advanced=True)
    beta2: float = field(0.999, title="Beta 2", help="Memory of the squared gradient.", ge=0.0, lt=1.0, advanced=True)
    eps: float = field(
        1e-8, title="Epsilon", help="Added to the denominator.", ge=1e-16, le=1.0, scale="log", advanced=True
    )


class AdamwOptimizer(Document):
    """Adam with weight decay apart from the gradient. Source: Loshchilov and Hutter 2017, arXiv 1711.05101."""

    kind: Literal["adamw"] = "adamw"
    beta1: float = field(0.9, title="Beta 1", help="Memory of the mean gradient.", ge=0.0, lt=1.0, advanced=True)
    beta2: float = field(0.999, title="Beta 2", help="Memory of the squared gradient.", ge=0.0, lt=1.0, advanced=True)
    eps: float = field(
        1e-8, title="Epsilon", help="Added to the denominator.", ge=1e-16, le=1.0, scale="log", advanced=True
    )


class RmspropOptimizer(Document):
    """Rate divided by a running root mean square of the gradient. Source: Tieleman and Hinton 2012, lecture 6.5."""

    kind: Literal["rmsprop"] = "rmsprop"
    alpha: float = field(0.99, title="Alpha", help="Memory of the squared gradient.", ge=0.0, lt=1.0)
    eps: float = field(
        1e-8, title="Epsilon", help="Added to the denominator.", ge=1e-16, le=1.0, scale="log", advanced=True
    )
    momentum: float = field(0.0, title="Momentum", help="Share of the last update that is kept.", ge=0.0, lt=1.0)


OptimizerSpec = Annotated[SgdOptimizer | AdamOptimizer | AdamwOptimizer | RmspropOptimizer, Field(discriminator="kind")]


class ConstantSchedule(Document):
    """The rate stays."""

    kind: Literal["constant"] = "constant"


class StepSchedule(Document):
    """The rate is multiplied by a factor at each milestone."""

    kind: Literal["step"] = "step"
    milestones: tuple[Time, ...] = field(
        (Time(epochs=10.0), Time(epochs=15.0)),
        title="Milestones",
        help="When the rate is multiplied by the factor.",
        max_length=50,
    )
    factor: float = field(0.1, title="Factor", help="What the rate is multiplied by.", gt=0.0, le=10.0, scale="log")


class CosineSchedule(Document):
    """Half a cosine from the full rate to the final share. Source: Loshchilov and Hutter 2016, arXiv 1608.03983."""

    kind: Literal["cosine"] = "cosine"
    final_factor: float = field(
        0.0, title="Final factor", help="Share of the rate that is left at the end.", ge=0.0, le=1.0
    )


class OneCycleSchedule(Document):
    """Up to the full rate and down again, both as half cosines. Source: Smith and Topin 2017, arXiv 1708.07120."""

    kind: Literal["one_cycle"] = "one_cycle"
    rising_fraction: float = field(
        0.3, title="Rising part", help="Share of the steps in which the rate rises.", ge=0.01, le=0.99
    )
    initial_factor: float = field(0.04, title="Initial factor", help="Share of the rate at the start.", ge=0.0, le=1.0)
    final_factor: float = field(0.0, title="Final factor", help="Share of the rate at the end.", ge=0.0, le=1.0)


ScheduleSpec = Annotated[
    ConstantSchedule | StepSchedule | CosineSchedule | OneCycleSchedule, Field(discriminator="kind")
]


class CrossEntropyLoss(Document):
    """-log softmax(logits)[target], averaged over the batch."""

    kind: Literal["cross_entropy"] = "cross_entropy"
    label_smoothing: float = field(
        0.0,
        title="Label smoothing",
        help="Share of the target that is spread over all classes. Source: Szegedy et al. 2015, arXiv 1512.00567.",
        ge=0.0,
        lt=1.0,
    )


class SquaredErrorLoss(Document):
    """1/2 sum over classes of (output - one-hot target)^2, averaged over the batch."""

    kind: Literal["squared_error"] = "squared_error"


LossSpec = Annotated[CrossEntropyLoss | SquaredErrorLoss, Field(discriminator="kind")]


class TrainingSpec(Document):
    """Everything between the network and its trained weights, except the groups' own rates."""

    duration: PositiveTime = field(_epochs(20.0), title="Duration", help="How long the run lasts.")
    batch_size: int = field(64, title="Batch size", help="Samples per step.", unit="samples", ge=1, le=65_536)
    optimizer: OptimizerSpec = field(SgdOptimizer(), title="Optimizer", help="How a gradient becomes an update.")
    schedule: ScheduleSpec = field(
        ConstantSchedule(), title="Schedule", help="What multiplies every group's rate over time."
    )
    warmup: Time = field(
        Time(steps=0), title="Warm-up", help="The rate rises linearly from near zero over this time.", advanced=True
    )
    warmup_factor: float | None = field(
        None,
        title="Warm-up factor",
        help="Share of the rate that is held during the warm-up instead; empty rises linearly.",
        gt=0.0,
        le=1.0,
        advanced=True,
    )
    loss: LossSpec = field(CrossEntropyLoss(), title="Loss", help="What is minimised.")
    seed: int = field(
        0, title="Seed", help="Batches, initial weights, masks and augmentation all follow from it.", ge=0, le=MAX_INT
    )
    clip_norm: float | None = field(
        None,
        title="Clip gradient norm",
        help="The gradient of all parameters together is scaled down to this norm; empty for never.",
        gt=0.0,
        le=1e6,
        advanced=True,
    )
    pace: float | None = field(
        None,
        title="Pace",
        help="At most this many steps per second, so that a small run can be watched; empty for full speed. "
        "It never changes the result.",
        unit="steps/s",
        gt=0.0,
        le=1e6,
    )
    evaluate_every: PositiveTime = field(
        _epochs(1.0), title="Evaluate every", help="How often the validation part is measured.", advanced=True
    )
    drop_last: bool = field(
        True,
        title="Drop last batch",
        help="Leave out the incomplete last batch of an epoch; batch norm fails on a batch of one sample.",
        advanced=True,
    )
    keep: Literal["final", "best_validation"] = field(
        "final", title="Weights kept", help="Which weights the test set is measured on at the end.", advanced=True
    )
    device: Annotated[str, StringConstraints(pattern=r"^(auto|cpu|mps|cuda(:\d{1,2})?)$")] = field(
        "auto", title="Device", help="auto takes the first CUDA device, then mps, then cpu."
    )
    precision: Literal["float32", "bf16"] = field(
        "float32",
        title="Precision",
        help="bf16 computes layers in 16 bits under autocast; on many CPUs it is emulated and slow.",
        advanced=True,
    )
    num_threads: int | None = field(
        None,
        title="Threads",
        help="CPU threads of the run; empty chooses by the machine's cores. Fixed for a run.",
        ge=1,
        le=256,
        advanced=True,
    )
    deterministic: bool = field(
        False, title="Deterministic", help="On CUDA: only deterministic kernels, bit-exact and slower.", advanced=True
    )
