import { peakMemory } from "../peak-memory.js";
import type { Message } from "../protocol.js";

/** What a child with cases of very different lengths is asked to do. */
export interface TimedRequest {
  work: string;
  threads: number;
  /** Runs before the clock counts. */
  warmup: number;
  /** Samples of a case at most; short runs are timed together. */
  steps: number;
  /**
   * A case that has taken this long, besides a tenth of a second of warm-up, ends after the sample that it
   * is in.
   */
  milliseconds: number;
}

/** One run of a case, prepared. */
export type Run = () => void | Promise<void>;

/** A case and how it is prepared; what `prepare` or the first run throws is reported as "cannot". */
export interface TimedCase {
  name: string;
  prepare: () => Run | Promise<Run>;
}

/** Nor before so long: engines compile hot code again, better, and that takes its time. */
const WARM_MILLISECONDS = 100;

/** Short runs are timed together, so that the clock's own cost and steps do not count. */
const SAMPLE_MILLISECONDS = 0.5;

function send(message: Message): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function measureCase({ name, prepare }: TimedCase, request: TimedRequest): Promise<void> {
  const run = await prepare();
  const sample = async (runs: number): Promise<number> => {
    const begin = performance.now();
    for (let index = 0; index < runs; index++) {
      const pending = run();
      // A run that is finished when it returns must not pay for a turn of the event loop.
      if (pending) await pending;
    }
    return (performance.now() - begin) / runs;
  };
  const begin = performance.now();
  for (let index = 0; index < request.warmup; index++)
    send({ type: "step", case: name, warmup: true, milliseconds: await sample(1), loss: null });
  while (performance.now() - begin < WARM_MILLISECONDS) await sample(1);
  const together = Math.max(1, Math.ceil(SAMPLE_MILLISECONDS / (await sample(1))));
  const samples: number[] = [];
  do samples.push(await sample(together));
  while (
    samples.length < request.steps &&
    performance.now() - begin < WARM_MILLISECONDS + request.milliseconds
  );
  for (const milliseconds of samples)
    send({ type: "step", case: name, warmup: false, milliseconds, loss: null });
}

/** The life of a child with timed cases; `load` gives what it is, and its cases in order. */
export async function serveTimed(
  load: (request: TimedRequest) => Promise<{ version: string; detail: string; cases: readonly TimedCase[] }>,
): Promise<void> {
  const bareBytes = peakMemory();
  const request = JSON.parse(process.argv.at(-1)!) as TimedRequest;
  const { version, detail, cases } = await load(request);
  send({ type: "ready", version, detail, bareBytes });
  for (const timed of cases) {
    try {
      await measureCase(timed, request);
    } catch (error) {
      if (process.env.HEKLA_BENCH_DEBUG) console.error(error);
      const text = error instanceof Error ? error.message : String(error);
      send({ type: "cannot", case: timed.name, reason: text.split("\n")[0]!.slice(0, 160) });
    }
  }
  send({ type: "done", peakBytes: peakMemory() });
  // Worker threads of a peer may keep the process alive; the last line must be out before it ends.
  process.stdout.write("", () => process.exit(0));
}
