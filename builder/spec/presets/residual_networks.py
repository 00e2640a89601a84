"""Residual nets for CIFAR-10, their plain and pre-activation twins, and what else a shortcut could be."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from builder.spec.experiment import Experiment
from builder.spec.groups import GroupSpec
from builder.spec.presets.base import Comparison, Preset, Study
from builder.spec.presets.cifar_towers import OPTION_A, cifar_data, cifar_tower, pre_activation_tower
from builder.spec.presets.numbering import NestedItem, network
from builder.spec.training import OneCycleSchedule, SgdOptimizer, StepSchedule, Time, TrainingSpec

DEPTHS = (20, 32, 44, 56, 110)
VALIDATION_FRACTION = 0.02
ONE_GROUP = (GroupSpec(name="all parameters", learning_rate=0.1, weight_decay=1e-4),)


def papers_training(num_layers: int) -> TrainingSpec:
    """0.1, a tenth of it after 32,000 and again after 48,000 of 64,000 steps; 110 layers begin with 0.01 for 400 steps.

    Source: He et al. 2015, arXiv 1512.03385, section 4.2.
    """
    return TrainingSpec(
        duration=Time(steps=64_000),
        batch_size=128,
        optimizer=SgdOptimizer(momentum=0.9),
        schedule=StepSchedule(milestones=(Time(steps=32_000), Time(steps=48_000)), factor=0.1),
        warmup=Time(steps=400 if num_layers == 110 else 0),
        warmup_factor=0.1 if num_layers == 110 else None,
    )


def tower(items: Sequence[NestedItem], num_layers: int, notes: str) -> Experiment:
    return Experiment(
        notes=notes,
        data=cifar_data(VALIDATION_FRACTION),
        network=network(items),
        groups=ONE_GROUP,
        training=papers_training(num_layers),
    )


def post_activation_net(kind: str, num_layers: int) -> Experiment:
    """6n + 2 layers of residual blocks with option-A shortcuts, or of the same bodies alone."""
    notes = f"{num_layers} layers of {kind} blocks. Source: He et al. 2015, arXiv 1512.03385, section 4.2."
    return tower(cifar_tower(kind, (num_layers - 2) // 6), num_layers, notes)


def pre_activation_net(num_layers: int) -> Experiment:
    notes = f"{num_layers} layers, norm and ReLU before each convolution. Source: He et al. 2016, arXiv 1603.05027."
    return tower(pre_activation_tower((num_layers - 2) // 6), num_layers, notes)


def short_resnet_20() -> Experiment:
    training = TrainingSpec(duration=Time(epochs=10), batch_size=128, schedule=OneCycleSchedule())
    return post_activation_net("residual", 20).model_copy(update={"training": training})


def shortcut_net(
    kind: str,
    shortcut: Sequence[NestedItem] = (),
    transition: Sequence[NestedItem] = OPTION_A,
    **fields: Any,
) -> Experiment:
    """ResNet-110 with something else than the identity around every body."""
    notes = "ResNet-110 with another shortcut. Source: He et al. 2016, arXiv 1603.05027, section 3 and table 1."
    items = cifar_tower(kind, 18, shortcut=shortcut, transition=transition, **fields)
    return tower(items, 110, notes)


GATE: dict[str, Any] = {"gate_kernel_size": 1, "gate_bias_init": -6.0}
DROPOUT: NestedItem = {"kind": "dropout", "p": 0.5}
MATCH: NestedItem = {"kind": "match"}

RESNETS = tuple(
    Preset(
        f"cifar-resnet-{num_layers}",
        f"ResNet-{num_layers}",
        f"{num_layers} layers of residual blocks with zero-padded shortcuts, for 64,000 steps of the paper's schedule.",
        "The gradient in the depth profile is as large at the stem as at the head; the error drops with the rate.",
        partial(post_activation_net, "residual", num_layers),
        sibling="digits-residual",
    )
    for num_layers in DEPTHS
)

PLAINS = tuple(
    Preset(
        f"cifar-plain-{num_layers}",
        f"Plain {num_layers}",
        f"The same {num_layers} layers without the shortcuts: as many parameters, the same initial weights and batches.",
        "The training loss itself stays above the residual twin's: depth hurts although nothing is overfitted.",
        partial(post_activation_net, "plain", num_layers),
        sibling="digits-plain-50",
    )
    for num_layers in DEPTHS
)

PRE_ACTIVATIONS = tuple(
    Preset(
        f"cifar-preact-{num_layers}",
        f"Pre-activation {num_layers}",
        f"The same {num_layers} layers with norm and ReLU before each convolution, so that the way around is free.",
        "The activations grow from block to block, since nothing cuts the sum; the loss falls faster early on.",
        partial(pre_activation_net, num_layers),
        sibling="digits-residual",
    )
    for num_layers in DEPTHS
)

SHORTCUTS = (
    Preset(
        "cifar-110-scaled",
        "110, scaled by ½",
        "Body and shortcut are both halved before the sum.",
        "After 54 blocks a halved shortcut carries nothing of the input: the gradient shrinks from head to stem.",
        partial(shortcut_net, "residual", alpha=0.5, beta=0.5),
        sibling="digits-residual",
    ),
    Preset(
        "cifar-110-exclusive-gate",
        "110, exclusive gate",
        "A highway block: the gate opens the body by as much as it closes the shortcut; its bias begins at −6.",
        "The gates hardly open, so the bodies learn slowly.",
        partial(shortcut_net, "highway", gates="both", **GATE),
        sibling="digits-four-kinds",
    ),
    Preset(
        "cifar-110-shortcut-gate",
        "110, gated shortcut",
        "Only the shortcut is gated, nearly open at the start (bias −6).",
        "As long as the gates stay open it is the identity, and nearly as good.",
        partial(shortcut_net, "highway", gates="shortcut", **GATE),
        sibling="digits-four-kinds",
    ),
    Preset(
        "cifar-110-conv",
        "110, 1×1 convolution",
        "A 1×1 convolution, without a norm, on the way around every body.",
        "It could learn to be the identity, and does worse: the product of 54 matrices stands between head and stem.",
        partial(shortcut_net, "residual", shortcut=(MATCH,), transition=(MATCH,)),
        sibling="digits-residual",
    ),
    Preset(
        "cifar-110-dropout",
        "110, dropout",
        "Dropout of one half on the shortcut, which the next block inherits.",
        "Each block halves what is left of the input on average; the loss stays high.",
        partial(shortcut_net, "residual", shortcut=(DROPOUT,), transition=(*OPTION_A, DROPOUT)),
        sibling="digits-residual",
    ),
)

SHORT = Preset(
    "cifar-resnet-20-short",
    "ResNet-20, ten epochs",
    "The smallest residual net of the paper with a schedule of ten epochs, for a computer without a GPU.",
    "The rate rises for three epochs and falls for seven; most of the accuracy comes at the end.",
    short_resnet_20,
    sibling="digits-residual",
)

RESIDUAL_NETWORKS = Study(
    name="residual-networks",
    title="Residual networks",
    story="Deeper plain nets train worse, not only test worse. A sum around every two layers turns that over: 110 layers "
    "train as easily as 20. And the way around is best left alone: scaled, gated, projected or dropped out it is worse.",
    source="He, Zhang, Ren, Sun 2015, Deep residual learning for image recognition, arXiv 1512.03385, section 4.2; the same "
    "2016, Identity mappings in deep residual networks, arXiv 1603.05027.",
    watch="Plain against residual of the same depth: compare the training loss first, then the validation accuracy.",
    published="CIFAR-10 test error: ResNet-20 8.75 %, -32 7.51 %, -44 7.17 %, -56 6.97 %, -110 6.43 % (6.61 ± 0.16 %), "
    "table 6 of the first; a plain net of 110 layers stays above 60 %. ResNet-110 in the second: identity 6.61 %, exclusive "
    "gate 8.70 %, gated shortcut 6.91 %, 1×1 convolution 12.22 %, dropout fails; pre-activation 6.37 %.",
    presets=(*RESNETS, SHORT, *PLAINS, *PRE_ACTIVATIONS, *SHORTCUTS),
    comparisons=(
        Comparison(
            "resnet-against-plain-20",
            "20 layers: with or without shortcuts?",
            ("cifar-plain-20", "cifar-resnet-20"),
            "At 20 layers both train; the residual net is a little better.",
        ),
        Comparison(
            "resnet-against-plain-56",
            "56 layers: with or without shortcuts?",
            ("cifar-plain-56", "cifar-resnet-56"),
            "The plain net's training loss stays above its 20-layer relative's; the residual net's falls below.",
        ),
        Comparison(
            "pre-activation-110",
            "110 layers: activation after or before?",
            ("cifar-resnet-110", "cifar-preact-110"),
            "Published: 6.61 % against 6.37 % error.",
        ),
        Comparison(
            "shortcuts-110",
            "110 layers: what should the shortcut be?",
            (
                "cifar-110-scaled",
                "cifar-110-exclusive-gate",
                "cifar-110-shortcut-gate",
                "cifar-110-conv",
                "cifar-110-dropout",
                "cifar-resnet-110",
            ),
            "Only the gated shortcut, which begins as the identity, comes near the identity itself.",
        ),
    ),
)
