import { bytesHeld, type Command } from "./commands.js";
import type { Chunk } from "./heap.js";

/** What was in device memory at some time. */
export interface Snapshot {
  /** Bytes of each chunk up to where it was used. */
  readonly contents: ReadonlyMap<Chunk, Uint8Array<ArrayBuffer>>;
}

/** Host memory that waits for a snapshot at most; beyond it, what was computed since the last one is given up. */
const mostBytes = 2 ** 30;

/**
 * The commands since the last snapshot. Done again on what was in memory then, they give the same memory again: a device that
 * is lost costs time and nothing else.
 */
export class Journal {
  #snapshot: Snapshot = { contents: new Map() };
  #commands: Command[] = [];
  #bytes = 0;
  #complete = true;
  /** Chunks that went since the snapshot: commands may still name them. */
  readonly #retired = new Set<Chunk>();

  get commands(): readonly Command[] {
    return this.#commands;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  get retired(): ReadonlySet<Chunk> {
    return this.#retired;
  }

  /** False where commands had to be forgotten before a snapshot was there. */
  get complete(): boolean {
    return this.#complete;
  }

  add(command: Command): void {
    if (!this.#complete) return;
    this.#commands.push(kept(command));
    this.#bytes += bytesHeld(command);
    if (this.#bytes <= mostBytes) return;
    this.clear();
    this.#complete = false;
  }

  retire(chunk: Chunk): void {
    if (this.#complete) this.#retired.add(chunk);
  }

  /** Begins anew from a snapshot that holds what the first `count` commands did. */
  restart(snapshot: Snapshot, count: number, retired: Iterable<Chunk>): void {
    this.#snapshot = snapshot;
    this.#commands = this.#complete ? this.#commands.slice(count) : [];
    this.#bytes = this.#commands.reduce((sum, command) => sum + bytesHeld(command), 0);
    for (const chunk of retired) this.#retired.delete(chunk);
    this.#complete = true;
  }

  clear(): void {
    this.#commands = [];
    this.#bytes = 0;
    this.#retired.clear();
  }
}

/** With values of its own: callers fill the arrays of a batch anew. */
function kept(command: Command): Command {
  if (command.kind !== "run") return command;
  const inputs = command.inputs.map((input) => (input.data ? { ...input, data: input.data.slice() } : input));
  return { ...command, inputs };
}
