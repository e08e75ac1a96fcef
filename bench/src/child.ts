import { peakMemory } from "./peak-memory.js";
import type { Message, Request } from "./protocol.js";

/** One piece of work, prepared: `step` runs it once and gives the loss, or null where there is none. */
export interface PreparedCase {
  name: string;
  step: () => Promise<number | null>;
}

/** What a peer says about itself once it is loaded. */
export interface PeerDescription {
  version: string;
  /** What matters to the figure: threads really used, memory layout. */
  detail: string;
  /** The cases in order; preparing one may throw, which is reported as "cannot". */
  cases: { name: string; prepare: () => Promise<PreparedCase["step"]> }[];
}

function send(message: Message): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function runCase(request: Request, name: string, step: PreparedCase["step"]): Promise<void> {
  for (let index = 0; index < request.warmup + request.steps; index++) {
    const begin = performance.now();
    const loss = await step();
    const milliseconds = performance.now() - begin;
    send({ type: "step", case: name, warmup: index < request.warmup, milliseconds, loss });
  }
}

/** The life of a child process: load the peer, run every case, say the peak memory. */
export async function serve(load: (request: Request) => Promise<PeerDescription>): Promise<void> {
  const bareBytes = peakMemory();
  const request = JSON.parse(process.argv.at(-1)!) as Request;
  const peer = await load(request);
  send({ type: "ready", version: peer.version, detail: peer.detail, bareBytes });
  for (const { name, prepare } of peer.cases) {
    try {
      await runCase(request, name, await prepare());
    } catch (error) {
      send({ type: "cannot", case: name, reason: firstLine(error) });
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
