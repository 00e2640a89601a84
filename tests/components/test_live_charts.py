"""The live charts in a real browser, fed by real rows: what they draw, and what a person does with them."""

import json

import numpy as np
import pytest
from live_run import WINDOW, drawn, mount, panel, send, wait_for_points
from playwright.sync_api import expect
from remounting import unmount_for_good

pytestmark = pytest.mark.e2e


@pytest.fixture
def window():
    return WINDOW


def test_before_training_every_chart_says_what_will_appear(page, run):
    mount(page, run.message())
    expect(panel(page, "loss").locator(".lv-empty")).to_have_text("The loss of every step will appear here.")
    assert page.locator(".lv-panel").count() == 4


def test_the_browser_draws_what_the_figures_say(page, run):
    run.grow(50)
    run.writer.add_evaluation(40, 1, "validation", {"loss": 0.5, "accuracy": 0.7}, np.eye(3, dtype=int))
    mount(page, run.message())
    wait_for_points(page, "loss", "r1-0_band", 50)
    for _ in range(4):
        run.grow(15)
        send(page, run.message())
    wait_for_points(page, "loss", "r1-0_band", 110)
    wait_for_points(page, "grad_norm", "r1-2_mean", 110)
    expect(panel(page, "depth_profile").locator(".lv-note")).to_have_text("step 110")
    for chart_id in ("loss", "accuracy", "grad_norm", "depth_profile"):
        expected = {trace.uid: trace for trace in run.assembly.figure(chart_id).data}
        traces = drawn(page, chart_id)["traces"]
        assert len(traces) >= 2
        for uid, trace in traces.items():
            assert list(trace["x"]) == list(expected[uid].x), (chart_id, uid)
            assert trace["y"] == pytest.approx(list(expected[uid].y), rel=1e-9), (chart_id, uid)


def test_the_canvas_has_ink_where_the_numbers_lie_and_nowhere_else(page, run):
    run.grow(60)
    mount(page, run.message())
    panel(page, "accuracy").locator(".lv-title").select_option("learning_rate")
    wait_for_points(page, "learning_rate", "r1-4_mean", 60)
    inked, size = (
        panel(page, "learning_rate")
        .locator("canvas")
        .evaluate(
            """canvas => {
                const { width, height } = canvas;
                const dots = canvas.getContext('2d').getImageData(0, 0, width, height).data;
                return [[...Array(width * height).keys()].filter((place) => dots[4 * place + 3] > 60), [width, height]];
            }"""
        )
    )
    axes = panel(page, "learning_rate").locator(".lv-plot").evaluate("plot => plot.axes")
    across, up = axes["xaxis"], axes["yaxis"]
    assert (across["type"], up["type"]) == ("linear", "log")
    expected = np.zeros(size[::-1], dtype=bool)
    for trace in run.assembly.figure("learning_rate").data[:2]:
        fine = np.linspace(trace.x[0], trace.x[-1], 20_000)
        # Straight between points on the screen, so in powers of ten.
        heights = np.interp(fine, trace.x, np.log10(np.array(trace.y, dtype=float)))
        x = across["_offset"] + across["_length"] * (fine - across["range"][0]) / np.ptp(across["range"])
        y = up["_offset"] + up["_length"] * (up["range"][1] - heights) / np.ptp(up["range"])
        expected[np.floor(y).astype(int), np.floor(x).astype(int)] = True
    found = np.zeros_like(expected)
    found.flat[inked] = True
    assert near(expected, found).all()
    assert near(found, expected).all()
    assert 0.02 < found.mean() < 0.5


def near(these, others):
    """Which of some dots have one of the others at most two dots away."""
    rows, columns = np.nonzero(these)
    padded = np.pad(others, 2)
    return np.any([padded[rows + down, columns + right] for down in range(5) for right in range(5)], axis=0)


def test_zoom_legend_and_axis_type_stay_while_points_arrive(page, run):
    run.grow(60)
    mount(page, run.message())
    wait_for_points(page, "loss", "r1-0_band", 60)
    loss = panel(page, "loss")
    box = loss.locator(".lv-area").bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.7 * box["height"], steps=5)
    page.mouse.up()
    reset = loss.get_by_role("button", name="Reset zoom")
    expect(reset).to_be_visible()
    zoomed = drawn(page, "loss")
    assert zoomed["x"] == pytest.approx([0.2 * 75, 0.6 * 75], abs=1)
    norms = panel(page, "grad_norm")
    norms.get_by_role("button", name="Bodies").click()
    norms.get_by_role("button", name="log").click()
    for _ in range(3):
        run.grow(5)
        send(page, run.message())
    wait_for_points(page, "loss", "r1-0_band", 75)
    wait_for_points(page, "grad_norm", "r1-3_mean", 75)
    after = drawn(page, "loss")
    assert (after["x"], after["y"]) == (zoomed["x"], zoomed["y"])
    grad = drawn(page, "grad_norm")
    assert grad["type"] == "linear"
    assert "r1-2_mean" not in grad["traces"]
    expect(norms.get_by_role("button", name="Bodies")).to_have_attribute("aria-pressed", "false")
    reset.click()
    expect(reset).to_be_hidden()
    assert drawn(page, "loss")["x"] == [0, 75]


def test_who_misses_a_message_asks_for_everything(page, run):
    run.grow(20)
    mount(page, run.message())
    wait_for_points(page, "loss", "r1-0_band", 20)
    page.wait_for_function("!harness.asked().at(-1).endsWith('have=')")
    run.grow(5)
    later = json.loads(json.dumps(run.message()))
    for table in later["tables"].values():
        table["first"] += 40
    send(page, later)
    page.wait_for_function("harness.asked().at(-1).endsWith('have=')")
    assert len(drawn(page, "loss")["traces"]["r1-0_band"]["y"]) == 20
    send(page, run.assembly.whole())
    wait_for_points(page, "loss", "r1-0_band", 25)


def test_a_users_text_is_never_markup(page, run):
    run.grow(20)
    run.writer.add_intervention(10, "set_learning_rate", "<b>Head</b>", 0.5)
    mount(page, run.message())
    wait_for_points(page, "grad_norm", "r1-2_mean", 20)
    norms = panel(page, "grad_norm")
    expect(norms.get_by_role("button", name="<b>Head</b>")).to_be_visible()
    expect(norms.locator(".lv-flag-label")).to_have_text("<b>Head</b> → 0.5")
    assert norms.locator(".lv-flag-label *").count() == 0


def test_a_chart_is_chosen_enlarged_and_put_back_by_escape(page, run):
    run.grow(20)
    mount(page, run.message())
    wait_for_points(page, "loss", "r1-0_band", 20)
    panel(page, "loss").locator(".lv-title").select_option("learning_rate")
    wait_for_points(page, "learning_rate", "r1-4_mean", 20)
    rates = panel(page, "learning_rate")
    before = rates.bounding_box()
    rates.get_by_role("button", name="Enlarge").click()
    expect(page.locator(".lv-panel:visible")).to_have_count(1)
    assert before
    assert rates.bounding_box()["width"] > 1.8 * before["width"]
    page.keyboard.press("Escape")
    expect(page.locator(".lv-panel:visible")).to_have_count(4)


def test_a_chart_is_taken_away_while_its_new_points_are_being_drawn(page, run):
    run.grow(20)
    mount(page, run.message())
    wait_for_points(page, "loss", "r1-0_band", 20)
    page.wait_for_function("harness.root('live').querySelector('[data-chart=depth_profile] .lv-plot').data?.length > 0")
    panel(page, "depth_profile").evaluate(
        """panel => panel.querySelector('.lv-plot').on('plotly_transitioning', () => {
          const choice = panel.querySelector('.lv-title');
          choice.value = 'learning_rate';
          choice.dispatchEvent(new Event('change'));
          window.taken = true;
        })"""
    )
    run.grow(5)
    send(page, run.message())
    page.wait_for_function("window.taken")
    wait_for_points(page, "learning_rate", "r1-4_mean", 25)
    expect(panel(page, "learning_rate").locator(".lv-plot")).to_have_count(1)


def test_a_point_says_its_step_and_value_and_a_zero_that_it_is_one(page, run):
    run.grow(40)
    mount(page, run.message())
    wait_for_points(page, "grad_norm", "r1-2_mean", 40)
    for chart_id, name, words in [("loss", "train", "step"), ("grad_norm", "Bodies", "exactly 0")]:
        texts = panel(page, chart_id).locator(".lv-hover-words")
        box = panel(page, chart_id).locator(".lv-area").bounding_box()
        assert box
        right = box["x"] + box["width"] * 40 / drawn(page, chart_id)["x"][1]
        page.mouse.move(right - 1, box["y"] + box["height"] * (0.5 if chart_id == "loss" else 0.9))
        page.mouse.move(right, box["y"] + box["height"] * (0.5 if chart_id == "loss" else 0.93))
        expect(texts).to_contain_text(name)
        expect(texts).to_contain_text(words)
        expect(texts).not_to_contain_text("-")


def evaluate(run):
    """An evaluation of 60 samples after the newest step, and what was counted."""
    counts = np.zeros((3, 3), dtype=np.int64)
    np.add.at(counts, tuple(run.random.integers(3, size=(2, 60))), 1)
    accuracy = float(counts.trace() / 60)
    run.writer.add_evaluation(run.writer.last_step, 2.5, "validation", {"loss": 1.0, "accuracy": accuracy}, counts)
    return counts.tolist()


def wait_for_matrix(page, counts):
    page.wait_for_function(
        """counts => {
            const plot = harness.root('live').querySelector('.lv-panel[data-chart=confusion] .lv-plot');
            return JSON.stringify(plot?.data?.[0]?.customdata) === JSON.stringify(counts);
        }""",
        arg=counts,
    )


def test_any_evaluation_is_looked_at_and_stays_while_others_come(page, run):
    matrices = []
    for _ in range(4):
        run.grow(10)
        matrices.append(evaluate(run))
    mount(page, run.message())
    panel(page, "loss").locator(".lv-title").select_option("confusion")
    confusion = panel(page, "confusion")
    slider, label = confusion.locator(".lv-slider"), confusion.locator(".lv-moment")
    newest = confusion.get_by_role("button", name="Follow the newest again")
    wait_for_matrix(page, matrices[3])
    expect(newest).to_be_disabled()
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    wait_for_matrix(page, matrices[1])
    right = np.trace(matrices[1]) / 60
    expect(label).to_have_text(f"step 20 · epoch 2.5 · validation accuracy {right:.2%}")
    expect(slider).to_have_attribute("aria-valuetext", label.inner_text())
    # News, a full message after a gap, and the theme leave the choice as it is.
    run.grow(10)
    matrices.append(evaluate(run))
    send(page, run.message())
    run.grow(5)
    run.message()
    send(page, run.assembly.whole())
    page.evaluate("harness.setTheme('dark')")
    expect(slider).to_have_attribute("max", "4")
    expect(slider).to_have_value("1")
    expect(confusion.locator(".heatmaplayer text").first).to_have_css("fill", "rgb(231, 235, 242)")
    wait_for_matrix(page, matrices[1])
    # In another panel too.
    panel(page, "accuracy").locator(".lv-title").select_option("confusion")
    expect(slider).to_have_value("1")
    wait_for_matrix(page, matrices[1])
    newest.click()
    wait_for_matrix(page, matrices[4])
    expect(slider).to_be_focused()
    page.keyboard.press("Home")
    wait_for_matrix(page, matrices[0])
    page.keyboard.press("End")
    run.grow(10)
    matrices.append(evaluate(run))
    send(page, run.message())
    wait_for_matrix(page, matrices[5])
    expect(label).to_contain_text("step 65 ·")


def test_values_above_the_linear_axis_are_told_and_shown_by_a_click(page, run):
    run.grow(40)
    mount(page, run.message())
    wait_for_points(page, "loss", "r1-0_band", 40)
    loss = panel(page, "loss")
    word = loss.locator(".lv-above")
    expect(word).to_be_hidden()
    run.explode(12)
    send(page, run.message())
    wait_for_points(page, "loss", "r1-0_band", 52)
    expect(word).to_have_text("▲ up to 4.2e6")
    assert drawn(page, "loss")["y"][1] < 4
    word.click()
    expect(word).to_be_hidden()
    found = drawn(page, "loss")
    assert (found["type"], found["y"][1] > 6) == ("log", True)


def test_dark_and_light_are_followed(page, run):
    run.grow(20)
    mount(page, run.message())
    wait_for_points(page, "loss", "r1-0_band", 20)
    tick = panel(page, "loss").locator(".lv-tick").first
    word = panel(page, "depth_profile").locator(".xtick text").first
    expect(tick).to_have_css("fill", "rgb(95, 107, 128)")
    expect(word).to_have_css("fill", "rgb(95, 107, 128)")
    page.evaluate("harness.setTheme('dark')")
    expect(tick).to_have_css("fill", "rgb(154, 165, 184)")
    expect(word).to_have_css("fill", "rgb(154, 165, 184)")


@pytest.mark.holds_the_clock
def test_removed_and_shown_again_it_asks_for_everything(page, run):
    run.grow(20)
    mount(page, run.message())
    wait_for_points(page, "loss", "r1-0_band", 20)
    unmount_for_good(page, "live")
    page.evaluate("harness.asked().length = 0")
    run.grow(5)
    run.message()
    mount(page, run.assembly.whole())
    wait_for_points(page, "loss", "r1-0_band", 25)
    assert page.evaluate("harness.asked()[0]").endswith("have=")


# Flags
