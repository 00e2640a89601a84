"""Small pictures side by side in one PNG, as text that a page and a figure can hold."""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

_GREY, _COLOURS = 0, 2


@dataclass(frozen=True, slots=True)
class Sheet:
    """Pictures of one size in rows of `num_columns`, the last row filled up with black."""

    uri: str
    num_columns: int
    num_rows: int
    width: int
    height: int

    def to_json(self) -> dict[str, Any]:
        """As the component takes it; width and height are one picture's, in pixels."""
        return {
            "uri": self.uri,
            "num_columns": self.num_columns,
            "num_rows": self.num_rows,
            "width": self.width,
            "height": self.height,
        }


def sheet_of(pictures: np.ndarray, num_columns: int = 12) -> Sheet:
    """Pictures uint8 `[pictures, height, width, channels]`, of one or three channels, at least one."""
    num_pictures, height, width, channels = pictures.shape
    num_columns = min(num_columns, num_pictures)
    num_rows = -(-num_pictures // num_columns)
    whole = np.zeros((num_rows * num_columns, height, width, channels), np.uint8)
    whole[:num_pictures] = pictures
    rows = whole.reshape(num_rows, num_columns, height, width, channels).swapaxes(1, 2)
    pixels = rows.reshape(num_rows * height, num_columns * width, channels)
    uri = f"data:image/png;base64,{base64.b64encode(encode_png(pixels)).decode()}"
    return Sheet(uri, num_columns, num_rows, width, height)


def encode_png(pixels: np.ndarray) -> bytes:
    """uint8 `[height, width, channels]`, of one or three channels, as a PNG file (W3C PNG, third edition)."""
    height, width, channels = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 8, _GREY if channels == 1 else _COLOURS, 0, 0, 0)
    # Before each line stands how it is filtered: not at all.
    lines = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, width * channels)], axis=1)
    parts = [_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(lines.tobytes())), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
