import { DeviceError } from "@hekla/tensor";
import type { MemoryImport } from "../assembler/index.js";

/** Bytes at the start of the memory that are not given out: threads talk through them (`control.ts`). */
export const controlBytes = 1024;

const pageBytes = 65_536;
/** 4 GiB, 2 GiB, 1 GiB, 256 MiB: a shared memory reserves its maximum, which small devices may refuse. */
const maxima = [65_536, 32_768, 16_384, 4_096];

/** The one memory of a backend, and typed arrays on all of it: other ones after it has grown, so do not keep them. */
export class WasmMemory {
  readonly memory: WebAssembly.Memory;
  readonly import: MemoryImport;
  floats: Float32Array;
  ints: Int32Array;

  constructor(shared: boolean) {
    const initial = 16;
    let made: WebAssembly.Memory | undefined;
    let maximum = 0;
    for (const candidate of maxima) {
      try {
        made = new WebAssembly.Memory({ initial, maximum: candidate, shared });
        maximum = candidate;
        break;
      } catch (error) {
        if (candidate === maxima.at(-1)) {
          throw new DeviceError(
            `wasm: no memory to be had, got ${String(error)}, expected 256 MiB of address space`,
          );
        }
      }
    }
    this.memory = made!;
    this.import = { initial, maximum, shared };
    this.floats = new Float32Array(this.memory.buffer);
    this.ints = new Int32Array(this.memory.buffer);
  }

  get bytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** Grows the memory to at least `bytes`; more at a time than asked, as growing costs. */
  reserve(bytes: number): void {
    const have = this.bytes / pageBytes;
    const need = Math.ceil(bytes / pageBytes);
    if (need <= have) return;
    const { maximum } = this.import;
    for (const pages of [Math.min(Math.max(need, Math.ceil(have * 1.25)), maximum), need]) {
      try {
        this.memory.grow(pages - have);
        this.floats = new Float32Array(this.memory.buffer);
        this.ints = new Int32Array(this.memory.buffer);
        return;
      } catch {
        // Try with no more than what is needed.
      }
    }
    throw new DeviceError(
      `wasm: out of memory, got ${mebibytes(bytes)} MiB, expected at most ${mebibytes(maximum * pageBytes)} MiB`,
    );
  }
}

const mebibytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
