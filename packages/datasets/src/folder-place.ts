import type { FilePlace } from "./file-place.js";

/** Loads one of Node's own modules; the name is a parameter so that bundlers for the browser do not look for it. */
function builtin<T>(name: string): Promise<T> {
  return import(/* @vite-ignore */ /* webpackIgnore: true */ name) as Promise<T>;
}

/** A folder as a place for files. */
export async function folderPlace(folder: string): Promise<FilePlace> {
  const fs = await builtin<typeof import("node:fs/promises")>("node:fs/promises");
  const path = await builtin<typeof import("node:path")>("node:path");
  return {
    where: folder,
    async read(name) {
      try {
        return new Uint8Array(await fs.readFile(path.join(folder, name)));
      } catch (failure) {
        const { code } = failure as NodeJS.ErrnoException;
        if (code === "ENOENT" || code === "ENOTDIR") return undefined;
        throw failure;
      }
    },
    async write(name, bytes) {
      const target = path.join(folder, name);
      await fs.mkdir(path.dirname(target), { recursive: true });
      const unfinished = `${target}.${crypto.randomUUID()}.part`;
      try {
        await fs.writeFile(unfinished, bytes);
        await fs.rename(unfinished, target);
      } finally {
        await fs.rm(unfinished, { force: true });
      }
    },
  };
}

/**
 * The user's cache folder for Hekla: `%LOCALAPPDATA%\hekla` on Windows, else `$XDG_CACHE_HOME/hekla` or
 * `~/.cache/hekla`.
 *
 * Source: XDG Base Directory Specification 0.8, which asks for absolute paths only.
 */
export async function userCacheDir(env: Record<string, string | undefined>): Promise<string> {
  const path = await builtin<typeof import("node:path")>("node:path");
  const { homedir } = await builtin<typeof import("node:os")>("node:os");
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = env;
  if (globalThis.process.platform === "win32" && local) return path.join(local, "hekla");
  return path.join(xdg && path.isAbsolute(xdg) ? xdg : path.join(homedir(), ".cache"), "hekla");
}
