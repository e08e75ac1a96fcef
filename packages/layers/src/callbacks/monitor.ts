import { DataError } from "@hekla/tensor";

export interface MonitorOptions {
  /** Figure to watch. Default "val_loss". */
  readonly monitor?: string;
  /** Change that counts as better, at least. Default 0. */
  readonly minDelta?: number;
  /** Whether less or more is better. Default "auto": by the name of the figure. */
  readonly mode?: "auto" | "min" | "max";
}

const more =
  /acc|auc|precision|recall|f1|fbeta|r2|iou|similarity|true(positives|negatives)|topk|specificity/i;
const less =
  /loss|error|entropy|divergence|hinge|mse|mae|mape|msle|poisson|logcosh|false(positives|negatives)/i;

/** Watches one figure of the logs for the better. Source: Keras 3 `MonitorCallback`. */
export class Monitor {
  readonly name: string;
  readonly #sign: 1 | -1;
  readonly #minDelta: number;
  #warned = false;

  /** @throws DataError where it does not follow from the name whether less or more is better */
  constructor(
    private readonly owner: string,
    { monitor = "val_loss", mode = "auto", minDelta = 0 }: MonitorOptions,
  ) {
    this.name = monitor;
    this.#minDelta = Math.abs(minDelta);
    const figure = monitor.replace(/^val_/, "");
    if (mode === "min" || (mode === "auto" && less.test(figure))) this.#sign = -1;
    else if (mode === "max" || (mode === "auto" && more.test(figure))) this.#sign = 1;
    else {
      throw new DataError(
        `${owner}: it is not known whether more or less of ${monitor} is better, got mode "${mode}", ` +
          'expected "min" or "max"',
      );
    }
  }

  /** The figure; undefined where the logs lack it, of which a warning is given once. */
  value(logs: Readonly<Record<string, number>>): number | undefined {
    const value = logs[this.name];
    if (value === undefined && !this.#warned) {
      this.#warned = true;
      console.warn(
        `${this.owner}: there is no figure ${this.name}, got ${Object.keys(logs).join(", ")}; is there validation data?`,
      );
    }
    return value;
  }

  /** Whether the figure is better than another; anything is better than none. */
  isBetter(value: number, than: number | undefined): boolean {
    return than === undefined || this.#sign * (value - than) > this.#minDelta;
  }
}
