import { resolveConfig, type ZooModel } from "@hekla/zoo";
import type { Command } from "commander";
import { openBackend } from "./backends.js";
import { backendReport } from "./backends-text.js";
import { dataSource } from "./data-source.js";
import { exitCodes } from "./exit-codes.js";
import { headlineText } from "./headline.js";
import { openWeights } from "./open-weights.js";
import { withProfile } from "./profile-report.js";
import { duration } from "./progress.js";
import { type RunOptions, reportFolder } from "./run-options.js";
import type { Terminal } from "./terminal.js";
import { versions } from "./versions.js";
import { shownText, writeArtifacts } from "./write-artifacts.js";

/** `hekla evaluate <model> --weights FILE`: the figures on the test data, and what there is to see. */
export async function evaluateCommand(
  model: ZooModel,
  command: Command,
  terminal: Terminal,
): Promise<number> {
  const options = command.opts<RunOptions & { weights: string }>();
  const backend = await openBackend(options, { model, config: resolveConfig(model.config) }, terminal);
  try {
    const { network, config } = await openWeights(model, options.weights);
    const data = dataSource(options, terminal);
    const title = `hekla evaluate ${model.id}`;
    const { result: test, profile } = await withProfile(backend, options, title, () =>
      model.evaluate({ data, model: network, config }),
    );
    const { metrics, samples, seconds, source } = test;
    const written = await writeArtifacts(test.artifacts ?? [], reportFolder(model, options));
    if (options.json) {
      const report = {
        model: model.id,
        weights: options.weights,
        config,
        backend: backendReport(backend),
        data: { source, test: samples },
        test: metrics,
        seconds,
        microsecondsPerSample: (seconds * 1e6) / samples,
        files: written.map(({ file }) => file),
        ...(profile && { profile: profile.json }),
        versions: versions(),
      };
      terminal.out(`${JSON.stringify(report)}\n`);
      return exitCodes.ok;
    }
    terminal.out(`${headlineText(model, test, terminal)}\n`);
    terminal.out(`evaluated at ${duration(seconds / samples)}/sample\n`);
    if (!options.quiet) terminal.out(shownText(test, written, terminal));
    if (profile) terminal.out(profile.text(terminal));
    return exitCodes.ok;
  } finally {
    await backend.close();
  }
}
