import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Limit, Peer } from "./peers.js";
import { type Message, parseMessage } from "./protocol.js";

/** One timed step. */
export interface Sample {
  round: number;
  milliseconds: number;
  loss: number | null;
}

/** Everything measured of one peer on one case, over all rounds. */
export interface CaseResult {
  peer: string;
  case: string;
  version: string;
  detail: string;
  threads: number;
  samples: Sample[];
  /** Losses of the first round from the very first step on, warm-up included. */
  losses: (number | null)[];
  /** Time of the first step of each round, which holds compilation. */
  first: number[];
  peakBytes: number[];
  bareBytes: number[];
  /** Why there are no samples, or fewer than asked for. */
  note: string | undefined;
}

/**
 * The part of a child's request that the runner looks at and changes; the rest is between caller and child.
 */
export interface ChildRequest {
  work: string;
  threads: number;
  warmup: number;
  steps: number;
}

/** What a run needs to know; `entryOf` gives the program that a peer's child process runs. */
export interface RunOptions {
  request: ChildRequest;
  cases: readonly string[];
  rounds: number;
  slow: boolean;
  python: string;
  entryOf: (peer: Peer) => string;
  progress: (line: string) => void;
}

/** The exit of a child process, with the last line of its error output. */
interface Exit {
  code: number | null;
  complaint: string;
}

async function runChild(
  command: readonly string[],
  request: ChildRequest,
  onMessage: (message: Message) => void,
): Promise<Exit> {
  const [program, ...rest] = command;
  const child = spawn(program!, [...rest, JSON.stringify(request)], { stdio: ["ignore", "pipe", "pipe"] });
  const end = () => child.kill();
  process.once("exit", end);
  let complaint = "";
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (process.env.HEKLA_BENCH_DEBUG) process.stderr.write(`${line}\n`);
    if (/\w*Error\b/.test(line) || complaint === "") complaint = line.trim();
  });
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    const message = parseMessage(line);
    if (message) onMessage(message);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  process.off("exit", end);
  return { code, complaint };
}

function emptyResult(peer: Peer, name: string, threads: number): CaseResult {
  return {
    peer: peer.name,
    case: name,
    version: peer.name,
    detail: "",
    threads,
    samples: [],
    losses: [],
    first: [],
    peakBytes: [],
    bareBytes: [],
    note: undefined,
  };
}

function limitOf(peer: Peer, work: string): Limit | undefined {
  return (peer.limits as Readonly<Record<string, Limit | undefined>>)[work];
}

function limitNote(limit: Limit, slow: boolean): string {
  if (limit.rule === "skipped" && !slow) return `skipped: ${limit.reason}; --slow runs it`;
  return `limited to one step without warm-up: ${limit.reason}`;
}

/** Runs one peer once and adds what it says to its results. */
async function runRound(
  peer: Peer,
  round: number,
  results: CaseResult[],
  options: RunOptions,
): Promise<void> {
  const limit = limitOf(peer, options.request.work);
  const threads = peer.threads === "one" ? 1 : options.request.threads;
  const request = {
    ...options.request,
    threads,
    ...(limit ? { warmup: 0, warmupMilliseconds: 0, steps: 1 } : {}),
  };
  const entry = options.entryOf(peer);
  const command = peer.python ? [options.python, entry] : [process.execPath, entry];
  const started = new Set<string>();
  let finished = false;
  const exit = await runChild(command, request, (message) => {
    if (message.type === "ready")
      for (const result of results) {
        result.version = message.version;
        result.detail = message.detail;
        result.bareBytes.push(message.bareBytes);
      }
    if (message.type === "done") {
      finished = true;
      for (const result of results) if (result.samples.length > 0) result.peakBytes.push(message.peakBytes);
    }
    if (message.type === "ready" || message.type === "done") return;
    const result = results.find((candidate) => candidate.case === message.case);
    if (!result) return;
    if (message.type === "cannot") {
      result.note = `cannot: ${message.reason}`;
      return;
    }
    if (!started.has(message.case)) result.first.push(message.milliseconds);
    started.add(message.case);
    if (round === 0) result.losses.push(message.loss);
    if (!message.warmup)
      result.samples.push({ round, milliseconds: message.milliseconds, loss: message.loss });
  });
  if (finished && exit.code === 0) return;
  for (const result of results) {
    const failure = `failed (exit ${exit.code}): ${exit.complaint.slice(0, 160) || "no message"}`;
    if (!result.note?.startsWith("cannot")) result.note = failure;
  }
}

/** All rounds, interleaved: every peer once, then every peer again. A peer that cannot is not asked again. */
export async function runRounds(peers: readonly Peer[], options: RunOptions): Promise<CaseResult[]> {
  const results = new Map(
    peers.map((peer) => {
      const threads = peer.threads === "one" ? 1 : options.request.threads;
      return [peer, options.cases.map((name) => emptyResult(peer, name, threads))] as const;
    }),
  );
  for (let round = 0; round < options.rounds; round++) {
    for (const [peer, cases] of results) {
      const limit = limitOf(peer, options.request.work);
      if (limit && round === 0) for (const result of cases) result.note = limitNote(limit, options.slow);
      if (limit && (round > 0 || (limit.rule === "skipped" && !options.slow))) continue;
      if (!limit && cases.every((result) => result.note !== undefined)) continue;
      options.progress(`round ${round + 1}/${options.rounds}: ${peer.name}`);
      await runRound(peer, round, cases, options);
    }
  }
  return [...results.values()].flat();
}
