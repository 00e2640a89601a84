"""What a document amounts to: shapes, counts, groups, memory and problems, without torch."""

from dataclasses import dataclass, field
from typing import NamedTuple

from builder.spec.checks import document_problems, document_warnings
from builder.spec.data import split_sizes
from builder.spec.datasets import DATASETS
from builder.spec.experiment import Experiment
from builder.spec.groups import GroupSpec, Rule
from builder.spec.memory import MemoryEstimate, estimate_memory
from builder.spec.network import Repeat, walk
from builder.spec.plan import LayerPlan, PlacedParameter, Plan, plan_network
from builder.spec.problems import Problem
from builder.spec.shapes import Shape, num_entries

BYTES_PER_SAMPLE_ENTRY = 4


@dataclass(slots=True)
class ItemRow:
    """One item of the document, summed over its copies.

    Attributes:
        in_shape: Input of the first copy; None if a problem before it hides the shape.
        out_shape: Output of the last copy.
        copies: How often the item stands in the unrolled network.
        groups: Indices of the groups that its parameters belong to, in order.
    """

    id: str
    kind: str
    in_shape: Shape | None = None
    out_shape: Shape | None = None
    num_parameters: int = 0
    num_macs: int = 0
    copies: int = 0
    groups: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One parameter group and what fell into it."""

    spec: GroupSpec
    num_parameters: int
    num_tensors: int


class GroupedParameter(NamedTuple):
    """A parameter tensor of the unrolled network and the index of its group."""

    placed: PlacedParameter
    group: int


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything the screen, `show` and the trainer want to know of a document.

    Attributes:
        problems: What keeps the document from being trained.
        warnings: What is allowed, but probably not meant.
    """

    dataset: str
    plan: Plan
    items: dict[str, ItemRow]
    parameters: list[GroupedParameter]
    groups: list[GroupRow]
    problems: list[Problem]
    warnings: list[Problem]
    num_parameters: int
    num_frozen: int
    num_buffers: int
    num_macs: int
    memory: MemoryEstimate
    num_train: int
    steps_per_epoch: int
    num_steps: int


def analyse(experiment: Experiment, before: Analysis | None = None) -> Analysis:
    """Unrolls, counts and checks a document; every problem is reported at once.

    Args:
        experiment: The document.
        before: The analysis of the document that it was edited from, which saves time and changes nothing.
    """
    facts = DATASETS[experiment.data.dataset]
    known = before.plan if before is not None and before.dataset == experiment.data.dataset else None
    plan = plan_network(experiment.network, facts.shape, facts.num_classes, known)
    parameters = group_parameters(plan, experiment.groups)
    sizes = [num_entries(parameter.placed.shape) for parameter in parameters]
    items = _item_rows(experiment, plan, parameters, sizes)
    groups = _group_rows(experiment.groups, parameters, sizes)
    num_parameters = sum(group.num_parameters for group in groups)
    num_frozen = sum(group.num_parameters for group in groups if group.spec.frozen)
    num_train, num_validation, num_test = split_sizes(experiment.data)
    steps_per_epoch = batches_per_epoch(num_train, experiment.training.batch_size, experiment.training.drop_last)
    num_steps = max(1, experiment.training.duration.in_steps(max(steps_per_epoch, 1)))
    data_bytes = BYTES_PER_SAMPLE_ENTRY * num_entries(facts.shape) * (num_train + num_validation + num_test)
    return Analysis(
        dataset=experiment.data.dataset,
        plan=plan,
        items=items,
        parameters=parameters,
        groups=groups,
        problems=[*plan.problems, *document_problems(experiment, plan, num_train, num_parameters, num_frozen)],
        warnings=document_warnings(experiment),
        num_parameters=num_parameters,
        num_frozen=num_frozen,
        num_buffers=_num_buffers(plan),
        num_macs=sum(step.num_macs for step in plan.steps),
        memory=_memory(experiment, plan, parameters, sizes, data_bytes),
        num_train=num_train,
        steps_per_epoch=steps_per_epoch,
        num_steps=num_steps,
    )


def batches_per_epoch(num_samples: int, batch_size: int, drop_last: bool) -> int:
    """Steps of one epoch: whole batches, and the rest unless it is dropped."""
    return num_samples // batch_size if drop_last else -(-num_samples // batch_size)


def group_parameters(plan: Plan, groups: tuple[GroupSpec, ...]) -> list[GroupedParameter]:
    """Puts every parameter into the first group whose rule takes it; the last group takes the rest."""
    rules = [group.rule for group in groups[:-1]]
    asks_for_items = any(rule.items for rule in rules)
    # Many parameters stand at places that no rule tells apart.
    known: dict[tuple, int] = {}
    found: list[GroupedParameter] = []
    for placed in plan.parameters():
        place = (placed.ids if asks_for_items else (), placed.lane, placed.role, placed.depth)
        index = known.get(place)
        if index is None:
            index = known[place] = _first_match(rules, placed)
        found.append(GroupedParameter(placed, index))
    return found


def _first_match(rules: list[Rule], placed: PlacedParameter) -> int:
    for index, rule in enumerate(rules):
        if rule.matches(ids=placed.ids, lane=placed.lane, role=placed.role, depth=placed.depth):
            return index
    return len(rules)


def _group_rows(groups: tuple[GroupSpec, ...], parameters: list[GroupedParameter], sizes: list[int]) -> list[GroupRow]:
    entries = [0] * len(groups)
    tensors = [0] * len(groups)
    for parameter, size in zip(parameters, sizes, strict=True):
        entries[parameter.group] += size
        tensors[parameter.group] += 1
    return [GroupRow(*row) for row in zip(groups, entries, tensors, strict=True)]


def _memory(
    experiment: Experiment, plan: Plan, parameters: list[GroupedParameter], sizes: list[int], data_bytes: int
) -> MemoryEstimate:
    """The estimate; its segments are the trained entries of a group in a block copy, or outside of blocks."""
    segments: dict[tuple[int, str | None], int] = {}
    for parameter, size in zip(parameters, sizes, strict=True):
        if not experiment.groups[parameter.group].frozen:
            place = (parameter.group, parameter.placed.block)
            segments[place] = segments.get(place, 0) + size
    return estimate_memory(plan, experiment.training, sizes, list(segments.values()), data_bytes)


def _num_buffers(plan: Plan) -> int:
    """Entries of running statistics: mean and variance per channel of each batch norm, and its counter."""
    return sum(
        2 * layer.in_shape[0] + 1
        for layer in plan.layers()
        if layer.layer.kind == "norm" and getattr(layer.layer, "method", "") == "batch"
    )


def _item_rows(
    experiment: Experiment, plan: Plan, parameters: list[GroupedParameter], sizes: list[int]
) -> dict[str, ItemRow]:
    rows = {item.id: ItemRow(item.id, item.kind) for item in walk(experiment.network.items)}

    def place(item_id: str, in_shape: Shape, out_shape: Shape) -> ItemRow:
        row = rows[item_id]
        row.in_shape = row.in_shape or in_shape
        row.out_shape = out_shape
        return row

    def count(item_ids: tuple[str, ...], num_macs: int) -> None:
        for item_id in item_ids:
            rows[item_id].num_macs += num_macs

    for step in plan.steps:
        place(step.ids[-1], step.in_shape, step.out_shape).copies += 1
        if isinstance(step, LayerPlan):
            count(step.ids, step.num_macs)
            continue
        for layer in (*step.body, *step.shortcut):
            place(layer.ids[-1], layer.in_shape, layer.out_shape).copies += 1
            rows[layer.ids[-1]].num_macs += layer.num_macs
        count(step.ids, step.num_macs)
    _place_repeats(experiment.network.items, plan, rows)
    for parameter, size in zip(parameters, sizes, strict=True):
        for item_id in parameter.placed.ids:
            row = rows[item_id]
            row.num_parameters += size
            if parameter.group not in row.groups:
                row.groups.append(parameter.group)
    for row in rows.values():
        row.groups.sort()
    return rows


def _place_repeats(items: tuple, plan: Plan, rows: dict[str, ItemRow]) -> None:
    """Shapes of repeats: input of the first copy, output of the last; `copies` counts the repeat, not its turns."""
    times = {item.id: item.times for item in walk(items) if isinstance(item, Repeat)}
    turns: dict[str, int] = {}
    for item_id, in_shape, out_shape in plan.repeats:
        row = rows[item_id]
        row.in_shape = row.in_shape or in_shape
        row.out_shape = out_shape
        turns[item_id] = turns.get(item_id, 0) + 1
        row.copies = turns[item_id] // times[item_id]
