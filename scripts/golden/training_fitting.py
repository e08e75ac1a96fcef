"""Goldens of training: what compile and fit can be told, on small networks."""

import numpy

from training_case import Cases, keras

layers, optimizers, metrics, losses = keras.layers, keras.optimizers, keras.metrics, keras.losses
cases = Cases("training-fitting", "training_goldens.py", seed=20261204)


def network(outputs, activation=None):
    return keras.Sequential([layers.Input((4,)), layers.Dense(5, activation="tanh"),
                             layers.Dense(outputs, activation=activation)])


points, target = cases.random(20, 4), cases.random(20, 1)
classes = cases.whole(3, 20)
yes = cases.whole(2, 20, 1).astype("float64")

cases.fit(
    "exponential decay and clipNorm",
    network(1),
    compile=dict(optimizer=optimizers.SGD(optimizers.schedules.ExponentialDecay(0.3, 4, 0.7), momentum=0.9,
                                          clipnorm=0.1), loss="mse"),
    x=[points], y=[target])

cases.fit(
    "cosine decay with warm-up and globalClipNorm",
    network(1),
    compile=dict(optimizer=optimizers.AdamW(
        optimizers.schedules.CosineDecay(0.001, 6, alpha=0.1, warmup_target=0.05, warmup_steps=3),
        global_clipnorm=0.2), loss="mse"),
    x=[points], y=[target])

cases.fit(
    "moving averages of weights",
    network(1),
    compile=dict(optimizer=optimizers.Adam(0.05, use_ema=True, ema_momentum=0.8), loss="mse"),
    x=[points], y=[target], fit=dict(validation_split=0.25))

cases.fit(
    "moving averages that overwrite the weights",
    network(1),
    compile=dict(optimizer=optimizers.SGD(0.2, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=4),
                 loss="mse"),
    x=[points], y=[target])

cases.fit(
    "accumulated gradients",
    network(1),
    compile=dict(optimizer=optimizers.Adam(0.05, gradient_accumulation_steps=2), loss="mse"),
    x=[points], y=[target])

cases.fit(
    "label smoothing",
    network(3, "softmax"),
    compile=dict(optimizer=optimizers.Adam(0.05), loss=losses.CategoricalCrossentropy(label_smoothing=0.2)),
    x=[points], y=[numpy.eye(3)[classes]])

cases.fit(
    "binary labels from logits, smoothed",
    network(1),
    compile=dict(optimizer=optimizers.Ftrl(0.2), metrics=[metrics.BinaryAccuracy(threshold=0.0, name="atZero")],
                 loss=losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1)),
    x=[points], y=[yes])

cases.fit(
    "sparse labels with class weights",
    network(3, "softmax"),
    compile=dict(optimizer=optimizers.Adadelta(0.5), loss="sparse_categorical_crossentropy", metrics=["accuracy"],
                 weighted_metrics=[metrics.SparseCategoricalAccuracy(name="sparseCategoricalAccuracy")]),
    x=[points], y=[classes], fit=dict(class_weight={0: 0.5, 2: 3.0}))

cases.fit(
    "focal loss",
    network(1, "sigmoid"),
    compile=dict(optimizer=optimizers.Adam(0.05),
                 loss=losses.BinaryFocalCrossentropy(apply_class_balancing=True, alpha=0.3, gamma=1.5)),
    x=[points], y=[yes])

cases.fit(
    "metrics over batches of uneven size",
    network(3, "softmax"),
    compile=dict(optimizer=optimizers.Adam(0.05), loss="categorical_crossentropy", metrics=[
        metrics.Precision(name="precision"), metrics.Recall(thresholds=0.3, name="recall"),
        metrics.AUC(name="auc"), metrics.AUC(curve="PR", num_thresholds=50, name="prAuc"),
        metrics.TopKCategoricalAccuracy(2, name="topKAccuracy"), metrics.F1Score(average="macro", name="f1Score"),
        metrics.MeanSquaredError(name="mse"), metrics.RootMeanSquaredError(name="rootMeanSquaredError"),
        metrics.OneHotMeanIoU(3, name="oneHotMeanIoU"), "accuracy"]),
    x=[points], y=[numpy.eye(3)[classes]], fit=dict(batch_size=7))

cases.fit(
    "validation data, every second epoch, from the third epoch on",
    network(1),
    compile=dict(optimizer=optimizers.Adafactor(0.05), loss="mse", metrics=["mae"]),
    x=[points], y=[target], validation=([cases.random(7, 4)], [cases.random(7, 1)]),
    fit=dict(epochs=6, initial_epoch=2, validation_freq=2, validation_batch_size=4))

cases.fit(
    "early stopping restores the best weights",
    network(1),
    compile=dict(optimizer=optimizers.SGD(0.4, momentum=0.9), loss="mse"),
    x=[points], y=[target], validation=([cases.random(8, 4)], [cases.random(8, 1)]),
    fit=dict(epochs=12, callbacks=[keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)]))

cases.fit(
    "the learning rate goes down on a plateau",
    network(1),
    compile=dict(optimizer=optimizers.SGD(0.4, momentum=0.5), loss="mse"),
    x=[points], y=[target], validation=([cases.random(8, 4)], [cases.random(8, 1)]),
    fit=dict(epochs=8, callbacks=[
        keras.callbacks.ReduceLROnPlateau(factor=0.3, patience=1, min_delta=0.3, cooldown=1)]))
