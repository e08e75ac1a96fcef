import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import type { Peer } from "./peers.js";

/** Installs the peers' libraries into bench/peers on first use; nothing else of the project needs them. */
export function installPeers(bench: string): void {
  const folder = join(bench, "peers");
  const installed = join(folder, "node_modules", ".package-lock.json");
  const asked = statSync(join(folder, "package-lock.json"));
  if (existsSync(installed) && statSync(installed).mtimeMs >= asked.mtimeMs) return;
  process.stderr.write("bench: installing the peers into bench/peers/node_modules (about 330 MB, once)\n");
  // Output goes to stderr: stdout holds the report alone. What is optional (a compiled OpenGL) and scripts
  // are not used.
  const options = ["--no-audit", "--no-fund", "--no-workspaces", "--omit=optional", "--ignore-scripts"];
  execFileSync("npm", ["ci", ...options], {
    cwd: folder,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
}

/** The peers stay outside and are loaded from bench/peers/node_modules as published. */
const FROM_SOURCE: BuildOptions = {
  conditions: ["@hekla/source"],
  external: ["@tensorflow/*", "@jax-js/*", "onnxruntime-web", "gpu.js"],
  sourcemap: "inline",
};
/** Every package stays outside, as it is installed. */
const AS_INSTALLED: BuildOptions = { packages: "external" };

/**
 * Makes one file of a child's program and gives its path. This project's packages are bundled from their TypeScript
 * (condition "@hekla/source"), as an application would be, or stay outside as they are `installed`.
 */
export async function bundle(bench: string, entry: string, installed = false): Promise<string> {
  const outfolder = join(bench, entry.startsWith("peers/") ? "peers/dist" : "dist");
  mkdirSync(outfolder, { recursive: true });
  const outfile = join(outfolder, `${basename(entry, ".ts")}.js`);
  await build({
    entryPoints: [join(bench, entry)],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "warning",
    ...(installed ? AS_INSTALLED : FROM_SOURCE),
  });
  return outfile;
}

/** Prepares every peer and gives the program of each. */
export async function preparePeers(bench: string, peers: readonly Peer[]): Promise<Map<Peer, string>> {
  if (peers.some((peer) => peer.entry.startsWith("peers/"))) installPeers(bench);
  const programs = new Map<Peer, string>();
  for (const peer of peers)
    programs.set(peer, peer.python ? join(bench, peer.entry) : await bundle(bench, peer.entry));
  return programs;
}
