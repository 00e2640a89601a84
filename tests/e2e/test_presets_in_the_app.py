"""Presets in the running app: a study's page, a comparison, and data that is not on this machine yet."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from playwright.sync_api import expect
from served_app import ServedApp
from web_server import Server, serving

from builder.pages.comparing import analysed
from builder.spec.datasets import DATASETS
from builder.spec.presets.registry import PRESETS, STUDIES, STUDY_OF
from builder.workspace.data_files import DataSettings, availability

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

START_SECONDS = 120.0
"""For what a new process does, on a machine that others use too."""
IMAGES, HELD_BACK = "train-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte.gz"


@pytest.fixture(scope="module")
def mirror() -> Iterator[Server]:
    """A server that has no data set until it is told to."""
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def app(tmp_path_factory, mirror) -> Iterator[ServedApp]:
    """An app of its own: nothing is in its data folder."""
    folder = tmp_path_factory.mktemp("presets")
    served = ServedApp(
        folder, HIGHRISE_DATA_CACHE=str(folder / "data"), HIGHRISE_DATA_MIRROR=mirror.url, NO_PROXY="127.0.0.1"
    )
    yield served
    served.close()
    assert served.complaints() == [], served.printed()


def a_comparison():
    """The smallest one that needs no download, with its study."""
    found = [
        (study, comparison)
        for study in STUDIES.values()
        for comparison in study.comparisons
        if all(DATASETS[analysed(name)[0].data.dataset].embedded for name in comparison.presets)
    ]
    return min(found, key=lambda each: len(each[1].presets))


def dialog_of(screen):
    return screen.page.get_by_role("dialog", name="Presets")


def choose_study(screen, study):
    heading = dialog_of(screen).locator(".hg-head h2")
    name = dialog_of(screen).get_by_text(study.title, exact=True).first
    # Streamlit (1.67) drops a widget's message that reaches it together with another part's tick; a person clicks again.
    for _ in range(3):
        name.click()
        with suppress(AssertionError):
            expect(heading).to_contain_text(study.title, timeout=4_000)
            break
    expect(heading).to_contain_text(study.title)


@contextmanager
def runs_stopped(screen):
    """Leaves no run of the experiment going on."""
    yield
    for run in screen.app.workspace.runs(experiment_id=screen.experiment_id):
        screen.app.workspace.command(run.id, "stop")


def test_a_comparison_is_trained_and_drawn_over_each_other_and_survives_a_reload(open_screen, app):
    study, comparison = a_comparison()
    screen = open_screen()
    screen.press("Presets")
    choose_study(screen, study)
    expect(dialog_of(screen).get_by_text(comparison.title)).to_be_visible()
    dialog_of(screen).locator(f".st-key-compare-{comparison.name}").get_by_role("button").click()
    expect(dialog_of(screen)).to_have_count(0)
    with runs_stopped(screen):
        runs = sorted(app.workspace.runs(experiment_id=screen.experiment_id), key=lambda run: run.number)
        assert [run.name for run in runs] == [PRESETS[name].title for name in comparison.presets]
        assert screen.run().id == runs[0].id
        names = {f"#{run.number}" for run in runs}

        def all_are_drawn():
            return names <= set(screen.traces("loss"))

        screen.until(all_are_drawn, "the runs are drawn over each other", seconds=START_SECONDS)
        screen.screenshot("comparison")
        second = screen.page.locator(f".rp-run[data-run='{runs[1].id}']")
        expect(second).to_contain_text(f"#{runs[1].number}")
        expect(second).to_have_attribute("title", re.compile(re.escape(f"#{runs[1].number} {runs[1].name}")))
        assert screen.document().name == comparison.presets[-1]
        address = screen.page.url
        screen.page.reload()
        screen.wait_until_shown()
        assert screen.page.url == address
        screen.until(all_are_drawn, "the runs are drawn over each other again", seconds=START_SECONDS)
        screen.press("Undo")
        screen.until(lambda: screen.document().name == comparison.presets[-2], "undo opens the document before")


def test_the_page_of_a_study_opens_by_its_address_and_disturbs_nothing(open_screen, app):
    screen = open_screen()
    screen.make_it_last()
    screen.press("Train")
    screen.until(lambda: screen.drawn_up_to("loss") > 0, "the loss is drawn", seconds=START_SECONDS)
    with runs_stopped(screen):
        screen.watch_parts()
        screen.press("Presets")
        for study in STUDIES.values():
            choose_study(screen, study)
            assert screen.overflow() == []
        expect(screen.page).to_have_url(re.compile(f"study={study.name}$"), timeout=30_000)
        before = screen.drawn_up_to("loss")
        screen.until(lambda: screen.drawn_up_to("loss") > before, "the curves go on under the dialog")
        dialog_of(screen).get_by_role("button", name="Close").click()
        expect(dialog_of(screen)).to_have_count(0)
        expect(screen.page).not_to_have_url(re.compile("study="), timeout=30_000)
        screen.until(lambda: screen.lost_parts() == [], "every part is kept")
    linked = open_screen(f"?study={study.name}")
    expect(dialog_of(linked).locator(".hg-head h2")).to_contain_text(study.title)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (1024, "light")])
def test_every_study_has_its_place_in_the_window(open_screen, width, scheme):
    screen = open_screen(viewport={"width": width, "height": 720}, color_scheme=scheme)
    screen.press("Presets")
    for study in STUDIES.values():
        choose_study(screen, study)
        assert screen.overflow() == []
        box = dialog_of(screen).bounding_box()
        assert box["y"] + box["height"] <= 720
        screen.screenshot(f"study-{study.name}-{width}-{scheme}")


def test_missing_data_is_offered_fetched_and_then_trained(open_screen, app, mirror, real_data_folder):
    name = next(name for name in PRESETS if analysed(name)[0].data.dataset == "mnist")
    screen = open_screen()
    screen.press("Presets")
    choose_study(screen, STUDY_OF[name])
    dialog_of(screen).locator(f".st-key-load-{name}").get_by_role("button").click()
    train, notice = screen.page.locator(".tp-main"), screen.page.locator(".tp-notice")
    expect(notice).to_contain_text("MNIST is not on this machine yet. Download it (11.1 MiB), or open ")
    expect(train).to_have_attribute("aria-disabled", "true")
    screen.screenshot("missing-data")

    notice.get_by_role("button", name="Download 11.1 MiB").click()
    expect(notice).to_contain_text(f"{IMAGES} of MNIST is not available", timeout=1000 * START_SECONDS)
    expect(notice).to_contain_text("data/mnist")
    screen.screenshot("no-network")

    let_go = threading.Event()
    for file in DATASETS["mnist"].files:
        body = (real_data_folder / "mnist" / file.name).read_bytes()
        mirror.publish(f"/mnist/{file.name}", body, wait_for=let_go if file.name == HELD_BACK else None)
    notice.get_by_role("button", name="Try again").click()
    expect(notice).to_contain_text("Downloading MNIST: 9.5 MiB of 11.1 MiB", timeout=1000 * START_SECONDS)
    expect(train).to_have_attribute("aria-disabled", "true")
    screen.screenshot("downloading")
    let_go.set()
    expect(train).not_to_have_attribute("aria-disabled", "true")
    settings = DataSettings(cache=app.folder / "data")
    assert availability("mnist", settings).source == "cache"
    screen.press("Train")
    with runs_stopped(screen):
        screen.until(lambda: screen.run().status == "running", "it trains", seconds=START_SECONDS)
