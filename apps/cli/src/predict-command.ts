import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type PredictTask, resolveConfig, type ZooModel } from "@hekla/zoo";
import type { Command } from "commander";
import { openBackend } from "./backends.js";
import { readFields } from "./config-flags.js";
import { dataSource } from "./data-source.js";
import { exitCodes } from "./exit-codes.js";
import { openWeights } from "./open-weights.js";
import { withProfile } from "./profile-report.js";
import { type RunOptions, reportFolder } from "./run-options.js";
import type { Terminal } from "./terminal.js";
import { shownText, writeArtifacts } from "./write-artifacts.js";

interface PredictOptions extends RunOptions {
  readonly weights: string;
  readonly input?: string;
}

/** `hekla predict <model> --weights FILE`: what the model is for, with its own flags. */
export async function predictCommand(
  model: ZooModel,
  task: PredictTask,
  command: Command,
  terminal: Terminal,
): Promise<number> {
  const options = command.opts<PredictOptions>();
  const wanted = readFields(command, task.options);
  const input = options.input && {
    name: options.input,
    bytes: new Uint8Array(await readFile(options.input)),
    beside: fileBeside(options.input),
  };
  const backend = await openBackend(options, { model, config: resolveConfig(model.config) }, terminal);
  try {
    const { network, config } = await openWeights(model, options.weights);
    const title = `hekla predict ${model.id}`;
    const { result: prediction, profile } = await withProfile(backend, options, title, () =>
      task.run({
        model: network,
        config,
        data: dataSource(options, terminal),
        options: wanted,
        ...(input && { input }),
      }),
    );
    const written = await writeArtifacts(prediction.artifacts ?? [], reportFolder(model, options));
    if (options.json) {
      const files = written.map(({ file }) => file);
      const report = {
        model: model.id,
        ...prediction.json,
        files,
        ...(profile && { profile: profile.json }),
      };
      terminal.out(`${JSON.stringify(report)}\n`);
    } else {
      terminal.out(shownText(prediction, written, terminal).trimStart());
      if (profile) terminal.out(profile.text(terminal));
    }
    return exitCodes.ok;
  } finally {
    await backend.close();
  }
}

/** Reads files in the folder of `file`. */
function fileBeside(file: string) {
  return async (name: string): Promise<Uint8Array | undefined> => {
    try {
      return new Uint8Array(await readFile(join(dirname(file), name)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  };
}
