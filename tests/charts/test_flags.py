"""Flags: what was changed in words, one for a drag, and the way back to before it."""

import pytest

from builder.charts.flags import MAX_FLAGS, flags_of
from builder.charts.runs import RecordedRun
from builder.workspace.branching import WayBack
from builder.workspace.rows import Intervention, RunReader

GROUPS = [
    {"name": "Bodies", "colour": "#2F7FD0", "learning_rate": 0.1},
    {"name": "Head", "colour": "#D9822B", "learning_rate": 0.4},
    {"name": "Still", "colour": "#000000", "learning_rate": 0.0},
]


@pytest.fixture
def flags(record):
    recording = record(groups=GROUPS)
    reader = RunReader(recording.shown.folder)
    run = RecordedRun(recording.shown, reader, reader.info(), reader.series())

    def of(*changes, bursts=(), axis_end=1000.0, **more):
        made = [
            Intervention(id=place, step=s, kind=k, subject=g, value=v) for place, (s, k, g, v) in enumerate(changes, 1)
        ]
        return flags_of(run, made, axis_end, bursts=bursts, **more)

    yield of
    reader.close()


@pytest.mark.parametrize(
    ("kind", "subject", "value", "words"),
    [
        ("set_learning_rate", "Bodies", 0.05, "Bodies ×½"),
        ("set_learning_rate", "Bodies", 0.03, "Bodies → 0.03"),
        ("set_learning_rate", "Still", 0.03, "Still → 0.03"),
        ("set_learning_rate", "Head", 0.0, "Head → 0"),
        ("set_learning_rates", "", {"Bodies": 0.2, "Head": 0.8}, "all rates ×2"),
        ("set_learning_rates", "", {"Bodies": 0.037, "Head": 0.148}, "all rates ×0.37"),
        ("set_learning_rates", "", {"Bodies": 0.2, "Still": 0.8}, "2 rates changed"),
        ("set_weight_decay", "Head", 5e-4, "Head decay → 5e-4"),
        ("set_frozen", "Head", True, "Head frozen"),
        ("set_frozen", "Head", False, "Head unfrozen"),
        ("set_solo", "Head", True, "Head solo"),
        ("set_solo", "Head", False, "Head solo ends"),
        ("insert_block", "i7", None, "i7 insert block"),
    ],
)
def test_a_flag_says_what_was_changed(flags, kind, subject, value, words):
    (flag,) = flags((10, kind, subject, value))
    assert (flag["x"], flag["text"]) == (10, words)


def test_a_factor_is_that_against_the_rate_before_whoever_set_it(flags):
    texts = [
        flag["text"]
        for flag in flags(
            (10, "set_learning_rates", "", {"Bodies": 0.05, "Head": 0.2}),
            (200, "set_learning_rate", "Head", 0.4),
            (400, "set_learning_rates", "", {"Bodies": 0.1, "Head": 0.8}),
        )
    ]
    assert texts == ["all rates ×½", "Head ×2", "all rates ×2"]


def test_a_drag_is_one_flag_where_it_ended_with_its_whole_factor_and_the_way_back_to_where_it_began(flags):
    drag = []
    for part in range(1, 5):
        rates = {"Bodies": 0.1 / 2**part, "Head": 0.4 / 2**part}
        drag.append((100 + 50 * part, "set_learning_rates", "", rates))
    (flag,) = flags(*drag, bursts=[100], way_back=lambda step: WayBack("r", step - 1))
    assert (flag["x"], flag["text"], flag["back"]) == (300, "all rates ×0.0625", ["r", 149])
    # Another burst, another flag.
    assert [flag["x"] for flag in flags(*drag, bursts=[100, 190, 200, 250, 300])] == [150, 200, 250, 300]


def test_changes_of_another_kind_or_group_keep_their_flags(flags):
    found = flags((10, "set_frozen", "Head", True), (10, "set_frozen", "Bodies", True), (10, "set_solo", "Head", True))
    assert [flag["text"] for flag in found] == ["Head frozen", "Bodies frozen", "Head solo"]


def test_a_flag_names_its_run_and_has_no_way_back_where_there_is_no_checkpoint(flags):
    changes = [(10, "set_frozen", "Head", True), (500, "set_frozen", "Head", False)]
    found = flags(*changes, way_back=lambda step: WayBack("origin", 7) if step > 100 else None)
    assert [flag["back"] for flag in found] == [None, ["origin", 7]]
    assert len({flag["run"] for flag in found}) == 1


def test_the_newest_flags_are_drawn(flags):
    found = flags(*[(100 * part, "set_frozen", "Head", bool(part % 2)) for part in range(1, 60)], axis_end=6000.0)
    assert len(found) == MAX_FLAGS
    assert found[-1]["x"] == 5900
