import { HeklaError, type Optimizer } from "@hekla/tensor";
import { type Hdf5Group, readHdf5 } from "../formats/hdf5-reader.js";
import { type KerasFile, openKerasFile } from "../keras/keras-file.js";
import { isLegacy, readLegacyWeights } from "../keras/legacy-h5.js";
import { ownState } from "../keras/own-state.js";
import { type Assignments, readWeights } from "../keras/weights-file.js";
import { readBytes } from "./files.js";
import { decodeTensors, type TensorFile } from "./safetensors.js";
import { planRestore, type Stateful } from "./state-file.js";

export interface OpenOptions {
  /** Name of the file, for errors. Default "model file". */
  readonly source?: string;
  /** How many bytes the content may take in memory, checked before any are taken. Default 512 MiB. */
  readonly maxBytes?: number;
}

/** A file by its kind, told by its first bytes. */
export type OpenFile = { readonly source: string } & (
  | { readonly kind: "keras"; readonly file: KerasFile }
  | { readonly kind: "hdf5"; readonly root: Hdf5Group }
  | { readonly kind: "safetensors"; readonly file: TensorFile }
);

const begins = (bytes: Uint8Array, ...start: readonly number[]): boolean =>
  start.every((byte, at) => bytes[at] === byte);

/** Opens a file `.keras`, `.weights.h5`, `.h5` or `.safetensors`; throws DataError where it is broken. */
export function openFile(bytes: Uint8Array, { source = "model file", maxBytes }: OpenOptions): OpenFile {
  const options = { source, ...(maxBytes === undefined ? {} : { maxBytes }) };
  if (begins(bytes, 0x50, 0x4b)) return { kind: "keras", source, file: openKerasFile(bytes, options) };
  if (begins(bytes, 0x89, 0x48, 0x44, 0x46)) return { kind: "hdf5", source, root: readHdf5(bytes, options) };
  return { kind: "safetensors", source, file: decodeTensors(bytes, source) };
}

/** What the file says of the model's variables, all checked. */
export function assignmentsFrom(opened: OpenFile, model: Stateful, withOptimizer = true): Assignments {
  if (!model.built) {
    throw new HeklaError(
      "load: the model has no weights yet, got one that is not built, expected inputShape on its " +
        "first layer, or loadModel",
    );
  }
  const { source } = opened;
  const optimizer: Optimizer | undefined = withOptimizer ? model.compileOptions?.optimizer : undefined;
  if (opened.kind === "safetensors") return planRestore(model, opened.file, source, optimizer);
  if (opened.kind === "hdf5") {
    const read = isLegacy(opened.root) ? readLegacyWeights : readWeights;
    return read(opened.root, model, optimizer, source);
  }
  const { weights, own, isKeras2 } = opened.file;
  return [
    // Optimizers of Keras 2 keep other variables: training goes on from fresh ones.
    ...readWeights(weights, model, isKeras2 ? undefined : optimizer, source),
    ...(optimizer ? ownState(own, model, source) : []),
  ];
}

/** Overwrites the model's variables with what a file says of them: all or none. */
export function restoreModel(
  model: Stateful,
  bytes: Uint8Array,
  options: OpenOptions,
  withOptimizer = true,
): void {
  for (const [variable, { data }] of assignmentsFrom(openFile(bytes, options), model, withOptimizer)) {
    variable.write(data);
  }
}

/** `restoreModel` from the file of that name. */
export async function restoreFrom(model: Stateful, path: string, withOptimizer: boolean): Promise<void> {
  restoreModel(model, await readBytes(path), { source: path }, withOptimizer);
}
