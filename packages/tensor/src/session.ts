import type { Backend, MemoryInfo, Slot } from "./backend.js";
import { debugTexts } from "./debug.js";
import type { Dtype } from "./dtype.js";
import { debugLevel, debugLog } from "./environment.js";
import { DtypeError } from "./errors.js";
import { clearPlans } from "./plan-cache.js";
import { reference } from "./reference/backend.js";

const state: { backend: Backend | undefined; hinted: boolean } = { backend: undefined, hinted: false };

/** The backend that ops run on; the reference backend until another is chosen. */
export function backend(): Backend {
  if (!state.backend) {
    state.backend = reference();
    if (!state.hinted) {
      state.hinted = true;
      debugLog(
        "hekla: computing on the slow reference backend; " +
          "choose a fast one with `await useBackend(wasm())` from @hekla/kernels-wasm",
      );
    }
  }
  return state.backend;
}

/**
 * Chooses the backend for all ops from now on. Tensors made before are moved over when they are used; Variables stay
 * where they are and cannot be used on another backend.
 */
export async function useBackend(chosen: Backend | Promise<Backend>): Promise<Backend> {
  const next = await chosen;
  if (debugLevel() > 0) await debugTexts(); // so that plans are printed when they are made
  if (state.backend !== next) {
    clearPlans();
    state.backend = next;
  }
  return next;
}

/** @throws DtypeError where the current backend does not have the element type */
export function checkDtype(dtype: Dtype): void {
  const { name, dtypes } = backend();
  if (!dtypes.includes(dtype)) {
    throw new DtypeError(`${name}: got ${dtype}, expected ${dtypes.join(", ")}`);
  }
}

/** A slot of `owner` as one of the current backend: itself, or a copy brought over. */
export function onCurrent(slot: Slot, owner: Backend): Slot {
  const current = backend();
  return owner === current ? slot : current.upload(owner.readSync(slot), slot.dtype);
}

/** Bytes that the current backend holds. */
export const memory = (): MemoryInfo => backend().memory();
