import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HeklaProcess, heklaProcess } from "./testing/hekla-process.js";

let program: HeklaProcess;
beforeAll(async () => {
  program = await heklaProcess();
});
afterAll(() => program.close());

const tiny = ["train", "mnist-perceptron", "--data", "synthetic", "--limit", "256", "--epochs", "2"];
const patience = { timeout: 180_000 };

describe("--backend", patience, () => {
  /** A training as JSON, and what was said meanwhile. */
  const train = async (...flags: string[]) => {
    const { code, out, err } = await program.hekla([...tiny, "--json", "--quiet", ...flags]);
    expect(code).toBe(0);
    return { report: JSON.parse(out), err };
  };

  it("goes on with wasm where a GPU is asked for and cannot be had, says so in a line, and has wasm's result", async () => {
    const wasm = await train("--backend", "wasm");
    expect(wasm.err).toBe("");
    expect(wasm.report.backend).toEqual({ name: "wasm", threads: expect.any(Number) });
    for (const [name, peer] of [
      ["webgpu", "webgpu"],
      ["gpujs", "gpu.js"],
    ] as const) {
      const { report, err } = await train("--backend", name);
      const reason = `${name}: the optional package ${peer} is not installed (npm install ${peer})`;
      expect(err).toBe(`${reason}; going on with wasm\n`);
      expect(report.backend).toEqual({ ...wasm.report.backend, reason });
      expect(report.weights.sha256).toBe(wasm.report.weights.sha256);
    }
    const auto = await train();
    expect(auto.err).toBe("");
    expect(auto.report.backend).toMatchObject({
      ...wasm.report.backend,
      reason: expect.stringMatching(/^webgpu: /),
    });
    expect(auto.report.history).toEqual(wasm.report.history);
    const threads = await train("--threads", "1");
    expect(threads.report.backend).toEqual({
      name: "wasm",
      threads: 1,
      reason: "--threads are those of wasm",
    });
    expect(threads.report.weights.sha256).toBe(wasm.report.weights.sha256);
  });

  it("says in one line that a driver is missing", async () => {
    // A package that is there, on a machine without a GPU.
    const at = join(program.folder, "node_modules/webgpu");
    await mkdir(at, { recursive: true });
    await writeFile(
      join(at, "package.json"),
      JSON.stringify({ name: "webgpu", type: "module", main: "index.js" }),
    );
    await writeFile(
      join(at, "index.js"),
      "export const globals = {}; export const create = () => ({ requestAdapter: async () => null });",
    );
    const { report, err } = await train("--backend", "webgpu");
    expect(err).toMatch(/^webgpu: [^\n]+; going on with wasm\n$/);
    expect(err).not.toMatch(/not installed/);
    expect(report.backend.name).toBe("wasm");
  });

  it.each([
    [["--backend", "webgpu", "--threads", "2"], "--threads 2 does not fit: the webgpu backend has none"],
    [
      ["--backend", "reference", "--threads", "2"],
      "--threads 2 does not fit: the reference backend has one thread",
    ],
    [
      ["--backend", "reference", "--profile", "x.json"],
      "--profile does not fit: the reference backend takes no times",
    ],
    [["--profile", "no/such/folder/x.json"], "--profile no/such/folder/x.json: cannot write there"],
    [["--profile", "."], "--profile .: is a folder"],
    [["--profile", "x.json", "--profile-steps", "0"], "Expected an integer >= 1."],
    [["--backend", "cuda"], "expected one of auto, wasm, webgpu, gpujs, reference"],
  ])("ends with 2: %j", async (flags, message) => {
    const { code, out, err } = await program.hekla([...tiny, ...flags]);
    expect(err).toContain(message);
    expect(code).toBe(2);
    expect(out).toBe("");
  });
});

interface TraceEvent {
  readonly ph: string;
  readonly tid: number;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args: Record<string, number>;
}

describe("--profile", patience, () => {
  it("writes a trace of some steps, whose sums are those of the report", async () => {
    const flags = ["--threads", "1", "--batch-size", "32", "--profile", "trace.json", "--profile-steps", "5"];
    const plain = await program.hekla([...tiny, "--threads", "1", "--batch-size", "32", "--json"]);
    const { code, out } = await program.hekla([...tiny, ...flags, "--json"]);
    expect(code).toBe(0);
    const { profile, weights } = JSON.parse(out);
    expect(weights.sha256).toBe(JSON.parse(plain.out).weights.sha256);
    expect(profile).toMatchObject({ file: "trace.json", device: "wasm, 1 thread", steps: 5 });

    const { traceEvents } = JSON.parse(await readFile(join(program.folder, "trace.json"), "utf8"));
    const row = (tid: number) =>
      (traceEvents as TraceEvent[]).filter((event) => event.ph === "X" && event.tid === tid);
    const [steps, plans, dispatches] = [row(1), row(2), row(3)];
    expect(steps).toHaveLength(5);
    expect(plans).toHaveLength(5);
    expect(dispatches).toHaveLength(profile.dispatches);
    const sum = (events: readonly TraceEvent[]) => events.reduce((total, { dur }) => total + dur / 1000, 0);
    expect(sum(steps)).toBeCloseTo(profile.milliseconds.steps, 2);
    expect(sum(dispatches)).toBeCloseTo(profile.milliseconds.dispatches, 2);
    // Dispatches lie inside plans, plans inside steps, and those of a step follow each other.
    for (const { ts, dur } of plans) {
      expect(steps.filter((step) => step.ts <= ts && ts + dur <= step.ts + step.dur)).toHaveLength(1);
      const inside = dispatches.filter((one) => one.ts >= ts && one.ts < ts + dur);
      expect(inside).toHaveLength(dispatches.length / 5);
      expect(sum(inside)).toBeLessThanOrEqual(dur / 1000 + 0.01);
    }
    // The forward product [32,784] x [784,10] is in each step.
    const forward = dispatches.filter(
      ({ args, name }) => name.startsWith("matmul") && args["flops"]! >= 2 * 32 * 784 * 10,
    );
    expect(forward.length).toBeGreaterThanOrEqual(5);
    for (const { args, dur } of forward) {
      expect(args["GFLOP/s"]).toBeCloseTo(args["flops"]! / dur / 1000, 1);
      expect(args["GB/s"]).toBeCloseTo(args["bytes"]! / dur / 1000, 1);
    }
    const rows = profile.costliest as { share: number; milliseconds: number; calls: number }[];
    expect(rows.length).toBeLessThanOrEqual(10);
    expect(rows.map(({ share }) => share)).toEqual(rows.map(({ share }) => share).sort((a, b) => b - a));
    for (const { share, milliseconds } of rows) {
      expect(milliseconds / profile.milliseconds.dispatches).toBeCloseTo(share, 9);
    }
    expect((await readdir(program.folder)).filter((name) => name.includes(".part"))).toEqual([]);
  });

  it("shows a table, for the other commands, too", async () => {
    const trained = await program.hekla([
      ...tiny,
      "--quiet",
      "--out",
      "net.keras",
      "--profile",
      "train.json",
    ]);
    expect(trained.out).toMatch(
      /profile: 4 training steps in [\d.]+ \w+; [\d ]+ dispatches took .* on wasm, /,
    );
    expect(trained.out).toMatch(
      / share +calls +ms +GB\/s +GFLOP\/s +dispatch\n( +[\d.]+ % .*\n){5,10}wrote train\.json/,
    );
    const flags = ["mnist-perceptron", "--weights", "net.keras", "--data", "synthetic"];
    const scored = await program.hekla(["evaluate", ...flags, "--profile", "scored.json"]);
    expect(scored.out).toMatch(/profile: \d+ plan runs in /);
    const read = await program.hekla([
      "predict",
      ...flags,
      "--index",
      "5",
      "--json",
      "--profile",
      "read.json",
    ]);
    expect(JSON.parse(read.out).profile).toMatchObject({ file: "read.json", steps: expect.any(Number) });
    for (const file of ["train.json", "scored.json", "read.json"]) {
      expect(
        JSON.parse(await readFile(join(program.folder, file), "utf8")).traceEvents.length,
      ).toBeGreaterThan(7);
    }
  });
});
