import { DataError } from "@hekla/tensor";

/** Changes a text before it is split. */
export type Standardization = (text: string) => string;

/** Splits a text into tokens. */
export type Splitting = (text: string) => readonly string[];

// TensorFlow changes and finds ASCII characters only.
const lower: Standardization = (text) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
const strip: Standardization = (text) => text.replace(/[!"#$%&()*+,\-./:;<=>?@[\\\]^_`{|}~']/g, "");

/** Functions by name; those that are the user's own are marked. */
type Known<F> = Map<string, { readonly apply: F; readonly own: boolean }>;

const standardizations: Known<Standardization> = new Map([
  ["lowerAndStripPunctuation", { apply: (text) => strip(lower(text)), own: false }],
  ["lower", { apply: lower, own: false }],
  ["stripPunctuation", { apply: strip, own: false }],
]);

const splittings: Known<Splitting> = new Map([
  ["whitespace", { apply: (text) => text.match(/[^ \t\n\v\f\r]+/g) ?? [], own: false }],
  ["character", { apply: (text) => Array.from(text), own: false }],
]);

/** Gives a function a name, by which `standardize` finds it and files keep it: they never hold code. */
export function registerStandardization(name: string, apply: Standardization): void {
  standardizations.set(name, { apply, own: true });
}

/** Gives a function a name, by which `split` finds it and files keep it: they never hold code. */
export function registerSplitting(name: string, apply: Splitting): void {
  splittings.set(name, { apply, own: true });
}

/** A function that was registered, as Keras's files write it. */
export interface SavedFunction {
  readonly className: "function";
  readonly config: string;
  readonly module?: string;
  readonly registeredName?: string;
}

/** A name, a function, what files keep of a registered one, or null for none. */
export type TextChoice<F> = string | F | SavedFunction | null;

/** The function meant, and what files keep of it: nothing of one that was not registered. */
export interface TextFunction<F> {
  readonly apply: F;
  readonly saved: string | SavedFunction | null | undefined;
}

function resolve<F>(option: string, choice: TextChoice<F>, known: Known<F>, none: F): TextFunction<F> {
  if (choice === null) return { apply: none, saved: null };
  if (typeof choice === "function") return { apply: choice as F, saved: undefined };
  const name = typeof choice === "string" ? choice : (choice as SavedFunction).config;
  const found = known.get(name);
  if (!found) {
    throw new DataError(
      `textVectorization: unknown ${option}, got "${name}", expected one of ${[...known.keys()].join(", ")}`,
    );
  }
  const saved = {
    module: "builtins",
    className: "function",
    config: name,
    registeredName: "function",
  } as const;
  return { apply: found.apply, saved: found.own ? saved : name };
}

/** The standardization meant. @throws DataError for an unknown name */
export const resolveStandardization = (choice: TextChoice<Standardization>): TextFunction<Standardization> =>
  resolve("standardize", choice, standardizations, (text) => text);

/** The splitting meant. @throws DataError for an unknown name */
export const resolveSplitting = (choice: TextChoice<Splitting>): TextFunction<Splitting> =>
  resolve("split", choice, splittings, (text) => [text]);
