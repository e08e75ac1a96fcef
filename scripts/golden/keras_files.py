"""
Writes model files with Keras 3 itself, and what they predict, for packages/layers/src/keras/*.test.ts.

Run: KERAS_BACKEND=jax python scripts/golden/keras_files.py
"""

import json
import os
import pathlib
import warnings

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
import numpy as np
from keras import layers, regularizers, constraints, initializers

warnings.filterwarnings("ignore")
FOLDER = pathlib.Path(__file__).parents[2] / "packages/layers/src/keras/fixtures"
random = np.random.default_rng(7)
keras.utils.set_random_seed(7)
records = {}


def floats(*shape):
    return random.normal(size=shape).astype("float32")


def integers(high, *shape):
    return random.integers(0, high, size=shape).astype("int32")


def stir(model):
    """Gives every weight values that no initializer does, so that weights in a wrong place show."""
    for weight in model.weights:
        if weight.dtype == "float32":
            value = random.normal(size=weight.shape) * 0.4
            if "variance" in weight.path:
                value = 0.5 + np.abs(value)
            weight.assign(value.astype("float32"))


def rounded(array):
    return [float(f"{value:.8g}") for value in np.ravel(array).tolist()]


def saved(array):
    return {"shape": list(array.shape), "dtype": str(array.dtype), "data": rounded(array)}


def case(name, model, inputs, others=(), stirred=True):
    inputs = inputs if isinstance(inputs, list) else [inputs]
    if stirred:
        stir(model)
    x = inputs if len(inputs) > 1 else inputs[0]
    outputs = model.predict(x, verbose=0)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    for ending in [".keras", *others]:
        save = model.save_weights if ending == ".weights.h5" else model.save
        save(str(FOLDER / f"{name}{ending}"))
    records[name] = {
        "endings": [".keras", *others],
        "inputs": [saved(a) for a in inputs],
        "outputs": [saved(a) for a in outputs],
    }


def further(name, x, y, model):
    """One more step of training after the model was saved: labels, and all weights then."""
    model.train_on_batch(x if len(x) > 1 else x[0], y if len(y) > 1 else y[0])
    records[name]["further"] = {
        "inputs": [saved(a) for a in x],
        "labels": [saved(a) for a in y],
        "weights": [saved(np.asarray(weight)) for weight in model.get_weights()],
    }


EVERY = (".weights.h5", ".h5")

case(
    "mlp",
    keras.Sequential(
        [keras.Input((4,)), layers.Dense(5, activation="relu"), layers.Dense(3, activation="softmax")]
    ),
    floats(3, 4),
    EVERY,
)

case(
    "cnn",
    keras.Sequential(
        [
            keras.Input((8, 8, 2)),
            layers.Conv2D(3, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Dropout(0.25),
            layers.Conv2D(4, (2, 3), strides=(1, 2), use_bias=False),
            layers.AveragePooling2D(2, strides=1, padding="same"),
            layers.Flatten(),
            layers.Dense(2),
        ]
    ),
    floats(2, 8, 8, 2),
    (".h5",),
)

# Compiled and trained for a step, with an optimizer's state.
trained = keras.Sequential(
    [
        keras.Input((6, 6, 1)),
        # Without a bias, whose gradient before a normalization is rounding noise that Adam makes steps of.
        layers.Conv2D(2, 3, use_bias=False),
        layers.BatchNormalization(),
        layers.Activation("relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(3, activation="softmax"),
    ]
)
trained.compile(
    keras.optimizers.Adam(0.01, beta_1=0.8, clipnorm=1.0),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(k=2, name="top2")],
)
trained.fit(floats(8, 6, 6, 1), integers(3, 8), epochs=1, batch_size=4, verbose=0)
case("trained", trained, floats(2, 6, 6, 1), EVERY, stirred=False)
further("trained", [floats(4, 6, 6, 1)], [integers(3, 4)], trained)

a, b = keras.Input((3,), name="left"), keras.Input((2,), name="right")
hidden = layers.Dense(4, activation="tanh")(layers.Concatenate()([a, b]))
one = layers.Dense(1, activation="sigmoid", name="score")(hidden)
two = layers.Dense(2, name="place")(layers.Add()([hidden, layers.Dense(4)(a)]))
two_inputs = keras.Model([a, b], [one, two], name="two_by_two")
two_inputs.compile(
    keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9), momentum=0.9),
    loss={"score": keras.losses.BinaryCrossentropy(label_smoothing=0.1), "place": "mean_squared_error"},
    loss_weights={"score": 1.0, "place": 0.5},
    metrics={"score": ["binary_accuracy"], "place": ["mean_absolute_error"]},
)
two_inputs.fit(
    [floats(4, 3), floats(4, 2)], {"score": integers(2, 4, 1), "place": floats(4, 2)}, verbose=0
)
case("two-inputs", two_inputs, [floats(3, 3), floats(3, 2)], (".h5",), stirred=False)
further("two-inputs", [floats(4, 3), floats(4, 2)], [integers(2, 4, 1), floats(4, 2)], two_inputs)

a, b = keras.Input((4,)), keras.Input((4,))
shared = layers.Dense(3, activation="elu")
case(
    "shared",
    keras.Model([a, b], layers.Dense(2)(layers.Subtract()([shared(a), shared(layers.Dense(4)(b))]))),
    [floats(2, 4), floats(2, 4)],
    (".h5",),
)

block = keras.Sequential([keras.Input((3,)), layers.Dense(3, activation="relu"), layers.Dense(3)], name="block")
x = keras.Input((3,))
y = block(layers.Dense(3)(x))
case(
    "nested-sequential",
    keras.Model(x, [layers.Dense(2)(layers.Average()([block(y), x])), block(x)]),
    floats(2, 3),
    EVERY,
)

x = keras.Input((4,))
inner = keras.Model(x, [layers.Dense(3)(x), layers.Dense(2)(x)], name="inner")
x = keras.Input((4,))
first, second = inner(x)
outer = layers.Concatenate()([first, layers.Dense(2)(second)])
case("nested-functional", keras.Model(x, [layers.Dense(2)(outer), *inner(layers.Dense(4)(x))]), floats(2, 4), EVERY)

case(
    "bidirectional",
    keras.Sequential(
        [
            keras.Input((6,), dtype="int32"),
            layers.Embedding(9, 4, mask_zero=True),
            layers.Bidirectional(layers.LSTM(3, return_sequences=True)),
            layers.Bidirectional(layers.GRU(2), merge_mode="sum"),
            layers.Dense(2),
        ]
    ),
    integers(9, 3, 6) * np.array([[1, 1, 1, 1, 0, 0]], dtype="int32"),
    EVERY,
)

x = keras.Input((5,), dtype="int32")
y = layers.LSTM(3)(layers.Embedding(7, 3, mask_zero=True)(x))
case(
    "masked-functional",
    keras.Model(x, layers.Dense(2)(y)),
    integers(7, 3, 5) * np.array([[1, 1, 1, 0, 0]], dtype="int32"),
    (".h5",),
)

case(
    "gru-stateful",
    keras.Sequential(
        [
            keras.Input(batch_shape=(2, 4, 3)),
            layers.GRU(3, stateful=True, return_sequences=True, reset_after=True, dropout=0.1),
            layers.GRU(2, reset_after=False, recurrent_activation="hard_sigmoid"),
        ]
    ),
    floats(2, 4, 3),
)

case(
    "stacked-cells",
    keras.Sequential(
        [
            keras.Input((4, 3)),
            layers.RNN([layers.LSTMCell(3), layers.GRUCell(2), layers.SimpleRNNCell(2)], return_sequences=True),
            layers.SimpleRNN(3, activation="relu", go_backwards=True),
        ]
    ),
    floats(2, 4, 3),
)

x = keras.Input((5, 4))
attended = layers.MultiHeadAttention(2, 3, value_dim=2, dropout=0.1)(x, x, use_causal_mask=True)
y = layers.LayerNormalization()(layers.Add()([x, attended]))
other = layers.MultiHeadAttention(1, 2)(y, x, key=y)
soft = layers.Attention(use_scale=True)([y, x])
more = layers.AdditiveAttention()([y, x, other])
case(
    "attention",
    keras.Model(x, layers.GlobalAveragePooling1D()(layers.Concatenate()([other, soft, more]))),
    floats(2, 5, 4),
    (".h5",),
)

case(
    "separable",
    keras.Sequential(
        [
            keras.Input((7, 7, 2)),
            layers.SeparableConv2D(3, 3, depth_multiplier=2, padding="same"),
            layers.DepthwiseConv2D(3, depth_multiplier=2),
            layers.GlobalMaxPooling2D(),
        ]
    ),
    floats(2, 7, 7, 2),
)

case(
    "autoencoder",
    keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.ZeroPadding2D(((1, 0), (0, 1))),
            layers.Conv2D(2, 3, strides=2),
            layers.UpSampling2D(2, interpolation="bilinear"),
            layers.Conv2DTranspose(1, 3, strides=1, output_padding=None, activation="sigmoid"),
            layers.Cropping2D(1),
        ]
    ),
    floats(2, 8, 8, 1),
    (".h5",),
)

case(
    "causal",
    keras.Sequential(
        [
            keras.Input((None, 2)),
            layers.Conv1D(3, 2, padding="causal", dilation_rate=2, activation="gelu"),
            layers.GroupNormalization(3),
            layers.Conv1DTranspose(2, 3, strides=2),
            layers.GlobalMaxPooling1D(),
        ]
    ),
    floats(2, 6, 2),
    (".h5",),
)

case(
    "conv-lstm",
    keras.Sequential([keras.Input((3, 5, 5, 1)), layers.ConvLSTM2D(2, 3, return_sequences=True), layers.ConvLSTM2D(1, 2)]),
    floats(1, 3, 5, 5, 1),
)

case(
    "time-distributed",
    keras.Sequential(
        [
            keras.Input((3, 4)),
            layers.TimeDistributed(layers.Dense(3, activation="relu")),
            layers.TimeDistributed(
                keras.Sequential([keras.Input((3,)), layers.Dense(2), layers.BatchNormalization()])
            ),
            layers.Reshape((2, -1)),
            layers.Permute((2, 1)),
            layers.Flatten(),
            layers.RepeatVector(2),
        ]
    ),
    floats(2, 3, 4),
    EVERY,
)

kinds = [
    initializers.RandomUniform(-0.3, 0.2, seed=3), initializers.RandomNormal(0.1, 0.2),
    initializers.TruncatedNormal(stddev=0.3), initializers.VarianceScaling(2.0, "fan_avg", "uniform"),
    initializers.Constant(0.5), "ones", "zeros", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform",
    "lecun_normal", initializers.Orthogonal(gain=1.5), initializers.Identity(0.5), "glorot_uniform",
]
penalties = [
    None, "l1", regularizers.L2(0.02), regularizers.L1L2(0.01, 0.02), regularizers.OrthogonalRegularizer(0.03),
]
limits = [
    None, "non_neg", constraints.MaxNorm(2, axis=0), constraints.UnitNorm(axis=1),
    constraints.MinMaxNorm(0.1, 2.0, rate=0.9),
]
case(
    "rules",
    keras.Sequential(
        [keras.Input((3,))]
        + [
            layers.Dense(
                3,
                kernel_initializer=kind,
                kernel_regularizer=penalties[k % 5],
                kernel_constraint=limits[k % 5],
                activity_regularizer="l2" if k == 1 else None,
                name=f"dense_{k}",
            )
            for k, kind in enumerate(kinds)
        ]
    ),
    floats(2, 3),
)

case(
    "activations",
    keras.Sequential(
        [
            keras.Input((4, 3)),
            layers.Dense(3, activation="leaky_relu"),
            layers.PReLU(shared_axes=[1]),
            layers.ELU(0.7),
            layers.LeakyReLU(0.2),
            layers.ReLU(max_value=1.5, threshold=0.1),
            layers.Activation("log_softmax"),
            layers.Softmax(axis=1),
            layers.UnitNormalization(),
            layers.RMSNormalization(),
            layers.GaussianNoise(0.1),
            layers.SpatialDropout1D(0.2),
            layers.AlphaDropout(0.1),
            layers.GaussianDropout(0.3),
            layers.ActivityRegularization(l1=0.1),
        ]
    ),
    floats(2, 4, 3),
    (".h5",),
)

normalization = layers.Normalization()
normalization.adapt(floats(20, 3) * 3 + 1)
case(
    "normalization",
    keras.Sequential(
        [
            keras.Input((3,)),
            normalization,
            layers.Rescaling(0.5, offset=1.0),
            layers.SpectralNormalization(layers.Dense(4)),
            layers.Masking(0.0),
        ]
    ),
    floats(2, 3),
    stirred=False,
)

source, target = keras.Input((None, 3), name="source"), keras.Input((None, 2), name="target")
_, h, c = layers.LSTM(4, return_state=True, name="encoder")(source)
decoded = layers.LSTM(4, return_sequences=True, name="decoder")(target, initial_state=[h, c])
case(
    "encoder-decoder",
    keras.Model([source, target], layers.TimeDistributed(layers.Dense(2, activation="softmax"))(decoded)),
    [floats(2, 4, 3), floats(2, 5, 2)],
    EVERY,
)

case(
    "deferred",
    keras.Sequential([layers.Dense(3, activation="relu"), layers.Dense(2)]),
    floats(2, 4),
    stirred=False,
)

record = {
    "generator": "scripts/golden/keras_files.py",
    "versions": {"keras": keras.version(), "numpy": np.__version__},
    "seed": 7,
    "files": records,
}
(FOLDER / "predictions.json").write_text(json.dumps(record) + "\n")
total = sum(path.stat().st_size for path in FOLDER.iterdir())
print(f"{len(records)} models, {sum(len(r['endings']) for r in records.values())} files, {total} bytes in all")
