"""Document to `torch.nn.Module`."""

from collections.abc import Iterable, Iterator
from typing import Any

from torch import Tensor, nn

from builder.modules.blocks.base import BlockModule, BypassedModule
from builder.modules.blocks.registry import BLOCK_MODULES
from builder.modules.blocks.stochastic_depth import StochasticDepthModule
from builder.modules.layers.registry import build_layer
from builder.spec.analysis import Analysis, analyse
from builder.spec.experiment import Experiment
from builder.spec.init import InitSpec
from builder.spec.plan import BlockPlan, LayerPlan, Plan
from builder.spec.problems import DocumentError


def address_of(name: str) -> str:
    """torch's `i4[2].i7.body.i9.weight` as the document's `i4[2]/i7/body/i9.weight`."""
    path, _, parameter = name.rpartition(".")
    return f"{path.replace('.', '/')}.{parameter}"


def name_of(address: str) -> str:
    """The inverse of `address_of`."""
    return address.replace("/", ".")


class Copy(nn.Module):
    """Holds one copy of a repeat, so that names in torch follow addresses. It is never called itself."""


class NetworkModule(nn.Module):
    """A compiled network: `[batch, *in_shape]` to logits `[batch, classes]`.

    Keys of the state dict are addresses.
    """

    def __init__(self, plan: Plan, init: InitSpec, seed: int) -> None:
        super().__init__()
        self.chain: tuple[nn.Module, ...] = tuple(self._place(step, init, seed) for step in plan.steps)
        self.blocks: tuple[BlockModule, ...] = tuple(step for step in self.chain if isinstance(step, BlockModule))
        self.stochastic_blocks = tuple(block for block in self.blocks if isinstance(block, StochasticDepthModule))
        self.register_state_dict_post_hook(_rename_saved)
        self.register_load_state_dict_pre_hook(_rename_loaded)

    def _place(self, step: LayerPlan | BlockPlan, init: InitSpec, seed: int) -> nn.Module:
        parent: nn.Module = self
        for segment in step.path[:-1]:
            if segment not in parent._modules:
                parent.add_module(segment, Copy())
            parent = parent.get_submodule(segment)
        if isinstance(step, LayerPlan):
            module = build_layer(step, init, seed)
        elif step.block.bypassed:
            module = BypassedModule(step, init, seed)
        else:
            module = BLOCK_MODULES[step.block.kind](step, init, seed)
        parent.add_module(step.path[-1], module)
        return module

    def forward(self, x: Tensor) -> Tensor:
        for step in self.chain:
            x = step(x)
        return x

    def parameters_by_address(self) -> Iterator[tuple[str, nn.Parameter]]:
        """Every parameter with its address, in the order of the document's plan."""
        for name, parameter in self.named_parameters():
            yield address_of(name), parameter

    def set_alive(self, mask: Iterable[bool]) -> None:
        """Which stochastic-depth copies take part in the next training step, by depth."""
        for block, alive in zip(self.stochastic_blocks, mask, strict=True):
            block.alive = alive


def _rename_saved(module: nn.Module, state: dict[str, Any], prefix: str, local_metadata: dict[str, Any]) -> None:
    for name in [name for name in state if name.startswith(prefix)]:
        state[prefix + address_of(name[len(prefix) :])] = state.pop(name)


def _rename_loaded(module: nn.Module, state: dict[str, Any], prefix: str, *unused: object) -> None:
    for name in [name for name in state if name.startswith(prefix)]:
        state[prefix + name_of(name[len(prefix) :])] = state.pop(name)


def compile_network(experiment: Experiment, analysis: Analysis | None = None) -> NetworkModule:
    """Builds the network of a document on the CPU, initialised from its seed.

    Args:
        experiment: The document.
        analysis: Its analysis, where there is one already.

    Raises:
        DocumentError: With every problem, if the network cannot be built.
    """
    analysis = analysis or analyse(experiment)
    if analysis.plan.problems:
        raise DocumentError(analysis.plan.problems)
    return NetworkModule(analysis.plan, experiment.network.init, experiment.training.seed)
