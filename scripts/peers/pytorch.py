"""PyTorch on the CPU as a peer of the benchmark (bench/README.md): same inputs, first weights and line protocol.

Run by `npm run bench -- cnn --pytorch`, or by hand:
    python3 scripts/peers/pytorch.py \
        '{"work": "cnn", "batch": 128, "threads": 2, "warmup": 3, "steps": 20, "sizes": []}'
Needs torch and numpy only.
"""

import functools
from collections.abc import Callable

import numpy as np
import shared_inputs as shared

BARE_BYTES = shared.peak_memory()

import torch  # noqa: E402
from torch import nn  # noqa: E402

UNITS = 64


def tensor(values: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(values))


def set_weights(layers: list[nn.Module]) -> None:
    with torch.no_grad():
        index = -1
        for layer in layers:
            index += 1
            if isinstance(layer, nn.LSTM | nn.GRU):
                set_recurrent(layer, index)
                if layer.bidirectional:
                    index += 1
                    set_recurrent(layer, index, "_reverse")
            elif isinstance(layer, nn.Embedding):
                layer.weight.copy_(tensor(shared.embeddings(index, tuple(layer.weight.shape))))
            elif isinstance(layer, nn.Conv2d):
                outputs, inputs, height, width = layer.weight.shape
                values = shared.kernel(index, (height, width, inputs, outputs)).transpose(3, 2, 0, 1)
                layer.weight.copy_(tensor(values))
                layer.bias.zero_()
            else:
                layer.weight.copy_(tensor(shared.kernel(index, (layer.in_features, layer.out_features)).T))
                layer.bias.zero_()


def set_recurrent(layer: nn.LSTM | nn.GRU, index: int, direction: str = "") -> None:
    """An LSTM's gates are i, f, c, o as in Keras; a GRU's are r, z, n, where Keras has z, r, h.

    Keras has one bias for an LSTM where PyTorch has two: the second stays zero.
    """
    inputs, units = layer.input_size, layer.hidden_size
    gates = 4 if isinstance(layer, nn.LSTM) else 3
    order = [0, 1, 2, 3] if gates == 4 else [1, 0, 2]
    input_weight, state_weight, input_bias, state_bias = (
        getattr(layer, f"{name}_l0{direction}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    )
    for weight, values in (
        (input_weight, shared.kernel(index, (inputs, gates * units))),
        (state_weight, shared.kernel(index, (units, gates * units), "recurrent")),
    ):
        parts = np.split(values.T, gates)
        weight.copy_(tensor(np.concatenate([parts[gate] for gate in order])))
    input_bias.zero_()
    state_bias.zero_()
    if gates == 4:
        input_bias[units : 2 * units] = 1
        state_bias.requires_grad_(False)


class LastState(nn.Module):
    """Perhaps an embedding, a recurrent layer, and a dense layer on its last state."""

    def __init__(self, kind: type[nn.LSTM] | type[nn.GRU], inputs: int, vocabulary: int | None = None) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, inputs) if vocabulary else None
        self.recurrent = kind(inputs, UNITS, batch_first=True)
        self.dense = nn.Linear(UNITS, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        values = self.embedding(x) if self.embedding else x
        return self.dense(self.last_state(values))

    def last_state(self, values: torch.Tensor) -> torch.Tensor:
        _, state = self.recurrent(values)
        return (state[0] if isinstance(state, tuple) else state)[-1]


class BothWays(LastState):
    """The last states of an LSTM from either end, side by side."""

    def __init__(self, kind: type[nn.LSTM], inputs: int, vocabulary: int) -> None:
        super().__init__(kind, inputs, vocabulary)
        self.recurrent = kind(inputs, UNITS, batch_first=True, bidirectional=True)
        self.dense = nn.Linear(2 * UNITS, 1)

    def last_state(self, values: torch.Tensor) -> torch.Tensor:
        _, (hidden, _) = self.recurrent(values)
        return torch.cat((hidden[0], hidden[1]), 1)


class WithDropout(LastState):
    """The lecture's three dropouts. `nn.LSTM` has none for its state, so that its steps are a loop here."""

    def last_state(self, values: torch.Tensor) -> torch.Tensor:
        drop = functools.partial(nn.functional.dropout, p=0.2)
        batch, _, features = values.shape
        values = values * drop(torch.ones(batch, 1, features)) * drop(torch.ones(batch, 1, features))
        mask = drop(torch.ones(batch, UNITS))
        layer = self.recurrent
        inputs = nn.functional.linear(values, layer.weight_ih_l0, layer.bias_ih_l0)
        hidden, cell = torch.zeros(batch, UNITS), torch.zeros(batch, UNITS)
        for step in inputs.unbind(1):
            gates = torch.addmm(step, hidden * mask, layer.weight_hh_l0.T)
            i, f, g, o = gates.chunk(4, 1)
            cell = torch.sigmoid(f) * cell + torch.sigmoid(i) * torch.tanh(g)
            hidden = torch.sigmoid(o) * torch.tanh(cell)
        return hidden


Network = tuple[nn.Module, list[nn.Module]]


def make_recurrent(net: LastState) -> Network:
    return net, [layer for layer in (net.embedding, net.recurrent, net.dense) if layer]


def make_cnn() -> Network:
    first, second = nn.Conv2d(1, 20, 5, padding=2), nn.Conv2d(20, 50, 5, padding=2)
    third, fourth = nn.Linear(2450, 500), nn.Linear(500, 10)
    pool = functools.partial(nn.MaxPool2d, 2)
    convolutions = [first, nn.ReLU(), pool(), second, nn.ReLU(), pool()]
    net = nn.Sequential(*convolutions, nn.Flatten(), third, nn.ReLU(), fourth)
    return net, [first, second, third, fourth]


def make_mlp() -> Network:
    layers = [nn.Linear(784, 128), nn.Linear(128, 128), nn.Linear(128, 10)]
    return nn.Sequential(layers[0], nn.ReLU(), layers[1], nn.ReLU(), layers[2]), layers


def make_cae() -> Network:
    """`ceil_mode` is what padding "same" means for a side of 7."""
    filters = [1, 16, 8, 8, 8, 8, 16, 1]
    layers = [
        nn.Conv2d(inputs, outputs, 3, padding=0 if index == 5 else 1)
        for index, (inputs, outputs) in enumerate(zip(filters, filters[1:]))
    ]
    between = [*[nn.MaxPool2d(2, ceil_mode=True) for _ in range(3)], *[nn.Upsample(scale_factor=2) for _ in range(3)]]
    blocks = [part for layer, after in zip(layers, between) for part in (layer, nn.ReLU(), after)]
    return nn.Sequential(*blocks, layers[-1]), layers


def si650(net: type[LastState], kind: type[nn.LSTM] | type[nn.GRU]) -> Network:
    return make_recurrent(net(kind, 128, 2002))


NETWORKS: dict[str, Callable[[], Network]] = {
    "cnn": make_cnn,
    "mlp": make_mlp,
    "cae": make_cae,
    "lstm": lambda: make_recurrent(LastState(nn.LSTM, 16)),
    "si650-lstm": lambda: si650(LastState, nn.LSTM),
    "si650-bilstm": lambda: si650(BothWays, nn.LSTM),
    "si650-gru": lambda: si650(LastState, nn.GRU),
    "si650-lstm-dropout": lambda: si650(WithDropout, nn.LSTM),
}


def batch_of(work: str, batch: int) -> tuple[torch.Tensor, torch.Tensor, nn.Module]:
    """Inputs, targets and loss; the networks give logits where Keras's end in a softmax or sigmoid."""
    labels = shared.uniform("labels", (batch,))
    if work.startswith("si650"):
        bits = np.floor(2 * labels).reshape(batch, 1)
        return tensor(shared.tokens((batch, 40), 2002)), tensor(bits), nn.BCEWithLogitsLoss()
    if work == "lstm":
        x = tensor(shared.uniform("images", (batch, 50, 16)))
        return x, tensor(labels.reshape(batch, 1)), nn.MSELoss()
    shape = (batch, 784) if work == "mlp" else (batch, 1, 28, 28)
    if work == "cae":
        x = tensor(shared.dark_images(shape))
        return x, x, nn.BCEWithLogitsLoss()
    classes = np.floor(labels * np.float32(10)).astype(np.int64)
    return tensor(shared.uniform("images", shape)), tensor(classes), nn.CrossEntropyLoss()


def training(work: str, batch: int) -> Callable[[], float | None]:
    net, layers = NETWORKS[work]()
    set_weights(layers)
    x, y, loss_of = batch_of(work, batch)
    weights = [weight for weight in net.parameters() if weight.requires_grad]
    sgd = work == "mlp"
    optimizer = torch.optim.SGD(weights, lr=0.01) if sgd else torch.optim.Adam(weights, lr=0.001, eps=1e-7)
    count = 0

    def step() -> float | None:
        nonlocal count
        count += 1
        if not sgd:
            # Keras adds epsilon before the bias correction, PyTorch after it: this makes them the same update.
            optimizer.param_groups[0]["eps"] = 1e-7 / (1 - 0.999**count) ** 0.5
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(net(x), y)
        loss.backward()
        optimizer.step()
        value = loss.item()
        return None if work.endswith("dropout") else value

    return step


def inference(batch: int) -> Callable[[], float]:
    net, layers = make_cnn()
    set_weights(layers)
    net.eval()
    x, _, _ = batch_of("cnn", batch)

    def step() -> float:
        with torch.inference_mode():
            return shared.outputs_check(torch.softmax(net(x), 1).numpy())

    return step


def product(rows: int, inner: int, columns: int) -> Callable[[], float]:
    left = tensor(shared.uniform("left", (rows, inner)))
    right = tensor(shared.uniform("right", (inner, columns)))
    return lambda: float((left @ right).numpy()[0, 0])


def main() -> None:
    request = shared.request_of_process()
    torch.set_num_threads(request["threads"])
    capability = torch.backends.cpu.get_cpu_capability()
    detail = f"{torch.get_num_threads()} thread(s), {capability}, oneDNN {torch.backends.mkldnn.is_available()}"

    def prepare(case: shared.Case) -> Callable[[], float | None]:
        if case.sizes:
            return product(*case.sizes)
        if request["work"] == "cnn-inference":
            return inference(case.samples)
        return training(request["work"], case.samples)

    ready = {"version": f"PyTorch {torch.__version__}", "detail": detail, "bareBytes": BARE_BYTES}
    shared.serve(request, ready, prepare)


main()
