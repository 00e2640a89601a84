"""A data set's files as they were published: read and checked by hash, or why they cannot be had. Free of torch."""

import hashlib
from pathlib import Path

from builder.spec.datasets import DatasetFacts, FileFacts


class DataUnavailable(Exception):
    """A file of a data set cannot be had; the message says which, where to put it and what works without.

    Attributes:
        dataset: The data set's name.
        file: The file's name.
        folder: Where the file would be found if it were put there.
    """

    def __init__(self, facts: DatasetFacts, file: FileFacts, folder: Path, reason: str) -> None:
        self.dataset = facts.name
        self.file = file.name
        self.folder = folder
        super().__init__(
            f"{file.name} of {facts.title} is not available: {reason}. Put the file into {folder}, or name another "
            "server in HIGHRISE_DATA_MIRROR or a folder that has it in HIGHRISE_DATA_FOLDER, or train on digits, "
            "which needs no download."
        )


class WrongContent(Exception):
    """A file is there but is not the published one."""


def read_verified(path: Path, file: FileFacts) -> bytes:
    """The file's bytes, which are those that were hashed.

    Raises:
        WrongContent: If the file is not the published one.
        OSError: If it cannot be read.
    """
    content = path.read_bytes()
    if len(content) != file.size:
        raise WrongContent(f"it has {len(content):,} bytes instead of {file.size:,}")
    verify_hash(hashlib.md5(content, usedforsecurity=False).hexdigest(), file.md5, "md5")
    if file.sha256 is not None:
        verify_hash(hashlib.sha256(content).hexdigest(), file.sha256, "sha256")
    return content


def verify_hash(found: str, published: str, kind: str) -> None:
    """Raises WrongContent if the hashes differ."""
    if found != published:
        raise WrongContent(f"its {kind} is {found} instead of the published {published}")
