import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Peer } from "./peers.js";
import { type RunOptions, runRounds } from "./runner.js";

const folder = mkdtempSync(join(tmpdir(), "hekla-bench-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A child that notes its request in a file and then runs `body`. */
function program(name: string, body: string): string {
  const path = join(folder, `${name}.mjs`);
  const send = "const send = (message) => console.log(JSON.stringify(message));";
  const log = JSON.stringify(join(folder, "calls"));
  const note = `import { appendFileSync } from "node:fs"; const request = JSON.parse(process.argv.at(-1));
    appendFileSync(${log}, ${JSON.stringify(name)} + JSON.stringify(request) + "\\n");`;
  writeFileSync(path, `${note}\n${send}\n${body}`);
  return path;
}

const good = `console.log("a note of the peer itself");
  send({ type: "ready", version: "1", detail: "d", bareBytes: 10 });
  for (let i = 0; i < request.warmup + request.steps; i++)
    send({ type: "step", case: "mlp", warmup: i < request.warmup, milliseconds: i + 1, loss: 1 / (i + 1) });
  send({ type: "done", peakBytes: 30 });`;

const peer = (name: string, limits: Peer["limits"] = {}): Peer => ({
  name,
  entry: name,
  threads: name === "single" ? "one" : "requested",
  limits,
});

function options(entries: Record<string, string>, slow = false): RunOptions {
  writeFileSync(join(folder, "calls"), "");
  return {
    request: { work: "mlp", threads: 2, warmup: 1, steps: 2 },
    cases: ["mlp"],
    rounds: 2,
    slow,
    python: "python3",
    entryOf: ({ name }) => entries[name]!,
    progress: () => {},
  };
}

const calls = () => readFileSync(join(folder, "calls"), "utf8").trim().split("\n");

describe("runRounds", () => {
  it("lets the peers take turns, one process each, and keeps the steps after warm-up", async () => {
    const entries = { double: program("double", good), single: program("single", good) };
    const [double, single] = await runRounds([peer("double"), peer("single")], options(entries));
    expect(calls().map((call) => call.slice(0, 6))).toEqual(["double", "single", "double", "single"]);
    expect(calls().map((call) => JSON.parse(call.slice(6)).threads)).toEqual([2, 1, 2, 1]);
    expect(double!.samples.map(({ round, milliseconds }) => [round, milliseconds])).toEqual([
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
    ]);
    expect(double).toMatchObject({
      losses: [1, 1 / 2, 1 / 3],
      first: [1, 1],
      peakBytes: [30, 30],
      bareBytes: [10, 10],
    });
    expect(single!.threads).toBe(1);
    expect(single!.note).toBeUndefined();
  });

  it("says what a peer cannot do, once, and goes on", async () => {
    const cannot = `send({ type: "cannot", case: "mlp", reason: "no kernel" }); send({ type: "done", peakBytes: 1 });`;
    const entries = { lame: program("lame", cannot), single: program("single", good) };
    const [lame, single] = await runRounds([peer("lame"), peer("single")], options(entries));
    expect(lame).toMatchObject({ samples: [], note: "cannot: no kernel", peakBytes: [] });
    expect(single!.samples).toHaveLength(4);
    expect(calls().filter((call) => call.startsWith("lame"))).toHaveLength(1);
  });

  it("reports a crash with the error's own words", async () => {
    const entries = { crash: program("crash", `throw new RangeError("out of memory, sadly")`) };
    const [crash] = await runRounds([peer("crash")], options(entries));
    expect(crash!.note).toMatch(/^failed \(exit 1\): RangeError: out of memory, sadly/);
  });

  it("limits slow peers and says so", async () => {
    const skipped = peer("skipped", { mlp: { rule: "skipped", reason: "hours" } });
    const once = peer("once", { mlp: { rule: "once", reason: "minutes" } });
    const entries = { skipped: program("skipped", good), once: program("once", good) };
    const [first, second] = await runRounds([skipped, once], options(entries));
    expect(first).toMatchObject({ samples: [], note: "skipped: hours; --slow runs it" });
    expect(second!.samples).toHaveLength(1);
    expect(second!.note).toBe("limited to one step without warm-up: minutes");
    const [slow] = await runRounds([skipped], options(entries, true));
    expect(slow!.samples).toHaveLength(1);
  });
});
