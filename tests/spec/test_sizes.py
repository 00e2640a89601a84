"""Bytes in words; the same examples stand in components/frontend/src/shared/bytes.test.ts."""

import pytest

from builder.spec.sizes import bytes_text


@pytest.mark.parametrize(
    ("num_bytes", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (1536, "1.5 KiB"),
        (1_048_575, "1.0 MiB"),
        (11_594_722, "11.1 MiB"),
        (25_769_803_776, "24.0 GiB"),
        (1_073_700_000, "1.0 GiB"),
        (5 * 1024**5, "5120.0 TiB"),
    ],
)
def test_bytes_are_written_by_1024(num_bytes, text):
    assert bytes_text(num_bytes) == text
