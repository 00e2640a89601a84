"""The editor in a real browser, answered by the studio's own rules for edits."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from remounting import remount, unmount_for_good

from builder.pages.editing import adopt, analysis_message, begin, is_new, take_edit
from builder.spec import Experiment, validate_experiment
from builder.spec.catalogue import catalogue

pytestmark = pytest.mark.e2e

# SortableJS looks 20 times a second where the slot belongs.
SLOT_MS = 120
# Typing is sent once the hand rests.
SETTLE_MS = 300
Item = dict[str, Any]


class Studio:
    """The editor on a page, and the server's side of it: edits are taken and answered when the test says so."""

    def __init__(self, page: Page, experiment: Experiment, read_only: bool = False) -> None:
        self.page = page
        self.editing = begin(experiment)
        self.num_seen = 0
        self.num_refused = 0
        data = {"catalogue": catalogue(), "read_only": read_only, "live": None, "for_next_run": False, **self.message()}
        page.evaluate("data => harness.mount('editor', data, { width: 690 })", data)

    def message(self) -> dict[str, Any]:
        editing = self.editing
        return {
            "epoch": editing.epoch,
            "rev": editing.rev,
            "document": editing.experiment.model_dump(mode="json"),
            "analysis": analysis_message(editing),
        }

    def update(self, **changes: Any) -> None:
        self.page.evaluate("changes => harness.update('editor', changes)", changes)

    def edits(self) -> list[dict[str, Any]]:
        # Edits are sent right after they are drawn, not before.
        sent = "new Promise((done) => setTimeout(() => done(harness.triggers('editor')), 20))"
        triggers = self.page.evaluate(sent)
        return [trigger["value"] for trigger in triggers if trigger["key"] == "edit"]

    def answer(self) -> Experiment:
        """Takes all edits since the last answer, sends the analysis back, and gives the document."""
        edits = self.edits()
        for edit in edits[self.num_seen :]:
            if is_new(self.editing, edit):
                self.editing = take_edit(self.editing, edit)
            else:
                self.num_refused += 1
        self.num_seen = len(edits)
        self.update(**self.message())
        return self.editing.experiment

    def adopt(self, experiment: Experiment) -> None:
        self.editing = adopt(self.editing, experiment, None, None)
        self.update(**self.message())

    def outline(self) -> str:
        """The tower as the server has it, as in `linear residual(linear|) repeat[plain(|)]`."""
        return outline(self.answer().model_dump(mode="json")["network"]["items"])

    def shown(self) -> list[str]:
        """Ids of the cards on the screen, in order."""
        return self.page.locator(".tower .node").evaluate_all("nodes => nodes.map((node) => node.dataset.id)")

    def actions(self) -> list[dict[str, Any]]:
        triggers = self.page.evaluate("harness.triggers('editor')")
        return [trigger["value"] for trigger in triggers if trigger["key"] == "action"]

    def card(self, item_id: str) -> Locator:
        return self.page.locator(f".node[data-id={item_id}] > .card")

    def source(self, kind: str) -> Locator:
        return self.page.locator(f".palette .source[data-kind={kind}]")

    def list(self, key: str) -> Locator:
        return self.page.locator(f".list[data-list='{key}']")


def outline(items: list[Item]) -> str:
    def one(item: Item) -> str:
        if "items" in item:
            return f"repeat[{outline(item['items'])}]"
        return (
            f"{item['kind']}({outline(item['body'])}|{outline(item['shortcut'])})" if "body" in item else item["kind"]
        )

    return " ".join(one(item) for item in items)


def linear(number: int, out_features: int | str = 64) -> Item:
    return {"kind": "linear", "id": f"i{number}", "out_features": out_features}


def block(number: int, kind: str = "residual", **fields: Any) -> Item:
    return {"kind": kind, "id": f"i{number}", **fields}


def tower(*items: Item) -> Experiment:
    return validate_experiment(
        {
            "network": {"items": [{"kind": "flatten", "id": "i90"}, *items, linear(91, "classes")], "next_id": 100},
            "groups": [{"name": "all"}],
        }
    )


@pytest.fixture
def open_studio(browser: Browser, harness_url: str) -> Iterator[Callable[..., Studio]]:
    pages: list[Page] = []
    errors: list[str] = []

    def open_(experiment: Experiment, **more: Any) -> Studio:
        page = browser.new_page(viewport={"width": 720, "height": 700}, reduced_motion="reduce", has_touch=True)
        pages.append(page)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(harness_url)
        return Studio(page, experiment, **more)

    yield open_
    for page in pages:
        page.close()
    assert not errors


def drag(page: Page, source: Locator, target: Locator, where: float = 0.5) -> str:
    """A real mouse from one element's middle to a height (0 top, 1 bottom) of another; returns what the slot says."""
    start, end = source.bounding_box(), target.bounding_box()
    assert start
    assert end
    x, y = end["x"] + min(120, end["width"] / 2), end["y"] + where * end["height"]
    page.mouse.move(start["x"] + 24, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + 34, start["y"] + start["height"] / 2 + 8, steps=3)
    page.mouse.move(x, y, steps=12)
    page.mouse.move(x, y + 1, steps=2)
    page.wait_for_timeout(SLOT_MS)
    slot = page.locator(".tower .slot")
    said = slot.evaluate("node => getComputedStyle(node, '::before').content") if slot.count() else ""
    page.mouse.up()
    return said


@pytest.mark.parametrize("kind", ["plain", "residual", "highway", "stochastic_depth"])
def test_a_block_of_each_kind_is_dragged_from_the_palette_to_between_two_cards(open_studio, kind):
    studio = open_studio(tower(linear(1)))
    num_sources = studio.page.locator(".palette .source").count()
    said = drag(studio.page, studio.source(kind), studio.card("i91"), 0.2)
    title = catalogue()["kinds"][kind]["title"]
    assert title in said
    assert studio.outline() == f"flatten linear {kind}(linear activation linear activation|) linear"
    assert studio.shown() == ["i90", "i1", "i100", "i91"]
    assert studio.page.locator(".palette .source").count() == num_sources
    assert not studio.editing.analysis.problems


def test_cards_are_reordered_by_mouse(open_studio):
    studio = open_studio(tower(linear(1), block(2), block(3, "highway")))
    drag(studio.page, studio.card("i3"), studio.card("i1"), 0.2)
    assert studio.outline() == "flatten highway(|) linear residual(|) linear"
    drag(studio.page, studio.card("i1"), studio.card("i91"), 0.9)
    assert studio.shown() == ["i90", "i3", "i2", "i91", "i1"]
    studio.answer()
    assert studio.num_refused == 0


def test_a_block_goes_into_a_repeat_two_deep_and_out_again(open_studio):
    inner = {"kind": "repeat", "id": "i5", "times": 2, "items": [block(6, "plain")]}
    outer = {"kind": "repeat", "id": "i4", "times": 3, "items": [inner]}
    studio = open_studio(tower(linear(1), outer, block(2)))
    drag(studio.page, studio.card("i2"), studio.card("i6"), 0.75)
    assert studio.outline() == "flatten linear repeat[repeat[plain(|) residual(|)]] linear"
    drag(studio.page, studio.card("i2"), studio.card("i1"), 0.2)
    assert studio.outline() == "flatten residual(|) linear repeat[repeat[plain(|)]] linear"


def test_an_empty_repeat_takes_a_drop(open_studio):
    studio = open_studio(tower(linear(1)))
    drag(studio.page, studio.source("repeat"), studio.card("i91"), 0.2)
    drag(studio.page, studio.source("residual"), studio.list("i100/items"))
    assert studio.outline() == "flatten linear repeat[residual(linear activation linear activation|)] linear"


def test_layers_are_dragged_into_lanes_and_between_them(open_studio):
    studio = open_studio(tower(block(2, body=[linear(3)])))
    studio.card("i2").locator(".fold").click()
    drag(studio.page, studio.source("activation"), studio.card("i3"), 0.9)
    assert studio.outline() == "flatten residual(linear activation|) linear"
    drag(studio.page, studio.card("i100"), studio.list("i2/shortcut"))
    assert studio.outline() == "flatten residual(linear|activation) linear"
    drag(studio.page, studio.card("i100"), studio.card("i90"), 0.9)
    assert studio.outline() == "flatten activation residual(linear|) linear"


def test_a_closed_block_opens_for_a_layer_that_rests_on_it(open_studio):
    studio = open_studio(tower(block(2, body=[linear(3)])))
    page = studio.page
    start, end = studio.source("dropout").bounding_box(), studio.card("i2").bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 10, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(end["x"] + 100, end["y"] + end["height"] * 0.7, steps=10)
    studio.list("i2/shortcut").wait_for()
    # What opens moves what is around it: a hand aims again.
    for _ in range(3):
        shortcut = studio.list("i2/shortcut").bounding_box()
        assert shortcut
        page.mouse.move(shortcut["x"] + 40, shortcut["y"] + 15, steps=6)
        page.wait_for_timeout(SLOT_MS)
    page.mouse.up()
    assert studio.outline() == "flatten residual(linear|dropout) linear"


def test_lanes_refuse_blocks_and_bodies_refuse_what_belongs_into_a_shortcut(open_studio):
    studio = open_studio(tower(block(2, body=[linear(3)])))
    studio.card("i2").locator(".fold").click()
    drag(studio.page, studio.source("match"), studio.list("i2/body"))
    drag(studio.page, studio.source("match"), studio.card("i90"), 0.8)
    assert studio.edits() == []
    drag(studio.page, studio.source("match"), studio.list("i2/shortcut"))
    assert studio.outline() == "flatten residual(linear|match) linear"
    drag(studio.page, studio.source("plain"), studio.list("i2/body"))
    assert "residual(linear|match)" in studio.outline()


def test_a_drop_outside_changes_nothing_and_the_screen_still_shows_the_document(open_studio):
    studio = open_studio(tower(linear(1), block(2)))
    drag(studio.page, studio.source("plain"), studio.page.locator(".rail .help"))
    drag(studio.page, studio.card("i2"), studio.page.locator(".rail .help"))
    assert studio.edits() == []
    assert studio.shown() == ["i90", "i1", "i2", "i91"]


def test_a_finger_drags_too(open_studio):
    studio = open_studio(tower(linear(1), block(2)))
    page = studio.page
    start, end = studio.source("highway").bounding_box(), studio.card("i1").bounding_box()
    assert start
    assert end
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    x, y = start["x"] + 30, start["y"] + 15
    send("touchStart", (x, y))
    page.wait_for_timeout(260)
    for step in range(1, 13):
        send(
            "touchMove",
            (x + (end["x"] + 60 - x) * step / 12, y + (end["y"] + 6 - y) * step / 12),
        )
        page.wait_for_timeout(16)
    page.wait_for_timeout(SLOT_MS)
    send("touchEnd")
    page.wait_for_timeout(50)
    assert studio.outline().startswith("flatten highway(")


def test_a_click_appends_before_the_head_and_after_the_selection(open_studio):
    studio = open_studio(tower(linear(1), block(2)))
    studio.source("plain").click()
    assert studio.shown() == ["i90", "i1", "i2", "i100", "i91"]
    studio.page.keyboard.press("Escape")
    studio.card("i1").click()
    studio.page.get_by_role("tab", name="Blocks").click()
    studio.source("highway").click()
    assert [item.id for item in studio.answer().network.items][:3] == ["i90", "i1", "i105"]


def test_the_tower_is_built_by_keyboard_alone(open_studio):
    studio = open_studio(tower(linear(1)))
    page = studio.page
    studio.source("residual").focus()
    page.keyboard.press("Enter")
    assert "inserted" in page.get_by_role("status").inner_text()
    studio.source("repeat").focus()
    page.keyboard.press("Enter")
    assert studio.shown() == ["i90", "i1", "i100", "i105", "i91"]
    page.locator(".node[data-id=i100]").focus()
    page.keyboard.press("Alt+ArrowDown")
    assert "repeat[residual(" in studio.outline()
    assert page.evaluate("harness.root('editor').activeElement.dataset.id") == "i100"
    page.keyboard.press("Control+d")
    page.keyboard.press("b")
    assert studio.answer().model_dump()["network"]["items"][2]["items"][1]["bypassed"] is True
    page.keyboard.press("Delete")
    page.keyboard.press("Alt+ArrowUp")
    assert studio.outline() == "flatten linear residual(linear activation linear activation|) repeat[] linear"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("+")
    page.keyboard.press("+")
    assert studio.answer().model_dump()["network"]["items"][3]["times"] == 4
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+Shift+Z")
    assert [action["kind"] for action in studio.actions()] == ["undo", "redo"]
    page.keyboard.press("Enter")
    assert page.locator(".rail .item-title").inner_text().startswith("Repeat")


def test_the_focus_stays_in_the_tower_when_the_server_moves_or_removes_its_card(open_studio):
    repeat = {"kind": "repeat", "id": "i5", "times": 2, "items": [block(6)]}
    studio = open_studio(tower(linear(1), repeat, block(2)))
    focused = "harness.root('editor').activeElement?.dataset.id"
    studio.page.locator(".node[data-id=i2]").focus()
    studio.adopt(tower(linear(1), {**repeat, "items": [block(6), block(2)]}))
    assert studio.page.evaluate(focused) == "i2"
    studio.adopt(tower(linear(1), repeat))
    assert studio.page.evaluate(focused) in studio.shown()


def test_sixty_quick_edits_against_a_slow_server_all_arrive(open_studio):
    studio = open_studio(tower(linear(1), {"kind": "repeat", "id": "i2", "times": 1, "items": [block(3)]}))
    plus = studio.page.locator(".node[data-id=i2] .stepper button").last
    for count in range(60):
        plus.click(delay=0)
        if count % 7 == 0:
            studio.answer()
    assert studio.answer().model_dump()["network"]["items"][2]["times"] == 61
    assert studio.num_refused == 0
    assert studio.page.locator(".node[data-id=i2] .stepper input").input_value() == "61"


def test_an_echo_of_an_older_edit_does_not_take_the_newer_one_back(open_studio):
    studio = open_studio(tower(block(2)))
    studio.card("i2").click()
    studio.page.keyboard.press("Control+d")
    stale = studio.message()
    studio.page.keyboard.press("Control+d")
    before = studio.shown()
    studio.update(**stale)
    assert studio.shown() == before
    assert len(before) == 5


def test_what_the_server_opens_is_adopted_and_edits_go_on_from_there(open_studio):
    studio = open_studio(tower(block(2)))
    studio.card("i2").click()
    studio.page.keyboard.press("Delete")
    studio.adopt(tower(block(7, "highway")))
    assert studio.shown() == ["i90", "i7", "i91"]
    studio.page.keyboard.press("Escape")
    studio.source("plain").click()
    assert studio.outline().startswith("flatten highway(|) plain(")


def test_another_document_may_use_an_id_for_something_else(open_studio):
    studio = open_studio(tower({"kind": "repeat", "id": "i2", "times": 3, "items": [block(3)]}, linear(4)))
    studio.adopt(tower(block(2, "plain"), block(4, "highway")))
    assert studio.shown() == ["i90", "i2", "i4", "i91"]
    assert studio.page.locator(".node[data-id=i2].block").count() == 1
    assert studio.page.locator(".node[data-id=i2] .times").count() == 0


def test_a_kind_swapped_there_and_back_gives_the_identical_document(open_studio):
    before = tower(block(2, body=[linear(3)], alpha=0.5))
    studio = open_studio(before)
    studio.card("i2").click()
    select = studio.page.get_by_label("Kind of block")
    select.select_option("highway")
    assert studio.outline() == "flatten highway(linear|) linear"
    studio.page.get_by_label("Kind of block").select_option("residual")
    assert studio.answer() == before


def test_a_value_that_cannot_be_stays_in_its_field_with_a_reason_and_is_not_sent(open_studio):
    studio = open_studio(tower(linear(1)))
    studio.card("i1").click()
    units = studio.page.get_by_label("Units")
    for wrong in ("abc", "0", "-3", "1.5", "1e99"):
        units.fill(wrong)
        assert studio.page.locator(".rail .row .problem:visible").count() == 1
        assert units.input_value() == wrong
    studio.page.wait_for_timeout(300)
    assert studio.edits() == []
    units.fill("48")
    assert studio.page.locator(".rail .row .problem:visible").count() == 0
    assert "units: 48" in studio.card("i1").inner_text()
    units.blur()
    assert studio.answer().model_dump()["network"]["items"][1]["out_features"] == 48


def test_typing_is_sent_when_it_rests_and_the_answer_leaves_the_text_alone(open_studio):
    studio = open_studio(tower(linear(1)))
    studio.page.get_by_role("tab", name="Training").click()
    momentum = studio.page.get_by_label("Momentum", exact=True)
    momentum.fill("0.50")
    studio.page.wait_for_function("harness.triggers('editor').length === 1")
    assert studio.answer().training.optimizer.model_dump()["momentum"] == 0.5
    assert momentum.input_value() == "0.50"


def test_groups_are_added_edited_and_removed_and_the_last_stays(open_studio):
    studio = open_studio(tower(block(2, body=[linear(3)])))
    page = studio.page
    page.get_by_role("tab", name="Groups").click()
    page.get_by_role("button", name="New group for: body").click()
    page.get_by_label("Name").fill("bodies")
    rate = page.get_by_label("Learning rate", exact=True)
    rate.fill("3e-3")
    rate.blur()
    groups = studio.answer().groups
    assert [(group.name, group.learning_rate) for group in groups] == [("bodies", 3e-3), ("all", 0.1)]
    assert groups[0].rule.lanes == ("body",)
    page.get_by_label("Name").fill("all")
    assert "Another group" in page.locator(".panel-groups .problem:visible").inner_text()
    page.get_by_role("button", name="Remove this group").first.click()
    assert [group.name for group in studio.answer().groups] == ["all"]


def test_a_group_for_the_selected_item_takes_it_from_the_groups_that_were_there(open_studio):
    studio = open_studio(tower(block(2, body=[linear(3)]), linear(4)))
    page = studio.page
    page.locator(".node[data-id=i4] > .card").click()
    page.get_by_role("tab", name="Groups").click()
    page.get_by_role("button", name="New group for: selected item").click()
    groups = studio.answer().groups
    assert (groups[0].name, groups[0].rule.items) == ("linear", ("i4",))
    assert len(groups) == 2


def test_what_is_typed_is_one_gesture_and_what_is_typed_next_is_another(open_studio):
    studio = open_studio(tower(linear(1)))
    page = studio.page
    page.get_by_role("tab", name="Training").click()
    size = page.get_by_label("Batch size", exact=True)
    gestures = []
    for text in ("12", "123"):
        size.fill(text)
        page.wait_for_timeout(SETTLE_MS)
        gestures.append(studio.edits()[-1]["gesture"])
    size.blur()
    size.fill("32")
    size.blur()
    studio.answer()
    gestures.append(studio.edits()[-1]["gesture"])
    first, same, other = gestures
    assert first == same < other


def test_problems_stand_on_their_item_in_words(open_studio):
    studio = open_studio(tower(block(2, body=[linear(3, 32)])))
    problem = studio.page.locator(".node[data-id=i2] > .problems").inner_text()
    assert "64" in problem
    assert "32" in problem
    assert "match" in problem


def test_a_person_s_words_are_text_and_never_markup(open_studio):
    evil = "<img src=x onerror=alert(1)><b>bold</b>"
    raw = tower(linear(1)).model_dump(mode="json")
    raw["groups"][0]["name"] = evil
    studio = open_studio(validate_experiment(raw))
    studio.page.get_by_role("tab", name="Groups").click()
    assert evil in studio.page.locator(".group-head").inner_text()
    assert studio.page.locator(".hr-editor img[src=x]").count() == 0


def test_a_read_only_editor_sends_nothing(open_studio):
    studio = open_studio(tower(linear(1), block(2)), read_only=True)
    drag(studio.page, studio.card("i2"), studio.card("i1"), 0.2)
    drag(studio.page, studio.source("plain"), studio.card("i1"), 0.2)
    studio.source("plain").click(force=True)
    studio.card("i2").click()
    for key in ("Delete", "b", "Control+d", "Alt+ArrowUp", "Control+z"):
        studio.page.keyboard.press(key)
    assert studio.page.locator(".rail input:enabled").count() == 0
    assert studio.edits() == []
    assert studio.shown() == ["i90", "i1", "i2", "i91"]


def test_mounted_anew_without_a_catalogue_it_asks_for_one(open_studio):
    studio = open_studio(tower(linear(1)))
    page = studio.page
    unmount_for_good(page, "editor")
    bare = {"catalogue": None, "read_only": False, "live": None, "for_next_run": False, **studio.message()}
    page.evaluate("data => harness.mount('editor', data, { width: 690 })", bare)
    assert studio.actions()[0]["kind"] == "resend"
    studio.update(catalogue=catalogue())
    assert studio.shown() == ["i90", "i1", "i91"]


def test_levels_of_a_running_network_move_the_bars_and_nothing_else(open_studio):
    studio = open_studio(tower(linear(1), block(2)))
    bar = studio.card("i2").locator(".bar")
    assert bar.is_hidden()
    studio.update(live={"items": {"i2": {"level": 0.25, "text": "gate <b>31 %</b> open"}}})
    assert bar.is_visible()
    assert "matrix(0.25" in bar.locator("i").evaluate("node => getComputedStyle(node).transform")
    assert "gate <b>31 %</b> open" in studio.card("i2").inner_text()
    assert studio.edits() == []


def test_everything_that_can_be_pressed_explains_itself(open_studio):
    studio = open_studio(tower(linear(1), block(2, body=[linear(3)])))
    studio.card("i2").click()
    unexplained = []
    for tab in ("Blocks", "Item", "Groups", "Training", "Data"):
        studio.page.get_by_role("tab", name=tab).click()
        unexplained += json.loads(
            studio.page.evaluate(
                """() => JSON.stringify([...harness.root('editor').querySelectorAll(
                     '.hr-editor button, .hr-editor input, .hr-editor select, .source, .card .meta > *')]
                   .filter((node) => !node.closest('[title]') && !node.getAttribute('aria-label'))
                   .map((node) => node.outerHTML.slice(0, 120)))"""
            )
        )
    assert unexplained == []


@pytest.mark.parametrize("width", [690, 560])
def test_nothing_scrolls_sideways(open_studio, width):
    nested = {"kind": "repeat", "id": "i4", "times": 30, "items": [block(6, "highway", body=[linear(7), linear(8)])]}
    studio = open_studio(tower(linear(1), {"kind": "repeat", "id": "i5", "times": 2, "items": [nested]}))
    studio.page.evaluate(f"harness.instance('editor').element.style.width = '{width}px'")
    studio.card("i6").locator(".fold").click()
    studio.card("i6").click()
    for tab in ("Blocks", "Item", "Groups", "Training", "Data"):
        studio.page.get_by_role("tab", name=tab).click()
        wide = studio.page.evaluate(
            """() => [...harness.root('editor').querySelectorAll('.scroll, .hr-editor, .rail, .tower')]
                 .filter((node) => node.scrollWidth > node.clientWidth + 1).map((node) => node.className)"""
        )
        assert wide == []


def test_it_ends_at_the_windows_lower_edge_whatever_arrives_above_it_later(open_studio):
    studio = open_studio(tower(linear(1)))
    page = studio.page
    ends = """([top]) => {
      const box = harness.root('editor').querySelector('.hr-editor').getBoundingClientRect();
      return box.top >= top && Math.abs(box.bottom - window.innerHeight) < 20;
    }"""
    page.wait_for_function(ends, arg=[0])
    page.evaluate("document.body.insertAdjacentHTML('afterbegin', '<div id=late style=\"height: 120px\"></div>')")
    page.wait_for_function(ends, arg=[120])
    page.evaluate("document.getElementById('late').remove()")
    page.wait_for_function(ends, arg=[0])


def test_mounted_anew_it_goes_on_with_its_edits_its_open_cards_its_form_and_its_focus(open_studio):
    studio = open_studio(tower(linear(1), block(2), linear(3)))
    page, key = studio.page, studio.page.keyboard
    studio.card("i2").click()
    key.press("ArrowRight")
    key.press("Alt+ArrowUp")
    before = studio.shown()
    remount(page, "editor")
    assert studio.shown() == before
    assert studio.list("i2/body").is_visible()
    assert page.get_by_role("tab", name="Item").get_attribute("aria-selected") == "true"
    key.press("Alt+ArrowDown")
    assert studio.outline() == "flatten() linear() residual(|) linear() linear()".replace("()", "")


def test_a_call_that_is_cleaned_up_before_the_next_one_takes_nothing_away(open_studio):
    studio = open_studio(tower(linear(1), block(2), linear(3)))
    page = studio.page
    studio.card("i1").click()
    units = page.get_by_label("Units", exact=True)
    units.press_sequentially("7")
    typed = units.input_value()
    card = studio.card("i1").element_handle()
    page.evaluate("harness.instance('editor').cleanup()")
    page.wait_for_timeout(SETTLE_MS)
    studio.update()
    assert card.evaluate("node => node.isConnected")
    assert units.input_value() == typed
    assert units.evaluate("node => node.getRootNode().activeElement === node")


def test_a_drag_outlives_a_remount(open_studio):
    studio = open_studio(tower(linear(1), block(2), linear(3)))
    page = studio.page
    card, target = studio.card("i3").bounding_box(), studio.card("i1").bounding_box()
    assert card
    assert target
    page.mouse.move(card["x"] + 24, card["y"] + card["height"] / 2)
    page.mouse.down()
    page.mouse.move(card["x"] + 34, card["y"] + card["height"] / 2 + 8, steps=3)
    remount(page, "editor")
    page.mouse.move(target["x"] + 100, target["y"] + 6, steps=8)
    page.wait_for_timeout(SLOT_MS)
    page.mouse.move(target["x"] + 100, target["y"] + 5)
    page.wait_for_timeout(SLOT_MS)
    page.mouse.up()
    assert studio.shown() == ["i90", "i3", "i1", "i2", "i91"]


def test_scrolling_outlives_a_remount(open_studio):
    studio = open_studio(tower(*[linear(number) for number in range(1, 30)]))
    last = studio.card("i29")
    expect(last).not_to_be_in_viewport()
    last.scroll_into_view_if_needed()
    studio.page.wait_for_timeout(100)
    remount(studio.page, "editor")
    expect(last).to_be_in_viewport()
