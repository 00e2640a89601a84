"""A long run that nobody trained: its rows are those of a real one."""

from contextlib import ExitStack, closing

from benchmarks.long_run import FLUSH_STEPS, NUM_BLOCKS, NUM_DRAWN, STEPS_PER_EVALUATION, LongRun
from benchmarks.rows import Watched, opening_seconds
from builder.workspace.rows import RunReader, find_series


def test_it_has_the_series_of_a_real_tower_and_goes_on_past_its_draws(tmp_path):
    num_steps = NUM_DRAWN + STEPS_PER_EVALUATION
    with closing(LongRun(tmp_path, 10**6)) as run:
        run.go_on(num_steps)
    with closing(RunReader(tmp_path)) as reader:
        assert reader.last_step() == num_steps
        assert reader.info()["num_steps"] == 10**6
        blocks = [each for each in find_series(reader.series(), "grad_norm") if each.family == "profile"]
        assert len(blocks) == NUM_BLOCKS
        assert len(reader.evaluations()) == num_steps // STEPS_PER_EVALUATION
        again = reader.read([0, 9], first=NUM_DRAWN + 1, last=NUM_DRAWN + 5, bin_size=1)
        assert (again.mean == reader.read([0, 9], first=1, last=5, bin_size=1).mean).all()


def test_a_tick_is_of_one_more_flush(tmp_path):
    with ExitStack() as stack:
        watched = Watched(tmp_path, 1000, stack)
        writing, reading = watched.tick()
        assert writing > 0
        assert reading > 0
        assert watched.run.writer.last_step == 1000 + FLUSH_STEPS
        message = watched.view.data()
        assert message["tables"]["r/every1"]["x"][-1] > 1000
        assert opening_seconds(tmp_path) > 0
