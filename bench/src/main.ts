import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { FLOPS_STATEMENT, gemmFlops, trainingFlops } from "./flops.js";
import { bundle, preparePeers } from "./install.js";
import { describeMachine, formatMachine } from "./machine.js";
import { runMemory } from "./memory-run.js";
import { choosePeers } from "./peers.js";
import type { Request } from "./protocol.js";
import { formatAgreement, formatTable, makeRows, SAME_WORK } from "./report.js";
import { runRounds } from "./runner.js";
import { UsageError } from "./usage-error.js";
import { CNN, GEMM_SIZES, gemmCase, LSTM, MLP, TRAINING_WORKS, type WorkName } from "./works.js";

const USAGE = `npm run bench -- <work> [options]

works
  cnn        train the lecture's digit CNN (Adam)
  mlp        train the digit MLP 784-128-128-10 (SGD 0.01)
  lstm       train LSTM(64) on 50 steps of 16 features and a dense layer on its last state (Adam)
  gemm       square float32 products
  memory     live bytes over 1 000 training steps of the MLP and of a small CNN, this project only

options
  --rounds N     how often every peer runs, in turn (default 3)
  --steps N      timed steps a round (default cnn 8, mlp 100, lstm 20, gemm 20)
  --warmup N     steps before the clock counts (default 3)
  --threads N    threads for the peers that have them (default: cores, at most 4)
  --batch N      samples a step (default 128; lstm 32)
  --sizes A,B    sizes of gemm (default ${GEMM_SIZES.join(",")})
  --only A,B     these peers only: hekla, tensorflow-cpu, tensorflow-wasm, jax-js, jax-js-threads,
                 pytorch, pytorch-one
  --slow         also run what is skipped for its slowness (minutes a step)
  --pytorch      also run PyTorch (--threads, and one), with the Python in HEKLA_PYTHON (default python3)
  --json         one JSON object on stdout instead of tables
`;

const STEPS: Record<WorkName, number> = { cnn: 8, mlp: 100, lstm: 20, gemm: 20 };
const TITLES: Record<WorkName, string> = {
  cnn: CNN.title,
  mlp: MLP.title,
  lstm: LSTM.title,
  gemm: "square float32 products, result read on the host",
};

function count(name: string, text: string | undefined, fallback: number, least = 1): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new UsageError(`bench: --${name} must be a whole number, got ${text}, expected at least ${least}`);
  return value;
}

function list(text: string | undefined): string[] | undefined {
  return text
    ?.split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        rounds: { type: "string" },
        steps: { type: "string" },
        warmup: { type: "string" },
        threads: { type: "string" },
        batch: { type: "string" },
        sizes: { type: "string" },
        only: { type: "string" },
        slow: { type: "boolean", default: false },
        pytorch: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(`bench: ${(error as Error).message}`);
  }
}

const isWork = (name: string | undefined): name is WorkName | "memory" =>
  name !== undefined && (name in STEPS || name === "memory");

async function main(): Promise<number> {
  const { values, positionals } = parse();
  const [work, extra] = positionals;
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (extra !== undefined || !isWork(work))
    throw new UsageError(
      `bench: unknown work, got ${positionals.join(" ") || "nothing"}, expected one of those below`,
    );

  const bench = fileURLToPath(new URL("..", import.meta.url));
  const machine = describeMachine();
  const threads = count("threads", values.threads, Math.min(machine.cores, 4));
  const known = work === "memory" || work === "gemm" ? MLP : TRAINING_WORKS[work];
  const batch = count("batch", values.batch, known.batch);
  if (work === "memory") {
    const program = await bundle(bench, "src/memory.ts");
    return runMemory(program, {
      threads,
      batch,
      steps: count("steps", values.steps, 1000),
      json: values.json,
    });
  }

  const rounds = count("rounds", values.rounds, 3);
  const sizes = values.sizes ? list(values.sizes)!.map((size) => count("sizes", size, 0)) : GEMM_SIZES;
  const only = list(values.only);
  const peers = choosePeers({ only, pytorch: values.pytorch });
  const programs = await preparePeers(bench, peers);
  const steps = count("steps", values.steps, STEPS[work]);
  const request: Request = {
    work,
    batch,
    threads,
    warmup: count("warmup", values.warmup, 3, 0),
    steps,
    sizes,
  };
  const results = await runRounds(peers, {
    request,
    rounds,
    cases: work === "gemm" ? sizes.map(gemmCase) : [work],
    slow: values.slow,
    python: process.env.HEKLA_PYTHON ?? "python3",
    entryOf: (peer) => programs.get(peer)!,
    progress: (line) => process.stderr.write(`bench: ${line}\n`),
  });

  const flops = (name: string) =>
    work === "gemm" ? gemmFlops(Number(name.split(" ")[1])) : trainingFlops(TRAINING_WORKS[work], batch);
  const rows = makeRows(results, flops, batch);
  if (values.json) {
    const counted = Object.fromEntries(rows.map((row) => [row.case, flops(row.case)]));
    process.stdout.write(
      `${JSON.stringify({ machine, request, rounds, flops: counted, rows }, undefined, 2)}\n`,
    );
  } else {
    const training = work !== "gemm";
    const counts = [...new Set(rows.map((row) => row.case))]
      .map((name) => `${name} ${(flops(name) / 1e9).toFixed(4)} GFLOP`)
      .join(", ");
    const versions = [
      ...new Set(
        rows.filter((row) => row.steps > 0).map((row) => `${row.peer}: ${row.version}, ${row.detail}`),
      ),
    ];
    const lines = [
      `${TITLES[work]}${training ? `, batch ${batch}` : ""}; ${rounds} round(s) of ${steps} step(s) after ` +
        `${request.warmup} of warm-up, peers in turn, each in its own process`,
      formatMachine(machine),
      `${FLOPS_STATEMENT}\nOne step: ${counts}`,
      "",
      formatTable(rows, training),
      "",
      ...versions,
      formatAgreement(rows),
    ];
    process.stdout.write(`${lines.join("\n")}\n`);
  }
  return rows.some((row) => row.lossDifference > SAME_WORK) ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
