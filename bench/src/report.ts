import type { CaseResult } from "./runner.js";
import { median, relativeDifference } from "./statistics.js";

/** The peer that the others are compared with. */
export const HOME = "hekla";

/** Losses of two programs that do the same work agree within this; float32 sums in another order differ by less. */
export const SAME_WORK = 1e-3;

/** One row of the report: figures of one peer on one case. */
export interface Row {
  peer: string;
  case: string;
  version: string;
  detail: string;
  threads: number;
  steps: number;
  medianMilliseconds: number;
  minMilliseconds: number;
  maxMilliseconds: number;
  firstMilliseconds: number;
  samplesPerSecond: number;
  gigaflopsPerSecond: number;
  peakMegabytes: number;
  aboveNodeMegabytes: number;
  /** Median over rounds of (this peer's median / this project's median in the same round), with its range. */
  ratio: number;
  ratioMin: number;
  ratioMax: number;
  /** Fastest step of this peer / fastest step of this project: the least disturbed figure of a busy machine. */
  bestRatio: number;
  /** Largest relative difference of the losses, or of the product's first element, from the first peer's. */
  lossDifference: number;
  losses: (number | null)[];
  note: string | undefined;
}

function roundMedians(result: CaseResult): Map<number, number> {
  const rounds = new Map<number, number[]>();
  for (const { round, milliseconds } of result.samples)
    rounds.set(round, [...(rounds.get(round) ?? []), milliseconds]);
  return new Map([...rounds].map(([round, times]) => [round, median(times)]));
}

function ratios(result: CaseResult, home: CaseResult | undefined): number[] {
  if (!home) return [];
  const own = roundMedians(result);
  return [...roundMedians(home)].flatMap(([round, time]) => {
    const other = own.get(round);
    return other === undefined ? [] : [other / time];
  });
}

function numbers(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

/** Turns what was measured into rows; `flops` and `samples` are those of one step of a case. */
export function makeRows(
  results: readonly CaseResult[],
  flops: (name: string) => number,
  samples: number,
): Row[] {
  return results.map((result) => {
    const same = results.filter((other) => other.case === result.case);
    const home = same.find((other) => other.peer === HOME && other.samples.length > 0);
    const base = home ?? same.find((other) => other.samples.length > 0);
    const times = result.samples.map((sample) => sample.milliseconds);
    const middle = median(times);
    const ratio = ratios(result, home);
    const peak = median(result.peakBytes);
    return {
      peer: result.peer,
      case: result.case,
      version: result.version,
      detail: result.detail,
      threads: result.threads,
      steps: times.length,
      medianMilliseconds: middle,
      minMilliseconds: Math.min(...times),
      maxMilliseconds: Math.max(...times),
      firstMilliseconds: median(result.first),
      samplesPerSecond: (samples / middle) * 1000,
      gigaflopsPerSecond: flops(result.case) / middle / 1e6,
      peakMegabytes: peak / 2 ** 20,
      aboveNodeMegabytes: (peak - median(result.bareBytes)) / 2 ** 20,
      ratio: median(ratio),
      ratioMin: Math.min(...ratio),
      ratioMax: Math.max(...ratio),
      bestRatio: home
        ? Math.min(...times) / Math.min(...home.samples.map((sample) => sample.milliseconds))
        : Number.NaN,
      lossDifference: base ? relativeDifference(numbers(base.losses), numbers(result.losses)) : 0,
      losses: result.losses,
      note: result.note,
    };
  });
}

function figure(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (value >= 1000) return Math.round(value).toLocaleString("en-US").replaceAll(",", " ");
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function cells(row: Row, training: boolean): string[] {
  const range = row.steps > 1 ? ` (${figure(row.minMilliseconds)}..${figure(row.maxMilliseconds)})` : "";
  const spread = row.ratioMin < row.ratioMax ? ` (${figure(row.ratioMin)}..${figure(row.ratioMax)})` : "";
  return [
    row.case,
    row.peer,
    String(row.threads),
    String(row.steps),
    `${figure(row.medianMilliseconds)}${range}`,
    figure(row.firstMilliseconds),
    ...(training ? [figure(row.samplesPerSecond)] : []),
    figure(row.gigaflopsPerSecond),
    `${figure(row.peakMegabytes)} (+${figure(row.aboveNodeMegabytes)})`,
    `${figure(row.ratio)}${spread}`,
    figure(row.bestRatio),
  ];
}

const HEADINGS = ["case", "peer", "threads", "steps", "ms/step median (min..max)", "first ms"];

/** The table, one line a row, columns aligned; peers without a figure follow as sentences. */
export function formatTable(rows: readonly Row[], training: boolean): string {
  const columns = [
    ...HEADINGS,
    ...(training ? ["samples/s"] : []),
    "GFLOP/s",
    "peak MB (above bare)",
    `peer/${HOME}`,
    "of best",
  ];
  const measured = rows.filter((row) => row.steps > 0);
  const table = [columns, ...measured.map((row) => cells(row, training))];
  const widths = columns.map((_, column) => Math.max(...table.map((line) => line[column]!.length)));
  const lines = table.map((line) =>
    line.map((text, column) => (column < 2 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!))),
  );
  lines.splice(
    1,
    0,
    widths.map((width) => "-".repeat(width)),
  );
  const notes = rows
    .filter((row) => row.note !== undefined)
    .map((row) => `${row.case}, ${row.peer}: ${row.note}`);
  return [...lines.map((line) => line.join("  ")), ...notes].join("\n");
}

/** Says whether every peer computed the same thing: equal inputs and first weights must give equal losses. */
export function formatAgreement(rows: readonly Row[]): string {
  const compared = rows.filter((row) => row.losses.length > 0);
  if (compared.length < 2) return "Same work: one program only, nothing to compare.";
  const worst = compared.reduce((a, b) => (b.lossDifference > a.lossDifference ? b : a));
  const sentence = `largest relative difference ${worst.lossDifference.toExponential(1)} (${worst.peer}, ${worst.case})`;
  if (worst.lossDifference <= SAME_WORK) return `Same work: losses of all peers agree, ${sentence}.`;
  return `NOT the same work: ${sentence}, expected at most ${SAME_WORK}. Do not use these ratios.`;
}
