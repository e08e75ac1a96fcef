// Runs the gpu.js backend on WebGL 2 in headless Chromium without WebGPU: the conformance samples pass, the
// digit networks have the losses of the reference backend and learn, and no texture is left behind. With --part=..., only that.
import { check, checkInBrowsers } from "./browser/session.mjs";
import { chromiumFlags } from "./chromium.mjs";

const flags = chromiumFlags.filter((flag) => flag !== "--enable-unsafe-webgpu");
await checkInBrowsers("scripts/browser/gpujs-worker.ts", [...flags, "--js-flags=--expose-gc"], "on WebGL 2", {
  train,
  agree,
  leak,
  lose,
});

function train({ result: { losses, seconds }, hasWebGpu }) {
  check("this Chromium has no WebGPU", !hasWebGpu);
  const each = losses.map((loss) => loss.toFixed(3)).join(", ");
  check(
    `the digit CNN learns on WebGL 2 (loss ${each}; ${seconds.toFixed(1)} s)`,
    losses.every(Number.isFinite) && losses.at(-1) < 0.7 * losses[0],
  );
}

function agree({ result }) {
  for (const { id, worst, last } of result) {
    const text = `20 steps of ${id} have the losses of the reference backend`;
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
