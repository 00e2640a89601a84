"""Training error against depth, against the points themselves."""

from itertools import groupby

from builder.charts import DepthPoint, depth_figure, kind_looks
from builder.spec.blocks.registry import BLOCKS
from builder.spec.catalogue import block_styles

KINDS = kind_looks(block_styles())
POINTS = [
    DepthPoint(kind.title(), kind, depth, error)
    for kind, errors in {"plain": (0.02, 0.3, 0.8), "residual": (0.02, 0.01, 0.0)}.items()
    for depth, error in zip((5, 20, 50), errors, strict=True)
]


def drawn(figure):
    return {trace["name"]: list(zip(trace["x"], trace["y"], strict=True)) for trace in figure.to_dict()["data"]}


def test_each_line_goes_through_its_points_from_shallow_to_deep():
    by_line = groupby(sorted(POINTS, key=lambda point: (point.line, point.depth)), key=lambda point: point.line)
    assert drawn(depth_figure(POINTS[::-1], KINDS)) == {
        line: [(point.depth, point.error) for point in points] for line, points in by_line
    }


def test_a_line_looks_as_its_kind_does_where_that_tells_lines_apart():
    plain, residual = depth_figure(POINTS, KINDS).to_dict()["data"]
    for trace, kind in ((plain, "plain"), (residual, "residual")):
        assert trace["line"]["color"] == BLOCKS[kind].colour
        assert trace["marker"]["symbol"] == BLOCKS[kind].symbol
    two = [DepthPoint(line, "plain", 5, 0.1) for line in ("He init", "PyTorch's init")]
    first, second = depth_figure(two, KINDS, "dark").to_dict()["data"]
    assert first["line"]["color"] != second["line"]["color"]
    assert first["marker"]["symbol"] != second["marker"]["symbol"]


def test_names_are_text():
    (trace,) = depth_figure([DepthPoint("<b>", "plain", 1, 0.5)], KINDS).to_dict()["data"]
    assert trace["name"] == "&lt;b&gt;"
