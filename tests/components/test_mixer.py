"""The mixer in a real browser."""

import itertools

import pytest
from playwright.sync_api import Locator, Page, expect
from remounting import remount, tell

pytestmark = pytest.mark.e2e

NAMES = ["Stem", "<b>Bodies</b>", "Gates", "Head"]


def some_groups(*rates: float, **changes) -> list[dict]:
    return [
        {
            "name": NAMES[i] if i < len(NAMES) else f"Group {i}",
            "colour": "#4477AA",
            "learning_rate": rate,
            "weight_decay": 0.0,
            "frozen": False,
            "num_parameters": 4160,
            **changes,
        }
        for i, rate in enumerate(rates)
    ]


def mount(page: Page, groups: list[dict], width: int = 620, **changes) -> None:
    data = {"epoch": 1, "rev": 0, "groups": groups, "running": False, "read_only": False, "hint": "", "height": 210}
    data["follow"] = "feed/run?run=r1"
    page.evaluate("([data, width]) => harness.mount('mixer', data, { width })", [{**data, **changes}, width])


def tell_rates(page: Page, **now: float | str) -> None:
    """What the feed says of the first group."""
    tell(page, "run?run=r1", {"groups": {NAMES[0]: now}})


def update(page: Page, **changes) -> None:
    page.evaluate("changes => harness.update('mixer', changes)", changes)


def edits(page: Page) -> list[dict]:
    sent = page.evaluate("harness.states('mixer')")
    assert {each["key"] for each in sent} <= {"edit"}
    return [each["value"] for each in sent]


def slider(page: Page, index: int = 0) -> Locator:
    return page.get_by_role("slider").nth(index)


def field(page: Page, index: int = 0) -> Locator:
    return page.locator(".mx-field").nth(index)


def rate(edit: dict, index: int = 0) -> float:
    return edit["groups"][index]["learning_rate"]


def test_an_edit_names_every_group_and_text_is_never_markup(page: Page) -> None:
    mount(page, some_groups(0.01, 0.03))
    page.get_by_role("button", name="Double the learning rate of <b>Bodies</b>").click()
    assert page.locator(".mx-name b").count() == 0
    assert edits(page) == [
        {
            "epoch": 1,
            "rev": 1,
            "gesture": 1,
            "groups": [
                {"name": "Stem", "learning_rate": 0.01, "frozen": False},
                {"name": "<b>Bodies</b>", "learning_rate": 0.06, "frozen": False},
            ],
        }
    ]


def test_keys_move_the_rate_by_a_tenth_and_by_two(page: Page) -> None:
    mount(page, some_groups(0.01))
    for key, expected in [("ArrowUp", 0.011), ("ArrowDown", 0.01), ("PageUp", 0.02), ("PageDown", 0.01), ("End", 10)]:
        slider(page).press(key)
        page.wait_for_timeout(120)
        assert rate(edits(page)[-1]) == expected
    expect(slider(page)).to_have_attribute("aria-valuetext", "10")
    assert [edit["rev"] for edit in edits(page)] == [1, 2, 3, 4, 5]


def test_a_drag_shows_at_once_and_sends_at_most_ten_a_second_with_the_last_value(page: Page) -> None:
    mount(page, some_groups(0.01))
    box = slider(page).bounding_box()
    assert box is not None
    page.evaluate(
        "() => { window.times = []; harness.instance('mixer').onState = () => times.push(performance.now()) }"
    )
    x = box["x"] + 14
    page.mouse.move(x, box["y"] + box["height"] - 6)
    page.mouse.down()
    for part in range(60):
        page.mouse.move(x, box["y"] + box["height"] - 6 - part * (box["height"] - 12) / 59)
        page.wait_for_timeout(8)
    expect(field(page)).to_have_value("10")
    page.mouse.up()
    page.wait_for_timeout(250)
    times = page.evaluate("times")
    assert all(later - earlier > 95 for earlier, later in itertools.pairwise(times))
    assert len(times) >= 4
    sent = edits(page)
    assert rate(sent[0]) == 1e-6
    assert rate(sent[-1]) == 10
    revs = [edit["rev"] for edit in sent]
    assert revs == sorted(set(revs))
    assert {edit["gesture"] for edit in sent} == {revs[0]}


def test_each_press_of_a_button_is_a_step_of_undo_and_a_held_key_is_one(page: Page) -> None:
    mount(page, some_groups(0.01))
    double = page.get_by_role("button", name="Double the learning rate of Stem")
    for _ in range(2):
        double.click()
        page.wait_for_timeout(120)
    slider(page).focus()
    for _ in range(3):
        page.keyboard.down("ArrowUp")
        page.wait_for_timeout(120)
    page.keyboard.up("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.wait_for_timeout(120)
    assert [edit["gesture"] for edit in edits(page)] == [1, 2, 3, 3, 3, 6]


def test_a_grip_beside_the_thumb_s_middle_does_not_make_it_jump(page: Page) -> None:
    mount(page, some_groups(0.01))
    box = page.locator(".mx-thumb").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 4, box["y"] + 2)
    page.mouse.down()
    page.mouse.up()
    assert edits(page) == []


def test_a_finger_drags_the_slider(page: Page) -> None:
    mount(page, some_groups(0.01))
    box = slider(page).bounding_box()
    assert box is not None
    session = page.context.new_cdp_session(page)
    x, top, bottom = box["x"] + 14, box["y"] + 6, box["y"] + box["height"] - 6

    def touch(kind: str, *points: tuple[float, float]) -> None:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    touch("touchStart", (x, bottom))
    for part in range(1, 9):
        touch("touchMove", (x, bottom + (top - bottom) * part / 8))
    touch("touchEnd")
    page.wait_for_timeout(250)
    assert rate(edits(page)[-1]) == 10


def test_text_that_is_no_rate_stays_with_a_message_and_is_not_sent(page: Page) -> None:
    mount(page, some_groups(0.01))
    field(page).fill("fast")
    field(page).press("Enter")
    expect(field(page)).to_have_attribute("aria-invalid", "true")
    expect(field(page)).to_have_accessible_description("Not a number. Write it as 0.01 or 1e-2.")
    tell_rates(page, learning_rate=0.5)
    expect(page.locator(".mx-meters")).to_contain_text("0.5")
    expect(field(page)).to_have_value("fast")
    assert edits(page) == []
    field(page).fill("2.5e-4")
    expect(field(page)).not_to_have_attribute("aria-invalid", "true")
    assert edits(page) == []
    field(page).press("Enter")
    assert rate(edits(page)[-1]) == 2.5e-4


def test_escape_takes_back_what_was_typed_and_leaving_the_field_takes_it(page: Page) -> None:
    mount(page, some_groups(0.01))
    field(page).fill("5")
    field(page).press("Escape")
    expect(field(page)).to_have_value("1e-2")
    assert edits(page) == []
    field(page).fill("5")
    slider(page).focus()
    assert rate(edits(page)[-1]) == 5


def test_a_rate_of_many_digits_is_not_rounded_by_looking_at_it(page: Page) -> None:
    mount(page, some_groups(0.0123456789))
    field(page).focus()
    field(page).press("Enter")
    slider(page).focus()
    assert edits(page) == []
    page.get_by_role("button", name="Halve the learning rate of Stem").click()
    assert rate(edits(page)[-1]) == 0.0123456789 / 2


def test_an_older_echo_changes_nothing_and_another_epoch_everything(page: Page) -> None:
    mount(page, some_groups(0.01))
    page.evaluate(
        "for (const _ of [1, 2]) harness.root('mixer').querySelector('.mx-factors button:last-child').click()"
    )
    update(page, rev=1, groups=some_groups(0.02))
    expect(field(page)).to_have_value("4e-2")
    update(page, rev=2, groups=some_groups(0.04))
    expect(field(page)).to_have_value("4e-2")
    field(page).fill("nonsense")
    field(page).press("Enter")
    update(page, epoch=2, rev=0, groups=some_groups(0.5))
    expect(field(page)).to_have_value("0.5")
    expect(field(page)).not_to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize("norm", [3.21, "∞", "NaN"])
def test_the_meters_say_what_each_group_has_at_the_newest_step_until_no_run_is_followed(page: Page, norm) -> None:
    mount(page, some_groups(0.01, 0.02))
    tell_rates(page, learning_rate=0.0081, grad_norm=norm)
    meters = page.locator(".mx-meters")
    expect(meters.first).to_contain_text("8.1e-3")
    expect(meters.first).to_contain_text("3.2" if norm == 3.21 else norm)
    expect(meters.nth(1)).not_to_contain_text("8.1e-3")
    update(page, follow=None)
    expect(meters.first).not_to_contain_text("8.1e-3")


def test_freezing_is_for_the_next_run_and_says_so_while_one_is_running(page: Page) -> None:
    mount(page, some_groups(0.01))
    freeze = page.get_by_role("button", name="Freeze Stem")
    freeze.click()
    expect(freeze).to_have_attribute("aria-pressed", "true")
    assert edits(page)[-1]["groups"][0]["frozen"] is True
    update(page, running=True)
    expect(freeze).to_have_attribute("aria-disabled", "true")
    freeze.click(force=True)
    expect(page.locator(".mx-message")).to_contain_text("next run")
    assert len(edits(page)) == 1


def test_a_read_only_view_takes_no_edit(page: Page) -> None:
    mount(page, some_groups(0.01), read_only=True)
    slider(page).press("ArrowUp")
    slider(page).click(position={"x": 14, "y": 10}, force=True)
    page.get_by_role("button", name="Freeze Stem").click(force=True)
    expect(field(page)).not_to_be_editable()
    expect(page.get_by_role("button", name="Double the learning rate of Stem")).to_be_disabled()
    page.wait_for_timeout(150)
    assert edits(page) == []


def test_updates_keep_focus_and_nodes(page: Page) -> None:
    mount(page, some_groups(0.01, 0.02))
    slider(page, 1).focus()
    page.evaluate("window.nodes = [...harness.root('mixer').querySelectorAll('*')]")
    for part in range(10):
        tell_rates(page, learning_rate=0.01 * part, grad_norm=0.5 * part)
        update(page, groups=some_groups(0.01, 0.02))
    expect(page.locator(".mx-meters").first).to_contain_text("4.5")
    expect(slider(page, 1)).to_be_focused()
    assert page.evaluate("window.nodes.every((node) => node.isConnected)")


@pytest.mark.parametrize("count", [1, 2, 3, 4, 8, 64])
def test_many_strips_scroll_inside_and_few_do_not_stretch(page: Page, count: int) -> None:
    mount(page, some_groups(*[0.01] * count), width=530)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    widths = page.evaluate("[...harness.root('mixer').querySelectorAll('.mx-strip')].map((each) => each.offsetWidth)")
    assert len(widths) == count
    assert all(110 <= width <= 220 for width in widths)
    row = page.locator(".mx-row")
    scrolls = row.evaluate("row => row.scrollWidth > row.clientWidth")
    assert scrolls == (count > 4)
    assert page.locator(".mx-panel").evaluate("panel => panel.offsetHeight") == 210
    slider(page, count - 1).scroll_into_view_if_needed()
    expect(slider(page, count - 1)).to_be_in_viewport()


def test_a_drag_of_the_slider_outlives_a_remount(page: Page) -> None:
    mount(page, some_groups(0.01))
    box = slider(page).locator(".mx-thumb").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 10)
    remount(page, "mixer")
    page.mouse.move(x, y - 30, steps=3)
    page.mouse.up()
    page.wait_for_timeout(150)
    dragged = rate(edits(page)[-1])
    assert dragged > rate(edits(page)[0]) > 0.01
    page.mouse.move(x, y - 60)
    page.wait_for_timeout(150)
    assert rate(edits(page)[-1]) == dragged
