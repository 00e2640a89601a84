"""Building a tower in the running app: by mouse, by touch, by keyboard alone."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import FilePayload, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from builder.spec import dump_experiment, load_experiment, parse_experiment

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

STEM = "flatten linear activation"
HEAD = "norm activation linear"


def test_a_tower_of_all_four_kinds_is_built_by_mouse(open_screen):
    screen = open_screen()
    assert screen.shown() == ["i1", "i2", "i3", "i4", "i5", "i12", "i13", "i14"]
    made = []
    for kind in ("plain", "residual", "highway", "stochastic_depth"):
        screen.drag(screen.source(kind), before="i12")
        made.append(screen.shown()[-4])
        expect(screen.card(made[-1])).to_be_visible()
    plain, _, highway, stochastic = made
    screen.has_outline(f"{STEM} repeat[residual] plain residual highway stochastic_depth {HEAD}")

    screen.drag(screen.card(stochastic), before=plain)
    screen.has_outline(f"{STEM} repeat[residual] stochastic_depth plain residual highway {HEAD}")
    screen.drag(screen.card(highway), before="i5", within="i4/items")
    screen.has_outline(f"{STEM} repeat[highway residual] stochastic_depth plain residual {HEAD}")
    screen.press("Undo")
    screen.has_outline(f"{STEM} repeat[residual] stochastic_depth plain residual highway {HEAD}")
    screen.press("Redo")
    screen.has_outline(f"{STEM} repeat[highway residual] stochastic_depth plain residual {HEAD}")
    screen.screenshot("built")

    before, document = screen.shown(), screen.document()
    screen.page.reload()
    screen.wait_until_shown()
    assert screen.shown() == before
    assert screen.document() == document
    screen.press("Undo")
    screen.has_outline(f"{STEM} repeat[residual] stochastic_depth plain residual highway {HEAD}")


def test_a_tower_is_built_by_touch(open_screen):
    screen = open_screen(has_touch=True, viewport={"width": 1024, "height": 768})
    for kind in ("plain", "residual", "highway", "stochastic_depth"):
        screen.touch_drag(screen.source(kind), before="i12")
    screen.has_outline(f"{STEM} repeat[residual] plain residual highway stochastic_depth {HEAD}")
    plain, highway = screen.shown()[5], screen.shown()[7]
    screen.touch_drag(screen.card(highway), before=plain)
    screen.has_outline(f"{STEM} repeat[residual] highway plain residual stochastic_depth {HEAD}")
    screen.touch_drag(screen.card(highway), before="i5", within="i4/items")
    screen.has_outline(f"{STEM} repeat[highway residual] plain residual stochastic_depth {HEAD}")
    screen.page.get_by_role("button", name="Undo", exact=True).tap()
    screen.has_outline(f"{STEM} repeat[residual] highway plain residual stochastic_depth {HEAD}")
    screen.page.locator(".rail [role=tab]", has_text="Groups").tap()
    screen.page.get_by_role("button", name="One group", exact=True).tap()
    screen.until(lambda: len(screen.document().groups) == 1, "one group is stored")


def test_a_tower_is_built_by_keyboard_alone(open_screen):
    screen = open_screen()
    press = screen.page.keyboard.press
    for kind in ("plain", "residual", "highway", "stochastic_depth"):
        screen.focus_by_tab(screen.source(kind))
        press("Enter")
    built = f"{STEM} repeat[residual] {HEAD}".removesuffix("linear") + "plain residual highway stochastic_depth linear"
    screen.has_outline(built)
    made = screen.shown()[-5:-1]
    screen.focus_by_tab(screen.node(made[-1]))
    for _ in range(3):
        press("Alt+ArrowUp")
    reordered = built.replace("plain residual highway stochastic_depth", "stochastic_depth plain residual highway")
    screen.has_outline(reordered)
    press("Alt+ArrowUp")
    press("Alt+ArrowUp")
    screen.has_outline(f"{STEM} repeat[residual] stochastic_depth {HEAD[:-7]} plain residual highway linear")
    press("Alt+ArrowUp")
    screen.has_outline(f"{STEM} repeat[residual stochastic_depth] {HEAD[:-7]} plain residual highway linear")
    press("Control+z")
    screen.has_outline(f"{STEM} repeat[residual] stochastic_depth {HEAD[:-7]} plain residual highway linear")
    press("Delete")
    screen.has_outline(f"{STEM} repeat[residual] {HEAD[:-7]} plain residual highway linear")


def test_a_hand_that_goes_on_pressing_keys_keeps_its_card(open_screen):
    screen = open_screen()
    screen.card("i5").click()
    screen.page.evaluate(
        """() => {
            window.numLost = 0;
            document.addEventListener('focusout', (event) => {
                if (event.relatedTarget === null) window.numLost += 1;
            });
        }"""
    )
    # Longer than the page's own parts take to be drawn again.
    for _ in range(10):
        screen.page.keyboard.press("b")
        screen.page.wait_for_timeout(400)
    assert screen.page.evaluate("window.numLost") == 0
    screen.page.keyboard.press("b")
    expect(screen.node("i5")).to_have_class(re.compile(r"\bbypassed\b"))


def test_a_shape_problem_stands_on_its_item_and_turns_train_off(open_screen):
    screen = open_screen()
    screen.card("i2").click()
    units = screen.page.get_by_label("Units", exact=True)
    units.fill("32")
    units.press("Enter")
    problem = screen.node("i5").locator(".problem").first
    expect(problem).to_contain_text("64")
    expect(problem).to_contain_text("32")
    train = screen.page.locator(".tp-main")
    expect(train).to_have_attribute("aria-disabled", "true")
    screen.screenshot("problem")
    train.hover()
    expect(screen.page.get_by_role("tooltip")).to_contain_text("64")
    train.click(force=True)
    screen.page.keyboard.press("Control+Enter")
    screen.press("Undo")
    expect(problem).to_have_count(0)
    expect(train).not_to_have_attribute("aria-disabled", "true")
    assert screen.app.workspace.runs(experiment_id=screen.experiment_id) == []


def test_text_by_a_person_stays_text(open_screen):
    evil = "<img src=x onerror=window.hacked=1><b>bold</b>"
    screen = open_screen()
    screen.page.locator(".tp-name button").dblclick()
    name = screen.page.get_by_label("Name of the experiment")
    name.fill(evil)
    name.press("Enter")
    screen.until(lambda: screen.query("experiment") and screen.document().name == evil, "the name is stored")
    expect(screen.page.locator(".tp-name")).to_contain_text(evil)
    screen.press("Train")
    screen.has_status("running")
    expect(screen.page.locator(".rp-list")).to_contain_text(evil)
    expect(screen.page).to_have_title(re.compile(re.escape(evil)))
    screen.press("Stop")
    screen.has_status("stopped")
    screen.page.locator(".tp-name button").click()
    dialog = screen.page.get_by_role("dialog", name="Experiments")
    expect(dialog.locator(".ex-name").first).to_have_text(evil)
    screen.screenshot("experiments")
    assert screen.page.locator("img[src=x]").count() == 0
    assert screen.page.evaluate("window.hacked") is None


def test_a_hostile_file_is_refused_and_what_was_open_stays(open_screen):
    screen = open_screen()
    screen.source("highway").click()
    screen.until(lambda: screen.query("experiment"), "the edit is stored")
    before = (screen.experiment_id, screen.document(), screen.shown())
    screen.press("Share")
    dialog = screen.page.get_by_role("dialog", name="Share and keep")
    hostile = {
        "nested.json": b'{"network":' * 5000 + b"1" + b"}" * 5000,
        "future.json": b'{"format": 99}',
        "values.json": b'{"groups": [{"name": "<b>all</b>", "learning_rate": NaN}]}',
    }
    for name, content in hostile.items():
        dialog.locator("input[type=file]").set_input_files(
            [FilePayload(name=name, mimeType="application/json", buffer=content)]
        )
        expect(dialog.get_by_text(name)).to_be_visible()
        expect(dialog.get_by_text("This file was refused")).to_be_visible()
        dialog.get_by_role("button", name=re.compile("Remove|Delete")).first.click()
        expect(dialog.get_by_text("This file was refused")).to_have_count(0)
    assert (screen.experiment_id, screen.document(), screen.shown()) == before
    good = dump_experiment(load_experiment("digits-four-kinds")).encode()
    dialog.locator("input[type=file]").set_input_files(
        [FilePayload(name="good.json", mimeType="application/json", buffer=good)]
    )
    screen.until(
        lambda: screen.query("experiment") not in (None, before[0]), "the good file is opened as a new experiment"
    )
    assert screen.document() == load_experiment("digits-four-kinds")
    expect(dialog).to_have_count(0)


def test_two_tabs_show_the_same_document(open_screen):
    one = open_screen()
    one.source("highway").click()
    one.until(lambda: one.query("experiment"), "the edit is stored")
    other = open_screen(f"?experiment={one.experiment_id}", beside=one)
    assert other.shown() == one.shown()
    other.source("plain").click()
    other.has_outline(f"{STEM} repeat[residual] norm activation highway plain linear")
    one.has_outline(f"{STEM} repeat[residual] norm activation highway plain linear")
    one.press("Undo")
    one.has_outline(f"{STEM} repeat[residual] norm activation highway linear")
    other.has_outline(f"{STEM} repeat[residual] norm activation highway linear")


@pytest.mark.parametrize(
    ("width", "height", "scheme"),
    [(1280, 720, "light"), (1280, 720, "dark"), (1024, 768, "light"), (1600, 900, "dark")],
)
def test_everything_has_its_place_in_the_window(open_screen, width, height, scheme):
    screen = open_screen(viewport={"width": width, "height": height}, color_scheme=scheme, has_touch=width < 1280)
    screen.card("i5").click()
    for tab in ("Item", "Groups", "Training", "Data", "Blocks"):
        screen.tab(tab)
        assert screen.overflow() == []
        screen.screenshot(f"{tab.lower()}-{width}-{scheme}")
    for part in (".rail", ".tower", ".mx-panel"):
        place = screen.page.locator(part)
        screen.until(
            lambda place=place: height - 40 < (box := place.bounding_box())["y"] + box["height"] <= height,
            f"{part} ends at the window's lower edge",
        )


def test_experiments_are_opened_copied_deleted_and_restored(open_screen, app):
    screen = open_screen()
    screen.press("Presets")
    presets = screen.page.get_by_role("dialog", name="Presets")
    expect(presets.locator(".st-key-preset-spirals-residual")).to_be_visible()
    screen.screenshot("presets")
    presets.locator(".st-key-preset-spirals-residual").get_by_role("button").click()
    expect(presets).to_have_count(0)
    spirals = screen.experiment_id
    assert screen.document() == load_experiment("spirals-residual")
    screen.until(lambda: screen.shown()[0] == screen.document().network.items[0].id, "the preset is shown")

    screen.press("Presets")
    presets.locator(".st-key-preset-digits-four-kinds").get_by_role("button").click()
    screen.until(lambda: screen.query("experiment") not in (None, spirals), "another preset is opened")
    screen.page.locator(".tp-name button").click()
    dialog = screen.page.get_by_role("dialog", name="Experiments")
    menu = screen.page.locator(f".st-key-more-{spirals}").get_by_role("button")
    menu.click()
    screen.page.locator(f".st-key-copy-{spirals}").get_by_role("button").click()
    screen.until(lambda: "spirals-residual (copy)" in names(app), "the copy is on the list")
    delete = screen.page.locator(f".st-key-delete-{spirals}").get_by_role("button")
    # The list is drawn again with the copy on it, which may close the menu before or after a look at it.
    for _ in range(3):
        with suppress(PlaywrightTimeout):
            if not delete.is_visible():
                menu.click()
            delete.click(timeout=5000)
            break
    screen.until(lambda: spirals not in ids(app), "it is deleted")
    dialog.get_by_text("Deleted (").click()
    dialog.locator(f".st-key-restore-{spirals}").get_by_role("button").click()
    screen.until(lambda: spirals in ids(app), "it is restored")
    screen.screenshot("restored")
    dialog.locator(f".st-key-open-{spirals}").get_by_role("button").click()
    screen.until(lambda: screen.query("experiment") == spirals, "it is open")
    expect(dialog).to_have_count(0)


def test_back_opens_what_was_open_before_and_forward_what_came_after(open_screen):
    screen = open_screen()
    screen.source("plain").click()
    first = screen.until(lambda: screen.query("experiment"), "the edit is stored")
    screen.press("Presets")
    presets = screen.page.get_by_role("dialog", name="Presets")
    presets.locator(".st-key-preset-digits-four-kinds").get_by_role("button").click()
    second = screen.until(
        lambda: screen.query("experiment") not in (None, first) and screen.query("experiment"), "a preset"
    )
    for _ in range(4):
        screen.page.go_back()
        screen.page.wait_for_timeout(1500)
        if screen.query("experiment") == first and not screen.query("study"):
            break
    name = screen.page.locator(".tp-name")
    expect(name).to_contain_text("digits-residual")
    screen.until(lambda: len(screen.shown()) == 9, "its tower, with the plain block, is shown")
    screen.page.wait_for_timeout(3000)
    assert screen.query("experiment") == first
    while screen.query("experiment") != second:
        screen.page.go_forward()
        screen.page.wait_for_timeout(1500)
    expect(name).to_contain_text("digits-four-kinds")


def test_what_is_still_being_typed_is_part_of_the_run_that_is_started(open_screen, app):
    screen = open_screen()
    screen.tab("Training")
    field = screen.page.get_by_label("Batch size", exact=True)
    field.click()
    screen.page.keyboard.press("Control+A")
    screen.page.keyboard.type("100")
    screen.page.keyboard.press("Control+Enter")
    run = screen.run()
    assert parse_experiment(app.workspace.run_document(run.id)).training.batch_size == 100
    app.workspace.command(run.id, "stop")
    screen.has_status("stopped", "finished")


def test_a_tablet_held_upright_shows_the_editor_over_the_charts(open_screen):
    screen = open_screen(viewport={"width": 820, "height": 1180}, has_touch=True)
    assert screen.overflow() == []
    tower, charts = (
        screen.page.locator(part).bounding_box() for part in (".tower", ".lv-panel[data-chart]:first-child")
    )
    assert tower["width"] > 480
    assert charts["y"] > tower["y"] + tower["height"]
    assert charts["y"] < 1000
    screen.screenshot("tablet")


def names(app):
    return [entry.name for entry in app.workspace.experiments()]


def ids(app):
    return [entry.id for entry in app.workspace.experiments()]


def test_shapes_come_before_the_script_has_run_and_by_the_script_if_the_page_has_no_answer(open_screen):
    screen = open_screen()
    counts = screen.page.locator(".tower .counts")
    expect(counts).to_contain_text("56,394 parameters")
    parts = screen.page.locator("[data-testid=stElementContainer][data-stale]")
    expect(parts.first).to_have_css("transition-property", "none")
    screen.node("i5").focus()
    with screen.page.expect_response(re.compile(r"/draft\?tab=")) as asked:
        screen.page.keyboard.press("b")
    found = asked.value.json()
    expect(counts).to_contain_text(f"{found['num_parameters']:,} parameters")
    assert found["num_parameters"] < 56_394
    screen.until(lambda: screen.document().network.items[3].items[0].bypassed, "the script took the edit")
    screen.page.route(re.compile(r"/draft\?tab="), lambda route: route.fulfill(status=204))
    screen.page.keyboard.press("b")
    expect(counts).to_contain_text("56,394 parameters")
