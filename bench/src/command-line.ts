import { parseArgs } from "node:util";
import { WORK_SETTINGS } from "./cases.js";
import { PEER_NAMES } from "./peers.js";
import type { Settings } from "./settings.js";
import { FAMILIES, TASKS } from "./tasks.js";
import { UsageError } from "./usage-error.js";
import { GEMM_SIZES } from "./works.js";

const OPTIONS = {
  rounds: { type: "string" },
  steps: { type: "string" },
  warmup: { type: "string" },
  threads: { type: "string" },
  batch: { type: "string" },
  sizes: { type: "string" },
  only: { type: "string" },
  works: { type: "string" },
  slow: { type: "boolean", default: false },
  pytorch: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  resume: { type: "string" },
  markdown: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

const steps = Object.entries(WORK_SETTINGS).map(([name, work]) => `${name} ${work.steps}`);

/** Words from `prefix` on in lines that fit the terminal. */
function paragraph(prefix: string, words: readonly string[]): string {
  const lines = [prefix];
  for (const [index, word] of words.entries()) {
    const text = index === words.length - 1 ? word : `${word}, `;
    if (lines.at(-1)!.length + text.length > 110) lines.push(" ".repeat(prefix.length));
    lines[lines.length - 1] += text;
  }
  return lines.map((line) => line.trimEnd()).join("\n");
}

/** What the command can do, in full. */
export const USAGE = `npm run bench -- <work> [options]

works
${TASKS.map(({ name, title }) => `  ${name.padEnd(20)} ${title}`).join("\n")}
${Object.entries(FAMILIES)
  .map(([name, title]) => `  ${name.padEnd(20)} ${title}`)
  .join("\n")}
  ${"all".padEnd(20)} all of these, one after the other

options
  --rounds N       how often every peer runs, in turn (default 3; startup 5)
${paragraph("  --steps N        timed steps a round (default ", steps)})
  --warmup N       steps before the clock counts (default 3)
  --threads N      threads for the peers that have them (default: cores, at most 4)
  --batch N        samples a step (default: as in the lecture)
  --sizes A,B      sizes of gemm (default ${GEMM_SIZES.join(",")})
${paragraph("  --only A,B       these peers only: ", PEER_NAMES)}
  --works A,B      with all: these works only
  --slow           also run what is skipped for its slowness (minutes a step)
  --pytorch        also run PyTorch (--threads, and one) and what else needs Python, with the one in
                   HEKLA_PYTHON (default python3)
  --json           one JSON object on stdout instead of tables
  --resume FOLDER  with all: keep each work's result in this folder, and do not repeat what is there
  --markdown FILE  with all: write the report with its pictures; only from what is there with --works ""
`;

/** What was asked for. */
export interface CommandLine {
  help: boolean;
  /** Name of a task, or "all". */
  work: string;
  works: readonly string[] | undefined;
  json: boolean;
  resume: string | undefined;
  markdown: string | undefined;
  /** All settings but those that do not come from the command line. */
  settings: Omit<Settings, "bench" | "progress" | "python">;
}

function count(name: string, text: string | undefined, least = 1): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new UsageError(`bench: --${name} must be a whole number, got ${text}, expected at least ${least}`);
  return value;
}

function list(text: string | undefined): string[] | undefined {
  return text
    ?.split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], allowPositionals: true, options: OPTIONS });
  } catch (error) {
    throw new UsageError(`bench: ${(error as Error).message}`);
  }
}

/** Reads the command line; `cores` gives the number of threads where it says none. */
export function parseCommandLine(words: readonly string[], cores: number): CommandLine {
  const { values, positionals } = parse(words);
  const names = [...TASKS.map(({ name }) => name), ...Object.keys(FAMILIES), "all"];
  const [work, extra] = positionals;
  if (!values.help && (extra !== undefined || work === undefined || !names.includes(work)))
    throw new UsageError(
      `bench: unknown work, got ${positionals.join(" ") || "nothing"}, expected one of ${names.join(", ")}`,
    );
  const works = list(values.works);
  const unknown = works?.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new UsageError(
      `bench: unknown work in --works, got ${unknown}, expected some of ${names.join(", ")}`,
    );
  return {
    help: values.help,
    work: work ?? "",
    works,
    json: values.json,
    resume: values.resume,
    markdown: values.markdown,
    settings: {
      threads: count("threads", values.threads) ?? Math.min(cores, 4),
      rounds: count("rounds", values.rounds),
      steps: count("steps", values.steps),
      warmup: count("warmup", values.warmup, 0) ?? 3,
      batch: count("batch", values.batch),
      sizes: list(values.sizes)?.map((size) => count("sizes", size)!),
      only: list(values.only),
      slow: values.slow,
      pytorch: values.pytorch,
    },
  };
}
