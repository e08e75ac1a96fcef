import type { RandomStream, Tensor } from "@hekla/tensor";
import * as hekla from "@hekla/tensor";
import { isFloat } from "@hekla/tensor";
import type { Tolerance } from "./comparator.js";
import { compositions } from "./compositions.js";
import { type Input, inputTensor } from "./inputs.js";

/** A seeded random stream as an argument; every run gets a fresh one. */
export interface StreamArgument {
  readonly kind: "stream";
  readonly seed: number;
  readonly name: string;
}

export type Attribute =
  | number
  | string
  | boolean
  | undefined
  | readonly Attribute[]
  | { readonly [option: string]: Attribute | Input };
export type Argument = Input | StreamArgument | readonly Input[] | Attribute;

/** What holds for all samples of an op. */
export interface Operation {
  readonly forward: Tolerance;
  /** Bounds of the gradient and the second derivative; absent where the op has none. */
  readonly gradient?: Tolerance;
}

export interface SampleOptions {
  /** False: only forward (no gradient, or values where the gradient is no number worth comparing). */
  readonly gradient?: boolean;
  /** True: the second derivative as well. */
  readonly second?: boolean;
  /** True: the gradient sums over broadcast elements, in an order that is the backend's. */
  readonly accumulates?: boolean;
  /** False: left out of the central differences in float64 (special values, kinks). */
  readonly smooth?: boolean;
}

/** One row of the table: `op(...args)`. */
export interface Sample extends Required<SampleOptions> {
  readonly op: string;
  readonly sample: string;
  readonly args: readonly Argument[];
  readonly forward: Tolerance;
  readonly gradientTolerance?: Tolerance;
}

export type Row = readonly [sample: string, args: readonly Argument[], options?: SampleOptions];

/** Reordering a sum of at most some thousand float32 numbers moves it by about sqrt(n) 2^-24 of its terms. */
const summation: Tolerance = { scaled: 2e-6 };

/** Samples of one op from its rows. Names must be unique within the op. */
export function samplesOf(op: string, operation: Operation, rows: readonly Row[]): Sample[] {
  return rows.map(([sample, args, options = {}]) => ({
    forward: operation.forward,
    ...(operation.gradient && {
      gradientTolerance: options.accumulates ? { ...operation.gradient, ...summation } : operation.gradient,
    }),
    op,
    sample,
    args,
    gradient: operation.gradient !== undefined && (options.gradient ?? true),
    second: operation.gradient !== undefined && (options.gradient ?? true) && (options.second ?? false),
    accumulates: options.accumulates ?? false,
    smooth: options.smooth ?? true,
  }));
}

const isInput = (argument: unknown): argument is Input =>
  typeof argument === "object" && argument !== null && "kind" in argument && argument.kind === "input";
const isStream = (argument: unknown): argument is StreamArgument =>
  typeof argument === "object" && argument !== null && "kind" in argument && argument.kind === "stream";

function inputsIn(argument: unknown): Input[] {
  if (isInput(argument)) return [argument];
  return typeof argument === "object" && argument !== null ? Object.values(argument).flatMap(inputsIn) : [];
}

/** All tensor inputs of a sample in order, those among options as well. */
export const inputsOf = (sample: Sample): Input[] => sample.args.flatMap(inputsIn);

/** The sample with 0 for each subnormal number among its inputs; undefined where there is none. */
export function withoutSubnormals(sample: Sample): Sample | undefined {
  let found = false;
  const flush = (value: number): number => {
    if (value === 0 || !(Math.abs(value) < 2 ** -126)) return value;
    found = true;
    return value < 0 ? -0 : 0;
  };
  const flushIn = (argument: unknown): unknown => {
    if (isInput(argument)) {
      if (argument.dtype !== "float32") return argument;
      return { ...argument, fill: (random, size) => argument.fill(random, size).map(flush) } satisfies Input;
    }
    return Array.isArray(argument) ? argument.map(flushIn) : argument;
  };
  const args = sample.args.map((argument) => flushIn(argument) as Argument); // cast: of the same kind
  const flushed = { ...sample, args };
  inputTensors(flushed);
  return found ? flushed : undefined;
}

/** Positions of the float inputs among `inputsOf`. */
export const floatInputs = (sample: Sample): number[] =>
  inputsOf(sample).flatMap((input, position) => (isFloat(input.dtype) ? [position] : []));

/** Stored tensors of a sample's inputs; `variant` gives other values of the same shapes. */
export const inputTensors = (
  sample: Sample,
  variant = 0,
  float: "float32" | "float64" = "float32",
): Tensor[] =>
  inputsOf(sample).map((input, position) =>
    inputTensor(input, `${sample.op}/${sample.sample}/${position}/${variant}`, float),
  );

/** Fresh streams for the stream arguments of a sample. */
export const streamsOf = (sample: Sample): RandomStream[] =>
  sample.args.filter(isStream).map(({ seed, name }) => new hekla.RandomStream(seed, name));

function flatten(result: unknown): Tensor[] {
  if (result instanceof hekla.Tensor) return [result];
  return Object.values(result as object).flatMap(flatten);
}

type AnyFunction = (...args: unknown[]) => unknown;

/** Everything that a sample may name: the public ops and what the suite puts together from them. */
const functions = { ...compositions, ...hekla } as unknown as Readonly<
  Record<string, AnyFunction | undefined>
>;

function bindArguments(
  sample: Sample,
  stored: readonly Tensor[],
  streams: readonly RandomStream[],
  float: string,
) {
  let nextTensor = 0;
  let nextStream = 0;
  const bind = (argument: unknown): unknown => {
    if (isInput(argument)) {
      const value = stored[nextTensor++]!;
      return argument.view ? argument.view(value) : value;
    }
    if (isStream(argument)) return streams[nextStream++]!;
    if (argument === "float32") return float;
    if (Array.isArray(argument)) return argument.map(bind);
    if (typeof argument !== "object" || argument === null) return argument;
    return Object.fromEntries(Object.entries(argument).map(([name, value]) => [name, bind(value)]));
  };
  return sample.args.map(bind);
}

/** Records the sample's op as a function on its stored inputs; all tensors of its result in one list. */
export function applySample(
  sample: Sample,
  stored: readonly Tensor[],
  streams: readonly RandomStream[] = [],
  float: "float32" | "float64" = "float32",
): Tensor[] {
  const op = functions[sample.op];
  if (op === undefined) throw new Error(`conformance: @hekla/tensor has no op ${sample.op}`);
  return flatten(op(...bindArguments(sample, stored, streams, float)));
}

/** As `applySample`, by the method of the same name of the first argument. */
export function applyMethod(sample: Sample, stored: readonly Tensor[]): Tensor[] {
  const [self, ...rest] = bindArguments(sample, stored, [], "float32");
  const method = (self as Record<string, AnyFunction>)[sample.op]!;
  return flatten(method.apply(self, rest));
}
