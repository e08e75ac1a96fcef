import { wasm } from "@hekla/kernels-wasm";
import { Dense, type Layer, LSTM, Sequential } from "@hekla/layers";
import { Adam, SGD } from "@hekla/optim";
import { useBackend } from "@hekla/tensor";
import { makeModel } from "../hekla-models.js";
import { makeBatch, makeWeights } from "../inputs.js";
import type { CountedLayer } from "../works.js";
import { pointName, SCALE_AXES, type ScalePoint } from "./scale-axes.js";
import { type Run, serveTimed } from "./timed-cases.js";

/** A stack as its counted layers say: recurrent ones, then dense ones with relu between them. */
function stack({ work }: ScalePoint): Sequential {
  const last = work.layers.length - 1;
  const activation = work.targets === "classes" ? "softmax" : "linear";
  const make = (layer: CountedLayer, index: number): Layer => {
    const inputShape = index === 0 ? { inputShape: [...work.inputShape] } : {};
    if (layer.kind === "lstm") return new LSTM(layer.units, inputShape);
    if (layer.kind !== "dense") throw new Error(`scale: no such layer here, got ${layer.kind}`);
    return new Dense(layer.outputs, { activation: index === last ? activation : "relu", ...inputShape });
  };
  const model = new Sequential(work.layers.map(make));
  model.compile({ optimizer: work.optimizer === "sgd" ? new SGD(0.01) : new Adam(), loss: work.loss });
  model.setWeights(work.layers.flatMap(makeWeights));
  return model;
}

function prepare(point: ScalePoint): Run {
  const model = point.work.name === "cnn" ? makeModel(point.work) : stack(point);
  const { images, imagesShape, labels, labelsShape } = makeBatch(point.work, point.batch);
  const x = { data: images, shape: imagesShape };
  const y = { data: labels, shape: labelsShape };
  return async () => {
    await model.trainOnBatch(x, y);
  };
}

await serveTimed(async ({ work, threads }) => {
  await useBackend(wasm({ threads }));
  const { points } = SCALE_AXES.find(({ name }) => name === work)!;
  return {
    version: "this checkout, bundled from source",
    detail: `wasm, ${threads} thread(s) asked for, compiled step`,
    cases: points.map((point) => ({ name: pointName(point), prepare: () => prepare(point) })),
  };
});
