"""Small files by real h5py and Keras that the readers of packages/layers/src/formats are tested on.

Run with KERAS_BACKEND=jax. Files are as the libraries write them; expected.json holds what h5py reads back.
"""

import json
import pathlib
import platform
import zipfile

import h5py
import keras
import ml_dtypes
import numpy

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "packages" / "layers" / "src" / "formats" / "fixtures"
SEED = 3
generator = numpy.random.default_rng(SEED)


def create(name, **options):
    return h5py.File(FOLDER / name, "w", **options)


def numbers(dtype, shape):
    if numpy.issubdtype(dtype, numpy.floating):
        return (generator.integers(-512, 512, shape) / 64).astype(dtype)
    limits = numpy.iinfo(dtype)
    values = generator.integers(limits.min, limits.max, shape, dtype=dtype, endpoint=True)
    values.flat[0], values.flat[-1] = limits.min, limits.max
    return values


def every_type(file):
    for dtype in "float16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64".split():
        file[f"types/{dtype}"] = numbers(numpy.dtype(dtype), (2, 3))
    specials = numpy.array([0.0, -0.0, numpy.inf, -numpy.inf, numpy.nan, 6e-8, -6.1e-5, 65504], numpy.float16)
    file["types/specials"] = specials
    file["types/big_endian"] = numbers(numpy.dtype("float32"), (3,)).astype(">f4")
    file["types/bool"] = numpy.array([True, False, True])
    file["types/fixed"] = numpy.array([b"ab", b"", b"abcd"])
    file["types/variable"] = ["kernel", "", "größe"]
    levels = h5py.enum_dtype({"low": 1, "high": 7}, basetype="i2")
    file.create_dataset("types/level", data=numpy.array([7, 1], "i2"), dtype=levels)
    # As Keras stores bfloat16: opaque elements of two bytes, and an attribute.
    half = file.create_dataset("types/bfloat16", data=numpy.array([1, -2.5, 3.0e38], ml_dtypes.bfloat16))
    half.attrs["dtype"] = "bfloat16"
    file["scalar"] = numpy.float32(2.5)
    file["iteration"] = numpy.int64(12)
    file["empty"] = numpy.zeros((0, 4), "float32")
    file["null"] = h5py.Empty("float32")
    file.create_dataset("unwritten", (2, 2), "int32", fillvalue=7)
    file.create_group("no_members")
    compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    compact.set_layout(h5py.h5d.COMPACT)
    space = h5py.h5s.create_simple((3,))
    dataset = h5py.h5d.create(file.id, b"compact", h5py.h5t.IEEE_F64LE, space, compact)
    dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, numpy.array([1.5, 2.5, -3.5]))


def attributes(target):
    target.attrs["text"] = "a text, größer"
    target.attrs["bytes"] = b"bytes"
    target.attrs["empty_text"] = ""
    target.attrs["count"] = 3
    target.attrs["rate"] = 0.25
    target.attrs["flag"] = True
    target.attrs["names"] = numpy.array([b"dense", b"dense_1"])
    target.attrs["variable_names"] = ["alpha", "größe", ""]
    target.attrs["no_names"] = []
    target.attrs["vector"] = numpy.arange(4, dtype="int32")
    target.attrs["name größe"] = 1


def plain():
    with create("plain.h5") as file:
        every_type(file)
        attributes(file)
        file["scalar"].attrs["unit"] = "m"


def chunked():
    with create("chunked.h5") as file:
        table = numbers(numpy.dtype("float32"), (5, 7))
        file.create_dataset("edges", data=table, chunks=(2, 3))
        file.create_dataset("deflate", data=table, chunks=(2, 3), compression="gzip")
        everything = dict(compression="gzip", compression_opts=9, shuffle=True, fletcher32=True)
        file.create_dataset("all_filters", data=table, chunks=(4, 4), **everything)
        file.create_dataset("checksum", data=table[0], chunks=(3,), fletcher32=True)
        bytes_ = generator.integers(0, 9, 33, dtype="uint8")
        file.create_dataset("odd_checksum", data=bytes_, chunks=(33,), fletcher32=True, shuffle=True)
        cube = numbers(numpy.dtype("int16"), (3, 4, 5))
        file.create_dataset("cube", data=cube, chunks=(2, 2, 2), shuffle=True)
        many = numpy.arange(150, dtype="uint16")
        file.create_dataset("many", data=many, chunks=(2,))
        sparse = file.create_dataset("sparse", (6, 6), "int32", chunks=(2, 2), fillvalue=-1)
        sparse[2:4, 2:4] = numbers(numpy.dtype("int32"), (2, 2))
        file.create_dataset("texts", data=["one", "two", "three"], chunks=(2,), dtype=h5py.string_dtype())
        noise = generator.integers(0, 255, 300, dtype="uint8")
        file.create_dataset("noise", data=noise, chunks=(300,), compression="gzip")
        smooth = (numpy.arange(900) // 9 % 50).astype("uint8")
        file.create_dataset("smooth", data=smooth, chunks=(900,), compression="gzip")
        file.create_dataset("resizable", data=table, maxshape=(None, 7), chunks=(2, 7))


def groups():
    with create("members.h5") as file:
        file["value"] = numpy.uint8(4)
        for k in range(260):  # more than fit below one node
            file[f"many/m{k * 37 % 260}"] = file["value"]
        file["a/b/c/d/e/value"] = numpy.float32(1)


def latest():
    with create("latest.h5", libver="latest") as file:
        file["layers/dense/vars/0"] = numbers(numpy.dtype("float32"), (3, 2))
        file["layers/dense/vars/1"] = numpy.zeros(2, "float32")
        file["layers/größe"] = numpy.array(["a", "bc"], h5py.string_dtype())
        file.attrs["text"] = "latest"
        file.attrs["names"] = numpy.array([b"x", b"yy"])
    with create("v110.h5", libver=("v110", "v110"), track_order=True) as file:
        file["b"] = numbers(numpy.dtype("float32"), (2,))
        file["a"] = numpy.int64(-5)
        file.attrs["count"] = 3
    with create("latest_chunks.h5", libver="latest") as file:
        file.create_dataset("chunks", data=numpy.arange(6), chunks=(3,))
        file["fine"] = numpy.float32(1)
    with create("dense_links.h5", libver="latest") as file:
        for k in range(12):
            file[f"m{k}"] = numpy.uint8(k)
    with create("dense_attributes.h5", libver="latest") as file:
        for k in range(12):
            file.attrs[f"a{k}"] = k


def refused():
    with create("external_link.h5") as file:
        file["link"] = h5py.ExternalLink("other.h5", "/weights")
    with create("soft_link.h5") as file:
        file["link"] = h5py.SoftLink("/weights")
    with create("external_storage.h5") as file:
        file.create_dataset("x", (4,), "float32", external=[("other.bin", 0, 16)])
    with create("virtual.h5", libver="latest") as file:
        layout = h5py.VirtualLayout((4,), "float32")
        layout[:] = h5py.VirtualSource("other.h5", "x", (4,))
        file.create_virtual_dataset("x", layout)
    with create("circle.h5") as file:
        file["a/b/up"] = file["a"] if "a" in file else file.create_group("a")
    with create("other_types.h5") as file:
        file["compound"] = numpy.zeros(2, [("a", "i4"), ("b", "f8")])
        file["opaque"] = numpy.zeros(2, "V3")
        file["complex"] = numpy.zeros(2, "complex64")
        file["reference"] = file["compound"].ref
        file.create_dataset("lzf", data=numpy.zeros(9), compression="lzf")
        file["twice"] = file["compound"]
        file["fine"] = numpy.float32(1)


def long_texts():
    with create("long_text.h5") as file:
        file.attrs["model_config"] = json.dumps({"layers": [f"layer_{k:07}" for k in range(3870)]})
        for part in range(2):  # as Keras splits what does not fit in an object header
            file.attrs[f"layer_names{part}"] = [f"layer_{part}_{k}".encode() for k in range(3)]


def models():
    keras.utils.set_random_seed(SEED)
    inputs = keras.Input((4,), name="x")
    y = keras.layers.Dense(3, activation="relu", name="hidden")(inputs)
    y = keras.layers.BatchNormalization(name="norm")(y)
    y = keras.layers.Dropout(0.2, seed=1, name="drop")(y)
    model = keras.Model(inputs, keras.layers.Dense(2, name="out")(y), name="small")
    model.compile(optimizer=keras.optimizers.Adam(), loss="mse")
    model.fit(numbers(numpy.dtype("float32"), (8, 4)), numbers(numpy.dtype("float32"), (8, 2)), verbose=0)
    model.save(FOLDER / "model.keras")
    model.save(FOLDER / "legacy.h5")


def zips():
    # zipfile takes the time from ZipInfo only; a fixed one makes the fixture repeatable.
    def entry(name, method):
        info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        info.compress_type = method
        return info

    text = "".join(f"line {k} of a text that deflate makes short\n" for k in range(120))
    with zipfile.ZipFile(FOLDER / "deflated.zip", "w") as file:
        file.writestr(entry("text.txt", zipfile.ZIP_DEFLATED), text)
        file.writestr(entry("folder/größe.bin", zipfile.ZIP_DEFLATED), bytes(range(256)) * 3)
        file.writestr(entry("folder/", zipfile.ZIP_STORED), b"")
        file.writestr(entry("stored.bin", zipfile.ZIP_STORED), b"stored")
        file.writestr(entry("empty", zipfile.ZIP_DEFLATED), b"")
        with file.open(entry("zip64.bin", zipfile.ZIP_STORED), "w", force_zip64=True) as stream:
            stream.write(b"sizes of 8 bytes")


def plain_value(values):
    """JSON's form: integers that float64 cannot hold and non-finite numbers as text."""
    def one(value):
        if isinstance(value, bytes):
            return value.decode()
        if isinstance(value, (float, numpy.floating)) and not numpy.isfinite(value):
            return str(value)
        if isinstance(value, (numpy.float16, numpy.float32)):
            return float(str(value))
        if isinstance(value, (int, numpy.integer)) and abs(int(value)) >= 2**53:
            return str(value)
        return value.item() if isinstance(value, numpy.generic) else value

    if isinstance(values, h5py.Empty):
        return {"shape": [0], "data": []}
    if isinstance(values, (str, bytes)):
        return {"shape": [], "data": [one(values)]}
    values = numpy.asarray(values)
    if values.dtype.kind == "V":
        return {"shape": [*values.shape, values.dtype.itemsize], "data": list(values.tobytes())}
    if values.dtype == numpy.float16 or values.dtype.byteorder == ">":
        values = values.astype("float32")
    return {"shape": list(values.shape), "data": [one(value) for value in values.ravel()]}


def contents(name):
    datasets, attributes_ = {}, {}

    def visit(path, item):
        for key, value in item.attrs.items():
            attributes_[f"{path}@{key}"] = plain_value(value)
        if isinstance(item, h5py.Dataset):
            datasets[path] = plain_value(item[()])

    with h5py.File(FOLDER / name) as file:
        visit("", file)
        file.visititems(visit)
    return {"datasets": datasets, "attributes": attributes_}


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    plain()
    chunked()
    groups()
    latest()
    refused()
    long_texts()
    models()
    zips()
    files = "plain chunked members latest v110 legacy".split()
    versions = {"h5py": h5py.__version__, "hdf5": h5py.version.hdf5_version, "keras": keras.__version__}
    versions["python"] = platform.python_version()
    source = {"script": "scripts/golden/hdf5_fixtures.py", "seed": SEED, **versions}
    expected = {name: contents(f"{name}.h5") for name in files}
    lines = ",\n".join(f"{json.dumps(name)}:{json.dumps(expected[name])}" for name in files)
    text = f'{{"source":{json.dumps(source)},\n"files":{{\n{lines}\n}}}}\n'
    (FOLDER / "expected.json").write_text(text)
    for path in sorted(FOLDER.iterdir()):
        print(path.stat().st_size, path.name)
