"""All presets. A new one is a function that builds its experiment and one line here."""

from builder.spec.presets.base import Preset
from builder.spec.presets.first_steps import FIRST_STEPS

DEFAULT_PRESET = "digits-residual"

PRESETS: dict[str, Preset] = {preset.name: preset for preset in FIRST_STEPS}
