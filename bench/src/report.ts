import type { PeakMessage } from "./measures/peak-run.js";
import type { CaseResult } from "./runner.js";
import { median, relativeDifference } from "./statistics.js";
import { figure, percent, type Table } from "./table.js";
import { TRAINING_WORKS, type TrainingName } from "./works.js";

/** The peer that the others are compared with. */
export const HOME = "hekla";

/**
 * Losses of two programs that do the same work agree within this; float32 sums in another order differ by
 * less.
 */
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
  /** Part of the register-only SIMD128 peak of as many threads; NaN where that is not known. */
  registerShare: number;
  peakMegabytes: number;
  aboveNodeMegabytes: number;
  /** Median over rounds of (this peer's median / this project's median in the same round), with its range. */
  ratio: number;
  ratioMin: number;
  ratioMax: number;
  /**
   * Fastest step of this peer / fastest step of this project: the least disturbed figure of a busy machine.
   */
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

/** What one step of a case amounts to. */
export interface Amounts {
  flops: number;
  samples: number;
}

/** A peer says so in its description where it does without fused multiply-add. */
export const WITHOUT_FUSED = "without relaxed SIMD";

/** The machine's peak for what a peer runs: as many threads, with the instructions that it uses. */
function registerPeak({ detail, threads }: CaseResult, peak: PeakMessage | undefined): number {
  if (!peak) return Number.NaN;
  const { plain, fused } = threads === 1 ? peak.one : peak.all;
  return detail.includes(WITHOUT_FUSED) ? plain : Math.max(plain, fused);
}

/** Turns what was measured into rows; `peak` is the machine's. */
export function makeRows(
  results: readonly CaseResult[],
  amountsOf: (name: string) => Amounts,
  peak?: PeakMessage,
): Row[] {
  return results.map((result) => {
    const { flops, samples } = amountsOf(result.case);
    const same = results.filter((other) => other.case === result.case);
    const home = same.find((other) => other.peer === HOME && other.samples.length > 0);
    const base = home ?? same.find((other) => other.samples.length > 0);
    const times = result.samples.map((sample) => sample.milliseconds);
    const middle = median(times);
    const ratio = ratios(result, home);
    const memory = median(result.peakBytes);
    const gigaflopsPerSecond = flops / middle / 1e6;
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
      gigaflopsPerSecond,
      registerShare: gigaflopsPerSecond / registerPeak(result, peak),
      peakMegabytes: memory / 2 ** 20,
      aboveNodeMegabytes: (memory - median(result.bareBytes)) / 2 ** 20,
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

/** One cell of a table of rows: its heading, and what stands in it. */
interface Column {
  heading: string;
  text: (row: Row) => string;
}

function withRange(middle: number, least: number, largest: number): string {
  return least < largest ? `${figure(middle)} (${figure(least)}..${figure(largest)})` : figure(middle);
}

/**
 * The columns of a comparison; those that only say something for networks or products are left out
 * elsewhere.
 */
function columnsOf(rows: readonly Row[]): Column[] {
  const counted = rows.some((row) => row.gigaflopsPerSecond > 0);
  const { epochSteps } = TRAINING_WORKS[rows[0]?.case as TrainingName] ?? {};
  const sampled = rows.some((row) => row.samplesPerSecond > 0);
  const columns: (Column | false)[] = [
    { heading: "case", text: (row) => row.case },
    { heading: "peer", text: (row) => row.peer },
    { heading: "threads", text: (row) => String(row.threads) },
    { heading: "steps", text: (row) => String(row.steps) },
    {
      heading: "ms/step median (min..max)",
      text: (row) => withRange(row.medianMilliseconds, row.minMilliseconds, row.maxMilliseconds),
    },
    epochSteps !== undefined && {
      heading: `s/epoch of ${epochSteps} steps`,
      text: (row) => figure((row.medianMilliseconds * epochSteps) / 1000),
    },
    { heading: "first ms", text: (row) => figure(row.firstMilliseconds) },
    sampled && { heading: "samples/s", text: (row) => figure(row.samplesPerSecond) },
    counted && { heading: "GFLOP/s", text: (row) => figure(row.gigaflopsPerSecond) },
    counted && { heading: "of SIMD128 peak", text: (row) => percent(row.registerShare) },
    {
      heading: "peak MB (above bare)",
      text: (row) => `${figure(row.peakMegabytes)} (+${figure(row.aboveNodeMegabytes)})`,
    },
    { heading: `peer/${HOME}`, text: (row) => withRange(row.ratio, row.ratioMin, row.ratioMax) },
    { heading: "of best", text: (row) => figure(row.bestRatio) },
  ];
  return columns.filter((column) => column !== false);
}

/** Peers without a figure, or with one that needs a word, as sentences. */
export function notesOf(rows: readonly Row[]): string[] {
  return rows.filter((row) => row.note !== undefined).map((row) => `${row.case}, ${row.peer}: ${row.note}`);
}

/** The rows that have figures as a table. */
export function rowTable(rows: readonly Row[]): Table {
  const measured = rows.filter((row) => row.steps > 0);
  const columns = columnsOf(measured);
  return {
    headings: columns.map(({ heading }) => heading),
    lines: measured.map((row) => columns.map(({ text }) => text(row))),
    left: 2,
  };
}

/** Says whether every peer computed the same thing: equal inputs and first weights must give equal losses. */
export function formatAgreement(rows: readonly Row[]): string {
  if (rows.some((row) => row.losses.length > 0 && numbers(row.losses).length === 0))
    return "Same work: each program draws its own dropout, so that losses are not compared.";
  const compared = rows.filter((row) => row.losses.length > 0);
  if (compared.length < 2) return "Same work: one program only, nothing to compare.";
  const worst = compared.reduce((a, b) => (b.lossDifference > a.lossDifference ? b : a));
  const difference = worst.lossDifference.toExponential(1);
  const sentence = `largest relative difference ${difference} (${worst.peer}, ${worst.case})`;
  if (worst.lossDifference <= SAME_WORK) return `Same work: losses of all peers agree, ${sentence}.`;
  return `NOT the same work: ${sentence}, expected at most ${SAME_WORK}. Do not use these ratios.`;
}
