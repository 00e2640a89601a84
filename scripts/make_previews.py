"""Writes builder/spec/previews/*.png, the pictures on the palette's data tiles.

The downloaded sets are read as a run reads them: name a folder that has them in HIGHRISE_DATA_FOLDER.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from builder.data.raw import RawData, load_raw
from builder.spec.data import DataSpec
from builder.spec.datasets import DATASETS
from builder.workspace.data_files import DataSettings

TARGET = Path(__file__).parent.parent / "builder" / "spec" / "previews"
SIDE = 112  # twice the tile, for dense screens
COLUMNS = 2
# Okabe and Ito's blue and orange, which colour-blind people tell apart; the marks differ too.
COLOURS = ("#0072B2", "#E69F00")
NUM_POINTS = 160
NUM_SHADES = 64


def main() -> None:
    """One picture per data set: four images of the first four classes, or a scatter of the two."""
    TARGET.mkdir(exist_ok=True)
    for name, facts in DATASETS.items():
        spec = DataSpec(dataset=name, num_samples=NUM_POINTS, noise=0.03)
        raw = load_raw(spec, 0, DataSettings.from_environment())
        picture = scatter(raw) if len(facts.shape) == 1 else mosaic(raw, facts.largest_value or 255)
        picture.save(TARGET / f"{name}.png", optimize=True)


def mosaic(raw: RawData, largest_value: int) -> Image.Image:
    """Two by two images, enlarged without smoothing where the pixels are few enough to be seen."""
    side = SIDE // COLUMNS
    picture = Image.new("RGB", (SIDE, SIDE))
    for position in range(COLUMNS**2):
        first = np.flatnonzero(raw.train_targets == position)[0]
        image = to_image(raw.train_inputs[first], largest_value)
        smooth = image.width > 28
        image = image.resize((side, side), Image.Resampling.LANCZOS if smooth else Image.Resampling.NEAREST)
        picture.paste(image, (position % COLUMNS * side, position // COLUMNS * side))
    return picture.quantize(NUM_SHADES, dither=Image.Dither.NONE)


def to_image(values: npt.NDArray[np.uint8], largest_value: int) -> Image.Image:
    """A sample `[channels, height, width]` as a picture."""
    bytes_per_pixel = (values.astype(np.uint16) * 255 // largest_value).astype(np.uint8).transpose(1, 2, 0)
    if bytes_per_pixel.shape[2] == 1:
        bytes_per_pixel = bytes_per_pixel.repeat(3, axis=2)
    return Image.fromarray(bytes_per_pixel)


def scatter(raw: RawData) -> Image.Image:
    """Discs for one class, rings for the other, on a transparent ground that suits light and dark."""
    scale = 4  # drawn larger, then reduced, for smooth edges
    picture = Image.new("RGBA", (SIDE * scale, SIDE * scale))
    draw = ImageDraw.Draw(picture)
    half = SIDE * scale / 2
    for (x, y), target in zip(raw.train_inputs, raw.train_targets, strict=True):
        centre = (half + x * half * 0.85, half - y * half * 0.85)
        if target == 0:
            draw.circle(centre, 2.4 * scale, fill=COLOURS[0])
        else:
            draw.circle(centre, 2.6 * scale, outline=COLOURS[1], width=round(1.4 * scale))
    picture = picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    return picture.quantize(NUM_SHADES, Image.Quantize.FASTOCTREE)  # the only method that keeps transparency


if __name__ == "__main__":
    main()
