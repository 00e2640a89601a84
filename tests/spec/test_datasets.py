"""The facts about data sets agree with each other."""

import struct
import typing
from pathlib import Path

import pytest

import builder.spec
from builder.spec.datasets import DATASETS, DatasetName


def test_the_registry_has_every_name_once_and_the_default_first():
    assert tuple(DATASETS) == typing.get_args(DatasetName)
    assert all(name == facts.name for name, facts in DATASETS.items())
    assert next(iter(DATASETS)) == "digits"


@pytest.mark.parametrize("facts", DATASETS.values(), ids=lambda facts: facts.name)
def test_every_set_is_described_licensed_and_cited(facts):
    assert facts.title
    assert facts.sentence.endswith(".")
    assert facts.licence
    assert facts.citation
    assert facts.num_classes == len(set(facts.class_names)) >= 2
    assert len(facts.shape) in (1, 3)
    assert (facts.largest_value is not None) == (len(facts.shape) == 3)


@pytest.mark.parametrize("facts", DATASETS.values(), ids=lambda facts: facts.name)
def test_what_is_downloaded_has_a_home_a_size_and_a_strong_hash(facts):
    downloaded = [facts.archive] if facts.archive else list(facts.files)
    assert facts.embedded == (downloaded == [])
    assert facts.download_bytes == sum(file.size for file in downloaded)
    for file in downloaded:
        assert file.size > 0
        assert len(file.sha256) == 64
        assert file.urls
        assert all(url.endswith(file.name) and url.startswith(("https://", "http://")) for url in file.urls)
    for file in facts.files:
        assert len(bytes.fromhex(file.md5)) == 16
    assert len({file.md5 for file in facts.files}) == len(facts.files)


def test_every_set_has_a_small_picture_for_its_tile():
    folder = Path(builder.spec.__file__).parent / "previews"
    assert {path.stem for path in folder.iterdir()} == set(DATASETS)
    for path in folder.iterdir():
        content = path.read_bytes()
        assert content[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", content[16:24]) == (112, 112)
        assert len(content) < 8192, path.name
