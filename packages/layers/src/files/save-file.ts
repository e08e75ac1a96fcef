import { DataError, HeklaError } from "@hekla/tensor";
import { writeHdf5 } from "../formats/hdf5-writer.js";
import { weightsTree } from "../keras/weights-file.js";
import { kerasFile } from "../keras/write-file.js";
import { type Stateful, tensorFileOf } from "./state-file.js";

const formats = ["keras", "safetensors", "weights.h5"] as const;

/** "keras": what Keras 3 reads. "safetensors": this package's own. "weights.h5": weights alone, for Keras 3. */
export type SaveFormat = (typeof formats)[number];

export { writeBytesAtomically } from "./files.js";

export interface SaveOptions {
  /** Whether the optimizer's state goes in as well, so that training can be resumed exactly. Default true. */
  readonly includeOptimizer?: boolean;
  /** Default "keras"; `save` goes by the name of the file. */
  readonly format?: SaveFormat;
}

/** The format that a file's name asks for; throws DataError for names of formats that hold no whole model. */
export function formatOf(path: string): SaveFormat {
  if (path.endsWith(".safetensors")) return "safetensors";
  if (!/\.(h5|hdf5)$/.test(path)) return "keras";
  throw new DataError(
    `save: ${path}: legacy HDF5 files are read only, got ${path.endsWith(".weights.h5") ? ".weights.h5" : ".h5"}, ` +
      "expected .keras or .safetensors, or saveWeights for .weights.h5",
  );
}

/** @throws DataError for a name that Keras would not take */
export function checkWeightsPath(path: string): void {
  if (path.endsWith(".weights.h5")) return;
  throw new DataError(`saveWeights: ${path}: bad name, got another ending, expected .weights.h5`);
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
