"""ResNet-20 and its plain twin, on a short schedule."""

from builder.spec import Experiment
from builder.spec.presets.registry import PRESETS
from builder.spec.presets.reproductions import Reproduction
from reproductions.runs import percent, train_all, with_values

STUDY = "residual-networks"
PAIR = ("cifar-plain-20", "cifar-resnet-20")
PUBLISHED = {"cifar-resnet-20": "91.25 %"}
EPOCHS = 6


def measure() -> list[Reproduction]:
    outcomes = train_all([_short(name) for name in PAIR])
    return [
        Reproduction(
            study=STUDY,
            preset=name,
            what="test accuracy",
            published=PUBLISHED.get(name),
            ours=percent([outcome.test_accuracy]),
            epochs=EPOCHS,
            subset="as many images as are there: two of the five files, or all",
            seconds=round(outcome.seconds, 1),
            difference=f"{outcome.num_steps:,} steps of the one-cycle schedule instead of the paper's 64,000.",
        )
        for name, outcome in zip(PAIR, outcomes, strict=True)
    ]


def _short(name: str) -> Experiment:
    """The preset's network with the schedule of `cifar-resnet-20-short`, over fewer epochs."""
    training = PRESETS["cifar-resnet-20-short"].experiment().training
    return with_values(
        PRESETS[name].experiment().model_copy(update={"training": training}), training__duration__epochs=EPOCHS
    )
