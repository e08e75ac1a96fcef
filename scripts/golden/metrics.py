"""Goldens of metrics from Keras 3 on its JAX backend in float64: results after each of three batches.

Run: python scripts/golden/metrics.py
"""

import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

import jax  # noqa: E402
import keras  # noqa: E402
import numpy  # noqa: E402
from keras.src.backend.common import dtypes  # noqa: E402

from golden_file import array, random_values, write  # noqa: E402

SEED = 20261126
VERSIONS = {"keras": keras.__version__, "jax": jax.__version__, "numpy": numpy.__version__}
generator = numpy.random.default_rng(SEED)
keras.config.set_floatx("float64")
# On jax Keras rounds the results of many ops to float32, float64 inputs or not; goldens shall be exact.
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
BATCHES = [4, 2, 5]
SEQUENCES = [(2, 3), (1, 5), (3, 2)]


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def plain(value):
    values = numpy.asarray(value, dtype="float64")
    return float(values) if values.ndim == 0 else values.ravel().tolist()


def case(name, metric, batches, options=None, note="", variants=("plain", "weighted")):
    """A metric without and with sample weights; the third of each batch is their shape."""
    rows = []
    for y_true, y_pred, places in batches:
        weight = random_values(generator, places, 0.0, 2.0)
        weight.flat[0] = 0
        rows.append((y_true, y_pred, weight))
    results = {}
    for variant in variants:
        state = metric()
        results[variant] = []
        for y_true, y_pred, weight in rows:
            state.update_state(y_true, y_pred, sample_weight=weight if variant == "weighted" else None)
            results[variant].append(plain(state.result()))
    yield {
        "name": " ".join(filter(None, [name, str(options) if options else "", note])),
        "metric": name,
        "options": options or {},
        "batches": [dict(zip(["yTrue", "yPred", "sampleWeight"], map(array, row))) for row in rows],
        "results": results,
    }


def uniform(shape, low=-2.0, high=2.0):
    return random_values(generator, shape, low, high)


def labels(shape, classes):
    return generator.integers(0, classes, shape)


def one_hot(shape, classes):
    return numpy.eye(classes)[labels(shape, classes)]


def vectors(make, n=3):
    """Three batches of vectors, weights by samples."""
    return [(*make((batch,), n), (batch,)) for batch in BATCHES]


def sequences(make, n=3):
    """Three batches of sequences of different lengths, weights by places."""
    return [(*make(shape, n), shape) for shape in SEQUENCES]


def real(lead, n):
    return uniform((*lead, n)), uniform((*lead, n))


def positive(lead, n):
    return uniform((*lead, n), 0.0, 3.0), uniform((*lead, n), 0.0, 3.0)


def binary(lead, n):
    return labels((*lead, n), 2).astype(float), uniform((*lead, n), 0.0, 1.0)


def signs(lead, n):
    return 2.0 * labels((*lead, n), 2) - 1, uniform((*lead, n))


def categorical(lead, n):
    return one_hot(lead, n), uniform((*lead, n), 0.05, 1.0)


def sparse(lead, n):
    return labels(lead, n), uniform((*lead, n), 0.05, 1.0)


def both(name, metric, make, options=None, n=3):
    yield from case(name, metric, vectors(make, n), options)
    yield from case(name, metric, sequences(make, n), options, note="of sequences")


def mean_cases():
    rows = [
        ("meanSquaredError", "MeanSquaredError", real),
        ("meanAbsoluteError", "MeanAbsoluteError", real),
        ("meanAbsolutePercentageError", "MeanAbsolutePercentageError", real),
        ("meanSquaredLogarithmicError", "MeanSquaredLogarithmicError", positive),
        ("rootMeanSquaredError", "RootMeanSquaredError", real),
        ("logCoshError", "LogCoshError", real),
        ("cosineSimilarity", "CosineSimilarity", real),
        ("klDivergence", "KLDivergence", categorical),
        ("poisson", "Poisson", positive),
        ("hinge", "Hinge", signs),
        ("squaredHinge", "SquaredHinge", signs),
        ("categoricalHinge", "CategoricalHinge", categorical),
        ("binaryCrossentropy", "BinaryCrossentropy", binary),
        ("categoricalCrossentropy", "CategoricalCrossentropy", categorical),
        ("sparseCategoricalCrossentropy", "SparseCategoricalCrossentropy", sparse),
        ("binaryAccuracy", "BinaryAccuracy", binary),
        ("categoricalAccuracy", "CategoricalAccuracy", categorical),
        ("sparseCategoricalAccuracy", "SparseCategoricalAccuracy", sparse),
    ]
    for name, metric, make in rows:
        yield from both(name, getattr(keras.metrics, metric), make)
    K = keras.metrics
    options = {"threshold": 0.75}
    yield from case("binaryAccuracy", lambda: K.BinaryAccuracy(threshold=0.75), vectors(binary), options)
    for name, make in [("topKCategoricalAccuracy", categorical), ("sparseTopKCategoricalAccuracy", sparse)]:
        metric = getattr(K, name[0].upper() + name[1:])
        yield from both(name, lambda: metric(k=2), make, {"k": 2}, 4)
    ranked = [numpy.stack([generator.permutation(4) for _ in range(batch)]) for batch in BATCHES]
    ids = [(labels((batch,), 4), rank, (batch,)) for batch, rank in zip(BATCHES, ranked)]
    options = {"k": 2, "fromSortedIds": True}
    metric = K.SparseTopKCategoricalAccuracy
    yield from case("sparseTopKCategoricalAccuracy", lambda: metric(k=2, from_sorted_ids=True), ids, options)
    ties = [(one_hot((b,), 4), labels((b, 4), 2) / 2, (b,)) for b in BATCHES]
    yield from case("topKAccuracy", lambda: K.TopKCategoricalAccuracy(k=2), ties, {"k": 2}, note="ties")
    options = {"fromLogits": True, "labelSmoothing": 0.1}
    crossentropy = lambda: K.BinaryCrossentropy(from_logits=True, label_smoothing=0.1)  # noqa: E731
    yield from case("binaryCrossentropy", crossentropy, vectors(signs01), options)
    ignoring = [(labels(shape, 3), uniform((*shape, 3), 0.05, 1.0), shape) for shape in SEQUENCES]
    # Keras leaves ignored classes out of the mean only where there are sample weights; we always do.
    yield from case(
        "sparseCategoricalCrossentropy", lambda: K.SparseCategoricalCrossentropy(ignore_class=1), ignoring,
        {"ignoreClass": 1}, variants=["weighted"])


def signs01(lead, n):
    return labels((*lead, n), 2).astype(float), uniform((*lead, n), -4, 4)


def count_cases():
    K = keras.metrics
    for name in ["precision", "recall"]:
        metric = getattr(K, name.capitalize())
        yield from both(name, metric, binary)
        yield from case(name, lambda: metric(thresholds=0.25), vectors(binary), {"thresholds": 0.25})
        yield from case(name, lambda: metric(top_k=2), vectors(categorical, 4), {"topK": 2})
        yield from case(name, lambda: metric(class_id=1), vectors(categorical), {"classId": 1})
        options = {"topK": 2, "classId": 0, "thresholds": 0.5}
        yield from case(
            name, lambda: metric(top_k=2, class_id=0, thresholds=0.5), vectors(categorical, 4), options)
    for name in ["truePositives", "falsePositives", "trueNegatives", "falseNegatives"]:
        metric = getattr(K, name[0].upper() + name[1:])
        yield from case(name, metric, vectors(binary))
        yield from case(name, lambda: metric(thresholds=0.75), sequences(binary, 2), {"thresholds": 0.75})
    flat = [(labels((b,), 2), uniform((b, 1), 0.0, 1.0), (b,)) for b in BATCHES]
    yield from case("precision", K.Precision, flat, note="of flat labels")
    constrained = {"sensitivityAtSpecificity": "specificity", "specificityAtSensitivity": "sensitivity",
                   "precisionAtRecall": "recall", "recallAtPrecision": "precision"}
    for name, first in constrained.items():
        metric = getattr(K, name[0].upper() + name[1:])
        yield from both(name, lambda: metric(0.6), edged, {first: 0.6}, 2)
        options = {first: 0.4, "numThresholds": 5, "classId": 1}
        yield from case(name, lambda: metric(0.4, num_thresholds=5, class_id=1), vectors(edged, 2), options)
        yield from case(
            name, lambda: metric(0.5, num_thresholds=1), vectors(edged, 2), {first: 0.5, "numThresholds": 1})


def edged(lead, n):
    """Predictions of 0 and 1 among the others, and beyond."""
    y_true, y_pred = binary(lead, n)
    y_pred.flat[:3] = [0.0, 1.0, 1.125][: min(3, y_pred.size)]
    return y_true, y_pred


def auc_cases():
    AUC = keras.metrics.AUC
    for curve in ["ROC", "PR", "PRGAIN"]:
        for method in ["interpolation", "minoring", "majoring"]:
            options = {"curve": curve, "summationMethod": method}
            yield from case("auc", lambda: AUC(curve=curve, summation_method=method), vectors(edged), options)
    yield from case("auc", AUC, sequences(binary), note="of sequences")
    yield from case("auc", lambda: AUC(num_thresholds=7), vectors(edged), {"numThresholds": 7})
    thresholds = [0.75, 0.125, 0.5]
    yield from case("auc", lambda: AUC(thresholds=thresholds), vectors(edged), {"thresholds": thresholds})
    yield from case("auc", lambda: AUC(from_logits=True), vectors(signs01), {"fromLogits": True})
    weights = [0.5, 2.0, 0.0]
    yield from case("auc", lambda: AUC(label_weights=weights), vectors(binary), {"labelWeights": weights})
    for curve in ["ROC", "PR"]:
        options = {"curve": curve, "multiLabel": True, "numLabels": 3}
        yield from case(
            "auc", lambda: AUC(curve=curve, multi_label=True, num_labels=3), vectors(binary), options)
        yield from case(
            "auc", lambda: AUC(curve=curve, multi_label=True, label_weights=weights), vectors(binary),
            {**options, "labelWeights": weights})


def score_cases():
    K = keras.metrics
    for average in [None, "micro", "macro", "weighted"]:
        options = {"average": average or "none", "numClasses": 3}
        yield from case("f1Score", lambda: K.F1Score(average=average), vectors(categorical), options)
        more = {**options, "beta": 2.0, "threshold": 0.5}
        beta = {"average": average, "beta": 2.0, "threshold": 0.5}
        yield from case("fBetaScore", lambda: K.FBetaScore(**beta), vectors(binary), more)
    zeros = [(one_hot((b,), 3), labels((b, 3), 2) * 0.5, (b,)) for b in BATCHES]
    options = {"average": "macro", "numClasses": 3}
    yield from case("f1Score", lambda: K.F1Score(average="macro"), zeros, options, note="ties and zeros")
    for aggregation in [None, "uniform_average", "variance_weighted_average"]:
        options = {"numOutputs": 3, "classAggregation": camel(aggregation) if aggregation else "none"}
        yield from case("r2Score", lambda: K.R2Score(class_aggregation=aggregation), vectors(real), options)
        more = {**options, "numRegressors": 2}
        adjusted = {"class_aggregation": aggregation, "num_regressors": 2}
        yield from case("r2Score", lambda: K.R2Score(**adjusted), vectors(real), more)
    yield from case("r2Score", K.R2Score, [(uniform((b, 1)), uniform((b, 1)), (b,)) for b in BATCHES])


def iou_cases():
    K = keras.metrics

    def numbers(low=0, high=3):
        return [(generator.integers(low, high, s), generator.integers(low, high, s), s) for s in SEQUENCES]

    # Counts are whole numbers in Keras by default, and weights are cut to such.
    exact = {"dtype": "float64"}
    yield from case("meanIoU", lambda: K.MeanIoU(3, **exact), numbers(), {"numClasses": 3})
    absent = {"numClasses": 5}
    yield from case("meanIoU", lambda: K.MeanIoU(5, **exact), numbers(), absent, note="absent classes")
    yield from case(
        "meanIoU", lambda: K.MeanIoU(3, ignore_class=-1, **exact), numbers(-1, 4),
        {"numClasses": 3, "ignoreClass": -1}, note="other numbers")
    options = {"numClasses": 3, "ignoreClass": 1}
    yield from case("meanIoU", lambda: K.MeanIoU(3, ignore_class=1, **exact), numbers(), options)
    options = {"numClasses": 3, "targetClassIds": [0, 2]}
    yield from case("iou", lambda: K.IoU(3, [0, 2], **exact), numbers(), options)
    hot = [(*categorical(s, 3), s) for s in SEQUENCES]
    yield from case("oneHotMeanIoU", lambda: K.OneHotMeanIoU(3, **exact), hot, {"numClasses": 3})
    yield from case("oneHotIoU", lambda: K.OneHotIoU(3, [0, 2], **exact), hot, options)
    predicted = [(one_hot(s, 3), labels(s, 3), s) for s in SEQUENCES]
    yield from case(
        "oneHotMeanIoU", lambda: K.OneHotMeanIoU(3, sparse_y_pred=True, **exact), predicted,
        {"numClasses": 3, "sparseYPred": True})
    probabilities = [(labels(s, 2), uniform(s, 0.0, 1.0), s) for s in SEQUENCES]
    yield from case(
        "binaryIoU", lambda: K.BinaryIoU([0, 1], threshold=0.25, **exact), probabilities,
        {"targetClassIds": [0, 1], "threshold": 0.25})


CASES = [mean_cases, count_cases, auc_cases, score_cases, iou_cases]
write("metrics", "metrics.py", SEED, VERSIONS, [one for cases in CASES for one in cases()])
