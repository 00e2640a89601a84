"""Setting one field of a document by its path, as the command line's `--set` does."""

from typing import Any

from builder.spec.blocks.registry import BLOCK_ADAPTER, BLOCKS, swap_kind
from builder.spec.document import validate_experiment
from builder.spec.experiment import Experiment
from builder.spec.problems import DocumentError, Problem
from builder.spec.validation import shorten

TIME_UNITS = {"epochs", "steps"}


def with_value(experiment: Experiment, path: str, value: Any) -> Experiment:
    """The experiment with one field set by its path, as in `training.duration.epochs` or `groups.0.learning_rate`.

    Entries of a list are named by position, by id or by name, as in `network.items.i4.times`. Setting a `kind` gives
    the other kind with its defaults; a block keeps its lanes. Setting one unit of a time clears the other.

    Raises:
        DocumentError: If the path does not exist or the value is refused.
    """
    raw = experiment.model_dump(mode="json")
    *parents, key = path.split(".")
    node: Any = raw
    for depth, part in enumerate(parents):
        place = _place(node, part, path)
        if node[place] is None and key == "kind" and depth == len(parents) - 1:
            node[place] = {"kind": value}
        node = node[place]
    place = _place(node, key, path)
    if key == "kind" and isinstance(node, dict):
        _set_kind(node, value)
    else:
        if isinstance(node, dict) and set(node) == TIME_UNITS:
            node.clear()
        node[place] = value
    return validate_experiment(raw)


def _set_kind(node: dict[str, Any], kind: Any) -> None:
    if kind == node["kind"]:
        return
    if node["kind"] in BLOCKS and isinstance(kind, str) and kind in BLOCKS:
        changed = swap_kind(BLOCK_ADAPTER.validate_python(node), kind).model_dump(mode="json")
    else:
        changed = {name: node[name] for name in ("id",) if name in node} | {"kind": kind}
    node.clear()
    node.update(changed)


def _place(node: Any, part: str, path: str) -> str | int:
    """Key or position of `part` in `node`.

    Raises:
        DocumentError: If there is none.
    """
    if isinstance(node, dict):
        if part in node:
            return part
        known = f"Known here: {', '.join(node)}." if node else "Nothing can be set here."
    elif isinstance(node, list):
        for index, entry in enumerate(node):
            if part == str(index) or (isinstance(entry, dict) and part in (entry.get("id"), entry.get("name"))):
                return index
        known = f"Give a number below {len(node)}, an id or a name." if node else "The list is empty."
    else:
        known = "There is nothing below this value."
    raise DocumentError([Problem(None, shorten(path), f"There is no “{shorten(part)}” in the document. {known}")])
