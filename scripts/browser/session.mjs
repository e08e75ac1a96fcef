// What checks in a browser have in common: bundles, a page whose worker does the work, and counting.
import { createServer } from "node:http";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { chromiumPath } from "../chromium.mjs";
import { root } from "../workspace.mjs";

const page = `<!doctype html><meta charset="utf-8"><title>Hekla in a page</title><script type="module">
window.work = (message) => new Promise((resolve) => {
  const worker = new Worker("./worker.js", { type: "module" });
  worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
  worker.onerror = (event) => resolve({ error: event.message });
  worker.postMessage(message);
});
</script>`;

/** A script from source, in one piece. */
export async function bundle(entry, platform = "browser") {
  const result = await build({
    entryPoints: [join(root, entry)],
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    platform,
    conditions: ["@hekla/source"],
    external: platform === "node" ? ["node:*", "gpu.js", "webgpu"] : ["node:*"],
    logLevel: "warning",
  });
  return result.outputFiles[0].text;
}

/** Starts Chromium; `visit` opens a page whose `work` has a worker of its own do what a message says. */
export async function openBrowser(flags) {
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: flags });
  return {
    close: () => browser.close(),
    /** Serves the page and the worker's script with `headers`; `what` names the place in errors. */
    async visit(script, headers, what, use) {
      const server = createServer((request, response) => {
        const isScript = request.url.startsWith("/worker.js");
        response.writeHead(200, { "Content-Type": isScript ? "text/javascript" : "text/html", ...headers });
        response.end(isScript ? script : page);
      });
      await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
      const tab = await browser.newPage();
      try {
        await tab.goto(`http://127.0.0.1:${server.address().port}/`);
        return await use(async (message) => {
          const answer = await tab.evaluate((told) => window.work(told), message);
          if (answer.error) throw new Error(`browser, ${message.action} ${what}: ${answer.error}`);
          return answer;
        });
      } finally {
        await tab.close();
        server.close();
      }
    },
  };
}

/** How many browsers work at a time: a browser compiles one kernel after the other. */
const lanes = Math.min(availableParallelism(), 4);

/**
 * A whole check: a script's work in as many browsers as there are processors, the longest first. Its action `conform`
 * does the sample table in shares; each other action's answer goes to its judge. `--part=ACTION` on the command line
 * leaves the others out. Ends with the last line and the exit status.
 */
export async function checkInBrowsers(entry, flags, where, judges) {
  const only = process.argv.find((argument) => argument.startsWith("--part="))?.slice("--part=".length);
  const waiting = [
    ...Array.from({ length: lanes }, (_, part) => ({ action: "conform", part, parts: lanes })),
    ...Object.keys(judges).map((action) => ({ action })),
  ].filter(({ action }) => only === undefined || action === only);
  const script = await bundle(entry);
  const shares = [];
  const answers = {};
  const lane = async () => {
    const browser = await openBrowser(flags);
    try {
      await browser.visit(script, {}, where, async (work) => {
        for (let message = waiting.shift(); message; message = waiting.shift()) {
          const answer = await work(message);
          if (message.action === "conform") shares.push(answer.result);
          else answers[message.action] = answer;
        }
      });
    } finally {
      await browser.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, waiting.length) }, lane));
  for (const [action, answer] of Object.entries(answers)) judges[action](answer);
  if (shares.length > 0) checkConformance(where, ...shares);
  finish();
}

let passed = 0;
let failed = 0;

/** Counts a check and prints it. */
export function check(text, ok) {
  process.stdout.write(`${ok ? "ok  " : "FAIL"} ${text}\n`);
  if (ok) passed++;
  else failed++;
}

/** Checks what a run of the sample table came to, or what runs of its shares did. */
export function checkConformance(where, ...shares) {
  const sum = (name) => shares.reduce((total, share) => total + share[name], 0);
  const [samples, checks, skipped] = ["samples", "checks", "skipped"].map(sum);
  const failures = shares.flatMap((share) => share.failures);
  const { expected } = shares[0];
  for (const line of failures.slice(0, 20)) process.stdout.write(`     ${line}\n`);
  const text =
    `conformance ${where}: ${samples} of ${expected.samples} samples, ${checks} of ${expected.checks} ` +
    `results compared, ${skipped} samples skipped, ${failures.length} failed`;
  const complete = samples === expected.samples && checks === expected.checks && skipped === 0;
  check(text, complete && samples > 0 && failures.length === 0);
}

/** The last line, and the exit status. */
export function finish() {
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}
