"""The address of the page: given when what is shown changes, once, and again if it was lost under way."""

import pytest
import streamlit as st

from builder.pages.address import write_address
from builder.pages.editing import begin
from builder.pages.state import Session
from builder.spec import load_experiment


class Interrupted(BaseException):
    """What Streamlit raises where the page is to run again."""


class Query(dict):
    """A browser's query; the first `lost` messages do not reach it."""

    def __init__(self, lost: int = 0) -> None:
        super().__init__()
        self.lost, self.sent = lost, []

    def to_dict(self):
        return dict(self)

    def from_dict(self, wanted):
        if self.lost:
            self.lost -= 1
            raise Interrupted
        self.clear()
        self.update(wanted)
        self.sent.append(wanted)


@pytest.fixture
def session():
    return Session(begin(load_experiment("digits-residual")), run_id="r1", shown=["r1", "r2"])


@pytest.fixture
def query_of(monkeypatch):
    def make(lost=0):
        query = Query(lost)
        monkeypatch.setattr(st, "query_params", query)
        return query

    return make


def test_the_address_names_the_run_those_beside_it_and_the_study_while_its_page_is_open(query_of, session):
    query = query_of()
    write_address(session)
    session.dialog, session.study = "presets", "first-steps"
    write_address(session)
    session.dialog = None
    write_address(session)
    runs = {"run": "r1", "with": "r2"}
    assert query.sent == [runs, {**runs, "study": "first-steps"}, runs]


def test_who_only_watches_has_the_run_in_the_address_and_nothing_else(query_of, session):
    query = query_of()
    session.read_only, session.dialog, session.study = True, "presets", "first-steps"
    write_address(session)
    assert query.sent == [{"run": "r1"}]


def test_an_address_is_given_once_and_where_the_browser_went_since_is_the_persons(query_of, session):
    query = query_of()
    write_address(session)
    query.clear()
    write_address(session)
    assert len(query.sent) == 1


def test_an_address_that_was_lost_because_the_page_ran_again_is_given_again(query_of, session):
    query = query_of(lost=1)
    with pytest.raises(Interrupted):
        write_address(session)
    write_address(session)
    assert query == {"run": "r1", "with": "r2"}
