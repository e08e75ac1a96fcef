interface Block {
  address: number;
  bytes: number;
}

/**
 * Blocks end on cache lines, so that no two share one; plans promise their buffers this alignment in the
 * arena.
 */
const alignment = 256;

/** Gives out pieces of a growing address space: first fit from a list of free blocks, neighbours joined. */
export class Allocator {
  /** In order of address; no two touch. */
  readonly #free: Block[] = [];
  readonly #used = new Map<number, number>();
  #end: number;

  constructor(
    start: number,
    private readonly reserve: (bytes: number) => void,
  ) {
    this.#end = Math.ceil(start / alignment) * alignment;
  }

  /** The address of `bytes` fresh bytes with any contents. */
  allocate(bytes: number): number {
    const size = Math.max(Math.ceil(bytes / alignment), 1) * alignment;
    const at = this.#free.findIndex((block) => block.bytes >= size);
    const address = at >= 0 ? this.#cut(at, size) : this.#extend(size);
    this.#used.set(address, size);
    return address;
  }

  free(address: number): void {
    const bytes = this.#used.get(address);
    if (bytes === undefined) return;
    this.#used.delete(address);
    const at = this.#free.findIndex((block) => block.address > address);
    const next = at < 0 ? this.#free.length : at;
    this.#free.splice(next, 0, { address, bytes });
    this.#join(next);
    this.#join(next - 1);
    const last = this.#free.at(-1);
    if (last && last.address + last.bytes === this.#end) {
      this.#end = last.address;
      this.#free.pop();
    }
  }

  #cut(at: number, size: number): number {
    const block = this.#free[at]!;
    const { address } = block;
    block.address += size;
    block.bytes -= size;
    if (block.bytes === 0) this.#free.splice(at, 1);
    return address;
  }

  #extend(size: number): number {
    const address = this.#end;
    this.reserve(address + size);
    this.#end = address + size;
    return address;
  }

  /** Joins a free block with the next where they touch. */
  #join(at: number): void {
    const [block, next] = [this.#free[at], this.#free[at + 1]];
    if (!block || !next || block.address + block.bytes !== next.address) return;
    block.bytes += next.bytes;
    this.#free.splice(at + 1, 1);
  }
}
