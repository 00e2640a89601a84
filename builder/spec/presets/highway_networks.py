"""Highway networks: plain against highway layers on MNIST at four depths, and the convolutional net of width 16.

Source: Srivastava et al. 2015, arXiv 1505.00387 and 1507.06228.
"""

from dataclasses import dataclass
from functools import partial

from builder.spec.data import DataSpec
from builder.spec.experiment import Experiment
from builder.spec.groups import GROUP_COLOURS, GroupSpec, Rule
from builder.spec.presets.base import Comparison, Preset, Study
from builder.spec.presets.numbering import NestedItem, network
from builder.spec.presets.towers import HEAD, dense_block, dense_stem, repeat
from builder.spec.recipes import activation, conv
from builder.spec.training import SgdOptimizer, StepSchedule, Time, TrainingSpec

PLAIN_WIDTH, HIGHWAY_WIDTH = 71, 50
"""So that a plain layer and a highway layer with its gate have about as many parameters: 5,112 and 5,100."""

RATES = (0.003, 0.01, 0.03, 0.1)
GATE_BIASES = (-1.0, -2.0, -4.0, -7.0, -10.0)
"""The grids from which rate and gate bias of each depth are chosen on validation data; the papers searched -1 to -10."""

EPOCHS, DECAY = 6, 0.7


def depth_study(
    kind: str, depth: int, rate: float, gate_bias: float | None = None, *, num_train: int | None = None
) -> Experiment:
    """A plain first layer, then `depth` - 1 plain or highway layers, then the softmax layer.

    Args:
        gate_bias: Of the highway layers; None for plain ones.
    """
    width = PLAIN_WIDTH if kind == "plain" else HIGHWAY_WIDTH
    fields = {} if gate_bias is None else {"gate_bias_init": gate_bias}
    return Experiment(
        data=DataSpec(dataset="mnist", num_train=num_train),
        network=network([*dense_stem(width), repeat(depth - 1, dense_block(kind, width, 1, **fields)), HEAD]),
        groups=(GroupSpec(name="all parameters", learning_rate=rate),),
        training=TrainingSpec(
            duration=Time(epochs=EPOCHS),
            batch_size=100,
            optimizer=SgdOptimizer(momentum=0.9),
            # The rate decays exponentially: by the same factor after each epoch.
            schedule=StepSchedule(milestones=tuple(Time(epochs=epoch) for epoch in range(1, EPOCHS)), factor=DECAY),
        ),
    )


def convolutional(width: int = 16, rate: float = 0.01, epochs: float = 4.0) -> Experiment:
    """Nine convolutional layers, the first plain, the others highway, and the softmax layer."""

    def highway(times: int) -> NestedItem:
        return repeat(times, {"kind": "highway", "gate_bias_init": -1.0, "body": [conv(width), activation()]})

    pool: NestedItem = {"kind": "pool", "method": "max", "kernel_size": 2}
    return Experiment(
        data=DataSpec(dataset="mnist"),
        network=network(
            [conv(width), activation(), highway(2), pool, highway(3), pool, highway(3), pool, {"kind": "flatten"}, HEAD]
        ),
        groups=(
            GroupSpec(name="biases", colour=GROUP_COLOURS[1], rule=Rule(parameters=("bias",)), learning_rate=2 * rate),
            GroupSpec(name="weights", colour=GROUP_COLOURS[0], learning_rate=rate, weight_decay=5e-4),
        ),
        training=TrainingSpec(
            duration=Time(epochs=epochs), batch_size=100, optimizer=SgdOptimizer(momentum=0.9, nesterov=True)
        ),
    )


@dataclass(frozen=True, slots=True)
class Chosen:
    """Rates and gate bias of one depth: the best on validation data of a few points of the grids.

    Seed 0, 10,000 training images.
    """

    plain_rate: float
    highway_rate: float
    gate_bias: float


CHOSEN = {
    10: Chosen(plain_rate=0.03, highway_rate=0.03, gate_bias=-1.0),
    20: Chosen(plain_rate=0.01, highway_rate=0.03, gate_bias=-4.0),
    50: Chosen(plain_rate=0.003, highway_rate=0.03, gate_bias=-7.0),
    100: Chosen(plain_rate=0.01, highway_rate=0.03, gate_bias=-7.0),
}


def plain_of(depth: int) -> Experiment:
    return depth_study("plain", depth, CHOSEN[depth].plain_rate)


def highway_of(depth: int) -> Experiment:
    chosen = CHOSEN[depth]
    return depth_study("highway", depth, chosen.highway_rate, chosen.gate_bias)


PLAIN_WATCH = {
    10: "Both train alike.",
    20: "The plain net starts later and ends a little lower.",
    50: "The plain net is far behind from the first epoch on; the highway net is where it was at depth 10.",
    100: "The plain net is further behind still; the highway net is where it was at depth 10.",
}


def depth_presets(depth: int) -> tuple[Preset, Preset]:
    return (
        Preset(
            f"highway-mnist-plain-{depth}",
            f"Plain, depth {depth}",
            f"{depth} plain layers of {PLAIN_WIDTH} units and the softmax layer.",
            PLAIN_WATCH[depth],
            partial(plain_of, depth),
            sibling="digits-plain-50-he",
        ),
        Preset(
            f"highway-mnist-{depth}",
            f"Highway, depth {depth}",
            f"A plain layer, {depth - 1} highway layers of {HIGHWAY_WIDTH} units, and the softmax layer; gate bias "
            f"{CHOSEN[depth].gate_bias:g}.",
            "The depth profile: the gradient has about the same size in every layer.",
            partial(highway_of, depth),
            sibling="digits-highway-50",
        ),
    )


HIGHWAY_NETWORKS = Study(
    name="highway-networks",
    title="Highway networks, MNIST depth study",
    story="Plain nets get harder to train with depth; highway nets do not. Both kinds stand at four depths with about 5,000 "
    "parameters a layer, trained by stochastic gradient descent with momentum and an exponentially decaying rate. Beside "
    "them stands the paper's convolutional net of 10 layers and width 16.",
    source="Rupesh Kumar Srivastava, Klaus Greff and Jürgen Schmidhuber 2015, Highway Networks, arXiv 1505.00387; Training "
    "Very Deep Networks, arXiv 1507.06228.",
    watch="The training loss at each depth, and the depth profile of the gradient.",
    published="As curves only: plain nets of depth 10 and 20 train very well, deeper ones worse; the 100-layer highway "
    "net's training loss is more than two orders of magnitude below the plain one's. The convolutional net: 99.43 % on the "
    "test set with 39K parameters.",
    presets=(
        *(preset for depth in CHOSEN for preset in depth_presets(depth)),
        Preset(
            "highway-mnist-conv",
            "Convolutional highway, width 16",
            "Nine convolutional layers of 16 channels, eight of them highway, and the softmax layer: 38,730 parameters.",
            "Validation accuracy, and the gradient of every layer in the depth profile.",
            convolutional,
            sibling="digits-highway-50",
        ),
    ),
    comparisons=(
        *(
            Comparison(
                f"depth-{depth}",
                f"Plain or highway at depth {depth}?",
                (f"highway-mnist-plain-{depth}", f"highway-mnist-{depth}"),
                PLAIN_WATCH[depth],
            )
            for depth in CHOSEN
        ),
        Comparison(
            "depths",
            "What does depth do to each?",
            tuple(f"highway-mnist-{kind}{depth}" for kind in ("plain-", "") for depth in (10, 20, 50)),
            "The plain nets' losses fall apart with depth; the highway nets' stay together.",
        ),
    ),
)
