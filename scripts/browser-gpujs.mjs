// Runs the gpu.js backend on WebGL 2 in headless Chromium without WebGPU: the conformance samples pass, the
// digit networks have the losses of the reference backend and learn, and no texture is left behind. In Node,
// where the suite is one of the tests, the losses of its other modes. With --part=..., only that.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { chromiumFlags, chromiumPath } from "./chromium.mjs";
import { root } from "./workspace.mjs";

const page = `<!doctype html><meta charset="utf-8"><title>Hekla on gpu.js</title><script type="module">
window.work = (action) => new Promise((resolve) => {
  const worker = new Worker("./worker.js", { type: "module" });
  worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
  worker.onerror = (event) => resolve({ error: event.message });
  worker.postMessage({ action });
});
</script>`;
const only = process.argv.find((argument) => argument.startsWith("--part="))?.slice("--part=".length);
const flags = [
  ...chromiumFlags.filter((flag) => flag !== "--enable-unsafe-webgpu"),
  "--js-flags=--expose-gc",
];

let passed = 0;
let failed = 0;
const script = await bundle("scripts/browser/gpujs-worker.ts");
const server = createServer((request, response) => {
  const isScript = request.url.startsWith("/worker.js");
  response.writeHead(200, { "Content-Type": isScript ? "text/javascript" : "text/html" });
  response.end(isScript ? script : page);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const browser = await chromium.launch({ executablePath: chromiumPath(), args: flags });
try {
  const tab = await browser.newPage();
  await tab.goto(`http://127.0.0.1:${server.address().port}/`);
  for (const [action, judge] of Object.entries({ train, agree, leak, lose, conform })) {
    if (only !== undefined && only !== action) continue;
    const answer = await tab.evaluate((what) => window.work(what), action);
    if (answer.error) throw new Error(`browser, ${action} on gpu.js: ${answer.error}`);
    judge(answer);
  }
  if (only === undefined || only === "node") agree({ result: await inNode() });
} finally {
  await browser.close();
  server.close();
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

function train({ result: { losses, seconds }, hasWebGpu }) {
  check("this Chromium has no WebGPU", !hasWebGpu);
  const each = losses.map((loss) => loss.toFixed(3)).join(", ");
  check(
    `the digit CNN learns on WebGL 2 (loss ${each}; ${seconds.toFixed(1)} s)`,
    losses.every(Number.isFinite) && losses.at(-1) < 0.7 * losses[0],
  );
}

function agree({ result }) {
  for (const { mode, id, worst, last } of result) {
    const text = `20 steps of ${id} on ${mode} have the losses of the reference backend`;
    check(`${text} (off by ${worst.toExponential(1)}, last ${last.toFixed(4)})`, worst < 1e-4);
  }
}

function leak({ result: { early, late, end } }) {
  const { textures, persistentBytes, arenaBytes, slots } = late;
  check(
    `200 more steps hold no more textures (${early.textures}, then ${textures}), slots (${slots}) or bytes ` +
      `(${persistentBytes} in Variables, ${arenaBytes} in kernels)`,
    textures <= early.textures && slots === early.slots && persistentBytes === early.persistentBytes,
  );
  check(`a backend that was disposed of leaves no textures (${end})`, end === 0);
}

function lose({ result: { before, read, run, after, device } }) {
  check(
    `the GPU has a name (${device.name})`,
    device.name.length > 0 && typeof device.software === "boolean",
  );
  const lost = /^DeviceError: gpujs: the browser has taken the WebGL context away/;
  check(`a lost context is an error where it is read or run (${run})`, lost.test(read) && lost.test(run));
  check("the next backend works as the first did", `${before}` === "2,3" && `${after}` === "2,3");
}

function conform({ result: { samples, checks, skipped, expected, failures } }) {
  for (const line of failures.slice(0, 20)) process.stdout.write(`     ${line}\n`);
  const text =
    `conformance on WebGL 2: ${samples} of ${expected.samples} samples, ${checks} of ${expected.checks} ` +
    `results compared, ${skipped} samples skipped, ${failures.length} failed`;
  const complete = samples === expected.samples && checks === expected.checks && skipped === 0;
  check(text, complete && samples > 0 && failures.length === 0);
}

function check(text, ok) {
  process.stdout.write(`${ok ? "ok  " : "FAIL"} ${text}\n`);
  if (ok) passed++;
  else failed++;
}

async function inNode() {
  const folder = mkdtempSync(join(root, "node_modules", ".gpujs-"));
  try {
    const file = join(folder, "work.mjs");
    writeFileSync(file, await bundle("scripts/browser/gpujs-work.ts", "node"));
    const { agree: compare } = await import(pathToFileURL(file).href);
    return await compare("webasm", "cpu");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function bundle(entry, platform = "browser") {
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
