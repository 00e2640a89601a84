"""First steps: small towers on embedded data, and one for each larger data set."""

from builder.spec.data import DataSpec
from builder.spec.experiment import Experiment
from builder.spec.groups import GROUP_COLOURS, GroupSpec, Rule
from builder.spec.presets.base import Comparison, Preset, Study
from builder.spec.presets.numbering import NestedItem, network
from builder.spec.recipes import activation, conv, linear, norm, pre_activation_body
from builder.spec.training import AdamOptimizer, CosineSchedule, OneCycleSchedule, SgdOptimizer, Time, TrainingSpec

FLATTEN: NestedItem = {"kind": "flatten"}
HEAD: NestedItem = linear("classes")


def dense_stem(width: int) -> list[NestedItem]:
    return [FLATTEN, linear(width), activation()]


def dense_block(kind: str, width: int, num_layers: int = 2, **fields: object) -> NestedItem:
    body = [layer for _ in range(num_layers) for layer in (linear(width), activation())]
    return {"kind": kind, "body": body, **fields}


def normed_block(kind: str, width: int, **fields: object) -> NestedItem:
    """norm, ReLU, linear, twice: a dense pre-activation body."""
    return {"kind": kind, "body": [norm(), activation(), linear(width), norm(), activation(), linear(width)], **fields}


def quiet_block(kind: str, width: int) -> NestedItem:
    """Two linear layers of which the second begins small, so that a tower without norms does not explode forward."""
    small = linear(width, init={"kind": "normal", "std": 0.02})
    return {"kind": kind, "body": [linear(width), activation(), small, activation()]}


def repeat(times: int, *items: NestedItem) -> NestedItem:
    return {"kind": "repeat", "times": times, "items": list(items)}


STEM_BODIES_HEAD = (
    GroupSpec(name="stem", colour=GROUP_COLOURS[4], rule=Rule(depth_to=0), learning_rate=0.02),
    GroupSpec(name="bodies", colour=GROUP_COLOURS[0], rule=Rule(lanes=("body",)), learning_rate=0.02),
    GroupSpec(name="head", colour=GROUP_COLOURS[1], learning_rate=0.02),
)


def digits_residual() -> Experiment:
    return Experiment(
        notes="Six residual blocks on 8×8 digits. Press Train.",
        network=network([*dense_stem(64), repeat(6, normed_block("residual", 64)), norm(), activation(), HEAD]),
        groups=STEM_BODIES_HEAD,
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


def digits_plain_50() -> Experiment:
    return Experiment(
        notes="Fifty plain layers with PyTorch's default init: watch the gradient vanish towards the stem.",
        network=network([*dense_stem(32), repeat(50, dense_block("plain", 32, 1)), HEAD], init={"kind": "pytorch"}),
        groups=(GroupSpec(name="all parameters", learning_rate=0.05),),
        training=TrainingSpec(duration=Time(epochs=20), batch_size=64, pace=40.0),
    )


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
            "Fifty plain layers, default init",
            "A deep plain net under PyTorch's default init: the classic vanishing gradient. Switch the init to He, add a "
            "norm, or swap the kind to residual or highway, and train again.",
            "The depth profile falls by many decades from head to stem, and the loss stays at ln 10 = 2.303.",
            digits_plain_50,
        ),
        Preset(
            "spirals-residual",
            "Two spirals, residual tower",
            "Eight residual blocks separate two interleaved spirals.",
            "Accuracy rises from one half to one once the plane is bent far enough.",
            spirals_residual,
        ),
        Preset(
            "mnist-dense",
            "MNIST, dense residual tower",
            "Ten dense residual blocks on 60,000 digits; the dense tower of the benchmarks.",
            "Samples per second, and how evenly the gradient spreads over depth.",
            mnist_dense,
        ),
        Preset(
            "mnist-conv",
            "MNIST, convolutional tower",
            "Six pre-activation units with 16 and 32 channels; about 99 % in three epochs.",
            "The gradient of the norms against that of the convolutions, after grouping by role.",
            mnist_conv,
        ),
    ),
    comparisons=(
        Comparison(
            "digits-one-kind-or-four",
            "Do four kinds of blocks in one tower learn as fast as residual blocks alone?",
            ("digits-four-kinds", "digits-residual"),
            "Both losses fall; the tower with gates and dropped blocks is noisier from step to step.",
        ),
    ),
)
