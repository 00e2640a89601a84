"""The editor in a real browser: clicks, keys, its dealings with the server, and its place on the page."""

import json

import pytest
from playwright.sync_api import expect
from remounting import remount, tell, unmount_for_good
from studio import SETTLE_MS, block, drag, linear, now, tower

from builder.spec.catalogue import catalogue

pytestmark = pytest.mark.e2e


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


@pytest.mark.holds_the_clock
def test_mounted_anew_without_a_catalogue_it_asks_for_one(open_studio):
    studio = open_studio(tower(linear(1)))
    page = studio.page
    unmount_for_good(page, "editor")
    bare = {"catalogue": None, "read_only": False, "follow": None, "for_next_run": False, "preflight": None}
    bare |= studio.message()
    page.evaluate("data => harness.mount('editor', data, { width: 690 })", bare)
    assert studio.actions()[0]["kind"] == "resend"
    studio.update(catalogue=catalogue())
    assert studio.shown() == ["i90", "i1", "i91"]


def test_a_running_network_moves_the_gauges_and_nothing_else(open_studio):
    studio = open_studio(tower(linear(1), block(2, "highway"), block(3)))
    gauges = studio.card("i2").locator(".gauges")
    assert gauges.is_hidden()
    highway = {"gradient": [1e-6], "update": [1e-3], "gate": [0.125]}
    tell(studio.page, "run?run=r1", now(1234, 1230, i2=highway, i3={"gradient": ["NaN"]}))
    studio.update(follow="feed/run?run=r1")
    expect(gauges).to_be_visible()
    transform = "node => getComputedStyle(node).transform"
    assert "matrix(0.25" in gauges.locator(".gradient i").evaluate(transform)
    assert "matrix(0.125" in gauges.locator(".gate i").evaluate(transform)
    assert gauges.locator(".needle i").evaluate("node => node.style.transform") == "translateX(50%)"
    gauges.hover()
    title = gauges.get_attribute("title") or ""
    assert "Step 1,234: gradient 1.0e-6 per trained parameter" in title
    assert "step 1,230" in title
    assert "update 1.0e-3 of the weights" in title
    assert "gates 13 % open" in title
    residual = studio.card("i3").locator(".gauges")
    expect(residual.locator(".bar.gradient")).to_have_attribute("data-bad", "")
    assert residual.locator(".needle, .gate").evaluate_all("nodes => nodes.every((node) => !node.checkVisibility())")
    assert studio.edits() == []
    studio.update(follow=None)
    expect(gauges).to_be_hidden()


def test_a_dropped_block_and_one_that_lives_take_the_same_room(open_studio):
    studio = open_studio(tower(linear(1), block(2, "stochastic_depth")))
    chip = studio.card("i2").locator(".chip.alive")
    widths = []
    for alive, word in ((1, "alive"), (0, "dropped")):
        tell(studio.page, f"run?run=r{alive}", now(i2={"gradient": [0.1 if alive else None], "alive": [alive]}))
        studio.update(follow=f"feed/run?run=r{alive}")
        expect(chip).to_have_text(word)
        widths.append(chip.bounding_box()["width"])
    assert widths[0] == widths[1]


def test_a_repeat_shows_its_copies_as_a_strip(open_studio):
    repeat = {"kind": "repeat", "id": "i5", "times": 100, "items": [block(6, "stochastic_depth")]}
    studio = open_studio(tower(linear(1), repeat))
    strip = studio.card("i5").locator(".strip")
    before = strip.bounding_box()
    alive = [copy % 3 > 0 for copy in range(100)]
    copies = {"gradient": [10.0 ** (-8 + copy * 0.08) if lives else None for copy, lives in enumerate(alive)]}
    tell(studio.page, "run?run=r1", now(i6={**copies, "alive": [int(each) for each in alive]}))
    studio.update(follow="feed/run?run=r1")
    expect(studio.card("i6").locator(".chip.alive")).to_have_text("\u200766 of 100 alive")
    marks = {name: strip.locator(f".{name}").get_attribute("d") for name in ("alive", "dropped")}
    assert (marks["alive"].count("M"), marks["dropped"].count("M")) == (66, 34)
    heights = [float(mark.split("v-")[1].split("h")[0]) for mark in marks["alive"].split("M")[1:]]
    assert heights == sorted(heights)
    assert heights[-1] == pytest.approx(13 * 98 / 100, abs=0.1)
    assert strip.bounding_box() == before
    card = studio.card("i5").bounding_box()
    assert before["x"] + before["width"] <= card["x"] + card["width"]
    strip.hover(position={"x": before["width"] * 0.305, "y": 5})
    title = studio.card("i5").locator(".copies").get_attribute("title") or ""
    assert title.startswith("Copy 31 of 100\n")
    assert "Dropped in this step" in title


POINTED = """() => {
    window.pointed = [];
    window.addEventListener('highrise-pointed', (event) => pointed.push(event.detail.at));
}"""


def point(page, source, at):
    """As a chart does."""
    detail = {"source": source, "at": at}
    page.evaluate("detail => window.dispatchEvent(new CustomEvent('highrise-pointed', { detail }))", detail)


def test_a_card_under_the_pointer_or_with_the_focus_is_told_to_the_charts(open_studio):
    inner = block(6, body=[linear(7)])
    repeat = {"kind": "repeat", "id": "i5", "times": 3, "items": [inner, block(8)]}
    studio = open_studio(tower(linear(1), repeat, block(2)))
    page = studio.page
    page.evaluate(POINTED)

    def told():
        return page.evaluate("pointed.at(-1)")

    studio.card("i2").hover()
    assert told() == {"items": ["i2"], "copy": None}
    studio.card("i5").hover()
    assert told() == {"items": ["i6", "i8"], "copy": None}
    studio.card("i1").hover()
    assert told() is None
    studio.card("i2").click()
    page.mouse.move(5, 5)
    assert told() == {"items": ["i2"], "copy": None}
    page.keyboard.press("ArrowUp")
    page.wait_for_function("pointed.at(-1)?.items[0] === 'i8'")
    page.evaluate("harness.root('editor').activeElement.blur()")
    assert told() is None
    assert studio.edits() == []


def test_a_block_that_is_pointed_at_in_a_chart_lights_up_its_card_or_the_mark_of_its_copy(open_studio):
    repeat = {"kind": "repeat", "id": "i5", "times": 3, "items": [block(6)]}
    studio = open_studio(tower(linear(1), repeat, block(2)))
    page = studio.page

    def lit():
        return page.locator(".node.lit").evaluate_all("nodes => nodes.map((node) => node.dataset.id)")

    point(page, "charts", {"items": ["i2"], "copy": 0})
    assert lit() == ["i2"]
    point(page, "charts", {"items": ["i6"], "copy": 1})
    assert lit() == ["i5", "i6"]
    assert studio.card("i5").locator(".strip .lit").get_attribute("d") == "M7 13v-13.0h5V13z"
    studio.card("i5").locator(".fold").click()
    page.mouse.move(5, 5)
    point(page, "charts", {"items": ["i6"], "copy": 2})
    assert lit() == ["i5"]
    point(page, "charts", {"items": ["i77"], "copy": 0})
    assert lit() == []
    point(page, "charts", None)
    assert not studio.card("i5").locator(".strip .lit").get_attribute("d")


def test_what_the_first_step_says_stands_on_top_and_on_the_cards_as_text(open_studio):
    studio = open_studio(tower(linear(1), block(2), block(3)))
    verdict, counts = studio.page.locator(".tower .verdict"), studio.page.locator(".tower .counts")
    assert verdict.is_hidden()
    sentence = "Block 1 gets 1e-18 of the <b>last</b> block's gradient. Use a norm or a skip."
    items = {"i2": {"call": "vanishes", "text": "3 of 4 vanish"}}
    tell(studio.page, "preflight?key=k1", {"sentence": sentence, "epoch_seconds": 2.5, "items": items})
    tell(studio.page, "preflight?key=k2", {"sentence": "", "epoch_seconds": 130.0, "items": {}})
    tell(studio.page, "preflight?key=k3", {"problem": "No data."})
    studio.update(preflight="feed/preflight?key=k1")
    expect(verdict).to_have_text(sentence)
    assert verdict.locator("b").count() == 0
    assert "float32" in (studio.card("i2").locator(".chip.flow").get_attribute("title") or "")
    expect(studio.card("i2").locator(".chip.flow")).to_have_text("3 of 4 vanish")
    expect(studio.card("i3").locator(".chip.flow")).to_be_hidden()
    expect(counts).to_contain_text("2.5 s an epoch")
    studio.update(preflight="feed/preflight?key=k2")
    expect(verdict).to_be_hidden()
    expect(studio.card("i2").locator(".chip.flow")).to_be_hidden()
    expect(counts).to_contain_text("2 min 10 s an epoch")
    studio.update(preflight="feed/preflight?key=k3")
    expect(counts).not_to_contain_text("epoch")
    studio.update(preflight=None)
    expect(verdict).to_be_hidden()
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


def test_a_block_that_is_clicked_in_a_chart_is_brought_into_sight(open_studio):
    repeat = {"kind": "repeat", "id": "i50", "times": 3, "items": [block(60)]}
    studio = open_studio(tower(*[linear(number) for number in range(1, 30)], repeat, block(40)))
    page = studio.page
    first, inner = studio.card("i1"), studio.card("i60")
    seek = "detail => window.dispatchEvent(new CustomEvent('highrise-sought', { detail }))"
    expect(inner).not_to_be_in_viewport()
    page.evaluate(seek, {"items": ["i60"], "copy": 1})
    expect(inner).to_be_in_viewport()
    page.evaluate(seek, {"items": ["i77"], "copy": 0})
    expect(inner).to_be_in_viewport()
    page.evaluate(seek, {"items": ["i1"], "copy": 0})
    expect(first).to_be_in_viewport()
    assert studio.edits() == []


def test_scrolling_outlives_a_remount(open_studio):
    studio = open_studio(tower(*[linear(number) for number in range(1, 30)]))
    last = studio.card("i29")
    expect(last).not_to_be_in_viewport()
    studio.page.locator(".node[data-id=i29]").scroll_into_view_if_needed()
    studio.page.wait_for_timeout(100)
    remount(studio.page, "editor")
    expect(last).to_be_in_viewport()
