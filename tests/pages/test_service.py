"""What one server does for all its tabs."""

import weakref

from builder.pages.service import TABS_PER_COLLECTION, note_new_tab


class Tab:
    """Garbage in a circle once nobody holds it, as Streamlit's sessions are."""

    def __init__(self):
        self.itself = self


def test_a_tab_that_was_forgotten_is_let_go_of_when_others_come():
    forgotten = weakref.ref(Tab())
    for _ in range(TABS_PER_COLLECTION):
        note_new_tab()
    assert forgotten() is None
