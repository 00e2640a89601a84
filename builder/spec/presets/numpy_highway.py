"""The highway net of the numpy article, in its spirit: four highway layers, mini-batches of three, a carry of ones.

For k = 1 ... 4, with x_0 the image:

    H = tanh(x W_H + b_H),  T = sigmoid(x W_T + b_T),  A = sigmoid(x W_A + b_A)
    x_k = T H + (1 - T) A

W_A begins as ones, all other weights gaussian, all biases at zero. The last layer's width is the number of classes.
"""

from typing import Literal

from builder.spec.data import DataSpec
from builder.spec.experiment import Experiment
from builder.spec.groups import GROUP_COLOURS, GroupSpec, Rule
from builder.spec.presets.base import Comparison, Preset, Study
from builder.spec.presets.numbering import NestedItem, network
from builder.spec.presets.towers import FLATTEN
from builder.spec.recipes import activation, linear
from builder.spec.training import SgdOptimizer, SquaredErrorLoss, Time, TrainingSpec

WIDTH = 64
"""Of the first three layers; the article does not give it."""

PIXELS = 28 * 28

RATES = (0.003, 0.01, 0.03, 0.1, 0.3)
"""The grid from which each variant's rate is chosen on validation data."""

RANDN: dict[str, object] = {"kind": "normal", "std": 0.2}
"""The author's habit, whatever the width: randn x 0.2."""

Carry = Literal["ones", "gaussian", "identity"]


def carry_lane(carry: Carry, width_in: int, width_out: int | str) -> list[NestedItem]:
    """A(x) of one layer. An identity has no layers; where the width changes, a bare linear map takes its place."""
    if carry == "identity":
        return [] if width_in == width_out else [{"kind": "match", "bias": True}]
    affine = linear(width_out, init={"kind": "ones"}) if carry == "ones" else linear(width_out)
    return [affine, activation("sigmoid")]


def numpy_highway(
    rate: float,
    carry: Carry,
    *,
    init: dict[str, object] = RANDN,
    gate_bias: float = 0.0,
    num_train: int | None = None,
    epochs: float = 4.0,
) -> Experiment:
    """The article's net with a carry of our choice.

    Args:
        rate: Of all weights.
        carry: How A begins; `identity` passes the input itself on where the width stays.
    """
    widths: list[int | str] = [WIDTH, WIDTH, WIDTH, "classes"]
    items = [
        {
            "kind": "highway",
            "gate_bias_init": gate_bias,
            "body": [linear(width_out), activation("tanh")],
            "shortcut": carry_lane(carry, width_in, width_out),
        }
        for width_in, width_out in zip((PIXELS, WIDTH, WIDTH, WIDTH), widths, strict=True)
    ]
    return Experiment(
        data=DataSpec(dataset="mnist", normalization="scale", num_train=num_train),
        network=network([FLATTEN, *items], init=init),
        groups=(
            GroupSpec(name="gates", colour=GROUP_COLOURS[1], rule=Rule(lanes=("gate",)), learning_rate=rate),
            GroupSpec(name="carries", colour=GROUP_COLOURS[2], rule=Rule(lanes=("shortcut",)), learning_rate=rate),
            GroupSpec(name="bodies", colour=GROUP_COLOURS[0], learning_rate=rate),
        ),
        training=TrainingSpec(
            duration=Time(epochs=epochs),
            batch_size=3,
            optimizer=SgdOptimizer(momentum=0.0),
            loss=SquaredErrorLoss(),
        ),
    )


CHOSEN_RATES: dict[Carry, float] = {"ones": 0.3, "gaussian": 0.3, "identity": 0.1}
"""Of the grid above, each the best on validation data, as `make reproduce` finds them: seed 0, 10,000 training images, one
epoch."""


def ones_carry() -> Experiment:
    return numpy_highway(CHOSEN_RATES["ones"], "ones")


def gaussian_carry() -> Experiment:
    return numpy_highway(CHOSEN_RATES["gaussian"], "gaussian")


def identity_carry() -> Experiment:
    return numpy_highway(CHOSEN_RATES["identity"], "identity")


NUMPY_HIGHWAY = Study(
    name="numpy-highway",
    title="Highway net, numpy article",
    story="Four highway layers on MNIST in mini-batches of three, written in numpy. Where the width changes, the input is "
    "carried by an affine map and a non-linearity whose weights begin as ones, to leave it as it is. A matrix of ones "
    "does not: it gives every unit the same sum of the inputs. It has rank one and stretches by √(inputs · outputs), 224 "
    "for 784 × 64, so that the sigmoid after it is at its end. The article leaves out widths, rates and epochs.",
    source="Jae Duk Seo 2018, Only Numpy: Implementing Highway Network, OOP approach with Mini-Batch with Interactive Code, "
    "Towards Data Science.",
    watch="The gradient norm of the group carries: nearly nothing comes back through a carry of ones in the first layer.",
    published="77 % accuracy, on images that the article does not name; the cost falls from 3.75 to 1.9.",
    is_reconstruction=True,
    presets=(
        Preset(
            "numpy-highway-ones",
            "Carry of ones",
            "The article's net: every carry begins as a matrix of ones with a sigmoid after it.",
            "The transform path has to learn alone, for the carry says the same of every image.",
            ones_carry,
            sibling="digits-highway-50",
        ),
        Preset(
            "numpy-highway-gaussian",
            "Gaussian carry",
            "The same net, its carries gaussian like all other weights: full rank, but still no identity.",
            "The carries get a gradient from the first step on.",
            gaussian_carry,
            sibling="digits-highway-50",
        ),
        Preset(
            "numpy-highway-identity",
            "Identity carry",
            "Where the width stays, the carry is the input itself; where it changes, a linear map without a non-linearity.",
            "The gradient reaches the first layer undiminished.",
            identity_carry,
            sibling="digits-highway-50",
        ),
    ),
    comparisons=(
        Comparison(
            "carry",
            "Ones, gaussian or identity carry?",
            ("numpy-highway-ones", "numpy-highway-gaussian", "numpy-highway-identity"),
            "The three end within half a percent: the transform path makes up for what a carry of ones takes away.",
        ),
    ),
)
