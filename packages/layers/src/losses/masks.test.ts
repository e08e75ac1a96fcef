import { compile, HostRandom, type Tensor, tensor, valueAndGrad } from "@hekla/tensor";
import { expect, it } from "vitest";
import { describeOnBackends } from "../testing/on-backends.js";
import { type LossLike, reduceLoss, resolveLoss } from "./index.js";

const random = new HostRandom(11, "masks");
const numbers = (count: number, low: number, high: number): number[] =>
  Array.from({ length: count }, () => low + (high - low) * random.uniform());

/** Every loss that leaves the time axis in place, and what its labels are. */
const rows: readonly [LossLike, "real" | "oneHot" | "binary" | "class"][] = [
  ["mse", "real"],
  ["mae", "real"],
  ["mape", "real"],
  ["msle", "real"],
  ["huber", "real"],
  ["logCosh", "real"],
  ["poisson", "real"],
  ["cosineSimilarity", "real"],
  ["kld", "oneHot"],
  ["categoricalCrossentropy", "oneHot"],
  [{ name: "categoricalCrossentropy", fromLogits: true, labelSmoothing: 0.1 }, "oneHot"],
  ["categoricalFocalCrossentropy", "oneHot"],
  ["categoricalHinge", "oneHot"],
  ["sparseCategoricalCrossentropy", "class"],
  [{ name: "sparseCategoricalCrossentropy", fromLogits: true }, "class"],
  [{ name: "sparseCategoricalCrossentropy", ignoreClass: 1 }, "class"],
  ["bce", "binary"],
  [{ name: "binaryCrossentropy", fromLogits: true }, "binary"],
  ["binaryFocalCrossentropy", "binary"],
  ["hinge", "binary"],
  ["squaredHinge", "binary"],
  [{ name: "dice", axis: -1 }, "binary"],
  [{ name: "tversky", axis: -1 }, "binary"],
];

const [batch, time, size] = [3, 4, 3];
const mask = [1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0];

function labelsOf(kind: (typeof rows)[number][1]): { data: number[]; shape: number[] } {
  const places = batch * time;
  if (kind === "class") return { data: numbers(places, 0, size).map(Math.floor), shape: [batch, time] };
  const shape = [batch, time, size];
  if (kind === "real") return { data: numbers(places * size, -2, 2), shape };
  if (kind === "binary") return { data: numbers(places * size, 0, 1).map(Math.round), shape };
  const chosen = numbers(places, 0, size).map(Math.floor);
  return { data: chosen.flatMap((k) => [0, 1, 2].map((at) => Number(at === k))), shape };
}

describeOnBackends("masked targets", () => {
  it.each(rows)("change neither loss nor gradient: %j", (like, kind) => {
    const loss = resolveLoss(like);
    const p = tensor(numbers(batch * time * size, 0.05, 0.95), { shape: [batch, time, size] });
    const sampleWeight = tensor(numbers(batch * time, 0.5, 2), { shape: [batch, time] });
    const where = tensor(mask, { shape: [batch, time], dtype: "bool" });
    const step = (yTrue: Tensor, yPred: Tensor) =>
      valueAndGrad((x: Tensor) => reduceLoss(loss(yTrue, x), { sampleWeight, mask: where }))(yPred);
    const run = (data: readonly number[], shape: readonly number[], fn = step): number[][] => {
      const { value, grads } = fn(tensor([...data], { shape }), p);
      // Zeros that were -0 count as 0: a masked place's gradient is 0 times something.
      return [value, grads].map((x) => [...x.dataSync()].map((each) => each + 0));
    };
    const { data, shape } = labelsOf(kind);
    const [value, slope] = run(data, shape);
    expect(Number.isFinite(value![0])).toBe(true);
    expect(slope!.some((x) => x !== 0)).toBe(true);
    mask.forEach((counts, place) => {
      const each = slope!.slice(place * size, (place + 1) * size);
      if (!counts) expect(each).toEqual([0, 0, 0]);
    });
    const per = data.length / mask.length;
    const changed = data.map((x, at) => (mask[Math.floor(at / per)] ? x : kind === "class" ? 77 : x * 3 - 5));
    expect(run(changed, shape)).toEqual([value, slope]);
    expect(run(data, shape, compile(step))).toEqual([value, slope]);
  });
});
