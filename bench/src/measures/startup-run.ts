import { spawn } from "node:child_process";
import { formatConditions, underConditions } from "../conditions.js";
import { bundle, installPeers } from "../install.js";
import type { Request } from "../protocol.js";
import type { StartupResult, StartupWork } from "../results.js";
import type { Section } from "../section.js";
import type { Settings } from "../settings.js";
import { median } from "../statistics.js";
import { figure } from "../table.js";
import { TRAINING_WORKS, type TrainingName } from "../works.js";
import { buildPackages } from "./build-packages.js";

interface Starter {
  peer: string;
  entry: string;
  /** What stands before the request in the program's arguments. */
  words?: readonly string[];
  /** Works that are not run, with the reason, unless slow ones are asked for. */
  slow?: Partial<Record<TrainingName, string>>;
}

const TENSORFLOW = "peers/startup-tensorflow.ts";

const STARTERS: readonly Starter[] = [
  { peer: "hekla", entry: "src/measures/startup-hekla.ts" },
  { peer: "tensorflow-wasm", entry: TENSORFLOW, words: ["wasm"] },
  { peer: "tensorflow-composed", entry: TENSORFLOW, words: ["composed"] },
  { peer: "tensorflow-cpu", entry: TENSORFLOW, words: ["cpu"], slow: { cnn: "about two minutes a step" } },
  { peer: "Node alone", entry: "src/measures/startup-bare.ts" },
];

const WORKS: readonly TrainingName[] = ["mlp", "cnn"];
const ROUNDS = 5;

/** The title of the task and of its section. */
export const STARTUP_TITLE = "start-up: from the start of the process to the end of the first training step";

/** Starts a process and gives the time until it says that its first step has ended, or why it did not. */
function timeStart(program: string, words: readonly string[], request: Request): Promise<number | string> {
  return new Promise((resolve) => {
    let complaint = "";
    let time: number | undefined;
    const begin = performance.now();
    const child = spawn(process.execPath, [program, ...words, JSON.stringify(request)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (text.includes("first step")) time ??= performance.now() - begin;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint ||= /^.*Error\b.*$/m.exec(text)?.[0] ?? "";
    });
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code) => resolve(time ?? `cannot (exit ${code}): ${complaint.slice(0, 160)}`));
  });
}

/** Times whole processes, peers in turn. */
export async function measureStartup(settings: Settings): Promise<StartupResult> {
  const { bench, threads, rounds = ROUNDS, only } = settings;
  const starters = STARTERS.filter(({ peer }) => !only || only.includes(peer));
  buildPackages(bench);
  installPeers(bench);
  const programs = new Map<Starter, string>();
  for (const starter of starters) programs.set(starter, await bundle(bench, starter.entry, true));
  const works: StartupWork[] = WORKS.flatMap((work) =>
    starters.map(({ peer, slow }) => ({
      work,
      peer,
      milliseconds: [],
      note: slow?.[work] && !settings.slow ? `skipped: ${slow[work]}; --slow runs it` : undefined,
    })),
  );
  return underConditions(settings, async () => {
    // The first round brings programs and libraries into the system's file cache, and is not counted.
    for (let round = 0; round <= rounds; round++) {
      settings.progress(`startup: round ${round} of ${rounds}`);
      for (const entry of works) {
        if (entry.note !== undefined) continue;
        const { batch } = TRAINING_WORKS[entry.work as TrainingName];
        const request: Request = {
          work: entry.work as TrainingName,
          batch,
          threads,
          warmup: 0,
          steps: 1,
          sizes: [],
        };
        const starter = starters.find(({ peer }) => peer === entry.peer)!;
        const time = await timeStart(programs.get(starter)!, starter.words ?? [], request);
        if (typeof time === "string") entry.note = time;
        else if (round > 0) entry.milliseconds.push(time);
      }
    }
    return { kind: "startup" as const, name: "startup", title: STARTUP_TITLE, rounds, works };
  });
}

/** What a report says of start-up. */
export function startupSection(result: StartupResult): Section {
  const measured = result.works.filter(({ milliseconds }) => milliseconds.length > 0);
  return {
    title: result.title,
    before: [
      `${result.rounds} round(s) after one that fills the file cache, processes in turn; medians. Every ` +
        "program runs from " +
        "built packages: this project's dist/ folders, the peers as published. Data and first weights " +
        "are drawn in the " +
        "process, batch 128.",
      ...formatConditions(result.conditions),
    ],
    table: {
      headings: ["work", "peer", "ms median", "min..max", "peer/hekla"],
      lines: measured.map(({ work, peer, milliseconds }) => {
        const home = result.works.find((other) => other.work === work && other.peer === "hekla");
        return [
          work,
          peer,
          figure(median(milliseconds)),
          `${figure(Math.min(...milliseconds))}..${figure(Math.max(...milliseconds))}`,
          figure(median(milliseconds) / median(home?.milliseconds ?? [])),
        ];
      }),
      left: 2,
    },
    after: result.works.flatMap(({ work, peer, note }) =>
      note === undefined ? [] : [`${work}, ${peer}: ${note}`],
    ),
  };
}
