import { compile, grad, sum, type Tensor, tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import {
  Bidirectional,
  ConvLSTM1D,
  GRU,
  IdentityInitializer,
  LSTM,
  LSTMCell,
  RNN,
  Seeds,
  SimpleRNN,
  SimpleRNNCell,
} from "../../index.js";

const training = { training: true };
const ones = (...shape: number[]): Tensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(new Float32Array(size).fill(1), { shape });
};
const [batch, steps, units] = [250, 3, 8];
const x = ones(batch, steps, units);
const identity = new IdentityInitializer();

/**
 * Everything is passed on, so that outputs show the masks: `h_t = x_t * m + (h_{t-1} * r) recurrentKernel`.
 */
const plain = { activation: "linear", kernelInitializer: identity, returnSequences: true };
const inputsOnly = { ...plain, recurrentInitializer: "zeros" };
const stateOnly = { ...plain, recurrentInitializer: identity };

/** Outputs of the step of each sample and unit: `values[t][i]`. */
function bySteps(outputs: Tensor): number[][] {
  const values = outputs.dataSync();
  return Array.from({ length: steps }, (_, t) =>
    Array.from({ length: batch * units }, (_, i) => {
      const sample = Math.floor(i / units);
      return values[(sample * steps + t) * units + (i % units)]!;
    }),
  );
}
const share = (values: readonly number[], of: number): number =>
  values.filter((value) => value === of).length / values.length;

describe("dropout of recurrent layers", () => {
  it("drops its share of the inputs, the same ones at every step, and scales the others", () => {
    const layer = new SimpleRNN(units, { ...inputsOnly, dropout: 0.25 });
    const [first, ...others] = bySteps(layer.apply(x, training));
    for (const step of others) expect(step).toEqual(first);
    expect(new Set(first)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    // 2 000 draws: a standard deviation of 0.0097.
    expect(Math.abs(share(first!, 0) - 0.25)).toBeLessThan(0.05);
  });

  it("drops its share of the state, the same units at every step", () => {
    const layer = new SimpleRNN(units, { ...stateOnly, recurrentDropout: 0.5 });
    const [first, second, third] = bySteps(layer.apply(x, training));
    expect(new Set(first)).toEqual(new Set([1]));
    // 1 where the state is dropped, else 1 + 2 and 1 + 2 * 3.
    expect(new Set(second)).toEqual(new Set([1, 3]));
    expect(third).toEqual(second!.map((value) => (value === 1 ? 1 : 7)));
    expect(Math.abs(share(second!, 1) - 0.5)).toBeLessThan(0.056);
  });

  it("draws anew at every call and run of a compiled step, and the same again from the same seed", () => {
    const options = { ...inputsOnly, dropout: 0.5, seed: 7 };
    const make = (): SimpleRNN => {
      const made = new SimpleRNN(units, options);
      made.join("probe", new Seeds(2));
      return made;
    };
    const layer = make();
    const step = compile((input: Tensor) => layer.apply(input, training));
    const compiled = [step(x), step(x), step(x)].map((y) => [...y.dataSync()]);
    expect(compiled[1]).not.toEqual(compiled[0]);
    expect(compiled[2]).not.toEqual(compiled[1]);
    const again = make();
    expect([1, 2, 3].map(() => [...again.apply(x, training).dataSync()])).toEqual(compiled);
    const twice = compile((input: Tensor) => [layer.apply(input, training), layer.apply(input, training)]);
    const [a, b] = twice(x);
    expect([...a!.dataSync()]).not.toEqual([...b!.dataSync()]);
  });

  it("leaves predictions alone", () => {
    for (const LayerOf of [LSTM, GRU, SimpleRNN]) {
      const layer = new LayerOf(units, { dropout: 0.5, recurrentDropout: 0.5 });
      const without = new LayerOf(units);
      for (const one of [layer, without]) one.join("probe", new Seeds(2));
      expect([...layer.apply(x).dataSync()]).toEqual([...without.apply(x).dataSync()]);
    }
  });

  it("gives no gradient to what is dropped", () => {
    const layer = new SimpleRNN(units, { ...inputsOnly, dropout: 0.5 });
    layer.build([null, steps, units]);
    const step = compile((input: Tensor) => {
      let output: Tensor | undefined;
      const gradient = grad((of: Tensor) => {
        output = layer.apply(of, training);
        return sum(output);
      })(input);
      return [output!, gradient];
    });
    const [output, gradient] = step(x);
    expect([...gradient!.dataSync()]).toEqual([...output!.dataSync()]);
  });

  /** `c = z_i * z_c` of an LSTM of linear functions: the product of the masks of two gates. */
  const cells = (options: object): number[] => {
    const linear = { activation: "linear", recurrentActivation: "linear", recurrentInitializer: "zeros" };
    const layer = new LSTM(1, {
      ...linear,
      kernelInitializer: "ones",
      useBias: false,
      returnState: true,
      dropout: 0.5,
      ...options,
    });
    return [...layer.applyAll(ones(4000, 1, 1), training)[2]!.dataSync()];
  };

  it("has one mask of the inputs for all gates, as Keras", () => {
    // 4 000 draws: a standard deviation of 0.008.
    expect(Math.abs(share(cells({}), 4) - 0.5)).toBeLessThan(0.04);
  });

  it.each([{ recurrentDropout: 0.2 }, { implementation: 1 }, { implementation: 1, unroll: true }])(
    "has one for each gate with %o, as Keras",
    (options) => {
      expect(Math.abs(share(cells(options), 4) - 0.25)).toBeLessThan(0.035);
    },
  );

  it("has one for each gate of a convolutional LSTM", () => {
    const layer = new ConvLSTM1D(1, 1, {
      activation: "linear",
      recurrentActivation: "linear",
      recurrentInitializer: "zeros",
      kernelInitializer: "ones",
      useBias: false,
      returnState: true,
      dropout: 0.5,
    });
    const carry = [...layer.applyAll(ones(4000, 1, 1, 1), training)[2]!.dataSync()];
    expect(Math.abs(share(carry, 4) - 0.25)).toBeLessThan(0.035);
  });

  it("is of each cell in a stack, and of each direction", () => {
    const make = () => new SimpleRNNCell(units, { ...inputsOnly, dropout: 0.5 });
    const stack = new RNN([make(), make()], { returnSequences: true });
    const [first, ...others] = bySteps(stack.apply(x, training));
    for (const step of others) expect(step).toEqual(first);
    // 4 where both keep.
    expect(Math.abs(share(first!, 4) - 0.25)).toBeLessThan(0.049);
    const both = new Bidirectional(new SimpleRNN(units, { ...inputsOnly, dropout: 0.5 }), {
      mergeMode: "mul",
    });
    expect(Math.abs(share(bySteps(both.apply(x, training))[0]!, 4) - 0.25)).toBeLessThan(0.049);
  });

  it("holds through the steps of a loop by hand, until masks are reset", () => {
    const cell = new LSTMCell(units, { dropout: 0.5, recurrentDropout: 0.5, seed: 3 });
    const input = ones(batch, units);
    const loop = compile((reset: Tensor) => {
      const results: Tensor[] = [];
      for (let step = 0; step < 3; step++) {
        if (step === 2) cell.resetDropoutMasks();
        results.push(cell.apply([input, ...cell.getInitialState(batch)], training));
      }
      cell.resetDropoutMasks();
      return [...results, reset];
    });
    const [first, second, third] = loop(input).map((y) => [...y.dataSync()]);
    expect(second).toEqual(first);
    expect(third).not.toEqual(first);
    expect([...loop(input)[0]!.dataSync()]).not.toEqual(third);
  });

  it.each([-0.1, 1, Number.NaN])("refuses a share of %s", (dropout) => {
    expect(() => new GRU(2, { dropout })).toThrow(/bad dropout, got .*, expected a number from 0 to below 1/);
    expect(() => new GRU(2, { recurrentDropout: dropout })).toThrow(/bad recurrentDropout/);
  });
});
