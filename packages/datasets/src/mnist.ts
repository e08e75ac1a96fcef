import { DataError } from "@hekla/tensor";
import type { DigitFormat, DigitSet } from "./digit-set.js";
import { type DownloadProgress, download } from "./download.js";
import { cachePlace, dataDirPlace, environmentDataDir, type FilePlace } from "./file-place.js";
import { isGzip } from "./gunzip.js";
import { type FoundFile, MNIST_FILES, type MnistFile, type MnistFiles, readSplit } from "./mnist-files.js";
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
 * integer, or if none of the three ways works: then the message names all three and what failed.
 *
 * Source: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", 1998.
 */
export function mnist(options: MnistOptions = {}): Promise<DigitSet> {
  return loadMnist(MNIST_FILES, options);
}

/** `mnist` for any four files, so that tests need no real ones. */
export async function loadMnist(files: MnistFiles<MnistFile>, options: MnistOptions): Promise<DigitSet> {
  const limit = options.limit ?? Infinity;
  if (options.limit !== undefined && (!Number.isSafeInteger(limit) || limit < 1)) {
    throw new DataError(`mnist: limit is not usable, got ${limit}, expected an integer of at least 1`);
  }
  const failures: string[] = [];
  const given = await fromDataDir(files, options, failures);
  const found = given ?? (await fromCacheOrMirrors(files, options, failures));
  const sums = given && options.verify !== false ? files : undefined;
  const split = (images: "trainImages" | "testImages", labels: "trainLabels" | "testLabels") =>
    readSplit(
      found[images],
      found[labels],
      sums && { images: sums[images].sha256, labels: sums[labels].sha256 },
      limit,
      options,
    );
  return {
    train: await split("trainImages", "trainLabels"),
    test: await split("testImages", "testLabels"),
    source: `MNIST from ${found.origin}`,
  };
}

type FoundFiles = MnistFiles<FoundFile> & { readonly origin: string };

async function forEachFile<T>(files: MnistFiles<MnistFile>, load: (file: MnistFile) => Promise<T>) {
  return {
    trainImages: await load(files.trainImages),
    trainLabels: await load(files.trainLabels),
    testImages: await load(files.testImages),
    testLabels: await load(files.testLabels),
  };
}

/** All four files from the folder that the user named, or undefined and a reason in `failures`. */
async function fromDataDir(
  files: MnistFiles<MnistFile>,
  options: MnistOptions,
  failures: string[],
): Promise<FoundFiles | undefined> {
  const named = options.dataDir === undefined ? "HEKLA_DATA_DIR" : "dataDir";
  const folder = options.dataDir ?? environmentDataDir();
  const wanted = `1. set HEKLA_DATA_DIR to a folder that holds mnist/${files.trainImages.name}.gz and its companions`;
  const place = folder === undefined ? undefined : await dataDirPlace(folder);
  if (!place) {
    failures.push(`${wanted} (${folder === undefined ? "not set" : `${folder}: no file system here`})`);
    return undefined;
  }
  const missing: string[] = [];
  const found = await forEachFile(files, async (file) => {
    const hit = await lookUp(place, file).catch((failure: Error) => void missing.push(failure.message));
    if (!hit) missing.push(file.name);
    return hit as FoundFile;
  });
  if (missing.length === 0) return { ...found, origin: place.where };
  failures.push(`${wanted} (${named} is ${folder}, missing there: ${missing.join(", ")})`);
  return undefined;
}

async function lookUp(place: FilePlace, file: MnistFile): Promise<FoundFile | undefined> {
  for (const name of [`mnist/${file.name}.gz`, `mnist/${file.name}`, `${file.name}.gz`, file.name]) {
    const bytes = await place.read(name);
    if (bytes) return { bytes, place: `${place.where}/${name}` };
  }
  return undefined;
}

/** Every file from the cache if it is there and intact, else from a mirror; throws with all that failed. */
async function fromCacheOrMirrors(
  files: MnistFiles<MnistFile>,
  options: MnistOptions,
  failures: string[],
): Promise<FoundFiles> {
  const cache = await cachePlace(options.cacheDir);
  const origins = new Set<string>();
  const found = await forEachFile(files, async (file) => {
    const cached = cache ? await fromCache(cache, file) : "there is none here";
    if (typeof cached !== "string") {
      origins.add(`the cache, ${cache!.where}`);
      return cached;
    }
    const inCache = `2. put the files into the cache, ${cache ? `${cache.where}/mnist` : "Cache Storage"} (${cached})`;
    return fromMirrors(file, options, cache, [...failures, inCache], origins);
  });
  return { ...found, origin: [...origins].join(" and ") };
}

/** The cached file, or why it cannot be used. */
async function fromCache(cache: FilePlace, file: MnistFile): Promise<FoundFile | string> {
  try {
    const found = await lookUp(cache, file);
    if (!found) return `missing: ${file.name}`;
    const sum = await sha256(found.bytes);
    if (sum === file.packedSha256 || sum === file.sha256) return found;
    return `${found.place} is damaged: sha256 ${sum}`;
  } catch (failure) {
    return (failure as Error).message;
  }
}

async function fromMirrors(
  file: MnistFile,
  options: MnistOptions,
  cache: FilePlace | undefined,
  failures: readonly string[],
  origins: Set<string>,
): Promise<FoundFile> {
  const give = (reason: string) =>
    new DataError(
      `mnist: the files are not to be had, got no usable ${file.name}, expected one of three ways to work:\n` +
        [...failures, `3. allow the download (${reason})`].map((line) => `  ${line}`).join("\n"),
    );
  if (options.download === false) throw give("download is false");
  const name = `${file.name}.gz`;
  const mirrors = options.mirrors ?? MNIST_MIRRORS;
  const request = {
    file: name,
    urls: mirrors.map((mirror) => `${mirror.replace(/\/$/, "")}/${name}`),
    total: file.packedBytes,
    sha256: [file.packedSha256, file.sha256],
    onProgress: options.onProgress,
    signal: options.signal,
  };
  const { bytes, url } = await download(request).catch((failure: unknown) => {
    options.signal?.throwIfAborted();
    throw give((failure as Error).message);
  });
  const mirror = url.slice(0, -name.length);
  try {
    await cache?.write(`mnist/${file.name}${isGzip(bytes) ? ".gz" : ""}`, bytes);
    origins.add(mirror);
  } catch (failure) {
    origins.add(`${mirror} (not kept in the cache: ${(failure as Error).message})`);
  }
  return { bytes, place: url };
}
