import { compile, DataError, ShapeError, type Tensor, tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import {
  affineTransform,
  type Layer,
  RandomFlip,
  RandomRotation,
  RandomTranslation,
  RandomZoom,
  Seeds,
} from "../../index.js";
import { normalValues, testLayer } from "../../testing/test-layer.js";

const last = [2, 4, 3, 2];
const first = [2, 2, 4, 3];
const dataFormat = "channelsFirst";
testLayer("RandomFlip", () => new RandomFlip(), last);
testLayer("RandomFlip channels first", () => new RandomFlip("vertical", { seed: 3, dataFormat }), first);
testLayer("RandomTranslation", () => new RandomTranslation(0.3, [-0.2, 0.4]), last);
testLayer("RandomRotation", () => new RandomRotation(0.2, { fillMode: "constant", fillValue: 2 }), last);
testLayer(
  "RandomRotation channels first",
  () => new RandomRotation([0, 0.5], { fillMode: "wrap", dataFormat }),
  first,
);
testLayer(
  "RandomZoom",
  () => new RandomZoom(0.3, { widthFactor: [-0.2, 0], interpolation: "nearest" }),
  last,
);

const makers: [string, (seed?: number) => Layer][] = [
  ["RandomFlip", (seed = 1) => new RandomFlip("horizontal", { seed })],
  ["RandomTranslation", (seed = 1) => new RandomTranslation(0.4, 0.4, { seed })],
  ["RandomRotation", (seed = 1) => new RandomRotation(0.5, { seed })],
  ["RandomZoom", (seed = 1) => new RandomZoom(0.4, { seed })],
];

describe.each(makers)("%s", (_name, make) => {
  /** Eight times the same image. */
  const image = normalValues([5 * 6]).dataSync();
  const images = tensor(
    Float32Array.from({ length: 240 }, (_, i) => image[i % 30]!),
    { shape: [8, 5, 6, 1] },
  );
  const steps = (layer: Layer, count = 3): string[] => {
    layer.join("probe", new Seeds(0));
    const step = compile((x: Tensor) => layer.apply(x, { training: true }));
    return Array.from({ length: count }, () => step(images).dataSync().slice(0, 40).join());
  };

  it("draws anew for each image and each step, the same for the same seed", () => {
    const seen = steps(make());
    expect(new Set(seen).size).toBe(3);
    expect(steps(make())).toEqual(seen);
    expect(steps(make(2))).not.toEqual(seen);
    const batch = make().apply(images, { training: true }).dataSync();
    const rows = Array.from({ length: 8 }, (_, at) => batch.slice(at * 30, at * 30 + 30).join());
    expect(new Set(rows).size).toBeGreaterThan(1);
  });

  it("passes images on outside of training, whole numbers as floats", () => {
    expect(make().apply(images)).toBe(images);
    const pixels = tensor(
      Int32Array.from({ length: 12 }, (_, i) => i),
      { shape: [1, 3, 4, 1] },
    );
    expect(make().apply(pixels).dtype).toBe("float32");
    expect(() => make().computeOutputShape([null, 28, 28])).toThrow(ShapeError);
  });

  it("draws by the model's seed where it has none of its own", () => {
    const { seed, ...config } = make().getConfig();
    const layers = [1, 1, 2].map((model) => {
      const type = make().constructor as unknown as { fromConfig(config: object): Layer };
      const layer = type.fromConfig(config);
      layer.join("probe", new Seeds(model));
      return layer;
    });
    const [a, b, c] = layers.map((layer) => steps(layer, 1)) as [string[], string[], string[]];
    expect(seed).toBe(1);
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });
});

describe("random images", () => {
  it("are flipped half of the time, both ways together", () => {
    const count = 2000;
    const images = tensor(
      Float32Array.from({ length: count * 4 }, (_, i) => i % 4),
      { shape: [count, 2, 2, 1] },
    );
    const outcomes = (layer: Layer): Record<string, number> => {
      const values = layer.apply(images, { training: true }).dataSync();
      const found: Record<string, number> = {};
      for (let at = 0; at < count; at++) {
        const key = values.slice(at * 4, at * 4 + 4).join("");
        found[key] = (found[key] ?? 0) + 1 / count;
      }
      return found;
    };
    const cases = [
      [new RandomFlip("horizontal"), "1032"],
      [new RandomFlip("vertical"), "2301"],
      [new RandomFlip(), "3210"],
    ] as const;
    for (const [layer, flipped] of cases) {
      const found = outcomes(layer);
      expect(Object.keys(found).sort()).toEqual(["0123", flipped].sort());
      // 2000 draws: a standard deviation of 0.011.
      expect(Math.abs(found[flipped]! - 0.5)).toBeLessThan(0.05);
    }
  });

  it("are shifted evenly between both bounds", () => {
    const [count, width] = [500, 8];
    // Each value tells its place, so the first one of a row tells the shift.
    const ramp = tensor(
      Float32Array.from({ length: count * width }, (_, i) => i % width),
      { shape: [count, 1, width, 1] },
    );
    const layer = new RandomTranslation(0, [-0.25, 0.5]);
    const moved = layer.apply(ramp, { training: true }).dataSync();
    // In the middle: 3 - shift, for shifts from -2 to 4 places; between them only while 0 <= 3 - shift.
    const shifts = Array.from({ length: count }, (_, at) => 3 - moved[at * width + 3]!).filter(
      (s) => s < 2.9,
    );
    expect(Math.min(...shifts)).toBeGreaterThanOrEqual(-2);
    expect(Math.min(...shifts)).toBeLessThan(-1.9);
    expect(Math.max(...shifts)).toBeGreaterThan(2.7);
    const mean = shifts.reduce((total, shift) => total + shift / shifts.length, 0);
    // Even from -2 to 2.9, some 400 draws: a standard deviation of 0.07.
    expect(Math.abs(mean - 0.45)).toBeLessThan(0.3);
  });

  it.each([
    [() => new RandomFlip("diagonal" as "vertical"), DataError, /randomFlip: bad mode, got "diagonal"/],
    [
      () => new RandomTranslation(0.1, 1.5),
      DataError,
      /bad widthFactor, got 1.5, expected numbers from -1 to 1/,
    ],
    [() => new RandomRotation([0.1, 2]), DataError, /bad factor, got \[0.1,2\]/],
    [() => new RandomZoom(-1), DataError, /randomZoom: bad heightFactor, got -1/],
    [
      () => new RandomZoom(0.1, { fillMode: "edge" as "wrap" }),
      DataError,
      /bad fillMode, got "edge", expected one of/,
    ],
    [
      () => new RandomZoom(0.1, { interpolation: "cubic" as "nearest" }),
      DataError,
      /bad interpolation, got "cubic"/,
    ],
    [() => affineTransform(tensor([[1]]), [1, 0, 0, 0, 1, 0]), ShapeError, /got images of shape \[1,1\]/],
  ])("refuse what they cannot do %#", (bad, type, message) => {
    expect(bad).toThrow(type);
    expect(bad).toThrow(message);
  });
});
