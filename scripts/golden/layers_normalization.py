"""Goldens of the normalization layers.

Run: python scripts/golden/layers_normalization.py
"""

import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])

from layer_golden import Family, camel_options, keras, numpy  # noqa: E402

layers = keras.layers
family = Family("layers-normalization", "layers_normalization.py", 20261129)


def positive_variance(layer, shape):
    """Random weights of a BatchNormalization; the moving variance is no negative number."""
    layer.build(shape)
    return [family.random(weight.shape, *((0.25, 2.0) if weight.name == "moving_variance" else (-1.0, 1.0)))
            for weight in layer.weights]


def batch(options, shape, training, name=None, trainable=True, mask=None, inputs=None):
    layer = layers.BatchNormalization(**options)
    weights = positive_variance(layer, shape)
    layer.trainable = trainable
    config = camel_options(options) if trainable else {**camel_options(options), "trainable": False}
    when = "in training" if training else "in predictions"
    family.case(f"BatchNormalization {name or options} {when}", layer, config,
                [family.random(shape) if inputs is None else inputs], weights=weights, training=training,
                masks=None if mask is None else [mask])


for training in [False, True]:
    batch({}, (6, 4), training)
    batch({}, (3, 4, 2), training, "on time steps")
    batch({}, (2, 3, 3, 2), training, "on images")
    batch({"axis": 1}, (2, 3, 2, 3), training)
    batch({"axis": -2}, (3, 2, 4), training)
    batch({"momentum": 0.7, "epsilon": 0.1}, (5, 3), training)
    batch({"center": False}, (5, 3), training)
    batch({"scale": False}, (5, 3), training)
    batch({"center": False, "scale": False}, (5, 3), training)
    batch({}, (5, 3), training, "that is frozen", trainable=False)
    batch({}, (2, 4, 2), training, "with a mask", mask=numpy.array([[1, 1, 0, 1], [1, 0, 0, 0]]))
batch({}, (2, 3, 2), True, "with a mask of nothing", mask=numpy.zeros((2, 3)))
batch({}, (2, 2, 2, 2), True, "with a mask of an image's places", mask=numpy.array([[[1, 0], [1, 1]], [[0, 0], [1, 0]]]))
batch({"axis": 1}, (2, 3, 4), True, "axis 1 with a mask", mask=numpy.array([[1, 1, 0], [1, 0, 1]]))
# Far from 0 by some 500 standard deviations; the means of 8 multiples of 1/1024 there are numbers of float32. A variance
# as mean of squares less squared mean would be off by 1 percent in float32.
batch({}, (8, 2), True, "of a mean far from 0", inputs=family.random((8, 2)) + 512)


def case(layer_class, options, shape, name=None, **rest):
    family.case(f"{layer_class.__name__} {name or options}", layer_class(**options), camel_options(options),
                [family.random(shape)], **rest)


for options, shape in [
    ({}, (3, 6)), ({}, (2, 3, 4)), ({"axis": 1}, (2, 4, 3)), ({"axis": [1, 2]}, (2, 3, 4)), ({"axis": [-1, -2]}, (2, 3, 4)),
    ({"axis": [1, 3]}, (2, 3, 2, 4)), ({"axis": [-1]}, (2, 2, 2, 3)), ({"epsilon": 0.1}, (3, 5)),
    ({"center": False}, (3, 5)), ({"scale": False}, (3, 5)), ({"center": False, "scale": False}, (3, 5)),
    ({"rms_scaling": True}, (3, 5)), ({"rms_scaling": True, "scale": False, "axis": [1, 2]}, (2, 3, 2)),
]:
    case(layers.LayerNormalization, options, shape, f"{options} of {shape}")
family.case("LayerNormalization of a mean far from 0", layers.LayerNormalization(), {}, [family.random((3, 8)) + 512])
for options, shape in [
    ({"groups": 2}, (2, 3, 4)), ({"groups": 1}, (2, 2, 2, 3)), ({"groups": -1}, (2, 2, 3, 2)), ({"groups": 3}, (2, 6)),
    ({"groups": 2, "axis": 1}, (2, 4, 2, 3)), ({"groups": 2, "axis": -2}, (2, 3, 4, 2)),
    ({"groups": 2, "epsilon": 0.1}, (2, 2, 4)), ({"groups": 2, "center": False}, (2, 2, 4)),
    ({"groups": 2, "scale": False}, (2, 2, 4)), ({"groups": 2, "center": False, "scale": False}, (2, 2, 4)),
]:
    case(layers.GroupNormalization, options, shape, f"{options} of {shape}")
for options, shape in [({}, (3, 5)), ({}, (2, 3, 4)), ({"axis": [1, 2]}, (2, 3, 2)), ({"axis": 1}, (2, 3)),
                       ({"epsilon": 0.1}, (3, 4))]:
    case(layers.RMSNormalization, options, shape, f"{options} of {shape}")
for options, shape in [({}, (3, 5)), ({"axis": 1}, (2, 3, 4)), ({"axis": [1, 2]}, (2, 3, 2)), ({"axis": [0, -1]}, (2, 3))]:
    case(layers.UnitNormalization, options, shape, f"{options} of {shape}")


def assigned(layer, given, training):
    """The layer's call with the gradient that variables have on TensorFlow and PyTorch: at the kernel assigned."""
    if not training:
        return layer(given[0], training=False)
    before = layer.kernel.value
    layer(given[0], training=True)
    stop = keras.ops.stop_gradient
    layer.kernel.assign(stop(layer.kernel.value) + before - stop(before))
    return layer(given[0], training=False)


def spectral(name, inner, class_name, config, shape, iterations, training, weights=None, inputs=None):
    layer = layers.SpectralNormalization(inner, power_iterations=iterations)
    layer.build(shape)
    if weights == "zero":
        weights = [numpy.zeros(weight.shape) if weight.name == "kernel" else family.random(weight.shape)
                   for weight in layer.weights]
    when = "in training" if training else "in predictions"
    family.case(f"SpectralNormalization of {name}, {iterations} steps, {when}", layer,
                {"layer": {"className": class_name, "config": config}, "powerIterations": iterations},
                [family.random(shape) if inputs is None else inputs], training=training, weights=weights, call=assigned)


for iterations, training in [(1, True), (3, True), (1, False)]:
    spectral("Dense", layers.Dense(3), "Dense", {"units": 3}, (2, 4), iterations, training)
spectral("Conv2D", layers.Conv2D(2, 2), "Conv2D", {"filters": 2, "kernelSize": [2, 2]}, (1, 3, 3, 2), 2, True)
spectral("Embedding", layers.Embedding(4, 3), "Embedding", {"inputDim": 4, "outputDim": 3}, (2, 2), 1, True,
         # Indices as floats: Keras casts the result to the type of the inputs.
         inputs=numpy.array([[0.0, 3.0], [3.0, 1.0]]))
spectral("Dense with a kernel of zeros", layers.Dense(2), "Dense", {"units": 2}, (2, 3), 1, True, weights="zero")
family.write()
