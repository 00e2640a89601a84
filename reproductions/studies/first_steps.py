"""First steps: digits in seconds, spirals by both towers, fifty layers five ways, and MNIST's best preset."""

from builder.spec.presets.registry import PRESETS
from builder.spec.presets.reproductions import Reproduction
from reproductions.runs import Outcome, number, percent, seconds, seeded, train_all

STUDY = "first-steps"
SEEDS = (0, 1, 2)
ON_MNIST = "mnist-conv"


def measure() -> list[Reproduction]:
    rows: list[Reproduction] = []
    for preset in PRESETS.values():
        if preset.name in STUDY_PRESETS:
            rows += _rows(preset.name, SEEDS)
    return [*rows, *_rows(ON_MNIST, SEEDS[:1])]


STUDY_PRESETS = (
    "digits-residual",
    "digits-four-kinds",
    "spirals-plain",
    "spirals-residual",
    "digits-plain-50",
    "digits-plain-50-he",
    "digits-plain-50-norm",
    "digits-residual-50",
    "digits-highway-50",
)


def _rows(name: str, seeds: tuple[int, ...]) -> list[Reproduction]:
    experiment = PRESETS[name].experiment()
    outcomes = train_all(seeded(experiment, seeds))
    epochs = experiment.training.duration.epochs
    paced = "" if experiment.training.pace is None else "Its pace, which slows it for watching, is off."

    def row(what: str, ours: str, difference: str = "") -> Reproduction:
        return Reproduction(
            study=STUDY,
            preset=name,
            what=what,
            ours=ours,
            seeds=len(seeds),
            epochs=epochs,
            seconds=seconds(outcomes),
            difference=difference,
        )

    return [
        row("test accuracy", percent([each.test_accuracy for each in outcomes]), paced),
        row("training loss at the end", number(_losses(outcomes))),
    ]


def _losses(outcomes: list[Outcome]) -> list[float]:
    return [outcome.train_loss for outcome in outcomes]
