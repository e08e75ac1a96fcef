import type { HostArray } from "@hekla/tensor";
import { DataError } from "@hekla/tensor";
import { type DigitReader, digitFromImage, loadTestDigits, resolveConfig, type ZooModel } from "@hekla/zoo";
import type { Command } from "commander";
import { openBackend } from "./backends.js";
import { dataSource } from "./data-source.js";
import { drawBars, drawHalfBlocks } from "./draw-digit.js";
import { exitCodes, UsageError } from "./exit-codes.js";
import { openWeights } from "./open-weights.js";
import { withProfile } from "./profile-report.js";
import { readImage } from "./read-image.js";
import type { RunOptions } from "./run-options.js";
import { bestClass, digitPicture } from "./sample-digits.js";
import type { Terminal } from "./terminal.js";

interface PredictOptions extends RunOptions {
  readonly weights: string;
  readonly image?: string;
  readonly index?: number;
}

interface Subject {
  readonly name: string;
  /** `[1, 28, 28]`. */
  readonly image: HostArray;
  readonly truth?: number;
}

/** `hekla predict <model> --weights FILE (--image FILE | --index N)`: one digit, drawn, with its probabilities. */
export async function predictDigitCommand(
  model: ZooModel,
  reader: DigitReader,
  command: Command,
  terminal: Terminal,
): Promise<number> {
  const options = command.opts<PredictOptions>();
  if (options.image === undefined && options.index === undefined) {
    throw new UsageError("predict: nothing to read, expected --image FILE or --index N (a test digit)");
  }
  const backend = await openBackend(options, { model, config: resolveConfig(model.config) }, terminal);
  try {
    const { network } = await openWeights(model, options.weights);
    const subject = await findSubject(options, terminal);
    const title = `hekla predict ${model.id}`;
    const { result: probabilities, profile } = await withProfile(backend, options, title, () =>
      reader.read(network, subject.image),
    );
    const guess = reader.classes[bestClass(probabilities, 0)];
    const { truth } = subject;
    if (options.json) {
      const shares = Object.fromEntries(reader.classes.map((name, at) => [name, probabilities.data[at]]));
      const report = {
        model: model.id,
        image: subject.name,
        prediction: guess,
        truth: truth ?? null,
        probabilities: shares,
        ...(profile && { profile: profile.json }),
      };
      terminal.out(`${JSON.stringify(report)}\n`);
      return exitCodes.ok;
    }
    const { outColors: colors } = terminal;
    const bars = drawBars(reader.classes, probabilities.data, colors);
    const lines = drawHalfBlocks(digitPicture(subject.image, 0), colors).map(
      (line, at) => `${line}   ${bars[at - 2] ?? ""}`,
    );
    const verdict = truth === undefined ? "" : `, it is a ${reader.classes[truth]}`;
    terminal.out(`${subject.name}\n${lines.map((line) => line.trimEnd()).join("\n")}\n`);
    terminal.out(`${colors.bold(`the network reads a ${guess}`)}${verdict}\n`);
    if (profile) terminal.out(profile.text(terminal));
    return exitCodes.ok;
  } finally {
    await backend.close();
  }
}

async function findSubject(options: PredictOptions, terminal: Terminal): Promise<Subject> {
  if (options.image !== undefined) {
    const image = await readImage(options.image, options.index ?? 0);
    return { name: options.image, image: digitFromImage(image) };
  }
  const index = options.index ?? 0;
  const { test, source: name } = await loadTestDigits(dataSource(options, terminal));
  const count = test.x.shape[0] ?? 0;
  if (index >= count) {
    throw new DataError(
      `predict: no test digit ${index}, got ${count} digits (${name}), expected 0 to ${count - 1}`,
    );
  }
  const { data } = digitPicture(test.x, index);
  return {
    name: `test digit ${index}, ${name}`,
    image: { data, shape: [1, 28, 28] },
    truth: bestClass(test.y, index),
  };
}
