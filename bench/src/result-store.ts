import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Result } from "./results.js";

/** A folder with one JSON file for each finished work, so that a long run can be made in pieces. */
export class ResultStore {
  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  /** The kept result of a work, or undefined. */
  read(name: string): Result | undefined {
    const path = this.#path(name);
    return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Result) : undefined;
  }

  /**
   * Keeps a result. The file has its name only when it is whole: an interrupted run leaves none that looks
   * finished.
   */
  write(result: Result): void {
    const path = this.#path(result.name);
    writeFileSync(`${path}.part`, `${JSON.stringify(result, undefined, 1)}\n`);
    renameSync(`${path}.part`, path);
  }

  #path(name: string): string {
    return join(this.folder, `${name}.json`);
  }
}
