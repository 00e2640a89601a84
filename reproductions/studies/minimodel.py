"""MiniModel and its plain twin for as many steps as two cores have time for."""

from builder.spec.presets.registry import PRESETS
from builder.spec.presets.reproductions import Reproduction
from reproductions.runs import number, percent, train_all, with_values

STUDY = "minimodel"
PAIR = ("minimodel-plain", "minimodel")
NUM_TRAIN, EPOCHS = 10_000, 3
DIFFERENCE = (
    "The article trains on 50,000 images for 50 epochs and reports no accuracy. After 237 steps batch norm's running "
    "statistics, with Keras's momentum .99, still hold 9 % of their initial values, which the test accuracy alone feels."
)


def measure() -> list[Reproduction]:
    short = {"data__num_train": NUM_TRAIN, "training__duration__epochs": EPOCHS}
    outcomes = train_all([with_values(PRESETS[name].experiment(), **short) for name in PAIR])
    rows: list[Reproduction] = []
    for name, outcome in zip(PAIR, outcomes, strict=True):
        for what, ours in (
            ("test accuracy", percent([outcome.test_accuracy])),
            ("training loss at the end", number([outcome.train_loss])),
        ):
            rows.append(
                Reproduction(
                    study=STUDY,
                    preset=name,
                    what=what,
                    ours=ours,
                    epochs=EPOCHS,
                    subset=f"{NUM_TRAIN:,} images",
                    seconds=round(outcome.seconds, 1),
                    difference=DIFFERENCE,
                )
            )
    return rows
