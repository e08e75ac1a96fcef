import { createRequire } from "node:module";

const load = createRequire(import.meta.url);

/** Versions of the command line and of what it runs on. */
export function versions(): { readonly hekla: string; readonly node: string; readonly v8: string } {
  const { version } = load("../package.json") as { version: string };
  return { hekla: version, node: process.versions.node, v8: process.versions.v8 };
}
