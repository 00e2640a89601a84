"""All studies and presets. A new preset is a function that builds its experiment and one entry in its study."""

from builder.spec.presets.base import Preset, Study
from builder.spec.presets.first_steps import FIRST_STEPS
from builder.spec.presets.highway_networks import HIGHWAY_NETWORKS
from builder.spec.presets.minimodel import MINIMODEL
from builder.spec.presets.numpy_highway import NUMPY_HIGHWAY
from builder.spec.presets.numpy_residual import NUMPY_RESIDUAL
from builder.spec.presets.residual_networks import RESIDUAL_NETWORKS
from builder.spec.presets.stochastic_depth import STOCHASTIC_DEPTH

DEFAULT_PRESET = "digits-residual"

STUDIES: dict[str, Study] = {
    study.name: study
    for study in (
        FIRST_STEPS,
        NUMPY_RESIDUAL,
        NUMPY_HIGHWAY,
        STOCHASTIC_DEPTH,
        MINIMODEL,
        HIGHWAY_NETWORKS,
        RESIDUAL_NETWORKS,
    )
}

PRESETS: dict[str, Preset] = {preset.name: preset for study in STUDIES.values() for preset in study.presets}

STUDY_OF: dict[str, Study] = {preset.name: study for study in STUDIES.values() for preset in study.presets}
