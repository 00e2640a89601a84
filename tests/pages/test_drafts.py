"""What an edit makes of a document, worked out once for the page that asks and for the script that takes it."""

import copy
import gc
from dataclasses import replace
from types import SimpleNamespace

import pytest

from builder.pages import drafts as module
from builder.pages.drafts import DraftBoard, Drafts
from builder.pages.editing import adopt, analysis_message, begin, item_rows, take_edit
from builder.pages.known_rows import KnownRows
from builder.spec import DocumentError, load_experiment, with_value

PRESET = load_experiment("digits-residual")


@pytest.fixture
def desk():
    return SimpleNamespace(editing=begin(PRESET))


@pytest.fixture
def drafts(desk):
    return Drafts(desk, KnownRows())


@pytest.fixture
def computed(monkeypatch):
    """The revs for which a document was worked out."""
    revs = []

    def counted(editing, message):
        revs.append(message["rev"])
        return take_edit(editing, message)

    monkeypatch.setattr(module, "take_edit", counted)
    return revs


def edit(desk, rev, path="network.items.i4.items.i5.bypassed", value=True, **more):
    document = with_value(desk.editing.experiment, path, value).model_dump(mode="json")
    return {"epoch": desk.editing.epoch, "rev": rev, "document": document, **more}


def test_the_page_is_answered_what_the_script_would_say_and_the_document_stays(desk, drafts):
    before, message = desk.editing, edit(desk, 1)
    assert drafts.answer(message) == {"epoch": before.epoch, **analysis_message(take_edit(before, message))}
    assert desk.editing is before


@pytest.mark.parametrize("is_page_first", [True, False])
def test_page_and_script_share_one_computation(desk, drafts, computed, is_page_first):
    message = edit(desk, 1)
    if is_page_first:
        assert drafts.answer(message)
        desk.editing = drafts.take(desk.editing, copy.deepcopy(message))
    else:
        desk.editing = drafts.take(desk.editing, message)
        assert drafts.answer(copy.deepcopy(message))
    assert computed == [1]
    assert (desk.editing.rev, desk.editing.experiment.network.items[3].items[0].bypassed) == (1, True)


def test_the_script_keeps_what_else_it_knows_of_the_document(desk, drafts, computed):
    message = edit(desk, 1)
    drafts.answer(message)
    desk.editing = replace(desk.editing, experiment_id="x1", revision=7)
    taken = drafts.take(desk.editing, message)
    assert (taken.experiment_id, taken.revision, taken.rev, computed) == ("x1", 7, 1, [1])


def test_an_answer_leaves_out_what_the_editor_has(desk, drafts):
    first = drafts.answer(edit(desk, 1))
    assert first is not None
    second = drafts.answer(edit(desk, 2, value=False, analysed=1))
    assert second is not None
    assert (second["base"], 0 < len(second["items"]) < len(first["items"])) == (1, True)
    assert {**first["items"], **second["items"]} == item_rows(desk.editing.analysis)


def test_an_edit_that_follows_at_once_is_worked_out_from_the_one_before(desk, drafts, computed):
    drafts.answer(edit(desk, 1))
    message = edit(desk, 2, "training.batch_size", 32)
    drafts.answer(message)
    assert drafts.take(desk.editing, message) == take_edit(desk.editing, message)
    assert computed == [1, 2]


def test_a_forged_edit_of_the_same_rev_is_not_taken_for_the_one_that_was_asked_about(desk, drafts):
    drafts.answer(edit(desk, 1))
    forged = edit(desk, 1, "name", "another")
    assert drafts.take(desk.editing, forged).experiment.name == "another"


@pytest.mark.parametrize("message", [None, [], {}, {"epoch": 0, "rev": 1}, {"rev": "1"}, {"epoch": 1.5, "rev": True}])
def test_what_is_no_edit_of_this_epoch_is_not_answered(drafts, message):
    assert drafts.answer(message) is None


def test_an_old_edit_is_not_answered(desk, drafts):
    message = edit(desk, 1)
    desk.editing = adopt(desk.editing, PRESET, None, None)
    assert drafts.answer(message) is None


def test_what_the_schema_refuses_is_refused_each_time(desk, drafts):
    message = {**edit(desk, 1), "document": {"format": 1, "training": {"batch_size": -1}}}
    for ask in (drafts.answer, lambda each: drafts.take(desk.editing, each)):
        with pytest.raises(DocumentError):
            ask(message)
    assert drafts.answer(edit(desk, 2))


def test_a_board_forgets_the_drafts_of_a_tab_that_left(desk):
    board = DraftBoard()
    drafts = Drafts(desk, KnownRows())
    board.add(drafts)
    key = drafts.key
    assert board.of(key) is drafts
    del drafts
    gc.collect()
    assert board.of(key) is None
