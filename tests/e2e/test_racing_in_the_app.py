"""A race in the running app: two kinds chosen, trained, drawn over each other, and named in a sentence."""

import pytest
from playwright.sync_api import expect
from screen import quick_digits

from builder.spec import dump_experiment

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

RACE_SECONDS = 180.0
"""For two runs that start from nothing, on a machine that others use too."""


def test_two_kinds_race_and_the_difference_is_named(open_screen, app):
    entry = app.workspace.create_experiment(dump_experiment(quick_digits()))
    screen = open_screen(f"?experiment={entry.id}")
    page = screen.page
    screen.press("Race")
    dialog = page.get_by_role("dialog", name="Race: the same tower")
    start = dialog.get_by_role("button", name="Start 2 runs")
    expect(start).to_be_enabled()
    for text in ("Plain", "Residual", "as in the editor"):
        expect(dialog.locator(".rc-field")).to_contain_text(text)
    dialog.get_by_role("button", name="Highway", exact=True).click()
    expect(dialog.locator(".rc-field")).to_contain_text("Highway")
    dialog.get_by_role("button", name="Highway", exact=True).click()
    expect(dialog.locator(".rc-field")).not_to_contain_text("Highway")
    screen.screenshot("race-dialog")
    start.click()
    expect(dialog).to_have_count(0)
    screen.until(lambda: screen.query("experiment") != entry.id, "the race is an experiment of its own")
    runs = sorted(app.workspace.runs(experiment_id=screen.experiment_id), key=lambda run: run.number)
    assert [run.name for run in runs] == ["Plain", "Residual"]
    names = {f"#{run.number}" for run in runs}
    for chart in ("loss", "accuracy", "depth_profile"):
        screen.until(lambda chart=chart: names <= set(screen.traces(chart)), f"both in {chart}", seconds=RACE_SECONDS)
    sentence = page.locator(".rp-verdict[data-over]")
    expect(sentence).to_contain_text("validation accuracy at best", timeout=1000 * RACE_SECONDS)
    expect(sentence).to_contain_text("the same 56,394 parameters, seed and batches")
    expect(sentence).to_contain_text("One seed")
    screen.screenshot("race")
    mixer = page.locator(".mx-strip").first.bounding_box()
    assert mixer
    assert mixer["y"] + mixer["height"] <= page.viewport_size["height"]
    page.get_by_role("button", name="Result", exact=True).click()
    result = page.get_by_role("dialog", name="Race: what came of it")
    for text in ("Plain", "Residual", "finished", "56,394"):
        expect(result.locator(".rc-table")).to_contain_text(text)
