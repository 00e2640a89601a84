"""Highway networks: plain against highway at three depths, and the convolutional net of width 16."""

from builder.spec.presets.registry import PRESETS
from builder.spec.presets.reproductions import Reproduction
from reproductions.runs import number, percent, seconds, seeded, train_all

STUDY = "highway-networks"
DEPTHS = (10, 20, 50)
SEEDS = (0, 1, 2)
CONVOLUTIONAL = "highway-mnist-conv"


def measure() -> list[Reproduction]:
    rows: list[Reproduction] = []
    for depth in DEPTHS:
        for name in (f"highway-mnist-plain-{depth}", f"highway-mnist-{depth}"):
            rows += _rows(name)
    experiment = PRESETS[CONVOLUTIONAL].experiment()
    outcomes = train_all([experiment])
    return [
        *rows,
        Reproduction(
            study=STUDY,
            preset=CONVOLUTIONAL,
            what="test accuracy",
            published="99.43 %",
            ours=percent([outcome.test_accuracy for outcome in outcomes]),
            epochs=experiment.training.duration.epochs,
            seconds=seconds(outcomes),
            difference="A few epochs; the authors train for 180,000 steps of 100.",
        ),
    ]


def _rows(name: str) -> list[Reproduction]:
    experiment = PRESETS[name].experiment()
    outcomes = train_all(seeded(experiment, SEEDS))

    def row(what: str, ours: str, published: str | None = None) -> Reproduction:
        return Reproduction(
            study=STUDY,
            preset=name,
            what=what,
            published=published,
            ours=ours,
            seeds=len(SEEDS),
            epochs=experiment.training.duration.epochs,
            seconds=seconds(outcomes),
        )

    return [
        row("training loss at the end", number([outcome.train_loss for outcome in outcomes]), "a curve only"),
        row("test accuracy", percent([outcome.test_accuracy for outcome in outcomes])),
    ]
