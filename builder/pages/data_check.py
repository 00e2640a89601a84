"""Whether a document's data is on this machine, and what to say where it is not. Knows no Streamlit."""

from builder.spec import Experiment
from builder.spec.datasets import DATASETS
from builder.spec.presets.registry import DEFAULT_PRESET, PRESETS
from builder.spec.sizes import bytes_text
from builder.workspace.data_files import Availability, DataSettings, availability
from builder.workspace.downloads import Download


def availabilities() -> dict[str, Availability]:
    """Where each data set would come from; looks for its files by name and size, which costs microseconds."""
    settings = DataSettings.from_environment()
    return {name: availability(name, settings) for name in DATASETS}


def missing_bytes(dataset: str) -> int:
    """What a run on this data set would have to download first; 0 if its files are on this machine."""
    return availability(dataset, DataSettings.from_environment()).download_bytes


def why_no_data(experiment: Experiment, download: Download | None) -> str:
    """Why a document cannot be trained for want of its data; empty if its data is on this machine.

    Args:
        experiment: The document.
        download: The newest download of its data set.
    """
    dataset = experiment.data.dataset
    num_bytes = missing_bytes(dataset)
    if not num_bytes:
        return ""
    if download and download.is_running:
        return progress_text(download)
    return (
        f"{DATASETS[dataset].title} is not on this machine yet. Download it ({bytes_text(num_bytes)}), or open "
        f"{sibling_of(experiment)}, which needs no download."
    )


def sibling_of(experiment: Experiment) -> str:
    """The preset to open instead of a document whose data is missing."""
    preset = PRESETS.get(experiment.name)
    return preset.sibling if preset and preset.sibling else DEFAULT_PRESET


def progress_text(download: Download) -> str:
    """How far a download is, as in “Downloading MNIST: 4.2 MiB of 11.1 MiB”."""
    done, total = bytes_text(download.bytes_done), bytes_text(download.bytes_total)
    return f"Downloading {DATASETS[download.dataset].title}: {done} of {total}"
