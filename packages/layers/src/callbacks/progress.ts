import type { BatchLogs, Callback } from "../training/callback.js";
import { progressLine } from "../training/progress-line.js";

export interface ProgressOptions {
  /** Of the whole training, for "Epoch 2/20". */
  readonly epochs: number;
  /** Gets the text, line breaks and carriage returns included. Default: standard output, else the console. */
  readonly write?: (text: string) => void;
  /** Milliseconds between two states of the bar. Default 100. */
  readonly interval?: number;
}

const barWidth = 20;

function standardOutput(): (text: string) => void {
  const { process } = globalThis as {
    process?: { stdout?: { isTTY?: boolean; write(text: string): unknown } };
  };
  const out = process?.stdout;
  return out?.isTTY ? (text) => void out.write(text) : () => {};
}

/** A bar that grows with each epoch, the figures beside it, and a line for each epoch that is done. */
export class Progress implements Callback {
  readonly #write: (text: string) => void;
  #began = 0;
  #drawn = 0;
  #width = 0;
  #epoch = 0;

  constructor(private readonly options: ProgressOptions) {
    this.#write = options.write ?? standardOutput();
  }

  onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
    this.#began = performance.now();
    this.#drawn = 0;
  }

  onBatchEnd(batch: number, logs: BatchLogs): void {
    const now = performance.now();
    if (now - this.#drawn < (this.options.interval ?? 100)) return;
    this.#drawn = now;
    const { batches, batch: _batch, samples: _samples, secondsPerStep, ...figures } = logs;
    const known = Number.isFinite(batches);
    const filled = known ? Math.round(((batch + 1) / batches) * barWidth) : 0;
    const bar = known ? `[${"=".repeat(filled)}${".".repeat(barWidth - filled)}] ` : "";
    const left = known ? ` - ${Math.ceil((batches - batch - 1) * secondsPerStep)}s left` : "";
    const shown = Object.entries(figures).map(([name, value]) => ` - ${name}: ${value.toFixed(4)}`);
    const time = ` - ${(1000 * secondsPerStep).toFixed(1)}ms/step`;
    this.#line(
      `${batch + 1}/${known ? batches : "?"} ${bar}${left.replace(/^ - /, "")}${time}${shown.join("")}`,
    );
  }

  onEpochEnd(epoch: number, logs: Record<string, number>): void {
    const seconds = (performance.now() - this.#began) / 1000;
    this.#line(progressLine(this.#epoch, this.options.epochs, seconds, logs));
    this.#write("\n");
    this.#width = 0;
    this.#epoch = epoch + 1;
  }

  /** Over the line before. */
  #line(text: string): void {
    this.#write(`\r${text.padEnd(this.#width)}`);
    this.#width = text.length;
  }
}
