"""One function per study: it trains what it needs and gives the measured rows."""

from collections.abc import Callable

from builder.spec.presets.reproductions import Reproduction
from reproductions.studies import (
    first_steps,
    highway_networks,
    minimodel,
    numpy_highway,
    numpy_residual,
    residual_networks,
    stochastic_depth,
)

MEASURES: dict[str, Callable[[], list[Reproduction]]] = {
    "first-steps": first_steps.measure,
    "numpy-residual": numpy_residual.measure,
    "numpy-highway": numpy_highway.measure,
    "stochastic-depth": stochastic_depth.measure,
    "minimodel": minimodel.measure,
    "highway-networks": highway_networks.measure,
    "residual-networks": residual_networks.measure,
}
