import { DataSource } from "@hekla/zoo";
import type { RunOptions } from "./run-options.js";
import type { Terminal } from "./terminal.js";

/** The word that stands for the built-in data in place of a folder. */
export const syntheticName = "synthetic";

/** The data a command works on, as its flags say; loaded once, and then kept for evaluation and pictures. */
export function dataSource(
  options: RunOptions & { readonly standIn?: boolean; readonly signal?: AbortSignal },
  terminal: Terminal,
): DataSource {
  const { data, download, standIn = false, signal } = options;
  const made = data === syntheticName;
  return new DataSource({
    synthetic: made ? "always" : standIn ? "standIn" : "never",
    ...(download !== undefined && { download }),
    ...(data !== undefined && !made && { dataDir: data }),
    ...(signal && { signal }),
    onProgress: ({ file, received, total }) => {
      if (!terminal.redraws) return;
      terminal.err(`\rfetching ${file} ${Math.floor((100 * received) / total)} %\x1b[K`);
      if (received >= total) terminal.err("\n");
    },
  });
}

/** The flag that asks for the same data again: " --data synthetic", or nothing where none is needed. */
export function dataFlag(given: string | undefined, source: string): string {
  const name = /synthetic/.test(source) ? syntheticName : given;
  return name === undefined ? "" : ` --data ${name}`;
}
