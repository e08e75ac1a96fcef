import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";

/** Builds this project's packages where they are not up to date. */
export function buildPackages(bench: string): void {
  const root = join(bench, "..");
  const turbo = join(root, "node_modules", "turbo", "bin", "turbo");
  // Output goes to stderr: stdout holds the report alone.
  execFileSync(
    process.execPath,
    [turbo, "run", "build:js", "--filter=./packages/*", "--output-logs=errors-only", "--ui=stream"],
    { cwd: root, stdio: ["ignore", 2, 2], env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" } },
  );
}

/**
 * Makes one file of a child's own source and gives its path; every package stays outside, as it is
 * installed.
 */
export async function bundleOwnSource(bench: string, entry: string): Promise<string> {
  const folder = join(bench, entry.startsWith("peers/") ? "peers/dist" : "dist");
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${basename(entry, ".ts")}.js`);
  await build({
    entryPoints: [join(bench, entry)],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    logLevel: "warning",
  });
  return outfile;
}
