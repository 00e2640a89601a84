"""Seeing that a run has diverged, and saying where and what to lower."""

import math
from dataclasses import dataclass

import numpy as np

from builder.spec.experiment import Experiment
from builder.training.events import StepsRecorded
from builder.workspace.rows import Series, is_absent


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first step that is not a number any more, and the words for it."""

    step: int
    reason: str


class DivergenceWatch:
    """Looks at every row; remembers the last finite one, for at the bad step itself norms are often all NaN."""

    def __init__(self, series: tuple[Series, ...], experiment: Experiment) -> None:
        self._watched = [each.id for each in series if each.quantity in ("loss", "grad_norm")]
        self._norms = {
            each.subject: each.id for each in series if each.quantity == "grad_norm" and each.family == "scalar"
        }
        self._rates = {each.subject: each.id for each in series if each.quantity == "learning_rate"}
        self._row: np.ndarray | None = None
        self._remedies = "use a warm-up or a norm"
        if experiment.training.clip_norm is None:
            self._remedies = f"clip the gradient norm, {self._remedies}"

    def look(self, recorded: StepsRecorded) -> Divergence | None:
        """The first step whose loss or gradient norm is NaN or infinite; None if there is none."""
        values = np.ascontiguousarray(recorded.values[:, self._watched])
        bad = (~np.isfinite(values) & ~is_absent(values)).any(1)
        if not bad.any():
            self._row = recorded.values[-1]
            return None
        place = int(bad.argmax())
        row = recorded.values[place]
        if place > 0:
            self._row = recorded.values[place - 1]
        if any(math.isfinite(row[column]) for column in self._norms.values()):
            self._row = row
        loss = float(row[0])
        what = "a gradient became infinite or NaN" if math.isfinite(loss) else f"the loss became {loss}"
        return self._explain(recorded.first_step + place, what)

    def bad_weights(self, step: int) -> Divergence:
        """What to say of weights that are no numbers any more after the update of `step`."""
        return self._explain(step, "its update made weights infinite or NaN")

    def _explain(self, step: int, what: str) -> Divergence:
        row = self._row
        if row is None:
            return Divergence(step, f"Diverged at step {step}: {what}. Lower the learning rates, {self._remedies}.")
        learning = {name: row[column] for name, column in self._norms.items() if not is_absent(row[[column]])[0]}
        norms = {name: _or_infinite(norm) for name, norm in learning.items()}
        rates = {name: float(row[self._rates[name]]) for name in norms}
        largest = max(norms, key=lambda name: norms[name])
        # Of two infinite norms the larger rate decides.
        fastest = max(norms, key=lambda name: (norms[name] * rates[name] if rates[name] else 0.0, rates[name]))
        return Divergence(
            step,
            f"Diverged at step {step}: {what}. The largest gradient norm was that of group “{largest}” "
            f"({norms[largest]:.3g}). Lower the learning rate of “{fastest}” ({rates[fastest]:g}), {self._remedies}.",
        )


def _or_infinite(value: np.floating) -> float:
    return math.inf if math.isnan(value) else float(value)
