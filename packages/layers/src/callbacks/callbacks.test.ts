import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exponentialDecay, SGD } from "@hekla/optim";
import { DataError, type HostArray } from "@hekla/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Callback,
  CSVLogger,
  Dense,
  EarlyStopping,
  JSONLinesLogger,
  LambdaCallback,
  LearningRateScheduler,
  ModelCheckpoint,
  Progress,
  ReduceLROnPlateau,
  Sequential,
  TerminateOnNaN,
} from "../index.js";
import { formatPath } from "./model-checkpoint.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hekla-callbacks-"));
});
afterAll(() => rm(folder, { recursive: true }));

const x: HostArray = { data: Float32Array.of(1, 2, 3, 4), shape: [4, 1] };
const y: HostArray = { data: Float32Array.of(2, 4, 6, 8), shape: [4, 1] };

function line(rate = 0.01): Sequential {
  const model = new Sequential([
    new Dense(1, { inputShape: [1], useBias: false, kernelInitializer: "zeros" }),
  ]);
  model.compile({ optimizer: new SGD(rate), loss: "meanSquaredError" });
  return model;
}

/** Puts figures of our choice into the logs; comes before what is tested. */
const figures = (name: string, values: readonly number[]): Callback => ({
  onEpochEnd(epoch, logs) {
    logs[name] = values[epoch]!;
  },
});

const train = (model: Sequential, epochs: number, callbacks: readonly Callback[]) =>
  model.fit(x, y, { epochs, batchSize: 2, callbacks });

describe("EarlyStopping", () => {
  it("waits as long as it is told, then puts the best weights back", async () => {
    const model = line();
    const weights: number[] = [];
    const watch: Callback = {
      onEpochEnd: async () => {
        weights.push((await model.getWeights())[0]!.data[0]!);
      },
    };
    const stopping = new EarlyStopping({ patience: 2, restoreBestWeights: true });
    const { epoch } = await train(model, 10, [
      watch,
      figures("val_loss", [3, 2, 1, 1.5, 1.2, 0.1]),
      stopping,
    ]);
    expect(epoch).toEqual([0, 1, 2, 3, 4]);
    expect(stopping).toMatchObject({ stoppedEpoch: 4, bestEpoch: 2, best: 1 });
    expect((await model.getWeights())[0]!.data[0]).toBe(weights[2]);
  });

  it("counts a change of minDelta only, and an epoch that does not beat the baseline as none", async () => {
    const small = new EarlyStopping({ patience: 2, minDelta: 0.5 });
    expect((await train(line(), 9, [figures("val_loss", [3, 2.8, 2.6, 2.4, 0]), small])).epoch.length).toBe(
      3,
    );
    const baseline = new EarlyStopping({ patience: 3, baseline: 0.5 });
    const values = [3, 2, 1, 0.9, 0.8, 0.1];
    expect((await train(line(), 6, [figures("val_loss", values), baseline])).epoch.length).toBe(6);
    const worse = new EarlyStopping({ patience: 2, baseline: 0.5, startFromEpoch: 1 });
    expect((await train(line(), 6, [figures("val_loss", [3, 2, 2, 2]), worse])).epoch.length).toBe(3);
  });

  it("knows which figures should grow, and asks where it does not", async () => {
    const growing = new EarlyStopping({ monitor: "val_accuracy", patience: 1 });
    const { epoch } = await train(line(), 9, [figures("val_accuracy", [0.1, 0.2, 0.3, 0.3, 0.9]), growing]);
    expect(epoch.length).toBe(4);
    expect(() => new EarlyStopping({ monitor: "val_wobble" })).toThrow(DataError);
    expect(() => new EarlyStopping({ monitor: "val_wobble", mode: "max" })).not.toThrow();
  });
});

describe("learning rates", () => {
  it("go down on a plateau, rest, and stop at the least", async () => {
    const reduce = new ReduceLROnPlateau({
      monitor: "loss",
      mode: "min",
      factor: 0.5,
      patience: 2,
      cooldown: 1,
      minLearningRate: 0.3,
    });
    // What Keras 3.15.1's callback gives for the same figures.
    const { history } = await train(line(1), 10, [figures("loss", [5, 5, 5, 5, 5, 5, 4, 4, 4, 4]), reduce]);
    expect(history.learningRate).toEqual([1, 1, 1, 0.5, 0.5, 0.3, 0.3, 0.3, 0.3, 0.3].map(Math.fround));
  });

  it("follow a function of the epoch", async () => {
    const scheduler = new LearningRateScheduler((epoch, rate) => (epoch < 2 ? rate : rate / 2));
    const { history } = await train(line(1), 4, [scheduler]);
    expect(history.learningRate).toEqual([1, 1, 0.5, 0.25]);
    const scheduled = line();
    scheduled.compile({ optimizer: new SGD(exponentialDecay(0.1, 10, 0.9)), loss: "mse" });
    await expect(train(scheduled, 1, [scheduler])).rejects.toThrow(/follows a schedule/);
    const bad = new LearningRateScheduler(() => Number.NaN);
    await expect(train(line(), 1, [bad])).rejects.toThrow(/bad learning rate for epoch 0, got NaN/);
  });
});

describe("TerminateOnNaN", () => {
  it("ends training where fit would throw", async () => {
    const stop = new TerminateOnNaN();
    const model = line(1e30);
    const history = await train(model, 50, [stop]);
    expect(history.stopped).toBe(true);
    expect(stop.error!.message).toContain("training diverged");
    await expect(train(line(1e30), 50, [])).rejects.toThrow(/training diverged/);
  });
});

describe("files of figures", () => {
  it("CSV: a line an epoch, going on where it is told", async () => {
    const path = join(folder, "new/log.csv");
    const logger = (append: boolean) => new CSVLogger(path, { append, separator: ";" });
    await train(line(), 2, [figures("b,c", [1, Number.NaN]), figures("a;d", [0.5, 3]), logger(false)]);
    const head = 'epoch;"a;d";b,c;loss;"val_a;d";val_b,c;val_loss';
    const text = await readFile(path, "utf8");
    expect(text.split("\n")[0]).toBe(head);
    expect(text.split("\n")[1]).toMatch(/^0;0\.5;1;[\d.]+;NA;NA;NA$/);
    expect(text.split("\n")[2]).toMatch(/^1;3;NaN;[\d.]+;NA;NA;NA$/);
    const plain = join(folder, "plain.csv");
    await train(line(), 1, [new CSVLogger(plain)]);
    await train(line(), 2, [new CSVLogger(plain, { append: true })]);
    expect(
      (await readFile(plain, "utf8"))
        .trimEnd()
        .split("\n")
        .map((row) => row.split(",")[0]),
    ).toEqual(["epoch", "0", "0", "1"]);
  });

  it("JSON lines", async () => {
    const path = join(folder, "log.jsonl");
    await train(line(), 2, [figures("odd", [Number.POSITIVE_INFINITY, 2]), new JSONLinesLogger(path)]);
    const rows = (await readFile(path, "utf8"))
      .trimEnd()
      .split("\n")
      .map((row) => JSON.parse(row));
    expect(rows.map(({ epoch, odd }) => [epoch, odd])).toEqual([
      [0, null],
      [1, 2],
    ]);
    expect(Number.isFinite(Date.parse(rows[0].time))).toBe(true);
  });

  it("say where they cannot be written", async () => {
    await expect(train(line(), 1, [new CSVLogger(folder)])).rejects.toThrow(/csvLogger: .*cannot be written/);
  });
});

describe("ModelCheckpoint", () => {
  const names = async (sub: string): Promise<string[]> => (await readdir(join(folder, sub))).sort();

  it("keeps the best, the last, or so many", async () => {
    const values = figures("val_loss", [3, 1, 2, 0.5]);
    const path = (sub: string, name: string): string => join(folder, sub, name);
    await train(line(), 4, [
      values,
      new ModelCheckpoint(path("best", "m-{epoch:02d}-{val_loss:.1f}.safetensors"), { saveBestOnly: true }),
    ]);
    expect(await names("best")).toEqual([
      "m-01-3.0.safetensors",
      "m-02-1.0.safetensors",
      "m-04-0.5.safetensors",
    ]);
    const keep = new ModelCheckpoint(path("keep", "m{epoch}.safetensors"), { keep: 2 });
    await train(line(), 4, [keep]);
    expect(await names("keep")).toEqual(["m3.safetensors", "m4.safetensors"]);
    expect(keep.latestPath).toBe(path("keep", "m4.safetensors"));
    await train(line(), 4, [new ModelCheckpoint(path("last", "m.safetensors"))]);
    expect(await names("last")).toEqual(["m.safetensors"]);
    await train(line(), 2, [
      new ModelCheckpoint(path("steps", "e{epoch}-b{batch}.safetensors"), { saveFreq: 1 }),
    ]);
    expect(await names("steps")).toEqual(
      ["e1-b1", "e1-b2", "e2-b1", "e2-b2"].map((name) => `${name}.safetensors`),
    );
  });

  it("writes models that load", async () => {
    const model = line();
    const path = join(folder, "good.safetensors");
    await train(model, 2, [new ModelCheckpoint(path)]);
    const other = line();
    await other.load(path);
    expect(await other.getWeights()).toEqual(await model.getWeights());
  });

  it("is left out of a dev run, which is one step", async () => {
    const seen: number[] = [];
    const watch: Callback = { onBatchEnd: (batch) => void seen.push(batch) };
    const checkpoint = new ModelCheckpoint(join(folder, "dev", "m.safetensors"));
    const { epoch } = await line().fit(x, y, {
      epochs: 9,
      batchSize: 1,
      fastDevRun: true,
      callbacks: [watch, checkpoint],
    });
    expect([seen, epoch]).toEqual([[0], [0]]);
    expect(await readdir(folder)).not.toContain("dev");
  });

  it("formats names as Python does", () => {
    expect(formatPath("a{epoch:03d}{x:.2f}{x:6.1f}{epoch}{x:.1e}", { epoch: 7, x: 3.04159 })).toBe(
      "a0073.04   3.073.0e+0",
    );
    expect(() => formatPath("{nope}", { epoch: 1 })).toThrow(/asks for \{nope\}, got epoch/);
    expect(() => new ModelCheckpoint("m.keras", { saveWeightsOnly: true })).toThrow(/ends in .weights.h5/);
    expect(() => new ModelCheckpoint("m.keras", { keep: 0 })).toThrow(/bad keep, got 0/);
  });
});

it("Progress draws a bar and keeps a line for each epoch", async () => {
  let text = "";
  const progress = new Progress({
    epochs: 2,
    interval: 0,
    write: (part) => {
      text += part;
    },
  });
  await train(line(), 2, [progress]);
  expect(text).toMatch(/\r1\/2 \[=={9}\.{10}\] \d+s left - [\d.]+ms\/step/);
  expect(text.split("\n")[1]).toMatch(/\rEpoch 2\/2 - 0\.\ds - loss: [\d.]+ *$/);
});

it("LambdaCallback calls what it is given; callbacks run around evaluation, too", async () => {
  const calls: string[] = [];
  const log = (name: string) => (): void => void calls.push(name);
  const callback = new LambdaCallback({
    onTrainBegin: log("train"),
    onBatchBegin: log("batch"),
    onTestBegin: log("test"),
    onTestEnd: log("tested"),
    onTrainEnd: log("end"),
  });
  await line().fit(x, y, {
    batchSize: 2,
    epochs: 3,
    validationData: [x, y],
    validationFreq: 2,
    callbacks: [callback],
  });
  expect(calls.join()).toBe("train,batch,batch,batch,batch,test,tested,batch,batch,end");
});
