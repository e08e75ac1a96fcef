"""Goldens of single ops from PyTorch on the CPU in float64. Run: python scripts/golden/pytorch_goldens.py"""

import numpy
import torch
import torch.nn.functional as functional

from golden_file import array, distinct_values, random_values, write

SEED = 20261123
VERSIONS = {"torch": torch.__version__.split("+")[0], "numpy": numpy.__version__}
generator = numpy.random.default_rng(SEED)


def leaf(values):
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def case(name, attributes, inputs, cotangent, output):
    """One case: the output, and the gradient of sum(output * cotangent) in every input."""
    gradients = torch.autograd.grad((output * torch.tensor(cotangent)).sum(), list(inputs.values()))
    return {
        "name": name,
        "attributes": attributes,
        "inputs": {key: array(value.detach().numpy()) for key, value in inputs.items()},
        "cotangent": array(cotangent),
        "output": array(output.detach().numpy()),
        "gradients": {key: array(value.numpy()) for key, value in zip(inputs, gradients)},
    }


def matmul_cases():
    rows = [
        ("3x4 by 4x5", (3, 4), (4, 5), False, False),
        ("transposed a", (6, 3), (6, 5), True, False),
        ("transposed b", (3, 7), (5, 7), False, True),
        ("both transposed", (9, 4), (6, 9), True, True),
        ("batch", (2, 3, 4), (2, 4, 5), False, False),
        ("batches broadcast", (2, 1, 3, 4), (3, 4, 2), False, False),
        ("33x65x17", (33, 65), (65, 17), False, False),
    ]
    for name, a_shape, b_shape, transpose_a, transpose_b in rows:
        a, b = leaf(random_values(generator, a_shape)), leaf(random_values(generator, b_shape))
        output = (a.mT if transpose_a else a) @ (b.mT if transpose_b else b)
        cotangent = random_values(generator, output.shape)
        attributes = {"transposeA": transpose_a, "transposeB": transpose_b}
        yield case(name, attributes, {"a": a, "b": b}, cotangent, output)


def pads(padding, size, window, stride, dilation):
    """Zeros before and after: none, TensorFlow's "same" (the odd one after), or as given."""
    if padding == "valid":
        return 0, 0
    if padding == "same":
        needed = max((-(-size // stride) - 1) * stride + (window - 1) * dilation + 1 - size, 0)
        return needed // 2, needed - needed // 2
    return padding


def both(padding):
    return (padding, padding) if isinstance(padding, str) else padding


def image(data_format, values):
    """Seen as [batch, channels, height, width]."""
    return values if data_format == "channelsFirst" else values.permute(0, 3, 1, 2)


def stored(data_format, values):
    return values if data_format == "channelsFirst" else values.permute(0, 2, 3, 1)


def padded(x, padding, window, strides, dilation, value):
    top, left = (
        pads(both(padding)[axis], x.shape[2 + axis], window[axis], strides[axis], dilation[axis])
        for axis in (0, 1)
    )
    return functional.pad(x, (*left, *top), value=value)


def conv2d_cases():
    rows = [
        ("valid", (2, 3, 6, 5), (4, 3, 3, 3), (1, 1), "valid", (1, 1)),
        ("same", (2, 2, 6, 5), (3, 2, 3, 3), (1, 1), "same", (1, 1)),
        ("same, even kernel", (1, 2, 5, 6), (3, 2, 2, 4), (1, 1), "same", (1, 1)),
        ("strides 2", (2, 2, 7, 8), (3, 2, 3, 3), (2, 2), "valid", (1, 1)),
        ("strides 2 and 3, same", (1, 2, 8, 7), (3, 2, 3, 3), (2, 3), "same", (1, 1)),
        ("dilation 2", (1, 2, 7, 8), (2, 2, 3, 3), (1, 1), "valid", (2, 2)),
        ("dilation 1 and 2, same", (1, 2, 5, 7), (2, 2, 3, 3), (1, 1), "same", (1, 2)),
        ("given padding, strides, dilation", (1, 2, 6, 7), (3, 2, 2, 3), (2, 1), ((1, 0), (2, 1)), (1, 2)),
        ("5x5 of one channel", (1, 1, 12, 12), (4, 1, 5, 5), (1, 1), "same", (1, 1)),
    ]
    for name, x_shape, kernel_shape, strides, padding, dilation in rows:
        for data_format in ("channelsFirst", "channelsLast"):
            values = random_values(generator, x_shape)
            x = leaf(stored(data_format, torch.tensor(values)).numpy().copy())
            kernel = leaf(random_values(generator, kernel_shape))
            block = padded(image(data_format, x), padding, kernel_shape[2:], strides, dilation, 0.0)
            output = stored(data_format, functional.conv2d(block, kernel, stride=strides, dilation=dilation))
            cotangent = random_values(generator, output.shape)
            attributes = {"strides": strides, "padding": padding, "dilation": dilation,
                          "dataFormat": data_format}
            inputs = {"input": x, "kernel": kernel}
            yield case(f"{name}, {data_format}", attributes, inputs, cotangent, output)


def pooled(kind, x, window, strides, padding):
    """Keras' rule: places outside the image are left out; the average divides by the places inside."""
    if kind == "max":
        return functional.max_pool2d(padded(x, padding, window, strides, (1, 1), -torch.inf), window, strides)
    total = functional.avg_pool2d(padded(x, padding, window, strides, (1, 1), 0.0), window, strides)
    inside = padded(torch.ones_like(x).detach(), padding, window, strides, (1, 1), 0.0)
    return total / functional.avg_pool2d(inside, window, strides)


def pooling_cases():
    rows = [
        ("2x2", (2, 2, 6, 4), (2, 2), (2, 2), "valid"),
        ("2x2, odd sizes", (1, 2, 5, 7), (2, 2), (2, 2), "valid"),
        ("2x2 same, odd sizes", (1, 2, 5, 7), (2, 2), (2, 2), "same"),
        ("3x3 overlapping", (1, 2, 7, 6), (3, 3), (2, 1), "valid"),
        ("3x2 overlapping, same", (1, 2, 6, 5), (3, 2), (1, 1), "same"),
    ]
    for kind in ("max", "average"):
        for name, shape, window, strides, padding in rows:
            for data_format in ("channelsFirst", "channelsLast"):
                values = torch.tensor(distinct_values(generator, shape))
                x = leaf(stored(data_format, values).numpy().copy())
                output = stored(data_format, pooled(kind, image(data_format, x), window, strides, padding))
                cotangent = random_values(generator, output.shape)
                attributes = {"kind": kind, "poolSize": window, "strides": strides, "padding": padding,
                              "dataFormat": data_format}
                yield case(f"{kind} {name}, {data_format}", attributes, {"input": x}, cotangent, output)


def cross_entropy_cases():
    sizes = [("3 of 4", 3, 4, 2.0), ("17 of 10", 17, 10, 4.0), ("large", 5, 10, 60.0)]
    for name, rows, classes, spread in sizes:
        logits = leaf(random_values(generator, (rows, classes), -spread, spread))
        labels = generator.integers(0, classes, rows)
        output = functional.cross_entropy(logits, torch.tensor(labels), reduction="none")
        cotangent = random_values(generator, rows)
        yield case(name, {"labels": labels.tolist()}, {"logits": logits}, cotangent, output)


for file, cases in [("matmul", matmul_cases()), ("conv2d", conv2d_cases()), ("pooling", pooling_cases()),
                    ("softmax-cross-entropy", cross_entropy_cases())]:
    write(file, "pytorch_goldens.py", SEED, VERSIONS, list(cases))
