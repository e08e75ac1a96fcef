import type { DeviceTraits } from "../wgsl/dispatch.js";
import { type Contraction, resultSize } from "./contraction.js";
import { partsOfDepth, type RegisterTile } from "./register-kernel.js";
import { partsOfTiles, type Tile, tileBytes, tileThreads } from "./tile-kernel.js";

interface TileVariant {
  readonly kind: "tile";
  readonly tile: Tile;
  /** The sums are cut into so many. */
  readonly parts: number;
}

/** One way to compute a product. */
export type Variant =
  | TileVariant
  | { readonly kind: "register"; readonly tile: RegisterTile; readonly parts: number };

const tile = (
  rows: number,
  columns: number,
  depth: number,
  threadRows: number,
  threadColumns: number,
): Tile => ({
  rows,
  columns,
  depth,
  threadRows,
  threadColumns,
});

/** What workgroups compute, the largest first: more results for each element that is read, and fewer workgroups. */
const tiles: readonly Tile[] = [
  tile(128, 128, 16, 8, 8),
  tile(128, 128, 8, 8, 8),
  tile(64, 128, 16, 4, 8),
  tile(128, 64, 16, 8, 4),
  tile(64, 64, 16, 4, 4),
  tile(32, 128, 16, 4, 4),
  tile(128, 32, 16, 4, 4),
  tile(32, 32, 16, 4, 4),
  tile(8, 128, 16, 4, 4),
  tile(128, 8, 16, 4, 4),
];

const registerTiles: readonly RegisterTile[] = [
  { rows: 4, columns: 4 },
  { rows: 4, columns: 8 },
  { rows: 8, columns: 4 },
];

/** So many workgroups keep a large GPU at work; with fewer, sums are cut into parts. */
const wantedGroups = 256;
/** A part of a sum is not shorter than this, or the pass that joins the parts costs more than it brings. */
const shortestPart = 64;
/** A sum of one thread is not longer than this, where parts are few enough to be kept: longer ones lose digits. */
const longestPart = 4096;
const mostParts = 64;
const mostPartialBytes = 1 << 26;
/** Fewer results than this are not worth a tile. */
const fewestResults = 16;

/** A name for people and for caches. */
export const variantName = ({ kind, tile: { rows, columns, ...rest }, parts }: Variant): string => {
  const inner = "depth" in rest ? `x${rest.depth} (${rest.threadRows}x${rest.threadColumns})` : "";
  return `${kind} ${rows}x${columns}${inner}, ${parts} ${parts === 1 ? "part" : "parts"}`;
};

/** In how many parts sums are cut, where so many workgroups compute whole sums. */
function partsFor(contraction: Contraction, groups: number): number {
  const { depth } = contraction;
  const bytes = 4 * resultSize(contraction);
  const most = Math.min(mostParts, Math.floor(mostPartialBytes / bytes), Math.floor(depth / shortestPart));
  const wanted = Math.max(
    groups >= wantedGroups / 2 ? 1 : Math.ceil(wantedGroups / groups),
    Math.ceil(depth / longestPart),
  );
  return Math.max(1, Math.min(most, wanted));
}

/** The share of computed results that there are. */
const used = ({ rows, columns }: Contraction, { rows: height, columns: width }: RegisterTile): number =>
  (rows * columns) / (Math.ceil(rows / height) * height * Math.ceil(columns / width) * width);

/** Whether a device can run a tile, and its grid is not too large. */
function fits(traits: DeviceTraits, contraction: Contraction, { tile, parts }: TileVariant): boolean {
  const { rows, columns, batch } = contraction;
  const grid = [Math.ceil(columns / tile.columns), Math.ceil(rows / tile.rows), batch * parts];
  return (
    tileThreads(tile) <= traits.maxThreads &&
    tileBytes(contraction, tile) <= traits.workgroupBytes &&
    grid.every((groups) => groups <= traits.maxGroups)
  );
}

function withTile(contraction: Contraction, tile: Tile): TileVariant {
  const { rows, columns, batch, depth } = contraction;
  const groups = Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns) * batch;
  const { parts } = partsOfTiles(depth, tile.depth, partsFor(contraction, groups));
  return { kind: "tile", tile, parts };
}

function withRegisters(contraction: Contraction, tile: RegisterTile): Variant {
  const { rows, columns, batch, depth } = contraction;
  const threads = Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns) * batch;
  const { parts } = partsOfDepth(depth, partsFor(contraction, Math.ceil(threads / 4)));
  return { kind: "register", tile, parts };
}

/** Roughly what a tile costs: what is computed in vain, what is read, and a device that is not full. */
function cost(contraction: Contraction, variant: TileVariant): number {
  const { rows, columns, batch } = contraction;
  const { tile, parts } = variant;
  const groups = Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns) * batch * parts;
  const reads = 1 + 24 / tile.rows + 24 / tile.columns;
  const perThread = 1 + 8 / (tile.threadRows * tile.threadColumns);
  const idle = Math.max(1, wantedGroups / (groups * Math.max(1, (tile.rows * tile.columns) / 4096)));
  return (reads * perThread * Math.sqrt(idle)) / used(contraction, tile);
}

/** The variants that a device can run, the one to begin with first; none where the plain kernels are right. */
export function variantsOf(traits: DeviceTraits, contraction: Contraction): readonly Variant[] {
  const { rows, columns, depth, batch } = contraction;
  if (rows * columns < fewestResults || depth === 0 || batch === 0) return [];
  if (traits.software) {
    // Rows that no window reads cost as much as others here; see `ImageAxis.step`.
    const image = contraction.left.image ?? contraction.right.image;
    if (image && image.row.step * image.column.step > 1) return [];
    return registerTiles
      .map((tile) => withRegisters(contraction, tile))
      .sort((a, b) => used(contraction, b.tile) - used(contraction, a.tile));
  }
  return tiles
    .map((tile) => withTile(contraction, tile))
    .filter((variant) => fits(traits, contraction, variant))
    .sort((a, b) => cost(contraction, a) - cost(contraction, b));
}
