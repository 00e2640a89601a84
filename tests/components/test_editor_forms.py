"""The editor's forms: what is typed, groups, problems, and a person's words."""

import pytest
from studio import SETTLE_MS, block, linear, tower

from builder.spec import validate_experiment

pytestmark = pytest.mark.e2e


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
