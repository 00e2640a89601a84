"""The optimizer of a run: torch's own updates over the flat layout, one parameter group per group of the document.

The updates are torch's functional ones. Its `Optimizer` classes do the same at a price for every step (profiler, hooks,
collecting the state anew) and import torch's compiler at the first one, which takes half as long as torch itself.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim.adam import adam
from torch.optim.rmsprop import rmsprop
from torch.optim.sgd import sgd

from builder.spec.analysis import Analysis
from builder.spec.mix import Mix
from builder.spec.training import AdamOptimizer, AdamwOptimizer, OptimizerSpec, RmspropOptimizer, SgdOptimizer
from builder.training.layout import FlatLayout

STEP = "step"
"""The name of the one state that is a scalar: how many updates a parameter has had."""

_Tensors = list[Tensor]
_Update = Callable[[_Tensors, _Tensors, dict[str, _Tensors], float, float], None]
"""Takes parameters, gradients, states by name, learning rate, weight decay; changes parameters and states."""


@dataclass(slots=True)
class ParameterGroup:
    """What one group of the document gives to the optimizer.

    Attributes:
        learning_rate: Of the next update.
        parameters: Stretches of the flat tensors; one without a gradient rests.
    """

    name: str
    learning_rate: float
    weight_decay: float
    parameters: list[nn.Parameter]


class FlatOptimizer:
    """Updates all groups' parameters.

    Attributes:
        groups: Those of the document that have parameters, in its order.
        state: For each parameter that has ever learned, its states by torch's names for them, from zeros.
    """

    def __init__(self, spec: OptimizerSpec, groups: list[ParameterGroup]) -> None:
        parameters = [parameter for group in groups for parameter in group.parameters]
        # torch has no fused kernel for mps.
        self._names, self._update = _updates(spec, fused=parameters[0].device.type != "mps")
        self.groups = groups
        self.state: dict[nn.Parameter, dict[str, Tensor]] = {}

    @property
    def state_names(self) -> tuple[str, ...]:
        """What a parameter's states are called."""
        return self._names

    def begin(self, parameter: nn.Parameter) -> None:
        """Gives a parameter that learns from now on its states, unless it has them from before."""
        if parameter in self.state:
            return
        self.state[parameter] = {
            name: torch.zeros((), dtype=torch.float32, device=parameter.device)
            if name == STEP
            else torch.zeros_like(parameter.detach())
            for name in self._names
        }

    @torch.no_grad()
    def step(self) -> None:
        """One update of every parameter that has a gradient."""
        for group in self.groups:
            parameters, gradients = [], []
            for parameter in group.parameters:
                if parameter.grad is not None:
                    parameters.append(parameter)
                    gradients.append(parameter.grad)
            if parameters:
                states = {name: [self.state[parameter][name] for parameter in parameters] for name in self._names}
                self._update(parameters, gradients, states, group.learning_rate, group.weight_decay)


class Mixer:
    """Puts a mix into effect: rates and weight decays in the optimizer, freezing in the layout.

    Rate at a step = the group's base rate x schedule.

    Attributes:
        mix: What is in effect.
    """

    def __init__(self, layout: FlatLayout, analysis: Analysis, spec: OptimizerSpec) -> None:
        self._layout = layout
        self._names = [row.spec.name for row in analysis.groups]
        indices = sorted({update.group for update in layout.updates})
        self.optimizer = FlatOptimizer(
            spec,
            [
                ParameterGroup(
                    name=self._names[group],
                    learning_rate=0.0,
                    weight_decay=0.0,
                    parameters=[update.parameter for update in layout.updates if update.group == group],
                )
                for group in indices
            ],
        )
        self.set(Mix.of(analysis))

    @property
    def base(self) -> list[float]:
        """Base rate of each group of the document."""
        return [group.learning_rate for group in self.mix.groups.values()]

    def set(self, mix: Mix) -> None:
        """Puts a mix of the document's groups into effect from the next step on."""
        self.mix = mix
        learning = mix.learning
        self._layout.freeze([index for index, name in enumerate(self._names) if name not in learning])
        for group in self.optimizer.groups:
            group.weight_decay = mix.groups[group.name].weight_decay
            if group.name in learning:
                for parameter in group.parameters:
                    self.optimizer.begin(parameter)

    def apply(self, factor: float) -> None:
        """Sets every group's rate for the next step."""
        for group in self.optimizer.groups:
            group.learning_rate = self.mix.groups[group.name].learning_rate * factor


def _updates(spec: OptimizerSpec, *, fused: bool) -> tuple[tuple[str, ...], _Update]:
    """The names of an optimizer's states and its update; fused where torch has a fused kernel."""
    match spec:
        case SgdOptimizer():
            return ("momentum_buffer",) if spec.momentum else (), _sgd(spec, fused)
        case AdamOptimizer() | AdamwOptimizer():
            return ("exp_avg", "exp_avg_sq", STEP), _adam(spec, fused)
        case RmspropOptimizer():
            return ("square_avg", *(["momentum_buffer"] if spec.momentum else []), STEP), _rmsprop(spec)


def _sgd(spec: SgdOptimizer, fused: bool) -> _Update:
    def update(parameters: _Tensors, gradients: _Tensors, states: dict[str, _Tensors], lr: float, decay: float) -> None:
        sgd(
            parameters,
            gradients,
            # From zeros the first update is the same as without a buffer.
            [*states["momentum_buffer"]] if spec.momentum else [None] * len(parameters),
            fused=fused,
            foreach=False,
            weight_decay=decay,
            momentum=spec.momentum,
            lr=lr,
            dampening=0.0,
            nesterov=spec.nesterov,
            maximize=False,
        )

    return update


def _adam(spec: AdamOptimizer | AdamwOptimizer, fused: bool) -> _Update:
    def update(parameters: _Tensors, gradients: _Tensors, states: dict[str, _Tensors], lr: float, decay: float) -> None:
        adam(
            parameters,
            gradients,
            states["exp_avg"],
            states["exp_avg_sq"],
            [],
            states[STEP],
            fused=fused,
            foreach=False,
            decoupled_weight_decay=isinstance(spec, AdamwOptimizer),
            amsgrad=False,
            beta1=spec.beta1,
            beta2=spec.beta2,
            lr=lr,
            weight_decay=decay,
            eps=spec.eps,
            maximize=False,
        )

    return update


def _rmsprop(spec: RmspropOptimizer) -> _Update:
    def update(parameters: _Tensors, gradients: _Tensors, states: dict[str, _Tensors], lr: float, decay: float) -> None:
        rmsprop(
            parameters,
            gradients,
            states["square_avg"],
            [],
            states.get("momentum_buffer", []),
            states[STEP],
            lr=lr,
            alpha=spec.alpha,
            eps=spec.eps,
            weight_decay=decay,
            momentum=spec.momentum,
            centered=False,
        )

    return update
