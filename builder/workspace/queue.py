"""The order in which queued runs start: owners take turns, each owner's runs in the order of submission."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence


def fair_order(
    queued: Sequence[tuple[int, str]], num_live: Mapping[str, int], last_claims: Mapping[str, int]
) -> list[int]:
    """Order the queue.

    Args:
        queued: (number, owner) of each queued run, by number.
        num_live: how many runs each owner has on the machine now.
        last_claims: when each owner's newest run was started, as a growing number; an owner not there never had one.

    Returns:
        The numbers, next to start first. A run waits for as many turns as its owner has runs before it, live ones
        included; in one turn the owner who has waited longest comes first.
    """
    turns = Counter(num_live)
    keys = {}
    for number, owner in queued:
        keys[number] = (turns[owner], last_claims.get(owner, 0), number)
        turns[owner] += 1
    return sorted(keys, key=keys.__getitem__)
