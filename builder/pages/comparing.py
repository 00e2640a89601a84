"""Comparisons of presets: whether they can be trained here, and starting one. Knows no Streamlit."""

from collections.abc import Iterable
from functools import cache

import psutil

from builder.pages.data_check import missing_bytes
from builder.spec import Analysis, Experiment, analyse, dump_experiment
from builder.spec.datasets import DATASETS
from builder.spec.presets.base import Comparison
from builder.spec.presets.registry import PRESETS, STUDIES
from builder.spec.sizes import bytes_text
from builder.workspace.comparisons import Entrant, submit_comparison
from builder.workspace.runs import Run
from builder.workspace.store import Workspace

ON_THE_HOST = ("auto", "cpu")


def comparison_of(study: object, name: object) -> Comparison | None:
    """A study's comparison; None if there is none of these names."""
    found = STUDIES.get(study) if isinstance(study, str) else None
    return next((each for each in found.comparisons if each.name == name), None) if found else None


@cache
def analysed(preset: str) -> tuple[Experiment, Analysis]:
    """A preset's document with all that is known of it; presets never change while the program runs."""
    experiment = PRESETS[preset].experiment()
    return experiment, analyse(experiment)


def missing_data(presets: Iterable[str]) -> dict[str, int]:
    """Data sets that these presets need and this machine has not, with the bytes to download."""
    datasets = dict.fromkeys(analysed(name)[0].data.dataset for name in presets)
    return {dataset: num_bytes for dataset in datasets if (num_bytes := missing_bytes(dataset))}


def why_not_comparable(comparison: Comparison) -> str:
    """Why a comparison cannot be started, in words; empty if it can."""
    for name in comparison.presets:
        problems = analysed(name)[1].problems
        if problems:
            return f"{PRESETS[name].title} cannot be trained. {problems[0]}"
    return " ".join(
        f"{DATASETS[dataset].title} is not on this machine yet. Download it ({bytes_text(num_bytes)}) first."
        for dataset, num_bytes in missing_data(comparison.presets).items()
    )


def memory_warning(needs: Iterable[tuple[Experiment, Analysis]]) -> str:
    """Why runs that go on at the same time may not fit into this machine's memory; empty if they will.

    What is trained with a memory of its own, as on a GPU, is left out.
    """
    needed = sum(each.memory.total for experiment, each in needs if experiment.training.device in ON_THE_HOST)
    available = psutil.virtual_memory().available
    if needed < available:
        return ""
    return (
        f"This is estimated to need {bytes_text(needed)}, but only {bytes_text(available)} are free. "
        "Use a smaller batch, fewer channels or fewer blocks."
    )


def comparison_warning(comparison: Comparison, slots: int) -> str:
    """`memory_warning` of the runs that go on at the same time, were they the largest."""
    needs = sorted(map(analysed, comparison.presets), key=lambda need: need[1].memory.total)
    return memory_warning(needs[-slots:])


def start_comparison(workspace: Workspace, comparison: Comparison, owner: str) -> list[Run]:
    """Submits a run for each preset, in the comparison's order; see `submit_comparison`."""
    entrants = []
    for name in comparison.presets:
        experiment = analysed(name)[0]
        title, device = PRESETS[name].title, experiment.training.device
        entrants.append(Entrant(document=dump_experiment(experiment), name=title, device=device))
    return submit_comparison(workspace, entrants, owner)
