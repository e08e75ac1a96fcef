// Runs the gpu.js backend on WebGL 2 in headless Chromium without WebGPU: the conformance samples pass, the
// digit networks have the losses of the reference backend and learn, and no texture is left behind. In Node,
// where the suite is one of the tests, the losses of its other modes. With --part=..., only that.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundle, check, checkConformance, finish, openBrowser } from "./browser/session.mjs";
import { chromiumFlags } from "./chromium.mjs";
import { root } from "./workspace.mjs";

const only = process.argv.find((argument) => argument.startsWith("--part="))?.slice("--part=".length);
const wanted = (part) => only === undefined || only === part;
const script = await bundle("scripts/browser/gpujs-worker.ts");
const browser = await openBrowser([
  ...chromiumFlags.filter((flag) => flag !== "--enable-unsafe-webgpu"),
  "--js-flags=--expose-gc",
]);
try {
  await browser.visit(script, {}, "on gpu.js", async (work) => {
    for (const [action, judge] of Object.entries({ train, agree, leak, lose, conform })) {
      if (wanted(action)) judge(await work({ action }));
    }
  });
} finally {
  await browser.close();
}
if (wanted("node")) agree({ result: await inNode() });
finish();

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

function conform({ result }) {
  checkConformance("on WebGL 2", result);
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
