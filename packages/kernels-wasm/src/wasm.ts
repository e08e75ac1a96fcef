import { type Backend, DataError, isOn } from "@hekla/tensor";
import { WasmBackend } from "./backend.js";
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

/**
 * The WebAssembly backend: `await useBackend(wasm())`.
 * @throws DeviceError where the engine has no SIMD; DataError for a number of threads that is none.
 */
export async function wasm({ threads, relaxedSimd = true }: WasmOptions = {}): Promise<Backend> {
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 64)) {
    throw new DataError(`wasm: threads is no count, got ${threads}, expected 1 to 64`);
  }
  requireSimd();
  const features = { relaxedSimd: relaxedSimd && (await hasRelaxedSimd()), tuned: isOn("TUNED") };
  const possible = canShare() && mayWait();
  return WasmBackend.create(possible ? (threads ?? (await availableThreads())) : 1, features);
}
