import type { Index } from "../text/kernel-writer.js";
import type { DeviceTraits, Dispatch } from "../wgsl/dispatch.js";
import { gridOf, groupSize } from "../wgsl/kernel-text.js";
import { WgslWriter } from "../wgsl/wgsl-writer.js";
import type { Contraction } from "./contraction.js";
import type { Array4, Frame } from "./frame.js";
import { batchPlace, fourOf, movedBy, oneOf } from "./load-fours.js";
import type { Part, Side } from "./side.js";

/** What a thread computes, by itself; multiples of 4. */
export interface RegisterTile {
  readonly rows: number;
  readonly columns: number;
}

/** One side as a thread reads it. */
interface Strip {
  readonly name: string;
  readonly side: Side;
  readonly array: Array4;
  readonly outers: readonly Part[];
}

const letters = ["x", "y", "z", "w"] as const;

/** Reads a strip at `steps` depths, 1 or 4, and gives the text of each element. */
function readStrip(writer: WgslWriter, strip: Strip, steps: 1 | 4): (at: number, step: number) => string {
  const { name, side, array, outers } = strip;
  const depths = Array.from({ length: steps }, (_, step) =>
    side.depth(writer, writer.hold(writer.plus("depth", writer.whole(step)))),
  );
  if (side.fours === "outer") {
    for (const [step, depth] of depths.entries())
      for (let first = 0; first < outers.length; first += 4) {
        const four = fourOf(writer, array, side, outers.slice(first, first + 4), [depth], []);
        writer.line(`let ${name}${step}_${first / 4} = ${four};`);
      }
    return (at, step) => `${name}${step}_${Math.floor(at / 4)}.${letters[at % 4]}`;
  }
  for (const [at, outer] of outers.entries()) {
    const text =
      steps === 4
        ? fourOf(writer, array, side, [outer], depths, [])
        : oneOf(writer, array, side, outer, depths[0]!, []);
    writer.line(`let ${name}${at} = ${text};`);
  }
  return (at, step) => (steps === 4 ? `${name}${at}.${letters[step]}` : `${name}${at}`);
}

/** A kernel whose threads each compute a block of the result by themselves: nothing waits for anything. */
export function registerKernel(
  label: string,
  contraction: Contraction,
  frame: Frame,
  traits: DeviceTraits,
  tile: RegisterTile,
  splits: number,
): Dispatch {
  const { rows, columns, depth, batch, left, right } = contraction;
  const [down, across] = [Math.ceil(rows / tile.rows), Math.ceil(columns / tile.columns)];
  const { parts, length } = partsOfDepth(depth, splits);
  const threads = batch * parts * down * across;
  const groups = gridOf(threads, traits);
  const writer = new WgslWriter([]);
  const [matrix, part, y, x] = writer.unravel("index", [batch, parts, down, across]) as [
    Index,
    Index,
    Index,
    Index,
  ];
  const firstRow = writer.hold(writer.times(y, tile.rows));
  const firstColumn = writer.hold(writer.times(x, tile.columns));
  const stripOf = (name: string, side: Side, array: Array4, first: Index, count: number): Strip => {
    const place = batchPlace(writer, side, matrix);
    const outers = Array.from({ length: count }, (_, at) =>
      movedBy(writer, side.outer(writer, writer.hold(writer.plus(first, writer.whole(at)))), place),
    );
    return { name, side, array, outers };
  };
  const strips = [
    stripOf("left", left, frame.left, firstRow, tile.rows),
    stripOf("right", right, frame.right, firstColumn, tile.columns),
  ] as const;
  for (let row = 0; row < tile.rows; row++) {
    const line = Array.from({ length: tile.columns }, (_, column) => `var sum_${row}_${column} = 0f;`);
    writer.line(line.join(" "));
  }
  const multiply = (steps: 1 | 4): void => {
    const [leftAt, rightAt] = strips.map((strip) => readStrip(writer, strip, steps));
    for (let step = 0; step < steps; step++)
      for (let row = 0; row < tile.rows; row++) {
        const line = Array.from(
          { length: tile.columns },
          (_, column) => `sum_${row}_${column} += ${leftAt!(row, step)} * ${rightAt!(column, step)};`,
        );
        writer.line(line.join(" "));
      }
  };
  writer.line(`var depth = ${writer.times(part, length)};`);
  writer.line(`let end = min(depth + ${length}u, ${depth}u);`);
  writer.block("for (; depth + 4u <= end; depth += 4u)", () => multiply(4));
  if (depth % 4 !== 0) writer.block("for (; depth < end; depth++)", () => multiply(1));
  for (let row = 0; row < tile.rows; row++)
    for (let column = 0; column < tile.columns; column++) {
      const place = `${firstRow} + ${row}u, ${firstColumn} + ${column}u`;
      writer.line(`finish(${part}, ${matrix}, ${place}, sum_${row}_${column});`);
    }
  const perRow = groups[1] > 1 ? ` + id.y * ${groups[0] * groupSize}u` : "";
  const code = [
    frame.head,
    `@compute @workgroup_size(${groupSize})`,
    "fn main(@builtin(global_invocation_id) id: vec3<u32>) {",
    `  let index = id.x${perRow};`,
    `  if (index >= ${threads}u) { return; }`,
    ...writer.lines,
    "}",
    "",
  ].join("\n");
  return { label, code, bindings: frame.resources, groups };
}

/** How a sum is cut: so many parts, of a length that is a multiple of 4. */
export function partsOfDepth(
  depth: number,
  wanted: number,
): { readonly parts: number; readonly length: number } {
  const length = Math.max(4, Math.ceil(depth / Math.max(1, wanted) / 4) * 4);
  return { parts: Math.ceil(depth / length), length };
}
