"""An archive of a data set's files: verified before it is opened, and only the expected members come out."""

import hashlib
import os
import tarfile
import tempfile
from pathlib import Path
from typing import IO

from builder.data.files import read_verified, verify_hash
from builder.spec.datasets import DatasetFacts, FileFacts


def verify_large(path: Path, file: FileFacts) -> None:
    """Checks a file that is better not read into memory as one; raises WrongContent if it is not the published one."""
    with path.open("rb") as stream:
        if file.sha256 is not None:
            verify_hash(hashlib.file_digest(stream, "sha256").hexdigest(), file.sha256, "sha256")
        else:
            verify_hash(hashlib.file_digest(stream, "md5").hexdigest(), file.md5, "md5")


def unpack(path: Path, archive: FileFacts, facts: DatasetFacts, folder: Path) -> None:
    """Writes the data set's files, and no other member, each whole or not at all."""
    verify_large(path, archive)
    members = {f"{facts.archive_folder}/{file.name}": file for file in facts.files}
    with tarfile.open(path, "r:gz") as tar:
        for entry in tar:
            file = members.get(entry.name)
            stream = tar.extractfile(entry) if file and entry.isfile() else None
            if file is not None and stream is not None:
                _write_whole(folder / file.name, stream, file)


def _write_whole(target: Path, stream: IO[bytes], file: FileFacts) -> None:
    content = stream.read(file.size + 1)
    handle, temporary = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as output:
            output.write(content)
        read_verified(Path(temporary), file)
        Path(temporary).replace(target)
    finally:
        Path(temporary).unlink(missing_ok=True)
