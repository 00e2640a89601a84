"""Parameters side by side in memory: one flat tensor for values, one for gradients.

Every parameter becomes a view. Parameters of one group and one block copy are neighbours, a segment, so that a norm per
group and block copy is one reduction per segment, and an optimizer updates a whole group in one call. The body of a
stochastic-depth copy is a segment of its own: when it is dropped, only the copy's shortcut has a gradient.
"""

from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from builder.modules.network import NetworkModule
from builder.spec.analysis import Analysis


@dataclass(frozen=True, slots=True)
class Segment:
    """The parameters of one group in one block copy (or outside of blocks), all of which a drop takes out or none.

    Attributes:
        group: Index of the group.
        block: Index of the block copy in depth order, or -1 outside.
        dropped_with: Index of the stochastic-depth copy whose drop leaves the segment without a gradient, or -1.
        start: First entry in the flat tensors.
        stop: One past the last.
    """

    group: int
    block: int
    dropped_with: int
    start: int
    stop: int

    @property
    def num_entries(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class Update:
    """A stretch of the flat tensors that the optimizer treats as one parameter.

    Attributes:
        parameter: Leaf over the stretch, its `grad` a view of the flat gradient.
        gradient: That view.
        rests_with: Index of the stochastic-depth copy whose drop makes the stretch rest, or -1.
    """

    group: int
    parameter: nn.Parameter
    gradient: Tensor
    rests_with: int


class FlatLayout:
    """Moves a network's parameters into flat tensors on their device; those of frozen groups too, for they may thaw.

    Attributes:
        values: All parameters, `[num_entries]`.
        gradients: Their gradients, `[num_entries]`; zeroed by `zero_gradients`, and zero where frozen.
        segments: In memory order.
        updates: What the optimizer gets, in memory order.
        slices: For each address: start and stop in the flat tensors.
        frozen: Indices of the groups that are frozen now.
    """

    def __init__(self, network: NetworkModule, analysis: Analysis) -> None:
        parameters = dict(network.parameters_by_address())
        blocks = {block.address: index for index, block in enumerate(network.blocks)}
        stochastic = {block.address: index for index, block in enumerate(network.stochastic_blocks)}
        order: list[tuple[tuple[int, int, int], str]] = []
        self._members: dict[int, list[nn.Parameter]] = {}
        for grouped in analysis.parameters:
            placed = grouped.placed
            block = placed.block or ""
            dropped_with = stochastic.get(block, -1) if placed.lane == "body" else -1
            order.append(((grouped.group, blocks.get(block, -1), dropped_with), placed.address))
            self._members.setdefault(grouped.group, []).append(parameters[placed.address])
        order.sort(key=lambda place: place[0])
        first = next(iter(parameters.values()))
        num_entries = sum(parameters[address].numel() for _, address in order)
        self.values = torch.empty(num_entries, device=first.device, dtype=first.dtype)
        self.gradients = torch.zeros_like(self.values)
        self.slices: dict[str, tuple[int, int]] = {}
        self._forms: dict[str, tuple[torch.Size, tuple[int, ...]]] = {}
        self.segments: list[Segment] = []
        offset = 0
        for place, address in order:
            stop = offset + parameters[address].numel()
            self._forms[address] = (parameters[address].shape, parameters[address].stride())
            self._move(parameters[address], offset, stop)
            self.slices[address] = (offset, stop)
            last = self.segments[-1] if self.segments else None
            if last and (last.group, last.block, last.dropped_with) == place:
                self.segments[-1] = Segment(*place, last.start, stop)
            else:
                self.segments.append(Segment(*place, offset, stop))
            offset = stop
        self.segment_gradients = [self.gradients[segment.start : segment.stop] for segment in self.segments]
        self.updates = self._updates(network)
        self._resting = [update for update in self.updates if update.rests_with >= 0]
        self.frozen: frozenset[int] = frozenset()

    def freeze(self, groups: Collection[int]) -> None:
        """Freezes exactly these groups: `requires_grad` is off, and without a gradient the optimizer leaves them alone.

        So nothing moves them, neither momentum nor weight decay, and their optimizer's state rests as it is.
        """
        self.frozen = frozenset(groups)
        for group, members in self._members.items():
            for parameter in members:
                parameter.requires_grad_(group not in self.frozen)
        for update in self.updates:
            update.parameter.grad = None if update.group in self.frozen else update.gradient

    def _move(self, parameter: nn.Parameter, start: int, stop: int) -> None:
        """Makes `parameter` and its gradient views of the flat tensors, with the parameter's own strides."""
        view, gradient = (
            flat[start:stop].as_strided(parameter.shape, parameter.stride()) for flat in (self.values, self.gradients)
        )
        view.copy_(parameter.detach())
        parameter.data = view
        parameter.grad = gradient

    def _updates(self, network: NetworkModule) -> list[Update]:
        """One stretch per group, but an own one for each body that rests when it is dropped."""
        skips = [block.skips_update for block in network.stochastic_blocks]
        stretches: list[list[int]] = []  # [group, start, stop, rests_with]
        for segment in self.segments:
            rests_with = segment.dropped_with if segment.dropped_with >= 0 and skips[segment.dropped_with] else -1
            last = stretches[-1] if stretches else None
            if last and rests_with < 0 and last[3] < 0 and last[0] == segment.group:
                last[2] = segment.stop
            else:
                stretches.append([segment.group, segment.start, segment.stop, rests_with])
        updates: list[Update] = []
        for group, start, stop, rests_with in stretches:
            parameter = nn.Parameter(self.values[start:stop])
            gradient = self.gradients[start:stop]
            parameter.grad = gradient
            updates.append(Update(group, parameter, gradient, rests_with))
        return updates

    def view(self, flat: Tensor, address: str, start: int = 0) -> Tensor:
        """The entries of `address` in a tensor laid out as `values` from entry `start` on, in the parameter's shape."""
        first, last = self.slices[address]
        return flat[first - start : last - start].as_strided(*self._forms[address])

    def zero_gradients(self) -> None:
        self.gradients.zero_()

    def rest_dropped(self, mask: list[bool]) -> None:
        """Takes the gradient from bodies that are dropped and rest, so that the optimizer leaves them alone."""
        for update in self._resting:
            rests = update.group in self.frozen or not mask[update.rests_with]
            update.parameter.grad = None if rests else update.gradient
