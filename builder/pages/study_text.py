"""The words of a study's page as markup. Every text is escaped, ours too: it may hold `<`."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape

from builder.charts import run_colours
from builder.pages.comparing import analysed
from builder.spec.blocks.registry import BLOCKS
from builder.spec.datasets import DATASETS
from builder.spec.presets.base import Comparison, Preset, Study
from builder.spec.presets.registry import PRESETS
from builder.spec.presets.reproductions import Reproduction
from builder.spec.sizes import bytes_text


def study_head(study: Study) -> str:
    """Title, what it shows, where it comes from, what was published and what to watch."""
    badge = (
        '<span class="hg-badge" title="The source leaves out what is needed to repeat it exactly; this is in its spirit.">'
        "reconstruction</span>"
        if study.is_reconstruction
        else ""
    )
    facts = [("Watch", study.watch), ("Published", study.published), ("Source", study.source)]
    rows = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in facts if text)
    return (
        f'<div class="hg-head"><h2>{escape(study.title)}{badge}</h2><p>{escape(study.story)}</p>'
        f'<dl class="hg-facts">{rows}</dl></div>'
    )


def heading(title: str, note: str) -> str:
    """A section's title with what one does there."""
    return f'<div class="hg-section"><b>{escape(title)}</b><span>{escape(note)}</span></div>'


def comparison_text(comparison: Comparison) -> str:
    """The question, the runs in the colours that the charts will give them, and what the answer looks like."""
    # The place in the list, since a preset may take part twice.
    colours = run_colours(str(place) for place in range(len(comparison.presets)))
    runs = "".join(
        f'<li><i style="background:{colours[str(place)]}"></i>{escape(PRESETS[name].title)}</li>'
        for place, name in enumerate(comparison.presets)
    )
    return (
        f'<div class="hg-comparison"><b>{escape(comparison.title)}</b><ul class="hg-legend">{runs}</ul>'
        f"<p>{escape(comparison.watch)}</p></div>"
    )


def preset_text(preset: Preset, missing: dict[str, int]) -> str:
    """Title, sentence, kinds of block, data set, parameters and depth.

    Args:
        preset: To be told of.
        missing: Data sets that are not on this machine, with the bytes to download.
    """
    experiment, analysis = analysed(preset.name)
    blocks = analysis.plan.blocks
    dataset = experiment.data.dataset
    facts = [
        DATASETS[dataset].title,
        f"{analysis.num_parameters:,} parameters",
        f"{len(blocks)} {'block' if len(blocks) == 1 else 'blocks'}",
    ]
    chips = "".join(f"<span>{escape(fact)}</span>" for fact in facts)
    if dataset in missing:
        sibling = f"; {preset.sibling} shows the same without" if preset.sibling else ""
        needs = escape(f"needs a download of {bytes_text(missing[dataset])}{sibling}")
        chips += f'<span class="hg-missing">{needs}</span>'
    kinds = "".join(kind_glyph(kind) for kind in dict.fromkeys(placed.block.kind for placed in blocks))
    return (
        f'<div class="hg-preset" title="{escape("Watch: " + preset.watch)}">'
        f"<div>{kinds}<b>{escape(preset.title)}</b><code>{escape(preset.name)}</code></div>"
        f'<p>{escape(preset.story)}</p><div class="hg-chips">{chips}</div></div>'
    )


def missing_text(dataset: str, progress: str) -> str:
    """That a data set is not here, or how far its download is."""
    title = escape(DATASETS[dataset].title)
    if progress:
        return f'<div class="hg-absent">{escape(progress)}</div>'
    return f'<div class="hg-absent"><b>{title}</b> is not on this machine yet.</div>'


def measured_table(rows: Sequence[Reproduction]) -> str:
    """What was measured beside what was published, row by row."""
    names = ("what", "published", "here", "seeds", "epochs", "data", "time")
    head = "".join(f"<th>{name}</th>" for name in names)
    body = "".join(_measured_row(row) for row in rows)
    places = dict.fromkeys(escape(f"{row.hardware}, {row.date}") for row in rows)
    return (
        f'<div class="hg-measured"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        f"<p>Measured by make reproduce: {'; '.join(places)}.</p></div>"
    )


def _measured_row(row: Reproduction) -> str:
    title = PRESETS[row.preset].title if row.preset in PRESETS else row.preset
    cells = [_number(row.published), _number(row.ours), str(row.seeds), _number(row.epochs), row.subset or "all"]
    cells.append("" if row.seconds is None else _duration(row.seconds))
    values = _cells(cells)
    note = f'<tr class="hg-note"><td colspan="7">{escape(row.difference)}</td></tr>' if row.difference else ""
    return f"<tr><td>{escape(title)}<small>{escape(row.what)}</small></td>{values}</tr>{note}"


def _cells(texts: Iterable[str]) -> str:
    return "".join(f"<td>{escape(text)}</td>" for text in texts)


def _number(value: float | str | None) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else f"{value:.6g}"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def kind_glyph(kind: str) -> str:
    """A kind's form in its colour, as in the palette; a picture, since drawings inside markup are taken out of it."""
    block = BLOCKS[kind]
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="{block.glyph}" fill="none" '
        f'stroke="{block.colour}" stroke-width="2.4" stroke-linecap="round"/></svg>'
    )
    data = b64encode(drawing.encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(block.title)}" title="{escape(block.title)}">'
