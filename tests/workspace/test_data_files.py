"""Where files are looked for, and that looking is cheap."""

from pathlib import Path

import pytest

from builder.spec.datasets import DATASETS
from builder.workspace.data_files import DataSettings, availability

EMBEDDED = ["digits", "spirals", "circles", "moons", "xor"]
MNIST = DATASETS["mnist"]
CIFAR_10 = DATASETS["cifar-10"]


def put(base: Path, name: str, file, num_bytes=None):
    """A file of the right name and size but without content, which takes no room on disk."""
    path = base / name / file.name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.truncate(file.size if num_bytes is None else num_bytes)


def test_the_environment_sets_cache_folder_and_mirror():
    settings = DataSettings.from_environment(
        {"HIGHRISE_DATA_CACHE": "/c", "HIGHRISE_DATA_FOLDER": "/f", "HIGHRISE_DATA_MIRROR": "http://m"}
    )
    assert settings == DataSettings(cache=Path("/c"), folder=Path("/f"), mirror="http://m")


def test_an_empty_variable_is_as_none():
    empty = DataSettings.from_environment(
        {"HIGHRISE_DATA_CACHE": "", "HIGHRISE_DATA_FOLDER": "", "HIGHRISE_DATA_MIRROR": ""}
    )
    assert empty == DataSettings.from_environment({})
    assert empty.folder is None
    assert empty.mirror is None
    assert empty.cache.name == "highrise"


@pytest.mark.parametrize("name", EMBEDDED)
def test_embedded_sets_need_nothing(name, tmp_path):
    found = availability(name, DataSettings(cache=tmp_path))
    assert (found.source, found.place, found.download_bytes) == ("embedded", None, 0)


def test_an_empty_cache_means_a_download_of_everything(tmp_path):
    found = availability("mnist", DataSettings(cache=tmp_path))
    assert (found.source, found.place) == ("download", tmp_path / "mnist")
    assert found.download_bytes == MNIST.download_bytes == sum(file.size for file in MNIST.files)
    assert list(tmp_path.iterdir()) == []


def test_only_what_is_missing_or_half_is_counted(tmp_path):
    put(tmp_path, "mnist", MNIST.files[0])
    put(tmp_path, "mnist", MNIST.files[1], num_bytes=10)
    found = availability("mnist", DataSettings(cache=tmp_path))
    assert found.source == "download"
    assert found.download_bytes == MNIST.download_bytes - MNIST.files[0].size


def test_a_full_cache_needs_no_download(tmp_path):
    for file in MNIST.files:
        put(tmp_path, "mnist", file)
    found = availability("mnist", DataSettings(cache=tmp_path))
    assert (found.source, found.download_bytes) == ("cache", 0)


def test_the_users_folder_comes_before_the_cache(tmp_path):
    for base in (tmp_path / "own", tmp_path / "cache"):
        for file in MNIST.files:
            put(base, "mnist", file)
    found = availability("mnist", DataSettings(cache=tmp_path / "cache", folder=tmp_path / "own"))
    assert (found.source, found.place, found.note) == ("folder", tmp_path / "own" / "mnist", None)


def test_a_part_of_cifar_in_a_folder_is_usable_and_said_to_be_a_part(tmp_path):
    for file in CIFAR_10.files:
        if file.name in ("data_batch_1", "test_batch"):
            put(tmp_path / "own", "cifar-10", file)
    found = availability("cifar-10", DataSettings(cache=tmp_path / "cache", folder=tmp_path / "own"))
    assert found.source == "folder"
    assert found.note is not None
    assert "1 of 5" in found.note


def test_an_archive_put_into_a_folder_needs_no_download(tmp_path):
    assert CIFAR_10.archive is not None
    put(tmp_path / "own", "cifar-10", CIFAR_10.archive)
    found = availability("cifar-10", DataSettings(cache=tmp_path / "cache", folder=tmp_path / "own"))
    assert (found.source, found.download_bytes) == ("folder", 0)
