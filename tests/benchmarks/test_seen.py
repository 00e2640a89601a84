"""What is kept of measurements, and the pages made of it."""

import sys
from importlib.util import find_spec

import pytest

from benchmarks.__main__ import main
from benchmarks.performance import PERFORMANCE
from benchmarks.seen import Page, Seen, seen_today
from benchmarks.suite import SUITE, CannotMeasure
from benchmarks.table import Row, summarise


@pytest.fixture
def page(tmp_path):
    return Page(
        tmp_path / "kept.json", tmp_path / "page.md", "# Page\n", {"first": "The first", "second": "The second"}
    )


def seen(value: float) -> Seen:
    return seen_today([summarise("x", [value], floor=1, sense="at most")], "2 cores")


def test_what_is_seen_again_takes_the_place_of_its_old_figures_and_of_no_others(page):
    page.write({"second": seen(1)})
    for value in (3, 0):
        page.write({"first": seen(value)})
    found = page.read()
    assert list(found) == ["first", "second"]
    assert [each.rows[0].median for each in found.values()] == [0, 1]
    assert page.document.read_text() == page.text(found)


def test_a_section_says_its_title_name_day_and_machine(page):
    text = page.text({"first": Seen([summarise("x", [2.0])], "2 cores", "2026-11-26")})
    assert text.startswith("# Page\n\n## The first\n\n| what |")
    assert text.endswith("`first`, 2026-11-26: 2 cores.\n")


def test_a_section_that_is_no_longer_measured_leaves_the_page(page):
    page.write({"first": seen(1), "second": seen(1)})
    del page.titles["first"]
    page.write({"second": seen(2)})
    assert list(page.read()) == ["second"]


def test_the_page_in_the_project_is_of_the_figures_in_the_project():
    assert PERFORMANCE.document.read_text() == PERFORMANCE.text(PERFORMANCE.read())


def test_every_benchmark_that_can_be_named_is_there():
    for benchmark in SUITE.values():
        assert find_spec(benchmark.module), benchmark.module


class Here:
    """What a benchmark is to the command."""

    def measure(self) -> list[Row]:
        return [summarise("x", [1.0])]


class NotHere:
    """A benchmark that needs what is not installed."""

    def measure(self) -> list[Row]:
        raise CannotMeasure("install it")


@pytest.fixture
def measured(page, monkeypatch):
    """Runs the command with two benchmarks, of which the first cannot be measured."""
    monkeypatch.setattr("benchmarks.__main__.SUITE", {"first": NotHere(), "second": Here()})
    monkeypatch.setattr("benchmarks.__main__.PERFORMANCE", page)

    def run(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["benchmarks", *arguments])
        return main()

    return run


def test_what_cannot_be_measured_is_left_out_with_the_reason(measured, page, capsys):
    page.write({"first": seen(1)})
    assert measured() == 0
    assert "left out: install it" in capsys.readouterr().err
    found = page.read()
    assert found["first"].where == "2 cores"
    assert "load average" in found["second"].where


def test_a_try_leaves_the_page_as_it_is(measured, page, capsys):
    assert measured("second", "--try") == 0
    assert "| x | 1 | 1 - 1 |" in capsys.readouterr().out
    assert not page.document.exists()


def test_a_name_that_is_not_there_is_refused(measured, capsys):
    with pytest.raises(SystemExit):
        measured("third")
    assert "there is no benchmark “third”; there are first, second" in capsys.readouterr().err
