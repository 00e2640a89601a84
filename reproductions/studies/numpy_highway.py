"""The numpy article on a highway net: a carry of ones against gaussian and identity carries, each at its best rate."""

from builder.spec.presets.numpy_highway import RATES, Carry, numpy_highway
from builder.spec.presets.reproductions import Reproduction
from reproductions.runs import best, percent, seconds, seeded, train_all

STUDY = "numpy-highway"
SEEDS = (0, 1, 2)
GRID = {"num_train": 10_000, "epochs": 1.0}
CARRIES: tuple[Carry, ...] = ("ones", "gaussian", "identity")


def measure() -> list[Reproduction]:
    return [_row(carry) for carry in CARRIES]


def _row(carry: Carry) -> Reproduction:
    rate = RATES[best(train_all([numpy_highway(rate, carry, **GRID) for rate in RATES]))]
    experiment = numpy_highway(rate, carry)
    outcomes = train_all(seeded(experiment, SEEDS))
    return Reproduction(
        study=STUDY,
        preset=f"numpy-highway-{carry}",
        what=f"test accuracy, rate {rate:g}",
        published="77 % (images not named)" if carry == "ones" else None,
        ours=percent([outcome.test_accuracy for outcome in outcomes]),
        seeds=len(SEEDS),
        epochs=experiment.training.duration.epochs,
        seconds=seconds(outcomes),
        difference="All 10,000 test images; widths, rates and epochs are ours." if carry == "ones" else "",
    )
