"""Goldens of the recurrent layers, Bidirectional and TimeDistributed.

Run: python scripts/golden/layers_recurrent.py
"""

import itertools
import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])

from layer_golden import Family, camel_options, keras  # noqa: E402

layers = keras.layers
family = Family("layers-recurrent", "layers_recurrent.py", 20261203)
STEPS, FEATURES, UNITS = 4, 2, 2
STATES = {"SimpleRNN": 1, "GRU": 1, "LSTM": 2}
# Rows: gaps in the middle, nothing at all, gaps at both ends.
MASK = [[1, 0, 1, 1], [0, 0, 0, 0], [0, 1, 1, 0]]


def made(name, *arguments, positional=(), **options):
    """A layer of Keras, and the config of ours; arguments are layers inside it, named as our config does."""
    layer = getattr(layers, name)(*(inner for inner, _ in arguments), **options)
    inside = {key: config for key, (_, config) in zip(positional, arguments)}
    return layer, {"className": name, "config": {**inside, **camel_options(options)}}


def sequences(batch=3, features=FEATURES):
    return family.random((batch, STEPS, features))


def case(title, both, inputs, **options):
    layer, ours = both
    family.case(title, layer, ours["config"], inputs, **options)


def from_states(layer, given, mask=None, **options):
    mask = mask[0] if isinstance(mask, list) else mask
    return keras.tree.flatten(layer(given[0], initial_state=list(given[1:]), mask=mask, **options))


def case_from_states(title, both, sizes, mask=None, **options):
    """A case that begins with given states, which are further inputs."""
    layer, _ = both
    inputs = [sequences(), *(family.random((3, size), -1, 1) for size in sizes)]
    layer.build(inputs[0].shape)
    masks = mask and [mask, *(None for _ in sizes)]
    case(title, both, inputs, call=from_states, masks=masks, **options)


for name in STATES:
    for options in [
        {}, {"return_sequences": True}, {"return_state": True}, {"go_backwards": True},
        {"return_sequences": True, "return_state": True, "go_backwards": True}, {"use_bias": False},
        {"activation": "relu", "return_sequences": True}, {"activation": "elu"}, {"activation": "linear"},
        {"unroll": True, "return_sequences": True}, {"unroll": True, "go_backwards": True, "return_state": True},
    ]:
        case(f"{name} {options}", made(name, units=UNITS, **options), [sequences()])
    for options in [{}, {"return_sequences": True}, {"return_state": True}]:
        for calls in [2, 3]:
            case(f"{name} stateful {options}, call {calls}", made(name, units=UNITS, stateful=True, **options),
                 [sequences()], calls=calls)
    case(f"{name} stateful, masked, call 2", made(name, units=UNITS, stateful=True, return_sequences=True),
         [sequences()], calls=2, masks=[[[1, 0, 1, 1], [1, 1, 1, 0], [1, 1, 0, 0]]])
    for options in [
        {}, {"return_sequences": True}, {"return_sequences": True, "zero_output_for_mask": True},
        {"zero_output_for_mask": True}, {"return_sequences": True, "go_backwards": True, "return_state": True},
        {"unroll": True, "return_sequences": True, "return_state": True}, {"activation": "elu"},
    ]:
        case(f"{name} masked {options}", made(name, units=UNITS, **options), [sequences()], masks=[MASK])
    for options in [{}, {"return_sequences": True, "return_state": True}, {"go_backwards": True}]:
        sizes = [UNITS] * STATES[name]
        case_from_states(f"{name} from states {options}", made(name, units=UNITS, **options), sizes)
        # Keras's backends differ in what a masked step shows before the first that counts: zeros where the loop is
        # unrolled, and on TensorFlow; on jax otherwise the given state. Hekla shows zeros.
        layer, _ = made(name, units=UNITS, unroll=True, **options)
        _, ours = made(name, units=UNITS, **options)
        case_from_states(f"{name} from states, masked {options}", (layer, ours), sizes, MASK)

for name in ["GRU", "LSTM"]:
    for activation in ["hard_sigmoid", "tanh", "softsign"]:
        options = {"recurrent_activation": activation, "return_sequences": True}
        case(f"{name} {options}", made(name, units=UNITS, **options), [sequences()])
        case(f"{name} masked {options}", made(name, units=UNITS, **options), [sequences()], masks=[MASK])
    case(f"{name} implementation 1", made(name, units=UNITS, implementation=1), [sequences()])
case("LSTM without forget bias", made("LSTM", units=UNITS, unit_forget_bias=False), [sequences()])
for options in [
    {}, {"return_sequences": True, "return_state": True}, {"use_bias": False}, {"go_backwards": True},
    {"unroll": True}, {"activation": "elu", "recurrent_activation": "hard_sigmoid"}, {"implementation": 1},
]:
    case(f"GRU reset before {options}", made("GRU", units=UNITS, reset_after=False, **options), [sequences()])
case("GRU reset before, masked", made("GRU", units=UNITS, reset_after=False, return_sequences=True), [sequences()],
     masks=[MASK])
case("LSTM of one step", made("LSTM", units=UNITS, return_sequences=True), [family.random((2, 1, 2))])
case("GRU of one unit", made("GRU", units=1), [family.random((1, 3, 1))])

cells = {
    "SimpleRNNCell": ({}, {"activation": "relu"}),
    "GRUCell": ({}, {"reset_after": False}, {"recurrent_activation": "hard_sigmoid", "use_bias": False}),
    "LSTMCell": ({}, {"activation": "softsign", "use_bias": False}),
}
for name, choices in cells.items():
    for options in choices:
        both = made(name, units=UNITS, **options)
        both[0].build((3, FEATURES))
        states = [family.random((3, UNITS), -1, 1) for _ in range(2 if name == "LSTMCell" else 1)]
        case(f"{name} {options}", both, [family.random((3, FEATURES)), *states],
             call=lambda layer, given, **rest: keras.tree.flatten(layer(given[0], list(given[1:]), **rest)))


def stack(*inner):
    """StackedRNNCells of cells."""
    layer = layers.StackedRNNCells([cell for cell, _ in inner])
    return layer, {"className": "StackedRNNCells", "config": {"cells": [ours for _, ours in inner]}}


def rnn(inner, **options):
    return made("RNN", inner, positional=["cell"], **options)


def flat(layer, given, **rest):
    return keras.tree.flatten(layer(given[0], **rest))


for options in [{}, {"return_sequences": True, "return_state": True}, {"go_backwards": True}, {"unroll": True}]:
    case(f"RNN of GRUCell {options}", rnn(made("GRUCell", units=UNITS), **options), [sequences()])
    case(f"RNN of LSTMCell, masked {options}", rnn(made("LSTMCell", units=UNITS, activation="elu"), **options),
         [sequences()], masks=[MASK])
    two = stack(made("LSTMCell", units=2), made("LSTMCell", units=1))
    case(f"RNN of two LSTMCells {options}", rnn(two, **options), [sequences()], call=flat)
    three = stack(made("SimpleRNNCell", units=2), made("GRUCell", units=1, reset_after=False),
                  made("LSTMCell", units=2))
    case(f"RNN of three cells, masked {options}", rnn(three, **options), [sequences()], call=flat, masks=[MASK])


def bidirectional(inner, **options):
    return made("Bidirectional", inner, positional=["layer"], **options)


for mode, all_steps in itertools.product(["concat", "sum", "mul", "ave", None], [False, True]):
    options = {"merge_mode": mode}
    inner = {"units": UNITS, "return_sequences": all_steps}
    title = f"Bidirectional {mode}, return_sequences {all_steps}"
    case(title, bidirectional(made("LSTM", **inner), **options), [sequences()])
    case(f"{title}, masked", bidirectional(made("LSTM", **inner), **options), [sequences()], masks=[MASK])
    case(f"{title}, GRU", bidirectional(made("GRU", **inner), **options), [sequences()])
    both = bidirectional(made("LSTM", return_state=True, **inner), **options)
    case(f"{title}, with states", both, [sequences()], call=flat)
case("Bidirectional SimpleRNN", bidirectional(made("SimpleRNN", units=UNITS, activation="elu")), [sequences()])
case("Bidirectional RNN", bidirectional(rnn(made("GRUCell", units=UNITS), return_sequences=True)), [sequences()])
for name, sizes in [("GRU", [UNITS] * 2), ("LSTM", [UNITS] * 4)]:
    inner = made(name, units=UNITS, return_sequences=True, return_state=True)
    case_from_states(f"Bidirectional {name} from states", bidirectional(inner), sizes)
for mask in [None, [MASK]]:
    forward = made("GRU", units=UNITS, return_sequences=True, reset_after=False)
    backward = made("LSTM", units=2, return_sequences=True, go_backwards=True, activation="relu")
    layer = layers.Bidirectional(forward[0], backward_layer=backward[0])
    case(f"Bidirectional of two layers{', masked' if mask else ''}",
         (layer, {"config": {"layer": forward[1], "backwardLayer": backward[1]}}), [sequences()], masks=mask)
case("Bidirectional stateful, call 2", bidirectional(made("GRU", units=2, stateful=True)), [sequences()], calls=2)


def time_distributed(inner):
    return made("TimeDistributed", inner, positional=["layer"])


case("TimeDistributed Dense", time_distributed(made("Dense", units=2, activation="tanh")), [sequences()])
case("TimeDistributed Dense, masked", time_distributed(made("Dense", units=2)), [sequences()], masks=[MASK])
case("TimeDistributed Conv2D", time_distributed(made("Conv2D", filters=2, kernel_size=2, activation="relu")),
     [family.random((2, 3, 3, 4, 2))])
case("TimeDistributed Conv2D channels first",
     time_distributed(made("Conv2D", filters=2, kernel_size=[2, 3], padding="same", data_format="channels_first")),
     [family.random((2, 2, 2, 3, 4))])
case("TimeDistributed Flatten", time_distributed(made("Flatten")), [family.random((2, 3, 2, 2))])
case("TimeDistributed LSTM", time_distributed(made("LSTM", units=2, return_sequences=True)),
     [family.random((2, 3, 4, 2))])
case("TimeDistributed LSTM, masked", time_distributed(made("LSTM", units=2)), [family.random((2, 2, 4, 2))],
     masks=[[[[1, 0, 1, 0], [0, 1, 1, 1]], [[1, 1, 1, 0], [0, 0, 0, 0]]]])
case("TimeDistributed TimeDistributed", time_distributed(time_distributed(made("Dense", units=2))),
     [family.random((2, 2, 3, 2))])
for training in [False, True]:
    case(f"TimeDistributed BatchNormalization, training {training}",
         time_distributed(made("BatchNormalization", momentum=0.9)), [family.random((4, 3, 2))], training=training,
         weights=[family.random((2,), 0.5, 1.5) for _ in range(4)])

family.write()
