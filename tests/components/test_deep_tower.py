"""The editor with towers that are many times as high as its window: only what is in sight has a face."""

import pytest
from playwright.sync_api import Page, expect
from remounting import remount, tell
from studio import SLOT_MS, Studio, block, linear, now, tower

from builder.spec import Experiment

pytestmark = pytest.mark.e2e

NUM_BLOCKS = 200
KINDS = "plain", "residual", "highway", "stochastic_depth"

FACELESS = """() => {
  const nodes = [...harness.root('editor').querySelectorAll('.tower .node')];
  const window = harness.root('editor').querySelector('.tower > .scroll').getBoundingClientRect();
  return nodes.filter((node) => {
    const { top, bottom } = node.getBoundingClientRect();
    return bottom > window.top && top < window.bottom && node.querySelector('.name')?.textContent !== node.dataset.title;
  }).map((node) => node.dataset.id);
}"""
"""Ids of what is in the tower's window and has no card that says what it is."""

SCROLL = "harness.root('editor').querySelector('.tower > .scroll')"


def deep() -> Experiment:
    blocks = [block(100 + number, KINDS[number % 4], body=[linear(1000 + number)]) for number in range(NUM_BLOCKS)]
    return tower(linear(1), *blocks, next_id=9000)


def num_faces(page: Page) -> int:
    return page.locator(".tower .card").count()


def settle(page: Page) -> None:
    """Waits for the two frames in which faces come and go."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))")


def scroll_to(page: Page, share: float) -> None:
    page.evaluate(f"(share) => {{ {SCROLL}.scrollTop = share * {SCROLL}.scrollHeight; }}", share)
    settle(page)


def wheel_over(studio: Studio) -> None:
    box = studio.page.locator(".tower > .scroll").bounding_box()
    assert box
    studio.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_only_cards_in_sight_stand_in_the_page_and_all_items_can_be_reached(open_studio):
    studio = open_studio(deep())
    page = studio.page
    assert len(studio.shown()) == NUM_BLOCKS + 3
    assert num_faces(page) <= 40
    assert page.evaluate(FACELESS) == []
    labels = page.locator(".tower .node").evaluate_all("nodes => nodes.map((node) => node.getAttribute('aria-label'))")
    assert labels[-2].startswith("Stochastic depth, 64 to 64")
    assert all(labels)


@pytest.mark.parametrize("share", [0.3, 0.77, 1.0])
def test_wherever_it_is_scrolled_to_cards_stand_there_and_as_many_as_at_the_top(open_studio, share):
    studio = open_studio(deep())
    height = studio.page.evaluate(f"{SCROLL}.scrollHeight")
    scroll_to(studio.page, share)
    studio.page.wait_for_function(f"({FACELESS})().length === 0")
    assert num_faces(studio.page) <= 50
    assert studio.page.evaluate(f"{SCROLL}.scrollHeight") == pytest.approx(height, rel=0.1)


def test_what_is_in_the_window_stays_where_it_is_while_faces_come_and_go_around_it(open_studio):
    studio = open_studio(deep())
    scroll_to(studio.page, 0.5)
    wheel_over(studio)
    top = "id => harness.root('editor').querySelector(`.node[data-id=${id}]`).getBoundingClientRect().top"
    arrived = f"([id, expected]) => Math.abs(({top})(id) - expected) <= 2"
    middle = f"""() => {{
      const {{ left, top, width, height }} = {SCROLL}.getBoundingClientRect();
      return harness.root('editor').elementFromPoint(left + width / 2, top + height / 2).closest('.node').dataset.id;
    }}"""
    for _ in range(12):
        seen = studio.page.evaluate(middle)
        before = studio.page.evaluate(top, seen)
        studio.page.mouse.wheel(0, -120)
        studio.page.wait_for_function(arrived, arg=[seen, before + 120])
        settle(studio.page)
        assert studio.page.evaluate(top, seen) == pytest.approx(before + 120, abs=2)


def test_keys_reach_cards_out_of_sight(open_studio):
    studio = open_studio(deep())
    page = studio.page
    page.locator(".tower .node").first.focus()
    for key, item_id in (("End", "i91"), ("ArrowUp", "i299"), ("Home", "i90"), ("End", "i91")):
        page.keyboard.press(key)
        card = studio.card(item_id)
        expect(card).to_be_in_viewport(ratio=0.95)
        assert page.evaluate("harness.root('editor').activeElement.dataset.id") == item_id
        page.wait_for_timeout(100)
        expect(card).to_be_in_viewport(ratio=0.95)
        assert page.evaluate(FACELESS) == []
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Delete")
    assert studio.answer().network.items[-2].id == "i298"
    expect(studio.card("i91")).to_be_in_viewport()


def test_the_selected_card_keeps_its_place_in_the_tab_order_when_it_is_scrolled_away(open_studio):
    studio = open_studio(deep())
    studio.card("i102").click()
    scroll_to(studio.page, 1.0)
    assert studio.page.evaluate("harness.root('editor').activeElement.dataset.id") == "i102"
    studio.page.keyboard.press("b")
    assert studio.answer().model_dump()["network"]["items"][4]["bypassed"] is True
    studio.page.keyboard.press("ArrowDown")
    expect(studio.card("i103")).to_be_in_viewport(ratio=0.95)


def test_a_card_that_comes_into_sight_shows_what_was_said_of_it_meanwhile(open_studio):
    studio = open_studio(deep())
    page = studio.page
    document = deep().model_dump(mode="json")
    document["network"]["items"][-2]["body"] = [linear(2000, 7)]
    found = {"sentence": "", "epoch_seconds": 1.0, "items": {"i299": {"call": "vanishes", "text": "vanishes"}}}
    tell(page, "preflight?key=k1", found)
    tell(page, "run?run=r1", now(i299={"gradient": [1e-6]}))
    studio.update(preflight="feed/preflight?key=k1", follow="feed/run?run=r1")
    expect(studio.card("i100").locator(".gauges")).to_be_hidden()
    studio.adopt(Experiment.model_validate(document))
    assert studio.card("i299").count() == 0
    scroll_to(page, 1.0)
    card = studio.card("i299")
    expect(card.locator(".chip.flow")).to_have_text("vanishes")
    expect(card.locator(".gauges")).to_be_visible()
    expect(page.locator(".node[data-id=i299] > .problems")).to_contain_text("7")


def test_a_card_is_dragged_from_the_top_to_far_below_while_the_tower_scrolls(open_studio):
    studio = open_studio(deep())
    page = studio.page
    start, window = studio.card("i101").bounding_box(), page.locator(".tower > .scroll").bounding_box()
    assert start
    assert window
    x = start["x"] + 34
    page.mouse.move(x, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(x + 10, start["y"] + 30, steps=3)
    turn = 0
    while page.evaluate(f"{SCROLL}.scrollTop") <= 2 * window["height"]:
        turn += 1
        assert turn < 200, "The tower does not scroll under a dragged card."
        page.mouse.move(x + 10 + turn % 2, window["y"] + window["height"] - 10)
        page.wait_for_timeout(60)
    assert page.evaluate(FACELESS) == []
    page.mouse.move(x, window["y"] + window["height"] / 2, steps=5)
    page.wait_for_timeout(2 * SLOT_MS)
    page.mouse.up()
    shown = studio.shown()
    assert shown.index("i101") > 20
    assert [item.id for item in studio.answer().network.items] == shown
    expect(studio.card("i101")).to_be_in_viewport()


def test_an_open_block_keeps_its_lanes_where_they_are_when_it_is_closed_and_opened_again(open_studio):
    studio = open_studio(deep())
    fold, inner = studio.card("i101").locator(".fold"), studio.card("i1001")
    fold.click()
    expect(inner).to_be_in_viewport()
    fold.click()
    studio.page.wait_for_timeout(100)
    # There at once, and not a frame later.
    shows = "!!harness.root('editor').querySelector('.node[data-id=i1001] > .card')"
    assert fold.evaluate(f"fold => {{ fold.click(); return {shows}; }}")


def test_another_document_and_a_remount_find_their_cards(open_studio):
    studio = open_studio(deep())
    others = [block(3000 + number) for number in range(NUM_BLOCKS)]
    studio.adopt(tower(linear(1), *others, next_id=9000))
    assert studio.page.evaluate(FACELESS) == []
    assert num_faces(studio.page) <= 50
    remount(studio.page, "editor")
    assert studio.page.evaluate(FACELESS) == []
