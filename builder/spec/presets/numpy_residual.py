"""The simple residual net of the numpy article, in its spirit: three blocks without norms, a rate for each kind of weight.

For k = 1, 2, 3, with x_0 the image and no biases anywhere:

    y_k = x_{k-1} + arctan(x_{k-1} W_ka) W_kb      the block
    x_k = act(y_k W_kH)                            the hidden weights, which may change the width

act is arctan, and for the last k, whose width is the number of classes, sigmoid. The loss is the squared error.
"""

from builder.spec.data import DataSpec
from builder.spec.experiment import Experiment
from builder.spec.groups import GROUP_COLOURS, GroupSpec, Rule
from builder.spec.presets.base import Comparison, Preset, Study
from builder.spec.presets.numbering import NestedItem, network
from builder.spec.presets.towers import FLATTEN
from builder.spec.recipes import activation, linear, norm
from builder.spec.training import CrossEntropyLoss, SgdOptimizer, SquaredErrorLoss, Time, TrainingSpec

PIXELS = 28 * 28
WIDTH = 64
"""Of the blocks' inner layers and of the hidden layers; the article does not give it."""

EQUAL_RATES = (0.01, 0.03, 0.1, 0.3, 1.0)
"""The grid from which the one rate for all weights is chosen on validation data."""

SEPARATE_RATES = tuple((hidden, blocks) for hidden in EQUAL_RATES for blocks in EQUAL_RATES)
"""The grid of (hidden weights, block weights); it holds the equal ones too."""

RANDN: dict[str, object] = {"kind": "normal", "std": 0.2}
"""The author's habit, whatever the width: randn x 0.2."""


def numpy_residual(
    hidden_rate: float,
    block_rate: float,
    *,
    init: dict[str, object] = RANDN,
    function: str = "arctan",
    loss: str = "squared_error",
    normed: bool = False,
    num_train: int | None = None,
    epochs: float = 10.0,
) -> Experiment:
    """The article's net; what it does not say, and what closes its gap, are arguments.

    Args:
        hidden_rate: Of W1H, W2H and W3H.
        block_rate: Of all others.
        function: Activation inside the blocks and after the first two hidden layers.
        loss: With `cross_entropy` the outputs are logits, without the sigmoid.
        normed: Batch norm after every linear layer but the last: the article's open wish.
    """

    def weights(width: int | str) -> list[NestedItem]:
        return [linear(width, bias=False), *([norm()] if normed and width != "classes" else [])]

    items: list[NestedItem] = [FLATTEN]
    for width_in, width_out in ((PIXELS, WIDTH), (WIDTH, WIDTH), (WIDTH, "classes")):
        items.append({"kind": "residual", "body": [*weights(WIDTH), activation(function), *weights(width_in)]})
        items += weights(width_out)
        if width_out != "classes":
            items.append(activation(function))
        elif loss == "squared_error":
            items.append(activation("sigmoid"))
    return Experiment(
        data=DataSpec(dataset="mnist", normalization="scale", num_train=num_train),
        network=network(items, init=init),
        groups=(
            GroupSpec(
                name="block weights", colour=GROUP_COLOURS[0], rule=Rule(lanes=("body",)), learning_rate=block_rate
            ),
            GroupSpec(name="hidden weights", colour=GROUP_COLOURS[1], learning_rate=hidden_rate),
        ),
        training=TrainingSpec(
            duration=Time(epochs=epochs),
            batch_size=50,
            optimizer=SgdOptimizer(momentum=0.0),
            loss=SquaredErrorLoss() if loss == "squared_error" else CrossEntropyLoss(),
        ),
    )


EQUAL_RATE = 0.3
SEPARATE_RATE = (0.01, 0.3)
"""Chosen from the grids above on validation data: seed 0, 10,000 training images, 4 epochs, as `make reproduce` does."""

NORM_RATE, XAVIER_RATE, CROSS_ENTROPY_RATE, HE_RELU_RATE = 1.0, 0.3, 0.1, 0.03
"""The best of two or three neighbours of the grid for each variant: the same images, 2 epochs."""


def one_rate() -> Experiment:
    return numpy_residual(EQUAL_RATE, EQUAL_RATE)


def separate_rates() -> Experiment:
    return numpy_residual(*SEPARATE_RATE)


def batch_norm() -> Experiment:
    return numpy_residual(NORM_RATE, NORM_RATE, normed=True)


def xavier_init() -> Experiment:
    return numpy_residual(XAVIER_RATE, XAVIER_RATE, init={"kind": "xavier"})


def cross_entropy() -> Experiment:
    return numpy_residual(CROSS_ENTROPY_RATE, CROSS_ENTROPY_RATE, loss="cross_entropy")


def he_relu_cross_entropy() -> Experiment:
    return numpy_residual(HE_RELU_RATE, HE_RELU_RATE, init={"kind": "he"}, function="relu", loss="cross_entropy")


NUMPY_RESIDUAL = Study(
    name="numpy-residual",
    title="Simple residual net, numpy article",
    story="Three residual blocks on MNIST with weights a, b and hidden weights, written in numpy with backpropagation by "
    "hand. Its author found no good rate for all weights together and a better result with one for each kind of weight. The "
    "article leaves out widths, activation, rates and epochs; they are filled in here with its author's habits.",
    source="Jae Duk Seo 2018, Only Numpy: Implementing Simple ResNet for MNIST Classification with Interactive Code, "
    "Towards Data Science.",
    watch="The gradient norms of both groups, and whether a rate apart for the hidden weights is worth anything once the "
    "rate of the blocks is right.",
    published="72 % accuracy with different rates, on images that the article does not name; with one rate no good result.",
    is_reconstruction=True,
    presets=(
        Preset(
            "numpy-residual-equal",
            "One rate",
            "The article's net with the best single rate of a small grid.",
            "It learns: the rate that suits the blocks suits the hidden weights too. Lower it tenfold to see a poor result.",
            one_rate,
            sibling="digits-residual",
        ),
        Preset(
            "numpy-residual-separate",
            "Separate rates",
            "The same net; the hidden weights W1H, W2H and W3H learn at a thirtieth of the blocks' rate.",
            "Both curves beside those of one rate: they end within a percent of each other.",
            separate_rates,
            sibling="digits-residual",
        ),
        Preset(
            "numpy-residual-norm",
            "Batch norm",
            "The article's open wish: batch norm after every linear layer but the last.",
            "Accuracy after the first epoch: it is ahead of the net without norms, and stands a rate three times as high.",
            batch_norm,
            sibling="digits-residual",
        ),
        Preset(
            "numpy-residual-xavier",
            "Xavier init",
            "Only the init differs: variance by the widths instead of 0.2² for all.",
            "The activations no longer begin saturated.",
            xavier_init,
            sibling="digits-residual",
        ),
        Preset(
            "numpy-residual-cross-entropy",
            "Cross-entropy",
            "Only the loss differs: cross-entropy of logits instead of the squared error of sigmoids.",
            "The loss is of another scale, so compare accuracies.",
            cross_entropy,
            sibling="digits-residual",
        ),
        Preset(
            "numpy-residual-he-relu",
            "He, ReLU, cross-entropy",
            "The same three blocks with He init, ReLU and cross-entropy, at one rate.",
            "Accuracy against the article's net at its best rates.",
            he_relu_cross_entropy,
            sibling="digits-residual",
        ),
    ),
    comparisons=(
        Comparison(
            "rates",
            "One rate or separate rates?",
            ("numpy-residual-equal", "numpy-residual-separate", "numpy-residual-norm"),
            "With each chosen on validation data, separate rates end a third of a percent below one rate (5 seeds).",
        ),
        Comparison(
            "gap",
            "What closes the gap?",
            (
                "numpy-residual-equal",
                "numpy-residual-separate",
                "numpy-residual-xavier",
                "numpy-residual-cross-entropy",
                "numpy-residual-norm",
                "numpy-residual-he-relu",
            ),
            "Init and norm each add more than a percent, He init with ReLU a little more, the loss alone nothing.",
        ),
    ),
)
