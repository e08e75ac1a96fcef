import { type Backend, reference, useBackend } from "@hekla/tensor";
import { bitDifference, difference, type Tolerance, type Values } from "./comparator.js";
import { evaluate, type Mode, modes, type Part } from "./evaluate.js";
import { floatInputs, type Sample, withoutSubnormals } from "./sample.js";
import { samples as table } from "./sample-table.js";
import { halfSamples } from "./samples/half.js";

/** Samples that a backend is excused from. A skip that matches no sample is a failure. */
export interface Skip {
  readonly op: string;
  /** Default: all samples of the op. */
  readonly sample?: string;
  /** Why, for whoever reads the report. */
  readonly reason: string;
}

export interface Failure {
  readonly op: string;
  readonly sample: string;
  readonly part: Part;
  readonly mode: Mode;
  readonly problem: string;
}

export interface Report {
  readonly backend: string;
  /** Samples run. */
  readonly samples: number;
  /** Results compared. */
  readonly checks: number;
  readonly failures: readonly Failure[];
  readonly skipped: readonly (Skip & { readonly sample: string })[];
  /** Skips that matched no sample: as bad as failures. */
  readonly unusedSkips: readonly Skip[];
}

export interface ConformanceOptions {
  readonly skip?: readonly Skip[];
  /** Default: the whole table, and on backends that have float16 its samples. */
  readonly samples?: readonly Sample[];
  /** Whether the device may take subnormal numbers for 0, as WGSL and GLSL allow. Default false. */
  readonly flushesSubnormals?: boolean;
  /** Bounds by op, allowed beside those of the samples, where a language promises less than IEEE 754 does. */
  readonly allowances?: Readonly<Record<string, Tolerance>>;
}

type Expected = Partial<Record<Part, readonly Values[]>> & {
  readonly error?: unknown;
  /** With 0 for subnormal inputs, where there are such. */
  readonly flushed?: Expected;
};

const reason = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** The parts of a sample that are defined. */
export function partsOf(sample: Sample): Part[] {
  const differentiable = sample.gradient && floatInputs(sample).length > 0;
  return [
    "forward",
    ...(differentiable ? (["gradient"] as const) : []),
    ...(sample.second ? (["second"] as const) : []),
  ];
}

async function expectedOf(sample: Sample): Promise<Expected> {
  try {
    const forward = await evaluate(sample, "forward", "eager", []);
    const parts: Partial<Record<Part, readonly Values[]>> = { forward };
    for (const part of partsOf(sample).slice(1)) parts[part] = await evaluate(sample, part, "eager", forward);
    const flushed = withoutSubnormals(sample);
    return { ...parts, ...(flushed && { flushed: await expectedOf(flushed) }) };
  } catch (error) {
    return { error };
  }
}

/** What the reference backend gives for each sample, op by op. Leaves the reference backend in use. */
export async function expectations(
  samples: readonly Sample[] = [...table, ...halfSamples],
): Promise<Map<Sample, Expected>> {
  await useBackend(reference());
  const expected = new Map<Sample, Expected>();
  for (const sample of samples) expected.set(sample, await expectedOf(sample));
  return expected;
}

function compareAll(
  actual: readonly Values[],
  expected: readonly Values[],
  compare: (actual: Values, expected: Values, position: number) => string | undefined,
): string | undefined {
  if (actual.length !== expected.length) return `got ${actual.length} tensors, expected ${expected.length}`;
  for (const [position, values] of actual.entries()) {
    const problem = compare(values, expected[position]!, position);
    if (problem !== undefined) return actual.length > 1 ? `tensor ${position}: ${problem}` : problem;
  }
  return undefined;
}

/**
 * One sample on the backend in use: every part in every mode. The eager result lies within the tolerance of
 * the reference's; those of the other modes are the same bits as the eager one.
 */
export async function checkSample(
  sample: Sample,
  expected: Expected,
  { flushesSubnormals = false, allowances = {} }: ConformanceOptions = {},
): Promise<{ checks: number; failures: Failure[] }> {
  const failures: Failure[] = [];
  let checks = 0;
  const { op, sample: name } = sample;
  if (expected.error !== undefined) {
    const problem = `the reference backend failed: ${reason(expected.error)}`;
    return { checks: 1, failures: [{ op, sample: name, part: "forward", mode: "eager", problem }] };
  }
  for (const part of partsOf(sample)) {
    const own = part === "forward" ? sample.forward : sample.gradientTolerance!;
    const tolerance = { ...own, ...allowances[op] };
    const flushed = flushesSubnormals ? (expected.flushed ?? expected)[part] : undefined;
    let eager: readonly Values[] | undefined;
    for (const mode of modes) {
      checks++;
      let problem: string | undefined;
      try {
        const actual = await evaluate(sample, part, mode, expected.forward!);
        problem = compareAll(actual, expected[part]!, (a, b, position) =>
          difference(a, b, tolerance, flushed?.[position]),
        );
        if (eager && problem === undefined) problem = compareAll(actual, eager, bitDifference);
        eager ??= actual;
      } catch (error) {
        problem = reason(error);
      }
      if (problem !== undefined) failures.push({ op, sample: name, part, mode, problem });
    }
  }
  return { checks, failures };
}

const matches = (skip: Skip, sample: Sample): boolean =>
  skip.op === sample.op && (skip.sample === undefined || skip.sample === sample.sample);

/** What a backend is tested on: of the samples of float16 all, or none where it does not have it, which is no skip. */
export const samplesFor = (samples: readonly Sample[], { dtypes }: Pick<Backend, "dtypes">): Sample[] =>
  samples.filter((sample) => dtypes.includes("float16") || !isHalf.has(sample));

const isHalf: ReadonlySet<Sample> = new Set(halfSamples);

/** Splits samples into those to run and those excused. */
export function applySkips(
  samples: readonly Sample[],
  skips: readonly Skip[],
): {
  run: Sample[];
  skipped: Report["skipped"];
  unusedSkips: Skip[];
} {
  return {
    run: samples.filter((sample) => !skips.some((skip) => matches(skip, sample))),
    skipped: samples.flatMap((sample) => {
      const skip = skips.find((candidate) => matches(candidate, sample));
      return skip ? [{ op: sample.op, sample: sample.sample, reason: skip.reason }] : [];
    }),
    unusedSkips: skips.filter((skip) => !samples.some((sample) => matches(skip, sample))),
  };
}

/** A failure in one line. */
export const describeFailure = ({ op, sample, part, mode, problem }: Failure): string =>
  `${op} / ${sample} / ${part} / ${mode}: ${problem}`;

/**
 * Runs the sample table on a backend against the reference backend; no test runner, in Node and in pages.
 * Leaves that backend disposed and the reference backend in use.
 */
export async function runConformance(
  make: () => Backend | Promise<Backend>,
  options: ConformanceOptions = {},
): Promise<Report> {
  const samples = options.samples ?? [...table, ...halfSamples];
  const { run: all, skipped, unusedSkips } = applySkips(samples, options.skip ?? []);
  const expected = await expectations(all);
  const backend = await useBackend(make());
  const run = samplesFor(all, backend);
  const failures: Failure[] = [];
  let checks = 0;
  for (const sample of run) {
    const result = await checkSample(sample, expected.get(sample)!, options);
    checks += result.checks;
    failures.push(...result.failures);
  }
  await useBackend(reference());
  await backend.dispose();
  return { backend: backend.name, samples: run.length, checks, failures, skipped, unusedSkips };
}
