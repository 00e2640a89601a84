"""load_dataset: the document's data part becomes tensors, and the test part never takes part in anything."""

import numpy as np
import pytest
import torch

from builder.data.dataset import load_dataset
from builder.data.files import DataUnavailable
from builder.data.raw import load_raw
from builder.spec.data import DataSpec, split_sizes
from builder.spec.datasets import DATASETS
from builder.workspace.data_files import DataSettings

EMBEDDED = [name for name, facts in DATASETS.items() if facts.embedded]


def load(tmp_path, seed=0, folder=None, mirror=None, progress=None, **fields):
    settings = DataSettings(cache=tmp_path / "cache", folder=folder, mirror=mirror)
    return load_dataset(DataSpec(**fields), seed=seed, device="cpu", settings=settings, progress=progress)


def parts(dataset):
    return dataset.train, dataset.validation, dataset.test


@pytest.mark.parametrize("name", EMBEDDED)
def test_sizes_shapes_and_types_are_as_the_document_says(name, tmp_path):
    spec = DataSpec(dataset=name, validation_fraction=0.2, num_train=300, num_samples=700)
    dataset = load_dataset(spec, seed=3, device="cpu", settings=DataSettings(cache=tmp_path))
    assert tuple(len(part) for part in parts(dataset)) == split_sizes(spec)
    for part in parts(dataset):
        assert part.inputs.shape == (len(part), *dataset.shape)
        assert (part.inputs.dtype, part.targets.dtype) == (torch.float32, torch.int64)
        assert part.inputs.is_contiguous()
        assert part.targets.unique().tolist() == list(range(dataset.num_classes))
    assert dataset.class_names == DATASETS[name].class_names
    assert dataset.note is None
    assert list(tmp_path.iterdir()) == [], "an embedded data set touched the disk"


def test_all_parts_are_normalised_by_the_training_parts_statistics_alone(tmp_path):
    dataset = load(tmp_path, dataset="digits")
    raw = load_raw(DataSpec(), 0, DataSettings(cache=tmp_path))
    as_bytes = load(tmp_path, dataset="digits", normalization="none")
    train = as_bytes.train.inputs.double()
    mean, deviation = train.mean(), train.std(correction=0)
    for part, raw_part in zip(parts(dataset), parts(as_bytes), strict=True):
        torch.testing.assert_close(part.inputs, ((raw_part.inputs - mean) / deviation).float(), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(as_bytes.test.inputs.numpy(), raw.test_inputs)
    assert abs(dataset.test.inputs.mean()) > 1e-4


def test_per_pixel_as_written_normalises_the_test_part_by_its_own_statistics(tmp_path):
    raw = load_raw(DataSpec(), 0, DataSettings(cache=tmp_path))
    test = raw.test_inputs.astype(np.float64)
    deviation = test.std(axis=0)
    own = (test - test.mean()) / np.where(deviation == 0, 1, deviation)
    written = load(tmp_path, dataset="digits", normalization="per_pixel_as_written")
    corrected = load(tmp_path, dataset="digits", normalization="per_pixel")
    np.testing.assert_allclose(written.test.inputs.numpy(), own, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(written.train.inputs, corrected.train.inputs)
    torch.testing.assert_close(written.validation.inputs, corrected.validation.inputs)
    assert not torch.allclose(written.test.inputs, corrected.test.inputs)


@pytest.mark.parametrize("name", EMBEDDED)
def test_the_same_seed_gives_the_same_data_and_another_seed_other_parts(name, tmp_path):
    first, again, other = (load(tmp_path, seed, dataset=name, normalization="none") for seed in (5, 5, 6))
    for one, two in zip(parts(first), parts(again), strict=True):
        assert torch.equal(one.inputs, two.inputs)
        assert torch.equal(one.targets, two.targets)
    assert not torch.equal(first.validation.inputs, other.validation.inputs)
    assert torch.equal(first.test.inputs, other.test.inputs)


def test_fewer_training_samples_leave_the_validation_part_alone(tmp_path):
    few, all_of_them = (load(tmp_path, normalization="none", num_train=num_train) for num_train in (100, None))
    assert torch.equal(few.validation.inputs, all_of_them.validation.inputs)
    assert len(few.train) == 100


def test_a_part_of_cifar_is_used_and_said(tmp_path, real_data_folder):
    dataset = load(tmp_path, dataset="cifar-10", folder=real_data_folder, normalization="scale", num_train=2000)
    assert dataset.shape == (3, 32, 32)
    assert dataset.train.inputs.shape == (2000, 3, 32, 32)
    assert 0 <= dataset.train.inputs.min() < dataset.train.inputs.max() <= 1
    present = len(list((real_data_folder / "cifar-10").glob("data_batch_?")))
    assert len(dataset.validation) == 1500 * present
    if present < 5:
        assert dataset.note is not None
        assert f"{present} of 5" in dataset.note
        assert "2,000 train" in dataset.note


def test_mnist_is_downloaded_from_a_mirror_then_kept(tmp_path, real_data_folder, server):
    for file in DATASETS["mnist"].files:
        server.publish(f"/mnist/{file.name}", (real_data_folder / "mnist" / file.name).read_bytes())
    calls = []
    first = load(tmp_path, dataset="mnist", mirror=server.url, num_train=500, progress=lambda *call: calls.append(call))
    assert calls[-1][:2] == (DATASETS["mnist"].download_bytes,) * 2
    server.requests.clear()
    again = load(tmp_path, dataset="mnist", mirror=server.url, num_train=500)
    assert server.requests == []
    assert torch.equal(first.train.inputs, again.train.inputs)
    assert first.validation.inputs.shape == (9000, 1, 28, 28)


def test_without_a_network_the_message_names_a_data_set_that_needs_none(tmp_path, server):
    with pytest.raises(DataUnavailable, match="train on digits"):
        load(tmp_path, dataset="fashion-mnist", mirror=server.url)
