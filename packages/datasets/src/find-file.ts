import { DataNotFoundError } from "./data-not-found-error.js";
import { dataDirPlace, environmentDataDir, type FilePlace } from "./file-place.js";

/** Where a data file may lie. */
export interface FindFileOptions {
  /** What is looked for, as messages name it: the loader's name. */
  readonly dataset: string;
  /** Folder with the files. Default: the variable HEKLA_DATA_DIR. */
  readonly dataDir?: string;
  /** Any other place for files, such as a browser's storage; taken instead of a folder. */
  readonly place?: FilePlace;
  /** What works without the file, for the message: `"syntheticSi650()"`. */
  readonly twin?: string;
}

/** A data file and where it was found. */
export interface FoundDataFile {
  readonly bytes: Uint8Array;
  /** For messages: the file's full name. */
  readonly path: string;
  /** The folder or place in which it was looked for. */
  readonly origin: string;
}

/**
 * The first of `names` that is there, in `place` or `dataDir` or the folder that HEKLA_DATA_DIR names.
 *
 * @param names file names relative to that folder, in the order in which they are tried.
 * @throws DataNotFoundError if there is none: where it was looked for, and what works without the file.
 */
export async function findFile(names: readonly string[], options: FindFileOptions): Promise<FoundDataFile> {
  const { dataset, dataDir = environmentDataDir(), twin } = options;
  const place = options.place ?? (dataDir === undefined ? undefined : await dataDirPlace(dataDir));
  for (const name of place ? names : []) {
    const bytes = await place!.read(name);
    if (bytes) return { bytes, path: `${place!.where}/${name}`, origin: place!.where };
  }
  let got = "no folder to look in: HEKLA_DATA_DIR is not set";
  if (place) got = `no such file in ${place.where}`;
  else if (dataDir !== undefined) got = `the folder ${dataDir} where there is no file system`;
  throw new DataNotFoundError(
    `${dataset}: ${names[0]} was not found, got ${got}, expected ${names.join(" or ")} in the folder that dataDir or ` +
      `HEKLA_DATA_DIR names${twin ? `; ${twin} needs no file` : ""}`,
  );
}
