import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Model } from "@hekla/layers";
import { UsageError } from "./exit-codes.js";

export interface SavedModel {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Fails before minutes of training rather than after: the folder must be there and take files. */
export async function checkWritable(file: string, flag: string): Promise<void> {
  const folder = dirname(resolve(file));
  try {
    if (!(await stat(folder)).isDirectory()) throw new Error("not a folder");
    await access(folder, constants.W_OK);
  } catch {
    throw new UsageError(`${flag} ${file}: cannot write there, expected a file in a folder that exists`);
  }
  const there = await stat(file).catch(() => undefined);
  if (there?.isDirectory()) throw new UsageError(`${flag} ${file}: is a folder, expected the name of a file`);
}

/** Writes the model file (whole or not at all) and gives its fingerprint. */
export async function saveModel(model: Model, file: string): Promise<SavedModel> {
  await model.save(file);
  const bytes = await readFile(file);
  return { file, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}
