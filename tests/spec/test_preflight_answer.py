from builder.spec.preflight import BlockFlow, Flow, Pace, Verdict
from builder.spec.preflight_answer import answer

FLOW = Flow(
    loss=2.3,
    input_rms=1.0,
    blocks=tuple(
        BlockFlow(address=address, item=item, depth=depth, grad_rms=1.0, activation_rms=1.0)
        for depth, (address, item) in enumerate([("i1[0]/i2", "i2"), ("i1[1]/i2", "i2"), ("i3", "i3"), ("i4", "i4")], 1)
    ),
    pace=Pace(step_seconds=0.01, steps_per_epoch=20, steps_per_second=None),
)


def test_copies_of_an_item_are_counted_and_an_item_without_a_call_is_left_out() -> None:
    found = answer(FLOW, Verdict({"i1[1]/i2": "vanishes", "i3": "explodes"}, "A sentence."))
    assert found["items"] == {
        "i2": {"call": "vanishes", "text": "1 of 2 vanish"},
        "i3": {"call": "explodes", "text": "explodes"},
    }
    assert found["sentence"] == "A sentence."
    assert found["epoch_seconds"] == FLOW.pace.epoch_seconds
