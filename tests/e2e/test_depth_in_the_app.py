"""What depth does, in the running app: cards while they train, any step of a chart over depth, and one block in both."""

import pytest
from playwright.sync_api import expect

from builder.spec import dump_experiment, load_experiment, with_value

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def tower_of_all_kinds():
    """Blocks of all four kinds that train for long enough to be looked at."""
    experiment = load_experiment("digits-four-kinds")
    return with_value(with_value(experiment, "training.duration", {"epochs": 4000}), "training.pace", None)


def test_a_block_is_followed_on_its_card_through_the_steps_and_in_the_charts(app, open_screen):
    entry = app.workspace.create_experiment(dump_experiment(tower_of_all_kinds()))
    screen = open_screen(f"?experiment={entry.id}")
    page = screen.page
    screen.press("Train")
    screen.has_status("running")
    gauges = page.locator(".tower .card .gauges:visible").first
    expect(gauges).to_be_visible()
    expect(page.locator(".tower .card .chip.alive:not(:empty)").first).to_be_visible()
    screen.until(lambda: screen.last_step() > 200, "some steps are taken")
    profile = page.locator(".lv-panel[data-chart=depth_profile]")
    slider = profile.locator(".lv-slider")
    slider.focus()
    page.keyboard.press("Home")
    expect(profile.locator(".lv-note")).to_have_text("step 1")
    page.keyboard.press("ArrowRight")
    expect(profile.locator(".lv-note")).to_have_text("step 2")
    box = profile.locator(".nsewdrag").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    page.mouse.move(box["x"] + box["width"] / 2 + 1, box["y"] + 20)
    expect(page.locator(".tower .node.lit").first).to_be_visible()
    expect(profile.locator(".lv-bands i")).to_have_count(1)
    screen.screenshot("depth")
    page.mouse.click(box["x"] + 0.9 * box["width"], box["y"] + 20)
    page.mouse.move(box["x"] + 0.9 * box["width"] + 1, box["y"] + 20)
    expect(page.locator(".tower .node.lit > .card").first).to_be_in_viewport()
    page.mouse.move(5, 5)
    expect(page.locator(".tower .node.lit")).to_have_count(0)
    page.locator(".tower .node.block > .card, .tower .node.repeat > .card").first.hover()
    expect(profile.locator(".lv-bands i").first).to_be_visible()
    screen.show_chart(1, "Step time by live blocks")
    expect(page.locator(".lv-panel[data-chart=step_time] .lv-note")).to_contain_text("ms a live block")
    screen.press("Stop")
    screen.has_status("stopped")
    expect(profile.locator(".lv-note")).to_have_text("step 2")
    profile.get_by_role("button", name="Follow the newest again").click()
    expect(profile.locator(".lv-note")).to_have_text(f"step {screen.last_step():,}")
    assert screen.overflow() == []
