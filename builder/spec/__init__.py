"""The document: what an experiment is, and all that can be said of it without torch."""

from builder.spec.analysis import Analysis, analyse
from builder.spec.document import dump_experiment, load_experiment, parse_experiment, validate_edit, validate_experiment
from builder.spec.experiment import Experiment
from builder.spec.paths import with_value
from builder.spec.problems import DocumentError, Problem

__all__ = [
    "Analysis",
    "DocumentError",
    "Experiment",
    "Problem",
    "analyse",
    "dump_experiment",
    "load_experiment",
    "parse_experiment",
    "validate_edit",
    "validate_experiment",
    "with_value",
]
