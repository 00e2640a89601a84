"""Chance as a function: every draw of a run follows from its seed, the name of the stream and the step."""

import hashlib


def derive_seed(seed: int, *stream: str | int) -> int:
    """The seed of one stream of draws, as in `derive_seed(seed, "batches", epoch)`.

    Streams are independent of each other, so that no generator's state has to be saved: resuming at a step
    draws what an unbroken run draws there, and two runs of one seed share the draws of the streams they have in common.

    Args:
        seed: The run's seed.
        *stream: What is drawn and when. `1` and `"1"` name different streams.

    Returns:
        63 bits, which every generator (torch's, numpy's) takes as it is.
    """
    digest = hashlib.blake2b(digest_size=8)
    for part in (seed, *stream):
        if isinstance(part, bool) or not isinstance(part, (str, int)):
            raise TypeError(f"A stream is named by texts and whole numbers, not by {part!r}.")
        text = str(part).encode()
        # The type and the length in front keep ("ab", "c"), ("a", "bc") and (1,), ("1",) apart.
        digest.update(b"%s%d:" % (b"s" if isinstance(part, str) else b"i", len(text)))
        digest.update(text)
    return int.from_bytes(digest.digest(), "big") >> 1
