"""Goldens of training: functional models with several inputs and outputs, shared layers and models in models."""

from training_case import Cases, keras

layers, optimizers, metrics = keras.layers, keras.optimizers, keras.metrics
cases = Cases("training-graphs", "training_goldens.py", seed=20261203)


def two_by_two():
    left, right = layers.Input((3,), name="left"), layers.Input((4, 2), name="right")
    a = layers.Dense(4, activation="tanh", name="first")(left)
    b = layers.GRU(4, name="reader")(right)
    both = layers.Concatenate(name="both")([layers.Multiply(name="product")([a, b]), a])
    score = layers.Dense(1, name="score")(both)
    kind = layers.Dense(3, activation="softmax", name="kind")(both)
    return keras.Model([left, right], [score, kind])


cases.fit(
    "two inputs and two outputs with weights and metrics of each",
    two_by_two(),
    compile=dict(optimizer=optimizers.Adam(0.03), loss={"score": "mse", "kind": "categorical_crossentropy"},
                 loss_weights={"score": 0.5, "kind": 2.0}, metrics={"score": ["mae"], "kind": ["accuracy"]},
                 weighted_metrics={"score": ["mae", "mse"], "kind": ["accuracy"]}),
    x=[cases.random(10, 3), cases.random(10, 4, 2)], y=[cases.random(10, 1), cases.one_hot(3, 10)],
    sample_weight=[cases.random(10, low=0.0, high=2.0), cases.random(10, low=0.0, high=3.0)],
    fit=dict(batch_size=4, epochs=3))


def one_loss():
    x = layers.Input((3,), name="x")
    hidden = layers.Dense(4, activation="selu", name="hidden")(x)
    return keras.Model(x, [layers.Dense(2, name="one")(hidden), layers.Dense(2, name="two")(x)])


cases.fit(
    "one loss for two outputs, sample weights for both",
    one_loss(),
    compile=dict(optimizer=optimizers.SGD(0.1), loss="mse", metrics=[["mae"], None]),
    x=[cases.random(6, 3)], y=[cases.random(6, 2), cases.random(6, 2)],
    sample_weight=[cases.random(6, low=0.0, high=2.0)], fit=dict(batch_size=4, epochs=3))


def half_trained():
    x = layers.Input((3,), name="x")
    return keras.Model(x, [layers.Dense(2, name="used")(x), layers.Dense(2, name="unused")(x)])


cases.fit(
    "a loss for one of two outputs",
    half_trained(),
    compile=dict(optimizer=optimizers.Adam(0.05), loss=["mse", None], metrics=[["mae"], ["mae"]]),
    x=[cases.random(6, 3)], y=[cases.random(6, 2), cases.random(6, 2)], fit=dict(batch_size=4, epochs=3))


def twins():
    inner = keras.Sequential([layers.Input((3,)), layers.Dense(4, activation="relu"), layers.BatchNormalization(),
                              layers.Dense(2)], name="twin")
    a, b = layers.Input((3,), name="a"), layers.Input((3,), name="b")
    x = layers.Input((2,), name="x")
    deep = keras.Model(x, layers.Dense(2, activation="tanh", name="dense")(x), name="deep")
    left, right = inner(a), inner(b)
    distance = layers.Subtract(name="difference")([deep(left), right])
    return keras.Model([a, b], layers.Dense(1, activation="sigmoid", name="same")(distance))


cases.fit(
    "twins: a shared model with batch normalization, and a model in a model",
    twins(),
    # The gradient by a bias before a normalization can be 0; its rounding must not be blown up to steps.
    compile=dict(optimizer=optimizers.Adam(0.02, epsilon=1e-3), loss="binary_crossentropy",
                 metrics=[metrics.AUC(num_thresholds=20, name="auc")]),
    x=[cases.random(10, 3), cases.random(10, 3)], y=[cases.whole(2, 10, 1).astype("float64")],
    fit=dict(batch_size=4, epochs=3))


def skips():
    x = layers.Input((4, 4, 2), name="picture")
    # No activity regularizer: on jax, Keras counts that of a layer's last use only (on other backends all of them).
    shared = layers.Conv2D(2, 3, padding="same", activation="tanh", kernel_regularizer=keras.regularizers.L2(0.02),
                           name="shared")
    once = shared(x)
    twice = shared(layers.Average(name="average")([once, x]))
    vectors = layers.Reshape((16, 2), name="rows")(layers.Maximum(name="larger")([once, twice]))
    scores = layers.Dot(axes=(1, 1), normalize=True, name="gram")([vectors, vectors])
    return keras.Model(x, layers.Dense(2, activity_regularizer="l1", name="end")(layers.Flatten(name="flat")(scores)))


cases.fit(
    "a shared layer with penalties, merging layers",
    skips(),
    compile=dict(optimizer=optimizers.Lion(0.003), loss="mse", metrics=["mae"]),
    x=[cases.random(6, 4, 4, 2)], y=[cases.random(6, 2)], fit=dict(batch_size=3, epochs=3))
