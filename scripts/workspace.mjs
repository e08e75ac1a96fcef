// Brings a fresh clone to the point where its commands run: installs and builds what is missing, and nothing else.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The environment of every child: no telemetry, no prompts. */
export const environment = { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" };

/** Runs a command in the repository's root (or `options.cwd`) and returns its exit status. */
export function run(command, args, options = {}) {
  const shell = process.platform === "win32" && command === "npm";
  const result = spawnSync(command, args, {
    cwd: root,
    env: environment,
    stdio: "inherit",
    shell,
    ...options,
  });
  if (result.error) throw result.error;
  return result.status ?? 1;
}

/** Path of a development tool's program inside node_modules. */
export function tool(path) {
  return join(root, "node_modules", path);
}

/** True when every package of the lock file that this platform needs is installed in the locked version. */
export function isInstalled() {
  const installedLock = tool(".package-lock.json");
  if (!existsSync(installedLock)) return false;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const installed = JSON.parse(readFileSync(installedLock, "utf8")).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes("node_modules/") || entry.optional || entry.devOptional) return true;
    return entry.link ? installed[path]?.link === true : installed[path]?.version === entry.version;
  });
}

/** Installs the locked dependencies unless they are there. */
export function ensureInstalled() {
  if (isInstalled()) return;
  const start = Date.now();
  process.stderr.write("hekla: installing dependencies (npm ci)\n");
  const status = run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    stdio: ["ignore", process.stderr, process.stderr],
  });
  if (status !== 0) {
    process.stderr.write("hekla: npm ci failed; is the npm registry reachable?\n");
    process.exit(status);
  }
  process.stderr.write(`hekla: installed in ${((Date.now() - start) / 1000).toFixed(1)} s\n`);
}

/** Builds the JavaScript of the packages that `filter` selects (turbo skips what is up to date). */
export function ensureBuilt(filter = "./packages/*", task = "build:js") {
  const start = Date.now();
  const result = spawnSync(
    process.execPath,
    [tool("turbo/bin/turbo"), "run", task, `--filter=${filter}`, "--output-logs=errors-only", "--ui=stream"],
    { cwd: root, env: environment, encoding: "utf8" },
  );
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout ?? ""}${result.stderr ?? ""}`);
    process.stderr.write(`hekla: turbo run ${task} failed\n`);
    process.exit(result.status ?? 1);
  }
  const seconds = (Date.now() - start) / 1000;
  if (seconds > 3) process.stderr.write(`hekla: built in ${seconds.toFixed(1)} s\n`);
}
