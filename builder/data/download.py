"""Reads a data set's files, after fetching what is missing; only what has the published hash is kept or returned."""

import errno
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pooch
import requests
from filelock import FileLock, Timeout

from builder.data.archive import unpack, verify_large
from builder.data.files import DataUnavailable, WrongContent, read_verified
from builder.spec.datasets import DatasetFacts, FileFacts
from builder.workspace.data_files import DataSettings, find_files, is_usable, missing_note

Progress = Callable[[int, int, str], None]
"""Called with bytes done, bytes in all and the file's name. What it raises ends the download; nothing half stays."""

_CHUNK_BYTES = 1 << 16
_TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class DataFiles:
    """The verified content of a data set's files, by name, and what to tell the user about them."""

    contents: dict[str, bytes]
    note: str | None


def read_files(facts: DatasetFacts, settings: DataSettings, progress: Progress | None = None) -> DataFiles:
    """The files' contents, from the user's folder, else the cache, else their published home.

    Raises:
        DataUnavailable: If a file cannot be had or is not the published one.
    """
    if settings.folder is not None:
        paths = find_files(facts, settings.folder)
        if is_usable(facts, paths):
            return _read_folder(facts, paths, settings.folder / facts.name)
    folder = settings.cache / facts.name
    contents = _read_cache(facts, folder)
    if len(contents) < len(facts.files):
        report = progress or _report_nothing
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with _hold_lock(settings.cache / f".{facts.name}.lock", facts, report):
                contents = _fill_cache(facts, settings, folder, report)
        except OSError as error:
            raise DataUnavailable(facts, facts.archive or facts.files[0], folder, _reason(error)) from error
    return DataFiles(contents, None)


def _report_nothing(_bytes_done: int, _bytes_total: int, _file: str) -> None:
    """Stands in for a caller that does not want to know."""


def _read_folder(facts: DatasetFacts, paths: dict[str, Path], place: Path) -> DataFiles:
    contents = {}
    for file in facts.files:
        if file.name not in paths:
            continue
        try:
            contents[file.name] = read_verified(paths[file.name], file)
        except (WrongContent, OSError) as error:
            raise DataUnavailable(facts, file, paths[file.name].parent, _reason(error)) from error
    return DataFiles(contents, missing_note(facts, paths, place))


def _read_cache(facts: DatasetFacts, folder: Path) -> dict[str, bytes]:
    """What is in the cache and intact; what is broken is removed."""
    contents = {}
    for file in facts.files:
        path = folder / file.name
        if not path.is_file():
            continue
        try:
            contents[file.name] = read_verified(path, file)
        except WrongContent:
            path.unlink(missing_ok=True)
    return contents


@contextmanager
def _hold_lock(path: Path, facts: DatasetFacts, report: Progress) -> Iterator[None]:
    """One download at a time; whoever waits keeps reporting, so that it can be stopped meanwhile."""
    lock = FileLock(path)
    while not lock.is_locked:
        try:
            lock.acquire(timeout=0.5)
        except Timeout:
            report(0, facts.download_bytes, (facts.archive or facts.files[0]).name)
    try:
        yield
    finally:
        lock.release()


def _fill_cache(facts: DatasetFacts, settings: DataSettings, folder: Path, report: Progress) -> dict[str, bytes]:
    """Fetches what is still missing now that nobody else writes, and returns everything."""
    for left_over in folder.glob("tmp*"):
        left_over.unlink()
    contents = _read_cache(facts, folder)
    missing = [file for file in facts.files if file.name not in contents]
    if not missing:
        return contents
    if facts.archive is not None:
        _fill_from_archive(facts, facts.archive, settings, folder, report)
    else:
        bytes_total = sum(file.size for file in missing)
        bytes_done = 0
        for file in missing:
            _retrieve(facts, file, settings, folder, _Meter(report, file, bytes_done, bytes_total))
            bytes_done += file.size
    contents = _read_cache(facts, folder)
    for file in facts.files:
        if file.name not in contents:
            raise DataUnavailable(facts, file, folder, "it was damaged while it was written; is the disk sound?")
    return contents


def _retrieve(facts: DatasetFacts, file: FileFacts, settings: DataSettings, folder: Path, meter: "_Meter") -> None:
    urls = file.urls if settings.mirror is None else (f"{settings.mirror.rstrip('/')}/{facts.name}/{file.name}",)
    pooch.get_logger().setLevel("WARNING")
    failures = []
    for url in urls:
        # A server that unpacks .gz on the way would hand over other bytes than those that were hashed.
        # (pooch's types want its own class of progress bar, and their parameters have other names than its downloader.)
        fetch = pooch.HTTPDownloader(
            progressbar=meter,  # pyright: ignore[reportArgumentType]
            chunk_size=_CHUNK_BYTES,
            timeout=_TIMEOUT_SECONDS,
            headers={"Accept-Encoding": "identity"},
        )
        try:
            known_hash = f"sha256:{file.sha256}" if file.sha256 else f"md5:{file.md5}"
            pooch.retrieve(url, known_hash, file.name, folder, downloader=fetch)  # pyright: ignore[reportArgumentType]
        except (OSError, ValueError, WrongContent) as error:
            failures.append(f"{url} gave no good copy, {_reason(error)}")
        else:
            return
    raise DataUnavailable(facts, file, folder, "; ".join(failures))


class _Meter:
    """pooch's progress bar, as calls to a function, at most two hundred a file."""

    def __init__(self, report: Progress, file: FileFacts, bytes_before: int, bytes_total: int) -> None:
        self.total = 0
        self._report = report
        self._file = file
        self._before = bytes_before
        self._in_all = bytes_total
        self._done = 0
        self._reported = -file.size

    def update(self, num_bytes: int) -> None:
        self._done += num_bytes
        # pooch counts whole chunks, so the last one may overshoot by less than a chunk.
        if self._done >= self._file.size + _CHUNK_BYTES:
            raise WrongContent(f"it is larger than the published {self._file.size:,} bytes")
        if self._done - self._reported >= self._file.size // 200 or self._done >= self._file.size:
            self._reported = self._done
            self._report(self._before + min(self._done, self._file.size), self._in_all, self._file.name)

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        """Nothing is held."""


def _fill_from_archive(
    facts: DatasetFacts, archive: FileFacts, settings: DataSettings, folder: Path, report: Progress
) -> None:
    """Unpacks the archive into the cache: the user's own copy if there is one, else after a download."""
    own = settings.folder / facts.name / archive.name if settings.folder else None
    if own is not None and own.is_file():
        try:
            unpack(own, archive, facts, folder)
        except (WrongContent, OSError, tarfile.TarError) as error:
            raise DataUnavailable(facts, archive, own.parent, _reason(error)) from error
        return
    path = folder / archive.name
    try:
        if path.is_file():
            verify_large(path, archive)
    except WrongContent:
        path.unlink()
    if not path.is_file():
        _retrieve(facts, archive, settings, folder, _Meter(report, archive, 0, archive.size))
    try:
        unpack(path, archive, facts, folder)
    except (WrongContent, tarfile.TarError) as error:
        raise DataUnavailable(facts, archive, folder, _reason(error)) from error
    finally:
        # Its members stay, so it would only take up room twice.
        path.unlink(missing_ok=True)


def _reason(error: Exception) -> str:
    """What went wrong, in words for someone who does not know the library that noticed."""
    match error:
        case WrongContent():
            return str(error)
        case requests.HTTPError() if error.response is not None:
            return f"the server answered {error.response.status_code} {error.response.reason}"
        case requests.Timeout():
            return f"the server did not answer within {_TIMEOUT_SECONDS} s"
        case requests.ConnectionError() | requests.exceptions.ChunkedEncodingError():
            return "the connection failed or broke off (is there a network?)"
        case ValueError() if "hash" in str(error).lower():
            return "what came is not the published file (its hash differs)"
        case OSError() if error.errno == errno.ENOSPC:
            return "the disk is full"
        case OSError() if error.strerror:
            return f"{error.strerror} ({error.filename})"
    return str(error) or type(error).__name__
