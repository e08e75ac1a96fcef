import { DataSource, resolveConfig } from "@hekla/zoo";
import { models } from "./open-networks.js";
import type { Training } from "./train-digits.js";

const mostSteps = 60;
const mostMilliseconds = 4000;

/**
 * Takes the time of training steps: the first one compiles and is not counted, then as many as fit into a
 * few seconds. Ends by waiting for the device, so that nothing is still under way.
 */
export async function timeSteps({ model: id, settings, signal, tell }: Training): Promise<void> {
  const { train, config: schema } = models[id];
  const { batchSize } = resolveConfig(schema, settings);
  const config = resolveConfig(schema, settings, {
    epochs: 1,
    validationSplit: 0,
    limit: batchSize * (mostSteps + 1),
  });
  const enough = new AbortController();
  let [began, steps] = [0, 0];
  const { model } = await train({
    config,
    data: new DataSource({ synthetic: "always" }),
    signal: AbortSignal.any([signal, enough.signal]),
    callbacks: [
      {
        // `fit` waits for the device after the first step, and every 50 ms from there.
        onBatchEnd(batch) {
          if (batch === 0) began = performance.now();
          steps = batch;
          if (steps > 0 && performance.now() - began > mostMilliseconds) enough.abort();
        },
      },
    ],
  });
  await model.weights[0]?.data();
  const milliseconds = (performance.now() - began) / steps;
  if (steps > 0 && !signal.aborted) tell({ kind: "stepTime", milliseconds });
}
