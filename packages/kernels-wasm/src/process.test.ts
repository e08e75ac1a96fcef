import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";

// The package as an app gets it: bundled into one file, run by plain Node.
const program = `
  import { exp, sum, tensor, useBackend } from "@hekla/tensor";
  import { wasm } from "@hekla/kernels-wasm";
  const backend = await useBackend(wasm({ threads: Number(process.env.THREADS), relaxedSimd: false }));
  const x = tensor(Float32Array.from({ length: 100000 }, (_, at) => (at % 977) / 977));
  console.log(backend.threads, await sum(exp(x)).item());
`;
const folder = mkdtempSync(join(tmpdir(), "hekla-wasm-"));
const bundle = join(folder, "app.mjs");
beforeAll(async () => {
  await build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL(".", import.meta.url)), loader: "ts" },
    bundle: true,
    format: "esm",
    platform: "neutral",
    conditions: ["@hekla/source"],
    outfile: bundle,
    logLevel: "silent",
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (env: Record<string, string>) =>
  spawnSync(process.execPath, [bundle], {
    env: { ...process.env, ...env },
    encoding: "utf8",
    timeout: 30_000,
  });

test("a process with sleeping workers ends by itself, with the same result for any number of threads", () => {
  const outputs = ["1", "2", "4"].map((threads) => {
    const { status, stdout, stderr } = run({ THREADS: threads });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    return stdout.trim().split(" ");
  });
  expect(outputs.map(([threads]) => threads)).toEqual(["1", "2", "4"]);
  expect(new Set(outputs.map(([, result]) => result)).size).toBe(1);
});

test("HEKLA_DEBUG prints plans, times per step and code", () => {
  const plans = run({ THREADS: "2", HEKLA_DEBUG: "1" }).stderr;
  expect(plans).toMatch(/wasm: 1 steps in \d+ bytes of code, 2 threads, plain SIMD\n/);
  const times = run({ THREADS: "2", HEKLA_DEBUG: "2" }).stderr;
  expect(times).toMatch(/^ +[\d.]+ us +[\d.]+ GB\/s +[\d.]+ GFLOP\/s {2}exp \[100000\]/m);
  const code = run({ THREADS: "2", HEKLA_DEBUG: "4" }).stderr;
  expect(code).toMatch(/\(import "env" "memory" \(memory 16 \d+ shared\)\)/);
  expect(code).toMatch(/^ {4}f32x4\.mul$/m);
  const untuned = run({ THREADS: "1", HEKLA_DEBUG: "1", HEKLA_TUNED: "0" }).stderr;
  expect(untuned).toMatch(/1 thread, plain SIMD, not tuned/);
});
