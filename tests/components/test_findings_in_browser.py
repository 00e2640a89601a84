"""Walls of pictures, the decision boundary and gates of one sample in a real browser, fed by real rows."""

import base64
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import expect
from remounting import tell

from builder.charts import LiveView, ShownRun, kind_looks, read_content
from builder.charts.contents import KINDS
from builder.charts.png import encode_png
from builder.spec.catalogue import block_styles
from builder.workspace.rows import RunWriter, Series

pytestmark = pytest.mark.e2e

NAMES = ["zero", "one", "<i>two</i>"]
BLOCKS = [{"address": f"i{depth}", "item": f"i{depth}", "kind": "highway", "depth": depth} for depth in (1, 2, 3)]


class Run:
    """A run whose evaluations find something, and what a feed tells of it."""

    def __init__(self, folder):
        folder.mkdir()
        self.writer = RunWriter(folder)
        info = {"num_steps": 100, "groups": [], "blocks": BLOCKS, "class_names": NAMES}
        info["findings"] = ["mistakes", "boundary", "filters", "class_gates"]
        self.writer.start(info, [Series(id=0, quantity="loss", subject="train", family="scalar")])
        self.shown = ShownRun("r1", "run", folder, "#3B7DE0")
        self.view = LiveView([self.shown], kind_looks(block_styles()))
        self.random = np.random.default_rng(0)

    def facts(self, true, predicted):
        num = len(true)
        return {
            "sample": np.arange(num, dtype=np.int32),
            "true": np.array(true, np.int16),
            "predicted": np.array(predicted, np.int16),
            "loss": np.arange(num, 0, -1, dtype=np.float32),
            "score": np.full(num, 0.5, np.float32),
            "true_score": np.full(num, 0.25, np.float32),
            "is_probability": np.array(True),
            "pictures": self.random.integers(256, size=(num, 6, 6, 1)).astype(np.uint8),
        }

    def evaluate(self, **findings):
        """Five steps, and an evaluation after them."""
        self.writer.append_steps(self.writer.last_step + 1, np.ones((5, 1), np.float32), 0.1)
        metrics = {"loss": 1.0, "accuracy": 0.5}
        self.writer.add_evaluation(self.writer.last_step, 0.5, "validation", metrics, findings=findings)

    def mistakes(self, true, predicted, num_worst=None):
        num = {"num_wrong": len(true), "num_samples": 50, "num_worst": num_worst or len(true)}
        return {**self.facts(true, predicted), **{name: np.array(value) for name, value in num.items()}}

    def gates(self):
        by_class = self.random.uniform(0.1, 0.4, (3, 3)).astype(np.float32)
        of_sample = self.random.uniform(0.1, 0.4, (3, 3)).astype(np.float32)
        depth = np.array([1, 2, 3], np.int32)
        counts = np.array([5, 5, 5], np.int32)
        gates = {"depth": depth, "by_class": by_class, "mean": by_class.mean(1), "num_samples": counts}
        return {**gates, "of_sample": of_sample, **self.facts([0, 1, 2], [0, 1, 0])}

    def boundary(self, places=8):
        score = np.full((places, places), 230, np.uint8)
        predicted = (np.indices((places, places)).sum(0) >= places).astype(np.uint8)
        plane = {"predicted": predicted, "score": score, "extent": np.array([-1, 1, -1, 1], np.float32)}
        for part in ("train", "validation"):
            plane[f"{part}_points"] = self.random.uniform(-1, 1, (20, 2)).astype(np.float32)
            plane[f"{part}_targets"] = np.arange(20).astype(np.uint8) % 2
        return {**plane, "is_probability": np.array(True)}


@pytest.fixture
def run(tmp_path) -> Iterator[Run]:
    run = Run(tmp_path / "r1")
    yield run
    run.view.close()
    run.writer.close()


@pytest.fixture
def window():
    return {"viewport": {"width": 720, "height": 620}}


def send(page, run):
    """The next message, and beforehand the contents of all findings that nobody has told yet."""
    message = run.view.data()
    for kind in KINDS:
        for number in message["tables"][f"r1/{kind}"]["x"]:
            tell(page, f"finding?run=r1&finding={number}", read_content(run.shown, number))
    tell(page, "charts?x", message)


def open_chart(page, run, chart_id):
    send(page, run)
    data = {"follow": "feed/charts?x", "findings": "feed/finding", "height": 560}
    page.evaluate("data => harness.mount('live', data, { width: 700 })", data)
    page.locator(".lv-panel[data-chart=loss] .lv-title").select_option(chart_id)
    return page.locator(f".lv-panel[data-chart={chart_id}]")


def titles(panel):
    return panel.locator(".lv-tile-title").all_text_contents()


def test_the_worst_mistakes_are_a_wall_that_a_class_narrows(page, run):
    run.evaluate(mistakes=run.mistakes([0, 1, 2, 0], [1, 0, 0, 2], num_worst=3))
    run.evaluate(mistakes=run.mistakes([2, 1], [0, 2]))
    panel = open_chart(page, run, "mistakes")
    expect(panel.locator(".lv-tile")).to_have_count(2)
    assert titles(panel) == ["<i>two</i> → zero", "one → <i>two</i>"]
    expect(panel.locator(".lv-summary")).to_have_text("2 of 50 wrong")
    expect(panel.locator(".lv-plot")).to_be_hidden()
    slider, choice = panel.locator(".lv-slider"), panel.locator(".lv-filter")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    # The fourth is the worst of its class, and not one of the three worst of all.
    expect(panel.locator(".lv-tile")).to_have_count(3)
    assert titles(panel) == ["zero → one", "one → zero", "<i>two</i> → zero"]
    expect(choice.locator("option")).to_have_text(
        ["Worst 3", "zero (2)", "one (1)", "<i>two</i> (1)", "zero (2)", "one (1)", "<i>two</i> (1)"]
    )
    choice.select_option("true:0")
    expect(panel.locator(".lv-tile")).to_have_count(2)
    assert titles(panel) == ["zero → one", "zero → <i>two</i>"]
    choice.select_option("predicted:0")
    expect(panel.locator(".lv-tile-title")).to_have_text(["one → zero", "<i>two</i> → zero"])
    choice.select_option("true:0")
    # At the newest evaluation nothing of this class is wrong; the choice stays for those that come.
    slider.focus()
    page.keyboard.press("End")
    expect(panel.locator(".lv-none")).to_have_text("No mistake of this kind at this evaluation.")
    expect(choice).to_have_value("true:0")
    run.evaluate(mistakes=run.mistakes([0, 2], [1, 0]))
    send(page, run)
    expect(panel.locator(".lv-tile-title")).to_have_text(["zero → one"])


def test_each_tile_shows_its_own_picture(page, run):
    mistakes = run.mistakes([0] * 15, [1] * 15)
    run.evaluate(mistakes=mistakes)
    panel = open_chart(page, run, "mistakes")
    expect(panel.locator(".lv-tile")).to_have_count(15)
    # The part of the sheet that is seen, drawn again pixel by pixel.
    seen = panel.locator(".lv-picture").evaluate_all(
        """async (pictures) => Promise.all(pictures.map(async (picture) => {
            const style = getComputedStyle(picture);
            const image = new Image();
            image.src = style.backgroundImage.slice(5, -2);
            await image.decode();
            const [columns, rows] = style.backgroundSize.split(" ").map((size) => parseFloat(size) / 100);
            const [x, y] = style.backgroundPosition.split(" ").map((place) => parseFloat(place) / 100);
            const [width, height] = [image.width / columns, image.height / rows];
            const canvas = new OffscreenCanvas(width, height).getContext("2d");
            canvas.drawImage(image, -x * (image.width - width), -y * (image.height - height));
            return [...canvas.getImageData(0, 0, width, height).data].filter((_, place) => place % 4 === 0);
        }))"""
    )
    assert seen == mistakes["pictures"].reshape(15, -1).tolist()
    expect(panel.locator(".lv-picture").first).to_have_attribute(
        "aria-label", "Validation sample 0: zero, taken for one (50.0%; for its true class 25.0%), loss 15"
    )


def test_the_boundary_is_drawn_under_the_points_and_goes_back_in_time(page, run):
    run.evaluate(boundary=run.boundary(8))
    run.evaluate(boundary=run.boundary(10))
    panel = open_chart(page, run, "boundary")

    def wait_for_rows(count):
        page.wait_for_function(
            """count => {
                const plot = harness.root('live').querySelector('.lv-panel[data-chart=boundary] .lv-plot');
                return plot?.data?.[0]?.z?.length === count;
            }""",
            arg=count,
        )

    wait_for_rows(10)
    assert panel.locator(".scatterlayer .point").count() == 40
    panel.locator(".lv-slider").focus()
    page.keyboard.press("Home")
    wait_for_rows(8)
    expect(panel.locator(".lv-moment")).to_have_text("step 5 · epoch 0.5 · validation accuracy 50.00%")


def test_a_sample_is_chosen_by_its_picture_and_stays_chosen(page, run):
    gates = [run.gates(), run.gates()]
    run.evaluate(class_gates=gates[0])
    panel = open_chart(page, run, "sample_gates")

    def wait_for(values):
        page.wait_for_function(
            """values => {
                const plot = harness.root('live').querySelector('.lv-panel[data-chart=sample_gates] .lv-plot');
                const trace = plot?.data?.find((trace) => trace.uid === "r1-sample_gates");
                return trace !== undefined && values.every((value, place) => Math.abs(value - trace.y[place]) < 1e-3);
            }""",
            arg=[float(value) for value in values],
        )

    wait_for(gates[0]["of_sample"][:, 0])
    tiles = panel.get_by_role("button", name="Validation sample")
    expect(tiles).to_have_count(3)
    expect(tiles.nth(0)).to_have_attribute("aria-pressed", "true")
    tiles.nth(2).focus()
    page.keyboard.press("Enter")
    wait_for(gates[0]["of_sample"][:, 2])
    expect(tiles.nth(2)).to_have_attribute("aria-pressed", "true")
    run.evaluate(class_gates=gates[1])
    send(page, run)
    wait_for(gates[1]["of_sample"][:, 2])
    expect(tiles.nth(2)).to_have_attribute("aria-pressed", "true")


def test_only_what_is_shown_is_asked_for_and_once(page, run):
    for _ in range(3):
        run.evaluate(mistakes=run.mistakes([0], [1]), class_gates=run.gates())
    panel = open_chart(page, run, "mistakes")
    expect(panel.locator(".lv-tile")).to_have_count(1)
    page.evaluate("harness.setTheme('dark')")
    page.wait_for_timeout(300)
    asked = page.evaluate("harness.asked().filter((each) => each.startsWith('finding'))")
    assert asked == ["finding?run=r1&finding=5"]


def test_without_mistakes_the_wall_says_so(page, run):
    nothing = {name: values[:0] if values.ndim else values for name, values in run.mistakes([0], [1]).items()}
    run.evaluate(mistakes={**nothing, "num_wrong": np.array(0)})
    panel = open_chart(page, run, "mistakes")
    expect(panel.locator(".lv-empty")).to_have_text(
        "No mistakes: all 50 validation samples are given their true class."
    )


def test_a_sheet_is_a_png_that_browsers_read(page):
    pixels = np.random.default_rng(0).integers(256, size=(5, 7, 3)).astype(np.uint8)
    read = page.evaluate(
        """async (uri) => {
            const image = new Image();
            image.src = uri;
            await image.decode();
            const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
            canvas.drawImage(image, 0, 0);
            return [...canvas.getImageData(0, 0, image.width, image.height).data];
        }""",
        f"data:image/png;base64,{base64.b64encode(encode_png(pixels)).decode()}",
    )
    assert np.array(read).reshape(5, 7, 4)[:, :, :3].tolist() == pixels.tolist()
