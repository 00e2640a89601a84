"""When the whole page is drawn again, and when not."""

import pytest
from tabs import set_rates

from builder.pages.parts import what_parts_show


def test_an_edit_takes_no_part_of_the_page_from_under_the_hand(tab, send):
    send(tab, notes="first")
    before = what_parts_show(tab)
    send(tab, notes="second")
    set_rates(tab, 0.5)
    assert tab.editing.experiment.notes == "second"
    assert what_parts_show(tab) == before


def test_the_first_run_is_shown_everywhere(tab):
    before = what_parts_show(tab)
    tab.submit()
    assert what_parts_show(tab) != before


@pytest.mark.parametrize("status", ["starting", "stopped"])
def test_a_run_that_moves_on_is_shown_everywhere(tab, workspace, status):
    tab.submit()
    before = what_parts_show(tab)
    workspace.set_status(tab.session.run_id, status)
    assert what_parts_show(tab) != before


def test_other_runs_that_are_chosen_are_shown_everywhere(tab):
    tab.submit()
    before = what_parts_show(tab)
    tab.session.shown = []
    assert what_parts_show(tab) != before
