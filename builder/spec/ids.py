"""Ids for hand-written documents: what has none gets the next free one."""

import re
from collections.abc import Iterator
from typing import Any

LANES = ("items", "body", "shortcut")

_ID = re.compile(r"i[1-9][0-9]{0,8}")


def fill_ids(raw: dict[str, Any]) -> dict[str, Any]:
    """The raw document with an id for each item that has none, and with `network.next_id`.

    Whatever is there stays as it is, wrong ids too: those are for the schema to refuse.
    """
    network = raw.get("network")
    if not isinstance(network, dict):
        return raw
    items = list(_raw_items(network))
    if "next_id" in network and all("id" in item for item in items):
        return raw
    names = (item.get("id") for item in items)
    highest = max((int(name[1:]) for name in names if isinstance(name, str) and _ID.fullmatch(name)), default=0)
    given = network.get("next_id", highest + 1)
    is_sound = type(given) is int and given > highest
    filled, free = _filled(network, given if is_sound else highest + 1)
    return {**raw, "network": {**filled, "next_id": free if is_sound else given}}


def _raw_items(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for lane in LANES:
        items = node.get(lane)
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict):
                yield item
                yield from _raw_items(item)


def _filled(node: dict[str, Any], free: int) -> tuple[dict[str, Any], int]:
    """A copy of `node` whose items all have ids, and the next free number."""
    copy = dict(node)
    for lane in LANES:
        if not isinstance(node.get(lane), list):
            continue
        copy[lane] = []
        for item in node[lane]:
            if isinstance(item, dict):
                if "id" not in item:
                    item = {**item, "id": f"i{free}"}
                    free += 1
                item, free = _filled(item, free)
            copy[lane].append(item)
    return copy, free
