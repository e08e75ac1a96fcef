import type { ZooModel } from "@hekla/zoo";
import { type Command, InvalidArgumentError, Option } from "commander";
import { type BackendOptions, backendNames } from "./backends.js";

export interface RunOptions extends BackendOptions {
  readonly data?: string;
  readonly download?: boolean;
  readonly json?: boolean;
  readonly report?: string;
  readonly profile?: string;
  readonly profileSteps: number;
  /** Of `train` only. */
  readonly profileSkip: number;
}

/** Where the tables and pictures of a result go. */
export function reportFolder(model: ZooModel, options: RunOptions): string {
  return options.report ?? `${model.id}-report`;
}

/** Flags of every command that computes. */
export function addRunOptions(command: Command): void {
  command
    .addOption(
      new Option(
        "--data <folder>",
        'folder with the data sets, or "synthetic" for the built-in data; without it: HEKLA_DATA_DIR, and ' +
          "for MNIST then the cache, then a download from public mirrors",
      ),
    )
    .addOption(new Option("--no-download", "take only MNIST files that this machine has already"))
    .addOption(new Option("--backend <name>", `what computes: ${backendNames.join(", ")}`).default("auto"))
    .addOption(new Option("--threads <n>", "threads, 1 to 64; without it: one a core").argParser(threadCount))
    .addOption(
      new Option(
        "--report <folder>",
        'where tables and pictures go, if there are any (default: "<model>-report")',
      ),
    )
    .addOption(
      new Option("--profile <file>", "write a trace of what ran, for chrome://tracing and ui.perfetto.dev"),
    )
    .addOption(new Option("--profile-steps <n>", "steps that it holds").default(20).argParser(stepCount))
    .addOption(new Option("--json", "print one JSON object on standard output"))
    .addOption(new Option("--quiet", "no summary, no progress"));
}

function threadCount(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 64) return value;
  throw new InvalidArgumentError("Expected an integer from 1 to 64.");
}

function stepCount(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError("Expected an integer >= 1.");
}

/** Parser for positions on the command line. */
export function indexNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError("Expected an integer >= 0.");
}
