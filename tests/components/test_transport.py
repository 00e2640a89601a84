"""The top bar in a real browser."""

from datetime import datetime

import pytest
from playwright.sync_api import Locator, Page, expect
from remounting import tell

pytestmark = pytest.mark.e2e

REASON = "Highway block i7: the body gives 128 features and the shortcut 64. Put a match into the shortcut."


def some_run(status: str, **changes) -> dict:
    return {
        "at": 0,
        "id": "r1",
        "name": "#1 digits-residual",
        "status": status,
        "reason": "",
        "step": 842,
        "num_steps": 1200,
        "epoch": 7.0,
        "num_epochs": 10,
        "samples_per_second": 61_312.0,
        "seconds_left": 4.2,
        "queue": None,
        "data_progress": None,
        "val_accuracy": None,
        "test_accuracy": None,
        **changes,
    }


def some_data(run: dict | None = None, **changes) -> dict:
    return {
        "experiment": {"name": "digits-residual"},
        "can_undo": True,
        "can_redo": False,
        "devices": [{"id": "cpu", "title": "cpu", "note": "2 cores"}, {"id": "cuda:0", "title": "cuda:0", "note": ""}],
        "device": "cpu",
        "pace": None,
        "read_only": False,
        "can_train": True,
        "why_not": "",
        "run": run,
        "notice": None,
        "follow": None,
        **changes,
    }


def mount(page: Page, run: dict | None = None, **changes) -> None:
    page.evaluate("data => harness.mount('transport', data)", some_data(run, **changes))


def update(page: Page, **changes) -> None:
    page.evaluate("changes => harness.update('transport', changes)", changes)


def actions(page: Page) -> list[dict]:
    """What was sent, without the nonces."""
    sent = page.evaluate("harness.triggers('transport')")
    assert {each["key"] for each in sent} <= {"action"}
    values = [each["value"] for each in sent]
    assert len({value.pop("nonce") for value in values}) == len(values)
    return values


def main_button(page: Page) -> Locator:
    return page.locator(".tp-main")


def test_a_double_click_on_train_is_one_action_and_shows_at_once(page: Page) -> None:
    mount(page)
    main_button(page).dblclick()
    expect(main_button(page)).to_have_attribute("aria-busy", "true")
    page.wait_for_timeout(400)
    assert actions(page) == [{"kind": "train"}]
    update(page, run=some_run("running"))
    expect(main_button(page)).to_have_text("Pause")
    expect(main_button(page)).not_to_have_attribute("aria-busy", "true")


def test_a_double_click_whose_answer_comes_between_the_clicks_does_not_pause(page: Page) -> None:
    mount(page)
    page.evaluate(
        """run => {
            const root = harness.root('transport');
            const click = (detail) => root.querySelector('.tp-main').dispatchEvent(
                new MouseEvent('click', { bubbles: true, detail }));
            click(1);
            harness.update('transport', { run });
            click(2);
        }""",
        some_run("running"),
    )
    page.wait_for_timeout(300)
    assert actions(page) == [{"kind": "train"}]


@pytest.mark.holds_the_clock
def test_an_unanswered_press_may_be_repeated_after_three_seconds(page: Page) -> None:
    page.clock.install()
    mount(page)
    # From here on only the test moves the clock.
    page.clock.pause_at(datetime.fromtimestamp(page.evaluate("Date.now()") / 1000 + 1))
    main_button(page).click()
    page.clock.run_for(2900)
    expect(main_button(page)).to_have_attribute("aria-busy", "true")
    page.clock.run_for(200)
    expect(main_button(page)).not_to_have_attribute("aria-busy", "true")
    main_button(page).click()
    assert actions(page) == [{"kind": "train"}, {"kind": "train"}]


def test_train_that_is_off_says_why_on_hover_and_focus(page: Page) -> None:
    mount(page, can_train=False, why_not=REASON)
    tip = page.locator("#tp-why")
    expect(main_button(page)).to_have_attribute("aria-describedby", "tp-why")
    expect(main_button(page)).to_have_accessible_description(REASON)
    expect(tip).to_be_hidden()
    main_button(page).hover()
    expect(tip).to_be_visible()
    page.mouse.move(0, 600)
    expect(tip).to_be_hidden()
    main_button(page).focus()
    expect(tip).to_have_text(REASON)
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    assert actions(page) == []


def test_train_that_is_off_says_why_when_touched(page: Page) -> None:
    mount(page, can_train=False, why_not=REASON)
    main_button(page).tap(force=True)
    expect(page.locator("#tp-why")).to_be_visible()
    page.wait_for_timeout(200)
    assert actions(page) == []


@pytest.mark.parametrize("shortcut", ["Control+Enter", "Meta+Enter"])
def test_the_shortcut_trains_until_the_bar_is_gone_and_space_is_nobody_s(page: Page, shortcut: str) -> None:
    mount(page)
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.keyboard.press(shortcut)
    assert actions(page) == [{"kind": "train"}]
    page.evaluate("window.sent = harness.triggers('transport'); harness.unmount('transport')")
    page.keyboard.press(shortcut)
    page.wait_for_timeout(200)
    assert page.evaluate("window.sent.length") == 1


def test_a_call_that_is_cleaned_up_before_the_next_one_leaves_the_shortcut_and_the_title(page: Page) -> None:
    mount(page)
    page.evaluate("harness.instance('transport').cleanup()")
    update(page, experiment={"name": "my net"})
    assert page.title() == "my net · Highrise"
    page.keyboard.press("Control+Enter")
    assert actions(page) == [{"kind": "train"}]


def test_the_tab_s_title_shows_progress_and_comes_back(page: Page) -> None:
    before = page.title()
    mount(page, some_run("running", step=444), experiment={"name": "my  net"})
    assert page.title() == "37% · my net · Highrise"
    page.evaluate("document.title = 'set by Streamlit'")
    page.wait_for_function("document.title.startsWith('37%')")
    update(page, run=some_run("running", step=456))
    assert page.title().startswith("38%")
    page.evaluate("harness.unmount('transport')")
    assert page.title() == "set by Streamlit" != before


def test_of_what_the_page_and_the_feed_say_of_a_run_the_newer_counts(page: Page) -> None:
    mount(page, some_run("running", at=10, step=100), follow="feed/run?run=r1")
    bar = page.locator(".tp-run")
    expect(bar).to_contain_text("100")
    tell(page, "run?run=r1", {"at": 11, "run": some_run("running", step=111)})
    expect(bar).to_contain_text("111")
    update(page, run=some_run("running", at=10.5, step=105))
    expect(bar).to_contain_text("111")
    update(page, run=some_run("running", at=12, step=122))
    expect(bar).to_contain_text("122")
    update(page, run=some_run("queued", at=9, id="r2", step=0), follow="feed/run?run=r2")
    expect(bar).to_contain_text("queued")


def test_a_run_that_has_moved_on_is_reported_once_so_that_the_page_draws_what_hangs_on_it(page: Page) -> None:
    mount(page, some_run("running", at=10), follow="feed/run?run=r1")
    for at, step in ((11, 900), (12, 1000)):
        tell(page, "run?run=r1", {"at": at, "run": some_run("running", step=step)})
    for at in (13, 14):
        tell(page, "run?run=r1", {"at": at, "run": some_run("finished", step=1200)})
    expect(page.get_by_role("button", name="Train")).to_be_visible()
    page.wait_for_timeout(200)
    moved = [each["value"] for each in page.evaluate("harness.triggers('transport')") if each["key"] == "moved"]
    assert moved == ["r1 finished 13"]


def test_a_click_opens_the_experiments_and_a_double_click_renames(page: Page) -> None:
    mount(page)
    name = page.get_by_role("button", name="digits-residual")
    name.click()
    page.wait_for_timeout(350)
    assert actions(page) == [{"kind": "open_experiments"}]
    name.dblclick()
    field = page.get_by_label("Name of the experiment")
    field.fill("<img src=x onerror=alert(1)>")
    update(page, can_redo=True)
    expect(field).to_be_focused()
    field.press("Enter")
    expect(page.locator(".tp-name")).to_have_text("<img src=x onerror=alert(1)>")
    assert page.locator(".tp-name img").count() == 0
    page.wait_for_timeout(350)
    assert actions(page)[1:] == [{"kind": "rename", "name": "<img src=x onerror=alert(1)>"}]


def test_a_rename_that_is_given_up_or_empty_is_none(page: Page) -> None:
    mount(page)
    name = page.get_by_role("button", name="digits-residual")
    field = page.get_by_label("Name of the experiment")
    for text, key in [("other", "Escape"), ("   ", "Enter"), ("digits-residual", "Enter")]:
        name.press("F2")
        field.fill(text)
        field.press(key)
        expect(name).to_be_focused()
    page.wait_for_timeout(350)
    assert actions(page) == []


@pytest.mark.holds_the_clock
def test_quick_presses_are_sent_one_by_one_in_order(page: Page) -> None:
    page.clock.install()
    mount(page, some_run("running"), can_redo=True)
    page.evaluate(
        "for (const name of ['undo', 'undo', 'redo']) harness.root('transport').querySelector(`.tp-${name}`).click()"
    )
    assert len(actions(page)) == 1
    page.clock.run_for(600)
    assert [action["kind"] for action in actions(page)] == ["undo", "undo", "redo"]


def test_each_click_on_step_is_a_step(page: Page) -> None:
    mount(page, some_run("paused"))
    step = page.get_by_role("button", name="Step", exact=True)
    for _ in range(4):
        step.click()
    page.wait_for_timeout(900)
    assert actions(page) == [{"kind": "step"}] * 4


@pytest.mark.holds_the_clock
def test_stepping_over_the_end_of_a_run_does_not_train_on(page: Page) -> None:
    page.clock.install()
    mount(page, some_run("paused"))
    page.get_by_role("button", name="Step", exact=True).click()
    update(page, run=some_run("finished"))
    go_on = page.get_by_role("button", name="Go on", exact=True)
    # Longer than a double click takes.
    page.clock.run_for(700)
    go_on.click()
    page.clock.run_for(1000)
    assert actions(page) == [{"kind": "step"}]
    page.clock.run_for(2000)
    go_on.click()
    page.clock.run_for(1000)
    assert actions(page) == [{"kind": "step"}, {"kind": "go_on"}]


def test_back_and_forward_of_the_browser_are_told_and_what_the_page_writes_is_not(page: Page) -> None:
    mount(page)
    page.evaluate("history.pushState({}, '', '?experiment=a')")
    page.evaluate("history.pushState({}, '', '?experiment=b')")
    assert actions(page) == []
    page.evaluate("history.back()")
    page.wait_for_function("location.search === '?experiment=a'")
    page.wait_for_timeout(300)
    assert actions(page) == [{"kind": "navigate", "query": "?experiment=a"}]


def test_device_and_pace_are_chosen_and_stand_until_the_server_agrees(page: Page) -> None:
    mount(page)
    page.get_by_label("Device").select_option("cuda:0")
    page.get_by_label("Pace").select_option("20")
    update(page, can_redo=True)
    expect(page.locator(".tp-device .tp-select-text")).to_have_text("cuda:0")
    expect(page.locator(".tp-pace .tp-select-text")).to_have_text("20 /s")
    page.wait_for_timeout(300)
    page.get_by_label("Pace").select_option("unlimited")
    page.wait_for_timeout(300)
    assert actions(page) == [
        {"kind": "set_device", "device": "cuda:0"},
        {"kind": "set_pace", "steps_per_second": 20},
        {"kind": "set_pace", "steps_per_second": None},
    ]


def test_updates_keep_focus_nodes_and_the_open_details(page: Page) -> None:
    mount(page, some_run("running"))
    page.locator(".tp-status").click()
    details = page.get_by_role("dialog", name="Run")
    expect(details).to_be_visible()
    page.evaluate("window.nodes = [...harness.root('transport').querySelectorAll('*')]")
    for step in range(843, 853):
        update(page, run=some_run("running", step=step))
    expect(details).to_be_visible()
    expect(details).to_contain_text("852 of 1,200")
    expect(page.locator(".tp-status")).to_be_focused()
    expect(page.locator(".tp-status")).to_contain_text("000,852")
    assert page.evaluate("window.nodes.every((node) => node.isConnected)")


@pytest.mark.parametrize("status", ["diverged", "failed", "crashed"])
def test_a_bad_end_has_icon_word_and_the_whole_reason_within_reach(page: Page, status: str) -> None:
    reason = "Loss is not finite at step 843. " * 20
    mount(page, some_run(status, reason=reason))
    cell = page.locator(".tp-status")
    expect(cell).to_contain_text(status)
    expect(cell.locator("svg")).to_be_visible()
    cell.press("Enter")
    dialog = page.get_by_role("dialog", name="Run")
    expect(dialog).to_contain_text(reason.strip())
    box = dialog.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1280
    cell.click()
    expect(dialog).to_be_hidden()


def test_a_notice_offers_its_remedy_and_leaves_when_dismissed(page: Page) -> None:
    notice = {"id": 7, "kind": "warning", "text": "<b>Deleted</b>", "action": {"kind": "undelete", "title": "Restore"}}
    mount(page, notice=notice)
    box = page.get_by_role("status").filter(has_text="Deleted")
    expect(box).to_contain_text("<b>Deleted</b>")
    page.get_by_role("button", name="Restore").click()
    expect(box).to_be_hidden()
    update(page, notice=notice)
    expect(box).to_be_hidden()
    update(page, notice={**notice, "id": 8, "kind": "error"})
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("button", name="Dismiss").click()
    page.wait_for_timeout(300)
    assert actions(page) == [{"kind": "notice_action", "id": 7}, {"kind": "dismiss", "id": 8}]


@pytest.mark.holds_the_clock
def test_information_leaves_by_itself_and_the_rest_stays(page: Page) -> None:
    page.clock.install()
    mount(page, notice={"id": "a", "kind": "info", "text": "Saved.", "action": None})
    box = page.locator(".tp-notice")
    expect(box).to_be_visible()
    page.clock.run_for(8100)
    expect(box).to_be_hidden()
    assert actions(page) == [{"kind": "dismiss", "id": "a"}]
    update(page, notice={"id": "b", "kind": "warning", "text": "No space.", "action": None})
    page.clock.run_for(60_000)
    expect(box).to_be_visible()


def test_a_read_only_view_shows_the_run_and_takes_no_action(page: Page) -> None:
    mount(page, some_run("running"), read_only=True, can_train=False, why_not="This is a read-only view.")
    expect(page.locator(".tp-status")).to_contain_text("000,842")
    for name in ("Pause", "Stop", "Undo", "Presets", "Device"):
        expect(page.get_by_label(name)).to_be_hidden()
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(200)
    assert actions(page) == []


@pytest.mark.parametrize("width", [1440, 1280, 1024, 768, 600])
def test_nothing_scrolls_sideways_and_every_control_is_in_the_window(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    name = "a very long name of an experiment " * 3
    mount(page, some_run("running", samples_per_second=1_234_567.0, seconds_left=4000.0), experiment={"name": name})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = page.evaluate(
        """[...harness.root('transport').querySelectorAll('button, .tp-select, .tp-progress')]
            .filter((each) => each.checkVisibility()).map((each) => each.getBoundingClientRect().toJSON())"""
    )
    assert len(boxes) >= 12
    assert all(box["left"] >= 0 and box["right"] <= width and box["width"] > 0 for box in boxes)
    height = page.evaluate("harness.root('transport').host.offsetHeight")
    assert height == 52 if width >= 1024 else height <= 130
