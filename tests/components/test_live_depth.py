"""Live charts over depth in a real browser: any step of them, and the block that is pointed at."""

import pytest
from live_run import WINDOW, drawn, mount, panel, send, wait_for_points
from playwright.sync_api import expect

from builder.workspace.rows import RunReader

pytestmark = pytest.mark.e2e


@pytest.fixture
def window():
    return WINDOW


def answer_profiles(page, run):
    """From now on the page's questions for a step are answered by the run's rows; collects the steps asked for."""
    asked = []

    def answer(chart_id, step):
        asked.append(step)
        return run.view.at(chart_id, step)

    page.expose_function("profileAt", answer)
    page.evaluate(
        """() => {
            const before = window.fetch;
            window.fetch = async (address, options) => {
                const query = String(address).split('/feed/profile?')[1];
                if (query === undefined) return before(address, options);
                const asked = new URLSearchParams(query);
                const found = await profileAt(asked.get('chart'), Number(asked.get('step')));
                const headers = { 'Highrise-Seconds': '0.05' };
                return found ? Response.json(found, { headers }) : new Response(null, { status: 204, headers });
            };
        }"""
    )
    return asked


def heights(page, chart_id="depth_profile"):
    """Of the plain block's dot and bar, as Plotly has them."""
    return {uid: trace["y"] for uid, trace in drawn(page, chart_id)["traces"].items() if "-plain" in uid}


def wait_for_height(page, value):
    page.wait_for_function(
        """value => {
            const plot = harness.root('live').querySelector('.lv-panel[data-chart=depth_profile] .lv-plot');
            const dot = plot?.data?.find((trace) => trace.uid.endsWith('-dot-plain'));
            return Math.abs((dot?.y?.[0] ?? NaN) - value) < 1e-4 * value;
        }""",
        arg=value,
    )


def test_any_step_of_a_profile_is_looked_at_while_the_run_goes_on(page, run):
    column = next(each.id for each in run.series if (each.quantity, each.subject) == ("grad_norm", "i1"))

    def norm(step):
        reader = RunReader(run.folder)
        points = reader.read([column], step, step)
        reader.close()
        return float(points.mean[0, 0])

    run.grow(60)
    asked = answer_profiles(page, run)
    mount(page, run.message())
    profile = panel(page, "depth_profile")
    slider, note = profile.locator(".lv-slider"), profile.locator(".lv-note")
    newest = profile.get_by_role("button", name="Follow the newest again")
    wait_for_height(page, norm(60))
    expect(newest).to_be_disabled()
    expect(slider).to_have_attribute("max", "60")
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    expect(note).to_have_text("step 40")
    wait_for_height(page, norm(40))
    # One question is under way at a time: most of the twenty steps were never asked for.
    assert asked[-1] == 40
    assert len(asked) < 20
    run.grow(30)
    send(page, run.message())
    expect(slider).to_have_attribute("max", "90")
    expect(note).to_have_text("step 40")
    assert (slider.input_value(), heights(page)["r1-dot-plain"][0]) == ("40", pytest.approx(norm(40), rel=1e-4))
    expect(slider).to_have_attribute("aria-valuetext", "Step 40")
    # Another panel that shows a chart over depth shows the same step; the curves are not of one step and have no slider.
    expect(panel(page, "loss").locator(".lv-slider")).to_be_hidden()
    page.keyboard.press("Home")
    expect(note).to_have_text("step 1")
    wait_for_height(page, norm(1))
    page.keyboard.press("End")
    wait_for_height(page, norm(90))
    run.grow(10)
    send(page, run.message())
    wait_for_height(page, norm(100))
    expect(note).to_have_text("step 100")


def test_a_chart_by_number_of_blocks_is_drawn_and_holds_up_no_other(page, run):
    run.grow(40)
    mount(page, run.message())
    wait_for_points(page, "loss", "r1-0_band", 40)
    panel(page, "accuracy").locator(".lv-title").select_option("step_time")
    page.wait_for_function(
        "harness.root('live').querySelector('[data-chart=step_time] .lv-plot').data?.[1]?.x?.length === 2"
    )
    expect(panel(page, "step_time").locator(".lv-note")).to_contain_text("ms a live block")
    run.grow(10)
    send(page, run.message())
    wait_for_points(page, "loss", "r1-0_band", 50)


def bands(page, chart_id):
    """Boxes over a chart, in pixels of its plot: left, top, width, height."""
    return (
        panel(page, chart_id)
        .locator(".lv-bands i")
        .evaluate_all(
            """nodes => nodes.map(({ style }) => [style.left, style.top, style.width, style.height].map(parseFloat))"""
        )
    )


def axis(page, chart_id, name):
    return (
        panel(page, chart_id)
        .locator(".lv-plot")
        .evaluate(f"plot => [plot._fullLayout.{name}._offset, plot._fullLayout.{name}._length]")
    )


def test_a_block_that_is_pointed_at_is_lit_in_every_chart_over_depth_without_a_drawing(page, run):
    run.grow(40)
    mount(page, run.message())
    panel(page, "accuracy").locator(".lv-title").select_option("gradient_map")
    wait_for_points(page, "loss", "r1-0_band", 40)
    page.wait_for_function("harness.root('live').querySelector('[data-chart=gradient_map] .lv-plot')._fullLayout")
    # What waits its turn is drawn half a second later at most.
    page.wait_for_timeout(1000)
    page.evaluate("window.__highrise_live = { written_to_drawn: [], draw: [] }")
    point = "at => window.dispatchEvent(new CustomEvent('highrise-pointed', { detail: { source: 'tower', at } }))"
    page.evaluate(point, {"items": ["i3"], "copy": None})
    ((left, top, width, height),) = bands(page, "depth_profile")
    start, length = axis(page, "depth_profile", "xaxis")
    # From 0.4 to 4.6 there are 4.2 blocks' widths, and the third begins 2.1 of them from the left.
    assert (left - start, width) == (pytest.approx(length * 2.1 / 4.2, abs=1), pytest.approx(length / 4.2, abs=1))
    ((left, top, width, height),) = bands(page, "gradient_map")
    start, length = axis(page, "gradient_map", "yaxis")
    assert (top - start, height) == (pytest.approx(length / 4, abs=1.5), pytest.approx(length / 4, abs=1.5))
    assert bands(page, "loss") == []
    page.evaluate(point, {"items": ["i1", "i2", "i4"], "copy": None})
    assert len(bands(page, "depth_profile")) == 2
    page.evaluate(point, None)
    assert bands(page, "depth_profile") == []
    assert page.evaluate("window.__highrise_live.draw.length") == 0


def listen(page, event):
    page.evaluate("event => { window.told = []; addEventListener(event, ({ detail }) => told.push(detail)); }", event)


def test_the_block_under_the_pointer_is_told_to_the_tower(page, run):
    run.grow(40)
    mount(page, run.message())
    wait_for_points(page, "loss", "r1-0_band", 40)
    listen(page, "highrise-pointed")
    box = panel(page, "depth_profile").locator(".nsewdrag").bounding_box()
    assert box
    for share in (0.5, 2.5, 2.6):
        page.mouse.move(box["x"] + box["width"] * (0.1 + share) / 4.2, box["y"] + 20)
    page.mouse.move(5, 5)
    told = [each["at"] for each in page.evaluate("told")]
    assert told == [{"items": ["i1"], "copy": 0}, {"items": ["i3"], "copy": 0}, None]


def test_a_click_on_a_block_brings_it_into_sight_in_the_tower_and_a_drag_zooms(page, run):
    run.grow(40)
    mount(page, run.message())
    wait_for_points(page, "loss", "r1-0_band", 40)
    listen(page, "highrise-sought")
    profile = panel(page, "depth_profile")
    box = profile.locator(".nsewdrag").bounding_box()
    assert box
    place = [box["x"] + box["width"] * 2.6 / 4.2, box["y"] + 20]
    page.mouse.click(*place)
    assert page.evaluate("told") == [{"items": ["i3"], "copy": 0}]
    page.mouse.move(*place)
    page.mouse.down()
    page.mouse.move(place[0] - 120, place[1] + 40, steps=4)
    page.mouse.up()
    expect(profile.get_by_role("button", name="Reset zoom")).to_be_visible()
    assert len(page.evaluate("told")) == 1
