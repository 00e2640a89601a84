"""Parts of towers that several studies share."""

from builder.spec.presets.numbering import NestedItem
from builder.spec.recipes import activation, linear, norm

FLATTEN: NestedItem = {"kind": "flatten"}
HEAD: NestedItem = linear("classes")


def repeat(times: int, *items: NestedItem) -> NestedItem:
    return {"kind": "repeat", "times": times, "items": list(items)}


def dense_stem(width: int) -> list[NestedItem]:
    return [FLATTEN, linear(width), activation()]


def dense_block(kind: str, width: int, num_layers: int = 2, **fields: object) -> NestedItem:
    body = [layer for _ in range(num_layers) for layer in (linear(width), activation())]
    return {"kind": kind, "body": body, **fields}


def normed_block(kind: str, width: int, **fields: object) -> NestedItem:
    """norm, ReLU, linear, twice: a dense pre-activation body."""
    return {"kind": kind, "body": [norm(), activation(), linear(width), norm(), activation(), linear(width)], **fields}


def quiet_block(kind: str, width: int) -> NestedItem:
    """Two linear layers of which the second begins small, so that a tower without norms does not explode forward."""
    small = linear(width, init={"kind": "normal", "std": 0.02})
    return {"kind": kind, "body": [linear(width), activation(), small, activation()]}
