import { appendText } from "../files/files.js";
import type { Callback } from "../training/callback.js";

export interface JSONLinesLoggerOptions {
  /** Whether to go on behind what is in the file. Default false. */
  readonly append?: boolean;
}

/** Writes a line `{"epoch":0,"time":"...","loss":...}` for each epoch to a file, the time in ISO 8601. Node only. */
export class JSONLinesLogger implements Callback {
  readonly skipInDevRun = true;

  constructor(
    readonly path: string,
    private readonly options: JSONLinesLoggerOptions = {},
  ) {}

  async onTrainBegin(): Promise<void> {
    if (!this.options.append) await appendText("jsonLinesLogger", this.path, "", { clear: true });
  }

  async onEpochEnd(epoch: number, logs: Record<string, number>): Promise<void> {
    // JSON has no NaN: it becomes null.
    const line = JSON.stringify({ epoch, time: new Date().toISOString(), ...logs });
    await appendText("jsonLinesLogger", this.path, `${line}\n`);
  }
}
