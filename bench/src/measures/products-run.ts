import { underConditions } from "../conditions.js";
import { gemmFlops } from "../flops.js";
import { preparePeers } from "../install.js";
import type { Peer } from "../peers.js";
import type { ComparisonResult } from "../results.js";
import { runRounds } from "../runner.js";
import type { Settings } from "../settings.js";
import { PRODUCTS, productName } from "./products.js";
import type { TimedRequest } from "./timed-cases.js";

const FUSED = "src/measures/products-fused.ts";
const PLAIN = "src/measures/products-plain.ts";

const PEERS: readonly Peer[] = [
  { name: "hekla", entry: FUSED, threads: "requested", limits: {} },
  { name: "hekla-one", entry: FUSED, threads: "one", limits: {} },
  { name: "hekla-plain", entry: PLAIN, threads: "requested", limits: {} },
  { name: "hekla-plain-one", entry: PLAIN, threads: "one", limits: {} },
];

const ROUNDS = 3;
const MOST_SAMPLES = 60;
const MILLISECONDS = 1000;

/** The title of the task and of its section. */
export const PRODUCTS_TITLE = "float32 products that stay on the device, this project only";

/** Measures the kernels of products alone: with both kinds of instructions, on one and on all threads. */
export async function measureProducts(settings: Settings): Promise<ComparisonResult> {
  const { threads, warmup, steps = MOST_SAMPLES, rounds = ROUNDS } = settings;
  const programs = await preparePeers(settings.bench, PEERS);
  const request: TimedRequest = { work: "products", threads, warmup, steps, milliseconds: MILLISECONDS };
  return underConditions(settings, async () => {
    const cases = await runRounds(PEERS, {
      request,
      rounds,
      cases: PRODUCTS.map(productName),
      slow: false,
      python: settings.python,
      entryOf: (peer) => programs.get(peer)!,
      progress: (line) => settings.progress(`products: ${line}`),
    });
    return {
      kind: "comparison" as const,
      name: "products",
      title: PRODUCTS_TITLE,
      rounds,
      steps,
      warmup,
      batch: 1,
      amounts: Object.fromEntries(
        PRODUCTS.map((shape) => [productName(shape), { flops: gemmFlops(shape), samples: 0 }]),
      ),
      // Nothing is read, so that there are no losses to compare.
      cases: cases.map((result) => ({ ...result, losses: [] })),
    };
  });
}
