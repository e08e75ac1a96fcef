import type { ZooModel } from "@hekla/zoo";
import type { Command } from "commander";
import { openBackend } from "./backends.js";
import { digitSource } from "./digit-source.js";
import { exitCodes } from "./exit-codes.js";
import { grouped } from "./grouped.js";
import { openWeights } from "./open-weights.js";
import { duration } from "./progress.js";
import type { RunOptions } from "./run-options.js";
import type { Terminal } from "./terminal.js";
import { versions } from "./versions.js";

/** `hekla evaluate <model> --weights FILE`: loss and accuracy on the test digits. */
export async function evaluateCommand(
  model: ZooModel,
  command: Command,
  terminal: Terminal,
): Promise<number> {
  const options = command.opts<RunOptions & { weights: string }>();
  const backend = await openBackend(options.backend, options.threads);
  try {
    const network = await openWeights(model, options.weights);
    const data = { digits: digitSource({ ...options, standIn: false }, terminal) };
    const { metrics, samples, seconds, source: name } = await model.evaluate({ data, model: network });
    if (options.json) {
      const { name: backendName, threads } = backend;
      const report = {
        model: model.id,
        weights: options.weights,
        backend: { name: backendName, threads },
        data: { source: name, test: samples },
        test: metrics,
        seconds,
        microsecondsPerSample: (seconds * 1e6) / samples,
        versions: versions(),
      };
      terminal.out(`${JSON.stringify(report)}\n`);
      return exitCodes.ok;
    }
    const { outColors: colors } = terminal;
    const accuracy = colors.bold(colors.green(`test accuracy ${metrics["accuracy"]?.toFixed(4)}`));
    terminal.out(
      `${accuracy}, loss ${metrics["loss"]?.toFixed(4)} on ${grouped(samples)} digits (${name})\n`,
    );
    terminal.out(`evaluated at ${duration(seconds / samples)}/sample\n`);
    return exitCodes.ok;
  } finally {
    await backend.close();
  }
}
