"""Flags in the live charts of a real browser: what was changed while a run trained, and the ways back."""

import numpy as np
import pytest
from live_run import WINDOW, drawn, mount, panel, send, wait_for_points
from playwright.sync_api import expect

from builder.workspace.checkpoints import FLAG_NAME, checkpoint_folder, checkpoint_path

pytestmark = pytest.mark.e2e


@pytest.fixture
def window():
    return WINDOW


@pytest.fixture
def flagged(run, tmp_path):
    """A run of 400 steps that was changed twice; a checkpoint is there from before the second change alone."""
    run.grow(400)
    run.writer.add_event(100, "checkpoint", {"flagged": True})
    run.writer.add_intervention(100, "set_frozen", "Bodies", True)
    run.writer.add_event(300, "checkpoint", {"flagged": True})
    run.writer.add_intervention(300, "set_solo", "<b>Head</b>", True)
    checkpoint = checkpoint_path(checkpoint_folder(tmp_path / "r1"), 300)
    checkpoint.mkdir(parents=True)
    (checkpoint / FLAG_NAME).touch()
    return run


def asked(page):
    sent = [each["value"] for each in page.evaluate("harness.triggers('live')")]
    return [{key: value for key, value in each.items() if key != "nonce"} for each in sent]


def flag_place(page, step):
    """Where a flag's line stands in the window, halfway up the plot of the loss."""
    return (
        panel(page, "loss")
        .locator(".lv-plot")
        .evaluate(
            """(plot, step) => {
            const box = plot.getBoundingClientRect();
            const { xaxis, yaxis } = plot.axes;
            const units = xaxis.type === 'log' ? Math.log10(step) : step;
            const share = (units - xaxis.range[0]) / (xaxis.range[1] - xaxis.range[0]);
            return [box.x + xaxis._offset + share * xaxis._length, box.y + yaxis._offset + yaxis._length / 2];
        }""",
            step,
        )
    )


def test_a_click_on_a_flag_s_line_or_words_opens_its_ways_back(page, flagged):
    mount(page, flagged.message())
    expect(panel(page, "loss").locator(".lv-flag-label")).to_have_count(2)
    menu = page.get_by_role("dialog", name="Flags")
    page.mouse.click(*flag_place(page, 300))
    expect(menu.locator(".lv-flag")).to_have_count(1)
    expect(menu).to_contain_text("<b>Head</b> solo")
    expect(menu.get_by_role("button", name="Rewind to here")).to_be_focused()
    page.keyboard.press("Enter")
    assert asked(page) == [{"kind": "rewind", "run": "r1", "origin": "r1", "step": 300}]
    expect(menu).to_be_hidden()
    panel(page, "accuracy").locator(".lv-flag-label", has_text="Bodies frozen").click()
    expect(menu).to_contain_text("No checkpoint from before it")
    expect(menu.get_by_role("button")).to_have_count(0)


def choose_in_menu(page, name):
    page.get_by_role("button", name="Menu: Loss").click()
    page.locator(".lv-menu:popover-open .lv-item", has_text=name).click()


def wait_for_heights(page, uid, heights):
    page.wait_for_function(
        """([uid, heights]) => {
            const plot = harness.root('live').querySelector('.lv-panel[data-chart=loss] .lv-plot');
            const found = plot?.data?.find((trace) => trace.uid === uid)?.y ?? [];
            return found.length === heights.length
                && found.every((y, place) => Math.abs(y - heights[place]) <= 1e-9 * Math.abs(y));
        }""",
        arg=[uid, list(heights)],
    )


def test_thick_lines_are_as_smooth_as_a_person_likes(page, flagged):
    mount(page, flagged.message())
    wait_for_points(page, "loss", "r1-0_band", 400)
    values = np.array(drawn(page, "loss")["traces"]["r1-0_band"]["y"])
    usual = flagged.assembly.figure("loss").data[1]
    assert usual.uid == "r1-0_mean-smooth"
    wait_for_heights(page, usual.uid, usual.y)
    keep = 0.5 ** (1 / 24)  # half-life: four times a hundredth of 600 steps
    weights = keep ** np.arange(400)[::-1]
    choose_in_menu(page, "4×")
    averages = [np.sum(weights[-n:] * values[:n]) / np.sum(weights[-n:]) for n in range(1, 401)]
    wait_for_heights(page, usual.uid, averages)
    choose_in_menu(page, "off")
    wait_for_heights(page, usual.uid, values)


def test_the_axis_of_time_is_logarithmic_on_demand_and_flags_keep_their_steps(page, flagged):
    mount(page, flagged.message())
    wait_for_points(page, "loss", "r1-0_band", 400)
    end = drawn(page, "loss")["x"][1]
    choose_in_menu(page, "Logarithmic axis")
    page.wait_for_function(
        "harness.root('live').querySelector('.lv-panel[data-chart=loss] .lv-plot').axes.xaxis.type === 'log'"
    )
    assert drawn(page, "loss")["x"] == pytest.approx([0, np.log10(end)])
    place = flag_place(page, 300)
    word = panel(page, "loss").locator(".lv-flag-label", has_text="Head").bounding_box()
    assert min(abs(word["x"] - place[0]), abs(word["x"] + word["width"] - place[0])) < 3
    line = panel(page, "loss").locator(".lv-flag-line").last.bounding_box()
    assert line["x"] == pytest.approx(place[0], abs=1)
    page.mouse.click(*place)
    expect(page.get_by_role("dialog", name="Flags")).to_contain_text("<b>Head</b> solo")


def test_a_drag_that_begins_at_a_flag_zooms_and_opens_nothing(page, flagged):
    mount(page, flagged.message())
    expect(panel(page, "loss").locator(".lv-flag-label")).to_have_count(2)
    x, y = flag_place(page, 300)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 80, y + 20, steps=5)
    page.mouse.up()
    expect(panel(page, "loss").get_by_role("button", name="Reset zoom")).to_be_visible()
    expect(page.get_by_role("dialog", name="Flags")).to_be_hidden()


def test_all_flags_are_listed_newest_first_for_the_keyboard_and_keep_the_focus_while_rows_come(page, flagged):
    mount(page, flagged.message())
    button = page.get_by_role("button", name="Flags of Loss: 2")
    button.focus()
    page.keyboard.press("Enter")
    menu = page.get_by_role("dialog", name="Flags")
    expect(menu.locator(".lv-flag-words")).to_have_text(["<b>Head</b> solo", "Bodies frozen"])
    page.keyboard.press("Tab")
    branch = menu.get_by_role("button", name="Branch from here")
    expect(branch).to_be_focused()
    flagged.grow(50)
    send(page, flagged.message())
    page.wait_for_timeout(200)
    expect(branch).to_be_focused()
    page.keyboard.press("Enter")
    assert asked(page) == [{"kind": "branch", "run": "r1", "origin": "r1", "step": 300}]


def test_whoever_only_watches_reads_flags_and_can_do_nothing_at_them(page, flagged):
    mount(page, flagged.message())
    page.evaluate("harness.update('live', { read_only: true })")
    page.get_by_role("button", name="Flags of Loss: 2").click()
    menu = page.get_by_role("dialog", name="Flags")
    expect(menu.locator(".lv-flag")).to_have_count(2)
    expect(menu.get_by_role("button")).to_have_count(0)
    expect(menu).to_contain_text("This view changes nothing")


def test_charts_without_steps_and_runs_without_changes_have_no_flags(page, run):
    run.grow(20)
    mount(page, run.message())
    expect(panel(page, "depth_profile")).to_be_visible()
    expect(page.locator(".lv-flags:visible")).to_have_count(0)
