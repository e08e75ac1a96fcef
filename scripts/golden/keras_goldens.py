"""Goldens of layers and training from Keras 3 on its torch backend in float64.

Run: python scripts/golden/keras_goldens.py
"""

import os

os.environ["KERAS_BACKEND"] = "torch"

import keras  # noqa: E402
import numpy  # noqa: E402
import torch  # noqa: E402

from golden_file import array, distinct_values, random_values, write  # noqa: E402

SEED = 20261124
VERSIONS = {"keras": keras.__version__, "torch": torch.__version__.split("+")[0], "numpy": numpy.__version__}
generator = numpy.random.default_rng(SEED)
keras.config.set_floatx("float64")
STEPS = 5


def camel(name):
    aliases = {"beta_1": "beta1", "beta_2": "beta2", "clipnorm": "clipNorm", "clipvalue": "clipValue",
               "global_clipnorm": "globalClipNorm"}
    head, *rest = name.split("_")
    return aliases.get(name, head + "".join(part.capitalize() for part in rest))


def layer_case(name, layer, options, x):
    layer.build(x.shape)
    weights = [random_values(generator, weight.shape) for weight in layer.get_weights()]
    layer.set_weights(weights)
    output = keras.ops.convert_to_numpy(layer(keras.ops.convert_to_tensor(x, dtype="float64")))
    return {
        "name": name,
        "layer": type(layer).__name__,
        "options": options,
        "input": array(x),
        "weights": [array(weight) for weight in weights],
        "output": array(output),
    }


def layer_cases():
    layers = keras.layers
    for activation in ["linear", "relu", "sigmoid", "tanh", "softmax"]:
        yield layer_case(f"Dense {activation}", layers.Dense(3, activation=activation),
                         {"units": 3, "activation": activation}, random_values(generator, (2, 5)))
    yield layer_case("Dense without bias", layers.Dense(3, use_bias=False), {"units": 3, "useBias": False},
                     random_values(generator, (2, 5)))
    for data_format, shape in [("channels_first", (2, 2, 6, 7)), ("channels_last", (2, 6, 7, 2))]:
        ours = {"dataFormat": camel(data_format)}
        keras_format = {"data_format": data_format}
        for padding, strides in [("valid", 1), ("same", 1), ("same", 2)]:
            yield layer_case(
                f"Conv2D {padding} strides {strides} {data_format}",
                layers.Conv2D(3, 3, strides=strides, padding=padding, activation="relu", **keras_format),
                {"filters": 3, "kernelSize": 3, "strides": strides, "padding": padding, "activation": "relu",
                 **ours},
                random_values(generator, shape))
        for padding in ["valid", "same"]:
            for kind in [layers.MaxPooling2D, layers.AveragePooling2D]:
                yield layer_case(
                    f"{kind.__name__} {padding} {data_format}", kind(2, padding=padding, **keras_format),
                    {"poolSize": 2, "padding": padding, **ours}, distinct_values(generator, shape))
        yield layer_case(f"Flatten {data_format}", layers.Flatten(**keras_format), ours,
                         random_values(generator, shape))


def training_cases():
    """A small classifier from given weights: the loss of each of 5 steps and the weights after the last."""
    rows = [("SGD", {"learning_rate": 0.1, "momentum": 0.9}), ("Adam", {"learning_rate": 0.05})]
    for name, options in rows:
        model = keras.Sequential([
            keras.layers.Input((4,)), keras.layers.Dense(5, activation="relu"),
            keras.layers.Dense(3, activation="softmax"),
        ])
        initial = [random_values(generator, weight.shape, -1, 1) for weight in model.get_weights()]
        model.set_weights(initial)
        model.compile(getattr(keras.optimizers, name)(**options), "categorical_crossentropy")
        x = random_values(generator, (8, 4))
        y = numpy.eye(3)[generator.integers(0, 3, 8)]
        losses = []
        for _ in range(STEPS):
            losses.append(float(keras.ops.convert_to_numpy(keras.ops.mean(
                keras.losses.categorical_crossentropy(y, model(x))))))
            model.train_on_batch(x, y)
        yield {
            "name": name,
            "optimizer": name,
            "options": {camel(key): value for key, value in options.items()},
            "x": array(x), "y": array(y),
            "initial": [array(value) for value in initial],
            "losses": losses,
            "weights": [array(value) for value in model.get_weights()],
        }


write("layers", "keras_goldens.py", SEED, VERSIONS, list(layer_cases()))
write("training", "keras_goldens.py", SEED, VERSIONS, list(training_cases()))
