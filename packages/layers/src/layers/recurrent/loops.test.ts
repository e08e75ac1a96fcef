import {
  add,
  compile,
  multiply,
  slice,
  squeeze,
  stack,
  sum,
  type Tensor,
  tanh,
  tensor,
  type Variable,
  valueAndGrad,
} from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { collectLosses } from "../../added-losses.js";
import {
  type CallOptions,
  GRU,
  GRUCell,
  LSTM,
  LSTMCell,
  RNN,
  RNNCell,
  Seeds,
  SimpleRNN,
  SimpleRNNCell,
  type StackedRNNCells,
} from "../../index.js";
import { normalValues } from "../../testing/test-layer.js";

const [batch, steps, features, units] = [3, 5, 2, 4];
const x = normalValues([batch, steps, features]);
const state = normalValues([batch, units]);
const stepOf = (t: number): Tensor => squeeze(slice(x, [0, t, 0], [batch, 1, features]), 1);
const mask = tensor(Uint8Array.of(1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0), {
  shape: [batch, steps],
  dtype: "bool",
});

/** The values, rounded by at most a few float32 steps between two orders of the same sums. */
const expectClose = (actual: readonly Tensor[], expected: readonly Tensor[]): void => {
  expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  actual.forEach((one, at) => {
    const values = expected[at]!.dataSync();
    one.dataSync().forEach((value, k) => {
      expect(Math.abs(value - values[k]!)).toBeLessThan(2e-6);
    });
  });
};

/** Outputs, and gradients of a weighted sum of them by the weights. */
function run(outputs: () => readonly Tensor[], weights: readonly Variable[]): Tensor[] {
  const step = () => {
    const all = outputs();
    const value = all.map((one) => sum(multiply(one, normalValues(one.shape)))).reduce((a, b) => add(a, b));
    return { value, outputs: all };
  };
  const { outputs: values, grads } = valueAndGrad(step, [...weights])();
  return [...values, ...grads.values()];
}

const kinds = {
  SimpleRNN: { layer: SimpleRNN, cell: SimpleRNNCell, options: {} },
  "SimpleRNN relu": { layer: SimpleRNN, cell: SimpleRNNCell, options: { activation: "relu" } },
  LSTM: { layer: LSTM, cell: LSTMCell, options: {} },
  "LSTM hardSigmoid": { layer: LSTM, cell: LSTMCell, options: { recurrentActivation: "hardSigmoid" } },
  GRU: { layer: GRU, cell: GRUCell, options: { biasInitializer: "ones" } },
  "GRU reset before": { layer: GRU, cell: GRUCell, options: { resetAfter: false, useBias: false } },
};

describe.each(Object.entries(kinds))("%s", (_, { layer: LayerOf, cell: CellOf, options }) => {
  const sequence = { returnSequences: true, returnState: true };
  const layer = new LayerOf(units, { ...options, ...sequence });
  layer.build([null, steps, features]);

  /** Another layer with the same weights. */
  const like = (other: RNN): RNN => {
    other.build([null, steps, features]);
    other.weights.forEach((weight, at) => weight.write(layer.weights[at]!.dataSync()));
    return other;
  };

  it("is its cell stepped by hand, gradients too", () => {
    const cell = new CellOf(units, options);
    cell.build([null, features]);
    cell.weights.forEach((weight, at) => weight.write(layer.weights[at]!.dataSync()));
    const byHand = (): Tensor[] => {
      const outputs: Tensor[] = [];
      let states: readonly Tensor[] = cell.getInitialState(batch);
      for (let t = 0; t < steps; t++) {
        const [output, ...next] = cell.applyAll([stepOf(t), ...states]);
        outputs.push(output!);
        states = next;
      }
      return [stack(outputs, { axis: 1 }), ...states];
    };
    expectClose(
      run(byHand, cell.weights),
      run(() => layer.applyAll(x), layer.weights),
    );
  });

  const inputs: [string, CallOptions][] = [
    ["plain", {}],
    ["masked", { mask }],
    ["from states", { initialState: layer.cell.stateSizes.map(() => state) }],
    ["masked, from states", { mask, initialState: layer.cell.stateSizes.map(() => state) }],
  ];
  it.each(inputs)("gives the same unrolled, and as RNN of its cell: %s", (_title, call) => {
    for (const zeroOutputForMask of [false, true]) {
      for (const all of [false, true]) {
        const more = { returnState: true, returnSequences: all, zeroOutputForMask };
        const results = [
          new LayerOf(units, { ...options, ...more }),
          new LayerOf(units, { ...options, ...more, unroll: true }),
          new RNN(new CellOf(units, options), more),
        ].map((one) => {
          const { weights } = like(one);
          return run(() => one.applyAll(x, call), weights);
        });
        expectClose(results[1]!, results[0]!);
        expectClose(results[2]!, results[0]!);
      }
    }
  });
});

describe("stacked cells", () => {
  const make = () => [new LSTMCell(3), new GRUCell(2), new LSTMCell(units)];
  const layer = new RNN(make(), { returnSequences: true, returnState: true });
  layer.build([null, steps, features]);

  it.each([undefined, mask])("are layers on top of one another, unrolled or not", (given) => {
    const unrolled = new RNN(make(), { returnSequences: true, returnState: true, unroll: true });
    unrolled.build([null, steps, features]);
    unrolled.weights.forEach((weight, at) => weight.write(layer.weights[at]!.dataSync()));
    const call = given ? { mask: given } : {};
    expectClose(
      run(() => unrolled.applyAll(x, call), unrolled.weights),
      run(() => layer.applyAll(x, call), layer.weights),
    );
  });

  it("are stepped by hand as one cell", () => {
    const stacked = layer.cell as StackedRNNCells;
    const byHand = (): Tensor[] => {
      const outputs: Tensor[] = [];
      let states: readonly Tensor[] = stacked.getInitialState(batch);
      for (let t = 0; t < steps; t++) {
        const [output, ...next] = stacked.applyAll([stepOf(t), ...states]);
        outputs.push(output!);
        states = next;
      }
      return [stack(outputs, { axis: 1 }), ...states];
    };
    expectClose(
      run(byHand, layer.weights),
      run(() => layer.applyAll(x), layer.weights),
    );
  });

  it("have names of their own in weights and files", () => {
    const twice = new RNN([new LSTMCell(2), new LSTMCell(2)]);
    twice.build([null, steps, features]);
    const names = twice.weights.map(({ name }) => name);
    expect(names[0]).toBe("rnn/stacked_rnn_cells/lstm_cell/kernel");
    expect(names[3]).toBe("rnn/stacked_rnn_cells/lstm_cell_1/kernel");
    expect([...twice.cell.children.keys()]).toEqual(["cells/lstm_cell", "cells/lstm_cell_1"]);
  });
});

describe("cells of one's own", () => {
  /** A leaky integrator: `h = 0.5 h + tanh(x w)`; it shows twice its state. */
  class Leaky extends RNNCell {
    static override readonly className = "Leaky";
    readonly stateSize = 4;
    #weight: Variable | undefined;
    override build(): void {
      this.#weight = this.addWeight("weight", [1, 4], {
        className: "Ones",
        values: () => new Float32Array(4).fill(0.5),
        getConfig: () => ({}),
      });
      super.build([]);
    }
    override call([input, hidden]: readonly Tensor[]): Tensor[] {
      const driven = tanh(multiply(sum(input!, { axes: 1, keepDims: true }), this.#weight!));
      const next = add(multiply(hidden!, 0.5), driven);
      return [multiply(next, 2), next];
    }
  }

  it("run over sequences, masked steps showing the output before", () => {
    const layer = new RNN(new Leaky(), { returnSequences: true, returnState: true });
    const [outputs, last] = layer.applyAll(x, { mask });
    const values = x.dataSync();
    const live = mask.dataSync();
    for (let sample = 0; sample < batch; sample++) {
      let [hidden, shown] = [0, 0];
      for (let t = 0; t < steps; t++) {
        const at = sample * steps + t;
        if (live[at]) {
          hidden = 0.5 * hidden + Math.tanh(0.5 * (values[2 * at]! + values[2 * at + 1]!));
          shown = 2 * hidden;
        }
        expect(outputs!.dataSync()[at * 4]!).toBeCloseTo(shown, 5);
      }
      expect(last!.dataSync()[sample * 4]!).toBeCloseTo(hidden, 5);
    }
  });

  it("have penalties on the outputs of their steps, unrolled or not", () => {
    const penalties = [false, true].map((unroll) => {
      const cells = [new LSTMCell(units, { activityRegularizer: "l2" }), new GRUCell(2)];
      const layer = new RNN(cells, { unroll });
      layer.join("probe", new Seeds(2));
      return compile((y: Tensor) => collectLosses(() => layer.apply(y)).losses)(x);
    });
    // Of each step the output and both states.
    expect(penalties.map(({ length }) => length)).toEqual([3 * steps, 3 * steps]);
    expectClose(penalties[0]!, penalties[1]!);
  });

  it("may change what a cell of the library does", () => {
    class Doubled extends LSTMCell {
      override call(inputs: readonly Tensor[], options: CallOptions): readonly Tensor[] {
        const [output, ...states] = super.call(inputs, options);
        return [multiply(output!, 2), ...states];
      }
    }
    class Shifted extends GRUCell {
      override step(projected: Tensor, states: readonly Tensor[], training: boolean): readonly Tensor[] {
        const [output, ...next] = super.step(projected, states, training);
        return [add(output!, 1), ...next];
      }
    }
    for (const [Own, Plain, change] of [
      [Doubled, LSTMCell, (y: Tensor) => multiply(y, 2)],
      [Shifted, GRUCell, (y: Tensor) => add(y, 1)],
    ] as const) {
      const [own, plain] = [new RNN(new Own(units)), new RNN(new Plain(units))];
      for (const one of [own, plain]) one.join("probe", new Seeds(2));
      expectClose([own.apply(x)], [change(plain.apply(x))]);
    }
  });
});

it("a loop by hand learns in a compiled step", () => {
  const cell = new LSTMCell(units);
  cell.build([null, features]);
  const loss = (): Tensor => {
    let [output, ...states]: readonly Tensor[] = [state, ...cell.getInitialState(batch)];
    for (let t = 0; t < steps; t++) [output, ...states] = cell.applyAll([stepOf(t), ...states]);
    const error = add(output!, -0.3);
    return sum(multiply(error, error));
  };
  const step = compile(() => {
    const { value, grads } = valueAndGrad(loss, [...cell.weights])();
    for (const [weight, gradient] of grads)
      (weight as Variable).assign(add(weight, multiply(gradient, -0.1)));
    return value;
  });
  const losses = Array.from({ length: 60 }, () => step().dataSync()[0]!);
  expect(losses.at(-1)!).toBeLessThan(losses[0]! / 20);
});
