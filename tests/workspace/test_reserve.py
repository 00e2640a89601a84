import errno
from pathlib import Path

import pytest

from builder.workspace.errors import WorkspaceUnusable
from builder.workspace.reserve import RESERVE_BYTES, RESERVE_NAME, Reserve


def test_it_takes_room_until_it_is_released(tmp_path):
    reserve = Reserve(tmp_path)
    assert (tmp_path / RESERVE_NAME).stat().st_size == RESERVE_BYTES
    reserve.release()
    reserve.release()
    assert list(tmp_path.iterdir()) == []


def test_where_there_is_too_little_room_it_leaves_what_there_is(tmp_path, monkeypatch):
    write = Path.write_bytes

    def fill(path: Path, data: bytes) -> None:
        write(path, data[:1000])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fill)
    with pytest.raises(WorkspaceUnusable, match="No space left on device"):
        Reserve(tmp_path)
    assert list(tmp_path.iterdir()) == []
