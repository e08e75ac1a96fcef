"""scikit-learn's scalers and Keras's windows: packages/datasets/goldens/series.json."""

import json
import os
import pathlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy
import sklearn
from sklearn.preprocessing import MinMaxScaler, StandardScaler

OUT = pathlib.Path(__file__).resolve().parents[2] / "packages" / "datasets" / "goldens" / "series.json"
SEED = 11


def array(values):
    values = numpy.asarray(values, dtype=numpy.float64)
    return {"shape": list(values.shape), "data": values.ravel().tolist()}


generator = numpy.random.default_rng(SEED)
train = generator.normal(size=(40, 4)) * [1, 1000, 1e-3, 0] + [0, 70000, 5, 3.3]
later = generator.normal(size=(5, 4)) * [1, 1000, 1e-3, 1] + [0, 70000, 5, 3.3]
scalers = []
for kind, scaler in [
    ("minMax", MinMaxScaler()),
    ("minMax", MinMaxScaler(feature_range=(-1, 2))),
    ("standard", StandardScaler()),
]:
    scaler.fit(train)
    transformed = scaler.transform(later)
    scalers.append({
        "kind": kind,
        "featureRange": list(getattr(scaler, "feature_range", (0, 1))),
        "scale": scaler.scale_.tolist(),
        "shift": (scaler.min_ if kind == "minMax" else scaler.mean_).tolist(),
        "transformed": array(transformed),
        "inverse": array(scaler.inverse_transform(transformed)),
    })

data = numpy.arange(60, dtype="float32").reshape(30, 2)
targets = numpy.arange(100, 130, dtype="float32")
windows = []
for options in [
    {"sequence_length": 4, "batch_size": 8},
    {"sequence_length": 3, "sequence_stride": 2, "sampling_rate": 3, "batch_size": 5},
    {"sequence_length": 5, "sequence_stride": 5, "batch_size": 2, "start_index": 4, "end_index": 27},
]:
    for with_targets in [False, True]:
        dataset = keras.utils.timeseries_dataset_from_array(data, targets if with_targets else None, **options)
        batches = [
            {"x": array(batch[0]), "y": array(batch[1])} if with_targets else {"x": array(batch)} for batch in dataset
        ]
        windows.append({"options": options, "targets": with_targets, "batches": batches})

source = {
    "script": "scripts/golden/datasets_series.py",
    "seed": SEED,
    "numpy": numpy.__version__,
    "scikit-learn": sklearn.__version__,
    "keras": keras.__version__,
}
document = {
    "source": source,
    "train": array(train),
    "later": array(later),
    "scalers": scalers,
    "data": array(data),
    "targets": array(targets),
    "windows": windows,
}
OUT.write_text(json.dumps(document, separators=(",", ":")).replace('},{"', '},\n{"') + "\n")
print(OUT.name, OUT.stat().st_size, "bytes")
