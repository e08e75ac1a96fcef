import { execFileSync } from "node:child_process";
import { join } from "node:path";

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
