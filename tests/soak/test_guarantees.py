"""What is counted, kept and written of the promises."""

import pytest

from benchmarks.seen import Seen
from benchmarks.table import summarise
from soak.guarantees import GUARANTEES
from soak.tally import Tally


def test_a_tally_counts_tries_and_tells_what_was_seen_in_those_that_failed(capsys):
    tally = Tally("runs lost")
    tally.count()
    tally.count("run 7")
    row = tally.row("in a test")
    assert (row.median, row.holds, row.note) == (1, False, "of 2: in a test")
    assert "runs lost: run 7" in capsys.readouterr().err


def test_what_was_never_tried_proves_nothing():
    with pytest.raises(ValueError, match="never tried"):
        Tally("runs lost").row("in a test")


def test_the_document_is_made_of_what_was_seen():
    seen = Seen([summarise("lost", [2], floor=0, sense="at most", note="of 5")], "2 cores", "2026-11-26")
    text = GUARANTEES.text({"resume": seen})
    assert "## A run that was killed goes on to the same end, bit for bit\n" in text
    assert "| lost | 2 | 2 - 2 | at most 0 | **no** | of 5 |" in text
    assert "`resume`, 2026-11-26: 2 cores." in text


def test_the_document_in_the_project_is_of_the_figures_in_the_project():
    assert GUARANTEES.document.read_text() == GUARANTEES.text(GUARANTEES.read())
