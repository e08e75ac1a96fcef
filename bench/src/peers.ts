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
  /** The works that it can be asked for at all; every one where nothing is said. */
  works?: readonly WorkName[];
  /** Work that takes so long that it is limited, with the reason that the report shows. */
  limits: Partial<Record<WorkName, Limit>>;
}

/** `skipped`: only with --slow; `once`: a single step without warm-up, in the first round only. */
export interface Limit {
  rule: "skipped" | "once";
  reason: string;
}

const PYTORCH = "../scripts/peers/pytorch.py";
const ONNXRUNTIME = "../scripts/peers/onnxruntime_native.py";

const PEERS: readonly Peer[] = [
  { name: "hekla", entry: "src/hekla.ts", threads: "requested", limits: {} },
  { name: "hekla-one", entry: "src/hekla.ts", threads: "one", limits: {} },
  { name: "hekla-plain", entry: "src/hekla-plain.ts", threads: "requested", limits: {} },
  { name: "hekla-plain-one", entry: "src/hekla-plain.ts", threads: "one", works: ["gemm"], limits: {} },
  {
    name: "tensorflow-cpu",
    entry: "peers/tensorflow-cpu.ts",
    threads: "one",
    limits: {
      gemm: { rule: "once", reason: "three seconds for the largest product" },
      cnn: { rule: "skipped", reason: "about two minutes a step" },
      "cnn-inference": { rule: "once", reason: "about two seconds a batch" },
      cae: { rule: "skipped", reason: "about half a minute a step" },
      lstm: { rule: "skipped", reason: "more than a second a step" },
      "si650-lstm": { rule: "skipped", reason: "about forty seconds a step" },
      "si650-bilstm": { rule: "skipped", reason: "more than a minute a step" },
      "si650-gru": { rule: "skipped", reason: "about forty seconds a step" },
      "si650-lstm-dropout": { rule: "skipped", reason: "about forty seconds a step" },
    },
  },
  { name: "tensorflow-wasm", entry: "peers/tensorflow-wasm.ts", threads: "one", limits: {} },
  {
    name: "tensorflow-composed",
    entry: "peers/tensorflow-composed.ts",
    threads: "one",
    works: ["cnn", "cae", "si650-lstm", "si650-bilstm", "si650-gru", "si650-lstm-dropout"],
    limits: {},
  },
  {
    name: "tensorflow-tuned",
    entry: "peers/tensorflow-tuned.ts",
    threads: "one",
    works: ["mlp", "cnn", "cae", "lstm", "si650-lstm", "si650-bilstm", "si650-gru", "si650-lstm-dropout"],
    limits: {},
  },
  {
    name: "jax-js",
    entry: "peers/jax-js.ts",
    threads: "one",
    limits: {
      cnn: { rule: "skipped", reason: "about forty seconds a step" },
      "cnn-inference": { rule: "once", reason: "about ten seconds a batch" },
      cae: { rule: "once", reason: "about five seconds a step" },
    },
  },
  {
    name: "jax-js-threads",
    entry: "peers/jax-js.ts",
    threads: "requested",
    limits: {
      cnn: { rule: "once", reason: "about half a minute a step" },
      "cnn-inference": { rule: "once", reason: "about ten seconds a batch" },
      cae: { rule: "once", reason: "about five seconds a step" },
    },
  },
  {
    name: "onnxruntime-web",
    entry: "peers/onnxruntime-web.ts",
    threads: "requested",
    works: ["gemm", "cnn-inference"],
    limits: {},
  },
  {
    name: "gpu.js",
    entry: "peers/gpu-js.ts",
    threads: "requested",
    works: ["gemm"],
    limits: { gemm: { rule: "once", reason: "about a second for the largest product" } },
  },
  { name: "pytorch", entry: PYTORCH, python: true, threads: "requested", limits: {} },
  { name: "pytorch-one", entry: PYTORCH, python: true, threads: "one", limits: {} },
  {
    name: "onnxruntime",
    entry: ONNXRUNTIME,
    python: true,
    threads: "requested",
    works: ["gemm", "cnn-inference"],
    limits: {},
  },
];

/** What the command line says about the choice of peers. */
export interface PeerChoice {
  only: readonly string[] | undefined;
  pytorch: boolean;
  /** Leaves out, unless `only` names them, peers that cannot be asked for this work at all. */
  work?: WorkName;
}

/** Names of all peers. */
export const PEER_NAMES: readonly string[] = PEERS.map((peer) => peer.name);

/** The peers of a run, this project first; unknown names in `only` are an error that lists the known ones. */
export function choosePeers({ only, pytorch, work }: PeerChoice): Peer[] {
  const unknown = only?.find((name) => !PEER_NAMES.includes(name));
  if (unknown !== undefined)
    throw new UsageError(
      `bench: unknown peer in --only, got ${unknown}, expected some of ${PEER_NAMES.join(", ")}`,
    );
  return PEERS.filter((peer) => {
    if (only) return only.includes(peer.name);
    if (work && peer.works && !peer.works.includes(work)) return false;
    return !peer.python || pytorch;
  });
}
