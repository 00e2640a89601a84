"""The network: a tree of layers, blocks and repeats, and its limits."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Union

from pydantic import AfterValidator, Discriminator, Tag, model_validator
from pydantic_core import PydanticCustomError

from builder.spec.base import Document, ItemId, field
from builder.spec.blocks.base import Block
from builder.spec.blocks.registry import AnyBlock, check_parked
from builder.spec.init import HeInit, InitSpec
from builder.spec.layers.base import Layer
from builder.spec.layers.registry import TowerLayer

MAX_BLOCKS = 2_000
MAX_LAYERS = 20_000
MAX_NESTING = 6


class Repeat(Document):
    """The items, `times` times in a row. Copies never share weights, and strides act in every copy."""

    title: ClassVar = "Repeat"
    sentence: ClassVar = "Stacks its items several times; each copy has its own weights."
    formula: ClassVar = "items × n"

    kind: Literal["repeat"] = "repeat"
    id: ItemId = field(title="Id", help="Name of this item in addresses; never used again.", hidden=True)
    times: int = field(
        2,
        title="Times",
        help="Number of copies, each with its own weights. A stride acts in every copy, so put it outside.",
        unit="copies",
        ge=1,
        le=MAX_BLOCKS,
    )
    items: tuple["Item", ...] = field((), title="Items", help="What is repeated.", hidden=True, max_length=MAX_BLOCKS)


def _tag(value: Any) -> str | None:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return kind if isinstance(kind, str) else None


def _tagged(*kinds: type[Document]) -> tuple[Any, ...]:
    return tuple(Annotated[kind, Tag(kind.model_fields["kind"].default)] for kind in kinds)


def _check(item: Any) -> Any:
    return check_parked(item) if isinstance(item, Block) else item


if TYPE_CHECKING:
    Item = TowerLayer | AnyBlock | Repeat
else:
    Item = Annotated[
        Union[_tagged(*TowerLayer.__args__, *AnyBlock.__args__, Repeat)],  # noqa: UP007 - built from the registries
        Discriminator(
            _tag,
            custom_error_type="unknown_kind",
            custom_error_message="This kind of item is not known here. Use a layer, a block kind or “repeat”.",
        ),
        AfterValidator(_check),
    ]


def _check_items(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Ids are unique, and the unrolled network stays within the limits; no copy is made to find out."""
    seen: set[str] = set()
    for item in walk(items):
        if item.id in seen:
            raise item_error(item.id, f"The id {item.id} is used twice. Give every item an id of its own.")
        seen.add(item.id)
    too_deep = _first_too_deep(items, 1)
    if too_deep is not None:
        raise item_error(too_deep, f"Repeats are nested more than {MAX_NESTING} deep. Take this one out.")
    num_blocks, num_layers = unrolled_counts(items)
    for number, name, limit in ((num_blocks, "blocks", MAX_BLOCKS), (num_layers, "layers", MAX_LAYERS)):
        if number > limit:
            raise ValueError(
                f"The network has {number:,} {name} after unrolling; at most {limit:,} are allowed. Repeat less."
            )
    return items


class NetworkSpec(Document):
    """The tower, from the data's end (first item) to the logits (last item)."""

    items: Annotated[tuple[Item, ...], AfterValidator(_check_items)] = field(
        (), title="Items", help="The tower's items.", hidden=True, max_length=MAX_BLOCKS
    )
    init: InitSpec = field(
        HeInit(),
        title="Init",
        help="How weights begin where a layer does not say otherwise. "
        "The vanishing gradient of a deep plain net is mostly an effect of this choice.",
    )
    next_id: int = field(1, title="Next id", help="Next free item number; only grows.", hidden=True, ge=1, le=10**9)

    @model_validator(mode="after")
    def _ids_are_used_up(self) -> "NetworkSpec":
        highest = max((int(item.id[1:]) for item in walk(self.items)), default=0)
        if highest >= self.next_id:
            raise ValueError(f"next_id is {self.next_id} but the id i{highest} is in use. Set it to {highest + 1}.")
        return self


def item_error(item_id: str, message: str) -> PydanticCustomError:
    """An error that stands on an item, wherever the validator that raises it is."""
    return PydanticCustomError("item", "{message}", {"item_id": item_id, "message": message})


def _first_too_deep(items: tuple[Any, ...], depth: int) -> str | None:
    for item in items:
        if isinstance(item, Repeat):
            found = item.id if depth > MAX_NESTING else _first_too_deep(item.items, depth + 1)
            if found is not None:
                return found
    return None


def walk(items: tuple[Any, ...]) -> Iterator[Layer | Block | Repeat]:
    """Every item of the document, lanes and repeats included, in order, without unrolling."""
    for item in items:
        yield item
        if isinstance(item, Block):
            yield from item.body
            yield from item.shortcut
        elif isinstance(item, Repeat):
            yield from walk(item.items)


def changed_network(network: NetworkSpec, change: Callable[[Any], Any]) -> NetworkSpec:
    """The network with `change` made to each layer, block and repeat, what stands inside of one first.

    Nothing is validated: the change keeps ids, and gives what the schema allows.
    """
    return network.model_copy(update={"items": _changed(network.items, change)})


def _changed(items: tuple[Any, ...], change: Callable[[Any], Any]) -> tuple[Any, ...]:
    changed = []
    for item in items:
        lanes = ("body", "shortcut") if isinstance(item, Block) else ("items",) if isinstance(item, Repeat) else ()
        inner = {lane: _changed(getattr(item, lane), change) for lane in lanes}
        changed.append(change(item.model_copy(update=inner) if inner else item))
    return tuple(changed)


def unrolled_counts(items: tuple[Any, ...]) -> tuple[int, int]:
    """Number of blocks and of layers after unrolling, by arithmetic alone."""
    num_blocks = num_layers = 0
    for item in items:
        if isinstance(item, Repeat):
            inner_blocks, inner_layers = unrolled_counts(item.items)
            num_blocks += item.times * inner_blocks
            num_layers += item.times * inner_layers
        elif isinstance(item, Block):
            num_blocks += 1
            num_layers += len(item.body) + len(item.shortcut)
        else:
            num_layers += 1
    return num_blocks, num_layers
