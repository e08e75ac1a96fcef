// npm test: every package's tests, run from source. Arguments go to vitest; the last line counts the tests.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, run, tool } from "./workspace.mjs";

ensureInstalled();
ensureBuilt("hekla..."); // the command line's tests run the built program
const folder = mkdtempSync(join(tmpdir(), "hekla-test-"));
const report = join(folder, "report.json");
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
let status = run(process.execPath, [
  tool("vitest/vitest.mjs"),
  "run",
  ...reporters,
  ...process.argv.slice(2),
]);
const { passed, failed } = count(report);
rmSync(folder, { recursive: true, force: true });
if (passed === 0) status ||= 1;
process.stdout.write(`${passed} passed, ${status !== 0 ? Math.max(failed, 1) : failed} failed\n`);
process.exitCode = status;

/** Passed and failed tests; a file that fails without a failed test (say, on import) counts as one failure. */
function count(path) {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(path, "utf8"));
    const broken = testResults.filter(
      (file) => file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"),
    );
    return { passed: numPassedTests, failed: numFailedTests + broken.length };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
