import { syntheticDigits } from "@hekla/datasets";
import { wasm } from "@hekla/kernels-wasm";
import type { Callback, Model } from "@hekla/layers";
import { useBackend } from "@hekla/tensor";
import { DataSource, mnistMlp, resolveConfig } from "@hekla/zoo";
import type { Report, Request } from "./messages.js";

const seed = 1;
const testStart = 60_000;
const shown = 30;
const stepReportEvery = 40;

const test = syntheticDigits(seed, shown, { first: testStart });
let network: Model | undefined;
let running: AbortController | undefined;

function tell(report: Report): void {
  postMessage(report);
}

async function train(values: Extract<Request, { kind: "train" }>["config"]): Promise<void> {
  const config = resolveConfig(mnistMlp.config, values);
  const data = new DataSource({ synthetic: "always" });
  running = new AbortController();
  const previous = network;
  const outcome = await mnistMlp.train({
    config,
    data,
    signal: running.signal,
    callbacks: [reporter()],
    onReady: ({ model, trainSamples }) => {
      network = model;
      previous?.dispose();
      tell({
        kind: "begin",
        epochs: config.epochs,
        batches: Math.ceil(trainSamples / config.batchSize),
        trainSamples,
      });
    },
  });
  await showDigits();
  const { metrics } = await mnistMlp.evaluate({ data, model: outcome.model, config });
  tell({ kind: "end", test: metrics, seconds: outcome.seconds, stopped: outcome.interrupted });
}

function reporter(): Callback {
  let epoch = 0;
  let told = Number.NEGATIVE_INFINITY;
  return {
    onEpochBegin(at) {
      epoch = at;
    },
    onBatchEnd(batch, { loss = 0, accuracy = 0, secondsPerStep }) {
      const now = performance.now();
      if (now - told < stepReportEvery) return;
      told = now;
      tell({ kind: "step", epoch, batch, secondsPerStep, figures: { loss, accuracy } });
    },
    async onEpochEnd(at, figures) {
      tell({ kind: "epoch", epoch: at, figures });
      await showDigits();
    },
  };
}

async function showDigits(): Promise<void> {
  if (!network) return;
  const pictures = Float32Array.from(test.x.data.subarray(0, shown * 784));
  const probabilities = await mnistMlp.predict.read(network, { data: pictures, shape: [shown, 28, 28] });
  const truths = Array.from({ length: shown }, (_, at) =>
    test.y.data.subarray(at * 10, at * 10 + 10).indexOf(1),
  );
  tell({ kind: "digits", pictures, truths, probabilities: Float32Array.from(probabilities.data) });
}

async function read(picture: Float32Array): Promise<void> {
  if (!network) return;
  const { data } = await mnistMlp.predict.read(network, { data: picture, shape: [1, 28, 28] });
  tell({ kind: "reading", probabilities: Array.from(data) });
}

async function answer(request: Request): Promise<void> {
  switch (request.kind) {
    case "train":
      return train(request.config);
    case "stop":
      return running?.abort();
    case "read":
      return read(request.picture);
  }
}

addEventListener("message", ({ data }: MessageEvent<Request>) => {
  answer(data).catch((error: Error) => tell({ kind: "failure", message: error.message }));
});

const backend = await useBackend(wasm());
const { threads = 1 } = backend as { threads?: number }; // cast: wasm tells, the interface does not
tell({ kind: "ready", backend: backend.name, threads });
