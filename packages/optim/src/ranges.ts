import { HeklaError } from "@hekla/tensor";

/** Which numbers a setting may have: in words, and as a test. */
export type Range = readonly [text: string, holds: (value: number) => boolean];

export const atLeastZero: Range = ["a finite number of at least 0", (x) => x >= 0 && x < Infinity];
export const aboveZero: Range = ["a number above 0", (x) => x > 0];
export const atMostZero: Range = ["a number of at most 0", (x) => x <= 0];
export const belowOne: Range = ["a number from 0 to below 1", (x) => x >= 0 && x < 1];
export const share: Range = ["a number from 0 to 1", (x) => x >= 0 && x <= 1];
export const shareAboveZero: Range = ["a number above 0, at most 1", (x) => x > 0 && x <= 1];
export const wholeFrom = (least: number): Range => [
  `a whole number of at least ${least}`,
  (x) => Number.isInteger(x) && x >= least,
];

/** @throws HeklaError for a value that is given and no number within the range */
export function checkRange(owner: string, name: string, value: unknown, [text, holds]: Range): void {
  if (value === undefined || (typeof value === "number" && holds(value))) return;
  throw new HeklaError(`${owner}: bad ${name}, got ${String(value)}, expected ${text}`);
}
