import type { BinaryOp } from "@hekla/tensor";

/** `f`: a float, or a bool as 0 or 1; `i`: a whole number of 32 bits. */
export type Kind = "f" | "i";

/** A function that kernels call, written in the language that gpu.js makes kernels into. */
export interface LibraryFunction {
  /** The kinds of its arguments, in order. */
  readonly takes: string;
  readonly gives: Kind;
  readonly text: string;
  /** Functions that it calls itself. */
  readonly needs?: readonly string[];
}

/** Functions by name. Every language has those that `GpuJsWriter` calls. */
export type Library = Readonly<Record<string, LibraryFunction>>;

/** Writes the call of a function of the library. */
export type Call = (name: string, ...args: string[]) => string;

/**
 * How kernels differ between the modes of gpu.js: it parses one language, but makes three others out of it.
 */
export interface Language {
  /** The float of an argument at a place. */
  element(argument: string, place: string): string;
  /** The result of an operation on floats, rounded to one. */
  rounded(text: string): string;
  /**
   * Operations on whole numbers that wrap at 32 bits, and on their bits; undefined where it is a function.
   */
  readonly integers: { readonly [op in BinaryOp]?: (a: string, b: string) => string };
  /** Functions that are operators here. */
  readonly inline: Readonly<Record<string, ((...args: string[]) => string) | undefined>>;
  /** What a variable begins as that is to be a whole number. */
  readonly wholeLiteral: string;
  /** Whether literals keep the smallest floats and the sign of zero. */
  readonly exactLiterals: boolean;
  /**
   * `a / b`, cut, for `0 <= a`, or what calls the function that computes it; `small`: all indices are below
   * 2^24.
   */
  quotient(a: string, b: number, small: boolean): string | ((call: Call) => string);
  readonly library: Library;
}

/** The named functions and all that they call, each behind those that it needs. */
export function withNeeds(library: Library, names: Iterable<string>): Map<string, LibraryFunction> {
  const found = new Map<string, LibraryFunction>();
  const add = (name: string): void => {
    if (found.has(name)) return;
    const entry = library[name];
    if (!entry) throw new Error(`gpujs: there is no function ${name}`);
    for (const other of entry.needs ?? []) add(other);
    found.set(name, entry);
  };
  for (const name of names) add(name);
  return found;
}

/** `c0 + x * (c1 + x * (c2 + ...))`. */
export const polynomial = (
  x: string,
  coefficients: readonly number[],
  literal: (value: number) => string,
): string =>
  coefficients.reduceRight(
    (inner, c) => (inner === "" ? literal(c) : `(${literal(c)} + ${x} * ${inner})`),
    "",
  );
