"""docs/reproductions.md, made of nothing but the measured rows and the studies' own words."""

from pathlib import Path

from builder.spec.presets.registry import STUDIES
from builder.spec.presets.reproductions import Reproduction, Reproductions

DOCUMENT = Path(__file__).parent.parent / "docs" / "reproductions.md"

INTRODUCTION = """# Reproductions

Written by `make reproduce`: do not edit. Each row is of real runs on real data, trained by `python -m builder train` with
one thread each; seconds are those of a processor for one whole run, medians over the seeds. An accuracy is the median over
the seeds with its lowest and highest; whatever was chosen from a grid was chosen on validation data, and the test set was
measured once per run. What was not run is not here.
"""

FOR_A_GPU = """## What needs a GPU

These were not run here. Each is one command, which takes the first GPU; times are the sources' own where they give any.

| command | published | their time |
| --- | --- | --- |
| `python -m builder train stochastic-depth-110` | 5.25 % test error | 15 h 7 min |
| `python -m builder train constant-depth-110` | 6.41 % test error | 20 h 42 min |
| `python -m builder train cifar-resnet-20` (`-32`, `-44`, `-56`, `-110`) | 8.75 % (7.51, 7.17, 6.97, 6.43 %) | not given |
| `python -m builder train cifar-preact-110` | 6.37 % | not given |
| `python -m builder train minimodel` (50 epochs of all images) | not given | not given |
"""


def page(found: Reproductions) -> str:
    """The whole document."""
    parts = [INTRODUCTION]
    for study in STUDIES.values():
        rows = found.of_study(study.name)
        if not rows:
            continue
        published = f"\nPublished: {study.published}\n" if study.published else ""
        kind = " (reconstruction)" if study.is_reconstruction else ""
        parts.append(f"## {study.title}{kind}\n\nSource: {study.source}\n{published}\n{_table(rows)}\n{_where(rows)}")
    return "\n".join([*parts, FOR_A_GPU])


def _table(rows: list[Reproduction]) -> str:
    head = "| preset | what | published | ours | seeds | epochs | data | seconds | difference |"
    lines = [head, "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    for row in rows:
        cells = [
            f"`{row.preset}`",
            row.what,
            row.published if row.published is not None else "–",
            row.ours,
            row.seeds,
            f"{row.epochs:g}" if row.epochs is not None else "–",
            row.subset or "all",
            f"{row.seconds:g}" if row.seconds is not None else "–",
            row.difference or "",
        ]
        lines.append(f"| {' | '.join(str(cell) for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _where(rows: list[Reproduction]) -> str:
    return "\n".join(sorted({f"Measured on {row.date}: {row.hardware}." for row in rows})) + "\n"
