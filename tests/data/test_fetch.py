"""The process that fetches a data set for a page: what it leaves in the workspace."""

import dataclasses
import hashlib

import pytest

from builder.data.fetch import fetch
from builder.spec.datasets import DATASETS, FileFacts
from builder.workspace.data_files import DataSettings
from builder.workspace.downloads import download_of
from builder.workspace.life import identity_of
from builder.workspace.store import Workspace

CONTENT = bytes(range(256)) * 4000


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace.open(tmp_path / "workspace")
    # As the page leaves it that has started the process.
    identity = identity_of()
    started = {"pid": identity.pid, "started": identity.started, "bytes_done": 0, "bytes_total": len(CONTENT)}
    workspace.set_setting("download:mnist", started)
    yield workspace
    workspace.close()


@pytest.fixture
def one_file(server, monkeypatch) -> FileFacts:
    """MNIST as one small file that the server does not have yet."""
    md5 = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
    url = f"{server.url}/images.gz"
    file = FileFacts(name="images.gz", role="train_inputs", size=len(CONTENT), md5=md5, sha256=None, urls=(url,))
    monkeypatch.setitem(DATASETS, "mnist", dataclasses.replace(DATASETS["mnist"], files=(file,)))
    return file


def test_what_was_fetched_is_in_the_cache_and_the_workspace_says_so(workspace, one_file, server, tmp_path):
    server.publish("/images.gz", CONTENT)
    fetch(workspace, "mnist", DataSettings(cache=tmp_path / "cache"))
    download = download_of(workspace, "mnist")
    assert (download.is_running, download.problem) == (False, "")
    assert download.bytes_done == download.bytes_total == len(CONTENT)
    assert (tmp_path / "cache" / "mnist" / one_file.name).read_bytes() == CONTENT


def test_a_failure_names_the_file_the_reason_and_the_folder(workspace, one_file, tmp_path):
    fetch(workspace, "mnist", DataSettings(cache=tmp_path / "cache"))
    download = download_of(workspace, "mnist")
    assert not download.is_running
    for word in (one_file.name, "404", str(tmp_path / "cache" / "mnist")):
        assert word in download.problem


def test_a_cancelled_download_says_nothing_more(workspace, one_file, tmp_path):
    workspace.set_setting("download:mnist", None)
    fetch(workspace, "mnist", DataSettings(cache=tmp_path / "cache"))
    assert download_of(workspace, "mnist") is None
