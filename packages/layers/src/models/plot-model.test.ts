import { expect, it } from "vitest";
import { Add, Concatenate, Dense, Input, input, Model, plotModel, Sequential } from "../index.js";

/** Boxes and arrows of a picture. */
const parts = (svg: string) => ({
  boxes: [...svg.matchAll(/<rect x="([\d.-]+)" y="([\d.-]+)" width="([\d.]+)" height="([\d.]+)"/g)].map(
    (match) => match.slice(1, 5).map(Number),
  ),
  arrows: [...svg.matchAll(/marker-end/g)].length,
  texts: [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map((match) => match[1]!),
});

function branching(): Model {
  const a = input([4], { name: "a" });
  const b = input([4], { name: "b<>" });
  const shared = new Dense(3, { name: "shared" });
  const joined = new Concatenate({ name: "joined" }).apply([shared.apply(a), shared.apply(b)]);
  const deep = new Dense(3, { name: "deep" }).apply(joined);
  return new Model([a, b], new Add({ name: "sum" }).apply([deep, new Dense(3, { name: "skip" }).apply(a)]));
}

it("draws each layer once, connected as they are, none over another", () => {
  const { boxes, arrows, texts } = parts(plotModel(branching()));
  expect(boxes.length).toBe(7);
  expect(arrows).toBe(7);
  expect(texts).toContain("shared (Dense)");
  expect(texts).toContain("b&lt;&gt; (InputLayer)");
  expect(texts).toContain("15 parameters");
  boxes.forEach(([x, y, w, h], index) => {
    for (const [x2, y2, w2, h2] of boxes.slice(index + 1)) {
      const apart = x! + w! <= x2! || x2! + w2! <= x! || y! + h! <= y2! || y2! + h2! <= y!;
      expect(apart).toBe(true);
    }
  });
});

it("draws a list of layers, from left to right if wanted, with what is wanted in the boxes", () => {
  const model = new Sequential([new Input([4]), new Dense(3), new Dense(2)]);
  const { boxes, arrows, texts } = parts(
    plotModel(model, { rankdir: "LR", showShapes: false, showParams: false }),
  );
  expect([boxes.length, arrows]).toEqual([3, 2]);
  expect(texts).toEqual(["input", "(None, 4)", "dense_1 (Dense)", "dense_2 (Dense)"]);
  expect(boxes[1]![0]).toBeGreaterThan(boxes[0]![0]! + boxes[0]![2]!);
  expect(() => plotModel(new Sequential([new Dense(1)]))).toThrow(/the model is not built/);
});

it("draws an arrow back to a layer that is used again further on", () => {
  const x = input([4], { name: "x" });
  const shared = new Dense(4, { name: "shared" });
  const model = new Model(x, shared.apply(new Dense(4, { name: "between" }).apply(shared.apply(x))));
  const { boxes, arrows } = parts(plotModel(model));
  expect([boxes.length, arrows]).toEqual([3, 3]);
});
