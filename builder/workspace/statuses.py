"""The statuses of a run, which may follow which, and the commands that move it."""

from __future__ import annotations

from builder.workspace.errors import TransitionNotAllowed

LIVE = frozenset({"starting", "running", "paused"})
FINAL = frozenset({"finished", "stopped", "diverged", "failed", "crashed"})
RESUMABLE = frozenset({"stopped", "failed", "crashed"})
NEXT: dict[str, frozenset[str]] = {
    "queued": frozenset({"starting", "stopped"}),
    "starting": frozenset({"running", "stopped", "failed", "crashed"}),
    "running": frozenset({"paused"}) | FINAL,
    "paused": frozenset({"running"}) | FINAL,
    **dict.fromkeys(FINAL, frozenset()),
    **dict.fromkeys(RESUMABLE, frozenset({"queued"})),
}
CHANGES = frozenset({"set_learning_rate", "set_learning_rates", "set_weight_decay", "set_frozen", "set_solo"})
"""Commands that change the result; `builder.spec.mix` says what they do, and loads too much for a supervisor."""
COMMANDS = frozenset({"pause", "resume", "step", "stop", "set_pace", "evaluate"}) | CHANGES


def check_transition(run_id: str, now: str, then: str) -> None:
    """See that a run may go from one status to another, or stay in a live one.

    Raises:
        TransitionNotAllowed: if it may not.
    """
    if then not in NEXT:
        raise TransitionNotAllowed(f"{then!r} is no status of a run; it is one of {', '.join(NEXT)}.")
    if then not in NEXT[now] and not (then == now and now in LIVE):
        allowed = f"only {', '.join(sorted(NEXT[now]))} can follow" if NEXT[now] else "that is final"
        raise TransitionNotAllowed(f"Run {run_id} is {now} and cannot become {then}: {allowed}.")
