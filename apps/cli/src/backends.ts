import { reference, useBackend } from "@hekla/tensor";
import { UsageError } from "./exit-codes.js";

export const backendNames = ["auto", "wasm", "reference"] as const;
export type BackendName = (typeof backendNames)[number];

export interface OpenBackend {
  readonly name: string;
  readonly threads: number;
  close(): Promise<void>;
}

/** Makes the named backend the current one; "auto" is the fastest that this machine has, today wasm. */
export async function openBackend(name: string, threads: number | undefined): Promise<OpenBackend> {
  switch (name) {
    case "auto":
    case "wasm": {
      const { wasm } = await import("@hekla/kernels-wasm");
      const backend = await useBackend(wasm(threads === undefined ? {} : { threads }));
      const started = (backend as { threads?: number }).threads; // cast: wasm tells, the interface does not
      return { name: backend.name, threads: started ?? threads ?? 1, close: async () => backend.dispose() };
    }
    case "reference": {
      if (threads !== undefined && threads !== 1) {
        throw new UsageError(`--threads ${threads} does not fit: the reference backend has one thread`);
      }
      const backend = await useBackend(reference());
      return { name: backend.name, threads: 1, close: async () => backend.dispose() };
    }
    default:
      throw new UsageError(`unknown backend "${name}", expected one of ${backendNames.join(", ")}`);
  }
}
