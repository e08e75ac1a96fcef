"""Goldens of regularization layers where nothing is drawn: predictions, and rates of 0.

Run: python scripts/golden/layers_regularization.py
"""

import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])

from layer_golden import Family, camel_options, keras  # noqa: E402

layers = keras.layers
family = Family("layers-regularization", "layers_regularization.py", 20261128)


def case(layer_class, options, shape, training):
    when = "in training" if training else "in predictions"
    family.case(f"{layer_class.__name__} {options} {when}", layer_class(**options), camel_options(options),
                [family.random(shape)], training=training)


for layer_class, name, shape in [
    (layers.Dropout, "rate", (2, 3)), (layers.SpatialDropout1D, "rate", (2, 3, 2)),
    (layers.SpatialDropout2D, "rate", (2, 2, 2, 2)), (layers.SpatialDropout3D, "rate", (1, 2, 2, 2, 2)),
    (layers.AlphaDropout, "rate", (2, 3)), (layers.GaussianDropout, "rate", (2, 3)),
    (layers.GaussianNoise, "stddev", (2, 3)),
]:
    case(layer_class, {name: 0.4}, shape, False)
    case(layer_class, {name: 0.0}, shape, True)
case(layers.Dropout, {"rate": 1.0}, (2, 3), True)
case(layers.ActivityRegularization, {"l1": 0.1, "l2": 0.2}, (2, 3), True)
family.write()
