"""First steps: digits in seconds, spirals by three towers, fifty layers five ways, and MNIST in five minutes."""

from builder.spec.presets.registry import PRESETS
from builder.spec.presets.reproductions import Reproduction
from reproductions.runs import Outcome, number, percent, seconds, seeded, train_all

STUDY = "first-steps"
SEEDS = (0, 1, 2)
ON_MNIST = "mnist-five-minutes"
SMALL = (
    "digits-residual",
    "digits-four-kinds",
    "spirals-plain",
    "spirals-plain-he",
    "spirals-residual",
    "digits-plain-50",
    "digits-plain-50-he",
    "digits-plain-50-norm",
    "digits-residual-50",
    "digits-highway-50",
)


def measure() -> list[Reproduction]:
    # The longest one first, so that one core has it while the other trains the rest.
    mnist, *small = train_all(
        [PRESETS[ON_MNIST].experiment(), *(run for name in SMALL for run in seeded(PRESETS[name].experiment(), SEEDS))]
    )
    rows: list[Reproduction] = []
    for index, name in enumerate(SMALL):
        rows += _rows(name, small[index * len(SEEDS) : (index + 1) * len(SEEDS)])
    return [*rows, *_rows(ON_MNIST, [mnist])]


def _rows(name: str, outcomes: list[Outcome]) -> list[Reproduction]:
    training = PRESETS[name].experiment().training

    def row(what: str, ours: str, difference: str = "") -> Reproduction:
        return Reproduction(
            study=STUDY,
            preset=name,
            what=what,
            ours=ours,
            seeds=len(outcomes),
            epochs=training.duration.epochs,
            seconds=seconds(outcomes),
            difference=difference,
        )

    unpaced = "" if training.pace is None else "Its pace, which slows it for watching, is off."
    return [
        row("test accuracy", percent([each.test_accuracy for each in outcomes]), unpaced),
        row("training loss at the end", number([each.train_loss for each in outcomes])),
    ]
