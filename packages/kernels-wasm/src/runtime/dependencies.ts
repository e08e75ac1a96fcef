import type { Plan } from "@hekla/tensor";

/**
 * Memory that a call reads or writes: a part of the arena, or the whole of an input that lies outside it.
 */
interface Region {
  readonly place: "arena" | number;
  readonly start: number;
  readonly end: number;
}

/** What a call touches, and whether thread 0 does it alone. */
export interface Access {
  readonly reads: readonly Region[];
  readonly writes: readonly Region[];
  readonly alone: boolean;
}

/** Where the plan's scratch memory stands in for a region: all kernels share it. */
const scratch: Region = { place: -1, start: 0, end: 1 };

/** What a call with these operands and results touches. */
export function accessOf(
  plan: Plan,
  reads: readonly number[],
  writes: readonly number[],
  usesScratch: boolean,
  alone: boolean,
): Access {
  const region = (buffer: number): Region => {
    const { arenaOffset, size } = plan.buffers[buffer]!;
    if (arenaOffset < 0) return { place: buffer, start: 0, end: 1 };
    return { place: "arena", start: arenaOffset, end: arenaOffset + size * 4 };
  };
  const written = writes.map(region);
  return { reads: reads.map(region), writes: usesScratch ? [...written, scratch] : written, alone };
}

const overlap = (some: readonly Region[], others: readonly Region[]): boolean =>
  some.some((a) => others.some((b) => a.place === b.place && a.start < b.end && b.start < a.end));

/** Whether a call may start only when all threads have ended another: one writes what the other touches. */
export const mustFollow = (later: Access, earlier: Access): boolean =>
  !(later.alone && earlier.alone) &&
  (overlap(earlier.writes, later.reads) ||
    overlap(earlier.writes, later.writes) ||
    overlap(earlier.reads, later.writes));
