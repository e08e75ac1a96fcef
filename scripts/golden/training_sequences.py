"""Goldens of training: sequences, with masks, states and attention."""

import numpy

from training_case import Cases, keras

layers, optimizers, metrics = keras.layers, keras.optimizers, keras.metrics
cases = Cases("training-sequences", "training_goldens.py", seed=20261202)


def padded(words, samples, steps):
    """Indices from 1, behind them zeros: sentences of different length, of one word at least."""
    values = cases.whole(words, samples, steps, least=1)
    lengths = cases.whole(steps + 1, samples, least=1)
    return values * (numpy.arange(steps) < lengths[:, None]).astype("int32")


cases.fit(
    "embedding with mask, LSTM, binary crossentropy",
    keras.Sequential([
        layers.Input((6,), dtype="int32"), layers.Embedding(7, 3, mask_zero=True), layers.LSTM(4),
        layers.Dense(1, activation="sigmoid"),
    ]),
    compile=dict(optimizer=optimizers.Adam(0.03), loss="binary_crossentropy",
                 metrics=[metrics.BinaryAccuracy(name="binaryAccuracy")]),
    x=[padded(7, 10, 6)], y=[cases.whole(2, 10, 1).astype("float64")], fit=dict(batch_size=4))

sequence = cases.random(9, 5, 2)
sequence[0, 3:] = sequence[4, 1:] = sequence[7, :2] = 0
cases.fit(
    "masked bidirectional GRU with sample weights",
    keras.Sequential([
        layers.Input((5, 2)), layers.Masking(0.0),
        layers.Bidirectional(layers.GRU(3, return_sequences=True)), layers.GRU(3, reset_after=False),
        layers.Dense(1),
    ]),
    compile=dict(optimizer=optimizers.SGD(0.1, momentum=0.8, nesterov=True), loss="mse", metrics=["mae"],
                 weighted_metrics=["mse"]),
    x=[sequence], y=[cases.random(9, 1)], sample_weight=[cases.random(9, low=0.0, high=2.0)],
    fit=dict(batch_size=4, epochs=3))

cases.steps(
    "stateful LSTM over two epochs",
    keras.Sequential([
        layers.Input((3, 2), batch_size=4), layers.LSTM(3, stateful=True, return_sequences=True),
        layers.SimpleRNN(3, stateful=True), layers.Dense(1),
    ]),
    optimizer=optimizers.Adam(0.03), loss=keras.losses.mean_squared_error,
    x=cases.random(12, 3, 2), y=cases.random(12, 1),
    batches=[(0, 4), (4, 8), (8, 12), (0, 4), (4, 8), (8, 12)], reset_before=(3,))


def translator():
    source = layers.Input((None,), dtype="int32", name="source")
    target = layers.Input((None,), dtype="int32", name="target")
    _, hidden, cell = layers.LSTM(3, return_state=True, name="encoder")(
        layers.Embedding(6, 2, mask_zero=True, name="words")(source))
    tokens = layers.Embedding(5, 2, mask_zero=True, name="tokens")
    # Where there is an initial state, Keras leaves the mask of the sequences out unless it is given.
    decoded = layers.LSTM(3, return_sequences=True, name="decoder")(
        tokens(target), initial_state=[hidden, cell], mask=tokens.compute_mask(target))
    return keras.Model([source, target], layers.Dense(5, activation="softmax", name="next")(decoded))


cases.fit(
    "encoder and decoder with initial state and masked targets",
    translator(),
    compile=dict(optimizer=optimizers.Adam(0.02), loss="sparse_categorical_crossentropy"),
    x=[padded(6, 8, 5), padded(5, 8, 4)], y=[cases.whole(5, 8, 4)], fit=dict(batch_size=4, epochs=4))

tokens = padded(6, 8, 5)
cases.fit(
    "layers over time with masks, metrics by masks",
    keras.Sequential([
        layers.Input((5,), dtype="int32"), layers.Embedding(6, 3, mask_zero=True),
        layers.LSTM(4, return_sequences=True, go_backwards=True),
        layers.TimeDistributed(layers.Dense(3, activation="tanh")), layers.TimeDistributed(layers.Dense(2)),
    ]),
    compile=dict(optimizer=optimizers.Adamax(0.05), loss="mse", weighted_metrics=["mae"]),
    # On jax, Keras's training step loses the masks of metrics, its evaluate does not.
    x=[tokens], y=[cases.random(8, 5, 2)], mask_of_metrics=(tokens > 0).astype("float64"),
    fit=dict(batch_size=4, epochs=3))

cases.fit(
    "stacked cells and repeated vectors",
    keras.Sequential([
        layers.Input((4, 2)), layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)]), layers.RepeatVector(3),
        layers.SimpleRNN(3, return_sequences=True, unroll=True), layers.Permute((2, 1)),
        layers.Dense(2, activation="tanh"), layers.Flatten(), layers.Dense(2),
    ]),
    compile=dict(optimizer=optimizers.RMSprop(0.01), loss="mae", metrics=["mse"]),
    x=[cases.random(8, 4, 2)], y=[cases.random(8, 2, low=2.0, high=3.0)], fit=dict(batch_size=4, epochs=3))


def transformer():
    tokens = layers.Input((5,), dtype="int32", name="ids")
    x = layers.Embedding(7, 4, mask_zero=True, name="embedding")(tokens)
    attended = layers.MultiHeadAttention(2, 3, name="attention")(x, x, use_causal_mask=True)
    x = layers.LayerNormalization(name="first")(layers.Add(name="residual")([x, attended]))
    wide = layers.Dense(4, name="down")(layers.Dense(6, activation="gelu", name="up")(x))
    x = layers.LayerNormalization(name="second")(layers.Add(name="around")([x, wide]))
    return keras.Model(tokens, layers.Dense(3, name="scores")(layers.GlobalAveragePooling1D(name="mean")(x)))


# The gradient by a bias of keys is 0; its rounding must not be blown up to steps.
decaying = optimizers.AdamW(0.02, weight_decay=0.05, epsilon=1e-3)
decaying.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
cases.fit(
    "transformer block by AdamW",
    transformer(),
    compile=dict(optimizer=decaying, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                 metrics=["accuracy"]),
    x=[padded(7, 8, 5)], y=[cases.whole(3, 8)], fit=dict(batch_size=4, epochs=4))

cases.fit(
    "convolutional LSTM over pictures, and convolutions at each step",
    keras.Sequential([
        layers.Input((3, 5, 4, 1)), layers.TimeDistributed(layers.Conv2D(2, 2, activation="tanh")),
        layers.ConvLSTM2D(2, 2, padding="same", return_sequences=True), layers.ConvLSTM2D(1, 2), layers.Flatten(),
        layers.Dense(1),
    ]),
    compile=dict(optimizer=optimizers.Adam(0.02), loss="mse", metrics=["mae"]),
    x=[cases.random(6, 3, 5, 4, 1)], y=[cases.random(6, 1)], fit=dict(batch_size=3, epochs=3))


def aligner():
    query, memory = layers.Input((4,), dtype="int32", name="query"), layers.Input((6,), dtype="int32", name="memory")
    words = layers.Embedding(7, 3, mask_zero=True, name="words")
    both = layers.Bidirectional(layers.LSTM(3, return_sequences=True), merge_mode="sum", name="both")
    q, v = both(words(query)), both(words(memory))
    dot = layers.Attention(use_scale=True, name="dot")([q, v])
    additive = layers.AdditiveAttention(name="additive")([q, v])
    joined = layers.Concatenate(name="joined")([q, dot, additive])
    return keras.Model([query, memory], layers.Dense(1, activation="sigmoid", name="end")(
        layers.GlobalAveragePooling1D(name="mean")(joined)))


cases.fit(
    "attention between sentences, of a shared bidirectional LSTM",
    aligner(),
    compile=dict(optimizer=optimizers.Adam(0.03), loss="binary_crossentropy",
                 metrics=[metrics.BinaryAccuracy(name="binaryAccuracy")]),
    x=[padded(7, 8, 4), padded(7, 8, 6)], y=[cases.whole(2, 8, 1).astype("float64")],
    fit=dict(batch_size=4, epochs=3))
