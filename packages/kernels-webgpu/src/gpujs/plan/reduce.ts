import { type Dtype, isFloat, type ReduceStep, type Reduction, sizeOf } from "@hekla/tensor";
import type { Cell, Index, KernelWriter, Value } from "../../text/kernel-writer.js";
import { placeAlong, readsCoordinates, sourceOf } from "../../text/places.js";
import { printProgram } from "../../text/print-program.js";
import type { LaunchList } from "./launch-list.js";

/** So many elements are added up in a row: rounding errors stay small. */
const mostInARow = 512;
/** A reduction with fewer results is cut into parts, so that there is work for all of a GPU. */
const wantedThreads = 4096;

const ofFloats = { sum: 0, product: 1, max: Number.NEGATIVE_INFINITY, min: Number.POSITIVE_INFINITY };
const ofIntegers = { sum: 0, product: 1, max: -2147483648, min: 2147483647 };
const combiners = { sum: "add", product: "multiply", max: "maximum", min: "minimum" } as const;
type Combination = keyof typeof combiners;

const isArg = (reduction: Reduction): reduction is "argMax" | "argMin" =>
  reduction === "argMax" || reduction === "argMin";

/** What the elements that `visit` gives are together. */
function combined(
  kernel: KernelWriter,
  reduction: Combination,
  dtype: Dtype,
  visit: (take: (value: Value) => void) => void,
): Value {
  const initial = (isFloat(dtype) ? ofFloats : ofIntegers)[reduction];
  const result = kernel.cell(kernel.constant(initial, dtype));
  visit((value) =>
    kernel.set(result, kernel.apply(combiners[reduction], [kernel.read(result), value], dtype)),
  );
  return kernel.read(result);
}

/**
 * The place of the largest or smallest of the elements that come in order; NaN wins, of equal ones the first.
 */
class Best {
  readonly #value: Cell;
  readonly #place: Cell;

  constructor(
    private readonly kernel: KernelWriter,
    private readonly reduction: "argMax" | "argMin",
    dtype: Dtype,
  ) {
    this.#value = kernel.cell(kernel.zero(dtype));
    this.#place = kernel.cell(kernel.constant(-1, "int32"));
  }

  get place(): Value {
    return this.kernel.read(this.#place);
  }

  take(value: Value, place: Index): void {
    const { kernel } = this;
    const bool = (op: "isNaN" | "less" | "greater", ...args: Value[]): Value =>
      kernel.keep(kernel.apply(op, args, "bool"));
    const best = kernel.read(this.#value);
    const none = bool("less", this.place, kernel.constant(0, "int32"));
    const beats = bool(this.reduction === "argMax" ? "greater" : "less", value, best);
    const conditions = [none, beats].map((value) => kernel.toCondition(value));
    if (isFloat(value.dtype)) {
      const [isNew, isOld] = [bool("isNaN", value), bool("isNaN", best)];
      conditions.push(kernel.all(kernel.toCondition(isNew), kernel.not(kernel.toCondition(isOld))));
    }
    kernel.when(kernel.any(...conditions), () => {
      kernel.set(this.#value, value);
      kernel.set(this.#place, kernel.fromIndex(place));
    });
  }
}

/** In how many parts the elements of a result are taken. */
function partsOf(results: number, elements: number): number {
  if (elements <= 64) return 1;
  const byLength = Math.ceil(elements / mostInARow);
  const byThreads = Math.min(Math.ceil(wantedThreads / results), Math.ceil(elements / 64));
  return Math.max(byLength, byThreads);
}

/** Reduces one result of the step's program, in parts where there are many elements; gives the register. */
export function addReduction(list: LaunchList, step: ReduceStep, line: number): number {
  const { shape, axes, reduction, program } = step;
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const results = sizeOf(kept.map((axis) => shape[axis]!));
  const elements = sizeOf(axes.map((axis) => shape[axis]!));
  const { dtype } = program.instructions[line]!;
  const sources = step.operands.map((operand) => list.operand(operand));
  const wantsCoordinates = readsCoordinates(program);
  /** Visits the elements `from <= i < to` of a result. */
  const visit = (
    kernel: KernelWriter,
    result: Index,
    [from, to]: readonly [Index, Index],
    take: (value: Value, at: Index) => void,
  ): void => {
    const along = (at: Index, some: readonly number[]) =>
      placeAlong(kernel, at, shape, some, step.operands, wantsCoordinates);
    const outer = along(result, kept);
    const held = { ...outer, steps: outer.steps.map((place) => kernel.hold(place)) };
    kernel.repeat(from, to, (at) => {
      const source = sourceOf(kernel, [held, along(at, axes)], step.operands);
      take(printProgram(kernel, program, source, [line])[0]!, at);
    });
  };
  if (isArg(reduction)) {
    return list.add({
      size: results,
      dtype: "int32",
      sources,
      write(kernel, index) {
        const best = new Best(kernel, reduction, dtype);
        visit(kernel, index, ["0", `${elements}`], (value, at) => best.take(value, at));
        return best.place;
      },
    });
  }
  const parts = results === 0 ? 1 : partsOf(results, elements);
  const length = Math.ceil(elements / parts);
  const first = list.add({
    size: results * parts,
    dtype,
    sources,
    write(kernel, index) {
      const [result, part] = kernel.unravel(index, [results, parts]) as [Index, Index];
      const start = kernel.hold(kernel.times(part, length));
      const end = kernel.plus(start, kernel.whole(length));
      const last = parts * length === elements ? end : kernel.smaller(end, kernel.whole(elements));
      return combined(kernel, reduction, dtype, (take) =>
        visit(kernel, result, [start, kernel.hold(last)], take),
      );
    },
  });
  return joined(list, first, { reduction, dtype, results, parts });
}

/** Joins the results of parts that lie together, so many at a time that no thread has a long way. */
function joined(
  list: LaunchList,
  register: number,
  {
    reduction,
    dtype,
    results,
    parts,
  }: { reduction: Combination; dtype: Dtype; results: number; parts: number },
): number {
  if (parts === 1) return register;
  const length = parts > 2 * mostInARow ? Math.ceil(Math.sqrt(parts)) : parts;
  const groups = Math.ceil(parts / length);
  const next = list.add({
    size: results * groups,
    dtype,
    sources: [{ register, dtype, offset: 0 }],
    write(kernel, index) {
      const [result, group] = kernel.unravel(index, [results, groups]) as [Index, Index];
      const from = kernel.hold(kernel.times(group, length));
      const end = kernel.smaller(kernel.plus(from, kernel.whole(length)), kernel.whole(parts));
      const start = kernel.hold(kernel.times(result, parts));
      return combined(kernel, reduction, dtype, (take) =>
        kernel.repeat(from, kernel.hold(end), (part) => take(kernel.load(0, kernel.plus(start, part)))),
      );
    },
  });
  return joined(list, next, { reduction, dtype, results, parts: groups });
}
