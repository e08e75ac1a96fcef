import { setFlagsFromString } from "node:v8";
import { parentPort, Worker, workerData } from "node:worker_threads";
import { ModuleBuilder } from "../../../packages/kernels-wasm/src/assembler/index.js";
import type { Peak, PeakMessage } from "./peak-run.js";

// The register-only peak of SIMD128: chains of `x = x * a + b`, no loads. How many chains fill the pipes and
// how many fit into V8's registers differs from processor to processor, so several numbers are tried, and the
// best one counts.
const CHAINS = [8, 10, 12, 13];
const TURNS = 200_000;
const REPETITIONS = 30;

/** The chains as a wasm function of the number of turns. */
function chainModule(chains: number, fused: boolean): Uint8Array<ArrayBuffer> {
  const memory = { initial: 1, maximum: 1, shared: false };
  const module = new ModuleBuilder(memory, { relaxedSimd: fused, tuned: true });
  const run = module.function("run", ["i32"], ["f32"], (f) => {
    const turn = f.local("i32");
    const values = Array.from({ length: chains }, () => f.local("v128"));
    const [factor, summand] = [f.local("v128"), f.local("v128")];
    f.f32x4(0.99).set(factor).f32x4(0.01).set(summand);
    for (const [index, value] of values.entries()) f.f32x4(index + 0.5).set(value);
    f.forRange(turn, 0, f.params[0]!, 1, () => {
      for (const value of values) {
        if (fused) f.get(value, factor, summand).emit("f32x4.relaxed_madd").set(value);
        else f.get(value, factor).emit("f32x4.mul").get(summand).emit("f32x4.add").set(value);
      }
    });
    f.f32x4(0);
    for (const value of values) f.get(value).emit("f32x4.add");
    f.lane("f32x4.extract_lane", 0);
  });
  module.export("run", run);
  return module.finish();
}

function allowRelaxedSimd(): void {
  // Node 20 has it behind this flag; later ones have it on and do not know the flag any more.
  if (process.versions.node.startsWith("20.")) setFlagsFromString("--experimental-wasm-relaxed-simd");
}

type Run = (turns: number) => number;

function instantiate(chains: number, fused: boolean): Run | undefined {
  const code = chainModule(chains, fused);
  if (!WebAssembly.validate(code)) return undefined;
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } });
  return instance.exports.run as Run;
}

/** Best GFLOP/s of one thread: multiply + add = 2, four lanes. */
function best(fused: boolean): number {
  const rates = CHAINS.map((chains) => {
    const run = instantiate(chains, fused);
    if (!run) return 0;
    // The first turns run in V8's baseline code.
    run(10 * TURNS);
    let least = Number.POSITIVE_INFINITY;
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      const begin = performance.now();
      run(TURNS);
      least = Math.min(least, performance.now() - begin);
    }
    return (TURNS * chains * 8) / least / 1e6;
  });
  return Math.max(...rates);
}

/** Sum over threads that run at the same time, each measured by itself. */
async function measure(threads: number): Promise<Peak> {
  const workers = Array.from({ length: threads - 1 }, () => new Worker(process.argv[1]!, { workerData: {} }));
  const others = workers.map(
    (worker) => new Promise<Peak>((resolve, reject) => worker.once("message", resolve).once("error", reject)),
  );
  const all = [{ plain: best(false), fused: best(true) }, ...(await Promise.all(others))];
  return {
    plain: all.reduce((sum, { plain }) => sum + plain, 0),
    fused: all.reduce((sum, { fused }) => sum + fused, 0),
  };
}

allowRelaxedSimd();
if (workerData) {
  parentPort!.postMessage({ plain: best(false), fused: best(true) } satisfies Peak);
} else {
  const threads = Number(process.argv.at(-1));
  const one = await measure(1);
  const message: PeakMessage = { type: "peak", one, all: threads > 1 ? await measure(threads) : one };
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
