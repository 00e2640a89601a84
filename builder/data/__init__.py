"""Data sets by name, as tensors on a device. Imports nothing, so that `builder.data.files` stays free of torch."""
