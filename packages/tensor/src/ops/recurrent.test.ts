import { beforeAll, describe, expect, it } from "vitest";
import {
  DataError,
  gru,
  HostRandom,
  lstm,
  reference,
  ShapeError,
  simpleRnn,
  type Tensor,
  tensor,
  useBackend,
} from "../index.js";

const random = new HostRandom(7, "recurrent");
const floats = (...shape: number[]): Tensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    Float64Array.from({ length: size }, () => random.uniform() * 2 - 1),
    { shape },
  );
};
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const close = (actual: ArrayLike<number>, expected: readonly number[]): void => {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, at) => {
    expect(actual[at]).toBeCloseTo(value, 12);
  });
};

describe("recurrent ops", () => {
  beforeAll(() => useBackend(reference({ dtype: "float64" })));

  it("lstm: one unit, by hand", async () => {
    const x = [0.5, -0.3, 0.8, 0.1, -0.9, 0.7, 0.2, -0.4];
    const u = [0.3, -0.6, 0.9, 0.4];
    let [h, c] = [0.25, -0.5];
    const states: number[] = [];
    for (let step = 0; step < 2; step++) {
      const [i, f, g, o] = [0, 1, 2, 3].map((gate) => x[step * 4 + gate]! + h * u[gate]!) as [
        number,
        number,
        number,
        number,
      ];
      c = logistic(f) * c + logistic(i) * Math.tanh(g);
      h = logistic(o) * Math.tanh(c);
      states.push(h);
    }
    const { outputs, hidden, cell } = lstm(
      tensor(Float64Array.from(x), { shape: [1, 2, 4] }),
      tensor(Float64Array.from(u), { shape: [1, 4] }),
      {
        initialHidden: tensor(Float64Array.of(0.25), { shape: [1, 1] }),
        initialCell: tensor(Float64Array.of(-0.5), { shape: [1, 1] }),
      },
    );
    close(await outputs.data(), states);
    close(await hidden.data(), [h]);
    close(await cell.data(), [c]);
  });

  it("gru: one unit, by hand, both places of the reset gate", async () => {
    const x = [0.5, -0.3, 0.8];
    const u = [0.3, -0.6, 0.9];
    const b = [0.1, 0.2, -0.7];
    const h = 0.25;
    for (const resetAfter of [true, false]) {
      const bias = resetAfter ? b : [0, 0, 0];
      const z = logistic(x[0]! + h * u[0]! + bias[0]!);
      const r = logistic(x[1]! + h * u[1]! + bias[1]!);
      const recurrent = resetAfter ? r * (h * u[2]! + bias[2]!) : r * h * u[2]!;
      const expected = z * h + (1 - z) * Math.tanh(x[2]! + recurrent);
      const { outputs } = gru(
        tensor(Float64Array.from(x), { shape: [1, 1, 3] }),
        tensor(Float64Array.from(u), { shape: [1, 3] }),
        {
          resetAfter,
          initialHidden: tensor(Float64Array.of(h), { shape: [1, 1] }),
          ...(resetAfter ? { recurrentBias: tensor(Float64Array.from(b)) } : {}),
        },
      );
      close(await outputs.data(), [expected]);
    }
  });

  it("masked steps keep the state and show the output before, or zeros", async () => {
    const [x, u, h] = [floats(2, 4, 3), floats(3, 3), floats(2, 3)];
    const mask = tensor(Int32Array.of(0, 1, 0, 1, 0, 0, 0, 0), { shape: [2, 4], dtype: "bool" });
    const shown = simpleRnn(x, u, { initialHidden: h, mask });
    const zeroed = simpleRnn(x, u, { initialHidden: h, mask, zeroOutputForMask: true });
    const short = simpleRnn(x.slice([0, 1, 0], [1, 1, 3]), u, { initialHidden: h.slice([0, 0], [1, 3]) });
    const [first, zero, one, start] = await Promise.all(
      [shown.outputs, zeroed.outputs, short.hidden, h].map((t) => t.data()),
    );
    close(first!.slice(0, 9), [0, 0, 0, ...one!, ...one!]);
    close(first!.slice(12), Array(12).fill(0));
    close(zero!.slice(0, 9), [0, 0, 0, ...one!, 0, 0, 0]);
    expect([...(await shown.hidden.data())]).toEqual([...first!.slice(9, 12), ...start!.slice(3)]);
    expect([...(await zeroed.hidden.data())]).toEqual([...(await shown.hidden.data())]);
  });

  it("a recurrent mask for all gates is the same as one for each, repeated", async () => {
    const [x, u, m] = [floats(2, 3, 8), floats(2, 8), floats(2, 2)];
    const one = lstm(x, u, { recurrentMask: m });
    const four = lstm(x, u, { recurrentMask: m.tile([1, 4]) });
    close(await four.outputs.data(), [...(await one.outputs.data())]);
  });

  it("no steps: the states are the initial ones", async () => {
    const [x, u, h] = [floats(2, 0, 8), floats(2, 8), floats(2, 2)];
    const { outputs, hidden, cell } = lstm(x, u, { initialHidden: h });
    expect(outputs.shape).toEqual([2, 0, 2]);
    expect([...(await hidden.data())]).toEqual([...(await h.data())]);
    expect([...(await cell.data())]).toEqual([0, 0, 0, 0]);
  });

  it("names what does not fit", () => {
    const [x, u] = [floats(2, 3, 8), floats(2, 8)];
    expect(() => lstm(x, floats(2, 6))).toThrow(
      new ShapeError("lstm: got recurrent kernel [2,6], expected [units, 4 * units]"),
    );
    expect(() => lstm(floats(2, 3, 6), u)).toThrow(
      new ShapeError("lstm: got projected [2,3,6], expected [batch, steps, 8] for 2 units"),
    );
    expect(() => lstm(x, u, { initialCell: floats(3, 2) })).toThrow(
      new ShapeError("lstm: got initialCell [3,2], expected [2,2] (projected [2,3,8], kernel [2,8])"),
    );
    expect(() => gru(floats(2, 3, 6), floats(2, 6), { recurrentBias: floats(6), resetAfter: false })).toThrow(
      DataError,
    );
    expect(() => lstm(x, u, { recurrentActivation: "softmax" as never })).toThrow(
      'lstm: got recurrentActivation "softmax", expected tanh, sigmoid',
    );
  });
});
