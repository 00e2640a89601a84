"""Random documents: valid by schema, often impossible by shape, with every kind and every field."""

from typing import Any

from hypothesis import strategies as st

from builder.spec.blocks.registry import BLOCKS
from builder.spec.layers.registry import LAYERS

FUNCTIONS = st.sampled_from(["relu", "leaky_relu", "tanh", "sigmoid", "arctan", "gelu", "silu"])
DATASETS = st.sampled_from(["digits", "spirals", "xor", "mnist", "fashion-mnist", "cifar-10"])
WIDTHS = st.sampled_from([1, 2, 8, 16, 64])
POSITIVE = st.floats(1e-6, 1.0)

INITS = st.one_of(
    st.fixed_dictionaries({"kind": st.just("he")}, optional={"fan_mode": st.sampled_from(["fan_in", "fan_out"])}),
    st.fixed_dictionaries(
        {"kind": st.just("xavier")}, optional={"distribution": st.sampled_from(["normal", "uniform"])}
    ),
    st.fixed_dictionaries({"kind": st.just("normal")}, optional={"std": POSITIVE}),
    st.sampled_from(["pytorch", "ones", "zeros", "identity"]).map(lambda kind: {"kind": kind}),
)

LAYER_FIELDS = {
    "linear": {
        "out_features": st.one_of(WIDTHS, st.just("classes")),
        "bias": st.booleans(),
        "init": st.one_of(st.none(), INITS),
    },
    "conv": {
        "out_channels": WIDTHS,
        "kernel_size": st.integers(1, 7),
        "stride": st.integers(1, 3),
        "padding": st.one_of(st.just("same"), st.integers(0, 3)),
        "bias": st.booleans(),
        "init": st.one_of(st.none(), INITS),
    },
    "norm": {
        "method": st.sampled_from(["batch", "layer"]),
        "affine": st.booleans(),
        "eps": st.floats(1e-12, 1.0),
        "momentum": POSITIVE,
    },
    "activation": {"function": FUNCTIONS},
    "pool": {
        "method": st.sampled_from(["max", "average"]),
        "kernel_size": st.integers(1, 4),
        "stride": st.one_of(st.none(), st.integers(1, 3)),
        "padding": st.integers(0, 2),
    },
    "global_pool": {"method": st.sampled_from(["max", "average"])},
    "dropout": {"p": st.floats(0.0, 0.95)},
    "flatten": {},
    "match": {"bias": st.booleans(), "init": st.one_of(st.none(), INITS)},
    "pad_channels": {"method": st.sampled_from(["subsample", "average"])},
}

OWN_FIELDS = {
    "plain": {},
    "residual": {"alpha": st.floats(-10.0, 10.0), "beta": st.floats(-10.0, 10.0)},
    "highway": {
        "gates": st.sampled_from(["both", "shortcut"]),
        "gate_bias_init": st.floats(-20.0, 20.0),
        "gate_kernel_size": st.sampled_from([1, 3]),
        "gate_init": st.one_of(st.none(), INITS),
    },
    "stochastic_depth": {
        "survival": st.one_of(
            st.fixed_dictionaries({"kind": st.just("constant")}, optional={"survival_prob": st.floats(0.01, 1.0)}),
            st.fixed_dictionaries(
                {"kind": st.just("linear_decay")}, optional={"final_survival_prob": st.floats(0.01, 1.0)}
            ),
        ),
        "scaling": st.sampled_from(["test", "train"]),
        "dropped_update": st.sampled_from(["paper", "skip"]),
    },
}


def layers(shortcut: bool = False) -> st.SearchStrategy:
    """A layer without id; with `shortcut` the shortcut layers too."""
    kinds = [kind for kind, layer in LAYERS.items() if shortcut or not layer.shortcut_only]
    return st.sampled_from(kinds).flatmap(
        lambda kind: st.fixed_dictionaries({"kind": st.just(kind)}, optional=LAYER_FIELDS[kind])
    )


def lanes(shortcut: bool = False) -> st.SearchStrategy:
    """The layers of a body or a shortcut."""
    return st.lists(layers(shortcut), max_size=3)


def parked(kind: str) -> st.SearchStrategy:
    """Own fields of other kinds than `kind`."""
    others = {
        other: st.fixed_dictionaries({}, optional=fields) for other, fields in OWN_FIELDS.items() if other != kind
    }
    return st.fixed_dictionaries({}, optional=others)


def blocks() -> st.SearchStrategy:
    """A block without id, of any kind."""

    def of_kind(kind: str) -> st.SearchStrategy:
        return st.fixed_dictionaries(
            {"kind": st.just(kind), "body": lanes(), "shortcut": lanes(shortcut=True)},
            optional={
                "activation": st.one_of(st.none(), FUNCTIONS),
                "bypassed": st.booleans(),
                "parked": parked(kind),
                **OWN_FIELDS[kind],
            },
        )

    return st.sampled_from(list(BLOCKS)).flatmap(of_kind)


ITEMS = st.recursive(
    st.one_of(layers(), blocks()),
    lambda inner: st.fixed_dictionaries(
        {"kind": st.just("repeat"), "times": st.integers(1, 3), "items": st.lists(inner, max_size=3)}
    ),
    max_leaves=6,
)

RULES = st.fixed_dictionaries(
    {},
    optional={
        "items": st.lists(st.integers(1, 12).map(lambda number: f"i{number}"), max_size=3),
        "lanes": st.lists(st.sampled_from(["layer", "body", "shortcut", "gate"]), max_size=2),
        "parameters": st.lists(st.sampled_from(["weight", "bias", "norm_scale", "norm_shift"]), max_size=2),
        "depth_from": st.one_of(st.none(), st.integers(0, 5)),
        "depth_to": st.one_of(st.none(), st.integers(0, 5)),
    },
)


@st.composite
def groups(draw: st.DrawFn) -> list[dict]:
    """One to four groups; the last takes the rest."""
    fields = {"learning_rate": st.floats(0.0, 100.0), "weight_decay": st.floats(0.0, 10.0), "frozen": st.booleans()}
    drawn = draw(st.lists(st.fixed_dictionaries({"rule": RULES}, optional=fields), max_size=3))
    last = draw(st.fixed_dictionaries({}, optional=fields))
    return [{"name": f"group {index}", **group} for index, group in enumerate([*drawn, last])]


def times(*, zero: bool) -> st.SearchStrategy[dict[str, Any]]:
    """A time in epochs or in steps; 0 only if `zero`."""
    return st.one_of(
        st.floats(0.0, 100_000.0, exclude_min=not zero).map(lambda epochs: {"epochs": epochs}),
        st.integers(0 if zero else 1, 2**31 - 1).map(lambda steps: {"steps": steps}),
    )


TIMES, POSITIVE_TIMES = times(zero=True), times(zero=False)

OPTIMIZERS = st.sampled_from(["sgd", "adam", "adamw", "rmsprop"]).map(lambda kind: {"kind": kind})
SCHEDULES = st.one_of(
    st.just({"kind": "constant"}),
    st.fixed_dictionaries(
        {"kind": st.just("step")}, optional={"milestones": st.lists(TIMES, max_size=4), "factor": POSITIVE}
    ),
    st.fixed_dictionaries({"kind": st.just("cosine")}, optional={"final_factor": st.floats(0.0, 1.0)}),
    st.fixed_dictionaries(
        {"kind": st.just("one_cycle")},
        optional={"rising_fraction": st.floats(0.01, 0.99), "initial_factor": st.floats(0.0, 1.0)},
    ),
)
TRAINING = st.fixed_dictionaries(
    {},
    optional={
        "duration": POSITIVE_TIMES,
        "evaluate_every": POSITIVE_TIMES,
        "warmup": TIMES,
        "warmup_factor": st.one_of(st.none(), st.floats(0.01, 1.0)),
        "batch_size": st.sampled_from([1, 2, 64, 65_536]),
        "drop_last": st.booleans(),
        "optimizer": OPTIMIZERS,
        "schedule": SCHEDULES,
        "clip_norm": st.one_of(st.none(), POSITIVE),
        "seed": st.integers(0, 2**31 - 1),
    },
)
DATA = st.fixed_dictionaries({"dataset": DATASETS}, optional={"num_train": st.one_of(st.none(), st.integers(1, 2000))})


@st.composite
def documents(draw: st.DrawFn) -> dict:
    """A whole document as parsed JSON, its items without ids, as a person would write it."""
    return {
        "name": draw(st.text(st.characters(codec="utf-8"), max_size=20)) + "x",
        "data": draw(DATA),
        "network": {"items": draw(st.lists(ITEMS, max_size=5)), "init": draw(INITS)},
        "groups": draw(groups()),
        "training": draw(TRAINING),
    }


@st.composite
def sound_documents(draw: st.DrawFn) -> dict:
    """A document that can be trained: towers on vectors or images whose bodies keep the width, all kinds mixed."""
    image = draw(st.booleans())
    width = draw(st.sampled_from([4, 16]))
    affine = {"kind": "conv", "out_channels": width} if image else {"kind": "linear", "out_features": width}
    keeping = st.one_of(
        st.booleans().map(lambda bias: {**affine, "bias": bias}),
        st.fixed_dictionaries({"kind": st.just("norm")}, optional=LAYER_FIELDS["norm"]),
        FUNCTIONS.map(lambda function: {"kind": "activation", "function": function}),
        st.just({"kind": "dropout"}),
    )
    shortcuts = st.sampled_from(([], [], [{"kind": "match"}], [{"kind": "pad_channels"}], [{"kind": "dropout"}]))

    def of_kind(kind: str) -> st.SearchStrategy:
        lanes = {"body": st.lists(keeping, max_size=3), "shortcut": shortcuts}
        shared = {"activation": st.one_of(st.none(), FUNCTIONS), "bypassed": st.sampled_from([False, False, True])}
        return st.fixed_dictionaries({"kind": st.just(kind), **lanes}, optional={**shared, **OWN_FIELDS[kind]})

    items = st.recursive(
        st.one_of(keeping, st.sampled_from(list(BLOCKS)).flatmap(of_kind)),
        lambda inner: st.fixed_dictionaries(
            {"kind": st.just("repeat"), "times": st.integers(1, 3), "items": st.lists(inner, min_size=1, max_size=3)}
        ),
        max_leaves=6,
    )
    stem = [affine] if image else [{"kind": "flatten"}, affine]
    head = [{"kind": "linear", "out_features": "classes"}]
    tower = [*stem, *draw(st.lists(items, max_size=4)), *([{"kind": "global_pool"}] if image else []), *head]
    return {
        "data": {"dataset": draw(st.sampled_from(["digits", "mnist", "cifar-10"] if image else ["digits", "moons"]))},
        "network": {"items": tower, "init": draw(INITS)},
    }
