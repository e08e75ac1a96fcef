import { readFileSync } from "node:fs";
import {
  IntegerLookup,
  type LayerConfig,
  layerFromConfig,
  StringLookup,
  TextVectorization,
} from "@hekla/layers";
import type { HostArray } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import type { GoldenArray } from "./goldens.js";

type Rows = string[] | string[][];

/**
 * A layer of Keras 3 that gives strings or numbers indices, written by
 * `scripts/golden/text_preprocessing.py`.
 */
interface TextGolden extends LayerConfig {
  readonly name: string;
  readonly adapt: Rows | null;
  readonly batches: Rows[] | null;
  readonly call: Rows | null;
  readonly result?: GoldenArray;
  readonly inverse?: number[][];
  readonly tokens?: Rows;
  readonly size: number;
  /** Left out where it is long. */
  readonly vocabulary: string[] | null;
  readonly plainVocabulary: string[];
}

const file = new URL("../goldens/text-preprocessing.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: TextGolden[] };

type TextLayer = StringLookup | TextVectorization;
// Numbers stand where the layer of numbers is; the calls are the same.
const isText = (layer: unknown): layer is TextLayer =>
  [StringLookup, IntegerLookup, TextVectorization].some((known) => layer instanceof known);

const read = (layer: TextLayer, rows: Rows): HostArray =>
  layer instanceof TextVectorization ? layer.vectorize(rows) : layer.lookup(rows);

function check({ adapt, batches, call, result, inverse, tokens, size, ...golden }: TextGolden): void {
  const layer = layerFromConfig(golden);
  if (!isText(layer)) throw new Error(`${golden.className} is no layer of texts`);
  if (adapt) layer.adapt(adapt);
  // A generator, as batches come one after the other.
  if (batches) layer.adapt(batches.values());
  const expectSame = (made: TextLayer): void => {
    expect(made.vocabularySize()).toBe(size);
    if (golden.vocabulary) expect(made.getVocabulary()).toEqual(golden.vocabulary);
    expect(made.getVocabulary(false)).toEqual(golden.plainVocabulary);
    if (call && result) {
      const { data, shape } = read(made, call);
      expect(shape).toEqual(result.shape);
      // Indices and counts exactly, weights to the last places of float32.
      expect(data).toHaveLength(result.data.length);
      data.forEach((value, index) => {
        expect(Math.abs(value - result.data[index]!)).toBeLessThanOrEqual(3e-7 * Math.abs(value));
      });
    }
    if (inverse && made instanceof StringLookup) expect(made.tokens(inverse)).toEqual(tokens);
    if (inverse && made instanceof IntegerLookup) expect(made.tokens(inverse)).toEqual(tokens);
  };
  expectSame(layer);
  // What files keep is enough to make the layer again.
  const saved = JSON.parse(JSON.stringify({ className: layer.className, config: layer.getConfig() }));
  const again = layerFromConfig(saved);
  if (isText(again)) expectSame(again);
  expect(again.getConfig()).toEqual(layer.getConfig());
}

describe("layers over strings of Keras 3", () => {
  it.each(cases)("$name", check);
});
