"""The torch twin of each block kind; same keys as `builder.spec.blocks.registry`."""

from builder.modules.blocks.base import BlockModule
from builder.modules.blocks.highway import HighwayModule
from builder.modules.blocks.plain import PlainModule
from builder.modules.blocks.residual import ResidualModule
from builder.modules.blocks.stochastic_depth import StochasticDepthModule

BLOCK_MODULES: dict[str, type[BlockModule]] = {
    module.spec_kind: module for module in (PlainModule, ResidualModule, HighwayModule, StochasticDepthModule)
}
