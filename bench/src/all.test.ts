import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import { runAll } from "./all.js";
import { ResultStore } from "./result-store.js";
import type { Result } from "./results.js";
import type { Settings } from "./settings.js";
import type { Task } from "./tasks.js";
import { caseResult, comparison } from "./testing/results.js";

const folder = mkdtempSync(join(tmpdir(), "hekla-bench-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const settings: Settings = {
  bench: folder,
  threads: 1,
  rounds: 1,
  steps: 1,
  warmup: 0,
  batch: undefined,
  sizes: undefined,
  only: undefined,
  slow: false,
  pytorch: false,
  python: "python3",
  progress: () => {},
};

const task = (
  name: string,
  measure: () => Promise<Result>,
): Task & { measure: ReturnType<typeof vi.fn> } => ({
  name,
  title: name,
  measure: vi.fn(measure),
});

const good = (name: string) => async () =>
  comparison(name, [caseResult("hekla", name, 1), caseResult("other", name, 7)]);

function options(place: string, more: object = {}) {
  const resume = join(folder, place);
  return { works: undefined, json: true, resume, markdown: undefined, ...more };
}

/** What is printed on stdout during a call. */
async function printed(call: () => Promise<number>): Promise<{ status: number; text: string }> {
  let text = "";
  const write = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    return { status: await call(), text };
  } finally {
    write.mockRestore();
  }
}

it("does not repeat what is there, and reports on everything", async () => {
  const [first, second] = [task("one", good("one")), task("two", good("two"))];
  await printed(() => runAll(options("resume", { works: ["one"] }), settings, [first, second]));
  expect(second.measure).not.toHaveBeenCalled();
  const { status, text } = await printed(() => runAll(options("resume"), settings, [first, second]));
  expect([first.measure.mock.calls.length, second.measure.mock.calls.length]).toEqual([1, 1]);
  expect(status).toBe(0);
  expect((JSON.parse(text) as Result[]).map(({ name }) => name)).toEqual(["one", "two"]);
});

it("goes on after a task that fails, and says so in its exit status", async () => {
  const broken = task("broken", async () => {
    throw new Error("no such kernel");
  });
  const later = task("later", good("later"));
  const lines: string[] = [];
  const progress = (line: string) => lines.push(line);
  const { status } = await printed(() =>
    runAll(options("broken"), { ...settings, progress }, [broken, later]),
  );
  expect(status).toBe(1);
  expect(lines.join("\n")).toContain("broken: FAILED: no such kernel");
  expect(new ResultStore(join(folder, "broken")).read("later")?.name).toBe("later");
});

it("takes an unfinished file for nothing", () => {
  const store = new ResultStore(join(folder, "store"));
  writeFileSync(join(store.folder, "one.json.part"), "{");
  expect(store.read("one")).toBeUndefined();
  store.write(comparison("one", []));
  expect(readdirSync(store.folder)).toEqual(["one.json"]);
  expect(store.read("one")).toEqual(comparison("one", []));
});

it("writes a page with its pictures, removes old ones, and keeps what people wrote", async () => {
  const markdown = join(folder, "page.md");
  const tasks = [task("one", good("one"))];
  await printed(() => runAll(options("page", { markdown }), settings, tasks));
  const page = readFileSync(markdown, "utf8");
  expect(page).toContain("](page/ratios.svg)");
  writeFileSync(markdown, page.replace("Nothing has been noted yet.", "Bytes bound it."));
  writeFileSync(join(folder, "page", "old.svg"), "");
  await printed(() => runAll(options("page", { markdown, works: [] }), settings, tasks));
  expect(readFileSync(markdown, "utf8")).toContain("Bytes bound it.");
  expect(existsSync(join(folder, "page", "old.svg"))).toBe(false);
  expect(readFileSync(join(folder, "page", "ratios.svg"), "utf8")).toContain(">7.00<");
});
