import { type Dtype, isFloat, type ReduceStep, type Reduction, sizeOf } from "@hekla/tensor";
import type { Cell, Index, KernelWriter, Value } from "../text/kernel-writer.js";
import { type PlacePart, placeAlong, readsCoordinates, sourceOf } from "../text/places.js";
import { printProgram } from "../text/print-program.js";
import type { Typed } from "./dispatch.js";
import type { StepBuilder } from "./step-builder.js";

/** So many elements one thread adds up: errors stay small, and there are threads enough. */
const mostInARow = 512;
/** A reduction is cut finer where it has fewer results than threads are good for. */
const wantedThreads = 1 << 14;

/** In how many parts the elements of a result are taken; each part is a thread's work. */
export function partsOf(results: number, elements: number): number {
  if (elements <= 32) return 1;
  const byLength = Math.ceil(elements / mostInARow);
  const byThreads = Math.ceil(wantedThreads / Math.max(1, results));
  const parts = Math.max(byLength, Math.min(byThreads, Math.ceil(elements / 16)));
  return Math.min(parts, elements);
}

const lowest: Record<string, Record<string, number>> = {
  float: { sum: 0, product: 1, max: Number.NEGATIVE_INFINITY, min: Number.POSITIVE_INFINITY },
  int: { sum: 0, product: 1, max: -2147483648, min: 2147483647 },
};

/** What a reduction over nothing gives. */
export const initialOf = (reduction: Reduction, dtype: Dtype): number =>
  lowest[isFloat(dtype) ? "float" : "int"]![reduction]!;

const combiner = { sum: "add", product: "multiply", max: "maximum", min: "minimum" } as const;

/** What is kept of the elements seen so far. */
export interface Best {
  readonly value: Cell;
  /** The place of the value among the elements, of argMax and argMin. */
  readonly at?: Cell;
}

/** Whether the place of the largest or smallest element is wanted, not its value. */
export const isArg = (reduction: Reduction): reduction is "argMax" | "argMin" =>
  reduction === "argMax" || reduction === "argMin";

/** What there is before the first element. */
export function begin(kernel: KernelWriter, reduction: Reduction, dtype: Dtype): Best {
  if (!isArg(reduction)) return { value: kernel.cell(kernel.constant(initialOf(reduction, dtype), dtype)) };
  // The first element of a part always takes the place of this: its own place is -1.
  return { value: kernel.cell(kernel.zero(dtype)), at: kernel.cell(kernel.constant(-1, "int32")) };
}

/** Takes an element in, or what others have come to. */
export function take(kernel: KernelWriter, reduction: Reduction, best: Best, value: Value, at: Value): void {
  const { dtype } = best.value;
  const current = kernel.read(best.value);
  if (!isArg(reduction)) {
    kernel.set(best.value, kernel.apply(combiner[reduction], [current, value], dtype));
    return;
  }
  const place = kernel.read(best.at!);
  const bool = (op: "logicalAnd" | "logicalOr", a: Value, b: Value): Value =>
    kernel.apply(op, [a, b], "bool");
  const compare = (op: "greater" | "less" | "equal", a: Value, b: Value): Value =>
    kernel.apply(op, [a, b], "bool");
  const nan = (x: Value): Value => kernel.apply("isNaN", [x], "bool");
  // NaN wins over every number; of equal ones the first.
  const larger = kernel.keep(compare(reduction === "argMax" ? "greater" : "less", value, current));
  const wins = bool(
    "logicalOr",
    larger,
    bool("logicalAnd", nan(value), kernel.apply("logicalNot", [nan(current)], "bool")),
  );
  const same = bool(
    "logicalOr",
    compare("equal", value, current),
    bool("logicalAnd", nan(value), nan(current)),
  );
  const earlier = bool("logicalAnd", same, compare("less", at, place));
  const none = compare("less", place, kernel.constant(0, "int32"));
  const taken = bool("logicalOr", none, bool("logicalOr", wins, earlier));
  kernel.when(kernel.toCondition(taken), () => {
    kernel.set(best.value, value);
    kernel.set(best.at!, at);
  });
}

/** Reduces in one go, or parts first and then the results of the parts. */
export function emitReduce(builder: StepBuilder, step: ReduceStep): void {
  const { shape, axes, reduction, program } = step;
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const results = sizeOf(kept.map((axis) => shape[axis]!));
  const elements = sizeOf(axes.map((axis) => shape[axis]!));
  // Halves are added up as float32.
  const dtypes = program.results.map((line): Dtype => {
    const { dtype } = program.instructions[line]!;
    return dtype === "float16" ? "float32" : dtype;
  });
  const operands = step.operands.map((operand) => builder.operand(operand));
  const outputs = step.outputs.map((output) => builder.buffer(output));
  const parts = results === 0 ? 1 : partsOf(results, elements);
  const innermostKept = kept.length > 0 && (axes.length === 0 || kept.at(-1)! > axes.at(-1)!);
  const places: Typed[] = isArg(reduction) ? [builder.scratch(results * parts, "int32")] : [];
  const partial = dtypes.map((dtype) => builder.scratch(results * parts, dtype));
  const single = parts === 1;
  const isPlace = isArg(reduction);
  const target = single ? outputs : [...partial, ...places];

  builder.threads(
    results * parts,
    operands,
    target,
    (kernel, index, stores) => {
      // Neighbouring threads read neighbouring elements.
      const [result, part] = innermostKept
        ? kernel.unravel(index, [parts, results]).reverse()
        : kernel.unravel(index, [results, parts]);
      const wantsCoordinates = readsCoordinates(program);
      const along = (at: Index, some: readonly number[]): PlacePart =>
        placeAlong(kernel, at, shape, some, step.operands, wantsCoordinates);
      const outer = along(result!, kept);
      const best = dtypes.map((dtype) => begin(kernel, reduction, dtype));
      const turns = Math.ceil(elements / parts);
      if (elements === 0) kernel.line("// Nothing to reduce.");
      else
        kernel.repeat(0, turns, (turn) => {
          const element = kernel.hold(kernel.plus(kernel.times(turn, parts), part!));
          const body = (): void => {
            const source = sourceOf(kernel, [outer, along(element, axes)], step.operands);
            for (const [at, value] of printProgram(kernel, program, source).entries()) {
              const wide = kernel.cast(value, dtypes[at]!);
              take(kernel, reduction, best[at]!, wide, kernel.fromIndex(element));
            }
          };
          if (elements % parts === 0) body();
          else kernel.when(kernel.inside(element, elements), body);
        });
      for (const [at, { value, at: place }] of best.entries()) {
        if (single) kernel.store(stores[at]!, index, kernel.read(place ?? value));
        else {
          const where = kernel.plus(kernel.times(result!, parts), part!);
          kernel.store(stores[at]!, where, kernel.read(value));
          if (place) kernel.store(stores.at(-1)!, where, kernel.read(place));
        }
      }
    },
    single ? {} : { name: "parts" },
  );
  if (!single)
    joinParts(builder, reduction, dtypes, results, parts, partial, isPlace ? places[0] : undefined, outputs);
}

/** Joins the results of parts in a fixed order, so many at a time that no thread has a long way. */
export function joinParts(
  builder: StepBuilder,
  reduction: Reduction,
  dtypes: readonly Dtype[],
  results: number,
  parts: number,
  partial: readonly Typed[],
  places: Typed | undefined,
  outputs: readonly Typed[],
): void {
  const groups = parts > 64 ? Math.ceil(parts / 32) : 1;
  const last = groups === 1;
  const nextPlaces = places && !last ? builder.scratch(results * groups, "int32") : undefined;
  const next = last ? outputs : dtypes.map((dtype) => builder.scratch(results * groups, dtype));
  const target = last ? outputs : [...next, ...(nextPlaces ? [nextPlaces] : [])];
  builder.threads(
    results * groups,
    [...partial, ...(places ? [places] : [])],
    target,
    (kernel, index, stores) => {
      const [result, group] = kernel.unravel(index, [results, groups]) as [Index, Index];
      const best = dtypes.map((dtype) => begin(kernel, reduction, dtype));
      const turns = Math.ceil(parts / groups);
      kernel.repeat(0, turns, (turn) => {
        const part = kernel.hold(kernel.plus(kernel.times(turn, groups), group));
        const body = (): void => {
          const where = kernel.hold(kernel.plus(kernel.times(result, parts), part));
          const at = places ? kernel.keep(kernel.load(dtypes.length, where)) : kernel.constant(0, "int32");
          for (const [k] of dtypes.entries()) {
            take(kernel, reduction, best[k]!, kernel.keep(kernel.load(k, where)), at);
          }
        };
        if (parts % groups === 0) body();
        else kernel.when(kernel.inside(part, parts), body);
      });
      for (const [at, { value, at: place }] of best.entries()) {
        kernel.store(stores[at]!, index, kernel.read(last ? (place ?? value) : value));
        if (place && !last) kernel.store(stores.at(-1)!, index, kernel.read(place));
      }
    },
    { name: last ? "join" : "join parts" },
  );
  if (!last) joinParts(builder, reduction, dtypes, results, groups, next, nextPlaces, outputs);
}
