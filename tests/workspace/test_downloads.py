"""Downloads that a page has asked for: processes of their own, found again by any other page."""

import threading
import time
from pathlib import Path

import psutil
import pytest

from builder.workspace.downloads import cancel_download, download_of, end_downloads, start_download
from builder.workspace.store import Workspace

pytestmark = pytest.mark.process
FILE = "train-images-idx3-ubyte.gz"
SECONDS = 60.0


@pytest.fixture
def workspace(tmp_path: Path, server, monkeypatch):
    monkeypatch.setenv("HIGHRISE_DATA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HIGHRISE_DATA_MIRROR", server.url)
    workspace = Workspace.open(tmp_path / "workspace")
    yield workspace
    end_downloads(workspace)
    workspace.close()


def until(condition):
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def pid_of(workspace) -> int:
    return workspace.setting("download:mnist")["pid"]


def test_none_was_ever_asked_for(workspace):
    assert download_of(workspace, "mnist") is None
    cancel_download(workspace, "mnist")


def test_a_download_is_started_once_and_fails_in_words_that_name_file_and_folder(workspace, server, tmp_path):
    hold = threading.Event()
    server.publish(f"/mnist/{FILE}", b"", wait_for=hold)
    start_download(workspace, "mnist")
    first = pid_of(workspace)
    start_download(workspace, "mnist")
    assert pid_of(workspace) == first
    found = download_of(workspace, "mnist")
    assert (found.is_running, found.bytes_done, found.bytes_total) == (True, 0, 11_594_722)
    hold.set()
    until(lambda: not download_of(workspace, "mnist").is_running)
    problem = download_of(workspace, "mnist").problem
    assert FILE in problem
    assert str(tmp_path / "cache" / "mnist") in problem
    until(lambda: not psutil.pid_exists(first))


def test_a_download_is_cancelled_and_one_that_was_killed_says_so(workspace, server):
    server.publish(f"/mnist/{FILE}", b"", wait_for=threading.Event())
    start_download(workspace, "mnist")
    first = pid_of(workspace)
    cancel_download(workspace, "mnist")
    assert download_of(workspace, "mnist") is None
    until(lambda: not psutil.pid_exists(first))
    start_download(workspace, "mnist")
    psutil.Process(pid_of(workspace)).kill()
    until(lambda: not download_of(workspace, "mnist").is_running)
    assert "before it was complete" in download_of(workspace, "mnist").problem
