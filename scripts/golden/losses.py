"""Goldens of losses from Keras 3 on its JAX backend in float64: values, every reduction, and gradients.

Run: python scripts/golden/losses.py
"""

import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import keras  # noqa: E402
import numpy  # noqa: E402
from keras.src import backend  # noqa: E402
from keras.src.backend.common import dtypes  # noqa: E402
from keras.src.losses.loss import reduce_weighted_values, squeeze_or_expand_to_same_rank  # noqa: E402

from golden_file import array, random_values, write  # noqa: E402

SEED = 20261125
VERSIONS = {"keras": keras.__version__, "jax": jax.__version__, "numpy": numpy.__version__}
REDUCTIONS = ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight"]
generator = numpy.random.default_rng(SEED)
keras.config.set_floatx("float64")
# On jax Keras rounds the results of many ops to float32, float64 inputs or not; goldens shall be exact.
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def call(loss, options, y_true, y_pred):
    """The values of a loss and the mask it sets, as LossFunctionWrapper has them."""
    values = getattr(keras.losses, loss)(*squeeze_or_expand_to_same_rank(y_true, y_pred), **options)
    return values, backend.get_keras_mask(values)


def reduced(values, own_mask, weight, mask, reduction):
    """Loss.__call__ from the values on."""
    both = [m for m in (mask, own_mask) if m is not None]
    whole = None if not both else both[0] if len(both) == 1 else both[0] & both[1]
    return reduce_weighted_values(values, weight, whole, reduction, "float64")


def case(loss, y_true, y_pred, options=None, weight=None, mask=None, gradients=True, note=""):
    """`weight` and `mask` may lack trailing axes of the values: Keras gets them broadcast, we as they are."""
    options = options or {}
    given = jnp.asarray(y_true), jnp.asarray(y_pred, dtype="float64")
    values, own_mask = call(loss, options, *given)

    def fitted(x):
        x = jnp.asarray(x)
        if values.ndim == 0:
            return x
        return jnp.broadcast_to(x.reshape(x.shape + (1,) * (values.ndim - x.ndim)), values.shape)

    variants = {"plain": (None, None)}
    if weight is not None:
        variants["weighted"] = (fitted(weight), None)
    if mask is not None:
        variants["masked"] = (None, fitted(mask))
    if weight is not None and mask is not None:
        variants["both"] = (fitted(weight), fitted(mask))

    def total(prediction, variant):
        return reduced(*call(loss, options, given[0], prediction), *variant, "sum_over_batch_size")

    for variant in variants.values():
        if loss in ("mean_squared_error", "binary_crossentropy") and variant[1] is None:
            classes = {"mean_squared_error": "MeanSquaredError", "binary_crossentropy": "BinaryCrossentropy"}
            expected = getattr(keras.losses, classes[loss])(**options)(given[0], given[1], variant[0])
            assert abs(float(total(given[1], variant)) - float(expected)) < 1e-15, loss
    kind = "x".join(map(str, numpy.shape(y_pred)))
    return {
        "name": f"{camel(loss)} {kind}{' ' + str(options) if options else ''}{' ' + note if note else ''}",
        "loss": camel(loss),
        "options": {camel(key): value for key, value in options.items()},
        "yTrue": array(y_true),
        "yPred": array(y_pred),
        **({} if weight is None else {"sampleWeight": array(weight)}),
        **({} if mask is None else {"mask": array(mask)}),
        "values": array(values),
        "scalars": {
            name: {camel(r): float(reduced(values, own_mask, *variant, r)) for r in REDUCTIONS}
            for name, variant in variants.items()
        },
        "gradients": {
            name: array(jax.grad(total)(given[1], variant))
            for name, variant in variants.items()
            if gradients and name in ("plain", "both")
        },
    }


def uniform(shape, low=-2.0, high=2.0):
    return random_values(generator, shape, low, high)


def labels(shape, classes):
    return generator.integers(0, classes, shape)


def one_hot(shape, classes):
    return numpy.eye(classes)[labels(shape, classes)]


WEIGHTS = {1: numpy.array([0.5, 2.0, 0.0, 1.25]), 2: numpy.array([[1.0, 0.5, 2.0], [0.25, 0.0, 3.0]])}
MASKS = {
    1: numpy.array([True, False, True, True]),
    2: numpy.array([[True, True, False], [True, False, False]]),
}
VECTORS = WEIGHTS[1], MASKS[1]
EDGE = {"note": "edge"}


def both_shapes(loss, make, options=None, classes=4):
    """A batch of vectors, and one of sequences, with weights and masks."""
    for lead in [(4,), (2, 3)]:
        y_true, y_pred = make(lead, classes)
        if options and options.get("axis") == 1 and len(lead) == 2:
            yield case(loss, y_true, y_pred, options, [0.5, 2.0], [True, False])
        else:
            yield case(loss, y_true, y_pred, options, WEIGHTS[len(lead)], MASKS[len(lead)])


def regression_cases():
    def real(lead, n):
        return uniform((*lead, n)), uniform((*lead, n))

    def positive(lead, n):
        return uniform((*lead, n), 0.0, 3.0), uniform((*lead, n), 0.0, 3.0)

    for loss in ["mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error"]:
        yield from both_shapes(loss, real)
    for loss in ["log_cosh", "huber"]:
        yield from both_shapes(loss, real)
    yield from both_shapes("huber", real, {"delta": 0.25})
    for loss in ["mean_squared_logarithmic_error", "poisson"]:
        yield from both_shapes(loss, positive)
    for axis in [-1, 1]:
        yield from both_shapes("cosine_similarity", real, {"axis": axis})
    y_true, y_pred = real((2, 3), 4)
    yield case("mean_squared_error", y_true, y_pred, None, [0.5, 2.0], [True, False], note="by samples")
    yield case("mean_absolute_error", uniform((4,)), uniform((4, 1)), None, *VECTORS, note="flat labels")
    yield case("mean_squared_error", uniform((4, 1)), uniform((4, 1)), None, WEIGHTS[1], MASKS[1])
    y_true = [[0.0, 2.0], [-1e-3, 1000.0]]
    yield case("mean_absolute_percentage_error", y_true, [[0.5, 2.5], [1.0, -1.0]], **EDGE)
    y_true = [[0.0, 1.0], [2.0, 0.0]]
    yield case("mean_squared_logarithmic_error", y_true, [[0.0, -1.0], [1000.0, 0.25]], **EDGE)
    yield case("log_cosh", [[0.0, 0.0], [1.0, -1000.0]], [[1000.0, -1000.0], [1.0, 1000.0]], **EDGE)
    yield case("poisson", [[0.0, 1.0], [3.0, 2.0]], [[0.0, 1000.0], [0.0, 0.25]], **EDGE)
    y_true = [[0.0, 0.0], [1.0, -1.0]]
    yield case("cosine_similarity", y_true, [[1.0, 2.0], [0.0, 0.0]], gradients=False, **EDGE)


def categorical_cases():
    def logits(lead, n):
        return one_hot(lead, n), uniform((*lead, n), -4, 4)

    def probabilities(lead, n):
        # Not scaled to sum to 1: Keras does so.
        return one_hot(lead, n), uniform((*lead, n), 0.05, 1)

    def soft(lead, n):
        target = uniform((*lead, n), 0.05, 1)
        return target / target.sum(-1, keepdims=True), uniform((*lead, n), 0.05, 1)

    loss = "categorical_crossentropy"
    yield from both_shapes(loss, probabilities)
    yield from both_shapes(loss, soft)
    yield from both_shapes(loss, logits, {"from_logits": True})
    yield from both_shapes(loss, logits, {"from_logits": True, "label_smoothing": 0.2})
    yield from both_shapes(loss, probabilities, {"label_smoothing": 0.1})
    y_true = numpy.moveaxis(one_hot((2, 3), 4), -1, 1)
    for options in [{"axis": 1}, {"axis": 1, "from_logits": True}]:
        yield case(loss, y_true, uniform((2, 4, 3), 0.05, 1), options, WEIGHTS[2], MASKS[2])
    sure = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.5, 0.0]]
    yield case(loss, numpy.eye(3), sure, **EDGE)
    steep = [[50.0, -50.0, 0.0], [1000.0, -1000.0, 0.0], [0.0, 0.0, 0.0], [-60.0, 90.0, 30.0]]
    yield case(loss, numpy.eye(3)[[1, 1, 2, 1]], steep, {"from_logits": True}, **EDGE)
    loss = "categorical_focal_crossentropy"
    yield from both_shapes(loss, probabilities)
    yield from both_shapes(loss, logits, {"from_logits": True, "gamma": 1.5, "alpha": 0.5})
    yield from both_shapes(loss, probabilities, {"label_smoothing": 0.1, "alpha": [0.1, 0.2, 0.3, 0.4]})
    options = {"axis": 1, "from_logits": True}
    yield case(loss, y_true, uniform((2, 4, 3), -2, 2), options, WEIGHTS[2], MASKS[2])
    yield case(loss, numpy.eye(3), sure, **EDGE)
    yield case(loss, numpy.eye(3)[[1, 1, 2, 1]], steep, {"from_logits": True, "gamma": 0.0}, **EDGE)
    for loss in ["kl_divergence", "categorical_hinge"]:
        yield from both_shapes(loss, soft if loss == "kl_divergence" else logits)
    yield case("kl_divergence", [[0.0, 1.0], [1.0, 0.0]], [[0.25, 0.75], [0.0, 0.5]], **EDGE)


def sparse_cases():
    loss = "sparse_categorical_crossentropy"

    def logits(lead, n):
        return labels(lead, n), uniform((*lead, n), -4, 4)

    def probabilities(lead, n):
        return labels((*lead, 1), n), uniform((*lead, n), 0.05, 1)

    yield from both_shapes(loss, probabilities)
    yield from both_shapes(loss, logits, {"from_logits": True})
    for options in [{"ignore_class": 1}, {"ignore_class": -1, "from_logits": True}]:
        for lead in [(4,), (2, 3)]:
            y_true = labels(lead, 3)
            y_true.flat[[0, 2]] = options["ignore_class"]
            y_pred = uniform((*lead, 3), 0.05, 1)
            yield case(loss, y_true, y_pred, options, WEIGHTS[len(lead)], MASKS[len(lead)])
    # Keras on JAX takes other axes where the shape is the same without any of them.
    yield case(loss, labels((2, 3), 3), uniform((2, 3, 3), -2, 2), {"axis": 1, "from_logits": True})
    steep = [[50.0, -50.0, 0.0], [1000.0, -1000.0, 0.0], [-60.0, 90.0, 30.0]]
    yield case(loss, [1, 1, 1], steep, {"from_logits": True}, **EDGE)


def binary_cases():
    def logits(lead, n):
        return labels((*lead, n), 2).astype(float), uniform((*lead, n), -4, 4)

    def probabilities(lead, n):
        return labels((*lead, n), 2).astype(float), uniform((*lead, n), 0.02, 0.98)

    loss = "binary_crossentropy"
    edge = [[0.0, 1.0, 1.0, 0.0, 0.5]], [[0.0, 1.0, 0.0, 1.0, 1.0]]
    steep = [[1.0, 0.0, 1.0, 0.0, 1.0, 0.25]], [[1000.0, 1000.0, -1000.0, 20.0, 12.0, 0.0]]
    for options in [{}, {"label_smoothing": 0.1}, {"axis": 1}]:
        yield from both_shapes(loss, probabilities, options)
    yield from both_shapes(loss, logits, {"from_logits": True})
    yield from both_shapes(loss, logits, {"from_logits": True, "label_smoothing": 0.2})
    yield case(loss, labels((4,), 2), uniform((4, 1), 0.02, 0.98), None, *VECTORS, note="flat labels")
    yield case(loss, *edge, **EDGE)
    yield case(loss, *steep, {"from_logits": True}, **EDGE)
    loss = "binary_focal_crossentropy"
    balanced = {"apply_class_balancing": True, "alpha": 0.4}
    for options in [{}, balanced, {"gamma": 1.5, "label_smoothing": 0.1}]:
        yield from both_shapes(loss, probabilities, options)
    yield from both_shapes(loss, logits, {"from_logits": True, "gamma": 3.0})
    yield case(loss, *edge, **EDGE)
    yield case(loss, [[1.0, 0.0, 0.0]], [[1000.0, 20.0, -50.0]], {"from_logits": True, "gamma": 1.0}, **EDGE)
    for loss in ["hinge", "squared_hinge"]:
        yield from both_shapes(loss, logits)
        yield case(loss, 2 * labels((4, 3), 2) - 1, uniform((4, 3)), None, *VECTORS, note="of -1 and 1")
    for loss, more in [("dice", {}), ("tversky", {"alpha": 0.7, "beta": 0.2})]:
        y_true, y_pred = probabilities((4,), 3)
        yield case(loss, y_true, y_pred, more, WEIGHTS[1], MASKS[1])
        yield case(loss, y_true, y_pred, {**more, "axis": -1}, WEIGHTS[1], MASKS[1])
        y_true, y_pred = probabilities((2, 3), 2)
        yield case(loss, y_true, y_pred, {**more, "axis": [1, 2]}, [0.5, 2.0], [True, False])
        yield case(loss, numpy.zeros((2, 2)), [[0.0, 0.0], [0.0, 1.0]], more, **EDGE)


def ctc_case(note, target, logits, lengths=None, mask_index=0, weight=None):
    """keras.losses.ctc, or keras.ops.ctc_loss where lengths are given."""
    if lengths is None:
        return case("ctc", target, logits, None, weight, note=note)
    target, logits = jnp.asarray(target), jnp.asarray(logits)

    def values(prediction):
        return keras.ops.ctc_loss(target, prediction, *map(jnp.asarray, lengths), mask_index)

    return {
        "name": f"ctcLoss {note}",
        "loss": "ctcLoss",
        "options": {"maskIndex": mask_index},
        "yTrue": array(target),
        "yPred": array(logits),
        "lengths": [array(length) for length in lengths],
        "values": array(values(logits)),
        "scalars": {},
        "gradients": {"sum": array(jax.grad(lambda p: values(p).sum())(logits))},
    }


def ctc_cases():
    def logits(batch, time, classes):
        return uniform((batch, time, classes), -3, 3)

    yield ctc_case("", [[1, 2, 3], [2, 2, 0]], logits(2, 6, 4), weight=[0.5, 2.0])
    yield ctc_case("repeats, as many steps as are needed", [[1, 1, 1], [1, 2, 1]], logits(2, 5, 3))
    yield ctc_case("no labels", [[0, 0], [1, 0]], logits(2, 3, 3))
    yield ctc_case("equal logits", [[1, 2]], numpy.zeros((1, 4, 3)))
    yield ctc_case("steep logits", [[1, 2]], logits(1, 5, 3) * 64)
    yield ctc_case("one step", [[2]], logits(1, 1, 3))
    lengths = [[2, 3, 0], [4, 6, 2]]
    yield ctc_case("lengths", [[1, 2, 3], [3, 3, 1], [1, 1, 2]], logits(3, 6, 4), lengths)
    yield ctc_case("blank last", [[0, 1, 0], [0, 0, 2]], logits(2, 6, 4), [[3, 2], [6, 5]], 3)


CASES = [regression_cases, categorical_cases, sparse_cases, binary_cases, ctc_cases]
write("losses", "losses.py", SEED, VERSIONS, [one for cases in CASES for one in cases()])
