import { DeviceError, debugLevel, debugLog } from "@hekla/tensor";
import type { KernelText, Launcher } from "./device.js";

interface Entry<Kernel> {
  readonly kernel: Kernel;
  users: number;
  bytes: number;
}

/** Kernels by their text, as long as somebody uses them. */
export class KernelCache<Kernel extends Launcher> {
  readonly #entries = new Map<string, Entry<Kernel>>();

  constructor(
    private readonly make: (text: KernelText) => Kernel,
    private readonly destroy: (kernel: Kernel) => void,
    /** What a kernel keeps. */
    private readonly bytesOf: (text: KernelText) => number,
  ) {}

  get size(): number {
    return this.#entries.size;
  }

  /** That all kernels keep. */
  get bytes(): number {
    let total = 0;
    for (const { bytes } of this.#entries.values()) total += bytes;
    return total;
  }

  acquire(text: KernelText): Kernel {
    const known = this.#entries.get(text.key);
    if (known) {
      known.users++;
      return known.kernel;
    }
    if (debugLevel() === 4) debugLog(`gpujs: ${text.label}, ${text.size} floats\n${text.source}`);
    const kernel = this.make(text);
    this.#entries.set(text.key, { kernel, users: 1, bytes: this.bytesOf(text) });
    return kernel;
  }

  release({ key }: KernelText): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    entry.users--;
    if (entry.users > 0) return;
    this.#entries.delete(key);
    this.destroy(entry.kernel);
  }

  clear(): void {
    for (const { kernel } of this.#entries.values()) this.destroy(kernel);
    this.#entries.clear();
  }
}

/** Runs a kernel and says which one it was where it fails. */
export function running<Result>(label: string, run: () => Result): Result {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof DeviceError) throw cause;
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new DeviceError(`gpujs: the kernel of ${label} failed: ${problem}`, { cause });
  }
}
