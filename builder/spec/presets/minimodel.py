"""MiniModel of “Understanding residual networks”: the article's network, optimizer and data, and its plain twin."""

from functools import partial
from typing import Any

from builder.spec.data import AugmentationSpec, DataSpec, Normalization
from builder.spec.experiment import Experiment
from builder.spec.groups import GroupSpec
from builder.spec.presets.base import Comparison, Preset, Study
from builder.spec.presets.numbering import NestedItem, network
from builder.spec.presets.towers import repeat
from builder.spec.recipes import activation, conv, linear, norm
from builder.spec.training import AdamOptimizer, Time, TrainingSpec

# Keras's defaults where the article says nothing: Keras's momentum .99 is the old statistics' weight.
KERAS_NORM: dict[str, Any] = {"eps": 1e-3, "momentum": 0.01}
ADAM = AdamOptimizer(eps=1e-7)
GLOROT_UNIFORM = {"kind": "xavier", "distribution": "uniform"}

STAGES = (32, 64, 128, 256)
UNITS_PER_STAGE = 3
# The article trains on all 50,000 images and validates on the test set; 1,000 images are the least that can stand in.
VALIDATION_FRACTION = 0.02


def unit(kind: str, filters: int, pool: bool = False) -> NestedItem:
    """BN, ReLU, conv, twice, with biases; a pool unit takes the maximum of 2×2 first and projects the un-pooled input."""
    body: list[NestedItem] = [
        norm(**KERAS_NORM),
        activation(),
        conv(filters),
        norm(**KERAS_NORM),
        activation(),
        conv(filters),
    ]
    if not pool:
        return {"kind": kind, "body": body}
    max_pool = {"kind": "pool", "method": "max", "kernel_size": 2}
    return {"kind": kind, "body": [max_pool, *body], "shortcut": [{"kind": "match", "bias": True}]}


def mini_model(kind: str, normalization: Normalization) -> Experiment:
    first, *others = STAGES
    items: list[NestedItem] = [conv(first), repeat(UNITS_PER_STAGE, unit(kind, first))]
    for filters in others:
        items += [unit(kind, filters, pool=True), repeat(UNITS_PER_STAGE - 1, unit(kind, filters))]
    items += [
        norm(**KERAS_NORM),
        activation(),
        {"kind": "dropout", "p": 0.25},
        {"kind": "pool", "method": "average", "kernel_size": 4},
        {"kind": "flatten"},
        linear("classes"),
    ]
    return Experiment(
        notes="MiniModel. Source: John Olafenwa, Understanding residual networks, Towards Data Science.",
        data=DataSpec(
            dataset="cifar-10",
            validation_fraction=VALIDATION_FRACTION,
            normalization=normalization,
            augmentation=AugmentationSpec(rotation_degrees=10.0, shift_fraction=5 / 32, horizontal_flip=True),
        ),
        network=network(items, init=GLOROT_UNIFORM),
        groups=(GroupSpec(name="all parameters", learning_rate=0.001),),
        training=TrainingSpec(duration=Time(epochs=50), batch_size=128, drop_last=False, optimizer=ADAM),
    )


MINIMODEL = Study(
    name="minimodel",
    title="MiniModel",
    story="A pre-activation net of 25 convolutions, three units each of 32, 64, 128 and 256 filters. The units that halve "
    "the image put a max-pool in front of the body, while a strided 1×1 convolution projects what was not pooled. "
    "The article prints the whole script, so this is its network, optimizer and augmentation; the plain twin is the unit as "
    "the article first writes it, without the addition.",
    source="John Olafenwa, Understanding residual networks, Towards Data Science, "
    "https://towardsdatascience.com/understanding-residual-networks-9add4b664b03.",
    watch="The training loss of both towers, and the depth profile: how much of the gradient reaches the stem.",
    presets=(
        Preset(
            "minimodel",
            "MiniModel",
            "The article's network; the test set is normalised by the training set's statistics.",
            "Validation accuracy after each epoch; Adam's rate never falls, so that it jumps about until the end.",
            partial(mini_model, "residual", "per_pixel"),
            sibling="digits-residual",
        ),
        Preset(
            "minimodel-as-written",
            "MiniModel, as written",
            "As the article has it, with the test set normalised by its own statistics.",
            "The test accuracy against the corrected one's: both statistics are nearly the same on CIFAR-10.",
            partial(mini_model, "residual", "per_pixel_as_written"),
            sibling="digits-residual",
        ),
        Preset(
            "minimodel-plain",
            "MiniModel, plain",
            "The same units without the addition, and so without the three projections.",
            "The depth profile of the gradient, and how much later the loss begins to fall.",
            partial(mini_model, "plain", "per_pixel"),
            sibling="digits-plain-50",
        ),
    ),
    comparisons=(
        Comparison(
            "minimodel-plain-or-residual",
            "With or without the addition?",
            ("minimodel-plain", "minimodel"),
            "The residual net learns faster from the first epoch on.",
        ),
        Comparison(
            "minimodel-normalisation",
            "Does the test set's own normalisation matter?",
            ("minimodel-as-written", "minimodel"),
            "Training is the same to the last bit; only the test accuracy may differ, by little.",
        ),
    ),
)
