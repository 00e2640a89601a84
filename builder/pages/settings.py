"""What the mixer sets of the groups: read from a document, compared, written into one. Pure functions."""

from typing import Any

from builder.spec import Experiment, validate_experiment
from builder.spec.mix import FIELDS

MIXED = tuple(FIELDS.values())
"""What the mixer sets of a group."""

Settings = dict[str, dict[str, Any]]
"""By a group's name, `learning_rate`, `weight_decay` and `frozen`, or some of them."""


def settings_of(experiment: Experiment) -> Settings:
    """How a document sets each of its groups."""
    return {group.name: {name: getattr(group, name) for name in MIXED} for group in experiment.groups}


def sent_settings(groups: Any) -> Settings:
    """The settings in a list of groups, each with its `name`, whatever a browser may send; values are not looked at."""
    named = [group for group in groups if isinstance(group, dict)] if isinstance(groups, list) else []
    return {
        group["name"]: {name: group[name] for name in MIXED if name in group}
        for group in named
        if isinstance(group.get("name"), str)
    }


def changed_settings(before: Settings, after: Settings) -> Settings:
    """What `after` sets otherwise, of the groups that both have."""
    pairs = {name: (before[name], values) for name, values in after.items() if name in before}
    changes = {
        name: {key: value for key, value in values.items() if was.get(key) != value}
        for name, (was, values) in pairs.items()
    }
    return {name: values for name, values in changes.items() if values}


def with_settings(experiment: Experiment, settings: Settings) -> Experiment:
    """The experiment with its groups set so; groups that it has not are passed over.

    Raises:
        DocumentError: If a value is refused.
    """
    raw = experiment.model_dump(mode="json")
    for group in raw["groups"]:
        group.update(settings.get(group["name"], {}))
    return validate_experiment(raw)
