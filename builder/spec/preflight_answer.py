"""A preflight as the page shows it: one sentence, and of each block item that is called what and how far."""

from typing import Any

from builder.spec.preflight import SEVERAL, Flow, Verdict


def answer(flow: Flow, verdict: Verdict) -> dict[str, Any]:
    """JSON: `sentence`, `step_seconds`, `epoch_seconds`, and `items` with `call` and `text` of each that is called."""
    copies: dict[str, list[str]] = {}
    for block in flow.blocks:
        copies.setdefault(block.item, []).append(block.address)
    items: dict[str, Any] = {}
    for item, addresses in copies.items():
        called = [verdict.calls[address] for address in addresses if address in verdict.calls]
        if called:
            # Where some copies vanish and others explode, what more of them do; of as many, they explode.
            call = max(reversed(SEVERAL), key=called.count)
            text = f"{len(called)} of {len(addresses)} {SEVERAL[call]}" if len(addresses) > 1 else call
            items[item] = {"call": call, "text": text}
    return {
        "sentence": verdict.sentence,
        "step_seconds": flow.pace.step_seconds,
        "epoch_seconds": flow.pace.epoch_seconds,
        "items": items,
    }
