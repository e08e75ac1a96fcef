import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { CommandLine } from "./command-line.js";
import { keptNotes, makePage } from "./document/page.js";
import { makePictures } from "./document/pictures.js";
import { ResultStore } from "./result-store.js";
import type { Result } from "./results.js";
import { textSection } from "./section.js";
import { faultOf, sectionOf } from "./sections.js";
import type { Settings } from "./settings.js";
import { TASKS, type Task } from "./tasks.js";

/** Writes a page, and its pictures into a folder of its name beside it. */
export function writePage(path: string, results: readonly Result[]): void {
  const folder = basename(path, ".md");
  const place = join(dirname(path), folder);
  const pictures = makePictures(results);
  const notes = existsSync(path) ? keptNotes(readFileSync(path, "utf8")) : undefined;
  mkdirSync(place, { recursive: true });
  // Pictures of an earlier run alone: the folder may hold other things.
  for (const file of readdirSync(place)) if (file.endsWith(".svg")) rmSync(join(place, file));
  for (const { file, svg } of pictures) writeFileSync(join(place, file), svg);
  writeFileSync(path, makePage(results, pictures, folder, notes));
}

/**
 * What is there of a task, or what it measures now; a task that fails does not keep the next from running.
 */
async function resultOf(task: Task, store: ResultStore, settings: Settings): Promise<Result | undefined> {
  const kept = store.read(task.name);
  if (kept) {
    settings.progress(`${task.name}: kept from ${kept.conditions.date}`);
    return kept;
  }
  try {
    const result = await task.measure(settings);
    store.write(result);
    return result;
  } catch (error) {
    settings.progress(`${task.name}: FAILED: ${(error as Error).message}`);
    return undefined;
  }
}

/**
 * Runs all works that were chosen, and reports on all that are in the folder; 1 where one failed or must
 * not be used.
 */
export async function runAll(
  command: Pick<CommandLine, "works" | "json" | "resume" | "markdown">,
  settings: Settings,
  tasks: readonly Task[] = TASKS,
): Promise<number> {
  const store = new ResultStore(command.resume ?? mkdtempSync(join(tmpdir(), "hekla-bench-")));
  settings.progress(`results are kept in ${store.folder}; --resume ${store.folder} goes on from there`);
  const chosen = tasks.filter(({ name }) => !command.works || command.works.includes(name));
  let failed = 0;
  for (const task of chosen) {
    const result = await resultOf(task, store, settings);
    if (!result) failed++;
    else if (!command.json) process.stdout.write(`${textSection(sectionOf(result))}\n\n`);
  }
  const results = tasks.map(({ name }) => store.read(name)).filter((result) => result !== undefined);
  if (command.json) process.stdout.write(`${JSON.stringify(results, undefined, 2)}\n`);
  if (command.markdown) writePage(command.markdown, results);
  const faults = results.map(faultOf).filter((fault) => fault !== undefined);
  for (const fault of faults) settings.progress(`DO NOT USE: ${fault}`);
  return failed + faults.length > 0 ? 1 : 0;
}
