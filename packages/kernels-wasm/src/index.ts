import type { Backend } from "@hekla/tensor";
import { createWasm, type WasmOptions } from "./create-wasm.js";
import { allRoutines } from "./routines/all-routines.js";

export type { WasmOptions } from "./create-wasm.js";

/**
 * The WebAssembly backend: `await useBackend(wasm())`.
 * @throws DeviceError where the engine has no SIMD; DataError for a number of threads that is none.
 */
export const wasm = (options: WasmOptions = {}): Promise<Backend> => createWasm(options, allRoutines);
