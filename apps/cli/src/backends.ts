import { type Backend, DeviceError, reference, useBackend } from "@hekla/tensor";
import { chooseBackend } from "./backends-auto.js";
import { openGpu } from "./backends-gpu.js";
import type { ProbedWork } from "./backends-probe.js";
import { deviceText, type OpenBackend, threadsOf } from "./backends-text.js";
import { UsageError } from "./exit-codes.js";
import type { Terminal } from "./terminal.js";

export const backendNames = ["auto", "wasm", "webgpu", "gpujs", "reference"] as const;

/** The flags that say what computes. */
export interface BackendOptions {
  readonly backend: string;
  readonly threads?: number;
  readonly quiet?: boolean;
}

/** Makes the backend that flags ask for the current one; a GPU that cannot be had leaves the work to wasm. */
export async function openBackend(
  { backend: name, threads, quiet = false }: BackendOptions,
  work: ProbedWork,
  terminal: Terminal,
): Promise<OpenBackend> {
  switch (name) {
    case "auto": {
      if (threads !== undefined) return use(await openWasm(threads), "--threads are those of wasm");
      const { backend, reason, shown } = await chooseBackend(work, () => openWasm());
      if (shown && !quiet) terminal.err(`auto: ${reason}\n`);
      return use(backend, reason);
    }
    case "wasm":
      return use(await openWasm(threads));
    case "webgpu":
    case "gpujs":
      if (threads !== undefined) throw hasNo(threads, `the ${name} backend has none`);
      try {
        return await use(await openGpu(name, () => openWasm()));
      } catch (error) {
        if (!(error instanceof DeviceError)) throw error;
        terminal.err(`${error.message}; going on with wasm\n`);
        return use(await openWasm(), error.message);
      }
    case "reference":
      if (threads !== undefined && threads !== 1)
        throw hasNo(threads, "the reference backend has one thread");
      return openReference();
    default:
      throw new UsageError(`unknown backend "${name}", expected one of ${backendNames.join(", ")}`);
  }
}

/** The reference backend as the current one, for what computes next to nothing. */
export const openReference = (): Promise<OpenBackend> => use(reference());

async function openWasm(threads?: number): Promise<Backend> {
  const { wasm } = await import("@hekla/kernels-wasm");
  return wasm(threads === undefined ? {} : { threads });
}

async function use(backend: Backend, reason?: string): Promise<OpenBackend> {
  await useBackend(backend);
  return {
    backend,
    name: backend.name,
    threads: threadsOf(backend),
    ...(backend.device && { device: deviceText(backend.device) }),
    ...(reason !== undefined && { reason }),
    close: async () => backend.dispose(),
  };
}

const hasNo = (threads: number, why: string): UsageError =>
  new UsageError(`--threads ${threads} does not fit: ${why}`);
