import { UsageError } from "./usage-error.js";
import type { WorkName } from "./works.js";

/** A program that can be asked to do the work, and how it is started. */
export interface Peer {
  name: string;
  /** Source of the child, relative to bench/; a Python script where `python` is set. */
  entry: string;
  python?: boolean;
  /** Threads that it is asked to use; `requested` is the value of --threads. */
  threads: "requested" | "one";
  /** Work that takes so long that it is limited, with the reason that the report shows. */
  limits: Partial<Record<WorkName, Limit>>;
}

/** `skipped`: only with --slow; `once`: a single step without warm-up, in the first round only. */
export interface Limit {
  rule: "skipped" | "once";
  reason: string;
}

const PEERS: readonly Peer[] = [
  { name: "hekla", entry: "src/hekla.ts", threads: "requested", limits: {} },
  {
    name: "tensorflow-cpu",
    entry: "peers/tensorflow-cpu.ts",
    threads: "one",
    limits: {
      cnn: { rule: "skipped", reason: "about two minutes a step" },
      lstm: { rule: "skipped", reason: "more than half a second a step" },
    },
  },
  { name: "tensorflow-wasm", entry: "peers/tensorflow-wasm.ts", threads: "one", limits: {} },
  {
    name: "jax-js",
    entry: "peers/jax-js.ts",
    threads: "one",
    limits: { cnn: { rule: "skipped", reason: "about half a minute a step" } },
  },
  {
    name: "jax-js-threads",
    entry: "peers/jax-js.ts",
    threads: "requested",
    limits: { cnn: { rule: "once", reason: "about a quarter of a minute a step" } },
  },
  { name: "pytorch", entry: "../scripts/peers/pytorch.py", python: true, threads: "requested", limits: {} },
  { name: "pytorch-one", entry: "../scripts/peers/pytorch.py", python: true, threads: "one", limits: {} },
];

/** What the command line says about the choice of peers. */
export interface PeerChoice {
  only: readonly string[] | undefined;
  pytorch: boolean;
}

/** The peers of a run, this project first; unknown names in `only` are an error that lists the known ones. */
export function choosePeers(choice: PeerChoice): Peer[] {
  const names = PEERS.map((peer) => peer.name);
  const unknown = choice.only?.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new UsageError(
      `bench: unknown peer in --only, got ${unknown}, expected some of ${names.join(", ")}`,
    );
  return PEERS.filter((peer) => {
    if (choice.only) return choice.only.includes(peer.name);
    return !peer.python || choice.pytorch;
  });
}
