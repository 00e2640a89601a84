"""Maps of blocks and time: steps along, depth upwards, one colour per cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from builder.charts.blocks import NO_BLOCKS, empty_text, recorded_blocks, stride_text
from builder.charts.chart import Chart, Column, Section, uid_of
from builder.charts.gates import NO_HIGHWAY
from builder.charts.look import KindLook, look_of, transparent
from builder.charts.runs import RecordedRun
from builder.charts.survival import NO_DROPS


def gradient_map_chart(runs: Sequence[RecordedRun]) -> Chart:
    """Gradient norm over depth and time."""
    return _map(
        runs,
        "grad_norm",
        id="gradient_map",
        title="Gradient by block over time",
        help="Gradient norm of each block, before clipping: steps along, first block at the bottom, colour is the "
        "power of ten. Gaps: dropped in all steps a cell stands for, frozen, or not finite.",
        appears="Press Train: how the gradient travels through the blocks will appear here.",
    )


def activation_map_chart(runs: Sequence[RecordedRun]) -> Chart:
    """Scale of the activations over depth and time."""
    return _map(
        runs,
        "activation_rms",
        id="activation_map",
        title="Activations by block over time",
        help="How large the signal is after each block: root of the mean square over batch and units; colour is the "
        "power of ten. Residual towers without norms grow with depth (Zhang et al. 2019, arXiv 1901.09321).",
        appears="Press Train: how the signal's scale changes from block to block will appear here.",
    )


def update_map_chart(runs: Sequence[RecordedRun]) -> Chart:
    """Relative size of the updates over depth and time."""
    return _map(
        runs,
        "update_ratio",
        id="update_map",
        title="Updates by block over time",
        help="How far each update moves a block's weights against their size, ‖Δw‖ / ‖w‖; colour is the power of ten. "
        "About 1e-3 is a common rule of thumb (Stanford CS231n notes, “Ratio of weights:updates”). Gaps: frozen, or "
        "dropped and at rest.",
        appears="Press Train: how far each update moves each block's weights will appear here.",
    )


def gate_map_chart(runs: Sequence[RecordedRun], kinds: Mapping[str, KindLook]) -> Chart:
    """Mean transform gate over depth and time."""
    return _map(
        runs,
        "gate_mean",
        id="gate_map",
        title="Gates over time",
        help="Mean of the transform gate T of each highway block over batch and units: 0 passes the input on, 1 "
        "replaces it (Srivastava et al. 2015, arXiv 1507.06228, “Analysis”). The full colour is the round share above the "
        "greatest in sight, so that gates that hardly open are seen too.",
        appears="Press Train: how far each gate opens will appear here.",
        kind="highway",
        without=NO_HIGHWAY,
        section="Gates",
        colour=look_of(kinds, "highway").colour,
    )


def drop_raster_chart(runs: Sequence[RecordedRun], kinds: Mapping[str, KindLook]) -> Chart:
    """Which stochastic-depth blocks took part in which steps."""
    return _map(
        runs,
        "alive",
        id="drop_raster",
        title="Drops over time",
        help="Which stochastic-depth blocks took part in a step: lit when alive, dark when dropped. Where a cell stands "
        "for several steps, it is the share of them in which the block lived (Huang et al. 2016, arXiv 1603.09382).",
        appears="Press Train: which blocks live and which are dropped in each step will appear here.",
        kind="stochastic_depth",
        without=NO_DROPS,
        section="Drops",
        colour=look_of(kinds, "stochastic_depth").colour,
    )


def _map(
    runs: Sequence[RecordedRun],
    quantity: str,
    *,
    id: str,
    title: str,
    help: str,
    appears: str,
    kind: str | None = None,
    without: str = NO_BLOCKS,
    section: Section = "Over depth and time",
    colour: str | None = None,
) -> Chart:
    """Of the first run alone: colours cannot lie over each other.

    Args:
        colour: of 1 where 0 is nothing; None for powers of ten.
    """
    traces: list[dict[str, Any]] = []
    columns: dict[str, tuple[Column, ...]] = {}
    for run in runs[:1]:
        wanted = {block["depth"]: Column("mean", (series,)) for block, series in recorded_blocks(run, quantity)}
        if wanted:
            columns[run.id] = tuple(wanted.values())
            traces.append(_trace(run, id, wanted, colour))
    return Chart(
        id=id,
        title=title,
        section=section,
        help=help + stride_text(runs[:1], quantity) + (" Of the first run only." if len(runs) > 1 else ""),
        empty=empty_text(runs[:1], quantity, appears, kind=kind, without=without),
        traces=traces,
        columns=columns,
        y="depth",
        y_title="block",
        scale=None,
        layout={"yaxis": {"title": {"text": "block"}}},
    )


def _trace(run: RecordedRun, id: str, wanted: Mapping[int, Column], colour: str | None) -> dict[str, Any]:
    # A row for every depth between, or plotly would stretch its neighbours over the gap.
    depths = range(min(wanted), max(wanted) + 1)
    names = [wanted[depth].name if depth in wanted else "" for depth in depths]
    scale: Literal["linear", "log"] = "linear" if colour else "log"
    bar: dict[str, Any] = {"thickness": 8, "outlinewidth": 0}
    looks: dict[str, Any]
    if colour:
        colours = [[0, transparent(colour, 0.08)], [1, colour]]
        looks = {"colorscale": colours, "zmin": 0, "colorbar": {**bar, "tickformat": ".2~%", "nticks": 4}}
    else:
        looks = {"colorscale": "Viridis", "colorbar": bar}
    if id == "drop_raster":
        looks["zmax"] = 1
    value = "%{z:.3~%}" if colour else "10^%{z:.2f}"
    return {
        "type": "heatmap",
        "uid": uid_of(run.id, "map" if id == "gradient_map" else id),
        "meta": {"table": f"{run.id}/{next(iter(wanted.values())).table}", "columns": names, "scale": scale},
        "y": list(depths),
        "hoverongaps": False,
        "hovertemplate": f"step %{{x:,.0f}}<br>block %{{y}}<br>{value}<extra></extra>",
        **looks,
    }
