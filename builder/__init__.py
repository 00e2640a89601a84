"""Highrise: experiments, modules, training, rows, charts and pages."""
