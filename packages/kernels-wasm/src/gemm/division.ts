import type { MatmulRoutine } from "@hekla/tensor";
import { blockLength } from "./block-shape.js";

/** Products between two loads of a tile: a packed panel of them takes half of a 32 KiB first-level cache. */
const longestPart = 512;
/** Packed rows that stay in a 1 MiB second-level cache while all panels pass by. */
const blockBytes = 192 * 1024;
/** Rows that stay in it, more or less, while each panel passes by once. */
const residentBytes = 640 * 1024;
/** Part of a first-level cache for what one panel gives, where it is written in a second step. */
const resultBytes = 8 * 1024;
/** Transposed rows, read where they lie, take a cache line of the first level for each step of the sum. */
const fewSteps = 32;

/** Floats of a page: steps of B that far apart are in nobody's cache for long. */
const pageFloats = 1024;

/** How a product is cut; a function of the shape only, so that results do not depend on the threads. */
export interface Division {
  /** Rows of a register tile, and tiles of them; then those of smaller tiles that end the rows. */
  readonly rows: number;
  readonly tiles: number;
  readonly lastRows: number;
  readonly lastTiles: number;
  /** Vectors of four columns in a panel. */
  readonly vectors: number;
  readonly panels: number;
  /** Runs of neighbouring tiles that are multiplied by one panel after the other. */
  readonly blocks: number;
  /** Products of one part of the sum, and the parts, which are added in their order. */
  readonly depth: number;
  readonly parts: number;
  /** Whether parts are shared out to threads, too: where there are few rows and columns. */
  readonly split: boolean;
  /** Whether A is packed before, by all threads, or read where it lies. */
  readonly packsA: boolean;
  /** B is packed before by all threads, or a panel by the thread that uses it, or read where it lies. */
  readonly b: "shared" | "own" | "in place";
}

/** Tiles that cover `m` rows without overlap: fives and fours where they can. */
function rowTiles(m: number, vectors: number): Pick<Division, "rows" | "tiles" | "lastRows" | "lastTiles"> {
  const cover = (rows: number) => {
    const lastRows = m % rows;
    return { rows, tiles: Math.floor(m / rows), lastRows, lastTiles: lastRows > 0 ? 1 : 0 };
  };
  if (vectors === 1) return cover(Math.min(m, 8));
  if (vectors > 2) return cover(Math.min(m, 3));
  if (m <= 5) return cover(m);
  if (m === 6) return cover(3);
  const fours = (5 - (m % 5)) % 5;
  if (m < fours * 4) return cover(4);
  const fives = (m - fours * 4) / 5;
  return fives > 0
    ? { rows: 5, tiles: fives, lastRows: 4, lastTiles: fours }
    : { rows: 4, tiles: fours, lastRows: 0, lastTiles: 0 };
}

/** Vectors in a panel: with few rows more columns make up for them, since additions take their time. */
function panelVectors({ m, n, transposeB }: MatmulRoutine): number {
  if (n <= 4) return 1;
  if (n > 8 && n <= 12) return 3;
  const wanted = m === 1 ? 7 : m === 2 ? 4 : m === 3 ? 3 : 2;
  return transposeB ? 2 : Math.min(wanted, Math.max(2, Math.floor(n / 4)));
}

export function divide(product: MatmulRoutine, relaxedSimd: boolean): Division {
  const { batch, m, n, k, transposeA, transposeB } = product;
  const vectors = panelVectors(product);
  const cover = rowTiles(m, vectors);
  const tiles = cover.tiles + cover.lastTiles;
  const panels = Math.ceil(n / (vectors * 4));
  const few = batch * Math.ceil(m / 5) * Math.ceil(n / 8) < 16;
  const inPlace = !transposeB && tiles <= (n < pageFloats ? 4 : 2) && n >= vectors * 4;
  // What is read once and not packed may be read in one go.
  const longest = few ? Math.max(longestPart, Math.ceil(k / 16)) : inPlace ? k : longestPart;
  const depth = blockLength(k, longest);
  const parts = Math.ceil(k / depth);
  const split = few && parts > 1;
  const own = m * depth * 4 <= residentBytes;
  const shared = Math.ceil(16 / (batch * panels * (split ? parts : 1)));
  const resultBlocks = (m * vectors * 16) / resultBytes;
  const blocks = Math.max(shared, Math.ceil(own ? resultBlocks : (m * depth * 4) / blockBytes));
  // Distances between rows are part of instructions, which grow by them: too much where they are many.
  const pays = panels > 2 && (transposeA ? k > fewSteps : !relaxedSimd);
  const packsA = vectors === 2 && m >= 12 && pays;
  return {
    ...{ ...cover, vectors, panels, blocks: Math.min(blocks, tiles), depth, parts, split, packsA },
    b: inPlace ? "in place" : own ? "own" : "shared",
  };
}

/** The product as it is computed: samples that share B are rows of one matrix; a single column is a row. */
export function normalize(routine: MatmulRoutine): { product: MatmulRoutine; swapped: boolean } {
  let product = routine;
  const { batch, m } = routine;
  if (batch > 1 && routine.batchedA && !routine.batchedB && !routine.transposeA) {
    product = { ...product, batch: 1, m: batch * m, batchedB: true };
  }
  if (product.n > 1 || product.m === 1) return { product, swapped: false };
  return {
    product: {
      ...product,
      ...{ m: 1, n: product.m, transposeA: !product.transposeB, transposeB: !product.transposeA },
      ...{ batchedA: product.batchedB, batchedB: product.batchedA },
    },
    swapped: true,
  };
}
