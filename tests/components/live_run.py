"""A run that grows, and its live charts on the harness."""

import numpy as np
from remounting import tell

from builder.charts import LiveView, ShownRun, kind_looks
from builder.charts.assembly import Assembly
from builder.spec.catalogue import block_styles
from builder.workspace.rows import ABSENT, RunWriter, Series

GROUPS = [{"name": "Bodies", "colour": "#2F7FD0"}, {"name": "<b>Head</b>", "colour": "#C8507A"}]
BLOCKS = [
    {"address": f"i{depth}", "item": f"i{depth}", "kind": kind, "depth": depth}
    for depth, kind in enumerate(["plain", "residual", "highway", "stochastic_depth"], 1)
]

WINDOW = {"viewport": {"width": 720, "height": 560}}


class Run:
    """A run that grows, one viewer of it, and what that viewer holds if nothing is lost."""

    def __init__(self, folder):
        folder.mkdir()
        self.folder = folder
        names = [("loss", "train", "scalar"), ("accuracy", "train", "scalar")]
        names += [
            (quantity, group["name"], "scalar") for quantity in ("grad_norm", "learning_rate") for group in GROUPS
        ]
        names += [("grad_norm", block["address"], "profile") for block in BLOCKS]
        names += [("alive", "i4", "profile"), ("step_seconds", "train", "scalar")]
        self.series = [Series(id=i, quantity=q, subject=s, family=f) for i, (q, s, f) in enumerate(names)]
        self.writer = RunWriter(folder)
        self.writer.start({"num_steps": 600, "groups": GROUPS, "blocks": BLOCKS}, self.series)
        self.view = LiveView([ShownRun("r1", "run", folder, "#3B7DE0")], kind_looks(block_styles()))
        self.random = np.random.default_rng(0)
        self.assembly = Assembly()

    def grow(self, num_steps):
        values = self.random.random((num_steps, len(self.series)), dtype=np.float32) + np.float32(0.01)
        values[-1, 2] = 0
        values[:, -2] = self.random.random(num_steps) < 0.5
        values[-1, -3:-1] = ABSENT, 0
        self.writer.append_steps(self.writer.last_step + 1, values, 0.1)

    def explode(self, num_steps):
        """The loss grows to 4^11."""
        values = self.random.random((num_steps, len(self.series)), dtype=np.float32)
        values[:, 0] = 4.0 ** np.arange(num_steps)
        self.writer.append_steps(self.writer.last_step + 1, values, 0.1)

    def message(self):
        message = self.view.data()
        assert self.assembly.apply(message)
        return message

    def close(self):
        self.view.close()
        self.writer.close()


def mount(page, message):
    send(page, message)
    data = {"follow": "feed/charts?x", "profiles": "feed/profile?x", "findings": "feed/finding", "height": 500}
    page.evaluate("data => harness.mount('live', data, { width: 680 })", data)


def send(page, message):
    tell(page, "charts?x", message)


def panel(page, chart_id):
    return page.locator(f".lv-panel[data-chart={chart_id}]")


def drawn(page, chart_id):
    """What is drawn of a chart: traces by uid, axis ranges."""
    return (
        panel(page, chart_id)
        .locator(".lv-plot")
        .evaluate(
            """plot => {
            const { xaxis, yaxis } = plot.axes ?? plot._fullLayout ?? {};
            return {
                traces: Object.fromEntries((plot.data ?? []).map((t) => [t.uid, { x: t.x, y: t.y }])),
                x: xaxis?.range, y: yaxis?.range, type: yaxis?.type,
            };
        }"""
        )
    )


def wait_for_points(page, chart_id, uid, count):
    page.wait_for_function(
        """([chart, uid, count]) => {
            const plot = harness.root('live').querySelector(`.lv-panel[data-chart=${chart}] .lv-plot`);
            return plot?.data?.find((trace) => trace.uid === uid)?.y.length === count;
        }""",
        arg=[chart_id, uid, count],
    )
