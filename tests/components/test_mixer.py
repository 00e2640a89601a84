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
    data = {"document": "a", "epoch": 1, "rev": 0, "groups": groups, "running": False, "read_only": False}
    data |= {"hint": "", "height": 234}
    data["follow"] = "feed/run?run=r1"
    page.evaluate("([data, width]) => harness.mount('mixer', data, { width })", [{**data, **changes}, width])


def tell_rates(page: Page, solo: str | None = None, **now: float | str) -> None:
    """What the feed says of the first group, and which one is solo."""
    tell(page, "run?run=r1", {"groups": {NAMES[0]: now}, "solo": solo})


def update(page: Page, **changes) -> None:
    page.evaluate("changes => harness.update('mixer', changes)", changes)


def edits(page: Page) -> list[dict]:
    sent = page.evaluate("harness.states('mixer')")
    assert {each["key"] for each in sent} <= {"edit"}
    return [each["value"] for each in sent]


def strip(page: Page, index: int = 0) -> Locator:
    return page.locator(".mx-strip").nth(index)


def slider(page: Page, index: int = 0) -> Locator:
    return strip(page, index).get_by_role("slider")


def field(page: Page, index: int = 0) -> Locator:
    return strip(page, index).locator(".mx-field").first


def actions(page: Page) -> list[dict]:
    """What was asked beside edits, without its names."""
    sent = [each["value"] for each in page.evaluate("harness.triggers('mixer')")]
    return [{key: value for key, value in each.items() if key != "nonce"} for each in sent]


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
                {"name": "Stem", "learning_rate": 0.01, "weight_decay": 0.0, "frozen": False},
                {"name": "<b>Bodies</b>", "learning_rate": 0.06, "weight_decay": 0.0, "frozen": False},
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
    field(page).blur()
    update(page, epoch=2, rev=0, groups=some_groups(0.5))
    expect(field(page)).to_have_value("0.5")
    expect(field(page)).not_to_have_attribute("aria-invalid", "true")


def test_what_is_being_typed_stays_when_the_document_changes_and_goes_when_another_comes(page: Page) -> None:
    mount(page, some_groups(0.01, 0.03), document="")
    field(page).fill("0.2")
    update(page, document="a", epoch=2, groups=some_groups(0.5, 0.04))
    expect(field(page)).to_have_value("0.2")
    expect(field(page, 1)).to_have_value("4e-2")
    field(page).press("Enter")
    assert [(edit["epoch"], rate(edit), rate(edit, 1)) for edit in edits(page)] == [(2, 0.2, 0.04)]
    field(page).fill("0.3")
    update(page, document="b", epoch=3, groups=some_groups(0.2, 0.04))
    expect(field(page)).to_have_value("0.2")


def test_what_a_hand_changed_before_the_document_did_is_sent_as_of_then(page: Page) -> None:
    mount(page, some_groups(0.01, 0.03))
    page.evaluate(
        """groups => {
          const double = harness.root('mixer').querySelector('button[aria-label$=Stem][aria-label^=Double]');
          double.click(), double.click();
          harness.update('mixer', { epoch: 2, groups });
        }""",
        some_groups(0.5, 0.7),
    )
    assert [(edit["epoch"], rate(edit), rate(edit, 1)) for edit in edits(page)] == [(1, 0.02, 0.03), (1, 0.04, 0.03)]
    expect(field(page)).to_have_value("0.5")


@pytest.mark.parametrize("rms", [3.21, "∞", "NaN"])
def test_the_meters_say_what_each_group_has_at_the_newest_step_until_no_run_is_followed(page: Page, rms) -> None:
    mount(page, some_groups(0.01, 0.02))
    tell_rates(page, learning_rate=0.0081, grad_rms=rms, update_ratio=0.0012)
    meters = page.locator(".mx-meters")
    expect(meters.first).to_contain_text("8.1e-3")
    expect(meters.first).to_contain_text("3.2" if rms == 3.21 else rms)
    expect(meters.first).to_contain_text("1.2e-3")
    expect(meters.nth(1)).not_to_contain_text("8.1e-3")
    update(page, follow=None)
    expect(meters.first).not_to_contain_text("8.1e-3")


def test_a_meter_is_as_long_as_its_power_of_ten_and_the_useful_range_is_marked(page: Page) -> None:
    mount(page, some_groups(0.01))
    gradient, ratio = strip(page).locator(".mx-level-row").all()

    def share(row: Locator) -> float:
        return row.evaluate(
            "row => row.querySelector('.mx-fill').getBoundingClientRect().width / row.querySelector('.mx-bar').clientWidth"
        )

    for value, shares, is_useful in ((1e-3, (5 / 8, 1 / 2), True), (1e-1, (7 / 8, 5 / 6), False), (0, (0, 0), False)):
        tell_rates(page, grad_rms=value, update_ratio=value)
        expect(ratio.locator("b")).to_have_text(str(value) if value != 1e-3 else "1e-3")
        page.wait_for_timeout(250)
        assert (share(gradient), share(ratio)) == pytest.approx(shares, abs=0.02)
        assert (ratio.get_attribute("data-useful") is not None) == is_useful
    band = ratio.locator(".mx-band").evaluate(
        "band => [band.offsetLeft, band.offsetLeft + band.offsetWidth].map((x) => x / band.parentElement.clientWidth)"
    )
    # From 3e-4 to 3e-3, on six decades from 1e-6.
    assert band == pytest.approx([2.5 / 6, 3.5 / 6], abs=0.03)


def test_a_number_that_grows_longer_moves_nothing(page: Page) -> None:
    mount(page, some_groups(0.01, 0.02, 0.03))
    places = []
    for value in (0.1, 1.2e-3, 3.4e-12, 1, "NaN"):
        tell_rates(page, learning_rate=value, grad_rms=value, update_ratio=value)
        page.wait_for_timeout(60)
        places.append(
            page.evaluate(
                """[...harness.root('mixer').querySelectorAll('.mx-strip, .mx-bar, .mx-field, .mx-side, button')]
                     .map((node) => { const { x, y, width } = node.getBoundingClientRect(); return [x, y, width]; })"""
            )
        )
    assert all(place == places[0] for place in places)


@pytest.mark.parametrize("running", [False, True])
def test_freezing_is_an_edit_whether_a_run_trains_or_not(page: Page, running: bool) -> None:
    mount(page, some_groups(0.01, 0.02), running=running)
    freeze = page.get_by_role("button", name="Freeze Stem")
    assert ("from the next step on" in (freeze.get_attribute("title") or "")) == running
    freeze.click()
    expect(freeze).to_have_attribute("aria-pressed", "true")
    assert [group["frozen"] for group in edits(page)[-1]["groups"]] == [True, False]
    expect(strip(page).locator(".mx-meters")).to_contain_text("frozen")
    freeze.click()
    page.wait_for_timeout(120)
    assert [group["frozen"] for group in edits(page)[-1]["groups"]] == [False, False]


def test_the_last_group_that_learns_is_not_frozen_in_a_run_and_says_why(page: Page) -> None:
    groups = some_groups(0.01, 0.02)
    groups[1]["frozen"] = True
    mount(page, groups, running=True)
    page.get_by_role("button", name="Freeze Stem").click()
    expect(strip(page).locator(".mx-message")).to_contain_text("only group that learns")
    page.get_by_role("button", name="Solo <b>Bodies</b>").click()
    expect(strip(page, 1).locator(".mx-message")).to_contain_text("It is frozen")
    assert (edits(page), actions(page)) == ([], [])


def test_solo_is_asked_for_shown_at_once_and_follows_what_the_run_says(page: Page) -> None:
    mount(page, some_groups(0.01, 0.02), running=True)
    solo = page.get_by_role("button", name="Solo Stem")
    solo.click()
    expect(solo).to_have_attribute("aria-pressed", "true")
    expect(strip(page, 1)).to_have_attribute("data-frozen", "")
    assert actions(page) == [{"kind": "solo", "group": "Stem", "value": True}]
    tell_rates(page, solo="Stem")
    page.wait_for_timeout(100)
    solo.click()
    expect(solo).to_have_attribute("aria-pressed", "false")
    expect(strip(page, 1)).not_to_have_attribute("data-frozen", "")
    assert actions(page)[1:] == [{"kind": "solo", "group": "Stem", "value": False}]
    tell_rates(page, solo=None)
    tell_rates(page, solo="<b>Bodies</b>")
    expect(strip(page, 0)).to_have_attribute("data-frozen", "")
    assert edits(page) == []


def test_solo_without_a_run_says_what_it_needs(page: Page) -> None:
    mount(page, some_groups(0.01, 0.02))
    page.get_by_role("button", name="Solo Stem").click(force=True)
    expect(strip(page).locator(".mx-message")).to_contain_text("for a run that trains")
    assert actions(page) == []


def test_weight_decay_is_typed_and_a_negative_one_stays_with_a_message(page: Page) -> None:
    mount(page, some_groups(0.01, 0.02), running=True)
    decay = page.get_by_label("Weight decay of Stem")
    decay.fill("-1e-3")
    decay.press("Enter")
    expect(strip(page).locator(".mx-message")).to_have_text("A weight decay is never below 0.")
    decay.fill("11")
    decay.press("Enter")
    expect(strip(page).locator(".mx-message")).to_have_text("Too large. The highest weight decay is 10.")
    assert edits(page) == []
    decay.fill("1e-3")
    decay.press("Enter")
    assert [group["weight_decay"] for group in edits(page)[-1]["groups"]] == [1e-3, 0.0]


def test_the_fader_scales_all_rates_by_one_factor_and_goes_back_to_its_middle(page: Page) -> None:
    mount(page, some_groups(0.1, 0.003, 0.0), running=True)
    fader = page.get_by_role("slider", name="All learning rates")
    thumb = fader.locator(".mx-thumb")
    box, track = thumb.bounding_box(), fader.locator(".mx-track").bounding_box()
    assert box
    assert track
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for part in range(1, 11):
        page.mouse.move(x, y + part * track["height"] / 40)
        page.wait_for_timeout(30)
    expect(fader).to_have_attribute("aria-valuetext", "×0.32")
    page.mouse.up()
    page.wait_for_timeout(150)
    last = edits(page)[-1]
    assert [rate(last, index) for index in range(3)] == pytest.approx([0.032, 0.00096, 0.0])
    assert len({edit["gesture"] for edit in edits(page)}) == 1
    expect(fader).to_have_attribute("aria-valuetext", "×1")
    after = thumb.bounding_box()
    assert after
    assert after["y"] == pytest.approx(box["y"], abs=1)
    fader.press("PageUp")
    page.wait_for_timeout(120)
    assert [rate(edits(page)[-1], index) for index in range(3)] == pytest.approx([0.064, 0.00192, 0.0])


def test_at_a_bound_the_fader_stops_all_and_says_so(page: Page) -> None:
    mount(page, some_groups(80, 0.4))
    double = page.get_by_role("button", name="Double all learning rates")
    double.click()
    expect(page.locator(".mx-fader .mx-message")).to_contain_text("“Stem” is at 100, the highest rate")
    assert [rate(edits(page)[-1], index) for index in (0, 1)] == [100, 0.5]
    double.click()
    page.wait_for_timeout(150)
    assert len(edits(page)) == 1


def test_a_read_only_view_takes_no_edit(page: Page) -> None:
    mount(page, some_groups(0.01), read_only=True)
    slider(page).press("ArrowUp")
    slider(page).click(position={"x": 14, "y": 10}, force=True)
    for name in ("Freeze Stem", "Solo Stem"):
        page.get_by_role("button", name=name).click(force=True)
    expect(field(page)).not_to_be_editable()
    expect(page.get_by_label("Weight decay of Stem")).not_to_be_editable()
    expect(page.get_by_role("button", name="Double the learning rate of Stem")).to_be_disabled()
    page.wait_for_timeout(150)
    assert (edits(page), actions(page)) == ([], [])


def test_a_read_only_view_of_several_groups_has_a_fader_that_does_nothing(page: Page) -> None:
    mount(page, some_groups(0.01, 0.02), read_only=True)
    page.get_by_role("slider", name="All learning rates").press("ArrowUp")
    expect(page.get_by_role("button", name="Halve all learning rates")).to_be_disabled()
    tell_rates(page, solo="Stem", grad_rms=0.5)
    expect(strip(page, 1)).to_have_attribute("data-frozen", "")
    assert edits(page) == []


def test_updates_keep_focus_and_nodes(page: Page) -> None:
    mount(page, some_groups(0.01, 0.02))
    slider(page, 1).focus()
    page.evaluate("window.nodes = [...harness.root('mixer').querySelectorAll('*')]")
    for part in range(10):
        tell_rates(page, learning_rate=0.01 * part, grad_rms=0.5 * part)
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
    assert scrolls == (count > 3)
    assert page.locator(".mx-panel").evaluate("panel => panel.offsetHeight") == 234
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
