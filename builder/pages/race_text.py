"""The words of a race as markup. Every text is escaped, ours too: it may hold `<`."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from builder.pages.racing import Field
from builder.pages.run_status import kind_colour
from builder.pages.study_text import kind_glyph
from builder.spec.blocks.registry import BLOCKS
from builder.spec.races.twins import Twin
from builder.spec.sizes import bytes_text
from builder.workspace.races.standings import Standing
from builder.workspace.races.verdict import HEADER, table

WHAT = (
    "A plain tower does not get better by being deeper: from some depth on even its training error rises, so it is no "
    "overfitting but a net that is hard to train. A skip, or a gate that begins nearly closed, takes the rise away. "
    "Everything but what you vary is shared: data, seed, batches, and the first weights wherever two towers have the same."
)
SOURCE = "He et al. 2015, arXiv 1512.03385, figure 1; Srivastava et al. 2015, arXiv 1505.00387, section 4.1."


def what_text() -> str:
    """What one looks at, and where it comes from."""
    return f'<div class="rc-what">{escape(WHAT)} <span>{escape(SOURCE)}</span></div>'


def field_table(field: Field) -> str:
    """Each run before it starts: parameters, blocks, memory, and what is to be known of it."""
    rows = "".join(_twin_row(twin) for twin in field.twins)
    head = _cells("th", ("run", "blocks", "parameters", "memory", ""))
    return f'<table class="rc-table rc-field"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _twin_row(twin: Twin) -> str:
    cells = _cells("td", (str(twin.depth), f"{twin.analysis.num_parameters:,}", bytes_text(twin.analysis.memory.total)))
    own = "as in the editor" if twin.is_own else ""
    note = escape(twin.sizing or own)
    if twin.problems:
        first = twin.problems[0]
        note = f'<span class="rc-problem">Left out. {escape(str(first))}</span>'
    return f"<tr><td>{_mark(twin.kind)}{escape(twin.name)}</td>{cells}<td>{note}</td></tr>"


def result_table(found: Sequence[Standing], looks: Mapping[str, tuple[str, str]]) -> str:
    """How each run stands; a line's colour is that of the charts."""
    head = _cells("th", HEADER)
    rows = "".join(
        f"<tr><td>{_line(looks[standing.run.id][0])}{escape(row[0])}</td>{_cells('td', row[1:])}</tr>"
        for standing, row in zip(found, table(found), strict=True)
    )
    return f'<table class="rc-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def verdict_text(text: str) -> str:
    """The sentence."""
    return f'<p class="rc-verdict">{escape(text)}</p>'


def _mark(kind: str) -> str:
    return kind_glyph(kind) if kind in BLOCKS else _line(kind_colour(kind))


def _line(colour: str) -> str:
    return f'<i style="background:{colour}"></i>'


def _cells(tag: str, texts: Iterable[str]) -> str:
    return "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts)
