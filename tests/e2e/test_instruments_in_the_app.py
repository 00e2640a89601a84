"""Every instrument while a tower trains: on digits and on MNIST, three and a hundred blocks, in light and in dark."""

import pytest
from playwright.sync_api import expect
from served_app import ServedApp

from builder.spec import Experiment, dump_experiment, load_experiment, validate_experiment

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

START_SECONDS = 120.0
KINDS = ("highway", "stochastic_depth", "residual")
WIDTH = 24
DRAWN = ".lv-plot .scatterlayer .trace, .lv-plot .heatmaplayer image, .lv-wall:visible .lv-tile"
HAS_INK = """canvas => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value) => value > 0);
}"""


def is_drawn(panel):
    """Whether there is ink on a canvas, or anything that Plotly or a wall draws."""
    canvas = panel.locator("canvas")
    return canvas.evaluate(HAS_INK) if canvas.count() else panel.locator(DRAWN).count() > 0


@pytest.fixture(scope="module")
def app(tmp_path_factory, real_data_folder):
    served = ServedApp(tmp_path_factory.mktemp("instruments"), HIGHRISE_DATA_FOLDER=str(real_data_folder))
    yield served
    served.close()
    assert served.complaints() == [], served.printed()


def mixed_tower(dataset: str, num_blocks: int) -> Experiment:
    """Highway, stochastic-depth and residual blocks in turn, which train until they are stopped."""
    document = load_experiment("digits-four-kinds").model_dump(mode="json")
    numbers = iter(range(10, 100))
    new = lambda kind, **fields: {"kind": kind, "id": f"i{next(numbers)}", **fields}  # noqa: E731

    def block(kind: str) -> dict:
        layers = [new("norm"), new("activation", function="relu"), new("linear", out_features=WIDTH)]
        return new(kind, body=layers)

    stem = [new("flatten"), new("linear", out_features=WIDTH)]
    times, rest = divmod(num_blocks, len(KINDS))
    copies = [block(kind) for kind in KINDS]
    if times > 1:
        copies = [new("repeat", times=times, items=copies)]
    blocks = [*copies, *(block("residual") for _ in range(rest))]
    document["network"] = {"items": [*stem, *blocks, new("linear", out_features="classes")], "next_id": 100}
    document["data"] |= {"dataset": dataset, "num_train": 1200}
    for group in document["groups"]:
        group["learning_rate"] = 0.002
    document["training"] |= {"duration": {"epochs": 4000}, "evaluate_every": {"steps": 10}, "pace": 10}
    return validate_experiment(document)


@pytest.mark.parametrize(("dataset", "num_blocks", "scheme"), [("digits", 3, "light"), ("mnist", 100, "dark")], ids=str)
def test_every_instrument_shows_a_tower_while_it_trains(app, open_screen, dataset, num_blocks, scheme):
    entry = app.workspace.create_experiment(dump_experiment(mixed_tower(dataset, num_blocks)))
    screen = open_screen(f"?experiment={entry.id}", color_scheme=scheme)
    page, name = screen.page, f"{dataset}-{num_blocks}-{scheme}"
    expect(page.locator(".tower .counts")).to_contain_text("an epoch")
    screen.screenshot(f"preflight-{name}")
    screen.press("Train")
    screen.until(lambda: screen.drawn_up_to("loss") > 30, "an evaluation is drawn", seconds=START_SECONDS)
    expect(page.locator(".tower .card .gauges:visible").first).to_be_visible()

    options = page.locator(".lv-title").first.locator("option")
    charts = options.evaluate_all("options => options.map((option) => option.value)")
    assert len(charts) > 20
    for chart in charts:
        page.locator(".lv-title").first.select_option(chart)
        panel = page.locator(f".lv-panel[data-chart={chart}]")
        if chart == "boundary":
            expect(panel.locator(".lv-empty")).to_contain_text("two features")
        else:
            screen.until(lambda panel=panel: is_drawn(panel), f"{chart} is drawn")
            expect(panel.locator(".lv-empty")).to_be_hidden()
        assert screen.overflow() == []
        screen.screenshot(f"{chart}-{name}")

    strip = page.locator(".mx-strip").first
    strip.get_by_role("button", name="Freeze").click()
    page.locator(".lv-title").first.select_option("loss")
    flag = page.locator(".lv-panel[data-chart=loss] .lv-flag-label")
    expect(flag).to_contain_text("frozen")
    screen.screenshot(f"mixer-{name}")
    page.get_by_role("button", name="Table", exact=True).click()
    expect(page.get_by_role("dialog").locator(".rt-count")).to_contain_text("1 drawn")
    page.keyboard.press("Escape")
    screen.press("Race")
    dialog = page.get_by_role("dialog", name="Race: the same tower")
    expect(dialog.locator(".rc-field")).to_contain_text("as in the editor")
    screen.screenshot(f"race-{name}")
    app.workspace.command(screen.run().id, "stop")
