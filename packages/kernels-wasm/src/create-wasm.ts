import { type Backend, DataError, isOn } from "@hekla/tensor";
import { WasmBackend } from "./backend.js";
import type { RoutineTable } from "./routine.js";
import { hasRelaxedSimd, requireSimd } from "./runtime/features.js";
import { availableThreads, canShare, mayWait } from "./runtime/platform.js";

export interface WasmOptions {
  /**
   * Threads, the calling one included; default: as many as the machine offers, at most 16. Where memory
   * cannot be shared, or on a page's main thread, it is always 1. Results are the same bits for any number.
   */
  readonly threads?: number;
  /**
   * Whether to use fused multiply-add where the engine has it; default true. Off, results are the same bits
   * on every engine.
   */
  readonly relaxedSimd?: boolean;
}

/** Makes the backend with the given routines. */
export async function createWasm(
  { threads, relaxedSimd = true }: WasmOptions,
  routines: Partial<RoutineTable>,
): Promise<Backend> {
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 64)) {
    throw new DataError(`wasm: threads is no count, got ${threads}, expected 1 to 64`);
  }
  requireSimd();
  const features = { relaxedSimd: relaxedSimd && (await hasRelaxedSimd()), tuned: isOn("TUNED") };
  const possible = canShare() && mayWait();
  const count = possible ? (threads ?? (await availableThreads())) : 1;
  return WasmBackend.create(count, features, routines);
}
