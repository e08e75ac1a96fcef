import { afterAll, beforeAll } from "vitest";
import type { WasmBackend } from "../backend.js";
import { wasm } from "../index.js";

/** Numbers of threads that tests compare. */
export const threadCounts = [1, 2, 3, 4];

/** A backend for each of `threadCounts`, all its threads running, while the tests of a file run. */
export function backendsOfThreads(): WasmBackend[] {
  const backends: WasmBackend[] = [];
  beforeAll(async () => {
    backends.push(
      ...((await Promise.all(threadCounts.map((threads) => wasm({ threads })))) as WasmBackend[]),
    );
    for (const backend of backends) await backend.allThreads();
  });
  afterAll(() => {
    for (const backend of backends) backend.dispose();
  });
  return backends;
}
