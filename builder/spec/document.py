"""Opening a document: from text or a file to an experiment, with every problem in words."""

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_json

from builder.spec.experiment import FORMAT, Experiment
from builder.spec.ids import fill_ids
from builder.spec.network import NetworkSpec
from builder.spec.problems import DocumentError, Problem
from builder.spec.validation import problems_of, shorten

MAX_DOCUMENT_BYTES = 1 << 20
MAX_JSON_DEPTH = 48
MAX_LISTED_ERRORS = 2_000
MAX_ENTRIES = 2_000
MAX_BITS = 14_000


def parse_experiment(text: str | bytes) -> Experiment:
    """An experiment from JSON text. Items without an id get one.

    Raises:
        DocumentError: With every problem, its item and its place.
    """
    size = len(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    if size > MAX_DOCUMENT_BYTES:
        raise _refused(f"The document has {size:,} bytes; at most {MAX_DOCUMENT_BYTES:,} are allowed.")
    try:
        raw = json.loads(text, object_pairs_hook=_object)
    except DocumentError:
        raise
    except RecursionError as error:
        raise _refused("The JSON is nested too deeply to be an experiment.") from error
    except ValueError as error:
        raise _refused(f"This is not JSON: {error}.") from error
    return validate_experiment(raw)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object. RFC 8259 leaves it open what two equal keys mean; Python would keep the last one without a word."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            item_id = found.get("id")
            message = "This key stands twice in one object. Keep one of them."
            raise DocumentError([Problem(item_id if isinstance(item_id, str) else None, shorten(key), message)])
        found[key] = value
    return found


def validate_experiment(raw: Any) -> Experiment:
    """An experiment from parsed JSON (dicts, lists, numbers, strings). Items without an id get one.

    Values are never converted: the string "3" is no number and 1 is not true.

    Raises:
        DocumentError: With every problem, its item and its place.
    """
    if not isinstance(raw, dict):
        raise _refused("An experiment is a JSON object with the keys format, name, data, network, groups and training.")
    _check_tree(raw)
    version = raw.get("format", FORMAT)
    if type(version) is not int:
        raise _refused(f"The format is a whole number, {FORMAT} in this Highrise.", "format")
    if version > FORMAT:
        raise _refused(
            f"The document has format {shorten(version)}, but this Highrise reads up to {FORMAT}. Update Highrise.",
            "format",
        )
    experiment = _validate(fill_ids(raw))
    _check_size(experiment)
    return experiment


def validate_edit(raw: Any, before: Experiment) -> Experiment:
    """`validate_experiment(raw)`, sooner where `raw` is `before` with some of its tower's items changed.

    Items of the tower that are as they were are not validated again, and are the same objects. Equal is what Python calls
    so: where `before` has 1, true or 1.0 are no change, and the 1 stays.

    Raises:
        DocumentError: As `validate_experiment`.
    """
    old = {item["id"]: item for item in before.network.model_dump(mode="json")["items"]}
    try:
        items = raw["network"]["items"]
        changed = [item for item in items if old.get(item["id"]) != item]
        # What is unusual anywhere else is found here too; ids that are missing are given in view of all the others.
        edited = validate_experiment({**raw, "network": {**raw["network"], "items": changed}})
        kept = {item.id: item for item in before.network.items} | {item.id: item for item in edited.network.items}
        network = edited.network.model_copy(update={"items": tuple(kept[item["id"]] for item in items)})
        experiment = edited.model_copy(update={"network": NetworkSpec.model_validate(network.__dict__)})
        _check_size(experiment)
    except (DocumentError, ValidationError, LookupError, TypeError):
        # Whatever is wrong is said in view of the whole document.
        return validate_experiment(raw)
    return experiment


def load_experiment(source: str | Path) -> Experiment:
    """An experiment from a preset's name or a `.json` file.

    Raises:
        DocumentError: If the file is not a valid document.
        FileNotFoundError: If there is neither such a preset nor such a file.
    """
    from builder.spec.presets.registry import PRESETS

    if isinstance(source, str) and source in PRESETS:
        return PRESETS[source].experiment()
    path = Path(source)
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no preset and no file called “{source}”. Presets: {', '.join(PRESETS)}. "
            "A document is a .json file, as “show NAME --document” prints it."
        )
    with path.open("rb") as file:
        return parse_experiment(file.read(MAX_DOCUMENT_BYTES + 1))


def dump_experiment(experiment: Experiment, indent: int | None = None) -> str:
    """The document as JSON text; `parse_experiment` of it gives an equal experiment."""
    return experiment.model_dump_json(indent=indent)


def _check_size(experiment: Experiment) -> None:
    size = len(experiment.model_dump_json().encode())
    if size > MAX_DOCUMENT_BYTES:
        raise _refused(
            f"With its defaults written out the document has {size:,} bytes; at most {MAX_DOCUMENT_BYTES:,} are allowed. "
            "Use repeats instead of copies."
        )


def _refused(message: str, path: str = "") -> DocumentError:
    return DocumentError([Problem(None, path, message)])


def _validate(raw: dict[str, Any]) -> Experiment:
    try:
        # From JSON text, for only there does pydantic's strict mode take lists as tuples.
        return Experiment.model_validate_json(_to_json(raw), strict=True)
    except ValidationError as error:
        if error.error_count() <= MAX_LISTED_ERRORS:
            raise DocumentError(problems_of(raw, error)) from error
        raise DocumentError(_first_problems(raw, error.error_count())) from error


def _to_json(raw: dict[str, Any]) -> bytes:
    return to_json(raw, inf_nan_mode="constants")


def _first_problems(raw: dict[str, Any], num_errors: int) -> list[Problem]:
    """Some of very many errors, whose full list would take seconds: those near the beginning of each list."""
    summary = Problem(None, "", f"The document has {num_errors:,} errors.")
    head = _head(raw, 20)
    try:
        Experiment.model_validate_json(_to_json(head), strict=True)
    except ValidationError as error:
        return [summary, *problems_of(head, error)]
    return [summary]


def _head(node: Any, size: int) -> Any:
    if isinstance(node, dict):
        return {key: _head(value, size) for key, value in list(node.items())[:size]}
    return [_head(value, size) for value in node[:size]] if isinstance(node, list) else node


def _check_tree(raw: dict[str, Any]) -> None:
    """Refuses what no schema should have to look at: bottomless nesting, endless lists and numbers, half characters."""
    refusal = None if _is_plain_tree(raw) else _why_no_tree(raw, MAX_JSON_DEPTH)
    if refusal is not None:
        reason, path = refusal
        raise _refused(reason, ".".join(shorten(part) for part in reversed(path)))


def _is_plain_tree(raw: dict[str, Any]) -> bool:
    """Whether nothing is unusual, at an edit's speed; if False, `_why_no_tree` decides."""
    level: list[Any] = [raw]
    for _ in range(MAX_JSON_DEPTH):
        below: list[Any] = []
        for node in level:
            if len(node) > MAX_ENTRIES:
                return False
            if type(node) is dict:
                if not all(type(key) is str and key.isascii() for key in node):
                    return False
                node = node.values()
            for value in node:
                kind = type(value)
                if kind is dict or kind is list:
                    below.append(value)
                elif kind is str:
                    if not _is_unicode(value):
                        return False
                elif kind is int:
                    if value.bit_length() > MAX_BITS:
                        return False
                elif not (kind is float or kind is bool or value is None):
                    return False
        if not below:
            return True
        level = below
    return False


def _why_no_tree(node: Any, depth: int) -> tuple[str, list[Any]] | None:
    """The reason and the place, innermost part first, if `node` cannot be a part of a document."""
    if isinstance(node, dict | list | tuple):
        if depth == 0:
            return f"The document is nested more than {MAX_JSON_DEPTH} levels deep.", []
        if len(node) > MAX_ENTRIES:
            return f"This has {len(node):,} entries; at most {MAX_ENTRIES:,} are allowed.", []
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            if isinstance(node, dict) and not (isinstance(key, str) and _is_unicode(key)):
                return "A key here is no text, or holds half a character (a lone surrogate).", []
            refusal = _why_no_tree(value, depth - 1)
            if refusal is not None:
                refusal[1].append(key)
                return refusal
        return None
    reason = _why_no_scalar(node)
    return None if reason is None else (reason, [])


def _why_no_scalar(value: Any) -> str | None:
    if isinstance(value, str):
        return None if _is_unicode(value) else "This text holds half a character (a lone surrogate). Write it anew."
    if isinstance(value, int):
        return None if value.bit_length() <= MAX_BITS else "This number has far more digits than any field takes."
    return None if value is None or isinstance(value, float) else f"JSON has no value like {shorten(value)}."


def _is_unicode(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)
