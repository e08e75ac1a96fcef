// Batches from generators and data sets, and callbacks as objects and classes.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Dataset, syntheticDigits } from "@hekla/datasets";
import {
  type BatchLogs,
  type Callback,
  CSVLogger,
  Dense,
  DivergedError,
  EarlyStopping,
  type FitOptions,
  Flatten,
  type History,
  JSONLinesLogger,
  type LabelledBatch,
  LambdaCallback,
  LearningRateScheduler,
  type Logs,
  type Model,
  ModelCheckpoint,
  Progress,
  ReduceLROnPlateau,
  Sequential,
  TensorBoard,
  TerminateOnNaN,
} from "@hekla/layers";
import { SGD } from "@hekla/optim";
import { check, waves } from "./check.js";

function network(): Sequential {
  const model = new Sequential([new Dense(4, { activation: "relu", inputShape: [3] }), new Dense(1)]);
  model.compile({ optimizer: new SGD(0.05), loss: "mse", metrics: ["mae"] });
  return model;
}

const x = { data: waves(60), shape: [20, 3] };
const y = { data: waves(20, 0.6), shape: [20, 1] };

async function batches(): Promise<void> {
  const model = network();
  // A function that makes a generator; pairs and objects.
  await model.fit(
    function* () {
      for (let k = 0; k < 3; k++) yield [{ data: waves(12), shape: [4, 3] }, waves(4)] as const;
    },
    { epochs: 2 },
  );
  await model.fit(
    async function* () {
      for (let k = 0; k < 3; k++)
        yield { x: { data: waves(12), shape: [4, 3] }, y: { data: waves(4), shape: [4, 1] } };
    },
    { epochs: 2, stepsPerEpoch: 2 },
  );
  async function* endless(): AsyncGenerator<LabelledBatch> {
    for (;;) yield [[[1, 2, 3]], [1], [0.5]];
  }
  await model.fit(endless(), { epochs: 2, stepsPerEpoch: 2, validationData: endless, validationSteps: 1 });
  await model.evaluate([{ x: [[1, 2, 3]], y: [1] }].values());

  // Rows of a table.
  const rows = Array.from({ length: 12 }, (_, k) => ({ width: k, height: k % 3, price: k * 0.1 }));
  const pipeline = Dataset.generate(() => rows, rows.length)
    .shuffle(12, { seed: 1 })
    .map(({ width, height, price }) => ({
      x: { data: Float32Array.of(width / 12, height, 1), shape: [3] },
      y: { data: Float32Array.of(price), shape: [1] },
    }))
    .batch(4, { dropRemainder: true })
    .prefetch(2);
  await model.fit(pipeline, { epochs: 2, validationData: pipeline.take(1) });
  const { loss } = await model.evaluate(pipeline);
  check(Number.isFinite(loss), "a data set cannot be evaluated");

  const arrays = Dataset.from({ x, y }).repeat().batch(5);
  await model.fit(arrays, { epochs: 2, stepsPerEpoch: 4 });
  const pairs = Dataset.from([x, y] as const).batch(5);
  await model.fit(pairs);
  const predicted = await model.predict(pairs);
  check(predicted.shape.join() === "20,1", "a data set cannot be predicted");

  const digits = syntheticDigits(1, 20);
  const reader = new Sequential([
    new Flatten({ inputShape: [1, 28, 28] }),
    new Dense(10, { activation: "softmax" }),
  ]);
  reader.compile({ optimizer: new SGD(0.1), loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  await reader.fit(Dataset.from(digits).batch(10));
}

/** A class without the library's classes behind it. */
class Recorder implements Callback {
  readonly seen: string[] = [];
  #model: Model | undefined;
  setModel(model: Model): void {
    this.#model = model;
  }
  onEpochEnd(epoch: number, logs: Record<string, number>): void {
    logs.twice = 2 * (logs.loss ?? 0);
    this.seen.push(`${this.#model?.name} ${epoch}`);
    if (epoch === 3 && this.#model) this.#model.stopTraining = true;
  }
  async onBatchEnd(_batch: number, { samples, secondsPerStep }: BatchLogs): Promise<void> {
    if (samples > 0 && secondsPerStep > 1e3) throw new Error("consumer: slow");
  }
  onTrainEnd(history: History): void {
    this.seen.push(`${history.epoch.length} epochs`);
  }
}

/** Hands options on that the caller may have left out. */
function train(model: Model, options: FitOptions): Promise<History> {
  const { epochs, batchSize, signal, seed, callbacks, sampleWeight, classWeight, augment, nanGuard } =
    options;
  const { initialEpoch, stepsPerEpoch, validationSplit, validationData, validationFreq, shuffle } = options;
  const { validationSteps, validationBatchSize, verbose, fastDevRun, overfitBatches } = options;
  const first = { epochs, batchSize, signal, seed, callbacks, sampleWeight, classWeight, augment, nanGuard };
  const second = { initialEpoch, stepsPerEpoch, validationSplit, validationData, validationFreq, shuffle };
  return model.fit(x, y, {
    ...first,
    ...second,
    validationSteps,
    validationBatchSize,
    verbose,
    fastDevRun,
    overfitBatches,
  });
}

async function callbacks(folder: string): Promise<void> {
  const model = network();
  const told: string[] = [];
  const recorder = new Recorder();
  const history = await model.fit(x, y, {
    epochs: 6,
    batchSize: 5,
    validationSplit: 0.2,
    classWeight: {},
    callbacks: [
      recorder,
      {
        onEpochBegin: (epoch) => void told.push(`begin ${epoch}`),
        onTestEnd: (logs: Logs) => void told.push(Object.keys(logs).join()),
      },
      new LambdaCallback({ onBatchEnd: (batch, logs) => void told.push(`${batch} of ${logs.batches}`) }),
      new EarlyStopping({ monitor: "val_loss", patience: 5, restoreBestWeights: true }),
      new ReduceLROnPlateau({ factor: 0.5, patience: 1 }),
      new LearningRateScheduler((epoch, rate) => (epoch < 2 ? rate : rate * 0.9)),
      new ModelCheckpoint(join(folder, "best.keras"), { saveBestOnly: true, monitor: "val_loss" }),
      new CSVLogger(join(folder, "log.csv")),
      new JSONLinesLogger(join(folder, "log.jsonl")),
      new TensorBoard(join(folder, "board"), { histogramFreq: 1, updateFreq: "batch" }),
      new TerminateOnNaN(),
      new Progress({ epochs: 6, write: () => {} }),
    ],
  });
  check(history.epoch.length === 4 && history.stopped, "stopTraining does not end training");
  check((history.history.twice ?? []).length === 4, "what a callback adds to logs is not recorded");
  check(recorder.seen.at(-1) === "4 epochs" && told.length > 8, "callbacks are not called");
  const files = await readdir(folder);
  check(
    ["best.keras", "log.csv", "log.jsonl", "board"].every((name) => files.includes(name)),
    `files: ${files}`,
  );
  const csv = await readFile(join(folder, "log.csv"), "utf8");
  check(csv.startsWith("epoch,") && csv.includes("val_mae"), "the CSV has no columns");

  const controller = new AbortController();
  controller.abort();
  const stopped = await model.fit(x, y, { epochs: 3, signal: controller.signal });
  check(stopped.stopped, "a signal does not end training");
  const forwarded = await train(network(), { epochs: 2 });
  check(forwarded.epoch.length === 2, "options that are undefined are not left out");
  const wild = network();
  wild.compile({ optimizer: new SGD(1e30), loss: "mse" });
  const error: unknown = await wild.fit(x, y, { epochs: 9 }).catch((reason: unknown) => reason);
  check(error instanceof DivergedError && error.history.epoch.length < 9, "divergence has no error");
}

export async function dataAndCallbacks(): Promise<void> {
  await batches();
  const folder = await mkdtemp(join(tmpdir(), "hekla-consumer-"));
  try {
    await callbacks(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
