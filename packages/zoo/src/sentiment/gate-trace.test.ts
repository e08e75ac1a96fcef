import { GRU, Input, type Layer, LSTM, Sequential } from "@hekla/layers";
import { tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { gateTrace } from "./gate-trace.js";

const x = Float32Array.from({ length: 6 * 3 }, (_, at) => Math.sin(at * 1.7));

describe.each([
  [
    "LSTM",
    (options: object): Layer => new LSTM(4, options),
    ["input", "forget", "candidate", "output", "cell", "hidden"],
  ],
  ["GRU", (options: object): Layer => new GRU(4, options), ["update", "reset", "candidate", "hidden"]],
] as const)("gateTrace of a %s", (_, make, names) => {
  it("ends in the states that the layer gives", async () => {
    const layer = make({ returnSequences: true, biasInitializer: "uniform" });
    const network = new Sequential([new Input([6, 3]), layer], { seed: 3 });
    const trace = await gateTrace(layer, tensor(x, { shape: [6, 3] }));
    expect(Object.keys(trace)).toEqual(names);
    const wanted = await network.predict({ data: x, shape: [1, 6, 3] });
    expect(trace["hidden"]!.shape).toEqual([6, 4]);
    trace["hidden"]!.data.forEach((value, at) => {
      expect(value).toBeCloseTo(wanted.data[at]!, 6);
    });
    expect(Math.max(...wanted.data.map(Math.abs))).toBeGreaterThan(0.1);
  });

  it("refuses other activations", async () => {
    const layer = make({ activation: "relu" });
    new Sequential([new Input([6, 3]), layer]);
    await expect(gateTrace(layer, tensor(x, { shape: [6, 3] }))).rejects.toThrow("tanh and sigmoid");
  });
});
