"""Ready-made groupings of parameters: what one click puts in place."""

from dataclasses import dataclass
from typing import Any

from builder.spec.groups import GROUP_COLOURS, GroupSpec

Nested = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Grouping:
    """A ready-made set of parameter groups without rates."""

    name: str
    title: str
    sentence: str
    groups: tuple[Nested, ...]


def _group(name: str, colour: int, **rule: Any) -> Nested:
    return {"name": name, "colour": GROUP_COLOURS[colour], "rule": rule}


ROLE_GROUPS = (
    _group("stem and head", 4, lanes=("layer",)),
    _group("gates", 1, lanes=("gate",)),
    _group("shortcuts", 2, lanes=("shortcut",)),
    _group("norms and biases", 3, parameters=("bias", "norm_scale", "norm_shift")),
    _group("bodies", 0),
)


def depth_grouping(num_blocks: int, num_bands: int, decay: float, learning_rate: float) -> tuple[Nested, ...]:
    """Bands of depth whose rate falls by `decay` per band from the head towards the stem.

    Source: layer-wise rate decay, Howard and Ruder 2018, arXiv 1801.06146.
    """
    num_bands = max(1, min(num_bands, num_blocks + 1))
    edges = [round(band * (num_blocks + 1) / num_bands) for band in range(num_bands + 1)]
    bands = [
        {
            **_group(f"depth {edges[band]} to {edges[band + 1] - 1}", band % len(GROUP_COLOURS)),
            "rule": {"depth_from": edges[band], "depth_to": edges[band + 1] - 1},
            "learning_rate": learning_rate * decay ** (num_bands - 1 - band),
        }
        for band in range(num_bands - 1)
    ]
    last = {
        **_group(f"depth {edges[-2]} and head", (num_bands - 1) % len(GROUP_COLOURS)),
        "learning_rate": learning_rate,
    }
    return (*bands, last)


GROUPINGS = (
    Grouping("one", "One group", "Every parameter learns at the same rate.", (_group("all parameters", 0),)),
    Grouping(
        "hidden",
        "Hidden against the rest",
        "The weights inside blocks against everything else: the first numpy article's idea.",
        (_group("hidden weights", 0, lanes=("body",), parameters=("weight",)), _group("the rest", 1)),
    ),
    Grouping("role", "By role", "Stem and head, gates, shortcuts, norms and biases, bodies.", ROLE_GROUPS),
)


DEPTH_BANDS = 4
DEPTH_DECAY = 0.75


def ready_made(first: GroupSpec, num_blocks: int) -> list[dict[str, Any]]:
    """All groupings of a network as JSON, one click each.

    Args:
        first: The document's first group, whose learning rate and weight decay the new groups begin with.
        num_blocks: Block copies of the network; bands of depth divide them.
    """
    by_depth = Grouping(
        "depth",
        "By depth, decaying",
        f"{DEPTH_BANDS} bands of depth; each learns at {DEPTH_DECAY:g} times the rate of the band above it.",
        depth_grouping(num_blocks, DEPTH_BANDS, DEPTH_DECAY, first.learning_rate),
    )
    rates = {"learning_rate": first.learning_rate, "weight_decay": first.weight_decay}
    return [
        {
            "name": grouping.name,
            "title": grouping.title,
            "sentence": grouping.sentence,
            "groups": [
                GroupSpec.model_validate({**rates, **group}).model_dump(mode="json") for group in grouping.groups
            ],
        }
        for grouping in (*GROUPINGS, by_depth)
    ]
