import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type PeerDescription, type Step, serve } from "../src/child.js";
import { STREAMS, uniform } from "../src/inputs.js";
import type { Request } from "../src/protocol.js";
import type { GemmShape } from "../src/works.js";

/** What is used of the library, whose own types do not say that a kernel may give a promise. */
interface Library {
  GPU: new (settings: {
    mode: "webasm";
  }) => {
    createKernel: (body: unknown, settings: Record<string, unknown>) => (...operands: unknown[]) => unknown;
  };
  input: (values: Float32Array, size: readonly [columns: number, rows: number]) => unknown;
}

const require = createRequire(import.meta.url);
const { GPU, input } = require("gpu.js") as Library;

/** One element of a product, in the part of JavaScript that the library translates. */
const BODY = `function (left, right) {
  let sum = 0;
  for (let i = 0; i < this.constants.inner; i++) sum += left[this.thread.y][i] * right[i][this.thread.x];
  return sum;
}`;

const asked = JSON.parse(process.argv.at(-1)!) as Request;

/** With the library's asynchronous contract, which is what gives its kernels threads. */
function product({ rows, inner, columns }: GemmShape): Step {
  const left = input(uniform(STREAMS.left, rows * inner), [inner, rows]);
  const right = input(uniform(STREAMS.right, inner * columns), [columns, inner]);
  const kernel = new GPU({ mode: "webasm" }).createKernel(BODY, {
    output: [columns, rows],
    constants: { inner },
    asyncMode: true,
    poolSize: asked.threads,
  });
  return async () => ((await kernel(left, right)) as Float32Array[])[0]![0]!;
}

async function load({ threads }: Request): Promise<PeerDescription> {
  const text = readFileSync(join(dirname(require.resolve("gpu.js")), "..", "package.json"), "utf8");
  const { version } = JSON.parse(text) as { version: string };
  return { version: `gpu.js ${version}`, detail: `its webasm mode, ${threads} thread(s) asked for`, product };
}

await serve(load);
