"""Goldens of training with SpectralNormalization, which assigns a weight that is trained.

Keras on jax forgets that assignment after each batch of `fit`, so that its predictions are made with a kernel that was
not divided; on TensorFlow, as on PyTorch, it stays, which is what the layer's source says.
Run: python scripts/golden/training_spectral.py (needs tensorflow-cpu)
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"

from training_case import Cases, keras  # noqa: E402

layers, optimizers = keras.layers, keras.optimizers
cases = Cases("training-spectral", "training_spectral.py", seed=20261202)
norm = layers.SpectralNormalization

cases.fit(
    "spectral normalization of Dense with penalty and constraint by SGD with momentum",
    keras.Sequential([
        layers.Input((4,)),
        norm(layers.Dense(5, activation="tanh", kernel_regularizer=keras.regularizers.L2(0.02))),
        norm(layers.Dense(3, activation="softmax", kernel_constraint=keras.constraints.MaxNorm(0.7)),
             power_iterations=2),
    ]),
    compile=dict(optimizer=optimizers.SGD(0.2, momentum=0.9), loss="categorical_crossentropy",
                 metrics=["accuracy"]),
    x=[cases.random(20, 4)], y=[cases.one_hot(3, 20)])

# Not by Adam: on TensorFlow Keras rounds its constants to float32, whatever the type, and 1 - 0.999 then is 1e-5 off.
cases.fit(
    "spectral normalization of Conv2D by SGD with Nesterov's momentum",
    keras.Sequential([
        layers.Input((5, 5, 2)),
        norm(layers.Conv2D(3, 3, activation="elu")), layers.Flatten(), norm(layers.Dense(1), power_iterations=3),
    ]),
    compile=dict(optimizer=optimizers.SGD(0.02, momentum=0.5, nesterov=True), loss="mse", metrics=["mae"]),
    x=[cases.random(8, 5, 5, 2)], y=[cases.random(8, 1)], fit=dict(batch_size=4))

frozen = norm(layers.Dense(3, activation="tanh"))
frozen.trainable = False
cases.fit(
    "spectral normalization of a frozen Dense",
    keras.Sequential([layers.Input((4,)), frozen, layers.Dense(1)]),
    compile=dict(optimizer=optimizers.SGD(0.1), loss="mse", metrics=["mae"]),
    x=[cases.random(8, 4)], y=[cases.random(8, 1)], fit=dict(batch_size=4))
cases.write()
