import { Adam } from "@hekla/optim";
import { add, compile, concat, type Tensor, tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import {
  Bidirectional,
  ConvLSTM1D,
  ConvLSTM2D,
  Dense,
  GRU,
  GRUCell,
  input,
  LSTM,
  LSTMCell,
  RNN,
  Seeds,
  Sequential,
  SimpleRNN,
  StackedRNNCells,
  TimeDistributed,
} from "../../index.js";
import { maskOf, setMask } from "../../masks.js";
import { normalValues } from "../../testing/test-layer.js";

const [batch, steps, features, units] = [2, 3, 2, 4];
const x = normalValues([batch, steps, features]);
const later = normalValues([batch, steps + 1, features]);
const values = (y: Tensor): number[] => [...y.dataSync()];
/** The layer, which begins with the same weights as others of its kind. */
const same = (layer: RNN): RNN => {
  layer.join("probe", new Seeds(2));
  return layer;
};
const close = (actual: Tensor, expected: Tensor): void => {
  expect(actual.shape).toEqual(expected.shape);
  const wanted = values(expected);
  values(actual).forEach((value, at) => {
    expect(Math.abs(value - wanted[at]!)).toBeLessThan(1e-6);
  });
};

describe("stateful layers", () => {
  const makers = {
    SimpleRNN: (stateful: boolean) => new SimpleRNN(units, { stateful, returnSequences: true }),
    GRU: (stateful: boolean) => new GRU(units, { stateful, returnSequences: true }),
    LSTM: (stateful: boolean) => new LSTM(units, { stateful, returnSequences: true }),
    RNN: (stateful: boolean) =>
      new RNN([new LSTMCell(3), new GRUCell(units)], { stateful, returnSequences: true }),
  };
  it.each(Object.entries(makers))("%s goes on where the batch before ended, and begins again", (_, make) => {
    const [stateful, whole] = [same(make(true)), same(make(false))];
    const first = stateful.apply(x);
    const second = stateful.apply(later);
    const joined = concat([x, later], { axis: 1 });
    close(concat([first, second], { axis: 1 }), whole.apply(joined));
    stateful.resetStates();
    close(stateful.apply(joined), whole.apply(joined));
    expect(stateful.states.length).toBe(stateful.cell.stateSizes.length);
    expect(stateful.weights.length).toBe(whole.weights.length);
  });

  it("goes on from run to run of a compiled step, and resets in one", () => {
    const layer = new GRU(units, { stateful: true });
    const step = compile((input: Tensor) => layer.apply(input));
    const runs = [step(x), step(x), step(x)].map(values);
    expect(runs[1]).not.toEqual(runs[0]);
    expect(runs[2]).not.toEqual(runs[1]);
    layer.resetStates();
    expect(values(step(x))).toEqual(runs[0]);
    const fresh = compile((input: Tensor) => {
      layer.resetStates();
      return layer.apply(input);
    });
    expect([fresh(x), fresh(x)].map(values)).toEqual([runs[0], runs[0]]);
  });

  it("resets both directions", () => {
    const layer = new Bidirectional(new LSTM(units, { stateful: true }));
    const first = values(layer.apply(x));
    expect(values(layer.apply(x))).not.toEqual(first);
    layer.resetStates();
    expect(values(layer.apply(x))).toEqual(first);
  });

  it("come from a file into a layer that has seen no batch, counters of dropout included", async () => {
    const make = () => {
      const lstm = new LSTM(3, { stateful: true, dropout: 0.5, recurrentDropout: 0.5, inputShape: [4, 2] });
      const model = new Sequential([lstm, new Dense(1)], { seed: 5 });
      model.compile({ optimizer: new Adam(0.01), loss: "meanSquaredError" });
      return model;
    };
    const data = (...shape: number[]) => ({ data: normalValues(shape).dataSync(), shape });
    const [sequences, targets] = [data(4, 4, 2), data(4, 1)];
    const begun = make();
    await begun.fit(sequences, targets, { batchSize: 2, epochs: 1, shuffle: false });
    begun.layers.forEach((layer) => {
      (layer as Partial<LSTM>).resetStates?.();
    });
    const resumed = make();
    await resumed.restore(await begun.toBytes());
    for (const model of [begun, resumed]) {
      await model.fit(sequences, targets, { batchSize: 2, epochs: 2, initialEpoch: 1, shuffle: false });
    }
    expect(await resumed.getWeights()).toEqual(await begun.getWeights());
  });

  it("keeps states for the first batch, at once where its size is known", () => {
    const layer = new LSTM(units, { stateful: true, name: "memory" });
    layer.build([batch, steps, features]);
    expect(layer.namedStates().map(([, { shape }]) => shape)).toEqual([
      [batch, units],
      [batch, units],
    ]);
    expect(() => layer.apply(normalValues([3, steps, features]))).toThrow(
      "memory: a stateful layer keeps a state for each sample, got a batch of 3, expected 2 as in the first",
    );
  });
});

describe("masks", () => {
  const mask = tensor(Uint8Array.of(1, 1, 0, 1, 0, 0), { shape: [batch, steps], dtype: "bool" });
  const masked = (): Tensor => setMask(add(x, 0), mask);

  it("come with the inputs, and leave with sequences only", () => {
    const layer = new LSTM(units, { returnSequences: true, returnState: true });
    const [outputs, hidden] = layer.applyAll(masked());
    expect(values(maskOf(outputs!)!)).toEqual(values(mask));
    expect(maskOf(hidden!)).toBeUndefined();
    expect(maskOf(new LSTM(units).apply(masked()))).toBeUndefined();
    const both = new Bidirectional(new GRU(units, { returnSequences: true }), { mergeMode: null });
    for (const output of both.applyAll(masked())) expect(values(maskOf(output)!)).toEqual(values(mask));
    const dense = new TimeDistributed(new Dense(2)).apply(masked());
    expect(values(maskOf(dense)!)).toEqual(values(mask));
  });

  it("give what shorter sequences give", () => {
    const [layer, short] = [same(new GRU(units)), same(new GRU(units))];
    const one = tensor(x.dataSync().slice(0, 4), { shape: [1, 2, features] });
    close(tensor(values(layer.apply(masked())).slice(0, units), { shape: [1, units] }), short.apply(one));
  });

  it("of another shape are refused", () => {
    const wrong = tensor(new Uint8Array(4), { shape: [2, 2], dtype: "bool" });
    expect(() => new LSTM(2, { name: "a" }).apply(x, { mask: wrong })).toThrow(
      "a: the mask does not fit, got (2, 2), expected (2, 3), (batch, steps)",
    );
    expect(() => new TimeDistributed(new Dense(2), { name: "b" }).apply(x, { mask: wrong })).toThrow(
      "b: the mask does not fit, got (2, 2), expected (2, 3, ...)",
    );
  });
});

describe("recurrent layers", () => {
  it("take initial states in functional models", () => {
    const [sequences, state] = [input([null, features]), input([units])];
    const outputs = new LSTM(units, { returnSequences: true, returnState: true }).applyAll(sequences, {
      initialState: [state, state],
    });
    expect(outputs.map(({ shape }) => shape)).toEqual([
      [null, null, units],
      [null, units],
      [null, units],
    ]);
    const mixed = new Bidirectional(new GRU(units, { returnState: true }), { mergeMode: null });
    expect(mixed.applyAll(sequences).map(({ shape }) => shape)).toEqual(
      [1, 2, 3, 4].map(() => [null, units]),
    );
  });

  it("may differ in size from one direction to the other", () => {
    for (const mergeMode of ["concat", null] as const) {
      const backwardLayer = new LSTM(3, { goBackwards: true, returnState: true });
      const layer = new Bidirectional(new LSTM(units, { returnState: true }), { mergeMode, backwardLayer });
      const shapes = layer.applyAll(x).map(({ shape }) => shape);
      expect(layer.computeOutputShape([batch, steps, features])).toEqual(shapes);
      expect(shapes[0]).toEqual([batch, mergeMode ? units + 3 : units]);
    }
    const open = new Bidirectional(new ConvLSTM1D(2, 1, { dataFormat: "channelsFirst" }));
    expect(open.computeOutputShape([null, steps, 1, null])).toEqual([null, 2, null]);
  });

  it("begin with Keras's values", () => {
    const layer = new LSTM(2);
    layer.build([null, steps, 3]);
    const [kernel, recurrent, bias] = layer.weights.map((weight) => [...weight.dataSync()]);
    expect(bias).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
    expect(Math.max(...kernel!.map(Math.abs))).toBeLessThan(Math.sqrt(6 / (3 + 8)));
    const rows = [0, 1].map((row) => recurrent!.slice(8 * row, 8 * row + 8));
    const dot = (a: number, b: number): number =>
      rows[a]!.reduce((total, value, at) => total + value * rows[b]![at]!, 0);
    expect([dot(0, 0), dot(1, 1), dot(0, 1)].map((value) => Math.abs(Math.round(value * 1e6)))).toEqual([
      1e6, 1e6, 0,
    ]);
    const closed = new LSTM(2, { unitForgetBias: false, biasInitializer: "ones" });
    closed.build([null, steps, 3]);
    expect([...closed.weights[2]!.dataSync()]).toEqual(new Array(8).fill(1));
  });

  it("pass regularizers and constraints to their cell's weights", () => {
    const layer = new GRU(2, {
      kernelRegularizer: "l1",
      recurrentRegularizer: "l2",
      biasRegularizer: "l1L2",
      recurrentConstraint: "maxNorm",
    });
    layer.build([null, steps, features]);
    expect(layer.weightRules.map(({ regularizer }) => regularizer?.className)).toEqual(["L1", "L2", "L1L2"]);
    expect(layer.weightRules.map(({ constraint }) => constraint?.className)).toEqual([
      undefined,
      "MaxNorm",
      undefined,
    ]);
  });

  it("have Keras's flat configs", () => {
    const config = new GRU(3, { recurrentActivation: "hardSigmoid", seed: 5 }).getConfig();
    expect(config).toMatchObject({ units: 3, activation: "tanh", recurrentActivation: "hardSigmoid" });
    expect(config).toMatchObject({ resetAfter: true, returnSequences: false, zeroOutputForMask: false });
    expect(config).not.toHaveProperty("cell");
    const both = new Bidirectional(new LSTM(3, { returnSequences: true })).getConfig();
    expect(both["layer"]).toMatchObject({
      className: "LSTM",
      config: { name: "forward_lstm", goBackwards: false },
    });
    expect(both["backwardLayer"]).toMatchObject({ config: { name: "backward_lstm", goBackwards: true } });
    const cells = new RNN([new LSTMCell(3), new LSTMCell(2)]).getConfig()["cell"];
    expect(cells).toMatchObject({
      className: "StackedRNNCells",
      config: { cells: [{ config: { name: "lstm_cell" } }, { config: { name: "lstm_cell_1" } }] },
    });
  });

  it("are copied into Bidirectional, with weights of their own", () => {
    const layer = new LSTM(units);
    layer.build([null, steps, features]);
    const both = new Bidirectional(layer);
    both.build([null, steps, features]);
    expect(both.weights.length).toBe(6);
    for (const weight of both.weights) expect(layer.weights).not.toContain(weight);
  });

  it("adopt the order of axes of the images before them", () => {
    const layer = new ConvLSTM2D(2, 3);
    expect(layer.adoptDataFormat("channelsFirst")).toBe("channelsFirst");
    expect(layer.computeOutputShape([null, null, 1, 8, 9])).toEqual([null, 2, 6, 7]);
    expect(layer.getConfig()).toMatchObject({ dataFormat: "channelsFirst" });
  });

  it.each([
    [() => new LSTM(0), /lstmCell: bad units, got 0, expected an integer of at least 1/],
    [() => new GRU(2.5), /gruCell: bad units, got 2.5/],
    [() => new LSTM(2, { activation: "tan" }), /activation: unknown name, got "tan"/],
    [() => new LSTM(2).computeOutputShape([null, 5]), /lstm: .* got \(None, 5\), expected 3 axes/],
    [() => new LSTM(2).build([null, 5, null]), /lstm_cell: the last axis must have a known size/],
    [() => new LSTM(2).apply(normalValues([2, 0, 3])), /lstm: there are no steps, got \[2,0,3\]/],
    [
      () => new LSTM(2).apply(x, { initialState: [normalValues([2, 2])] }),
      /lstm: wrong number of initial states, got 1, expected 2/,
    ],
    [() => new ConvLSTM2D(2, 3).build([null, 4, null, 8, 1]), /axis 1 must have a known size/],
    [() => new ConvLSTM2D(2, [3, 0]), /conv_lstm2d: bad kernelSize, got 3,0/],
    [() => new ConvLSTM2D(2, 3, { strides: 2, dilationRate: 2 }), /strides above 1 do not go with/],
    [() => new TimeDistributed(new Dense(1)).build([null, 3]), /time_distributed: input has too few axes/],
    [
      () => new Bidirectional(new LSTM(2), { mergeMode: "mean" as "ave" }),
      /bad mergeMode, got "mean", expected one of concat, sum, mul, ave/,
    ],
    [
      () => new Bidirectional(new LSTM(2), { backwardLayer: new LSTM(2) }),
      /both layers run in one direction, got goBackwards false twice/,
    ],
    [
      () =>
        new Bidirectional(new LSTM(2, { returnSequences: true }), {
          backwardLayer: new LSTM(2, { goBackwards: true }),
        }),
      /the layers differ in returnSequences, got true and false/,
    ],
    [() => new StackedRNNCells([]), /stackedRNNCells: there are no cells, got an empty list/],
  ])("refuse what does not fit %#", (bad, message) => {
    expect(bad).toThrow(message);
  });
});
