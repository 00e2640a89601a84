"""What the mixer sets, as a value: each group's rate, weight decay and freezing, and which group learns alone.

A change has the same three fields as a person's command, as an intervention in the rows, and as a step from one mix to the
next.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from builder.spec.analysis import Analysis
from builder.spec.groups import GroupSpec

SET_LEARNING_RATE, SET_WEIGHT_DECAY, SET_FROZEN = "set_learning_rate", "set_weight_decay", "set_frozen"
SET_LEARNING_RATES = "set_learning_rates"
"""Of several groups at once, by name: one move of the fader is one change."""
SET_SOLO = "set_solo"
"""All other groups are frozen while a group is solo."""

CHANGES = (SET_LEARNING_RATE, SET_LEARNING_RATES, SET_WEIGHT_DECAY, SET_FROZEN, SET_SOLO)
FIELDS = {SET_LEARNING_RATE: "learning_rate", SET_WEIGHT_DECAY: "weight_decay", SET_FROZEN: "frozen"}


class ChangeRefused(ValueError):
    """A change that cannot be; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a mix.

    Attributes:
        kind: One of `CHANGES`.
        subject: The group; empty for several.
        value: A number, a truth value, or numbers by group.
    """

    kind: str
    subject: str
    value: Any


@dataclass(frozen=True, slots=True)
class GroupMix:
    """What one group is set to."""

    learning_rate: float
    weight_decay: float
    frozen: bool


@dataclass(frozen=True)
class Mix:
    """What all groups are set to.

    Attributes:
        groups: By name, in the document's order.
        filled: Names of groups that have parameters.
        solo: The group that learns alone.
    """

    groups: Mapping[str, GroupMix]
    filled: frozenset[str]
    solo: str | None = None

    @classmethod
    def of(cls, analysis: Analysis) -> "Mix":
        """What a document says."""
        specs = [row.spec for row in analysis.groups]
        return cls(
            {spec.name: GroupMix(spec.learning_rate, spec.weight_decay, spec.frozen) for spec in specs},
            frozenset(row.spec.name for row in analysis.groups if row.num_parameters),
        )

    @property
    def learning(self) -> frozenset[str]:
        """The groups whose parameters move."""
        awake = frozenset(name for name in self.filled if not self.groups[name].frozen)
        return awake if self.solo is None else awake & {self.solo}

    def after(self, change: Change) -> "Mix":
        """The mix after a change.

        Raises:
            ChangeRefused: If there is no such group, the document's schema refuses the value, or nothing would learn.
        """
        match change.kind:
            case "set_learning_rate" | "set_weight_decay" | "set_frozen":
                after = self._with(change.subject, FIELDS[change.kind], change.value)
            case "set_learning_rates":
                if not isinstance(change.value, Mapping) or not change.value:
                    raise ChangeRefused(f"Rates of several groups are given by their names, not as {change.value!r}.")
                after = self
                for name, rate in change.value.items():
                    after = after._with(name, "learning_rate", rate)
            case "set_solo":
                after = self._with_solo(change.subject, change.value)
            case _:
                raise ChangeRefused(f"There is no change “{change.kind}”.")
        if not after.learning:
            raise ChangeRefused(_why_nothing_learns(change.subject, after))
        return after

    def _with(self, name: str, field: str, value: Any) -> "Mix":
        self._check_known(name)
        try:
            checked = GroupSpec.model_validate({"name": name, field: value}, strict=True)
        except ValidationError as error:
            words = error.errors()[0]["msg"]
            raise ChangeRefused(f"{field.replace('_', ' ')} {value!r} of group “{name}” is refused: {words}.") from None
        changed = replace(self.groups[name], **{field: getattr(checked, field)})
        return replace(self, groups={**self.groups, name: changed})

    def _with_solo(self, name: str, value: Any) -> "Mix":
        self._check_known(name)
        if not isinstance(value, bool):
            raise ChangeRefused(f"Group “{name}” is neither solo nor not: {value!r}.")
        if value:
            return replace(self, solo=name)
        return replace(self, solo=None) if self.solo == name else self

    def _check_known(self, name: Any) -> None:
        if not isinstance(name, str) or name not in self.groups:
            raise ChangeRefused(f"There is no group “{name}”; the groups are {', '.join(self.groups)}.")

    def to_state(self) -> dict[str, Any]:
        """As JSON, as a checkpoint keeps it."""
        return {
            "rates": {name: group.learning_rate for name, group in self.groups.items()},
            "weight_decays": {name: group.weight_decay for name, group in self.groups.items()},
            "frozen": [name for name, group in self.groups.items() if group.frozen],
            "solo": self.solo,
        }

    def with_state(self, state: Mapping[str, Any]) -> "Mix":
        """The mix that a checkpoint keeps; of what an earlier version did not keep there, this one's.

        Raises:
            KeyError: If it is not of these groups.
        """
        if set(state["rates"]) != set(self.groups):
            raise KeyError(f"groups {', '.join(state['rates'])}")
        decays = state.get("weight_decays", {})
        frozen = state.get("frozen", [name for name, group in self.groups.items() if group.frozen])
        groups = {
            name: GroupMix(state["rates"][name], decays.get(name, group.weight_decay), name in frozen)
            for name, group in self.groups.items()
        }
        mix = Mix(groups, self.filled, state.get("solo"))
        # A branch may have frozen what was solo.
        return mix if mix.learning else replace(mix, solo=None)


def _why_nothing_learns(name: str, after: Mix) -> str:
    if name not in after.filled:
        return f"Group “{name}” has no parameters, so alone nothing would learn."
    if after.solo is None:
        return f"“{name}” is the only group that learns. Unfreeze another one first."
    if after.groups[after.solo].frozen and name == after.solo:
        return f"“{name}” would be solo and frozen, so nothing would learn. Unfreeze it, or end its solo, first."
    return f"“{after.solo}” is solo and the only group that learns. End its solo first."
