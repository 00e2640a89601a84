"""However seldom each viewer looks, it holds what is there."""

import json

import numpy as np
import pytest
from held import assert_same_tables, fresh

from builder.charts import LiveView
from builder.charts.assembly import Assembly
from builder.charts.shared_view import MAX_CHANGES, SharedView


class Viewer:
    """A browser: it holds what it was told, and says which version that is."""

    def __init__(self, view):
        self.view, self.assembly, self.have, self.told = view, Assembly(), "", []

    def ask(self):
        """Looks once; True if something was new."""
        news = self.view.news(self.have)
        if news is None:
            return False
        self.have, body = news
        self.told.append(json.loads(body))
        assert self.assembly.apply(self.told[-1])
        return True


@pytest.fixture
def share(kinds):
    views = []

    def share_(*runs):
        views.append(SharedView(LiveView([run.shown for run in runs], kinds)))
        return views[-1]

    yield share_
    for view in views:
        view.close()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_each_viewer_holds_what_one_sees_who_comes_now(record, kinds, invented, share, seed):
    random = np.random.default_rng(seed)
    run = record(num_steps=6000)
    view = share(run)
    viewers = [Viewer(view) for _ in range(3)]
    values = invented(6000, seed=seed)
    values[np.random.default_rng(seed).random(values.shape) < 0.002] = np.nan
    step = 0
    while step < len(values):
        count = int(random.choice([1, 3, 17, 60, 200]))
        run.append(values[step : step + count])
        step = min(len(values), step + count)
        if random.random() < 0.2:
            confusion = random.integers(9, size=(3, 3))
            metrics = {"loss": random.random(), "accuracy": 0.5}
            run.writer.add_evaluation(step, 0.1, "validation", metrics, confusion)
        view.look()
        for viewer, often in zip(viewers, (1.0, 0.4, 0.03), strict=True):
            if random.random() < often:
                viewer.ask()
        if random.random() < 0.02:
            viewers[2] = Viewer(view)
    for viewer in viewers:
        viewer.ask()
        assert not viewer.ask()
        assert_same_tables(viewer.assembly.tables(), fresh(run, kinds).tables())
        labels = [each.tables()["r1/confusion"]["labels"] for each in (viewer.assembly, fresh(run, kinds))]
        assert labels[0] == labels[1]


def test_a_viewer_is_told_only_what_is_new_and_a_late_one_everything(record, invented, share):
    run = record()
    run.append(invented(100))
    view = share(run)
    view.look()
    early = Viewer(view)
    early.ask()
    for _ in range(3):
        run.append(invented(2))
        view.look()
    early.ask()
    late = Viewer(view)
    late.ask()
    table, whole = early.told[-1]["tables"]["r1/every1"], late.told[-1]
    assert not early.told[-1]["full"]
    # The last one of what was sent might have changed.
    assert table["x"] == list(range(100, 107))
    assert "charts" not in early.told[-1]
    assert whole["full"]
    assert whole["charts"] == early.told[0]["charts"]
    assert_same_tables(early.assembly.tables(), late.assembly.tables())


def test_the_same_news_is_put_into_words_once_for_all(record, invented, share):
    run = record()
    run.append(invented(10))
    view = share(run)
    view.look()
    bodies = [view.news("")[1] for _ in range(3)]
    assert bodies[0] is bodies[1] is bodies[2]


def test_without_news_nothing_is_told(record, invented, share):
    run = record()
    view = share(run)
    viewer = Viewer(view)
    assert not viewer.ask()
    run.append(invented(10))
    view.look()
    assert viewer.ask()
    view.look()
    assert not viewer.ask()


@pytest.mark.parametrize("have", ["nonsense", "0.1", "x" * 10_000, "-1"])
def test_a_version_that_is_none_is_told_everything(record, invented, share, have):
    run = record()
    run.append(invented(10))
    view = share(run)
    view.look()
    _, body = view.news(have)
    assert json.loads(body)["full"]


def test_one_who_was_away_for_long_is_told_everything(record, invented, share):
    run = record(num_steps=10_000)
    run.append(invented(600))
    view = share(run)
    view.look()
    viewer = Viewer(view)
    viewer.ask()
    for _ in range(MAX_CHANGES):
        run.append(invented(1))
        view.look()
    viewer.ask()
    assert viewer.told[-1]["full"]


def test_after_another_bin_size_or_a_resumed_run_everybody_is_told_everything(record, kinds, invented, share):
    run = record(num_steps=5000)
    run.append(invented(500))
    view = share(run)
    view.look()
    viewer = Viewer(view)
    viewer.ask()
    run.append(invented(500))
    view.look()
    viewer.ask()
    assert viewer.told[-1]["full"]
    run.writer.truncate_after(40)
    run.append(invented(5))
    view.look()
    viewer.ask()
    assert viewer.told[-1]["full"]
    assert_same_tables(viewer.assembly.tables(), fresh(run, kinds).tables())
