import { compile, HostRandom, ShapeError, type Tensor, tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import {
  ActivityRegularization,
  AlphaDropout,
  Dropout,
  GaussianDropout,
  GaussianNoise,
  type Layer,
  Masking,
  maskOf,
  Seeds,
  SpatialDropout1D,
  SpatialDropout2D,
  SpatialDropout3D,
} from "../../index.js";
import { testLayer } from "../../testing/test-layer.js";

testLayer("Dropout", () => new Dropout(0.4), [30, 5]);
testLayer("Dropout of whole axes", () => new Dropout(0.4, { noiseShape: [null, 1], seed: 9 }), [30, 5]);
testLayer("SpatialDropout1D", () => new SpatialDropout1D(0.4), [4, 3, 5]);
testLayer("SpatialDropout2D", () => new SpatialDropout2D(0.4, { dataFormat: "channelsFirst" }), [2, 5, 3, 2]);
testLayer("SpatialDropout3D", () => new SpatialDropout3D(0.4, { seed: 3 }), [2, 2, 2, 2, 5]);
testLayer("AlphaDropout", () => new AlphaDropout(0.4), [30, 5]);
testLayer("GaussianDropout", () => new GaussianDropout(0.4), [30, 5]);
testLayer("GaussianNoise", () => new GaussianNoise(0.4), [30, 5]);
testLayer("ActivityRegularization", () => new ActivityRegularization({ l1: 0.1, l2: 0.2 }), [3, 5]);

/** 20 000 ones. */
const ones = tensor(new Float32Array(20_000).fill(1), { shape: [2000, 10] });
const statistics = (values: ArrayLike<number>): { mean: number; deviation: number } => {
  const list = Array.from(values);
  const mean = list.reduce((total, value) => total + value, 0) / list.length;
  const variance = list.reduce((total, value) => total + (value - mean) ** 2, 0) / list.length;
  return { mean, deviation: Math.sqrt(variance) };
};
const trained = (layer: Layer, x: Tensor): Float32Array =>
  Float32Array.from(layer.apply(x, { training: true }).dataSync());

describe("Dropout", () => {
  it("drops its share in training and scales the rest", () => {
    const values = trained(new Dropout(0.25), ones);
    const dropped = values.filter((value) => value === 0).length / values.length;
    // 20 000 draws: a standard deviation of 0.003.
    expect(Math.abs(dropped - 0.25)).toBeLessThan(0.015);
    expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
  });

  it("drops whole axes under a noise shape", () => {
    const values = trained(new Dropout(0.5, { noiseShape: [null, 1] }), ones);
    for (let row = 0; row < 2000; row++) {
      expect(new Set(values.slice(row * 10, row * 10 + 10)).size).toBe(1);
    }
    expect(new Set(values).size).toBe(2);
  });

  it("drops everything at a rate of 1", () => {
    expect(new Set(trained(new Dropout(1), ones))).toEqual(new Set([0]));
  });
});

describe("spatial dropout", () => {
  it.each<[string, Layer, number[], (at: readonly number[]) => unknown]>([
    ["1D", new SpatialDropout1D(0.5), [8, 5, 6], ([n, , c]) => [n, c]],
    ["2D", new SpatialDropout2D(0.5), [6, 3, 4, 5], ([n, , , c]) => [n, c]],
    [
      "2D channels first",
      new SpatialDropout2D(0.5, { dataFormat: "channelsFirst" }),
      [6, 5, 3, 4],
      ([n, c]) => [n, c],
    ],
    ["3D", new SpatialDropout3D(0.5), [6, 2, 3, 2, 5], ([n, , , , c]) => [n, c]],
    [
      "3D channels first",
      new SpatialDropout3D(0.5, { dataFormat: "channelsFirst" }),
      [6, 5, 2, 3, 2],
      ([n, c]) => [n, c],
    ],
  ])("%s drops channels as a whole", (_, layer, shape, channelOf) => {
    const size = shape.reduce((total, length) => total * length, 1);
    const values = trained(layer, tensor(new Float32Array(size).fill(1), { shape }));
    const channels = new Map<string, Set<number>>();
    values.forEach((value, index) => {
      let stride = size;
      const at = shape.map((length) => {
        stride /= length;
        return Math.floor(index / stride) % length;
      });
      const key = String(channelOf(at));
      channels.set(key, (channels.get(key) ?? new Set()).add(value));
    });
    expect(Math.max(...[...channels.values()].map((found) => found.size))).toBe(1);
    expect(new Set(values)).toEqual(new Set([0, 2]));
  });

  it("takes over the order of axes of the image layers before it", () => {
    const layer = new SpatialDropout2D(0.5);
    expect(layer.adoptDataFormat("channelsFirst")).toBe("channelsFirst");
    expect(layer.getConfig()).toMatchObject({ dataFormat: "channelsFirst" });
  });
});

describe("noise", () => {
  it("GaussianNoise adds numbers of its standard deviation", () => {
    const { mean, deviation } = statistics(trained(new GaussianNoise(0.3), ones));
    // 20 000 draws: the mean is off by less than 5 of its standard deviations, the deviation by 5 times 0.5 %.
    expect(Math.abs(mean - 1)).toBeLessThan((5 * 0.3) / Math.sqrt(20_000));
    expect(Math.abs(deviation / 0.3 - 1)).toBeLessThan(0.025);
  });

  it("GaussianDropout multiplies by numbers of mean 1", () => {
    const { mean, deviation } = statistics(trained(new GaussianDropout(0.2), ones.multiply(3)));
    // sqrt(0.2 / 0.8) = 0.5
    expect(Math.abs(mean / 3 - 1)).toBeLessThan((5 * 0.5) / Math.sqrt(20_000));
    expect(Math.abs(deviation / 1.5 - 1)).toBeLessThan(0.025);
  });

  it("AlphaDropout keeps mean 0 and variance 1, and sets its share to one value", () => {
    const random = new HostRandom(3, "samples");
    const normal = Float32Array.from({ length: 20_000 }, () => random.normal());
    const values = trained(new AlphaDropout(0.2), tensor(normal, { shape: [2000, 10] }));
    const { mean, deviation } = statistics(values);
    // 5 standard deviations of mean and deviation of 20 000 draws; the latter are wider than of a normal distribution.
    expect(Math.abs(mean)).toBeLessThan(0.035);
    expect(Math.abs(deviation - 1)).toBeLessThan(0.035);
    const saturation = -1.7580993408473766;
    const scale = (0.8 * (1 + 0.2 * saturation ** 2)) ** -0.5;
    const low = Math.fround(scale * saturation - scale * saturation * 0.2);
    const share = values.filter((value) => Math.abs(value - low) < 1e-5).length / values.length;
    expect(Math.abs(share - 0.2)).toBeLessThan(0.015);
  });
});

describe("layers that draw", () => {
  const each: [string, () => Layer][] = [
    ["Dropout", () => new Dropout(0.5)],
    ["SpatialDropout1D", () => new SpatialDropout1D(0.5)],
    ["AlphaDropout", () => new AlphaDropout(0.5)],
    ["GaussianDropout", () => new GaussianDropout(0.5)],
    ["GaussianNoise", () => new GaussianNoise(0.5)],
    ["Dropout with a seed of its own", () => new Dropout(0.5, { seed: 7 })],
  ];
  const x = tensor(new Float32Array(300).fill(1), { shape: [6, 5, 10] });

  it.each(each)("%s draws anew at each step, and again in a run with the same seed", (_, make) => {
    const run = (seed: number, compiled: boolean): number[][] => {
      const layer = make();
      layer.join("probe", new Seeds(seed));
      const eager = (input: Tensor): Tensor => layer.apply(input, { training: true });
      const step = compiled ? compile(eager) : eager;
      return [0, 1, 2].map(() => [...step(x).dataSync()]);
    };
    const first = run(1, true);
    expect(first[1]).not.toEqual(first[0]);
    expect(first[2]).not.toEqual(first[1]);
    expect(run(1, true)).toEqual(first);
    expect(run(1, false)).toEqual(first);
    if (make().getConfig()["seed"] === undefined) expect(run(2, true)).not.toEqual(first);
    else expect(run(2, true)).toEqual(first);
  });

  it("give each layer of a model numbers of its own", () => {
    const seeds = new Seeds(1);
    const [a, b] = [new Dropout(0.5), new Dropout(0.5)];
    for (const layer of [a, b]) layer.join("probe", seeds);
    expect(trained(a, x)).not.toEqual(trained(b, x));
  });

  it.each(each)("%s passes predictions on, and masks", (_, make) => {
    const layer = make();
    expect(layer.apply(x)).toBe(x);
    expect(layer.states).toHaveLength(1);
    const masked = new Masking().apply(
      tensor([
        [
          [0, 0],
          [1, 2],
        ],
      ]),
    );
    expect(maskOf(make().apply(masked, { training: true }))).toBeDefined();
  });
});

describe("regularization layers", () => {
  it.each([
    [() => new Dropout(1.5), /dropout: bad rate, got 1.5, expected a number from 0 to 1/],
    [() => new Dropout(-0.1), /bad rate, got -0.1/],
    [() => new AlphaDropout(1), /alpha_dropout: bad rate, got 1, expected a number from 0 to below 1/],
    [() => new GaussianDropout(1), /bad rate, got 1/],
    [() => new GaussianNoise(2), /bad stddev, got 2/],
    [() => new ActivityRegularization({ l1: -1 }), /bad l1, got -1/],
    [() => new Dropout(0.5, { noiseShape: [0] }), /bad noiseShape, got \[0\]/],
  ])("refuse what they cannot use %#", (bad, message) => {
    expect(bad).toThrow(message);
  });

  it.each([
    [
      () => trained(new Dropout(0.5, { noiseShape: [null] }), ones),
      /noiseShape does not fit, got \[\] for inputs/,
    ],
    [() => trained(new Dropout(0.5, { noiseShape: [null, 3] }), ones), /got \[,3\] for inputs \[2000,10\]/],
    [() => new SpatialDropout3D(0.5, { dataFormat: "NCDHW" as never }), /bad dataFormat, got "NCDHW"/],
    [() => new SpatialDropout1D(0.5).build([null, 3]), /got \(None, 3\), expected 3 axes/],
    [() => new SpatialDropout2D(0.5).computeOutputShape([null, 3, 2]), /expected 4 axes/],
  ])("refuse shapes that do not fit %#", (bad, message) => {
    expect(bad).toThrow(ShapeError);
    expect(bad).toThrow(message);
  });
});
