/** Where files of data sets are kept: a folder, or the browser's Cache Storage. */
export interface FilePlace {
  /** For messages: where it is. */
  readonly where: string;
  /** The file's bytes, or undefined if it is not there. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Keeps a file; it appears whole or not at all. */
  write(name: string, bytes: Uint8Array): Promise<void>;
}

const { process } = globalThis as {
  process?: { env: Record<string, string | undefined>; versions?: { node?: string } };
};

/** The folder that the environment variable HEKLA_DATA_DIR names, in Node. */
export function environmentDataDir(): string | undefined {
  return process?.env.HEKLA_DATA_DIR || undefined;
}

/** Where downloads are kept: `cacheDir` or the user's cache folder in Node, Cache Storage in a browser. */
export async function cachePlace(cacheDir?: string): Promise<FilePlace | undefined> {
  if (process?.versions?.node) {
    const { folderPlace, userCacheDir } = await import("./folder-place.js");
    return folderPlace(cacheDir ?? (await userCacheDir(process.env)));
  }
  return typeof caches === "undefined" ? undefined : cacheStoragePlace();
}

/** A folder as a place, or undefined where there is no file system. */
export async function dataDirPlace(folder: string): Promise<FilePlace | undefined> {
  return process?.versions?.node ? (await import("./folder-place.js")).folderPlace(folder) : undefined;
}

const CACHE_NAME = "hekla-datasets";

function cacheStoragePlace(): FilePlace {
  // Cache Storage is keyed by address; this one is never requested.
  const key = (name: string) => `https://hekla.invalid/${name}`;
  return {
    where: `the browser's Cache Storage "${CACHE_NAME}"`,
    async read(name) {
      const kept = await (await caches.open(CACHE_NAME)).match(key(name));
      return kept && new Uint8Array(await kept.arrayBuffer());
    },
    async write(name, bytes) {
      await (await caches.open(CACHE_NAME)).put(key(name), new Response(new Uint8Array(bytes)));
    },
  };
}
