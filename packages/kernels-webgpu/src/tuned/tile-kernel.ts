import type { Index } from "../text/kernel-writer.js";
import type { Dispatch } from "../wgsl/dispatch.js";
import { WgslWriter } from "../wgsl/wgsl-writer.js";
import type { Contraction } from "./contraction.js";
import type { Array4, Frame } from "./frame.js";
import { batchPlace, fourOf, movedBy, partsOfFour } from "./load-fours.js";
import type { Part, Side } from "./side.js";

/** What a workgroup computes, and each of its threads; all but `depth` multiples of 4 of one another. */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
  /** So much of the sum at a time lies in workgroup memory. A multiple of 4. */
  readonly depth: number;
  readonly threadRows: number;
  readonly threadColumns: number;
}

export const tileThreads = ({ rows, columns, threadRows, threadColumns }: Tile): number =>
  (rows / threadRows) * (columns / threadColumns);

/**
 * Groups of four from one outer index to the next: one more than there are, so that threads meet different
 * banks.
 */
const fourStride = (tile: Tile): number => tile.depth / 4 + 1;

const sideFours = ({ fours }: Side, outer: number, tile: Tile): number =>
  fours === "depth" ? outer * fourStride(tile) : (outer / 4) * tile.depth;

export const tileBytes = ({ left, right }: Contraction, tile: Tile): number =>
  16 * (sideFours(left, tile.rows, tile) + sideFours(right, tile.columns, tile));

/** How the sum is cut: so many parts, each of whole tiles. */
export interface Parts {
  readonly parts: number;
  readonly tilesOfPart: number;
  readonly tiles: number;
}

export function partsOfTiles(depth: number, tileDepth: number, wanted: number): Parts {
  const tiles = Math.ceil(depth / tileDepth);
  const tilesOfPart = Math.ceil(tiles / Math.max(1, Math.min(wanted, tiles)));
  return { parts: Math.ceil(tiles / tilesOfPart), tilesOfPart, tiles };
}

/** How one side is brought into workgroup memory and read from there. */
interface Panel {
  readonly name: string;
  readonly side: Side;
  readonly array: Array4;
  /** Along the outer axis, of the workgroup and of a thread. */
  readonly size: number;
  readonly own: number;
  /** Threads side by side along the outer axis, and which of them this one is. */
  readonly threads: number;
  readonly thread: Index;
  /** The first outer index of the workgroup. */
  readonly start: Index;
}

/** A group of four that a thread brings. */
interface Slot {
  readonly target: Index;
  readonly outers: readonly Part[];
  readonly depth: Index;
  readonly guard: string | undefined;
}

/** Where the `at`-th outer index of a thread is in the panel. */
function ownIndex({ side, own, threads, thread }: Panel, at: number): string {
  if (side.fours === "depth" || own < 4) return `(${thread} + ${at * threads}u)`;
  return `(${thread} * 4u + ${Math.floor(at / 4) * threads * 4 + (at % 4)}u)`;
}

function slotsOf(writer: WgslWriter, panel: Panel, tile: Tile, matrix: Index): Slot[] {
  const { side, size, array } = panel;
  const threads = tileThreads(tile);
  const alongDepth = side.fours === "depth";
  const [outerSteps, depthSteps] = alongDepth ? [size, tile.depth / 4] : [size / 4, tile.depth];
  const count = outerSteps * depthSteps;
  const batch = batchPlace(writer, side, matrix);
  return Array.from({ length: Math.ceil(count / threads) }, (_, slot) => {
    const linear = writer.hold(writer.plus("local", writer.whole(slot * threads)));
    const [outer, depth] =
      side.neighbours === "depth"
        ? writer.unravel(linear, [outerSteps, depthSteps])
        : writer.unravel(linear, [depthSteps, outerSteps]).reverse();
    const [heldOuter, heldDepth] = [writer.hold(outer!), writer.hold(depth!)];
    const first = writer.hold(writer.plus(panel.start, writer.times(heldOuter, alongDepth ? 1 : 4)));
    const partAt = (index: Index): Part => movedBy(writer, side.outer(writer, index), batch);
    return {
      target: alongDepth
        ? writer.affine(0, [
            [heldOuter, fourStride(tile)],
            [heldDepth, 1],
          ])
        : writer.affine(0, [
            [heldDepth, size / 4],
            [heldOuter, 1],
          ]),
      outers: partsOfFour(writer, alongDepth || array.isWide, first, partAt),
      depth: writer.hold(writer.times(heldDepth, alongDepth ? 4 : 1)),
      guard: (slot + 1) * threads > count ? `${linear} < ${count}u` : undefined,
    };
  });
}

/** Reads what a thread brings at a depth into its variables. */
function bringSlots(
  writer: WgslWriter,
  panel: Panel,
  slots: readonly Slot[],
  contraction: Contraction,
  tile: Tile,
): void {
  const { side, array, name } = panel;
  const isOne = side.fours === "outer" || array.isWide;
  const hasEnd = contraction.depth % tile.depth !== 0;
  for (const [at, slot] of slots.entries()) {
    const depths: Part[] = [];
    const inside: string[] = [];
    const first = writer.hold(writer.plus("depth", slot.depth));
    for (let step = 0; step < (isOne ? 1 : 4); step++) {
      const index = writer.hold(writer.plus(first, writer.whole(step)));
      depths.push(side.depth(writer, index));
      if (hasEnd) inside.push(writer.inside(index, contraction.depth));
    }
    writer.line(`${name}_${at} = ${fourOf(writer, array, side, slot.outers, depths, inside)};`);
  }
}

const letters = ["x", "y", "z", "w"] as const;

/** Products of four steps of depth from workgroup memory. */
function multiply(writer: WgslWriter, left: Panel, right: Panel, tile: Tile): void {
  const panelText = (panel: Panel): ((at: number, step: number) => string) => {
    const { side, name, own, size } = panel;
    if (side.fours === "depth") {
      for (let at = 0; at < own; at++) {
        writer.line(
          `let ${name}${at} = ${name}_tile[${ownIndex(panel, at)} * ${fourStride(tile)}u + quarter];`,
        );
      }
      return (at, step) => `${name}${at}.${letters[step]}`;
    }
    for (let step = 0; step < 4; step++)
      for (let group = 0; group < own / 4; group++) {
        const row = `(quarter * 4u + ${step}u) * ${size / 4}u`;
        const column = `${panel.thread} + ${group * panel.threads}u`;
        writer.line(`let ${name}${step}_${group} = ${name}_tile[${row} + ${column}];`);
      }
    return (at, step) => `${name}${step}_${Math.floor(at / 4)}.${letters[at % 4]}`;
  };
  const leftAt = panelText(left);
  const rightAt = panelText(right);
  for (let step = 0; step < 4; step++)
    for (let row = 0; row < left.own; row++) {
      const line = Array.from(
        { length: right.own },
        (_, column) => `sum_${row}_${column} += ${leftAt(row, step)} * ${rightAt(column, step)};`,
      );
      writer.line(line.join(" "));
    }
}

/** A kernel whose workgroups bring panels of both sides into their memory, a tile's depth at a time. */
export function tileKernel(
  label: string,
  contraction: Contraction,
  frame: Frame,
  tile: Tile,
  splits: number,
): Dispatch {
  const { rows, columns, depth, batch, left, right } = contraction;
  const threads = tileThreads(tile);
  const { parts, tilesOfPart, tiles } = partsOfTiles(depth, tile.depth, splits);
  const [threadsDown, threadsAcross] = [tile.rows / tile.threadRows, tile.columns / tile.threadColumns];
  const writer = new WgslWriter([]);
  const panels = [
    {
      name: "left",
      side: left,
      array: frame.left,
      size: tile.rows,
      own: tile.threadRows,
      threads: threadsDown,
      thread: "down",
      start: "firstRow",
    },
    {
      name: "right",
      side: right,
      array: frame.right,
      size: tile.columns,
      own: tile.threadColumns,
      threads: threadsAcross,
      thread: "across",
      start: "firstColumn",
    },
  ] as const satisfies readonly Panel[];

  writer.line(`let across = local % ${threadsAcross}u;`);
  writer.line(`let down = local / ${threadsAcross}u;`);
  writer.line(`let firstRow = group.y * ${tile.rows}u;`);
  writer.line(`let firstColumn = group.x * ${tile.columns}u;`);
  writer.line(`let part = ${writer.remainder("group.z", parts)};`);
  writer.line(`let matrix = ${writer.quotient("group.z", parts)};`);
  writer.line(`let turns = min(${tilesOfPart}u, ${tiles}u - part * ${tilesOfPart}u);`);
  const slots = panels.map((panel) => slotsOf(writer, panel, tile, "matrix"));
  for (const [at, { name }] of panels.entries())
    for (const slot of slots[at]!.keys()) writer.line(`var ${name}_${slot}: vec4f;`);
  for (let row = 0; row < tile.threadRows; row++) {
    const line = Array.from({ length: tile.threadColumns }, (_, column) => `var sum_${row}_${column} = 0f;`);
    writer.line(line.join(" "));
  }
  // While one tile is used, the next is on its way.
  writer.block("for (var turn = 0u; turn <= turns; turn++)", () => {
    writer.block("if (turn < turns)", () => {
      writer.line(`let depth = (part * ${tilesOfPart}u + turn) * ${tile.depth}u;`);
      for (const [at, panel] of panels.entries()) bringSlots(writer, panel, slots[at]!, contraction, tile);
    });
    writer.block("if (turn > 0u)", () =>
      writer.block(`for (var quarter = 0u; quarter < ${tile.depth / 4}u; quarter++)`, () =>
        multiply(writer, panels[0], panels[1], tile),
      ),
    );
    writer.line("workgroupBarrier();");
    writer.block("if (turn < turns)", () => {
      for (const [at, { name }] of panels.entries())
        for (const [slot, { target, guard }] of slots[at]!.entries()) {
          const store = `${name}_tile[${target}] = ${name}_${slot};`;
          writer.line(guard ? `if (${guard}) { ${store} }` : store);
        }
    });
    writer.line("workgroupBarrier();");
  });
  for (let row = 0; row < tile.threadRows; row++)
    for (let column = 0; column < tile.threadColumns; column++) {
      const [y, x] = [ownIndex(panels[0], row), ownIndex(panels[1], column)];
      writer.line(`finish(part, matrix, firstRow + ${y}, firstColumn + ${x}, sum_${row}_${column});`);
    }
  const code = [
    frame.head,
    ...panels.map(
      ({ name, side, size }) => `var<workgroup> ${name}_tile: array<vec4f, ${sideFours(side, size, tile)}>;`,
    ),
    `@compute @workgroup_size(${threads})`,
    "fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {",
    ...writer.lines,
    "}",
    "",
  ].join("\n");
  const groups = [Math.ceil(columns / tile.columns), Math.ceil(rows / tile.rows), batch * parts] as const;
  return { label, code, bindings: frame.resources, groups };
}
