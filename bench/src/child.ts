import { type WorkCase, workCases } from "./cases.js";
import { peakMemory } from "./peak-memory.js";
import type { Message, Request } from "./protocol.js";
import type { GemmShape, InferenceWork, TrainingWork } from "./works.js";

/** One piece of work, prepared: runs it once and gives the loss or another number to compare, or null. */
export type Step = () => Promise<number | null>;

/**
 * What a peer can do, each given as a function that prepares a step; it may throw, which is reported as
 * "cannot".
 */
export interface PeerPrograms {
  product?: (shape: GemmShape) => Step | Promise<Step>;
  training?: (work: TrainingWork, batch: number) => Step | Promise<Step>;
  inference?: (work: InferenceWork, batch: number) => Step | Promise<Step>;
}

/** What a peer says about itself once it is loaded. */
export interface PeerDescription extends PeerPrograms {
  version: string;
  /** What matters to the figure: threads really used, memory layout. */
  detail: string;
}

/**
 * What stands for a program's outputs in comparisons: class numbers from 1, weighted by probability, per
 * sample.
 */
export function outputsCheck(outputs: ArrayLike<number>, classes: number): number {
  let sum = 0;
  for (let index = 0; index < outputs.length; index++) sum += outputs[index]! * ((index % classes) + 1);
  return (sum * classes) / outputs.length;
}

function send(message: Message): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function prepare(peer: PeerDescription, task: WorkCase): Promise<Step> {
  const missing = () => new Error(`the library has nothing for ${task.kind}`);
  switch (task.kind) {
    case "product":
      if (!peer.product) throw missing();
      return peer.product(task.shape);
    case "training":
      if (!peer.training) throw missing();
      return peer.training(task.work, task.samples);
    case "inference":
      if (!peer.inference) throw missing();
      return peer.inference(task.work, task.samples);
  }
}

async function runCase(request: Request, peer: PeerDescription, task: WorkCase): Promise<void> {
  const step = await prepare(peer, task);
  const [warmup, steps] = [request.warmup * task.repeats, request.steps * task.repeats];
  const warmUntil = performance.now() + (request.warmupMilliseconds ?? 0);
  for (let index = 0, timed = 0; timed < steps; index++) {
    const begin = performance.now();
    const warms = index < warmup || begin < warmUntil;
    const value = await step();
    const milliseconds = performance.now() - begin;
    // How long the warm-up is differs, what is compared must not.
    const loss = index < warmup + steps ? value : null;
    send({ type: "step", case: task.name, warmup: warms, milliseconds, loss });
    if (!warms) timed++;
  }
}

/** The life of a child process: load the peer, run every case, say the peak memory. */
export async function serve(load: (request: Request) => Promise<PeerDescription>): Promise<void> {
  const bareBytes = peakMemory();
  const request = JSON.parse(process.argv.at(-1)!) as Request;
  const peer = await load(request);
  send({ type: "ready", version: peer.version, detail: peer.detail, bareBytes });
  for (const task of workCases(request)) {
    try {
      await runCase(request, peer, task);
    } catch (error) {
      send({ type: "cannot", case: task.name, reason: firstLine(error) });
    }
  }
  send({ type: "done", peakBytes: peakMemory() });
  process.exitCode = 0;
  // Some peers keep worker threads alive; the last line must be out before the process ends.
  process.stdout.write("", () => process.exit(0));
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (process.env.HEKLA_BENCH_DEBUG) console.error(error);
  return text.split("\n")[0]!.slice(0, 160);
}
