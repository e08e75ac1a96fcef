import { type ChildProcess, spawn } from "node:child_process";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

// A bundle of ES modules has no `require`, and commander asks for Node's own modules with it.
const commonJs =
  'import { createRequire as asks } from "node:module"; const require = asks(import.meta.url);';

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The command line as a program of its own. */
export interface HeklaProcess {
  /** Where it runs; packages that nobody has to install are not there. */
  readonly folder: string;
  /** Runs it as a user does. `during` sees the process and all it has written to stderr. */
  hekla(
    argv: readonly string[],
    env?: Record<string, string>,
    during?: (child: ChildProcess, err: string) => void,
  ): Promise<Finished>;
  close(): Promise<void>;
}

/** One file made from source, in a folder of its own: starts at once, and is never older than the source, as a build may be. */
export async function heklaProcess(): Promise<HeklaProcess> {
  const folder = await mkdtemp(join(tmpdir(), "hekla-cli-"));
  await build({
    entryPoints: [fileURLToPath(new URL("../main.ts", import.meta.url))],
    outfile: join(folder, "program/main.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@hekla/source"],
    external: ["webgpu", "gpu.js"],
    banner: { js: commonJs },
    logLevel: "error",
  });
  await copyFile(fileURLToPath(new URL("../../package.json", import.meta.url)), join(folder, "package.json"));
  const hekla: HeklaProcess["hekla"] = (argv, env = {}, during = () => {}) =>
    new Promise((resolve, reject) => {
      const { HEKLA_DATA_DIR: _data, FORCE_COLOR: _color, ...inherited } = process.env;
      const child = spawn(process.execPath, [join(folder, "program/main.mjs"), ...argv], {
        cwd: folder,
        env: { ...inherited, XDG_CACHE_HOME: join(folder, "cache"), ...env },
      });
      let [out, err] = ["", ""];
      child.stdout.on("data", (text) => {
        out += text;
      });
      child.stderr.on("data", (text) => {
        err += text;
        during(child, err);
      });
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, out, err }));
    });
  return { folder, hekla, close: () => rm(folder, { recursive: true }) };
}
