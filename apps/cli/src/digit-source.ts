import type { DigitSet } from "@hekla/datasets";
import { mnist, syntheticMnist } from "@hekla/datasets";
import { DataError } from "@hekla/tensor";
import type { DigitsProvider } from "@hekla/zoo";
import type { Terminal } from "./terminal.js";

export interface DigitSourceOptions {
  /** A folder, "synthetic", or nothing: HEKLA_DATA_DIR, then the cache. */
  readonly data?: string | undefined;
  /** Whether missing files may be fetched from the net. */
  readonly download: boolean;
  /** Whether the built-in digits may stand in where no others are at hand. */
  readonly standIn: boolean;
  /** Seed of the built-in digits. */
  readonly seed: number;
}

const synthetic = "synthetic";
const syntheticTest = 2000;

/** The digits a command works on; fetched once, and then kept for evaluation and pictures. */
export function digitSource(options: DigitSourceOptions, terminal: Terminal): DigitsProvider {
  let digits: Promise<DigitSet> | undefined;
  return (request) => {
    digits ??= fetchDigits(options, request.trainSamples, terminal);
    return digits;
  };
}

async function fetchDigits(
  options: DigitSourceOptions,
  trainSamples: number | undefined,
  terminal: Terminal,
): Promise<DigitSet> {
  const builtIn = () => syntheticMnist({ seed: options.seed, train: trainSamples ?? 60_000, test: syntheticTest });
  if (options.data === synthetic) return builtIn();
  try {
    return await mnist({ directory: options.data, download: options.download });
  } catch (error) {
    if (!options.standIn || !(error instanceof DataError)) throw error;
    return builtIn();
  }
}
