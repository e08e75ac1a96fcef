import { wasm } from "@hekla/kernels-wasm";
import { Conv2D, Dense, Flatten, Input, LeakyReLU, Sequential } from "@hekla/layers";
import {
  type Backend,
  compile,
  HostRandom,
  RandomStream,
  reference,
  type Tensor,
  tensor,
  useBackend,
  valueAndGrad,
} from "@hekla/tensor";
import { afterEach, describe, expect, it } from "vitest";
import {
  discriminatorLoss,
  generatorLoss,
  gradientPenalty,
  meanScore,
  wassersteinEstimate,
} from "./adversarial-losses.js";

let backend: Backend | undefined;
afterEach(async () => {
  backend?.dispose();
  backend = await useBackend(reference());
});

const critic = () =>
  new Sequential(
    [
      new Input([6, 6, 1]),
      new Conv2D(3, 4, { strides: 2, padding: "same" }),
      new LeakyReLU({ negativeSlope: 0.2 }),
      new Conv2D(4, 4, { strides: 2, padding: "same" }),
      new LeakyReLU({ negativeSlope: 0.2 }),
      new Flatten(),
      new Dense(1),
    ],
    { seed: 5 },
  );

const pictures = (name: string): Tensor => {
  const random = new HostRandom(4, name);
  return tensor(
    Float32Array.from({ length: 3 * 36 }, () => random.normal()),
    { shape: [3, 6, 6, 1] },
  );
};

/** Both sides of a value, as float32 has them. */
const besideOf = (value: number, step: number) =>
  [Math.fround(value + step), Math.fround(value - step)] as const;

describe("the gradient penalty", () => {
  it("has the norms of slopes that finite differences have", async () => {
    backend = await useBackend(reference({ dtype: "float64" }));
    const model = critic();
    const real = pictures("real");
    const judge = (x: Tensor) => model.apply(x);
    // Real and fake pictures alike: the points between them are known.
    const { norm } = gradientPenalty(judge, real, real, new RandomStream(1, "places"));
    const values = await real.data();
    let sum = 0;
    for (let sample = 0; sample < 3; sample++) {
      let squares = 0;
      for (let at = 0; at < 36; at++) {
        const place = sample * 36 + at;
        const told = async (value: number): Promise<number> => {
          const moved = values.slice();
          moved[place] = value;
          const logits = judge(tensor(moved, { shape: [3, 6, 6, 1] }));
          return (await logits.data())[sample]!;
        };
        const [above, below] = besideOf(values[place]!, 1e-3);
        squares += (((await told(above)) - (await told(below))) / (above - below)) ** 2;
      }
      sum += Math.sqrt(squares);
    }
    expect((await norm.data())[0]).toBeCloseTo(sum / 3, 6);
  });

  it("moves weights as finite differences say, on wasm too", async () => {
    const slopesOn = async (made: Backend) => {
      backend = await useBackend(made);
      const model = critic();
      const stream = new RandomStream(1, "places");
      const first = stream.state.dataSync().slice();
      const [real, fake] = [pictures("real"), pictures("fake")];
      const penalty = () => gradientPenalty((x) => model.apply(x), real, fake, stream).penalty;
      const { grads } = compile(() => valueAndGrad(penalty, [...model.trainableWeights])())();
      const value = (): number => {
        stream.state.write(first); // the same points each time
        return penalty().dataSync()[0]!;
      };
      const weights = model.trainableWeights;
      return { weights, slopes: weights.map((weight) => grads.get(weight)!.dataSync()), value };
    };
    const { weights, slopes, value } = await slopesOn(reference({ dtype: "float64" }));
    weights.forEach((weight, which) => {
      const kept = weight.dataSync().slice();
      for (const at of [0, Math.floor(weight.size / 2), weight.size - 1]) {
        const told = (moved: number): number => {
          const values = kept.slice();
          values[at] = moved;
          weight.write(values);
          return value();
        };
        const [above, below] = besideOf(kept[at]!, 1e-3);
        expect(slopes[which]![at]!).toBeCloseTo((told(above) - told(below)) / (above - below), 5);
        weight.write(kept);
      }
    });
    // The last bias only lifts all that the critic says, which slopes do not see.
    expect(Array.from(slopes.at(-1)!)).toEqual([0]);
    expect(slopes[0]!.some((slope) => Math.abs(slope) > 0.01)).toBe(true);

    const compiled = await slopesOn(await wasm());
    compiled.slopes.forEach((found, which) => {
      found.forEach((slope, at) => {
        expect(slope).toBeCloseTo(slopes[which]![at]!, 4);
      });
    });
  });
});

describe("the losses", () => {
  const logits = (...values: number[]) => tensor(values.map((value) => [value]));
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

  it("are the cross-entropies of their papers", async () => {
    const [real, fake] = [logits(2, -1), logits(0.5, -3)];
    const entropy = (label: number, x: number) =>
      -label * Math.log(sigmoid(x)) - (1 - label) * Math.log(1 - sigmoid(x));
    const expected = (entropy(0.9, 2) + entropy(0.9, -1)) / 4 + (entropy(0, 0.5) + entropy(0, -3)) / 4;
    expect((await discriminatorLoss(real, fake, 0.1).data())[0]).toBeCloseTo(expected, 6);
    const fooled = (entropy(1, 0.5) + entropy(1, -3)) / 2;
    expect((await generatorLoss(fake).data())[0]).toBeCloseTo(fooled, 6);
    expect((await wassersteinEstimate(real, fake).data())[0]).toBeCloseTo(0.5 + 1.25, 6);
    expect((await meanScore(real).data())[0]).toBeCloseTo((sigmoid(2) + sigmoid(-1)) / 2, 6);
  });
});
