import { control } from "./control.js";

/**
 * Kinds of commands. The numbers behind the kind: (plan, entry, table, threads); load: (plan, address,
 * bytes, -).
 */
export const commands = { run: 1, load: 2, drop: 3, exit: 4 } as const;

/**
 * The program of a worker thread, as text: it needs no file beside the package, whatever bundled it. After
 * the first message the worker never returns to its event loop; commands, and the bytes of modules, come
 * through the memory.
 */
export const workerSource = `
"use strict";
const main = ({ memory, boot, thread, threads, relaxed }, ready) => {
  if (relaxed) require("node:v8").setFlagsFromString("--experimental-wasm-relaxed-simd");
  const env = { env: { memory } };
  const { nextCommand, barrier, fail } = new WebAssembly.Instance(boot, env).exports;
  const words = new Int32Array(memory.buffer, ${control.command}, 5);
  const plans = new Map();
  let seen = 0;
  ready();
  for (;;) {
    seen = nextCommand(seen);
    const [kind, plan, a, b] = words;
    if (kind === ${commands.exit}) return;
    try {
      if (kind === ${commands.run}) plans.get(plan)[a](b, thread, threads);
      else if (kind === ${commands.load}) {
        const bytes = new Uint8Array(memory.buffer, a >>> 0, b).slice();
        plans.set(plan, Object.values(new WebAssembly.Instance(new WebAssembly.Module(bytes), env).exports));
        barrier(threads);
      } else {
        plans.delete(plan);
        barrier(threads);
      }
    } catch {
      fail();
    }
  }
};
if (typeof require === "function") {
  const { workerData, parentPort } = require("node:worker_threads");
  main(workerData, () => parentPort.postMessage("ready"));
} else {
  onmessage = ({ data }) => {
    main(data, () => postMessage("ready"));
    close();
  };
}
`;
