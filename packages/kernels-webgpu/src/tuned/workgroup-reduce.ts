import { type Dtype, type ReduceStep, sizeOf } from "@hekla/tensor";
import { placeAlong, readsCoordinates, sourceOf } from "../text/places.js";
import { printProgram } from "../text/print-program.js";
import { bind } from "../wgsl/kernel-text.js";
import { mathDeclarations } from "../wgsl/math.js";
import { type Best, begin, isArg, joinParts, partsOf, take } from "../wgsl/reduce.js";
import type { StepBuilder } from "../wgsl/step-builder.js";
import { type Bound, WgslWriter, wgslType } from "../wgsl/wgsl-writer.js";

const mostThreads = 256;
/**
 * So many elements one thread takes in; of more, several workgroups take a share each, and another kernel
 * joins them.
 */
const mostTurns = 128;
/** Neighbouring results that a workgroup has side by side, where they lie side by side. */
const sideBySide = 32;
/** Fewer elements than this are one thread's work. */
const fewestElements = 33;

const powerUpTo = (count: number): number => 2 ** Math.floor(Math.log2(Math.max(1, count)));

/** How the threads of workgroups share a reduction. */
interface Sharing {
  /** Of a workgroup; both are powers of 2. */
  readonly results: number;
  readonly parts: number;
  /** Workgroups that share a result. */
  readonly groups: number;
  /** Whether neighbouring threads take neighbouring results, not neighbouring elements of one. */
  readonly acrossResults: boolean;
}

function sharingOf(step: ReduceStep, results: number, elements: number, threads: number): Sharing {
  const kept = step.shape.map((_, axis) => axis).filter((axis) => !step.axes.includes(axis));
  const acrossResults = kept.length > 0 && kept.at(-1)! > step.axes.at(-1)!;
  const most = powerUpTo(Math.min(threads, mostThreads));
  const wanted = acrossResults ? most / Math.min(sideBySide, 2 * powerUpTo(results)) : elements / 8;
  const parts = Math.min(powerUpTo(Math.max(2, wanted)), powerUpTo(elements), most);
  const groups = Math.ceil(elements / (parts * mostTurns));
  return { results: most / parts, parts, groups, acrossResults };
}

/**
 * Reduces by workgroups whose threads join what they have in workgroup memory, always in the same order: one
 * kernel where
 * threads that work each by itself take two or three. False where these are as good, or where there is no
 * memory for it.
 */
export function emitWorkgroupReduce(builder: StepBuilder, step: ReduceStep): boolean {
  const { traits } = builder;
  const { shape, axes, reduction, program } = step;
  const results = sizeOf(shape.filter((_, axis) => !axes.includes(axis)));
  const elements = sizeOf(axes.map((axis) => shape[axis]!));
  if (!traits.tuned || traits.software || results === 0 || elements < fewestElements) return false;
  const sharing = sharingOf(step, results, elements, traits.maxThreads);
  if (sharing.acrossResults && partsOf(results, elements) === 1) return false;

  const dtypes = program.results.map((line): Dtype => {
    const { dtype } = program.instructions[line]!;
    return dtype === "float16" ? "float32" : dtype;
  });
  const hasPlace = isArg(reduction);
  const { groups } = sharing;
  const threads = sharing.results * sharing.parts;
  const across = Math.ceil(results / sharing.results);
  const columns = dtypes.length + (hasPlace ? 1 : 0);
  if (4 * threads * columns > traits.workgroupBytes || across > traits.maxGroups) return false;
  const operands = step.operands.map((operand) => builder.operand(operand));
  const outputs = step.outputs.map((output) => builder.buffer(output));
  const memories = new Set([...operands, ...outputs].map(({ resource }) => builder.placeOf(resource)));
  if (memories.size + (groups > 1 ? columns : 0) > traits.maxBindings) return false;

  const places = hasPlace && groups > 1 ? builder.scratch(results * groups, "int32") : undefined;
  const partial = groups > 1 ? dtypes.map((dtype) => builder.scratch(results * groups, dtype)) : [];
  const targets = groups > 1 ? [...partial, ...(places ? [places] : [])] : outputs;
  const { bound, declarations, resources } = bind([...operands, ...targets], builder);
  const writer = new WgslWriter(bound.slice(0, operands.length));
  const best = writeSums(writer, step, sharing, results, elements, dtypes);
  const shared = writeJoin(writer, step, sharing, best, threads);
  const stores = bound.slice(operands.length);
  writer.block(`if (part == 0u && wanted < ${results}u)`, () =>
    writeResults(writer, best, stores, groups === 1 ? "result" : `result * ${groups}u + group.y`, groups > 1),
  );
  const code = [
    declarations,
    mathDeclarations(writer.functions),
    ...shared,
    `@compute @workgroup_size(${threads})`,
    "fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {",
    ...writer.lines,
    "}",
    "",
  ].join("\n");
  const label = groups > 1 ? `${builder.label}: parts` : builder.label;
  builder.add({ label, code, bindings: resources, groups: [across, groups, 1] });
  if (groups > 1) joinParts(builder, reduction, dtypes, results, groups, partial, places, outputs);
  return true;
}

/** What each thread makes of its elements. Every part has one at least. */
function writeSums(
  writer: WgslWriter,
  { shape, axes, reduction, program, operands }: ReduceStep,
  { results: side, parts, groups, acrossResults }: Sharing,
  results: number,
  elements: number,
  dtypes: readonly Dtype[],
): Best[] {
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  writer.line(
    `let part = ${acrossResults ? writer.quotient("local", side) : writer.remainder("local", parts)};`,
  );
  const own = acrossResults ? writer.remainder("local", side) : writer.quotient("local", parts);
  writer.line(`let column = ${own};`);
  writer.line(`let wanted = group.x * ${side}u + column;`);
  // All threads come to the barriers, those without a result as well.
  writer.line(`let result = min(wanted, ${results - 1}u);`);
  const wants = readsCoordinates(program);
  const outer = placeAlong(writer, "result", shape, kept, operands, wants);
  const best = dtypes.map((dtype) => begin(writer, reduction, dtype));
  const stride = parts * groups;
  writer.repeat(0, Math.ceil(elements / stride), (turn) => {
    const element = writer.hold(writer.plus(writer.times(turn, stride), `group.y * ${parts}u`, "part"));
    const body = (): void => {
      const along = placeAlong(writer, element, shape, axes, operands, wants);
      const source = sourceOf(writer, [outer, along], operands);
      for (const [at, value] of printProgram(writer, program, source).entries()) {
        take(writer, reduction, best[at]!, writer.cast(value, dtypes[at]!), writer.fromIndex(element));
      }
    };
    if (elements % stride === 0) body();
    else writer.when(writer.inside(element, elements), body);
  });
  return best;
}

/**
 * Joins what the threads of a workgroup have, halves at a time; gives the declarations of the memory it
 * takes.
 */
function writeJoin(
  writer: WgslWriter,
  { reduction }: ReduceStep,
  { results: side, parts }: Sharing,
  best: readonly Best[],
  threads: number,
): string[] {
  const cells = best.flatMap(({ value, at }) => (at ? [value, at] : [value]));
  const nameOf = (cell: number): string => `shared_${cell}`;
  const slot = (part: string): string => `(${part}) * ${side}u + column`;
  const put = (): void => {
    for (const [at, cell] of cells.entries()) writer.line(`${nameOf(at)}[${slot("part")}] = ${cell.name};`);
  };
  put();
  for (let half = parts / 2; half >= 1; half /= 2) {
    writer.line("workgroupBarrier();");
    writer.block(`if (part < ${half}u)`, () => {
      const read = (cell: number) =>
        writer.keep({ text: `${nameOf(cell)}[${slot(`part + ${half}u`)}]`, dtype: cells[cell]!.dtype });
      let next = 0;
      for (const each of best) {
        const value = read(next++);
        const at = each.at ? read(next++) : writer.constant(0, "int32");
        take(writer, reduction, each, value, at);
      }
      if (half > 1) put();
    });
  }
  return cells.map((cell, at) => `var<workgroup> ${nameOf(at)}: array<${wgslType(cell)}, ${threads}>;`);
}

/**
 * Stores the values (of a search in one go: the places); where others follow, the values and then the
 * places.
 */
function writeResults(
  writer: WgslWriter,
  best: readonly Best[],
  stores: readonly Bound[],
  where: string,
  isPart: boolean,
): void {
  for (const [at, { value, at: place }] of best.entries()) {
    writer.store(stores[at]!, where, writer.read(isPart ? value : (place ?? value)));
    if (isPart && place) writer.store(stores.at(-1)!, where, writer.read(place));
  }
}
