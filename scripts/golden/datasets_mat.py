"""Small MAT-files of SciPy's own writer, in base64: packages/datasets/goldens/mat.json."""

import base64
import io
import json
import pathlib
import struct

import h5py
import numpy
import scipy
import scipy.io

OUT = pathlib.Path(__file__).resolve().parents[2] / "packages" / "datasets" / "goldens" / "mat.json"
SEED = 7


def mat(variables, **options):
    file = io.BytesIO()
    scipy.io.savemat(file, variables, **options)
    return base64.b64encode(file.getvalue()).decode()


def text(array):
    """Values as texts that JSON keeps exactly, row-major."""
    flat = numpy.ascontiguousarray(array).ravel()
    if flat.dtype.kind == "f":
        return [repr(float(value)) for value in flat]
    return [str(int(value)) for value in flat]


NAMES = {"float64": "double", "float32": "single", "bool": "logical"}


def case(name, array, **options):
    name_of_class = NAMES.get(array.dtype.name, array.dtype.name)
    shape = list(numpy.atleast_2d(array).shape)
    return {"name": name, "class": name_of_class, "shape": shape, "values": text(array), "file": mat({"x": array}, **options)}


def element(order, number, content):
    return struct.pack(f"{order}II", number, len(content)) + content + b"\0" * (-len(content) % 8)


def by_hand(order, class_number, stored_number, stored, shape, flags=0):
    """A file as MATLAB writes it: stored types smaller than the class, either byte order, not compressed."""
    body = element(order, 6, struct.pack(f"{order}II", flags << 8 | class_number, 0))
    body += element(order, 5, struct.pack(f"{order}{len(shape)}i", *shape))
    body += struct.pack(f"{order}I", 1 << 16 | 1) + b"x\0\0\0"
    body += element(order, stored_number, stored)
    head = b"MATLAB 5.0 MAT-file, made by hand".ljust(116) + b"\0" * 8
    head += struct.pack(f"{order}H", 0x0100) + (b"IM" if order == "<" else b"MI")
    return head + element(order, 14, body)


def hand_case(name, order, class_number, stored_number, array, stored_type, flags=0):
    stored = numpy.asfortranarray(array).astype(f"{order}{stored_type}").tobytes(order="F")
    file = by_hand(order, class_number, stored_number, stored, array.shape, flags)
    read = scipy.io.loadmat(io.BytesIO(file))["x"]
    assert numpy.array_equal(read, array), (name, read, array)
    dtype = "logical" if flags & 2 else NAMES.get(array.dtype.name, array.dtype.name)
    encoded = base64.b64encode(file).decode()
    return {"name": name, "class": dtype, "shape": list(array.shape), "values": text(read), "file": encoded}


generator = numpy.random.default_rng(SEED)
cases = []
for dtype in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]:
    limits = numpy.iinfo(dtype)
    array = numpy.array([[limits.min, limits.max, 1], [0, 100, limits.max // 3]], dtype=dtype)
    cases.append(case(array.dtype.name, array))
    cases.append(case(f"{array.dtype.name}, compressed", array, do_compression=True))
for dtype in ["f4", "f8"]:
    limits = numpy.finfo(dtype)
    special = [0.0, -0.0, float("inf"), float("-inf"), float("nan"), limits.max, limits.tiny, limits.smallest_subnormal]
    array = numpy.concatenate([numpy.array(special, dtype=dtype), generator.normal(size=4).astype(dtype)]).reshape(3, 4)
    cases.append(case(array.dtype.name, array))
    cases.append(case(f"{array.dtype.name}, compressed", array, do_compression=True))
cases.append(case("logical", numpy.array([[True, False, True], [False, False, True]])))
cases.append(case("a number", numpy.array(2.5)))
cases.append(case("a small element", numpy.array([[1, 2, 3]], dtype="u1")))
cases.append(case("no elements", numpy.zeros((0, 3))))
cases.append(case("three axes", numpy.arange(24, dtype="i4").reshape(2, 3, 4), do_compression=True))
cases.append(case("four axes", numpy.arange(48, dtype="f4").reshape(2, 3, 4, 2)))
whole = numpy.array([[1.0, 200.0, 3.0], [0.0, 255.0, 7.0]])
for order in "<>":
    side = "little" if order == "<" else "big"
    cases.append(hand_case(f"double stored as uint8, {side}-endian", order, 6, 2, whole, "u1"))
    cases.append(hand_case(f"double stored as int16, {side}-endian", order, 6, 3, -whole, "i2"))
    cases.append(hand_case(f"double, {side}-endian", order, 6, 9, whole / 7, "f8"))
    cases.append(hand_case(f"int64 stored as int8, {side}-endian", order, 14, 1, (whole / 5).astype("i8"), "i1"))
    cases.append(hand_case(f"logical, {side}-endian", order, 9, 2, (whole > 5).astype("u1"), "u1", 2))

texts = {
    "a text": [{"x": "Samson"}, ["Samson"], [1, 6]],
    "compressed": [{"x": "Samson"}, ["Samson"], [1, 6]],
    "rows": [{"x": numpy.array(["soil", "tree", "water"])}, ["soil ", "tree ", "water"], [3, 5]],
    "beyond ASCII": [{"x": "Grün 中"}, ["Grün 中"], [1, 6]],
    "empty": [{"x": ""}, [], [0, 0]],
}
texts = {
    name: {"file": mat(variables, do_compression=name == "compressed"), "text": rows, "shape": shape}
    for name, (variables, rows, shape) in texts.items()
}

cell = numpy.empty((1, 2), dtype=object)
cell[0, 0], cell[0, 1] = "a", 1.0
refused = {
    "cell": mat({"x": cell}),
    "struct": mat({"x": {"a": 1.0}}),
    "sparse": mat({"x": scipy.sparse.csc_array(numpy.eye(3))}),
    "complex double": mat({"x": numpy.array([[1j, 2.0]])}),
}

hdf5 = io.BytesIO()
with h5py.File(hdf5, "w", userblock_size=512) as file:
    file["x"] = numpy.arange(3.0)
content = bytearray(hdf5.getvalue())
content[:128] = b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\x00\x02IM"
versions = {
    "version 4": mat({"x": numpy.eye(2)}, format="4"),
    "version 7.3": base64.b64encode(bytes(content[:1024])).decode(),
}
several = {"Y": numpy.arange(6.0).reshape(2, 3), "names": "abc", "materials": cell, "rows": numpy.uint8(95)}

source = {
    "script": "scripts/golden/datasets_mat.py",
    "seed": SEED,
    "numpy": numpy.__version__,
    "scipy": scipy.__version__,
    "h5py": h5py.__version__,
}
document = {
    "source": source,
    "cases": cases,
    "texts": texts,
    "refused": refused,
    "versions": versions,
    "several": mat(several, do_compression=True),
}
OUT.write_text(json.dumps(document, separators=(",", ":")).replace('},{"name"', '},\n{"name"') + "\n")
print(OUT.name, len(cases), "cases", OUT.stat().st_size, "bytes")
