import { formatConditions, underConditions } from "../conditions.js";
import { preparePeers } from "../install.js";
import type { Peer } from "../peers.js";
import { makeRows, notesOf, type Row } from "../report.js";
import type { BandwidthResult } from "../results.js";
import { runRounds } from "../runner.js";
import type { Section } from "../section.js";
import type { Settings } from "../settings.js";
import { figure, percent } from "../table.js";
import { BANDWIDTH_CASES, OPERATIONS } from "./bandwidth-cases.js";
import type { TimedRequest } from "./timed-cases.js";

const BY_HAND = "src/measures/bandwidth-by-hand.ts";
const HEKLA = "src/measures/bandwidth-hekla.ts";

/** What is compared; the loops by hand only copy and add. */
const PEERS: readonly Peer[] = [
  { name: "hekla", entry: HEKLA, threads: "requested", limits: {} },
  { name: "by hand", entry: BY_HAND, threads: "requested", limits: {} },
  { name: "hekla-one", entry: HEKLA, threads: "one", limits: {} },
  { name: "by hand-one", entry: BY_HAND, threads: "one", limits: {} },
  { name: "tensorflow-wasm", entry: "peers/bandwidth-tensorflow.ts", threads: "one", limits: {} },
];

const ROUNDS = 3;
const MOST_SAMPLES = 60;
const MILLISECONDS = 400;

/** Measures elementwise work of several sizes, in turn with loops written by hand and TensorFlow.js. */
export async function measureBandwidth(settings: Settings): Promise<BandwidthResult> {
  const { threads, warmup, steps = MOST_SAMPLES, rounds = ROUNDS, only } = settings;
  const peers = PEERS.filter(({ name }) => !only || only.includes(name));
  const programs = await preparePeers(settings.bench, peers);
  const request: TimedRequest = { work: "bandwidth", threads, warmup, steps, milliseconds: MILLISECONDS };
  return underConditions(settings, async () => ({
    kind: "bandwidth" as const,
    name: "bandwidth",
    title: BANDWIDTH_TITLE,
    rounds,
    bytes: Object.fromEntries(BANDWIDTH_CASES.map(({ name, bytes }) => [name, bytes])),
    cases: await runRounds(peers, {
      request,
      rounds,
      cases: BANDWIDTH_CASES.map(({ name }) => name),
      slow: false,
      python: settings.python,
      entryOf: (peer) => programs.get(peer)!,
      progress: (line) => settings.progress(`bandwidth: ${line}`),
    }),
  }));
}

/** The title of the task and of its section. */
export const BANDWIDTH_TITLE = "elementwise bandwidth beside loops written by hand";

/** Rows whose "GFLOP/s" are GB/s. */
export function bandwidthRows({ cases, bytes }: BandwidthResult): Row[] {
  return makeRows(cases, (name) => ({ flops: bytes[name]!, samples: 0 }));
}

/** GB/s of a peer on a case from its fastest sample and from its median; NaN for none. */
export function bandwidthOf(rows: readonly Row[], name: string, peer: string): number {
  return (
    rows.find((row) => row.case === name && row.peer === peer && row.steps > 0)?.gigaflopsPerSecond ??
    Number.NaN
  );
}

/** What a report says of bandwidth. */
export function bandwidthSection(result: BandwidthResult): Section {
  const rows = bandwidthRows(result);
  const peers = [...new Set(result.cases.map(({ peer }) => peer))];
  const names = Object.keys(result.bytes);
  const formulas = Object.entries(OPERATIONS).map(
    ([name, { formula, arrays }]) => `${name}: ${formula} (${arrays})`,
  );
  const versions = [
    ...new Set(
      rows.filter(({ steps }) => steps > 0).map((row) => `${row.peer}: ${row.version}, ${row.detail}`),
    ),
  ];
  return {
    title: result.title,
    before: [
      `${result.rounds} round(s). GB/s from the median time of a call; sizes are those of one array, ` +
        "bytes are those read " +
        `and written once each (arrays: ${formulas.join("; ")}). Calls are whole ones, so that small ` +
        "sizes show what a " +
        "call costs.",
      ...formatConditions(result.conditions),
    ],
    table: {
      headings: [
        "case",
        ...peers.map((peer) => `${peer}, GB/s`),
        "hekla / by hand",
        "hekla-one / by hand-one",
        "hekla us/call",
      ],
      lines: names.map((name) => {
        const rate = (peer: string) => bandwidthOf(rows, name, peer);
        const home = rows.find((row) => row.case === name && row.peer === "hekla");
        return [
          name,
          ...peers.map((peer) => figure(rate(peer))),
          percent(rate("hekla") / rate("by hand")),
          percent(rate("hekla-one") / rate("by hand-one")),
          figure((home?.medianMilliseconds ?? Number.NaN) * 1000),
        ];
      }),
      left: 1,
    },
    after: [...notesOf(rows), ...versions],
  };
}
