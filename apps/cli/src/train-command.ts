import { readFile } from "node:fs/promises";
import type { Callback } from "@hekla/layers";
import type { ConfigValue, EvaluateOutcome, TrainingReady, TrainOutcome, ZooModel } from "@hekla/zoo";
import type { Command } from "commander";
import { openBackend } from "./backends.js";
import { backendReport, backendText, type OpenBackend } from "./backends-text.js";
import { readConfigFlags } from "./config-flags.js";
import { dataFlag, dataSource } from "./data-source.js";
import { exitCodes } from "./exit-codes.js";
import { grouped } from "./grouped.js";
import { headlineText } from "./headline.js";
import { onInterrupt } from "./interruption.js";
import { checkProfiles, TrainingRecorder } from "./profile-recorder.js";
import { type ProfileReport, reportProfile } from "./profile-report.js";
import { clock, duration, progressCallback } from "./progress.js";
import type { RunOptions } from "./run-options.js";
import { reportFolder } from "./run-options.js";
import { sampleDigits } from "./sample-digits.js";
import { checkWritable, type SavedModel, saveModel } from "./save-model.js";
import type { Terminal } from "./terminal.js";
import { versions } from "./versions.js";
import { shownText, type WrittenArtifact, writeArtifacts } from "./write-artifacts.js";

interface TrainOptions extends RunOptions {
  readonly out?: string;
  readonly resume?: string;
  readonly preset: string;
}

/** `hekla train <model>`: trains, scores, saves, shows. Returns the exit code. */
export async function trainCommand(model: ZooModel, command: Command, terminal: Terminal): Promise<number> {
  const options = command.opts<TrainOptions>();
  const config = readConfigFlags(command, model);
  const out = options.out ?? `${model.id}.keras`;
  await checkWritable(out, "--out");
  if (options.profile !== undefined) await checkWritable(options.profile, "--profile");
  const resume = options.resume && { bytes: await readFile(options.resume), source: options.resume };

  const backend = await openBackend(options, { model, config }, terminal);
  const interrupt = onInterrupt(terminal);
  try {
    const recorder = options.profile !== undefined ? recorderOf(backend, options) : undefined;
    const standIn = options.preset === "start";
    const data = dataSource({ ...options, standIn, signal: interrupt.signal }, terminal);
    const callbacks: Callback[] = recorder ? [recorder.callback] : [];
    const follow = options.quiet ? undefined : follower(model, config, backend, callbacks, terminal);
    const outcome = await model.train({
      config,
      data,
      callbacks,
      signal: interrupt.signal,
      ...(resume && { resume }),
      onReady: (ready) => {
        recorder?.expect(ready);
        follow?.(ready);
      },
    });
    const recording = await recorder?.finish();
    const profile =
      recording && (await reportProfile(recording, options.profile!, `hekla train ${model.id}`));
    const test = outcome.interrupted
      ? undefined
      : await model.evaluate({ data, model: outcome.model, config });
    const saved = await saveModel(outcome.model, out);
    const written = await writeArtifacts(test?.artifacts ?? [], reportFolder(model, options));
    const report = {
      model,
      data: options.data,
      preset: options.preset,
      config,
      backend,
      outcome,
      test,
      saved,
      written,
      ...(profile && { profile: profile.json }),
    };
    terminal.out(options.json ? `${JSON.stringify(jsonReport(report))}\n` : textReport(report, terminal));
    const { predict } = model;
    if (!(outcome.interrupted || options.json || options.quiet)) {
      if (predict.kind === "digit") terminal.out(await sampleDigits(predict, outcome.model, data, terminal));
      if (test) terminal.out(shownText(test, written, terminal));
    }
    if (profile && !options.json) terminal.out(profile.text(terminal));
    return outcome.interrupted ? exitCodes.interrupted : exitCodes.ok;
  } finally {
    interrupt.release();
    await backend.close();
  }
}

interface Report {
  readonly model: ZooModel;
  readonly preset: string;
  readonly data: string | undefined;
  readonly config: Readonly<Record<string, ConfigValue>>;
  readonly backend: OpenBackend;
  readonly outcome: TrainOutcome;
  readonly test: EvaluateOutcome | undefined;
  readonly saved: SavedModel;
  readonly written: readonly WrittenArtifact[];
  readonly profile?: ProfileReport;
}

function recorderOf({ backend }: OpenBackend, { profileSteps, profileSkip }: TrainOptions): TrainingRecorder {
  checkProfiles(backend);
  return new TrainingRecorder(backend, profileSteps, profileSkip);
}

/** Shows head and summary before training, and adds what shows a line an epoch to the callbacks. */
function follower(
  model: ZooModel,
  config: Report["config"],
  backend: OpenBackend,
  callbacks: Callback[],
  terminal: Terminal,
) {
  return (ready: TrainingReady): void => {
    const { errColors: colors } = terminal;
    const held = ready.validationSamples > 0 ? `, ${grouped(ready.validationSamples)} held out` : "";
    terminal.err(`${colors.bold(model.title)} · ${model.doc}\n`);
    terminal.err(
      `data: ${ready.source}, ${grouped(ready.trainSamples)} ${model.samples} to learn from${held}\n`,
    );
    terminal.err(`backend: ${backendText(backend.backend)} · seed ${config["seed"]}\n\n`);
    const resumed = resumedText(ready);
    if (resumed) terminal.err(`${resumed}\n\n`);
    terminal.err(`${ready.model.summary().trimEnd()}\n\n`);
    callbacks.push(progressCallback(terminal, ready.epochs, ready.stepsPerEpoch));
  };
}

/** "resumed after epoch 2 and 40 of 178 steps", or nothing where training began anew. */
function resumedText({ initialEpoch, initialStep = 0, stepsPerEpoch }: TrainingReady): string {
  const behind = [
    ...(initialEpoch > 0 ? [`epoch ${initialEpoch}`] : []),
    ...(initialStep > 0 ? [`${initialStep} of ${stepsPerEpoch} steps`] : []),
  ];
  return behind.length > 0 ? `resumed after ${behind.join(" and ")}` : "";
}

function textReport({ outcome, test, saved, model, data }: Report, terminal: Terminal): string {
  const { outColors: colors } = terminal;
  const epochs = outcome.history["loss"]?.length ?? 0;
  const perSample = outcome.seconds / Math.max(epochs * outcome.trainSamples, 1);
  const size =
    saved.bytes < 1e5 ? `${(saved.bytes / 1e3).toFixed(1)} KB` : `${(saved.bytes / 1e6).toFixed(1)} MB`;
  const file = `${saved.file} (${size})`;
  if (!test) {
    const done = epochs === 1 ? "1 full epoch" : `${epochs} full epochs`;
    const on = `go on with: hekla train ${model.id} --resume ${saved.file} and the same settings`;
    return `${colors.yellow("interrupted")} after ${done}; what was learnt so far is saved in ${file}\n${colors.dim(on)}\n`;
  }
  const trained = `${epochs} epochs in ${clock(outcome.seconds)}, ${duration(perSample)}/sample`;
  const lines = [
    headlineText(model, test, terminal),
    `trained ${trained}; evaluated at ${duration(test.seconds / test.samples)}/sample`,
    `saved ${file}`,
    colors.dim(
      `next: hekla predict ${model.id} --weights ${saved.file}${dataFlag(data, test.source)}${model.predict.kind === "digit" ? " --index 7" : ""}`,
    ),
  ];
  return `\n${lines.join("\n")}\n`;
}

function jsonReport({ model, preset, config, backend, outcome, test, saved, written, profile }: Report) {
  const { history } = outcome;
  const epochs = history["loss"]?.length ?? 0;
  return {
    model: model.id,
    preset,
    config,
    seed: config["seed"],
    backend: backendReport(backend),
    data: {
      source: outcome.source,
      train: outcome.trainSamples,
      validation: outcome.validationSamples,
      test: test?.samples ?? null,
    },
    parameters: outcome.model.countParams(),
    initialEpoch: outcome.initialEpoch,
    interrupted: outcome.interrupted,
    history,
    test: test ? test.metrics : null,
    seconds: { train: outcome.seconds, evaluate: test?.seconds ?? null },
    microsecondsPerSample: {
      train: epochs > 0 ? (outcome.seconds * 1e6) / (epochs * outcome.trainSamples) : null,
      evaluate: test ? (test.seconds * 1e6) / test.samples : null,
    },
    files: written.map(({ file }) => file),
    weights: { file: saved.file, bytes: saved.bytes, sha256: saved.sha256 },
    ...(profile && { profile }),
    versions: versions(),
  };
}
