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

/**
 * What workgroups compute, the largest first: more results for each element that is read, and fewer
 * workgroups.
 */
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

/** So many threads keep a large GPU at work; with less than half of them, sums are cut into parts. */
const wantedThreads = 1 << 16;
/** Of workgroups of so many threads and more, a large GPU wants so many. */
const fullGroup = 128;
const wantedGroups = 128;
/** A part of a sum is not shorter than this, or the pass that joins the parts costs more than it brings. */
const shortestPart = 64;
/**
 * A sum of one thread is not longer than this, where parts are few enough to be kept: longer ones lose
 * digits.
 */
const longestPart = 4096;
const mostParts = 512;
const mostPartialBytes = 1 << 26;
/** Products that could be made in the time in which a partial sum is written and read again. */
const productsPerPartial = 80;
/** Fewer results than this are not worth a tile. */
const fewestResults = 16;

/** A name for people and for caches. */
export const variantName = ({ kind, tile: { rows, columns, ...rest }, parts }: Variant): string => {
  const inner = "depth" in rest ? `x${rest.depth} (${rest.threadRows}x${rest.threadColumns})` : "";
  return `${kind} ${rows}x${columns}${inner}, ${parts} ${parts === 1 ? "part" : "parts"}`;
};

/** The most parts that sums are cut into. */
function mostPartsOf(contraction: Contraction): number {
  const byMemory = Math.floor(mostPartialBytes / (4 * resultSize(contraction)));
  return Math.min(mostParts, byMemory, Math.floor(contraction.depth / shortestPart));
}

/** In how many parts sums are cut, where so many threads compute whole sums. */
function partsFor(contraction: Contraction, threads: number): number {
  const { depth } = contraction;
  const most = mostPartsOf(contraction);
  const wanted = Math.max(
    threads >= wantedThreads / 2 ? 1 : Math.ceil(wantedThreads / threads),
    Math.ceil(depth / longestPart),
  );
  return Math.max(1, Math.min(most, wanted));
}

/** The share of computed results that there are. */
const used = ({ rows, columns }: Contraction, { rows: height, columns: width }: RegisterTile): number =>
  (rows * columns) / (Math.ceil(rows / height) * height * Math.ceil(columns / width) * width);

/**
 * Products from which on larger tiles, which take twice as long to compile on a processor, are worth that.
 */
const longWork = 1 << 24;

/** How good a tile of registers is. */
function registerScore(contraction: Contraction, tile: RegisterTile): number {
  const { rows, columns, depth, batch } = contraction;
  const isLarge = tile.rows * tile.columns > 16;
  const isLong = rows * columns * depth * batch >= longWork;
  return used(contraction, tile) * (isLarge ? (isLong ? 1.3 : 0.8) : 1);
}

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

const groupsOf = ({ rows, columns, batch }: Contraction, tile: RegisterTile): number =>
  Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns) * batch;

function withTile(contraction: Contraction, tile: Tile): TileVariant {
  const wanted = partsFor(contraction, groupsOf(contraction, tile) * tileThreads(tile));
  const { parts } = partsOfTiles(contraction.depth, tile.depth, wanted);
  return { kind: "tile", tile, parts };
}

/** A processor has few threads at work at a time. */
const threadsOfProcessor = 1 << 10;

function withRegisters(contraction: Contraction, tile: RegisterTile): Variant {
  const threads = groupsOf(contraction, tile) * (wantedThreads / threadsOfProcessor);
  const { parts } = partsOfDepth(contraction.depth, partsFor(contraction, threads));
  return { kind: "register", tile, parts };
}

/**
 * Roughly what a tile costs: what it reads, what is computed in vain, a device that is not full, partial
 * sums.
 */
function cost(contraction: Contraction, { tile, parts }: TileVariant): number {
  const reads = 1 + 24 / tile.rows + 24 / tile.columns;
  const perThread = 1 + 8 / (tile.threadRows * tile.threadColumns);
  const groups = groupsOf(contraction, tile) * parts * Math.min(1, tileThreads(tile) / fullGroup);
  const idle = Math.max(1, wantedGroups / groups);
  const joining = parts === 1 ? 1 : 1 + (productsPerPartial * parts) / contraction.depth;
  return (reads * perThread * idle * joining) / used(contraction, tile);
}

/** The same tile with sums cut otherwise: not at all, into half as many parts, into twice as many. */
function cutOtherwise(contraction: Contraction, { tile, parts }: TileVariant): TileVariant[] {
  const wanted = [1, Math.ceil(parts / 2), 2 * parts].filter((count) => count <= mostPartsOf(contraction));
  const cuts = wanted.map((count) => partsOfTiles(contraction.depth, tile.depth, count).parts);
  return [...new Set(cuts)]
    .filter((count) => count !== parts)
    .map((count) => ({ kind: "tile", tile, parts: count }));
}

/**
 * The variants that a device can run, the one to begin with first; none where the plain kernels are right.
 */
export function variantsOf(traits: DeviceTraits, contraction: Contraction): readonly Variant[] {
  const { rows, columns, depth, batch } = contraction;
  if (rows * columns < fewestResults || depth === 0 || batch === 0) return [];
  if (traits.software) {
    // Rows that no window reads cost as much as others here; see `ImageAxis.step`.
    const image = contraction.left.image ?? contraction.right.image;
    if (image && image.row.step * image.column.step > 1) return [];
    return registerTiles
      .map((tile) => withRegisters(contraction, tile))
      .sort((a, b) => registerScore(contraction, b.tile) - registerScore(contraction, a.tile));
  }
  const ranked = tiles
    .map((tile) => withTile(contraction, tile))
    .sort((a, b) => cost(contraction, a) - cost(contraction, b));
  const others = ranked.slice(0, 2).flatMap((variant) => cutOtherwise(contraction, variant));
  return [...ranked, ...others].filter((variant) => fits(traits, contraction, variant));
}
