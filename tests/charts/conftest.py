"""Recorded runs to draw: real rows in a real file, invented numbers."""

import sys
from pathlib import Path

import numpy as np
import pytest

from builder.charts import ShownRun, kind_looks
from builder.workspace.rows import ABSENT, RunWriter, Series

# What is beside these tests made importable, whatever the import mode.
sys.path.insert(0, str(Path(__file__).parent))

BLOCKS = [
    {"address": "i2", "item": "i2", "kind": "plain", "depth": 1},
    {"address": "i3[1]/i4", "item": "i4", "kind": "residual", "depth": 2},
    {"address": "i3[2]/i4", "item": "i4", "kind": "residual", "depth": 3},
    {"address": "i5", "item": "i5", "kind": "stochastic_depth", "depth": 4},
]
GROUPS = [{"name": "Bodies", "colour": "#2F7FD0"}, {"name": "<b>Gates</b>", "colour": "#D9822B"}]
KINDS = kind_looks(
    {
        "plain": {"title": "Plain", "colour": "#7A8699"},
        "residual": {"title": "Residual", "colour": "#2F7FD0"},
        "highway": {"title": "Highway", "colour": "#D9822B"},
        "stochastic_depth": {"title": "Stochastic depth", "colour": "#1E9E77"},
    }
)


def series_of(blocks=BLOCKS, groups=GROUPS, probed_every=None, timed=False):
    """What a trainer records, ids in order; with `probed_every`, also what it measures every so many steps.

    With `timed`, also how long each step took, last.
    """
    wanted = [("loss", "train", "scalar"), ("accuracy", "train", "scalar")]
    wanted += [(name, group["name"], "scalar") for name in ("grad_norm", "learning_rate") for group in groups]
    wanted += [("grad_norm", block["address"], "profile") for block in blocks if block.get("num_trained") != 0]
    wanted += [("alive", block["address"], "profile") for block in blocks if block["kind"] == "stochastic_depth"]
    series = [Series(id=place, quantity=q, subject=s, family=f) for place, (q, s, f) in enumerate(wanted)]
    if probed_every:
        probed = [("update_ratio", group["name"], "scalar") for group in groups]
        for block in blocks:
            names = ["update_ratio", "activation_rms"]
            if block["kind"] == "highway":
                names += ["gate_mean", *(f"gate_share_{place}" for place in range(10))]
            probed += [(name, block["address"], "profile") for name in names]
        series += [
            Series(id=len(series) + place, quantity=q, subject=s, family=f, every=probed_every)
            for place, (q, s, f) in enumerate(probed)
        ]
    if timed:
        series.append(Series(id=len(series), quantity="step_seconds", subject="train", family="scalar", unit="s"))
    return series


def invent(num_steps, num_series=11, seed=0):
    """A falling loss, a rising accuracy, noisy positive norms, and a last block that is dropped now and then."""
    random = np.random.default_rng(seed)
    steps = np.arange(1, num_steps + 1)[:, np.newaxis]
    values = np.exp(random.normal(size=(num_steps, num_series)) * 0.3 - 3)
    values[:, :1] = 2.3 * np.exp(-steps / num_steps) + random.normal(size=(num_steps, 1)) * 0.05
    values[:, 1:2] = 1 - np.exp(-steps / num_steps)
    values = values.astype(np.float32)
    dropped = random.random(num_steps) < 0.4
    values[dropped, -2] = ABSENT
    values[:, -1] = ~dropped
    return values


class Recording:
    """A run being written, and how a viewer is told of it."""

    def __init__(
        self,
        folder,
        run_id="r1",
        name="first",
        num_steps=1000,
        blocks=BLOCKS,
        groups=GROUPS,
        colour="#3B7DE0",
        probed_every=None,
        timed=False,
    ):
        folder.mkdir()
        self.writer = RunWriter(folder)
        edges = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99]
        info = {"num_steps": num_steps, "groups": groups, "blocks": blocks, "gate_edges": edges}
        self.series = series_of(blocks, groups, probed_every, timed)
        self.writer.start(info, self.series)
        self.shown = ShownRun(run_id, name, folder, colour)

    def column(self, quantity, subject, family="profile"):
        """Where it stands in the values."""
        return next(s.id for s in self.series if (s.quantity, s.subject, s.family) == (quantity, subject, family))

    def append(self, values):
        self.writer.append_steps(self.writer.last_step + 1, values, 0.1)


@pytest.fixture
def record(tmp_path):
    """Starts recordings and closes them."""
    made = []

    def start(run_id="r1", **options):
        made.append(Recording(tmp_path / run_id, run_id, **options))
        return made[-1]

    yield start
    for recording in made:
        recording.writer.close()


@pytest.fixture
def kinds():
    return KINDS


@pytest.fixture
def invented():
    return invent
