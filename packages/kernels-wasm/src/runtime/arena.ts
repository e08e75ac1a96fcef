import type { Allocator } from "./allocator.js";

/** The one region that plans run in, one plan at a time. It is as large as the largest plan needs. */
export class Arena {
  #address = 0;
  #bytes = 0;

  constructor(private readonly allocator: Allocator) {}

  /** Changes when the region moves. */
  get address(): number {
    return this.#address;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Makes the region at least so large; what it holds is lost. */
  reserve(bytes: number): void {
    if (bytes <= this.#bytes) return;
    if (this.#bytes > 0) this.allocator.free(this.#address);
    this.#bytes = 0;
    this.#address = this.allocator.allocate(bytes);
    this.#bytes = bytes;
  }
}
