"""Which files of the data sets are on this machine: the user's folder, the cache, or none. By name and size alone."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

import platformdirs

from builder.spec.datasets import DATASETS, DatasetFacts, FileFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSettings:
    """Where data sets come from.

    Attributes:
        cache: Folder that keeps downloads, one folder per data set inside.
        folder: The user's own folder with the published files, looked at first; nothing is ever written there.
        mirror: Base address instead of the official ones; a file is at `{mirror}/{data set}/{file}`.
    """

    cache: Path
    folder: Path | None = None
    mirror: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Reads `HIGHRISE_DATA_CACHE`, `HIGHRISE_DATA_FOLDER` and `HIGHRISE_DATA_MIRROR`; an empty one is as none."""
        cache = environment.get("HIGHRISE_DATA_CACHE") or platformdirs.user_cache_dir("highrise", appauthor=False)
        folder = environment.get("HIGHRISE_DATA_FOLDER")
        return cls(
            cache=Path(cache).expanduser(),
            folder=Path(folder).expanduser() if folder else None,
            mirror=environment.get("HIGHRISE_DATA_MIRROR") or None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """What a run on a data set would have to do first.

    Attributes:
        source: `embedded`, `folder` and `cache` need no network; `download` does.
        place: The folder with the files, or where a download would go; None if embedded.
        download_bytes: What would be fetched.
        note: What is missing though the data set can be used, in words; else None.
    """

    source: Literal["embedded", "folder", "cache", "download"]
    place: Path | None
    download_bytes: int
    note: str | None = None


def availability(name: str, settings: DataSettings) -> Availability:
    """Looks for the files by name and size, without reading them: hashes are checked when they are loaded."""
    facts = DATASETS[name]
    if facts.embedded:
        return Availability(source="embedded", place=None, download_bytes=0)
    if settings.folder is not None:
        paths = find_files(facts, settings.folder)
        if is_usable(facts, paths):
            place = settings.folder / facts.name
            return Availability(source="folder", place=place, download_bytes=0, note=missing_note(facts, paths, place))
    cache = settings.cache / facts.name
    missing = [file for file in facts.files if not _has_size(cache / file.name, file)]
    if not missing:
        return Availability(source="cache", place=cache, download_bytes=0)
    if facts.archive is not None:
        archives = [base / facts.name / facts.archive.name for base in (settings.folder, settings.cache) if base]
        here = next((archive for archive in archives if _has_size(archive, facts.archive)), None)
        if here is not None:
            return Availability(
                source="folder" if here != archives[-1] else "cache", place=here.parent, download_bytes=0
            )
        return Availability(source="download", place=cache, download_bytes=facts.archive.size)
    return Availability(source="download", place=cache, download_bytes=sum(file.size for file in missing))


def find_files(facts: DatasetFacts, base: Path) -> dict[str, Path]:
    """The data set's files in `base/{data set}`, or in the archive's own folder inside it, by name."""
    places = [base / facts.name]
    if facts.archive_folder:
        places.append(base / facts.name / facts.archive_folder)
    candidates = ((file.name, place / file.name) for place in reversed(places) for file in facts.files)
    return {name: path for name, path in candidates if path.is_file()}


def is_usable(facts: DatasetFacts, names: Mapping[str, object]) -> bool:
    """Whether these files suffice: all, or for a `partial` data set one training file and all others."""
    if not facts.partial:
        return all(file.name in names for file in facts.files)
    have_training = any(file.name in names for file in facts.files if file.role == "train")
    return have_training and all(file.name in names for file in facts.files if file.role != "train")


def missing_note(facts: DatasetFacts, names: Mapping[str, object], place: Path) -> str | None:
    """Says which training files a folder lacks; None if it lacks none."""
    missing = [file.name for file in facts.files if file.name not in names]
    if not missing:
        return None
    training = [file for file in facts.files if file.role == "train"]
    num_here = len(training) - len(missing)
    return (
        f"Only {num_here} of {len(training)} training files of {facts.title} are in {place}: "
        f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing, so there are fewer training samples."
    )


def _has_size(path: Path, file: FileFacts) -> bool:
    try:
        return path.stat().st_size == file.size
    except OSError:
        return False
