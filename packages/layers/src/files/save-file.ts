import { DataError, HeklaError } from "@hekla/tensor";
import { writeHdf5 } from "../formats/hdf5-writer.js";
import { weightsTree } from "../keras/weights-file.js";
import { kerasFile } from "../keras/write-file.js";
import { writeBytesAtomically } from "./files.js";
import { type Stateful, tensorFileOf } from "./state-file.js";

const formats = ["keras", "safetensors", "weights.h5"] as const;

/** "keras": what Keras 3 reads. "safetensors": this package's own. "weights.h5": weights alone, for Keras 3. */
export type SaveFormat = (typeof formats)[number];

export interface SaveOptions {
  /** Whether the optimizer's state goes in as well, so that training can be resumed exactly. Default true. */
  readonly includeOptimizer?: boolean;
  /** Default "keras"; `save` goes by the name of the file. */
  readonly format?: SaveFormat;
}

/** The format that a file's name asks for; throws DataError for names of formats that hold no whole model. */
function formatOf(path: string): SaveFormat {
  if (path.endsWith(".safetensors")) return "safetensors";
  if (!/\.(h5|hdf5)$/.test(path)) return "keras";
  throw new DataError(
    `save: ${path}: legacy HDF5 files are read only, got ${path.endsWith(".weights.h5") ? ".weights.h5" : ".h5"}, ` +
      "expected .keras or .safetensors, or saveWeights for .weights.h5",
  );
}

/** Writes the model to a file, in the format of its name unless the options have another. */
export async function saveModel(model: Stateful, path: string, options: SaveOptions): Promise<void> {
  await writeBytesAtomically(path, await modelToBytes(model, { format: formatOf(path), ...options }));
}

/** Writes the weights alone; throws DataError for a name that Keras would not take. */
export async function saveWeights(model: Stateful, path: string): Promise<void> {
  if (!path.endsWith(".weights.h5")) {
    throw new DataError(`saveWeights: ${path}: bad name, got another ending, expected .weights.h5`);
  }
  const bytes = await modelToBytes(model, { format: "weights.h5", includeOptimizer: false });
  await writeBytesAtomically(path, bytes);
}

/** The model as one file. */
export async function modelToBytes(
  model: Stateful,
  { includeOptimizer = true, format = "keras" }: SaveOptions,
): Promise<Uint8Array> {
  if (!model.built) {
    throw new HeklaError(
      "save: the model has no weights yet, got one that is not built, expected inputShape on its " +
        "first layer, or a call of fit",
    );
  }
  const options = includeOptimizer ? model.compileOptions : undefined;
  if (format === "safetensors") return tensorFileOf(model, options);
  if (format === "keras") return kerasFile(model, options);
  if (format === "weights.h5") return writeHdf5(await weightsTree(model, options?.optimizer));
  throw new DataError(`save: unknown format, got "${format}", expected one of ${formats.join(", ")}`);
}
