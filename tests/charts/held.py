"""What a viewer holds, and whether two hold the same."""

import numpy as np

from builder.charts import LiveView
from builder.charts.assembly import Assembly


def assert_same_tables(one, other):
    assert one.keys() == other.keys()
    for name in one:
        assert one[name]["x"] == other[name]["x"], name
        assert one[name]["columns"].keys() == other[name]["columns"].keys(), name
        for column, values in one[name]["columns"].items():
            expected = np.array(other[name]["columns"][column], dtype=float)
            np.testing.assert_allclose(np.array(values, dtype=float), expected, rtol=1e-4, err_msg=f"{name} {column}")


def fresh(recording, kinds):
    """Everything, as someone sees it who opens the page now."""
    view, assembly = LiveView([recording.shown], kinds), Assembly()
    assert assembly.apply(view.data())
    view.close()
    return assembly
