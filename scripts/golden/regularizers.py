"""Goldens of regularizers (penalty and gradient), constraints (projection) and activity regularization.

Run: python scripts/golden/regularizers.py
"""

import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])

from layer_golden import VERSIONS, camel, jax, keras, numpy  # noqa: E402
from golden_file import array, random_values, write  # noqa: E402

generator = numpy.random.default_rng(20261130)
cases = []


def case(kind, name, made, value, output, gradient=None):
    cases.append({
        "name": name, "kind": kind, "className": type(made).__name__,
        "config": {camel(key): setting for key, setting in made.get_config().items() if key not in ("name", "dtype")},
        "input": array(value), "output": array(output),
        **({} if gradient is None else {"gradient": array(gradient)}),
    })


def regularizer(class_name, options, shape=(3, 4)):
    value = random_values(generator, shape)
    rule = getattr(keras.regularizers, class_name)(**options)
    penalty, gradient = jax.value_and_grad(rule)(jax.numpy.asarray(value))
    case("regularizer", f"{class_name} {options} of {shape}", rule, value, penalty, gradient)


for class_name, options in [("L1", {}), ("L1", {"l1": 0.3}), ("L2", {}), ("L2", {"l2": 0.3}), ("L1L2", {}),
                            ("L1L2", {"l1": 0.2}), ("L1L2", {"l2": 0.1}), ("L1L2", {"l1": 0.2, "l2": 0.1})]:
    regularizer(class_name, options)
regularizer("L2", {}, (2, 2, 2))
for options in [{}, {"mode": "columns"}, {"factor": 0.5, "mode": "rows"}]:
    regularizer("OrthogonalRegularizer", options)


def constraint(class_name, options, shape=(3, 4)):
    value = random_values(generator, shape)
    # One column of zeros: nothing may be divided by 0.
    value[..., 0] = 0
    rule = getattr(keras.constraints, class_name)(**options)
    case("constraint", f"{class_name} {options} of {shape}", rule, value, rule(value))


constraint("NonNeg", {})
for options in [{}, {"max_value": 1.0}, {"max_value": 0.5, "axis": 1}, {"max_value": 1.0, "axis": [0, 1]}]:
    constraint("MaxNorm", options)
constraint("MaxNorm", {"max_value": 0.5, "axis": [0, 1, 2]}, (2, 2, 2, 3))
for options in [{}, {"axis": 1}, {"axis": [0, 1]}]:
    constraint("UnitNorm", options)
for options in [{}, {"min_value": 0.5, "max_value": 1.0}, {"min_value": 2.0, "max_value": 3.0, "rate": 0.25},
                {"min_value": 1.0, "max_value": 1.5, "axis": 1}]:
    constraint("MinMaxNorm", options)

for options in [{"l1": 0.1}, {"l2": 0.2}, {"l1": 0.1, "l2": 0.2}]:
    value = random_values(generator, (4, 3))
    layer = keras.layers.ActivityRegularization(**options)
    layer(value)
    case("activity", f"ActivityRegularization {options}", layer, value, sum(layer.losses))
write("regularizers", "regularizers.py", 20261130, VERSIONS, cases)
