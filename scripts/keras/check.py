"""Loads in Keras 3 what this project saves, and compares predictions, weights and a further training step.

The tests of packages/layers/src/keras write the files. Run with KERAS_BACKEND=jax; prints the table that
docs/keras-compatibility.md holds.
"""

import json
import os
import pathlib
import subprocess
import tempfile
import warnings

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
import numpy

warnings.filterwarnings("ignore")
ROOT = pathlib.Path(__file__).resolve().parents[2]
TEST = "packages/layers/src/keras/write-files.test.ts"
BOUND = 1e-5


def array(saved):
    return numpy.array(saved["data"], dtype="float32").reshape(saved["shape"])


def worst(found, expected):
    found = found if isinstance(found, (list, tuple)) else [found]
    assert len(found) == len(expected), (len(found), len(expected))
    for got, saved in zip(found, expected):
        assert list(got.shape) == saved["shape"], (got.shape, saved["shape"])
    return max(float(numpy.abs(got - array(saved)).max()) for got, saved in zip(found, expected))


def check(path):
    record = json.loads(path.with_suffix(".json").read_text())
    model = keras.saving.load_model(path)
    inputs = [array(saved) for saved in record["inputs"]]
    x = inputs if len(inputs) > 1 else inputs[0]
    difference = worst(model.predict(x, verbose=0), record["outputs"])
    # The weights alone, into a model of other weights.
    other = keras.models.clone_model(model)
    other.load_weights(path.with_suffix(".weights.h5"))
    difference = max(difference, worst(other.predict(x, verbose=0), record["outputs"]))
    further = ""
    if "labels" in record:
        labels = [array(saved) for saved in record["labels"]]
        y = labels if len(labels) > 1 else labels[0]
        assert int(model.optimizer.variables[0]) == record["iterations"], "the optimizer state was not loaded"
        model.train_on_batch(x, y)
        step = worst([keras.ops.convert_to_numpy(weight) for weight in model.weights], record["weights"])
        further = f"{step:.1e}"
        difference = max(difference, step)
    assert difference < BOUND, (path.name, difference)
    return difference, further


def main():
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        command = ["npx", "vitest", "run", TEST]
        environment = {**os.environ, "HEKLA_KERAS_FILES": folder}
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        paths = sorted(pathlib.Path(folder).glob("*.keras"))
        assert paths
        print("| file | predictions in Keras | weights after one more step |\n| --- | --- | --- |")
        for path in paths:
            try:
                difference, further = check(path)
                print(f"| {path.stem} | {difference:.1e} | {further} |")
            except Exception as error:
                failed.append(path.stem)
                print(f"| {path.stem} | FAILED: {type(error).__name__} {str(error)[:600]} | |")
    print(f"\n{len(paths) - len(failed)} of {len(paths)} files; Keras {keras.__version__}, {keras.backend.backend()}")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
