"""Writes a model as Keras 2 does, and what it predicts, for packages/layers/src/keras/keras-2.test.ts.

Keras 2 is `pip install tensorflow tf_keras`. The model has what Keras 2 names or computes otherwise than Keras 3.
Run: TF_USE_LEGACY_KERAS=1 python scripts/golden/keras_2_files.py
"""

import json
import os
import pathlib

os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
import numpy as np
import tf_keras as keras
from tf_keras import layers

FOLDER = pathlib.Path(__file__).parents[2] / "packages/layers/src/keras/fixtures"
random = np.random.default_rng(7)


def floats(*shape):
    return random.normal(size=shape).astype("float32")


def saved(array):
    data = [float(f"{value:.8g}") for value in np.ravel(array).tolist()]
    return {"shape": list(array.shape), "dtype": str(array.dtype), "data": data}


words, image = keras.Input((5,), dtype="int32", name="words"), keras.Input((6, 6, 2), name="image")
embedded = layers.Embedding(7, 4, mask_zero=True, input_length=5)(words)
read = layers.Bidirectional(layers.LSTM(2, recurrent_activation="hard_sigmoid"))(embedded)
attended = layers.MultiHeadAttention(2, 3)(embedded, embedded)
attended = layers.GlobalAveragePooling1D()(layers.LayerNormalization()(attended))
seen = layers.LeakyReLU(0.2)(layers.SeparableConv2D(3, 3)(image))
seen = layers.GlobalMaxPooling2D()(layers.BatchNormalization()(layers.DepthwiseConv2D(2)(seen)))
block = keras.Sequential([keras.Input((3,)), layers.Dense(4, activation="hard_sigmoid")], name="block")
joined = layers.Concatenate()([read, attended, block(seen)])
model = keras.Model([words, image], [layers.Dense(2, activation="softmax")(joined), block(seen)], name="keras_2")
for weight in model.weights:
    value = random.normal(size=weight.shape) * 0.4
    weight.assign(0.5 + np.abs(value) if "variance" in weight.name else value)
x = [random.integers(1, 7, (3, 5)).astype("int32") * np.array([[1, 1, 1, 0, 0]], "int32"), floats(3, 6, 6, 2)]
model.compile(keras.optimizers.Adam(0.01), ["categorical_crossentropy", "mse"])
outputs = model.predict(x, verbose=0)
for ending in (".h5", ".keras"):
    model.save(FOLDER / f"keras-2{ending}")
record = {
    "generator": "scripts/golden/keras_2_files.py",
    "versions": {"tf_keras": keras.__version__, "numpy": np.__version__},
    "seed": 7,
    "inputs": [saved(array) for array in x],
    "outputs": [saved(array) for array in outputs],
}
(FOLDER / "keras-2.json").write_text(json.dumps(record) + "\n")
print(sum(path.stat().st_size for path in FOLDER.glob("keras-2.*")), "bytes")
