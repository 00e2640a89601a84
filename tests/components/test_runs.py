"""The list of runs in a browser: what it says, and what a press sends."""

import pytest
from listed_runs import row
from playwright.sync_api import Page, expect
from remounting import tell

pytestmark = pytest.mark.e2e

LONG = "fifty layers on digits {} a shortcut around each of them"


def mount(page: Page, rows: list[dict], shown: list[str], **changes) -> None:
    data = {
        "rows": rows,
        "shown": shown,
        "most": 6,
        "num_older": 0,
        "num_deleted": 0,
        "race": None,
        "read_only": False,
        "follow": "feed/runs?x",
        "table": "feed/table?x",
        **changes,
    }
    page.evaluate("data => harness.mount('runs', data, { width: 530 })", data)


def choices(page: Page) -> list[list[str]]:
    return [each["value"]["shown"] for each in page.evaluate("harness.triggers('runs')")]


def test_runs_are_told_apart_by_number_name_state_accuracy_colour_and_line(page: Page) -> None:
    rows = [
        row(2, name=LONG.format("without"), status="diverged", reason="nan", colour="#D9822B", dash="dash"),
        row(1, name=LONG.format("with")),
    ]
    mount(page, rows, ["r1", "r2"])
    first, second = (page.locator(f".rp-run[data-run={each}]") for each in ("r1", "r2"))
    expect(first).to_contain_text("✓finished97.2 %")
    expect(second).to_contain_text("▲diverged97.2 %")
    names = page.locator(".rp-list .rp-name").all_inner_texts()
    assert len(set(names)) == 2
    for name in page.locator(".rp-list .rp-title").all():
        assert name.evaluate("node => node.scrollWidth <= node.clientWidth")
    assert LONG.format("without") in second.get_attribute("title")
    assert "seed 2 · batch size 16\ndiverged: nan" in second.get_attribute("title")
    assert "best 98.15 % at step 40" in first.get_attribute("title")
    looks = [
        each.locator(".rp-line path").evaluate(
            "path => [path.getAttribute('stroke'), path.getAttribute('stroke-dasharray')]"
        )
        for each in (first, second)
    ]
    assert looks[0][0] != looks[1][0]
    assert looks[0][1] != looks[1][1]


def test_runs_are_chosen_left_out_and_brought_to_the_front(page: Page) -> None:
    mount(page, [row(3), row(2), row(1)], ["r1", "r2"])
    page.locator(".rp-run[data-run=r2] .rp-face").click()
    page.get_by_role("button", name="Leave run #1 out of the charts").click()
    page.get_by_role("button", name="3 runs").click()
    page.locator(".rp-offer").filter(has_text="#3").click()
    assert choices(page) == [["r2", "r1"], ["r2"], ["r2", "r3"]]
    expect(page.locator(".rp-run")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.locator(".rp-popup")).to_be_hidden()


def test_no_more_are_chosen_than_can_be_drawn_and_older_ones_are_counted(page: Page) -> None:
    mount(page, [row(3), row(2), row(1)], ["r1", "r2"], most=2, num_older=7)
    page.get_by_role("button", name="10 runs").click()
    expect(page.locator(".rp-offer").filter(has_text="#3").locator("input")).to_be_disabled()
    expect(page.locator(".rp-note")).to_have_text(
        "At most 2 are drawn over each other, as now. 7 older ones are not listed."
    )


def test_a_read_only_list_has_nothing_to_press_and_text_is_never_markup(page: Page) -> None:
    mount(page, [row(1, name="<b>bold</b>", reason="<i>x</i>")], ["r1"], read_only=True)
    expect(page.locator(".rp-list .rp-name")).to_have_text("<b>bold</b>")
    assert page.locator(".rp-panel button:enabled:visible").count() == 0


def test_six_runs_leave_room_for_the_charts(page: Page) -> None:
    mount(page, [row(number, name=LONG.format(number)) for number in range(1, 7)], [f"r{n}" for n in range(1, 7)])
    assert page.locator(".rp-panel").evaluate("node => node.offsetHeight") <= 125


def test_news_of_the_list_stay_when_the_page_draws_again_what_it_drew_before(page: Page) -> None:
    mount(page, [row(1, status="running", val_accuracy=None)], ["r1"])
    shown = page.locator(".rp-run[data-run=r1]")
    tell(
        page,
        "runs?x",
        {"rows": [row(1, status="running", val_accuracy=0.75)], "num_older": 0, "num_deleted": 0, "race": None},
    )
    expect(shown).to_contain_text("75.0 %")
    page.evaluate("rows => harness.update('runs', { rows })", [row(1, status="running", val_accuracy=None)])
    expect(shown).to_contain_text("75.0 %")
    page.evaluate("rows => harness.update('runs', { rows, follow: 'feed/runs?y' })", [row(2)])
    expect(shown).to_have_count(0)


def test_a_race_says_what_it_shows_and_leads_to_its_result(page: Page) -> None:
    rows = [row(number, name=f"{number}0 × Residual", status="running") for number in (4, 3, 2, 1)]
    text = "So far, at step 40: Residual reached 97.8 % validation accuracy at best, Plain 61.2 %: 36.6 points more."
    mount(page, rows, ["r1", "r2", "r3", "r4"], race={"text": text, "is_over": False})
    expect(page.locator(".rp-verdict")).to_have_text(text)
    for title in page.locator(".rp-list .rp-title").all():
        assert title.evaluate("node => node.scrollWidth <= node.clientWidth")
    # The state stands as a sign alone, and is still read out.
    expect(page.locator(".rp-run[data-run=r1]")).to_contain_text("running97.2 %")
    page.get_by_role("button", name="Result", exact=True).click()
    (sent,) = page.evaluate("harness.triggers('runs')")
    assert sent["value"]["kind"] == "race_result"
    mount(page, rows, ["r1", "r2", "r3", "r4"])
    expect(page.locator(".rp-race")).to_be_hidden()
