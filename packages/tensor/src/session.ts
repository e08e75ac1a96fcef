import type { Backend, MemoryInfo, Slot } from "./backend.js";
import { debugTexts } from "./debug.js";
import { debugLevel, debugLog } from "./environment.js";
import { DeviceError } from "./errors.js";
import { clearPlans } from "./plan-cache.js";
import { reference } from "./reference/backend.js";

const state: { backend: Backend | undefined; hinted: boolean } = { backend: undefined, hinted: false };

/** Which backend made a slot; slots are opaque, so the session remembers. */
const owners = new WeakMap<Slot, Backend>();

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

export function own<T extends Slot>(slot: T, owner: Backend): T {
  owners.set(slot, owner);
  return slot;
}

/** The backend a slot lives on. */
export function ownerOf(slot: Slot): Backend {
  const owner = owners.get(slot);
  if (!owner) throw new DeviceError("slot: got one that no backend of this session made");
  return owner;
}

/** The slot on the current backend: itself, or a copy brought over. */
export function onCurrent(slot: Slot): Slot {
  const current = backend();
  const owner = ownerOf(slot);
  return owner === current ? slot : own(current.upload(owner.readSync(slot), slot.dtype), current);
}

/** Bytes that the current backend holds. */
export const memory = (): MemoryInfo => backend().memory();
