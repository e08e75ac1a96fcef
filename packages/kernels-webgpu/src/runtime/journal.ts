import { bytesHeld, type Command } from "./commands.js";
import type { Chunk } from "./heap.js";

/** What was in device memory at some time. */
export interface Snapshot {
  /** Bytes of each chunk up to where it was used. */
  readonly contents: ReadonlyMap<Chunk, Uint8Array<ArrayBuffer>>;
}

/** Host memory that waits for a snapshot at most; beyond it, what was computed since the last one is given up. */
const defaultMost = 2 ** 30;

/**
 * The commands since the last snapshot. Done again on what was in memory then, they give the same memory again: a device that
 * is lost costs time and nothing else.
 */
export class Journal {
  #snapshot: Snapshot = { contents: new Map() };
  #commands: Command[] = [];
  #bytes = 0;
  #complete = true;
  #collects = true;
  /** Chunks that went since the snapshot: commands may still name them. */
  readonly #retired = new Set<Chunk>();

  constructor(private readonly mostBytes = defaultMost) {}

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
    if (!this.#collects) return;
    this.#commands.push(kept(command));
    this.#bytes += bytesHeld(command);
    if (this.#bytes <= this.mostBytes) return;
    this.clear();
    this.#collects = false;
    this.#complete = false;
  }

  retire(chunk: Chunk): void {
    if (this.#collects) this.#retired.add(chunk);
  }

  /** A snapshot is under way: what comes from now on goes on from it, also where what came before is forgotten. */
  begin(): { readonly count: number; readonly retired: readonly Chunk[] } {
    this.#collects = true;
    return { count: this.#commands.length, retired: [...this.#retired] };
  }

  /** Goes on from a snapshot, unless what came since it was begun had to be forgotten. */
  restart(snapshot: Snapshot, { count, retired }: ReturnType<Journal["begin"]>): void {
    if (!this.#collects) return;
    this.#snapshot = snapshot;
    this.#commands = this.#commands.slice(count);
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
