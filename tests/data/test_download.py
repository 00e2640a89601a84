"""Downloads against a web server on this machine: whatever it does, nothing broken stays and the message helps."""

import dataclasses
import hashlib
import io
import socket
import tarfile
import threading
import time

import pytest

from builder.data import download
from builder.data.download import read_files
from builder.data.files import DataUnavailable
from builder.spec.datasets import DATASETS, DatasetFacts, FileFacts
from builder.workspace.data_files import DataSettings

CONTENTS = {"images.gz": bytes(range(256)) * 1000, "labels.gz": b"labels" * 50}
MEMBERS = {"data_batch_1": b"one" * 40_000, "data_batch_2": b"two" * 100, "test_batch": b"test" * 100}


def file_facts(name, content, role, *urls):
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    sha256 = hashlib.sha256(content).hexdigest()
    return FileFacts(name=name, role=role, size=len(content), md5=md5, sha256=sha256, urls=urls)


def pack(members):
    """A .tar.gz of these members."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


@pytest.fixture
def facts(server) -> DatasetFacts:
    """A data set of two small files, published by the server under /official/."""
    files = [
        file_facts(name, content, "train_inputs", server.publish(f"/official/{name}", content))
        for name, content in CONTENTS.items()
    ]
    return dataclasses.replace(DATASETS["mnist"], files=tuple(files))


@pytest.fixture
def archive_facts(server) -> DatasetFacts:
    """A data set of three files in an archive that has two more members, one of which wants to get out of its folder."""
    members = {f"batches/{name}": content for name, content in MEMBERS.items()}
    content = pack({"../outside": b"x", "batches/more": b"y", **members})
    return dataclasses.replace(
        DATASETS["cifar-10"],
        files=tuple(file_facts(name, MEMBERS[name], "test" if "test" in name else "train") for name in MEMBERS),
        archive=file_facts("all.tar.gz", content, "archive", server.publish("/official/all.tar.gz", content)),
        archive_folder="batches",
    )


@pytest.fixture
def settings(tmp_path) -> DataSettings:
    return DataSettings(cache=tmp_path / "cache")


def kept_files(settings):
    """Everything in the cache but the lock."""
    return sorted(path.name for path in settings.cache.rglob("*") if path.is_file() and path.suffix != ".lock")


def test_a_download_returns_and_keeps_the_published_bytes(facts, settings):
    assert read_files(facts, settings).contents == CONTENTS
    assert kept_files(settings) == sorted(CONTENTS)


def test_a_second_use_asks_the_server_for_nothing(facts, settings, server):
    read_files(facts, settings)
    server.requests.clear()
    assert read_files(facts, settings).contents == CONTENTS
    assert server.requests == []


def test_servers_are_asked_not_to_unpack_or_pack_on_the_way(facts, settings, server):
    read_files(facts, settings)
    assert set(server.accepted_encodings) == {"identity"}


def test_progress_counts_over_all_files_and_ends_at_the_whole(facts, settings):
    calls = []
    read_files(facts, settings, lambda *call: calls.append(call))
    done = [bytes_done for bytes_done, _, _ in calls]
    total = sum(len(content) for content in CONTENTS.values())
    assert done == sorted(done)
    assert {bytes_total for _, bytes_total, _ in calls} == {total}
    assert done[-1] == total
    assert {name for _, _, name in calls} == set(CONTENTS)
    assert any(0 < bytes_done < len(CONTENTS["images.gz"]) for bytes_done in done)


def test_stopping_a_download_leaves_nothing_behind(facts, settings):
    class Stopped(Exception):
        pass

    def stop(_done, _total, _file):
        raise Stopped

    with pytest.raises(Stopped):
        read_files(facts, settings, stop)
    assert kept_files(settings) == []
    assert read_files(facts, settings).contents == CONTENTS


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ({"status": 404}, "404"),
        ({"status": 503}, "503"),
        ({"body": b"another file"}, "hash"),
        ({"body": CONTENTS["images.gz"][:-1] + b"?"}, "hash"),
        ({"body": CONTENTS["images.gz"][:1000], "claimed_bytes": len(CONTENTS["images.gz"])}, "broke off"),
        ({"body": CONTENTS["images.gz"][:1000]}, "hash"),
        ({"body": CONTENTS["images.gz"] * 2}, "larger than the published"),
    ],
    ids=["missing", "overloaded", "other file", "one byte differs", "breaks off", "half a file", "too large"],
)
def test_a_bad_answer_is_named_and_nothing_of_it_is_kept(facts, settings, server, reply, reason):
    server.publish("/official/images.gz", **{"body": b"", **reply})
    with pytest.raises(DataUnavailable, match=reason) as caught:
        read_files(facts, settings)
    message = str(caught.value)
    assert "images.gz" in message
    assert str(settings.cache / "mnist") in message
    assert "digits" in message
    assert (caught.value.dataset, caught.value.file) == ("mnist", "images.gz")
    assert kept_files(settings) == []


def test_a_refused_connection_is_explained(facts, settings):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        mirror = f"http://127.0.0.1:{unused.getsockname()[1]}"
    with pytest.raises(DataUnavailable, match="is there a network"):
        read_files(facts, dataclasses.replace(settings, mirror=mirror))
    assert kept_files(settings) == []


def test_a_silent_server_is_given_up(facts, settings, server, monkeypatch):
    monkeypatch.setattr(download, "_TIMEOUT_SECONDS", 0.2)
    answer = threading.Event()
    server.publish("/official/images.gz", CONTENTS["images.gz"], wait_for=answer)
    try:
        with pytest.raises(DataUnavailable, match="did not answer within"):
            read_files(facts, settings)
    finally:
        answer.set()
    assert kept_files(settings) == []


def test_the_next_home_is_tried_when_the_first_fails(facts, settings, server):
    first = facts.files[0]
    moved = dataclasses.replace(first, urls=(f"{server.url}/gone", *first.urls))
    facts = dataclasses.replace(facts, files=(moved, *facts.files[1:]))
    assert read_files(facts, settings).contents == CONTENTS
    assert server.requests[:2] == ["/gone", "/official/images.gz"]


def test_a_mirror_stands_in_for_the_official_home(facts, settings, server):
    for name, content in CONTENTS.items():
        server.publish(f"/copy/mnist/{name}", content)
    mirrored = dataclasses.replace(settings, mirror=f"{server.url}/copy/")
    assert read_files(facts, mirrored).contents == CONTENTS
    assert server.requests == [f"/copy/mnist/{name}" for name in CONTENTS]


def test_a_mirrors_other_file_is_refused(facts, settings, server):
    server.publish("/copy/mnist/images.gz", b"not the published one")
    with pytest.raises(DataUnavailable, match="hash"):
        read_files(facts, dataclasses.replace(settings, mirror=f"{server.url}/copy"))
    assert kept_files(settings) == []


def test_a_local_folder_needs_no_server_and_is_not_written_to(facts, settings, server, tmp_path):
    folder = tmp_path / "own"
    (folder / "mnist").mkdir(parents=True)
    for name, content in CONTENTS.items():
        (folder / "mnist" / name).write_bytes(content)
    before = sorted(folder.rglob("*"))
    assert read_files(facts, dataclasses.replace(settings, folder=folder)).contents == CONTENTS
    assert server.requests == []
    assert sorted(folder.rglob("*")) == before
    assert not settings.cache.exists()


def test_a_local_folder_with_a_wrong_file_is_named_rather_than_passed_over(facts, settings, server, tmp_path):
    folder = tmp_path / "own"
    (folder / "mnist").mkdir(parents=True)
    for name, content in CONTENTS.items():
        (folder / "mnist" / name).write_bytes(content[::-1])
    with pytest.raises(DataUnavailable, match="instead of the published"):
        read_files(facts, dataclasses.replace(settings, folder=folder))
    assert server.requests == []
    assert (folder / "mnist" / "images.gz").is_file(), "the user's own file was deleted"


def test_a_damaged_cache_is_renewed(facts, settings, server):
    read_files(facts, settings)
    (settings.cache / "mnist" / "images.gz").write_bytes(b"damaged")
    server.requests.clear()
    assert read_files(facts, settings).contents == CONTENTS
    assert server.requests == ["/official/images.gz"]


def test_a_damaged_cache_without_a_network_is_emptied_and_explained(facts, settings, server):
    read_files(facts, settings)
    (settings.cache / "mnist" / "images.gz").write_bytes(b"damaged")
    server.replies.clear()
    with pytest.raises(DataUnavailable, match="404"):
        read_files(facts, settings)
    assert kept_files(settings) == ["labels.gz"]


def test_what_a_killed_download_left_is_swept_up(facts, settings):
    (settings.cache / "mnist").mkdir(parents=True)
    (settings.cache / "mnist" / "tmpabc123").write_bytes(b"half a file")
    read_files(facts, settings)
    assert kept_files(settings) == sorted(CONTENTS)


def test_two_runs_at_once_download_once(facts, settings, server):
    hold = threading.Event()
    server.publish("/official/images.gz", CONTENTS["images.gz"], wait_for=hold)
    waited = threading.Event()
    results = []
    first = threading.Thread(target=lambda: results.append(read_files(facts, settings).contents))
    first.start()
    while not server.requests:
        assert first.is_alive()
        time.sleep(0.005)
    second = threading.Thread(
        target=lambda: results.append(read_files(facts, settings, lambda *_: waited.set()).contents)
    )
    second.start()
    assert waited.wait(10), "the second run does not report while it waits"
    hold.set()
    first.join(10)
    second.join(10)
    assert results == [CONTENTS, CONTENTS]
    assert sorted(server.requests) == [f"/official/{name}" for name in sorted(CONTENTS)]


def test_a_cache_that_cannot_be_written_is_explained(facts, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataUnavailable, match=r"images\.gz"):
        read_files(facts, DataSettings(cache=tmp_path / "file"))


def test_an_archive_gives_its_expected_members_only(archive_facts, settings, server, tmp_path):
    assert read_files(archive_facts, settings).contents == MEMBERS
    assert kept_files(settings) == sorted(MEMBERS)
    assert not list(tmp_path.rglob("outside"))
    read_files(archive_facts, settings)
    assert server.requests == ["/official/all.tar.gz"]


def test_an_archive_with_another_hash_is_never_opened(archive_facts, settings, server):
    server.publish("/official/all.tar.gz", pack({f"batches/{name}": b"evil" for name in MEMBERS}))
    with pytest.raises(DataUnavailable, match="hash"):
        read_files(archive_facts, settings)
    assert kept_files(settings) == []


def test_a_member_that_is_not_the_published_one_is_not_kept(archive_facts, settings, server):
    content = pack({f"batches/{name}": content[::-1] for name, content in MEMBERS.items()})
    archive = file_facts("all.tar.gz", content, "archive", server.publish("/official/all.tar.gz", content))
    with pytest.raises(DataUnavailable, match="instead of the published"):
        read_files(dataclasses.replace(archive_facts, archive=archive), settings)
    assert kept_files(settings) == []


@pytest.mark.parametrize("where", ["folder", "cache"])
def test_an_archive_put_in_place_by_hand_is_unpacked_into_the_cache(archive_facts, settings, server, tmp_path, where):
    settings = dataclasses.replace(settings, folder=tmp_path / "own")
    place = (settings.folder if where == "folder" else settings.cache) / "cifar-10"
    place.mkdir(parents=True)
    (place / "all.tar.gz").write_bytes(server.replies["/official/all.tar.gz"].body)
    assert read_files(archive_facts, settings).contents == MEMBERS
    assert kept_files(settings) == sorted(MEMBERS)
    assert server.requests == []


def test_another_archive_put_in_place_by_hand_is_refused_unopened(archive_facts, settings, server, tmp_path):
    # Every member would pass: what must be noticed is the archive itself.
    repacked = pack({f"batches/{name}": content for name, content in MEMBERS.items()})
    own = tmp_path / "own"
    (own / "cifar-10").mkdir(parents=True)
    (own / "cifar-10" / "all.tar.gz").write_bytes(repacked)
    with pytest.raises(DataUnavailable, match="instead of the published"):
        read_files(archive_facts, dataclasses.replace(settings, folder=own))
    assert kept_files(settings) == []
    assert (own / "cifar-10" / "all.tar.gz").is_file(), "the user's own file was deleted"


def test_another_archive_in_the_cache_is_fetched_anew(archive_facts, settings, server):
    (settings.cache / "cifar-10").mkdir(parents=True)
    (settings.cache / "cifar-10" / "all.tar.gz").write_bytes(b"half of it")
    assert read_files(archive_facts, settings).contents == MEMBERS
    assert server.requests == ["/official/all.tar.gz"]


@pytest.mark.parametrize("subfolder", ["", "batches"])
def test_some_training_files_in_a_folder_are_enough_and_said_to_be_some(archive_facts, settings, tmp_path, subfolder):
    folder = tmp_path / "own"
    place = folder / "cifar-10" / subfolder
    place.mkdir(parents=True)
    for name in ("data_batch_2", "test_batch"):
        (place / name).write_bytes(MEMBERS[name])
    files = read_files(archive_facts, dataclasses.replace(settings, folder=folder))
    assert sorted(files.contents) == ["data_batch_2", "test_batch"]
    assert files.note is not None
    assert "1 of 2" in files.note
    assert "data_batch_1" in files.note


def test_a_folder_without_the_test_file_is_not_enough(archive_facts, settings, server, tmp_path):
    folder = tmp_path / "own"
    (folder / "cifar-10").mkdir(parents=True)
    (folder / "cifar-10" / "data_batch_1").write_bytes(MEMBERS["data_batch_1"])
    files = read_files(archive_facts, dataclasses.replace(settings, folder=folder))
    assert files.contents == MEMBERS
    assert server.requests == ["/official/all.tar.gz"]
