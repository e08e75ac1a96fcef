import { readFileSync } from "node:fs";
import { wasm } from "@hekla/kernels-wasm";
import {
  type AffineMatrix,
  type AffineTransformOptions,
  affineRotation,
  affineTransform,
  affineTranslation,
  affineZoom,
  Normalization,
} from "@hekla/layers";
import {
  type Backend,
  compile,
  grad,
  type HostArray,
  multiply,
  reference,
  sum,
  type Tensor,
  tensor,
  useBackend,
} from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { difference, type Tolerance } from "./comparator.js";
import type { GoldenArray } from "./goldens.js";

const read = <T>(name: string): T[] =>
  (JSON.parse(readFileSync(new URL(`../goldens/${name}.json`, import.meta.url), "utf8")) as { cases: T[] })
    .cases;

/** What Keras 3 adapts to, written by `scripts/golden/text_preprocessing.py`. */
interface AdaptGolden {
  readonly name: string;
  readonly config: { readonly axis: number | number[] | null };
  readonly batches: readonly GoldenArray[];
  readonly mean: GoldenArray;
  readonly variance: GoldenArray;
}

/** Images that Keras 3 transforms, written by `scripts/golden/layers_preprocessing.py`. */
interface ImageGolden {
  readonly name: string;
  readonly transform: {
    readonly kind: "matrix" | "translation" | "rotation" | "zoom";
    /** One list for each image: six entries of a matrix, right and down, degrees, or across and down. */
    readonly values: readonly (readonly number[])[];
  };
  readonly images: GoldenArray;
  readonly options: AffineTransformOptions;
  readonly result: GoldenArray;
  readonly cotangent: GoldenArray;
  readonly gradient: GoldenArray;
}

const host = ({ data, shape }: GoldenArray): HostArray => ({ data: Float32Array.from(data), shape });

function expectClose(actual: HostArray, expected: GoldenArray, tolerance: Tolerance): void {
  const compared = { ...expected, dtype: "float32" } as const;
  expect(difference({ ...actual, dtype: "float32" }, compared, tolerance)).toBeUndefined();
}

describe("Normalization adapts as Keras 3's", () => {
  it.each(read<AdaptGolden>("normalization-adapt"))(
    "to $name",
    async ({ config, batches, mean, variance }) => {
      const check = async (layer: Normalization): Promise<void> => {
        const [foundMean, foundVariance] = await layer.getWeights();
        // Keras sums in float32.
        expectClose(foundMean!, mean, { scaled: 1e-6 });
        expectClose(foundVariance!, variance, { scaled: 1e-6 });
      };
      const arrays = batches.map(host);
      const [first] = arrays as [HostArray];
      const before = new Normalization(config);
      before.build(first.shape);
      const layers = [before, new Normalization(config), new Normalization(config)];
      for (const layer of layers.slice(0, 2)) layer.adapt(arrays.length === 1 ? first : arrays.values());
      await layers[2]!.adapt(
        (async function* () {
          for (const array of arrays) yield [array, "labels"] as const;
        })(),
      );
      for (const layer of layers) {
        if (!layer.built) layer.build(first.shape);
        await check(layer);
      }
    },
  );
});

function matrixOf({ kind, values }: ImageGolden["transform"], height: number, width: number): AffineMatrix {
  const columns = values[0]!.map((_, column) =>
    tensor(
      Float32Array.from(values, (row) => row[column]!),
      { shape: [values.length, 1, 1] },
    ),
  );
  if (kind === "matrix") return columns as unknown as AffineMatrix;
  const [first, second] = columns as [Tensor, Tensor];
  if (kind === "translation") return affineTranslation(first, second);
  if (kind === "zoom") return affineZoom(first, second, height, width);
  return affineRotation(multiply(first, Math.PI / 180), height, width);
}

/**
 * Coordinates of a few places in float32, weights and four products: a few units in the last place of the
 * largest.
 */
const close: Tolerance = { scaled: 3e-6 };

const backends: [name: string, make: () => Backend | Promise<Backend>][] = [
  ["reference", () => reference()],
  ["wasm", () => wasm({ threads: 2 })],
];

describe.each(backends)("images are transformed as by Keras 3 on %s", (_name, make) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await useBackend(await make());
  });
  afterAll(async () => {
    await useBackend(reference());
    await backend.dispose();
  });
  it.each(read<ImageGolden>("affine-transform"))("$name", async (golden) => {
    const first = golden.options.dataFormat === "channelsFirst" ? 2 : 1;
    const [height, width] = golden.images.shape.slice(first) as [number, number];
    const images = tensor(host(golden.images));
    const run = (x: Tensor): Tensor =>
      affineTransform(x, matrixOf(golden.transform, height, width), golden.options);
    const value = (x: Tensor): Tensor => sum(multiply(run(x), tensor(host(golden.cotangent))));
    const result = compile(run)(images);
    expectClose({ data: await result.data(), shape: result.shape }, golden.result, close);
    const gradient = grad(value)(images);
    expectClose({ data: await gradient.data(), shape: gradient.shape }, golden.gradient, close);
  });
});
