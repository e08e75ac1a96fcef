import { type HostArray, HostRandom } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { Dense, GlobalAveragePooling1D, Input, Sequential, SimpleRNN } from "../index.js";

const random = new HostRandom(2, "data");
const values = (...shape: number[]): HostArray => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
  shape,
});
const part = ({ data, shape: [, width] }: HostArray, from: number, to: number): HostArray => ({
  data: data.subarray(from * width!, to * width!),
  shape: [to - from, width!],
});

describe("predict of batches", () => {
  const model = new Sequential([new Input([4]), new Dense(2)]);
  const x = values(7, 4);

  it("takes samples with and without labels, from generators and async iterables", async () => {
    const { data } = await model.predict(x);
    const y = values(4, 2);
    const forms = [part(x, 0, 3), part(x, 3, 4), part(x, 4, 5), part(x, 5, 7)] as const;
    const batches = function* () {
      yield forms[0];
      yield [forms[1]] as const;
      yield { x: forms[2] };
      yield [forms[3], y] as const;
    };
    expect(await model.predict(batches)).toEqual({ data, shape: [7, 2] });
    expect(await model.predict(batches())).toEqual({ data, shape: [7, 2] });
    const later = async function* () {
      yield* batches();
    };
    expect((await model.predictAll(later()))[0]).toEqual({ data, shape: [7, 2] });
  });

  it("refuses what is no batch, and no batches", async () => {
    const wrong = function* (): Generator<never> {
      yield 3 as never;
    };
    await expect(model.predict(wrong)).rejects.toThrow("predict: that is no batch, got a number");
    await expect(model.predict(function* () {})).rejects.toThrow("predict: the batches ran out");
  });

  it("joins outputs of one shape only", async () => {
    const open = new Sequential([new Input([null, 1]), new SimpleRNN(2, { returnSequences: true })]);
    const batches = [values(2, 3, 1), values(2, 5, 1)];
    await expect(open.predict(batches.values())).rejects.toThrow(
      "predict: outputs differ in shape, got [2,3,2] and [2,5,2]",
    );
    open.add(new GlobalAveragePooling1D());
    expect((await open.predict(batches.values())).shape).toEqual([4, 2]);
  });
});
