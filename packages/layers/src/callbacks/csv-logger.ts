import { appendText, readTextIfThere } from "../files/files.js";
import type { Callback } from "../training/callback.js";

export interface CSVLoggerOptions {
  /** Default ",". */
  readonly separator?: string;
  /** Whether to go on behind what is in the file, whose columns stay as they are. Default false. */
  readonly append?: boolean;
}

/** A value as a field, quoted where it has to be. */
function field(value: string | number, separator: string): string {
  const text = String(value);
  return /["\r\n]/.test(text) || text.includes(separator) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Writes a line of figures for each epoch to a file: `epoch`, then the figures in the order of their names. Node only.
 * Source: Keras 3 `CSVLogger`.
 */
export class CSVLogger implements Callback {
  readonly skipInDevRun = true;
  #columns: readonly string[] | undefined;

  constructor(
    readonly path: string,
    private readonly options: CSVLoggerOptions = {},
  ) {}

  async onTrainBegin(): Promise<void> {
    const { separator = ",", append = false } = this.options;
    this.#columns = undefined;
    const head = append ? (await readTextIfThere("csvLogger", this.path)).split(/\r?\n/, 1)[0]! : "";
    if (head !== "") this.#columns = head.split(separator).slice(1);
    else await appendText("csvLogger", this.path, "", { clear: true });
  }

  async onEpochEnd(epoch: number, logs: Record<string, number>): Promise<void> {
    const { separator = "," } = this.options;
    const line = (values: readonly (string | number)[]): string =>
      `${values.map((value) => field(value, separator)).join(separator)}\n`;
    let text = "";
    if (!this.#columns) {
      const names = Object.keys(logs).sort();
      // Validation may begin in a later epoch: its columns are there from the start.
      const validated = names.some((name) => name.startsWith("val_"));
      this.#columns = validated ? names : [...names, ...names.map((name) => `val_${name}`)];
      text += line(["epoch", ...this.#columns]);
    }
    text += line([epoch, ...this.#columns.map((name) => logs[name] ?? "NA")]);
    await appendText("csvLogger", this.path, text);
  }
}
