import type { Callback, Model } from "@hekla/layers";
import { DataSource, resolveConfig } from "@hekla/zoo";
import type { ModelId, Settings, TrainerReport, Weights } from "./messages.js";
import { models } from "./open-networks.js";
import { StepClock } from "./step-clock.js";
import { readUnseen, scoreUnseen } from "./unseen-digits.js";

/** Reports of single steps are this many milliseconds apart. */
const stepReportEvery = 60;

export interface Training {
  readonly model: ModelId;
  readonly settings: Settings;
  readonly signal: AbortSignal;
  readonly tell: (report: TrainerReport) => void;
  /** Takes the network as it is, after each epoch. */
  readonly reader?: MessagePort | undefined;
}

/**
 * Trains a network on drawn digits and tells how it goes: figures, digits that it has never seen, weights.
 */
export async function trainDigits({ model: id, settings, signal, tell, reader }: Training): Promise<void> {
  const { train, config: schema } = models[id];
  const config = resolveConfig(schema, settings);
  const data = new DataSource({ synthetic: "always" });
  const clock = new StepClock();
  let network: Model | undefined;
  const show = async () => {
    if (!network) return;
    tell({ kind: "unseen", digits: await readUnseen(id, network) });
    const values = await network.getWeights();
    const buffers = values.map(({ data }) => data.buffer as ArrayBuffer); // cast: copies
    reader?.postMessage({ model: id, config: settings, values } satisfies Weights, buffers);
  };
  const outcome = await train({
    config,
    data,
    signal,
    callbacks: [clock, reporter(tell, show, clock)],
    onReady: ({ model, epochs, stepsPerEpoch, trainSamples }) => {
      network = model;
      tell({ kind: "begin", epochs, stepsPerEpoch, trainSamples });
    },
  });
  if (outcome.interrupted) await show();
  const test = await scoreUnseen(id, outcome.model);
  tell({ kind: "end", test, seconds: outcome.seconds, stopped: outcome.interrupted });
}

function reporter(tell: Training["tell"], show: () => Promise<void>, clock: StepClock): Callback {
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
      tell({ kind: "epoch", epoch: at, figures: { ...figures } });
      if (clock.milliseconds > 0) tell({ kind: "stepTime", milliseconds: clock.milliseconds });
      await show();
    },
  };
}
