"""
Writes models that Keras 3 itself made and trained under the policy mixed_float16, what every layer of them gives, and the
weights after one more step, for packages/layers/src/keras/mixed-precision.test.ts.

Run: KERAS_BACKEND=jax python scripts/golden/mixed_precision.py
"""

import json
import os
import pathlib
import platform

os.environ.setdefault("KERAS_BACKEND", "jax")
import jax  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402

FOLDER = pathlib.Path(__file__).parents[2] / "packages/layers/src/keras/fixtures"
SEED = 11
random = np.random.default_rng(SEED)
keras.utils.set_random_seed(SEED)
keras.config.set_dtype_policy("mixed_float16")


def saved(array):
    array = np.asarray(array)
    return {"shape": list(array.shape), "dtype": str(array.dtype),
            "data": [float(f"{value:.8g}") for value in np.ravel(array).astype("float64").tolist()]}


def case(name, model, x, labels):
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    model.fit(x, labels, batch_size=len(x), epochs=2, verbose=0)
    model.save(str(FOLDER / f"{name}.keras"))
    features = keras.Model(model.inputs, [layer.output for layer in model.layers])
    outputs = {layer.name: saved(value) for layer, value in zip(model.layers, features(x))}
    loss = model.train_on_batch(x, labels)
    return {"x": saved(x), "labels": saved(labels), "outputs": outputs, "loss": float(loss),
            "weights": [saved(weight.numpy()) for weight in model.weights],
            "dtypes": {layer.name: [layer.compute_dtype, layer.variable_dtype] for layer in model.layers},
            "scale": float(model.optimizer.dynamic_scale.value),
            "counter": int(model.optimizer.step_counter.value)}


cnn = keras.Sequential([
    keras.Input((8, 8, 1)),
    layers.Conv2D(4, 3, activation="relu", name="conv"),
    layers.BatchNormalization(momentum=0.5, name="norm"),
    layers.MaxPooling2D(2, name="pool"),
    layers.Flatten(name="flatten"),
    layers.Dense(8, activation="tanh", name="hidden"),
    layers.Dense(3, activation="softmax", dtype="float32", name="classes"),
], name="mixed_cnn")
tokens = keras.Input((5,), dtype="int32", name="tokens")
vectors = layers.Embedding(12, 6, name="vectors")(tokens)
normal = layers.LayerNormalization(name="normal")(vectors)
states = layers.LSTM(4, return_sequences=True, name="states")(normal)
mixed = layers.Attention(name="attention")([states, states])
mean = layers.GlobalAveragePooling1D(name="mean")(layers.Add(name="sum")([states, mixed]))
network = keras.Model(tokens, layers.Dense(3, activation="softmax", dtype="float32", name="classes")(mean),
                      name="mixed_network")

cases = {
    "mixed-sequential": case("mixed-sequential", cnn, random.normal(size=(4, 8, 8, 1)).astype("float32"),
                             np.array([0, 2, 1, 2], "int32")),
    "mixed-functional": case("mixed-functional", network,
                             np.array([[1, 5, 11, 2, 7], [4, 4, 4, 0, 9]], "int32"),
                             np.array([1, 2], "int32")),
}
source = {"script": "scripts/golden/mixed_precision.py", "seed": SEED, "python": platform.python_version(),
          "keras": keras.__version__, "jax": jax.__version__, "numpy": np.__version__}
(FOLDER / "mixed-precision.json").write_text(json.dumps({"source": source, "cases": cases}, separators=(",", ":")) + "\n")
