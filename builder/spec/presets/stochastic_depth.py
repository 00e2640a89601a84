"""Deep networks with stochastic depth: whole bodies are skipped at random while training."""

from functools import partial
from typing import Any

from builder.spec.experiment import Experiment
from builder.spec.groups import GroupSpec
from builder.spec.presets.base import Comparison, Preset, Study
from builder.spec.presets.cifar_towers import AVERAGE_AND_PAD, cifar_data, cifar_tower
from builder.spec.presets.numbering import network
from builder.spec.recipes import linear
from builder.spec.training import SgdOptimizer, StepSchedule, Time, TrainingSpec

FINAL_SURVIVAL = 0.5
# 45,000 images train and 5,000 validate.
VALIDATION_FRACTION = 0.1


def papers_training(num_epochs: int) -> TrainingSpec:
    """0.1, a tenth of it after half and again after three quarters; Nesterov; the best validation weights are kept."""
    return TrainingSpec(
        duration=Time(epochs=num_epochs),
        batch_size=128,
        drop_last=False,
        optimizer=SgdOptimizer(momentum=0.9, nesterov=True),
        schedule=StepSchedule(milestones=(Time(epochs=num_epochs * 0.5), Time(epochs=num_epochs * 0.75)), factor=0.1),
        keep="best_validation",
    )


def tower(
    kind: str,
    num_blocks: int,
    num_epochs: int,
    *,
    num_train: int | None = None,
    **fields: Any,
) -> Experiment:
    """3 `num_blocks` blocks of either kind, otherwise the same: transitions average and pad, so that they can drop too."""
    # The authors' code leaves the last layer to torch's own init.
    head = linear("classes", init={"kind": "pytorch"})
    items = cifar_tower(kind, num_blocks, head=head, transition=AVERAGE_AND_PAD, **fields)
    return Experiment(
        notes=f"{6 * num_blocks + 2} layers. Source: Huang et al. 2016, arXiv 1603.09382, section 4.",
        data=cifar_data(VALIDATION_FRACTION, num_train),
        network=network(items),
        groups=(GroupSpec(name="all parameters", learning_rate=0.1, weight_decay=1e-4),),
        training=papers_training(num_epochs),
    )


DROPPED = {"survival": {"kind": "linear_decay", "final_survival_prob": FINAL_SURVIVAL}, "scaling": "test"}
PAPER = {**DROPPED, "dropped_update": "paper"}
SKIP = {**DROPPED, "dropped_update": "skip"}

deep = partial(tower, num_blocks=18, num_epochs=500)
small = partial(tower, num_blocks=5, num_epochs=8, num_train=10_000)

STOCHASTIC_DEPTH = Study(
    name="stochastic-depth",
    title="Stochastic depth",
    story="Each step trains a shallower net: every body is left out with a probability that grows with depth, for the whole "
    "mini-batch, so that it costs nothing; the transitions can be left out too. The whole depth is used at test time, each "
    "body scaled by how often it took part. 54 blocks train 40.25 of them on average.",
    source="Huang, Sun, Liu, Sedra, Weinberger 2016, Deep networks with stochastic depth, arXiv 1603.09382.",
    watch="Time beside error: the stochastic run is done earlier. Its training loss is higher, its validation error is not.",
    published="CIFAR-10, 110 layers, 500 epochs: 6.41 % test error with constant depth in 20 h 42 min, 5.25 % with "
    "stochastic depth in 15 h 7 min (tables 1 and 2).",
    presets=(
        Preset(
            "stochastic-depth-110",
            "Stochastic depth, 110",
            "54 blocks that survive with a probability falling in equal steps to one half.",
            "Dropped blocks are hollow in the depth profile; samples per second against constant depth.",
            partial(deep, "stochastic_depth", **PAPER),
            sibling="digits-four-kinds",
        ),
        Preset(
            "constant-depth-110",
            "Constant depth, 110",
            "The same 54 blocks, all of them in every step.",
            "The training loss goes to nearly zero after the rate's first drop, and the validation error stays.",
            partial(deep, "residual"),
            sibling="digits-residual",
        ),
        Preset(
            "stochastic-depth-small",
            "Stochastic depth, small",
            "15 blocks, 10,000 images and eight epochs, for a computer without a GPU; the same rule.",
            "The time against constant depth, and which blocks are hollow.",
            partial(small, "stochastic_depth", **PAPER),
            sibling="digits-four-kinds",
        ),
        Preset(
            "stochastic-depth-small-skip",
            "Stochastic depth, small, resting",
            "A dropped block rests altogether: no weight decay and no momentum, which the paper's code gives it.",
            "Nearly the same curve, and a little less time.",
            partial(small, "stochastic_depth", **SKIP),
            sibling="digits-four-kinds",
        ),
        Preset(
            "constant-depth-small",
            "Constant depth, small",
            "The same 15 blocks, all of them in every step.",
            "After eight epochs the two are within two percent of each other; the paper's gain is that of 500 epochs.",
            partial(small, "residual"),
            sibling="digits-residual",
        ),
    ),
    comparisons=(
        Comparison(
            "stochastic-depth-110",
            "110 layers: constant or stochastic depth?",
            ("constant-depth-110", "stochastic-depth-110"),
            "Published: 6.41 % in 20 h 42 min against 5.25 % in 15 h 7 min.",
        ),
        Comparison(
            "stochastic-depth-small",
            "On a laptop: constant or stochastic depth?",
            ("constant-depth-small", "stochastic-depth-small-skip", "stochastic-depth-small"),
            "Stochastic depth takes less time for the same number of epochs; see the error beside it.",
        ),
    ),
)
