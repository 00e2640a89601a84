"""Which stochastic-depth copies take part in a step: a function of (seed, address, step), drawn on the host."""

from collections.abc import Sequence

import numpy as np

from builder.spec.chance import derive_seed

_STEPS_PER_DRAW = 256


class DepthMasks:
    """Bernoulli draws for many steps at once; each copy has a stream of its own, which twins of one seed share."""

    def __init__(self, survival_probs: Sequence[float], seed: int, addresses: Sequence[str]) -> None:
        self.survival_probs = tuple(survival_probs)
        self._addresses = tuple(addresses)
        self._seed = seed
        self._drawn = -1
        self._masks: list[list[bool]] = []

    def at(self, step: int) -> list[bool]:
        """b of every copy in depth order, in step `step` = 1, 2, ..."""
        draw, row = divmod(step - 1, _STEPS_PER_DRAW)
        if draw != self._drawn:
            self._masks = self._draw(draw)
            self._drawn = draw
        return self._masks[row]

    def _draw(self, draw: int) -> list[list[bool]]:
        masks = np.ones((_STEPS_PER_DRAW, len(self._addresses)), dtype=bool)
        for column, (address, prob) in enumerate(zip(self._addresses, self.survival_probs, strict=True)):
            generator = np.random.Generator(np.random.Philox(derive_seed(self._seed, "masks", address, draw)))
            masks[:, column] = generator.random(_STEPS_PER_DRAW) < prob
        return masks.tolist()
