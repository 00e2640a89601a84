"""The live charts in a real browser, fed by real rows."""

import json
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import expect
from remounting import tell, unmount_for_good

from builder.charts import LiveView, ShownRun, kind_looks
from builder.charts.assembly import Assembly
from builder.spec.catalogue import block_styles
from builder.workspace.checkpoints import FLAG_NAME, checkpoint_folder, checkpoint_path
from builder.workspace.rows import ABSENT, RunReader, RunWriter, Series

pytestmark = pytest.mark.e2e

GROUPS = [{"name": "Bodies", "colour": "#2F7FD0"}, {"name": "<b>Head</b>", "colour": "#C8507A"}]
BLOCKS = [
    {"address": f"i{depth}", "item": f"i{depth}", "kind": kind, "depth": depth}
    for depth, kind in enumerate(["plain", "residual", "highway", "stochastic_depth"], 1)
]


@pytest.fixture
def window():
    return {"viewport": {"width": 720, "height": 560}}


class Run:
    """A run that grows, one viewer of it, and what that viewer holds if nothing is lost."""

    def __init__(self, folder):
        folder.mkdir()
        self.folder = folder
        names = [("loss", "train", "scalar"), ("accuracy", "train", "scalar")]
        names += [
            (quantity, group["name"], "scalar") for quantity in ("grad_norm", "learning_rate") for group in GROUPS
        ]
        names += [("grad_norm", block["address"], "profile") for block in BLOCKS]
        names += [("alive", "i4", "profile"), ("step_seconds", "train", "scalar")]
        self.series = [Series(id=i, quantity=q, subject=s, family=f) for i, (q, s, f) in enumerate(names)]
        self.writer = RunWriter(folder)
        self.writer.start({"num_steps": 600, "groups": GROUPS, "blocks": BLOCKS}, self.series)
        self.view = LiveView([ShownRun("r1", "run", folder, "#3B7DE0")], kind_looks(block_styles()))
        self.random = np.random.default_rng(0)
        self.assembly = Assembly()

    def grow(self, num_steps):
        values = self.random.random((num_steps, len(self.series)), dtype=np.float32) + np.float32(0.01)
        values[-1, 2] = 0
        values[:, -2] = self.random.random(num_steps) < 0.5
        values[-1, -3:-1] = ABSENT, 0
        self.writer.append_steps(self.writer.last_step + 1, values, 0.1)

    def explode(self, num_steps):
        """The loss grows to 4^11."""
        values = self.random.random((num_steps, len(self.series)), dtype=np.float32)
        values[:, 0] = 4.0 ** np.arange(num_steps)
        self.writer.append_steps(self.writer.last_step + 1, values, 0.1)

    def message(self):
        message = self.view.data()
        assert self.assembly.apply(message)
        return message

    def close(self):
        self.view.close()
        self.writer.close()


@pytest.fixture
def run(tmp_path) -> Iterator[Run]:
    run = Run(tmp_path / "r1")
    yield run
    run.close()


def mount(page, message):
    send(page, message)
    data = {"follow": "feed/charts?x", "profiles": "feed/profile?x", "findings": "feed/finding", "height": 500}
    page.evaluate("data => harness.mount('live', data, { width: 680 })", data)


def send(page, message):
    tell(page, "charts?x", message)


def last_question(page):
    """What the component said that it has, when it asked last."""
    return page.evaluate("harness.asked().filter((each) => each.startsWith('charts')).at(-1).split('have=')[1]")


def panel(page, chart_id):
    return page.locator(f".lv-panel[data-chart={chart_id}]")


def drawn(page, chart_id):
    """What Plotly holds of a chart: traces by uid, axis ranges."""
    return (
        panel(page, chart_id)
        .locator(".lv-plot")
        .evaluate(
            """plot => ({
            traces: Object.fromEntries((plot.data ?? []).map((t) => [t.uid, { x: t.x, y: t.y }])),
            x: plot._fullLayout?.xaxis?.range, y: plot._fullLayout?.yaxis?.range, type: plot._fullLayout?.yaxis?.type,
            text: plot._fullLayout?.font?.color,
        })"""
        )
    )


def wait_for_points(page, chart_id, uid, count):
    page.wait_for_function(
        """([chart, uid, count]) => {
            const plot = harness.root('live').querySelector(`.lv-panel[data-chart=${chart}] .lv-plot`);
            return plot?.data?.find((trace) => trace.uid === uid)?.y.length === count;
        }""",
        arg=[chart_id, uid, count],
    )


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


def test_zoom_legend_and_axis_type_stay_while_points_arrive(page, run):
    run.grow(60)
    mount(page, run.message())
    wait_for_points(page, "loss", "r1-0_band", 60)
    loss = panel(page, "loss")
    box = loss.locator(".nsewdrag").bounding_box()
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
    assert last_question(page)
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
    expect(norms.locator(".annotation-text")).to_have_text("<b>Head</b> → 0.5")
    assert norms.locator(".annotation-text tspan[style*=bold], b").count() == 0


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
    panel(page, "loss").evaluate(
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
        texts = panel(page, chart_id).locator(".hovertext")
        box = panel(page, chart_id).locator(".nsewdrag").bounding_box()
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
    light = drawn(page, "loss")["text"]
    page.evaluate("harness.setTheme('dark')")
    page.wait_for_function(
        """light => harness.root('live').querySelector('[data-chart=loss] .lv-plot')._fullLayout.font.color !== light""",
        arg=light,
    )
    assert drawn(page, "loss")["text"].upper() == "#E7EBF2"


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
            const { xaxis, yaxis } = plot._fullLayout;
            return [box.x + xaxis._offset + xaxis.d2p(step), box.y + yaxis._offset + yaxis._length / 2];
        }""",
            step,
        )
    )


def test_a_click_on_a_flag_s_line_or_words_opens_its_ways_back(page, flagged):
    mount(page, flagged.message())
    expect(panel(page, "loss").locator(".annotation")).to_have_count(2)
    menu = page.get_by_role("dialog", name="Flags")
    page.mouse.click(*flag_place(page, 300))
    expect(menu.locator(".lv-flag")).to_have_count(1)
    expect(menu).to_contain_text("<b>Head</b> solo")
    expect(menu.get_by_role("button", name="Rewind to here")).to_be_focused()
    page.keyboard.press("Enter")
    assert asked(page) == [{"kind": "rewind", "run": "r1", "origin": "r1", "step": 300}]
    expect(menu).to_be_hidden()
    panel(page, "accuracy").locator(".annotation", has_text="Bodies frozen").click()
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
        "harness.root('live').querySelector('.lv-panel[data-chart=loss] .lv-plot')._fullLayout.xaxis.type === 'log'"
    )
    assert drawn(page, "loss")["x"] == pytest.approx([0, np.log10(end)])
    place = flag_place(page, 300)
    word = panel(page, "loss").locator(".annotation", has_text="Head").bounding_box()
    assert min(abs(word["x"] - place[0]), abs(word["x"] + word["width"] - place[0])) < 3
    line = panel(page, "loss").locator(".shapelayer path").last.bounding_box()
    assert line["x"] == pytest.approx(place[0], abs=1)
    page.mouse.click(*place)
    expect(page.get_by_role("dialog", name="Flags")).to_contain_text("<b>Head</b> solo")


def test_a_drag_that_begins_at_a_flag_zooms_and_opens_nothing(page, flagged):
    mount(page, flagged.message())
    expect(panel(page, "loss").locator(".annotation")).to_have_count(2)
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
