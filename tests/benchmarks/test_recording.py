"""The loop that records loss and accuracy alone: the same training, and nothing else in its rows."""

import numpy as np

from benchmarks.recording import loss_and_accuracy_alone, norms_alone
from benchmarks.throughput import measured, random_data
from builder.data.dataset import Dataset
from builder.spec import Experiment, with_value
from builder.training.events import RunStarted, StepsRecorded
from builder.training.loop import train
from builder.training.probes import PROBE_EVERY


def recorded(experiment: Experiment, data: Dataset) -> tuple[list[str], np.ndarray]:
    """The quantities and the rows of a run."""
    events = list(train(experiment, data))
    series = next(event.series for event in events if isinstance(event, RunStarted))
    rows = [event.values for event in events if isinstance(event, StepsRecorded)]
    return [each.quantity for each in series], np.concatenate(rows)


def test_it_trains_the_same_and_records_loss_and_accuracy_alone():
    experiment, data = measured("mnist-dense", 12), random_data((1, 28, 28))
    everything, all_rows = recorded(experiment, data)
    with loss_and_accuracy_alone():
        quantities, rows = recorded(experiment, data)
    assert quantities == ["loss", "accuracy"] == everything[:2]
    assert len(everything) > 10
    np.testing.assert_array_equal(rows, all_rows[:, :2])


def test_with_norms_alone_every_step_s_columns_are_the_same_and_nothing_is_probed():
    experiment, data = measured("mnist-dense", 2 * PROBE_EVERY), random_data((1, 28, 28))
    quantities, all_rows = recorded(experiment, data)
    with norms_alone():
        same_quantities, rows = recorded(experiment, data)
    assert quantities == same_quantities
    probed = (all_rows[PROBE_EVERY - 1].view(np.uint32) != all_rows[0].view(np.uint32)) & np.isnan(all_rows[0])
    assert probed.any()
    assert np.isnan(rows[:, probed]).all()
    same = ~probed & [quantity != "step_seconds" for quantity in quantities]
    np.testing.assert_array_equal(rows[:, same], all_rows[:, same])


def test_it_probes_nothing_however_long_it_trains():
    num_steps = 11 * PROBE_EVERY**2
    experiment = with_value(measured("digits-residual", num_steps), "training.pace", None)
    with loss_and_accuracy_alone():
        _, rows = recorded(experiment, random_data((1, 8, 8)))
    assert len(rows) == num_steps
