"""Data that is not on this machine: what the top bar says, offers and follows."""

import pytest

from builder.pages import downloading
from builder.spec.datasets import DATASETS
from builder.workspace.errors import WorkspaceUnusable
from builder.workspace.life import identity_of

MNIST = DATASETS["mnist"]
OFFER = "MNIST is not on this machine yet. Download it (11.1 MiB), or open digits-residual, which needs no download."


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HIGHRISE_DATA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def started(monkeypatch, workspace):
    """Data sets whose download was started; each seems to run in this process."""
    names = []

    def start(_workspace, dataset):
        names.append(dataset)
        progress(workspace, 0)

    monkeypatch.setattr(downloading, "start_download", start)
    return names


@pytest.fixture
def mnist_tab(tab, cache, started):
    tab.open_preset("mnist-dense")
    return tab


def progress(workspace, bytes_done, **more):
    identity = identity_of()
    entry = {"pid": identity.pid, "started": identity.started, "bytes_done": bytes_done, "bytes_total": 11_594_722}
    workspace.set_setting("download:mnist", {**entry, **more})


def put_files(cache):
    """Files of the right size, which take no room on disk."""
    (cache / "mnist").mkdir(parents=True)
    for file in MNIST.files:
        with (cache / "mnist" / file.name).open("wb") as stream:
            stream.truncate(file.size)


def follow(tab):
    """What the top bar does at each tick; returns its message."""
    tab.downloads.follow(tab.editing.experiment)
    return tab.session.notice


def test_train_is_off_and_says_what_is_missing_how_large_it_is_and_what_works_without(mnist_tab, workspace):
    assert mnist_tab.why_not() == OFFER
    mnist_tab.train()
    mnist_tab.restart()
    assert workspace.runs() == []
    assert not mnist_tab.downloads.available()["mnist"]
    assert mnist_tab.downloads.available()["digits"]


def test_the_download_is_offered_once_for_an_experiment(mnist_tab):
    notice = follow(mnist_tab)
    assert (notice.kind, notice.text, notice.action, notice.payload) == ("warning", OFFER, "download", "mnist")
    mnist_tab.session.notice = None
    assert follow(mnist_tab) is None
    mnist_tab.open_preset("mnist-conv")
    assert follow(mnist_tab).action == "download"


def test_an_offer_leaves_with_the_data_set_that_it_is_about(mnist_tab):
    follow(mnist_tab)
    mnist_tab.set_field("data.dataset", "digits")
    assert follow(mnist_tab) is None
    assert mnist_tab.why_not() == ""


def test_an_offer_does_not_push_a_warning_away(mnist_tab):
    mnist_tab.session.notify("warning", "Read me.")
    assert follow(mnist_tab).text == "Read me."


def test_a_download_shows_its_progress_and_then_train_is_on(mnist_tab, workspace, started, cache):
    mnist_tab.downloads.start("mnist")
    assert started == ["mnist"]
    notice = follow(mnist_tab)
    assert (notice.text, notice.action) == ("Downloading MNIST: 0 B of 11.1 MiB", "cancel_download")
    progress(workspace, 4_200_000)
    assert follow(mnist_tab) is notice
    assert notice.text == mnist_tab.why_not() == "Downloading MNIST: 4.0 MiB of 11.1 MiB"
    put_files(cache)
    progress(workspace, 11_594_722, problem="")
    assert follow(mnist_tab).text == "MNIST is on this machine now."
    assert mnist_tab.why_not() == ""
    assert mnist_tab.downloads.available()["mnist"]
    mnist_tab.train()
    assert len(workspace.runs()) == 1


def test_another_tab_follows_a_download_that_goes_on(open_tab, mnist_tab, workspace):
    mnist_tab.downloads.start("mnist")
    other = open_tab(mnist_tab.editing.experiment_id)
    assert follow(other).text == "Downloading MNIST: 0 B of 11.1 MiB"


def test_a_failure_is_told_and_can_be_tried_again(mnist_tab, workspace, started):
    mnist_tab.downloads.start("mnist")
    progress(workspace, 0, problem="train-images is not available: no network. Put the file into /folder.")
    notice = follow(mnist_tab)
    assert (notice.kind, notice.action, notice.payload) == ("error", "download", "mnist")
    assert "/folder" in notice.text
    assert mnist_tab.why_not() == OFFER
    assert follow(mnist_tab) is notice
    mnist_tab.downloads.start(notice.payload)
    assert started == ["mnist", "mnist"]


def test_a_cancelled_download_is_offered_again(mnist_tab, workspace, monkeypatch):
    mnist_tab.downloads.start("mnist")
    monkeypatch.setattr(
        downloading, "cancel_download", lambda workspace, name: workspace.set_setting("download:mnist", None)
    )
    mnist_tab.downloads.cancel("mnist")
    assert follow(mnist_tab).text == OFFER


def test_a_download_that_cannot_start_says_why(mnist_tab, monkeypatch):
    def refuse(_workspace, _dataset):
        raise WorkspaceUnusable("No process can be started.")

    monkeypatch.setattr(downloading, "start_download", refuse)
    mnist_tab.downloads.start("mnist")
    assert follow(mnist_tab).text == "No process can be started."


def test_what_needs_no_download_or_is_forged_or_only_looks_starts_nothing(mnist_tab, open_tab, start_run, started):
    for name in ("digits", "nothing", None, ["mnist"], {"mnist": 1}, 7):
        mnist_tab.downloads.start(name)
        mnist_tab.downloads.cancel(name)
    view = open_tab(run_id=start_run(mnist_tab).id)
    view.downloads.start("mnist")
    assert follow(view) is None
    assert started == []
