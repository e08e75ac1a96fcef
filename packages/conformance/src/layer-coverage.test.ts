import { readdirSync, readFileSync } from "node:fs";
import * as layers from "@hekla/layers";
import { describe, expect, it } from "vitest";

/** Layer classes that no golden of Keras's can be made for, and what tests them instead. */
const withoutGolden: Readonly<Record<string, string>> = {
  InputLayer: "passes its input on; functional.test.ts",
  Lambda: "calls a function of the user's; core.test.ts",
  StackedRNNCells: "a cell: goldens of RNN hold it",
  IntegerLookup: "on the host: goldens/text-preprocessing.json; in a model the same: preprocessing.test.ts",
  StringLookup: "on host strings: goldens/text-preprocessing.json",
  TextVectorization: "on host strings: goldens/text-preprocessing.json",
  RandomFlip: "random: goldens/affine-transform.json hold the transforms",
  RandomTranslation: "random: goldens/affine-transform.json hold the transforms",
  RandomRotation: "random: goldens/affine-transform.json hold the transforms",
  RandomZoom: "random: goldens/affine-transform.json hold the transforms",
};

const isLayerClass = (value: unknown): value is { className: string; prototype: object } =>
  typeof value === "function" &&
  value.prototype instanceof layers.Layer &&
  Object.hasOwn(value, "fromConfig");

const classNames = (Object.values(layers) as unknown[])
  .filter(isLayerClass)
  .map(({ className }) => className);

const goldens = new URL("../goldens/", import.meta.url);
const inGoldens = new Map<string, number>();
for (const file of readdirSync(goldens).filter((name) => /^layers-.*\.json$/.test(name))) {
  const { cases } = JSON.parse(readFileSync(new URL(file, goldens), "utf8")) as {
    cases: { className: string }[];
  };
  for (const { className } of cases) inGoldens.set(className, (inGoldens.get(className) ?? 0) + 1);
}

/** The text of all tests beside the layers. */
const folder = new URL("../../layers/src/layers/", import.meta.url);
const tests = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => readFileSync(new URL(name.replaceAll("\\", "/"), folder), "utf8"))
  .join("\n");

describe("every layer", () => {
  it("is one of many", () => {
    expect(classNames.length).toBeGreaterThan(80);
  });

  it.each(classNames)("%s has goldens of Keras, or a reason not to", (className) => {
    if (className in withoutGolden) expect(inGoldens.get(className) ?? 0).toBe(0);
    else expect(inGoldens.get(className) ?? 0).toBeGreaterThan(0);
  });

  it.each(classNames.filter((className) => className !== "InputLayer"))(
    "%s is tested beside its source",
    (className) => {
      expect(tests).toMatch(new RegExp(`\\b${className}\\b`));
    },
  );

  it("that is excused exists", () => {
    expect(Object.keys(withoutGolden).filter((className) => !classNames.includes(className))).toEqual([]);
  });
});
