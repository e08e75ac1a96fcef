/** Elementwise work and reductions, by the arrays that they read and write. */
export const OPERATIONS = {
  copy: { formula: "y = a", arrays: 2 },
  triad: { formula: "y = a + s b", arrays: 3 },
  relu: { formula: "y = max(a, 0)", arrays: 2 },
  exp: { formula: "y = exp(a)", arrays: 2 },
  sum: { formula: "sum of a", arrays: 1 },
  adam: { formula: "weight, both moments; a gradient", arrays: 7 },
} as const;

/** Name of one of them. */
export type OperationName = keyof typeof OPERATIONS;

/** Sizes of one array: in the first and second level of the cache for all operations, and far beyond it. */
export const SIZES = [
  { name: "8 KiB", bytes: 2 ** 13 },
  { name: "128 KiB", bytes: 2 ** 17 },
  { name: "64 MiB", bytes: 2 ** 26 },
] as const;

/** The scalar of the triad. */
export const SCALAR = 0.5;

/** One operation at one size. */
export interface BandwidthCase {
  name: string;
  operation: OperationName;
  /** Floats of one array. */
  count: number;
  /** Bytes read and written; what a processor reads to fill a line before it writes there is not counted. */
  bytes: number;
}

/** All cases, operation after operation. */
export const BANDWIDTH_CASES: readonly BandwidthCase[] = (
  Object.entries(OPERATIONS) as [OperationName, { arrays: number }][]
).flatMap(([operation, { arrays }]) =>
  SIZES.map(({ name, bytes }) => ({
    name: `${operation} ${name}`,
    operation,
    count: bytes / 4,
    bytes: arrays * bytes,
  })),
);
