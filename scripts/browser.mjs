// Runs the wasm backend in headless Chromium, with and without cross-origin isolation: the conformance samples pass,
// and training gives the same bits with one thread, with two, and in Node.
import { createServer } from "node:http";
import { join } from "node:path";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { chromiumFlags, chromiumPath } from "./chromium.mjs";
import { root } from "./workspace.mjs";

const page = `<!doctype html><meta charset="utf-8"><title>Hekla in a page</title><script type="module">
window.work = (action, threads) => new Promise((resolve) => {
  const worker = new Worker("./worker.js", { type: "module" });
  worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
  worker.onerror = (event) => resolve({ error: event.message });
  worker.postMessage({ action, threads });
});
</script>`;
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

let passed = 0;
let failed = 0;
const [forNode, script] = [
  await bundle("scripts/browser/work.ts", "node"),
  await bundle("scripts/browser/worker.ts", "browser"),
];
const here = await workInNode(forNode);
const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumFlags });
try {
  const alone = await visit(script, isolation, 2);
  const shared = await visit(script, {}, 1);
  check("a page with COOP and COEP is cross-origin isolated", alone.isolated === true);
  check("a page without them is not", shared.isolated === false);
  for (const [name, { training }] of Object.entries({ "two threads": alone, "one thread": shared })) {
    const text = `a CNN learns in a page with ${name} (accuracy ${training.accuracy.toFixed(4)})`;
    check(text, training.accuracy > 0.9);
  }
  const digests = [alone, shared].map(({ training }) => training.digest);
  check(`one and two threads give the same bits (${digests.join(", ")})`, digests[0] === digests[1]);
  check(`Node gives these bits as well (${here.digest})`, here.digest === digests[0]);
} finally {
  await browser.close();
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

function check(text, ok) {
  process.stdout.write(`${ok ? "ok  " : "FAIL"} ${text}\n`);
  if (ok) passed++;
  else failed++;
}

async function bundle(entry, platform) {
  const result = await build({
    entryPoints: [join(root, entry)],
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    platform,
    conditions: ["@hekla/source"],
    external: ["node:*"],
    logLevel: "warning",
  });
  return result.outputFiles[0].text;
}

async function workInNode(script) {
  const { train } = await import(`data:text/javascript;base64,${Buffer.from(script).toString("base64")}`);
  return train(1);
}

/** Serves the page with `headers`, runs training and the conformance samples in its worker. */
async function visit(script, headers, threads) {
  const server = createServer((request, response) => {
    const isScript = request.url.startsWith("/worker.js");
    response.writeHead(200, { "Content-Type": isScript ? "text/javascript" : "text/html", ...headers });
    response.end(isScript ? script : page);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const tab = await browser.newPage();
  try {
    await tab.goto(`http://127.0.0.1:${server.address().port}/`);
    const work = async (action) => {
      const answer = await tab.evaluate(([what, count]) => window.work(what, count), [action, threads]);
      if (answer.error) throw new Error(`browser, ${action} with ${threads} threads: ${answer.error}`);
      return answer;
    };
    const { result: training, isolated } = await work("train");
    const { result: conformance } = await work("conform");
    for (const line of conformance.failures.slice(0, 20)) process.stdout.write(`     ${line}\n`);
    const { samples, checks, skipped, expected } = conformance;
    const text =
      `conformance in a page with ${threads} thread(s): ${samples} of ${expected.samples} samples, ${checks} of ` +
      `${expected.checks} results compared, ${skipped} samples skipped, ${conformance.failures.length} failed`;
    const complete = samples === expected.samples && checks === expected.checks && skipped === 0;
    check(text, complete && samples > 0 && conformance.failures.length === 0);
    return { training, isolated };
  } finally {
    await tab.close();
    server.close();
  }
}
