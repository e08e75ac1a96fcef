import { DataError } from "@hekla/tensor";
import type { Fail } from "../formats/byte-file.js";

/** An object of JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** Throws the DataError of a file that is read. */
export const failIn =
  (source: string): Fail =>
  (problem, got, expected) => {
    throw new DataError(`load: ${source}: ${problem}, got ${got}, expected ${expected}`);
  };

const forbidden = ["__proto__", "constructor", "prototype"];

/** A value for an error, cut where it is long. */
export const shown = (value: unknown): string => (JSON.stringify(value) ?? String(value)).slice(0, 80);

/** Whether this is an object of JSON rather than null, a list or a plain value. */
export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The object; throws DataError for anything else, and for keys that would reach into JavaScript's own. */
export function objectOf(value: unknown, what: string, fail: Fail): Json {
  if (!isObject(value)) return fail(`${what} is no object`, shown(value), "an object");
  const bad = Object.keys(value).find((key) => forbidden.includes(key));
  if (bad !== undefined) fail(`${what} has a key that none has`, bad, "names of options");
  return value;
}

/** The list; throws DataError for anything else. */
export const listIn = (value: unknown, what: string, fail: Fail): readonly unknown[] =>
  Array.isArray(value) ? value : fail(`${what} is no list`, shown(value), "a list");

/** The text; throws DataError for anything else. */
export const textIn = (value: unknown, what: string, fail: Fail): string =>
  typeof value === "string" ? value : fail(`${what} is no text`, shown(value), "a text");

/** The object in a text of JSON; throws DataError where it is broken. */
export function parseObject(text: string, what: string, fail: Fail): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    fail(`${what} cannot be read`, "broken JSON", "JSON");
  }
  return objectOf(value, what, fail);
}

/** The text of a config; throws DataError for a number that JSON does not have and that would come back as null. */
export const configText = (config: unknown): string =>
  JSON.stringify(config, (key, value: unknown) => {
    if (typeof value !== "number" || Number.isFinite(value)) return value;
    throw new DataError(`save: ${key} cannot be kept in a file, got ${value}, expected a finite number`);
  });
