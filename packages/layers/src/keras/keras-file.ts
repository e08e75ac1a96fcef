import type { Fail } from "../formats/byte-file.js";
import { type ReadOptions, utf8 } from "../formats/byte-file.js";
import { type Hdf5Group, readHdf5 } from "../formats/hdf5-reader.js";
import { readZip } from "../formats/zip.js";
import { failIn, type Json, objectOf, parseObject } from "./json.js";

/** A `.keras` file, unpacked. */
export interface KerasFile {
  readonly config: Json;
  /** What this package alone keeps; nothing in files that Keras wrote. */
  readonly own: Json;
  readonly weights: Hdf5Group;
  /** Whether Keras 2 wrote it, which began with this format in version 2.13. */
  readonly isKeras2: boolean;
}

/** Texts of JSON above this are no config. */
const longestText = 64 * 1024 * 1024;

const textOf = (file: (() => Uint8Array) | undefined, name: string, fail: Fail): string => {
  const bytes = file?.() ?? fail("the file is no model of Keras", `no ${name}`, "one");
  if (bytes.length > longestText) fail(`${name} is too large`, bytes.length, `at most ${longestText}`);
  return utf8(bytes, fail, name);
};

/** Unpacks a `.keras` file: a zip archive of config.json, metadata.json and model.weights.h5. */
export function openKerasFile(bytes: Uint8Array, options: ReadOptions): KerasFile {
  const fail = failIn(options.source);
  const files = readZip(bytes, options);
  const metadata = files.get("metadata.json");
  const known = metadata ? parseObject(textOf(metadata, "metadata.json", fail), "metadata.json", fail) : {};
  const config = parseObject(textOf(files.get("config.json"), "config.json", fail), "config.json", fail);
  const weights = files.get("model.weights.h5") ?? fail("there are no weights", "no model.weights.h5", "one");
  const own = objectOf(known.hekla ?? {}, "what Hekla keeps in metadata.json", fail);
  const isKeras2 = String(known.keras_version).startsWith("2.");
  return { config, own, weights: readHdf5(weights(), options), isKeras2 };
}
