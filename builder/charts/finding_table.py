"""Charts of findings: their declaration, and which evaluations have one: rows whose contents are asked for one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from builder.charts.chart import Chart, Section
from builder.charts.runs import RecordedRun
from builder.charts.tables import Sent, Table, evaluation_label
from builder.workspace.rows import Finding

_EARLIER = (
    "This run was recorded by an earlier version of Highrise, which did not look for this. Train again to see it here."
)


class FindingTable:
    """One row per finding of a kind: its id, and a label that says of which evaluation it is."""

    def __init__(self) -> None:
        self._sent = Sent()
        self._kept: list[Finding] = []

    def replace(self, findings: Sequence[Finding]) -> None:
        """Take those that there are now, oldest first; a trainer leaves out some as they grow many."""
        pairs = zip(self._kept, findings, strict=False)
        same = next((place for place, (old, new) in enumerate(pairs) if old.id != new.id), None)
        self._sent.changed(min(len(self._kept), len(findings)) if same is None else same)
        self._kept = list(findings)

    def reset(self) -> None:
        """Begin again; everything is sent next."""
        self._sent.clear()

    def newest(self) -> Table:
        """The rows that are new or have changed."""
        first = self._sent.first(len(self._kept), is_settled=True)
        rows = self._kept[first:]
        return {
            "first": first,
            "x": [each.id for each in rows],
            "labels": [evaluation_label(each) for each in rows],
            "columns": {},
        }


def finding_table(run: RecordedRun, kind: str) -> str:
    """The name of the table."""
    return f"{run.id}/{kind}"


def finding_chart(
    runs: Sequence[RecordedRun],
    kind: str,
    *,
    help: str,
    appears: str,
    without: str,
    section: Section = "What it learned",
    traces: Sequence[dict[str, Any]] = (),
    **more: Any,
) -> Chart:
    """A chart of what the first run's evaluations found.

    Args:
        runs: in the picker's order; the first one is drawn.
        kind: of finding.
        help: what is drawn.
        appears: what will appear.
        without: why a run that looks at its evaluations finds none of the kind.
        section: as `Chart` has it, and so are `traces` and `more`.
    """
    return Chart(
        section=section,
        help=help + (" Of the first run only." if len(runs) > 1 else ""),
        empty=_empty(runs, kind, appears, without),
        traces=list(traces),
        columns={},
        finding=finding_table(runs[0], kind) if runs else None,
        **{"scale": None, **more},
    )


def _empty(runs: Sequence[RecordedRun], kind: str, appears: str, without: str) -> str:
    for run in runs[:1]:
        if "findings" not in run.info:
            return _EARLIER
        if kind not in run.info["findings"]:
            return without
    return appears


def class_names_of(run: RecordedRun, num_classes: int = 0) -> list[str]:
    """Names of the classes, unescaped; numbers where the run does not say."""
    return [str(name) for name in run.info.get("class_names") or range(num_classes)]
