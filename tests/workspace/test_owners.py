"""People in a workspace: names, keys, and what a key opens."""

import pytest

from builder.workspace.errors import NameRefused
from builder.workspace.owners import HOST, MAX_NAME
from builder.workspace.store import Workspace


@pytest.fixture
def workspace(tmp_path):
    opened = Workspace.open(tmp_path)
    yield opened
    opened.close()


def test_a_key_is_its_owners_also_after_the_workspace_was_opened_again(workspace, tmp_path):
    anna, ben, host = workspace.admit("Anna"), workspace.admit(" Ben  B. "), workspace.admit_host()
    again = Workspace.open(tmp_path)
    assert [again.owner_of(key) for key in (anna, ben, host)] == ["Anna", "Ben B.", HOST]
    assert [again.owner_of(key) for key in (None, "", "x", anna + "x", anna.lower())] == [None] * 5
    again.close()


@pytest.mark.parametrize("name", ["anna", "ANNA", "Anna ", "local", "Local", "", "  ", "a\x00b", "a\u202eb", "x" * 41])
def test_a_name_that_is_taken_or_is_none_is_refused(workspace, name):
    workspace.admit("Anna")
    with pytest.raises(NameRefused):
        workspace.admit(name)


def test_any_other_name_is_a_name(workspace):
    for name in ("Анна", "Zoë", "李", "x" * MAX_NAME, "<b>Anna</b>", "anna'; DROP TABLE run"):
        assert workspace.owner_of(workspace.admit(name)) == name


def test_no_key_is_stored_in_the_clear(workspace, tmp_path):
    key = workspace.admit("Anna")
    workspace.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("workspace.db*"))
    assert b"Anna" in stored
    assert key.encode() not in stored
