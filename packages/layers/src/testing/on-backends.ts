import { wasm } from "@hekla/kernels-wasm";
import { type Backend, reference, useBackend } from "@hekla/tensor";
import { afterAll, beforeAll, describe } from "vitest";

const backends: readonly [name: string, make: () => Backend | Promise<Backend>][] = [
  ["reference", () => reference()],
  ["wasm", () => wasm({ threads: 2 })],
];

/** The same tests on the reference and the wasm backend. */
export function describeOnBackends(title: string, tests: () => void): void {
  describe.each(backends)(`${title} on %s`, (_name, make) => {
    let backend: Backend | undefined;
    beforeAll(async () => {
      backend = await useBackend(make());
    });
    afterAll(async () => {
      await useBackend(reference());
      await backend?.dispose();
    });

    tests();
  });
}
