import { DataError } from "@hekla/tensor/errors";
import { DataNotFoundError } from "./data-not-found-error.js";
import type { DigitFormat, DigitSet } from "./digit-set.js";
import { type DownloadProgress, download } from "./download.js";
import { cachePlace, dataDirPlace, environmentDataDir, type FilePlace } from "./file-place.js";
import { isGzip } from "./gunzip.js";
import { type FoundFile, MNIST_FILES, type MnistFile, readSplit } from "./mnist-files.js";
import { sha256 } from "./sha256.js";

/** Public copies of the four files; which one answers does not matter, since every file is checked by its sha256. */
export const MNIST_MIRRORS: readonly string[] = [
  "https://ossci-datasets.s3.amazonaws.com/mnist/",
  "https://storage.googleapis.com/cvdf-datasets/mnist/",
  "https://raw.githubusercontent.com/fgnt/mnist/master/",
];

/** Where MNIST may come from and in what form it is wanted. */
export interface MnistOptions extends DigitFormat {
  /** Keep only the first so many digits of the training and of the test set. Default: all. */
  readonly limit?: number;
  /** Folder with the files, themselves or in `mnist/`, packed or not. Default: the variable HEKLA_DATA_DIR. */
  readonly dataDir?: string;
  /** Folder for downloads. Default: the user's cache; in a browser Cache Storage is used and this is ignored. */
  readonly cacheDir?: string;
  /** Whether the network may be used. Default true. */
  readonly download?: boolean;
  /** Addresses of folders to download from, in the order in which they are tried. Default: `MNIST_MIRRORS`. */
  readonly mirrors?: readonly string[];
  /** Whether the files in `dataDir` have to be MNIST itself; false takes any set in its format. Default true. */
  readonly verify?: boolean;
  /** Called for every piece that arrives. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Stops a download; the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * The MNIST digits: 60 000 to learn from and 10 000 to be judged by, each 28 x 28 grey pixels.
 *
 * Looked for in `dataDir` (HEKLA_DATA_DIR), then in the user's cache, then downloaded, checked by sha256 and cached.
 *
 * @returns `x` `[n, 1, 28, 28]` float32 in 0..1 and `y` `[n, 10]` one-hot float32 (or as `pixels` and `labels`
 * ask), and `source`, which says where they came from.
 * @throws DataError if a file in `dataDir` is truncated, malformed or not MNIST's, if `limit` is no positive
 * integer; DataNotFoundError if none of the three ways works: the message names all three and what failed.
 *
 * Source: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", 1998.
 */
export function mnist(options: MnistOptions = {}): Promise<DigitSet> {
  return loadMnist(MNIST_FILES, options);
}

/** `mnist` for any four files, so that tests need no real ones. */
export async function loadMnist(files: readonly MnistFile[], options: MnistOptions): Promise<DigitSet> {
  const { limit = Infinity } = options;
  if (limit !== Infinity && (!Number.isSafeInteger(limit) || limit < 1)) {
    throw new DataError(`mnist: limit is not usable, got ${limit}, expected an integer of at least 1`);
  }
  const given = await fromDataDir(files, options);
  const found = typeof given === "string" ? await fromCacheOrMirrors(files, options, given) : given;
  const [trainImages, trainLabels, testImages, testLabels] = found;
  return {
    train: await readSplit(trainImages!, trainLabels!, limit, options),
    test: await readSplit(testImages!, testLabels!, limit, options),
    source: `MNIST from ${[...new Set(found.map((file) => file.origin))].join(" and ")}`,
  };
}

/** All files from the folder that the user named, or why not. */
async function fromDataDir(
  files: readonly MnistFile[],
  options: MnistOptions,
): Promise<FoundFile[] | string> {
  const folder = options.dataDir ?? environmentDataDir();
  if (folder === undefined) return "not set";
  const place = await dataDirPlace(folder);
  if (!place) return `${folder}: there is no file system here`;
  const missing: string[] = [];
  const found: FoundFile[] = [];
  for (const file of files) {
    const hit = await lookUp(place, file).catch((failure: Error) => failure.message);
    if (typeof hit === "string") missing.push(hit);
    else found.push(options.verify === false ? hit : { ...hit, sha256: file.sha256 });
  }
  return missing.length > 0 ? `${folder}: no ${missing.join(", ")}` : found;
}

/** The file if it is there, by its full name or short, packed or not; else its name. */
async function lookUp(place: FilePlace, file: MnistFile): Promise<FoundFile | string> {
  for (const name of [`mnist/${file.name}.gz`, `mnist/${file.name}`, `${file.name}.gz`, file.name]) {
    const bytes = await place.read(name);
    if (bytes) return { bytes, place: `${place.where}/${name}`, origin: place.where };
  }
  return file.name;
}

/** Every file from the cache if it is there and intact, else from a mirror; throws with all that failed. */
async function fromCacheOrMirrors(
  files: readonly MnistFile[],
  options: MnistOptions,
  noDataDir: string,
): Promise<FoundFile[]> {
  const cache = await cachePlace(options.cacheDir);
  const found: FoundFile[] = [];
  for (const file of files) {
    const cached = await fromCache(cache, file).catch((failure: Error) => failure.message);
    if (typeof cached !== "string") {
      found.push(cached);
      continue;
    }
    const fetched = await fromMirrors(file, options, cache).catch((failure: Error) => failure);
    options.signal?.throwIfAborted();
    if (fetched instanceof Error) {
      throw new DataNotFoundError(
        `mnist: the files are not to be had, got no usable ${file.name}, expected one of three ways to work:\n` +
          `  1. set HEKLA_DATA_DIR to a folder with mnist/${files[0]!.name}.gz and its companions (${noDataDir})\n` +
          `  2. put the files into the cache, ${cache ? `${cache.where}/mnist` : "Cache Storage"} (${cached})\n` +
          `  3. allow the download (${fetched.message})`,
      );
    }
    found.push(fetched);
  }
  return found;
}

/** The cached file, or why it cannot be used. */
async function fromCache(cache: FilePlace | undefined, file: MnistFile): Promise<FoundFile | string> {
  if (!cache) return "there is none here";
  const found = await lookUp(cache, file);
  if (typeof found === "string") return `no ${found}`;
  const sum = await sha256(found.bytes);
  const intact = sum === file.packedSha256 || sum === file.sha256;
  return intact ? found : `${found.place} is damaged, its sha256 is ${sum}`;
}

async function fromMirrors(file: MnistFile, options: MnistOptions, cache?: FilePlace): Promise<FoundFile> {
  if (options.download === false) throw new DataError("download is false");
  const name = `${file.name}.gz`;
  const mirrors = options.mirrors ?? MNIST_MIRRORS;
  const { bytes, url } = await download({
    file: name,
    urls: mirrors.map((mirror) => `${mirror.replace(/\/$/, "")}/${name}`),
    total: file.packedBytes,
    sha256: [file.packedSha256, file.sha256],
    onProgress: options.onProgress,
    signal: options.signal,
  });
  const kept = await cache?.write(`mnist/${file.name}${isGzip(bytes) ? ".gz" : ""}`, bytes).then(
    () => "",
    (failure: Error) => ` (not kept in the cache: ${failure.message})`,
  );
  return { bytes, place: url, origin: `${url.slice(0, -name.length)}${kept ?? ""}` };
}
