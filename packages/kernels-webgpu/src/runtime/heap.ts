import { arenaAlignment, DeviceError } from "@hekla/tensor";

/** A piece of a device buffer. */
export interface Region {
  readonly chunk: Chunk;
  /** In bytes, a multiple of `arenaAlignment`. */
  readonly offset: number;
  readonly bytes: number;
}

/** A device buffer that regions are pieces of; its buffer is another one after the device was lost. */
export interface Chunk {
  readonly bytes: number;
  buffer: GPUBuffer;
}

/** How chunks get their buffers. */
export interface ChunkMaker {
  make(bytes: number, label: string): GPUBuffer;
  /** The most bytes of a buffer. */
  readonly maxBytes: number;
}

/** From this many bytes on, a region has a buffer of its own. */
const ownBuffer = 1 << 24;
const chunkBytes = 1 << 25;

const roundedUp = (bytes: number): number => Math.max(1, Math.ceil(bytes / arenaAlignment)) * arenaAlignment;

/** Device memory for tensors: small ones share buffers, first fit. */
export class Heap {
  readonly chunks = new Set<Chunk>();
  /** Free pieces of each shared chunk, by offset. */
  readonly #free = new Map<Chunk, { offset: number; bytes: number }[]>();
  #used = 0;

  constructor(private readonly maker: ChunkMaker) {}

  /** Called with a chunk that goes, before its buffer does. */
  onRetire: (chunk: Chunk) => void = () => {};

  /** Bytes of a chunk up to the end of its last region. */
  extent(chunk: Chunk): number {
    const last = this.#free.get(chunk)?.at(-1);
    return last && last.offset + last.bytes === chunk.bytes ? last.offset : chunk.bytes;
  }

  /** Bytes in use. */
  get usedBytes(): number {
    return this.#used;
  }

  /** @throws DeviceError for more bytes than a buffer of this device may have */
  allocate(wanted: number): Region {
    const bytes = roundedUp(wanted);
    if (bytes > this.maker.maxBytes) {
      throw new DeviceError(
        `webgpu: a tensor does not fit into a buffer of this adapter, got ${bytes} bytes, expected at most ` +
          `${this.maker.maxBytes}`,
      );
    }
    this.#used += bytes;
    if (bytes >= ownBuffer) {
      const chunk = { bytes, buffer: this.maker.make(bytes, "tensor") };
      this.chunks.add(chunk);
      return { chunk, offset: 0, bytes };
    }
    for (const [chunk, free] of this.#free) {
      const at = free.findIndex((piece) => piece.bytes >= bytes);
      if (at >= 0) return take(chunk, free, at, bytes);
    }
    const size = Math.min(chunkBytes, this.maker.maxBytes);
    const chunk = { bytes: size, buffer: this.maker.make(size, "tensors") };
    this.chunks.add(chunk);
    const free = [{ offset: 0, bytes: size }];
    this.#free.set(chunk, free);
    return take(chunk, free, 0, bytes);
  }

  free({ chunk, offset, bytes }: Region): void {
    if (!this.chunks.has(chunk)) return;
    this.#used -= bytes;
    const free = this.#free.get(chunk);
    if (!free) {
      this.chunks.delete(chunk);
      this.onRetire(chunk);
      chunk.buffer.destroy();
      return;
    }
    const after = free.findIndex((piece) => piece.offset > offset);
    const at = after < 0 ? free.length : after;
    free.splice(at, 0, { offset, bytes });
    join(free, at);
    if (at > 0) join(free, at - 1);
  }

  destroy(): void {
    for (const chunk of this.chunks) chunk.buffer.destroy();
    this.chunks.clear();
    this.#free.clear();
  }
}

function take(chunk: Chunk, free: { offset: number; bytes: number }[], at: number, bytes: number): Region {
  const piece = free[at]!;
  const { offset } = piece;
  piece.offset += bytes;
  piece.bytes -= bytes;
  if (piece.bytes === 0) free.splice(at, 1);
  return { chunk, offset, bytes };
}

/** Joins a free piece with the next where they touch. */
function join(free: { offset: number; bytes: number }[], at: number): void {
  const [piece, next] = [free[at]!, free[at + 1]];
  if (!next || piece.offset + piece.bytes !== next.offset) return;
  piece.bytes += next.bytes;
  free.splice(at + 1, 1);
}
