"""Runs as the list and the table of runs are told them."""

from typing import Any


def row(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"r{number}",
        "number": number,
        "name": "digits",
        "differs": f"seed {number}",
        "differs_whole": f"seed {number} · batch size 16",
        "status": "finished",
        "reason": "",
        "tags": [],
        "notes": "",
        "colour": "#3B7DE0",
        "dash": "solid",
        "seconds_ago": 100,
        "val_accuracy": 0.9722,
        "best_accuracy": 0.9815,
        "best_step": 40,
        **changes,
    }


def table_row(number: int, **changes: Any) -> dict[str, Any]:
    return {
        **{key: row(number)[key] for key in ("id", "number", "name", "colour", "dash", "status", "reason")},
        "started_at": 1_700_000_000 + number,
        "tags": [],
        "notes": "",
        "deleted_at": None,
        "differs": f"seed {number}",
        "is_known": True,
        "steps": 100 * number,
        "epochs": 1.5 * number,
        "seconds": 7.0 * number,
        "val_accuracy": 0.9,
        "best_accuracy": 0.95,
        "best_step": 40,
        "train_loss": 0.1,
        "num_parameters": 56_394,
        **changes,
    }
