import { SGD } from "@hekla/optim";
import { DataError, HeklaError, tensor } from "@hekla/tensor";
import { describe, expect, it } from "vitest";
import { Dense } from "../layers/index.js";
import { hinge } from "../losses/index.js";
import { lossNames } from "../losses/loss-names.js";
import { auc } from "../metrics/index.js";
import { metricNames } from "../metrics/metric-names.js";
import { Sequential } from "../models/sequential.js";
import { allObjectives } from "./all-objectives.js";
import { coreObjectives } from "./named-objectives.js";
import type { CompileOptions } from "./training.js";

const x = { data: Float32Array.of(0.2, -0.4, 0.7, 0.1, 0.9, -0.3), shape: [3, 2] };
const y = { data: Float32Array.of(1, 0, 1), shape: [3, 1] };

function compiled(options: Omit<CompileOptions, "optimizer">): Sequential {
  const model = new Sequential([new Dense(1, { activation: "sigmoid", inputShape: [2] })], { seed: 3 });
  model.compile({ optimizer: new SGD(0.1), ...options });
  return model;
}

describe("losses and metrics by name", () => {
  it("are those of the tables, and some of them only are in every app", () => {
    expect(new Set(Object.keys(allObjectives.losses))).toEqual(new Set(lossNames));
    expect(new Set(Object.keys(allObjectives.metrics))).toEqual(new Set(metricNames));
    expect(coreObjectives.losses).not.toHaveProperty("hinge");
    expect(coreObjectives.metrics).not.toHaveProperty("auc");
  });

  it.each(["fit", "trainOnBatch"] as const)("load before %s, and are the functions", async (way) => {
    const run = async (model: Sequential): Promise<unknown> =>
      way === "fit" ? (await model.fit(x, y, { epochs: 2 })).history : model.trainOnBatch(x, y);
    const named = await run(compiled({ loss: "hinge", metrics: ["auc"] }));
    expect(named).toEqual(await run(compiled({ loss: hinge, metrics: [auc()] })));
  });

  it("load before evaluate, and stay when the model is compiled again", async () => {
    const model = compiled({ loss: "mse", metrics: [{ name: "fBetaScore", numClasses: 1, threshold: 0.5 }] });
    const figures = await model.evaluate(x, y);
    expect(Object.keys(figures)).toEqual(["loss", "fBetaScore"]);
    model.compile({ optimizer: new SGD(0.1), loss: "poisson" });
    expect(Object.keys(await model.testOnBatch(x, y))).toEqual(["loss"]);
  });

  it("of unknown names are refused by compile, their options when they load", async () => {
    expect(() => compiled({ loss: "hing" })).toThrow(DataError);
    expect(() => compiled({ loss: "mse", metrics: ["toString"] })).toThrow(/got "toString"/);
    expect(() => compiled({ metrics: "accuracy" as never })).toThrow(
      /compile: bad metrics, got accuracy, expected a list or an object by the names of outputs/,
    );
    expect(() => compiled({ loss: 3 as never })).toThrow(/compile: bad loss, got 3/);
    expect(() => compiled({ loss: null as never })).toThrow(/compile: bad loss, got null/);
    expect(() => compiled({ loss: "mse", metrics: [{ name: "topKAccuracy", k: 2 }] })).not.toThrow();
    const model = compiled({ loss: "mse", metrics: [{ name: "precision", thresholds: -1 }] });
    await expect(model.fit(x, y)).rejects.toThrow(/got threshold -1/);
  });

  it("cannot be computed with at once before they have loaded", async () => {
    const model = compiled({ loss: "hinge" });
    const loss = () => model.computeLoss(tensor(y), tensor(y));
    expect(loss).toThrow(HeklaError);
    await model.testOnBatch(x, y);
    expect(await loss().item()).toBeCloseTo((0 + 1 + 0) / 3, 6);
  });
});
