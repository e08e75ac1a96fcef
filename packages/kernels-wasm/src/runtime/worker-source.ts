import { control } from "./control.js";
import { controlBytes } from "./wasm-memory.js";

/**
 * Kinds of commands. The numbers behind the kind: run: (plan, entry, table, threads); load: (plan, address,
 * bytes, threads); drop: (plan, -, -, threads); each: (plan, first table, count, threads), and bytes to the next table.
 */
export const commands = { run: 1, load: 2, drop: 3, each: 4 } as const;

/**
 * The program of a worker thread, as text: it needs no file beside the package, whatever bundled it. It waits until
 * it is admitted and then never returns to its event loop; commands, and the bytes of modules, come through the
 * memory. An epoch without a command only wakes it.
 */
export const workerSource = `
"use strict";
const main = ({ memory, boot, relaxed }) => {
  if (relaxed) require("node:v8").setFlagsFromString("--experimental-wasm-relaxed-simd");
  const env = { env: { memory } };
  const { nextCommand, barrier, fail } = new WebAssembly.Instance(boot, env).exports;
  const words = new Int32Array(memory.buffer, 0, ${controlBytes / 4});
  const plans = new Map();
  const thread = Atomics.add(words, ${control.started / 4}, 1) + 1;
  for (;;) {
    const admitted = Atomics.load(words, ${control.admitted / 4});
    if (admitted > thread) break;
    Atomics.wait(words, ${control.admitted / 4}, admitted);
  }
  let seen = words[${control.admittedAt / 4}];
  for (;;) {
    seen = nextCommand(seen);
    const at = ${control.command / 4};
    if (words[at + 5] !== seen) continue;
    const kind = words[at], plan = words[at + 1], a = words[at + 2], b = words[at + 3], threads = words[at + 4];
    try {
      if (kind === ${commands.run}) {
        plans.get(plan)[a](b, thread, threads);
        continue;
      }
      if (kind === ${commands.each}) {
        const [walk] = plans.get(plan), stride = words[at + 6];
        for (let lane; (lane = Atomics.add(words, ${control.taken / 4}, 1)) < b; ) walk(a + lane * stride, 0, 1);
      } else if (kind === ${commands.drop}) plans.delete(plan);
      else if (!plans.has(plan)) {
        const bytes = new Uint8Array(memory.buffer, a >>> 0, b).slice();
        plans.set(plan, Object.values(new WebAssembly.Instance(new WebAssembly.Module(bytes), env).exports));
      }
      barrier(threads);
    } catch {
      fail();
    }
  }
};
if (typeof require === "function") main(require("node:worker_threads").workerData);
else {
  onmessage = ({ data }) => {
    postMessage("started");
    main(data);
  };
}
`;
