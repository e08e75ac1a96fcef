import type { Backend } from "@hekla/tensor";
import { createWasm, type WasmOptions } from "./create-wasm.js";
import { denseRoutines } from "./routines/dense-routines.js";

export type { WasmOptions } from "./create-wasm.js";

/**
 * The WebAssembly backend without convolutions, pooling, recurrences, sorting (`sort`, `argsort`, `topK`) and `cumsum`, for
 * apps that have none and want to be small.
 * @throws DeviceError where the engine has no SIMD, and for a plan with one of these; DataError for a number of threads
 *   that is none.
 */
export const wasm = (options: WasmOptions = {}): Promise<Backend> => createWasm(options, denseRoutines);
