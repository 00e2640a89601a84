"""What the soak trains: a second of a network on real digits, with everything that must not be lost."""

from builder.spec import Experiment, validate_experiment
from builder.spec.presets.numbering import NestedItem, network

GROUPS = [
    {"name": "bodies", "rule": {"lanes": ["body"]}, "learning_rate": 0.01},
    {"name": "rest", "learning_rate": 0.01},
]


def tower(width: int = 12) -> list[NestedItem]:
    """Blocks that keep their width, with norms, dropout and masks."""
    body = [{"kind": "norm"}, {"kind": "linear", "out_features": width}, {"kind": "dropout"}]
    dropped = {"kind": "stochastic_depth", "body": body}
    return [{"kind": "residual", "body": body}, {"kind": "repeat", "times": 2, "items": [dropped]}]


def experiment(width: int = 12) -> Experiment:
    """Everything that has a state or draws: norms, dropout, masks, augmentation, Adam, a schedule, the best weights."""
    stem: list[NestedItem] = [{"kind": "flatten"}, {"kind": "linear", "out_features": width}]
    items = [*stem, *tower(width), {"kind": "linear", "out_features": "classes"}]
    return validate_experiment(
        {
            "data": {"dataset": "digits", "num_train": 100, "augmentation": {"shift_fraction": 0.1}},
            "network": network(items).model_dump(mode="json"),
            "groups": GROUPS,
            "training": {
                "batch_size": 20,
                "num_threads": 1,
                "device": "cpu",
                "duration": {"steps": 120},
                "evaluate_every": {"steps": 25},
                "optimizer": {"kind": "adam"},
                "schedule": {"kind": "cosine"},
                "keep": "best_validation",
            },
        }
    )
