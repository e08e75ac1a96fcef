import { HostRandom } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import {
  Constant,
  computeFans,
  GlorotNormal,
  GlorotUniform,
  HeNormal,
  HeUniform,
  IdentityInitializer,
  type Initializer,
  LecunNormal,
  LecunUniform,
  Ones,
  Orthogonal,
  RandomNormal,
  RandomUniform,
  resolveInitializer,
  TruncatedNormal,
  VarianceScaling,
  Zeros,
} from "./initializers.js";
import { objectConfig } from "./named-object.js";

const shape = [5, 5, 20, 50];
// Of this shape: a 5x5 field of 20 inputs and 50 outputs.
const [fanIn, fanOut] = [500, 1250];

/** Initializer, its standard deviation, and the largest value it may give (in standard deviations of its own kind). */
const rows: readonly [Initializer, number, number][] = [
  [new RandomUniform(-0.2, 0.2), 0.2 / Math.sqrt(3), 0.2],
  [new RandomNormal(0, 0.3), 0.3, 0.3 * 6],
  // Cutting at two standard deviations leaves 0.8796 of the deviation.
  [new TruncatedNormal(0, 0.3), 0.3 * 0.8796256610342398, 0.6],
  [new GlorotUniform(), Math.sqrt(2 / (fanIn + fanOut)), Math.sqrt(6 / (fanIn + fanOut))],
  [
    new GlorotNormal(),
    Math.sqrt(2 / (fanIn + fanOut)),
    (2 / 0.8796256610342398) * Math.sqrt(2 / (fanIn + fanOut)),
  ],
  [new HeUniform(), Math.sqrt(2 / fanIn), Math.sqrt(6 / fanIn)],
  [new HeNormal(), Math.sqrt(2 / fanIn), (2 / 0.8796256610342398) * Math.sqrt(2 / fanIn)],
  [new LecunUniform(), Math.sqrt(1 / fanIn), Math.sqrt(3 / fanIn)],
  [new LecunNormal(), Math.sqrt(1 / fanIn), (2 / 0.8796256610342398) * Math.sqrt(1 / fanIn)],
  [
    new VarianceScaling({ scale: 3, mode: "fanOut", distribution: "untruncatedNormal" }),
    Math.sqrt(3 / fanOut),
    1,
  ],
  [
    new VarianceScaling({ scale: 3, mode: "fanOut", distribution: "normal" }),
    Math.sqrt(3 / fanOut),
    (2 / 0.8796256610342398) * Math.sqrt(3 / fanOut),
  ],
  [
    new VarianceScaling({ scale: 2, mode: "fanAvg", distribution: "uniform" }),
    Math.sqrt(4 / (fanIn + fanOut)),
    Math.sqrt(12 / (fanIn + fanOut)),
  ],
];

describe.each(rows)("%#: %o", (initializer, deviation, bound) => {
  const values = initializer.values(shape, new HostRandom(1, "init"));
  const average = values.reduce((total, value) => total + value, 0) / values.length;

  it("has its mean, deviation and bounds", () => {
    expect(values.length).toBe(25_000);
    // 25 000 draws: the mean is off by less than 5 of its standard deviations, the deviation by 2 %.
    expect(Math.abs(average)).toBeLessThan((5 * deviation) / Math.sqrt(values.length));
    const variance = values.reduce((total, value) => total + value * value, 0) / values.length;
    expect(Math.abs(Math.sqrt(variance) / deviation - 1)).toBeLessThan(0.02);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound * (1 + 1e-6));
  });

  it("is the same from its config, by the same seed only", () => {
    const config = { className: initializer.className, config: initializer.getConfig() };
    const copy = resolveInitializer(JSON.parse(JSON.stringify(config)));
    expect(copy.values(shape, new HostRandom(1, "init"))).toEqual(values);
    expect(copy.values(shape, new HostRandom(2, "init"))).not.toEqual(values);
  });
});

describe("initializers", () => {
  it("of constants", () => {
    const random = new HostRandom(1, "init");
    expect([...new Zeros().values([2, 2])]).toEqual([0, 0, 0, 0]);
    expect([...new Ones().values([2])]).toEqual([1, 1]);
    expect([...new Constant(2.5).values([])]).toEqual([2.5]);
    expect([...new IdentityInitializer(2).values([2, 3])]).toEqual([2, 0, 0, 0, 2, 0]);
    for (const name of ["zeros", "ones", "constant"]) resolveInitializer(name).values([3], random);
    expect(random.counter).toBe(0);
  });

  it("have the names and settings of Keras's configs", () => {
    const named = (name: string) => objectConfig(resolveInitializer(name));
    expect(named("uniform")).toEqual({ className: "RandomUniform", config: { minval: -0.05, maxval: 0.05 } });
    expect(named("normal")).toEqual({ className: "RandomNormal", config: { mean: 0, stddev: 0.05 } });
    expect(named("identity")).toEqual({ className: "Identity", config: { gain: 1 } });
    expect(named("varianceScaling").config).toEqual({
      scale: 1,
      mode: "fanIn",
      distribution: "truncatedNormal",
    });
    const old = { className: "RandomNormal", config: { mean: 0, standardDeviation: 0.3 } };
    expect(resolveInitializer(old).getConfig()).toEqual({ mean: 0, stddev: 0.3 });
  });

  it.each([
    [() => new IdentityInitializer().values([2]), /identity: got a weight of shape \[2\], expected a matrix/],
    [() => new VarianceScaling({ scale: 0 }), /varianceScaling: got scale 0/],
    [() => resolveInitializer({ className: "VarianceScaling", config: { mode: "fan" } }), /mode "fan"/],
    [() => resolveInitializer("glorot"), /unknown name, got "glorot", expected one of zeros/],
  ])("refuse what they cannot use %#", (bad, message) => {
    expect(bad).toThrow(message);
  });

  it("count fans as Keras does", () => {
    expect(computeFans([])).toEqual({ fanIn: 1, fanOut: 1 });
    expect(computeFans([7])).toEqual({ fanIn: 7, fanOut: 7 });
    expect(computeFans([3, 4])).toEqual({ fanIn: 3, fanOut: 4 });
    expect(computeFans(shape)).toEqual({ fanIn, fanOut });
  });

  it.each([
    [4, 9],
    [9, 4],
    [6, 6],
  ])("orthogonal: %i x %i", (rows_, columns) => {
    const values = new Orthogonal(2).values([rows_, columns], new HostRandom(1, "init"));
    const at = (i: number, k: number): number =>
      rows_ <= columns ? values[i * columns + k]! : values[k * columns + i]!;
    const [count, length] = [Math.min(rows_, columns), Math.max(rows_, columns)];
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        let product = 0;
        for (let k = 0; k < length; k++) product += at(i, k) * at(j, k);
        expect(product).toBeCloseTo(i === j ? 4 : 0, 5);
      }
    }
  });
});
