"""A tower in a word, as in “10 blocks · residual”: from a document's items as they are stored, without validating them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from builder.spec.blocks.registry import BLOCKS

MAX_KINDS = 2


def tower_words(items: Any) -> str:
    """Number of block copies and their kinds, most frequent first; of a tower without blocks its number of layers."""
    counts: Counter[str] = Counter()
    for kind, copies in _copies(items if isinstance(items, list) else [], 1):
        counts[kind] += copies
    blocks = Counter({kind: number for kind, number in counts.items() if kind in BLOCKS})
    if not blocks:
        return _counted(sum(counts.values()), "layer")
    kinds = [BLOCKS[kind].title.lower() for kind, _ in blocks.most_common()]
    named = ", ".join(kinds) if len(kinds) <= MAX_KINDS else f"{len(kinds)} kinds"
    return f"{_counted(sum(blocks.values()), 'block')} · {named}"


def _copies(items: Iterable[Any], times: int) -> Iterator[tuple[str, int]]:
    for item in items:
        if not isinstance(item, dict) or item.get("bypassed"):
            continue
        if item.get("kind") == "repeat":
            inner, own = item.get("items"), item.get("times")
            yield from _copies(inner if isinstance(inner, list) else [], times * (own if isinstance(own, int) else 1))
        else:
            yield str(item.get("kind")), times


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
