import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.workspace.errors import NotFound, RevisionConflict
from builder.workspace.store import Workspace


def make_document(name="tower", next_id=1, **more) -> str:
    return json.dumps({"name": name, "network": {"items": [], "next_id": next_id}, **more})


@pytest.fixture
def workspace(tmp_path):
    opened = Workspace.open(tmp_path)
    yield opened
    opened.close()


def note_of(revision) -> str:
    return json.loads(revision.document).get("note", "")


def test_undo_and_redo_walk_the_revisions_and_survive_a_reload(workspace):
    entry = workspace.create_experiment(make_document(note="a"))
    for note in "bc":
        workspace.append_revision(entry.id, make_document(note=note), workspace.head(entry.id).id)
    assert [note_of(workspace.undo(entry.id)) for _ in range(3)] == ["b", "a", "a"]
    again = Workspace.open(workspace.folder)
    assert again.experiment(entry.id).can_redo
    assert not again.experiment(entry.id).can_undo
    assert [note_of(again.redo(entry.id)) for _ in range(3)] == ["b", "c", "c"]
    again.close()


def test_an_edit_after_undo_ends_what_could_be_redone(workspace):
    entry = workspace.create_experiment(make_document(note="a"))
    workspace.append_revision(entry.id, make_document(note="b"), entry.head)
    workspace.undo(entry.id)
    workspace.append_revision(entry.id, make_document(note="c"), entry.head)
    assert note_of(workspace.redo(entry.id)) == "c"
    assert note_of(workspace.undo(entry.id)) == "a"


def test_ids_are_never_used_again_after_undo(workspace):
    entry = workspace.create_experiment(make_document(next_id=3))
    workspace.append_revision(entry.id, make_document(next_id=9), entry.head)
    restored = workspace.undo(entry.id)
    assert restored.id == entry.head
    assert json.loads(restored.document)["network"]["next_id"] == 9


def test_of_two_tabs_the_second_edit_is_refused_and_kept(workspace):
    entry = workspace.create_experiment(make_document(note="a"))
    first = workspace.append_revision(entry.id, make_document(note="b"), entry.head)
    with pytest.raises(RevisionConflict) as conflict:
        workspace.append_revision(entry.id, make_document(note="c"), entry.head)
    assert conflict.value.head == first == workspace.head(entry.id)
    assert note_of(workspace.revision(conflict.value.kept.id)) == "c"


def test_an_edit_that_changes_nothing_adds_no_revision(workspace):
    entry = workspace.create_experiment(make_document())
    assert workspace.append_revision(entry.id, make_document(), entry.head).id == entry.head


def test_a_gesture_is_undone_at_once_and_all_its_moments_are_kept(workspace):
    entry = workspace.create_experiment(make_document())
    first = workspace.append_revision(entry.id, make_document(note="0"), entry.head)
    second = workspace.append_revision(entry.id, make_document(note="0.0"), first.id, in_place_of_base=True)
    third = workspace.append_revision(entry.id, make_document(note="0.05"), second.id, in_place_of_base=True)
    assert workspace.head(entry.id).id == third.id
    assert workspace.undo(entry.id).id == entry.head
    assert workspace.redo(entry.id).id == third.id
    assert workspace.revision(first.id).document == make_document(note="0")


def test_a_gesture_that_ends_where_it_began_leaves_nothing_to_undo(workspace):
    entry = workspace.create_experiment(make_document())
    moved = workspace.append_revision(entry.id, make_document(note="up"), entry.head)
    back = workspace.append_revision(entry.id, make_document(), moved.id, in_place_of_base=True)
    assert back.id == workspace.head(entry.id).id == entry.head
    assert not workspace.experiment(entry.id).can_undo


def test_a_moment_from_which_a_run_began_stays_in_the_line(workspace):
    entry = workspace.create_experiment(make_document())
    moment = workspace.append_revision(entry.id, make_document(note="0.0"), entry.head)
    run = workspace.submit(moment.document, device="cpu", experiment_id=entry.id, revision=moment.id)
    newest = workspace.append_revision(entry.id, make_document(note="0.05"), moment.id, in_place_of_base=True)
    assert newest.parent == moment.id
    assert workspace.runs_of_line(newest.id) == [run.id]


def test_renaming_duplicating_and_deleting_with_undelete(workspace):
    entry = workspace.create_experiment(make_document("one"), owner="ada")
    workspace.rename(entry.id, "two ☃")
    copy = workspace.duplicate(entry.id)
    assert [each.name for each in workspace.experiments("ada")] == ["two ☃ (copy)", "two ☃"]
    assert workspace.experiments("local") == []
    workspace.delete(entry.id)
    assert [each.id for each in workspace.experiments()] == [copy.id]
    assert [each.id for each in workspace.experiments(deleted=True)] == [entry.id]
    workspace.undelete(entry.id)
    assert len(workspace.experiments()) == 2
    with pytest.raises(NotFound, match="nobody"):
        workspace.rename("nobody", "x")


@settings(max_examples=30, deadline=None)
@given(moves=st.lists(st.sampled_from(["edit", "undo", "redo"]), max_size=25))
def test_the_head_is_where_an_editor_with_two_stacks_would_be(tmp_path_factory, moves):
    workspace = Workspace.open(tmp_path_factory.mktemp("workspace"))
    entry = workspace.create_experiment(make_document(note="0"))
    past, future = ["0"], []
    for number, move in enumerate(moves, 1):
        if move == "edit":
            workspace.append_revision(entry.id, make_document(note=str(number)), workspace.head(entry.id).id)
            past, future = [*past, str(number)], []
        elif move == "undo":
            workspace.undo(entry.id)
            if len(past) > 1:
                future.append(past.pop())
        else:
            workspace.redo(entry.id)
            if future:
                past.append(future.pop())
        assert note_of(workspace.head(entry.id)) == past[-1]
        listed = workspace.experiment(entry.id)
        assert (listed.can_undo, listed.can_redo) == (len(past) > 1, bool(future))
    workspace.close()
