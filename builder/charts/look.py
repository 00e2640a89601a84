"""Colours and marker forms: of runs, of the curves of one run, of kinds of block."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# Told apart by people with any common colour blindness, and readable on both backgrounds.
RUN_COLOURS = ("#3B7DE0", "#D9822B", "#1E9E77", "#C8507A", "#8E68C4", "#7A8699", "#A68A00", "#2FA7B5")
TRAIN_COLOUR = "#3B7DE0"
VALIDATION_COLOUR = "#C8507A"
TEST_COLOUR = "#8E68C4"
NON_FINITE_COLOUR = "#D1242F"
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "pentagon", "star", "hexagon", "triangle-down")


@dataclass(frozen=True, slots=True)
class KindLook:
    """How blocks of one kind are drawn; `symbol` is a plotly marker."""

    title: str
    colour: str
    symbol: str


def kind_looks(styles: Mapping[str, Mapping[str, str]]) -> dict[str, KindLook]:
    """Looks of all kinds of block.

    Args:
        styles: `title`, `colour` and, if the kind has one, `symbol`, by kind, as `spec.catalogue.block_styles` gives
            them. A kind without a symbol gets one by its place.
    """
    return {
        kind: KindLook(style["title"], style["colour"], style.get("symbol") or SYMBOLS[number % len(SYMBOLS)])
        for number, (kind, style) in enumerate(styles.items())
    }


def look_of(kinds: Mapping[str, KindLook], kind: str) -> KindLook:
    """The look of a kind; of one that the catalogue no longer has, a grey circle under its own name."""
    return kinds.get(kind, KindLook(kind.replace("_", " "), "#7A8699", "circle"))


def run_colours(run_ids: Iterable[str]) -> dict[str, str]:
    """A colour for every run of the picker, by id.

    Args:
        run_ids: oldest first, so that a new run never changes an older one's colour.
    """
    return {run_id: RUN_COLOURS[place % len(RUN_COLOURS)] for place, run_id in enumerate(dict.fromkeys(run_ids))}


def run_dashes(run_ids: Iterable[str]) -> dict[str, str]:
    """A line style for every run, besides its colour: for whoever cannot tell colours, and where these come again."""
    return {run_id: DASHES[place % len(DASHES)] for place, run_id in enumerate(dict.fromkeys(run_ids))}


def transparent(colour: str, opacity: float) -> str:
    """`#RRGGBB` with an opacity."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def symbol_of(names: Sequence[str], name: str) -> str:
    """The marker of one of several curves that share colour and line style."""
    return SYMBOLS[list(names).index(name) % len(SYMBOLS)]
