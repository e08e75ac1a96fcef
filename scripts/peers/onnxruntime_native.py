"""onnxruntime's native CPU provider as a peer of the benchmark (bench/README.md); inference and products only.

Run by `npm run bench -- cnn-inference --pytorch`. Needs onnxruntime and numpy only: the models are a few messages of
onnx.proto, written here.
"""

from collections.abc import Callable

import numpy as np
import shared_inputs as shared

BARE_BYTES = shared.peak_memory()

import onnxruntime  # noqa: E402

# Constants of onnx.proto (ONNX IR version 8, operator set 17).
FLOAT, INTS, IR_VERSION, OPSET = 1, 7, 8, 17

Value = int | str | bytes


def varint(value: int) -> bytes:
    if value < 128:
        return bytes([value])
    return bytes([value % 128 + 128]) + varint(value // 128)


def message(*fields: tuple[int, Value]) -> bytes:
    """A protocol buffers message of (field number, value)."""
    parts = []
    for field, value in fields:
        if isinstance(value, int):
            parts.append(varint(field * 8) + varint(value))
        else:
            data = value.encode() if isinstance(value, str) else value
            parts.append(varint(field * 8 + 2) + varint(len(data)) + data)
    return b"".join(parts)


def node(kind: str, inputs: list[str], output: str, **ints: list[int]) -> bytes:
    attributes = [message((1, name), *((8, value) for value in values), (20, INTS)) for name, values in ints.items()]
    return message(*((1, name) for name in inputs), (2, output), (4, kind), *((5, part) for part in attributes))


def initializer(name: str, values: np.ndarray) -> bytes:
    return message(*((1, size) for size in values.shape), (2, FLOAT), (8, name), (9, values.tobytes()))


def value(name: str, shape: tuple[int, ...]) -> bytes:
    dimensions = message(*((1, message((1, size))) for size in shape))
    return message((1, name), (2, message((1, message((1, FLOAT), (2, dimensions))))))


def model(nodes: list[bytes], weights: list[bytes], inputs: list[bytes], output: bytes) -> bytes:
    lists = [(1, nodes), (5, weights), (11, inputs), (12, [output])]
    graph = message((2, "bench"), *((field, part) for field, parts in lists for part in parts))
    return message((1, IR_VERSION), (7, graph), (8, message((2, OPSET))))


def cnn_model(batch: int) -> bytes:
    nodes: list[bytes] = []
    weights: list[bytes] = []
    last = "images"

    def add(kind: str, *more: str, **ints: list[int]) -> None:
        nonlocal last
        output = "result" if kind == "Softmax" else f"value{len(nodes)}"
        nodes.append(node(kind, [last, *more], output, **ints))
        last = output

    for index, shape in enumerate([(5, 5, 1, 20), (5, 5, 20, 50), (2450, 500), (500, 10)]):
        convolution = len(shape) == 4
        values = shared.kernel(index, shape)
        turned = np.ascontiguousarray(values.transpose(3, 2, 0, 1) if convolution else values)
        weights.append(initializer(f"kernel{index}", turned))
        weights.append(initializer(f"bias{index}", np.zeros(shape[-1], np.float32)))
        if convolution:
            add("Conv", f"kernel{index}", f"bias{index}", kernel_shape=[5, 5], pads=[2, 2, 2, 2])
            add("Relu")
            add("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
            continue
        if index == 2:
            add("Flatten")
        add("Gemm", f"kernel{index}", f"bias{index}")
        add("Softmax" if index == 3 else "Relu")
    return model(nodes, weights, [value("images", (batch, 1, 28, 28))], value("result", (batch, 10)))


def product_model(rows: int, inner: int, columns: int) -> bytes:
    inputs = [value("left", (rows, inner)), value("right", (inner, columns))]
    return model([node("MatMul", ["left", "right"], "result")], [], inputs, value("result", (rows, columns)))


def main() -> None:
    request = shared.request_of_process()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = request["threads"]

    def session(content: bytes) -> onnxruntime.InferenceSession:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])

    def product(rows: int, inner: int, columns: int) -> Callable[[], float]:
        program = session(product_model(rows, inner, columns))
        inputs = {"left": shared.uniform("left", (rows, inner)), "right": shared.uniform("right", (inner, columns))}
        return lambda: float(program.run(None, inputs)[0][0, 0])

    def inference(batch: int) -> Callable[[], float]:
        program = session(cnn_model(batch))
        images = shared.uniform("images", (batch, 1, 28, 28))
        return lambda: shared.outputs_check(program.run(None, {"images": images})[0])

    def prepare(case: shared.Case) -> Callable[[], float]:
        if case.sizes:
            return product(*case.sizes)
        return inference(case.samples)

    detail = f"native CPU provider, {request['threads']} thread(s)"
    ready = {"version": f"onnxruntime {onnxruntime.__version__}", "detail": detail, "bareBytes": BARE_BYTES}
    shared.serve(request, ready, prepare)


main()
