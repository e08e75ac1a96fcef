// Runs the WebGPU backend in headless Chromium, on SwiftShader: the conformance samples pass, the digit network learns as
// on wasm, also where the device goes in the middle of an epoch. With --part=..., only that.
import { check, checkInBrowsers } from "./browser/session.mjs";
import { chromiumFlags } from "./chromium.mjs";

await checkInBrowsers("scripts/browser/webgpu-worker.ts", chromiumFlags, "on WebGPU", { train });

function train({ result: { expected, actual, disturbed, device } }) {
  // Later ones drift apart: what rounding leaves of gradients that are 0 is a step of Adam's.
  const off = Math.abs(actual[0] / expected[0] - 1);
  const each = actual.map((loss) => loss.toFixed(4)).join(", ");
  check(
    `the digit CNN learns on ${device} as on wasm (loss ${each}; the first off by ${off.toExponential(1)})`,
    actual.at(-1) < actual[0] && off < 1e-4,
  );
  check(
    `a device that goes in the middle of an epoch changes no bit (loss ${disturbed.map((loss) => loss.toFixed(4)).join(", ")})`,
    `${disturbed}` === `${actual}`,
  );
}
