"""A run as charts see it."""

from contextlib import closing

from builder.charts.runs import RecordedRun
from builder.workspace.rows import RunReader


class Counted(tuple):
    """Notes how often it is gone through."""

    times = 0

    def __iter__(self):
        self.times += 1
        return super().__iter__()


def test_series_are_gone_through_once_however_many_blocks_are_looked_for(record):
    blocks = [{"address": f"i{place}", "kind": "residual", "depth": place} for place in range(1, 301)]
    written = record(blocks=blocks)
    with closing(RunReader(written.shown.folder)) as reader:
        series = Counted(reader.series())
        run = RecordedRun(written.shown, reader, reader.info(), series)
        for _ in range(3):
            found = [run.find("grad_norm", block["address"], "profile") for block in blocks]
            assert [each.subject for each in found if each] == [block["address"] for block in blocks]
    assert series.times == 1


def test_a_group_named_like_a_block_is_told_apart_by_its_family(record):
    written = record(groups=[{"name": "i2", "colour": "#2F7FD0"}])
    with closing(RunReader(written.shown.folder)) as reader:
        run = RecordedRun(written.shown, reader, reader.info(), reader.series())
        found = [run.find("grad_norm", "i2", family) for family in ("scalar", "profile")]
    assert [each.family for each in found if each] == ["scalar", "profile"]
    assert run.find("grad_norm", "i99") is None
