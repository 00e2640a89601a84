"""First steps: small towers on embedded data, and one for each larger data set."""

from builder.spec.data import DataSpec
from builder.spec.experiment import Experiment
from builder.spec.groups import GROUP_COLOURS, GroupSpec, Rule
from builder.spec.presets.base import Comparison, Preset, Study
from builder.spec.presets.numbering import NestedItem, network
from builder.spec.presets.towers import FLATTEN, HEAD, dense_block, dense_stem, normed_block, quiet_block, repeat
from builder.spec.recipes import activation, conv, linear, norm, pre_activation_body
from builder.spec.training import AdamOptimizer, CosineSchedule, OneCycleSchedule, SgdOptimizer, Time, TrainingSpec

STEM_BODIES_HEAD = (
    GroupSpec(name="stem", colour=GROUP_COLOURS[4], rule=Rule(depth_to=0), learning_rate=0.02),
    GroupSpec(name="bodies", colour=GROUP_COLOURS[0], rule=Rule(lanes=("body",)), learning_rate=0.02),
    GroupSpec(name="head", colour=GROUP_COLOURS[1], learning_rate=0.02),
)


# Chosen on validation data, over five seeds, of rates 0.02 to 0.2 and decays 0 to 0.01.
_WELL_CHOSEN = {"learning_rate": 0.1, "weight_decay": 5e-3}


def digits_residual() -> Experiment:
    return Experiment(
        notes="Six residual blocks on 8×8 digits. Press Train.",
        network=network([*dense_stem(64), repeat(6, normed_block("residual", 64)), norm(), activation(), HEAD]),
        groups=tuple(group.model_copy(update=_WELL_CHOSEN) for group in STEM_BODIES_HEAD),
        training=TrainingSpec(
            duration=Time(epochs=40), batch_size=64, schedule=CosineSchedule(), pace=50.0, optimizer=SgdOptimizer()
        ),
    )


def digits_four_kinds() -> Experiment:
    groups = (
        STEM_BODIES_HEAD[0],
        STEM_BODIES_HEAD[1],
        GroupSpec(name="gates", colour=GROUP_COLOURS[3], rule=Rule(lanes=("gate",)), learning_rate=0.02),
        STEM_BODIES_HEAD[2],
    )
    return Experiment(
        notes="One tower with all four kinds of blocks.",
        network=network(
            [
                *dense_stem(64),
                dense_block("plain", 64, 1),
                repeat(3, normed_block("residual", 64)),
                repeat(3, dense_block("highway", 64, 1, gate_bias_init=-2.0)),
                repeat(3, normed_block("stochastic_depth", 64)),
                HEAD,
            ]
        ),
        groups=groups,
        training=TrainingSpec(duration=Time(epochs=40), batch_size=64, schedule=CosineSchedule(), pace=50.0),
    )


def spirals_residual() -> Experiment:
    return Experiment(
        notes="Two spirals: a tower that bends the plane step by step.",
        data=DataSpec(dataset="spirals", noise=0.02),
        network=network([linear(32), activation("tanh"), repeat(8, quiet_block("residual", 32)), HEAD]),
        groups=(GroupSpec(name="all parameters", learning_rate=0.003),),
        training=TrainingSpec(
            duration=Time(epochs=60), batch_size=64, optimizer=AdamOptimizer(), schedule=CosineSchedule(), pace=100.0
        ),
    )


def spirals_plain(block: NestedItem | None = None) -> Experiment:
    block = block or quiet_block("plain", 32)
    tower = network([linear(32), activation("tanh"), repeat(8, block), HEAD])
    notes = "The spirals' tower without shortcuts."
    return spirals_residual().model_copy(update={"notes": notes, "network": tower})


def spirals_plain_he() -> Experiment:
    return spirals_plain(dense_block("plain", 32))


def fifty_layers(kind: str = "plain", *, init: str = "pytorch", normed: bool = False, **fields: object) -> Experiment:
    """Fifty blocks of a ReLU and a linear layer on the digits: only what the arguments say differs from twin to twin."""
    body = [*([norm()] if normed else []), activation(), linear(32)]
    return Experiment(
        network=network(
            [FLATTEN, linear(32), repeat(50, {"kind": kind, "body": body, **fields}), activation(), HEAD],
            init={"kind": init},
        ),
        groups=(GroupSpec(name="all parameters", learning_rate=0.005),),
        training=TrainingSpec(duration=Time(epochs=30), batch_size=64, schedule=CosineSchedule(), pace=40.0),
    )


def digits_plain_50() -> Experiment:
    return fifty_layers().model_copy(
        update={"notes": "Fifty plain layers with PyTorch's default init: watch the gradient vanish towards the stem."}
    )


def digits_plain_50_he() -> Experiment:
    return fifty_layers(init="he")


def digits_plain_50_norm() -> Experiment:
    return fifty_layers(normed=True)


def digits_residual_50() -> Experiment:
    return fifty_layers("residual")


def digits_highway_50() -> Experiment:
    return fifty_layers("highway", gate_bias_init=-5.0)


def mnist_dense() -> Experiment:
    return Experiment(
        notes="The dense tower of the benchmarks: 784 to 64, ten residual blocks.",
        data=DataSpec(dataset="mnist"),
        network=network([*dense_stem(64), repeat(10, quiet_block("residual", 64)), HEAD]),
        groups=(GroupSpec(name="all parameters", learning_rate=0.05),),
        training=TrainingSpec(duration=Time(epochs=5), batch_size=128, schedule=CosineSchedule()),
    )


def mnist_conv() -> Experiment:
    return Experiment(
        notes="Six pre-activation units, 16 and 32 channels.",
        data=DataSpec(dataset="mnist"),
        network=network(
            [
                conv(16),
                repeat(3, {"kind": "residual", "body": pre_activation_body(16)}),
                {"kind": "residual", "body": pre_activation_body(32, stride=2), "shortcut": [{"kind": "match"}]},
                repeat(2, {"kind": "residual", "body": pre_activation_body(32)}),
                norm(),
                activation(),
                {"kind": "global_pool", "method": "average"},
                HEAD,
            ]
        ),
        groups=(GroupSpec(name="all parameters", learning_rate=0.1, weight_decay=1e-4),),
        training=TrainingSpec(
            duration=Time(epochs=3), batch_size=128, schedule=OneCycleSchedule(), optimizer=SgdOptimizer(nesterov=True)
        ),
    )


def mnist_five_minutes() -> Experiment:
    """Half the size of an image from the first layer on: a quarter of the work of `mnist_conv` at more channels."""
    return Experiment(
        notes="Four pre-activation units at half and a quarter of the image's size.",
        data=DataSpec(dataset="mnist"),
        network=network(
            [
                conv(24, stride=2),
                repeat(2, {"kind": "residual", "body": pre_activation_body(24)}),
                {"kind": "residual", "body": pre_activation_body(48, stride=2), "shortcut": [{"kind": "match"}]},
                {"kind": "residual", "body": pre_activation_body(48)},
                norm(),
                activation(),
                {"kind": "global_pool", "method": "average"},
                HEAD,
            ]
        ),
        groups=(GroupSpec(name="all parameters", learning_rate=0.1, weight_decay=5e-4),),
        training=TrainingSpec(
            duration=Time(epochs=4), batch_size=128, schedule=OneCycleSchedule(), optimizer=SgdOptimizer(nesterov=True)
        ),
    )


FIRST_STEPS = Study(
    name="first-steps",
    title="First steps",
    story="Small towers on data that needs no download, and one for each larger data set: enough to see in a minute what "
    "blocks, depth and learning rates do.",
    source="Highrise's own.",
    watch="Loss and accuracy, then the depth profile: does the gradient reach the first block?",
    presets=(
        Preset(
            "digits-residual",
            "Digits, residual tower",
            "Six residual blocks learn 1,797 real handwritten digits in about fifteen seconds.",
            "Loss falls, validation accuracy passes 97 %, and the gradient keeps its size from head to stem.",
            digits_residual,
        ),
        Preset(
            "digits-four-kinds",
            "Digits, all four kinds",
            "Plain, residual, highway and stochastic-depth blocks in one tower.",
            "The depth profile: each kind in its own colour and form; dropped blocks are hollow.",
            digits_four_kinds,
        ),
        Preset(
            "digits-plain-50",
            "Plain, default init",
            "Fifty plain layers under PyTorch's default init: the classic vanishing gradient.",
            "The depth profile falls by twenty decades from head to stem, and the loss stays at ln 10 = 2.303.",
            digits_plain_50,
        ),
        Preset(
            "digits-plain-50-he",
            "Plain, He init",
            "The same fifty plain layers; only the init differs.",
            "The gradient reaches the stem and the net learns, but slowly: about sixty percent instead of ninety.",
            digits_plain_50_he,
        ),
        Preset(
            "digits-plain-50-norm",
            "Plain, batch norm",
            "The same fifty plain layers with a batch norm at the head of each.",
            "Nothing vanishes any more; now the gradient grows, by four decades from head to stem: it hardly learns.",
            digits_plain_50_norm,
        ),
        Preset(
            "digits-residual-50",
            "Skip",
            "The same fifty layers, each with its input added to its output.",
            "The gradient has the same size at every depth, and accuracy passes 90 %.",
            digits_residual_50,
        ),
        Preset(
            "digits-highway-50",
            "Gate",
            "The same fifty layers behind gates that begin nearly closed.",
            "The gradient is small but the same at every depth; the net learns smoothly and passes 90 %.",
            digits_highway_50,
        ),
        Preset(
            "spirals-residual",
            "Two spirals, residual tower",
            "Eight residual blocks separate two interleaved spirals.",
            "Accuracy rises from one half to one once the plane is bent far enough.",
            spirals_residual,
        ),
        Preset(
            "spirals-plain",
            "Two spirals, plain tower",
            "The same eight blocks with the same weights, without their shortcuts.",
            "Accuracy stays at one half: blocks that begin small, which leave a residual tower calm, choke a plain one.",
            spirals_plain,
        ),
        Preset(
            "spirals-plain-he",
            "Two spirals, plain, He init",
            "The plain tower again, its weights drawn so that the signal keeps its scale.",
            "Accuracy rises to one: sixteen plain layers train well if they begin well. The skip forgives a bad beginning.",
            spirals_plain_he,
        ),
        Preset(
            "mnist-dense",
            "MNIST, dense residual tower",
            "Ten dense residual blocks on 60,000 digits; the dense tower of the benchmarks.",
            "Samples per second, and how evenly the gradient spreads over depth.",
            mnist_dense,
            sibling="digits-residual",
        ),
        Preset(
            "mnist-conv",
            "MNIST, convolutional tower",
            "Six pre-activation units with 16 and 32 channels; about 99 % in three epochs.",
            "The gradient of the norms against that of the convolutions, after grouping by role.",
            mnist_conv,
            sibling="digits-residual",
        ),
        Preset(
            "mnist-five-minutes",
            "MNIST, five minutes",
            "Four pre-activation units at half and a quarter of the image's size: what two cores can do in five minutes.",
            "Validation accuracy after each of the four epochs, as seen with seed 0: 95.0, 97.6, 99.0, 99.3 %.",
            mnist_five_minutes,
            sibling="digits-residual",
        ),
    ),
    comparisons=(
        Comparison(
            "spirals",
            "Plain or residual?",
            ("spirals-plain", "spirals-plain-he", "spirals-residual"),
            "With the same small weights the residual tower separates the spirals and the plain one stays at one half; with "
            "He init the plain one separates them too.",
        ),
        Comparison(
            "fifty-layers",
            "What makes fifty layers train?",
            (
                "digits-plain-50",
                "digits-plain-50-he",
                "digits-plain-50-norm",
                "digits-highway-50",
                "digits-residual-50",
            ),
            "Only the skip and the gate carry the gradient evenly and pass 90 %; He init learns slowly, and with batch norm "
            "alone the gradient grows instead of vanishing.",
        ),
    ),
)
