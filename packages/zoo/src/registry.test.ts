import { describe, expect, it } from "vitest";
import { resolveConfig } from "./config.js";
import { findModel, zoo } from "./registry.js";

describe("the zoo", () => {
  it("begins with the lecture's three digit networks", () => {
    const ids = zoo.map((model) => model.id);
    expect(ids.slice(0, 3)).toEqual(["mnist-perceptron", "mnist-mlp", "mnist-cnn"]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(findModel("mnist-cnn")).toBe(zoo[2]);
    expect(findModel("mnist-rnn")).toBeUndefined();
  });

  it.each(zoo.map((model) => [model.id, model] as const))(
    "%s documents every field and preset",
    (_, model) => {
      for (const field of Object.values(model.config)) expect(field.doc).toMatch(/^[A-Z0-9].*\.$/);
      for (const preset of Object.values(model.presets)) {
        expect(preset.doc).toMatch(/^[A-Z0-9].*\.$/);
        expect(() => resolveConfig(model.config, preset.values)).not.toThrow();
      }
      expect(resolveConfig(model.config)).toHaveProperty("seed", 1);
      expect(model.presets).toHaveProperty("start");
      expect(model.headline.length).toBeGreaterThan(0);
    },
  );

  it("trains as the lecture did under the preset of that name", () => {
    const lecture = (id: string) => {
      const model = findModel(id);
      return model && resolveConfig(model.config, model.presets["lecture"]?.values ?? {});
    };
    const plain = {
      batchSize: 128,
      epochs: 20,
      momentum: 0,
      schedule: "constant",
      weightDecay: 0,
      warmup: 0,
      limit: 0,
    };
    const unchanged = { augmentShift: 0, augmentRotation: 0, augmentScale: 0, seed: 1 };
    const sgd = { ...plain, ...unchanged, optimizer: "sgd", learningRate: 0.01, validationSplit: 0 };
    expect(lecture("mnist-perceptron")).toEqual(sgd);
    expect(lecture("mnist-mlp")).toEqual(sgd);
    const adam = { optimizer: "adam", learningRate: 0.001, validationSplit: 0.2 };
    expect(lecture("mnist-cnn")).toEqual({ ...plain, ...unchanged, ...adam });
  });
});
