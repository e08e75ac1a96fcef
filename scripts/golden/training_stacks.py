"""Goldens of training: stacks of layers on vectors and images."""

from training_case import Cases, keras

layers, optimizers, metrics = keras.layers, keras.optimizers, keras.metrics
cases = Cases("training-stacks", "training_goldens.py", seed=20261201)

cases.fit(
    "MLP with penalties and constraints by SGD with momentum",
    keras.Sequential([
        layers.Input((4,)),
        layers.Dense(5, activation="tanh", kernel_regularizer=keras.regularizers.L2(0.02),
                     kernel_constraint=keras.constraints.MaxNorm(0.9),
                     activity_regularizer=keras.regularizers.L2(0.05)),
        layers.Dense(3, activation="softmax", bias_regularizer=keras.regularizers.L1(0.03),
                     kernel_constraint=keras.constraints.UnitNorm(axis=1)),
    ]),
    compile=dict(optimizer=optimizers.SGD(0.2, momentum=0.9), loss="categorical_crossentropy",
                 metrics=["accuracy"]),
    x=[cases.random(20, 4)], y=[cases.one_hot(3, 20)])

cases.fit(
    "CNN with batch normalization by Adam",
    keras.Sequential([
        layers.Input((6, 6, 2)),
        layers.Conv2D(3, 3, padding="same", use_bias=False), layers.BatchNormalization(momentum=0.8),
        layers.ReLU(), layers.MaxPooling2D(2), layers.Conv2D(4, 2, activation="elu"),
        layers.GlobalAveragePooling2D(), layers.Dense(2, activation="softmax"),
    ]),
    compile=dict(optimizer=optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"]),
    x=[cases.random(10, 6, 6, 2)], y=[cases.whole(2, 10)], fit=dict(batch_size=5, epochs=4))

cases.fit(
    "CNN with channels first by Nadam",
    keras.Sequential([
        layers.Input((2, 6, 5)),
        layers.Conv2D(3, (3, 2), strides=2, padding="same", activation="tanh", data_format="channels_first"),
        layers.BatchNormalization(axis=1, center=False),
        layers.AveragePooling2D(2, padding="same", data_format="channels_first"),
        layers.Flatten(data_format="channels_first"), layers.Dense(1),
    ]),
    compile=dict(optimizer=optimizers.Nadam(0.02), loss="huber", metrics=["mae"]),
    x=[cases.random(8, 2, 6, 5)], y=[cases.random(8, 1)], fit=dict(batch_size=4, epochs=4))

cases.fit(
    "depthwise and separable convolutions with layer normalization by RMSprop",
    keras.Sequential([
        layers.Input((5, 5, 2)),
        layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same", activation="silu"),
        layers.LayerNormalization(), layers.SeparableConv2D(3, 2, activation="gelu"),
        layers.GlobalMaxPooling2D(), layers.Dense(1, activation="softplus"),
    ]),
    compile=dict(optimizer=optimizers.RMSprop(0.01, momentum=0.5, centered=True), loss="mse", metrics=["mae"]),
    x=[cases.random(8, 5, 5, 2)], y=[cases.random(8, 1, low=0.0, high=2.0)], fit=dict(batch_size=4, epochs=4))

image = cases.random(6, 6, 6, 1)
cases.fit(
    "autoencoder with transposed convolutions by Adamax",
    keras.Sequential([
        layers.Input((6, 6, 1)),
        layers.Conv2D(3, 3, strides=2, padding="same", activation="tanh"),
        layers.Conv2D(2, 3, activation="tanh"),
        layers.Conv2DTranspose(3, 3, activation="tanh"),
        layers.Conv2DTranspose(2, 3, strides=2, padding="same", activation="tanh"),
        layers.UpSampling2D(1), layers.Conv2D(1, 1),
    ]),
    compile=dict(optimizer=optimizers.Adamax(0.02), loss="mean_squared_error", metrics=["mae"]),
    x=[image], y=[image], fit=dict(batch_size=3, epochs=4))

cases.fit(
    "causal convolutions with group normalization and PReLU by AMSGrad",
    keras.Sequential([
        layers.Input((7, 2)),
        layers.Conv1D(4, 2, padding="causal", dilation_rate=2), layers.GroupNormalization(2),
        layers.PReLU(shared_axes=[1]), layers.ZeroPadding1D(1), layers.AveragePooling1D(3),
        layers.Reshape((12,)), layers.Dense(2),
    ]),
    compile=dict(optimizer=optimizers.Adam(0.02, amsgrad=True), loss="log_cosh",
                 metrics=[metrics.MeanSquaredError(name="mse")]),
    x=[cases.random(8, 7, 2)], y=[cases.random(8, 2)], fit=dict(batch_size=4, epochs=4))


def frozen():
    base = keras.Sequential([layers.Input((4,)), layers.Dense(3, activation="tanh"), layers.BatchNormalization()],
                            name="base")
    base.trainable = False
    fixed = layers.Dense(4, activation="sigmoid", kernel_regularizer=keras.regularizers.L2(0.5))
    fixed.trainable = False
    return keras.Sequential([layers.Input((4,)), base, layers.BatchNormalization(momentum=0.5), fixed,
                             layers.Dense(2, activation="softmax")])


cases.fit(
    "frozen layers, a frozen model and batch normalization in it",
    frozen(),
    compile=dict(optimizer=optimizers.Adagrad(0.1), loss="categorical_crossentropy", metrics=["accuracy"]),
    x=[cases.random(12, 4)], y=[cases.one_hot(2, 12)], fit=dict(batch_size=4, epochs=3))

# SpectralNormalization is in training_spectral.py: what its training leaves differs between Keras's backends.
cases.fit(
    "convolutions over volumes, normalizations, a constraint",
    keras.Sequential([
        layers.Input((3, 4, 3, 2)), layers.Conv3D(3, 2, activation="tanh"), layers.RMSNormalization(),
        layers.MaxPooling3D((2, 1, 2)), layers.Flatten(),
        layers.Dense(4, activation="elu"), layers.UnitNormalization(),
        layers.Dense(2, kernel_constraint=keras.constraints.NonNeg()),
    ]),
    compile=dict(optimizer=optimizers.SGD(0.1, momentum=0.5), loss="mse", metrics=["mae"]),
    x=[cases.random(8, 3, 4, 3, 2)], y=[cases.random(8, 2)], fit=dict(batch_size=4))
