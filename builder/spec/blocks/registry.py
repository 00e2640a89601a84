"""All kinds of blocks. A new kind is its file, its torch twin in builder/modules/blocks and one line here."""

import json
from typing import Annotated, Any

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from builder.spec.blocks.base import Block
from builder.spec.blocks.highway import HighwayBlock
from builder.spec.blocks.plain import PlainBlock
from builder.spec.blocks.residual import ResidualBlock
from builder.spec.blocks.stochastic_depth import StochasticDepthBlock
from builder.spec.validation import shorten

AnyBlock = PlainBlock | ResidualBlock | HighwayBlock | StochasticDepthBlock

BLOCKS: dict[str, type[Block]] = {
    block.model_fields["kind"].default: block
    for block in (PlainBlock, ResidualBlock, HighwayBlock, StochasticDepthBlock)
}


def check_parked(block: Block) -> Block:
    """The block with its `parked` in canonical form: kinds in order, and of their own fields only what is no default.

    Swapping writes this form, so that a document is the same after swapping a kind there and back.

    Raises:
        ValueError: If a kind is unknown, is the block's own, or a value is refused.
    """
    for kind in block.parked:
        if kind == block.kind or kind not in BLOCKS:
            raise ValueError(f"parked has “{shorten(kind)}”, which is not another kind of block. Remove it.")
    kept = {kind: _own_values(kind, block.parked[kind]) for kind in BLOCKS if kind in block.parked}
    parked = {kind: values for kind, values in kept.items() if values}
    return block.model_copy(update={"parked": parked}) if block.parked else block


def _own_values(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """Own fields of `kind` that differ from their defaults, validated."""
    unknown = set(values) - set(BLOCKS[kind].own_fields())
    if unknown:
        raise ValueError(f"parked.{kind} has the unknown field “{shorten(min(unknown))}”. Remove it.")
    try:
        block = BLOCKS[kind].model_validate_json(json.dumps({"kind": kind, "id": "i1", **values}), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"parked.{kind}.{place}: {first['msg']}") from error
    return changed_own_fields(block)


def changed_own_fields(block: Block) -> dict[str, Any]:
    """The fields that only this kind has, as JSON, where they differ from their defaults."""
    own = set(block.own_fields())
    defaults = BLOCKS[block.kind].model_validate({"id": "i1"}).model_dump(mode="json", include=own)
    values = block.model_dump(mode="json", include=own)
    return {name: value for name, value in values.items() if value != defaults[name]}


BlockSpec = Annotated[AnyBlock, Field(discriminator="kind"), AfterValidator(check_parked)]
BLOCK_ADAPTER: TypeAdapter[Block] = TypeAdapter(BlockSpec)


def swap_kind(block: Block, kind: str) -> Block:
    """The same block as another kind: both lanes stay, own fields are parked and come back.

    Swapping there and back gives an equal document.
    """
    if kind == block.kind:
        return block
    own = changed_own_fields(block)
    parked = {name: values for name, values in block.parked.items() if name != kind}
    if own:
        parked[block.kind] = own
    shared = block.model_dump(mode="json", exclude={*block.own_fields(), "kind", "parked"})
    return BLOCK_ADAPTER.validate_python({**shared, **block.parked.get(kind, {}), "kind": kind, "parked": parked})
