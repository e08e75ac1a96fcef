import type { GemmShape, WorkName } from "./works.js";

/** What a child process is asked to do; it stands as JSON in the child's last argument. */
export interface Request {
  work: WorkName;
  batch: number;
  threads: number;
  /** Steps before the clock counts: compilation, first allocations, caches. */
  warmup: number;
  /** The warm-up lasts at least so long: engines compile hot code again while it runs. Default 0. */
  warmupMilliseconds?: number;
  steps: number;
  /** Sides of the square products of `gemm`. */
  sizes: readonly number[];
  /** Its other products; the digit CNN's large dense layer where nothing is said. */
  shapes?: readonly GemmShape[];
}

/** One line of a child's standard output. */
export type Message =
  | { type: "ready"; version: string; detail: string; bareBytes: number }
  | { type: "step"; case: string; warmup: boolean; milliseconds: number; loss: number | null }
  | { type: "cannot"; case: string; reason: string }
  | { type: "done"; peakBytes: number };

/** Reads one line; lines that are not of this protocol (a peer's own notes) give undefined. */
export function parseMessage(line: string): Message | undefined {
  if (!line.startsWith('{"type":')) return undefined;
  try {
    return JSON.parse(line) as Message;
  } catch {
    return undefined;
  }
}
