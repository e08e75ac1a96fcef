"""Reads what packages/layers/src/formats writes with h5py, HDF5's own h5ls and h5dump, and Keras.

The writer's tests make the files. Each is compared with what went in, listed and dumped by HDF5's tools where
they are installed, and then changed by h5py (members added and removed), which needs its trees and heaps to be
sound. Keras loads its own models, unpacked and written again, and finds their weights and predictions.
Run with KERAS_BACKEND=jax.
"""

import json
import math
import os
import pathlib
import shutil
import subprocess
import tempfile
import zipfile

import h5py
import keras
import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEST = "packages/layers/src/formats/hdf5-writer.test.ts"
TOOLS = [tool for tool in ("h5ls", "h5dump") if shutil.which(tool)]


def one(value):
    """A value as the JSON beside the file has it."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, numpy.generic):
        value = value.item()
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    if isinstance(value, float) and math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def values(item):
    if isinstance(item, (str, bytes)):
        return one(item)
    item = numpy.asarray(item)
    return one(item[()]) if item.shape == () else [one(value) for value in item.ravel()]


def contents(file):
    datasets, attributes = {}, {}

    def visit(path, item):
        for name, value in item.attrs.items():
            attributes[f"{path}@{name}"] = values(value)
        if isinstance(item, h5py.Dataset):
            data = numpy.asarray(item[()]).ravel()
            big = item.dtype in (numpy.int64, numpy.uint64)
            datasets[path] = {
                "dtype": "Array" if item.dtype.kind == "S" else names[item.dtype.name],
                "shape": list(item.shape),
                "data": [str(value) if big else one(value) for value in data],
            }

    visit("", file)
    file.visititems(visit)
    return {"datasets": datasets, "attributes": attributes}


kinds = ("float32", "float64", "int8", "int16", "int32", "uint8", "uint16", "uint32")
names = {kind: f"{kind.capitalize()}Array" for kind in kinds}
names.update(int64="BigInt64Array", uint64="BigUint64Array")


def change(path):
    """Adds and removes members of each group, so that HDF5 rewrites its tables."""
    with h5py.File(path, "r+") as file:
        groups = [file]
        file.visititems(lambda _, item: groups.append(item) if isinstance(item, h5py.Group) else None)
        for group in groups:
            before = set(group)
            for k in range(40):
                group[f"added_{k}"] = numpy.arange(k)
            for name in list(before)[::2]:
                del group[name]
            group.attrs["added"] = "text"
            assert set(group) == set(list(before)[1::2]) | {f"added_{k}" for k in range(40)}
    with h5py.File(path) as file:
        file.visititems(lambda _, item: item[()] if isinstance(item, h5py.Dataset) else None)


def load_in_keras(folder):
    fixtures = ROOT / "packages" / "layers" / "src" / "formats" / "fixtures"
    archive = pathlib.Path(folder) / "rewritten.keras"
    assert zipfile.ZipFile(archive).testzip() is None
    legacy = pathlib.Path(folder) / "rewritten.h5"
    (pathlib.Path(folder) / "rewritten.legacy").rename(legacy)
    inputs = numpy.arange(12, dtype="float32").reshape(3, 4) / 8
    # Keras itself does not find the loss "mse" of a legacy file again.
    for ours, original, compiled in ((archive, "model.keras", True), (legacy, "legacy.h5", False)):
        paths = (ours, fixtures / original)
        model, expected = (keras.models.load_model(path, compile=compiled) for path in paths)
        state, wanted = (
            [variable.numpy() for variable in each.variables + (each.optimizer.variables if compiled else [])]
            for each in (model, expected)
        )
        assert len(state) == len(wanted) and all(map(numpy.array_equal, state, wanted))
        assert numpy.array_equal(model.predict(inputs, verbose=0), expected.predict(inputs, verbose=0))
        print(f"{original}, written again: {len(state)} variables and the predictions are the same in Keras")


def main():
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "HEKLA_HDF5_FOLDER": folder}
        command = ["npx", "vitest", "run", TEST]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        files = sorted(pathlib.Path(folder).glob("*.h5"))
        assert files
        for path in files:
            expected = json.loads(path.with_suffix(".json").read_text())
            with h5py.File(path) as file:
                found = contents(file)
            assert found == expected, path.name
            for tool in TOOLS:
                arguments = [tool, "-r", path] if tool == "h5ls" else [tool, path]
                result = subprocess.run(arguments, capture_output=True, text=True)
                fine = result.returncode == 0 and result.stdout and not result.stderr
                assert fine, (path.name, result.stderr)
            size = path.stat().st_size
            change(path)
            counts = f"{len(found['datasets'])} data sets, {len(found['attributes'])} attributes"
            print(f"{path.name}: {size} bytes, {counts}")
        load_in_keras(folder)
        tools = ", ".join(TOOLS) or "no HDF5 tools"
        versions = f"h5py {h5py.__version__} (HDF5 {h5py.version.hdf5_version}), {tools}"
        print(f"{len(files)} files read and changed by {versions}; Keras {keras.__version__}")


if __name__ == "__main__":
    main()
