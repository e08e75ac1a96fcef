import { type FindFileOptions, findFile } from "../find-file.js";
import { readText } from "./read-text.js";

/** The text of a file, and where it was found. */
export interface TextFile {
  readonly text: string;
  /** The file's full name. */
  readonly path: string;
}

/**
 * A UTF-8 text file of the data folder, without a byte order mark.
 * @param names relative to `dataDir` or HEKLA_DATA_DIR; the first that is there is taken.
 * @throws DataNotFoundError if there is none, DataError for bytes that are not UTF-8: the file and the line
 */
export async function textFile(names: readonly string[], options: FindFileOptions): Promise<TextFile> {
  const { bytes, path } = await findFile(names, options);
  return { text: readText(bytes, { name: path, owner: options.dataset }), path };
}
