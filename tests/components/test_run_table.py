"""The table of all runs in a browser: finding, sorting, selecting, writing, deleting; by hand and by keyboard."""

from typing import Any

import pytest
from listed_runs import row, table_row
from playwright.sync_api import Locator, Page, expect
from remounting import tell

pytestmark = pytest.mark.e2e

NUM_MANY = 500


def open_table(page: Page, rows: list[dict[str, Any]], shown: list[str] | None = None) -> Locator:
    """Opens the table with these rows; gives the dialog."""
    data = {
        "rows": [row(each["number"]) for each in rows[:3]],
        "shown": shown or [],
        "most": 6,
        "num_older": max(0, len(rows) - 3),
        "num_deleted": 0,
        "race": None,
        "read_only": False,
        "follow": "feed/runs?x",
        "table": "feed/table?x",
    }
    say(page, rows)
    page.evaluate("data => harness.mount('runs', data, { width: 530 })", data)
    page.get_by_role("button", name="Table", exact=True).click()
    dialog = page.get_by_role("dialog", name="Runs", exact=True).locator("visible=true")
    expect(dialog.locator("tr[data-run]").first).to_be_visible()
    return dialog


def say(page: Page, rows: list[dict[str, Any]]) -> None:
    """Has the feed tell everything."""
    tell(page, "table?x", {"full": True, "rows": rows, "ids": [each["id"] for each in rows], "known": len(rows)})


def numbers(dialog: Locator) -> list[str]:
    return dialog.locator("tr[data-run] td[data-column=number]").all_inner_texts()


def actions(page: Page) -> list[dict[str, Any]]:
    sent = page.evaluate("harness.triggers('runs')")
    return [{k: v for k, v in each["value"].items() if k != "nonce"} for each in sent if each["key"] == "action"]


def choices(page: Page) -> list[list[str]]:
    return [each["value"]["shown"] for each in page.evaluate("harness.triggers('runs')") if each["key"] == "choose"]


def test_of_many_runs_those_in_sight_are_made_and_scrolling_shows_the_others(page: Page) -> None:
    dialog = open_table(page, [table_row(number) for number in range(NUM_MANY, 0, -1)])
    expect(dialog.locator(".rt-count")).to_contain_text(f"{NUM_MANY} of {NUM_MANY}")
    assert dialog.locator("tr[data-run]").count() < 50
    assert numbers(dialog)[0] == f"#{NUM_MANY}"
    page.keyboard.press("End")
    expect(dialog.locator("tr[data-run=r1]")).to_be_visible()
    assert dialog.locator("tr[data-run]").count() < 50
    expect(dialog.locator("tr[data-run=r1]")).to_have_attribute("aria-selected", "true")
    took = page.evaluate(
        """async () => {
            const scroll = harness.root('runs').querySelector('.rt-scroll');
            const began = performance.now();
            for (let place = 0; place < 20; place += 1) {
                scroll.scrollTop = place * 600;
                await new Promise(requestAnimationFrame);
            }
            return (performance.now() - began) / 20;
        }"""
    )
    assert took < 200, f"{took:.0f} ms for one scroll"


def test_any_column_sorts_both_ways_by_click(page: Page) -> None:
    rows = [table_row(1, val_accuracy=0.5, name="b"), table_row(2, val_accuracy=None, name="a"), table_row(3, name="c")]
    dialog = open_table(page, rows)
    assert numbers(dialog) == ["#3", "#2", "#1"]
    dialog.get_by_role("button", name="Val.").click()
    assert numbers(dialog) == ["#3", "#1", "#2"]
    expect(dialog.locator("th[data-column=val_accuracy]")).to_have_attribute("aria-sort", "descending")
    dialog.get_by_role("button", name="Val.").click()
    assert numbers(dialog) == ["#1", "#3", "#2"]
    dialog.get_by_role("button", name="Name").click()
    assert numbers(dialog) == ["#2", "#1", "#3"]


def test_words_a_status_and_a_tag_find_runs(page: Page) -> None:
    rows = [table_row(1, tags=["best"]), table_row(2, status="diverged"), table_row(3, notes="Rate too high")]
    dialog = open_table(page, rows)
    dialog.get_by_placeholder("Find by").fill("rate HIGH")
    assert numbers(dialog) == ["#3"]
    dialog.get_by_placeholder("Find by").fill("nothing of the kind")
    expect(dialog.locator(".rt-words").first).to_contain_text("No run is so")
    dialog.get_by_placeholder("Find by").fill("")
    dialog.get_by_label("Status", exact=True).select_option(label="diverged (1)")
    assert numbers(dialog) == ["#2"]
    dialog.get_by_label("Status", exact=True).select_option(label="any status")
    dialog.get_by_label("Tag", exact=True).select_option(label="best (1)")
    assert numbers(dialog) == ["#1"]


def test_a_run_is_named_tagged_and_noted_and_what_was_typed_stands_until_it_is_told_back(page: Page) -> None:
    dialog = open_table(page, [table_row(2), table_row(1)])
    dialog.locator("tr[data-run=r2]").click()
    dialog.get_by_label("Name").fill("the best")
    dialog.get_by_label("Tags").fill("paper, for class")
    dialog.get_by_label("Notes").fill("Try 0.1.")
    dialog.locator("tr[data-run=r1]").click()
    page.wait_for_function("harness.triggers('runs').length === 3")
    assert actions(page) == [
        {"kind": "rename_run", "id": "r2", "name": "the best"},
        {"kind": "set_tags", "tags": {"r2": ["paper", "for class"]}},
        {"kind": "set_notes", "id": "r2", "notes": "Try 0.1."},
    ]
    first = dialog.locator("tr[data-run=r2]")
    expect(first).to_contain_text("the best")
    assert first.locator(".rt-tag").all_inner_texts() == ["paper", "for class"]
    say(page, [table_row(2, name="the best", tags=["paper"]), table_row(1)])
    page.wait_for_timeout(100)
    assert first.locator(".rt-tag").all_inner_texts() == ["paper", "for class"]


def test_escape_takes_back_what_is_being_typed_before_it_closes(page: Page) -> None:
    dialog = open_table(page, [table_row(1)])
    dialog.locator("tr[data-run=r1]").click()
    dialog.get_by_label("Name").fill("other")
    page.keyboard.press("Escape")
    expect(dialog.get_by_label("Name")).to_have_value("digits")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert actions(page) == []


def test_several_runs_are_tagged_at_once_and_keep_their_own_tags(page: Page) -> None:
    dialog = open_table(page, [table_row(2, tags=["a", "own"]), table_row(1, tags=["a"])])
    dialog.locator("tr[data-run=r2]").click()
    dialog.locator("tr[data-run=r1]").click(modifiers=["Shift"])
    expect(dialog.get_by_label("Tags")).to_have_value("a")
    dialog.get_by_label("Tags").fill("b")
    page.keyboard.press("Enter")
    page.wait_for_function("harness.triggers('runs').length === 1")
    assert actions(page) == [{"kind": "set_tags", "tags": {"r2": ["own", "b"], "r1": ["b"]}}]


def test_by_keyboard_alone_a_run_is_found_drawn_deleted_and_brought_back(page: Page) -> None:
    dialog = open_table(page, [table_row(3), table_row(2), table_row(1)], ["r3", "r2"])
    for key in ("ArrowDown", "ArrowDown", "Space"):
        page.keyboard.press(key)
    assert choices(page)[-1] == ["r3"]
    page.keyboard.press("Space")
    assert choices(page)[-1] == ["r3", "r2"]
    page.keyboard.press("Delete")
    assert numbers(dialog) == ["#3", "#1"]
    expect(dialog.locator(".rt-undo")).to_contain_text("#2 digits was deleted.")
    expect(dialog.locator("tr[data-run=r1]")).to_have_attribute("aria-selected", "true")
    dialog.get_by_role("button", name="Undo").press("Enter")
    assert numbers(dialog) == ["#3", "#2", "#1"]
    page.wait_for_function("harness.triggers('runs').filter((each) => each.key === 'action').length === 2")
    assert actions(page) == [
        {"kind": "delete_runs", "ids": ["r2"]},
        {"kind": "restore_runs", "ids": ["r2"], "shown": ["r3", "r2"]},
    ]


def test_a_live_run_cannot_be_deleted_and_the_button_says_why(page: Page) -> None:
    dialog = open_table(page, [table_row(1, status="running")])
    dialog.locator("tr[data-run=r1]").click()
    button = dialog.get_by_role("button", name="Delete", exact=True)
    expect(button).to_be_disabled()
    expect(button).to_have_attribute("title", "#1 is running: stop it before deleting.")
    page.keyboard.press("Delete")
    assert actions(page) == []


def test_deleted_runs_stand_apart_and_can_be_restored(page: Page) -> None:
    dialog = open_table(page, [table_row(2), table_row(1, deleted_at=5.0)])
    assert numbers(dialog) == ["#2"]
    dialog.get_by_label("Status", exact=True).select_option(label="deleted (1)")
    dialog.locator("tr[data-run=r1]").click()
    expect(dialog.get_by_label("Name")).to_be_disabled()
    dialog.get_by_role("button", name="Restore").click()
    assert actions(page) == [{"kind": "restore_runs", "ids": ["r1"], "shown": []}]


def test_no_more_are_drawn_than_fit(page: Page) -> None:
    dialog = open_table(page, [table_row(number) for number in range(9, 0, -1)], ["r1", "r2"])
    page.keyboard.press("Control+a")
    page.keyboard.press("Space")
    assert choices(page)[-1] == ["r1", "r2", "r9", "r8", "r7", "r6"]
    expect(dialog.locator("tr[data-run=r5] input")).to_be_disabled()


def test_drawn_runs_stand_side_by_side_with_what_differs_in_their_documents(page: Page) -> None:
    dialog = open_table(page, [table_row(2), table_row(1)], ["r1", "r2"])
    differing = {"runs": ["r1", "r2"], "rows": [{"title": "bodies rate", "cells": ["0.1", "0.5"]}]}
    tell(page, "differences?runs=r1,r2", differing)
    dialog.get_by_role("tab", name="Side by side").click()
    side = dialog.locator(".rt-side")
    expect(side.locator("tr").filter(has_text="bodies rate").locator("td")).to_have_text(["0.1", "0.5"])
    expect(side.locator("tr").filter(has_text="steps").first.locator("td")).to_have_text(["100", "200"])
    assert [text.split()[0] for text in side.locator("thead th[scope=col]").all_inner_texts()] == [
        "#1digits",
        "#2digits",
    ]


def test_a_name_is_never_markup_and_everything_fits_into_a_small_window(page: Page) -> None:
    rows = [
        table_row(number, name="<b>bold</b> " * 9, differs="x " * 200, tags=["tag"] * 5) for number in range(40, 0, -1)
    ]
    dialog = open_table(page, rows)
    expect(dialog.locator("tr[data-run=r40] td[data-column=name]")).to_contain_text("<b>bold</b>")
    assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
    box = dialog.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1280
    assert box["y"] + box["height"] <= 720
    scroll = dialog.locator(".rt-scroll")
    assert scroll.evaluate("node => node.scrollWidth <= node.clientWidth")


def test_the_table_asks_only_while_it_is_open(page: Page) -> None:
    open_table(page, [table_row(1)])
    page.keyboard.press("Escape")
    page.wait_for_timeout(200)
    before = page.evaluate("harness.asked().filter((each) => each.startsWith('table')).length")
    page.wait_for_timeout(300)
    assert page.evaluate("harness.asked().filter((each) => each.startsWith('table')).length") == before
