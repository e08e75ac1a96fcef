import type * as FileSystem from "node:fs/promises";
import { DataError, DeviceError } from "@hekla/tensor";

/** Node's file system; not named in an import, so that bundles for browsers do not look for it. */
async function fileSystem(caller: string): Promise<typeof FileSystem> {
  const name = "node:fs/promises";
  try {
    return (await import(/* @vite-ignore */ name)) as typeof FileSystem;
  } catch {
    throw new DeviceError(
      `${caller}: there is no file system, got a browser, expected Node; use toBytes and modelFromBytes`,
    );
  }
}

/** The bytes of a file; throws DataError where it cannot be read. */
export async function readBytes(path: string): Promise<Uint8Array> {
  const { readFile } = await fileSystem("load");
  try {
    return await readFile(path);
  } catch (error) {
    throw new DataError(
      `load: ${path}: the file cannot be read, got ${messageOf(error)}, expected a model file`,
    );
  }
}

let written = 0;

/**
 * Writes a file whole or not at all: under another name in the same folder, forced to disk, then renamed.
 * @throws DataError where it cannot be written; nothing is left behind then
 */
export async function writeBytesAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const { open, rename, rm } = await fileSystem("save");
  const temporary = `${path}.${process.pid}.${written++}.tmp`;
  try {
    const handle = await open(temporary, "w");
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new DataError(
      `save: ${path}: the file cannot be written, got ${messageOf(error)}, expected a path that can`,
    );
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Adds text at the end of a file, or begins it anew; makes its folder where there is none. */
export async function appendText(
  owner: string,
  path: string,
  text: string | Uint8Array,
  { clear = false }: { readonly clear?: boolean } = {},
): Promise<void> {
  const { appendFile, writeFile } = await fileSystem(owner);
  await makeFolderOf(owner, path);
  await guarded(owner, path, () => (clear ? writeFile(path, text) : appendFile(path, text)));
}

/** The text of a file, "" where there is none. */
export async function readTextIfThere(owner: string, path: string): Promise<string> {
  const { readFile } = await fileSystem(owner);
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return "";
    throw new DataError(
      `${owner}: ${path}: the file cannot be read, got ${messageOf(error)}, expected a text file`,
    );
  }
}

/** Makes the folder a file is to go to. */
export async function makeFolderOf(owner: string, path: string): Promise<void> {
  const { mkdir } = await fileSystem(owner);
  const folder = path.replace(/[^/\\]*$/, "");
  if (folder !== "") await guarded(owner, path, () => mkdir(folder, { recursive: true }));
}

/** Deletes a file if it is there. */
export async function removeFile(owner: string, path: string): Promise<void> {
  const { rm } = await fileSystem(owner);
  await guarded(owner, path, () => rm(path, { force: true }));
}

async function guarded(owner: string, path: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new DataError(
      `${owner}: ${path}: it cannot be written, got ${messageOf(error)}, expected a path that can`,
    );
  }
}
