"""Bytes in words: the one way the project writes them. `components/frontend/src/shared/bytes.ts` holds the same rule."""

UNITS = ("KiB", "MiB", "GiB", "TiB")


def bytes_text(num_bytes: float) -> str:
    """Bytes as a person reads them, by 1024 and with one decimal: `512 B`, `11.1 MiB`."""
    if num_bytes < 1024:
        return f"{num_bytes:.0f} B"
    exponent = 1
    # By what is written: 1,048,575 bytes are 1.0 MiB and not 1024.0 KiB.
    while exponent < len(UNITS) and round(num_bytes / 1024**exponent, 1) >= 1024:
        exponent += 1
    return f"{num_bytes / 1024**exponent:.1f} {UNITS[exponent - 1]}"
