import { WORK_SETTINGS, type WorkCase, workCases } from "./cases.js";
import { formatConditions, underConditions } from "./conditions.js";
import { preparePeers } from "./install.js";
import { choosePeers } from "./peers.js";
import type { Request } from "./protocol.js";
import { type Amounts, formatAgreement, makeRows, notesOf, type Row, rowTable } from "./report.js";
import type { ComparisonResult } from "./results.js";
import { runRounds } from "./runner.js";
import type { Section } from "./section.js";
import type { Settings } from "./settings.js";
import { GEMM_SIZES, type WorkName } from "./works.js";

/** Rounds where the command line does not say. */
const ROUNDS = 3;

/** A product has rows, but no samples. */
function amountsOf({ kind, flops, samples }: WorkCase): Amounts {
  return { flops, samples: kind === "product" ? 0 : samples };
}

/** V8 takes some tenths of a second to have all of a module's functions compiled by its optimizing compiler. */
const WARMUP_MILLISECONDS = 500;

/** Lets every peer that was chosen do a work, in turn. */
export async function measureComparison(work: WorkName, settings: Settings): Promise<ComparisonResult> {
  const { title, batch: ownBatch, steps: ownSteps } = WORK_SETTINGS[work];
  const { threads, warmup, batch = ownBatch, steps = ownSteps, rounds = ROUNDS } = settings;
  const peers = choosePeers({ ...settings, work });
  const programs = await preparePeers(settings.bench, peers);
  const request: Request = {
    ...{ work, batch, threads, warmup, steps, sizes: settings.sizes ?? GEMM_SIZES },
    warmupMilliseconds: warmup > 0 ? WARMUP_MILLISECONDS : 0,
  };
  const cases = workCases(request);
  return underConditions(settings, async () => ({
    kind: "comparison" as const,
    name: work,
    title,
    rounds,
    steps,
    warmup,
    batch,
    amounts: Object.fromEntries(cases.map((task) => [task.name, amountsOf(task)])),
    cases: await runRounds(peers, {
      request,
      rounds,
      cases: cases.map(({ name }) => name),
      slow: settings.slow,
      python: settings.python,
      entryOf: (peer) => programs.get(peer)!,
      progress: (line) => settings.progress(`${work}: ${line}`),
    }),
  }));
}

/** The rows of a comparison. */
export function comparisonRows({ cases, amounts, conditions }: ComparisonResult): Row[] {
  return makeRows(cases, (name) => amounts[name]!, conditions.peak);
}

/** What a report says of a comparison. */
export function comparisonSection(result: ComparisonResult): Section {
  const rows = comparisonRows(result);
  const counts = Object.entries(result.amounts).map(
    ([name, { flops }]) => `${name} ${(flops / 1e9).toPrecision(4)} GFLOP`,
  );
  const versions = rows
    .filter((row) => row.steps > 0)
    .map((row) => `${row.peer}: ${row.version}, ${row.detail}`);
  return {
    title: `${result.title}${result.batch > 1 ? `, batch ${result.batch}` : ""}`,
    before: [
      `${result.rounds} round(s) of ${result.steps} step(s) after ${result.warmup} or more (0.5 s) of warm-up, peers in ` +
        "turn, each in " +
        "its own process.",
      ...formatConditions(result.conditions),
      `One step: ${counts.join(", ")}.`,
    ],
    table: rowTable(rows),
    after: [...notesOf(rows), ...new Set(versions), formatAgreement(rows)],
  };
}
