import { type DigitSet, mnist, syntheticDigits } from "@hekla/datasets";
import { DataError } from "@hekla/tensor";
import type { DigitsProvider } from "@hekla/zoo";
import type { Terminal } from "./terminal.js";

export interface DigitSourceOptions {
  /** A folder, "synthetic", or nothing: HEKLA_DATA_DIR, then the cache, then a download. */
  readonly data?: string | undefined;
  /** Whether missing files may be fetched from the net. Default true; never where the built-in digits stand in. */
  readonly download?: boolean;
  /** Whether the built-in digits may stand in where no others are at hand. */
  readonly standIn: boolean;
  readonly signal?: AbortSignal;
}

const synthetic = {
  name: "synthetic",
  seed: 1,
  train: 60_000,
  test: 2_000,
  source: "built-in synthetic digits",
};

/** The digits a command works on; fetched once, and then kept for evaluation and pictures. */
export function digitSource(options: DigitSourceOptions, terminal: Terminal): DigitsProvider {
  let digits: Promise<DigitSet> | undefined;
  return ({ trainSamples }) => {
    digits ??=
      options.data === synthetic.name ? builtIn(trainSamples) : files(options, trainSamples, terminal);
    return digits;
  };
}

/** The flag that asks for the same digits again: " --data synthetic", or nothing where none is needed. */
export function dataFlag(given: string | undefined, source: string): string {
  const name = source === synthetic.source ? synthetic.name : given;
  return name === undefined ? "" : ` --data ${name}`;
}

/** Test digits always start behind the longest training part, so that no training ever sees them. */
async function builtIn(trainSamples = synthetic.train): Promise<DigitSet> {
  const { seed, train, test } = synthetic;
  return {
    train: syntheticDigits(seed, Math.min(trainSamples, train)),
    test: syntheticDigits(seed, test, { first: train }),
    source: synthetic.source,
  };
}

async function files(
  options: DigitSourceOptions,
  trainSamples: number | undefined,
  terminal: Terminal,
): Promise<DigitSet> {
  const { data, signal } = options;
  const download = options.download !== false && !options.standIn;
  try {
    return await mnist({
      download,
      ...(data !== undefined && { dataDir: data }),
      ...(signal && { signal }),
      onProgress: ({ file, received, total }) => {
        if (terminal.redraws)
          terminal.err(`\rfetching ${file} ${Math.floor((100 * received) / total)} %\x1b[K`);
        if (terminal.redraws && received >= total) terminal.err("\n");
      },
    });
  } catch (error) {
    if (!(error instanceof DataError) || !error.message.includes("three ways")) throw error;
    // A folder that was named but does not serve is a mistake to be told, not to be papered over.
    const named = data !== undefined || Boolean(process.env["HEKLA_DATA_DIR"]);
    if (options.standIn && !named) return builtIn(trainSamples);
    throw new DataError(
      `${error.message}\n  or use the built-in digits, which need no files: --data synthetic`,
    );
  }
}
