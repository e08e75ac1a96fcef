import type { Index, Value } from "../text/kernel-writer.js";
import type { Resource, Typed } from "../wgsl/dispatch.js";
import { bind, type KernelSite } from "../wgsl/kernel-text.js";
import { mathDeclarations } from "../wgsl/math.js";
import { type Bound, WgslWriter } from "../wgsl/wgsl-writer.js";
import type { Contraction } from "./contraction.js";
import type { Side } from "./side.js";

/** The operands of a product, and whether each is an array of groups of four. */
export interface Array4 {
  readonly bound: Bound;
  readonly isWide: boolean;
}

/** What is done with each result: the text of a function's body. */
export type WriteResult = (
  writer: WgslWriter,
  at: { readonly part: Index; readonly place: Index },
  raw: Value,
  results: readonly Bound[],
) => void;

/** What every kernel of a product has around its loops. */
export interface Frame {
  /** Arrays, functions, and `finish(part, batch, row, column, raw)`, which stores a result. */
  readonly head: string;
  readonly left: Array4;
  readonly right: Array4;
  readonly resources: readonly Resource[];
}

/** Which operands and results a kernel has. */
export interface FrameOptions {
  readonly contraction: Contraction;
  /** Of the routine. */
  readonly operands: readonly Typed[];
  /** That `write` loads, numbered on from the routine's. */
  readonly others: readonly (Typed | undefined)[];
  readonly results: readonly Typed[];
  /** Whether threads may come with rows and columns that the result does not have. */
  readonly hasEdges: boolean;
  readonly write: WriteResult;
}

export function frameOf(site: KernelSite, options: FrameOptions): Frame {
  const { contraction, operands, others, results, hasEdges, write } = options;
  const { left, right, rows, columns } = contraction;
  const known = others.filter((typed) => typed !== undefined);
  const { bound, declarations, resources } = bind([...operands, ...known, ...results], site);

  // An array is one of groups of four where all that lies in it is read so.
  const isFours = (at: number): boolean =>
    [left, right].some(({ operand, aligned }) => operand === at && aligned) && /^f/.test(bound[at]!.stored);
  const single = new Set(bound.filter((_, at) => !isFours(at)).map(({ name }) => name));
  const arrayOf = ({ operand }: Side): Array4 => {
    const array = bound[operand]!;
    return { bound: array, isWide: !single.has(array.name) };
  };
  const arrays = [...new Set(bound.map(({ name }) => name))].reduce(
    (text, name) =>
      single.has(name)
        ? text
        : text.replace(new RegExp(`${name}: array<(f\\d+)>`), `${name}: array<vec4<$1>>`),
    declarations,
  );

  let next = operands.length;
  const loaded = others.map((typed) => (typed ? bound[next++] : undefined));
  const writer = new WgslWriter([...bound.slice(0, operands.length), ...loaded]);
  if (hasEdges) writer.line(`if (row >= ${rows}u || column >= ${columns}u) { return; }`);
  const place = writer.hold(contraction.place(writer, "matrix", "row", "column"));
  write(writer, { part: "part", place }, { text: "raw", dtype: "float32" }, bound.slice(next));
  const head = [
    arrays,
    mathDeclarations(writer.functions),
    "fn finish(part: u32, matrix: u32, row: u32, column: u32, raw: f32) {",
    ...writer.lines,
    "}",
  ].join("\n");
  return { head, left: arrayOf(left), right: arrayOf(right), resources };
}
