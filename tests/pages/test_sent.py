"""What the editor is sent at a tick: all that it lacks, and nothing that it has."""

from builder.pages.editing import Editing, adopt, begin, item_rows, take_edit
from builder.pages.known_rows import MAX_KNOWN
from builder.pages.sent import RESEND_SECONDS, Sent
from builder.spec import load_experiment, with_value

PRESET = load_experiment("digits-residual")


def edited(editing: Editing, rev: int, bypassed: bool = True) -> Editing:
    """After the editor bypassed the repeated block, or put it back."""
    document = with_value(PRESET, "network.items.i4.items.i5.bypassed", bypassed).model_dump(mode="json")
    return take_edit(editing, {"epoch": editing.epoch, "rev": rev, "document": document})


def applied(answer: dict, base: dict) -> dict:
    """What the editor makes of an answer."""
    return {item_id: row for item_id, row in {**base, **answer["items"]}.items() if item_id not in answer["gone"]}


def test_a_document_that_python_opened_or_changed_is_sent_whole():
    sent, editing = Sent(), begin(PRESET)
    for each in (editing, adopt(editing, PRESET, None, None)):
        document, answer = sent.news(each)
        assert document == PRESET.model_dump(mode="json")
        assert answer is not None
        assert answer["base"] is None
        assert set(answer["items"]) == set(each.analysis.items)


def test_the_editors_own_document_is_not_sent_back(monkeypatch):
    sent, editing = Sent(), begin(PRESET)
    sent.news(editing)
    monkeypatch.setattr("time.monotonic", lambda: RESEND_SECONDS + 1e9)
    sent.edit_taken(0)
    document, answer = sent.news(edited(editing, 1))
    assert document is None
    assert answer is not None


def test_an_answer_leaves_out_what_the_editor_has():
    sent, editing = Sent(), begin(PRESET)
    sent.news(editing)
    sent.edit_taken(0)
    after = edited(editing, 1)
    for _ in range(2):
        _, answer = sent.news(after)
        assert answer is not None
        assert answer["base"] == 0
        assert 0 < len(answer["items"]) < len(after.analysis.items)
        assert applied(answer, item_rows(editing.analysis)) == item_rows(after.analysis)


def test_an_answer_is_based_on_what_the_editor_had_and_not_on_what_was_sent_last():
    sent, first = Sent(), begin(PRESET)
    sent.news(first)
    sent.edit_taken(0)
    second = edited(first, 1)
    sent.news(second)
    # Made before the answer to the first edit was there.
    sent.edit_taken(0)
    third = edited(second, 2, bypassed=False)
    _, answer = sent.news(third)
    assert answer is not None
    assert answer["base"] == 0
    assert applied(answer, item_rows(first.analysis)) == item_rows(third.analysis)


def test_whoever_has_no_answer_or_one_that_is_forgotten_or_forged_gets_all_items():
    for claimed in (None, 7, -1, "0", True, 0.0, [0]):
        sent, editing = Sent(), begin(PRESET)
        sent.news(editing)
        sent.edit_taken(claimed)
        after = edited(editing, 1)
        _, answer = sent.news(after)
        assert answer is not None
        assert answer["base"] is None
        assert set(answer["items"]) == set(after.analysis.items)


def test_what_is_asked_for_again_is_sent_again_whole():
    sent, editing = Sent(), begin(PRESET)
    sent.news(editing)
    sent.edit_taken(0)
    after = edited(editing, 1)
    sent.news(after)
    sent.resend()
    document, answer = sent.news(after)
    assert document == after.experiment.model_dump(mode="json")
    assert answer is not None
    assert answer["base"] is None


def test_after_a_while_nothing_is_sent(monkeypatch):
    sent, editing = Sent(), begin(PRESET)
    sent.news(editing)
    monkeypatch.setattr("time.monotonic", lambda: RESEND_SECONDS + 1e9)
    assert sent.news(editing) == (None, None)


def test_no_more_answers_are_kept_than_may_be_asked_for():
    sent, editing = Sent(), begin(PRESET)
    for rev in range(1, 3 * MAX_KNOWN):
        editing = edited(editing, rev, bypassed=bool(rev % 2))
        sent.news(editing)
    assert len(sent.known) == MAX_KNOWN
