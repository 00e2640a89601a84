"""Drag and drop in the editor, by a real mouse and a finger."""

import pytest
from remounting import remount
from studio import SLOT_MS, block, drag, linear, tower

from builder.spec.catalogue import catalogue

pytestmark = pytest.mark.e2e


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
