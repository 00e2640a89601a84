"""What is read of a file, and what is refused."""

import subprocess
import sys

import pytest

from builder.data.files import WrongContent, read_verified
from builder.spec.datasets import DATASETS

MNIST = DATASETS["mnist"]


@pytest.mark.parametrize("num_bytes", [0, 100, MNIST.files[1].size])
def test_a_file_of_another_size_or_hash_is_not_read(tmp_path, num_bytes):
    path = tmp_path / MNIST.files[1].name
    with path.open("wb") as stream:
        stream.truncate(num_bytes)
    with pytest.raises(WrongContent, match="instead of"):
        read_verified(path, MNIST.files[1])


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist", "cifar-10"])
def test_every_published_file_has_the_hashes_that_are_written_down(name, real_data_folder):
    facts = DATASETS[name]
    present = [file for file in facts.files if (real_data_folder / name / file.name).is_file()]
    assert len(present) >= 3
    for file in present:
        assert len(read_verified(real_data_folder / name / file.name, file)) == file.size


@pytest.mark.parametrize(("module", "has_torch"), [("files", False), ("download", False), ("dataset", True)])
def test_files_are_found_and_fetched_without_torch(module, has_torch):
    code = f"import sys, builder.data.{module}; print('torch' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == str(has_torch)
