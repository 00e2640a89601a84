"""The numpy article on a simple residual net: one rate against separate rates, each chosen from its grid."""

from builder.spec.presets.numpy_residual import EQUAL_RATES, SEPARATE_RATES, numpy_residual
from builder.spec.presets.registry import PRESETS
from builder.spec.presets.reproductions import Reproduction
from reproductions.runs import best, percent, seconds, seeded, train_all

STUDY = "numpy-residual"
SEEDS = (0, 1, 2, 3, 4)
GRID = {"num_train": 10_000, "epochs": 4.0}
PUBLISHED = "72 % (images not named)"
OTHERS = (
    "numpy-residual-norm",
    "numpy-residual-xavier",
    "numpy-residual-cross-entropy",
    "numpy-residual-he-relu",
)


def measure() -> list[Reproduction]:
    equal = EQUAL_RATES[best(train_all([numpy_residual(rate, rate, **GRID) for rate in EQUAL_RATES]))]
    separate = SEPARATE_RATES[best(train_all([numpy_residual(*rates, **GRID) for rates in SEPARATE_RATES]))]
    settings = {
        "numpy-residual-equal": (numpy_residual(equal, equal), f"rate {equal:g} for all"),
        "numpy-residual-separate": (
            numpy_residual(*separate),
            f"rate {separate[0]:g} for hidden weights, {separate[1]:g} for the others",
        ),
        **{name: (PRESETS[name].experiment(), "the preset's rates") for name in OTHERS},
    }
    rows: list[Reproduction] = []
    accuracies: dict[str, list[float]] = {}
    for name, (experiment, rates) in settings.items():
        outcomes = train_all(seeded(experiment, SEEDS))
        accuracies[name] = [outcome.test_accuracy for outcome in outcomes]
        rows.append(
            Reproduction(
                study=STUDY,
                preset=name,
                what=f"test accuracy, {rates}",
                published=PUBLISHED if name == "numpy-residual-separate" else None,
                ours=percent(accuracies[name]),
                seeds=len(SEEDS),
                epochs=experiment.training.duration.epochs,
                seconds=seconds(outcomes),
                difference="All 10,000 test images; widths, init, rates and epochs are ours."
                if name == "numpy-residual-separate"
                else "",
            )
        )
    return [*rows, _gain(accuracies)]


def _gain(accuracies: dict[str, list[float]]) -> Reproduction:
    """What separate rates gain, seed by seed, over the best equal one."""
    pairs = zip(accuracies["numpy-residual-separate"], accuracies["numpy-residual-equal"], strict=True)
    gains = sorted(100 * (separate - equal) for separate, equal in pairs)
    return Reproduction(
        study=STUDY,
        preset="numpy-residual-separate",
        what="test accuracy, separate rates minus the best equal rate, seed by seed",
        published="clearly better",
        ours=f"{gains[len(gains) // 2]:+.2f} points ({gains[0]:+.2f} to {gains[-1]:+.2f})",
        seeds=len(gains),
        epochs=numpy_residual(0.1, 0.1).training.duration.epochs,
        difference=f"Both chosen on validation data: seed 0, {GRID['num_train']:,} training images, {GRID['epochs']:g} "
        f"epochs, {len(EQUAL_RATES)} equal rates, {len(SEPARATE_RATES)} pairs.",
    )
