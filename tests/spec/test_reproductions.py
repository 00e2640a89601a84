"""The file of measured results: what is read of it and what is refused."""

import json

import pytest

from builder.spec import DocumentError
from builder.spec.presets.registry import STUDY_OF
from builder.spec.presets.reproductions import parse_reproductions, reproductions

ROW = {
    "study": "first-steps",
    "preset": "digits-residual",
    "what": "test accuracy",
    "published": None,
    "ours": "97.9 ± 0.3 %",
    "seeds": 5,
    "epochs": 40,
    "subset": "",
    "seconds": 14.2,
    "difference": "",
    "hardware": "2 cores",
    "date": "2026-11-21",
}
GOOD = {"rows": [ROW, {**ROW, "ours": None}, {**ROW, "study": "other"}]}


def parse(raw):
    return parse_reproductions(json.dumps(raw).encode(), "reproductions.json")


def test_a_study_has_its_rows_without_those_that_were_not_run():
    (row,) = parse(GOOD).of_study("first-steps")
    assert (row.ours, row.seeds, row.published) == ("97.9 ± 0.3 %", 5, None)
    assert parse(GOOD).of_study("nothing") == []


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"rows": [{**ROW, "seeds": 0}]}, "rows.0.seeds"),
        ({"rows": [ROW, {**ROW, "guess": 1}]}, "rows.1.guess"),
        ({"rows": [{"study": "first-steps"}]}, "rows.0.preset"),
        ({"rows": [{**ROW, "hardware": None}]}, "rows.0.hardware"),
        ({"rows": None}, "rows"),
    ],
)
def test_a_malformed_file_is_refused_with_place_and_reason(change, place):
    with pytest.raises(DocumentError) as caught:
        parse({**GOOD, **change})
    first = next(each for each in caught.value.problems if each.path == f"reproductions.json: {place}")
    assert first.message


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff"])
def test_what_is_no_such_file_is_refused(content):
    with pytest.raises(DocumentError, match=r"reproductions\.json"):
        parse_reproductions(content, "reproductions.json")


def test_the_packaged_file_if_there_is_one_names_presets_of_their_studies():
    found = reproductions()
    for row in found.rows if found else ():
        assert STUDY_OF[row.preset].name == row.study
