"""The plan of a network: every copy in its place, with shapes, parameters and depth, before any tensor exists.

`builder.modules` builds exactly this plan, and the counts on the screen are sums over it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from builder.spec.blocks.base import Block
from builder.spec.blocks.stochastic_depth import LinearDecay, StochasticDepthBlock
from builder.spec.groups import Lane
from builder.spec.layers.base import Layer, ParameterShape, Role
from builder.spec.network import NetworkSpec, Repeat, unrolled_counts
from builder.spec.problems import Problem
from builder.spec.shapes import Shape, ShapeContext, ShapeProblem, shape_text


@dataclass(frozen=True, slots=True)
class LayerPlan:
    """One copy of a layer.

    Attributes:
        path: Segments of its address, as in `("i4[2]", "i7", "body", "i9")`.
        ids: Item ids on the path, as in `("i4", "i7", "i9")`.
        owns_input: Nobody else reads the input and the layer before does not keep it, so it may be overwritten.
        parameters: Its trainable tensors.
        num_macs: Multiply-adds of one sample's forward pass.
    """

    layer: Layer
    path: tuple[str, ...]
    ids: tuple[str, ...]
    lane: Lane
    in_shape: Shape
    out_shape: Shape
    owns_input: bool
    parameters: tuple[ParameterShape, ...]
    num_macs: int


@dataclass(slots=True)
class BlockPlan:
    """One copy of a block. `depth` counts the copies 1 ... N that are not bypassed; a bypassed one has None."""

    block: Block
    path: tuple[str, ...]
    ids: tuple[str, ...]
    in_shape: Shape
    out_shape: Shape
    body: tuple[LayerPlan, ...] = ()
    shortcut: tuple[LayerPlan, ...] = ()
    gate: tuple[ParameterShape, ...] = ()
    depth: int | None = None
    survival_prob: float | None = None

    @property
    def address(self) -> str:
        return "/".join(self.path)

    @property
    def num_macs(self) -> int:
        """Multiply-adds of one sample's forward pass."""
        gate = self.block.num_gate_macs(self.in_shape, self.out_shape) if self.gate else 0
        return sum(layer.num_macs for layer in (*self.body, *self.shortcut)) + gate


class PlacedParameter(NamedTuple):
    """One parameter tensor of the unrolled network, with all that a group's rule can ask."""

    address: str
    shape: Shape
    ids: tuple[str, ...]
    lane: Lane
    role: Role
    depth: int
    block: str | None


@dataclass(slots=True)
class Plan:
    """The unrolled network, in the order of the forward pass.

    Attributes:
        steps: Layers outside of blocks, and block copies (bypassed ones included).
        depths: For each step: its depth; a layer outside has that of the block before it, N + 1 after the last.
        repeats: For each finished copy of a repeat item: (item id, in_shape, out_shape).
        problems: Why the network cannot be built; empty when it can. With problems, steps may be missing.
    """

    in_shape: Shape
    out_shape: Shape
    steps: list[LayerPlan | BlockPlan] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)
    repeats: list[tuple[str, Shape, Shape]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def blocks(self) -> list[BlockPlan]:
        """The block copies that exist (not bypassed), by depth."""
        return [step for step in self.steps if isinstance(step, BlockPlan) and step.depth is not None]

    def layers(self) -> Iterator[LayerPlan]:
        """Every layer copy that exists in the compiled network, in the order of the forward pass."""
        for step in self.steps:
            if isinstance(step, LayerPlan):
                yield step
            else:
                yield from step.body
                yield from step.shortcut

    def parameters(self) -> Iterator[PlacedParameter]:
        """Every parameter tensor, in the order of the compiled module's `parameters()`."""
        for step, depth in zip(self.steps, self.depths, strict=True):
            if isinstance(step, LayerPlan):
                yield from _placed(step, depth, None)
                continue
            address = step.address
            for layer in (*step.body, *step.shortcut):
                yield from _placed(layer, depth, address)
            for parameter in step.gate:
                yield PlacedParameter(
                    f"{address}/gate.{parameter.name}",
                    parameter.shape,
                    step.ids,
                    "gate",
                    parameter.role,
                    depth,
                    address,
                )


def _placed(layer: LayerPlan, depth: int, block: str | None) -> Iterator[PlacedParameter]:
    parameters = layer.parameters
    if not parameters:
        return
    address = "/".join(layer.path)
    for parameter in parameters:
        yield PlacedParameter(
            f"{address}.{parameter.name}", parameter.shape, layer.ids, layer.lane, parameter.role, depth, block
        )


class _Unroller:
    """Walks the items once, copy by copy.

    After a problem it goes on with the shape that the remedy gives, so that later problems are found too; where that is
    unknown the walk of the chain stops.
    """

    def __init__(self, num_classes: int, known: dict[tuple[str, ...], BlockPlan] | None = None) -> None:
        self.num_classes = num_classes
        self.known = known or {}
        self.steps: list[LayerPlan | BlockPlan] = []
        self.repeats: list[tuple[str, Shape, Shape]] = []
        self.problems: list[Problem] = []
        self.reported: dict[str, tuple[str, ...]] = {}

    def report(self, item_id: str, path: tuple[str, ...], message: str) -> None:
        """Reports the problems of an item's first copy that has any; further copies would say the same."""
        if self.reported.setdefault(item_id, path) == path:
            self.problems.append(Problem(item_id, "", message))

    def chain(self, items: Sequence, shape: Shape, path: tuple[str, ...], ids: tuple[str, ...]) -> Shape | None:
        for item in items:
            if isinstance(item, Repeat):
                out = self.repeat(item, shape, path, ids)
            elif isinstance(item, Block):
                out = self.block(item, shape, (*path, item.id), (*ids, item.id))
            else:
                before = self.steps[-1] if self.steps else None
                out, plan = self.layer(item, shape, (*path, item.id), (*ids, item.id), "layer", None, before)
                if plan is not None:
                    self.steps.append(plan)
            if out is None:
                return None
            shape = out
        return shape

    def repeat(self, item: Repeat, shape: Shape, path: tuple[str, ...], ids: tuple[str, ...]) -> Shape | None:
        if unrolled_counts(item.items) == (0, 0):
            self.report(item.id, path, "This repeat is empty. Drag something into it or delete it.")
            return shape
        for copy in range(item.times):
            out = self.chain(item.items, shape, (*path, f"{item.id}[{copy}]"), (*ids, item.id))
            if out is None:
                return None
            self.repeats.append((item.id, shape, out))
            shape = out
        return shape

    def layer(
        self,
        layer: Layer,
        shape: Shape,
        path: tuple[str, ...],
        ids: tuple[str, ...],
        lane: Lane,
        target: Shape | None,
        before: LayerPlan | BlockPlan | None,
    ) -> tuple[Shape | None, LayerPlan | None]:
        """The output shape, where it is known, and the plan of a layer that can be."""
        try:
            out = layer.output_shape(shape, ShapeContext(self.num_classes, target))
        except ShapeProblem as problem:
            self.report(layer.id, path, str(problem))
            return problem.assumed, None
        owns_input = isinstance(before, LayerPlan) and before.layer.output_is_fresh
        parameters = layer.parameters(shape, out)
        return out, LayerPlan(layer, path, ids, lane, shape, out, owns_input, parameters, layer.num_macs(shape, out))

    def lane(
        self, block: Block, lane: Lane, shape: Shape, path: tuple[str, ...], ids: tuple[str, ...], target: Shape | None
    ) -> tuple[Shape | None, tuple[LayerPlan, ...]]:
        """The lane's output shape, where it is known, and the plans of the layers that can be."""
        plans: list[LayerPlan] = []
        out: Shape | None = shape
        for layer in block.body if lane == "body" else block.shortcut:
            before = plans[-1] if plans else None
            out, plan = self.layer(layer, shape, (*path, lane, layer.id), (*ids, layer.id), lane, target, before)
            if plan is not None:
                plans.append(plan)
            if out is None:
                break
            shape = out
        return out, tuple(plans)

    def block(self, block: Block, shape: Shape, path: tuple[str, ...], ids: tuple[str, ...]) -> Shape | None:
        if block.bypassed:
            return self.bypassed(block, shape, path, ids)
        known = self.known.get(path)
        if known is not None and known.block is block and known.in_shape == shape:
            self.steps.append(replace(known, depth=None, survival_prob=None))
            return known.out_shape
        out, body = self.lane(block, "body", shape, path, ids, None)
        if out is None:
            return None
        plan = BlockPlan(block, path, ids, shape, out, body)
        self.steps.append(plan)
        if not block.merges_shortcut:
            return out
        shortcut_out, plan.shortcut = self.lane(block, "shortcut", shape, path, ids, out)
        if shortcut_out is not None and shortcut_out != out:
            remedy = (
                "Make the shortcut's last layer “match”, or change the body."
                if block.shortcut
                else "Put “match” or “pad channels” into the shortcut, or make the body keep the shape."
            )
            self.report(
                block.id,
                path,
                f"The body gives {shape_text(out)} but the shortcut {shape_text(shortcut_out)}: "
                f"they cannot be merged. {remedy}",
            )
        try:
            plan.gate = block.gate_parameters(shape, out)
        except ShapeProblem as problem:
            self.report(block.id, path, str(problem))
        return out

    def bypassed(self, block: Block, shape: Shape, path: tuple[str, ...], ids: tuple[str, ...]) -> Shape | None:
        """A bypassed block is S(x) if S has no parameters; otherwise it is absent and must keep its shape.

        Problems inside its body don't count: a broken block can be bypassed.
        """
        body_out, _ = _Unroller(self.num_classes).lane(block, "body", shape, path, ids, None)
        if any(layer.has_parameters for layer in block.shortcut):
            if body_out is not None and body_out != shape:
                self.report(
                    block.id,
                    path,
                    f"Bypassed, this block would have to turn {shape_text(shape)} into {shape_text(body_out)} without "
                    "weights. Give its shortcut “pad channels” instead, or don't bypass it.",
                )
            self.steps.append(BlockPlan(block, path, ids, shape, shape))
            return shape if body_out is None else body_out
        if body_out is None and any(layer.shortcut_only for layer in block.shortcut):
            self.report(
                block.id,
                path,
                "Bypassed, this block is its shortcut, which aims at the body's shape, but the body has none: a layer in "
                "it cannot take its input. Mend the body, empty the shortcut, or don't bypass the block.",
            )
            return None
        out, shortcut = self.lane(block, "shortcut", shape, path, ids, body_out)
        if out is not None:
            self.steps.append(BlockPlan(block, path, ids, shape, out, (), shortcut))
        return out


def plan_network(network: NetworkSpec, in_shape: Shape, num_classes: int, before: Plan | None = None) -> Plan:
    """Unrolls a network for a data set.

    Args:
        network: The document's network.
        in_shape: Shape of one sample, `(features,)` or `(channels, height, width)`.
        num_classes: Number of classes; the logits must be a vector of that many.
        before: A plan for the same data; block objects that stand in it at the same place are planned as they are there.
    """
    unroller = _Unroller(num_classes, _sound_blocks(before) if before else None)
    out_shape = unroller.chain(network.items, in_shape, (), ())
    plan = Plan(in_shape, out_shape or in_shape, unroller.steps, [], unroller.repeats, unroller.problems)
    if not network.items:
        plan.problems.append(Problem(None, "network.items", "The tower is empty. Drag a block or a layer into it."))
    elif out_shape is not None and out_shape != (num_classes,):
        plan.problems.append(
            Problem(
                network.items[-1].id,
                "",
                f"The tower ends in {shape_text(out_shape)} but the data has {num_classes} classes. "
                "End it with a linear layer of “classes” units"
                + (", after a flatten or a global pool." if len(out_shape) == 3 else "."),
            )
        )
    _number(plan)
    return plan


def _sound_blocks(plan: Plan) -> dict[tuple[str, ...], BlockPlan]:
    """The blocks of a plan without problems, by their paths."""
    return {} if plan.problems else {block.path: block for block in plan.blocks}


def _number(plan: Plan) -> None:
    """Depths 1 ... N of the block copies, depths of the layers outside, survival of stochastic-depth copies."""
    blocks = [step for step in plan.steps if isinstance(step, BlockPlan) and not step.block.bypassed]
    stochastic = [(block, block.block.survival) for block in blocks if isinstance(block.block, StochasticDepthBlock)]
    for depth, block in enumerate(blocks, start=1):
        block.depth = depth
    for index, (placed, survival) in enumerate(stochastic, start=1):
        placed.survival_prob = (
            1.0 - index / len(stochastic) * (1.0 - survival.final_survival_prob)
            if isinstance(survival, LinearDecay)
            else survival.survival_prob
        )
    depth = 0
    for step in plan.steps:
        if isinstance(step, BlockPlan):
            depth = step.depth or depth
            plan.depths.append(depth)
        else:
            plan.depths.append(depth + 1 if blocks and depth == len(blocks) else depth)
