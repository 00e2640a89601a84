"""pydantic's errors in the document's own words: one problem for each place, standing on the innermost item."""

import json
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from builder.spec.problems import Problem

MAX_PROBLEMS = 50
MAX_GIVEN = 60


def problems_of(raw: Any, error: ValidationError) -> list[Problem]:
    """The first errors of `raw` as problems; alternatives at one place are joined by “or”."""
    found: dict[str, Problem] = {}
    for detail in error.errors(include_url=False):
        item_id, path = _place(raw, detail["loc"])
        item_id = detail.get("ctx", {}).get("item_id", item_id)
        message = _sentence(detail)
        known = found.get(path)
        if known is None:
            if len(found) == MAX_PROBLEMS:
                break
            found[path] = Problem(item_id, path, message)
        elif message not in known.message:
            found[path] = Problem(item_id, path, f"{known.message.rstrip('.')}, or: {message}")
    return list(found.values())


def shorten(value: Any) -> str:
    """What was given, as text that fits into a message."""
    if isinstance(value, int) and value.bit_length() > 200:
        return "a number of more than 60 digits"
    text = str(value).encode("utf-8", "replace").decode()
    return text if len(text) <= MAX_GIVEN else text[: MAX_GIVEN - 1] + "…"


def _place(raw: Any, loc: Sequence[int | str]) -> tuple[str | None, str]:
    """Item id and path in the raw document of pydantic's location, whose union tags are left out."""
    node, item_id, path = raw, None, []
    for position, part in enumerate(loc):
        last = position == len(loc) - 1
        if isinstance(node, dict) and isinstance(part, str) and (part in node or (last and not _is_tag(part, node))):
            node = node.get(part)
        elif isinstance(node, list) and isinstance(part, int) and part < len(node):
            node = node[part]
        else:
            continue
        path.append(shorten(part))
        if isinstance(node, dict) and isinstance(node.get("id"), str):
            item_id = node["id"][:20]
    return item_id, ".".join(path)


def _is_tag(part: str, node: dict[str, Any]) -> bool:
    return part == node.get("kind") or "[" in part


def _sentence(detail: Any) -> str:
    value = detail.get("input")
    given = ""
    if isinstance(value, str):
        given = f" (given: “{shorten(value)}”)"
    elif isinstance(value, int | float):
        given = f" (given: {json.dumps(value) if isinstance(value, bool) else shorten(value)})"
    match detail["type"]:
        case "extra_forbidden":
            return "This key is not known here. Remove it or check its spelling."
        case "missing":
            return "This key is missing."
        case "union_tag_not_found":
            return "This needs a “kind”."
        case "union_tag_invalid":
            return f"There is no kind “{shorten(detail['ctx']['tag'])}” here. Use {detail['ctx']['expected_tags']}."
        case "value_error":
            return detail["msg"].removeprefix("Value error, ")
        case "unknown_kind" | "item":
            return detail["msg"]
    return detail["msg"].replace("Input should be", "Must be").rstrip(".") + given + "."
